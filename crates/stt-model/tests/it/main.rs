//! The types against what Microsoft documents and what was seen of the live service.

#![expect(clippy::unwrap_used, reason = "a helper of a test may fail like the test itself")]

mod assessment;
mod audio_format;
mod damage;
mod data;
mod language;
mod laws;
mod options;
mod reading;
mod replies;
mod service_message;
