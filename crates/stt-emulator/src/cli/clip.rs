//! `stt-emulator synth`, `stt-emulator tag` and `stt-emulator hash`.

use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::{ArgGroup, Args};

use crate::audio::{HeardStep, Speech, SynthOptions, hear, noise, sample_hash, silence, tag};
use crate::cli::failure::Failure;
use crate::cli::say;
use crate::span::span;

#[derive(Args, Debug)]
#[command(group = ArgGroup::new("said").args(["text", "text_file"]))]
pub(super) struct Synth {
    /// What the clip says; `morning[62]` is a word that is pronounced with 62 of 100 points
    #[arg(required_unless_present_any = ["text_file", "silence", "noise"], conflicts_with_all = ["silence", "noise"])]
    text: Option<String>,
    /// A file with what the clip says; - is standard input
    #[arg(long, value_name = "PATH", conflicts_with_all = ["silence", "noise"])]
    text_file: Option<PathBuf>,
    /// Where to write the clip, a WAV file of 16-bit PCM; - is standard output
    #[arg(short, long, value_name = "OUT.wav")]
    output: PathBuf,
    /// Also write when each word is said: a table of offset and duration in ticks of 100 ns, and the word
    #[arg(long, value_name = "OUT.tsv", requires = "said")]
    times: Option<PathBuf>,
    /// The language of the words; without it they are heard whatever language is asked for
    #[arg(long, value_name = "LOCALE", requires = "said")]
    language: Option<String>,
    /// Samples per second
    #[arg(long, value_name = "HZ", default_value_t = 16_000)]
    rate: u32,
    /// Two channels that say the same; the emulator hears only clips with one
    #[arg(long, requires = "said")]
    stereo: bool,
    /// Silence before the first word, such as 250ms
    #[arg(long, value_name = "SPAN", value_parser = span, requires = "said")]
    lead_in: Option<Duration>,
    /// Silence between two words, such as 100ms
    #[arg(long, value_name = "SPAN", value_parser = span, requires = "said")]
    pause: Option<Duration>,
    /// Silence between two sentences; four times that between words unless told otherwise
    #[arg(long, value_name = "SPAN", value_parser = span, requires = "said")]
    sentence_pause: Option<Duration>,
    /// Nothing but silence, so much of it
    #[arg(long, value_name = "SPAN", value_parser = span, conflicts_with = "noise")]
    silence: Option<Duration>,
    /// Nothing but noise, so much of it
    #[arg(long, value_name = "SPAN", value_parser = span)]
    noise: Option<Duration>,
    /// Which noise: the same number makes the same clip
    #[arg(long, value_name = "N", requires = "noise")]
    seed: Option<u64>,
}

impl Synth {
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        if let Some(length) = self.silence {
            write(&self.output, &silence(length, self.rate)?)?;
        } else if let Some(length) = self.noise {
            write(&self.output, &noise(length, self.rate, self.seed.unwrap_or_default())?)?;
        } else {
            self.speak()?;
        }
        Ok(ExitCode::SUCCESS)
    }

    fn speak(self) -> Result<(), Failure> {
        if self.times.as_deref().is_some_and(is_standard) && is_standard(&self.output) {
            return Err(Failure::OneOutput);
        }
        let text = match &self.text_file {
            Some(path) => text(path)?,
            None => self.text.unwrap_or_default(),
        };
        let defaults = SynthOptions::default();
        let options = SynthOptions {
            language: self.language,
            lead_in: self.lead_in.unwrap_or(defaults.lead_in),
            pause: self.pause.unwrap_or(defaults.pause),
            sentence_pause: self.sentence_pause,
            stereo: self.stereo,
            rate: self.rate,
        };
        let speech = Speech::new(&text, &options)?;
        written(&self.output, |file| speech.write(file))?;
        match &self.times {
            Some(path) => written(path, |file| times(&speech, file)),
            None => Ok(()),
        }
    }
}

/// One line for each word; no word holds a tab.
fn times(speech: &Speech, file: &mut impl Write) -> io::Result<()> {
    writeln!(file, "offset\tduration\tword")?;
    speech.words().iter().try_for_each(|word| writeln!(file, "{}\t{}\t{}", word.offset, word.duration, word.text))
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
    /// Where to write the result; the file itself unless told otherwise, - is standard output
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
        let heard = hear(&tagged);
        if heard.step != HeardStep::Metadata && !self.text.trim().is_empty() {
            say(&format!("warning: {}: the transcript will not be heard: {}", path.display(), heard.reason));
        }
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

/// Whether a path stands for standard input or output.
fn is_standard(path: &Path) -> bool {
    path == Path::new("-")
}

fn text(path: &Path) -> Result<String, Failure> {
    let bytes = if is_standard(path) {
        let mut bytes = Vec::new();
        let read = io::stdin().read_to_end(&mut bytes);
        read.map(|_| bytes).map_err(|source| Failure::Read { path: path.to_owned(), source })?
    } else {
        read(path)?
    };
    String::from_utf8(bytes).map_err(|error| {
        let source = io::Error::new(io::ErrorKind::InvalidData, error);
        Failure::Read { path: path.to_owned(), source }
    })
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    fs::read(path).map_err(|source| {
        let path = path.to_owned();
        Failure::Read { path, source }
    })
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    written(path, |file| file.write_all(bytes))
}

/// Writes a file or standard output, a piece at a time.
fn written(path: &Path, write: impl FnOnce(&mut BufWriter<Box<dyn Write>>) -> io::Result<()>) -> Result<(), Failure> {
    let open = || -> io::Result<Box<dyn Write>> {
        if is_standard(path) { Ok(Box::new(io::stdout().lock())) } else { Ok(Box::new(File::create(path)?)) }
    };
    let written = open().and_then(|file| {
        let mut file = BufWriter::new(file);
        write(&mut file)?;
        file.flush()
    });
    written.map_err(|source| {
        let path = path.to_owned();
        Failure::Write { path, source }
    })
}
