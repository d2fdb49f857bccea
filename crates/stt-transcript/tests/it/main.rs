//! The JSON and the text that users and programs read.

mod assessment;
mod captions;
mod laws;

mod reading;
mod rendering;
mod transcript;

use stt_model::{Alternative, Recognition, Status, Ticks, Word};
use stt_transcript::{Failure, Segment};

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

/// A piece of audio from 0 to `end` milliseconds, in which this was heard from its beginning to its end.
fn said(text: &str, end: u64) -> Segment {
    let mut recognition = Recognition::new(Status::Success);
    recognition.display_text = Some(text.to_owned());
    recognition.offset = Some(Ticks(0));
    recognition.duration = Some(Ticks::from_millis(end));
    Segment::new(Ok(recognition)).piece(Ticks(0), Some(Ticks::from_millis(end)))
}

/// The same, with the words that were spoken and from when to when, in milliseconds of the piece.
fn spoken(text: &str, end: u64, words: &[(&str, u64, u64)]) -> Segment {
    let mut best = Alternative::default();
    best.words = words.iter().map(|(text, start, end)| word(text, *start, *end)).collect();
    let mut recognition = said(text, end).recognition().expect("it was heard").clone();
    recognition.nbest = vec![best];
    Segment::new(Ok(recognition)).piece(Ticks(0), Some(Ticks::from_millis(end)))
}

fn word(text: &str, start: u64, end: u64) -> Word {
    let mut word = Word::default();
    word.word = text.to_owned();
    word.offset = Some(Ticks::from_millis(start));
    word.duration = Some(Ticks::from_millis(end - start));
    word
}
