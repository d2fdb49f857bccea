//! The order of the crates: no arrow runs back, and none in a circle.

use std::collections::{BTreeMap, BTreeSet};

use super::Report;
use super::project::Project;

/// Each crate and the crates of the project it may depend on, in its tests too.
///
/// The emulator knows nothing of the client: if both sides used one wrong name, every test would pass.
const ARROWS: [(&str, &[&str]); 9] = [
    ("stt-model", &[]),
    ("stt-auth", &["stt-model"]),
    ("stt-core", &["stt-auth", "stt-model"]),
    ("stt-hyper", &["stt-auth", "stt-core", "stt-model"]),
    ("stt-audio", &["stt-model"]),
    ("stt-transcript", &["stt-model"]),
    ("stt-long", &["stt-audio", "stt-core", "stt-hyper", "stt-model", "stt-transcript"]),
    ("stt-emulator", &[]),
    (
        "stt-cli",
        &["stt-audio", "stt-auth", "stt-core", "stt-emulator", "stt-hyper", "stt-long", "stt-model", "stt-transcript"],
    ),
];

/// Every arrow between crates is one that the order of the layers has.
pub(super) fn check(project: &Project) -> Report {
    let mut findings = Vec::new();
    let mut arrows = 0;
    // What lies below `tests/` may depend on every crate, and no crate has a reason to depend on it or on the checks.
    for member in project.members.iter().filter(|member| !member.manifest_path.starts_with("tests/")) {
        let own = own_dependencies(project, &member.name);
        arrows += own.len();
        let row = ARROWS.iter().find(|(name, _)| *name == member.name);
        let allowed: &[&str] = match row {
            Some((_, allowed)) => allowed,
            None if member.name == "xtask" => &[],
            None => {
                findings.push(format!("{} has no place in the layers: name it in ARROWS", member.name));
                continue;
            }
        };
        let back = own.into_iter().filter(|name| !allowed.contains(&name.as_str()));
        findings.extend(back.map(|name| format!("{} depends on {name}: an arrow back", member.name)));
    }
    Report { note: format!("{arrows} arrows between crates"), findings }
}

/// No chain of arrows between crates leads back to its beginning.
pub(super) fn circles(project: &Project) -> Report {
    let name = |member: &super::metadata::Package| (member.name.clone(), own_dependencies(project, &member.name));
    let graph: BTreeMap<String, BTreeSet<String>> = project.members.iter().map(name).collect();
    let circle = circle(&graph).map(|circle| format!("a circle of crates: {circle}"));
    Report { note: format!("{} packages", graph.len()), findings: circle.into_iter().collect() }
}

/// What a member depends on within the workspace, in whatever way.
fn own_dependencies(project: &Project, member: &str) -> BTreeSet<String> {
    let member = project.members.iter().filter(|other| other.name == member);
    let names = member.flat_map(|member| &member.dependencies).map(|dependency| &dependency.name);
    names.filter(|name| project.members.iter().any(|other| other.name == **name)).cloned().collect()
}

/// A circle in a graph, as `a → b → a`.
pub(super) fn circle(graph: &BTreeMap<String, BTreeSet<String>>) -> Option<String> {
    let mut left = BTreeSet::new();
    graph.keys().find_map(|start| follow(graph, &mut vec![start], &mut left))
}

/// Follows the arrows from the end of a path; `left` holds what leads to no circle.
fn follow<'a>(
    graph: &'a BTreeMap<String, BTreeSet<String>>,
    path: &mut Vec<&'a str>,
    left: &mut BTreeSet<&'a str>,
) -> Option<String> {
    let here = *path.last()?;
    for next in graph.get(here).into_iter().flatten().map(String::as_str) {
        if let Some(start) = path.iter().position(|node| *node == next) {
            return Some(format!("{} → {next}", path[start..].join(" → ")));
        }
        if !left.contains(next) {
            path.push(next);
            let found = follow(graph, path, left);
            path.pop();
            if found.is_some() {
                return found;
            }
        }
    }
    left.insert(here);
    None
}

#[cfg(test)]
mod tests {
    use super::super::metadata::{Dependency, Package};
    use super::*;

    fn project(arrows: &[(&str, &[&str])]) -> Project {
        let dependency = |name: &&str| Dependency { name: (*name).to_owned(), kind: Some("dev".to_owned()) };
        let member = |(name, to): &(&str, &[&str])| Package {
            name: (*name).to_owned(),
            manifest_path: if *name == "stt-tests" {
                "tests/Cargo.toml".into()
            } else {
                format!("crates/{name}/Cargo.toml")
            },
            dependencies: to.iter().map(dependency).collect(),
            ..Package::default()
        };
        Project { members: arrows.iter().map(member).collect(), ..Project::default() }
    }

    #[test]
    fn an_arrow_back_is_found_even_if_only_tests_use_it() {
        let good = project(&[("stt-model", &["serde"]), ("stt-core", &["stt-model"]), ("stt-tests", &["stt-core"])]);
        assert!(check(&good).findings.is_empty());
        let back = project(&[("stt-model", &["stt-core"]), ("stt-core", &["stt-model"])]);
        assert_eq!(["stt-model depends on stt-core: an arrow back"], check(&back).findings.as_slice());
        let tests = project(&[("stt-core", &["stt-tests"]), ("stt-tests", &[])]);
        assert_eq!(["stt-core depends on stt-tests: an arrow back"], check(&tests).findings.as_slice());
    }

    #[test]
    fn emulator_and_client_do_not_know_each_other() {
        let emulator = project(&[("stt-emulator", &["stt-model"]), ("stt-model", &[])]);
        assert_eq!(["stt-emulator depends on stt-model: an arrow back"], check(&emulator).findings.as_slice());
        let client = project(&[("stt-hyper", &["stt-emulator"]), ("stt-emulator", &[])]);
        assert_eq!(["stt-hyper depends on stt-emulator: an arrow back"], check(&client).findings.as_slice());
        assert!(check(&project(&[("stt-cli", &["stt-emulator"]), ("stt-emulator", &[])])).findings.is_empty());
    }

    #[test]
    fn a_crate_without_a_place_is_found() {
        let report = check(&project(&[("stt-extra", &[])]));
        assert_eq!(["stt-extra has no place in the layers: name it in ARROWS"], report.findings.as_slice());
    }

    #[test]
    fn a_circle_is_found_and_told_from_two_ways_to_one_place() {
        let round = project(&[("a", &["b"]), ("b", &["c"]), ("c", &["b"])]);
        assert_eq!(["a circle of crates: b → c → b"], circles(&round).findings.as_slice());
        let diamond = project(&[("a", &["b", "c"]), ("b", &["d"]), ("c", &["d"]), ("d", &[])]);
        assert!(circles(&diamond).findings.is_empty());
    }
}
