//! Ogg Opus, read and written.

use std::{
    io::{self, Cursor, Write},
    time::Duration,
};

use proptest::prelude::*;
use stt_audio::{DecodeError, EncodeError, Inspection, Limits, Loss, OggOpusReader, OggOpusWriter, PcmSource, Verdict};

use crate::heard::{Chirp, Heard, fixture};

fn encode(samples: &[i16], bitrate: u32) -> Vec<u8> {
    let mut writer = OggOpusWriter::new(Vec::new(), bitrate).expect("memory can be written");
    writer.write(samples).expect("memory can be written");
    writer.finish().expect("memory can be written")
}

fn tone(count: usize) -> Vec<i16> {
    let turn = |n: usize| (std::f64::consts::TAU * 440.0 * n as f64 / 16_000.0).sin();
    (0..count).map(|n| (16_384.0 * turn(n)) as i16).collect()
}

/// In samples of 48 kHz, which Opus is decoded to.
const ONE_OF_16_KHZ: i64 = 3;

/// The pages of a file: where each begins.
fn pages(bytes: &[u8]) -> Vec<usize> {
    (0..bytes.len()).filter(|&at| bytes[at..].starts_with(b"OggS\0")).collect()
}

#[test]
fn what_opusenc_wrote_is_heard_whole_and_in_its_place() {
    for (name, channels, encoded, rate, frames, clear) in [
        ("chirp-opus.ogg", 1, 16_001, 16_000, 48_003, 25.0),
        ("chirp-opus-stereo.ogg", 2, 50_001, 48_000, 50_001, 15.0),
    ] {
        for heard in [Heard::file(&fixture(name)), Heard::pipe(&fixture(name))] {
            assert!(heard.error.is_none(), "{name}: {:?}", heard.error);
            assert_eq!(
                (heard.parts[0].0, heard.parts[0].1, heard.frames()),
                (48_000, channels, vec![frames]),
                "{name}"
            );
            let chirp = Chirp { seconds: f64::from(encoded) / f64::from(rate) };
            let clearness = chirp.check_within(&heard.parts[0], 0, ONE_OF_16_KHZ);
            assert!(clear <= clearness, "{name}: {clearness:.1} dB");
            assert_eq!(heard.losses, []);
        }
    }
}

#[test]
fn streams_that_follow_each_other_are_all_heard() {
    let (mono, stereo) = (fixture("chirp-opus.ogg"), fixture("chirp-opus-stereo.ogg"));
    let heard = Heard::file(&[mono.clone(), stereo, mono].concat());

    assert!(heard.error.is_none(), "{:?}", heard.error);
    assert_eq!(heard.frames(), [48_003, 50_001, 48_003]);
    assert!(25.0 <= Chirp { seconds: 16_001.0 / 16_000.0 }.check_within(&heard.parts[2], 0, ONE_OF_16_KHZ));
    assert_eq!(heard.losses, []);
}

#[test]
fn a_stream_without_an_end_is_followed_by_the_next_one_too() {
    let first = fixture("chirp-opus.ogg");
    let last = *pages(&first).last().expect("it has pages");
    let heard = Heard::file(&[&first[..last], &first].concat());

    assert!(heard.error.is_none(), "{:?}", heard.error);
    // The first page of audio holds 50 packets of 20 ms, less the delay.
    assert!(48_003 < heard.frames()[0], "{:?}", heard.frames());
}

#[test]
fn a_tone_that_16_khz_cannot_hold_is_not_folded_into_another() {
    // The tone of 12 kHz is there as it was; whoever converts to 16 kHz must remove it.
    let heard = Heard::file(&fixture("tone-opus.ogg"));
    let (rate, _, samples) = &heard.parts[0];
    let power = |frequency: f64| {
        let turn = std::f64::consts::TAU * frequency / f64::from(*rate);
        let (sine, cosine) = samples.iter().zip(0..).fold((0.0, 0.0), |(sine, cosine), (sample, place)| {
            let angle = turn * f64::from(place);
            (sine + f64::from(*sample) * angle.sin(), cosine + f64::from(*sample) * angle.cos())
        });
        f64::hypot(sine, cosine) * 2.0 / samples.len() as f64
    };

    assert!((0.2..0.4).contains(&power(12_000.0)), "{}", power(12_000.0));
    assert!(power(4_000.0) < 0.001, "{}", power(4_000.0));
}

