//! From what was typed to the inputs, in order: files, what is below folders, standard input.

use std::{
    collections::BTreeSet,
    fs,
    io::{self, Read},
    path::{self, Path, PathBuf},
};

use glob::{MatchOptions, Pattern};

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
                let hint = format!("- reads it from a pipe: cat {} | stt … -", argument.display());
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
    /// Where each of them is below what was asked for: the path within its folder, or its name.
    pub(crate) places: Vec<PathBuf>,
    /// Whether more than one thing was asked for, so that results need their names.
    pub(crate) several: bool,
}

impl Inputs {
    /// Looks at every argument, below every folder, and at what a pattern or a list names.
    pub(crate) fn find(arguments: &[PathBuf], filter: &Filter) -> Result<Self, Problem> {
        once(arguments)?;
        let mut inputs = Self { list: Vec::new(), places: Vec::new(), several: 1 < arguments.len() };
        for argument in arguments {
            match listed(argument) {
                Some(list) => {
                    inputs.several = true;
                    for path in read_list(list)? {
                        inputs.add(&path, filter);
                    }
                }
                None if is_stdin(argument) => inputs.push(Input::Stdin, argument),
                None => inputs.add(argument, filter),
            }
        }
        Ok(inputs)
    }

    /// Each argument as one input: a folder is none, and is refused in its place.
    pub(crate) fn each(arguments: &[PathBuf]) -> Result<Self, Problem> {
        once(arguments)?;
        let list: Vec<Input> = arguments.iter().map(|argument| Input::of(argument)).collect();
        let places = arguments.iter().map(|argument| argument.file_name().map_or(argument.clone(), PathBuf::from));
        let several = 1 < list.len();
        Ok(Self { places: places.collect(), list, several })
    }

    /// The files that arguments name as lists.
    pub(crate) fn lists(arguments: &[PathBuf]) -> impl Iterator<Item = &Path> {
        arguments.iter().filter_map(|argument| listed(argument))
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

    fn push(&mut self, input: Input, place: &Path) {
        self.list.push(input);
        self.places.push(place.to_owned());
    }

    fn refuse(&mut self, path: &Path, what: impl Into<String>) {
        self.push(Input::refused(path, what), path);
    }

    /// A file, a folder, or a pattern that the shell left as it is.
    fn add(&mut self, path: &Path, filter: &Filter) {
        if path.is_dir() {
            self.several = true;
            let before = self.list.len();
            self.descend(path, Path::new(""), filter);
            if self.list.len() == before {
                self.refuse(path, "no audio file in this folder");
            }
        } else if let Some(pattern) = path.to_str().filter(|text| is_pattern(text) && !path.exists()) {
            self.several = true;
            self.expand(pattern, filter);
        } else {
            let name = path.file_name().map_or(path, Path::new);
            self.push(Input::of(path), name);
        }
    }

    /// What a pattern stands for, sorted by name; a folder among it is walked.
    fn expand(&mut self, pattern: &str, filter: &Filter) {
        let parts: Vec<&str> = pattern.split(path::is_separator).collect();
        // What begins with a separator begins at the root.
        let (start, parts) = match &parts[..] {
            ["", rest @ ..] => (Path::new("/"), rest),
            all => (Path::new(""), all),
        };
        let mut found = BTreeSet::new();
        if let Err((place, what)) = expand(start, parts, &mut found) {
            return self.refuse(&place, what);
        }
        let before = self.list.len();
        for path in found {
            self.add(&path, filter);
        }
        if self.list.len() == before {
            self.refuse(Path::new(pattern), "no file has such a name");
        }
    }

    /// The audio files below a folder, sorted by name, and a problem in its place where something cannot be read.
    ///
    /// Links to folders are not followed, or a circle of them would never end.
    fn descend(&mut self, folder: &Path, place: &Path, filter: &Filter) {
        let entries = match entries(folder) {
            Ok(entries) => entries,
            Err(error) => return self.refuse(folder, io_reason(&error)),
        };
        for entry in entries.iter().filter(|entry| !is_hidden(entry)) {
            let (path, place) = (entry.path(), place.join(entry.file_name()));
            let kind = entry.file_type();
            if kind.as_ref().is_ok_and(fs::FileType::is_dir) {
                if !filter.excludes(&place) {
                    self.descend(&path, &place, filter);
                }
            } else if filter.takes(&place) {
                let is_file = kind.is_ok_and(|kind| kind.is_file());
                self.push(if is_file { Input::File(path) } else { Input::of(&path) }, &place);
            }
        }
    }
}

/// What the parts of a pattern stand for below a folder, or where and why that cannot be told.
///
/// As in a shell, two stars stand for any folders and follow no links, or a circle of them would never end.
fn expand(folder: &Path, parts: &[&str], found: &mut BTreeSet<PathBuf>) -> Result<(), (PathBuf, String)> {
    let [part, rest @ ..] = parts else {
        found.insert(folder.to_owned());
        return Ok(());
    };
    if !is_pattern(part) {
        let path = folder.join(part);
        return if path.symlink_metadata().is_ok() { expand(&path, rest, found) } else { Ok(()) };
    }
    let pattern =
        Pattern::new(part).map_err(|error| (folder.join(parts.join("/")), format!("is no pattern: {}", error.msg)))?;
    let is_any = *part == "**";
    if is_any {
        expand(folder, rest, found)?;
    }
    let here = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let entries = entries(here).map_err(|error| (here.to_owned(), io_reason(&error)))?;
    for entry in entries.iter().filter(|entry| part.starts_with('.') || !is_hidden(entry)) {
        let path = folder.join(entry.file_name());
        if is_any {
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                expand(&path, parts, found)?;
            }
        } else if pattern.matches_with(&entry.file_name().to_string_lossy(), PATTERNS)
            && (rest.is_empty() || path.is_dir())
        {
            expand(&path, rest, found)?;
        }
    }
    Ok(())
}

