//! How often somebody asked for the end of the run.

use std::{
    future, process,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::{signal, sync::watch, time::sleep};

use crate::exit::Exit;

/// How often somebody asked for the end of the run: by Ctrl-C, or by SIGTERM.
#[derive(Clone, Debug)]
pub(crate) struct Interrupts {
    count: watch::Receiver<u32>,
    /// Whether the first time is for whoever has work to end in good order.
    is_taken: Arc<AtomicBool>,
}

impl Interrupts {
    /// Listens to the signals of this process. The third one ends it, whatever it is doing.
    pub(crate) fn listen() -> Self {
        let (sender, receiver) = watch::channel(0);
        let interrupts = Self::of(receiver);
        // A file that may not grow further is an error that is told, and no reason to end at once.
        #[cfg(unix)]
        let _ = signal::unix::signal(signal::unix::SignalKind::from_raw(rustix::process::Signal::XFSZ.as_raw()));
        let is_taken = Arc::clone(&interrupts.is_taken);
        tokio::spawn(async move {
            for count in 1.. {
                one().await;
                sender.send_modify(|told| *told = count);
                if MOST <= count {
                    end();
                }
                let in_good_order = count == 1 && is_taken.load(Ordering::Relaxed);
                let limit = if in_good_order { PATIENCE + GRACE } else { GRACE };
                tokio::spawn(async move {
                    sleep(limit).await;
                    end();
                });
            }
        });
        interrupts
    }

    fn of(count: watch::Receiver<u32>) -> Self {
        Self { count, is_taken: Arc::default() }
    }

    /// From now on the first time does not end the run: whoever takes it ends the work in good order.
    pub(crate) fn take(&self) {
        self.is_taken.store(true, Ordering::Relaxed);
    }

    /// Waits until the run has to end, in whatever order.
    pub(crate) async fn end(&mut self) {
        self.nth(1).await;
        if self.is_taken.load(Ordering::Relaxed) {
            self.nth(2).await;
        }
    }

    /// Waits until it was asked for so often.
    pub(crate) async fn nth(&mut self, count: u32) {
        if self.count.wait_for(|now| count <= *now).await.is_err() {
            future::pending::<()>().await;
        }
    }

    /// For tests: as often as the other end says.
    #[cfg(test)]
    pub(crate) fn told() -> (watch::Sender<u32>, Self) {
        let (sender, receiver) = watch::channel(0);
        (sender, Self::of(receiver))
    }
}

async fn one() {
    #[cfg(unix)]
    if let Ok(mut terminate) = signal::unix::signal(signal::unix::SignalKind::terminate()) {
        tokio::select! {
            _ = signal::ctrl_c() => {}
            _ = terminate.recv() => {}
        }
        return;
    }
    let _ = signal::ctrl_c().await;
}

/// Ends the process, whatever it is doing.
#[expect(clippy::exit, reason = "what hangs cannot be asked to return")]
fn end() -> ! {
    process::exit(Exit::Interrupted.code().into())
}

/// How long an interrupted run waits for what it has begun: longer than nearly every request takes.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

/// What whoever was told to end may take for it. Whoever waits for a file that does not come, such as a pipe, cannot
/// even look whether it was told.
const GRACE: Duration = Duration::from_secs(1);

/// Who asks a third time wants no clean-up either.
const MOST: u32 = 3;
