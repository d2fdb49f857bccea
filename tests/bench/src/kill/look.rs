//! What is in a folder of results, and whether it may be.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use serde_json::Value;

/// What a run leaves that nobody disturbs: every file of results by its name, without what differs from run to run.
#[derive(Debug)]
pub(super) struct Truth(BTreeMap<String, String>);

impl Truth {
    pub(super) fn of(folder: &Path) -> Result<Self, String> {
        let files = files(folder).map_err(|error| error.to_string())?;
        files
            .into_iter()
            .filter(|(name, _)| !is_hidden(name))
            .map(|(name, path)| Ok((name, read(&path)?)))
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// Whether the texts are those that were spoken.
    pub(super) fn check_texts(&self, said: impl IntoIterator<Item = (String, String)>) -> Result<(), String> {
        for (name, said) in said {
            let text = self.0.get(&name).ok_or_else(|| format!("{name} is missing"))?;
            if text.strip_suffix('\n') != Some(said.as_str()) {
                return Err(format!("{name} holds {text:?}"));
            }
        }
        Ok(())
    }
}

/// What was found in a folder in which nothing is wrong.
#[derive(Debug, Eq, PartialEq)]
pub(super) struct Found {
    /// Inputs of which the journal says that they are done.
    pub(super) done: usize,
    /// Files of results under their names.
    results: usize,
    /// Files that were not completed, under names of their own.
    pub(super) parts: usize,
}

impl Found {
    /// Every file that is there under its name must be whole and right, and so must all that the journal promises be.
    pub(super) fn in_folder(folder: &Path, truth: &Truth) -> Result<Self, String> {
        let files = files(folder).map_err(|error| error.to_string())?;
        let mut found = Self { done: 0, results: 0, parts: 0 };
        for (name, path) in &files {
            if name == JOURNAL {
                continue;
            }
            if is_hidden(name) && name.ends_with(PART) {
                found.parts += 1;
                continue;
            }
            let right = truth.0.get(name).ok_or_else(|| format!("nobody asked for {name}"))?;
            let text = read(path)?;
            if text != *right {
                return Err(format!("{name} holds {text:?} in place of {right:?}"));
            }
            found.results += 1;
        }
        let Some(journal) = files.get(JOURNAL) else { return Ok(found) };
        let journal = fs::read(journal).map_err(|error| format!("{JOURNAL}: {error}"))?;
        let promised = promised(&journal)?;
        found.done = promised.len();
        for (place, names) in promised {
            match names.iter().find(|name| !files.contains_key(*name)) {
                None if !names.is_empty() => {}
                missing => return Err(format!("{place} is done by the journal, and {missing:?} is not there")),
            }
        }
        Ok(found)
    }

    /// Whether all that there is to be is there, and nothing is left over.
    pub(super) fn is_all_of(&self, truth: &Truth) -> Result<(), String> {
        let Self { results, parts, .. } = self;
        match *results == truth.0.len() && *parts == 0 {
            true => Ok(()),
            false => Err(format!("{results} of {} results in the end, {parts} half written", truth.0.len())),
        }
    }
}

/// The inputs that a journal calls done, with the files that it names for each. What a kill cut off is its last line.
fn promised(journal: &[u8]) -> Result<BTreeMap<String, Vec<String>>, String> {
    let mut promised = BTreeMap::new();
    for line in journal.split_inclusive(|byte| *byte == b'\n').filter_map(|line| line.strip_suffix(b"\n")) {
        let json = line.split(|byte| *byte == b'\t').next().unwrap_or_default();
        let event: Value = serde_json::from_slice(json)
            .map_err(|error| format!("a line of the journal is {:?}: {error}", String::from_utf8_lossy(line)))?;
        let place = event["place"].as_str().unwrap_or_default().to_owned();
        match event["event"].as_str() {
            Some("done") => {
                let files = event["files"].as_array().into_iter().flatten();
                let names = files.filter_map(|file| file["name"].as_str()).map(str::to_owned).collect();
                promised.insert(place, names);
            }
            Some("begun") => drop(promised.remove(&place)),
            Some("run" | "placing") => {}
            other => return Err(format!("{place}: the journal tells of {other:?}")),
        }
    }
    Ok(promised)
}

/// Every file below a folder, by its path in it; none where there is no folder.
fn files(folder: &Path) -> io::Result<BTreeMap<String, PathBuf>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        let entries = match fs::read_dir(&next) {
            Err(error) if error.kind() == io::ErrorKind::NotFound && next == folder => return Ok(files),
            entries => entries?,
        };
        for entry in entries {
            let path = entry?.path();
            match path.is_dir() {
                true => folders.push(path),
                false => {
                    let name = path.strip_prefix(folder).unwrap_or(&path).display().to_string();
                    files.insert(name, path);
                }
            }
        }
    }
    Ok(files)
}

