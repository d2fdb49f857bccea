//! Measures the client beside other HTTP clients, the conversion of audio beside other converters, where long audio is
//! cut, the emulator, and many files at once: `cargo xtask bench client`, `audio`, `split`, `emulator` and `batch` build
//! and run it. `cargo xtask kill` has it kill runs, and look at what they leave.
//!
//! For the client, one small server and one client at a time run in processes of their own, both on one core, so that
//! what is measured is work and not the distance between two cores. The clients take turns; each is compared with a
//! client written by hand, `floor`, in the same round.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "this program talks to the person who measures")]

mod audio;
mod batch;
mod cell;
mod choices;
mod clips;
mod cost;
mod emulator;
mod goals;
mod kill;
mod meter;
mod outcome;
mod peers;
mod process;
mod random;
mod rounds;
mod sample;
mod served;
mod server;
mod split;
mod spread;
mod table;

use std::process::ExitCode;

use crate::{
    choices::{Choices, USAGE},
    outcome::Outcome,
};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[&str]) -> Outcome<()> {
    if !cfg!(target_os = "linux") {
        return Err("this benchmark reads its figures from /proc and so runs on Linux only".into());
    }
    match arguments {
        ["audio", choices @ ..] => audio::run(&Choices::parse(choices)?),
        ["batch", choices @ ..] => batch::run(&Choices::parse(choices)?),
        ["client", choices @ ..] => rounds::run(&Choices::parse(choices)?),
        ["emulator", choices @ ..] => emulator::run(&Choices::parse(choices)?),
        ["kill", choices @ ..] => kill::run(&kill::Choices::parse(choices)?),
        ["split", choices @ ..] => split::run(&split::Choices::parse(choices)?),
        // These are how the program starts itself in other processes.
        ["convert", from, to] => audio::convert(from.as_ref(), to.as_ref()),
        ["recognize", inputs, results, server, jobs, lasting] => {
            let (inputs, results) = (inputs.as_ref(), results.as_ref());
            batch::recognize(inputs, results, server.parse()?, jobs.parse()?, lasting.parse()?)
        }
        ["serve", audio] => server::run(audio.parse()?),
        ["ask", sent, address, milliseconds, least, clip] => {
            let until = emulator::Until { milliseconds: milliseconds.parse()?, least: least.parse()? };
            let asked = emulator::ask(sent, address.parse()?, until, clip.as_ref())?;
            println!("{}", serde_json::to_string(&asked)?);
            Ok(())
        }
        ["peer", peer, cell, address, milliseconds] => {
            let measured = peers::run(peer, cell.parse()?, address.parse()?, milliseconds.parse()?)?;
            println!("{}", serde_json::to_string(&measured)?);
            Ok(())
        }
        _ => Err(USAGE.into()),
    }
}
