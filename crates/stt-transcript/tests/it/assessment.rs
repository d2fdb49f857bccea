use std::time::Duration;

use stt_model::{GradingSystem, Language};
use stt_transcript::{Assessment, Segment};

use crate::{heard, unavailable};

/// Numbers of Microsoft's sample with prosody, and a second word that went wrong in several ways.
const ANSWER: &str = r#"{"RecognitionStatus":"Success","Offset":700000,"Duration":8400000,"DisplayText":"Good morning.","NBest":[
    {"Confidence":0.98,"Display":"Good morning.","AccuracyScore":100.0,"FluencyScore":100.0,"ProsodyScore":87.8,
     "CompletenessScore":100.0,"PronScore":95.1,"Words":[
     {"Word":"good","Offset":700000,"Duration":2600000,"AccuracyScore":100.0,"ErrorType":"None",
      "Syllables":[{"Syllable":"guhd","Grapheme":"good","Offset":700000,"Duration":2600000,"AccuracyScore":100.0}],
      "Phonemes":[{"Phoneme":"g","Offset":700000,"Duration":800000,"AccuracyScore":100.0,
                   "NBestPhonemes":[{"Phoneme":"g","Score":100.0},{"Phoneme":"k","Score":5.0}]}]},
     {"Word":"morning","Offset":3400000,"Duration":5700000,"AccuracyScore":55.0,"ErrorType":"Mispronunciation",
      "Phonemes":[{"Phoneme":"m","AccuracyScore":79.0,"NBestPhonemes":[{"Phoneme":"n","Score":90.0}]},
                  {"Phoneme":"","AccuracyScore":12.0}],
      "Feedback":{"Prosody":{"Break":{"ErrorTypes":["UnexpectedBreak"],"BreakLength":0}}}},
     {"Word":"today","AccuracyScore":0.0,"ErrorType":"Omission"},
     {"Word":"um","Offset":9200000,"Duration":100000,"AccuracyScore":20.0,"ErrorType":"Insertion"}]}]}"#;

fn assessment(json: &str, grading: GradingSystem) -> Assessment {
    Assessment::new("a.wav", Language::EN_US, grading, Segment::new(Ok(heard(json))).attempts(1))
}

/// An answer with these scores and no words.
fn scores(scores: &str) -> Assessment {
    let json = format!(r#"{{"RecognitionStatus":"Success","NBest":[{{"Display":"x",{scores}}}]}}"#);
    assessment(&json, GradingSystem::HundredMark)
}

#[test]
fn the_json_has_every_field_in_its_order() {
    let assessment = assessment(ANSWER, GradingSystem::HundredMark)
        .reference("Good morning today.")
        .audio(Duration::from_millis(1_840));

    assert_eq!(
        assessment.to_json(),
        concat!(
            r#"{"schema":"stt.assessment/1","input":"a.wav","language":"en-US","reference":"Good morning today.","#,
            r#""grading":"HundredMark","status":"Success","text":"Good morning.","audio_ms":1840,"#,
            r#""scores":{"pron":95.1,"accuracy":100.0,"fluency":100.0,"completeness":100.0,"prosody":87.8},"#,
            r#""parts":[{"name":"prosody","score":87.8,"weight":0.4,"points":35.12},"#,
            r#"{"name":"accuracy","score":100.0,"weight":0.2,"points":20.0},"#,
            r#"{"name":"fluency","score":100.0,"weight":0.2,"points":20.0},"#,
            r#"{"name":"completeness","score":100.0,"weight":0.2,"points":20.0}],"#,
            r#""words":[{"word":"good","start_ms":70,"end_ms":330,"accuracy":100.0,"error_type":"None","#,
            r#""syllables":[{"syllable":"guhd","grapheme":"good","start_ms":70,"end_ms":330,"accuracy":100.0}],"#,
            r#""phonemes":[{"phoneme":"g","start_ms":70,"end_ms":150,"accuracy":100.0,"#,
            r#""nbest":[{"phoneme":"g","score":100.0},{"phoneme":"k","score":5.0}]}],"feedback":null},"#,
            r#"{"word":"morning","start_ms":340,"end_ms":910,"accuracy":55.0,"error_type":"Mispronunciation","#,
            r#""syllables":[],"phonemes":[{"phoneme":"m","start_ms":null,"end_ms":null,"accuracy":79.0,"#,
            r#""nbest":[{"phoneme":"n","score":90.0}]},"#,
            r#"{"phoneme":"","start_ms":null,"end_ms":null,"accuracy":12.0,"nbest":[]}],"#,
            r#""feedback":{"Prosody":{"Break":{"ErrorTypes":["UnexpectedBreak"],"BreakLength":0.0}}}},"#,
            r#"{"word":"today","start_ms":null,"end_ms":null,"accuracy":0.0,"error_type":"Omission","#,
            r#""syllables":[],"phonemes":[],"feedback":null},"#,
            r#"{"word":"um","start_ms":920,"end_ms":930,"accuracy":20.0,"error_type":"Insertion","#,
            r#""syllables":[],"phonemes":[],"feedback":null}],"#,
            r#""connection_id":null,"request_id":null,"attempts":1}"#,
        )
    );
}

#[test]
fn a_failure_keeps_the_form_and_adds_its_error() {
    let segment = Segment::new(Err(unavailable())).attempts(3);
    let assessment = Assessment::new("a.wav", "de-DE".parse().expect("a tag"), GradingSystem::FivePoint, segment);

    assert_eq!(
        assessment.to_json(),
        concat!(
            r#"{"schema":"stt.assessment/1","input":"a.wav","language":"de-DE","reference":null,"#,
            r#""grading":"FivePoint","status":"Failed","text":"","audio_ms":null,"#,
            r#""scores":{"pron":null,"accuracy":null,"fluency":null,"completeness":null,"prosody":null},"#,
            r#""parts":[],"words":[],"connection_id":null,"request_id":null,"attempts":3,"error":{"#,
            r#""kind":"service","message":"the service is not available (503)","status":503,"retryable":true}}"#,
        )
    );
    assert_eq!((assessment.to_text(false).as_str(), assessment.pron_score()), ("", None));
}

#[test]
fn the_text_shows_the_sum_the_words_and_the_signs() {
    let expected = "\
PronScore 95.1 of 100
  prosody       87.8 x 0.4 =  35.1   the lowest counts most
  accuracy     100.0 x 0.2 =  20.0
  fluency      100.0 x 0.2 =  20.0
  completeness 100.0 x 0.2 =  20.0

  good     100.0  g 100
! morning   55.0  m 79~ heard n  ? 12!  Mispronunciation  UnexpectedBreak
- today    left out
+ um       put in

! below 60   ~ below 80   - left out   + put in
";

    assert_eq!(assessment(ANSWER, GradingSystem::HundredMark).to_text(false), expected);
}

#[test]
fn colours_are_added_to_the_signs_and_only_when_asked_for() {
    let text = assessment(ANSWER, GradingSystem::HundredMark).to_text(true);

    assert!(text.contains("! \u{1b}[31mmorning\u{1b}[0m   55.0  \u{1b}[33mm 79~ heard n\u{1b}[0m"), "{text}");
    assert!(text.contains("  \u{1b}[32mgood\u{1b}[0m     100.0  \u{1b}[32mg 100\u{1b}[0m\n"), "{text}");
    let plain =
        ["\u{1b}[31m", "\u{1b}[32m", "\u{1b}[33m", "\u{1b}[0m"].iter().fold(text, |text, code| text.replace(code, ""));
    assert_eq!(plain, assessment(ANSWER, GradingSystem::HundredMark).to_text(false));
}

#[test]
fn the_scale_of_five_has_its_own_bounds() {
    let json = r#"{"RecognitionStatus":"Success","NBest":[{"Display":"a b c","AccuracyScore":3.0,"FluencyScore":4.0,
        "PronScore":3.4,"Words":[{"Word":"a","AccuracyScore":2.9},{"Word":"b","AccuracyScore":3.0},
        {"Word":"c","AccuracyScore":4.0,"Phonemes":[{"Phoneme":"k","AccuracyScore":3.9},
         {"Phoneme":"s","AccuracyScore":5,"NBestPhonemes":[{"Phoneme":"z","Score":4}]}]}]}]}"#;

    // Without reference and prosody: 0.6 x 3 + 0.4 x 4.
    let expected = "\
PronScore 3.4 of 5
  accuracy       3.0 x 0.6 =   1.8   the lowest counts most
  fluency        4.0 x 0.4 =   1.6

