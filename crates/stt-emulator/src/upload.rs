//! The body of a request, or what became of it.

use bytes::Bytes;

/// What became of the body of a request.
#[non_exhaustive]
#[derive(Clone, Debug)]
pub enum Upload {
    /// As much of it as the [`Intake`](crate::Intake) lets through; more may follow.
    Part(Bytes),
    /// It stopped arriving.
    Stalled,
    /// It is larger than [`Emulator::max_body`](crate::Emulator::max_body).
    TooLarge,
    /// It is there to its end.
    Whole(Bytes),
}