/// What is in a folder, sorted by name.
pub(crate) fn entries(folder: &Path) -> io::Result<Vec<fs::DirEntry>> {
    let mut entries: Vec<fs::DirEntry> = fs::read_dir(folder)?.collect::<io::Result<_>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    Ok(entries)
}

/// Which files in folders are meant.
#[derive(Debug, Default)]
pub(crate) struct Filter {
    exclude: Vec<Pattern>,
    include: Vec<Pattern>,
}

impl Filter {
    /// Of the patterns that were typed.
    pub(crate) fn of(include: &[Pattern], exclude: &[Pattern]) -> Self {
        Self { exclude: exclude.to_vec(), include: include.to_vec() }
    }

    fn takes(&self, place: &Path) -> bool {
        let is_meant = if self.include.is_empty() { is_audio_by_name(place) } else { fits_any(&self.include, place) };
        is_meant && !self.excludes(place)
    }

    fn excludes(&self, place: &Path) -> bool {
        fits_any(&self.exclude, place)
    }
}

/// Whether a path within a folder fits: as a whole where the pattern has a slash, by its name otherwise.
fn fits_any(patterns: &[Pattern], place: &Path) -> bool {
    patterns.iter().any(|pattern| {
        let looked_at = if pattern.as_str().contains('/') { Some(place) } else { place.file_name().map(Path::new) };
        // Names that are no Unicode fit as they are shown.
        looked_at.is_some_and(|path| pattern.matches_with(&path.to_string_lossy(), PATTERNS))
    })
}

fn once(arguments: &[PathBuf]) -> Result<(), Problem> {
    let readers = arguments.iter().filter(|argument| is_stdin(argument) || listed(argument) == Some(Path::new("-")));
    match readers.count() {
        0 | 1 => Ok(()),
        _ => Err(Problem::usage("standard input can be read only once")),
    }
}

fn is_stdin(argument: &Path) -> bool {
    argument == Path::new("-")
}

/// The file of an `@list`, unless there is a file of that very name.
fn listed(argument: &Path) -> Option<&Path> {
    let list = argument.to_str()?.strip_prefix('@').filter(|list| !list.is_empty())?;
    (!argument.exists()).then_some(Path::new(list))
}

/// The paths in a list: one a line, or with NUL behind each as `find -print0` writes them.
fn read_list(list: &Path) -> Result<Vec<PathBuf>, Problem> {
    let (name, read) = if is_stdin(list) {
        let mut text = Vec::new();
        (STANDARD_INPUT.to_owned(), io::stdin().read_to_end(&mut text).map(|_| text))
    } else {
        (list.display().to_string(), fs::read(list))
    };
    let text = read.map_err(|error| Problem::usage(format!("{name}: {}", io_reason(&error))))?;
    let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&text);
    let separator = if text.contains(&0) { 0 } else { b'\n' };
    let paths: Vec<PathBuf> = text
        .split(|byte| *byte == separator)
        .map(|line| if separator == 0 { line } else { line.strip_suffix(b"\r").unwrap_or(line) })
        .filter(|line| !line.is_empty())
        .map(|line| path_of(line).ok_or_else(|| Problem::usage(format!("{name}: a path is no UTF-8"))))
        .collect::<Result<_, _>>()?;
    if paths.is_empty() {
        return Err(Problem::usage(format!("{name}: no path in this list")));
    }
    Ok(paths)
}

#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "elsewhere a path has to be Unicode")]
fn path_of(bytes: &[u8]) -> Option<PathBuf> {
    use std::os::unix::ffi::OsStrExt;

    Some(PathBuf::from(std::ffi::OsStr::from_bytes(bytes)))
}

#[cfg(not(unix))]
fn path_of(bytes: &[u8]) -> Option<PathBuf> {
    std::str::from_utf8(bytes).ok().map(PathBuf::from)
}

