//! How long the service asks to wait.

use std::time::{Duration, SystemTime};

use http::{HeaderMap, HeaderValue, header};

/// How long the service asks to wait before the next request, from the headers of its answer.
///
/// The headers are `retry-after-ms` and `x-ms-retry-after-ms` (milliseconds, known from other Azure services) and
/// `Retry-After` (seconds or an HTTP date); the first of them that says something counts, and of several values of one
/// the largest. A date is read against the answer's own `Date`, so that a wrong clock here does not matter, and only
/// without that against `wall`, the time since the Unix epoch.
///
/// What is no number, negative or in the past says nothing. A number too large for a [`Duration`] is
/// [`Duration::MAX`]: whoever sleeps for this has to have a limit.
///
/// ```
/// use std::time::Duration;
/// use http::{HeaderMap, HeaderValue};
///
/// let mut headers = HeaderMap::new();
/// headers.insert("retry-after", HeaderValue::from_static("2"));
/// assert_eq!(stt_auth::retry_after(&headers, Duration::ZERO), Some(Duration::from_secs(2)));
/// ```
#[must_use]
pub fn retry_after(headers: &HeaderMap, wall: Duration) -> Option<Duration> {
    let largest = |name: &str, read: &dyn Fn(&str) -> Option<Duration>| {
        headers.get_all(name).iter().filter_map(text).filter_map(read).max()
    };
    let milliseconds = |text: &str| number(text, 1000.0);
    let pause = |text: &str| number(text, 1.0).or_else(|| until(date(text)?, answered_at(headers, wall)?));
    largest("retry-after-ms", &milliseconds)
        .or_else(|| largest("x-ms-retry-after-ms", &milliseconds))
        .or_else(|| largest("retry-after", &pause))
}

fn text(value: &HeaderValue) -> Option<&str> {
    value.to_str().ok().map(str::trim)
}

/// Digits, perhaps with a fraction: no sign, no exponent, no `inf` and no `NaN`.
fn number(text: &str, per_second: f64) -> Option<Duration> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(fraction) {
        return None;
    }
    let seconds = text.parse::<f64>().ok()? / per_second;
    Some(Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX))
}

fn answered_at(headers: &HeaderMap, wall: Duration) -> Option<SystemTime> {
    let stated = headers.get(header::DATE).and_then(text).and_then(date);
    stated.or_else(|| SystemTime::UNIX_EPOCH.checked_add(wall))
}

fn date(text: &str) -> Option<SystemTime> {
    httpdate::parse_http_date(text).ok()
}

