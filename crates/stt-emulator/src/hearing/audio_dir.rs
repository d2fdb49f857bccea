//! A folder of clips, and what is written beside each of them.

use std::collections::{BTreeMap, HashMap};
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::audio::{HeardStep, Listened, Outcome, SampleHash, listen, sample_hash};
use crate::hearing::{HeardAnswer, HeardStatus};

/// Clips whose words are written in a file beside each: `x.wav`, `x.ogg` or `x.opus` with `x.txt` or `x.json`.
///
/// They are known by their [`sample_hash`](crate::sample_hash), so that the name of a clip and its header do not
/// matter.
#[must_use]
#[derive(Clone, Debug, Default)]
pub struct AudioDir {
    clips: Arc<HashMap<SampleHash, Sidecar>>,
    warnings: Vec<String>,
}

/// What is written beside a clip, and where.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Sidecar {
    pub(crate) file: String,
    pub(crate) answer: HeardAnswer,
}

/// Why a folder of clips cannot be used.
#[non_exhaustive]
#[derive(Debug, thiserror::Error)]
pub enum AudioDirError {
    /// The folder cannot be read.
    #[error("{}: cannot be read", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Some of its files are of no use; each mistake begins with the name of one.
    #[error("{}", lines(path, mistakes))]
    Mistakes {
        /// The folder.
        path: PathBuf,
        /// What is wrong, a sentence for each file, in the order of their names.
        mistakes: Vec<String>,
    },
    /// The folder holds more files than are read.
    #[error("{}: more than {FILES} files", path.display())]
    TooMany {
        /// The folder.
        path: PathBuf,
    },
}

impl AudioDir {
    /// Reads a folder, without those inside it.
    ///
    /// # Errors
    ///
    /// [`AudioDirError`] if the folder cannot be read, or says something that cannot be heard: an answer that is
    /// broken, audio that is none, two answers for the same samples.
    pub fn read(folder: impl AsRef<Path>) -> Result<Self, AudioDirError> {
        let folder = folder.as_ref();
        let names = names(folder)?;
        let mut mistakes = Vec::new();
        let mut warnings = Vec::new();
        let mut clips = HashMap::new();
        for (stem, Files { audio, answers }) in names {
            if answers.is_empty() {
                continue;
            }
            if audio.is_empty() {
                warnings.push(format!("{}: no clip beside it; expected {stem}.wav, .ogg or .opus", answers[0]));
            }
            for clip in audio {
                match pair(folder, &clip, &answers, &mut warnings) {
                    Ok((hash, sidecar)) => mistakes.extend(add(&mut clips, hash, &sidecar)),
                    Err(mistake) => mistakes.push(mistake),
                }
            }
        }
        mistakes.dedup();
        if mistakes.is_empty() {
            return Ok(Self { clips: Arc::new(clips), warnings });
        }
        let path = folder.to_owned();
        Err(AudioDirError::Mistakes { path, mistakes })
    }

    /// How many clips there are, those with the same samples counted once.
    #[must_use]
    pub fn len(&self) -> usize {
        self.clips.len()
    }

    /// Whether there is no clip.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.clips.is_empty()
    }

    /// What is strange and does no harm, a sentence for each.
    #[must_use]
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// What is written beside the clip with the samples of this body.
    pub(crate) fn find(&self, body: &[u8]) -> Option<&Sidecar> {
        if self.is_empty() { None } else { self.clips.get(&sample_hash(body)) }
    }
}

/// The files with one stem.
#[derive(Debug, Default)]
struct Files {
    audio: Vec<String>,
    answers: Vec<String>,
}

/// The names in a folder that matter, by their stem.
fn names(folder: &Path) -> Result<BTreeMap<String, Files>, AudioDirError> {
    let unreadable = |source| AudioDirError::Folder { path: folder.to_owned(), source };
    let mut names: BTreeMap<String, Files> = BTreeMap::new();
    for (n, entry) in fs::read_dir(folder).map_err(unreadable)?.enumerate() {
        if n == FILES {
            return Err(AudioDirError::TooMany { path: folder.to_owned() });
        }
        let entry = entry.map_err(unreadable)?;
        // A pipe with such a name would be waited for.
        if !fs::metadata(entry.path()).is_ok_and(|it| it.is_file()) {
            continue;
        }
        let name = entry.file_name();
        let part = |part: Option<&OsStr>| part.and_then(OsStr::to_str).map(str::to_owned);
        let path = Path::new(&name);
        let (Some(stem), Some(extension)) = (part(path.file_stem()), part(path.extension())) else { continue };
        let files = names.entry(stem.clone()).or_default();
        let name = format!("{stem}.{extension}");
        match extension.to_ascii_lowercase().as_str() {
            "wav" | "ogg" | "opus" => files.audio.push(name),
            "txt" | "json" => files.answers.push(name),
            _ => {}
        }
    }
    for files in names.values_mut() {
        files.audio.sort();
        files.answers.sort();
    }
    Ok(names)
}

