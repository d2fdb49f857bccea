//! What was heard in each piece.

use std::num::NonZeroUsize;

use futures_core::Stream;
use futures_util::StreamExt;
use stt_audio::Cut;
use stt_core::{Error, Recognize, Reply};
use stt_hyper::Client;
use stt_model::Ticks;
use stt_transcript::{Failure, Segment};
use thiserror::Error;

use crate::{
    piece::{LongPiece, PieceError},
    pieces::Pieces,
};

/// What was heard in one piece, or why nothing was.
#[non_exhaustive]
#[derive(Debug)]
pub struct Heard {
    /// Why the piece ends where it does.
    pub cut: Cut,
    /// Where in the whole it ends; `None` of the rest of audio that cannot be decoded further.
    pub end: Option<Ticks>,
    /// The answer of the service. Its times count from the beginning of the piece.
    pub result: Result<Reply, LongError>,
    /// Where in the whole the piece begins.
    pub start: Ticks,
}

/// Why nothing was heard in a piece.
#[non_exhaustive]
#[derive(Debug, Error)]
pub enum LongError {
    /// There is no piece, and none follows.
    #[error(transparent)]
    Piece(#[from] PieceError),
    /// The service, or the way to it, failed after all repeats.
    #[error(transparent)]
    Recognition(#[from] Error),
}

/// Recognizes the pieces, at most `jobs` of them at once, and gives what was heard in their order.
///
/// A piece that fails keeps its place, and those after it are recognized nevertheless: whoever wants to stop at the
/// first failure drops the stream. Memory holds `jobs` pieces beside those that [`Pieces`] holds: none is read before
/// there is room for it.
pub fn recognize<R: Into<Recognize>>(
    client: &Client,
    pieces: Pieces,
    request: R,
    jobs: NonZeroUsize,
) -> impl Stream<Item = Heard> + Send + use<R> {
    let (client, request) = (client.clone(), request.into());
    let mut last = Ticks(0);
    pieces
        .map(move |piece| {
            let (start, end, cut) = match &piece {
                Ok(piece) => (piece.start, Some(piece.end), piece.cut),
                Err(_) => (last, None, Cut::End),
            };
            last = end.unwrap_or(last);
            let (client, request) = (client.clone(), request.clone());
            async move { Heard { cut, end, result: result(&client, piece, request).await, start } }
        })
        .buffered(jobs.get())
}

async fn result(client: &Client, piece: Result<LongPiece, PieceError>, request: Recognize) -> Result<Reply, LongError> {
    Ok(client.recognize(piece?.audio(), request).await?)
}

impl Heard {
    /// Its place in a [`Transcript`](stt_transcript::Transcript), with the times of the whole.
    pub fn segment(&self) -> Segment {
        let segment = match &self.result {
            Ok(reply) => {
                let segment = Segment::new(Ok(reply.recognition.clone()))
                    .connection_id(reply.connection_id.to_string())
                    .attempts(reply.attempts);
                reply.request_id().into_iter().fold(segment, Segment::request_id)
            }
            Err(error) => {
                let segment = Segment::new(Err(error.failure()));
                match error {
                    LongError::Piece(_) => segment,
                    LongError::Recognition(error) => {
                        let segment = segment.attempts(error.attempts());
                        let ids = error.connection_id().map(|id| id.to_string());
                        let segment = ids.into_iter().fold(segment, Segment::connection_id);
                        error.request_id().into_iter().fold(segment, Segment::request_id)
                    }
                }
            }
        };
        segment.piece(self.start, self.end)
    }
}

impl LongError {
    /// What stands in the place of the piece.
    fn failure(&self) -> Failure {
        let message = self.to_string();
        match self {
            Self::Piece(_) => Failure { kind: "input".to_owned(), message, status: None, retryable: false },
            Self::Recognition(error) => Failure {
                kind: error.kind().word().to_owned(),
                message,
                status: error.status().map(|status| status.as_u16()),
                retryable: error.is_retryable(),
            },
        }
    }
}
