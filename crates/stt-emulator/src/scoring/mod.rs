//! Pronunciation scores: what was read aloud against what should have been.
//!
//! The words come from the audio with an accuracy each; the rest is arithmetic over them and their times. The total
//! follows Microsoft's published weights; fluency, prosody, syllables and phonemes are simple stand-ins of the same
//! shape, deterministic and no measure of anything.

mod align;
mod assess;
mod parameters;
mod prosody;
mod sounds;
mod total;
mod word;

pub(crate) use assess::{Given, Overall, Reading, assess};
pub(crate) use parameters::Parameters;
pub(crate) use total::total;
pub(crate) use word::{ErrorType, ScoredWord, Spoken};
