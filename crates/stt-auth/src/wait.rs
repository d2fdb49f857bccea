//! Waiting for a token that somebody else is getting.

use std::{
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use crate::shared::Shared;

/// A wait for a token that somebody else is getting.
///
/// Wait for at most [`at_most`](Self::at_most), then ask the cache again; waking early is harmless. A blocking program
/// sleeps. An asynchronous one races this future, which ends when there is news, against a timer: the timer is needed,
/// because the end of a pause between two attempts is no news.
#[must_use]
#[derive(Debug)]
pub struct Wait {
    at_most: Duration,
    /// How much news there was when the wait began.
    news: u64,
    number: u64,
    shared: Arc<Shared>,
}

impl Wait {
    pub(crate) const fn new(shared: Arc<Shared>, number: u64, news: u64, at_most: Duration) -> Self {
        Self { at_most, news, number, shared }
    }

    /// The longest time to wait: 100 milliseconds, or less.
    #[must_use]
    pub const fn at_most(&self) -> Duration {
        self.at_most
    }
}

impl Future for Wait {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let waker = context.waker().clone();
        let mut state = self.shared.state();
        if state.news != self.news {
            return Poll::Ready(());
        }
        let old = state.wakers.insert(self.number, waker);
        // Dropping a waker may drop a task that waits too.
        drop(state);
        drop(old);
        Poll::Pending
    }
}

impl Drop for Wait {
    fn drop(&mut self) {
        let waker = self.shared.state().wakers.remove(&self.number);
        drop(waker);
    }
}
