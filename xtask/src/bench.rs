//! `cargo xtask bench`: the benchmarks below `tests/bench`, built for speed.

use std::env;

use crate::command::{cargo, succeed};

/// Builds the benchmarks and runs the one that is named, with its choices, where the caller stands.
pub(crate) fn run(arguments: &[&str]) -> Result<(), String> {
    let here = env::current_dir().map_err(|error| format!("the current directory: {error}"))?;
    if arguments.first() == Some(&"emulator") {
        // It is measured as its users run it, in a process of its own.
        succeed(&mut cargo(&["build", "--release", "--package", "stt-emulator"]))?;
    }
    let mut command = cargo(&["run", "--release", "--package", "bench", "--"]);
    succeed(command.args(arguments).current_dir(here))
}
