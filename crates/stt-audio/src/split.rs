//! Long audio in pieces that are short enough for one request, cut in silence.

mod activity;
mod gap;
mod level;
mod piece;

use std::{mem, ops::Range, time::Duration};

use thiserror::Error;

pub use self::piece::{Cut, Ending, Piece};
use self::{
    activity::{Activity, Frame},
    gap::WINDOW,
    level::FRAME,
};

/// Splits 16 kHz mono 16-bit audio into pieces, as it comes.
///
/// A piece ends where a pause is longer than [`pause`](Self::pause), so that the silence need not be sent, and live
/// speech is answered when the speaker stops. A piece that is full before is cut in the longest pause of its second
/// half, or of its last six seconds if they are more; without one in the longest before it, and where there is none
/// at all at its quietest moment ([`Cut::Forced`]).
///
/// Silence is what does not stand out from the noise in the background, by 4 dB in any of three bands. As long as
/// nothing has stood out from such noise it might be what is to be heard, and so it is sent: of a steady tone or a
/// roar every sample is in a piece. Fainter than 74 dB below full scale everything steady is silence. What is left
/// out is counted, see [`skipped`](Self::skipped) and [`Ending`].
///
/// The pieces are in order and do not overlap, and they are the same however the input is divided among the calls.
/// What is held in memory is at most one piece, and a small constant.
///
/// ```
/// use std::time::Duration;
/// use stt_audio::{Cut, Splitter};
///
/// let tone = |n: u32| if n / 8 % 2 == 0 { 8_000 } else { -8_000 };
/// let mut input: Vec<i16> = (0..16_000).map(tone).collect();
/// input.extend([0; 48_000]);
/// input.extend((0..8_000).map(tone));
///
/// let mut splitter = Splitter::new(Duration::from_secs(55))?;
/// let pieces = splitter.push(&input);
/// let ending = splitter.finish();
///
/// // Of the three seconds of silence about a quarter stays on either side.
/// assert_eq!((pieces[0].start, pieces[0].end(), pieces[0].cut), (0, 20_480, Cut::Silence));
/// let last = ending.last.expect("the input ends with sound");
/// assert_eq!((last.start, last.end(), last.cut), (60_000, 72_000, Cut::End));
/// assert_eq!((ending.total, ending.skipped), (72_000, 39_520));
/// # Ok::<(), stt_audio::SplitError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Splitter {
    activity: Activity,
    /// What is not decided yet, from the sample `start` of the input on, and its whole frames.
    samples: Vec<i16>,
    frames: Vec<Frame>,
    start: u64,
    /// Frames since the last one that stood out.
    quiet: usize,
    /// The limits in frames.
    longest: usize,
    pause: usize,
    padding: usize,
    pieces: u64,
    /// Samples in all pieces so far.
    sent: u64,
}

/// Why audio cannot be split in the way that is asked for.
#[non_exhaustive]
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub enum SplitError {
    /// The longest piece would be about as long as a word.
    #[error("audio cannot be split into pieces of {0:?}, which is less than 1 s")]
    TooShort(Duration),
}

impl Splitter {
    /// Splits into pieces of at most this length; what is beyond a hundredth of a second of it is not used.
    ///
    /// The service takes 60 s, and 30 s with pronunciation assessment (see [`Limits`](crate::Limits)); a few seconds
    /// less keep clear of the limit. Captions want shorter pieces where the service gives no times of words.
    ///
    /// # Errors
    ///
    /// [`SplitError::TooShort`] if it is less than a second.
    pub fn new(longest: Duration) -> Result<Self, SplitError> {
        if longest < Duration::from_secs(1) {
            return Err(SplitError::TooShort(longest));
        }
        let splitter = Self {
            activity: Activity::new(),
            samples: Vec::new(),
            frames: Vec::new(),
            start: 0,
            quiet: 0,
            longest: frames(longest),
            pause: 0,
            padding: 0,
            pieces: 0,
            sent: 0,
        };
        Ok(splitter.pause(PAUSE).padding(PADDING))
    }

    /// The longest pause within a piece, at least 0.3 s; 2 s unless it is told.
    ///
    /// People pause for less than a second within what they say, so that two seconds rarely part what belongs together.
    #[must_use]
    pub fn pause(mut self, longest: Duration) -> Self {
        self.pause = frames(longest).max(LEAST_PAUSE);
        self
    }

    /// The silence that stays around what is heard, at most a quarter of the longest piece; 250 ms unless it is told.
    ///
    /// A pause between two pieces keeps this much at either end, and is halved between them where it is shorter. The
    /// soft beginnings and ends of words hide in noise, and 250 ms are what keeps them: with 200 ms some are cut where
    /// pink noise is as loud as the speech (`cargo xtask bench split`).
    #[must_use]
    pub fn padding(mut self, padding: Duration) -> Self {
        self.padding = frames(padding).min(self.longest / 4);
        self
    }

    /// Takes the next samples of the input, and gives the pieces that are complete by them.
    #[must_use = "the pieces are given once"]
    pub fn push(&mut self, samples: &[i16]) -> Vec<Piece> {
        let mut pieces = Vec::new();
        let mut rest = samples;
        while !rest.is_empty() {
            if self.longest <= self.frames.len() && self.begun() == 0 {
                pieces.extend(self.shorten());
            }
            let (next, behind) = rest.split_at(rest.len().min(FRAME - self.begun()));
            self.keep(next);
            if self.begun() == FRAME {
                pieces.extend(self.hear());
            }
            rest = behind;
        }
        pieces
    }

