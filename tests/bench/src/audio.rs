//! The conversion of audio to 16 kHz mono beside ffmpeg and sox.
//!
//! Every program converts the same files in processes of its own, on one core, and all take turns. What they make of
//! sweeps and tones is compared with what these are by arithmetic.

mod figures;
mod material;
mod program;
mod quality;

use std::{
    error::Error,
    fs::File,
    io::Write,
    path::{Path, PathBuf},
    time::Instant,
};

use stt_audio::{Channel, Inspection, Pcm16k, WavWriter, open};
use tempfile::TempDir;

use self::{
    figures::{Figures, Growth, Turn},
    material::Format,
    program::Program,
};
use crate::{choices::Choices, outcome::Outcome, process::Pin, rounds::machine, spread::spread};

/// Measures, and prints what came out.
pub(crate) fn run(choices: &Choices) -> Outcome<()> {
    let mut file = choices.json.as_ref().map(File::create).transpose()?;
    let (minutes, long, rounds) = if choices.quick { (1, 10, 3) } else { (10, 60, 5) };
    let directory = TempDir::new()?;
    let bench = Bench { pin: Pin::find(), directory: directory.path() };
    let (programs, missing): (Vec<_>, Vec<_>) = Program::ALL.into_iter().partition(|program| program.is_there());
    for program in missing {
        println!("{program} was left out, because it is not installed.\n");
    }
    let mut figures = Figures::default();
    let mut formats = Vec::new();
    for format in Format::ALL {
        eprintln!("{format}, {minutes} min");
        match format.write(60 * minutes, &bench.input(format)) {
            Ok(()) => formats.push(format),
            Err(error) => println!("{format} was left out: {error}\n"),
        }
        if formats.last() == Some(&format) {
            for cost in bench.costs(format, &programs, rounds)? {
                if let Some(file) = &mut file {
                    writeln!(file, "{}", cost.json(60 * minutes))?;
                }
                figures.costs.push(cost);
            }
        }
    }
    for &program in &programs {
        for rate in [44_100, 48_000] {
            eprintln!("{program} from {rate} Hz");
            figures.qualities.push((program, rate, quality::measure(program, bench.pin, rate, bench.directory)?));
        }
    }
    for format in formats {
        eprintln!("{format}, {long} min");
        figures.growths.push(bench.growth(format, long)?);
    }
    println!("{rounds} rounds of {minutes} min of audio, {}.\n", machine());
    println!("{}\n{}\n{}\n{}", figures.costs(), figures.growths(long), figures.qualities(), figures.goals());
    Ok(())
}

/// Where and how the programs run.
struct Bench<'a> {
    pin: Pin,
    directory: &'a Path,
}

impl Bench<'_> {
    fn input(&self, format: Format) -> PathBuf {
        self.directory.join(format!("some.{}", format.extension()))
    }

    /// What the programs that can read a format cost, in turns whose order moves on from round to round.
    fn costs(&self, format: Format, programs: &[Program], rounds: usize) -> Outcome<Vec<Turn>> {
        let input = self.input(format);
        let convert = |program: &Program| program.convert(self.pin, &input, self.directory);
        let mut able: Vec<Program> = programs.iter().copied().filter(|program| convert(program).is_ok()).collect();
        let mut turns = Vec::new();
        for round in 0..rounds {
            for program in &able {
                turns.push(Turn { format, program: *program, round, cost: convert(program)? });
            }
            if !able.is_empty() {
                able.rotate_left(1);
            }
        }
        Ok(turns)
    }

    /// What a long file costs more than a short one.
    fn growth(&self, format: Format, minutes: u32) -> Outcome<Growth> {
        let input = self.input(format);
        let peak = |minutes: u32| {
            format.write(60 * minutes, &input)?;
            Ok::<_, Box<dyn Error>>(Program::Own.convert(self.pin, &input, self.directory)?.rss)
        };
        let (short, long) = (peak(1)?, peak(minutes)?);
        let looks = (0..LOOKS).map(|_| look(&input)).collect::<Outcome<_>>()?;
        Ok(Growth { format, short, long, look: spread(looks).ok_or("nothing was looked at")? })
    }
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
