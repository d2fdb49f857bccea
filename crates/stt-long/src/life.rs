//! Whether a decoder is at work, or waits for its input.

use std::{
    io::{self, Read, Seek, SeekFrom},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

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
