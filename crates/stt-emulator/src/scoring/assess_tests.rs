use serde_json::{Value, json};

use super::{Given, Overall, Reading, assess};
use crate::scoring::parameters::{Alphabet, Grading, Granularity, Parameters};
use crate::scoring::word::Spoken;

/// Everything asked for, out of a hundred, by words.
fn asked(reference: &str) -> Parameters {
    Parameters {
        text: String::new(),
        reference: reference.split_whitespace().map(str::to_owned).collect(),
        grading: Grading::HundredMark,
        granularity: Granularity::Word,
        comprehensive: true,
        miscue: true,
        prosody: false,
        alphabet: Alphabet::Sapi,
        nbest_phonemes: 0,
    }
}

/// Words of 0.2 s that follow each other without a break; `word:55` has the accuracy 55.
fn spoken(words: &str) -> Vec<Spoken> {
    let words = words.split_whitespace().enumerate().map(|(at, word)| {
        let (text, accuracy) = word.split_once(':').unwrap_or((word, "100"));
        Spoken {
            text: text.to_owned(),
            offset: at as u64 * 2_100_000,
            duration: 2_000_000,
            accuracy: accuracy.parse().expect("a number"),
            ..Spoken::default()
        }
    });
    words.collect()
}

fn reading(words: &[Spoken]) -> Reading<'_> {
    Reading { words, given: Given::default() }
}

fn scored(words: &str, parameters: &Parameters) -> (Overall, Value) {
    let (overall, words) = assess(reading(&spoken(words)), parameters, Some("en-US"));
    (overall, serde_json::to_value(words).expect("JSON"))
}

fn errors(words: &Value) -> Vec<(&str, &str)> {
    let words = words.as_array().expect("words").iter();
    words.map(|w| (w["Word"].as_str().expect("a word"), w["ErrorType"].as_str().expect("a type"))).collect()
}

#[test]
fn a_perfect_reading_has_every_point() {
    let (overall, words) = scored("good morning", &asked("good morning"));
    assert_eq!(overall.accuracy_score, 100.0);
    assert_eq!(overall.fluency_score, Some(100.0));
    assert_eq!(overall.completeness_score, Some(100.0));
    assert_eq!(overall.pron_score, Some(100.0));
    assert_eq!(overall.prosody_score, None);
    assert_eq!(errors(&words), [("good", "None"), ("morning", "None")]);
}

#[test]
fn omitted_inserted_and_mispronounced_words_are_told_apart() {
    let (overall, words) = scored("good very morning:59 you", &asked("good morning to you"));
    let expected =
        [("good", "None"), ("very", "Insertion"), ("morning", "Mispronunciation"), ("to", "Omission"), ("you", "None")];
    assert_eq!(errors(&words), expected);
    // Accuracy: (100 + 59 + 100) / 3 = 86.3; completeness: good and you of four words; fluency: no breaks.
    assert_eq!(overall.accuracy_score, 86.0);
    assert_eq!(overall.completeness_score, Some(50.0));
    assert_eq!(overall.fluency_score, Some(100.0));
    // 0.6 * 50 + 0.2 * 86 + 0.2 * 100.
    assert_eq!(overall.pron_score, Some(67.2));
    assert!(words[3].get("Offset").is_none(), "an omitted word was never spoken: {}", words[3]);
}

#[test]
fn sixty_is_still_well_pronounced() {
    let (_, words) = scored("good:60 morning:59", &asked("good morning"));
    assert_eq!(errors(&words), [("good", "None"), ("morning", "Mispronunciation")]);
}

#[test]
fn a_wrong_word_is_an_omission_and_an_insertion_with_miscue_and_a_bad_word_without() {
    let mut parameters = asked("good morning");
    let (_, words) = scored("good evening", &parameters);
    assert_eq!(errors(&words), [("good", "None"), ("morning", "Omission"), ("evening", "Insertion")]);
    parameters.miscue = false;
    let (overall, words) = scored("good evening", &parameters);
    assert_eq!(errors(&words), [("good", "None"), ("morning", "Mispronunciation")]);
    assert_eq!(overall.accuracy_score, 50.0);
    assert_eq!(overall.completeness_score, Some(50.0));
}

#[test]
fn without_miscue_missing_and_additional_words_are_not_listed_but_count() {
    let parameters = Parameters { miscue: false, ..asked("good morning to you") };
    let (overall, words) = scored("good um morning", &parameters);
    assert_eq!(errors(&words), [("good", "None"), ("morning", "None")]);
    assert_eq!(overall.completeness_score, Some(50.0));
}

