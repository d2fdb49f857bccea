//! Requests, replies and the exchange machine of the Speech to text REST API for short audio, without any I/O.
//!
//! Take this crate to call the service with an HTTP stack of your own, blocking or async. It is three floors, and each
//! is complete:
//!
//! 1. [`Recognize::request`] makes an `http::Request`, and [`Reply::read`] reads the `http::Response`.
//! 2. [`Call`] decides what happens next: send, wait, fetch an access token, repeat, give up. The transport is the loop
//!    around it.
//! 3. The crate `stt-hyper` is that loop on hyper and tokio.
//!
//! Nothing here reads a clock, a file, the environment or random numbers: time is the argument `now`, entropy the
//! argument `seed`.
//!
//! ```
//! use stt_auth::Endpoint;
//! use stt_core::{ConnectionId, Recognize, Upload};
//! use stt_model::{AudioFormat, Language};
//!
//! let endpoint: Endpoint = "https://westus.stt.speech.microsoft.com".parse()?;
//! let upload = Upload::replayable(AudioFormat::WavPcm16k);
//! let request = Recognize::new(Language::EN_US).detailed().request(&endpoint, upload, ConnectionId(7))?;
//! assert_eq!(request.headers()["transfer-encoding"], "chunked");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#![warn(clippy::print_stderr, clippy::print_stdout)]

mod call;
mod concurrency;
mod connection_id;
mod error;
mod kind;
mod malformed;
mod payload;
mod recognize;
mod refusal;
mod reply;
mod retry;
mod transport;
mod unsendable;

pub use call::{Call, Errand, Pending, Step, Wait};
pub use concurrency::{Concurrency, Ended, NotYet, Slot};
pub use connection_id::{ConnectionId, InvalidConnectionId};
pub use error::{Error, GaveUp};
pub use kind::ErrorKind;
pub use malformed::Malformed;
pub use payload::{Payload, Upload};
pub use recognize::Recognize;
pub use refusal::Refusal;
pub use reply::Reply;
pub use retry::Retry;
pub use transport::{Phase, Reached, Sent, TransportFailure, TransportKind};
pub use unsendable::Unsendable;
