//! What is known of saved answers beside what is in them: the index of their folder.

use std::{
    collections::HashMap,
    fs::{File, OpenOptions},
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

use fs4::{FileExt, TryLockError};
use serde::{Deserialize, Serialize};
use stt_transcript::Failure;

use super::name::Name;
use crate::{folder::is_below, problem::Problem};

/// The index of a folder of saved answers, which no other run writes at the same time.
///
/// An answer of the service tells what was said and nothing about whose audio it was: the files stay as they came, for
/// other programs too, and what makes the same results of them again stands here, one JSON object a line. It is one
/// file for the whole tree, which only grows: what came last counts.
#[derive(Debug)]
pub(crate) struct Index {
    file: File,
    path: PathBuf,
}

/// Why there is no index to write.
#[derive(Debug, thiserror::Error)]
pub(crate) enum IndexError {
    #[error("another run saves answers in it")]
    Locked,
    #[error("its index is of a newer version")]
    Newer,
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// One line.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "snake_case", tag = "event")]
pub(crate) enum Line {
    Index {
        version: u32,
    },
    /// What follows under this stem is of this input, and not what came before.
    Input(Owner),
    Piece(Piece),
    /// There is nothing more of the input.
    Ended(Ended),
}

/// Whose audio it was.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) struct Owner {
    pub(crate) stem: String,
    /// Its name in results.
    pub(crate) input: String,
    /// Where it was, as an absolute path; `None` of standard input.
    pub(crate) path: Option<String>,
    /// Which of the inputs of its run it was.
    pub(crate) position: usize,
    /// Whether results of its run had the names of their inputs.
    pub(crate) several: bool,
    pub(crate) language: String,
}

/// A piece of an input. Times are in units of 100 ns, as the service has them.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Piece {
    pub(crate) stem: String,
    pub(crate) start: u64,
    pub(crate) end: Option<u64>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) forced_cut: bool,
    /// The answer that counts; `None` if there was none, or none that could be saved.
    pub(crate) answer: Option<Saved>,
    /// The answers before it, after which the request was repeated.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) tries: Vec<Saved>,
    pub(crate) attempts: u32,
    pub(crate) connection_id: Option<String>,
    pub(crate) request_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) failed: Option<Why>,
}

/// A file that holds an answer.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) struct Saved {
    /// Its path below the folder.
    pub(crate) file: String,
    pub(crate) sha256: String,
    /// The HTTP status that came with it.
    pub(crate) status: u16,
}

/// Why nothing was recognized.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Why {
    pub(crate) failure: Failure,
    pub(crate) problem: Problem,
}

/// The end of an input.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Ended {
    pub(crate) stem: String,
    /// How long the audio is, in units of 100 ns.
    pub(crate) audio: Option<u64>,
    /// What of a live stream was not sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) not_sent: Option<String>,
}

/// What an index tells.
#[derive(Debug, Default)]
pub(crate) struct Past {
    /// What was saved of inputs, in the order in which that began; of one input perhaps several times.
    pub(crate) talks: Vec<Talk>,
    /// Lines that cannot be read.
    pub(crate) damaged: usize,
    is_newer: bool,
    is_torn: bool,
    /// Which of them lines of this stem belong to.
    last: HashMap<String, usize>,
}

/// What was saved of one input at a time.
#[derive(Debug)]
pub(crate) struct Talk {
    pub(crate) owner: Owner,
    pub(crate) pieces: Vec<Piece>,
    pub(crate) ended: Option<Ended>,
}

