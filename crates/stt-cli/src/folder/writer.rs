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

use tokio::{
    sync::{Semaphore, oneshot},
    task::spawn_blocking,
};

use super::{
    journal::{Journal, Line, Placing, Written},
    snapshot::{Snapshot, hash},
};
use crate::output::{Beside, Synced};

/// Where results get their names and the journal its lines.
///
/// Each input's files are written beside their places and synced, some at the same time. What comes then is the work of
/// one thread: it waits for all that are being written, renames them, syncs each folder once, and then the journal, which
/// is on the disk as soon with many lines as with one. Nobody is told of the end before that, so nobody who was told makes
/// the others wait.
#[derive(Debug)]
pub(super) struct Writer {
    root: Arc<Path>,
    /// One for each input whose files may be written at the same time.
    turns: Semaphore,
    /// Held by everything that is being written.
    coming: Arc<()>,
    jobs: mpsc::Sender<(Job, Arc<()>)>,
}

/// A file of results that is to be.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) path: PathBuf,
    /// What it is called in the journal.
    pub(super) name: String,
    pub(super) text: String,
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
        let root: Arc<Path> = root.into();
        let coming = Arc::default();
        let (above, others) = (Arc::clone(&root), Arc::clone(&coming));
        thread::Builder::new().name("stt-writer".to_owned()).spawn(move || {
            while let Ok((first, came)) = incoming.recv() {
                drop(came);
                let mut jobs = vec![first];
                // Beside those who write there are the writer and this thread.
                while 2 < Arc::strong_count(&others) {
                    // Whoever fails does not come.
                    jobs.extend(incoming.recv_timeout(MOMENT).ok().map(|(job, _)| job));
                }
                jobs.extend(incoming.try_iter().map(|(job, _)| job));
                place(jobs, &above, &journal);
            }
        })?;
        Ok(Self { root, turns: Semaphore::new(AT_ONCE), coming, jobs })
    }

    /// Writes files, and then notes what they come to; it has happened when this returns.
    pub(super) async fn write(
        &self,
        drafts: Vec<Draft>,
        line: impl FnOnce(Vec<Written>) -> Line + Send + 'static,
    ) -> Result<(), Unwritten> {
        let coming = Arc::clone(&self.coming);
        let files = match drafts.is_empty() {
            true => Vec::new(),
            false => {
                let root = Arc::clone(&self.root);
                // Turns are never withdrawn.
                let _turn = self.turns.acquire().await;
                spawn_blocking(move || drafts.into_iter().map(|draft| draft.ready(&root)).collect())
                    .await
                    .unwrap_or_else(|_| Err(broke_down()))?
            }
        };
        let (answer, answered) = oneshot::channel();
        // Where the thread broke down nobody answers.
        let _ = self.jobs.send((Job { files, line: Box::new(line), answer }, coming));
        answered.await.unwrap_or_else(|_| Err(broke_down()))
    }
}

/// A mistake of this program, whose place was told when it happened.
fn broke_down() -> Unwritten {
    Unwritten::Journal(io::Error::other("internal error"))
}

impl Draft {
    /// Writes it beside its place, so that it is on the disk.
    fn ready(self, root: &Path) -> Result<Ready, Unwritten> {
        match self.beside(root) {
            Ok(file) => Ok(Ready { hash: hash(self.text.as_bytes()), text: self, file }),
            Err(error) => Err(Unwritten::File(self.path, error)),
        }
    }

    fn beside(&self, root: &Path) -> io::Result<Synced> {
        let folder = self.path.parent().unwrap_or(root);
        if !folder.is_dir() {
            fs::create_dir_all(folder)?;
        }
        let mut file = Beside::create(&self.path)?;
        file.write_all(self.text.as_bytes())?;
        file.synced()
    }

    /// The folders that lead to it: each may be as new as the file.
    fn folders(&self, root: &Path) -> impl Iterator<Item = &Path> {
        self.path.ancestors().skip(1).take_while(move |folder| folder.starts_with(root))
    }
}

