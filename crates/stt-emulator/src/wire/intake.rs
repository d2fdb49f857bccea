//! Takes the body of a request, and says before it what is to be said.

use std::convert::Infallible;
use std::future::pending;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};
use thiserror::Error;
use tokio::sync::{OnceCell, OwnedSemaphorePermit};
use tokio::time::{Instant, timeout};

use crate::fault::{Intake, Interim, Pace};
use crate::shared::Shared;
use crate::upload::Upload;
use crate::wire::{Line, SILENCE, Wait, times};

/// The client went away before the body ended.
#[derive(Debug, Error)]
#[error("the client went away before the body ended")]
pub(crate) struct Lost;

/// How one body is taken.
#[derive(Debug)]
pub(crate) struct Taking<'a> {
    intake: Intake,
    line: &'a Line,
    wait: Wait,
    /// Whether the client can be blamed if nothing comes: it waits for nothing that is still to be said.
    due: AtomicBool,
    /// Held as long as the request is, if its body is large.
    large: OnceCell<OwnedSemaphorePermit>,
}

impl<'a> Taking<'a> {
    /// Makes the line ready for it.
    pub(crate) async fn begin(intake: Intake, line: &'a Line, wait: Wait) -> Self {
        if !intake.is_usual() {
            line.mute();
        }
        if let Some(Pace { bytes, .. }) = intake.pace {
            line.slow(bytes);
        }
        if intake.half_closed {
            // If it cannot be shut the client is gone, which shows when its body is read.
            let _ = line.shut().await;
        }
        let due = AtomicBool::new(!matches!(intake.interim, Interim::Endless(_) | Interim::Late(_)));
        Self { intake, line, wait, due, large: OnceCell::new() }
    }

    /// The body, as far as it is wanted and comes.
    pub(crate) async fn upload(&self, body: Incoming, expects: bool, shared: &Shared) -> Result<Upload, Lost> {
        // hyper says `100 Continue` itself when the body is first asked for, unless it is muted.
        let expects = expects && !body.is_end_stream();
        let reading = self.read(body, shared);
        match self.intake.interim {
            Interim::Endless(every) => tokio::select! {
                upload = reading => upload,
                Err(_) = self.repeat(every) => Err(Lost),
                () = self.wait.until(SILENCE) => Err(Lost),
            },
            Interim::Late(after) => {
                let (upload, said) = tokio::join!(reading, self.say_after(after));
                said.and(upload)
            }
            Interim::Continue if expects && self.is_by_hand() => {
                self.line.send(CONTINUE).await.map_err(|_| Lost)?;
                reading.await
            }
            Interim::Continue | Interim::Nothing => reading.await,
        }
    }

    /// Says what never ends, until the client is gone.
    pub(crate) async fn go_on(&self) {
        match self.intake.interim {
            Interim::Endless(every) => {
                let Err(_) = self.repeat(every).await;
            }
            _ => pending().await,
        }
    }

    /// Whether `100 Continue` is wanted, and hyper cannot say it.
    fn is_by_hand(&self) -> bool {
        let Intake { limit, half_closed, .. } = self.intake;
        !self.intake.is_usual() && !half_closed && limit != Some(0)
    }

    async fn repeat(&self, every: Duration) -> Result<Infallible, io::Error> {
        let wait = self.wait.again();
        for count in 1.. {
            self.line.send(CONTINUE).await?;
            wait.until(times(every, count)).await;
        }
        pending().await
    }

    async fn say_after(&self, after: Duration) -> Result<(), Lost> {
        self.wait.until(after).await;
        self.due.store(true, Ordering::Relaxed);
        self.line.send(CONTINUE).await.map_err(|_| Lost)
    }

    async fn read(&self, mut body: Incoming, shared: &Shared) -> Result<Upload, Lost> {
        let most = shared.emulator.max_body();
        let pause = shared.emulator.config().body_timeout;
        let wanted = match self.intake.interim {
            Interim::Endless(_) => most,
            _ => self.intake.limit.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX)),
        };
        let mut patience = LONGEST_UPLOAD;
        let mut collected = Vec::new();
        loop {
            if wanted <= collected.len() {
                collected.truncate(wanted);
                return Ok(Upload::Part(collected.into()));
            }
            let asked = Instant::now();
            let frame = timeout(pause.min(patience), body.frame()).await;
            let is_due = self.due.load(Ordering::Relaxed);
            if is_due {
                patience = patience.saturating_sub(asked.elapsed());
            }
            match frame {
                Err(_) if is_due => return Ok(Upload::Stalled),
                Err(_) => {}
                Ok(None) => {
                    self.pause(|bytes| (collected.len() as u64).div_ceil(bytes)).await;
                    // The journal may keep it for long.
                    collected.shrink_to_fit();
                    return Ok(Upload::Whole(collected.into()));
                }
                Ok(Some(frame)) => {
                    let Ok(data) = frame.map_err(|_| Lost)?.into_data() else {
                        continue;
                    };
                    if most - collected.len() < data.len() && wanted != most {
                        return Ok(Upload::TooLarge);
                    }
                    if SMALL < collected.len() + data.len() {
                        let turn = async || Arc::clone(&shared.large).acquire_owned().await.map_err(|_| Lost);
                        self.large.get_or_try_init(turn).await?;
                    }
                    collected.extend_from_slice(&data);
                    self.pause(|bytes| collected.len() as u64 / bytes).await;
                }
            }
        }
    }

    /// Waits until so many pieces, of the bytes that a piece has, are to have been read.
    async fn pause(&self, pieces: impl Fn(u64) -> u64) {
        if let Some(Pace { bytes, every }) = self.intake.pace {
            self.wait.until(times(every, pieces(bytes.max(1)))).await;
        }
    }
}

/// A minute of the audio that the service documents has less, so that only odd requests wait for each other.
const SMALL: usize = 2 << 20;

const CONTINUE: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\n";

/// Five times the longest audio, for an upload at the pace of speech.
const LONGEST_UPLOAD: Duration = Duration::from_secs(300);