/// Nothing for a moment in the past, which asks for no pause.
fn until(moment: SystemTime, now: SystemTime) -> Option<Duration> {
    moment.duration_since(now).ok().filter(|pause| !pause.is_zero())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Sunday, 6 November 1994, 08:49:37: the date of every example in RFC 9110.
    const RFC_DATE: Duration = Duration::from_secs(784_111_777);

    fn check(headers: &[(&'static str, &str)], wall: Duration) -> Option<Duration> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, HeaderValue::from_str(value).unwrap());
        }
        retry_after(&map, wall)
    }

    #[test]
    fn numbers_are_seconds_or_milliseconds() {
        for (name, value, milliseconds) in [
            ("retry-after", "2", 2000),
            ("retry-after", " 2 ", 2000),
            ("retry-after", "0", 0),
            ("retry-after", "1.5", 1500),
            ("retry-after", "3600", 3_600_000),
            ("retry-after-ms", "1500", 1500),
            ("retry-after-ms", "0.5", 0),
            ("x-ms-retry-after-ms", "250", 250),
        ] {
            let expected = Duration::from_millis(milliseconds);
            let got = check(&[(name, value)], RFC_DATE).unwrap();
            assert!(got.abs_diff(expected) < Duration::from_millis(1), "{name}: {value} gave {got:?}");
        }
    }

    #[test]
    fn what_says_nothing_is_no_hint() {
        for value in ["", "-5", "soon", "NaN", "inf", "1e3", "+1", ".5", "5.", "0x10", "2 s", "Sun, 06 Nov 1994", "1,2"]
        {
            assert_eq!(check(&[("retry-after", value)], RFC_DATE), None, "{value:?}");
            assert_eq!(check(&[("retry-after-ms", value)], RFC_DATE), None, "{value:?}");
        }
        assert_eq!(check(&[], RFC_DATE), None);
    }

    #[test]
    fn too_large_a_number_is_the_longest_time() {
        let huge = "9".repeat(400);
        for value in ["99999999999999999999", &huge] {
            assert_eq!(check(&[("retry-after", value)], RFC_DATE), Some(Duration::MAX));
        }
    }

    #[test]
    fn all_three_forms_of_a_date_are_read() {
        let before = RFC_DATE - Duration::from_secs(30);
        for value in ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"] {
            assert_eq!(check(&[("retry-after", value)], before), Some(Duration::from_secs(30)), "{value:?}");
        }
        assert_eq!(check(&[("retry-after", "Sun, 06 Nov 1994 08:49:37 GMT")], RFC_DATE), None, "now");
        let later = RFC_DATE + Duration::from_secs(1);
        assert_eq!(check(&[("retry-after", "Sun, 06 Nov 1994 08:49:37 GMT")], later), None, "in the past");
    }

    #[test]
    fn a_date_is_read_against_the_answers_own_date() {
        let headers = [("retry-after", "Sun, 06 Nov 1994 08:49:37 GMT"), ("date", "Sun, 06 Nov 1994 08:49:30 GMT")];
        for wrong in [RFC_DATE - Duration::from_secs(3600), RFC_DATE + Duration::from_secs(3600), Duration::MAX] {
            assert_eq!(check(&headers, wrong), Some(Duration::from_secs(7)));
        }
        let garbled = [("retry-after", "Sun, 06 Nov 1994 08:49:37 GMT"), ("date", "yesterday")];
        assert_eq!(check(&garbled, RFC_DATE - Duration::from_secs(9)), Some(Duration::from_secs(9)));
    }

    #[test]
    fn the_first_header_that_says_something_counts() {
        let all = [("retry-after", "9"), ("x-ms-retry-after-ms", "8000"), ("retry-after-ms", "7000")];
        assert_eq!(check(&all, RFC_DATE), Some(Duration::from_secs(7)));
        assert_eq!(check(&all[..2], RFC_DATE), Some(Duration::from_secs(8)));
        let garbled = [("retry-after-ms", "soon"), ("retry-after", "9")];
        assert_eq!(check(&garbled, RFC_DATE), Some(Duration::from_secs(9)));
    }

    #[test]
    fn of_several_values_the_largest_counts() {
        let headers = [("retry-after", "2"), ("retry-after", "-5"), ("retry-after", "40"), ("retry-after", "3")];
        assert_eq!(check(&headers, RFC_DATE), Some(Duration::from_secs(40)));
    }

    proptest! {
        #[test]
        fn no_header_makes_it_panic(
            after in prop_oneof![any::<Vec<u8>>(), "[0-9.]{0,40}".prop_map(String::into_bytes), DATE.prop_map(String::into_bytes)],
            date in prop_oneof![any::<Vec<u8>>(), DATE.prop_map(String::into_bytes)],
            seconds: u64,
            nanos in 0u32..1_000_000_000,
        ) {
            let mut headers = HeaderMap::new();
            for (name, value) in [("retry-after", &after), ("retry-after-ms", &after), ("date", &date)] {
                if let Ok(value) = HeaderValue::from_bytes(value) {
                    headers.insert(name, value);
                }
            }
            let _ = retry_after(&headers, Duration::new(seconds, nanos));
        }
    }

    /// Close to the three forms of a date.
    const DATE: &str = "(Sun|Mon), [0-9]{2} (Jan|Feb|Dec) [0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2} GMT\
                        |(Sunday|Monday), [0-9]{2}-(Jan|Feb|Dec)-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2} GMT\
                        |(Sun|Mon) (Jan|Feb|Dec) [ 0-9][0-9] [0-9]{2}:[0-9]{2}:[0-9]{2} [0-9]{4}";
}
