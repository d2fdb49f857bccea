//! What was recognized in one input, as text, captions, tables and JSON.
//!
//! A [`Transcript`] is one input with its [`Segment`]s, each of them one recognition or the [`Failure`] that stands in
//! its place; an [`Assessment`] is one input with pronunciation scores. Use them where results are written for people
//! or other programs: both give JSON in a fixed schema and text for a terminal, and a transcript gives captions and
//! tables too.
//!
//! ```
//! use stt_model::{Language, Recognition};
//! use stt_transcript::{Segment, Transcript};
//!
//! let heard: Recognition =
//!     serde_json::from_str(r#"{"RecognitionStatus":"Success","DisplayText":"Hello.","Offset":1800000,"Duration":13400000}"#)?;
//! let transcript = Transcript::new("talk.wav", Language::EN_US, vec![Segment::new(Ok(heard)).attempts(1)]);
//!
//! assert_eq!(transcript.text(), "Hello.");
//! assert!(transcript.to_json().starts_with(r#"{"schema":"stt.transcript/1","input":"talk.wav","#));
//! # Ok::<(), serde_json::Error>(())
//! ```

#![warn(clippy::print_stderr, clippy::print_stdout)]

mod assessed_word;
mod assessment;
mod band;
mod captions;
mod error;
mod escape;
mod format;
mod layout;
mod pace;
mod part;
mod read;
mod rendering;
mod report;
mod segment;
mod status;
mod table;
mod time;
mod tongue;
mod transcript;
mod unit;

pub use assessment::Assessment;
pub use band::Band;
pub use captions::{Captions, Cue};
pub use error::Error;
pub use escape::{escape_for_terminal, escape_in_json};
pub use format::Format;
pub use part::Part;
pub use rendering::Rendering;
pub use segment::{Failure, Segment};
pub use status::TranscriptStatus;
pub use transcript::Transcript;
