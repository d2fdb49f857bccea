//! Leaves out what an encoder put in front of the sound and behind it.

/// What to keep of the samples that a decoder gives.
///
/// The default keeps all.
#[derive(Default)]
pub(super) struct Trim {
    held: Vec<f32>,
    keep: Keep,
    /// Frames to drop before anything is kept.
    skip: u64,
}

#[derive(Default)]
enum Keep {
    #[default]
    All,
    /// All but so many frames at the end, which are held back.
    ButLast(u64),
    /// So many frames and no more.
    Only(u64),
    /// So many frames; those behind are held back until it is known whether the number can be believed.
    Perhaps(u64),
}

impl Trim {
    /// Drops `skip` frames, and then keeps `keep` of them, or all.
    pub(super) fn exactly(skip: u64, keep: Option<u64>) -> Self {
        Self { held: Vec::new(), keep: keep.map_or(Keep::All, Keep::Only), skip }
    }

    /// The same, but what is behind `keep` is not lost before [`end`](Self::end) is told to drop it.
    pub(super) fn perhaps(skip: u64, keep: u64) -> Self {
        Self { held: Vec::new(), keep: Keep::Perhaps(keep), skip }
    }

    /// Drops `skip` frames, and as many as `last` at the end.
    pub(super) fn without_last(skip: u64, last: u64) -> Self {
        let keep = if last == 0 { Keep::All } else { Keep::ButLast(last) };
        Self { held: Vec::new(), keep, skip }
    }

    /// Frames that are still to be dropped before anything is kept.
    pub(super) fn skip(&self) -> u64 {
        self.skip
    }

    /// Leaves in `block` what is to be heard now.
    pub(super) fn apply(&mut self, block: &mut Vec<f32>, channels: usize) {
        let frames = block.len() / channels;
        let skip = usize::try_from(self.skip).unwrap_or(usize::MAX).min(frames);
        self.skip -= skip as u64;
        block.drain(..skip * channels);
        let frames = frames - skip;
        match &mut self.keep {
            Keep::All => {}
            Keep::ButLast(last) => {
                self.held.append(block);
                let last = usize::try_from(*last).unwrap_or(usize::MAX).saturating_mul(channels);
                block.extend(self.held.drain(..self.held.len().saturating_sub(last)));
            }
            Keep::Only(left) => {
                let kept = usize::try_from(*left).unwrap_or(usize::MAX).min(frames);
                *left -= kept as u64;
                block.truncate(kept * channels);
            }
            Keep::Perhaps(left) => {
                let kept = usize::try_from(*left).unwrap_or(usize::MAX).min(frames);
                *left -= kept as u64;
                self.held.extend(block.drain(kept * channels..));
                // An encoder adds 4095 samples at most; whoever has more has a wrong header.
                if LONGEST_PADDING * channels < self.held.len() {
                    block.append(&mut self.held);
                    self.keep = Keep::All;
                }
            }
        }
    }

    /// What was held back, unless it is `trusted` to be padding.
    pub(super) fn end(&mut self, trusted: bool) -> Vec<f32> {
        let held = std::mem::take(&mut self.held);
        if trusted || matches!(self.keep, Keep::ButLast(_)) { Vec::new() } else { held }
    }
}

/// Of each channel, in samples: 12 bits of padding, and the frame of 1152 that it may begin in.
const LONGEST_PADDING: usize = 4095 + 1152;
