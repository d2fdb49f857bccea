//! `stt-emulator exec`.

use std::ffi::OsString;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{ExitCode, ExitStatus};

use clap::Args;
use tokio::process::{Child, Command};

use crate::cli::environment::variables;
use crate::cli::failure::Failure;
use crate::cli::say;
use crate::cli::serve::{Behaviour, blocking, start};
use crate::cli::signals::{Signal, Signals};
use crate::journal::Entry;

#[derive(Args, Debug)]
pub(super) struct Options {
    /// Where to listen; a free port unless told otherwise
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    #[command(flatten)]
    behaviour: Behaviour,
    /// The command and its arguments
    #[arg(last = true, required = true, value_name = "CMD")]
    command: Vec<OsString>,
}

impl Options {
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let Some((program, arguments)) = self.command.split_first() else {
            return Ok(ExitCode::SUCCESS);
        };
        let status = blocking(async {
            let signals = Signals::catch().map_err(Failure::Start)?;
            let running = start(self.behaviour.builder(self.listen)?, self.listen).await?;
            let ca = self.behaviour.tls.write_for_command(&running)?;
            let mut command = Command::new(program);
            command
                .args(arguments)
                .envs(variables(&running.endpoint(), &self.behaviour.region))
                .envs(ca.variables())
                // It would win over the key in the environment, and send a real one here.
                .env_remove("STT_KEY_FILE")
                .env_remove("STT_AUTH");
            let failed = |source| Failure::Command { command: PathBuf::from(program), source };
            let child = command.spawn().map_err(failed)?;
            let status = wait(child, signals).await.map_err(failed)?;
            report(&running.journal());
            running.stop().await;
            Ok(status)
        })?;
        Ok(code(status))
    }
}

/// Tells about requests that nothing was there for: a test that meets one has most likely a slip in it.
fn report(journal: &[Entry]) {
    let unmatched = journal.iter().filter(|entry| entry.is_unmatched()).collect::<Vec<_>>();
    if unmatched.is_empty() {
        return;
    }
    say(&format!("unmatched requests: {}", unmatched.len()));
    for Entry { id, method, path, reason, .. } in unmatched.iter().take(MOST_REPORTED) {
        say(&format!("  {id}: {method} {path}: {reason}"));
    }
    if MOST_REPORTED < unmatched.len() {
        say(&format!("  and {} more", unmatched.len() - MOST_REPORTED));
    }
}

/// Waits for the command.
///
/// Ctrl-C reaches it as well as this program, and what it does about it is its own affair; SIGTERM reaches only this
/// program, which ends the command then.
async fn wait(mut child: Child, mut signals: Signals) -> io::Result<ExitStatus> {
    loop {
        tokio::select! {
            status = child.wait() => return status,
            signal = signals.next() => {
                if signal != Signal::Interrupt {
                    child.start_kill()?;
                }
            }
        }
    }
}

/// The exit code of the command, or what a shell makes of the signal that ended it.
fn code(status: ExitStatus) -> ExitCode {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return u8::try_from(128 + signal).map_or(ExitCode::FAILURE, ExitCode::from);
    }
    match status.code().map(u8::try_from) {
        Some(Ok(code)) => ExitCode::from(code),
        _ => ExitCode::FAILURE,
    }
}

/// As many as one looks at.
const MOST_REPORTED: usize = 10;