/// A file of results that is complete, and not in its place yet.
struct Ready {
    text: Draft,
    hash: String,
    file: Synced,
}

impl Ready {
    fn placing(&self) -> Placing {
        Placing { name: self.text.name.clone(), hash: self.hash.clone() }
    }

    fn placed(self) -> Result<Placed, Unwritten> {
        let Self { text: Draft { path, name, .. }, hash, file } = self;
        match file.rename() {
            Ok(()) => Ok(Placed { path, name, hash }),
            Err(error) => Err(Unwritten::File(path, error)),
        }
    }
}

/// A file of results that has its name.
struct Placed {
    path: PathBuf,
    name: String,
    hash: String,
}

impl Placed {
    /// What it is now, unless a folder on the way is lost.
    fn written(self, lost: &BTreeMap<&Path, io::Error>) -> Result<Written, Unwritten> {
        let lost = lost.iter().find(|(folder, _)| self.path.starts_with(folder));
        match lost.map_or_else(|| Snapshot::of(&self.path), |(_, error)| Err(same(error))) {
            Ok(snapshot) => Ok(Written { name: self.name, hash: self.hash, snapshot }),
            Err(error) => Err(Unwritten::File(self.path, error)),
        }
    }
}

/// The results of one input.
struct Job {
    files: Vec<Ready>,
    line: Box<dyn FnOnce(Vec<Written>) -> Line + Send>,
    answer: oneshot::Sender<Result<(), Unwritten>>,
}

/// Gives everything its name that became ready at the same time. What fails concerns its own input alone.
fn place(jobs: Vec<Job>, root: &Path, journal: &Journal) {
    let texts = || jobs.iter().flat_map(|job| &job.files).map(|ready| &ready.text);
    let folders: BTreeSet<PathBuf> = texts().flat_map(|text| text.folders(root)).map(Path::to_owned).collect();
    // What appears must be known to be ours, also when this is killed before it can be noted as done.
    let placing: Vec<Placing> = jobs.iter().flat_map(|job| &job.files).map(Ready::placing).collect();
    let begun = match placing.is_empty() {
        true => Ok(()),
        false => journal.note(Line::Placing { files: placing }).and_then(|()| journal.sync()),
    };
    let placed = |files: Vec<Ready>| {
        begun.as_ref().map_err(|error| Unwritten::Journal(same(error)))?;
        files.into_iter().map(Ready::placed).collect::<Result<Vec<Placed>, Unwritten>>()
    };
    let jobs: Vec<_> = jobs.into_iter().map(|job| (placed(job.files), job.line, job.answer)).collect();
    let lost = |folder: &PathBuf| sync_folder(folder).err();
    let lost = folders.iter().filter_map(|folder| Some((folder.as_path(), lost(folder)?))).collect();
    let (mut lines, mut noted) = (Vec::new(), Vec::new());
    for (placed, line, answer) in jobs {
        match placed.and_then(|placed| placed.into_iter().map(|file| file.written(&lost)).collect()) {
            Ok(written) => {
                lines.push(line(written));
                noted.push(answer);
            }
            // Nobody waits any more when the run was interrupted twice.
            Err(unwritten) => drop(answer.send(Err(unwritten))),
        }
    }
    let appended = journal.append(&lines);
    for answer in noted {
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

/// How long the thread waits for whoever may come no more.
const MOMENT: Duration = Duration::from_millis(1);

/// Disks take a few files at once for hardly more time than one. Many at once get into each other's way in a folder: with
/// 16 each takes three times the CPU time.
const AT_ONCE: usize = 4;

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
            let text = Draft { path: root.join(name), name: name.to_owned(), text: format!("This is {name}.\n") };
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
            let text = Draft { path: folder.path().join(name), name: name.to_owned(), text: String::new() };
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
