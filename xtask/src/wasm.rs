//! The pure crates on WebAssembly, where there is no clock, no file and no socket to use by mistake.

use std::env;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::command::{cargo, output, program, succeed};
use crate::tidy::PURE;
use crate::verdict::Verdict;

const TARGET: &str = "wasm32-unknown-unknown";

/// Long enough for the download of some 20 MB, short enough for a machine where the connection hangs.
const PATIENCE: Duration = Duration::from_secs(120);

/// Checks the pure crates for the target, which is installed first where that works.
pub(crate) fn check() -> Result<Verdict, String> {
    if !installed()
        && let Err(reason) = install()
    {
        return Ok(Verdict::NotChecked(format!("{TARGET} is not installed and could not be: {reason}")));
    }
    let mut command = cargo(&["check", "--target", TARGET]);
    for name in PURE {
        command.args(["--package", name]);
    }
    succeed(&mut command)?;
    Ok(Verdict::Passed)
}

fn installed() -> bool {
    let rustc = env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
    let libraries = output(program(&rustc).args(["--print", "target-libdir", "--target", TARGET]));
    libraries.is_ok_and(|path| Path::new(path.trim()).is_dir())
}

fn install() -> Result<(), String> {
    finish(program("rustup").args(["target", "add", TARGET]), PATIENCE)?;
    if installed() { Ok(()) } else { Err("rustup reported success, but this rustc does not find it".to_owned()) }
}

/// Runs a command that may hang, and ends it when the time is up.
fn finish(command: &mut Command, patience: Duration) -> Result<(), String> {
    let name = command.get_program().display().to_string();
    let mut child = command.stderr(Stdio::null()).spawn().map_err(|error| format!("{name}: {error}"))?;
    let start = Instant::now();
    loop {
        match child.try_wait() {
            Ok(Some(status)) if status.success() => return Ok(()),
            Ok(Some(status)) => return Err(format!("{name} ended with {status}")),
            Ok(None) if start.elapsed() < patience => thread::sleep(Duration::from_millis(50)),
            Ok(None) => {
                let ended = child.kill().and_then(|()| child.wait());
                return Err(match ended {
                    Ok(_) => format!("{name} did not end within {} s", patience.as_secs()),
                    Err(error) => format!("{name} did not end, nor could it be stopped: {error}"),
                });
            }
            Err(error) => return Err(format!("{name}: {error}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_command_that_hangs_fails_or_cannot_be_found_is_not_waited_for() {
        let start = Instant::now();
        let hangs = finish(program("sleep").arg("60"), Duration::ZERO).unwrap_err();
        assert!(hangs.contains("did not end within 0 s"), "{hangs}");
        assert!(start.elapsed() < Duration::from_secs(30));
        assert!(finish(&mut program("false"), PATIENCE).unwrap_err().contains("ended with"));
        assert!(finish(&mut program("no-such-program"), PATIENCE).unwrap_err().contains("no-such-program"));
        finish(&mut program("true"), PATIENCE).unwrap();
    }
}