impl Index {
    /// Opens the index of a folder, makes it if there is none, and locks it against any other run.
    pub(crate) fn open(folder: &Path) -> Result<(Self, Past), IndexError> {
        let path = folder.join(NAME);
        let mut file = OpenOptions::new().read(true).append(true).create(true).open(&path)?;
        match FileExt::try_lock(&file) {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(IndexError::Locked),
            Err(TryLockError::Error(error)) => return Err(error.into()),
        }
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        let past = Past::of(&bytes);
        if past.is_newer {
            return Err(IndexError::Newer);
        }
        if past.is_torn {
            file.write_all(b"\n")?;
        }
        let mut index = Self { file, path };
        if bytes.is_empty() {
            index.append(&Line::Index { version: VERSION })?;
        }
        Ok((index, past))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Adds a line. With the end of an input, all of its lines are on the disk when this returns.
    pub(crate) fn append(&mut self, line: &Line) -> io::Result<()> {
        let json = serde_json::to_string(line)? + "\n";
        self.file.write_all(json.as_bytes())?;
        if matches!(line, Line::Ended(_)) { self.file.sync_data() } else { Ok(()) }
    }
}

impl Past {
    /// Of the folder's index; `None` where there is none.
    pub(crate) fn read(folder: &Path) -> Result<Option<Self>, IndexError> {
        match std::fs::read(folder.join(NAME)) {
            Ok(bytes) => match Self::of(&bytes) {
                Self { is_newer: true, .. } => Err(IndexError::Newer),
                past => Ok(Some(past)),
            },
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    fn of(bytes: &[u8]) -> Self {
        let mut past = Self { is_torn: !bytes.is_empty() && !bytes.ends_with(b"\n"), ..Self::default() };
        for line in bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            match serde_json::from_slice(line) {
                Ok(line) => past.add(line),
                Err(_) => past.damaged += 1,
            }
        }
        past
    }

    fn add(&mut self, line: Line) {
        if !line.is_below() {
            self.damaged += 1;
            return;
        }
        let stem = match &line {
            Line::Index { version } => return self.is_newer |= VERSION < *version,
            Line::Input(owner) => {
                self.last.insert(owner.stem.clone(), self.talks.len());
                let owner = owner.clone();
                return self.talks.push(Talk { owner, pieces: Vec::new(), ended: None });
            }
            Line::Piece(piece) => &piece.stem,
            Line::Ended(ended) => &ended.stem,
        };
        let Some(talk) = self.last.get(stem).map(|last| &mut self.talks[*last]) else {
            self.damaged += 1;
            return;
        };
        match line {
            Line::Piece(piece) => talk.pieces.push(piece),
            Line::Ended(ended) => talk.ended = Some(ended),
            Line::Index { .. } | Line::Input(_) => {}
        }
    }

    /// Each file with the place of what it was last saved for.
    pub(crate) fn files(&self) -> HashMap<&str, (usize, &Saved)> {
        let all = self.talks.iter().enumerate().flat_map(|(place, talk)| talk.files().map(move |file| (place, file)));
        all.map(|(place, saved)| (saved.file.as_str(), (place, saved))).collect()
    }

    /// For each stem the place of what is worth the most: an answer that was paid for is not forgotten for a later run
    /// in which everything failed.
    pub(crate) fn best(&self) -> Vec<usize> {
        let mut best: HashMap<&str, usize> = HashMap::new();
        for (place, talk) in self.talks.iter().enumerate() {
            let is_worth_more = |former: &usize| talk.is_result() || !self.talks[*former].is_result();
            if best.get(talk.owner.stem.as_str()).is_none_or(is_worth_more) {
                best.insert(&talk.owner.stem, place);
            }
        }
        let mut places: Vec<usize> = best.into_values().collect();
        places.sort_by_key(|place| (self.talks[*place].owner.position, *place));
        places
    }
}

impl Line {
    /// Whether every path in it leads into the folder: an index may come from anywhere, and results are called after it.
    fn is_below(&self) -> bool {
        match self {
            Self::Input(owner) => is_below(&owner.stem),
            Self::Piece(piece) => piece.files().all(|saved| is_below(&saved.file)),
            Self::Index { .. } | Self::Ended(_) => true,
        }
    }
}

impl Piece {
    /// All its files.
    fn files(&self) -> impl Iterator<Item = &Saved> {
        self.answer.iter().chain(&self.tries)
    }

    /// Whether its answer is about all of the input.
    pub(crate) fn is_whole(&self) -> bool {
        let name = self.answer.as_ref().and_then(|saved| Name::read(&saved.file));
        name.is_some_and(|name| name.piece.is_none())
    }
}

impl Talk {
    /// All its files.
    pub(crate) fn files(&self) -> impl Iterator<Item = &Saved> {
        self.pieces.iter().flat_map(Piece::files)
    }

