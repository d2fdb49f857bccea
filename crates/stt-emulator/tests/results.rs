//! What a result holds, field by field.

mod common;

use std::time::Duration;

use common::{Ask, humming};
use serde_json::{Value, json};
use stt_emulator::{Emulator, HeardWord, Outcome, Profile, SynthOptions, hear, noise, silence, synth, tag};

const TICKS_PER_SECOND: u64 = 10_000_000;

/// The words that are in a clip, with their true times.
fn words(clip: &[u8]) -> Vec<HeardWord> {
    match hear(clip).outcome {
        Outcome::Words { words, .. } => words,
        other => panic!("{other:?}"),
    }
}

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().expect("an object").keys().map(String::as_str).collect()
}

#[test]
fn a_simple_result_has_four_fields_and_numbers_for_times() {
    let clip = synth("Remind me to buy 5 pencils.", &SynthOptions::default()).expect("a clip");
    let said = words(&clip);
    let result = Ask::new(clip).json();
    let end = said[5].offset + said[5].duration;
    let expected = json!({
        "RecognitionStatus": "Success",
        "DisplayText": "Remind me to buy 5 pencils.",
        "Offset": said[0].offset,
        "Duration": end - said[0].offset,
    });
    assert_eq!(result, expected);
}

#[test]
fn the_offset_is_where_the_first_word_begins() {
    let lead_in = Duration::from_secs(2);
    let clip = synth("Hello.", &SynthOptions { lead_in, ..SynthOptions::default() }).expect("a clip");
    let offset = Ask::new(clip).json()["Offset"].as_u64().expect("a number");
    let two_seconds = 2 * TICKS_PER_SECOND;
    assert!(offset.abs_diff(two_seconds) < TICKS_PER_SECOND / 20, "{offset} is near {two_seconds}");
}

#[test]
fn a_detailed_result_has_the_forms_of_the_vendors_sample() {
    let result = Ask::saying("What's the weather like?").query("language=en-US&format=detailed").json();
    assert_eq!(keys(&result), ["DisplayText", "Duration", "NBest", "Offset", "RecognitionStatus"]);
    assert_eq!(result["DisplayText"], "What's the weather like?");
    let best = &result["NBest"][0];
    assert_eq!(keys(best), ["Confidence", "Display", "ITN", "Lexical", "MaskedITN"]);
    assert_eq!(best["Display"], "What's the weather like?");
    for form in ["ITN", "Lexical", "MaskedITN"] {
        assert_eq!(best[form], "what's the weather like", "{form}");
    }
    assert!(best["Confidence"].as_f64().is_some_and(|it| 0.0 < it && it <= 1.0));
}

#[test]
fn the_documented_profile_has_the_text_of_a_detailed_result_in_nbest_alone() {
    let emulator = Emulator::builder().profile(Profile::Documented).build();
    let detailed = Ask::saying("Hello.").query("language=en-US&format=detailed").ask(&emulator);
    assert_eq!(keys(&common::json(&detailed)), ["Duration", "NBest", "Offset", "RecognitionStatus"]);
    let simple = Ask::saying("Hello.").ask(&emulator);
    assert_eq!(common::json(&simple)["DisplayText"], "Hello.");
}

#[test]
fn word_times_are_those_of_the_clip() {
    let clip = synth("Good morning.", &SynthOptions::default()).expect("a clip");
    let said = words(&clip);
    let query = "language=en-US&format=detailed&wordLevelTimestamps=true";
    let result = Ask::new(clip).query(query).json();
    let expected = json!([
        {"Word": "good", "Offset": said[0].offset, "Duration": said[0].duration},
        {"Word": "morning", "Offset": said[1].offset, "Duration": said[1].duration},
    ]);
    assert_eq!(result["NBest"][0]["Words"], expected);
}

#[test]
fn profanity_is_masked_unless_asked_otherwise() {
    let said = |query: &str| Ask::saying("Damn, it rains.").query(query).json();
    let masked = said("language=en-US&format=detailed");
    assert_eq!(masked["DisplayText"], "****, it rains.");
    assert_eq!(masked["NBest"][0]["MaskedITN"], "**** it rains");
    assert_eq!(masked["NBest"][0]["Lexical"], "damn it rains");
    let removed = said("language=en-US&profanity=removed");
    assert_eq!(removed["DisplayText"], "it rains.");
    let raw = said("language=en-US&profanity=raw");
    assert_eq!(raw["DisplayText"], "Damn, it rains.");
    let nothing_left = Ask::saying("Damn!").query("language=en-US&profanity=removed").json();
    assert_eq!(nothing_left["RecognitionStatus"], "Success");
    assert_eq!(nothing_left["DisplayText"], "");
}

#[test]
fn values_that_the_api_does_not_have_are_taken_for_the_default_and_told() {
    let emulator = Emulator::builder().build();
    let query = "language=en-US&format=verbose&profanity=remove";
    let response = Ask::saying("Damn!").query(query).ask(&emulator);
    assert_eq!(common::json(&response)["DisplayText"], "****!");
    let reason = common::last(&emulator).reason;
    assert!(reason.contains("format=verbose") && reason.contains("profanity=remove"), "{reason}");
}

#[test]
fn silence_ends_after_five_seconds_or_with_the_clip() {
    for (seconds, offset) in [(2, 20_000_000), (5, 50_000_000), (8, 50_000_000)] {
        let clip = silence(Duration::from_secs(seconds), 16_000).expect("a clip");
        let expected = json!({"RecognitionStatus": "InitialSilenceTimeout", "Offset": offset, "Duration": 0});
        assert_eq!(Ask::new(clip).query("language=en-US&format=detailed").json(), expected);
    }
}

