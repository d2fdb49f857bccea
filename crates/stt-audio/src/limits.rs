//! How much audio the service takes in one request.

use std::{ops::RangeInclusive, time::Duration};

/// The longest audio that one request may carry.
///
/// ```
/// use stt_audio::Limits;
///
/// assert_eq!(Limits::RECOGNITION.longest().as_secs(), 60);
/// assert_eq!(Limits::RECOGNITION.pcm_bytes(), 1_920_000);
/// ```
#[must_use]
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Limits {
    longest: Duration,
}

impl Limits {
    /// Seconds of audio in one request.
    ///
    /// Documented by Microsoft's REST page for short audio. What the service does with more is not.
    pub const MAX_SECONDS: u32 = 60;

    /// Seconds of audio in one request with pronunciation assessment.
    ///
    /// Observed: of 73 seconds about half were scored, with status `Success` and without a warning.
    pub const MAX_SECONDS_ASSESSED: u32 = 30;

    /// Bytes in one second of what the service documents: 16,000 samples of two bytes, one channel.
    pub const PCM_BYTES_PER_SECOND: u64 = 32_000;

    /// The limit of plain recognition: 60 seconds.
    pub const RECOGNITION: Self = Self::seconds(Self::MAX_SECONDS);

    /// The limit with pronunciation assessment: 30 seconds.
    pub const ASSESSMENT: Self = Self::seconds(Self::MAX_SECONDS_ASSESSED);

    /// A limit of the caller's own, in seconds.
    pub const fn seconds(seconds: u32) -> Self {
        Self { longest: Duration::from_secs(seconds as u64) }
    }

    /// The longest audio.
    #[must_use]
    pub const fn longest(self) -> Duration {
        self.longest
    }

    /// The longest audio in bytes of 16 kHz mono 16-bit PCM, without a header.
    #[must_use]
    pub const fn pcm_bytes(self) -> u64 {
        self.longest.as_secs() * Self::PCM_BYTES_PER_SECOND
    }
}

/// As much of the beginning of a file as [`Inspection::of_prefix`](crate::Inspection::of_prefix) has a use for, in bytes.
pub const PREFIX: usize = 65_536;

/// The only rate that Microsoft documents for this API, in samples a second.
pub(crate) const DOCUMENTED_RATE: u32 = 16_000;

/// The rates that can be expected to work, in samples a second.
///
/// 16 kHz is documented; 24 kHz was seen to work, and Microsoft told a user that 44.1 kHz does (observed). That 8 kHz
/// works is said by users only, and 48 kHz is a guess from the rest.
pub(crate) const RATES: RangeInclusive<u32> = 8_000..=48_000;
