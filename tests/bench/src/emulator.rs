//! The emulator: how soon it is ready, how much it answers on one core, and what it holds in memory.
//!
//! The program runs as its users run it, on one core; a small client on another core asks it over a few connections at
//! once. It takes turns with a server that only counts the bytes of the same requests, which shows what HTTP costs.

mod asker;
mod figures;

use std::{
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
    process::Stdio,
};

use serde_json::json;
use tempfile::TempDir;

use self::{
    asker::Asked,
    figures::{Figures, Memory, Turn},
};
use crate::{
    choices::Choices,
    clips::{Sent, WAV_BYTES},
    outcome::Outcome,
    process::{Busy, Pin, Server, built},
    rounds::machine,
    served::Served,
};

pub(crate) use asker::{Until, ask};

/// Measures, and prints what came out.
pub(crate) fn run(choices: &Choices) -> Outcome<()> {
    let mut file = choices.json.as_ref().map(File::create).transpose()?;
    let (starts, rounds, milliseconds) = if choices.quick { (5, 3, 300) } else { (25, 9, 1_000) };
    let folder = TempDir::new()?;
    let bench = Bench { pin: Pin::find(), program: built("stt-emulator")?, folder: folder.path(), milliseconds };
    let mut figures = Figures::default();
    eprintln!("{starts} starts");
    for _ in 0..starts {
        figures.ready.push(bench.served(&[])?.ready.as_secs_f64() * 1000.0);
    }
    let turns = bench.turns(rounds)?;
    if let Some(file) = &mut file {
        for ready in &figures.ready {
            writeln!(file, "{}", json!({"what": "ready", "milliseconds": ready}))?;
        }
        for turn in &turns {
            writeln!(file, "{}", turn.json())?;
        }
    }
    figures.turns = turns;
    eprintln!("memory");
    let memory = bench.memory()?;
    if let Some(file) = &mut file {
        writeln!(file, "{}", memory.json())?;
    }
    figures.memory = Some(memory);
    println!("{starts} starts, {rounds} rounds of {milliseconds} ms each, {}.\n", machine());
    if !bench.pin.pinned {
        println!("taskset cannot be used, so the processes were not kept on a CPU each: the figures say little.\n");
    }
    println!("{}\n{}", figures.rates(), figures.goals());
    Ok(())
}

/// Where and how the programs run.
struct Bench<'a> {
    pin: Pin,
    program: PathBuf,
    folder: &'a Path,
    milliseconds: u64,
}

impl Bench<'_> {
    fn served(&self, options: &[&str]) -> Outcome<Served> {
        Served::start(self.pin, &self.program, options)
    }

    /// Every kind of request in every round, in an order that moves on from round to round.
    fn turns(&self, rounds: usize) -> Outcome<Vec<Turn>> {
        let served = self.served(&[])?;
        let floor = Server::start(self.pin, WAV_BYTES)?;
        for sent in Sent::ALL {
            fs::write(self.clip(sent), sent.body()?)?;
        }
        let mut order = Sent::ALL;
        let mut turns = Vec::new();
        for round in 0..rounds {
            eprintln!("round {} of {rounds}", round + 1);
            for sent in order {
                let (address, process) = match sent {
                    Sent::Counted => (floor.address, floor.process()),
                    Sent::Wav | Sent::Opus | Sent::OtherOpus => (served.address, served.process()),
                };
                let before = Busy::read(process)?;
                let asked = self.ask(sent, &address.to_string(), self.milliseconds, 0)?;
                turns.push(Turn { round, sent, asked, spent: before.until_now()? });
            }
            order.rotate_left(1);
        }
        Ok(turns)
    }

    /// The client in its process, for so long, and for as many requests at least.
    fn ask(&self, sent: Sent, address: &str, milliseconds: u64, least: u64) -> Outcome<Asked> {
        let (milliseconds, least) = (milliseconds.to_string(), least.to_string());
        let mut command = self.pin.own_beside()?;
        command.args(["ask", sent.name(), address, &milliseconds, &least]).arg(self.clip(sent));
        let output = command.stdin(Stdio::null()).stderr(Stdio::inherit()).output()?;
        if !output.status.success() {
            return Err(format!("the client ended with {}", output.status).into());
        }
        Ok(serde_json::from_slice(&output.stdout)?)
    }

    /// What the emulator holds when nobody has asked it, with a full journal, and when as much again has been asked.
    fn memory(&self) -> Outcome<Memory> {
        let served = self.served(&["--journal-audio", "none"])?;
        let address = served.address.to_string();
        served.get("health")?;
        let idle = served.memory()?;
        let asked = self.ask(Sent::Wav, &address, 0, JOURNAL)?.all;
        let full = served.memory()?;
        let all = asked + self.ask(Sent::Wav, &address, 0, JOURNAL)?.all;
        let overfull = served.memory()?;
        let kept: Vec<serde_json::Value> = serde_json::from_str(&served.get("requests")?)?;
        let of = |entry: Option<&serde_json::Value>| entry.and_then(|entry| entry["id"].as_u64()).unwrap_or(0);
        Ok(Memory {
            idle,
            full,
            overfull,
            all,
            kept: kept.len() as u64,
            oldest: of(kept.first()),
            last: of(kept.last()),
        })
    }

    fn clip(&self, sent: Sent) -> PathBuf {
        self.folder.join(sent.name())
    }
}

/// How many requests the journal keeps unless told otherwise.
const JOURNAL: u64 = 10_000;