#[test]
fn the_gain_of_the_header_is_applied() {
    // 1/256 dB: half as loud, nearly.
    let quieter = |bytes: &[u8]| {
        let mut bytes = bytes.to_vec();
        let head = bytes.windows(8).position(|bytes| bytes == b"OpusHead").expect("it has a head");
        bytes[head + 16..head + 18].copy_from_slice(&(-1541_i16).to_le_bytes());
        let page = pages(&bytes)[1];
        sign(&mut bytes[..page]);
        bytes
    };
    let bytes = fixture("chirp-opus.ogg");
    let (loud, quiet) = (Heard::file(&bytes), Heard::file(&quieter(&bytes)));

    let power = |heard: &Heard| heard.parts[0].2.iter().map(|sample| f64::from(*sample).powi(2)).sum::<f64>();
    let change = 10.0 * (power(&quiet) / power(&loud)).log10();
    assert!((change + 1541.0 / 256.0).abs() < 0.01, "{change} dB");
}

/// Writes the check sum that a page must have, bit by bit as RFC 3533 says.
fn sign(page: &mut [u8]) {
    page[22..26].fill(0);
    let sum = page.iter().fold(0_u32, |sum, &byte| {
        (0..8).fold(sum ^ (u32::from(byte) << 24), |sum, _| (sum << 1) ^ if sum >> 31 == 1 { 0x04c1_1db7 } else { 0 })
    });
    page[22..26].copy_from_slice(&sum.to_le_bytes());
}

/// What is silent as nothing that was decoded is: its beginning and its length.
fn silence(samples: &[f32]) -> (usize, usize) {
    let from = samples.windows(960).position(|some| some.iter().all(|&sample| sample == 0.0)).unwrap_or(samples.len());
    (from, samples[from..].iter().take_while(|&&sample| sample == 0.0).count())
}

fn granule(page: &[u8]) -> usize {
    u64::from_le_bytes(page[6..14].try_into().expect("8 bytes")) as usize
}

/// The length in a loss, which is the only one.
fn silent(heard: &Heard) -> Duration {
    assert!(heard.error.is_none(), "{:?}", heard.error);
    let [Loss::Silent(length)] = heard.losses[..] else { panic!("{:?}", heard.losses) };
    length
}

fn time(samples: usize) -> Duration {
    Duration::from_secs(1) * samples as u32 / 48_000
}

#[test]
fn a_damaged_page_is_as_long_a_silence_and_a_missing_one_too() {
    let samples = tone(16_000 * 20);
    let bytes = encode(&samples, 24_000);
    let pages = pages(&bytes);
    assert!(8 < pages.len(), "{} pages", pages.len());
    let mut damaged = bytes.clone();
    damaged[pages[5] + 500] ^= 1;
    let missing = [&bytes[..pages[5]], &bytes[pages[6]..]].concat();
    let (from, to) = (granule(&bytes[pages[4]..]), granule(&bytes[pages[5]..]));
    let pre_skip = usize::from(u16::from_le_bytes([bytes[pages[0] + 38], bytes[pages[0] + 39]]));
    let whole = Heard::file(&bytes);

    for bytes in [damaged, missing] {
        for heard in [Heard::file(&bytes), Heard::pipe(&bytes)] {
            assert_eq!(silent(&heard), time(to - from));
            assert_eq!(heard.frames(), [3 * samples.len()]);
            assert_eq!(silence(&heard.parts[0].2), (from - pre_skip, to - from));
            // A tenth of a second later the decoder has found its way: what is heard is in its place.
            let late = to - pre_skip + 4_800;
            let pairs = whole.parts[0].2[late..].iter().zip(&heard.parts[0].2[late..]);
            assert!(pairs.fold(0.0_f32, |most, (one, other)| most.max((one - other).abs())) < 0.05);
        }
    }
    assert_eq!(Loss::Silent(time(48_000)).to_string(), "1.0 s of audio is damaged and was left silent");

    let junk = Heard::file(&[&bytes[..pages[5]], &[0x55; 1000], &bytes[pages[5]..]].concat());
    assert_eq!((junk.losses, junk.parts), (vec![], whole.parts));
}

