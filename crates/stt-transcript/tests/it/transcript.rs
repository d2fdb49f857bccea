use std::time::Duration;

use stt_model::{Language, Recognition, Status, Ticks};
use stt_transcript::{Segment, Transcript, TranscriptStatus};

use crate::{heard, unavailable};

const ID: &str = "0123456789abcdef0123456789abcdef";

fn of(segments: Vec<Segment>) -> Transcript {
    Transcript::new("talk.wav", Language::EN_US, segments)
}

/// A piece with this text, or one that failed.
fn piece(text: Option<&str>) -> Segment {
    let mut recognition = Recognition::new(Status::Success);
    recognition.display_text = text.map(str::to_owned);
    Segment::new(text.map(|_| recognition).ok_or_else(unavailable))
}

fn answer(status: Status) -> Segment {
    Segment::new(Ok(Recognition::new(status)))
}

#[test]
fn a_detailed_answer_fills_every_field() {
    let recognition = heard(
        r#"{"RecognitionStatus":"Success","Offset":1800000,"Duration":13400000,"DisplayText":"Buy 5 pencils.","NBest":[
            {"Confidence":0.92,"Lexical":"buy five pencils","ITN":"buy 5 pencils","MaskedITN":"buy 5 pencils",
             "Display":"Buy 5 pencils.","Words":[{"Word":"buy","Offset":1800000,"Duration":2200000},
             {"Word":"five","Offset":4100000,"Duration":3000000}]},
            {"Confidence":0.5,"Display":"By five pencils."}]}"#,
    );
    let segment = Segment::new(Ok(recognition)).connection_id(ID).request_id("r-1").attempts(2);
    let transcript = of(vec![segment]).audio(Duration::from_micros(1_840_999));

    assert_eq!(
        transcript.to_json(),
        concat!(
            r#"{"schema":"stt.transcript/1","input":"talk.wav","language":"en-US","status":"Success","#,
            r#""text":"Buy 5 pencils.","audio_ms":1840,"segments":[{"start_ms":180,"end_ms":1520,"status":"Success","#,
            r#""text":"Buy 5 pencils.","confidence":0.92,"nbest":[{"display":"Buy 5 pencils.","#,
            r#""lexical":"buy five pencils","itn":"buy 5 pencils","masked_itn":"buy 5 pencils","confidence":0.92},"#,
            r#"{"display":"By five pencils.","lexical":null,"itn":null,"masked_itn":null,"confidence":0.5}],"#,
            r#""words":[{"word":"buy","start_ms":180,"end_ms":400},{"word":"five","start_ms":410,"end_ms":710}],"#,
            r#""connection_id":"0123456789abcdef0123456789abcdef","request_id":"r-1","attempts":2}]}"#,
        )
    );
}

