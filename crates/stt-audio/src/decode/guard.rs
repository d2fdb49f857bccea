//! What stands between a file and the decoder, so that no file can make it read, keep or fail without end.

use std::{
    io::{self, Read, Seek, SeekFrom},
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};

use symphonia::core::{
    errors::{Error, Result},
    io::{MediaSource, MediaSourceStream},
};

use crate::{pcm::DecodeError, source::Input};

/// An input as symphonia reads it.
///
/// In one call symphonia keeps what it reads, or a small multiple of it, and never more; so a limit on the bytes of a
/// call is a limit on memory. An error of the input is kept, because symphonia takes some for the end of the file.
pub(super) struct Guarded {
    input: Mutex<Input>,
    length: Option<u64>,
    guard: Arc<Guard>,
}

/// The part of it that stays with the decoder.
#[derive(Default)]
pub(super) struct Guard {
    /// Bytes that may still be read in this call.
    left: AtomicU64,
    mouthful: u64,
    /// Bytes that were read in all.
    read: AtomicU64,
    failed: Mutex<Option<io::Error>>,
}

/// How a call into symphonia ended when it gave nothing.
#[derive(Debug)]
pub(super) enum Failure {
    /// The input ended where more was expected.
    Ended,
    /// This error is to be given to whoever reads the samples.
    Fatal(DecodeError),
    /// What was read makes no sense.
    Malformed(&'static str),
    /// Another stream begins, as in chained Ogg.
    Reset,
    /// What was read makes sense, but nobody here can decode it.
    Unsupported(&'static str),
}

impl Guarded {
    /// `length` makes it seekable; without it symphonia only ever reads on. In one call it may read `mouthful` bytes.
    pub(super) fn stream(input: Input, length: Option<u64>, mouthful: u64) -> (MediaSourceStream<'static>, Arc<Guard>) {
        let guard = Arc::new(Guard { mouthful, ..Guard::default() });
        let source = Self { input: Mutex::new(input), length, guard: Arc::clone(&guard) };
        (MediaSourceStream::new(Box::new(source), Default::default()), guard)
    }

    fn input(&mut self) -> &mut Input {
        self.input.get_mut().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Read for Guarded {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let left = self.guard.left.load(Relaxed);
        if left == 0 {
            return Err(io::Error::other("too much for one call"));
        }
        let most = usize::try_from(left).unwrap_or(usize::MAX).min(into.len());
        loop {
            match self.input().read(&mut into[..most]) {
                Ok(count) => {
                    self.guard.left.fetch_sub(count as u64, Relaxed);
                    self.guard.read.fetch_add(count as u64, Relaxed);
                    return Ok(count);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(self.guard.keep(error)),
            }
        }
    }
}

impl Seek for Guarded {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.input().seek(to).map_err(|error| self.guard.keep(error))
    }
}

impl MediaSource for Guarded {
    fn is_seekable(&self) -> bool {
        self.length.is_some()
    }

    fn byte_len(&self) -> Option<u64> {
        self.length
    }
}

impl Guard {
    /// Calls into symphonia, which may read no more than a mouthful meanwhile, and may panic.
    pub(super) fn call<T>(&self, what: impl FnOnce() -> Result<T>) -> std::result::Result<T, Failure> {
        self.left.store(self.mouthful, Relaxed);
        let outcome = catch_unwind(AssertUnwindSafe(what));
        if let Some(error) = self.failed.lock().unwrap_or_else(PoisonError::into_inner).take() {
            return Err(Failure::Fatal(DecodeError::Io(error)));
        }
        let error = match outcome {
            Ok(Ok(value)) => return Ok(value),
            Ok(Err(error)) => error,
            Err(_) => return Err(malformed("the decoder broke down on it")),
        };
        Err(match error {
            _ if self.left.load(Relaxed) == 0 => malformed("a single part of it is too large"),
            Error::IoError(error) if error.kind() == io::ErrorKind::UnexpectedEof => Failure::Ended,
            Error::ResetRequired => Failure::Reset,
            Error::DecodeError(message) | Error::LimitError(message) => Failure::Malformed(message),
            Error::Unsupported(message) => Failure::Unsupported(message),
            // Errors of the input itself are kept, so this one is not of them.
            _ => Failure::Malformed("it points outside of itself"),
        })
    }

    /// Bytes that were read in all; what was skipped by seeking is not among them.
    pub(super) fn read(&self) -> u64 {
        self.read.load(Relaxed)
    }

    /// Keeps an error of the input, and makes another of the same kind.
    fn keep(&self, error: io::Error) -> io::Error {
        let same = io::Error::from(error.kind());
        *self.failed.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
        same
    }
}

fn malformed(message: &str) -> Failure {
    Failure::Fatal(DecodeError::Malformed(message.to_owned()))
}
