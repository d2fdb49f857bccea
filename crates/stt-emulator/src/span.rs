//! Spans of time as people type them.

use std::time::Duration;

/// `600s`, `250ms`, `10m`, `1.5s`; a number alone is seconds.
pub(crate) fn span(text: &str) -> Result<Duration, String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = match &text[digits.len()..] {
        "ms" => 0.001,
        "s" | "" => 1.0,
        "m" => 60.0,
        _ => return Err("the units are ms, s and m".to_owned()),
    };
    let number: f64 = digits.parse().map_err(|_| "a number and a unit, such as 600s")?;
    Duration::try_from_secs_f64(number * unit).map_err(|_| "not a span of time".to_owned())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::span;

    #[test]
    fn spans_have_units_and_seconds_without_one() {
        assert_eq!(span("600s"), Ok(Duration::from_secs(600)));
        assert_eq!(span("250ms"), Ok(Duration::from_millis(250)));
        assert_eq!(span("10m"), Ok(Duration::from_secs(600)));
        assert_eq!(span("1.5"), Ok(Duration::from_millis(1_500)));
    }

    #[test]
    fn what_is_no_span_is_refused() {
        for text in ["", "s", "-1s", "1h", "NaN", "1e99s", "five"] {
            assert!(span(text).is_err(), "{text}");
        }
    }
}
