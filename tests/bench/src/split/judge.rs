//! What pieces are worth beside the truth.

use std::{fmt, ops::Range};

use stt_audio::{Cut, Piece};

/// How well a recording was split.
#[derive(Clone, Debug, Default)]
pub(super) struct Judgement {
    cuts: usize,
    hopeless: usize,
    in_silence: usize,
    forced: usize,
    spoken: usize,
    lost: usize,
    silent: usize,
    skipped: usize,
    speed: f64,
}

impl Judgement {
    /// Compares pieces with where somebody speaks, in order.
    pub(super) fn new(truth: &[Range<usize>], pieces: &[Piece], total: usize, longest: usize, speed: f64) -> Self {
        let mut judgement = Self { speed, ..Self::default() };
        let ranges: Vec<_> = pieces.iter().map(|piece| piece.start as usize..piece.end() as usize).collect();
        for (two, piece) in ranges.windows(2).zip(pieces) {
            let (end, next) = (two[0].end, two[1].start);
            judgement.cuts += 1;
            judgement.forced += usize::from(piece.cut == Cut::Forced);
            let silent = !truth.iter().any(|run| run.start < next.max(end + 1) && end < run.end);
            judgement.in_silence += usize::from(silent);
            let within = two[0].start + 16_000..two[0].start + longest;
            judgement.hopeless +=
                usize::from(!silent && truth.iter().any(|run| run.start <= within.start && within.end <= run.end));
        }
        let covered: usize = ranges.iter().map(Range::len).sum();
        judgement.spoken = truth.iter().map(Range::len).sum();
        judgement.silent = total - judgement.spoken;
        let heard: usize = truth.iter().map(|run| overlap(run, &ranges)).sum();
        judgement.lost = judgement.spoken - heard;
        judgement.skipped = judgement.silent - (covered - heard);
        judgement
    }
}

fn overlap(run: &Range<usize>, ranges: &[Range<usize>]) -> usize {
    let common = |range: &Range<usize>| range.end.min(run.end).saturating_sub(range.start.max(run.start));
    ranges.iter().map(common).sum()
}

impl fmt::Display for Judgement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} | {} | {:.1} | {} | {:.3} | {:.0} | {:.0}",
            self.cuts,
            self.hopeless,
            share(self.in_silence, self.cuts - self.hopeless),
            self.forced,
            share(self.lost, self.spoken),
            share(self.skipped, self.silent),
            self.speed
        )
    }
}

fn share(part: usize, whole: usize) -> f64 {
    100.0 * part as f64 / whole.max(1) as f64
}