/// The text of a file of results, byte for byte but for the ids that every request has anew.
fn read(path: &Path) -> Result<String, String> {
    let text = fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let text = String::from_utf8(text).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(IDS.iter().fold(text, |text, name| without(&text, name)))
}

/// A text in which every string behind this name is empty.
fn without(text: &str, name: &str) -> String {
    let mut parts = text.split(name);
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + name + part.find('"').map_or("", |end| &part[end..]))
}

fn is_hidden(name: &str) -> bool {
    name.rsplit('/').next().is_some_and(|name| name.starts_with('.'))
}

const JOURNAL: &str = ".stt-journal.ndjson";

const PART: &str = ".part";

/// What stands in JSON before an id.
const IDS: [&str; 2] = ["\"connection_id\":\"", "\"request_id\":\""];

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = r#"{"text":"a","segments":[{"connection_id":"0a","request_id":null}]}"#;
    const OTHER_A: &str = r#"{"text":"a","segments":[{"connection_id":"9f","request_id":null}]}"#;
    const DONE: &str = "{\"event\":\"done\",\"place\":\"a.wav\",\"files\":[{\"name\":\"x/a.json\"}]}\t00000000\n";
    const BEGUN: &str = "{\"event\":\"begun\",\"place\":\"a.wav\"}\t00000000\n";

    /// A folder with these files.
    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        folder
    }

    /// What is found in these files, where there should be `x/a.json` alone.
    fn found(files: &[(&str, &str)]) -> Result<Found, String> {
        let truth = Truth::of(folder(&[("x/a.json", A), (JOURNAL, DONE)]).path()).unwrap();
        Found::in_folder(folder(files).path(), &truth)
    }

    #[test]
    fn what_is_whole_and_promised_is_found_whatever_its_ids() {
        let files = [("x/a.json", OTHER_A), (JOURNAL, DONE), ("x/.a.json.0123456789abcdef.part", "{\"te")];
        assert_eq!(found(&files), Ok(Found { done: 1, results: 1, parts: 1 }));
        assert_eq!(found(&[]), Ok(Found { done: 0, results: 0, parts: 0 }));
    }

    #[test]
    fn a_torn_a_wrong_and_a_stray_file_are_noticed() {
        for torn in ["", "{\"text\":", &A[..A.len() - 1], &A.replace("\"a\"", "\"b\"")] {
            assert!(found(&[("x/a.json", torn)]).unwrap_err().starts_with("x/a.json holds "), "{torn}");
        }
        assert_eq!(found(&[("b.json", A)]), Err("nobody asked for b.json".to_owned()));
    }

    #[test]
    fn what_the_journal_promises_must_be_there() {
        assert!(found(&[(JOURNAL, DONE)]).unwrap_err().contains("x/a.json"));
        assert_eq!(found(&[(JOURNAL, &format!("{DONE}{BEGUN}"))]).unwrap().done, 0);
        // The last line may be cut off, and no other.
        assert_eq!(found(&[(JOURNAL, &DONE[..DONE.len() - 1])]).unwrap().done, 0);
        assert!(
            found(&[(JOURNAL, &format!("{}\n{BEGUN}", &DONE[..20]))]).unwrap_err().contains("a line of the journal")
        );
    }

    #[test]
    fn what_is_missing_or_left_over_in_the_end_is_noticed() {
        let truth = Truth::of(folder(&[("x/a.json", A), ("a.txt", "a\n")]).path()).unwrap();
        let all = |results, parts| Found { done: 1, results, parts }.is_all_of(&truth);
        assert_eq!(all(2, 0), Ok(()));
        assert!(all(1, 0).is_err() && all(2, 1).is_err());
        let said = |name: &str, text: &str| truth.check_texts([(name.to_owned(), text.to_owned())]);
        assert_eq!(said("a.txt", "a"), Ok(()));
        assert!(said("a.txt", "b").is_err() && said("b.txt", "b").is_err());
    }
}
