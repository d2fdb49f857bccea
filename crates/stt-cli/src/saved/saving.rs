//! Keeping the answers of a run.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    fs, io, mem,
    path::{self, Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use stt_audio::Cut;
use stt_model::{Language, Ticks};
use tokio::task::spawn_blocking;

use super::{
    index::{Ended, Index, IndexError, Line, Owner, Past, Piece, Saved, Why},
    name::{Kind, Name, stem},
    put,
};
use crate::{
    exit::Exit,
    folder::{sha256, sha256_of},
    heard::Heard,
    inputs::{Input, Inputs},
    output::{Beside, io_reason},
    problem::Problem,
    tries::Raw,
};

/// Keeps the answers of a run in a folder, each as soon as it is there.
///
/// A run that is repeated replaces what it saved of the same inputs. What is in the way otherwise is found before
/// anything is asked: files of somebody else, and answers to other audio, which were paid for.
#[derive(Debug)]
pub(crate) struct Saving {
    root: PathBuf,
    language: Language,
    several: bool,
    /// What is known of each input that can be asked about, by its path.
    places: HashMap<PathBuf, Place>,
    open: Mutex<Open>,
}

#[derive(Debug)]
struct Place {
    /// Which of the inputs it is.
    position: usize,
    /// What its answers are called.
    stem: String,
    /// Where it is, as an absolute path; standard input is nowhere.
    path: Option<String>,
}

#[derive(Debug)]
struct Open {
    index: Index,
    /// The inputs of which something is noted, and not their end.
    begun: HashSet<String>,
}

/// What is to be kept of a piece.
struct Draft {
    owner: Owner,
    piece: Piece,
    span: Option<(Ticks, Ticks)>,
    subject: String,
    raw: Vec<Raw>,
}

impl Saving {
    /// Makes the folder if there is none, and locks it. With `force`, whatever is in the way is replaced.
    pub(crate) fn open(root: &Path, inputs: &Inputs, language: &Language, force: bool) -> Result<Arc<Self>, Problem> {
        let places = places(root, inputs)?;
        let shown = root.display();
        let cannot =
            |error: &io::Error| Problem::new(Exit::Input, format!("cannot write into {shown}")).why(io_reason(error));
        fs::create_dir_all(root).map_err(|error| cannot(&error))?;
        let (index, past) = Index::open(root).map_err(|error| match error {
            IndexError::Io(error) => cannot(&error),
            error => Problem::usage(format!("{shown}: {error}")),
        })?;
        look(root, &places, &past, force)?;
        let open = Mutex::new(Open { index, begun: HashSet::new() });
        let (language, several) = (language.clone(), inputs.several);
        Ok(Arc::new(Self { root: root.to_owned(), language, several, places, open }))
    }

    /// Keeps what was answered about a piece. What cannot be kept is told, and is no less a result.
    pub(crate) async fn save(self: &Arc<Self>, input: &Input, mut heard: Heard) -> (Heard, Option<Problem>) {
        let Some(owner) = self.owner(input) else { return (heard, None) };
        let raw = heard.take_raw();
        let is_whole = heard.start == Ticks(0) && heard.cut == Cut::End;
        let span = heard.end.filter(|_| !is_whole).map(|end| (heard.start, end));
        let draft = Draft { piece: piece(&owner, &heard), owner, span, subject: input.subject(), raw };
        let saving = Arc::clone(self);
        let written = spawn_blocking(move || saving.write(draft)).await;
        (heard, written.unwrap_or_else(|error| Some(Problem::input(input.subject(), error.to_string()))))
    }

    /// Notes that nothing more comes of an input.
    pub(crate) async fn end(
        self: &Arc<Self>,
        input: &Input,
        length: Option<Duration>,
        not_sent: Option<String>,
    ) -> Result<(), Problem> {
        let Some(owner) = self.owner(input) else { return Ok(()) };
        let audio = length.map(|length| Ticks::from(length).0);
        let line = Line::Ended(Ended { stem: owner.stem.clone(), audio, not_sent });
        let saving = Arc::clone(self);
        let written = spawn_blocking(move || {
            let stem = owner.stem.clone();
            let written = saving.note(owner, &line);
            saving.opened().begun.remove(&stem);
            written
        });
        written.await.unwrap_or_else(|error| Err(Problem::input(input.subject(), error.to_string())))
    }

    fn owner(&self, input: &Input) -> Option<Owner> {
        let Place { position, stem, path } = self.places.get(path_of(input)?)?;
        Some(Owner {
            stem: stem.clone(),
            input: input.name(),
            path: path.clone(),
            position: *position,
            several: self.several,
            language: self.language.to_string(),
        })
    }

    fn write(&self, draft: Draft) -> Option<Problem> {
        let Draft { owner, mut piece, span, subject, mut raw } = draft;
        let stem = owner.stem.clone();
        let mut problem = None;
        let mut keep = |kind, raw: &Raw| match self.file(Name::new(&stem, span, kind), &subject, raw) {
            Ok(saved) => saved,
            Err(error) => {
                problem = Some(error);
                None
            }
        };
        let kind = if piece.failed.is_none() { Kind::Recognition } else { Kind::Failed };
        // A failure without a status is one without an answer: what came were answers to the tries before.
        if piece.failed.as_ref().is_none_or(|why| why.failure.status.is_some()) {
            piece.answer = raw.pop().and_then(|raw| keep(kind, &raw));
        }
        piece.tries = raw.iter().zip(1..).filter_map(|(raw, count)| keep(Kind::Try(count), raw)).collect();
        let noted = self.note(owner, &Line::Piece(piece));
        problem.or(noted.err())
    }

    /// Writes an answer into its file, if there is anything in it.
    fn file(&self, name: Name<'_>, subject: &str, raw: &Raw) -> Result<Option<Saved>, Problem> {
        if raw.body.is_empty() {
            return Ok(None);
        }
        if raw.repeats_credential {
            return Err(Problem::input(subject, "the answer repeats the credential, and is not saved"));
        }
        let file = name.to_string();
        let path = self.root.join(&file);
        put(&path, &raw.body).map_err(|error| {
            Problem::input(subject, format!("cannot save the answer in {}", path.display())).why(io_reason(&error))
        })?;
        Ok(Some(Saved { file, sha256: sha256(&raw.body), status: raw.status }))
    }

    /// Adds a line to the index, behind one that tells whose it is.
    fn note(&self, owner: Owner, line: &Line) -> Result<(), Problem> {
        let Open { index, begun } = &mut *self.opened();
        let first = if begun.insert(owner.stem.clone()) { index.append(&Line::Input(owner)) } else { Ok(()) };
        first.and_then(|()| index.append(line)).map_err(|error| {
            Problem::new(Exit::Input, format!("cannot write {}", index.path().display())).why(io_reason(&error))
        })
    }

    fn opened(&self) -> MutexGuard<'_, Open> {
        // A line is written whole or dropped by whoever reads it, so a panic elsewhere leaves it usable.
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Heard {
    fn take_raw(&mut self) -> Vec<Raw> {
        match &mut self.result {
            Ok(answer) => mem::take(&mut answer.raw),
            Err(failed) => mem::take(&mut failed.raw),
        }
    }
}

/// What the index tells of a piece, but for its files.
fn piece(owner: &Owner, heard: &Heard) -> Piece {
    let (attempts, connection_id, request_id, failed) = match &heard.result {
        Ok(answer) => (answer.attempts, &answer.connection_id, &answer.request_id, None),
        Err(failed) => {
            let why = Why { failure: failed.failure.clone(), problem: failed.problem.clone() };
            (failed.attempts, &failed.connection_id, &failed.request_id, Some(why))
        }
    };
    Piece {
        stem: owner.stem.clone(),
        start: heard.start.0,
        end: heard.end.map(|end| end.0),
        forced_cut: heard.cut == Cut::Forced,
        answer: None,
        tries: Vec::new(),
        attempts,
        connection_id: connection_id.clone(),
        request_id: request_id.clone(),
        failed,
    }
}

/// Where each input that can be asked about stands, and what its answers are called; no two share a file, also where
/// the file system makes no difference between upper and lower case.
fn places(root: &Path, inputs: &Inputs) -> Result<HashMap<PathBuf, Place>, Problem> {
    let mut places = HashMap::new();
    let mut writers: BTreeMap<String, &Input> = BTreeMap::new();
    let both = |one: &Input, other: &Input, stem: &str| {
        let shown = root.join(Name::of_stem(stem).to_string());
        let what = format!("{} and {} would both write {}", one.name(), other.name(), shown.display());
        Problem::usage(what).hint("give them folders of their own".to_owned())
    };
    for (position, (input, place)) in inputs.list.iter().zip(&inputs.places).enumerate() {
        let Some(path) = path_of(input) else { continue };
        let is_file = *input != Input::Stdin;
        let stem = if is_file { stem(place) } else { STDIN.to_owned() };
        if let Some(other) = writers.insert(stem.to_lowercase(), input) {
            return Err(both(other, input, &stem));
        }
        places.insert(path.to_owned(), Place { position, stem, path: is_file.then(|| absolute(path)) });
    }
    for (stem, input) in &writers {
        let base = Name::of_stem(stem).stem;
        if let Some(other) = writers.get(base).filter(|_| base != stem) {
            return Err(both(other, input, stem));
        }
    }
    Ok(places)
}

/// Finds what is in the way, and removes what an earlier run that was killed left half written.
fn look(root: &Path, places: &HashMap<PathBuf, Place>, past: &Past, force: bool) -> Result<(), Problem> {
    let owners: HashMap<&str, &Option<String>> =
        places.values().map(|place| (place.stem.as_str(), &place.path)).collect();
    let folders: HashSet<&str> =
        owners.keys().map(|stem| stem.rsplit_once('/').map_or("", |(above, _)| above)).collect();
    let files = past.files();
    for folder in folders {
        let Ok(entries) = fs::read_dir(root.join(folder)) else { continue };
        for entry in entries.flatten() {
            let name = entry.file_name();
            let below = |name: &str| if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
            let owner = |name: &str| Some(*owners.get(Name::read(&below(name))?.stem)?);
            if Beside::final_name(&name).is_some_and(|name| owner(name).is_some()) {
                let _ = fs::remove_file(entry.path());
            }
            let Some(name) = name.to_str() else { continue };
            let Some(path) = owner(name).filter(|_| !force) else { continue };
            let shown = root.join(folder).join(name);
            let known = files.get(below(name).as_str()).map(|(talk, saved)| (&past.talks[*talk].owner.path, saved));
            let what = match known {
                None => "exists and was not saved by stt".to_owned(),
                Some((former, _)) if former != path || path.is_none() => match former {
                    Some(former) => format!("holds an answer about {former}"),
                    None => "holds an answer about another stream".to_owned(),
                },
                Some((_, saved)) if !sha256_of(&shown).is_ok_and(|hash| hash == saved.sha256) => {
                    "was changed since stt saved it".to_owned()
                }
                Some(_) => continue,
            };
            return Err(Problem::new(Exit::Input, format!("{} {what}; use --force", shown.display())));
        }
    }
    Ok(())
}

/// What tells inputs from each other; `None` of what is not asked about.
fn path_of(input: &Input) -> Option<&Path> {
    match input {
        Input::File(path) => Some(path),
        Input::Refused(..) => None,
        // No file that was typed is called so.
        Input::Stdin => Some(Path::new("-")),
    }
}

fn absolute(path: &Path) -> String {
    path::absolute(path).unwrap_or_else(|_| path.to_owned()).display().to_string()
}

/// What standard input is called.
const STDIN: &str = "stdin";

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(places: &[&str]) -> Option<String> {
        let list = places.iter().map(|place| Input::File(Path::new("in").join(place))).collect();
        let inputs = Inputs { list, places: places.iter().map(PathBuf::from).collect(), several: true };
        super::places(Path::new("out"), &inputs).err().map(|problem| problem.what().to_owned())
    }

    #[test]
    fn two_inputs_never_share_a_file() {
        assert_eq!(refused(&["a.wav", "b/a.wav", "a.b.wav", "try-1.wav"]), None);
        let said = "in/talk.wav and in/Talk.mp3 would both write out/Talk.json";
        assert_eq!(refused(&["talk.wav", "Talk.mp3"]).as_deref(), Some(said));
        for other in ["talk.failed.wav", "talk.try-1.wav", "talk.00000000-00055000.wav"] {
            let said = refused(&["talk.wav", other]).unwrap();
            assert!(said.starts_with(&format!("in/talk.wav and in/{other} would both write out/talk.")), "{said}");
        }
    }
}
