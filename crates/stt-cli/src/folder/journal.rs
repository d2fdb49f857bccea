//! The journal of a folder of results: what was begun, what is done, and what is kept because it was paid for.

use std::{
    collections::HashMap,
    fmt::Write as _,
    fs::{self, File, OpenOptions},
    io::{self, Read, Write},
    path::{Path, PathBuf},
    process,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use fs4::{FileExt, TryLockError};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{kept::Text, snapshot::Snapshot};
use crate::output::begin_sync;

/// What is known of the inputs of a folder, and the file that keeps it.
///
/// A file of lines that only grows: one JSON object each, and behind a tab the CRC-32 of its bytes. Whatever a crash
/// leaves unfinished is the last line, and is dropped. The lock on it is gone with the process that holds it.
#[derive(Debug)]
pub(crate) struct Journal {
    file: File,
    /// Bytes of whole lines.
    length: Mutex<u64>,
    /// Whether a line was written that need not be on the disk yet.
    loose: AtomicBool,
    path: PathBuf,
    /// What earlier runs left.
    records: HashMap<String, Record>,
    /// Hashes of files that were about to get their names, by these. More than one where runs were killed one after
    /// another: the file may be that of each.
    placing: HashMap<String, Vec<String>>,
    /// Lines in the middle that are not what was written.
    damaged: usize,
}

/// What is known of one input.
#[derive(Clone, Debug, Default)]
pub(crate) struct Record {
    /// The last work on it.
    pub(crate) work: Option<Work>,
    /// Files that were written for it by that work.
    pub(crate) files: Vec<Written>,
    /// Files that were written for it earlier, and have not been replaced.
    pub(crate) former: Vec<Written>,
    pub(crate) state: State,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum State {
    /// It was begun, and nothing is known of its end.
    #[default]
    Begun,
    Done {
        words: bool,
    },
    Failed,
    /// There is a result that could not be written, with the contents of its files.
    Kept {
        transcript: Value,
        texts: Vec<Text>,
    },
}

/// What was done: on which contents, and in which way.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) struct Work {
    /// The input, as an absolute path.
    pub(crate) input: String,
    /// A hash of everything that results depend on beside the contents.
    pub(crate) options: String,
    /// A journal that calls it `sha256` has one of another kind, which equals none; the snapshot still counts.
    #[serde(alias = "sha256")]
    pub(crate) hash: String,
    pub(crate) snapshot: Snapshot,
}

/// A file of results.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) struct Written {
    pub(crate) name: String,
    /// A journal that calls it `sha256` has one of another kind, which equals none; the snapshot still counts.
    #[serde(alias = "sha256")]
    pub(crate) hash: String,
    pub(crate) snapshot: Snapshot,
}

/// A complete file, by the name that it is about to get.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) struct Placing {
    pub(crate) name: String,
    pub(crate) hash: String,
}

/// One line.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "snake_case", tag = "event")]
pub(crate) enum Line {
    Run {
        version: u32,
        pid: u32,
    },
    Begun {
        place: String,
    },
    /// Complete files are about to get their names.
    Placing {
        files: Vec<Placing>,
    },
    Done {
        place: String,
        work: Work,
        files: Vec<Written>,
        words: bool,
    },
    Failed {
        place: String,
        work: Option<Work>,
        files: Vec<Written>,
    },
    Kept {
        place: String,
        work: Work,
        transcript: Value,
        #[serde(default)]
        texts: Vec<Text>,
    },
}

