//! Results on their way to the disk: what is ready at the same time goes together.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{Arc, mpsc},
    thread,
    time::Duration,
};

use tokio::sync::oneshot;

use super::{
    journal::{Journal, Line, Placing, Written},
    snapshot::{Snapshot, hash},
};
use crate::output::Beside;

/// Where results get their names and the journal its lines.
///
/// That is the work of one thread, which takes all that waits for it at once: it writes files beside their places, syncs
/// and renames them, syncs each folder once, and then the journal, which is on the disk as soon with many lines as with
/// one. Nobody is told of the end before that.
#[derive(Debug)]
pub(super) struct Writer {
    jobs: mpsc::Sender<Job<File<String>>>,
}

/// A file of results on its way, which is a text at first.
#[derive(Debug)]
pub(super) struct File<S> {
    path: PathBuf,
    /// What it is called in the journal.
    name: String,
    hash: String,
    state: S,
}

/// Why results are not where they belong.
#[derive(Debug)]
pub(super) enum Unwritten {
    /// This file cannot be written.
    File(PathBuf, io::Error),
    /// The files are there, but that cannot be noted.
    Journal(io::Error),
}

impl Writer {
    /// For the results below a folder. Its thread ends with this value.
    pub(super) fn start(root: &Path, journal: Arc<Journal>) -> io::Result<Self> {
        let (jobs, incoming) = mpsc::channel();
        let root = root.to_owned();
        thread::Builder::new().name("stt-writer".to_owned()).spawn(move || {
            while let Ok(first) = incoming.recv() {
                thread::sleep(GATHERING);
                let mut jobs = vec![first];
                while jobs.iter().map(|job: &Job<File<String>>| job.files().len()).sum::<usize>() < AT_ONCE
                    && let Ok(job) = incoming.try_recv()
                {
                    jobs.push(job);
                }
                place(jobs, &root, &journal);
            }
        })?;
        Ok(Self { jobs })
    }

    /// Writes files, and then notes what they come to; it has happened when this returns.
    pub(super) async fn write(
        &self,
        drafts: Vec<File<String>>,
        line: impl FnOnce(Vec<Written>) -> Line + Send + 'static,
    ) -> Result<(), Unwritten> {
        let (answer, answered) = oneshot::channel();
        // Where the thread broke down nobody answers. The place of the mistake was told when it happened.
        let _ = self.jobs.send(Job { files: Ok(drafts), line: Box::new(line), answer });
        answered.await.unwrap_or_else(|_| Err(Unwritten::Journal(io::Error::other("internal error"))))
    }
}

/// The results of one input, as far as they are.
struct Job<F> {
    files: Result<Vec<F>, Unwritten>,
    line: Box<dyn FnOnce(Vec<Written>) -> Line + Send>,
    answer: oneshot::Sender<Result<(), Unwritten>>,
}

impl<F> Job<F> {
    fn files(&self) -> &[F] {
        self.files.as_deref().unwrap_or_default()
    }

    /// Goes one step on with its files, unless it has failed.
    fn step<G>(self, step: impl FnMut(F) -> Result<G, Unwritten>) -> Job<G> {
        let Self { files, line, answer } = self;
        Job { files: files.and_then(|files| files.into_iter().map(step).collect()), line, answer }
    }
}

impl File<String> {
    /// A text that is to be a file.
    pub(super) fn of(path: PathBuf, name: String, text: String) -> Self {
        Self { path, name, hash: hash(text.as_bytes()), state: text }
    }

    fn placing(&self) -> Placing {
        Placing { name: self.name.clone(), hash: self.hash.clone() }
    }

    /// Writes it beside its place, whose folder need not be there yet.
    fn written(self) -> Result<File<Beside>, Unwritten> {
        self.step(|path, text| {
            let mut file = match (Beside::create(path), path.parent()) {
                (Err(error), Some(folder)) if error.kind() == io::ErrorKind::NotFound => {
                    fs::create_dir_all(folder)?;
                    Beside::create(path)?
                }
                (created, _) => created?,
            };
            file.write_all(text.as_bytes()).map(|()| file)
        })
    }
}

impl<S> File<S> {
    fn step<T>(self, step: impl FnOnce(&Path, S) -> io::Result<T>) -> Result<File<T>, Unwritten> {
        let Self { path, name, hash, state } = self;
        match step(&path, state) {
            Ok(state) => Ok(File { path, name, hash, state }),
            Err(error) => Err(Unwritten::File(path, error)),
        }
    }

    /// The folders that lead to it: each may be as new as the file.
    fn folders(&self, root: &Path) -> impl Iterator<Item = &Path> {
        self.path.ancestors().skip(1).take_while(move |folder| folder.starts_with(root))
    }
}

impl File<Snapshot> {
    /// What the journal says of it, unless a folder on the way is lost.
    fn noted(self, lost: &BTreeMap<PathBuf, io::Error>) -> Result<Written, Unwritten> {
        let Self { path, name, hash, state: snapshot } = self;
        match lost.iter().find(|(folder, _)| path.starts_with(folder)) {
            None => Ok(Written { name, hash, snapshot }),
            Some((_, error)) => Err(Unwritten::File(path, same(error))),
        }
    }
}

