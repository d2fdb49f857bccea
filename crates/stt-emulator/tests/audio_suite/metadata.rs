//! Transcripts in the metadata of a file: reading them, and writing them with `tag`.

use std::time::Duration;

use stt_emulator::{HeardStep, Outcome, TagError, hear, silence, tag};

use crate::ogg::{pages, patched};
use crate::signal::{chunk, format, number, riff, say, stored, words};

fn quiet() -> Vec<u8> {
    silence(Duration::from_secs(3), 16_000).expect("three seconds")
}

/// Noise with a transcript.
fn noted() -> Vec<u8> {
    stored("told.ogg")
}

/// What is heard from metadata: the text, and its language.
fn told(file: &[u8]) -> (String, Option<String>) {
    let heard = hear(file);
    assert_eq!(heard.step, HeardStep::Metadata, "{}", heard.reason);
    let Outcome::Words { language, .. } = heard.outcome else { panic!("words are told") };
    (words(file), language)
}

fn check(file: &[u8], text: &str, language: Option<&str>) {
    assert_eq!(told(file), (text.to_owned(), language.map(str::to_owned)));
}

/// The body of the first chunk of a name.
fn body<'a>(file: &'a [u8], id: &[u8; 4]) -> &'a [u8] {
    let at = file.windows(4).position(|window| window == id).expect("a chunk of this name") + 8;
    let size = number(&file[at - 4..at]);
    &file[at..at + size as usize]
}

#[test]
fn a_tagged_wav_file_tells_its_transcript_and_language() {
    check(&tag(&quiet(), "Grüße aus Köln.", Some("de-DE")).unwrap(), "Grüße aus Köln.", Some("de-DE"));
    check(&tag(&quiet(), "Hello", None).unwrap(), "Hello", None);
}

#[test]
fn words_of_a_transcript_are_spread_evenly_over_the_audio() {
    let file = tag(&quiet(), "one two[5] three", None).unwrap();
    let Outcome::Words { words, .. } = hear(&file).outcome else { panic!("words are told") };
    let times: Vec<_> = words.iter().map(|word| (word.offset, word.duration, word.accuracy)).collect();
    assert_eq!(times, [(0, 10_000_000, None), (10_000_000, 10_000_000, Some(5)), (20_000_000, 10_000_000, None)]);
}

#[test]
fn words_in_the_samples_come_before_those_in_the_metadata() {
    let file = tag(&say("coded").wav(), "told", Some("fr-FR")).unwrap();
    let heard = hear(&file);
    assert_eq!(heard.step, HeardStep::Coded);
    let Outcome::Words { words, language } = heard.outcome else { panic!("words are coded") };
    assert_eq!((words[0].text.as_str(), language), ("coded", None));
}

#[test]
fn a_transcript_behind_the_samples_is_told() {
    let info = [b"INFO".as_slice(), &chunk(b"ICMT", b"Hello there\0"), &chunk(b"ILNG", b"en-US\0")].concat();
    let chunks = [chunk(b"fmt ", &format(1, 1, 8_000, 8)), chunk(b"data", &[128; 8_001]), chunk(b"LIST", &info)];
    check(&riff(&chunks.concat()), "Hello there", Some("en-US"));
}

#[test]
fn a_transcript_without_words_tells_nothing() {
    let heard = hear(&tag(&quiet(), "  ", None).unwrap());
    assert_eq!(heard.outcome, Outcome::InitialSilence);
}

#[test]
fn tagging_a_wav_file_again_replaces_only_the_transcript() {
    let info = [b"INFO".as_slice(), &chunk(b"INAM", b"A name\0"), &chunk(b"ICMT", b"old\0")].concat();
    let (samples, odd) = (chunk(b"data", &[7; 800]), chunk(b"JUNK", b"odd"));
    let format = chunk(b"fmt ", &format(1, 1, 8_000, 8));
    let file = riff(&[format.clone(), chunk(b"LIST", &info), samples.clone(), odd.clone()].concat());
    let tagged = tag(&tag(&file, "first", Some("en-US")).unwrap(), "second", None).unwrap();
    let info = [b"INFO".as_slice(), &chunk(b"INAM", b"A name\0"), &chunk(b"ICMT", b"second\0")].concat();
    assert_eq!(tagged, riff(&[format, chunk(b"LIST", &info), samples, odd].concat()));
}

