//! Words coded into samples: what they survive, when they are said, and what is no word.

use std::f64::consts::TAU;
use std::time::Duration;

use proptest::prelude::*;
use stt_emulator::{HeardStep, HeardWord, Outcome, Speech, SynthError, SynthOptions, hear, synth};

use crate::signal::{Clip, Random, format, say, wav, words};

const TEXT: &str = "Remind me to buy five pencils. Größe, Привет und 今日は!";
/// Words of each length from one byte on, so that they end at different parts of a sample.
const WORDS: [&str; 8] = ["I", "me", "two", "five", "seven", "eleven", "pencils", "tomorrow"];

fn heard_words(file: &[u8]) -> Vec<HeardWord> {
    let heard = hear(file);
    assert_eq!(heard.step, HeardStep::Coded, "{}", heard.reason);
    let Outcome::Words { words, .. } = heard.outcome else { panic!("{:?}", heard.outcome) };
    words
}

#[test]
fn words_are_heard_as_they_were_typed() {
    assert_eq!(say(TEXT).heard(), TEXT);
}

#[test]
fn words_survive_other_rates() {
    for rate in [8_000, 44_100, 48_000] {
        assert_eq!(say(TEXT).resampled(rate).heard(), TEXT, "sinc, {rate} Hz");
    }
    for rate in [8_000, 11_025, 12_000, 22_050, 24_000, 32_000, 44_100, 48_000] {
        assert_eq!(say(TEXT).interpolated(rate).heard(), TEXT, "straight lines, {rate} Hz");
    }
}

#[test]
fn words_can_be_said_at_other_rates() {
    for rate in [8_000, 11_025, 44_100, 48_000] {
        let clip = synth(TEXT, &SynthOptions { rate, ..SynthOptions::default() }).unwrap();
        assert_eq!(words(&clip), TEXT, "{rate} Hz");
    }
}

#[test]
fn words_survive_noise_at_20_db_and_10_db() {
    for seed in 1..=3 {
        assert_eq!(say(TEXT).noisy(20.0, seed).heard(), TEXT, "20 dB, seed {seed}");
        assert_eq!(say(TEXT).noisy(10.0, seed).heard(), TEXT, "10 dB, seed {seed}");
    }
}

#[test]
fn words_survive_other_loudness_and_polarity() {
    for factor in [0.01, 0.1, 0.5, 1.2, -1.0] {
        assert_eq!(say(TEXT).louder(factor).heard(), TEXT, "{factor}");
    }
}

#[test]
fn words_survive_a_chain_of_all_of_it() {
    let phone = say(TEXT).resampled(44_100).noisy(20.0, 4).louder(0.2).interpolated(8_000);
    assert_eq!(phone.heard(), TEXT);
}

#[test]
fn words_survive_any_form_of_samples() {
    let clip = say(TEXT);
    let each = |write: fn(f64) -> Vec<u8>| clip.samples.iter().flat_map(|sample| write(*sample)).collect::<Vec<u8>>();
    let forms = [
        (1, 8, each(|sample| vec![(sample * 127.0 + 128.0) as u8])),
        (1, 24, each(|sample| ((sample * 8_388_607.0) as i32).to_le_bytes()[..3].to_vec())),
        (1, 32, each(|sample| ((sample * 2_147_483_647.0) as i32).to_le_bytes().to_vec())),
        (3, 32, each(|sample| (sample as f32).to_le_bytes().to_vec())),
        (3, 64, each(|sample| sample.to_le_bytes().to_vec())),
    ];
    for (tag, bits, data) in forms {
        assert_eq!(words(&wav(&format(tag, 1, 16_000, bits), &data)), TEXT, "tag {tag}, {bits} bits");
    }
}

