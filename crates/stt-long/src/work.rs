//! The thread that decodes, converts and cuts.

use stt_audio::{Cut, Pcm16k, PcmSource, Piece, Splitter};
use tokio::sync::mpsc;

use crate::{
    life::Life,
    piece::{LongPiece, PieceError},
    plan::Plan,
    progress::Progress,
    time::samples,
};

/// What the thread needs beside the samples.
pub(crate) struct Work {
    pub(crate) life: Life,
    pub(crate) plan: Plan,
    pub(crate) progress: Progress,
    pub(crate) sender: mpsc::Sender<Result<LongPiece, PieceError>>,
}

/// Nobody takes pieces any more.
pub(crate) struct Gone;

/// What has been read and has not been given.
enum Held {
    /// As long as the audio may still be short enough to stay whole.
    Whole(Vec<i16>),
    Cut(Box<Splitter>),
}

impl Work {
    /// Gives the pieces of all samples, and after them what went wrong.
    pub(crate) fn pieces<S: PcmSource>(&self, mut pcm: Pcm16k<S>) -> Result<(), Gone> {
        let mut held = Held::Whole(Vec::new());
        let failed = loop {
            let block = match pcm.next_block() {
                Ok(Some(block)) => block,
                Ok(None) => break None,
                Err(error) => break Some(error),
            };
            self.life.block();
            let Some(cut) = self.hold(&mut held, block) else {
                return self.fail(PieceError::TooLong(self.plan.whole));
            };
            self.progress.at(pcm.position(), held.skipped());
            cut.into_iter().try_for_each(|Piece { start, cut, samples, .. }| self.give(start, &samples, cut))?;
        };
        let last = match held {
            Held::Whole(samples) if samples.is_empty() => None,
            Held::Whole(samples) => Some((0, samples, Cut::End)),
            Held::Cut(splitter) => {
                let ending = splitter.finish();
                self.progress.at(ending.total, ending.skipped);
                ending.last.map(|Piece { start, cut, samples, .. }| (start, samples, cut))
            }
        };
        self.progress.end(pcm.losses(), pcm.notes());
        last.into_iter().try_for_each(|(start, samples, cut)| self.give(start, &samples, cut))?;
        failed.map_or(Ok(()), |error| self.send(Err(error.into())))
    }

    /// Gives nothing but what went wrong.
    pub(crate) fn fail(&self, error: impl Into<PieceError>) -> Result<(), Gone> {
        self.send(Err(error.into()))
    }

    /// Keeps the samples, and returns the pieces that are complete with them; `None` if they are too many.
    fn hold(&self, held: &mut Held, block: &[i16]) -> Option<Vec<Piece>> {
        match held {
            Held::Whole(kept) if (kept.len() + block.len()) as u64 <= samples(self.plan.whole.longest()) => {
                kept.extend_from_slice(block);
                Some(Vec::new())
            }
            Held::Whole(kept) => {
                let mut splitter = self.plan.splitter()?;
                let mut cut = splitter.push(kept);
                cut.extend(splitter.push(block));
                *held = Held::Cut(Box::new(splitter));
                Some(cut)
            }
            Held::Cut(splitter) => Some(splitter.push(block)),
        }
    }

    fn give(&self, start: u64, samples: &[i16], cut: Cut) -> Result<(), Gone> {
        match LongPiece::new(start, samples, cut, self.plan.upload) {
            Ok(piece) => self.send(Ok(piece)),
            Err(error) => {
                self.send(Err(error))?;
                Err(Gone)
            }
        }
    }

    fn send(&self, item: Result<LongPiece, PieceError>) -> Result<(), Gone> {
        self.life.waiting(true);
        let sent = self.sender.blocking_send(item);
        self.life.waiting(false);
        sent.map_err(|_| Gone)
    }
}

impl Held {
    fn skipped(&self) -> u64 {
        match self {
            Self::Whole(_) => 0,
            Self::Cut(splitter) => splitter.skipped(),
        }
    }
}
