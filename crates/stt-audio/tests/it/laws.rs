//! What holds for every input, however broken.

use std::{
    io::{Cursor, Read, Seek, SeekFrom},
    time::Instant,
};

use proptest::prelude::*;
use stt_audio::{Inspection, Limits, Metered, RawPcm, Verdict, Wav, WavReader};

use crate::{
    formats,
    inspect::Counting,
    make::{MadeWav, chunk, opus},
    reader::hear,
};

/// Looks at bytes in every way there is, and checks what must hold of any answer.
fn examine(bytes: &[u8]) {
    let total = bytes.len() as u64;
    let mut counting = Counting { inner: Cursor::new(bytes), read: 0 };
    let file = Inspection::of_file(&mut counting).expect("memory can be read");
    assert!(counting.read <= LOOKED_AT, "{} bytes were read", counting.read);
    assert_eq!(Inspection::of_bytes(bytes), file, "a file and its bytes are one thing");
    let memory = Inspection::of_prefix(bytes, Some(total));
    if bytes.len() <= stt_audio::PREFIX {
        assert_eq!(file, memory, "a short file and its beginning are one thing");
    }
    match file.verdict(Limits::RECOGNITION) {
        Verdict::Accepted(_) => {}
        Verdict::NewHeader(new) => {
            let length = new.length.expect("the length of a file is known");
            assert!(0 < length && new.offset + length <= total, "the audio lies in the file");
        }
        Verdict::Refused(reasons) => {
            assert!(!reasons.is_empty(), "a refusal has a reason");
            reasons.iter().for_each(|reason| assert!(!reason.to_string().is_empty()));
        }
    }
    let pipe = Inspection::of_prefix(bytes, None);
    if let Some(mut meter) = pipe.meter(Limits::seconds(1)) {
        let taken = match meter.push(bytes) {
            Metered::All => bytes.len(),
            Metered::Beyond(count) | Metered::Ended(count) | Metered::Full(count) => count,
        };
        assert!(taken <= bytes.len());
        assert!(meter.heard() <= Limits::seconds(1).longest());
    }
    listen(bytes, None);
    listen(bytes, Some(total));
}

/// Reads the samples, if it is a WAV, and checks that no more come than the bytes can hold.
fn listen(bytes: &[u8], total: Option<u64>) {
    let Ok(mut reader) = WavReader::new(bytes, total) else { return };
    let wav = reader.wav().clone();
    let Ok((rate, channels, samples, _)) = hear(&mut reader) else { return };
    assert_eq!((rate, channels), (wav.rate, wav.channels));
    let frames = samples.len() as u64 / u64::from(channels);
    let there = wav.data_length(Some(bytes.len() as u64)).expect("the length of a file is known");
    assert_eq!(Some(frames), wav.frame_bytes().map(|frame| there / frame), "what is told is what is heard");
}

/// The beginning, the end of Ogg, and the heads of what is looked at between, in bytes.
const LOOKED_AT: usize = 65_536 + 131_072 + 32_768;

fn samples() -> Vec<Vec<u8>> {
    let mut listed = MadeWav::new(1, 16_000, 1, 16, 20);
    listed.before = [chunk(b"LIST", b"INFOISFT\x03\0\0\0abc\0"), chunk(b"JUNK", b"odd")].concat();
    let mut long = MadeWav::new(1, 16_000, 1, 16, 20);
    (long.riff, long.before, long.data_size) = (*b"RF64", chunk(b"ds64", &[1; 28]), u32::MAX);
    vec![
        listed.bytes(),
        long.bytes(),
        MadeWav::new(3, 48_000, 2, 32, 5).extensible(32).bytes(),
        MadeWav::new(1, 8_000, 1, 16, 20).big_endian_bytes(),
        MadeWav { data_size: 0, ..MadeWav::new(1, 8_000, 2, 24, 4) }.bytes(),
        MadeWav::new(7, 8_000, 1, 8, 20).bytes(),
        MadeWav::new(3, 8_000, 1, 64, 4).bytes(),
        opus(1, 96_000, 2),
    ]
    .into_iter()
    .chain(formats::samples())
    .collect()
}

#[test]
fn no_truncation_of_any_file_does_harm() {
    for sample in samples() {
        (0..=sample.len()).for_each(|end| examine(&sample[..end]));
    }
}

#[test]
fn no_flipped_bit_and_no_foreign_byte_does_harm() {
    for sample in samples() {
        for at in 0..sample.len().min(400) {
            for value in (0..8).map(|bit| sample[at] ^ (1 << bit)).chain([0, 0x7f, 0x80, 0xff]) {
                let mut broken = sample.clone();
                broken[at] = value;
                examine(&broken);
            }
        }
    }
}

