//! What was asked for.

use std::path::PathBuf;

use crate::outcome::Outcome;

/// What was asked for, besides which benchmark.
#[derive(Debug, Default, Eq, PartialEq)]
pub(crate) struct Choices {
    pub(crate) quick: bool,
    pub(crate) json: Option<PathBuf>,
}

impl Choices {
    pub(crate) fn parse(words: &[&str]) -> Outcome<Self> {
        let mut choices = Self::default();
        let mut words = words.iter();
        while let Some(word) = words.next() {
            match *word {
                "--quick" => choices.quick = true,
                "--json" => choices.json = Some(words.next().ok_or(USAGE)?.into()),
                _ => return Err(USAGE.into()),
            }
        }
        Ok(choices)
    }
}

/// How to call this.
pub(crate) const USAGE: &str = "\
usage: bench audio|batch|client|emulator [--quick] [--json FILE]
       bench split [--quick] [--seed N]
       bench kill [--times N] [--seed N]";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_that_is_unknown_or_incomplete_is_refused() {
        let expected = Choices { quick: true, json: Some("figures.jsonl".into()) };
        assert_eq!(Choices::parse(&["--json", "figures.jsonl", "--quick"]).unwrap(), expected);
        assert!(Choices::parse(&["--json"]).is_err());
        assert!(Choices::parse(&["--slow"]).is_err());
    }
}