    /// Whether anything was recognized, or nothing failed.
    fn is_result(&self) -> bool {
        let is_recognized = |piece: &Piece| piece.failed.is_none();
        self.pieces.iter().any(is_recognized) || (self.pieces.is_empty() && self.ended.is_some())
    }
}

/// Beside the answers, and hidden.
const NAME: &str = ".stt-responses.ndjson";

/// What this program writes and reads; a greater one is left alone.
const VERSION: u32 = 1;

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn owner(stem: &str, position: usize) -> Line {
        let (input, language) = (format!("{stem}.wav"), "en-US".to_owned());
        Line::Input(Owner { stem: stem.to_owned(), path: None, input, position, several: true, language })
    }

    fn piece(stem: &str, file: &str, failed: bool) -> Line {
        let failure = Failure { kind: "refused".to_owned(), message: String::new(), status: None, retryable: false };
        Line::Piece(Piece {
            stem: stem.to_owned(),
            start: 0,
            end: None,
            forced_cut: false,
            answer: Some(Saved { file: file.to_owned(), sha256: String::new(), status: 200 }),
            tries: Vec::new(),
            attempts: 1,
            connection_id: None,
            request_id: None,
            failed: failed.then(|| Why { failure, problem: Problem::usage("no") }),
        })
    }

    fn past(lines: &[Line]) -> Past {
        let folder = tempfile::tempdir().unwrap();
        let (mut index, _) = Index::open(folder.path()).unwrap();
        for line in lines {
            index.append(line).unwrap();
        }
        drop(index);
        Past::read(folder.path()).unwrap().unwrap()
    }

    #[test]
    fn a_later_failure_does_not_hide_what_was_recognized() {
        let lines = [
            owner("b", 1),
            piece("b", "b.json", false),
            owner("a", 0),
            piece("a", "a.json", false),
            owner("b", 1),
            piece("b", "b.failed.json", true),
            owner("c", 2),
            piece("c", "c.failed.json", true),
        ];
        let past = past(&lines);
        assert_eq!((past.best(), past.damaged), (vec![1, 0, 3], 0));
        assert_eq!(past.files()["b.failed.json"].0, 2);
    }

    #[test]
    fn what_a_crash_tore_is_left_out_and_counted() {
        let folder = tempfile::tempdir().unwrap();
        let (mut index, _) = Index::open(folder.path()).unwrap();
        index.append(&owner("a", 0)).unwrap();
        drop(index);
        let path = folder.path().join(NAME);
        let whole = fs::read(&path).unwrap();
        fs::write(&path, [&whole[..], br#"{"event":"pie"#].concat()).unwrap();
        let (mut index, _) = Index::open(folder.path()).unwrap();
        index.append(&piece("a", "a.json", false)).unwrap();
        drop(index);
        let past = Past::read(folder.path()).unwrap().unwrap();
        assert_eq!((past.talks.len(), past.talks[0].pieces.len(), past.damaged), (1, 1, 1));
    }

    #[test]
    fn a_path_that_leads_elsewhere_is_left_out_and_counted() {
        let lines = [owner("../a", 0), owner("/a", 0), owner("a", 0), piece("a", "../a.json", false)];
        let past = past(&lines);
        assert_eq!((past.talks.len(), past.talks[0].pieces.len(), past.damaged), (1, 0, 3));
    }

    #[test]
    fn another_run_and_a_newer_version_are_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let first = Index::open(folder.path()).unwrap();
        assert!(matches!(Index::open(folder.path()), Err(IndexError::Locked)));
        drop(first);
        fs::write(folder.path().join(NAME), "{\"event\":\"index\",\"version\":2}\n").unwrap();
        assert!(matches!(Index::open(folder.path()), Err(IndexError::Newer)));
        assert!(matches!(Past::read(folder.path()), Err(IndexError::Newer)));
        assert!(Past::read(&folder.path().join("nowhere")).unwrap().is_none());
    }
}
