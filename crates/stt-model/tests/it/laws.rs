//! Laws that hold for all values, tried on random ones.

use std::time::Duration;

use proptest::option::of;
use proptest::prelude::*;
use stt_model::{
    Alternative, Break, BreakConfidence, DisplayWord, ErrorType, Feedback, Intonation, Language, Monotone,
    NBestPhoneme, Phoneme, PrimaryLanguage, PronunciationAssessment, Prosody, Recognition, Scores, ServiceMessage,
    Status, Syllable, Ticks, Word,
};

/// A strategy that fills the fields of an empty value, each with a strategy of its own.
macro_rules! fill {
    ($start:expr; $($field:ident: $strategy:expr),* $(,)?) => {
        ($($strategy,)*).prop_map(|($($field,)*)| {
            let mut value = $start;
            $(value.$field = $field;)*
            value
        })
    };
}

fn number() -> impl Strategy<Value = Option<f64>> {
    of(prop_oneof![any::<f64>(), (0..1000).prop_map(|tenths| f64::from(tenths) / 10.0)])
        .prop_map(|number| number.filter(|number| number.is_finite()))
}

fn text() -> impl Strategy<Value = Option<String>> {
    of(any::<String>())
}

fn ticks() -> impl Strategy<Value = Option<Ticks>> {
    of(any::<u64>().prop_map(Ticks))
}

fn status() -> impl Strategy<Value = Status> {
    prop_oneof![
        Just(Status::Success),
        Just(Status::NoMatch),
        Just(Status::InitialSilenceTimeout),
        Just(Status::BabbleTimeout),
        Just(Status::Error),
        Just(Status::EndOfDictation),
        Just(Status::TooManyRequests),
        Just(Status::BadRequest),
        Just(Status::Forbidden),
        // A known word is never in `Other`, nor is 0, which is read as success.
        "[a-z_ ]{0,9}".prop_map(Status::Other),
    ]
}

fn error_type() -> impl Strategy<Value = ErrorType> {
    prop_oneof![
        Just(ErrorType::None),
        Just(ErrorType::Omission),
        Just(ErrorType::Insertion),
        Just(ErrorType::Mispronunciation),
        Just(ErrorType::UnexpectedBreak),
        Just(ErrorType::MissingBreak),
        Just(ErrorType::Monotone),
        "[a-z_ ]{0,9}".prop_map(ErrorType::Other),
    ]
}

fn list<T: std::fmt::Debug>(element: impl Strategy<Value = T>) -> impl Strategy<Value = Vec<T>> {
    proptest::collection::vec(element, 0..3)
}

fn feedback() -> impl Strategy<Value = Feedback> {
    let confidence = || fill!(BreakConfidence::default(); confidence: number());
    let pause = fill!(Break::default();
        error_types: list(error_type()),
        unexpected_break: of(confidence()),
        missing_break: of(confidence()),
        break_length: number(),
    );
    let monotone = fill!(Monotone::default();
        confidence: number(),
        word_pitch_slope_confidence: number(),
        syllable_pitch_delta_confidence: number(),
    );
    let intonation = fill!(Intonation::default(); error_types: list(error_type()), monotone: of(monotone));
    let prosody = (of(pause), of(intonation)).prop_map(|(pause, intonation)| {
        let mut prosody = Prosody::default();
        prosody.r#break = pause;
        prosody.intonation = intonation;
        prosody
    });
    fill!(Feedback::default(); prosody: of(prosody))
}

fn word() -> impl Strategy<Value = Word> {
    let nbest_phoneme = fill!(NBestPhoneme::default(); phoneme: any::<String>(), score: number());
    let phoneme = fill!(Phoneme::default();
        phoneme: text(),
        offset: ticks(),
        duration: ticks(),
        accuracy_score: number(),
        nbest_phonemes: list(nbest_phoneme),
    );
    let syllable = fill!(Syllable::default();
        syllable: any::<String>(),
        grapheme: text(),
        offset: ticks(),
        duration: ticks(),
        accuracy_score: number(),
    );
    fill!(Word::default();
        word: any::<String>(),
        offset: ticks(),
        duration: ticks(),
        confidence: number(),
        accuracy_score: number(),
        error_type: of(error_type()),
        feedback: of(feedback()),
        syllables: list(syllable),
        phonemes: list(phoneme),
    )
}

