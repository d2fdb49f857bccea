//! Every package says what it is, stays out of the registry and keeps the workspace's lints.

use super::Report;
use super::metadata::Package;
use super::project::Project;

pub(super) fn check(project: &Project) -> Report {
    let findings = project.members.iter().flat_map(|member| lacks(project, member)).collect();
    Report { note: format!("{} packages", project.members.len()), findings }
}

fn lacks(project: &Project, member: &Package) -> Vec<String> {
    let mut lacks = Vec::new();
    if member.publish.as_deref() != Some(&[]) {
        lacks.push("publish = false");
    }
    if member.description.as_deref().is_none_or(str::is_empty) {
        lacks.push("a description");
    }
    let manifest = project.texts.get(&member.manifest_path).map_or("", String::as_str);
    if !keeps_lints(manifest) {
        lacks.push("[lints] workspace = true");
    }
    lacks.into_iter().map(|lack| format!("{} lacks {lack}", member.manifest_path)).collect()
}

/// Cargo metadata does not tell of lints, so the manifest is read for the two ways to write it.
fn keeps_lints(manifest: &str) -> bool {
    let mut section = "";
    manifest.lines().map(str::trim).any(|line| {
        if line.starts_with('[') {
            section = line;
        }
        (section == "[lints]" && line == "workspace = true") || line == "lints.workspace = true"
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANIFEST: &str = "[package]\nname = \"a\"\n\n[lints]\nworkspace = true\n";

    fn check_manifest(publish: Option<&[String]>, description: Option<&str>, manifest: &str) -> Vec<String> {
        let member = Package {
            manifest_path: "crates/a/Cargo.toml".to_owned(),
            publish: publish.map(<[_]>::to_vec),
            description: description.map(str::to_owned),
            ..Package::default()
        };
        let texts = [(member.manifest_path.clone(), manifest.to_owned())].into();
        check(&Project { members: vec![member], texts, ..Project::default() }).findings
    }

    #[test]
    fn each_thing_that_a_manifest_lacks_is_found() {
        assert!(check_manifest(Some(&[]), Some("What it is."), MANIFEST).is_empty());
        let found = check_manifest(None, Some(""), "[dependencies.b]\nworkspace = true\n");
        let expected = ["publish = false", "a description", "[lints] workspace = true"];
        assert_eq!(expected.map(|lack| format!("crates/a/Cargo.toml lacks {lack}")), found.as_slice());
        assert_eq!(1, check_manifest(Some(&["mirror".to_owned()]), Some("What it is."), MANIFEST).len());
    }
}
