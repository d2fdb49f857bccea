//! The audio of one attempt, a piece at a time.

use std::{
    error::Error as StdError,
    task::{Context, Poll},
};

use bytes::Bytes;

use super::{file::FilePieces, live::LivePieces};

/// The audio of one attempt, a piece at a time.
pub(crate) enum Pieces {
    Bytes { rest: Bytes, chunk: usize },
    File(FilePieces),
    Live(LivePieces),
}

/// Some audio; empty only where the end is found without any.
#[derive(Debug)]
pub(crate) struct Piece {
    pub(crate) bytes: Bytes,
    /// Nothing comes after it, so that the end can go out with it.
    pub(crate) last: bool,
}

impl Pieces {
    /// The next piece. Not to be asked again after the last one or a failure.
    pub(crate) fn poll_next(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Result<Piece, Box<dyn StdError + Send + Sync>>> {
        match self {
            Self::Bytes { rest, chunk } => {
                let bytes = rest.split_to(rest.len().min(*chunk));
                Poll::Ready(Ok(Piece { bytes, last: rest.is_empty() }))
            }
            Self::File(file) => file.poll_next(context).map(|result| result.map_err(Into::into)),
            Self::Live(live) => live.poll_next(context),
        }
    }
}
