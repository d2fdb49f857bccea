//! Headers: those that lie and are heard all the same, and those the service takes for silence.

use proptest::prelude::*;
use stt_emulator::{HeardStep, Outcome, SynthOptions, hear, synth};

use crate::signal::{chunk, format, riff, say, stored, wav, words};

/// The file that `synth` makes, with a header and data of its own.
fn file(chunks: &[&[u8]]) -> Vec<u8> {
    riff(&chunks.concat())
}

fn pcm_format() -> Vec<u8> {
    format(1, 1, 16_000, 16)
}

/// A data chunk that claims a size.
fn claimed(size: u32, data: &[u8]) -> Vec<u8> {
    [b"data".as_slice(), &size.to_le_bytes(), data].concat()
}

#[test]
fn sizes_that_lie_are_read_to_the_end() {
    let data = say("Hello there").pcm();
    for riff_size in [0, 36, 32_846, u32::MAX] {
        for data_size in [0, 40, 0x7fff_ffdb, u32::MAX - 36, u32::MAX] {
            let mut body = file(&[&chunk(b"fmt ", &pcm_format()), &claimed(data_size, &data)]);
            body[4..8].copy_from_slice(&riff_size.to_le_bytes());
            let heard = hear(&body);
            assert_eq!(words(&body), "Hello there", "sizes {riff_size} and {data_size}");
            assert_eq!(heard.audio_ticks, data.len() as u64 / 2 * 625);
        }
    }
}

#[test]
fn the_header_of_46_bytes_that_microsoft_streams_is_read() {
    let extended = [pcm_format(), vec![0, 0]].concat();
    let body = file(&[&chunk(b"fmt ", &extended), &claimed(0, &say("Hello").pcm())]);
    assert_eq!(body.len() - say("Hello").pcm().len(), 46);
    assert_eq!(words(&body), "Hello");
}

#[test]
fn an_extensible_header_is_read() {
    let guid = b"\x01\0\0\0\0\0\x10\0\x80\0\0\xaa\0\x38\x9b\x71";
    let extension = [b"\x16\0\x10\0\x04\0\0\0".as_slice(), guid].concat();
    let format = [format(0xfffe, 1, 16_000, 16), extension].concat();
    assert_eq!(words(&wav(&format, &say("Hello").pcm())), "Hello");
}

#[test]
fn chunks_before_and_after_the_samples_are_no_samples() {
    let data = chunk(b"data", &say("Hello").pcm());
    let format = chunk(b"fmt ", &pcm_format());
    let odd = chunk(b"JUNK", b"odd");
    let list = chunk(b"LIST", b"INFOISFT\x06\0\0\0Lavf60");
    let body = file(&[&odd, &format, &list, &odd, &data, &odd, &list]);
    assert_eq!(words(&body), "Hello");
    assert_eq!(hear(&body).audio_ticks, (data.len() as u64 - 8) / 2 * 625);
}

#[test]
fn an_odd_chunk_without_its_padding_is_skipped() {
    let unpadded = [b"JUNK".as_slice(), &3_u32.to_le_bytes(), b"odd"].concat();
    let body = file(&[&unpadded, &chunk(b"fmt ", &pcm_format()), &chunk(b"data", &say("Hello").pcm())]);
    assert_eq!(words(&body), "Hello");
}

/// What is heard as silence because of its header; the reason must hold the given words.
fn check_silence(body: &[u8], reason: &str) {
    let heard = hear(body);
    assert_eq!((heard.step, &heard.outcome), (HeardStep::Header, &Outcome::InitialSilence), "{}", heard.reason);
    assert!(heard.reason.contains(reason), "{}", heard.reason);
}

#[test]
fn two_channels_are_silence() {
    let stereo: Vec<u8> = say("Hello").pcm().chunks(2).flat_map(|two| [two, two].concat()).collect();
    check_silence(&wav(&format(1, 2, 16_000, 16), &stereo), "2 channels");
}

#[test]
fn two_channels_under_a_header_of_one_are_silence() {
    let stereo: Vec<u8> = say("Hello there").pcm().chunks(2).flat_map(|two| [two, two].concat()).collect();
    check_silence(&wav(&pcm_format(), &stereo), "coded at 32000 Hz");
}

#[test]
fn samples_of_another_rate_than_the_header_tells_are_silence() {
    let options = SynthOptions { rate: 44_100, ..SynthOptions::default() };
    let clip = synth("Hello there", &options).unwrap();
    check_silence(&wav(&pcm_format(), &clip[44..]), "the header says 16000 Hz, but words are coded at 44100 Hz");
}

#[test]
fn samples_without_a_header_are_silence() {
    let body = say("Hello").pcm();
    check_silence(&body, "no header");
    assert_eq!(hear(&body).audio_ticks, body.len() as u64 / 2 * 625);
}

#[test]
fn a_header_that_does_not_fit_is_silence() {
    let data = say("Hello").pcm();
    let with = |at: usize, value: &[u8]| {
        let mut format = pcm_format();
        format[at..at + value.len()].copy_from_slice(value);
        wav(&format, &data)
    };
    check_silence(&with(8, &16_000_u32.to_le_bytes()), "16000 bytes a second, 16000 Hz of 16 bits has 32000");
    check_silence(&with(12, &4_u16.to_le_bytes()), "4 bytes a frame");
    for hertz in [0, 1, 3_999, 384_001] {
        let body = wav(&format(1, 1, hertz, 16), &data);
        check_silence(&body, "Hz");
        assert_eq!(hear(&body).reason, format!("the header says {hertz} Hz"));
    }
    check_silence(&with(14, &0_u16.to_le_bytes()), "0 bits");
    check_silence(&with(2, &0_u16.to_le_bytes()), "0 channels");
    check_silence(&wav(&pcm_format()[..10], &data), "too short");
    check_silence(&file(&[&chunk(b"data", &data)]), "no format chunk");
}

#[test]
fn codecs_inside_wav_are_silence_and_named() {
    for (tag, name) in [(2, "ADPCM"), (6, "A-law"), (7, "mu-law"), (0x11, "ADPCM"), (0x55, "MP3"), (0x161, "a codec")] {
        check_silence(&wav(&format(tag, 1, 8_000, 8), &[1; 8_000]), name);
    }
}

proptest! {
    #[test]
    fn no_bytes_make_hearing_fail(head in 0..4_usize, at in 12..60_usize, noise: Vec<u8>) {
        let clip = wav(&pcm_format(), &[0; 64]);
        let ogg = stored("weather.ogg");
        let body = match head {
            0 => noise,
            1 => [&clip[..at], &noise].concat(),
            2 => [b"OggS".as_slice(), &noise].concat(),
            _ => [&ogg[..at * 4], &noise].concat(),
        };
        let heard = hear(&body);
        prop_assert!(heard.audio_ticks <= body.len() as u64 * 10_000_000, "{heard:?}");
    }
}
