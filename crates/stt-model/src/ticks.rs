//! The service's unit of time: 100 nanoseconds.

use std::time::Duration;

use serde::de::{Deserialize, Deserializer};
use serde::ser::{Serialize, Serializer};

use crate::lenient::Lenient;

/// A time or a length in units of 100 ns, as `Offset` and `Duration` are (documented).
///
/// ```
/// use std::time::Duration;
/// use stt_model::Ticks;
///
/// assert_eq!(Duration::from(Ticks(4_500_000)), Duration::from_millis(450));
/// ```
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Ticks(pub u64);

impl Ticks {
    /// How many there are in a second.
    pub const PER_SECOND: u64 = 10_000_000;

    /// The time after so many milliseconds; [`u64::MAX`] ticks where they no longer fit.
    #[must_use]
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis.saturating_mul(Self::PER_SECOND / 1000))
    }

    /// Whole milliseconds, rounded down.
    #[must_use]
    pub const fn as_millis(self) -> u64 {
        self.0 / (Self::PER_SECOND / 1000)
    }

    /// The sum; [`u64::MAX`] ticks where it no longer fits.
    #[must_use]
    pub const fn saturating_add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl From<Ticks> for Duration {
    fn from(Ticks(ticks): Ticks) -> Self {
        let nanoseconds = ticks % Ticks::PER_SECOND * 100;
        Self::from_secs(ticks / Ticks::PER_SECOND) + Self::from_nanos(nanoseconds)
    }
}

impl From<Duration> for Ticks {
    /// Rounds down to 100 ns; [`u64::MAX`] ticks where the duration no longer fits.
    fn from(duration: Duration) -> Self {
        let rest = u64::from(duration.subsec_nanos() / 100);
        Self(duration.as_secs().saturating_mul(Self::PER_SECOND).saturating_add(rest))
    }
}

impl Serialize for Ticks {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(self.0)
    }
}

impl<'de> Deserialize<'de> for Ticks {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Lenient::deserialize(deserializer).map(|Lenient(ticks)| Self(ticks))
    }
}

impl<'de> Deserialize<'de> for Lenient<Ticks> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ticks::deserialize(deserializer).map(Self)
    }
}
