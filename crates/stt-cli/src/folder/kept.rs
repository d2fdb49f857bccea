//! Results that could not be written, and can be now.

use std::path::{Component, Path};

use serde::{Deserialize, Serialize};
use stt_transcript::{Captions, Format, Transcript};

use super::{Began, Entry, Folder, State, Target, Unwritten, journal};
use crate::{exit::Exit, problem::Problem};

/// A result that could not be written.
#[derive(Debug)]
pub(crate) struct Kept {
    pub(crate) transcript: Transcript,
    index: usize,
    texts: Vec<Text>,
    began: Began,
}

/// The contents of a file of results, so that nobody has to know again in which form it was wanted.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) struct Text {
    /// Its path below the folder.
    pub(crate) name: String,
    pub(crate) text: String,
}

impl Folder {
    /// Locks a folder, and finds the results that its journal keeps, in the order of their names; one that cannot be read
    /// has its place.
    pub(crate) fn of_kept(root: &Path) -> Result<(Self, Vec<Result<Kept, Problem>>), Problem> {
        if !journal::path(root).is_file() {
            return Err(Problem::usage(format!("{}: no journal in this folder", root.display())));
        }
        let (journal, writer) = Self::journal_of(root, false)?;
        let mut kept = Vec::new();
        let mut entries = Vec::new();
        for (place, record) in journal.records() {
            let (State::Kept { transcript, texts }, Some(work)) = (&record.state, &record.work) else { continue };
            let transcript = match Transcript::from_json(&transcript.to_string()) {
                Ok(transcript) => transcript,
                Err(error) => {
                    let what = format!("what the journal keeps of {place} cannot be read");
                    kept.push(Err(Problem::new(Exit::Input, what).why(error.to_string())));
                    continue;
                }
            };
            let texts = if texts.is_empty() { vec![text(place, &transcript)] } else { texts.clone() };
            let target = |text: &Text| Target::of(Format::Text, root.join(&text.name));
            let targets = texts.iter().map(target).collect();
            let began = Began { work: work.clone(), contents: None };
            kept.push(Ok(Kept { transcript, index: entries.len(), texts, began }));
            entries.push(Entry { place: place.to_owned(), targets });
        }
        let (root, captions, options) = (root.to_owned(), Captions::default(), String::new());
        Ok((Self { root, captions, journal, writer, options, entries }, kept))
    }

    /// Writes a result that was kept, and notes that it is done. With `force` also over what others wrote.
    pub(crate) async fn write_kept(&self, kept: &Kept, force: bool) -> Result<(), Problem> {
        let entry = &self.entries[kept.index];
        if let Some(text) = kept.texts.iter().find(|text| !is_below(&text.name)) {
            let what = format!("the journal names {}, which is not in this folder", text.name);
            return Err(Problem::new(Exit::Input, what));
        }
        if let Some(problem) = self.in_the_way(entry, self.journal.record(&entry.place)).filter(|_| !force) {
            return Err(problem);
        }
        let drafts = kept.texts.iter().zip(&entry.targets);
        let drafts = drafts.map(|(text, target)| self.draft(&target.path, text.text.clone())).collect();
        match self.conclude(entry, kept.began.work.clone(), drafts, &kept.transcript).await {
            Ok(()) => Ok(()),
            Err(Unwritten::File(path, error)) => {
                Err(super::cannot_write(&path, &error).hint("it stays in the journal".to_owned()))
            }
            Err(Unwritten::Journal(error)) => Err(self.not_noted(&error)),
        }
    }
}

/// Whether a path that stands in a file leads into the folder of that file, and not elsewhere.
pub(crate) fn is_below(path: &str) -> bool {
    Path::new(path).components().all(|part| matches!(part, Component::Normal(_)))
}

/// What a journal of an earlier version tells: its transcript, of which the text is wanted most.
fn text(place: &str, transcript: &Transcript) -> Text {
    let name = Path::new(place).with_extension(Format::Text.extension()).to_string_lossy().into_owned();
    Text { name, text: transcript.render(Format::Text, Captions::default()) }
}