#[test]
fn a_hostile_file_costs_no_time() {
    let flood = MadeWav { before: chunk(b"JUNK", b"").repeat(1_000_000), ..MadeWav::documented() }.bytes();
    let pages = b"OggS\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0".repeat(300_000);
    let almost_pages = b"OggS".repeat(2_000_000);
    let begun = Instant::now();
    for bytes in [flood, pages, almost_pages] {
        examine(&bytes[..65_536]);
        Inspection::of_file(&mut Cursor::new(bytes)).expect("memory can be read");
    }
    // Some milliseconds without optimization; the bound is for what would grow with the square.
    assert!(begun.elapsed().as_secs() < 5);
}

#[test]
fn a_long_file_costs_no_more_than_a_short_one() {
    for sample in samples() {
        let mut file = Long { head: &sample, total: 10 << 30, at: 0, read: 0 };
        Inspection::of_file(&mut file).expect("memory can be read");
        assert!(file.read <= LOOKED_AT, "{} bytes were read", file.read);
    }
}

/// A file that goes on with zeros.
struct Long<'a> {
    head: &'a [u8],
    total: u64,
    at: u64,
    read: usize,
}

impl Read for Long<'_> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let left = usize::try_from(self.total.saturating_sub(self.at)).unwrap_or(usize::MAX);
        let count = left.min(into.len());
        for (byte, at) in into[..count].iter_mut().zip(self.at..) {
            *byte = usize::try_from(at).ok().and_then(|at| self.head.get(at)).copied().unwrap_or(0);
        }
        self.at += count as u64;
        self.read += count;
        Ok(count)
    }
}

impl Seek for Long<'_> {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        self.at = match to {
            SeekFrom::Start(at) => at,
            SeekFrom::End(back) => self.total.saturating_add_signed(back),
            SeekFrom::Current(by) => self.at.saturating_add_signed(by),
        };
        Ok(self.at)
    }
}

proptest! {
    #[test]
    fn any_bytes_can_be_looked_at(bytes in proptest::collection::vec(any::<u8>(), 0..400), magic in 0..14_usize) {
        let magic = [&b""[..], b"RIFF\x24\0\0\0WAVE", b"OggS\0\x02", b"RF64\xff\xff\xff\xffWAVEds64\x1c\0\0\0",
            b"fLaC\x80\0\0\x22", b"FORM\0\0\0\0AIFF", b"caff\0\x01\0\0", b".snd", b"#!AMR\n", b"\xff\xfb\x90\0",
            b"\x1a\x45\xdf\xa3\x84webm\x18\x53\x80\x67\xff", b"\0\0\0\x08ftyp\0\0\x10\0moov\0\0\x08\0trak",
            b"\x30\x26\xb2\x75", b"ID3\x04\0\0\0\0\0\0"][magic];
        examine(&[magic, &bytes].concat());
    }

    #[test]
    fn any_bytes_can_be_heard(bytes in proptest::collection::vec(any::<u8>(), 0..400), format in 0..4_usize) {
        let format = ["1:8:1", "768000:f64be:64", "8000:alaw:3", "8000:24:2"][format].parse().expect("is a format");
        prop_assert!(hear(&mut RawPcm::new(&bytes[..], format)).is_ok());
    }

    #[test]
    fn the_audio_is_found_behind_any_chunks_and_is_never_longer_than_the_file(
        bodies in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..50), 0..6),
        data_size in any::<u32>(),
        frames in 1..200_usize,
    ) {
        let mut made = MadeWav::new(1, 16_000, 1, 16, frames);
        made.before = bodies.iter().flat_map(|body| chunk(b"JUNK", body)).collect();
        made.data_size = data_size;
        let bytes = made.bytes();
        let wav = Wav::read(&bytes, Some(bytes.len() as u64)).expect("is a WAV");

        let there = (bytes.len() - 2 * frames) as u64;
        prop_assert_eq!(wav.data_offset, there);
        let claimed = if data_size == 0 { u64::MAX } else { u64::from(data_size) };
        prop_assert_eq!(wav.data_length(Some(bytes.len() as u64)), Some(claimed.min(2 * frames as u64) / 2 * 2));
    }

    #[test]
    fn the_pieces_in_which_audio_comes_do_not_matter(
        cuts in proptest::collection::vec(1..5_000_usize, 1..40),
        length in 0..80_000_usize,
    ) {
        let bytes = MadeWav { data: vec![0; length], data_size: 0, ..MadeWav::documented() }.bytes();
        let mut meter = Inspection::of_prefix(&bytes, None).meter(Limits::seconds(1)).expect("PCM can be measured");
        let (mut taken, mut left) = (0, &bytes[..]);
        for cut in cuts.iter().cycle() {
            let piece = &left[..left.len().min(*cut)];
            left = &left[piece.len()..];
            match meter.push(piece) {
                Metered::All if left.is_empty() => { taken += piece.len(); break }
                Metered::All => taken += piece.len(),
                Metered::Beyond(count) | Metered::Ended(count) | Metered::Full(count) => { taken += count; break }
            }
        }

        prop_assert_eq!(taken, 44 + length.min(32_000));
    }
}
