//! Whether a decoder is at work, or waits for its input.

use std::{
    io::{self, Read, Seek, SeekFrom},
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    task::Context,
    time::Duration,
};

use tokio::time::{Instant, Sleep, sleep};

/// Signs of life of a decoder; clones are of the same one.
///
/// A file can be made to keep a decoder busy without ever giving a sample. A live source may pause as long as it
/// likes, and is no such file.
#[derive(Clone, Debug, Default)]
pub(crate) struct Life(Arc<Signs>);

#[derive(Debug, Default)]
struct Signs {
    blocks: AtomicU64,
    waiting: AtomicBool,
}

impl Life {
    /// A block came out.
    pub(crate) fn block(&self) {
        self.0.blocks.fetch_add(1, Ordering::Relaxed);
    }

    /// Whatever is done now is not decoding.
    pub(crate) fn waiting(&self, waiting: bool) {
        self.0.waiting.store(waiting, Ordering::Relaxed);
    }

    /// How many blocks came out so far, or `None` while something else than decoding is waited for.
    pub(crate) fn blocks(&self) -> Option<u64> {
        let waiting = self.0.waiting.load(Ordering::Relaxed);
        (!waiting).then(|| self.0.blocks.load(Ordering::Relaxed))
    }

    /// The same input, whose reads count as waiting.
    pub(crate) fn input<R>(&self, input: R) -> Awaited<R> {
        Awaited { input, life: self.clone() }
    }
}

/// Waits for what a decoder gives, as long as it shows signs of life.
#[derive(Debug)]
pub(crate) struct Patience {
    life: Life,
    sleep: Option<Pin<Box<Sleep>>>,
    /// The blocks that had come when the sleep began.
    seen: Option<u64>,
}

impl Patience {
    pub(crate) const fn new(life: Life) -> Self {
        Self { life, sleep: None, seen: None }
    }

    #[cfg(test)]
    pub(crate) const fn life(&self) -> &Life {
        &self.life
    }

    /// The decoder gave something.
    pub(crate) fn renew(&mut self) {
        self.sleep = None;
    }

    /// Whether no block has come for so long that none is to be expected; wakes the task when it may be.
    pub(crate) fn is_over(&mut self, context: &mut Context<'_>) -> bool {
        let sleep = self.sleep.get_or_insert_with(|| {
            self.seen = self.life.blocks();
            Box::pin(sleep(LONGEST_BLOCK))
        });
        while sleep.as_mut().poll(context).is_ready() {
            let now = self.life.blocks();
            if now.is_some() && now == self.seen {
                return true;
            }
            self.seen = now;
            sleep.as_mut().reset(Instant::now() + LONGEST_BLOCK);
        }
        false
    }
}

/// An input whose reads count as waiting.
pub(crate) struct Awaited<R> {
    input: R,
    life: Life,
}

impl<R: Read> Read for Awaited<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.life.waiting(true);
        let read = self.input.read(into);
        self.life.waiting(false);
        read
    }
}

impl<R: Seek> Seek for Awaited<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.input.seek(to)
    }
}

/// How long a decoder may work without giving a sample.
///
/// An hour of the slowest format takes a few seconds; what needs longer for its next block is made to be slow.
pub(crate) const LONGEST_BLOCK: Duration = Duration::from_secs(10);
