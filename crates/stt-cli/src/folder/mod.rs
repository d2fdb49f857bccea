//! A folder of results: what is done already, what is to be done, and how results get into it.

mod journal;
mod kept;
mod snapshot;
mod standing;
mod targets;

use std::{
    collections::{BTreeMap, BTreeSet},
    ffi::OsStr,
    fs,
    io::{self, Write},
    path::{self, Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use stt_transcript::{Captions, Format, Transcript};

use self::{
    journal::{Journal, JournalError, Line, State, Work, Written},
    kept::Text,
    snapshot::Snapshot,
};
pub(crate) use self::{
    kept::is_below,
    snapshot::{sha256, sha256_of},
    standing::{Standing, Standings},
    targets::{Target, targets},
};
use crate::{
    exit::Exit,
    inputs::Inputs,
    output::{Beside, io_reason},
    problem::Problem,
};

/// A folder of results, which no other run works on at the same time.
#[derive(Debug)]
pub(crate) struct Folder {
    root: PathBuf,
    captions: Captions,
    journal: Mutex<Journal>,
    /// A hash of everything that results depend on beside what is in the inputs.
    options: String,
    /// For each input its place in the journal, and its files.
    entries: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    place: String,
    targets: Vec<Target>,
}

/// An input as it was when the work on it began.
#[derive(Debug)]
pub(crate) struct Began {
    work: Work,
}

impl Folder {
    /// Makes the folder if there is none, locks it, and finds for each input the files that it writes.
    ///
    /// `options` is everything that results depend on beside what is in the inputs.
    pub(crate) fn open(
        root: &Path,
        inputs: &Inputs,
        formats: &[Format],
        captions: Captions,
        options: &str,
        force: bool,
    ) -> Result<Self, Problem> {
        let targets = targets(root, inputs, formats)?;
        let journal = Self::journal_of(root, force)?;
        let entries = inputs.places.iter().zip(targets).map(|(place, targets)| Entry { place: named(place), targets });
        let entries = entries.collect();
        let folder = Self {
            root: root.to_owned(),
            captions,
            journal: Mutex::new(journal),
            options: sha256(options.as_bytes()),
            entries,
        };
        folder.sweep();
        Ok(folder)
    }

    /// Makes the folder if there is none, and locks its journal.
    fn journal_of(root: &Path, anew: bool) -> Result<Journal, Problem> {
        let shown = root.display();
        let cannot =
            |error: &io::Error| Problem::new(Exit::Input, format!("cannot write into {shown}")).why(io_reason(error));
        fs::create_dir_all(root).map_err(|error| cannot(&error))?;
        Journal::open(root, anew).map_err(|error| match error {
            JournalError::Io(error) => cannot(&error),
            JournalError::Locked(_) => Problem::usage(format!("{shown}: {error}")),
            JournalError::Newer => {
                Problem::usage(format!("{shown}: {error}")).hint("update stt, or use --force to begin anew".to_owned())
            }
        })
    }

    /// Where the folder is.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Lines of the journal that somebody else changed.
    pub(crate) fn damaged(&self) -> usize {
        self.journal().damaged()
    }

    /// Notes that the work on an input begins, and what is in it at this moment.
    pub(crate) fn begin(&self, index: usize, path: &Path) -> Result<Began, Problem> {
        let work = self.work(path).map_err(|error| unreadable(path, &error))?;
        let line = Line::Begun { place: self.entries[index].place.clone() };
        self.append(&line)?;
        Ok(Began { work })
    }

    /// Whether the input is still what it was when the work on it began.
    pub(crate) fn is_unchanged(&self, path: &Path, began: &Began) -> bool {
        Snapshot::of(path).is_ok_and(|now| now == began.work.snapshot)
    }

    /// Writes the results of an input, and notes that it is done, or not.
    ///
    /// What stays behind when the files cannot be written is the result in the journal: it was paid for.
    pub(crate) fn store(&self, index: usize, transcript: &Transcript, began: Began) -> Result<(), Problem> {
        let entry = &self.entries[index];
        let failed = transcript.segments().iter().any(|segment| segment.failure().is_some());
        let mut files = Vec::with_capacity(entry.targets.len());
        if !failed || transcript.has_words() {
            for target in &entry.targets {
                match self.write(&target.path, &self.text(target, transcript)) {
                    Ok(written) => files.push(written),
                    Err(error) => return Err(self.keep(entry, began.work, transcript, &target.path, &error)),
                }
            }
        }
        self.conclude(entry, began.work, files, transcript)
    }

    /// Notes that the results of an input are written, and whether it is done.
    fn conclude(&self, entry: &Entry, work: Work, files: Vec<Written>, transcript: &Transcript) -> Result<(), Problem> {
        let place = entry.place.clone();
        let failed = transcript.segments().iter().any(|segment| segment.failure().is_some());
        self.append(&if failed {
            Line::Failed { place, work: Some(work), files }
        } else {
            Line::Done { place, work, files, words: transcript.has_words() }
        })
    }

    /// Keeps a result in the journal that cannot be written to its file.
    fn keep(&self, entry: &Entry, work: Work, transcript: &Transcript, path: &Path, error: &io::Error) -> Problem {
        let problem = cannot_write(path, error);
        let json = transcript.to_json();
        let text = |target: &Target| Text { name: self.name_of(&target.path), text: self.text(target, transcript) };
        let (place, texts) = (entry.place.clone(), entry.targets.iter().map(text).collect());
        let kept = serde_json::from_str(&json)
            .map_err(io::Error::from)
            .and_then(|transcript| self.journal().append(&Line::Kept { place, work, transcript, texts }));
        match kept {
            Ok(()) => problem.hint(format!(
                "the text is kept in the journal; `stt transcribe --from-journal -O {}` writes it, and asks for nothing",
                shlex::try_quote(&self.root.to_string_lossy()).unwrap_or_default()
            )),
            Err(error) => {
                let journal = self.journal().path().display().to_string();
                problem.hint(format!("nor can {journal} be written ({}); the result: {json}", io_reason(&error)))
            }
        }
    }

    fn text(&self, target: &Target, transcript: &Transcript) -> String {
        match target.format {
            // An empty file says that nothing was said.
            format if format.is_streamed() && !transcript.has_words() && format == Format::Text => String::new(),
            format => transcript.render(format, self.captions),
        }
    }

    fn write(&self, path: &Path, text: &str) -> io::Result<Written> {
        let parent = path.parent().unwrap_or(&self.root);
        fs::create_dir_all(parent)?;
        let mut file = Beside::create(path)?;
        file.write_all(text.as_bytes())?;
        file.into_place().map_err(|(error, kept)| {
            // The result is kept elsewhere.
            let _ = fs::remove_file(kept);
            error
        })?;
        sync_folder(parent)?;
        Ok(Written { name: self.name_of(path), sha256: sha256(text.as_bytes()), snapshot: Snapshot::of(path)? })
    }

    /// What a file of results is called in the journal.
    fn name_of(&self, path: &Path) -> String {
        named(path.strip_prefix(&self.root).unwrap_or(path))
    }

    fn work(&self, path: &Path) -> io::Result<Work> {
        // The snapshot comes first: if somebody writes meanwhile, it is not the one of the hashed contents.
        let snapshot = Snapshot::of(path)?;
        let input = named(&path::absolute(path)?);
        Ok(Work { input, options: self.options.clone(), sha256: sha256_of(path)?, snapshot })
    }

    fn append(&self, line: &Line) -> Result<(), Problem> {
        let mut journal = self.journal();
        journal.append(line).map_err(|error| {
            let what = format!("cannot write {}", journal.path().display());
            Problem::new(Exit::Input, what).why(io_reason(&error))
        })
    }

    /// Removes what an earlier run that was killed left half written of the files of this one.
    fn sweep(&self) {
        let mut names: BTreeMap<&Path, BTreeSet<&OsStr>> = BTreeMap::new();
        for target in self.entries.iter().flat_map(|entry| &entry.targets) {
            if let (Some(folder), Some(name)) = (target.path.parent(), target.path.file_name()) {
                names.entry(folder).or_default().insert(name);
            }
        }
        for (folder, names) in names {
            let Ok(found) = fs::read_dir(folder) else { continue };
            let is_left = |name: &OsStr| Beside::final_name(name).is_some_and(|name| names.contains(OsStr::new(name)));
            for left in found.flatten().filter(|entry| is_left(&entry.file_name())) {
                let _ = fs::remove_file(left.path());
            }
        }
    }

    fn journal(&self) -> MutexGuard<'_, Journal> {
        // A line is written whole or dropped by whoever reads it, so a panic elsewhere leaves it usable.
        self.journal.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn cannot_write(path: &Path, error: &io::Error) -> Problem {
    Problem::new(Exit::Input, format!("cannot write {}", path.display())).why(io_reason(error))
}

fn unreadable(path: &Path, error: &io::Error) -> Problem {
    Problem::input(path.display().to_string(), io_reason(error))
}

/// A path as the journal has it. Names that are no Unicode are told apart by their bytes.
fn named(path: &Path) -> String {
    path.to_str().map_or_else(|| format!("{path:?}"), str::to_owned)
}

/// Makes a rename last: on Unix it is a change of the folder.
#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    fs::File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "on Unix it may fail")]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}