#[test]
fn each_half_of_a_clip_cut_in_a_pause_says_its_own_words() {
    let clip = say("one two three");
    let [_, two, three] = heard_words(&clip.wav()).try_into().unwrap();
    let pause = |word: &HeardWord| (word.offset / 10_000) as u32 - 50;
    assert_eq!(clip.cut(0, pause(&two)).heard(), "one");
    assert_eq!(clip.cut(pause(&two), pause(&three)).heard(), "two");
    assert_eq!(clip.cut(pause(&two), 60_000).heard(), "two three");
}

#[test]
fn clips_joined_without_a_gap_say_all_their_words() {
    let first = say("one two");
    let end = heard_words(&first.wav()).last().map(|word| (word.offset + word.duration) / 10_000).unwrap();
    let mut joined = first.cut(0, end as u32);
    joined.samples.extend(say("three").cut(250, 60_000).samples);
    assert_eq!(joined.heard(), "one two three");
}

#[test]
fn a_clip_cut_where_its_last_word_ends_says_it() {
    for (rate, word) in [8_000, 11_025, 22_050, 44_100].into_iter().flat_map(|rate| WORDS.map(|word| (rate, word))) {
        let options = SynthOptions { rate, ..SynthOptions::default() };
        let mut clip = Clip::of(&synth(word, &options).unwrap());
        let last = clip.samples.iter().rposition(|sample| *sample != 0.0).unwrap();
        clip.samples.truncate(last + 1);
        assert_eq!(clip.heard(), word, "{rate} Hz");
    }
}

#[test]
fn two_channels_of_unlike_loudness_mixed_to_one_say_the_words() {
    let clip = say(TEXT);
    let mixed = clip.samples.iter().map(|sample| (sample + sample * 0.3) / 2.0).collect();
    assert_eq!(Clip { samples: mixed, ..clip }.heard(), TEXT);
}

#[test]
fn times_are_those_of_the_tones() {
    // Three symbols of 32 ms begin a word; its letters and three bytes of check follow, one and a half bytes a symbol.
    let duration = |bytes: u64| (3 + (2 * bytes + 6).div_ceil(3)) * 320_000;
    let options = SynthOptions {
        lead_in: Duration::from_millis(700),
        pause: Duration::from_millis(150),
        ..SynthOptions::default()
    };
    let clip = Clip::of(&synth("Buy five. Pencils.", &options).unwrap());
    let buy = 7_000_000;
    let five = buy + duration(3) + 1_500_000;
    let pencils = five + duration(5) + 4 * 1_500_000;
    let expected = [(buy, duration(3)), (five, duration(5)), (pencils, duration(8))];
    let times = |clip: &Clip| heard_words(&clip.wav()).iter().map(|w| (w.offset, w.duration)).collect::<Vec<_>>();
    assert_eq!(times(&clip), expected);
    for other in [clip.resampled(44_100), clip.clone().noisy(20.0, 1), clip.interpolated(8_000)] {
        for ((offset, duration), expected) in times(&other).into_iter().zip(expected) {
            assert!(offset.abs_diff(expected.0) <= 5_000, "{offset} ticks instead of {}", expected.0);
            assert_eq!(duration, expected.1);
        }
    }
}

#[test]
fn a_speech_knows_its_times_before_it_is_sound() {
    let options = SynthOptions {
        language: Some("en-US".into()),
        pause: Duration::from_millis(150),
        sentence_pause: Some(Duration::from_millis(900)),
        rate: 44_100,
        ..SynthOptions::default()
    };
    let speech = Speech::new("Buy five. Pencils[7].", &options).unwrap();
    let mut file = Vec::new();
    speech.write(&mut file).unwrap();
    assert_eq!(file, synth("Buy five. Pencils[7].", &options).unwrap());
    let heard = heard_words(&file);
    for (told, heard) in speech.words().iter().zip(&heard) {
        assert!(told.offset.abs_diff(heard.offset) <= 5_000, "{told:?} {heard:?}");
        assert_eq!((&told.text, told.duration, told.accuracy), (&heard.text, heard.duration, heard.accuracy));
    }
    assert_eq!(speech.words().len(), heard.len());
    let [_, five, pencils] = speech.words() else { panic!("three words") };
    // Nine tenths of a second and the language, which takes 3 + 16 / 3 symbols.
    let apart = pencils.offset - five.offset - five.duration;
    assert!(apart.abs_diff(9_000_000 + 9 * 320_000) <= 2_000, "{apart}");
}

