//! Cutting samples into pieces.

use stt_audio::{Cut, Piece, Splitter};

use crate::{
    decoding::{Gone, Outlet, Pcm},
    piece::{LongPiece, PieceError},
    plan::Plan,
    time::samples,
};

/// Gives the pieces of all samples, and after them what went wrong.
pub(crate) fn cut(mut pcm: Pcm, plan: Plan, outlet: &Outlet<LongPiece, PieceError>) -> Result<(), Gone> {
    let give = |start, samples: &[i16], cut| match LongPiece::new(start, samples, cut, plan.upload) {
        Ok(piece) => outlet.send(Ok(piece)),
        Err(error) => outlet.send(Err(error)).and(Err(Gone)),
    };
    let mut held = Held::Whole(Vec::new());
    let failed = loop {
        let block = match pcm.next_block() {
            Ok(Some(block)) => block,
            Ok(None) => break None,
            Err(error) => break Some(error),
        };
        outlet.block();
        let Some(complete) = held.push(block, plan) else {
            return outlet.send(Err(PieceError::TooLong(plan.whole)));
        };
        outlet.progress.at(pcm.position(), held.skipped());
        complete.into_iter().try_for_each(|Piece { start, cut, samples, .. }| give(start, &samples, cut))?;
    };
    let last = match held {
        Held::Whole(samples) if samples.is_empty() => None,
        Held::Whole(samples) => Some((0, samples, Cut::End)),
        Held::Cut(splitter) => {
            let ending = splitter.finish();
            outlet.progress.at(ending.total, ending.skipped);
            ending.last.map(|Piece { start, cut, samples, .. }| (start, samples, cut))
        }
    };
    // Before the stream ends, so that it is known to whoever sees the end.
    outlet.progress.end(pcm.losses(), pcm.notes());
    last.into_iter().try_for_each(|(start, samples, cut)| give(start, &samples, cut))?;
    failed.map_or(Ok(()), |error| outlet.send(Err(error.into())))
}

/// What has been read and has not been given.
enum Held {
    /// As long as the audio may still be short enough to stay whole.
    Whole(Vec<i16>),
    Cut(Box<Splitter>),
}

impl Held {
    /// Keeps the samples, and returns the pieces that are complete with them; `None` if they are too many.
    fn push(&mut self, block: &[i16], plan: Plan) -> Option<Vec<Piece>> {
        match self {
            Self::Whole(kept) if (kept.len() + block.len()) as u64 <= samples(plan.whole) => {
                kept.extend_from_slice(block);
                Some(Vec::new())
            }
            Self::Whole(kept) => {
                let mut splitter = plan.splitter()?;
                let mut complete = splitter.push(kept);
                complete.extend(splitter.push(block));
                *self = Self::Cut(Box::new(splitter));
                Some(complete)
            }
            Self::Cut(splitter) => Some(splitter.push(block)),
        }
    }

    fn skipped(&self) -> u64 {
        match self {
            Self::Whole(_) => 0,
            Self::Cut(splitter) => splitter.skipped(),
        }
    }
}