#[test]
fn tagging_corrects_the_sizes_of_a_streamed_wav_file() {
    let mut file = quiet();
    file[4..8].fill(0);
    file[40..44].fill(0xff);
    let tagged = tag(&file, "Hello", None).unwrap();
    assert_eq!(number(&tagged[4..8]) as usize, tagged.len() - 8);
    assert_eq!(body(&tagged, b"data").len(), 3 * 32_000);
    check(&tagged, "Hello", None);
}

#[test]
fn the_sample_ogg_file_tells_its_transcript_over_its_true_length() {
    check(&noted(), "What's the weather like?", Some("en-US"));
    // What opusinfo prints as its playback length.
    assert_eq!(hear(&noted()).audio_ticks, 20_000_000);
}

#[test]
fn tagging_an_ogg_file_leaves_its_packets_and_other_comments() {
    let tagged = tag(&noted(), "Servus!", Some("de-AT")).unwrap();
    check(&tagged, "Servus!", Some("de-AT"));
    let (old, new) = (pages(&noted()), pages(&tagged));
    assert_eq!(old.len(), new.len());
    assert_eq!([&old[0], &old[2], &old[3], &old[4]], [&new[0], &new[2], &new[3], &new[4]]);
    let comments = String::from_utf8_lossy(&new[1].3).into_owned();
    assert!(comments.contains("ENCODER_OPTIONS=--bitrate 24"));
    assert!(!comments.contains("weather like"));
    assert_eq!(comments.matches("TRANSCRIPT=").count() + comments.matches("LANGUAGE=").count(), 2);
    assert_eq!(hear(&tagged).audio_ticks, 20_000_000);
}

#[test]
fn a_transcript_longer_than_a_page_goes_into_an_ogg_file() {
    let text = "word ".repeat(20_000);
    let tagged = tag(&noted(), &text, None).unwrap();
    check(&tagged, text.trim_end(), None);
    let pages = pages(&tagged);
    let last = pages.last().unwrap();
    assert_eq!((last.0, last.2 as usize), (4, pages.len() - 1));
}

#[test]
fn the_name_of_a_comment_may_be_written_in_any_case() {
    let lower = patched(&tag(&noted(), "Hello", None).unwrap(), |page| {
        if let Some(at) = page.windows(11).position(|window| window == b"TRANSCRIPT=") {
            page[at..at + 10].make_ascii_lowercase();
        }
    });
    check(&lower, "Hello", None);
    check(&tag(&lower, "Replaced", None).unwrap(), "Replaced", None);
}

#[test]
fn positions_in_an_ogg_file_are_not_believed_beyond_its_packets() {
    let far = patched(&noted(), |page| {
        if page[5] & 4 != 0 {
            page[6..14].copy_from_slice(&(u64::MAX - 1).to_le_bytes());
        }
    });
    // 101 packets of 20 ms less a pre-skip of 312 samples at 48 kHz.
    assert_eq!(hear(&far).audio_ticks, (101 * 960 - 312) * 625 / 3);
}

#[test]
fn a_stream_that_starts_late_is_as_long_as_its_packets() {
    let late = patched(&noted(), |page| {
        let position = u64::from_le_bytes(page[6..14].try_into().unwrap());
        if 0 < position {
            page[6..14].copy_from_slice(&(position + 48_000_000).to_le_bytes());
        }
    });
    assert_eq!(hear(&late).audio_ticks, 20_000_000);
}

#[test]
fn what_cannot_hold_a_transcript_is_refused() {
    let joined = [noted(), other_stream()].concat();
    assert!(matches!(tag(b"ID3 an MP3", "a", None), Err(TagError::Format)));
    assert!(matches!(tag(&quiet(), "a\0b", None), Err(TagError::Text)));
    assert!(matches!(tag(&noted()[..300], "a", None), Err(TagError::Ogg(_))));
    assert!(matches!(tag(&joined, "a", None), Err(TagError::Streams)));
}

/// The sample with another number of its stream.
fn other_stream() -> Vec<u8> {
    patched(&noted(), |page| page[14] ^= 1)
}
