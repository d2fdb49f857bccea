//! Spans of time as people type them.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A span of time that is written as `2s`, `250ms` or `10m`, or as a number of seconds.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Span(pub(crate) Duration);

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

/// For `#[serde(with = "span")]` on a [`Duration`].
pub(crate) fn serialize<S: Serializer>(span: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    Span(*span).serialize(serializer)
}

/// For `#[serde(with = "span")]` on a [`Duration`].
pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    Span::deserialize(deserializer).map(|Span(span)| span)
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.subsec_millis() {
            0 => write!(f, "{}s", self.0.as_secs()),
            _ => write!(f, "{}ms", self.0.as_millis()),
        }
    }
}

impl Serialize for Span {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Typed).map(Self)
    }
}

impl JsonSchema for Span {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Span".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "a span of time such as \"2s\", \"250ms\" or \"10m\", or a number of seconds",
            "type": ["string", "number"],
            "pattern": "^[0-9]+(\\.[0-9]+)?(ms|s|m)?$",
            "minimum": 0,
        })
    }
}

struct Typed;

impl Visitor<'_> for Typed {
    type Value = Duration;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a span of time such as \"2s\" or \"250ms\"")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Duration, E> {
        span(text).map_err(|_| E::invalid_value(Unexpected::Str(text), &self))
    }

    fn visit_f64<E: de::Error>(self, seconds: f64) -> Result<Duration, E> {
        Duration::try_from_secs_f64(seconds).map_err(|_| E::invalid_value(Unexpected::Float(seconds), &self))
    }

    fn visit_u64<E: de::Error>(self, seconds: u64) -> Result<Duration, E> {
        Ok(Duration::from_secs(seconds))
    }

    fn visit_i64<E: de::Error>(self, seconds: i64) -> Result<Duration, E> {
        match u64::try_from(seconds) {
            Ok(seconds) => self.visit_u64(seconds),
            Err(_) => Err(E::invalid_value(Unexpected::Signed(seconds), &self)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::{from_value, json, to_value};

    use super::{Span, span};

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

    #[test]
    fn a_file_has_them_as_text_or_as_seconds() {
        for (written, millis) in [(json!("2s"), 2_000), (json!("250ms"), 250), (json!(3), 3_000), (json!(0.5), 500)] {
            let Span(read) = from_value(written.clone()).expect("a span");
            assert_eq!(read, Duration::from_millis(millis), "{written}");
        }
        for written in [json!("soon"), json!(-1), json!(-0.5), json!(true), json!(null)] {
            assert!(from_value::<Span>(written.clone()).is_err(), "{written}");
        }
        assert_eq!(to_value(Span(Duration::from_millis(1_500))).expect("JSON"), "1500ms");
        assert_eq!(to_value(Span(Duration::from_secs(60))).expect("JSON"), "60s");
    }
}