/// Writes everything that is ready at the same time, all of it step by step. What fails concerns its own input alone.
fn place(jobs: Vec<Job<File<String>>>, root: &Path, journal: &Journal) {
    // What appears must be known to be ours, also when this is killed before it can be noted as done.
    let placing: Vec<Placing> = jobs.iter().flat_map(Job::files).map(File::placing).collect();
    let noted = if placing.is_empty() { Ok(()) } else { journal.note(Line::Placing { files: placing }) };
    let jobs: Vec<_> = jobs.into_iter().map(|job| job.step(File::written)).collect();
    // The disk takes all of it on its way before the first is waited for.
    jobs.iter().flat_map(Job::files).for_each(|file| file.state.begin_sync());
    journal.begin_sync();
    let synced = |file: File<Beside>| file.step(|_, beside| beside.sync().map(|()| beside));
    let jobs: Vec<_> = jobs.into_iter().map(|job| job.step(synced)).collect();
    let noted = noted.and_then(|()| journal.sync());
    let named = |file: File<Beside>| match &noted {
        Ok(()) => file.step(|_, beside| Ok(Snapshot::of_metadata(&beside.rename()?))),
        Err(error) => Err(Unwritten::Journal(same(error))),
    };
    let jobs: Vec<_> = jobs.into_iter().map(|job| job.step(named)).collect();
    let folders: BTreeSet<&Path> = jobs.iter().flat_map(Job::files).flat_map(|file| file.folders(root)).collect();
    let lost = |folder: &Path| Some((folder.to_owned(), sync_folder(folder).err()?));
    let lost = folders.into_iter().filter_map(lost).collect();
    let (mut lines, mut waiting) = (Vec::new(), Vec::new());
    for Job { files, line, answer } in jobs.into_iter().map(|job| job.step(|file| file.noted(&lost))) {
        match files {
            Ok(written) => {
                lines.push(line(written));
                waiting.push(answer);
            }
            // Nobody waits any more when the run was interrupted twice.
            Err(unwritten) => drop(answer.send(Err(unwritten))),
        }
    }
    let appended = journal.append(&lines);
    for answer in waiting {
        let _ = answer.send(appended.as_ref().copied().map_err(|error| Unwritten::Journal(same(error))));
    }
}

/// An error for one more of those whom it concerns.
fn same(error: &io::Error) -> io::Error {
    error.raw_os_error().map_or_else(|| io::Error::new(error.kind(), error.to_string()), io::Error::from_raw_os_error)
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

/// How long the first waits for others, as databases do it for a group of commits: a request takes a hundred times as
/// long.
const GATHERING: Duration = Duration::from_millis(4);

/// Files that are written at the same time, unless one input has more. A disk takes 16 in half the time of 16 by
/// themselves, while each is open.
const AT_ONCE: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_cannot_be_written_concerns_its_own_input_alone() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        fs::write(root.join("b"), "a file where a folder should be").unwrap();
        let journal = Arc::new(Journal::open(root, false).unwrap());
        let writer = Writer::start(root, Arc::clone(&journal)).unwrap();
        let write = |name: &'static str| {
            let text = File::of(root.join(name), name.to_owned(), format!("This is {name}.\n"));
            writer.write(vec![text], move |files| Line::Failed { place: name.to_owned(), work: None, files })
        };
        let (a, b, c) = tokio::join!(write("a.txt"), write("b/b.txt"), write("c/d/c.txt"));
        assert!(a.is_ok() && c.is_ok(), "{a:?} {c:?}");
        assert!(matches!(b, Err(Unwritten::File(path, _)) if path == root.join("b/b.txt")));
        for name in ["a.txt", "c/d/c.txt"] {
            assert_eq!(fs::read_to_string(root.join(name)).unwrap(), format!("This is {name}.\n"));
        }
        let journal = fs::read_to_string(journal.path()).unwrap();
        let told = |name: &str| journal.contains(&format!("\"files\":[{{\"name\":\"{name}\""));
        assert_eq!((told("a.txt"), told("b/b.txt"), told("c/d/c.txt")), (true, false, true), "{journal}");
    }

    #[tokio::test]
    async fn whoever_comes_after_a_failure_is_not_kept_waiting() {
        let folder = tempfile::tempdir().unwrap();
        let journal = Arc::new(Journal::open(folder.path(), false).unwrap());
        let writer = Writer::start(folder.path(), journal).unwrap();
        let write = |name: &str| {
            let text = File::of(folder.path().join(name), name.to_owned(), String::new());
            writer.write(vec![text], |files| Line::Failed { place: String::new(), work: None, files })
        };
        // A folder is no file.
        fs::create_dir(folder.path().join("a")).unwrap();
        let all = async {
            for _ in 0..3 {
                assert!(write("a").await.is_err());
                assert!(write("b").await.is_ok());
            }
        };
        tokio::time::timeout(Duration::from_secs(10), all).await.unwrap();
    }
}
