//! An expectation that was not met, and the request that came nearest to it.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;

use serde::Serialize;

use super::Expect;

/// An expectation that was not met.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Unmet {
    pub(super) expected: Expect,
    pub(super) fitting: Vec<u64>,
    pub(super) nearest: Option<Nearest>,
    pub(super) asked: usize,
}

/// The request that differs in the fewest parts from what was expected; of several the last one.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Nearest {
    /// Its number in the journal.
    pub id: u64,
    /// The parts in which it differs.
    pub differences: Vec<Difference>,
}

/// A part of a request that is not as expected.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Difference {
    /// Which part, by the name that [`Expect`] has for it.
    pub part: String,
    /// What it should have been.
    pub wanted: String,
    /// What it was; `None` where the request had no such part.
    pub got: Option<String>,
}

impl Unmet {
    /// The numbers of the requests that were as expected.
    #[must_use]
    pub fn fitting(&self) -> &[u64] {
        &self.fitting
    }

    /// The nearest of those that were not as expected.
    #[must_use]
    pub fn nearest(&self) -> Option<&Nearest> {
        self.nearest.as_ref()
    }
}

impl fmt::Display for Unmet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { expected, fitting, nearest, asked } = self;
        let mut told = expected.clone();
        told.times = Default::default();
        write!(f, "expected {} request(s), and {} of {asked} fitted", expected.times, fitting.len())?;
        if let Ok(serde_json::Value::Object(parts)) = serde_json::to_value(&told) {
            let parts = parts.iter().map(|(part, wanted)| (part.as_str(), wanted)).collect::<BTreeMap<_, _>>();
            for (part, wanted) in parts.iter().filter(|(part, _)| **part != "times") {
                write!(f, "\n  {part}: {wanted}")?;
            }
        }
        if !fitting.is_empty() {
            let ids = fitting.iter().map(u64::to_string).collect::<Vec<_>>();
            write!(f, "\nthese fitted: {}", ids.join(", "))?;
        }
        if let Some(Nearest { id, differences }) = nearest {
            write!(f, "\nthe nearest of the others, request {id}, differs:")?;
            for Difference { part, wanted, got } in differences {
                match got {
                    Some(got) => write!(f, "\n  {part}: wanted {wanted:?}, got {got:?}")?,
                    None => write!(f, "\n  {part}: wanted {wanted:?}, got nothing")?,
                }
            }
        }
        Ok(())
    }
}

impl Error for Unmet {}
