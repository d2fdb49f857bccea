//! How good a score is.

use stt_model::GradingSystem;

/// How good a score is, on either scale.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Band {
    /// Below 60 of 100, where a word counts as mispronounced (documented).
    Low,
    /// From 60 to below 80 of 100. The upper bound is this crate's choice.
    Middle,
    /// 80 of 100 and more.
    High,
}

impl Band {
    /// The band of a score on the scale in force.
    #[must_use]
    pub fn of(score: f64, grading: GradingSystem) -> Self {
        let share = score / best_score(grading);
        if share < 0.6 {
            Self::Low
        } else if share < 0.8 {
            Self::Middle
        } else {
            Self::High
        }
    }

    /// The sign for those who see no colours: `!`, `~` and a blank.
    #[must_use]
    pub const fn sign(self) -> char {
        match self {
            Self::Low => '!',
            Self::Middle => '~',
            Self::High => ' ',
        }
    }

    /// The text, in red, yellow or green where `colours` are wanted.
    pub(crate) fn coloured(self, text: &str, colours: bool) -> String {
        if !colours {
            return text.to_owned();
        }
        let code = match self {
            Self::Low => 31,
            Self::Middle => 33,
            Self::High => 32,
        };
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    }
}

/// The best score of a scale (documented).
pub(crate) const fn best_score(grading: GradingSystem) -> f64 {
    match grading {
        GradingSystem::FivePoint => 5.0,
        GradingSystem::HundredMark => 100.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bands_begin_at_60_and_80_of_100_on_either_scale() {
        use {Band::*, GradingSystem::*};
        for (score, grading, band) in [
            (0.0, HundredMark, Low),
            (59.9, HundredMark, Low),
            (60.0, HundredMark, Middle),
            (79.9, HundredMark, Middle),
            (80.0, HundredMark, High),
            (100.0, HundredMark, High),
            (2.9, FivePoint, Low),
            (3.0, FivePoint, Middle),
            (4.0, FivePoint, High),
        ] {
            assert_eq!(Band::of(score, grading), band, "{score}");
        }
    }
}
