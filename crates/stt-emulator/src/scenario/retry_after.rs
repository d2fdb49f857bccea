//! The value of a `Retry-After` header.

use std::borrow::Cow;
use std::fmt;
use std::time::{Duration, SystemTime};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, MapAccess, Unexpected, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::span::Span;

/// When a client may come again.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum RetryAfter {
    /// At a date, as it stands there.
    At(String),
    /// So long after the answer, told as a date.
    DateIn(Duration),
    /// In so many seconds.
    Seconds(u64),
}

impl RetryAfter {
    /// The value of the header in an answer at the time `now`.
    pub(crate) fn value(&self, now: Duration) -> String {
        match self {
            Self::At(date) => date.clone(),
            // A date of HTTP has four digits for its year, and whole seconds.
            Self::DateIn(span) => {
                let at = now.saturating_add(*span).min(LAST_DATE);
                httpdate::fmt_http_date(SystemTime::UNIX_EPOCH + at)
            }
            Self::Seconds(seconds) => seconds.to_string(),
        }
    }
}

impl Serialize for RetryAfter {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::At(date) => serializer.serialize_str(date),
            Self::DateIn(span) => {
                let mut map = serializer.serialize_map(Some(1))?;
                map.serialize_entry(DATE_IN, &Span(*span))?;
                map.end()
            }
            Self::Seconds(seconds) => serializer.serialize_u64(*seconds),
        }
    }
}

impl<'de> Deserialize<'de> for RetryAfter {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Typed)
    }
}

struct Typed;

impl<'de> Visitor<'de> for Typed {
    type Value = RetryAfter;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("whole seconds, a date of HTTP, or { date_in = \"2s\" }")
    }

    fn visit_u64<E: de::Error>(self, seconds: u64) -> Result<RetryAfter, E> {
        Ok(RetryAfter::Seconds(seconds))
    }

    fn visit_i64<E: de::Error>(self, seconds: i64) -> Result<RetryAfter, E> {
        let negative = E::invalid_value(Unexpected::Signed(seconds), &self);
        u64::try_from(seconds).map(RetryAfter::Seconds).map_err(|_| negative)
    }

    fn visit_str<E: de::Error>(self, date: &str) -> Result<RetryAfter, E> {
        match httpdate::parse_http_date(date) {
            Ok(_) => Ok(RetryAfter::At(date.to_owned())),
            Err(_) => Err(E::invalid_value(Unexpected::Str(date), &self)),
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<RetryAfter, A::Error> {
        let mut date_in = None;
        while let Some(key) = map.next_key::<String>()? {
            if key != DATE_IN {
                return Err(de::Error::unknown_field(&key, &[DATE_IN]));
            }
            date_in = Some(map.next_value::<Span>()?);
        }
        let Span(span) = date_in.ok_or_else(|| de::Error::missing_field(DATE_IN))?;
        Ok(RetryAfter::DateIn(span))
    }
}

impl JsonSchema for RetryAfter {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "RetryAfter".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let span = generator.subschema_for::<Span>();
        json_schema!({
            "description": "whole seconds, a date of HTTP, or a span after the answer that is told as a date",
            "oneOf": [
                {"type": "integer", "minimum": 0},
                {"type": "string"},
                {"type": "object", "properties": {"date_in": span}, "required": ["date_in"], "additionalProperties": false},
            ],
        })
    }
}

const DATE_IN: &str = "date_in";

/// The last second of the year 9999.
const LAST_DATE: Duration = Duration::from_secs(253_402_300_799);

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::{Value, from_value, json, to_value};

    use super::RetryAfter;

    fn value(written: &Value, now: Duration) -> Option<String> {
        let read: RetryAfter = from_value(written.clone()).ok()?;
        assert_eq!(to_value(&read).expect("JSON"), *written);
        Some(read.value(now))
    }

    #[test]
    fn seconds_and_dates_are_sent_as_they_are() {
        assert_eq!(value(&json!(2), Duration::ZERO).as_deref(), Some("2"));
        let date = "Sun, 06 Nov 1994 08:49:37 GMT";
        assert_eq!(value(&json!(date), Duration::ZERO).as_deref(), Some(date));
    }

    #[test]
    fn a_date_may_be_told_by_how_far_it_is() {
        // The date of the example in RFC 9110 is 784111777 seconds after the Unix epoch.
        let now = Duration::from_secs(784_111_775);
        let date = value(&json!({"date_in": "2s"}), now);
        assert_eq!(date.as_deref(), Some("Sun, 06 Nov 1994 08:49:37 GMT"));
        assert!(value(&json!({"date_in": "2s"}), Duration::MAX).is_some_and(|date| date.contains(" 9999 ")));
    }

    #[test]
    fn anything_else_is_refused() {
        for written in [json!(-1), json!(1.5), json!("soon"), json!({}), json!({"in": "2s"}), json!(null)] {
            assert_eq!(value(&written, Duration::ZERO), None, "{written}");
        }
    }
}
