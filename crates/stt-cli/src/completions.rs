//! `stt completions`: what a shell has to know to complete command lines.

use clap::{Arg, Command, ValueHint, builder::PossibleValuesParser};
use stt_auth::Region;
use stt_model::Language;

use crate::{args::CompletionsArgs, config, output::Output};

/// Prints the script; that nobody reads it any more is no failure.
pub(crate) fn run(args: &CompletionsArgs, output: &mut Output) {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut told(config::command()), "stt", &mut script);
    let _ = output.lines(String::from_utf8_lossy(&script).trim_end());
}

/// The same command, which says what can stand behind each flag: shells offer files where nothing is said.
fn told(command: Command) -> Command {
    command.mut_args(hinted).mut_subcommands(told)
}

fn hinted(argument: Arg) -> Arg {
    // Others may be typed: what is offered is what Microsoft lists.
    let known: Vec<String> = match argument.get_id().as_str() {
        "language" => Language::known().iter().map(|locale| locale.language.to_string()).collect(),
        "region" => Region::known().map(|region| region.to_string()).collect(),
        _ => Vec::new(),
    };
    if !known.is_empty() {
        return argument.value_parser(PossibleValuesParser::new(known));
    }
    let is_told = argument.get_value_hint() != ValueHint::Unknown || !argument.get_possible_values().is_empty();
    if is_told || !argument.get_action().takes_values() { argument } else { argument.value_hint(ValueHint::Other) }
}
