//! Long audio, with a client of an API for short audio.
//!
//! One request takes 60 seconds of 16 kHz mono audio. [`Pieces`] makes such audio of any other: it decodes, converts
//! and cuts in the pauses of speech, in a thread of its own and with a bounded amount of memory. [`recognize`] sends
//! the pieces, several at once, and gives the results in their order. Joined by a
//! [`Transcript`](stt_transcript::Transcript), they stand on one time line.
//!
//! ```no_run
//! use std::num::NonZeroUsize;
//!
//! use futures_util::StreamExt;
//! use stt_hyper::{Client, Language, Recognize};
//! use stt_long::{Pieces, Plan, Source, recognize};
//! use stt_transcript::Transcript;
//!
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let client = Client::from_env()?;
//! let pieces = Pieces::of(Source::file("talk.mp3")?, Plan::default())?;
//! let four = NonZeroUsize::new(4).ok_or("four is not zero")?;
//! let mut heard = std::pin::pin!(recognize(&client, pieces, Recognize::new(Language::EN_US).detailed(), four));
//! let mut segments = Vec::new();
//! while let Some(heard) = heard.next().await {
//!     let segment = heard.segment();
//!     println!("{}", segment.text());
//!     segments.push(segment);
//! }
//! println!("{}", Transcript::new("talk.mp3", Language::EN_US, segments).to_json());
//! # Ok(())
//! # }
//! ```

#![warn(clippy::print_stderr, clippy::print_stdout)]

mod decoding;
mod heard;
#[cfg(test)]
mod held;
mod life;
mod piece;
mod pieces;
mod plan;
mod progress;
mod samples;
mod source;
mod time;
mod work;

pub use decoding::DECODER_THREAD;
pub use heard::{Heard, LongError, recognize};
pub use piece::{LongPiece, PieceError};
pub use pieces::Pieces;
pub use plan::{Plan, Upload};
pub use progress::Progress;
pub use samples::Samples;
pub use source::Source;
