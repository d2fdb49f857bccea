//! Runs the recognizer, for one request at a time.

use std::io::{self, Write};
use std::process::Stdio;

use tempfile::TempPath;
use thiserror::Error;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, ChildStderr, ChildStdout, Command};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::recognizer::{PLACE, Recognizer, Told};

/// Where requests wait for the recognizer.
#[derive(Debug)]
pub(crate) struct Desk {
    recognizer: Recognizer,
    /// For the request that is listened to and those that wait.
    places: Semaphore,
    turn: Semaphore,
}

/// Why the recognizer gave no answer; whoever asked is told in one line.
#[derive(Debug, Error)]
enum Unanswered {
    #[error("the recognizer {0} cannot run: {1}")]
    Run(String, io::Error),
    #[error("the recognizer took longer than {0} s")]
    TooLong(f64),
    #[error("the recognizer printed more than {OUTPUT} bytes")]
    TooMuch,
}

impl Desk {
    pub(crate) fn new(recognizer: Recognizer) -> Self {
        Self { recognizer, places: Semaphore::new(1 + WAITING), turn: Semaphore::new(1) }
    }

    /// What the recognizer hears in a WAV file; it ends when nobody waits for this any more.
    pub(crate) async fn listen(&self, wav: &[u8], variables: Vec<(&'static str, String)>) -> Told {
        let Ok(_place) = self.places.try_acquire() else {
            return Told::failed(format!("{WAITING} requests wait for the recognizer already"));
        };
        let _turn = self.turn.acquire().await;
        let limit = self.recognizer.timeout;
        let heard = timeout(limit, self.run(wav, variables)).await;
        let heard = heard.unwrap_or(Err(Unanswered::TooLong(limit.as_secs_f64())));
        heard.unwrap_or_else(|why| Told::failed(why.to_string()))
    }

    async fn run(&self, wav: &[u8], variables: Vec<(&'static str, String)>) -> Result<Told, Unanswered> {
        let Recognizer { program, arguments, .. } = &self.recognizer;
        let failed = |error| Unanswered::Run(program.clone(), error);
        let in_file = arguments.iter().any(|argument| argument.contains(PLACE));
        let file = if in_file { Some(written(wav).map_err(failed)?) } else { None };
        let path = file.as_ref().map(|file| file.to_string_lossy()).unwrap_or_default();
        let mut command = Command::new(program);
        command
            .args(arguments.iter().map(|argument| argument.replace(PLACE, &path)))
            .envs(variables)
            .stdin(if in_file { Stdio::null() } else { Stdio::piped() })
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        #[cfg(unix)]
        command.process_group(0);
        let mut child = command.spawn().map_err(failed)?;
        let group = Group::of(&child);
        let stdin = child.stdin.take();
        let fed = async {
            if let Some(mut stdin) = stdin {
                // A program may know enough before the end of the audio.
                let _ = stdin.write_all(wav).await;
            }
            Ok(())
        };
        let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
        let ended = async { child.wait().await.map_err(failed) };
        let ((), printed, said, status) = tokio::try_join!(fed, printed(stdout), said(stderr), ended)?;
        group.over();
        Ok(Told::by_program(status.code(), &printed, &said))
    }
}

/// A file that holds the audio and is gone with what is returned.
fn written(wav: &[u8]) -> io::Result<TempPath> {
    let mut file = tempfile::Builder::new().prefix("stt-emulator-").suffix(".wav").tempfile()?;
    file.write_all(wav)?;
    Ok(file.into_temp_path())
}

async fn printed(stdout: Option<ChildStdout>) -> Result<Vec<u8>, Unanswered> {
    let mut printed = Vec::new();
    if let Some(stdout) = stdout {
        // What cannot be read is at its end.
        let _ = stdout.take(OUTPUT + 1).read_to_end(&mut printed).await;
    }
    if OUTPUT < printed.len() as u64 { Err(Unanswered::TooMuch) } else { Ok(printed) }
}

/// The beginning of what is said on standard error; the rest is read so that the program can say it.
async fn said(stderr: Option<ChildStderr>) -> Result<Vec<u8>, Unanswered> {
    let mut said = Vec::new();
    if let Some(mut stderr) = stderr {
        let _ = (&mut stderr).take(SAID).read_to_end(&mut said).await;
        let _ = tokio::io::copy(&mut stderr, &mut tokio::io::sink()).await;
    }
    Ok(said)
}

/// A program and what it started, all of which end with this.
///
/// Elsewhere than on Unix only the program itself does, because it is dropped.
struct Group {
    /// `None` once all of them have ended.
    leader: Option<u32>,
}

impl Group {
    fn of(child: &Child) -> Self {
        Self { leader: child.id() }
    }

    /// All of them have ended: the number may soon be that of somebody else.
    fn over(mut self) {
        self.leader = None;
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        #[cfg(unix)]
        if let Some(leader) = self.leader
            && let Some(leader) = i32::try_from(leader).ok().and_then(rustix::process::Pid::from_raw)
        {
            // It fails where nobody is left.
            let _ = rustix::process::kill_process_group(leader, rustix::process::Signal::KILL);
        }
    }
}

/// How many requests may wait: with half a minute for each, the last of them waits longer than any client.
const WAITING: usize = 16;

/// The most that is read of what is printed: a minute of speech with the times of its words takes a hundredth.
const OUTPUT: u64 = 1024 * 1024;

/// The most that is kept of what is said on standard error, in bytes.
const SAID: u64 = 4_096;
