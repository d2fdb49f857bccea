//! The exit codes that scripts rely on, and which one wins.

use serde::{Deserialize, Serialize};

/// How a run ended. The order is the order of weight: of several, the greatest is the exit code.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Exit {
    /// Every input has a result with words.
    #[default]
    Success,
    /// Everything worked, and some input has no words.
    NoWords,
    /// A threshold was missed.
    Threshold,
    /// At least one input was refused, or the output cannot be written.
    Input,
    /// Service or network failure.
    Service,
    /// Authentication or permission.
    Credential,
    /// What was asked for makes no sense; nothing was tried.
    Usage,
    /// Somebody ended the run.
    Interrupted,
}

impl Exit {
    /// The number that the shell sees.
    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::Success => 0,
            Self::NoWords => 1,
            Self::Usage => 2,
            Self::Input => 3,
            Self::Credential => 4,
            Self::Service => 5,
            Self::Threshold => 6,
            Self::Interrupted => 130,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_several_the_order_4_5_3_6_1_decides() {
        let by_weight = [4, 5, 3, 6, 1, 0];
        let all = [Exit::Success, Exit::NoWords, Exit::Threshold, Exit::Input, Exit::Service, Exit::Credential];
        for heavy in all {
            for light in all {
                let place = |exit: Exit| by_weight.iter().position(|code| *code == exit.code());
                assert_eq!(heavy.max(light) == heavy, place(heavy) <= place(light), "{heavy:?} and {light:?}");
            }
        }
    }
}
