//! What a conversion did that the owner of the audio may want to know.

use std::{fmt, time::Duration};

use crate::units::{Channels, Rate, Seconds};

/// What a conversion did that the owner of the audio may want to know.
///
/// Its `Display` is a sentence for the user, to be put behind the name of the file.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Note {
    /// For so long the channels cancelled each other, and the first one alone was used instead of their mean.
    Cancelled(Duration),
    /// Audio of another rate or with more channels was made 16 kHz mono.
    Converted {
        /// Its channels.
        channels: u16,
        /// Its samples a second.
        rate: u32,
    },
}

impl Note {
    /// Adds it to others, each of which is there once.
    pub(super) fn add_to(self, notes: &mut Vec<Self>) {
        for note in notes.iter_mut() {
            match (note, self) {
                (Self::Cancelled(time), Self::Cancelled(more)) => return *time += more,
                (note, _) if *note == self => return,
                _ => {}
            }
        }
        notes.push(self);
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Cancelled(time) => {
                write!(f, "the channels cancel each other for {}; used the left one there", Seconds(time))
            }
            Self::Converted { channels, rate } => {
                write!(f, "{} {}; converted to 16 kHz mono", Rate(rate), Channels(channels))
            }
        }
    }
}
