//! Magic keys: failures that a client asks for by the key that it sends.

use std::time::Duration;

use crate::span::span;

/// What a key that begins with `emu-` makes happen.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Magic {
    /// issueToken hands out a token whose time is over.
    ExpiredToken,
    /// One recognition at a time.
    F0,
    /// A recognition is never answered.
    Hang,
    /// The connection of a recognition is reset.
    Reset,
    /// A recognition takes so much longer.
    Slow(Duration),
    /// The first `times` recognitions, or all, are answered with this status.
    Status { status: u16, times: Option<u64> },
}

impl Magic {
    /// What the key asks for, where it is a magic one; the error says which there are.
    ///
    /// A dot and any text may follow, so that tests which run side by side have keys of their own.
    pub(crate) fn of(key: &[u8]) -> Option<Result<Self, String>> {
        let name = std::str::from_utf8(key).ok()?.strip_prefix(PREFIX)?;
        let name = name.split_once('.').map_or(name, |(name, _)| name);
        Some(Self::named(name).ok_or_else(|| format!("a key that begins with {PREFIX} is one of {FORMS}")))
    }

    fn named(name: &str) -> Option<Self> {
        match name {
            "f0" => Some(Self::F0),
            "hang" => Some(Self::Hang),
            "reset" => Some(Self::Reset),
            "token-expired" => Some(Self::ExpiredToken),
            _ => match name.strip_prefix("slow-") {
                Some(time) => slow(time),
                None => status(name),
            },
        }
    }
}

fn slow(time: &str) -> Option<Magic> {
    let has_unit = time.ends_with('s') || time.ends_with('m');
    let time = span(time).ok().filter(|time| has_unit && !time.is_zero() && *time <= SLOWEST)?;
    Some(Magic::Slow(time))
}

fn status(name: &str) -> Option<Magic> {
    let (status, times) = match name.split_once('x') {
        Some((status, times)) => (status, Some(number(times).filter(|times| 0 < *times)?)),
        None => (name, None),
    };
    let status = number(status).and_then(|status| u16::try_from(status).ok())?;
    STATUSES.contains(&status).then_some(Magic::Status { status, times })
}

/// Digits alone: what else the standard library takes for a number is no part of a key.
fn number(text: &str) -> Option<u64> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

const PREFIX: &str = "emu-";

const FORMS: &str = "emu-<status>, emu-<status>x<times>, emu-hang, emu-reset, emu-slow-<time>, emu-f0 and \
                     emu-token-expired, such as emu-503, emu-429x2 and emu-slow-3s";

/// Every error that HTTP has.
const STATUSES: std::ops::RangeInclusive<u16> = 400..=599;

/// An hour: longer than any client waits.
const SLOWEST: Duration = Duration::from_secs(3_600);

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Magic;

    fn read(key: &str) -> Option<Magic> {
        Magic::of(key.as_bytes()).expect("a key with the prefix").ok()
    }

    #[test]
    fn every_form_is_understood() {
        assert_eq!(read("emu-503"), Some(Magic::Status { status: 503, times: None }));
        assert_eq!(read("emu-429x2"), Some(Magic::Status { status: 429, times: Some(2) }));
        assert_eq!(read("emu-hang"), Some(Magic::Hang));
        assert_eq!(read("emu-reset"), Some(Magic::Reset));
        assert_eq!(read("emu-slow-3s"), Some(Magic::Slow(Duration::from_secs(3))));
        assert_eq!(read("emu-slow-250ms"), Some(Magic::Slow(Duration::from_millis(250))));
        assert_eq!(read("emu-f0"), Some(Magic::F0));
        assert_eq!(read("emu-token-expired"), Some(Magic::ExpiredToken));
        assert_eq!(read("emu-429x2.another-test"), Some(Magic::Status { status: 429, times: Some(2) }));
    }

    #[test]
    fn what_is_no_form_is_told_with_the_forms() {
        for key in [
            "emu-",
            "emu-bogus",
            "emu-200",
            "emu-399",
            "emu-600",
            "emu-429x",
            "emu-429x0",
            "emu-429x-1",
            "emu-429x+1",
            "emu-+429",
            "emu-slow",
            "emu-slow-",
            "emu-slow-3",
            "emu-slow--3s",
            "emu-slow-0s",
            "emu-slow-2h",
            "emu-slow-61m",
            "emu-hang2",
            "emu-F0",
            "emu-99999",
            "emu-429x99999999999999999999",
        ] {
            assert_eq!(read(key), None, "{key}");
        }
        let why = Magic::of(b"emu-bogus").expect("the prefix").expect_err("no form");
        assert!(why.starts_with("a key that begins with emu- is one of emu-<status>, "), "{why}");
    }

    #[test]
    fn other_keys_are_not_magic() {
        for key in ["", "emu", "EMU-503", "5354542d454d554c41544f522d4b4559"] {
            assert_eq!(Magic::of(key.as_bytes()), None, "{key}");
        }
    }
}