/// Reads a clip and what is written beside it.
fn pair(
    folder: &Path,
    clip: &str,
    answers: &[String],
    warnings: &mut Vec<String>,
) -> Result<(SampleHash, Sidecar), String> {
    let [file] = answers else {
        return Err(format!("{}: {} is beside the same clip; expected one of them", answers[0], answers[1]));
    };
    let answer = answer(file, &read(folder, file, LONGEST_ANSWER)?)?;
    let audio = read(folder, clip, LONGEST_CLIP)?;
    match listen(&audio) {
        Listened::Unspoken(_) => {}
        Listened::Heard(heard) if matches!(heard.step, HeardStep::Refused | HeardStep::Header) => {
            return Err(format!("{clip}: {}; expected audio that can be heard", heard.reason));
        }
        Listened::Heard(heard) => {
            if let Outcome::Words { words, .. } = heard.outcome {
                let said = words.into_iter().map(|word| word.text).collect::<Vec<_>>().join(" ");
                warnings.push(format!("{clip}: it says {said:?} itself, which comes before {file}"));
            }
        }
    }
    let file = file.clone();
    Ok((sample_hash(&audio), Sidecar { file, answer }))
}

fn answer(file: &str, content: &[u8]) -> Result<HeardAnswer, String> {
    let content = content.strip_prefix(b"\xef\xbb\xbf").unwrap_or(content);
    if file.to_ascii_lowercase().ends_with(".json") {
        return HeardAnswer::read(content).map_err(|wrong| format!("{file}: {wrong}"));
    }
    let text = std::str::from_utf8(content).map_err(|error| {
        let at = error.valid_up_to();
        format!("{file}: byte {at} is no UTF-8; expected the text of the clip")
    })?;
    if text.trim().is_empty() {
        let status = HeardStatus::NoMatch;
        return Err(format!("{file}: no text; expected one, or {{\"status\": \"{status:?}\"}} in a .json file"));
    }
    Ok(HeardAnswer::text(text))
}

/// Adds a clip, unless the same samples say something else already.
fn add(clips: &mut HashMap<SampleHash, Sidecar>, hash: SampleHash, sidecar: &Sidecar) -> Option<String> {
    let before = clips.entry(hash).or_insert_with(|| sidecar.clone());
    (before.answer != sidecar.answer)
        .then(|| format!("{}: {} says something else of the same samples", sidecar.file, before.file))
}

/// A file of no more than so many bytes.
fn read(folder: &Path, name: &str, limit: usize) -> Result<Vec<u8>, String> {
    let mut content = Vec::new();
    let read = File::open(folder.join(name)).and_then(|file| file.take(limit as u64 + 1).read_to_end(&mut content));
    read.map_err(|error| format!("{name}: cannot be read: {error}"))?;
    if limit < content.len() {
        return Err(format!("{name}: longer than {limit} bytes"));
    }
    Ok(content)
}

/// One line for each mistake, as far as anybody wants to read them.
fn lines(folder: &Path, mistakes: &[String]) -> String {
    let mut lines: Vec<_> = mistakes.iter().take(SHOWN).map(|it| folder.join(it).display().to_string()).collect();
    if SHOWN < mistakes.len() {
        lines.push(format!("{}: {} mistakes more", folder.display(), mistakes.len() - SHOWN));
    }
    lines.join("\n")
}

const SHOWN: usize = 20;

/// So many files are read within a minute on any machine.
const FILES: usize = 20_000;

/// As much as a request may have unless told otherwise: more could not be sent.
const LONGEST_CLIP: usize = 64 * 1024 * 1024;

/// A minute of speech has a thousand characters; a word with its times and scores has a hundred.
const LONGEST_ANSWER: usize = 1024 * 1024;
