//! Where in a stream of audio the limit of one request is reached.

use std::time::Duration;

use crate::{
    limits::Limits,
    units,
    wav::{Wav, may_follow},
};

/// Counts the audio in bytes that pass by, and says which of them are still within the limit.
///
/// It is a plain value: give it every piece of the input in order, from the first byte on, and send as much of each
/// piece as it says. The limit falls between two samples, and audio that ends exactly there is not over it.
///
/// ```
/// use stt_audio::{Inspection, Limits, Metered, canonical_header};
///
/// let head = canonical_header(16_000, 0);
/// let inspection = Inspection::of_prefix(&head, None);
/// let mut meter = inspection.meter(Limits::seconds(1)).expect("PCM can be measured");
///
/// assert_eq!(meter.push(&head), Metered::All);
/// assert_eq!(meter.push(&[0; 32_000]), Metered::All);
/// assert_eq!(meter.push(&[0; 512]), Metered::Full(0));
/// assert_eq!(meter.heard().as_secs(), 1);
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct LengthMeter {
    /// Where the audio begins, where the limit falls, and where the header says that the audio ends.
    begins: u64,
    full: u64,
    ends: u64,
    /// Bytes of one sample of all channels, and of these a second.
    frame: u64,
    rate: u64,
    passed: u64,
}

/// What of a piece belongs to the audio within the limit.
#[must_use]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Metered {
    /// All of it.
    All,
    /// Only so many bytes: there the audio is over, by its own header, and what follows is nothing that belongs there.
    Beyond(usize),
    /// Only so many bytes: there the audio is over, by its own header, and what follows are chunks such as tags.
    Ended(usize),
    /// Only so many bytes: there the limit is reached, and more audio follows.
    Full(usize),
}

impl LengthMeter {
    /// For a WAV, from its first byte on. `None` where its codec does not store samples one by one.
    #[must_use]
    pub fn of_wav(wav: &Wav, limits: Limits) -> Option<Self> {
        let begins = wav.data_offset;
        let ends = wav.data_length(None).map_or(u64::MAX, |length| begins.saturating_add(length));
        Some(Self { begins, ends, ..Self::of_frames(wav.rate, wav.frame_bytes()?, limits) })
    }

    /// For headerless 16-bit mono PCM of `rate` samples a second.
    #[must_use]
    pub fn of_pcm(rate: u32, limits: Limits) -> Self {
        Self::of_frames(rate, 2, limits)
    }

    fn of_frames(rate: u32, frame: u64, limits: Limits) -> Self {
        let rate = u64::from(rate);
        let audio = limits.longest().as_secs().saturating_mul(rate).saturating_mul(frame);
        Self { begins: 0, full: audio, ends: u64::MAX, frame, rate, passed: 0 }
    }

    /// Says how much of the next piece of the input is within the limit, and counts that.
    pub fn push(&mut self, piece: &[u8]) -> Metered {
        let full = self.begins.saturating_add(self.full);
        let left = full.min(self.ends).saturating_sub(self.passed);
        let taken = usize::try_from(left).map_or(piece.len(), |left| left.min(piece.len()));
        self.passed += taken as u64;
        if taken == piece.len() {
            Metered::All
        } else if full < self.ends {
            Metered::Full(taken)
        } else if may_follow(&piece[taken..]) {
            Metered::Ended(taken)
        } else {
            Metered::Beyond(taken)
        }
    }

    /// How much audio has passed so far.
    #[must_use]
    pub fn heard(&self) -> Duration {
        units::time_of(self.passed.saturating_sub(self.begins) / self.frame.max(1), self.rate)
    }
}
