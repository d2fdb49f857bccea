//! The same questions asked of any endpoint: the emulator, another emulator, the service itself.
//!
//! The questions and what is expected of the answers stand in one file of data, `questions.toml`; a question file of
//! one's own has the same form, which [`Questions`] describes.

mod client;
mod clip;
mod expectation;
mod interview;
mod manner;
mod question;
mod report;
mod target;

pub(crate) use clip::Recording;
pub(crate) use interview::{Interview, InterviewError};
pub(crate) use manner::Manner;
pub(crate) use question::{Questions, QuestionsError};
pub(crate) use target::{Target, TargetError};
