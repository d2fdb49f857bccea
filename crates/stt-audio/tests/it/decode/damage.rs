//! Files that are damaged, or made to do damage.

use std::time::Duration;

use stt_audio::{DecodeError, Loss};

use crate::heard::{Chirp, Heard, fixture};

#[test]
fn a_damaged_packet_is_left_out_and_counted() {
    // The frames of ADTS follow each other, and each begins with its mark and its length.
    let mut bytes = fixture("chirp.aac");
    let frames = adts(&bytes);
    let (at, length) = frames[20];
    bytes[at + 7..at + length].fill(0x55);

    let heard = Heard::file(&bytes);
    assert!(heard.error.is_none(), "{:?}", heard.error);
    assert_eq!(heard.losses, [Loss::Packets(1)]);
    assert_eq!(heard.frames(), [(frames.len() - 1) * 1024]);
}

#[test]
fn too_many_damaged_packets_are_an_error_and_never_a_short_text() {
    let mut bytes = fixture("chirp.aac");
    for (at, length) in adts(&bytes).into_iter().skip(20) {
        bytes[at + 7..at + length].fill(0x55);
    }

    let heard = Heard::file(&bytes);
    assert!(!heard.parts.is_empty());
    assert_eq!(heard.error.expect("it fails").to_string(), "cannot be decoded: 11 of its packets are damaged");
}

#[test]
fn a_damaged_page_of_ogg_is_as_long_a_silence_as_its_positions_say() {
    // Where a byte is wrong, samples before the page and on it, samples a second. The first packet behind the first page
    // is half of what is to be heard: its 1,024 samples are lost too.
    for (name, at, before, on, rate, frames) in [
        ("chirp-vorbis-pages.ogg", 3_900, 9_792, 10_240, 48_000, 50_001),
        ("chirp-vorbis-pages.ogg", 3_400, 0, 9_792 + 1_024, 48_000, 50_001),
        ("chirp-vorbis-pages.ogg", 4_300, 20_032, 10_240, 48_000, 50_001),
        ("chirp-flac.ogg", 3_000, 0, 2_304, 16_000, 4_001),
    ] {
        let mut bytes = fixture(name);
        bytes[at] ^= 1;
        for heard in [Heard::file(&bytes), Heard::pipe(&bytes)] {
            assert!(heard.error.is_none(), "{name}: {:?}", heard.error);
            assert_eq!(heard.losses, [Loss::Silent(Duration::from_secs(1) * on / rate)], "{name}");
            assert_eq!(heard.frames(), [frames], "{name}");
            let (_, channels, samples) = &heard.parts[0];
            let silent =
                &samples[(before + 1) * usize::from(*channels)..][..(on as usize - 2) * usize::from(*channels)];
            assert!(silent.iter().all(|&sample| sample == 0.0), "{name}");
            // What follows is in its place.
            let (from, seconds) = (before + on as usize + 2048, frames as f64 / f64::from(rate));
            let chirp = Chirp { seconds };
            for (n, sample) in samples.chunks(usize::from(*channels)).enumerate().skip(from).take(500) {
                assert!((chirp.at(n as f64 / f64::from(rate), 0) - sample[0]).abs() < 0.1, "{name}: sample {n}");
            }
        }
    }
}

#[test]
fn headers_alone_are_no_audio() {
    for (name, end) in [("chirp-aac.mkv", 300), ("chirp.flac", 42), ("chirp-vorbis.ogg", 58), ("chirp.aiff", 54)] {
        let heard = Heard::file(&fixture(name)[..end]);
        assert!(matches!(heard.error, Some(DecodeError::NoAudio)), "{name}: {:?}", heard.error);
    }
}

fn adts(bytes: &[u8]) -> Vec<(usize, usize)> {
    let mut frames = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        assert_eq!(bytes[at..at + 2], [0xff, 0xf1]);
        let length =
            usize::from(bytes[at + 3] & 3) << 11 | usize::from(bytes[at + 4]) << 3 | usize::from(bytes[at + 5] >> 5);
        frames.push((at, length));
        at += length;
    }
    frames
}