#[test]
fn a_stereo_clip_says_the_same_in_both_channels() {
    let mono = synth(TEXT, &SynthOptions { rate: 8_000, ..SynthOptions::default() }).unwrap();
    let stereo = synth(TEXT, &SynthOptions { rate: 8_000, stereo: true, ..SynthOptions::default() }).unwrap();
    let both = mono[44..].as_chunks::<2>().0.iter().flat_map(|two| [*two, *two].concat()).collect::<Vec<_>>();
    assert_eq!(stereo, wav(&format(1, 2, 8_000, 16), &both));
}

#[test]
fn ordinary_words_take_about_as_long_as_spoken_ones() {
    for word in heard_words(&say("I remind you to buy five of the yellow pencils tomorrow, Elizabeth.").wav()) {
        let milliseconds = word.duration / 10_000;
        assert!((150..=450).contains(&milliseconds), "{} takes {milliseconds} ms", word.text);
    }
}

#[test]
fn the_language_is_heard_with_every_sentence() {
    let options = SynthOptions { language: Some("de-DE".into()), ..SynthOptions::default() };
    let clip = Clip::of(&synth("Guten Morgen! Wie geht es?", &options).unwrap());
    let wie = heard_words(&clip.wav())[2].offset / 10_000;
    // The coded language sounds before the word for less than 400 ms, and 400 ms of pause before that.
    let second = clip.cut(wie as u32 - 500, 60_000).wav();
    for (file, expected) in [(clip.wav(), "Guten Morgen! Wie geht es?"), (second, "Wie geht es?")] {
        let Outcome::Words { language, .. } = hear(&file).outcome else { panic!("words are coded") };
        assert_eq!(language.as_deref(), Some("de-DE"));
        assert_eq!(words(&file), expected);
    }
}

#[test]
fn without_a_language_none_is_heard() {
    let Outcome::Words { language, .. } = hear(&say("Hello").wav()).outcome else { panic!("words are coded") };
    assert_eq!(language, None);
}

#[test]
fn scores_are_heard_with_their_words() {
    let heard = heard_words(&say("Good[100] morning[42]. sir[0]").wav());
    let scores: Vec<_> = heard.iter().map(|word| (word.text.as_str(), word.accuracy)).collect();
    assert_eq!(scores, [("Good", Some(100)), ("morning.", Some(42)), ("sir", Some(0))]);
}

#[test]
fn a_word_put_together_from_two_is_not_heard() {
    // "five" and "nine" take equally long and differ only in some symbols, so that the cut makes a well-formed "fine".
    let (five, nine) = (say("zero five ten"), say("zero nine ten"));
    let word = &heard_words(&five.wav())[1];
    let at = |symbols: usize| word.offset as usize / 625 + symbols * 512;
    for symbols in 3..=7 {
        let mut mixed = five.clone();
        mixed.samples[at(symbols)..].copy_from_slice(&nine.samples[at(symbols)..]);
        let heard = mixed.heard();
        assert!(["zero ten", "zero five ten", "zero nine ten"].contains(&heard.as_str()), "{heard}");
        if (4..=6).contains(&symbols) {
            assert_eq!(heard, "zero ten", "cut after {symbols} symbols");
        }
    }
}

#[test]
fn a_word_drowned_by_a_click_is_lost_alone() {
    let mut clip = say("one two three");
    let two = &heard_words(&clip.wav())[1];
    let middle = (two.offset + two.duration / 2) as usize / 625;
    let mut random = Random(1);
    clip.samples[middle..middle + 800].iter_mut().for_each(|sample| *sample = random.normal() * 0.3);
    assert_eq!(clip.heard(), "one three");
}

