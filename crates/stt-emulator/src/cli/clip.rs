//! `stt-emulator synth`, `stt-emulator tag` and `stt-emulator hash`.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;

use crate::audio::{SynthOptions, noise, sample_hash, silence, synth, tag};
use crate::cli::failure::Failure;

#[derive(Args, Debug)]
pub(super) struct Synth {
    /// What the clip says; `morning[62]` is a word that is pronounced with 62 of 100 points
    #[arg(required_unless_present_any = ["silence", "noise"], conflicts_with_all = ["silence", "noise"])]
    text: Option<String>,
    /// Where to write the clip, a WAV file of 16-bit mono PCM
    #[arg(short, long, value_name = "OUT.wav")]
    output: PathBuf,
    /// The language of the words; without it they are heard whatever language is asked for
    #[arg(long, value_name = "LOCALE", requires = "text")]
    language: Option<String>,
    /// Samples per second
    #[arg(long, value_name = "HZ", default_value_t = 16_000)]
    rate: u32,
    /// Silence before the first word, in milliseconds
    #[arg(long, value_name = "MS", requires = "text")]
    lead_in: Option<u64>,
    /// Silence between two words, in milliseconds; four times as much between sentences
    #[arg(long, value_name = "MS", requires = "text")]
    pause: Option<u64>,
    /// Nothing but silence, so many seconds of it
    #[arg(long, value_name = "SECONDS", value_parser = seconds, conflicts_with = "noise")]
    silence: Option<Duration>,
    /// Nothing but noise, so many seconds of it
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    noise: Option<Duration>,
    /// Which noise: the same number makes the same clip
    #[arg(long, value_name = "N", requires = "noise")]
    seed: Option<u64>,
}

impl Synth {
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let clip = if let Some(length) = self.silence {
            silence(length, self.rate)?
        } else if let Some(length) = self.noise {
            noise(length, self.rate, self.seed.unwrap_or_default())?
        } else {
            let defaults = SynthOptions::default();
            let options = SynthOptions {
                language: self.language,
                lead_in: self.lead_in.map_or(defaults.lead_in, Duration::from_millis),
                pause: self.pause.map_or(defaults.pause, Duration::from_millis),
                rate: self.rate,
            };
            synth(&self.text.unwrap_or_default(), &options)?
        };
        write(&self.output, &clip)?;
        Ok(ExitCode::SUCCESS)
    }
}

#[derive(Args, Debug)]
pub(super) struct Tag {
    /// A WAV or Ogg Opus file
    file: PathBuf,
    /// What the emulator is to hear in the file
    #[arg(long, value_name = "TRANSCRIPT")]
    text: String,
    /// The language of the transcript; without it the words are heard whatever language is asked for
    #[arg(long, value_name = "LOCALE")]
    language: Option<String>,
    /// Where to write the result; the file itself unless told otherwise
    #[arg(short, long, value_name = "OUT")]
    output: Option<PathBuf>,
}

impl Tag {
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let path = self.file;
        let file = read(&path)?;
        let tagged = match tag(&file, &self.text, self.language.as_deref()) {
            Ok(tagged) => tagged,
            Err(source) => return Err(Failure::Tag { path, source }),
        };
        write(&self.output.unwrap_or(path), &tagged)?;
        Ok(ExitCode::SUCCESS)
    }
}

#[derive(Args, Debug)]
pub(super) struct Hash {
    /// A WAV or Ogg Opus file
    file: PathBuf,
}

impl Hash {
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let hash = sample_hash(&read(&self.file)?);
        // Whoever closed the pipe wants no more of it.
        let _ = writeln!(io::stdout(), "{hash}");
        Ok(ExitCode::SUCCESS)
    }
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    fs::read(path).map_err(|source| {
        let path = path.to_owned();
        Failure::Read { path, source }
    })
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    fs::write(path, bytes).map_err(|source| {
        let path = path.to_owned();
        Failure::Write { path, source }
    })
}

fn seconds(text: &str) -> Result<Duration, &'static str> {
    let number = text.parse().ok();
    number.and_then(|it| Duration::try_from_secs_f64(it).ok()).ok_or("a number of seconds")
}
