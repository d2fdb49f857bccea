//! Every sample reply has its line in the index, and every line its sample.

use std::collections::BTreeSet;

use super::Report;
use super::project::Project;

pub(super) fn check(project: &Project) -> Report {
    let Some(index) = project.texts.get(&format!("{REPLIES}{INDEX}")) else {
        return Report { findings: vec![format!("there is no {REPLIES}{INDEX}")], ..Report::default() };
    };
    let mut named = BTreeSet::new();
    let mut findings = Vec::new();
    for name in index.lines().filter_map(name) {
        if !named.insert(name) {
            findings.push(format!("{INDEX} names {name} twice"));
        }
    }
    let files = project.files.iter().filter_map(|file| file.strip_prefix(REPLIES));
    let files: BTreeSet<&str> = files.filter(|file| *file != INDEX).collect();
    findings.extend(named.difference(&files).map(|name| format!("{INDEX} names {name}, which does not exist")));
    findings.extend(files.difference(&named).map(|name| format!("{REPLIES}{name} is not in {INDEX}")));
    Report { note: format!("{} replies", named.len()), findings }
}

/// The file that a line of the index is about; comments and the line of headings are about none.
fn name(line: &str) -> Option<&str> {
    let name = line.split('\t').next()?;
    (!name.is_empty() && !name.starts_with('#') && name != "file").then_some(name)
}

const REPLIES: &str = "tests/data/replies/";

const INDEX: &str = "index.tsv";

#[cfg(test)]
mod tests {
    use super::*;

    fn check_index(index: &str, files: &[&str]) -> Vec<String> {
        let files = files.iter().chain(&[INDEX]).map(|file| format!("{REPLIES}{file}")).collect();
        let texts = [(format!("{REPLIES}{INDEX}"), index.to_owned())].into();
        check(&Project { files, texts, ..Project::default() }).findings
    }

    #[test]
    fn a_line_without_a_file_a_file_without_a_line_and_a_line_twice_are_found() {
        let heads = "# What the service answers.\nfile\tstatus\n\n";
        assert!(check_index(&format!("{heads}a.json\t200\n"), &["a.json"]).is_empty());
        let found = check_index(&format!("{heads}a.json\t200\na.json\t400\nb.json\t200\n"), &["a.json", "c.json"]);
        let expected = [
            "index.tsv names a.json twice",
            "index.tsv names b.json, which does not exist",
            "tests/data/replies/c.json is not in index.tsv",
        ];
        assert_eq!(expected, found.as_slice());
        assert_eq!(["there is no tests/data/replies/index.tsv"], check(&Project::default()).findings.as_slice());
    }
}