#[test]
fn damage_at_either_end_moves_nothing() {
    let samples = tone(16_000 * 5);
    let bytes = encode(&samples, 24_000);
    let pages = pages(&bytes);
    let without = |page: usize| {
        let mut bytes = bytes.clone();
        bytes[pages[page] + 200] ^= 1;
        Heard::file(&bytes)
    };

    // Of the first page of audio the samples that a decoder drops were no audio.
    let first = without(2);
    let pre_skip = usize::from(u16::from_le_bytes([bytes[pages[0] + 38], bytes[pages[0] + 39]]));
    assert_eq!(silent(&first), time(granule(&bytes[pages[2]..]) - pre_skip));
    assert_eq!(first.frames(), [3 * samples.len()]);
    let before_last = without(pages.len() - 2);
    assert_eq!(before_last.frames(), [3 * samples.len()]);
    let last = without(pages.len() - 1);
    assert_eq!(last.losses, [Loss::CutShort]);
}

#[test]
fn much_damage_is_an_error_and_a_break_in_the_counting_is_no_silence() {
    let bytes = encode(&tone(16_000 * 40), 24_000);
    let pages = pages(&bytes);
    let mut damaged = bytes.clone();
    for &page in &pages[5..15] {
        damaged[page + 500] ^= 1;
    }
    // 14.78 s.
    assert_eq!(granule(&bytes[pages[14]..]) - granule(&bytes[pages[4]..]), 709_440);
    let heard = Heard::file(&damaged);
    assert_eq!(heard.error.expect("it is too much").to_string(), "cannot be decoded: 14.8 s of it are damaged");

    let mut later = bytes.clone();
    for (number, &at) in pages.iter().enumerate().skip(5) {
        let end = pages.get(number + 1).copied().unwrap_or(bytes.len());
        let granule = (granule(&bytes[at..]) + 48_000 * 3600) as u64;
        later[at + 6..at + 14].copy_from_slice(&granule.to_le_bytes());
        later[at + 18..at + 22].copy_from_slice(&(number as u32 + 1000).to_le_bytes());
        sign(&mut later[at..end]);
    }
    let heard = Heard::file(&later);
    assert_eq!(heard.losses, [Loss::Break(Duration::from_secs(3600))]);
    assert_eq!(heard.frames(), [3 * 16_000 * 40]);
}

#[test]
fn a_cut_file_says_so_and_headers_alone_are_no_audio() {
    let bytes = encode(&tone(16_000 * 5), 24_000);
    let pages = pages(&bytes);

    let cut = Heard::file(&bytes[..pages[3] + 100]);
    assert!(cut.error.is_none());
    assert_eq!(cut.losses, [Loss::CutShort]);
    for end in [20, pages[1], pages[1] + 10, pages[2], pages[2] + 10] {
        let heard = Heard::file(&bytes[..end]);
        assert!(matches!(heard.error, Some(DecodeError::NoAudio)), "{end}: {:?}", heard.error);
    }
}

#[test]
fn a_broadcast_that_was_joined_late_is_heard_from_where_it_begins() {
    let samples = tone(16_000 * 3);
    let mut bytes = encode(&samples, 24_000);
    // An hour has passed already.
    let pages = pages(&bytes);
    for (number, &at) in pages.iter().enumerate().skip(2) {
        let granule = u64::from_le_bytes(bytes[at + 6..at + 14].try_into().expect("8 bytes")) + 48_000 * 3600;
        bytes[at + 6..at + 14].copy_from_slice(&granule.to_le_bytes());
        let end = pages.get(number + 1).copied().unwrap_or(bytes.len());
        sign(&mut bytes[at..end]);
    }

    assert_eq!(Heard::file(&bytes).frames(), [3 * samples.len()]);
}