fn alternative() -> impl Strategy<Value = Alternative> {
    let scores = fill!(Scores::default();
        accuracy: number(),
        fluency: number(),
        prosody: number(),
        completeness: number(),
        pron: number(),
    );
    let display_word = fill!(DisplayWord::default();
        display_text: text(),
        word: text(),
        offset: ticks(),
        duration: ticks(),
    );
    fill!(Alternative::default();
        confidence: number(),
        lexical: text(),
        itn: text(),
        masked_itn: text(),
        display: text(),
        display_text: text(),
        scores: scores,
        words: list(word()),
        display_words: list(display_word),
    )
}

fn recognition() -> impl Strategy<Value = Recognition> {
    let primary_language = fill!(PrimaryLanguage::default(); language: any::<String>(), confidence: text());
    let head = fill!(Recognition::new(Status::Success);
        status: status(),
        display_text: text(),
        offset: ticks(),
        duration: ticks(),
        snr: number(),
        channel: of(any::<u64>()),
        nbest: list(alternative()),
    );
    (head, text(), text(), text(), text(), of(primary_language)).prop_map(
        |(mut heard, id, format, who, kind, language)| {
            heard.id = id;
            heard.format = format;
            heard.speaker_id = who;
            heard.r#type = kind;
            heard.primary_language = language;
            heard
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_was_written_reads_back_as_the_same_value(heard in recognition()) {
        let written = serde_json::to_string(&heard).unwrap();
        prop_assert_eq!(Recognition::from_slice(written.as_bytes()), Ok(heard));
    }

    #[test]
    fn any_bytes_are_read_or_refused(body in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = Recognition::from_slice(&body);
        let message = ServiceMessage::read(&body).message.unwrap_or_default();
        prop_assert!(message.chars().count() <= 300 && !message.chars().any(char::is_control));
    }

    #[test]
    fn any_json_is_read_or_refused(name in "RecognitionStatus|NBest|error|Offset", json in "[\\[\\]{},:\"0-9eE.a-z -]{0,60}") {
        let body = format!(r#"{{"RecognitionStatus":"Success","{name}":{json}}}"#);
        let _ = Recognition::from_slice(body.as_bytes());
        let _ = ServiceMessage::read(body.as_bytes());
    }

    #[test]
    fn ticks_survive_the_way_to_a_duration_and_back(ticks in any::<u64>()) {
        let duration = Duration::from(Ticks(ticks));
        prop_assert_eq!(duration.as_nanos(), u128::from(ticks) * 100);
        prop_assert_eq!(Ticks::from(duration), Ticks(ticks));
    }

    #[test]
    fn a_duration_becomes_ticks_rounded_down(seconds in any::<u64>(), nanoseconds in 0u32..1_000_000_000) {
        let duration = Duration::new(seconds, nanoseconds);
        let expected = u64::try_from(duration.as_nanos() / 100).unwrap_or(u64::MAX);
        prop_assert_eq!(Ticks::from(duration), Ticks(expected));
    }

    #[test]
    fn milliseconds_survive_the_way_to_ticks_and_back(millis in 0..=u64::MAX / 10_000) {
        prop_assert_eq!(Ticks::from_millis(millis).as_millis(), millis);
        prop_assert_eq!(Duration::from(Ticks::from_millis(millis)), Duration::from_millis(millis));
    }

    #[test]
    fn a_language_that_was_read_reads_again_as_itself(given in "[a-zA-Z]{2,3}(-[a-zA-Z0-9]{1,8}){0,3}") {
        let language: Language = given.parse().unwrap();
        prop_assert_eq!(language.as_str().parse(), Ok(language.clone()));
        prop_assert_eq!(given.to_uppercase().parse(), Ok(language.clone()));
        prop_assert_eq!(given.to_lowercase(), language.to_string().to_lowercase());
    }

    #[test]
    fn any_text_is_a_language_or_an_error_that_quotes_it(given in any::<String>()) {
        match given.parse::<Language>() {
            Ok(language) => prop_assert!(language.to_string().eq_ignore_ascii_case(&given)),
            Err(error) => {
                let quoted = format!("{given:?}");
                prop_assert!(error.to_string().contains(&quoted));
            }
        }
    }

    #[test]
    fn any_reference_text_is_in_the_json_or_blank(text in any::<String>()) {
        match PronunciationAssessment::new(text.clone()).to_json() {
            Ok(json) => {
                let value: serde_json::Value = serde_json::from_str(&json).unwrap();
                prop_assert_eq!(value["ReferenceText"].as_str(), Some(text.as_str()));
            }
            Err(_) => prop_assert!(!text.chars().any(char::is_alphanumeric)),
        }
    }
}
