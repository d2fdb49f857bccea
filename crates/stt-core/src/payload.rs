//! The body of a request: a place for the audio, and what is known of it before it is read.

use stt_model::AudioFormat;

/// The body of a request that core built: what goes there, and not one byte of it.
///
/// A transport maps it to a body of its own, one that it can open anew for each attempt.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Payload {
    /// The audio goes here.
    Audio,
    /// Nothing: the request for an access token has an empty body.
    Empty,
}

/// What the head of the request has to say about the audio, and whether it can be sent twice.
///
/// By default the audio goes out in chunks, as Microsoft's REST page for short audio recommends, with
/// `Expect: 100-continue`, which that page requires for chunked audio.
#[must_use]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Upload {
    pub(crate) format: AudioFormat,
    pub(crate) framing: Framing,
    pub(crate) replayable: bool,
}

/// How the end of the audio is told.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(crate) enum Framing {
    /// `Transfer-Encoding: chunked`, with or without `Expect: 100-continue`.
    Chunked { expect: bool },
    /// `Content-Length`, in bytes.
    Length(u64),
}

impl Upload {
    /// Audio that can be read from its first byte as often as needed: a file, bytes in memory.
    pub const fn replayable(format: AudioFormat) -> Self {
        Self { format, framing: Framing::Chunked { expect: true }, replayable: true }
    }

    /// Audio that can be read once: a microphone, a pipe.
    pub const fn once(format: AudioFormat) -> Self {
        Self { format, framing: Framing::Chunked { expect: true }, replayable: false }
    }

    /// Announces the length in bytes with `Content-Length` instead of sending chunks; no `Expect` goes with it.
    pub const fn length(mut self, bytes: u64) -> Self {
        self.framing = Framing::Length(bytes);
        self
    }

    /// Sends chunks without `Expect: 100-continue`, for peers in between that cannot bear it.
    ///
    /// Without effect where [`length`](Self::length) is set.
    pub const fn eager(mut self) -> Self {
        if let Framing::Chunked { .. } = self.framing {
            self.framing = Framing::Chunked { expect: false };
        }
        self
    }

    /// Whether the audio can be read from its first byte more than once.
    #[must_use]
    pub const fn is_replayable(self) -> bool {
        self.replayable
    }

    /// Whether the head carries `Expect: 100-continue`.
    pub(crate) const fn expects(self) -> bool {
        matches!(self.framing, Framing::Chunked { expect: true })
    }

    /// The format of the audio.
    #[must_use]
    pub const fn format(self) -> AudioFormat {
        self.format
    }
}