fn is_pattern(text: &str) -> bool {
    text.contains(['*', '?', '['])
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

/// As a shell has it: a star stops at a slash and leaves hidden files out.
const PATTERNS: MatchOptions =
    MatchOptions { case_sensitive: true, require_literal_separator: true, require_literal_leading_dot: true };

/// What some editors put before the text of a file.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

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
            self.names(&Inputs::find(&arguments, &Filter::default()).unwrap())
        }

        fn names(&self, inputs: &Inputs) -> (Vec<String>, bool) {
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
    fn a_pattern_that_the_shell_left_alone_is_expanded() {
        let folder = Folder::with(&["b1.wav", "a1.wav", "a2.mp3", ".a3.wav", "d/a4.wav"]);
        let (names, several) = folder.found(&["a*.wav"]);
        assert_eq!((names, several), (vec!["a1.wav".to_owned()], true));
        assert_eq!(folder.found(&["*/a?.wav"]).0, ["d/a4.wav"]);
        assert_eq!(folder.found(&["x*.wav"]).0, ["x*.wav: no file has such a name"]);
        let deep = Folder::with(&["a.wav", "d/b.wav", "d/e/c.wav", "d/e/.hidden/x.wav", "d/n.txt"]);
        assert_eq!(deep.found(&["**/*.wav"]).0, ["a.wav", "d/b.wav", "d/e/c.wav"]);
        assert_eq!(deep.found(&["d/**/c.wav"]).0, ["d/e/c.wav"]);
        let odd = Folder::with(&["a[1].wav"]);
        assert_eq!(odd.found(&["a[1].wav"]), (vec!["a[1].wav".to_owned()], false));
    }

    #[cfg(unix)]
    #[test]
    fn neither_a_circle_of_links_nor_a_name_that_is_no_unicode_disturbs_a_pattern() {
        use std::os::unix::{ffi::OsStrExt, fs::symlink};

        let folder = Folder::with(&["a.wav", "d/b.wav"]);
        symlink("..", folder.0.join("d/up")).unwrap();
        fs::write(folder.0.join(std::ffi::OsStr::from_bytes(b"\xff.wav")), "x").unwrap();
        assert_eq!(folder.found(&["**/*.wav"]).0, ["a.wav", "d/b.wav", "\u{fffd}.wav"]);
        let filter = Filter::of(&[], &[Pattern::new("?.wav").unwrap()]);
        assert_eq!(
            folder.names(&Inputs::find(std::slice::from_ref(&folder.0), &filter).unwrap()).0.len(),
            1,
            "what cannot be read as text is excluded as it is shown"
        );
    }

    #[test]
    fn a_list_names_files_and_folders() {
        let folder = Folder::with(&["a b.wav", "f/c.wav", "lines", "nuls", "empty"]);
        let root = folder.0.display();
        fs::write(folder.0.join("lines"), format!("\u{feff}{root}/a b.wav\r\n\n{root}/f\n")).unwrap();
        fs::write(folder.0.join("nuls"), format!("{root}/a b.wav\0{root}/f/c.wav\0")).unwrap();
        fs::write(folder.0.join("empty"), "\n").unwrap();
        let listed = |name: &str| Inputs::find(&[PathBuf::from(format!("@{root}/{name}"))], &Filter::default());
        for name in ["lines", "nuls"] {
            assert_eq!(folder.names(&listed(name).unwrap()), (vec!["a b.wav".to_owned(), "f/c.wav".to_owned()], true));
        }
        assert!(listed("empty").unwrap_err().what().ends_with("empty: no path in this list"));
        assert!(listed("none").unwrap_err().what().ends_with("none: not found"));
    }

    #[test]
    fn patterns_choose_among_the_files_of_a_folder() {
        let folder = Folder::with(&["f/a.wav", "f/a.raw", "f/old/b.wav", "f/new/b.wav", "f/new/c.wav"]);
        let chosen = |include: &[&str], exclude: &[&str]| {
            let patterns = |texts: &[&str]| texts.iter().map(|text| Pattern::new(text).unwrap()).collect::<Vec<_>>();
            let filter = Filter::of(&patterns(include), &patterns(exclude));
            folder.names(&Inputs::find(&[folder.0.join("f")], &filter).unwrap()).0
        };
        assert_eq!(chosen(&[], &["old"]), ["f/a.wav", "f/new/b.wav", "f/new/c.wav"]);
        assert_eq!(chosen(&[], &["*/b.wav"]), ["f/a.wav", "f/new/c.wav"]);
        assert_eq!(chosen(&["*.raw", "new/c*"], &[]), ["f/a.raw", "f/new/c.wav"]);
    }

    #[test]
    fn a_place_is_the_path_within_the_folder_or_the_name() {
        let folder = Folder::with(&["f/g/a.wav", "b.wav"]);
        let inputs = Inputs::find(&[folder.0.join("f"), folder.0.join("b.wav")], &Filter::default()).unwrap();
        assert_eq!(inputs.places, [Path::new("g/a.wav"), Path::new("b.wav")]);
    }

    #[test]
    fn standard_input_is_read_once() {
        let twice = [PathBuf::from("-"), PathBuf::from("-")];
        assert_eq!(Inputs::find(&twice, &Filter::default()).unwrap_err().exit.code(), 2);
        assert!(Inputs::find(&twice[..1], &Filter::default()).unwrap().has_stdin());
    }

    #[cfg(unix)]
    #[test]
    fn a_device_is_refused() {
        let Input::Refused(_, problem) = Input::of(Path::new("/dev/null")) else { unreachable!() };
        assert_eq!(problem.what(), "is no ordinary file");
    }
}
