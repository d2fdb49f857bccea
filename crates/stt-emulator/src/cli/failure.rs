//! What goes wrong on the command line, and the exit code for it.

use std::error::Error;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use thiserror::Error;

use crate::audio::{SynthError, TagError};
use crate::cli::say;
use crate::conformance::{InterviewError, QuestionsError, TargetError};
use crate::hearing::AudioDirError;

#[derive(Debug, Error)]
pub(super) enum Failure {
    #[error(transparent)]
    AudioDir(#[from] AudioDirError),
    #[error("the key in {place} is empty, or no key")]
    BadKey { place: String },
    #[error(transparent)]
    Interview(#[from] InterviewError),
    #[error("there is no key for the target")]
    NoKey,
    #[error("there is no rule {0:?}")]
    NoSuchRule(String),
    #[error("{}: of no use as questions", path.display())]
    Questions { path: PathBuf, source: QuestionsError },
    #[error(transparent)]
    Target(#[from] TargetError),
    #[error("{}: nothing can be heard in it", .0.display())]
    Unheard(PathBuf),
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
            Self::Interview(InterviewError::Refused { .. }) => {
                Some("--key-file or AZURE_SPEECH_KEY with a key of the resource; keys work only in their own region")
            }
            Self::Interview(InterviewError::Unreachable { .. }) => {
                Some("stt-emulator exec -- sh -c 'stt-emulator conformance --target $AZURE_SPEECH_ENDPOINT'")
            }
            Self::NoKey => Some("--key-file PATH, or the key in AZURE_SPEECH_KEY"),
            Self::NoSuchRule(_) => {
                Some("/__emulator/fidelity of a running emulator lists them, and so does docs/fidelity.md")
            }
            Self::Unheard(_) => Some("mono WAV of PCM, or mono Ogg Opus; stt convert makes it of other audio"),
            _ => None,
        }
    }

    fn code(&self) -> u8 {
        match self {
            // What scripts and container health checks expect of a probe.
            Self::NotHealthy { .. } => 1,
            Self::BadKey { .. }
            | Self::Listen { .. }
            | Self::NoKey
            | Self::NoSuchRule(_)
            | Self::OneOutput
            | Self::PortUnknown
            | Self::Scenario(_)
            | Self::Start(_)
            | Self::Synth(_)
            | Self::Target(_) => 2,
            Self::AudioDir(_)
            | Self::Questions { .. }
            | Self::Read { .. }
            | Self::Tag { .. }
            | Self::Unheard(_)
            | Self::Write { .. } => 3,
            // As `stt` has it for the same.
            Self::Interview(InterviewError::Refused { .. }) => 4,
            Self::Interview(InterviewError::Client(_) | InterviewError::Unreachable { .. }) => 5,
            // What a shell says of a command that it cannot find.
            Self::Command { .. } => 127,
        }
    }
}
