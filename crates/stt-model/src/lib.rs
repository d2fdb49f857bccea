//! Types of the Speech to text REST API for short audio.
//!
//! The answers ([`Recognition`], [`ServiceMessage`]) and the words of a request ([`Language`],
//! [`AudioFormat`], [`ResultFormat`], [`PronunciationAssessment`]) of Microsoft's Azure AI Speech
//! service. No I/O and nothing of HTTP: use it alone where the JSON comes from somewhere else, such
//! as a file, a queue or another client.
//!
//! ```
//! use stt_model::{Recognition, Status};
//!
//! let json = r#"{"RecognitionStatus":"Success","Offset":"700000","Duration":8400000,"NBest":[
//!     {"Confidence":0.98,"Display":"Good morning.","AccuracyScore":100.0,"PronScore":"95.1"}]}"#;
//! let heard: Recognition = serde_json::from_str(json)?;
//!
//! assert_eq!(heard.status, Status::Success);
//! assert_eq!(heard.text(), Some("Good morning."));
//! assert_eq!(heard.best().and_then(|best| best.scores.pron), Some(95.1));
//! # Ok::<(), serde_json::Error>(())
//! ```
//!
//! # How far a statement can be trusted
//!
//! Nothing here was measured against the live service. The documentation of each item says where its facts come from:
//! *documented* is in Microsoft's documentation, *observed* was published by somebody who saw it on the live service,
//! *inferred* is a guess from those. *Speech SDK JSON* marks a field that the types of Microsoft's Speech SDK have and
//! that no REST answer was seen with.

#![warn(clippy::print_stderr, clippy::print_stdout)]

mod alternative;
mod assessment;
mod audio_format;
mod error;
mod language;
mod lenient;
mod object;
mod options;
mod prosody;
mod recognition;
mod scores;
mod service_message;
mod status;
mod ticks;
mod word;
mod words;

pub use alternative::{Alternative, DisplayWord};
pub use assessment::{Dimension, GradingSystem, Granularity, PhonemeAlphabet, PronunciationAssessment};
pub use audio_format::{AudioFormat, wav_header};
pub use error::{Error, JsonError};
pub use language::{Language, Locale};
pub use options::{Mode, Profanity, ResultFormat};
pub use prosody::{Break, BreakConfidence, Feedback, Intonation, Monotone, Prosody};
pub use recognition::{PrimaryLanguage, Recognition};
pub use scores::{ErrorType, Scores};
pub use service_message::ServiceMessage;
pub use status::Status;
pub use ticks::Ticks;
pub use word::{NBestPhoneme, Phoneme, Syllable, Word};
