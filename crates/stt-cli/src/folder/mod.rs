//! A folder of results: what is done already, what is to be done, and how results get into it.

mod journal;
mod kept;
mod snapshot;
mod standing;
mod targets;
mod writer;

use std::{
    collections::{BTreeMap, BTreeSet},
    ffi::OsStr,
    fs, io,
    path::{self, Path, PathBuf},
    sync::Arc,
};

use stt_transcript::{Captions, Format, Transcript};

use self::{
    journal::{Journal, JournalError, Line, State, Work},
    kept::Text,
    snapshot::{Contents, Snapshot, hash},
    writer::{File, Unwritten, Writer},
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
    journal: Arc<Journal>,
    writer: Writer,
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
    /// All that is in it, unless that is much.
    contents: Option<Vec<u8>>,
}

impl Began {
    /// Takes the bytes that the input had, if they are at hand.
    pub(crate) fn contents(&mut self) -> Option<Vec<u8>> {
        self.contents.take()
    }
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
        let (journal, writer) = Self::journal_of(root, force)?;
        let entries = inputs.places.iter().zip(targets).map(|(place, targets)| Entry { place: named(place), targets });
        let entries = entries.collect();
        let folder =
            Self { root: root.to_owned(), captions, journal, writer, options: hash(options.as_bytes()), entries };
        folder.sweep();
        Ok(folder)
    }

    /// Makes the folder if there is none, and locks its journal for whoever writes there.
    fn journal_of(root: &Path, anew: bool) -> Result<(Arc<Journal>, Writer), Problem> {
        let shown = root.display();
        let cannot =
            |error: &io::Error| Problem::new(Exit::Input, format!("cannot write into {shown}")).why(io_reason(error));
        fs::create_dir_all(root).map_err(|error| cannot(&error))?;
        let journal = Journal::open(root, anew).map_err(|error| match error {
            JournalError::Io(error) => cannot(&error),
            JournalError::Locked(_) => Problem::usage(format!("{shown}: {error}")),
            JournalError::Newer => {
                Problem::usage(format!("{shown}: {error}")).hint("update stt, or use --force to begin anew".to_owned())
            }
        })?;
        let journal = Arc::new(journal);
        let writer = Writer::start(root, Arc::clone(&journal)).map_err(|error| cannot(&error))?;
        Ok((journal, writer))
    }

    /// Where the folder is.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Lines of the journal that somebody else changed.
    pub(crate) fn damaged(&self) -> usize {
        self.journal.damaged()
    }

    /// Notes that the work on an input begins, and what is in it at this moment.
    pub(crate) fn begin(&self, index: usize, path: &Path) -> Result<Began, Problem> {
        let began = self.look(path).map_err(|error| unreadable(path, &error))?;
        let line = Line::Begun { place: self.entries[index].place.clone() };
        self.journal.note(line).map_err(|error| self.not_noted(&error))?;
        Ok(began)
    }

    /// Whether the input is still what it was when the work on it began.
    pub(crate) fn is_unchanged(&self, path: &Path, began: &Began) -> bool {
        Snapshot::of(path).is_ok_and(|now| now == began.work.snapshot)
    }

    /// Writes the results of an input, and notes that it is done, or not.
    ///
    /// What stays behind when the files cannot be written is the result in the journal: it was paid for.
    pub(crate) async fn store(&self, index: usize, transcript: &Transcript, began: Began) -> Result<(), Problem> {
        let entry = &self.entries[index];
        let Began { work, .. } = began;
        let failed = transcript.segments().iter().any(|segment| segment.failure().is_some());
        let targets = if failed && !transcript.has_words() { &[] } else { &entry.targets[..] };
        let drafts = targets.iter().map(|target| self.draft(&target.path, self.text(target, transcript))).collect();
        match self.conclude(entry, work.clone(), drafts, transcript).await {
            Ok(()) => Ok(()),
            Err(Unwritten::File(path, error)) => Err(self.keep(entry, work, transcript, (&path, &error)).await),
            Err(Unwritten::Journal(error)) => Err(self.not_noted(&error)),
        }
    }

    /// Writes the results of an input, and notes whether it is done.
    async fn conclude(
        &self,
        entry: &Entry,
        work: Work,
        drafts: Vec<File<String>>,
        transcript: &Transcript,
    ) -> Result<(), Unwritten> {
        let (place, words) = (entry.place.clone(), transcript.has_words());
        let failed = transcript.segments().iter().any(|segment| segment.failure().is_some());
        let line = move |files| match failed {
            true => Line::Failed { place, work: Some(work), files },
            false => Line::Done { place, work, files, words },
        };
        self.writer.write(drafts, line).await
    }

    /// Keeps a result in the journal that cannot be written to its file.
    async fn keep(
        &self,
        entry: &Entry,
        work: Work,
        transcript: &Transcript,
        (path, error): (&Path, &io::Error),
    ) -> Problem {
        let problem = cannot_write(path, error);
        let json = transcript.to_json();
        let text = |target: &Target| Text { name: self.name_of(&target.path), text: self.text(target, transcript) };
        let (place, texts) = (entry.place.clone(), entry.targets.iter().map(text).collect());
        let kept = match serde_json::from_str(&json) {
            Ok(transcript) => {
                let kept = self.writer.write(Vec::new(), move |_| Line::Kept { place, work, transcript, texts });
                kept.await.map_err(|(Unwritten::File(_, error) | Unwritten::Journal(error))| error)
            }
            Err(error) => Err(error.into()),
        };
        match kept {
            Ok(()) => problem.hint(format!(
                "the text is kept in the journal; `stt transcribe --from-journal -O {}` writes it, and asks for nothing",
                shlex::try_quote(&self.root.to_string_lossy()).unwrap_or_default()
            )),
            Err(error) => {
                let journal = self.journal.path().display();
                problem.hint(format!("nor can {journal} be written ({}); the result: {json}", io_reason(&error)))
            }
        }
    }

    /// A file of results with this in it.
    fn draft(&self, path: &Path, text: String) -> File<String> {
        File::of(path.to_owned(), self.name_of(path), text)
    }

    /// What is to be in a file of results.
    fn text(&self, target: &Target, transcript: &Transcript) -> String {
        match target.format {
            // An empty file says that nothing was said.
            format if format.is_streamed() && !transcript.has_words() && format == Format::Text => String::new(),
            format => transcript.render(format, self.captions),
        }
    }

    /// What a file of results is called in the journal.
    fn name_of(&self, path: &Path) -> String {
        named(path.strip_prefix(&self.root).unwrap_or(path))
    }

    fn look(&self, path: &Path) -> io::Result<Began> {
        let Contents { snapshot, hash, bytes } = Contents::of(path)?;
        let input = named(&path::absolute(path)?);
        Ok(Began { work: Work { input, options: self.options.clone(), hash, snapshot }, contents: bytes })
    }

    fn not_noted(&self, error: &io::Error) -> Problem {
        let what = format!("cannot write {}", self.journal.path().display());
        Problem::new(Exit::Input, what).why(io_reason(error))
    }

    /// Removes what an earlier run that was killed left half written of the files of this one.
    fn sweep(&self) {
        let mut names: BTreeMap<&Path, BTreeSet<&str>> = BTreeMap::new();
        for target in self.entries.iter().flat_map(|entry| &entry.targets) {
            let name = target.path.file_name().and_then(OsStr::to_str);
            if let (Some(folder), Some(name)) = (target.path.parent(), name) {
                names.entry(folder).or_default().insert(Beside::shortened(name));
            }
        }
        for (folder, names) in names {
            let Ok(found) = fs::read_dir(folder) else { continue };
            let is_left = |name: &OsStr| Beside::final_name(name).is_some_and(|name| names.contains(name));
            for left in found.flatten().filter(|entry| is_left(&entry.file_name())) {
                let _ = fs::remove_file(left.path());
            }
        }
    }
}

fn cannot_write(path: &Path, error: &io::Error) -> Problem {
    Problem::new(Exit::Input, format!("cannot write {}", path.display()))
        .cause("cannot write a result")
        .why(io_reason(error))
}

fn unreadable(path: &Path, error: &io::Error) -> Problem {
    Problem::input(path.display().to_string(), io_reason(error))
}

/// A path as the journal has it. Names that are no Unicode are told apart by their bytes.
fn named(path: &Path) -> String {
    path.to_str().map_or_else(|| format!("{path:?}"), str::to_owned)
}