#[test]
fn noise_is_babble_and_a_hum_like_speech_is_no_match() {
    let clip = noise(Duration::from_secs(2), 16_000, 7).expect("a clip");
    let expected = json!({"RecognitionStatus": "BabbleTimeout", "Offset": 20_000_000, "Duration": 0});
    assert_eq!(Ask::new(clip).json(), expected);
    let expected = json!({"RecognitionStatus": "NoMatch", "Offset": 0, "Duration": 20_000_000});
    assert_eq!(Ask::new(humming()).json(), expected);
}

#[test]
fn a_transcript_in_the_metadata_is_heard_and_the_journal_says_so() {
    let clip = tag(&humming(), "Written beside it.", Some("en-GB")).expect("a tagged clip");
    let emulator = Emulator::builder().build();
    let response = Ask::new(clip).ask(&emulator);
    assert_eq!(common::json(&response)["DisplayText"], "Written beside it.");
    let entry = common::last(&emulator);
    assert_eq!(entry.heard_by, Some("metadata"));
    assert_eq!(entry.text.as_deref(), Some("Written beside it."));
    assert_eq!(entry.audio_ms, Some(2_000));
}

#[test]
fn words_of_another_language_are_no_match_and_of_another_region_are_heard() {
    let options = SynthOptions { language: Some("en-US".to_owned()), ..SynthOptions::default() };
    let clip = synth("Good morning.", &options).expect("a clip");
    let said = words(&clip);
    let german = Ask::new(clip.clone()).query("language=de-DE").json();
    assert_eq!(german["RecognitionStatus"], "NoMatch");
    assert_eq!(german["Offset"], said[0].offset);
    assert_eq!(german.get("DisplayText"), None);
    assert_eq!(Ask::new(clip.clone()).query("language=en-GB").json()["RecognitionStatus"], "Success");
    let custom = "cid=01234567-89ab-cdef-0123-456789abcdef";
    assert_eq!(Ask::new(clip).query(custom).json()["RecognitionStatus"], "Success");
}

#[test]
fn what_lies_beyond_the_limit_is_not_heard() {
    let clip = |seconds| {
        let pause = Duration::from_secs(seconds);
        synth("early late", &SynthOptions { pause, ..SynthOptions::default() }).expect("a clip")
    };
    assert_eq!(Ask::new(clip(31)).json()["DisplayText"], "early late");
    assert_eq!(Ask::new(clip(60)).json()["DisplayText"], "early");
    let assessed = Ask::new(clip(31)).assess(r#"{"ReferenceText":"early late","Dimension":"Comprehensive"}"#);
    let assessed = assessed.json();
    assert_eq!(assessed["RecognitionStatus"], "Success");
    assert_eq!(assessed["NBest"][0]["CompletenessScore"], 2.5, "one word of two, out of five");
}

#[test]
fn the_vendors_assessment_has_the_flat_shape_and_every_point() {
    let asked = r#"{"ReferenceText":"Good morning.","GradingSystem":"HundredMark",
        "Granularity":"Word","Dimension":"Comprehensive"}"#;
    let pause = Duration::ZERO;
    let clip = synth("Good morning.", &SynthOptions { pause, ..SynthOptions::default() }).expect("a clip");
    let said = words(&clip);
    let result = Ask::new(clip).assess(asked).json();
    assert_eq!(keys(&result), ["DisplayText", "Duration", "NBest", "Offset", "RecognitionStatus", "SNR"]);
    let best = &result["NBest"][0];
    for score in ["AccuracyScore", "FluencyScore", "CompletenessScore", "PronScore"] {
        assert_eq!(best[score], 100.0, "{score}");
    }
    let expected = json!([
        {"Word": "good", "Offset": said[0].offset, "Duration": said[0].duration, "Confidence": 0.0,
         "AccuracyScore": 100.0, "ErrorType": "None"},
        {"Word": "morning", "Offset": said[1].offset, "Duration": said[1].duration, "Confidence": 0.0,
         "AccuracyScore": 100.0, "ErrorType": "None"},
    ]);
    assert_eq!(best["Words"], expected);
}

#[test]
fn coded_scores_reach_the_words_the_syllables_and_the_phonemes() {
    let asked = r#"{"ReferenceText":"Good morning.","GradingSystem":"HundredMark","EnableMiscue":"True",
        "Dimension":"Comprehensive","PhonemeAlphabet":"IPA","NBestPhonemeCount":"5"}"#;
    let best = &Ask::saying("Good morning[42].").assess(asked).json()["NBest"][0];
    assert_eq!(best["AccuracyScore"], 71.0, "(100 + 42) / 2");
    assert_eq!(best["CompletenessScore"], 50.0);
    let word = &best["Words"][1];
    assert_eq!(word["ErrorType"], "Mispronunciation");
    assert_eq!(word["Syllables"][1]["AccuracyScore"], 42.0);
    assert_eq!(word["Phonemes"][0]["Phoneme"], "m");
    assert_eq!(word["Phonemes"][0]["NBestPhonemes"][0], json!({"Phoneme": "m", "Score": 42.0}));
    assert_eq!(word["Phonemes"][0]["NBestPhonemes"].as_array().map(Vec::len), Some(5));
}
