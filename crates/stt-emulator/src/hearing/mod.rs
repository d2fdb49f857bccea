//! What is heard beside what a body says itself: answers that are written down for its samples.

mod answer;
mod audio_dir;

pub(crate) use answer::{HeardAnswer, HeardStatus};
pub(crate) use audio_dir::Sidecar;
pub use audio_dir::{AudioDir, AudioDirError};
