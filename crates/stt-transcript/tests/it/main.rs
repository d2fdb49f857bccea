//! The JSON and the text that users and programs read.

mod assessment;
mod transcript;

use stt_model::Recognition;
use stt_transcript::Failure;

/// An answer of the service.
fn heard(json: &str) -> Recognition {
    serde_json::from_str(json).expect("the service's JSON")
}

/// What stands in the place of an answer when the service is overloaded.
fn unavailable() -> Failure {
    Failure {
        kind: "service".to_owned(),
        message: "the service is not available (503)".to_owned(),
        status: Some(503),
        retryable: true,
    }
}
