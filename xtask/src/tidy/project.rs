//! Everything the rules look at, read once.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use super::PURE;
use super::metadata::{Metadata, Package};
use crate::command::{cargo, output, program, root};

/// The project as data; a test of a rule makes one with its own slip in it.
#[derive(Debug, Default)]
pub(super) struct Project {
    /// The packages of the workspace; their manifest paths begin at its root.
    pub(super) members: Vec<Package>,
    /// What the crates of this project are built from, themselves included.
    pub(super) shipped: Vec<Package>,
    pub(super) trees: Vec<Tree>,
    /// Every file of the project, from its root, with `/`.
    pub(super) files: BTreeSet<String>,
    /// What is in the files whose text has rules.
    pub(super) texts: BTreeMap<String, String>,
}

/// The packages that a user of one package gets.
#[derive(Debug)]
pub(super) struct Tree {
    pub(super) of: String,
    /// One package a line, or why cargo could not say.
    pub(super) packages: Result<String, String>,
}

impl Project {
    pub(super) fn read() -> Result<Self, String> {
        let metadata = output(&mut cargo(&["metadata", "--format-version", "1", "--all-features"]))?;
        let metadata: Metadata =
            serde_json::from_str(&metadata).map_err(|error| format!("cargo metadata printed no JSON: {error}"))?;
        let mut members = metadata.members();
        for member in &mut members {
            let path = member.manifest_path.strip_prefix(&metadata.workspace_root).unwrap_or(&member.manifest_path);
            member.manifest_path = path.trim_start_matches(['/', '\\']).replace('\\', "/");
        }
        let shipped: Vec<&str> =
            members.iter().filter(|member| is_shipped(member)).map(|member| member.id.as_str()).collect();
        let shipped = metadata.reach(&shipped);
        let files = files()?;
        let mut texts = BTreeMap::new();
        for file in files.iter().filter(|file| has_text(file)) {
            let text = fs::read_to_string(root().join(file)).map_err(|error| format!("{file}: {error}"))?;
            texts.insert(file.clone(), text);
        }
        Ok(Self { trees: trees(&files), members, shipped, files, texts })
    }

    /// The members a user of the project may depend on or install.
    pub(super) fn crates(&self) -> impl Iterator<Item = &Package> {
        self.members.iter().filter(|member| is_shipped(member))
    }

    /// The Rust files below `src` of a member, with the path from there.
    pub(super) fn sources<'a>(&'a self, member: &'a Package) -> impl Iterator<Item = (&'a str, &'a str)> {
        let prefix = member.manifest_path.replace("Cargo.toml", "src/");
        let sources = self.texts.iter().filter(|(file, _)| file.ends_with(".rs"));
        sources.filter_map(move |(file, text)| Some((file.strip_prefix(&prefix)?, text.as_str())))
    }
}

fn is_shipped(member: &Package) -> bool {
    member.manifest_path.starts_with("crates/")
}

/// What git tracks or would track; a build directory or a corpus is neither.
fn files() -> Result<BTreeSet<String>, String> {
    let list = output(program("git").args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]))?;
    let exists = |file: &&str| !file.is_empty() && root().join(file).is_file();
    Ok(list.split('\0').filter(exists).map(str::to_owned).collect())
}

fn has_text(file: &str) -> bool {
    let extension = Path::new(file).extension().and_then(|extension| extension.to_str());
    extension.is_some_and(|extension| ["md", "rs", "toml", "tsv"].contains(&extension))
}

/// The trees of the pure crates and of the packages that stand for users of them.
fn trees(files: &BTreeSet<String>) -> Vec<Tree> {
    let arguments = ["tree", "--edges", "normal", "--target", "all", "--prefix", "none", "--format", "{p}"];
    let pure = PURE
        .iter()
        .map(|name| Tree { of: (*name).to_owned(), packages: output(cargo(&arguments).args(["--package", name])) });
    let consumers = files.iter().filter(|file| file.starts_with("tests/consumers/") && file.ends_with("/Cargo.toml"));
    let consumers = consumers.map(|manifest| Tree {
        of: manifest.trim_end_matches("/Cargo.toml").to_owned(),
        packages: output(cargo(&arguments).args(["--manifest-path", manifest])),
    });
    pure.chain(consumers).collect()
}
