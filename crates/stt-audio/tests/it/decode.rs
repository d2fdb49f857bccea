//! Formats that people have: what is heard of them, what is refused, what is lost and said.

mod damage;
mod mpeg;

use std::io::{self, Cursor, Read};

use stt_audio::{DecodeError, Loss, PIPE, open_stream};

use crate::heard::{Chirp, Heard, fixture};

/// Name, rate, channels, samples that were encoded, samples that are heard, how many they come late, and how clear
/// they are at least, in dB.
type Row = (&'static str, u32, u16, u32, usize, i64, f64);

/// What comes late does so because the file does not say by how much; with the delay of the encoder as it is known.
const HEARD: &[Row] = &[
    ("chirp-aac-faststart.m4a", 44_100, 2, 50_001, 50_001, 0, 5.0),
    ("chirp-aac-fragmented.mp4", 44_100, 2, 50_001, 51_200, 1024, 5.0),
    ("chirp-aac.m4a", 44_100, 2, 50_001, 50_001, 0, 5.0),
    ("chirp-aac.mkv", 44_100, 2, 50_001, 51_200, 1024, 5.0),
    ("chirp-alac.caf", 16_000, 1, 4_001, 4_001, 0, 90.0),
    ("chirp-alac.m4a", 16_000, 1, 4_001, 4_001, 0, 90.0),
    ("chirp-alaw.caf", 8_000, 1, 2_001, 2_001, 0, 30.0),
    ("chirp-cbr-bare.mp3", 16_000, 1, 16_001, 17_280, 1105, 20.0),
    ("chirp-cbr-lame.mp3", 44_100, 2, 50_001, 50_001, 0, 20.0),
    ("chirp-cbr-xing.mp3", 44_100, 1, 50_001, 50_001, 0, 20.0),
    ("chirp-flac.ogg", 16_000, 2, 4_001, 4_001, 0, 90.0),
    ("chirp-le.aiff", 16_000, 2, 4_001, 4_001, 0, 90.0),
    ("chirp-mp3.mp4", 48_000, 1, 50_001, 50_001, 0, 15.0),
    ("chirp-pcm.mkv", 16_000, 1, 4_001, 4_001, 0, 90.0),
    ("chirp-ulaw.mov", 8_000, 1, 2_001, 2_001, 0, 30.0),
    ("chirp-vbr-bare.mp3", 44_100, 1, 50_001, 51_840, 1105, 20.0),
    ("chirp-vbr-lame.mp3", 44_100, 2, 50_001, 50_001, 0, 20.0),
    ("chirp-video.mp4", 48_000, 1, 50_001, 50_001, 0, 5.0),
    ("chirp-vorbis-mono.ogg", 48_000, 1, 50_001, 50_001, 0, 20.0),
    ("chirp-vorbis-pages.ogg", 48_000, 1, 50_001, 50_001, 0, 20.0),
    ("chirp-vorbis.ogg", 44_100, 2, 50_001, 50_001, 0, 20.0),
    ("chirp-vorbis.webm", 44_100, 2, 50_001, 50_752, 0, 20.0),
    ("chirp.aac", 44_100, 1, 50_001, 51_200, 1024, 5.0),
    ("chirp.aiff", 16_000, 1, 4_001, 4_001, 0, 90.0),
    ("chirp.caf", 16_000, 1, 4_001, 4_001, 0, 90.0),
    ("chirp.flac", 16_000, 2, 4_001, 4_001, 0, 90.0),
    ("chirp.mp2", 48_000, 1, 50_001, 50_688, 481, 15.0),
    #[cfg(feature = "opus")]
    ("chirp-opus.mp4", 48_000, 1, 50_001, 50_001, 0, 10.0),
    #[cfg(feature = "opus")]
    ("chirp-opus.webm", 48_000, 1, 50_001, 50_001, 0, 10.0),
    #[cfg(feature = "opus")]
    ("chirp-opus-live.webm", 48_000, 1, 50_001, 50_001, 0, 10.0),
];

/// In samples of 48 kHz, which Opus is decoded to.
const ONE_OF_16_KHZ: i64 = 3;

#[test]
fn every_format_gives_the_tone_that_was_encoded_whole_and_in_its_place() {
    for &(name, rate, channels, encoded, frames, late, clear) in HEARD {
        let heard = Heard::file(&fixture(name));

        assert!(heard.error.is_none(), "{name}: {:?}", heard.error);
        assert_eq!(heard.losses, [], "{name}");
        assert_eq!((heard.parts[0].0, heard.parts[0].1, heard.frames()), (rate, channels, vec![frames]), "{name}");
        let chirp = Chirp { seconds: f64::from(encoded) / f64::from(rate) };
        let clearness =
            chirp.check_within(&heard.parts[0], late, if name.contains("opus") { ONE_OF_16_KHZ } else { 0 });
        assert!(clear <= clearness, "{name}: {clearness:.1} dB");
    }
}

#[test]
fn a_pipe_gives_what_the_file_gives() {
    for (name, ..) in HEARD {
        let bytes = fixture(name);
        let (file, pipe) = (Heard::file(&bytes), Heard::pipe(&bytes));

        assert!(pipe.error.is_none(), "{name}: {:?}", pipe.error);
        if name.ends_with(".webm") {
            // Only its end tells how much of it is padding: the packets have 20 ms, so it is less than that.
            let (file, pipe) = (&file.parts[0].2, &pipe.parts[0].2);
            assert!(pipe.starts_with(file) && pipe.len() - file.len() < 960, "{name}");
        } else {
            assert!(file.parts == pipe.parts, "{name}");
        }
    }
}

#[test]
fn what_cannot_be_decoded_is_refused_by_its_name() {
    // The configuration of the AAC says that it is of low complexity, 44.1 kHz, stereo: 2, 4, 2 in 5, 4 and 4 bits.
    let mut he_aac = fixture("chirp-aac.m4a");
    let at = he_aac.windows(3).position(|bytes| bytes == [0x05, 0x80, 0x80]).expect("there is a descriptor");
    assert_eq!(he_aac[at + 5..at + 7], [0x12, 0x10]);
    he_aac[at + 5] = (5 << 3) | 0x02;
    let mut amr = fixture("chirp-aac.m4a");
    let at = amr.windows(4).position(|bytes| bytes == b"mp4a").expect("there is a description");
    amr[at..at + 4].copy_from_slice(b"samr");
    for (bytes, refusal) in [
        (fixture("chirp-ac3.mp4"), "AC-3 inside MP4 (M4A) cannot be decoded here"),
        (fixture("chirp-ac3.mkv"), "AC-3 inside Matroska cannot be decoded here"),
        (fixture("chirp-speex.ogg"), "Speex inside Ogg cannot be decoded here"),
        (fixture("chirp-alaw.mkv"), "A-law inside Matroska cannot be decoded here"),
        (fixture("chirp-aac-six.m4a"), "AAC with more than two channels inside MP4 (M4A) cannot be decoded here"),
        (he_aac, "HE-AAC inside MP4 (M4A) cannot be decoded here"),
        (amr, "AMR inside MP4 (M4A) cannot be decoded here"),
        (b"#!AMR\n\x3c and more".to_vec(), "AMR cannot be decoded here"),
        (b"\x30\x26\xb2\x75\x8e\x66 and more".to_vec(), "ASF (WMA) cannot be decoded here"),
        (b"FLV\x01\x05\0\0\0\x09 and more".to_vec(), "FLV cannot be decoded here"),
        (b"%PDF-1.7 and more".to_vec(), "PDF document, not audio"),
        (b"{\"error\": \"not found\"}".to_vec(), "JSON, not audio"),
        (b"\x01\x02\x03\x04 something".to_vec(), "unknown data, not audio"),
        (Vec::new(), "headers, but no audio"),
    ] {
        assert_eq!(Heard::file(&bytes).refusal(), refusal);
        assert_eq!(Heard::pipe(&bytes).refusal(), refusal);
    }
}

#[test]
fn a_wav_is_read_without_any_of_it() {
    let mut bytes = stt_audio::canonical_header(8_000, 4).to_vec();
    bytes.extend([0x00, 0x40, 0x00, 0xc0]);

    for heard in [Heard::file(&bytes), Heard::pipe(&bytes)] {
        assert_eq!(heard.parts, [(8_000, 1, vec![0.5, -0.5])]);
    }
}

#[test]
fn flac_files_that_follow_each_other_are_all_heard() {
    let file = fixture("chirp.flac");
    let whole = [file.clone(), file.clone(), file.clone()].concat();
    for heard in [Heard::file(&whole), Heard::pipe(&whole)] {
        assert!(heard.error.is_none(), "{:?}", heard.error);
        assert_eq!(heard.losses, []);
        assert_eq!(heard.frames(), [3 * 4_001]);
        for part in heard.parts[0].2.chunks(2 * 4_001) {
            assert!(90.0 <= Chirp { seconds: 4_001.0 / 16_000.0 }.check(&(16_000, 2, part.to_vec()), 0));
        }
    }
    // The first is cut in the middle of a frame.
    let heard = Heard::file(&[&file[..file.len() / 2], &file].concat());
    assert!(heard.error.is_none(), "{:?}", heard.error);
    assert_eq!(heard.losses, [Loss::Packets(1)]);
    assert!((4_001 + 1_152..8_002).contains(&heard.frames()[0]), "{:?}", heard.frames());
}

#[test]
fn streams_that_follow_each_other_in_one_ogg_file_are_all_heard() {
    let (first, second) = (fixture("chirp-vorbis.ogg"), fixture("chirp-vorbis-mono.ogg"));
    let heard = Heard::file(&[first.clone(), second, first].concat());

    assert!(heard.error.is_none(), "{:?}", heard.error);
    assert_eq!(heard.losses, []);
    let kinds: Vec<_> = heard.parts.iter().map(|(rate, channels, _)| (*rate, *channels)).collect();
    assert_eq!(kinds, [(44_100, 2), (48_000, 1), (44_100, 2)]);
    assert_eq!(heard.frames(), [50_001, 50_001, 50_001]);
    for part in &heard.parts {
        assert!(20.0 <= Chirp { seconds: 50_001.0 / f64::from(part.0) }.check(part, 0));
    }
}

#[test]
fn a_picture_a_comment_and_padding_in_front_change_nothing() {
    let flac = fixture("chirp.flac");
    let expected = Heard::file(&flac);
    // Blocks of 16 MB less a byte, the largest there can be, of pictures and of what nobody knows.
    let largest = [vec![0xff; 3], vec![0xaa; (1 << 24) - 1]].concat();
    let mut decorated = flac[..42].to_vec();
    decorated[4] &= 0x7f;
    for kind in [6, 100] {
        decorated.push(kind);
        decorated.extend_from_slice(&largest);
    }
    decorated.extend_from_slice(&flac[42..]);

    assert_eq!(Heard::file(&decorated).parts, expected.parts);
}

#[test]
fn what_a_pipe_brings_and_has_to_be_sought_in_is_kept_up_to_a_limit() {
    let head = b"\0\0\0\x14ftypM4A \0\0\0\0M4A ".as_slice();
    let endless = open_stream(Cursor::new(head).chain(io::repeat(0)));

    let error = Heard::of(endless).error.expect("it is refused");
    assert!(matches!(error, DecodeError::Unseekable { limit: PIPE, .. }));
    assert_eq!(
        error.to_string(),
        "MP4 (M4A) cannot be read from a pipe when it is larger than 67 MB; give the file itself"
    );
}

#[test]
fn live_audio_is_opened_by_its_first_bytes() {
    /// Live: what has not been said yet must not be waited for.
    struct Later;

    impl Read for Later {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            panic!("this would be waited for")
        }
    }

    let wav = [&stt_audio::canonical_header(16_000, 0)[..], &[7; 16_000]].concat();
    for (name, bytes) in [("wav", wav), ("opus", fixture("chirp-opus.ogg")), ("flac", fixture("chirp.flac"))] {
        let opened = open_stream(Cursor::new(bytes).chain(Later));
        assert!(opened.and_then(|mut source| source.next_block().map(|block| block.is_some())).unwrap(), "{name}");
    }
}

