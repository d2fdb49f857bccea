//! What goes wrong on the command line, and the exit code for it.

use std::error::Error;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use thiserror::Error;

use crate::audio::{SynthError, TagError};
use crate::cli::say;
use crate::hearing::AudioDirError;

#[derive(Debug, Error)]
pub(super) enum Failure {
    #[error(transparent)]
    AudioDir(#[from] AudioDirError),
    #[error("{}: cannot be tagged", path.display())]
    Tag { path: PathBuf, source: TagError },
    #[error("{}: cannot run", command.display())]
    Command { command: PathBuf, source: io::Error },
    #[error("the clip cannot be made")]
    Synth(#[from] SynthError),
    #[error("{}: cannot be read", path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error("{}: cannot be written", path.display())]
    Write { path: PathBuf, source: io::Error },
    #[error("cannot listen on {address}")]
    Listen { address: SocketAddr, source: io::Error },
    #[error("no emulator answers at {endpoint}")]
    NotHealthy { endpoint: String, source: io::Error },
    #[error("the clip and its times cannot both be written to standard output")]
    OneOutput,
    #[error("the port 0 is not known before an emulator listens")]
    PortUnknown,
    /// Each line says all there is to say.
    #[error("{0}")]
    Scenario(String),
    #[error("cannot start")]
    Start(#[source] io::Error),
}

impl Failure {
    /// Says what happened, why, and what may help; the answer is the exit code.
    pub(super) fn report(&self) -> ExitCode {
        say(&self.to_string());
        let mut source = self.source();
        while let Some(why) = source {
            say(&format!("why: {why}"));
            source = why.source();
        }
        if let Some(hint) = self.hint() {
            say(&format!("hint: {hint}"));
        }
        ExitCode::from(self.code())
    }

    fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Listen { .. } => Some("--listen 127.0.0.1:0 takes a free port"),
            Self::Scenario(_) => Some("stt-emulator scenarios schema prints what may stand there"),
            Self::PortUnknown => Some("--listen with the port of the emulator"),
            _ => None,
        }
    }

    fn code(&self) -> u8 {
        match self {
            // What scripts and container health checks expect of a probe.
            Self::NotHealthy { .. } => 1,
            Self::Listen { .. }
            | Self::OneOutput
            | Self::PortUnknown
            | Self::Scenario(_)
            | Self::Start(_)
            | Self::Synth(_) => 2,
            Self::AudioDir(_) | Self::Read { .. } | Self::Tag { .. } | Self::Write { .. } => 3,
            // What a shell says of a command that it cannot find.
            Self::Command { .. } => 127,
        }
    }
}
