//! Where a full piece is best cut.

use std::ops::Range;

use super::{activity::Frame, level::Levels};

/// A quiet place.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Gap {
    /// The quiet frames, at least one.
    pub(super) frames: Range<usize>,
    /// Whether they are quiet for long enough to be a pause.
    pub(super) is_pause: bool,
}

/// The best place to cut among the frames from `from` on, which are at least [`WINDOW`].
///
/// The quietest window says how quiet it gets, and the longest stretch that is about as quiet is where to cut: the
/// longer a pause, the more likely is the end of a sentence. Of stretches of one length it is the last. Where none is
/// as long as a window, there is no pause, and the quietest moment of the quietest window must do.
pub(super) fn quietest(frames: &[Frame], from: usize, noise: Levels) -> Gap {
    let levels: Vec<f32> = frames.iter().map(|frame| frame.levels.above(noise)).collect();
    let (window, level) = least(&levels, from..levels.len(), WINDOW);
    let is_quiet = |at: usize| {
        let around = at.saturating_sub(AROUND)..(at + AROUND + 1).min(levels.len());
        mean(&levels[around]) <= AS_QUIET * level
    };
    let longest = runs(from..levels.len(), is_quiet).into_iter().max_by_key(Range::len);
    if let Some(pause) = longest.filter(|run| WINDOW <= run.len()) {
        return Gap { frames: pause, is_pause: true };
    }
    let (moment, _) = least(&levels, window..window + WINDOW, MOMENT);
    Gap { frames: moment..moment + MOMENT, is_pause: false }
}

/// Where so many frames in a row are quietest within a range, the last such place, and how loud they are.
fn least(levels: &[f32], within: Range<usize>, count: usize) -> (usize, f32) {
    let mut best = (within.start, f32::MAX);
    for (at, window) in (within.start..).zip(levels[within].windows(count)) {
        let level = mean(window);
        if level <= best.1 {
            best = (at, level);
        }
    }
    best
}

/// The stretches within a range of which something holds.
fn runs(within: Range<usize>, holds: impl Fn(usize) -> bool) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    for at in within.filter(|at| holds(*at)) {
        match runs.last_mut() {
            Some(last) if last.end == at => last.end += 1,
            _ => runs.push(at..at + 1),
        }
    }
    runs
}

fn mean(levels: &[f32]) -> f32 {
    levels.iter().sum::<f32>() / levels.len().max(1) as f32
}

/// The least that is a pause, in frames: 200 ms. A stop such as p or t is silent for less.
pub(super) const WINDOW: usize = 20;

/// Frames before and after one that have a say in whether it is quiet.
const AROUND: usize = 2;

/// The shortest moment of silence that is looked for, in frames.
const MOMENT: usize = 3;

/// How much louder than the quietest window a pause may be: 2.5 dB. With 4 dB soft speech in noise is taken for a
/// pause, and with 2 dB a fifth of the pauses in babble are not (`cargo xtask bench split`).
const AS_QUIET: f32 = 1.8;
