//! The project's own checks, by name: `cargo xtask ci` runs them, `cargo xtask fuzz` runs the fuzz targets, `cargo xtask bench` the benchmarks, `cargo xtask kill` kills runs and looks at what they leave, `cargo xtask fidelity` writes the page about the emulator's rules.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "this program talks to the person who runs the checks")]

mod bench;
mod ci;
mod command;
mod fuzz;
mod tidy;
mod verdict;
mod wasm;

use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask ci [STEP...]
       cargo xtask bench audio|batch|client|emulator [--quick] [--json FILE]
       cargo xtask bench split [--quick] [--seed NUMBER]
       cargo xtask fidelity
       cargo xtask fuzz [TARGET...] [--seconds N]
       cargo xtask kill [--times N] [--seed N]";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match arguments.as_slice() {
        ["help" | "--help" | "-h", ..] => {
            println!("{USAGE}\n\nsteps of ci:\n{}", ci::list());
            return ExitCode::SUCCESS;
        }
        ["ci", steps @ ..] => ci::run(steps),
        ["bench", rest @ ..] => bench::run(rest),
        ["fidelity"] => tidy::fidelity::write(),
        ["fuzz", rest @ ..] => fuzz::run(rest),
        ["kill", rest @ ..] => bench::kill(rest),
        _ => Err(format!("which check?\n\n{USAGE}")),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}
