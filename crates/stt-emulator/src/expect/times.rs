//! How often something is expected.

use std::fmt;
use std::ops::{RangeFrom, RangeInclusive, RangeToInclusive};

use serde::{Deserialize, Serialize};

/// How often something is expected; by default at least once.
///
/// In JSON it is a number, or an object with `at_least`, `at_most` or both.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(from = "Written", into = "Written")]
pub struct Times {
    least: u64,
    most: Option<u64>,
}

#[derive(Deserialize, Serialize)]
#[serde(untagged, deny_unknown_fields, expecting = "`times` is a number, or an object with `at_least` and `at_most`")]
enum Written {
    Exactly(u64),
    Between {
        #[serde(default)]
        at_least: u64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at_most: Option<u64>,
    },
}

impl Times {
    pub(crate) fn contains(self, count: u64) -> bool {
        self.least <= count && self.most.is_none_or(|most| count <= most)
    }
}

impl Default for Times {
    fn default() -> Self {
        Self { least: 1, most: None }
    }
}

impl fmt::Display for Times {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.least, self.most) {
            (least, Some(most)) if least == most => write!(f, "{least}"),
            (0, Some(most)) => write!(f, "at most {most}"),
            (least, Some(most)) => write!(f, "{least} to {most}"),
            (least, None) => write!(f, "at least {least}"),
        }
    }
}

impl From<u64> for Times {
    fn from(count: u64) -> Self {
        Self { least: count, most: Some(count) }
    }
}

impl From<RangeInclusive<u64>> for Times {
    fn from(range: RangeInclusive<u64>) -> Self {
        Self { least: *range.start(), most: Some(*range.end()) }
    }
}

impl From<RangeFrom<u64>> for Times {
    fn from(range: RangeFrom<u64>) -> Self {
        Self { least: range.start, most: None }
    }
}

impl From<RangeToInclusive<u64>> for Times {
    fn from(range: RangeToInclusive<u64>) -> Self {
        Self { least: 0, most: Some(range.end) }
    }
}

impl From<Written> for Times {
    fn from(written: Written) -> Self {
        match written {
            Written::Exactly(count) => Self::from(count),
            Written::Between { at_least, at_most } => Self { least: at_least, most: at_most },
        }
    }
}

impl From<Times> for Written {
    fn from(times: Times) -> Self {
        match times.most {
            Some(most) if most == times.least => Self::Exactly(most),
            at_most => Self::Between { at_least: times.least, at_most },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Times;

    #[test]
    fn it_is_a_number_or_bounds_in_json_too() {
        for (json, times, told) in [
            ("3", Times::from(3), "3"),
            (r#"{"at_least":2}"#, Times::from(2..), "at least 2"),
            (r#"{"at_least":1,"at_most":3}"#, Times::from(1..=3), "1 to 3"),
            (r#"{"at_least":0,"at_most":5}"#, Times::from(..=5), "at most 5"),
        ] {
            assert_eq!(serde_json::from_str::<Times>(json).expect("times"), times);
            assert_eq!(serde_json::to_string(&times).expect("JSON"), json);
            assert_eq!(times.to_string(), told);
        }
        assert_eq!(serde_json::from_str::<Times>(r#"{"at_most":5}"#).expect("times"), Times::from(..=5));
        let error = serde_json::from_str::<Times>(r#"{"atLeast":5}"#).expect_err("another name");
        assert_eq!(error.to_string(), "`times` is a number, or an object with `at_least` and `at_most`");
    }

    #[test]
    fn its_bounds_belong_to_it() {
        let within = |times: Times| (0..6).filter(|count| times.contains(*count)).collect::<Vec<_>>();
        assert_eq!(within(Times::default()), [1, 2, 3, 4, 5]);
        assert_eq!(within(Times::from(3)), [3]);
        assert_eq!(within(Times::from(2..=4)), [2, 3, 4]);
        assert_eq!(within(Times::from(..=1)), [0, 1]);
    }
}
