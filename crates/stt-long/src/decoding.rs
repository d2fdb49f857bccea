//! The thread that decodes, and the stream of what it makes.

use std::{
    task::{Context, Poll, ready},
    thread::{self, JoinHandle},
};

use stt_audio::{DecodeError, Pcm16k, PcmSource};
use tokio::sync::mpsc;

use crate::{
    life::{LONGEST_BLOCK, Life, Patience},
    progress::Progress,
    source::Source,
};

/// The samples of any audio at 16 kHz.
pub(crate) type Pcm = Pcm16k<Box<dyn PcmSource>>;

/// What a thread of its own makes of audio: items until the audio ends, or until the first error.
#[derive(Debug)]
pub(crate) struct Decoding<T, E> {
    patience: Patience,
    progress: Progress,
    receiver: mpsc::Receiver<Result<T, E>>,
    /// Until it has ended.
    thread: Option<JoinHandle<()>>,
}

/// Where the thread puts what it makes.
pub(crate) struct Outlet<T, E> {
    life: Life,
    pub(crate) progress: Progress,
    sender: mpsc::Sender<Result<T, E>>,
}

/// Nobody takes what is made any more.
#[derive(Debug)]
pub(crate) struct Gone;

impl<T: Send + 'static, E: From<DecodeError> + Send + 'static> Decoding<T, E> {
    /// Opens the source in a thread of its own, which is ahead of whoever takes the items by so many of them.
    pub(crate) fn begin(
        source: Source,
        ahead: usize,
        make: impl FnOnce(Box<dyn PcmSource>, &Outlet<T, E>) -> Result<(), Gone> + Send + 'static,
    ) -> Result<Self, DecodeError> {
        let Source { life, open } = source;
        let (sender, receiver) = mpsc::channel(ahead);
        let outlet = Outlet { life: life.clone(), progress: Progress::default(), sender };
        let progress = outlet.progress.clone();
        let decode = move || {
            let done = match open() {
                Ok(opened) => make(opened, &outlet),
                Err(error) => outlet.send(Err(error.into())),
            };
            // There is nothing to do when nobody takes the items, and nobody to tell.
            drop(done);
        };
        // Nobody can end a thread that waits for a pipe, and nobody should have to wait with it: it is joined only when
        // it has no more to give, and detached when nobody wants more.
        let thread = thread::Builder::new().name(DECODER_THREAD.to_owned()).spawn(decode).map_err(DecodeError::Io)?;
        Ok(Self { patience: Patience::new(life), progress, receiver, thread: Some(thread) })
    }

    pub(crate) fn progress(&self) -> Progress {
        self.progress.clone()
    }

    pub(crate) fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<T, E>>> {
        match self.receiver.poll_recv(context) {
            Poll::Pending if self.patience.is_over(context) => {
                self.receiver.close();
                self.thread = None;
                Poll::Ready(Some(Err(DecodeError::GaveUp(LONGEST_BLOCK).into())))
            }
            polled => {
                let item = ready!(polled);
                self.patience.renew();
                Poll::Ready(item.or_else(|| self.breakdown().map(Err)))
            }
        }
    }

    /// An end that was none: the thread panicked.
    fn breakdown(&mut self) -> Option<E> {
        let ended = self.thread.take()?.join();
        ended.err().map(|_| DecodeError::Malformed("the decoder broke down on it".to_owned()).into())
    }

    #[cfg(test)]
    pub(crate) const fn life(&self) -> &Life {
        self.patience.life()
    }
}

impl<T, E> Outlet<T, E> {
    /// A sign of life: a block of samples came out.
    pub(crate) fn block(&self) {
        self.life.block();
    }

    /// Waits until there is room for it.
    pub(crate) fn send(&self, item: Result<T, E>) -> Result<(), Gone> {
        self.life.waiting(true);
        let sent = self.sender.blocking_send(item);
        self.life.waiting(false);
        sent.map_err(|_| Gone)
    }
}

/// The name of the threads that decode.
///
/// A panic in one of them is an error of the audio, which the stream gives; a panic hook need not report it as well.
pub const DECODER_THREAD: &str = "stt-decode";
