//! From what was typed to the inputs, in order: files, what is below folders, standard input.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use crate::{output::io_reason, problem::Problem};

/// One thing to transcribe.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Input {
    File(PathBuf),
    /// What cannot be read keeps its place, so that the others go on.
    Refused(PathBuf, Problem),
    Stdin,
}

impl Input {
    /// A file that can be read from any place in it, or standard input; a folder is neither.
    pub(crate) fn of(argument: &Path) -> Self {
        if is_stdin(argument) {
            return Self::Stdin;
        }
        match fs::metadata(argument) {
            Ok(about) if about.is_file() => Self::File(argument.to_owned()),
            Ok(about) if about.is_dir() => Self::refused(argument, "is a folder"),
            Ok(_) => {
                let hint = format!("cat {} | stt transcribe -", argument.display());
                let problem = Problem::input(argument.display().to_string(), "is no ordinary file").hint(hint);
                Self::Refused(argument.to_owned(), problem)
            }
            Err(error) => Self::refused(argument, io_reason(&error)),
        }
    }

    fn refused(path: &Path, what: impl Into<String>) -> Self {
        Self::Refused(path.to_owned(), Problem::input(path.display().to_string(), what))
    }

    /// What it is called in results: as it was typed.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::File(path) | Self::Refused(path, _) => path.display().to_string(),
            Self::Stdin => "-".to_owned(),
        }
    }

    /// What it is called in messages.
    pub(crate) fn subject(&self) -> String {
        match self {
            Self::File(path) | Self::Refused(path, _) => path.display().to_string(),
            Self::Stdin => STANDARD_INPUT.to_owned(),
        }
    }
}

/// All inputs in their order.
#[derive(Debug)]
pub(crate) struct Inputs {
    pub(crate) list: Vec<Input>,
    /// Whether more than one thing was asked for, so that results need their names.
    pub(crate) several: bool,
}

impl Inputs {
    /// Looks at every argument, and below every folder.
    pub(crate) fn find(arguments: &[PathBuf]) -> Result<Self, Problem> {
        once(arguments)?;
        let mut list = Vec::new();
        let mut several = 1 < arguments.len();
        for argument in arguments {
            if !is_stdin(argument) && argument.is_dir() {
                several = true;
                walk(argument, &mut list);
            } else {
                list.push(Input::of(argument));
            }
        }
        Ok(Self { list, several })
    }

    /// Each argument as one input: a folder is none, and is refused in its place.
    pub(crate) fn each(arguments: &[PathBuf]) -> Result<Self, Problem> {
        once(arguments)?;
        let list: Vec<Input> = arguments.iter().map(|argument| Input::of(argument)).collect();
        let several = 1 < list.len();
        Ok(Self { list, several })
    }

    /// The files among them.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &Path> {
        self.list.iter().filter_map(|input| match input {
            Input::File(path) => Some(path.as_path()),
            Input::Refused(..) | Input::Stdin => None,
        })
    }

    /// Whether standard input is one of them.
    pub(crate) fn has_stdin(&self) -> bool {
        self.list.contains(&Input::Stdin)
    }
}

fn once(arguments: &[PathBuf]) -> Result<(), Problem> {
    match arguments.iter().filter(|argument| is_stdin(argument)).count() {
        0 | 1 => Ok(()),
        _ => Err(Problem::usage("standard input can be read only once")),
    }
}

fn is_stdin(argument: &Path) -> bool {
    argument == Path::new("-")
}

/// The audio files below a folder, sorted by name, and a problem in its place where something cannot be read.
///
/// Links to folders are not followed, or a circle of them would never end.
fn walk(folder: &Path, list: &mut Vec<Input>) {
    let before = list.len();
    descend(folder, list);
    if list.len() == before {
        list.push(Input::refused(folder, "no audio file in this folder"));
    }
}

