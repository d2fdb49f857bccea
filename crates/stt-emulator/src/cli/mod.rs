//! The command line of `stt-emulator`, which `stt emulator` has too.

mod clip;
mod conformance;
mod environment;
mod exec;
mod failure;
mod health;
mod hearing;
mod scenarios;
mod serve;
mod signals;
#[cfg_attr(not(feature = "tls"), path = "no_tls.rs")]
mod tls;

use std::ffi::OsString;
use std::io::{self, Write};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::cli::failure::Failure;

/// Stand in for the Speech to text REST API for short audio, offline and without an account.
///
/// It never recognizes speech: the words come from clips made by `synth`, or from a transcript that `tag` wrote into a
/// file. Not affiliated with Microsoft.
#[derive(Debug, Parser)]
#[command(name = "stt-emulator", version, args_conflicts_with_subcommands = true, after_help = EXAMPLES)]
pub struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    serve: serve::Options,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Ask any endpoint what the emulator was told of the service, and say where it differs; the exit code is 1 if so
    Conformance(conformance::Options),
    /// Print the environment that points programs at an emulator
    Env(environment::Options),
    /// Start an emulator, run a command with its environment, stop; the exit code is the command's
    Exec(exec::Options),
    /// Print the hash of the samples in a file, whatever its header and its metadata look like
    Hash(clip::Hash),
    /// Ask a running emulator whether it answers
    Health(health::Options),
    /// Check scenario files, or print their JSON Schema
    #[command(subcommand)]
    Scenarios(scenarios::Scenarios),
    /// Listen until Ctrl-C or SIGTERM; what happens without a subcommand
    Serve(serve::Options),
    /// Make a clip that says a text in a way the emulator can hear, or one of silence or noise
    Synth(clip::Synth),
    /// Write a transcript into the metadata of a WAV or Ogg Opus file
    Tag(clip::Tag),
}

impl Arguments {
    /// Does what was asked for, and says on standard error what went wrong.
    #[must_use]
    pub fn run(self) -> ExitCode {
        let done = match self.command {
            None => self.serve.run(),
            Some(Command::Conformance(options)) => options.run(),
            Some(Command::Env(options)) => options.run(),
            Some(Command::Exec(options)) => options.run(),
            Some(Command::Hash(options)) => options.run(),
            Some(Command::Health(options)) => options.run(),
            Some(Command::Scenarios(what)) => what.run(),
            Some(Command::Serve(options)) => options.run(),
            Some(Command::Synth(options)) => options.run(),
            Some(Command::Tag(options)) => options.run(),
        };
        done.unwrap_or_else(|failure: Failure| failure.report())
    }
}

/// Reads `arguments`, the first of which is the name of the program, and does what they say.
#[must_use]
pub fn run<T: Into<OsString> + Clone>(arguments: impl IntoIterator<Item = T>) -> ExitCode {
    match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments.run(),
        Err(error) => {
            // Nobody is left to tell if the terminal is gone.
            let _ = error.print();
            u8::try_from(error.exit_code()).map_or(ExitCode::FAILURE, ExitCode::from)
        }
    }
}

/// Standard error may be closed, which is no reason to stop.
fn say(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}

const EXAMPLES: &str = "\
Examples:
  stt-emulator                                      listen on 127.0.0.1:10788
  stt-emulator --listen 127.0.0.1:0 --keys any      a free port, any key
  stt-emulator synth 'Good morning.' -o hello.wav   a clip that the emulator can hear
  stt-emulator exec -- python3 -m pytest            run tests against an emulator of their own";

#[cfg(test)]
mod tests {
    use clap::{CommandFactory, Parser};

    use super::{Arguments, Command};

    /// A program that has this one as a subcommand.
    #[derive(Parser)]
    enum Outer {
        Emulator(Arguments),
    }

    fn within(arguments: &[&str]) -> Option<Command> {
        let arguments = ["outer", "emulator"].iter().chain(arguments);
        let Outer::Emulator(arguments) = Outer::try_parse_from(arguments).expect("arguments of the emulator");
        arguments.command
    }

    #[test]
    fn the_definition_holds_together() {
        Arguments::command().debug_assert();
        Outer::command().debug_assert();
    }

    #[test]
    fn another_program_can_have_it_as_a_subcommand() {
        assert!(within(&["--keys", "any", "--token-ttl", "2s"]).is_none());
        assert!(matches!(within(&["serve", "--profile", "documented"]), Some(Command::Serve(_))));
        assert!(matches!(within(&["exec", "--keys", "any", "--", "true", "-x"]), Some(Command::Exec(_))));
        assert!(matches!(within(&["synth", "Hello.", "-o", "a.wav"]), Some(Command::Synth(_))));
    }
}