#[test]
fn fluency_is_the_share_of_time_that_is_spoken() {
    let mut words = spoken("good morning");
    // Two words of 0.2 s (and 10 ms each) within one second (and 10 ms): 4.2 of 10.1.
    words[1].offset = 8_000_000;
    let (overall, _) = assess(reading(&words), &asked("good morning"), Some("en-US"));
    assert_eq!(overall.fluency_score, Some(42.0));
    // 0.6 * 42 + 0.2 * 100 + 0.2 * 100.
    assert_eq!(overall.pron_score, Some(65.2));
}

#[test]
fn five_points_are_a_twentieth_of_a_hundred_marks() {
    let parameters = Parameters { grading: Grading::FivePoint, ..asked("good morning to you") };
    let (overall, words) = scored("good very morning:59 you", &parameters);
    assert_eq!(overall.accuracy_score, 4.3);
    assert_eq!(overall.completeness_score, Some(2.5));
    assert_eq!(overall.pron_score, Some(3.4), "67.2 / 20 = 3.36");
    assert_eq!(words[2]["AccuracyScore"], json!(3.0), "59 / 20 = 2.95");
}

#[test]
fn without_a_reference_nothing_is_missing_and_nothing_is_complete() {
    let (overall, words) = scored("good:80 morning:50", &asked(""));
    assert_eq!(errors(&words), [("good", "None"), ("morning", "Mispronunciation")]);
    assert_eq!(overall.completeness_score, None);
    // 0.6 * 65 + 0.4 * 100.
    assert_eq!(overall.pron_score, Some(79.0));
}

#[test]
fn the_basic_dimension_has_accuracy_alone() {
    let parameters = Parameters { comprehensive: false, prosody: true, ..asked("good morning to you") };
    let (overall, words) = scored("good morning:50", &parameters);
    assert_eq!(serde_json::to_value(overall).expect("JSON"), json!({"AccuracyScore": 75.0}));
    let keys = words[1].as_object().expect("a word").keys().collect::<Vec<_>>();
    assert_eq!(keys, ["AccuracyScore", "Confidence", "Duration", "Offset", "Word"]);
    assert_eq!(words.as_array().map(Vec::len), Some(2), "omissions are a matter of errors");
}

#[test]
fn prosody_is_scored_in_american_english_only() {
    let parameters = Parameters { prosody: true, ..asked("good morning") };
    let (overall, words) = scored("good:90 morning:90", &parameters);
    // Accuracy 90 and fluency 100; 0.4 * 90 + 0.2 * (95 + 100 + 100).
    assert_eq!(overall.prosody_score, Some(95.0));
    assert_eq!(overall.pron_score, Some(95.0));
    let first = &words[0]["Feedback"]["Prosody"]["Break"];
    assert_eq!(first, &json!({"ErrorTypes": ["None"], "BreakLength": 0}));
    let second = &words[1]["Feedback"]["Prosody"]["Break"];
    assert_eq!(second["BreakLength"], json!(100_000), "2,100,000 - 2,000,000");

    let (overall, words) = assess(reading(&spoken("guten morgen")), &parameters, Some("de-DE"));
    assert_eq!(overall.prosody_score, None);
    let words = serde_json::to_value(words).expect("JSON");
    assert!(words[0].get("Feedback").is_none());
}

#[test]
fn granularity_decides_how_deep_the_result_goes() {
    let at = |granularity, language| {
        let parameters = Parameters { granularity, ..asked("good morning") };
        let (_, words) = assess(reading(&spoken("good morning")), &parameters, Some(language));
        serde_json::to_value(words).expect("JSON")
    };
    assert_eq!(at(Granularity::FullText, "en-US"), Value::Null);
    assert!(at(Granularity::Word, "en-US")[0].get("Phonemes").is_none());
    let word = &at(Granularity::Phoneme, "en-US")[1];
    assert_eq!(word["Syllables"][1]["Grapheme"], "ning");
    assert_eq!(word["Phonemes"][0]["Phoneme"], "m");
    let word = &at(Granularity::Phoneme, "de-DE")[1];
    assert!(word.get("Syllables").is_none(), "syllables are for en-US");
    assert_eq!(word["Phonemes"][0]["Phoneme"], "");
}
