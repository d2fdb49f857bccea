//! How often somebody asked for the end of the run.

use std::{
    future, process,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use tokio::{signal, sync::watch};

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
        tokio::spawn(async move {
            loop {
                one().await;
                sender.send_modify(|count| *count += 1);
                if MOST <= *sender.borrow() {
                    process::exit(Exit::Interrupted.code().into());
                }
            }
        });
        Self::of(receiver)
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

/// Who asks a third time wants no clean-up either.
const MOST: u32 = 3;
