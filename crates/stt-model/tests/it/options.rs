//! The closed lists of words in a request.

use std::fmt::{Debug, Display};
use std::str::FromStr;

use serde::Serialize;
use serde::de::DeserializeOwned;
use stt_model::{
    AudioFormat, Dimension, Error, GradingSystem, Granularity, Mode, PhonemeAlphabet, Profanity, ResultFormat,
};

/// Each word reads, prints and travels through JSON as itself, the first is the service's default.
fn check<T>(all: &[T], words: &[&str])
where
    T: Copy + Debug + Default + DeserializeOwned + Display + FromStr<Err = Error> + PartialEq + Serialize,
{
    assert_eq!(all.iter().map(ToString::to_string).collect::<Vec<_>>(), words);
    assert_eq!(all.first(), Some(&T::default()));
    for (value, word) in all.iter().zip(words) {
        assert_eq!(word.parse(), Ok(*value));
        assert_eq!(word.to_uppercase().parse(), Ok(*value));
        let json = serde_json::to_string(value).unwrap();
        assert_eq!(json, format!("\"{word}\""));
        assert_eq!(serde_json::from_str::<T>(&json).unwrap(), *value);
    }
    assert!(serde_json::from_str::<T>("\"other\"").is_err());
}

#[test]
fn words_are_those_that_the_service_takes() {
    check(ResultFormat::ALL, &["simple", "detailed"]);
    check(Profanity::ALL, &["masked", "removed", "raw"]);
    check(Mode::ALL, &["conversation", "interactive", "dictation"]);
    check(GradingSystem::ALL, &["FivePoint", "HundredMark"]);
    check(Granularity::ALL, &["Phoneme", "Word", "FullText"]);
    check(Dimension::ALL, &["Basic", "Comprehensive"]);
    check(PhonemeAlphabet::ALL, &["SAPI", "IPA"]);
    check(AudioFormat::ALL, &["audio/wav; codecs=audio/pcm; samplerate=16000", "audio/ogg; codecs=opus"]);
}

#[test]
fn another_word_is_refused_with_those_that_would_do() {
    let error = "remove".parse::<Profanity>().unwrap_err();
    assert_eq!(error.to_string(), r#"profanity "remove" is none of: masked, removed, raw"#);
    let error = "".parse::<Granularity>().unwrap_err();
    assert_eq!(error.to_string(), r#"granularity "" is none of: Phoneme, Word, FullText"#);
}
