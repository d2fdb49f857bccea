//! `cargo xtask bench` and `cargo xtask kill`: what is below `tests/bench`, built for speed.

use std::env;

use crate::command::{cargo, succeed};

/// Builds the benchmarks and runs the one that is named, with its choices, where the caller stands.
pub(crate) fn run(arguments: &[&str]) -> Result<(), String> {
    let here = env::current_dir().map_err(|error| format!("the current directory: {error}"))?;
    // What is measured as its users run it, in processes of their own.
    let programs: &[&str] = match arguments.first() {
        Some(&"emulator") => &["--package", "stt-emulator"],
        Some(&"batch" | &"kill") => &["--package", "stt-cli", "--package", "stt-emulator"],
        _ => &[],
    };
    if !programs.is_empty() {
        succeed(cargo(&["build", "--release"]).args(programs))?;
    }
    let mut command = cargo(&["run", "--release", "--package", "bench", "--"]);
    succeed(command.args(arguments).current_dir(here))
}

/// Builds the programs, and kills the one that writes results.
pub(crate) fn kill(choices: &[&str]) -> Result<(), String> {
    run(&[&["kill"], choices].concat())
}
