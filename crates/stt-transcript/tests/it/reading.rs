use std::time::Duration;

use stt_model::{Language, Status, Ticks};
use stt_transcript::{Captions, Error, Format, Segment, Transcript, TranscriptStatus};

use crate::{spoken, unavailable};

/// As it stands in the documentation of the schema, with a failure after it.
const WRITTEN: &str = concat!(
    r#"{"schema":"stt.transcript/1","input":"greeting.wav","language":"en-US","status":"Partial","text":"Good morning.","#,
    r#""audio_ms":1800,"segments":[{"start_ms":530,"end_ms":1240,"status":"Success","text":"Good morning.","#,
    r#""confidence":0.96,"nbest":[{"display":"Good morning.","lexical":"good morning","itn":"good morning","#,
    r#""masked_itn":"good morning","confidence":0.96}],"words":[{"word":"good","start_ms":510,"end_ms":760},"#,
    r#"{"word":"morning","start_ms":null,"end_ms":null}],"connection_id":"5f0c9d2ab1e84c7d9a3364f10b7e2c58","#,
    r#""request_id":null,"attempts":1,"forced_cut":true},{"start_ms":1497,"end_ms":1800,"status":"Failed","text":"","#,
    r#""confidence":null,"nbest":[],"words":[],"connection_id":null,"request_id":"r-1","attempts":3,"error":{"#,
    r#""kind":"service","message":"the service is not available (503)","status":503,"retryable":true}}]}"#,
);

fn read(json: &str) -> Transcript {
    Transcript::from_json(json).expect("a transcript")
}

#[test]
fn what_was_written_is_the_same_when_it_is_written_again() {
    let transcript = read(WRITTEN);

    assert_eq!(transcript.to_json(), WRITTEN);
    assert_eq!((transcript.input(), transcript.language()), ("greeting.wav", &Language::EN_US));
    assert_eq!(transcript.segments()[1].failure(), Some(&unavailable()));
    let by_serde: Transcript = serde_json::from_str(WRITTEN).expect("a transcript");
    assert_eq!(by_serde, transcript);
}

#[test]
fn captions_come_of_the_json_as_they_came_of_the_answer() {
    let words = [("good", 530, 760), ("morning", 810, 1_240)];
    let segment = spoken("Good morning.", 1_500, &words).piece(Ticks::from_millis(60_000), None).forced_cut(true);
    let answered = Transcript::new("a", Language::EN_US, vec![segment]).audio(Duration::from_secs(62));
    let captions = Captions::new().max_line_width(8).max_line_count(1);

    let srt = "1\n00:01:00,530 --> 00:01:00,760\nGood\n\n2\n00:01:00,810 --> 00:01:01,240\nmorning.\n";
    assert_eq!(answered.render(Format::Srt, captions), srt);
    assert_eq!(read(&answered.to_json()).render(Format::Srt, captions), srt);
}

#[test]
fn a_hand_written_transcript_needs_little() {
    let json = r#"{"schema":"stt.transcript/1","later":[1,{"x":2}],"input":"a","language":"en-US",
        "segments":[{"status":"Success","text":"Hi.","start_ms":5,"end_ms":9,"speaker":"Bob"},
                    {"status":"NoMatch","start_ms":10,"words":[{"word":"x","start_ms":2,"end_ms":1}]}]}"#;
    let transcript = read(&format!("\u{feff}{json}"));

    assert_eq!(transcript.status(), TranscriptStatus::Answered(Status::Success));
    assert_eq!(transcript.render(Format::Srt, Captions::new()), "1\n00:00:00,005 --> 00:00:00,009\nHi.\n");
    let again = read(&transcript.to_json());
    assert_eq!(again.to_json(), transcript.to_json());
}

#[test]
fn another_schema_is_named() {
    for (json, message) in [
        (
            r#"{"schema":"stt.transcript/2"}"#,
            r#"this is no transcript of the schema stt.transcript/1, but of "stt.transcript/2""#,
        ),
        (
            r#"{"schema":"stt.assessment/1"}"#,
            r#"this is no transcript of the schema stt.transcript/1, but of "stt.assessment/1""#,
        ),
        (r#"{"RecognitionStatus":"Success"}"#, "this is no transcript of the schema stt.transcript/1, but of none"),
        ("[]", "this is no transcript of the schema stt.transcript/1, but of none"),
        ("7", "this is no transcript of the schema stt.transcript/1, but of none"),
        (r#"{"schema":1}"#, "this is no transcript of the schema stt.transcript/1, but of none"),
    ] {
        let error = Transcript::from_json(json).expect_err(json);
        assert_eq!(error.to_string(), message, "{json}");
    }
    let later = WRITTEN.replace("transcript/1", "transcript/2");
    let error = serde_json::from_str::<Transcript>(&later).expect_err("another version");
    assert!(error.to_string().contains(r#"but of "stt.transcript/2""#), "{error}");
}

#[test]
fn what_is_wrong_with_a_transcript_is_said_with_its_place() {
    for (json, message) in [
        (WRITTEN.replace("\"attempts\":3", "\"attempts\":-3"), "invalid value: integer `-3`, expected u32"),
        (WRITTEN.replace("en-US", "en_US"), "language \"en_US\" is not a tag; did you mean en-US?"),
        (WRITTEN.replace("\"status\":\"Success\",", ""), "missing field `status`"),
    ] {
        let error = Transcript::from_json(&json).expect_err(&json);
        assert!(matches!(error, Error::WrongShape(_)), "{error:?}");
        let why = std::error::Error::source(&error).expect("a reason").to_string();
        assert!(why.starts_with(message) && why.contains(" at line 1 column "), "{why}");
    }
    for json in ["", "nonsense", &WRITTEN[..WRITTEN.len() - 1]] {
        assert!(matches!(Transcript::from_json(json), Err(Error::NotJson(_))), "{json}");
    }
}

#[test]
fn times_that_cannot_be_are_taken_back_for_good() {
    for (possible, impossible) in
        [("1240", "18446744073709551615"), ("1240", "3"), ("1800,\"status", "3,\"status"), ("760", "1")]
    {
        assert!(WRITTEN.contains(possible));
        let once = read(&WRITTEN.replace(possible, impossible)).to_json();
        assert_eq!(read(&once).to_json(), once);
    }
    let ends_early = WRITTEN.replace("1800,\"status", "3,\"status");
    assert!(read(&ends_early).to_json().contains(r#"{"start_ms":1497,"end_ms":1497,"status":"Failed""#));
}

#[test]
fn a_cut_in_speech_is_marked() {
    let json = |forced| serde_json::to_value(Segment::new(Err(unavailable())).forced_cut(forced)).expect("JSON");

    assert_eq!(json(true)["forced_cut"], true);
    assert!(json(false).get("forced_cut").is_none());
}