/// Why there is no journal to work with.
#[derive(Debug, thiserror::Error)]
pub(crate) enum JournalError {
    #[error("another run{} is working on it", .0.map(|pid| format!(" (pid {pid})")).unwrap_or_default())]
    Locked(Option<u32>),
    #[error("its journal is of a newer version")]
    Newer,
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl Journal {
    /// Opens the journal of a folder, and locks it against any other run. Without its past where `anew`.
    pub(crate) fn open(folder: &Path, anew: bool) -> Result<Self, JournalError> {
        let path = path(folder);
        // A link would lead to a file of somebody else, and a pipe to nobody.
        if fs::symlink_metadata(&path).is_ok_and(|about| !about.is_file()) {
            return Err(io::Error::other(format!("{NAME} is no ordinary file")).into());
        }
        let mut file = OpenOptions::new().read(true).append(true).create(true).open(&path)?;
        let locked = match FileExt::try_lock(&file) {
            Ok(()) => true,
            Err(TryLockError::WouldBlock) => false,
            Err(TryLockError::Error(error)) => return Err(error.into()),
        };
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        let past = Past::read(&bytes);
        if !locked {
            return Err(JournalError::Locked(past.pid));
        }
        if past.is_newer && !anew {
            return Err(JournalError::Newer);
        }
        let (length, past) = if past.is_newer { (0, Past::default()) } else { (past.length, past) };
        file.set_len(length)?;
        let (length, loose) = (Mutex::new(length), AtomicBool::new(false));
        let Past { records, placing, damaged, .. } = past;
        let journal = Self { file, length, loose, path, records, placing, damaged };
        journal.append(&[Line::Run { version: VERSION, pid: process::id() }])?;
        Ok(journal)
    }

    /// What was known of the input of this place when this run began.
    pub(crate) fn record(&self, place: &str) -> Option<&Record> {
        self.records.get(place)
    }

    /// The hashes of files that were to get this name, when runs were killed that may have come to give it.
    pub(crate) fn placing(&self, name: &str) -> &[String] {
        self.placing.get(name).map(Vec::as_slice).unwrap_or_default()
    }

    /// All inputs with what is known of them, in the order of their names.
    pub(crate) fn records(&self) -> Vec<(&str, &Record)> {
        let mut records: Vec<_> = self.records.iter().map(|(place, record)| (place.as_str(), record)).collect();
        records.sort_by_key(|(place, _)| *place);
        records
    }

    /// How many lines in the middle are not what was written.
    pub(crate) const fn damaged(&self) -> usize {
        self.damaged
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Adds lines, which are on the disk when this returns.
    pub(crate) fn append(&self, lines: &[Line]) -> io::Result<()> {
        if lines.is_empty() {
            return Ok(());
        }
        self.write(lines)?;
        self.loose.store(false, Ordering::Release);
        self.file.sync_data()
    }

    /// Adds a line that only has to be on the disk when [`sync`](Self::sync) has returned.
    pub(crate) fn note(&self, line: Line) -> io::Result<()> {
        self.write(&[line])?;
        self.loose.store(true, Ordering::Release);
        Ok(())
    }

    /// Lets what was noted go to the disk, so that [`sync`](Self::sync) has less to wait for.
    pub(crate) fn begin_sync(&self) {
        begin_sync(&self.file);
    }

    /// Sees to it that everything is on the disk that was noted before.
    pub(crate) fn sync(&self) -> io::Result<()> {
        if self.loose.swap(false, Ordering::AcqRel) { self.file.sync_data() } else { Ok(()) }
    }

    fn write(&self, lines: &[Line]) -> io::Result<()> {
        let mut text = String::new();
        for line in lines {
            let json = serde_json::to_string(line)?;
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{json}\t{:08x}", crc32fast::hash(json.as_bytes()));
        }
        // It is counted when it is written whole, so a panic elsewhere leaves the number usable.
        let mut length = self.length.lock().unwrap_or_else(PoisonError::into_inner);
        if let Err(error) = (&self.file).write_all(text.as_bytes()) {
            // Half a line would spoil the one that comes behind it.
            let _ = self.file.set_len(*length);
            return Err(error);
        }
        *length += text.len() as u64;
        Ok(())
    }
}

/// Where the journal of a folder is.
pub(crate) fn path(folder: &Path) -> PathBuf {
    folder.join(NAME)
}

/// What a file of lines says.
#[derive(Debug, Default)]
struct Past {
    records: HashMap<String, Record>,
    placing: HashMap<String, Vec<String>>,
    damaged: usize,
    /// Bytes up to the end of the last whole line.
    length: u64,
    /// Who wrote last.
    pid: Option<u32>,
    is_newer: bool,
}

impl Past {
    fn read(bytes: &[u8]) -> Self {
        let mut past = Self::default();
        for line in bytes.split_inclusive(|byte| *byte == b'\n') {
            let Some(whole) = line.strip_suffix(b"\n") else { break };
            past.length += line.len() as u64;
            match parse(whole) {
                Ok(Line::Run { version, pid }) => {
                    past.pid = Some(pid);
                    past.is_newer |= VERSION < version;
                }
                Ok(line) => past.apply(line),
                Err(_) => past.damaged += 1,
            }
        }
        past
    }

    fn apply(&mut self, line: Line) {
        let records = &mut self.records;
        match line {
            Line::Run { .. } => {}
            Line::Begun { place } => records.entry(place).or_default().state = State::Begun,
            Line::Placing { files } => {
                files.into_iter().for_each(|file| self.placing.entry(file.name).or_default().push(file.hash));
            }
            Line::Done { place, work, files, words } => {
                self.placed(&files);
                let records = &mut self.records;
                records.entry(place).or_default().become_of(Some(work), files, State::Done { words });
            }
            Line::Failed { place, work, files } => {
                self.placed(&files);
                let records = &mut self.records;
                records.entry(place).or_default().become_of(work, files, State::Failed);
            }
            Line::Kept { place, work, transcript, texts } => {
                let record = records.entry(place).or_default();
                (record.work, record.state) = (Some(work), State::Kept { transcript, texts });
            }
        }
    }
}

impl Past {
    /// These have their names, so nothing is uncertain about them.
    fn placed(&mut self, files: &[Written]) {
        files.iter().for_each(|file| drop(self.placing.remove(&file.name)));
    }
}

impl Record {
    /// Takes the outcome of new work. What was written before by the same work in other formats is still good; of other
    /// work it is only known whose it is.
    fn become_of(&mut self, work: Option<Work>, files: Vec<Written>, state: State) {
        let is_same = |former: &Work| {
            work.as_ref().is_some_and(|work| (&work.hash, &work.options) == (&former.hash, &former.options))
        };
        let same = self.work.as_ref().is_some_and(is_same);
        let before = std::mem::replace(&mut self.files, files);
        let (good, former) = if same { (before, Vec::new()) } else { (Vec::new(), before) };
        let is_replaced = |files: &[Written], file: &Written| files.iter().any(|own| own.name == file.name);
        for file in good {
            if !is_replaced(&self.files, &file) {
                self.files.push(file);
            }
        }
        self.former.extend(former);
        let files = &self.files;
        self.former.retain(|file| !is_replaced(files, file));
        (self.work, self.state) = (work, state);
    }
}

/// A line that is what was written. One of a newer version may be one that nobody here knows.
fn parse(line: &[u8]) -> Result<Line, ()> {
    let text = str::from_utf8(line).map_err(drop)?;
    let (json, crc) = text.rsplit_once('\t').ok_or(())?;
    if u32::from_str_radix(crc, 16) != Ok(crc32fast::hash(json.as_bytes())) {
        return Err(());
    }
    serde_json::from_str(json).map_err(drop)
}

/// Beside the results, and hidden.
const NAME: &str = ".stt-journal.ndjson";

/// What this program writes and reads; a greater one is left alone.
const VERSION: u32 = 1;

#[cfg(test)]
mod tests {
    use std::fs;

    use proptest::prelude::*;

    use super::*;

    fn work() -> Work {
        let file = tempfile::NamedTempFile::new().unwrap();
        let snapshot = Snapshot::of(file.path()).unwrap();
        Work { input: "/a.wav".to_owned(), options: "o".to_owned(), hash: "h".to_owned(), snapshot }
    }

    fn done(place: &str, words: bool) -> Line {
        Line::Done { place: place.to_owned(), work: work(), files: Vec::new(), words }
    }

    fn state(journal: &Journal, place: &str) -> Option<State> {
        journal.record(place).map(|record| record.state.clone())
    }

    #[test]
    fn what_was_written_is_there_again() {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::open(folder.path(), false).unwrap();
        let begun = |place: &str| Line::Begun { place: place.to_owned() };
        let transcript = Value::from("text\twith\na tab");
        let texts = vec![Text { name: "d.txt".to_owned(), text: "text\twith\na tab".to_owned() }];
        let state_of_d = State::Kept { transcript: transcript.clone(), texts: texts.clone() };
        let kept = Line::Kept { place: "d".to_owned(), work: work(), transcript, texts };
        for line in [begun("a"), done("a", true), begun("b"), begun("c"), done("c", true), begun("c"), kept] {
            journal.append(&[line]).unwrap();
        }
        drop(journal);
        let journal = Journal::open(folder.path(), false).unwrap();
        assert_eq!(state(&journal, "a"), Some(State::Done { words: true }));
        assert_eq!(state(&journal, "b"), Some(State::Begun));
        assert_eq!(state(&journal, "c"), Some(State::Begun));
        assert_eq!(state(&journal, "d"), Some(state_of_d));
        assert_eq!((state(&journal, "e"), journal.damaged()), (None, 0));
    }

    #[test]
    fn a_file_may_be_that_of_any_run_that_was_killed_until_its_name_is_noted() {
        let folder = tempfile::tempdir().unwrap();
        let placing =
            |hash: &str| Line::Placing { files: vec![Placing { name: "a".to_owned(), hash: hash.to_owned() }] };
        let reopened = || Journal::open(folder.path(), false).unwrap();
        reopened().append(&[placing("1")]).unwrap();
        reopened().append(&[placing("2")]).unwrap();
        assert_eq!(reopened().placing("a"), ["1", "2"]);
        let work = work();
        let file = Written { name: "a".to_owned(), hash: "2".to_owned(), snapshot: work.snapshot.clone() };
        let done = Line::Done { place: "a.wav".to_owned(), work, files: vec![file], words: true };
        reopened().append(&[done]).unwrap();
        assert!(reopened().placing("a").is_empty());
    }

    #[test]
    fn a_second_run_is_told_who_is_at_work() {
        let folder = tempfile::tempdir().unwrap();
        let first = Journal::open(folder.path(), false).unwrap();
        let said = Journal::open(folder.path(), false).unwrap_err().to_string();
        assert_eq!(said, format!("another run (pid {}) is working on it", process::id()));
        drop(first);
        assert!(Journal::open(folder.path(), false).is_ok());
    }

    #[test]
    fn a_newer_journal_is_left_alone_unless_it_is_begun_anew() {
        let folder = tempfile::tempdir().unwrap();
        drop(Journal::open(folder.path(), false).unwrap());
        let json = r#"{"event":"run","version":2,"pid":1}"#;
        let line = format!("{json}\t{:08x}\n", crc32fast::hash(json.as_bytes()));
        fs::write(folder.path().join(NAME), &line).unwrap();
        assert!(matches!(Journal::open(folder.path(), false), Err(JournalError::Newer)));
        assert_eq!(fs::read_to_string(folder.path().join(NAME)).unwrap(), line);
        assert!(Journal::open(folder.path(), true).is_ok());
        assert!(Journal::open(folder.path(), false).is_ok());
    }

    proptest! {
        #[test]
        fn whatever_a_crash_leaves_the_lines_before_it_count(cut in 0_usize..2_000, byte in any::<u8>()) {
            let folder = tempfile::tempdir().unwrap();
            let journal = Journal::open(folder.path(), false).unwrap();
            let places: Vec<String> = (0..5).map(|place| place.to_string()).collect();
            let mut ends = Vec::new();
            for place in &places {
                journal.append(&[done(place, true)]).unwrap();
                ends.push(fs::metadata(journal.path()).unwrap().len());
            }
            drop(journal);
            let path = folder.path().join(NAME);
            let mut bytes = fs::read(&path).unwrap();
            let cut = cut.min(bytes.len());
            bytes.truncate(cut);
            // Some file systems leave other bytes where the end of a file was not written.
            if cut < bytes.capacity() && byte != b'\n' {
                bytes.push(byte);
            }
            fs::write(&path, &bytes).unwrap();
            let journal = Journal::open(folder.path(), false).unwrap();
            for (place, end) in places.iter().zip(&ends) {
                prop_assert_eq!(journal.record(place).is_some(), *end <= cut as u64, "{} {}", place, cut);
            }
            journal.append(&[done("later", false)]).unwrap();
            drop(journal);
            let journal = Journal::open(folder.path(), false).unwrap();
            prop_assert_eq!(state(&journal, "later"), Some(State::Done { words: false }));
        }

        #[test]
        fn a_line_that_was_changed_is_left_out_and_counted(at in 0_usize..10_000, flip in 1_u8..=255) {
            let folder = tempfile::tempdir().unwrap();
            let journal = Journal::open(folder.path(), false).unwrap();
            for place in ["a", "b", "c"] {
                journal.append(&[done(place, true)]).unwrap();
            }
            drop(journal);
            let path = folder.path().join(NAME);
            let mut bytes = fs::read(&path).unwrap();
            let at = at % bytes.len();
            prop_assume!(bytes[at] != b'\n' && bytes[at] ^ flip != b'\n');
            let line = bytes[..at].iter().filter(|byte| **byte == b'\n').count();
            bytes[at] ^= flip;
            // The case of the digits of a checksum says nothing.
            prop_assume!(!bytes[at].eq_ignore_ascii_case(&(bytes[at] ^ flip)));
            fs::write(&path, &bytes).unwrap();
            let journal = Journal::open(folder.path(), false).unwrap();
            for (index, place) in ["a", "b", "c"].into_iter().enumerate() {
                prop_assert_eq!(journal.record(place).is_some(), index + 1 != line);
            }
            prop_assert_eq!(journal.damaged(), 1);
        }
    }
}
