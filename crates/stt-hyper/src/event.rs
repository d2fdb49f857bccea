//! What happens in a call, for whoever looks on.

use std::{fmt, sync::Arc, time::Duration};

use stt_core::{ConnectionId, Error};

/// What happens in a call, for a line that tells how far a program is: see [`Client::observed`](crate::Client::observed).
#[non_exhaustive]
#[derive(Clone, Copy, Debug)]
pub enum Event<'a> {
    /// The request has to wait for its turn, by the client's [`Limiter`](crate::Limiter).
    Queued,
    /// A request goes out.
    #[non_exhaustive]
    Began {
        /// Its connection id.
        connection_id: ConnectionId,
        /// How many requests of the same call went out before it.
        resend: u32,
    },
    /// A request has ended.
    #[non_exhaustive]
    Ended {
        /// Its connection id.
        connection_id: ConnectionId,
        /// How it failed.
        error: Option<&'a Error>,
        /// How many bytes of audio went out with it.
        audio_sent: u64,
    },
    /// The call pauses before it repeats the request.
    #[non_exhaustive]
    Pausing {
        /// How long.
        pause: Duration,
        /// Why.
        after: &'a Error,
    },
}

/// Who is told of what happens.
#[derive(Clone)]
pub(crate) struct Observer(Arc<dyn Fn(&Event<'_>) + Send + Sync>);

impl Observer {
    pub(crate) fn new(observe: impl Fn(&Event<'_>) + Send + Sync + 'static) -> Self {
        Self(Arc::new(observe))
    }

    pub(crate) fn tell(&self, event: &Event<'_>) {
        (self.0)(event);
    }
}

impl fmt::Debug for Observer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Observer")
    }
}
