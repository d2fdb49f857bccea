//! Which frames stand out from the noise around them.

use super::level::{Levels, Meter};

/// What is known of 10 ms of audio.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame {
    /// How loud it is.
    pub(super) levels: Levels,
    /// How loud it is together with the two before it.
    smooth: Levels,
    /// Whether it stood out from the noise, as far as the noise was known when the frame came.
    pub(super) stood_out: bool,
}

/// Follows the noise in the background from frame to frame.
///
/// The noise is the quietest tenth of a second within the last seconds, in each band for itself: speech has gaps, and
/// noise has none.
#[derive(Clone, Debug)]
pub(super) struct Activity {
    meter: Meter,
    /// The frames of the last tenth of a second, in a ring.
    recent: [Levels; TENTH],
    /// The quietest tenths of the last seconds, in a ring, and that of the present second so far.
    quietest: [Levels; SECONDS],
    current: Levels,
    frames: usize,
    /// Frames that stood out, since the last one that did not.
    run: usize,
    /// The loudest noise that is known for noise, because something stood out from it.
    known: Levels,
}

impl Activity {
    pub(super) const fn new() -> Self {
        Self {
            meter: Meter::new(),
            recent: [Levels::LOUDEST; TENTH],
            quietest: [Levels::LOUDEST; SECONDS],
            current: Levels::LOUDEST,
            frames: 0,
            run: 0,
            known: Levels::FAINTEST,
        }
    }

    /// Hears the next frame.
    pub(super) fn hear(&mut self, samples: &[i16]) -> Frame {
        let levels = self.meter.levels(samples);
        self.recent[self.frames % TENTH] = levels;
        self.frames += 1;
        if TENTH <= self.frames {
            self.current = self.current.min(self.last(TENTH));
        }
        if self.frames.is_multiple_of(SECOND) {
            self.quietest[self.frames / SECOND % SECONDS] = self.current;
            self.current = Levels::LOUDEST;
        }
        let smooth = self.last(SMOOTH);
        let stood_out = smooth.exceed(STANDS_OUT, self.noise());
        self.run = if stood_out { self.run + 1 } else { 0 };
        if TENTH <= self.run {
            self.known = self.noise();
        }
        Frame { levels, smooth, stood_out }
    }

    /// The noise, as far as it is known by now.
    pub(super) fn noise(&self) -> Levels {
        if self.frames < TENTH {
            return self.last(TENTH);
        }
        self.quietest.iter().copied().fold(self.current, Levels::min)
    }

    /// Whether a frame stands out, by what was known when it came or by what is known now.
    pub(super) fn stands_out(&self, frame: &Frame) -> bool {
        frame.stood_out || frame.smooth.exceed(STANDS_OUT, self.noise())
    }

    /// Whether what does not stand out is silence.
    ///
    /// It is not as long as nothing ever stood out from noise like this: a tone and the roar of an engine look the
    /// same, and somebody may be speaking all the time.
    pub(super) fn is_noise_known(&self) -> bool {
        let noise = self.noise();
        let heard_enough = CERTAIN <= self.frames || !noise.exceed(ALIKE, Levels::FAINTEST);
        heard_enough && !noise.exceed(ALIKE, self.known)
    }

    fn last(&self, count: usize) -> Levels {
        let count = count.min(self.frames);
        Levels::mean((self.frames - count..self.frames).map(|frame| self.recent[frame % TENTH]))
    }
}

/// A tenth of a second in frames: shorter than the gaps between words, longer than those within them.
const TENTH: usize = 10;

/// A second in frames.
const SECOND: usize = 100;

/// Seconds after which louder noise is taken for noise; nobody speaks for so long without a gap.
const SECONDS: usize = 5;

/// Frames without which the quietest tenth of a second may still be speech: three seconds.
const CERTAIN: usize = 300;

/// Frames over which noise is even enough to be told from speech.
const SMOOTH: usize = 3;

/// The ratio to the noise that speech exceeds: 4 dB. With 3 dB only half of the long pauses in pink noise are found
/// (`cargo xtask bench split`).
const STANDS_OUT: f32 = 2.5;

/// The ratio within which two noises are the same: 6 dB.
const ALIKE: f32 = 4.0;