#[test]
fn what_is_written_is_taken_by_the_service_and_says_who_wrote_it() {
    let bytes = encode(&tone(16_000), OggOpusWriter::<Vec<u8>>::BITRATE);

    let inspection = Inspection::of_file(&mut Cursor::new(&bytes)).expect("memory can be read");
    assert_eq!(inspection.to_string(), "Ogg, Opus, 16 kHz, mono, 1.0 s");
    assert!(matches!(inspection.verdict(Limits::RECOGNITION), Verdict::Accepted(_)));
    assert!(bytes.windows(10).any(|bytes| bytes == b"stt-audio "));
    // 24 kbit/s are 3,000 bytes a second; the headers and the pages come on top.
    assert!((1_500..4_500).contains(&bytes.len()), "{} bytes", bytes.len());
}

#[test]
fn what_is_written_sounds_as_what_was_given() {
    let count = 16_001;
    let chirp = |n: usize| {
        let time = n as f64 / 16_000.0;
        let turns = 300.0 * time + 1500.0 * time * time * 16_000.0 / count as f64;
        (0.5 * 32_767.0 * (std::f64::consts::TAU * turns).sin()).round() as i16
    };
    let samples: Vec<i16> = (0..count).map(chirp).collect();
    let heard = Heard::file(&encode(&samples, 24_000));

    let clearness = Chirp { seconds: count as f64 / 16_000.0 }.check_within(&heard.parts[0], 0, ONE_OF_16_KHZ);
    assert!(15.0 <= clearness, "{clearness:.1} dB");
}

#[test]
fn the_same_samples_give_the_same_file_in_whatever_pieces_they_come() {
    let samples = tone(12_345);
    let whole = encode(&samples, 24_000);

    assert!(whole == encode(&samples, 24_000));
    for size in [1, 7, 319, 320, 321, 5_000] {
        let mut writer = OggOpusWriter::new(Vec::new(), 24_000).expect("memory can be written");
        for piece in samples.chunks(size) {
            writer.write(piece).expect("memory can be written");
        }
        assert!(whole == writer.finish().expect("memory can be written"), "in pieces of {size}");
    }
}

#[test]
fn a_bit_rate_that_cannot_be_and_a_full_disk_are_errors() {
    struct Full(usize);

    impl Write for Full {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0 = self.0.checked_sub(bytes.len()).ok_or_else(|| io::Error::from(io::ErrorKind::StorageFull))?;
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    for bitrate in [0, 5_999, 510_001, u32::MAX] {
        let Err(error) = OggOpusWriter::new(Vec::new(), bitrate) else { panic!("{bitrate} is taken") };
        assert!(matches!(error, EncodeError::Bitrate(_)));
    }
    let mut writer = OggOpusWriter::new(Full(10_000), 24_000).expect("there is room for the head");
    let written = writer.write(&tone(16_000 * 10));
    let Err(EncodeError::Io(error)) = written else { panic!("{written:?}") };
    assert_eq!(error.kind(), io::ErrorKind::StorageFull);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn not_a_sample_is_lost_or_added(count in 0_usize..20_000, bitrate in 6_000_u32..64_000) {
        let bytes = encode(&tone(count), bitrate);
        let mut reader = OggOpusReader::new(bytes.as_slice());
        let mut heard = 0;
        loop {
            match reader.next_block() {
                Ok(Some(block)) => heard += block.samples.len(),
                Ok(None) => break,
                Err(DecodeError::NoAudio) if count == 0 => break,
                Err(error) => panic!("{error}"),
            }
        }
        prop_assert_eq!(heard, 3 * count);
        prop_assert_eq!(reader.losses(), []);
    }
}
