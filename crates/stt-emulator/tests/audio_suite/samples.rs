//! The clips in `tests/audio`: made again, they are the same bytes.

use std::time::Duration;

use stt_emulator::{Outcome, SynthOptions, hear, noise, silence, synth};

use crate::signal::{stored, words};

fn check(name: &str, made: &[u8]) {
    assert!(stored(name) == made, "{name} differs from what its command in tests/audio/README.md makes");
}

fn check_words(name: &str, typed: &str, language: &str, display: &str) {
    let options = SynthOptions { language: Some(language.into()), ..SynthOptions::default() };
    check(name, &synth(typed, &options).expect("a text that can be coded"));
    assert_eq!(words(&stored(name)), display);
    let heard = hear(&stored(name));
    let Outcome::Words { language: heard, .. } = heard.outcome else { panic!("words are coded") };
    assert_eq!(heard.as_deref(), Some(language));
    let command = format!("stt-emulator synth '{typed}' -o {name} --language {language}\n");
    assert!(String::from_utf8_lossy(&stored("README.md")).contains(&command), "{command}");
}

#[test]
fn the_clips_with_words_are_what_their_commands_make() {
    check_words("pencils.wav", "Remind me to buy five pencils.", "en-US", "Remind me to buy five pencils.");
    check_words("guten-morgen.wav", "Guten Morgen!", "de-DE", "Guten Morgen!");
    check_words("buenos-dias.wav", "Buenos días.", "es-ES", "Buenos días.");
    check_words("profanity.wav", "Damn it.", "en-US", "Damn it.");
    check_words("good-morning.wav", "Good morning[42].", "en-US", "Good morning.");
}

#[test]
fn the_clips_without_words_are_what_their_commands_make() {
    check("silence.wav", &silence(Duration::from_secs(3), 16_000).unwrap());
    check("noise.wav", &noise(Duration::from_secs(2), 16_000, 1).unwrap());
    assert_eq!(hear(&stored("silence.wav")).outcome, Outcome::InitialSilence);
    assert_eq!(hear(&stored("noise.wav")).outcome, Outcome::Babble);
}

#[test]
fn the_poor_word_of_the_pronunciation_clip_has_its_score() {
    let Outcome::Words { words, .. } = hear(&stored("good-morning.wav")).outcome else { panic!("words are coded") };
    assert_eq!(words.iter().map(|word| word.accuracy).collect::<Vec<_>>(), [None, Some(42)]);
}