    /// Ends the input, and gives what is left of it.
    pub fn finish(mut self) -> Ending {
        let total = self.start + self.samples.len() as u64;
        if 0 < self.begun() {
            let frame = self.activity.hear(&self.samples[self.frames.len() * FRAME..]);
            self.frames.push(frame);
        }
        let rest = if self.activity.is_noise_known() { self.heard() } else { Some(0..self.frames.len()) };
        let last = rest.filter(|rest| !rest.is_empty()).map(|rest| self.cut(rest, Cut::End));
        Ending { last, pieces: self.pieces, skipped: total - self.sent, total }
    }

    /// Samples of silence that are in no piece, as far as it is decided.
    #[must_use]
    pub const fn skipped(&self) -> u64 {
        self.start - self.sent
    }

    /// Samples of the frame that is not whole yet.
    fn begun(&self) -> usize {
        self.samples.len() - self.frames.len() * FRAME
    }

    /// Keeps samples, in memory that never exceeds one piece.
    fn keep(&mut self, samples: &[i16]) {
        let length = self.samples.len() + samples.len();
        if self.samples.capacity() < length {
            let room = (2 * length).max(Piece::RATE as usize).min(self.longest.saturating_mul(FRAME));
            self.samples.reserve_exact(room - self.samples.len());
        }
        self.samples.extend(samples);
    }

    /// Hears a frame that is whole, which may end a piece by the length of a pause.
    fn hear(&mut self) -> Option<Piece> {
        let frame = self.activity.hear(&self.samples[self.frames.len() * FRAME..]);
        self.quiet = if frame.stood_out { 0 } else { self.quiet + 1 };
        self.frames.push(frame);
        if self.quiet < self.pause || !self.activity.is_noise_known() {
            return None;
        }
        let Some(heard) = self.heard() else {
            // Half of it at a time, because what remains is moved.
            if 2 * self.lead() <= self.frames.len() {
                self.skip(self.frames.len() - self.lead());
            }
            return None;
        };
        Some(self.cut(heard, Cut::Silence))
    }

    /// Makes room where the longest piece is reached: silence before the piece goes, or else the piece is cut.
    fn shorten(&mut self) -> Option<Piece> {
        let is_noise_known = self.activity.is_noise_known();
        if is_noise_known {
            let before = self.heard().map_or(self.frames.len() - self.lead(), |heard| heard.start);
            if 0 < before {
                self.skip(before);
                return None;
            }
        }
        let early = self.longest / 8;
        let late = (self.longest / 2).min(self.longest.saturating_sub(CHOICE)).max(early);
        let mut gap = gap::quietest(&self.frames, late, self.activity.noise());
        if !gap.is_pause {
            gap = gap::quietest(&self.frames, early, self.activity.noise());
        }
        let middle = gap.frames.start.midpoint(gap.frames.end);
        if !gap.is_pause || !is_noise_known {
            return Some(self.cut(0..middle, Cut::Forced));
        }
        let end = middle.min(gap.frames.start + self.padding);
        let piece = self.cut(0..end, Cut::Silence);
        self.skip(middle.max(gap.frames.end.saturating_sub(self.padding)) - end);
        Some(piece)
    }

    /// The frames from the first that stands out to the last, with their padding.
    fn heard(&self) -> Option<Range<usize>> {
        let stands_out = |frame: &Frame| self.activity.stands_out(frame);
        let first = self.frames.iter().position(stands_out)?;
        let last = self.frames.iter().rposition(stands_out)?;
        let behind = self.padding.min(self.pause / 2);
        Some(first.saturating_sub(self.padding)..(last + 1 + behind).min(self.frames.len()))
    }

    /// What is kept of silence for the beginning of the next piece: it may be heard a few frames late.
    const fn lead(&self) -> usize {
        self.padding + WINDOW
    }

    /// Makes a piece of these frames; those before them are silence.
    fn cut(&mut self, frames: Range<usize>, cut: Cut) -> Piece {
        self.skip(frames.start);
        self.frames.drain(..frames.len());
        let rest = self.samples.split_off(self.samples.len().min(frames.len() * FRAME));
        let piece = Piece { start: self.start, cut, samples: mem::replace(&mut self.samples, rest) };
        self.start = piece.end();
        self.sent += piece.samples.len() as u64;
        self.pieces += 1;
        piece
    }

    /// Leaves out frames at the beginning.
    fn skip(&mut self, frames: usize) {
        self.frames.drain(..frames);
        self.samples.drain(..frames * FRAME);
        self.start += (frames * FRAME) as u64;
    }
}

/// Whole frames within a time.
fn frames(time: Duration) -> usize {
    usize::try_from(time.as_millis() / 10).unwrap_or(usize::MAX)
}

const PAUSE: Duration = Duration::from_secs(2);

const PADDING: Duration = Duration::from_millis(250);

/// Frames among which a full piece looks for a pause at least: six seconds, which few sentences go on for.
const CHOICE: usize = 600;

/// In frames. Shorter silence may be a stop within a word.
const LEAST_PAUSE: usize = 30;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_held_is_never_more_than_one_piece() {
        fn tone(n: u32) -> i16 {
            (8_000.0 * (n as f32 / 5.0).sin()) as i16
        }
        let pauses = |n: u32| if n / 16_000 % 5 < 2 { tone(n) } else { 0 };
        let inputs: [fn(u32) -> i16; 3] = [tone, |_| 0, pauses];
        for input in inputs {
            let mut splitter = Splitter::new(Duration::from_secs(5)).expect("is a second at least");
            for block in 0..3_000 {
                let samples: Vec<i16> = (block * 640..(block + 1) * 640).map(input).collect();
                for piece in splitter.push(&samples) {
                    assert!(piece.samples.capacity() <= 80_000);
                }
                assert!(splitter.samples.capacity() <= 80_000, "{}", splitter.samples.capacity());
                assert!(splitter.frames.len() <= 500);
            }
        }
    }
}
