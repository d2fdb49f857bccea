//! Whoever takes only the pure crates gets no runtime and no HTTP stack.

use super::Report;
use super::project::{Project, Tree};

pub(super) fn check(project: &Project) -> Report {
    let mut findings: Vec<String> = project.trees.iter().flat_map(finds).collect();
    let consumers: Vec<&str> = project.trees.iter().filter_map(|tree| tree.of.strip_prefix(CONSUMERS)).collect();
    if consumers.is_empty() {
        findings.push(format!("there is no package below {CONSUMERS}, so no tree of a user was looked at"));
    }
    Report { note: format!("the pure crates; consumers: {}", consumers.join(", ")), findings }
}

fn finds(tree: &Tree) -> Vec<String> {
    let packages = match &tree.packages {
        Ok(packages) => packages,
        Err(error) => return vec![format!("{}: {error}", tree.of)],
    };
    // A package is "name version", then perhaps its place and a mark.
    let names = packages.lines().filter_map(|line| line.split(' ').next());
    let stacks = names.filter(|name| STACKS.iter().any(|stack| is_part_of(stack, name)));
    stacks.map(|name| format!("the tree of {} holds {name}", tree.of)).collect()
}

fn is_part_of(stack: &str, name: &str) -> bool {
    name == stack || name.strip_prefix(stack).is_some_and(|rest| rest.starts_with('-'))
}

const CONSUMERS: &str = "tests/consumers/";

const STACKS: [&str; 2] = ["hyper", "tokio"];

#[cfg(test)]
mod tests {
    use super::*;

    fn check_tree(of: &str, packages: Result<&str, &str>) -> Vec<String> {
        let packages = packages.map(str::to_owned).map_err(str::to_owned);
        check(&Project { trees: vec![Tree { of: of.to_owned(), packages }], ..Project::default() }).findings
    }

    #[test]
    fn a_runtime_or_an_http_stack_in_a_tree_is_found() {
        assert!(
            check_tree("tests/consumers/types", Ok("types v0.1.0 (here)\nserde v1.0.0\nhyperbole v1.0.0")).is_empty()
        );
        let found = check_tree("tests/consumers/types", Ok("types v0.1.0\ntokio-util v0.7.0\nhyper v1.0.0 (*)"));
        let expected = ["tokio-util", "hyper"].map(|name| format!("the tree of tests/consumers/types holds {name}"));
        assert_eq!(expected, found.as_slice());
    }

    #[test]
    fn a_tree_that_cannot_be_made_or_no_consumer_at_all_is_found() {
        assert_eq!(
            ["tests/consumers/types: no network"],
            check_tree("tests/consumers/types", Err("no network")).as_slice()
        );
        assert!(check_tree("stt-model", Ok("stt-model v0.1.0"))[0].starts_with("there is no package below"));
    }
}
