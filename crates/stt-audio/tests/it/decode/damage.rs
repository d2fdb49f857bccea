//! Files that are damaged, or made to do damage.

use stt_audio::{DecodeError, Loss};

use crate::heard::{Heard, fixture};

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
