//! The hash of samples: what changes it, and what does not.

use proptest::prelude::*;
use stt_emulator::{SampleHash, sample_hash, tag};

use crate::signal::{chunk, format, riff, say, stored, wav};

#[test]
fn a_hash_is_that_of_rate_channels_and_samples() {
    // printf 'pcm\x80\x3e\0\0\x01\0\x01\x02\x03\x04' | sha256sum
    let file = wav(&format(1, 1, 16_000, 16), &[1, 2, 3, 4]);
    let expected = "1d7fdb3e735cc76a36a7e22f3c13e05c6bbb3c3ec43b8cfd423247aba95aa0bc";
    assert_eq!(sample_hash(&file).to_string(), expected);
    assert_eq!(expected.to_uppercase().parse(), Ok(sample_hash(&file)));
}

#[test]
fn other_chunks_sizes_and_bytes_behind_the_samples_change_nothing() {
    let samples = say("one two").pcm();
    let (fmt, data) = (chunk(b"fmt ", &format(1, 1, 16_000, 16)), chunk(b"data", &samples));
    let plain = riff(&[fmt.clone(), data.clone()].concat());
    let expected = sample_hash(&plain);
    let mut streamed = plain.clone();
    streamed[4..8].fill(0xff);
    streamed[40..44].fill(0xff);
    let mut extensible = format(0xfffe, 1, 16_000, 16);
    extensible.extend([22, 0, 16, 0, 4, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71]);
    let others = [
        streamed,
        riff(&[chunk(b"JUNK", b"odd"), fmt.clone(), chunk(b"fact", &[0; 4]), data.clone()].concat()),
        riff(&[fmt, chunk(b"data", &[&samples[..], &[1]].concat())].concat()),
        riff(&[chunk(b"fmt ", &extensible), data].concat()),
        tag(&plain, "Something.", Some("en-US")).unwrap(),
    ];
    for (n, other) in others.iter().enumerate() {
        assert_eq!(sample_hash(other), expected, "variant {n}");
    }
}

#[test]
fn other_forms_of_the_same_samples_change_nothing_and_another_rate_does() {
    let values: [i16; 5] = [0, 1, -1, i16::MAX, i16::MIN];
    let file = |tag, bits, write: fn(i16) -> Vec<u8>| {
        sample_hash(&wav(&format(tag, 1, 16_000, bits), &values.into_iter().flat_map(write).collect::<Vec<_>>()))
    };
    let expected = file(1, 16, |value| value.to_le_bytes().into());
    assert_eq!(file(1, 24, |value| (i32::from(value) << 8).to_le_bytes()[..3].into()), expected);
    assert_eq!(file(1, 32, |value| (i32::from(value) << 16).to_le_bytes().into()), expected);
    assert_eq!(file(3, 32, |value| (f32::from(value) / 32_768.0).to_le_bytes().into()), expected);
    assert_eq!(file(3, 64, |value| (f64::from(value) / 32_768.0).to_le_bytes().into()), expected);
    let eight = |bits, data: &[u8]| sample_hash(&wav(&format(1, 1, 16_000, bits), data));
    assert_eq!(eight(8, &[128, 0, 255]), eight(16, &[0, 0, 0, 0x80, 0, 0x7f]));
    let data = [1, 2, 3, 4];
    let hash = |channels, rate| sample_hash(&wav(&format(1, channels, rate, 16), &data));
    assert_ne!(hash(1, 16_000), hash(1, 8_000));
    assert_ne!(hash(1, 16_000), hash(2, 16_000));
}

#[test]
fn tagging_an_opus_file_changes_nothing_and_a_lost_packet_does() {
    let file = stored("weather.ogg");
    assert_eq!(sample_hash(&tag(&file, "Something else.", None).unwrap()), sample_hash(&file));
    let last_page = (0..file.len()).rfind(|at| file[*at..].starts_with(b"OggS")).unwrap();
    assert_ne!(sample_hash(&file[..last_page]), sample_hash(&file));
}

#[test]
fn what_is_no_hash_is_refused() {
    for text in ["", "0", &"0".repeat(63), &"0".repeat(65), &"g".repeat(64), &"ä".repeat(32)] {
        assert!(text.parse::<SampleHash>().is_err(), "{text}");
    }
    let json = format!("{:?}", sample_hash(b"a").to_string());
    assert_eq!(serde_json::to_string(&sample_hash(b"a")).unwrap(), json);
    assert_eq!(serde_json::from_str::<SampleHash>(&json).unwrap(), sample_hash(b"a"));
    // printf a | sha256sum
    assert!(json.starts_with("\"ca978112ca1bbdca"));
}

proptest! {
    #[test]
    fn any_bytes_have_a_hash(body: Vec<u8>, kind in 0..3_usize) {
        let head: [&[u8]; 3] = [b"", b"OggS\0\x02", b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0"];
        let body = [head[kind], &body].concat();
        prop_assert_eq!(sample_hash(&body), sample_hash(&body.clone()));
    }
}
