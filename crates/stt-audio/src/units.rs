//! Numbers as a person reads them.

use std::{fmt, time::Duration};

/// Bytes in decimal units: `512 bytes`, `96 kB`, `4.0 GB`.
pub(crate) struct Bytes(pub(crate) u64);

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == 1 {
            return f.write_str("1 byte");
        }
        if self.0 < 1000 {
            return write!(f, "{} bytes", self.0);
        }
        let bytes = u128::from(self.0);
        let (mut unit, mut name) = (1000, "kB");
        // 999,600 would read 1000 kB: the next unit begins where rounding reaches it.
        for next in ["MB", "GB", "TB", "PB", "EB"] {
            if (bytes + unit / 2) / unit < 1000 {
                break;
            }
            (unit, name) = (unit * 1000, next);
        }
        let tenths = (bytes * 10 + unit / 2) / unit;
        if tenths < 100 {
            return write!(f, "{}.{} {name}", tenths / 10, tenths % 10);
        }
        write!(f, "{} {name}", (bytes + unit / 2) / unit)
    }
}

/// A sample rate: `16 kHz`, `44.1 kHz`, `11.025 kHz`.
pub(crate) struct Rate(pub(crate) u32);

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fraction = format!("{:03}", self.0 % 1000);
        let fraction = fraction.trim_end_matches('0');
        let point = if fraction.is_empty() { "" } else { "." };
        write!(f, "{}{point}{fraction} kHz", self.0 / 1000)
    }
}

/// Channels: `mono`, `stereo`, `6 channels`.
pub(crate) struct Channels(pub(crate) u16);

impl fmt::Display for Channels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            1 => f.write_str("mono"),
            2 => f.write_str("stereo"),
            more => write!(f, "{more} channels"),
        }
    }
}

/// Seconds with one decimal, rounded up, so that what is over a limit also reads as over it: `60.1 s`.
pub(crate) struct Seconds(pub(crate) Duration);

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tenths = self.0.as_nanos().div_ceil(100_000_000);
        write!(f, "{}.{} s", tenths / 10, tenths % 10)
    }
}

/// The time that so many samples of one channel take, at `rate` of them a second.
pub(crate) fn time_of(samples: u64, rate: u64) -> Duration {
    let rate = rate.max(1);
    let nanoseconds = u128::from(samples % rate) * 1_000_000_000 / u128::from(rate);
    Duration::from_secs(samples / rate) + Duration::from_nanos(u64::try_from(nanoseconds).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_read_in_decimal_units() {
        for (bytes, text) in [
            (0, "0 bytes"),
            (1, "1 byte"),
            (999, "999 bytes"),
            (1_000, "1.0 kB"),
            (9_949, "9.9 kB"),
            (9_950, "10 kB"),
            (96_000, "96 kB"),
            (999_499, "999 kB"),
            (999_500, "1.0 MB"),
            (4_000_000_000, "4.0 GB"),
            (u64::from(u32::MAX), "4.3 GB"),
            (u64::MAX, "18 EB"),
        ] {
            assert_eq!(Bytes(bytes).to_string(), text, "{bytes}");
        }
    }

    #[test]
    fn rates_keep_the_digits_they_have() {
        assert_eq!(Rate(16_000).to_string(), "16 kHz");
        assert_eq!(Rate(44_100).to_string(), "44.1 kHz");
        assert_eq!(Rate(11_025).to_string(), "11.025 kHz");
        assert_eq!(Rate(5).to_string(), "0.005 kHz");
    }

    #[test]
    fn seconds_round_up_past_a_limit() {
        assert_eq!(Seconds(Duration::from_secs(60)).to_string(), "60.0 s");
        assert_eq!(Seconds(Duration::from_micros(60_000_100)).to_string(), "60.1 s");
        assert_eq!(Seconds(Duration::from_secs(61)).to_string(), "61.0 s");
    }
}
