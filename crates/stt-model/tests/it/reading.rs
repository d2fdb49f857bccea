//! What is read although it is odd, what is refused, and what is written.

use std::error::Error as _;

use stt_model::{Error, ErrorType, Recognition, Status, Ticks, Word};

use crate::data;

fn read(json: &str) -> Recognition {
    Recognition::from_slice(json.as_bytes()).unwrap_or_else(|error| panic!("{json}: {error:?}"))
}

fn refused(json: impl AsRef<[u8]>) -> Error {
    Recognition::from_slice(json.as_ref()).unwrap_err()
}

#[test]
fn the_known_statuses_are_those_of_the_table() {
    for [word, ..] in data::table::<4>("statuses.tsv") {
        let heard = read(&format!(r#"{{"RecognitionStatus":"{word}"}}"#));
        assert!(!matches!(heard.status, Status::Other(_)), "{word}");
        assert_eq!(heard.status.to_string(), word);
        assert_eq!(Status::from(word.as_str()), heard.status);
    }
}

#[test]
fn the_status_zero_is_success() {
    assert_eq!(read(r#"{"RecognitionStatus":0}"#).status, Status::Success);
}

#[test]
fn unknown_words_are_kept_as_they_came() {
    assert_eq!(read(r#"{"RecognitionStatus":"Brand_new"}"#).status, Status::Other("Brand_new".into()));
    assert_eq!(read(r#"{"RecognitionStatus":"success"}"#).status, Status::Other("success".into()));
    let word: Word = serde_json::from_str(r#"{"Word":"a","ErrorType":"Mumbled"}"#).unwrap();
    assert_eq!(word.error_type, Some(ErrorType::Other("Mumbled".into())));
}

#[test]
fn numbers_may_be_text_and_text_may_be_numbers() {
    let heard = read(
        r#"{"RecognitionStatus":"Success","Offset":"7","Duration":8.0,"Channel":"1","DisplayText":5,
            "NBest":[{"Confidence":"0.5","PronScore":"84.4","AccuracyScore":100,"Words":[{"Word":12,"Offset":1e3}]}]}"#,
    );
    assert_eq!((heard.offset, heard.duration, heard.channel), (Some(Ticks(7)), Some(Ticks(8)), Some(1)));
    assert_eq!(heard.text(), Some("5"));
    let best = heard.best().unwrap();
    assert_eq!(best.confidence, Some(0.5));
    assert_eq!(best.scores.pron, Some(84.4), "one score as text must not take the others with it");
    assert_eq!(best.scores.accuracy, Some(100.0));
    assert_eq!(best.words[0].word, "12");
    assert_eq!(best.words[0].offset, Some(Ticks(1000)));
}

#[test]
fn confidences_out_of_range_are_kept() {
    let heard = read(r#"{"RecognitionStatus":"Success","NBest":[{"Confidence":1.7},{"Confidence":-3}]}"#);
    let confidences: Vec<_> = heard.nbest.iter().map(|alternative| alternative.confidence).collect();
    assert_eq!(confidences, [Some(1.7), Some(-3.0)]);
}

#[test]
fn unknown_fields_are_ignored_even_deep_ones() {
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    let heard = read(&format!(r#"{{"New":{deep},"RecognitionStatus":"Success","More":{{"RecognitionStatus":"x"}}}}"#));
    assert_eq!(heard, Recognition::new(Status::Success));
}

#[test]
fn null_is_as_good_as_absent() {
    let heard =
        read(r#"{"RecognitionStatus":"NoMatch","DisplayText":null,"Offset":null,"NBest":null,"PrimaryLanguage":null}"#);
    assert_eq!(heard, Recognition::new(Status::NoMatch));
    let word: Word = serde_json::from_str(r#"{"Word":null,"PronunciationAssessment":null,"Phonemes":null}"#).unwrap();
    assert_eq!(word, Word::default());
}

#[test]
fn a_byte_order_mark_and_space_around_the_object_are_tolerated() {
    let body = b"\xEF\xBB\xBF \r\n{\"RecognitionStatus\":\"NoMatch\"}\n";
    assert_eq!(Recognition::from_slice(body), Ok(Recognition::new(Status::NoMatch)));
}

#[test]
fn nested_scores_are_found_on_every_level_and_flat_ones_win() {
    let heard = read(
        r#"{"RecognitionStatus":"Success","NBest":[{
            "PronunciationAssessment":{"AccuracyScore":1,"FluencyScore":"2","ProsodyScore":3,"CompletenessScore":4,"PronScore":5},
            "PronScore":50,
            "Words":[{
                "PronunciationAssessment":{"AccuracyScore":6,"ErrorType":"Omission","Feedback":{"Prosody":{}},"Word":"no"},
                "ErrorType":"Insertion",
                "Syllables":[{"PronunciationAssessment":{"AccuracyScore":7}}],
                "Phonemes":[{"PronunciationAssessment":{"AccuracyScore":8,"NBestPhonemes":[{"Phoneme":"a","Score":9}]}}]
            }]
        }]}"#,
    );
    let best = heard.best().unwrap();
    let scores = best.scores;
    assert_eq!(
        [scores.accuracy, scores.fluency, scores.prosody, scores.completeness, scores.pron],
        [Some(1.0), Some(2.0), Some(3.0), Some(4.0), Some(50.0)]
    );
    let word = &best.words[0];
    assert_eq!(word.accuracy_score, Some(6.0));
    assert_eq!(word.error_type, Some(ErrorType::Insertion));
    assert!(word.feedback.as_ref().is_some_and(|feedback| feedback.prosody.is_some()));
    assert_eq!(word.word, "", "only what belongs to the assessment is looked for in the nested object");
    assert_eq!(word.syllables[0].accuracy_score, Some(7.0));
    assert_eq!(word.phonemes[0].accuracy_score, Some(8.0));
    assert_eq!(word.phonemes[0].nbest_phonemes[0].score, Some(9.0));
}

#[test]
fn an_answer_without_a_status_is_refused_by_that_name() {
    let bodies = ["{}", "[]", r#"["Success"]"#, "null", "0", r#""Success""#, r#"{"recognitionStatus":"Success"}"#];
    for body in bodies {
        let error = refused(body);
        assert!(matches!(error, Error::NoStatus(_)), "{body}: {error:?}");
        assert_eq!(error.to_string(), "the answer has no RecognitionStatus");
    }
    assert_eq!(
        refused("{}").source().map(ToString::to_string).as_deref(),
        Some("missing field `RecognitionStatus` at line 1 column 2")
    );
    let error = serde_json::from_str::<Recognition>("{}").unwrap_err();
    assert!(error.to_string().starts_with("missing field `RecognitionStatus`"), "{error}");
}

#[test]
fn other_shapes_are_refused() {
    let bodies = [
        r#"{"RecognitionStatus":null}"#,
        r#"{"RecognitionStatus":{}}"#,
        r#"{"RecognitionStatus":true}"#,
        r#"{"RecognitionStatus":"Success","Offset":-1}"#,
        r#"{"RecognitionStatus":"Success","Offset":0.5}"#,
        r#"{"RecognitionStatus":"Success","Offset":18446744073709551616}"#,
        r#"{"RecognitionStatus":"Success","Offset":"soon"}"#,
        r#"{"RecognitionStatus":"Success","Offset":""}"#,
        r#"{"RecognitionStatus":"Success","SNR":"NaN"}"#,
        r#"{"RecognitionStatus":"Success","SNR":"inf"}"#,
        r#"{"RecognitionStatus":"Success","SNR":"1e999"}"#,
        r#"{"RecognitionStatus":"Success","SNR":{}}"#,
        r#"{"RecognitionStatus":"Success","DisplayText":["a"]}"#,
        r#"{"RecognitionStatus":"Success","NBest":{}}"#,
        r#"{"RecognitionStatus":"Success","NBest":[null]}"#,
        r#"{"RecognitionStatus":"Success","NBest":[[0.5]]}"#,
        r#"{"RecognitionStatus":"Success","PrimaryLanguage":["en-US","High"]}"#,
        r#"{"RecognitionStatus":"Success","NBest":[{"PronunciationAssessment":[1,2,3,4,5]}]}"#,
        r#"{"RecognitionStatus":"Success","NBest":[{"Words":[["a"]]}]}"#,
        r#"{"RecognitionStatus":"Success","NBest":[{"Words":[{"Feedback":[{}]}]}]}"#,
    ];
    for body in bodies {
        let error = refused(body);
        assert!(matches!(error, Error::WrongShape(_)), "{body}: {error:?}");
    }
}

#[test]
fn a_field_that_stands_twice_is_refused() {
    let bodies = [
        r#"{"RecognitionStatus":"Success","RecognitionStatus":"NoMatch"}"#,
        r#"{"RecognitionStatus":"Success","NBest":[],"NBest":[]}"#,
        r#"{"RecognitionStatus":"Success","Offset":null,"Offset":1}"#,
        r#"{"RecognitionStatus":"Success","NBest":[{"PronScore":1,"PronScore":1}]}"#,
        r#"{"RecognitionStatus":"Success","NBest":[{"PronunciationAssessment":{},"PronunciationAssessment":{}}]}"#,
        r#"{"RecognitionStatus":"Success","NBest":[{"PronunciationAssessment":{"PronScore":1,"PronScore":1}}]}"#,
    ];
    for body in bodies {
        let error = refused(body);
        let why = error.source().unwrap().to_string();
        assert!(matches!(error, Error::WrongShape(_)) && why.starts_with("duplicate field `"), "{body}: {why}");
    }
}

#[test]
fn what_is_no_json_is_told_from_json_that_was_cut() {
    let others: [&[u8]; 8] = [
        b"",
        b" \r\n",
        b"\xEF\xBB\xBF",
        b"<html><title>Bing</title></html>",
        b"Service unavailable",
        b"\x1F\x8B\x08\x00\x00\x00\x00\x00",
        b"{\"RecognitionStatus\":\"Success\"}}",
        b"{\"RecognitionStatus\":\"\xFF\"}",
    ];
    for body in others {
        assert!(matches!(refused(body), Error::NotJson(_)), "{}", String::from_utf8_lossy(body));
    }
    let whole = "{\"RecognitionStatus\":\"Success\",\"DisplayText\":\"caf\u{e9}\",\"Offset\":700000}".as_bytes();
    for end in 1..whole.len() {
        let error = refused(&whole[..end]);
        assert!(matches!(error, Error::Truncated(_)), "{}: {error:?}", String::from_utf8_lossy(&whole[..end]));
    }
    assert!(Recognition::from_slice(whole).is_ok());
}

#[test]
fn the_text_is_the_display_text_else_that_of_the_first_alternative() {
    let text = |json: &str| read(json).text().map(str::to_owned);
    let both = r#"{"RecognitionStatus":"Success","DisplayText":"A.","NBest":[{"Display":"B."}]}"#;
    assert_eq!(text(both).as_deref(), Some("A."));
    let nbest = r#"{"RecognitionStatus":"Success","NBest":[{"Display":"B."},{"Display":"C."}]}"#;
    assert_eq!(text(nbest).as_deref(), Some("B."));
    assert_eq!(text(r#"{"RecognitionStatus":"Success","DisplayText":""}"#).as_deref(), Some(""));
    assert_eq!(text(r#"{"RecognitionStatus":"Success","NBest":[{"Lexical":"b"}]}"#), None);
    assert_eq!(text(r#"{"RecognitionStatus":"NoMatch"}"#), None);
}

#[test]
fn writing_gives_the_wires_flat_names_and_leaves_out_what_is_absent() {
    let heard = read(
        r#"{"NBest":[{"PronunciationAssessment":{"PronScore":"84.4"},"ITN":"a","Words":[{"Word":"a","Offset":"5",
            "PronunciationAssessment":{"ErrorType":"None","AccuracyScore":100},
            "Phonemes":[{"PronunciationAssessment":{"NBestPhonemes":[{"Phoneme":"ə"}]}}]}]}],
            "Offset":"400000","RecognitionStatus":0}"#,
    );
    assert_eq!(
        serde_json::to_string(&heard).unwrap(),
        concat!(
            r#"{"RecognitionStatus":"Success","Offset":400000,"NBest":[{"ITN":"a","Words":[{"Word":"a","Offset":5,"#,
            r#""Phonemes":[{"NBestPhonemes":[{"Phoneme":"ə"}]}],"AccuracyScore":100.0,"ErrorType":"None"}],"#,
            r#""PronScore":84.4}]}"#
        )
    );
    assert_eq!(
        serde_json::to_string(&Recognition::new(Status::NoMatch)).unwrap(),
        r#"{"RecognitionStatus":"NoMatch"}"#
    );
}