#[test]
fn an_error_of_the_input_is_never_taken_for_the_end() {
    struct Broken;

    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("the disk is on fire"))
        }
    }

    let check = |name: &str, bytes: Vec<u8>| {
        let heard = Heard::of(open_stream(Cursor::new(bytes).chain(Broken)));
        let Some(DecodeError::Io(error)) = &heard.error else { panic!("{name}: {:?}", heard.error) };
        assert_eq!(error.to_string(), "the disk is on fire", "{name}");
        heard.parts.is_empty()
    };
    for (name, ..) in HEARD {
        let mut bytes = fixture(name);
        bytes.truncate(bytes.len() * 3 / 4);
        check(name, bytes);
    }
    // So long that it is decoded when the error comes.
    for name in ["chirp-vbr-bare.mp3", "chirp.aac", "chirp.mp2", "chirp-vorbis.ogg", "chirp-flac.ogg"] {
        assert!(!check(name, fixture(name).repeat(15)), "{name}: nothing was heard before the error");
    }
}

#[test]
fn a_file_that_ends_in_the_middle_says_so_unless_nobody_can_know() {
    for (name, is_told) in [
        ("chirp-aac-faststart.m4a", true),
        ("chirp-aac.mkv", true),
        ("chirp-vorbis.ogg", true),
        ("chirp-flac.ogg", true),
        ("chirp.flac", true),
        ("chirp-cbr-bare.mp3", false),
        ("chirp.mp2", false),
    ] {
        let mut bytes = fixture(name);
        if name.ends_with(".ogg") {
            // The one page of audio cannot be used without its end, but that of another stream before it can.
            bytes = [bytes.clone(), bytes].concat();
        }
        bytes.truncate(bytes.len() * 3 / 4);
        let heard = Heard::file(&bytes);

        assert!(!heard.parts.is_empty(), "{name}: {:?}", heard.error);
        assert!(heard.error.is_none(), "{name}: {:?}", heard.error);
        assert_eq!(heard.losses.contains(&Loss::CutShort), is_told, "{name}: {:?}", heard.losses);
    }
}
