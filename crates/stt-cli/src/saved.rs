//! The service's answers in files: kept byte for byte as they came.
//!
//! A folder of saved answers mirrors the tree of the inputs. An answer is a file of its own, so that any program can
//! read it; its name tells whose it is, which part of the audio, and whether it is a recognition. What an answer does
//! not tell (the language, exact times, ids, how often was asked, why a piece has none) stands in one index for the
//! whole folder. So the results that are made of a folder are those of the run that saved it, and without the index, or
//! of an answer that came in another way, they lack those facts and nothing else.

mod index;
mod name;
mod saving;

use std::{fs, io, io::Write, path::Path};

pub(crate) use self::{
    index::{IndexError, Past, Piece, Talk, Why},
    name::{Kind, Name},
    saving::Saving,
};
use crate::output::Beside;

/// Writes a file that appears under its name when it is complete, and the folders above it.
pub(crate) fn put(path: &Path, bytes: &[u8]) -> io::Result<()> {
    fs::create_dir_all(path.parent().unwrap_or(path))?;
    let mut file = Beside::create(path)?;
    file.write_all(bytes)?;
    file.into_place().map_err(|(error, temporary)| {
        let _ = fs::remove_file(temporary);
        error
    })
}
