//! What pieces are worth beside the truth.

use std::{fmt, ops::Range};

use stt_audio::Cut;

use super::speech::PAUSE;

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
    /// Compares pieces of at most `longest` samples with where somebody speaks.
    pub(super) fn new(
        truth: &[Range<usize>],
        pieces: &[(Range<usize>, Cut)],
        total: usize,
        longest: usize,
        speed: f64,
    ) -> Self {
        let mut judgement = Self { speed, ..Self::default() };
        let ranges: Vec<_> = pieces.iter().map(|(range, _)| range.clone()).collect();
        let pauses: Vec<_> = truth.windows(2).map(|two| two[0].end..two[1].start).collect();
        for (two, (_, cut)) in ranges.windows(2).zip(pieces) {
            let between = two[0].end..two[1].start.max(two[0].end + 1);
            let in_silence = !truth.iter().any(|run| 0 < common(run, &between));
            let reach = two[0].start + longest / 8..two[0].start + longest;
            let could = pauses.iter().any(|pause| PAUSE <= common(pause, &reach));
            judgement.cuts += 1;
            judgement.forced += usize::from(*cut == Cut::Forced);
            judgement.in_silence += usize::from(in_silence);
            judgement.hopeless += usize::from(!in_silence && !could);
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
    ranges.iter().map(|range| common(run, range)).sum()
}

/// How much of two ranges is in both.
fn common(one: &Range<usize>, other: &Range<usize>) -> usize {
    one.end.min(other.end).saturating_sub(one.start.max(other.start))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_are_judged_by_all_that_lies_between_two_pieces() {
        // Two seconds of speech, a pause of one, and four seconds of speech, in samples.
        let truth = [0..32_000, 48_000..112_000];
        let judge = |pieces: &[(Range<usize>, Cut)]| {
            let Judgement { in_silence, hopeless, forced, lost, skipped, .. } =
                Judgement::new(&truth, pieces, 112_000, 64_000, 1.0);
            (in_silence, hopeless, forced, lost, skipped)
        };

        let good = [(0..36_000, Cut::Silence), (44_000..112_000, Cut::End)];
        assert_eq!(judge(&good), (1, 0, 0, 0, 8_000));
        let late = [(0..36_000, Cut::Silence), (48_100..112_000, Cut::End)];
        assert_eq!(judge(&late), (0, 0, 0, 100, 12_000));
        let forced = [(0..50_000, Cut::Forced), (50_000..112_000, Cut::End)];
        assert_eq!(judge(&forced), (0, 0, 1, 0, 0));
        let hopeless = [(0..40_000, Cut::Silence), (40_000..90_000, Cut::Forced), (90_000..112_000, Cut::End)];
        assert_eq!(judge(&hopeless), (1, 1, 1, 0, 0));
    }
}
