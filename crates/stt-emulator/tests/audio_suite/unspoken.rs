//! What holds no words: silence, noise, nothing, and other things than audio.

use std::time::Duration;

use stt_emulator::{HeardStep, Outcome, hear, noise, silence};

use crate::signal::{Clip, Random, format, riff, say, stored, wav};

fn check(body: &[u8], step: HeardStep, outcome: &Outcome) {
    let heard = hear(body);
    assert_eq!((heard.step, &heard.outcome), (step, outcome), "{}", heard.reason);
}

#[test]
fn digital_silence_is_initial_silence() {
    check(&silence(Duration::from_secs(1), 16_000).unwrap(), HeardStep::Samples, &Outcome::InitialSilence);
}

#[test]
fn a_quiet_room_with_a_click_is_initial_silence() {
    let mut random = Random(1);
    let mut samples: Vec<f64> = (0..32_000).map(|_| random.normal() * 0.001).collect();
    samples[9_000..9_100].fill(0.5);
    check(&Clip { rate: 16_000, samples }.wav(), HeardStep::Samples, &Outcome::InitialSilence);
}

#[test]
fn steady_noise_is_babble_wherever_it_begins() {
    check(&noise(Duration::from_secs(2), 16_000, 1).unwrap(), HeardStep::Samples, &Outcome::Babble);
    let mut random = Random(2);
    let mut samples = vec![0.0; 16_000];
    samples.extend((0..32_000).map(|_| random.normal() * 0.05));
    check(&Clip { rate: 16_000, samples }.wav(), HeardStep::Samples, &Outcome::Babble);
}

#[test]
fn words_that_cannot_be_read_are_no_match() {
    let mut clip = say("one two three four");
    for sample in clip.samples.chunks_mut(7) {
        sample.reverse();
    }
    check(&clip.wav(), HeardStep::NoMatch, &Outcome::NoMatch);
}

#[test]
fn listening_ends_after_five_seconds_or_with_the_audio() {
    let ended = |seconds| hear(&silence(Duration::from_secs(seconds), 16_000).unwrap()).listening_ended();
    assert_eq!(ended(2), 20_000_000);
    assert_eq!(ended(7), 50_000_000);
}

#[test]
fn a_body_without_bytes_is_empty() {
    check(b"", HeardStep::Refused, &Outcome::Empty);
}

#[test]
fn a_wav_file_without_samples_is_said_to_have_none() {
    let header = format(1, 1, 16_000, 16);
    check(&wav(&header, b""), HeardStep::Refused, &Outcome::NoSamples);
    check(&wav(&header, b"\x01"), HeardStep::Refused, &Outcome::NoSamples);
    check(&riff(b""), HeardStep::Refused, &Outcome::NoSamples);
}

#[test]
fn an_ogg_stream_with_headers_alone_is_said_to_have_no_samples() {
    let ogg = stored("weather.ogg");
    let third_page = (1..ogg.len()).filter(|at| ogg[*at..].starts_with(b"OggS")).nth(1).unwrap();
    check(&ogg[..third_page], HeardStep::Refused, &Outcome::NoSamples);
}

#[test]
fn ogg_with_another_codec_is_silence() {
    let mut ogg = stored("weather.ogg");
    check(&ogg[..100], HeardStep::Refused, &Outcome::NoSamples);
    ogg[40] ^= 1;
    check(&ogg, HeardStep::Header, &Outcome::InitialSilence);
}

#[test]
fn other_things_than_audio_are_refused_by_name() {
    let mp3_frame = [&[0xff, 0xfb, 0x90, 0x64][..], &[0; 413]].concat();
    let adts_frame = [&[0xff, 0xf1, 0x50, 0x80, 0x01, 0xff, 0xfc][..], &[0; 8]].concat();
    let bodies: [(&[u8], &str); 17] = [
        (br#"{"audio": 1}"#, "JSON"),
        (b" [1, 2]", "JSON"),
        (b"\n<!DOCTYPE html><p>", "HTML"),
        (b"<html lang=\"en\">", "HTML"),
        (b"<speak>hi</speak>", "XML"),
        (b"pencils.wav", "text"),
        ("Bl\u{e4}tter".as_bytes(), "text"),
        (b"ID3\x04\0\0\0\0\0\0", "MP3"),
        (&mp3_frame.repeat(2), "MP3"),
        (&adts_frame.repeat(2), "AAC"),
        (b"\x1a\x45\xdf\xa3\x9f\x42", "WebM"),
        (b"fLaC\0\0\0\x22", "FLAC"),
        (b"\0\0\0\x20ftypM4A \0", "MP4"),
        (b"FORM\0\0\0\x20AIFFCOMM", "AIFF"),
        (b"RIFF\x20\0\0\0AVI LIST", "RIFF without WAVE"),
        (b"#!AMR\n\x3c", "AMR"),
        (b"PK\x03\x04\x14\0", "ZIP"),
    ];
    for (body, what) in bodies {
        let heard = hear(body);
        let Outcome::NotAudio { what: named } = heard.outcome else { panic!("{what}: {heard:?}") };
        assert_eq!((heard.step, named), (HeardStep::Refused, what));
    }
}

#[test]
fn text_that_a_glance_cuts_within_a_character_is_text() {
    let body = format!("a{}", "\u{e4}".repeat(1_000));
    check(body.as_bytes(), HeardStep::Refused, &Outcome::NotAudio { what: "text" });
}

#[test]
fn samples_that_begin_like_mp3_are_not_taken_for_it() {
    let mut pcm = vec![0x11; 4_000];
    pcm[..4].copy_from_slice(&[0xff, 0xfb, 0x90, 0x64]);
    pcm[600] = 0x80;
    check(&pcm, HeardStep::Header, &Outcome::InitialSilence);
}
