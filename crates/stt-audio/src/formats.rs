//! What the headers of a file say, in whatever form they say it.

pub(crate) mod aac;
pub(crate) mod ac3;
pub(crate) mod aiff;
pub(crate) mod amr;
pub(crate) mod asf;
pub(crate) mod au;
mod bits;
pub(crate) mod caf;
pub(crate) mod flac;
pub(crate) mod matroska;
pub(crate) mod mp4;
pub(crate) mod mpeg;

use std::time::Duration;

use crate::{codec::Codec, length::Length, units, warning::Warning};

/// What the headers of a file say. Numbers that cannot be true are left out.
#[derive(Debug, Default)]
pub(crate) struct Facts {
    pub(crate) bits: Option<u16>,
    pub(crate) channels: Option<u16>,
    pub(crate) codec: Codec,
    pub(crate) length: Length,
    pub(crate) rate: Option<u32>,
    pub(crate) shape: Shape,
    pub(crate) warnings: Vec<Warning>,
}

/// Whether there is audio behind the headers.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) enum Shape {
    /// As far as they tell.
    #[default]
    Audio,
    /// None.
    NoAudio,
    /// Without the part that says where it is.
    NoIndex,
}

impl Facts {
    /// Samples that stand one by one in `there` bytes, of which as many count as `claimed` says.
    pub(crate) fn stored(mut self, claimed: Option<u64>, there: Option<u64>) -> Self {
        let frame = u64::from(self.bits.unwrap_or(0).div_ceil(8)) * u64::from(self.channels.unwrap_or(0));
        let (Some(rate), 1..) = (self.rate, frame) else { return self };
        let time = |bytes: u64| units::time_of(bytes / frame, rate.into());
        match (claimed, there) {
            (claimed, Some(there)) => {
                if let Some(claimed) = claimed.filter(|&claimed| there < claimed) {
                    self.warnings.push(Warning::Promises { claimed, found: there });
                }
                let bytes = claimed.map_or(there, |claimed| claimed.min(there));
                self.length = Length::Exact(time(bytes));
                if bytes < frame {
                    self.shape = Shape::NoAudio;
                }
            }
            (Some(claimed), None) => self.length = Length::Estimated(time(claimed)),
            (None, None) => {}
        }
        self
    }
}

/// So many samples of one channel, by a header that nobody could check. No time at all is no promise.
pub(crate) fn estimated(samples: u64, rate: u32) -> Length {
    match units::time_of(samples, rate.into()) {
        Duration::ZERO => Length::Unknown,
        length => Length::Estimated(length),
    }
}

/// As long as `total` bytes are, if they go on as the first `bytes` do, which hold so many samples of one channel.
pub(crate) fn extrapolated(total: u64, bytes: u64, samples: u64, rate: u32) -> Length {
    let all = u128::from(total) * u128::from(samples) / u128::from(bytes.max(1));
    estimated(u64::try_from(all).unwrap_or(0), rate)
}

/// A rate written as floating point, in samples a second, if it can be one.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range is looked at before")]
fn rate_of(rate: f64) -> Option<u32> {
    (1.0..=4e9).contains(&rate).then_some(rate.round() as u32)
}
