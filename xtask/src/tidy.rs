//! The project's own rules, each a function over what was read from the project.

mod arrows;
mod dependencies;
mod documented;
pub(crate) mod fidelity;
mod fixtures;
mod manifests;
mod metadata;
mod modules;
mod paths;
mod project;
mod purity;
mod rust_version;
mod text;
mod tokens;
mod trees;

use project::Project;

/// The crates that touch nothing of the world.
pub(crate) const PURE: [&str; 4] = ["stt-model", "stt-auth", "stt-core", "stt-transcript"];

/// What a rule saw.
#[derive(Debug, Default)]
struct Report {
    /// What was looked at, so that a rule that looked at nothing is noticed.
    note: String,
    /// What breaks the rule, one sentence each.
    findings: Vec<String>,
}

type Rule = fn(&Project) -> Report;

const RULES: [(&str, Rule); 13] = [
    ("dependencies", dependencies::check),
    ("documented", documented::check),
    ("fidelity", fidelity::check),
    ("purity", purity::check),
    ("arrows", arrows::check),
    ("circles", arrows::circles),
    ("modules", modules::check),
    ("paths", paths::check),
    ("rust-version", rust_version::check),
    ("trees", trees::check),
    ("text", text::check),
    ("fixtures", fixtures::check),
    ("manifests", manifests::check),
];

/// Reads the project and applies every rule.
pub(crate) fn run() -> Result<(), String> {
    let project = Project::read()?;
    let mut broken = Vec::new();
    for (name, rule) in RULES {
        let report = rule(&project);
        let verdict = if report.findings.is_empty() { "ok" } else { "FAILED" };
        println!("{name:<14}{verdict:<8}{}", report.note);
        for finding in &report.findings {
            println!("    {finding}");
        }
        if !report.findings.is_empty() {
            broken.push(name);
        }
    }
    if broken.is_empty() { Ok(()) } else { Err(format!("broken rules: {}", broken.join(", "))) }
}
