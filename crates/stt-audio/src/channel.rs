//! Which of the channels of a recording is heard.

mod mixer;

use std::{fmt, str::FromStr};

use thiserror::Error;

pub(crate) use self::mixer::Mixer;

/// Which of the channels of a recording is heard.
///
/// ```
/// use stt_audio::Channel;
///
/// assert_eq!("left".parse(), Ok(Channel::Left));
/// assert_eq!(Channel::default().to_string(), "mix");
/// ```
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum Channel {
    /// The first one alone, or the only one.
    Left,
    /// The mean of all of them.
    ///
    /// Where they cancel each other, as with a cable of reversed polarity, the first one alone instead.
    #[default]
    Mix,
    /// The second one alone, or the only one.
    Right,
}

impl Channel {
    /// Every choice, in the order of their names.
    pub const ALL: [Self; 3] = [Self::Left, Self::Mix, Self::Right];

    /// The name by which it is chosen.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Left => "left",
            Self::Mix => "mix",
            Self::Right => "right",
        }
    }
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Channel {
    type Err = InvalidChannel;

    fn from_str(text: &str) -> Result<Self, InvalidChannel> {
        Self::ALL.into_iter().find(|channel| channel.name() == text).ok_or(InvalidChannel)
    }
}

/// The text names no choice of channels.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[error("neither left, mix nor right")]
pub struct InvalidChannel;
