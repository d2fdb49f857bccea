//! `stt-emulator serve`.

use std::fs;
use std::future::Future;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{self, ExitCode};
use std::time::Duration;

use clap::{Args, ValueEnum};
use serde::Serialize;
use tokio::runtime;

use crate::builder::Builder;
use crate::cli::failure::Failure;
use crate::cli::hearing::Hearing;
use crate::cli::signals::Signals;
use crate::cli::tls::Secured;
use crate::cli::{say, scenarios};
use crate::config::{Keys, Profile};
use crate::emulator::Emulator;
use crate::latency::Latency;
use crate::limits::{Rate, Tier};
use crate::running::Running;
use crate::span::span;

/// Where an emulator listens unless told otherwise.
pub(super) const ADDRESS: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 10_788);

#[derive(Args, Debug)]
pub(super) struct Options {
    /// Where to listen; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", default_value_t = ADDRESS)]
    listen: SocketAddr,
    #[command(flatten)]
    behaviour: Behaviour,
    /// Also write the line that says where it listens into this file, which goes when the emulator stops
    #[arg(long, value_name = "PATH")]
    ready_file: Option<PathBuf>,
}

/// What an emulator is like, wherever it listens.
#[derive(Args, Debug)]
pub(super) struct Behaviour {
    /// Which keys are accepted
    #[arg(long, value_enum, default_value_t)]
    keys: Keys,
    /// Refuse keys that look like those of a real resource, in place of warning about them
    #[arg(long)]
    reject_real_keys: bool,
    /// Whom to follow where Microsoft's pages and observations of the service differ
    #[arg(long, value_enum, default_value_t)]
    profile: Profile,
    /// How long access tokens last
    #[arg(long, value_name = "SPAN", value_parser = span, default_value = "600s")]
    token_ttl: Duration,
    /// How many recognitions may run at once for each tenant: 1 or 100
    #[arg(long, value_enum, default_value_t)]
    tier: Tier,
    /// How many recognitions may run at once for each tenant, whatever its tier
    #[arg(long, value_name = "N")]
    max_concurrent: Option<usize>,
    /// How many recognitions may begin in a time for each tenant, such as 10/s, 600/m or 1000/h
    #[arg(long, value_name = "N/UNIT")]
    rate: Option<Rate>,
    /// How long a recognition takes: 200ms, 200ms±50ms, 0.3x (of the length of the audio) or 100ms+0.3x
    #[arg(long, value_name = "SPEC", default_value = "0ms")]
    latency: Latency,
    /// What chance begins with
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
    #[command(flatten)]
    hearing: Hearing,
    #[command(flatten)]
    pub(super) tls: Secured,
    /// Canned answers and faults: a file in TOML, or in JSON where its name ends in .json; more than one is possible
    #[arg(long, value_name = "FILE")]
    scenario: Vec<PathBuf>,
    /// How many connections may be open, at least 2: for the next one, that which has waited longest is closed
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(2..), default_value_t = 500)]
    max_connections: u32,
    /// The largest body that is taken
    #[arg(long, value_name = "BYTES", default_value_t = crate::config::MAX_BODY)]
    max_body: usize,
    /// How many requests the journal keeps
    #[arg(long, value_name = "N", default_value_t = crate::config::JOURNAL_LIMIT)]
    journal_limit: usize,
    /// Whether the journal keeps the audio, in memory
    #[arg(long, value_enum, default_value_t)]
    journal_audio: JournalAudio,
    /// How much audio the journal keeps; the oldest is forgotten
    #[arg(long, value_name = "BYTES", default_value_t = crate::config::AUDIO_LIMIT)]
    journal_audio_limit: usize,
    /// The name of the region that tokens carry
    #[arg(long, value_name = "NAME", value_parser = region, default_value = "emulator")]
    pub(super) region: String,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum JournalAudio {
    #[default]
    Keep,
    None,
}

impl JournalAudio {
    fn limit(self, bytes: usize) -> usize {
        match self {
            Self::Keep => bytes,
            Self::None => 0,
        }
    }
}

