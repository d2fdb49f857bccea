//! Many files into a folder of results: what the command costs beside the client library, and a second time.
//!
//! The emulator runs on one core, and on another the command and a small program take turns. That program does the same
//! recognitions with the library, as many at once, and writes each text into a file: once as anybody would, without
//! making sure that anything is on the disk, and once so that no crash loses what is there. It has no journal and no
//! hashes, so it cannot go on where it was ended.

mod figures;
mod library;

use std::{
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
    process::Command,
};

use tempfile::TempDir;

use self::figures::{Figures, Turn, Who};
use crate::{
    choices::Choices,
    clips::{Sent, TEXT},
    cost::Cost,
    meter::own_cpu_time,
    outcome::Outcome,
    process::{Busy, Pin, Spent, built},
    rounds::machine,
    served::Served,
};

pub(crate) use library::recognize;

/// Measures, and prints what came out.
pub(crate) fn run(choices: &Choices) -> Outcome<()> {
    let mut file = choices.json.as_ref().map(File::create).transpose()?;
    let (files, rounds) = if choices.quick { (2_000, 3) } else { (10_000, 9) };
    let folder = TempDir::new()?;
    let pin = Pin::find();
    let emulator = built("stt-emulator")?;
    let served = Served::start(pin, &emulator, &["--journal-audio", "none"])?;
    let bench = Bench { pin, program: built("stt")?, folder: folder.path(), served };
    eprintln!("{files} files");
    // With fewer, a run is over before its buffers have the size that they keep.
    let few = files / 2;
    bench.prepare(Who::Few.inputs(), few)?;
    bench.prepare(Who::Command.inputs(), files)?;
    let mut figures = Figures::default();
    for round in 0..rounds {
        eprintln!("round {} of {rounds}", round + 1);
        let mut order = [Who::Command, Who::Library, Who::Lasting];
        order.rotate_left(round % 3);
        for who in order {
            figures.turns.push(bench.turn(round, who, files)?);
        }
        figures.turns.push(bench.turn(round, Who::Again, files)?);
        figures.turns.push(bench.turn(round, Who::Few, few)?);
    }
    if let Some(file) = &mut file {
        for turn in &figures.turns {
            writeln!(file, "{}", turn.json())?;
        }
    }
    println!("{files} files of 2 s, {JOBS} at once, {rounds} rounds, {}.\n", machine());
    if !pin.pinned {
        println!("taskset cannot be used, so the processes were not kept on a CPU each: the figures say little.\n");
    }
    println!("{}\n{}", figures.costs(), figures.goals());
    Ok(())
}

/// Where and how the programs run.
struct Bench<'a> {
    pin: Pin,
    program: PathBuf,
    folder: &'a Path,
    served: Served,
}

impl Bench<'_> {
    /// Writes so many files, each a clip of two seconds, and sees to it that none of it is left to be written later.
    fn prepare(&self, name: &str, files: u32) -> Outcome<()> {
        let folder = self.folder.join(name);
        fs::create_dir(&folder)?;
        let clip = Sent::Wav.body()?;
        for number in 0..files {
            let mut file = File::create(folder.join(format!("{number:05}.wav")))?;
            file.write_all(&clip)?;
            file.sync_all()?;
        }
        Ok(())
    }

    fn turn(&self, round: usize, who: Who, files: u32) -> Outcome<Turn> {
        // Nothing is removed before the end: some file systems are slower where many files were removed just before.
        let results = self.folder.join(format!("{}-{round}", who.results()));
        let mut command = match who {
            Who::Library | Who::Lasting => self.library(who, &results)?,
            Who::Command | Who::Again | Who::Few => self.command(who, &results)?,
        };
        let (asked, own) = (self.served.asked()?, own_cpu_time());
        let before = Busy::read(self.served.process())?;
        let cost = Cost::of(&mut command)?;
        let Spent { wall, process, machine } = before.until_now()?;
        let requests = self.served.asked()? - asked;
        let own = own_cpu_time() - own + (cost.cpu * 1e9) as u64;
        let foreign = machine.saturating_sub(process + own) as f64 / wall as f64 * 100.0;
        check(&results, files)?;
        Ok(Turn { round, who, files, cost, requests, foreign })
    }

    /// The command as its users run it, with nothing of the environment that might change what it does.
    fn command(&self, who: Who, results: &Path) -> Outcome<Command> {
        let mut command = self.pin.beside(self.program.to_str().ok_or("the path of the program is not UTF-8")?);
        command.args(["transcribe", "-l", "en-US", "-j", &JOBS.to_string(), who.inputs(), "-O"]).arg(results);
        command.current_dir(self.folder).env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("AZURE_SPEECH_ENDPOINT", format!("http://{}", self.served.address));
        command.env("AZURE_SPEECH_KEY", stt_emulator::KEY_1);
        Ok(command)
    }

    fn library(&self, who: Who, results: &Path) -> Outcome<Command> {
        fs::create_dir(results)?;
        let mut command = self.pin.own_beside()?;
        command.args(["recognize", who.inputs()]).arg(results);
        let lasting = who == Who::Lasting;
        command.args([self.served.address.to_string(), JOBS.to_string(), lasting.to_string()]);
        command.current_dir(self.folder);
        Ok(command)
    }
}

/// Every file of results must be there and right: whoever loses some is no faster.
fn check(results: &Path, files: u32) -> Outcome<()> {
    for number in 0..files {
        let path = results.join(format!("{number:05}.txt"));
        let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        if text.strip_suffix('\n') != Some(TEXT) {
            return Err(format!("{} holds {text:?}", path.display()).into());
        }
    }
    Ok(())
}

/// How many requests are under way at once.
const JOBS: u32 = 16;
