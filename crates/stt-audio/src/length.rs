//! How long audio is.

use std::time::Duration;

/// How long audio is, and how much that number is worth.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Length {
    /// By a promise of its header that nobody could check. No decision should stand on it.
    Estimated(Duration),
    /// Certain.
    Exact(Duration),
    /// Not to be told without reading, or decoding, all of it.
    #[default]
    Unknown,
}
