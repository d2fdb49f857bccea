//! Inside a crate the modules form no circle, so that each can be read after those it stands on.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::TokenTree;

use super::Report;
use super::arrows::circle;
use super::metadata::Package;
use super::project::Project;
use super::tokens::{Item, Leaf, Visibility, after, items, without_tests, without_uses};

pub(super) fn check(project: &Project) -> Report {
    let mut count = 0;
    let mut findings = Vec::new();
    for package in &project.members {
        match graph(&project.sources(package).collect()) {
            Ok(graph) => {
                count += graph.len();
                findings
                    .extend(circle(&graph).map(|circle| format!("{}: a circle of modules: {circle}", package.name)));
            }
            Err(error) => findings.push(format!("{}: {error}", manifest_directory(package))),
        }
    }
    Report { note: format!("{count} modules"), findings }
}

fn manifest_directory(package: &Package) -> &str {
    package.manifest_path.trim_end_matches("/Cargo.toml")
}

/// Which module of a crate uses which, with the root file under its own name.
fn graph(sources: &BTreeMap<&str, &str>) -> Result<BTreeMap<String, BTreeSet<String>>, String> {
    let Some((root, text)) = ["lib.rs", "main.rs"].iter().find_map(|root| sources.get_key_value(root)) else {
        return Ok(BTreeMap::new());
    };
    let tokens = without_tests(text).map_err(|error| format!("{root} {error}"))?;
    let items = items(&tokens);
    let modules: BTreeSet<&String> =
        items.iter().filter_map(|item| if let Item::Mod { name, .. } = item { Some(name) } else { None }).collect();
    let exports = exports(&items, &modules);
    let mut graph: BTreeMap<String, BTreeSet<String>> =
        modules.iter().map(|name| ((*name).clone(), BTreeSet::new())).collect();
    for (file, text) in sources {
        let Some((module, edges)) = graph.iter_mut().find(|(name, _)| belongs(file, name)) else { continue };
        let tokens = without_tests(text).map_err(|error| format!("{file} {error}"))?;
        let home =
            |name: &String| modules.get(name).map_or_else(|| exports.get(name.as_str()).copied(), |name| Some(name));
        let mut homes: Vec<&str> = after("crate", &tokens).iter().map(|name| home(name).unwrap_or(root)).collect();
        if !file.contains('/') {
            // In a module within the file `super` is the file itself, whose names are no modules.
            homes.extend(after("super", &tokens).iter().filter_map(home));
        }
        edges.extend(homes.into_iter().filter(|home| home != module).map(str::to_owned));
    }
    graph.insert((*root).to_owned(), root_uses(&tokens, &items, &modules));
    Ok(graph)
}

/// Whether a file is a module of that name or lies below it.
fn belongs(file: &str, module: &str) -> bool {
    file.strip_prefix(module).is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
        && !file.split(['/', '.']).any(|part| part == "tests")
}

/// The module that each name comes from which the root file brings in or re-exports.
fn exports<'a>(items: &'a [Item], modules: &BTreeSet<&'a String>) -> BTreeMap<&'a str, &'a str> {
    let imports = items.iter().filter_map(|item| if let Item::Use { leaves, .. } = item { Some(leaves) } else { None });
    let home = |leaf: &'a Leaf| Some((leaf.name.as_str(), first_module(leaf, modules)?));
    imports.flatten().filter_map(home).collect()
}

/// The modules that the code of the root file uses; what it re-exports it does not use.
fn root_uses(tokens: &[TokenTree], items: &[Item], modules: &BTreeSet<&String>) -> BTreeSet<String> {
    let mut used: BTreeSet<String> = BTreeSet::new();
    for item in items {
        if let Item::Use { leaves, visibility: Visibility::Private } = item {
            used.extend(leaves.iter().filter_map(|leaf| first_module(leaf, modules)).map(str::to_owned));
        }
    }
    let code = without_uses(tokens);
    used.extend(modules.iter().filter(|module| !after(module, &code).is_empty()).map(|module| (*module).clone()));
    used
}

fn first_module<'a>(leaf: &'a Leaf, modules: &BTreeSet<&String>) -> Option<&'a str> {
    let first = leaf.path.iter().find(|part| *part != "crate" && *part != "self")?;
    modules.contains(first).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_sources(sources: &[(&str, &str)]) -> Vec<String> {
        let package = Package {
            name: "stt-core".to_owned(),
            manifest_path: "crates/stt-core/Cargo.toml".to_owned(),
            ..Package::default()
        };
        let text = |(file, text): &(&str, &str)| (format!("crates/stt-core/src/{file}"), (*text).to_owned());
        let texts = sources.iter().map(text).collect();
        check(&Project { members: vec![package], texts, ..Project::default() }).findings
    }

    #[test]
    fn a_circle_of_modules_is_found_through_paths_groups_and_re_exports() {
        let root = ("lib.rs", "mod a; mod b; mod c; pub use c::{Deep as C};");
        let two = check_sources(&[root, ("a.rs", "use crate::b::B;"), ("b.rs", "fn f() { crate::a::g() }")]);
        assert_eq!(["stt-core: a circle of modules: a → b → a"], two.as_slice());
        let three =
            check_sources(&[root, ("a.rs", "use crate::{C, b};"), ("b/deep.rs", ""), ("c.rs", "use super::a::A;")]);
        assert_eq!(["stt-core: a circle of modules: a → c → a"], three.as_slice());
    }

    #[test]
    fn what_tests_use_or_a_module_uses_of_itself_is_no_circle() {
        let root = ("lib.rs", "mod a; mod b; pub use b::B; #[cfg(test)] mod helper;");
        let sources = [
            root,
            ("a.rs", "use crate::b::B; #[cfg(test)] mod tests { use crate::b; }"),
            ("a/inner.rs", "use crate::a::X; use super::b;"),
            ("b.rs", "struct Own; mod inner { use super::Own; } #[cfg(test)] mod tests { use crate::a::X; }"),
            ("b/tests.rs", "use crate::a::X;"),
            ("helper.rs", "use crate::a::X;"),
        ];
        assert!(check_sources(&sources).is_empty());
    }

    #[test]
    fn a_module_that_uses_the_root_file_which_uses_it_is_a_circle() {
        let found = check_sources(&[
            ("main.rs", "mod a; fn main() { a::run() } pub fn help() {}"),
            ("a.rs", "use crate::help;"),
        ]);
        assert_eq!(["stt-core: a circle of modules: a → main.rs → a"], found.as_slice());
    }

    #[test]
    fn a_file_that_is_no_rust_is_found() {
        assert!(check_sources(&[("lib.rs", "mod a; {")])[0].starts_with("crates/stt-core: lib.rs is not Rust"));
    }
}
