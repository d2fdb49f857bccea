//! Which files the results of each input go into.

use std::{
    cell::LazyCell,
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use stt_transcript::Format;

use crate::{
    inputs::{Input, Inputs},
    problem::Problem,
};

/// A file that results go into.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Target {
    pub(crate) format: Format,
    pub(crate) path: PathBuf,
    /// Whether something has this name before the run writes it.
    pub(crate) is_there: bool,
}

impl Target {
    pub(crate) fn of(format: Format, path: PathBuf) -> Self {
        Self { is_there: path.exists(), format, path }
    }
}

/// The files that each input writes below the folder, in the order of the inputs.
///
/// The tree of a folder of inputs is mirrored, and the extension is that of the format. Two inputs never share a file,
/// also where the file system makes no difference between upper and lower case, and no file that is read is written.
pub(crate) fn targets(root: &Path, inputs: &Inputs, formats: &[Format]) -> Result<Vec<Vec<Target>>, Problem> {
    // Only where a result is there already could it be what is read.
    let reads: LazyCell<BTreeSet<PathBuf>, _> =
        LazyCell::new(|| inputs.paths().filter_map(|path| fs::canonicalize(path).ok()).collect());
    let mut writers: BTreeMap<String, &Input> = BTreeMap::new();
    let mut all = Vec::with_capacity(inputs.list.len());
    for (input, place) in inputs.list.iter().zip(&inputs.places) {
        let mut own = Vec::with_capacity(formats.len());
        if matches!(input, Input::File(_)) {
            for format in formats {
                let target = Target::of(*format, root.join(place).with_extension(format.extension()));
                let shown = target.path.display();
                if let Some(other) = writers.insert(shown.to_string().to_lowercase(), input) {
                    if other == input {
                        return Err(Problem::usage(format!("{} is given twice", input.name())));
                    }
                    let what = format!("{} and {} would both write {shown}", other.name(), input.name());
                    return Err(Problem::usage(what).hint("give them folders of their own".to_owned()));
                }
                if target.is_there && fs::canonicalize(&target.path).is_ok_and(|path| reads.contains(&path)) {
                    let what = format!("{shown} is read by this run, and a result would replace it");
                    return Err(Problem::usage(what));
                }
                own.push(target);
            }
        }
        all.push(own);
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inputs(places: &[&str]) -> Inputs {
        let list = places.iter().map(|place| Input::File(Path::new("in").join(place))).collect();
        Inputs { list, places: places.iter().map(PathBuf::from).collect(), several: true }
    }

    #[test]
    fn the_tree_is_mirrored_and_each_format_has_its_extension() {
        let targets =
            targets(Path::new("out"), &inputs(&["a.wav", "b/c.d.mp3"]), &[Format::Text, Format::Json]).unwrap();
        let paths: Vec<_> = targets.iter().flatten().map(|target| target.path.to_str().unwrap()).collect();
        assert_eq!(paths, ["out/a.txt", "out/a.json", "out/b/c.d.txt", "out/b/c.d.json"]);
    }

    #[test]
    fn two_inputs_for_one_file_are_refused() {
        for (places, said) in [
            (["talk.wav", "talk.mp3"], "in/talk.wav and in/talk.mp3 would both write out/talk.txt"),
            (["Talk.wav", "talk.wav"], "in/Talk.wav and in/talk.wav would both write out/talk.txt"),
        ] {
            let problem = targets(Path::new("out"), &inputs(&places), &[Format::Text]).unwrap_err();
            assert_eq!((problem.what(), problem.exit.code()), (said, 2));
        }
    }

    #[test]
    fn what_is_read_is_never_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        fs::write(&path, "samples without a header").unwrap();
        let inputs = Inputs { list: vec![Input::File(path)], places: vec![PathBuf::from("a.txt")], several: false };
        let problem = targets(folder.path(), &inputs, &[Format::Text]).unwrap_err();
        assert!(problem.what().ends_with("a.txt is read by this run, and a result would replace it"));
    }
}
