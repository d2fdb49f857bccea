//! `stt-emulator conformance`.

use std::collections::BTreeSet;
use std::env;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::{ArgGroup, Args};

use crate::cli::failure::Failure;
use crate::cli::say;
use crate::cli::serve::{blocking, region};
use crate::config::{KEY_1, Profile};
use crate::conformance::{Interview, Manner, Questions, Recording, Target};
use crate::emulator::Emulator;
use crate::limits::Tier;
use crate::span::span;

#[derive(Args, Debug)]
#[command(group = ArgGroup::new("whom").args(["target", "region"]).required(true))]
pub(super) struct Options {
    /// The endpoint to ask: an emulator, or that of a Speech resource; http only on this machine
    #[arg(long, value_name = "URL")]
    target: Option<String>,
    /// The region of a Speech resource, in place of its endpoint
    #[arg(long, value_name = "ID", value_parser = region)]
    region: Option<String>,
    /// Where tokens are issued, if not where such an endpoint has it
    #[arg(long, value_name = "URL")]
    token_url: Option<String>,
    #[arg(long, value_name = "PATH", help = KEY_FILE)]
    key_file: Option<PathBuf>,
    /// Whom to follow where Microsoft's pages and observations of the service differ
    #[arg(long, value_enum, default_value_t)]
    profile: Profile,
    /// The tier of the resource, without which nobody asks how many requests may run at once
    #[arg(long, value_enum)]
    tier: Option<Tier>,
    /// Ask only about this rule; more than one is possible
    #[arg(long, value_name = "ID")]
    rule: Vec<String>,
    /// How long to wait before each request; 1s unless the target is on this machine
    #[arg(long, value_name = "SPAN", value_parser = span)]
    delay: Option<Duration>,
    /// How long an answer may take
    #[arg(long, value_name = "SPAN", value_parser = span, default_value = "30s")]
    timeout: Duration,
    /// Leave out questions whose answers take longer than this
    #[arg(long, value_name = "SPAN", value_parser = span, default_value = "10s")]
    patience: Duration,
    /// A recording of somebody who speaks, mono WAV or Ogg Opus, for a target that does not hear coded words
    #[arg(long, value_name = "FILE", requires = "text")]
    clip: Option<PathBuf>,
    /// What is said in the recording
    #[arg(long, value_name = "WORDS", requires = "clip")]
    text: Option<String>,
    /// The language of the recording
    #[arg(long, value_name = "LOCALE", default_value = "en-US")]
    language: String,
    /// Questions of your own, in place of those that come with the program
    #[arg(long, value_name = "FILE")]
    questions: Option<PathBuf>,
    /// Print all requests and answers as JSON
    #[arg(long)]
    json: bool,
    /// Also write that JSON into this file
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
}

impl Options {
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let token_url = self.token_url.as_deref();
        let target = match (&self.target, &self.region) {
            (Some(url), _) => Target::read(url, token_url)?,
            (None, region) => Target::of_region(region.as_deref().unwrap_or_default(), token_url)?,
        };
        let questions = match &self.questions {
            Some(path) => {
                let text = String::from_utf8(read(path)?).map_err(|error| unreadable(path, io::Error::other(error)))?;
                Questions::read(&text).map_err(|source| Failure::Questions { path: path.clone(), source })?
            }
            None => Questions::own(),
        };
        let manner = self.manner(&target)?;
        let report = blocking(async { Ok(Interview::new(target, manner)?.hold(&questions).await?) })?;
        let json = report.json();
        if let Some(path) = &self.report {
            fs::write(path, &json).map_err(|source| Failure::Write { path: path.clone(), source })?;
        }
        // Whoever closed the pipe wants no more of it.
        let _ = match self.json {
            true => io::stdout().write_all(json.as_bytes()),
            false => write!(io::stdout(), "{report}"),
        };
        Ok(if report.differs() { ExitCode::from(DIFFERS) } else { ExitCode::SUCCESS })
    }

    fn manner(&self, target: &Target) -> Result<Manner, Failure> {
        let known = |id: &&String| !Emulator::fidelity().iter().any(|rule| rule.id == id.as_str());
        if let Some(id) = self.rule.iter().find(known) {
            return Err(Failure::NoSuchRule(id.clone()));
        }
        let recording = match (&self.clip, &self.text) {
            (Some(path), Some(text)) => {
                let recording = Recording::read(&read(path)?, text.clone());
                Some(recording.ok_or_else(|| Failure::Unheard(path.clone()))?)
            }
            _ => None,
        };
        let usual = if target.is_local { Duration::ZERO } else { DELAY };
        Ok(Manner {
            key: self.key(target)?,
            profile: self.profile,
            tier: self.tier,
            delay: self.delay.unwrap_or(usual),
            limit: self.timeout,
            patience: self.patience,
            language: self.language.clone(),
            recording,
            only: self.rule.iter().cloned().collect::<BTreeSet<_>>(),
        })
    }

    /// The key, which is in a file or in the environment because others can read what is typed.
    fn key(&self, target: &Target) -> Result<String, Failure> {
        let (key, place) = match (&self.key_file, env::var_os(VARIABLE).filter(|key| !key.is_empty())) {
            (Some(path), _) => (String::from_utf8_lossy(&secret(path)?).into_owned(), path.display().to_string()),
            (None, Some(key)) => (key.to_string_lossy().into_owned(), VARIABLE.to_owned()),
            (None, None) if target.is_local => return Ok(KEY_1.to_owned()),
            (None, None) => return Err(Failure::NoKey),
        };
        let key = key.trim();
        match !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_graphic()) {
            true => Ok(key.to_owned()),
            false => Err(Failure::BadKey { place }),
        }
    }
}

/// The beginning of a file, which is more than any key; others should not be able to read it.
fn secret(path: &Path) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let read = match path == Path::new("-") {
        true => io::stdin().take(LONGEST_KEY).read_to_end(&mut bytes),
        false => File::open(path).and_then(|file| {
            warn_of_others(path, &file);
            file.take(LONGEST_KEY).read_to_end(&mut bytes)
        }),
    };
    read.map(|_| bytes).map_err(|source| unreadable(path, source))
}

#[cfg(unix)]
fn warn_of_others(path: &Path, file: &File) {
    use std::os::unix::fs::PermissionsExt;

    let mode = file.metadata().map_or(0, |about| if about.is_file() { about.permissions().mode() } else { 0 });
    if mode & 0o077 != 0 {
        say(&format!("warning: {} can be read by other users (mode {:04o})", path.display(), mode & 0o7777));
    }
}

#[cfg(not(unix))]
fn warn_of_others(_: &Path, _: &File) {}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    fs::read(path).map_err(|source| unreadable(path, source))
}

fn unreadable(path: &Path, source: io::Error) -> Failure {
    Failure::Read { path: path.to_owned(), source }
}

const KEY_FILE: &str = "The file that holds the key, or - for standard input [env: AZURE_SPEECH_KEY holds the key itself; \
                        on this machine it is the emulator's own unless told]";

const VARIABLE: &str = "AZURE_SPEECH_KEY";

/// Keys have 32 or 84 characters.
const LONGEST_KEY: u64 = 1_024;

/// As `diff` and `grep` say it.
const DIFFERS: u8 = 1;

/// The free tier takes one request at a time, and needs a moment to notice that the last one is over.
const DELAY: Duration = Duration::from_secs(1);
