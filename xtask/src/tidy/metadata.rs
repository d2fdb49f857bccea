//! The part of `cargo metadata` that the rules read.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

#[derive(Debug, Default, Deserialize)]
pub(super) struct Metadata {
    pub(super) packages: Vec<Package>,
    pub(super) workspace_members: Vec<String>,
    pub(super) workspace_root: String,
    resolve: Resolve,
}

#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Package {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) version: String,
    pub(super) description: Option<String>,
    pub(super) manifest_path: String,
    pub(super) rust_version: Option<String>,
    /// `None` where a package may be published anywhere.
    pub(super) publish: Option<Vec<String>>,
    pub(super) dependencies: Vec<Dependency>,
    pub(super) features: BTreeMap<String, Vec<String>>,
    pub(super) targets: Vec<Target>,
}

#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Dependency {
    pub(super) name: String,
    /// `None` for a normal dependency, else `dev` or `build`.
    pub(super) kind: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Target {
    pub(super) kind: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
struct Resolve {
    nodes: Vec<Node>,
}

#[derive(Debug, Default, Deserialize)]
struct Node {
    id: String,
    deps: Vec<Edge>,
}

#[derive(Debug, Default, Deserialize)]
struct Edge {
    pkg: String,
    dep_kinds: Vec<Kind>,
}

#[derive(Debug, Default, Deserialize)]
struct Kind {
    kind: Option<String>,
}

impl Metadata {
    /// The packages of the workspace itself.
    pub(super) fn members(&self) -> Vec<Package> {
        let member = |package: &&Package| self.workspace_members.contains(&package.id);
        self.packages.iter().filter(member).cloned().collect()
    }

    /// Everything that is built to use the packages `from`: what they depend on, without the tests' dependencies.
    pub(super) fn reach(&self, from: &[&str]) -> Vec<Package> {
        let mut waiting: Vec<&str> = from.to_vec();
        let mut reached = BTreeSet::new();
        while let Some(id) = waiting.pop() {
            if !reached.insert(id) {
                continue;
            }
            let edges = self.resolve.nodes.iter().filter(|node| node.id == id).flat_map(|node| &node.deps);
            let built = edges.filter(|edge| edge.dep_kinds.iter().any(|kind| kind.kind.as_deref() != Some("dev")));
            waiting.extend(built.map(|edge| edge.pkg.as_str()));
        }
        self.packages.iter().filter(|package| reached.contains(package.id.as_str())).cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_reached_leaves_out_what_only_tests_use_and_keeps_what_builds() {
        let package = |id: &str| Package { id: id.to_owned(), ..Package::default() };
        let edge = |to: &str, kind: Option<&str>| Edge {
            pkg: to.to_owned(),
            dep_kinds: vec![Kind { kind: kind.map(str::to_owned) }],
        };
        let metadata = Metadata {
            packages: ["a", "b", "c", "d"].map(package).to_vec(),
            resolve: Resolve {
                nodes: vec![
                    Node { id: "a".to_owned(), deps: vec![edge("b", None), edge("c", Some("dev"))] },
                    Node { id: "b".to_owned(), deps: vec![edge("d", Some("build"))] },
                ],
            },
            ..Metadata::default()
        };
        let ids: Vec<_> = metadata.reach(&["a"]).into_iter().map(|package| package.id).collect();
        assert_eq!(["a", "b", "d"], ids.as_slice());
    }
}
