//! How far each input of a run is, by what earlier runs left behind.

use std::{collections::HashSet, path::Path};

use stt_transcript::Transcript;

use super::{
    Began, Entry, Folder, Target,
    journal::{Record, State, Work, Written},
    snapshot::{Contents, Snapshot},
    unreadable,
};
use crate::{
    exit::Exit,
    inputs::{Input, Inputs},
    problem::Problem,
};

/// What is to be done about an input.
#[derive(Debug)]
pub(crate) enum Standing {
    /// Nothing: its results are there, with words or without.
    Done {
        words: bool,
    },
    /// Its results were paid for, and are to be written.
    Kept(Box<(Transcript, Began)>),
    /// Something stands in its way.
    Refused(Problem),
    ToDo,
}

/// What is to be done about each input of a run.
#[derive(Debug, Default)]
pub(crate) struct Standings {
    pub(crate) list: Vec<Standing>,
    /// Inputs whose results are there, but were made in another way.
    pub(crate) other_options: usize,
    /// Inputs that were begun, and may have been paid for.
    pub(crate) uncertain: usize,
}

impl Standings {
    /// How many inputs are done.
    pub(crate) fn done(&self) -> usize {
        self.list.iter().filter(|standing| matches!(standing, Standing::Done { .. })).count()
    }

    /// How many inputs are to be asked for.
    pub(crate) fn left(&self) -> usize {
        self.list.iter().filter(|standing| matches!(standing, Standing::ToDo)).count()
    }
}

impl Folder {
    /// Compares what is there with what is asked for. With `force` everything is done again, whatever is there.
    pub(crate) fn standings(&self, inputs: &Inputs, force: bool) -> Standings {
        let mut standings = Standings::default();
        for (input, entry) in inputs.list.iter().zip(&self.entries) {
            let standing = match input {
                Input::File(_) if force => Standing::ToDo,
                Input::File(path) => self.standing(path, entry, &mut standings),
                Input::Refused(_, problem) => Standing::Refused(problem.clone()),
                Input::Stdin => Standing::Refused(Problem::usage("standard input has no name for its results")),
            };
            standings.list.push(standing);
        }
        standings
    }

    fn standing(&self, path: &Path, entry: &Entry, standings: &mut Standings) -> Standing {
        if let Some(problem) = too_long(path, entry) {
            return Standing::Refused(problem);
        }
        let Some(record) = self.journal.record(&entry.place) else {
            return self.in_the_way(entry, None).map_or(Standing::ToDo, Standing::Refused);
        };
        let same = match record.work.as_ref().map(|work| is_same(path, work)).transpose() {
            Ok(same) => same.unwrap_or_default(),
            Err(error) => return Standing::Refused(unreadable(path, &error)),
        };
        let as_asked = same && record.work.as_ref().is_some_and(|work| work.options == self.options);
        match &record.state {
            State::Done { words } if as_asked && self.are_there(entry, record) => {
                return Standing::Done { words: *words };
            }
            State::Kept { transcript: json, .. } if as_asked => {
                if let (Ok(transcript), Some(work)) = (Transcript::from_json(&json.to_string()), &record.work) {
                    let kept = || Standing::Kept(Box::new((transcript, Began { work: work.clone(), contents: None })));
                    return self.in_the_way(entry, Some(record)).map_or_else(kept, Standing::Refused);
                }
            }
            State::Done { .. } if same && !(as_asked && self.were_written(entry, record)) => {
                standings.other_options += 1;
            }
            _ => {}
        }
        if let Some(work) = record.work.as_ref().filter(|work| !same && Path::new(&work.input) != absolute(path)) {
            let there = entry.targets.iter().find(|target| target.is_there);
            if let Some(target) = there {
                let what = format!("{} holds the result of {}; use --force", target.path.display(), work.input);
                return Standing::Refused(Problem::input(path.display().to_string(), what));
            }
        }
        if let Some(problem) = self.in_the_way(entry, Some(record)) {
            return Standing::Refused(problem);
        }
        standings.uncertain += usize::from(record.state == State::Begun);
        Standing::ToDo
    }

    /// Whether every file of an input is there; what its owner wrote into it since then is the owner's business.
    fn are_there(&self, entry: &Entry, record: &Record) -> bool {
        self.were_written(entry, record) && entry.targets.iter().all(|target| target.path.is_file())
    }

    /// Whether the work on an input gave all files that are asked for now.
    fn were_written(&self, entry: &Entry, record: &Record) -> bool {
        let written: HashSet<&str> = record.files.iter().map(|file| file.name.as_str()).collect();
        entry.targets.iter().all(|target| written.contains(self.name_of(&target.path).as_str()))
    }

    /// A file that would be overwritten and is not ours.
    pub(super) fn in_the_way(&self, entry: &Entry, record: Option<&Record>) -> Option<Problem> {
        let files = || record.iter().flat_map(|record| record.files.iter().chain(&record.former));
        entry.targets.iter().filter(|target| target.is_there).find_map(|Target { path, .. }| {
            let name = self.name_of(path);
            let shown = path.display();
            // A run that was killed may have come to give a file its name without coming to note it.
            let placed = self.journal.placing(&name);
            if !placed.is_empty() && Contents::of(path).is_ok_and(|contents| placed.contains(&contents.hash)) {
                return None;
            }
            let cause = match files().find(|file| file.name == name) {
                Some(file) if is_as_written(path, file) => return None,
                Some(_) => "was changed since stt wrote it; use --force",
                None => "exists and was not written by stt; use --force",
            };
            Some(Problem::new(Exit::Input, format!("{shown} {cause}")).cause(cause))
        })
    }
}

/// Whether a file is the one that was worked on, by what is in it.
fn is_same(path: &Path, work: &Work) -> std::io::Result<bool> {
    let snapshot = Snapshot::of(path)?;
    Ok((snapshot == work.snapshot && Path::new(&work.input) == absolute(path)) || Contents::of(path)?.hash == work.hash)
}

fn is_as_written(path: &Path, file: &Written) -> bool {
    Snapshot::of(path).is_ok_and(|now| now == file.snapshot)
        || Contents::of(path).is_ok_and(|contents| contents.hash == file.hash)
}

/// Found out now, and not after the audio has been paid for.
fn too_long(path: &Path, entry: &Entry) -> Option<Problem> {
    let lengths = entry.targets.iter().filter_map(|target| Some(target.path.file_name()?.len()));
    let length = lengths.max().filter(|length| LONGEST_NAME < *length)?;
    let what = format!("its result would have a name of {length} bytes, and systems take {LONGEST_NAME}");
    Some(Problem::input(path.display().to_string(), what))
}

fn absolute(path: &Path) -> std::path::PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

/// Of Linux and macOS, in bytes; Windows counts 255 units of UTF-16.
const LONGEST_NAME: usize = 255;