! a    2.9
~ b    3.0
  c    4.0  k 3.9~  s 5.0

! below 3   ~ below 4   - left out   + put in
";
    assert_eq!(assessment(json, GradingSystem::FivePoint).to_text(false), expected);
}

#[test]
fn scores_that_no_formula_makes_a_total_of_are_only_listed() {
    assert_eq!(
        scores(r#""AccuracyScore":90.0,"PronScore":90.0"#).to_text(false),
        "PronScore 90.0 of 100\n  accuracy      90.0\n"
    );
}

#[test]
fn a_total_that_is_not_the_sum_of_its_parts_is_told() {
    // 0.6 x 74 + 0.2 x 100 + 0.2 x 100 = 84.4, and the rounding of a tenth is no contradiction.
    let of = |pron: &str| {
        scores(&format!(r#""AccuracyScore":100,"FluencyScore":74,"CompletenessScore":100,"PronScore":{pron}"#))
            .to_text(false)
    };

    assert!(of("90.0").ends_with("\n  by the published formula 84.4 would be expected\n"), "{}", of("90.0"));
    assert!(!of("84.4").contains("published"), "{}", of("84.4"));
    assert!(!of("84.45").contains("published"), "{}", of("84.45"));
}

#[test]
fn texts_of_the_service_cannot_command_a_terminal() {
    let json = r#"{"RecognitionStatus":"Success","NBest":[{"Display":"x","PronScore":1,"Words":[{"Word":"\u001b[2J","AccuracyScore":1,
        "ErrorType":"\u009b31m","Phonemes":[{"Phoneme":"\u202e","AccuracyScore":1,"NBestPhonemes":[{"Phoneme":"\u0007"}]}]}]}]}"#;
    let text = assessment(json, GradingSystem::HundredMark).to_text(false);

    assert!(text.contains(r"! \u{1b}[2J"), "{text}");
    assert!(!text.contains(|c: char| (c.is_control() && c != '\n') || c == '\u{202e}'), "{text:?}");
}

#[test]
fn an_answer_without_scores_is_no_text() {
    let assessment = assessment(r#"{"RecognitionStatus":"NoMatch"}"#, GradingSystem::HundredMark);

    assert_eq!((assessment.to_text(true).as_str(), assessment.has_words()), ("", false));
    assert_eq!(assessment.status().as_str(), "NoMatch");
}