#[test]
fn tones_of_the_band_in_any_order_are_no_words() {
    let mut random = Random(7);
    for length in [512, 1_600] {
        let mut samples = Vec::new();
        while samples.len() < 20 * 16_000 {
            let tones: Vec<f64> =
                (0..3).map(|v| 343.75 + 62.5 * (v * 16 + (random.unit() * 16.0) as u32) as f64).collect();
            let tone = |n: usize, hertz: &f64| 0.2 * (TAU * hertz * n as f64 / 16_000.0).sin();
            samples.extend((0..length).map(|n| tones.iter().map(|hertz| tone(n, hertz)).sum::<f64>()));
        }
        assert_eq!(Clip { rate: 16_000, samples }.heard(), "");
    }
}

#[test]
fn chords_and_melodies_are_no_words() {
    let mut random = Random(3);
    let mut samples = Vec::new();
    while samples.len() < 20 * 16_000 {
        let root = 220.0 * 2_f64.powf((random.unit() * 24.0).floor() / 12.0);
        let length = [2_000, 4_000, 8_000][(random.unit() * 3.0) as usize];
        samples.extend((0..length).map(|n| {
            let time = n as f64 / 16_000.0;
            let chord = [1.0, 1.259_9, 1.498_3, 2.0, 3.0].map(|ratio| (TAU * root * ratio * time).sin());
            0.15 * chord.iter().sum::<f64>() * (-3.0 * time).exp()
        }));
    }
    let heard = hear(&Clip { rate: 16_000, samples }.wav());
    assert_eq!(heard.outcome, Outcome::NoMatch);
}

#[test]
fn noise_that_rises_and_falls_like_speech_is_no_words() {
    let mut random = Random(5);
    let samples = (0..20 * 16_000).map(|n| {
        let syllables = (TAU * 4.0 * f64::from(n) / 16_000.0).sin().max(0.0);
        0.2 * syllables * syllables * random.normal()
    });
    let heard = hear(&Clip { rate: 16_000, samples: samples.collect() }.wav());
    assert_eq!((heard.step, heard.outcome), (HeardStep::NoMatch, Outcome::NoMatch));
}

#[test]
fn what_cannot_be_coded_is_refused() {
    let error = |text: &str, options: SynthOptions| synth(text, &options).unwrap_err();
    let plain = SynthOptions::default;
    assert_eq!(error(&"a".repeat(256), plain()), SynthError::Word(256));
    assert_eq!(
        error("a", SynthOptions { language: Some(String::new()), ..plain() }),
        SynthError::Language(String::new())
    );
    let english = SynthOptions { language: Some("english".into()), ..plain() };
    assert_eq!(error("a", english), SynthError::Language("english".into()));
    assert_eq!(error("a b[101].", plain()), SynthError::Score("b[101].".into()));
    assert_eq!(error("a", SynthOptions { rate: 7_999, ..plain() }), SynthError::Rate(7_999));
    assert_eq!(error("a", SynthOptions { rate: 192_001, ..plain() }), SynthError::Rate(192_001));
    assert_eq!(error("a", SynthOptions { lead_in: Duration::MAX, ..plain() }), SynthError::TooLong);
    assert_eq!(say(&"a".repeat(255)).heard(), "a".repeat(255));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_words_are_heard_after_any_gentle_change(
        text in "[^\\s\\p{C}\\[\\]]{1,12}( [^\\s\\p{C}\\[\\]]{1,12}){0,2}",
        rate in 8_000_u32..=48_000,
        seed: u64,
    ) {
        prop_assert_eq!(say(&text).interpolated(rate).noisy(20.0, seed).louder(0.5).heard(), text);
    }
}