#[test]
fn what_a_simple_answer_does_not_say_is_null_or_empty() {
    let recognition = heard(r#"{"RecognitionStatus":"Success","DisplayText":"Hello."}"#);

    assert_eq!(
        of(vec![Segment::new(Ok(recognition)).attempts(1)]).to_json(),
        concat!(
            r#"{"schema":"stt.transcript/1","input":"talk.wav","language":"en-US","status":"Success","#,
            r#""text":"Hello.","audio_ms":null,"segments":[{"start_ms":0,"end_ms":null,"status":"Success","#,
            r#""text":"Hello.","confidence":null,"nbest":[],"words":[],"#,
            r#""connection_id":null,"request_id":null,"attempts":1}]}"#,
        )
    );
}

#[test]
fn a_failed_piece_stands_in_its_place_with_its_error() {
    let second = Segment::new(Err(unavailable()))
        .piece(Ticks::from_millis(55_000), Some(Ticks::from_millis(61_000)))
        .connection_id(ID)
        .attempts(3);
    let transcript = of(vec![piece(Some("Hello.")), second]);

    assert_eq!(transcript.status(), TranscriptStatus::Partial);
    let json = transcript.to_json();
    let last = concat!(
        r#"{"start_ms":55000,"end_ms":61000,"status":"Failed","text":"","confidence":null,"nbest":[],"words":[],"#,
        r#""connection_id":"0123456789abcdef0123456789abcdef","request_id":null,"attempts":3,"error":{"#,
        r#""kind":"service","message":"the service is not available (503)","status":503,"retryable":true}}]}"#,
    );
    assert!(json.ends_with(last), "{json}");
}

#[test]
fn the_status_of_the_whole_follows_from_its_pieces() {
    let (hello, lost) = (|| piece(Some("Hello.")), || piece(None));
    for (segments, status) in [
        (vec![hello()], "Success"),
        (vec![hello(), hello()], "Success"),
        (vec![answer(Status::NoMatch), hello()], "Success"),
        (vec![hello(), answer(Status::InitialSilenceTimeout)], "Success"),
        (vec![lost(), hello()], "Partial"),
        (vec![hello(), answer(Status::NoMatch), lost()], "Partial"),
        (vec![lost()], "Failed"),
        (vec![lost(), answer(Status::NoMatch)], "Failed"),
        (vec![answer(Status::BabbleTimeout), lost()], "BabbleTimeout"),
        (vec![answer(Status::NoMatch), answer(Status::BabbleTimeout)], "NoMatch"),
        (vec![piece(Some(""))], "Success"),
        (vec![answer(Status::Other("Strange".to_owned()))], "Strange"),
        (vec![], "NoMatch"),
    ] {
        let transcript = of(segments);
        assert_eq!(transcript.status().as_str(), status, "{}", transcript.to_json());
    }
}

#[test]
fn a_result_without_text_has_no_words() {
    assert!(of(vec![piece(Some("Hello."))]).has_words());
    assert!(!of(vec![piece(Some(""))]).has_words());
    assert!(!of(vec![piece(Some(" "))]).has_words());
    assert!(!of(vec![answer(Status::NoMatch)]).has_words());
    assert!(!of(vec![piece(None)]).has_words());
}

#[test]
fn pieces_are_joined_as_the_language_joins_sentences() {
    let pieces = || vec![piece(Some(" One. ")), piece(None), piece(Some("")), piece(Some("Two."))];
    for (language, text) in [
        ("en-US", "One. Two."),
        ("th-TH", "One. Two."),
        ("ja-JP", "One.Two."),
        ("zh-CN-sichuan", "One.Two."),
        ("yue-CN", "One.Two."),
    ] {
        let language: Language = language.parse().expect("a tag");
        assert_eq!(Transcript::new("a", language, pieces()).text(), text);
    }
}

#[test]
fn times_count_from_the_start_of_the_input() {
    let recognition = || {
        heard(
            r#"{"RecognitionStatus":"Success","Offset":1000000,"Duration":20000000,"NBest":[{"Display":"Hi.","Words":[
                {"Word":"in","Offset":"1000000","Duration":"5000000"},{"Word":"late","Offset":19000000,"Duration":9000000},
                {"Word":"lost","Offset":1236645672289,"Duration":100},{"Word":"unspoken"}]}]}"#,
        )
    };
    // The piece goes from 8.0 to 10.0 seconds: one word reaches over its end, another begins after 34 hours.
    let cut = Segment::new(Ok(recognition())).piece(Ticks::from_millis(8_000), Some(Ticks::from_millis(10_000)));
    let open = Segment::new(Ok(recognition())).piece(Ticks::from_millis(8_000), None);
    let json = |segment: &Segment| serde_json::to_string(segment).expect("JSON");

    let expected = concat!(
        r#""words":[{"word":"in","start_ms":8100,"end_ms":8600},{"word":"late","start_ms":9900,"end_ms":10000},"#,
        r#"{"word":"lost","start_ms":null,"end_ms":null},{"word":"unspoken","start_ms":null,"end_ms":null}]"#,
    );
    assert!(json(&cut).contains(expected), "{}", json(&cut));
    assert!(json(&cut).starts_with(r#"{"start_ms":8100,"end_ms":10000,"#), "{}", json(&cut));
    // Nothing says that it cannot be true: 8,000 ms and 1,236,645,672,289 ticks of 100 ns.
    let lost = r#"{"word":"lost","start_ms":123672567,"end_ms":123672567}"#;
    assert!(json(&open).contains(lost), "{}", json(&open));
}

#[test]
fn without_words_the_segment_is_the_whole_piece() {
    let silence = heard(r#"{"RecognitionStatus":"InitialSilenceTimeout","Offset":50000000,"Duration":0}"#);
    let segment = Segment::new(Ok(silence)).piece(Ticks(0), Some(Ticks::from_millis(9_000)));
    let json = serde_json::to_string(&segment).expect("JSON");

    assert!(json.starts_with(r#"{"start_ms":0,"end_ms":9000,"status":"InitialSilenceTimeout","text":"""#), "{json}");
}

#[test]
fn words_for_people_stand_in_for_missing_ones() {
    let recognition = heard(
        r#"{"RecognitionStatus":"Success","NBest":[{"DisplayText":"Hi, Bob.","DisplayWords":[
            {"DisplayText":"Hi,","Offset":1000000,"Duration":2000000},{"Word":"Bob."}]}]}"#,
    );
    let json = serde_json::to_string(&Segment::new(Ok(recognition))).expect("JSON");

    let words = r#""words":[{"word":"Hi,","start_ms":100,"end_ms":300},{"word":"Bob.","start_ms":null,"end_ms":null}]"#;
    assert!(json.contains(words), "{json}");
}

#[test]
fn json_can_be_shown_on_a_terminal_and_keeps_its_value() {
    let transcript = Transcript::new("a\u{1b}[2J\u{202e}.wav", Language::EN_US, vec![piece(Some("x\u{9b}31m\u{7f}"))]);
    let json = transcript.to_json();

    assert!(json.contains(r#""input":"a\u001b[2J\u202e.wav""#), "{json}");
    assert!(json.contains(r#""text":"x\u009b31m\u007f""#), "{json}");
    let value: serde_json::Value = serde_json::from_str(&json).expect("still JSON");
    assert_eq!(value["segments"][0]["text"], "x\u{9b}31m\u{7f}");
}