fn descend(folder: &Path, list: &mut Vec<Input>) {
    let entries = fs::read_dir(folder).and_then(|entries| {
        let mut entries: Vec<fs::DirEntry> = entries.collect::<io::Result<_>>()?;
        entries.sort_by_key(fs::DirEntry::file_name);
        Ok(entries)
    });
    let entries = match entries {
        Ok(entries) => entries,
        Err(error) => return list.push(Input::refused(folder, io_reason(&error))),
    };
    for entry in entries.iter().filter(|entry| !is_hidden(entry)) {
        let path = entry.path();
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            descend(&path, list);
        } else if is_audio_by_name(&path) {
            list.push(Input::of(&path));
        }
    }
}

fn is_hidden(entry: &fs::DirEntry) -> bool {
    entry.file_name().as_encoded_bytes().starts_with(b".")
}

/// Whether a file in a folder is meant: audio of any kind, so that what the service does not take is refused by name
/// and not passed over in silence.
fn is_audio_by_name(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    AUDIO.iter().any(|known| extension.eq_ignore_ascii_case(known))
}

pub(crate) const STANDARD_INPUT: &str = "standard input";

const AUDIO: [&str; 19] = [
    "3gp", "aac", "aif", "aiff", "amr", "au", "caf", "flac", "m4a", "mka", "mp3", "mp4", "oga", "ogg", "opus", "wav",
    "wave", "webm", "wma",
];

#[cfg(test)]
mod tests {
    use super::*;

    struct Folder(PathBuf);

    impl Folder {
        fn with(files: &[&str]) -> Self {
            let root = std::env::temp_dir().join(format!("stt-cli-{:016x}", getrandom::u64().unwrap()));
            fs::create_dir(&root).unwrap();
            for file in files {
                let path = root.join(file);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, "x").unwrap();
            }
            Self(root)
        }

        fn found(&self, arguments: &[&str]) -> (Vec<String>, bool) {
            let arguments: Vec<PathBuf> = arguments.iter().map(|argument| self.0.join(argument)).collect();
            let inputs = Inputs::find(&arguments).unwrap();
            let root = format!("{}/", self.0.display());
            let names = inputs.list.iter().map(|input| match input {
                Input::Refused(_, problem) => problem.to_string().replace(&root, ""),
                input => input.name().replace(&root, ""),
            });
            (names.collect(), inputs.several)
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn a_folder_is_walked_in_order_and_to_its_end() {
        let folder = Folder::with(&["f/b.wav", "f/a/z.OGG", "f/a.wav", "f/notes.txt", "f/.hidden.wav", "f/c/d/e.mp3"]);
        let (names, several) = folder.found(&["f"]);
        assert_eq!(names, ["f/a/z.OGG", "f/a.wav", "f/b.wav", "f/c/d/e.mp3"]);
        assert!(several);
    }

    #[test]
    fn arguments_keep_their_order_and_the_bad_ones_their_place() {
        let folder = Folder::with(&["b.wav", "a.wav", "empty/readme.txt"]);
        let (names, several) = folder.found(&["b.wav", "none.wav", "empty", "a.wav"]);
        assert_eq!(names, ["b.wav", "none.wav: not found", "empty: no audio file in this folder", "a.wav"]);
        assert!(several);
    }

    #[test]
    fn one_file_is_not_several_whatever_its_name() {
        let folder = Folder::with(&["speech"]);
        assert_eq!(folder.found(&["speech"]), (vec!["speech".to_owned()], false));
    }

    #[test]
    fn standard_input_is_read_once() {
        let twice = [PathBuf::from("-"), PathBuf::from("-")];
        assert_eq!(Inputs::find(&twice).unwrap_err().exit.code(), 2);
        assert!(Inputs::find(&twice[..1]).unwrap().has_stdin());
    }

    #[cfg(unix)]
    #[test]
    fn a_device_is_refused() {
        let Input::Refused(_, problem) = Input::of(Path::new("/dev/null")) else { unreachable!() };
        assert_eq!(problem.what(), "is no ordinary file");
    }
}
