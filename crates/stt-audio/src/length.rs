//! How long audio is.

use std::time::Duration;

/// How long audio is, and how much that number is worth.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Length {
    /// By a promise of its header that nobody could check, or by a guess from its first bytes.
    ///
    /// No decision should stand on it, but for that of a pipe whose header counts its samples: a promise of too much is
    /// [`Reason::TooLong`](crate::Reason::TooLong).
    Estimated(Duration),
    /// Certain.
    Exact(Duration),
    /// Not to be told without reading, or decoding, all of it.
    #[default]
    Unknown,
}
