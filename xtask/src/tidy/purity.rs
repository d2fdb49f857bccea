//! The pure crates have no features and forbid themselves the world; no crate runs code while it is built.

use super::metadata::Package;
use super::project::Project;
use super::{PURE, Report};

pub(super) fn check(project: &Project) -> Report {
    let mut findings = Vec::new();
    for package in project.crates() {
        if package.targets.iter().any(|target| target.kind.iter().any(|kind| kind == "custom-build")) {
            findings.push(format!("{} has a build script", package.name));
        }
    }
    for name in PURE {
        match project.members.iter().find(|member| member.name == name) {
            Some(package) => findings.extend(impure(project, package)),
            None => findings.push(format!("there is no crate {name}")),
        }
    }
    Report { note: PURE.join(", "), findings }
}

fn impure(project: &Project, package: &Package) -> Vec<String> {
    let name = &package.name;
    let mut findings: Vec<String> =
        package.features.keys().map(|feature| format!("{name} has the feature {feature}")).collect();
    let limits = package.manifest_path.replace("Cargo.toml", "clippy.toml");
    match project.texts.get(&limits) {
        Some(text) => {
            // Each name as clippy knows it, in quotes, so that `std::env::var_os` does not stand for `std::env::var`.
            let missing = FORBIDDEN.iter().filter(|path| !text.contains(&format!("\"{path}\"")));
            findings.extend(missing.map(|path| format!("{limits} does not forbid {path}")));
        }
        None => findings.push(format!("{name} has no clippy.toml")),
    }
    findings
}

/// One function or type for each way into the world; a crate may forbid more.
const FORBIDDEN: [&str; 11] = [
    "std::env::var",
    "std::env::var_os",
    "std::fs::File",
    "std::fs::read",
    "std::fs::read_to_string",
    "std::fs::write",
    "std::net::TcpStream",
    "std::thread::sleep",
    "std::thread::spawn",
    "std::time::Instant::now",
    "std::time::SystemTime::now",
];

#[cfg(test)]
mod tests {
    use super::super::metadata::Target;
    use super::*;

    /// A project that keeps the rule, with one slip made in it.
    fn check_slip(slip: impl FnOnce(&mut Project)) -> Vec<String> {
        let package = |name: &str| Package {
            name: name.to_owned(),
            manifest_path: format!("crates/{name}/Cargo.toml"),
            ..Package::default()
        };
        let limits = FORBIDDEN.map(|path| format!("{{ path = \"{path}\" }},")).join("\n");
        let texts = PURE.map(|name| (format!("crates/{name}/clippy.toml"), limits.clone()));
        let mut project = Project { members: PURE.map(package).to_vec(), texts: texts.into(), ..Project::default() };
        slip(&mut project);
        check(&project).findings
    }

    #[test]
    fn features_and_build_scripts_are_found() {
        assert!(check_slip(|_| ()).is_empty());
        let feature = check_slip(|project| _ = project.members[2].features.insert("fast".to_owned(), Vec::new()));
        assert_eq!(["stt-core has the feature fast"], feature.as_slice());
        let script = Target { kind: vec!["custom-build".to_owned()] };
        let found = check_slip(|project| project.members[0].targets.push(script));
        assert_eq!(["stt-model has a build script"], found.as_slice());
    }

    #[test]
    fn a_crate_that_leaves_itself_a_way_into_the_world_is_found() {
        let open = check_slip(|project| {
            let text = project.texts.get_mut("crates/stt-auth/clippy.toml").unwrap();
            *text = text.replace("\"std::env::var\"", "");
        });
        assert_eq!(["crates/stt-auth/clippy.toml does not forbid std::env::var"], open.as_slice());
        let unlimited = check_slip(|project| _ = project.texts.remove("crates/stt-core/clippy.toml"));
        assert_eq!(["stt-core has no clippy.toml"], unlimited.as_slice());
        let missing = check_slip(|project| _ = project.members.pop());
        assert_eq!(["there is no crate stt-transcript"], missing.as_slice());
    }
}
