//! `stt completions`: what a shell has to know to complete command lines.

use crate::{args::CompletionsArgs, config, output::Output};

/// Prints the script; that nobody reads it any more is no failure.
pub(crate) fn run(args: &CompletionsArgs, output: &mut Output) {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut config::command(), "stt", &mut script);
    let _ = output.lines(String::from_utf8_lossy(&script).trim_end());
}
