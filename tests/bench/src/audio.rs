//! The conversion of audio to 16 kHz mono beside ffmpeg and sox.
//!
//! Every program converts the same files in processes of its own, on one core, and all take turns. What they make of
//! sweeps and tones is compared with what these are by arithmetic.

mod cost;
mod figures;
mod material;
mod program;
mod quality;

use std::{fs::File, io::Write, path::Path, time::Instant};

use serde_json::json;
use stt_audio::{Channel, Inspection, Pcm16k, WavWriter, open};
use tempfile::TempDir;

use self::{cost::Cost, figures::Figures, material::Format, program::Program};
use crate::{choices::Choices, outcome::Outcome, process::Pin, rounds::machine, spread::spread};

/// Measures, and prints what came out.
pub(crate) fn run(choices: &Choices) -> Outcome<()> {
    let mut file = choices.json.as_ref().map(File::create).transpose()?;
    let (minutes, long, rounds) = if choices.quick { (1, 10, 3) } else { (10, 60, 5) };
    let directory = TempDir::new()?;
    let pin = Pin::find();
    let mut figures = Figures::default();
    for program in Program::ALL.into_iter().filter(|program| !program.is_there()) {
        println!("{program} was left out, because it is not installed.\n");
    }
    for format in Format::ALL {
        eprintln!("{format}");
        let input = directory.path().join(format!("some.{}", format.extension()));
        if let Err(error) = format.write(minutes * 60, &input) {
            println!("{format} was left out: {error}\n");
            continue;
        }
        let able: Vec<Program> =
            Program::ALL.into_iter().filter(|program| program.convert(pin, &input, directory.path()).is_ok()).collect();
        for round in 0..rounds {
            let mut turn = able.clone();
            turn.rotate_left(round % able.len().max(1));
            for program in turn {
                let cost = program.convert(pin, &input, directory.path())?;
                if let Some(file) = &mut file {
                    let Cost { cpu, rss } = cost;
                    let line = json!({"format": format.name(), "program": program.name(), "round": round,
                        "seconds": minutes * 60, "cpu": cpu, "rss": rss});
                    writeln!(file, "{line}")?;
                }
                figures.costs.push((format, program, round, cost));
            }
        }
        let mut memory = Vec::new();
        for length in [60, long * 60] {
            format.write(length, &input)?;
            memory.extend(Program::Own.convert(pin, &input, directory.path()).ok().map(|cost| cost.rss));
        }
        if let [short, long] = memory[..] {
            figures.memory.push((format, short, long));
        }
        figures.looks.extend(spread((0..LOOKS).map(|_| look(&input)).collect::<Outcome<_>>()?).map(|s| (format, s)));
    }
    eprintln!("quality");
    for program in Program::ALL.into_iter().filter(|program| program.is_there()) {
        for rate in [44_100, 48_000] {
            figures.qualities.push((program, rate, quality::measure(program, pin, rate, directory.path())?));
        }
    }
    println!("{rounds} rounds of {minutes} min of audio, {}.\n", machine());
    println!("{}\n{}\n{}\n{}", figures.costs(), figures.inspections(long), figures.qualities(), figures.goals());
    Ok(())
}

/// What the program that is measured does: any audio into a WAV as the service documents it.
pub(crate) fn convert(from: &Path, to: &Path) -> Outcome<()> {
    let mut pcm = Pcm16k::new(open(File::open(from)?)?, Channel::Mix);
    let mut wav = WavWriter::new(File::create(to)?, 16_000, None)?;
    while let Some(samples) = pcm.next_block()? {
        wav.write(samples)?;
    }
    wav.finish()?;
    Ok(())
}

/// How many milliseconds it takes to look what a file is.
fn look(path: &Path) -> Outcome<f64> {
    let began = Instant::now();
    Inspection::of_file(&mut File::open(path)?)?;
    Ok(began.elapsed().as_secs_f64() * 1000.0)
}

/// How often a file is looked at.
const LOOKS: usize = 21;
