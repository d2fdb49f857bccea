//! How the body of a request is to be taken.

use std::time::Duration;

/// How the body of a request is to be taken: what a driver does between head and answer.
///
/// The default is what any server does: `100 Continue` if it is waited for, then the whole body as fast as it comes.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Intake {
    /// What is said to a client before its body.
    pub interim: Interim,
    /// How slowly the body is read.
    pub pace: Option<Pace>,
    /// How much of the body is read at most, in bytes; with no more than that,
    /// [`Upload::Part`](crate::Upload::Part) is what [`Emulator::finish`](crate::Emulator::finish) is to be given.
    pub limit: Option<u64>,
    /// Whether the sending half of the connection is shut before the body is read, so that no answer can follow.
    pub half_closed: bool,
}

impl Intake {
    /// Whether it is what any server does.
    pub(crate) fn is_usual(self) -> bool {
        self == Self::default()
    }
}

/// What is said to a client before its body.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Interim {
    /// `100 Continue`, if the client waits for it, when its body is wanted.
    #[default]
    Continue,
    /// `100 Continue` again and again, with such a pause after each, and never anything else: the body is read and
    /// dropped.
    Endless(Duration),
    /// `100 Continue` so long after the head; the body is read meanwhile if it comes unasked.
    Late(Duration),
    /// Nothing: the body is read if it comes unasked.
    Nothing,
}

/// How slowly bytes go over a connection.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Pace {
    /// So many at a time, at least one.
    pub bytes: u64,
    /// The pause after each of these pieces.
    pub every: Duration,
}
