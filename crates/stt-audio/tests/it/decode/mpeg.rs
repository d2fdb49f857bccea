//! MPEG audio, whose headers lie and whose files are glued together.

use stt_audio::Loss;

use crate::heard::{Chirp, Heard, fixture};

fn check_whole(bytes: &[u8], frames: usize, late: i64) {
    let heard = Heard::file(bytes);

    assert!(heard.error.is_none(), "{:?}", heard.error);
    assert_eq!(heard.frames(), [frames]);
    assert!(20.0 <= Chirp { seconds: 50_001.0 / 44_100.0 }.check(&heard.parts[0], late));
}

/// Writes the number of frames into the header of LAME.
fn counted(bytes: &[u8], count: u32) -> Vec<u8> {
    let at = bytes.windows(4).position(|bytes| bytes == b"Xing" || bytes == b"Info").expect("it has a header");
    let mut bytes = bytes.to_vec();
    bytes[at + 8..at + 12].copy_from_slice(&count.to_be_bytes());
    bytes
}

#[test]
fn a_wrong_number_of_frames_loses_nothing_at_the_end() {
    let bytes = fixture("chirp-vbr-lame.mp3");
    // 45 frames are there. The delay in front is believed: 576 of LAME and 529 of any decoder.
    assert!(counted(&bytes, 45) == bytes, "the file says the truth");

    for count in [0, 1, 5, 44, 46, 100_000, u32::MAX] {
        check_whole(&counted(&bytes, count), 45 * 1152 - 1105, 0);
    }
}

#[test]
fn frames_that_the_header_counts_and_are_not_there_are_told_wherever_they_were() {
    let bytes = fixture("chirp-vbr-lame.mp3");
    // 45 frames of 1152 samples follow that of the header. Each begins with this mark; the bit rate varies.
    let frames: Vec<_> = (0..bytes.len()).filter(|&at| bytes[at..].starts_with(&[0xff, 0xfb])).collect();
    let cut = [&bytes[..frames[11]], &bytes[frames[21]..]].concat();
    for bytes in [cut, bytes[..frames[36]].to_vec()] {
        let heard = Heard::file(&bytes);
        assert!(heard.error.is_none(), "{:?}", heard.error);
        let [loss @ Loss::Frames { missing: 10, length }] = heard.losses[..] else { panic!("{:?}", heard.losses) };
        assert_eq!(length.as_micros(), 10 * 1152 * 1_000_000 / 44_100);
        assert_eq!(loss.to_string(), "10 frames (0.3 s) that the header counts are not there");
    }
}

#[test]
fn a_file_without_a_header_is_heard_to_its_end() {
    // Of variable bit rate: an estimate by the first frames would be wrong.
    check_whole(&fixture("chirp-vbr-bare.mp3"), 45 * 1152, 1105);
}

#[test]
fn tags_zeros_and_half_a_frame_in_front_are_passed_over() {
    let bytes = fixture("chirp-vbr-lame.mp3");
    // 1 MB, of which the size is written in 4 times 7 bits.
    let tag = [b"ID3\x04\0\0\0\x40\0\0".to_vec(), vec![0xff; 1 << 20]].concat();

    check_whole(&[tag.clone(), bytes.clone()].concat(), 50_001, 0);
    check_whole(&[tag.clone(), tag, vec![0; 5000], bytes.clone()].concat(), 50_001, 0);
    check_whole(&[vec![0; 5000], bytes.clone()].concat(), 50_001, 0);

    let bare = fixture("chirp-vbr-bare.mp3");
    let heard = Heard::file(&bare[100..]);
    assert!(heard.error.is_none(), "{:?}", heard.error);
    // The first frame is lost, and perhaps the next that takes bytes from it.
    assert!((43 * 1152..=44 * 1152).contains(&heard.frames()[0]), "{:?}", heard.frames());
}

#[test]
fn recordings_glued_together_are_all_heard_whatever_they_are() {
    let (stereo, mono, slow) =
        (fixture("chirp-cbr-lame.mp3"), fixture("chirp-vbr-bare.mp3"), fixture("chirp-cbr-bare.mp3"));
    let heard = Heard::file(&[stereo.clone(), mono.clone(), slow, fixture("chirp.mp2"), stereo].concat());

    assert!(heard.error.is_none(), "{:?}", heard.error);
    let kinds: Vec<_> = heard.parts.iter().map(|(rate, channels, _)| (*rate, *channels)).collect();
    assert_eq!(kinds, [(44_100, 2), (44_100, 1), (16_000, 1), (48_000, 1), (44_100, 2)]);
    // Only of the first the header is seen, with its delay and padding.
    assert_eq!(heard.frames(), [50_001, 45 * 1152, 30 * 576, 44 * 1152, 45 * 1152]);
    assert!(20.0 <= Chirp { seconds: 50_001.0 / 44_100.0 }.check(&heard.parts[1], 1105));
    assert!(15.0 <= Chirp { seconds: 50_001.0 / 48_000.0 }.check(&heard.parts[3], 481));
    assert_eq!(heard.losses, []);
}
