//! One public path per item: modules are private, and the root file of a library names what it offers.

use std::collections::BTreeSet;

use super::Report;
use super::metadata::Package;
use super::project::Project;
use super::tokens::{Item, Visibility, items, without_tests};

/// Public modules of libraries, each with its reason.
const PUBLIC: [(&str, &str, &str); 1] = [(
    "stt-emulator",
    "cli",
    "the arguments are shared by the program and `stt emulator`, and no part of the emulator",
)];

pub(super) fn check(project: &Project) -> Report {
    let mut findings = Vec::new();
    let mut count = 0;
    for package in project.crates() {
        for (file, text) in project.sources(package) {
            match without_tests(text) {
                Ok(tokens) => {
                    let items = items(&tokens);
                    findings.extend(globs(&items).map(|path| format!("{} {file}: re-exports {path}", package.name)));
                    if file == "lib.rs" {
                        count += 1;
                        findings.extend(second_paths(package, &items));
                    }
                }
                Err(error) => findings.push(format!("{} {file} {error}", package.name)),
            }
        }
    }
    let exceptions: Vec<String> =
        PUBLIC.iter().map(|(package, module, reason)| format!("{package} has {module}: {reason}")).collect();
    Report { note: format!("{count} libraries ({})", exceptions.join("; ")), findings }
}

/// The globs that hand on names nobody wrote down.
fn globs(items: &[Item]) -> impl Iterator<Item = String> {
    let exports = items.iter().filter_map(|item| match item {
        Item::Use { leaves, visibility: Visibility::Public | Visibility::Restricted } => Some(leaves),
        _ => None,
    });
    exports.flatten().filter(|leaf| leaf.name == "*").map(|leaf| leaf.path.join("::"))
}

/// Public modules, and items that are public twice.
fn second_paths(package: &Package, items: &[Item]) -> Vec<String> {
    let mut findings = Vec::new();
    let mut seen = BTreeSet::new();
    for item in items {
        match item {
            Item::Mod { name, public: true } if !is_allowed(package, name) => {
                findings.push(format!("{} has the public module {name}", package.name));
            }
            Item::Use { leaves, visibility: Visibility::Public } => {
                let again = leaves.iter().filter(|leaf| !seen.insert(leaf.path.clone()));
                findings.extend(again.map(|leaf| format!("{} offers {} twice", package.name, leaf.path.join("::"))));
            }
            _ => {}
        }
    }
    findings
}

fn is_allowed(package: &Package, module: &str) -> bool {
    PUBLIC.iter().any(|(name, allowed, _)| *name == package.name && *allowed == module)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_crate(name: &str, file: &str, text: &str) -> Vec<String> {
        let package =
            Package { name: name.to_owned(), manifest_path: format!("crates/{name}/Cargo.toml"), ..Package::default() };
        let texts = [(format!("crates/{name}/src/{file}"), text.to_owned())].into();
        check(&Project { members: vec![package], texts, ..Project::default() }).findings
    }

    #[test]
    fn a_public_module_is_found_in_a_library_and_allowed_where_the_table_says_so() {
        let text = "mod a; pub mod cli; pub(crate) mod b;";
        assert_eq!(["stt-hyper has the public module cli"], check_crate("stt-hyper", "lib.rs", text).as_slice());
        assert!(check_crate("stt-emulator", "lib.rs", text).is_empty());
    }

    #[test]
    fn a_glob_re_export_is_found_in_every_file_and_an_item_offered_twice() {
        assert_eq!(
            ["stt-core a.rs: re-exports crate::b::*"],
            check_crate("stt-core", "a.rs", "pub use crate::b::*;").as_slice()
        );
        let twice = check_crate("stt-core", "lib.rs", "mod a; pub use a::{Call, Step}; pub use a::Call as Machine;");
        assert_eq!(["stt-core offers a::Call twice"], twice.as_slice());
        assert!(check_crate("stt-core", "lib.rs", "mod a; pub use a::{Call, Step}; use a::*;").is_empty());
    }
}
