//! What is sent in each comparison.

use std::{
    convert::Infallible,
    fmt,
    pin::Pin,
    str::FromStr,
    task::{Context, Poll},
};

use bytes::Bytes;
use futures_core::Stream;

/// A way to send the same audio.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(crate) enum Cell {
    /// From memory, with its `Content-Length`.
    Length,
    /// In chunks, from a source that has it in small pieces.
    Pieces,
    /// As [`Pieces`](Self::Pieces), but not before the server says `100 Continue`.
    Expect,
}

impl Cell {
    pub(crate) const ALL: [Self; 3] = [Self::Length, Self::Pieces, Self::Expect];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Length => "length",
            Self::Pieces => "pieces",
            Self::Expect => "expect",
        }
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Cell {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|cell| cell.name() == text).ok_or_else(|| format!("there is no cell {text:?}"))
    }
}

/// Two seconds of 16 kHz PCM. Larger bodies fill the socket's buffer, and then the scheduler decides.
pub(crate) const AUDIO: usize = 64 * 1024;

/// What Microsoft's sample programs read and send at a time.
pub(crate) const PIECE: usize = 1024;

/// The path and query of every request.
pub(crate) const TARGET: &str = "/speech/recognition/conversation/cognitiveservices/v1?language=en-US&format=simple";

/// The headers of every request besides those that say how the body is sent.
pub(crate) const HEADERS: [(&str, &str); 3] = [
    ("Accept", "application/json"),
    ("Content-Type", "audio/wav; codecs=audio/pcm; samplerate=16000"),
    ("Ocp-Apim-Subscription-Key", KEY),
];

/// A key of the usual length that nobody has.
pub(crate) const KEY: &str = "0123456789abcdef0123456789abcdef";

/// The audio. What it holds makes no difference, because the server only counts it.
pub(crate) fn audio() -> Bytes {
    vec![0; AUDIO].into()
}

/// The audio as a source that has all of it at hand, in small pieces.
pub(crate) struct Offered(pub(crate) Bytes);

impl Stream for Offered {
    type Item = Result<Bytes, Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let piece = self.0.len().min(PIECE);
        Poll::Ready((0 < piece).then(|| Ok(self.0.split_to(piece))))
    }
}
