//! What is wrong with a scenario, and where.

use std::fmt;

use serde::Serialize;

/// One thing that is wrong with a scenario.
#[non_exhaustive]
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Mistake {
    /// Which value it is, such as `rule[0].match.language`; empty where the text is not even TOML or JSON.
    pub path: String,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// What is wrong.
    pub problem: String,
    /// What could stand there instead.
    pub expected: String,
}

/// Everything that is wrong with a scenario.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct ScenarioError {
    mistakes: Vec<Mistake>,
}

impl Mistake {
    /// The same mistake in the form that editors and compilers have: file, line and column first.
    #[must_use]
    pub fn within(&self, file: &str) -> String {
        format!("{file}:{self}")
    }
}

impl ScenarioError {
    /// In the order of the text; there is always one.
    pub(crate) fn new(mut mistakes: Vec<Mistake>) -> Self {
        mistakes.sort_by_key(|mistake| (mistake.line, mistake.column));
        Self { mistakes }
    }

    /// The mistakes in the order of the text.
    #[must_use]
    pub fn mistakes(&self) -> &[Mistake] {
        &self.mistakes
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: ", self.line, self.column)?;
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        f.write_str(&self.problem)?;
        match self.expected.as_str() {
            "" => Ok(()),
            expected => write!(f, "; expected {expected}"),
        }
    }
}

impl fmt::Display for ScenarioError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, mistake) in self.mistakes.iter().enumerate() {
            let line = if at == 0 { "" } else { "\n" };
            write!(f, "{line}{mistake}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ScenarioError {}
