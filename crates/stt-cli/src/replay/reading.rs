//! From the paths of saved answers to the inputs that they are about.

use std::{
    collections::{HashMap, HashSet},
    fs,
    path::{Path, PathBuf},
};

use stt_model::Ticks;

use super::input::{Part, Replay};
use crate::{
    exit::Exit,
    inputs::entries,
    output::io_reason,
    problem::Problem,
    saved::{IndexError, Kind, Name, Past},
    stdin,
};

/// What was found where answers were said to be.
#[derive(Default)]
pub(super) struct Replays {
    pub(super) list: Vec<Replay>,
    /// Whether results need the names of their inputs.
    pub(super) several: bool,
    /// What is odd about the folders.
    pub(super) notes: Vec<String>,
    indexes: HashMap<PathBuf, Option<Index>>,
    /// What of which index is in the list already: a piece stands for all of its input.
    seen: HashSet<(PathBuf, usize)>,
    /// Where in the list the pieces are that no index knows, by the path of what they are pieces of.
    joined: HashMap<PathBuf, usize>,
}

struct Index {
    past: Past,
    /// Every file that it knows, with the place of what it was saved for.
    files: HashMap<String, usize>,
}

impl Replays {
    /// Looks at every path: files, folders with everything below them, and standard input.
    pub(super) async fn find(paths: &[PathBuf]) -> Result<Self, Problem> {
        let mut replays = Self::default();
        match paths.iter().filter(|path| *path == Path::new("-")).count() {
            0 => {}
            1 => stdin::check_pipe()?,
            _ => return Err(Problem::usage("standard input can be read only once")),
        }
        for path in paths {
            if path == Path::new("-") {
                replays.list.push(Replay::of_stdin().await);
            } else if path.is_dir() {
                replays.folder(path)?;
            } else {
                let place = path.file_name().map_or(path.as_path(), Path::new);
                replays.file(path, place)?;
            }
        }
        replays.several |= 1 < replays.list.len();
        Ok(replays)
    }

    /// The files that are read.
    pub(super) fn paths(&self) -> impl Iterator<Item = &Path> {
        self.list.iter().flat_map(Replay::paths)
    }

    fn file(&mut self, path: &Path, place: &Path) -> Result<(), Problem> {
        match self.known(path)? {
            Some((root, talk)) => self.add(&root, talk),
            None => self.bare(path, place),
        }
        Ok(())
    }

    /// What its index tells of a folder, in the order of the run, and then whatever else is there.
    fn folder(&mut self, folder: &Path) -> Result<(), Problem> {
        let before = self.list.len();
        if let Some((root, below)) = self.index_of(&canonical(folder))?
            && let Some(Some(index)) = self.indexes.get(&root)
        {
            let within = if below.is_empty() { below } else { below + "/" };
            let best = index.past.best().into_iter();
            let best: Vec<usize> =
                best.filter(|talk| index.past.talks[*talk].owner.stem.starts_with(&within)).collect();
            self.several |= best.iter().any(|talk| index.past.talks[*talk].owner.several);
            for talk in best {
                self.add(&root, talk);
            }
        }
        self.descend(folder, Path::new(""))?;
        if self.list.len() == before {
            let problem = Problem::input(folder.display().to_string(), "no saved answer in this folder");
            self.list.push(Replay::refused(folder, problem));
        }
        Ok(())
    }

    /// The answers below a folder that no index knows, sorted by name.
    fn descend(&mut self, folder: &Path, place: &Path) -> Result<(), Problem> {
        let entries = match entries(folder) {
            Ok(entries) => entries,
            Err(error) => {
                let problem = Problem::input(folder.display().to_string(), io_reason(&error));
                self.list.push(Replay::refused(folder, problem));
                return Ok(());
            }
        };
        for entry in entries {
            let (path, name) = (entry.path(), entry.file_name());
            let name = name.to_string_lossy();
            if name.starts_with('.') {
                continue;
            }
            let place = place.join(&*name);
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                self.descend(&path, &place)?;
            } else if Name::read(&name).is_some_and(|name| !matches!(name.kind, Kind::Try(_)))
                && self.known(&path)?.is_none()
            {
                self.bare(&path, &place);
            }
        }
        Ok(())
    }

    /// What an index knows is put together as it was.
    fn add(&mut self, root: &Path, talk: usize) {
        if self.seen.insert((root.to_owned(), talk))
            && let Some(Some(index)) = self.indexes.get(root)
        {
            self.list.push(Replay::of_talk(root, &index.past.talks[talk]));
        }
    }

    /// An answer of which nothing is known but what its name tells.
    fn bare(&mut self, path: &Path, place: &Path) {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let (start, end, stem) = match Name::read(&name) {
            Some(Name { piece: Some((start, end)), stem, kind: Kind::Failed | Kind::Recognition }) => {
                (Ticks::from_millis(start), Some(Ticks::from_millis(end)), stem)
            }
            _ => return self.list.push(Replay::bare(path, place)),
        };
        let part = Part::of_file(path, start, end);
        let whole = path.with_file_name(stem);
        let index = *self.joined.entry(whole.clone()).or_insert(self.list.len());
        match self.list.get_mut(index) {
            Some(replay) => replay.add(part),
            None => {
                let place = place.with_file_name(format!("{stem}.json"));
                self.list.push(Replay::of_parts(&whole, &place, vec![part]));
            }
        }
    }

    /// The index that knows a file, and what the file was saved for.
    fn known(&mut self, path: &Path) -> Result<Option<(PathBuf, usize)>, Problem> {
        let path = canonical(path);
        let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else { return Ok(None) };
        let Some((root, below)) = self.index_of(folder)? else { return Ok(None) };
        let name = name.to_string_lossy();
        let file = if below.is_empty() { name.into_owned() } else { format!("{below}/{name}") };
        let talk = self.indexes.get(&root).and_then(Option::as_ref).and_then(|index| index.files.get(&file));
        Ok(talk.map(|talk| (root, *talk)))
    }

    /// The nearest folder above, or this one, that has an index, and the path from there.
    fn index_of(&mut self, folder: &Path) -> Result<Option<(PathBuf, String)>, Problem> {
        for root in folder.ancestors() {
            if !self.indexes.contains_key(root) {
                let index = self.read(root)?;
                self.indexes.insert(root.to_owned(), index);
            }
            if self.indexes.get(root).is_some_and(Option::is_some) {
                let below = folder.strip_prefix(root).unwrap_or(Path::new(""));
                let below: Vec<_> = below.iter().map(|part| part.to_string_lossy()).collect();
                return Ok(Some((root.to_owned(), below.join("/"))));
            }
        }
        Ok(None)
    }

    fn read(&mut self, root: &Path) -> Result<Option<Index>, Problem> {
        let shown = root.display();
        let past = Past::read(root).map_err(|error| match error {
            IndexError::Io(error) => {
                Problem::new(Exit::Input, format!("cannot read the index of {shown}")).why(io_reason(&error))
            }
            error => Problem::usage(format!("{shown}: {error}")).hint("update stt".to_owned()),
        })?;
        let Some(past) = past else { return Ok(None) };
        if 0 < past.damaged {
            let lines = past.damaged;
            self.notes.push(format!("{shown}: {lines} damaged lines of its index are left out"));
        }
        let files = past.files().into_iter().map(|(file, (talk, _))| (file.to_owned(), talk)).collect();
        Ok(Some(Index { past, files }))
    }
}

/// The path by which an index may know a file.
fn canonical(path: &Path) -> PathBuf {
    fs::canonicalize(path).or_else(|_| std::path::absolute(path)).unwrap_or_else(|_| path.to_owned())
}
