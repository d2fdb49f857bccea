//! Speech to text from the command line.
//!
//! What was typed (`args`), files (`config`) and the environment become a plan (`service`, `inputs`, `request`), which is
//! run (`session`, `batch`) and told (`output`). There is one file for each subcommand.

mod args;
mod assess;
mod audio;
mod batch;
mod check;
mod completions;
mod config;
mod connect;
mod convert;
mod doctor;
mod drive;
mod environment;
mod exit;
mod failure;
mod filing;
mod folder;
mod formats;
mod gate;
mod heard;
mod inputs;
mod interrupts;
mod languages;
mod live;
mod man;
mod network;
mod open_files;
mod output;
mod preview;
mod problem;
mod replay;
mod report;
mod request;
mod saved;
mod service;
mod session;
mod shaping;
mod silence;
mod stdin;
mod token;
mod transcribe;
mod tries;
mod writing;

use std::{
    env,
    ffi::OsString,
    io::{self, Write},
    panic,
    process::ExitCode,
    thread,
};

use crate::{
    args::{Cli, Command},
    batch::Ended,
    config::{Configured, Refusal},
    drive::drive,
    environment::Environment,
    exit::Exit,
    interrupts::Interrupts,
    output::Output,
    problem::Problem,
};

fn main() -> ExitCode {
    panic::set_hook(Box::new(|panic| {
        // Decoders break down on files that are made to break them, and the file's own error tells it.
        if thread::current().name() == Some(stt_long::DECODER_THREAD) {
            return;
        }
        // The message may hold anything, a key among others; the place helps whoever has to find the mistake.
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        let _ = writeln!(io::stderr(), "internal error at {place}; please report it");
    }));
    let arguments: Vec<OsString> = env::args_os().collect();
    if let Err(refused) = args::refuse_key(&arguments) {
        let hint = format!("put it into a file for --key-file, or into {}", environment::KEY);
        return refuse(&Problem::usage(refused.to_string()).hint(hint));
    }
    // Its help and its errors are its own.
    if let [_, first, rest @ ..] = &arguments[..]
        && first == "emulator"
    {
        return stt_emulator::cli::run([OsString::from("stt emulator")].iter().chain(rest).cloned());
    }
    let mut environment = Environment::of_process();
    match Configured::read(&arguments, &mut environment) {
        Ok(Configured { cli: Cli { command: Command::Emulator(arguments), .. }, .. }) => arguments.run(),
        Ok(configured) => run(&configured, &environment),
        Err(Refusal::Problem(problem)) => refuse(&problem),
        Err(Refusal::CommandLine(error)) => {
            // Help goes to standard output, which may be closed: nobody is left to tell.
            let _ = error.print();
            u8::try_from(error.exit_code()).map_or(ExitCode::FAILURE, ExitCode::from)
        }
    }
}

fn run(Configured { cli, config, notes }: &Configured, environment: &Environment) -> ExitCode {
    let mut output = match Output::of_process(cli.talk.clone(), environment) {
        Ok(output) => output,
        Err(problem) => return refuse(&problem),
    };
    output.protect(config.files());
    for note in notes {
        output.note(note);
    }
    let exit = drive(Interrupts::listen, output, async |interrupts, output| {
        match &cli.command {
            Command::Assess(args) => return assess::run(args, environment, output).await,
            Command::Transcribe(args) => return transcribe::run(args, environment, interrupts, output).await,
            Command::Check(args) => check::run(args, output).await?,
            Command::Completions(args) => completions::run(args, output),
            Command::Config(command) => config.run(command, environment, output)?,
            Command::Convert(args) => convert::run(args, output).await?,
            Command::Doctor(args) => doctor::run(args, environment, config, output).await?,
            Command::Emulator(_) => {}
            Command::Languages(args) => languages::run(args, output)?,
            Command::Man(args) => man::run(args, output)?,
            Command::Token(args) => token::run(args, environment, output).await?,
        }
        Ok(Ended { begun: 0, interrupted: false })
    });
    ExitCode::from(exit.code())
}

/// Says why nothing was begun.
fn refuse(problem: &Problem) -> ExitCode {
    let _ = writeln!(io::stderr(), "{problem}");
    ExitCode::from(Exit::Usage.code())
}