impl Behaviour {
    pub(super) fn builder(&self, listen: SocketAddr) -> Result<Builder, Failure> {
        let builder = Emulator::builder().tier(self.tier).latency(self.latency).seed(self.seed);
        let builder = self.max_concurrent.into_iter().fold(builder, Builder::max_concurrent);
        let builder = self.rate.into_iter().fold(builder, Builder::rate);
        let mut builder = builder
            .listen(listen)
            .keys(self.keys)
            .reject_real_keys(self.reject_real_keys)
            .profile(self.profile)
            .token_ttl(self.token_ttl)
            .max_connections(usize::try_from(self.max_connections).unwrap_or(usize::MAX))
            .max_body(self.max_body)
            .journal_limit(self.journal_limit)
            .journal_audio(self.journal_audio.limit(self.journal_audio_limit))
            .region(self.region.clone());
        for path in &self.scenario {
            builder = builder.scenario(scenarios::read(path)?);
        }
        self.hearing.told(self.tls.told(builder))
    }
}

impl Options {
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        blocking(async {
            let mut signals = Signals::catch().map_err(Failure::Start)?;
            let running = start(self.behaviour.builder(self.listen)?, self.listen).await?;
            say(&format!(
                "stt-emulator {} at {}, which never recognizes speech; Ctrl-C stops it",
                env!("CARGO_PKG_VERSION"),
                running.endpoint(),
            ));
            if !running.address().ip().is_loopback() {
                say(&format!("warning: everybody who reaches {} can use it", running.address()));
            }
            let _ca = self.behaviour.tls.write(&running)?;
            let ready = Ready::of(&running);
            if let Some(path) = &self.ready_file {
                ready.write(path)?;
            }
            // A parent that does not read the line may have closed the pipe.
            let _ = writeln!(io::stdout(), "{}", ready.line()).and_then(|()| io::stdout().flush());
            tokio::select! {
                _ = signals.next() => {}
                () = running.emulator().asked_to_stop() => {}
            }
            drop(ready);
            running.stop().await;
            if let Some(path) = &self.ready_file {
                let _ = fs::remove_file(path);
            }
            Ok(ExitCode::SUCCESS)
        })
    }
}

/// The one line on standard output, whose fields stand in this order.
#[derive(Debug, Serialize)]
struct Ready<'a> {
    event: &'static str,
    endpoint: String,
    token_endpoint: String,
    admin: String,
    key: &'static str,
    region: String,
    pid: u32,
    /// The authority that clients have to trust, as PEM.
    #[serde(skip_serializing_if = "Option::is_none")]
    ca: Option<&'a str>,
}

impl<'a> Ready<'a> {
    fn of(running: &'a Running) -> Self {
        Self {
            event: "ready",
            endpoint: running.endpoint(),
            token_endpoint: running.token_endpoint(),
            admin: running.admin(),
            key: running.key(),
            region: running.region().to_owned(),
            pid: process::id(),
            ca: running.ca(),
        }
    }

    fn line(&self) -> String {
        serde_json::to_string(self).expect("strings and a number")
    }

    /// Whoever waits for the file must not find it half written.
    fn write(&self, path: &Path) -> Result<(), Failure> {
        let mut beside = path.as_os_str().to_owned();
        beside.push(format!(".{}", self.pid));
        let written = fs::write(&beside, self.line() + "\n");
        let renamed = written.and_then(|()| fs::rename(&beside, path));
        renamed.map_err(|source| {
            let path = path.to_owned();
            Failure::Write { path, source }
        })
    }
}

/// Runs `work` on this thread, with a pool beside it for listening to audio.
pub(super) fn blocking<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(Failure::Start)?;
    let done = runtime.block_on(work);
    // A recognition that is still running has nobody left to answer.
    runtime.shutdown_background();
    done
}

pub(super) async fn start(builder: Builder, address: SocketAddr) -> Result<Running, Failure> {
    builder.start().await.map_err(|source| Failure::Listen { address, source })
}

/// A name that needs no quotes in any shell.
pub(super) fn region(text: &str) -> Result<String, &'static str> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    match !text.is_empty() && text.bytes().all(plain) {
        true => Ok(text.to_owned()),
        false => Err("a region is letters, digits and hyphens"),
    }
}
