//! Every direct dependency has its row in `docs/dependencies.md`, and every row its dependency.

use std::collections::BTreeSet;

use super::Report;
use super::project::Project;

pub(super) fn check(project: &Project) -> Report {
    let Some(text) = project.texts.get(DOCUMENT) else {
        return Report { findings: vec![format!("there is no {DOCUMENT}")], ..Report::default() };
    };
    let dependencies = project.members.iter().flat_map(|member| &member.dependencies);
    let own = |name: &str| project.members.iter().any(|member| member.name == name);
    let used: BTreeSet<&str> =
        dependencies.map(|dependency| dependency.name.as_str()).filter(|name| !own(name)).collect();
    let rows: BTreeSet<&str> = text.lines().filter_map(row).collect();
    let missing = used.difference(&rows).map(|name| format!("{DOCUMENT} has no row for {name}"));
    let stale = rows.difference(&used).map(|name| format!("{DOCUMENT} has a row for {name}, which nothing depends on"));
    Report { note: format!("{} rows in {DOCUMENT}", rows.len()), findings: missing.chain(stale).collect() }
}

/// The crate that a line of a table is about: the name in backquotes that begins it.
fn row(line: &str) -> Option<&str> {
    let (name, rest) = line.strip_prefix("| `")?.split_once('`')?;
    rest.starts_with(" |").then_some(name)
}

const DOCUMENT: &str = "docs/dependencies.md";

#[cfg(test)]
mod tests {
    use super::super::metadata::{Dependency, Package};
    use super::*;

    fn check_document(text: &str, dependencies: &[&str]) -> Vec<String> {
        let dependency = |name: &&str| Dependency { name: (*name).to_owned(), kind: Some("dev".to_owned()) };
        let dependencies = dependencies.iter().map(dependency).collect();
        let members = vec![Package { name: "stt-model".to_owned(), dependencies, ..Package::default() }];
        let texts = [(DOCUMENT.to_owned(), text.to_owned())].into();
        check(&Project { members, texts, ..Project::default() }).findings
    }

    #[test]
    fn a_dependency_without_a_row_and_a_row_without_a_dependency_are_found() {
        let text = "| `serde` | JSON |\n| `ogg` | pages |\n| WAV | `hound` |\nproptest\n";
        let expected = [
            "docs/dependencies.md has no row for proptest",
            "docs/dependencies.md has a row for ogg, which nothing depends on",
        ];
        assert_eq!(expected, check_document(text, &["serde", "proptest", "stt-model"]).as_slice());
        assert!(check_document("| `serde` | JSON |", &["serde"]).is_empty());
        assert_eq!(["there is no docs/dependencies.md"], check(&Project::default()).findings.as_slice());
    }
}
