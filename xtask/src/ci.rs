//! `cargo xtask ci`: the steps by name, each with its time and its verdict.

use std::time::Instant;

use crate::command::{cargo, succeed};
use crate::verdict::Verdict;
use crate::{tidy, wasm};

struct Step {
    name: &'static str,
    what: &'static str,
    run: fn() -> Result<Verdict, String>,
}

/// From the quickest to the slowest, so that a slip is reported early.
const STEPS: [Step; 6] = [
    Step { name: "fmt", what: "cargo fmt --all --check", run: fmt },
    Step { name: "tidy", what: "the project's own rules", run: tidy },
    Step { name: "clippy", what: "cargo clippy, warnings are errors", run: clippy },
    Step { name: "docs", what: "cargo doc, warnings are errors", run: docs },
    Step { name: "wasm", what: "the pure crates on wasm32-unknown-unknown", run: wasm::check },
    Step { name: "test", what: "cargo test --workspace", run: test },
];

/// The steps and what they do, one a line.
pub(crate) fn list() -> String {
    STEPS.iter().map(|step| format!("  {:<8}{}", step.name, step.what)).collect::<Vec<_>>().join("\n")
}

/// Runs the named steps in the order given, or all; goes on after a failure, so that one run shows every one.
pub(crate) fn run(names: &[&str]) -> Result<(), String> {
    let steps = choose(names)?;
    println!("ci: {}", steps.iter().map(|step| step.name).collect::<Vec<_>>().join(", "));
    let mut summary = Vec::new();
    let mut failed = false;
    for step in steps {
        println!("--- {}: {}", step.name, step.what);
        let start = Instant::now();
        let (word, detail) = match (step.run)() {
            Ok(Verdict::Passed) => ("passed", None),
            Ok(Verdict::NotChecked(reason)) => ("not checked", Some(reason)),
            Err(reason) => ("FAILED", Some(reason)),
        };
        failed |= word == "FAILED";
        let detail = detail.map(|detail| format!(": {detail}")).unwrap_or_default();
        println!("--- {}: {word} in {:.1} s{detail}", step.name, start.elapsed().as_secs_f64());
        summary.push(format!("{} {word}", step.name));
    }
    let summary = summary.join(", ");
    if failed {
        return Err(format!("ci failed: {summary}"));
    }
    println!("ci passed: {summary}");
    Ok(())
}

fn choose(names: &[&str]) -> Result<Vec<&'static Step>, String> {
    if names.is_empty() {
        return Ok(STEPS.iter().collect());
    }
    let named = |name: &&str| {
        let found = STEPS.iter().find(|step| step.name == *name);
        found.ok_or_else(|| format!("there is no step {name:?}; the steps are\n{}", list()))
    };
    names.iter().map(named).collect()
}

fn fmt() -> Result<Verdict, String> {
    succeed(&mut cargo(&["fmt", "--all", "--check"]))?;
    Ok(Verdict::Passed)
}

fn clippy() -> Result<Verdict, String> {
    succeed(&mut cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))?;
    Ok(Verdict::Passed)
}

fn docs() -> Result<Verdict, String> {
    succeed(cargo(&["doc", "--workspace", "--no-deps"]).env("RUSTDOCFLAGS", "-D warnings"))?;
    Ok(Verdict::Passed)
}

fn test() -> Result<Verdict, String> {
    succeed(&mut cargo(&["test", "--workspace"]))?;
    Ok(Verdict::Passed)
}

fn tidy() -> Result<Verdict, String> {
    tidy::run()?;
    Ok(Verdict::Passed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_means_every_step_and_an_unknown_name_is_an_error_that_lists_them() {
        assert_eq!(STEPS.len(), choose(&[]).unwrap().len());
        let names: Vec<_> = choose(&["wasm", "fmt"]).unwrap().iter().map(|step| step.name).collect();
        assert_eq!(["wasm", "fmt"], names.as_slice());
        let error = choose(&["fmt", "lint"]).err().unwrap();
        assert!(error.starts_with("there is no step \"lint\"") && error.contains("  tidy "), "{error}");
    }
}
