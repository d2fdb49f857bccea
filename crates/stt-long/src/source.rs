//! Where audio comes from.

use std::{
    fmt,
    fs::File,
    io::{BufReader, Read},
    path::Path,
};

use stt_audio::{DecodeError, PcmSource, RawFormat, RawPcm};

use crate::life::Life;

/// Where audio comes from; it is opened by the thread that decodes it.
#[must_use]
pub struct Source {
    pub(crate) life: Life,
    pub(crate) open: Box<dyn FnOnce() -> Result<Box<dyn PcmSource>, DecodeError> + Send>,
}

impl Source {
    /// A file in any of the formats that [`stt_audio::open`] reads.
    ///
    /// # Errors
    ///
    /// If it cannot be opened. Whether it is audio shows in what is made of it.
    pub fn file(path: impl AsRef<Path>) -> Result<Self, DecodeError> {
        let life = Life::default();
        let file = life.input(File::open(path).map_err(DecodeError::Io)?);
        Ok(Self { life, open: Box::new(|| stt_audio::open(file)) })
    }

    /// What can be read only once, such as a pipe, in any of these formats.
    pub fn reader(reader: impl Read + Send + 'static) -> Self {
        let life = Life::default();
        let input = life.input(BufReader::new(reader));
        Self { life, open: Box::new(|| stt_audio::open_stream(input)) }
    }

    /// Headerless PCM, from a file or a pipe.
    pub fn raw(reader: impl Read + Send + 'static, format: RawFormat) -> Self {
        let life = Life::default();
        let input = life.input(BufReader::new(reader));
        Self { life, open: Box::new(move || Ok(Box::new(RawPcm::new(input, format)))) }
    }

    /// Samples from anywhere else. They are not waited for longer than ten seconds without a block.
    pub fn pcm(source: impl PcmSource + 'static) -> Self {
        Self { life: Life::default(), open: Box::new(|| Ok(Box::new(source))) }
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Source").finish_non_exhaustive()
    }
}
