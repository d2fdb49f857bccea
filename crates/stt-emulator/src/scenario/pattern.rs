//! What a header or a query parameter must be for a condition to hold.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// What a value must be for a condition to hold.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Pattern {
    /// Whether it is there at all.
    Present(bool),
    /// The value; each `*` stands for any characters or none.
    Text(String),
}

impl Pattern {
    pub(crate) fn fits(&self, value: Option<&str>) -> bool {
        match (self, value) {
            (Self::Present(wanted), value) => *wanted == value.is_some(),
            (Self::Text(pattern), Some(value)) => like(pattern, value),
            (Self::Text(_), None) => false,
        }
    }
}

/// Whether `value` is `pattern`, in which each `*` stands for any characters or none.
pub(crate) fn like(pattern: &str, value: &str) -> bool {
    let Some((head, rest)) = pattern.split_once('*') else {
        return pattern == value;
    };
    let Some(mut value) = value.strip_prefix(head) else {
        return false;
    };
    let (middle, tail) = rest.rsplit_once('*').unwrap_or(("", rest));
    for part in middle.split('*') {
        let Some(at) = value.find(part) else {
            return false;
        };
        value = &value[at + part.len()..];
    }
    value.ends_with(tail)
}

impl Serialize for Pattern {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Present(wanted) => serializer.serialize_bool(*wanted),
            Self::Text(text) => serializer.serialize_str(text),
        }
    }
}

impl<'de> Deserialize<'de> for Pattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Typed;

        impl Visitor<'_> for Typed {
            type Value = Pattern;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text, in which * stands for anything, or true or false for whether it is there")
            }

            fn visit_bool<E: de::Error>(self, wanted: bool) -> Result<Pattern, E> {
                Ok(Pattern::Present(wanted))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Pattern, E> {
                Ok(Pattern::Text(text.to_owned()))
            }
        }

        deserializer.deserialize_any(Typed)
    }
}

impl JsonSchema for Pattern {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Pattern".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "a text, in which * stands for anything, or true or false for whether it is there",
            "type": ["string", "boolean"],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Pattern, like};

    #[test]
    fn a_star_stands_for_anything() {
        for (pattern, value) in
            [("curl/*", "curl/8.5"), ("*", ""), ("a*b*c", "abc"), ("a*b*c", "a1b2b3c"), ("*x", "x"), ("plain", "plain")]
        {
            assert!(like(pattern, value), "{pattern} {value}");
        }
        for (pattern, value) in
            [("curl/*", "python"), ("a*b*c", "acb"), ("a*a", "a"), ("plain", "plainer"), ("a*b", "abx")]
        {
            assert!(!like(pattern, value), "{pattern} {value}");
        }
    }

    #[test]
    fn presence_alone_may_be_what_counts() {
        assert!(Pattern::Present(true).fits(Some("")));
        assert!(Pattern::Present(false).fits(None));
        assert!(!Pattern::Present(false).fits(Some("x")));
        assert!(!Pattern::Text("*".to_owned()).fits(None));
    }
}
