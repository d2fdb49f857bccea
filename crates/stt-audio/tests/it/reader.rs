//! Samples, out of every form of WAV and out of headerless PCM.

use std::io::{Cursor, Read};

use proptest::prelude::*;
use stt_audio::{
    ByteOrder, Codec, Container, DecodeError, Encoding, Loss, PcmSource, RawFormat, RawPcm, WavError, WavReader,
    WavWriter,
};

use crate::make::{MadeWav, chunk};

/// Rate, channels, samples and losses of everything that comes.
type Heard = (u32, u16, Vec<f32>, Vec<Loss>);

/// Reads to the end, and checks what holds of every block.
pub(crate) fn hear(source: &mut dyn PcmSource) -> Result<Heard, DecodeError> {
    let (mut form, mut samples) = ((0, 0), Vec::new());
    while let Some(block) = source.next_block()? {
        assert!(!block.samples.is_empty() && block.samples.len() % usize::from(block.channels) == 0, "whole frames");
        assert!(block.samples.iter().all(|sample| (-1.0..=1.0).contains(sample)), "finite and within full scale");
        form = (block.rate, block.channels);
        samples.extend_from_slice(block.samples);
    }
    assert!(source.next_block()?.is_none(), "the end stays the end");
    Ok((form.0, form.1, samples, source.losses().to_vec()))
}

fn hear_wav(bytes: &[u8]) -> Result<Heard, DecodeError> {
    hear(&mut WavReader::new(bytes, None)?)
}

fn hear_raw(bytes: &[u8], format: &str) -> Heard {
    hear(&mut RawPcm::new(bytes, format.parse().expect("is a format"))).expect("memory can be read")
}

/// Gives so many bytes at a time, and an interruption before each.
struct Dripping<'a> {
    bytes: &'a [u8],
    pieces: Vec<usize>,
    reads: usize,
}

impl Read for Dripping<'_> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        self.reads += 1;
        if self.reads % 2 == 1 {
            return Err(std::io::ErrorKind::Interrupted.into());
        }
        let piece = self.pieces[self.reads / 2 % self.pieces.len()];
        let count = piece.min(into.len());
        self.bytes.read(&mut into[..count])
    }
}

/// A mono WAV of 8 kHz with these bytes of samples.
fn made(tag: u16, bits: u16, data: &[u8]) -> MadeWav {
    let mut made = MadeWav::new(tag, 8_000, 1, bits, 0);
    (made.data, made.data_size) = (data.to_vec(), data.len() as u32);
    made
}

#[test]
fn each_encoding_gives_the_samples_it_stands_for() {
    // Least, most, silence, a half and a step, each divided by full scale.
    let step = |full_scale: f32| [-1.0, (full_scale - 1.0) / full_scale, 0.0, 0.5, -1.0 / full_scale];
    let s24 = [-8_388_608_i32, 8_388_607, 0, 4_194_304, -1];
    let floats = [-1.0_f64, 1.0, 0.0, 0.5, -0.125];
    for (tag, bits, bytes, samples) in [
        (1, 8, vec![0, 255, 128, 192, 127], step(128.0)),
        (1, 16, [i16::MIN, i16::MAX, 0, 16_384, -1].iter().flat_map(|n| n.to_le_bytes()).collect(), step(32_768.0)),
        (1, 24, s24.iter().flat_map(|n| n.to_le_bytes()[..3].to_vec()).collect(), step(8_388_608.0)),
        (1, 32, s24.iter().flat_map(|n| (n << 8).to_le_bytes()).collect(), step(8_388_608.0)),
        (3, 32, floats.iter().flat_map(|&n| (n as f32).to_le_bytes()).collect(), floats.map(|n| n as f32)),
        (3, 64, floats.iter().flat_map(|n| n.to_le_bytes()).collect(), floats.map(|n| n as f32)),
    ] {
        let plain = made(tag, bits, &bytes);
        let swapped = MadeWav {
            data: bytes
                .chunks(usize::from(bits / 8))
                .flat_map(|n| n.iter().rev().copied().collect::<Vec<_>>())
                .collect(),
            ..made(tag, bits, &bytes)
        };
        let expected = (8_000, 1, samples.to_vec(), vec![]);

        assert_eq!(hear_wav(&plain.bytes()).expect("is a WAV"), expected, "tag {tag}, {bits} bits");
        assert_eq!(hear_wav(&swapped.big_endian_bytes()).expect("is a WAV"), expected, "tag {tag}, {bits} bits, RIFX");
        assert_eq!(
            hear_wav(&plain.extensible(bits).bytes()).expect("is a WAV"),
            expected,
            "tag {tag}, {bits} bits, GUID"
        );
    }
    assert_eq!(hear_raw(&[0x80, 0x7f, 0, 0x40, 0xff], "8000:s8:1").2, step(128.0));
}

#[test]
fn all_ones_of_32_bits_do_not_leave_full_scale() {
    assert_eq!(hear_raw(&i32::MAX.to_le_bytes(), "8000:32:1").2, [1.0]);
    assert_eq!(hear_raw(&i32::MIN.to_le_bytes(), "8000:32:1").2, [-1.0]);
}

#[test]
fn the_bytes_of_g711_are_what_the_recommendation_says() {
    // Sign, segment and step by hand. A-law inverts every second bit, mu-law all; both are then at 13 and 14 bits, of
    // which 16 make multiples of 8 and 4.
    for byte in 0..=255_u8 {
        let (a, mu) = (byte ^ 0x55, !byte);
        let (segment, step) = (i32::from(a >> 4 & 7), i32::from(a & 15));
        let size = if segment == 0 { 2 * step + 1 } else { (2 * step + 33) << (segment - 1) };
        let a_law = (if 0x80 <= a { size } else { -size }) * 8;
        let (segment, step) = (i32::from(mu >> 4 & 7), i32::from(mu & 15));
        let size = ((2 * step + 33) << segment) - 33;
        let mu_law = (if 0x80 <= mu { -size } else { size }) * 4;

        assert_eq!(hear_raw(&[byte], "8000:alaw:1").2, [a_law as f32 / 32_768.0], "A-law {byte:#x}");
        assert_eq!(hear_raw(&[byte], "8000:mulaw:1").2, [mu_law as f32 / 32_768.0], "mu-law {byte:#x}");
    }
    // The ends of both scales and their silence, as the tables of the recommendation have them.
    let ends = |format| {
        hear_raw(&[0x2a, 0xaa, 0x55, 0xd5, 0x00, 0x80, 0x7f, 0xff], format)
            .2
            .iter()
            .map(|s| s * 32_768.0)
            .collect::<Vec<_>>()
    };
    assert_eq!(ends("8000:alaw:1")[..4], [-32_256.0, 32_256.0, -8.0, 8.0]);
    assert_eq!(ends("8000:mulaw:1")[4..], [-32_124.0, 32_124.0, 0.0, 0.0]);
    assert_eq!(hear_wav(&made(6, 8, &[0xaa]).bytes()).expect("is a WAV").2, [32_256.0 / 32_768.0]);
    assert_eq!(hear_wav(&made(7, 8, &[0x80]).bytes()).expect("is a WAV").2, [32_124.0 / 32_768.0]);
}

#[test]
fn what_is_no_sample_is_tamed_and_told() {
    let floats = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 1.5, -0.0, 1.0, f32::MIN_POSITIVE];
    let data: Vec<_> = floats.iter().flat_map(|n| n.to_le_bytes()).collect();
    let (_, _, samples, losses) = hear_wav(&made(3, 32, &data).bytes()).expect("is a WAV");

    assert_eq!(samples, [0.0, 1.0, -1.0, 1.0, 0.0, 1.0, f32::MIN_POSITIVE]);
    assert_eq!(losses, [Loss::Clipped(3), Loss::NotNumbers(1)]);
    // A double beyond what a sample can be is beyond full scale, not infinite.
    assert_eq!(hear_raw(&1e300_f64.to_le_bytes(), "8000:f64:1").2, [1.0]);
}

#[test]
fn twenty_bits_of_twenty_four_are_read_as_they_lie() {
    let made = made(1, 24, &[0, 0, 0x40]).extensible(20);

    assert_eq!(hear_wav(&made.bytes()).expect("is a WAV").2, [0.5]);
}

#[test]
fn every_channel_is_there_in_its_turn() {
    let mut made = MadeWav::new(1, 48_000, 6, 16, 2);
    made.data = (1..=12_i16).flat_map(|n| (n * 1024).to_le_bytes()).collect();
    let (rate, channels, samples, losses) = hear_wav(&made.bytes()).expect("is a WAV");

    assert_eq!((rate, channels, losses), (48_000, 6, vec![]));
    assert_eq!(samples, (1..=12_u8).map(|n| f32::from(n) / 32.0).collect::<Vec<_>>());
}

#[test]
fn sizes_that_nobody_means_are_read_to_the_end() {
    for data_size in [0, u32::MAX, 0x7fff_ffff - 36, 0x8000_0000] {
        let mut made = made(1, 16, &[1, 0, 2, 0]);
        (made.data_size, made.riff_size) = (data_size, data_size);
        let bytes = made.bytes();
        let expected = (8_000, 1, vec![1.0 / 32_768.0, 2.0 / 32_768.0], vec![]);

        assert_eq!(hear_wav(&bytes).expect("is a WAV"), expected, "{data_size}");
        let mut file = WavReader::new(&bytes[..], Some(bytes.len() as u64)).expect("is a WAV");
        assert_eq!(hear(&mut file).expect("is a WAV"), expected, "{data_size}, of a file");
    }
}

#[test]
fn what_is_promised_and_missing_is_told() {
    for (data_size, data, samples, losses) in [
        (8, &[1, 0][..], 1, vec![Loss::Truncated(6)]),
        (5, &[1, 0, 2, 0, 3], 2, vec![Loss::PartialFrame(1)]),
        (1000, &[1, 0, 2], 1, vec![Loss::PartialFrame(1), Loss::Truncated(997)]),
        (4_000_000_000, &[1, 0], 1, vec![Loss::Truncated(3_999_999_998)]),
    ] {
        let mut made = made(1, 16, data);
        made.data_size = data_size;
        let heard = hear_wav(&made.bytes()).expect("is a WAV");

        assert_eq!((heard.2.len(), heard.3), (samples, losses), "{data_size}");
    }
}

#[test]
fn what_follows_the_audio_is_never_heard() {
    for (after, losses) in [
        (chunk(b"LIST", b"INFOICMT\x06\0\0\0hello\0"), vec![]),
        (vec![0], vec![]),
        (vec![0; 5000], vec![Loss::Behind]),
        (made(1, 16, &[7, 7]).bytes(), vec![Loss::Behind]),
    ] {
        let heard = hear_wav(&MadeWav { after, ..made(1, 16, &[1, 0]) }.bytes()).expect("is a WAV");

        assert_eq!((heard.2, heard.3), (vec![1.0 / 32_768.0], losses));
    }
}

#[test]
fn chunks_before_the_audio_are_passed_by_however_long_they_are() {
    for (before, what) in [
        (chunk(b"JUNK", &[0; 28]), "JUNK"),
        ([chunk(b"bext", &[b'x'; 603]), chunk(b"fact", &[0; 4])].concat(), "an odd bext and fact"),
        (b"LIST\x03\0\0\0xyz".to_vec(), "an odd chunk without padding"),
        (b"LIST\xf0\xff\xff\xffINFOISFT\x04\0\0\0Lavf".to_vec(), "a chunk longer than the file"),
        (chunk(b"LIST", &vec![b'x'; 3_000_001]), "three megabytes"),
    ] {
        let bytes = MadeWav { before, ..made(1, 16, &[1, 0]) }.bytes();
        let drip = Dripping { bytes: &bytes, pieces: vec![4096, 1], reads: 0 };

        assert_eq!(hear_wav(&bytes).expect(what).2, [1.0 / 32_768.0], "{what}");
        assert_eq!(hear(&mut WavReader::new(drip, None).expect(what)).expect(what).2, [1.0 / 32_768.0], "{what}");
    }
}

#[test]
fn long_files_have_sizes_of_their_own() {
    let sizes = |data: u64| chunk(b"ds64", &[[0; 8], data.to_le_bytes(), [0; 8]].concat());
    for (riff, data_size, promised, losses) in [
        (*b"RF64", u32::MAX, 4, vec![]),
        (*b"BW64", u32::MAX, 5_000_000_000, vec![Loss::Truncated(4_999_999_996)]),
        (*b"RF64", u32::MAX, u64::MAX, vec![]),
        (*b"RF64", 4, 1_000, vec![]),
    ] {
        let mut made = made(1, 16, &[1, 0, 2, 0]);
        (made.riff, made.data_size, made.before) = (riff, data_size, sizes(promised));
        let heard = hear_wav(&made.bytes()).expect("is a WAV");

        assert_eq!((heard.2.len(), heard.3), (2, losses), "{promised}");
    }
}

#[test]
fn what_cannot_be_read_says_why() {
    let error = |bytes: &[u8]| WavReader::new(bytes, None).map(|_| ()).expect_err("cannot be read");

    assert!(matches!(error(b""), DecodeError::Header(WavError::NoData)));
    assert!(matches!(error(b"<!DOCTYPE html><title>404</title>"), DecodeError::NotAudio(Container::Html)));
    assert!(matches!(error(b"OggS\0\x02\0\0\0\0\0\0\0\0"), DecodeError::Header(WavError::NotWav)));
    assert!(matches!(error(&made(1, 16, &[]).bytes()[..40]), DecodeError::NoAudio));
    assert!(matches!(error(&MadeWav::new(1, 0, 1, 16, 1).bytes()), DecodeError::Header(WavError::Rate(0))));
    assert!(matches!(error(&MadeWav::new(1, 8_000, 0, 16, 1).bytes()), DecodeError::Header(WavError::Channels(0))));
    let mp3 = error(&MadeWav::new(0x55, 8_000, 1, 0, 0).bytes());
    assert!(matches!(mp3, DecodeError::Codec { codec: Codec::WavTag(0x55), container: Container::Wav }));
    assert_eq!(mp3.to_string(), "codec 0x0055 (MP3) inside WAV cannot be decoded here");
    for data_size in [0, 2, u32::MAX] {
        let empty = MadeWav { data_size, ..made(1, 16, &[]) }.bytes();
        assert!(matches!(hear_wav(&empty), Err(DecodeError::NoAudio)), "{data_size}");
    }
}

#[test]
fn a_block_size_that_cannot_be_true_changes_nothing() {
    let mut wrong = made(1, 16, &[1, 0, 2, 0]);
    wrong.format[12..14].copy_from_slice(&[0, 0]);

    assert_eq!(hear_wav(&wrong.bytes()).expect("is a WAV").2, [1.0 / 32_768.0, 2.0 / 32_768.0]);
}

#[test]
fn a_pipe_is_heard_while_it_goes_on() {
    /// Fails as soon as more is asked for than has come.
    struct Live<'a>(&'a [u8]);
    impl Read for Live<'_> {
        fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
            match self.0.read(into)? {
                0 => Err(std::io::ErrorKind::WouldBlock.into()),
                count => Ok(count),
            }
        }
    }
    let header = MadeWav { data_size: 0, ..made(1, 16, &[1, 0, 2, 0, 3]) }.bytes();
    let mut wav = WavReader::new(Live(&header), None).expect("the header is there");
    assert_eq!(wav.next_block().expect("two samples are there").expect("no end").samples.len(), 2);
    assert!(matches!(wav.next_block(), Err(DecodeError::Io(_))));

    let mut raw = RawPcm::new(Live(&[1, 0, 2]), "8000:16:1".parse().expect("is a format"));
    assert_eq!(raw.next_block().expect("a sample is there").expect("no end").samples.len(), 1);
    assert!(matches!(raw.next_block(), Err(DecodeError::Io(_))));
}

#[test]
fn headerless_pcm_is_what_its_user_says() {
    assert_eq!(hear_raw(&[0, 0x40, 0, 0xc0], "44100:16:2"), (44_100, 2, vec![0.5, -0.5], vec![]));
    assert_eq!(hear_raw(&[0x40, 0, 0xc0, 0], "8000:s16be:1").2, [0.5, -0.5]);
    assert_eq!(hear_raw(&[0, 0x40, 0], "8000:16:1").3, [Loss::PartialFrame(1)]);
    assert_eq!(hear_raw(&[0, 0x40, 0], "8000:16:2"), (0, 0, vec![], vec![Loss::PartialFrame(3)]));
    assert_eq!(hear_raw(&[], "8000:16:1"), (0, 0, vec![], vec![]));
}

#[test]
fn a_raw_format_is_read_as_it_is_written() {
    let of = |rate, encoding, channels| RawFormat::new(rate, encoding, channels).expect("is a format");
    for (text, format, canonical) in [
        ("16000:16:1", of(16_000, Encoding::S16, 1), "16000:s16:1"),
        ("8000:8:2", of(8_000, Encoding::U8, 2), "8000:u8:2"),
        (" 44100 : 24 : 2 ", of(44_100, Encoding::S24, 2), "44100:s24:2"),
        ("48000:32:1", of(48_000, Encoding::S32, 1), "48000:s32:1"),
        ("48000:F32LE:1", of(48_000, Encoding::F32, 1), "48000:f32:1"),
        ("48000:f64be:1", of(48_000, Encoding::F64, 1).byte_order(ByteOrder::Big), "48000:f64be:1"),
        ("8000:mulaw:1", of(8_000, Encoding::MuLaw, 1), "8000:mulaw:1"),
        ("8000:ulaw:1", of(8_000, Encoding::MuLaw, 1), "8000:mulaw:1"),
        ("8000:alaw:1", of(8_000, Encoding::ALaw, 1), "8000:alaw:1"),
        ("8000:s8:1", of(8_000, Encoding::S8, 1), "8000:s8:1"),
    ] {
        assert_eq!(text.parse(), Ok(format), "{text}");
        assert_eq!(format.to_string(), canonical);
        assert_eq!(canonical.parse(), Ok(format));
    }
    for (text, error) in [
        ("16000:16", "\"16000:16\" is not RATE:BITS:CHANNELS, such as 16000:16:1"),
        ("16000:16:1:le", "\"16000:16:1:le\" is not RATE:BITS:CHANNELS, such as 16000:16:1"),
        ("0:16:1", "\"0\" is no rate in samples a second: 1 to 768000"),
        ("16k:16:1", "\"16k\" is no rate in samples a second: 1 to 768000"),
        ("768001:16:1", "\"768001\" is no rate in samples a second: 1 to 768000"),
        ("16000:16:0", "\"0\" is no number of channels: 1 to 64"),
        ("16000:16:65", "\"65\" is no number of channels: 1 to 64"),
        ("16000:12:1", "\"12\" is no form of samples: 8, 16, 24, 32, u8, s8, s16, s24, s32, f32, f64, alaw or mulaw"),
        (
            "16000:u8be:1",
            "\"u8be\" is no form of samples: 8, 16, 24, 32, u8, s8, s16, s24, s32, f32, f64, alaw or mulaw",
        ),
    ] {
        assert_eq!(text.parse::<RawFormat>().expect_err(text).to_string(), error);
    }
}

#[test]
fn what_is_written_is_the_documented_form_with_true_sizes() {
    let expected = MadeWav {
        data: vec![1, 0, 0xff, 0xff, 0, 0x80],
        data_size: 6,
        riff_size: 42,
        ..MadeWav::new(1, 16_000, 1, 16, 0)
    }
    .bytes();
    for samples in [None, Some(3), Some(7)] {
        let mut writer = WavWriter::new(Cursor::new(Vec::new()), 16_000, samples).expect("memory can be written");
        writer.write(&[1]).expect("memory can be written");
        writer.write(&[-1, i16::MIN]).expect("memory can be written");
        assert_eq!(writer.samples(), 3);
        let output = writer.finish().expect("memory can be sought in");

        assert_eq!(output.position(), 50, "more can follow");
        assert_eq!(output.into_inner(), expected, "{samples:?}");
    }
}

#[test]
fn what_is_written_into_a_pipe_is_true_or_open() {
    let write = |samples: Option<u64>| {
        let mut writer = WavWriter::new(Vec::new(), 16_000, samples).expect("memory can be written");
        writer.write(&[1, 2]).expect("memory can be written");
        writer.finish_pipe()
    };

    assert_eq!(write(Some(2)).expect("is true")[40..], [4, 0, 0, 0, 1, 0, 2, 0]);
    let open = write(None).expect("promises nothing");
    assert_eq!((&open[4..8], &open[40..44]), (&[0xff; 4][..], &[0xff; 4][..]));
    assert_eq!(hear_wav(&open).expect("is a WAV").2, [1.0 / 32_768.0, 2.0 / 32_768.0]);
    assert_eq!(write(Some(3)).expect_err("is not true").to_string(), "3 samples were promised and 2 written");
}

fn encodings() -> impl Strategy<Value = (Encoding, ByteOrder)> {
    use Encoding::{ALaw, F32, F64, MuLaw, S8, S16, S24, S32, U8};
    (
        proptest::sample::select(vec![ALaw, F32, F64, MuLaw, S16, S24, S32, S8, U8]),
        proptest::sample::select(vec![ByteOrder::Big, ByteOrder::Little]),
    )
}

proptest! {
    #[test]
    fn as_many_samples_come_out_as_went_in(
        (encoding, order) in encodings(),
        channels in 1..9_u16,
        bytes in proptest::collection::vec(any::<u8>(), 0..3_000),
    ) {
        let format = RawFormat::new(8_000, encoding, channels).expect("is a format").byte_order(order);
        let (_, _, samples, losses) = hear(&mut RawPcm::new(&bytes[..], format)).expect("memory can be read");

        let frame = encoding.bytes() * usize::from(channels);
        prop_assert_eq!(samples.len(), bytes.len() / frame * usize::from(channels));
        let partial = (bytes.len() % frame) as u64;
        let told = losses.contains(&Loss::PartialFrame(partial));
        prop_assert_eq!(told, 0 < partial);
    }

    #[test]
    fn the_pieces_in_which_a_file_comes_do_not_matter(
        (encoding, order) in encodings(),
        channels in 1..9_u16,
        bytes in proptest::collection::vec(any::<u8>(), 0..3_000),
        pieces in proptest::collection::vec(1..700_usize, 1..10),
        tag in proptest::sample::select(vec![(1, 8), (1, 16), (1, 24), (1, 32), (3, 32), (3, 64), (6, 8), (7, 8)]),
    ) {
        let format = RawFormat::new(8_000, encoding, channels).expect("is a format").byte_order(order);
        let drip = Dripping { bytes: &bytes, pieces: pieces.clone(), reads: 0 };
        let whole = hear(&mut RawPcm::new(&bytes[..], format)).expect("memory can be read");
        prop_assert_eq!(hear(&mut RawPcm::new(drip, format)).expect("memory can be read"), whole);

        let mut wav = MadeWav::new(tag.0, 8_000, channels, tag.1, 0);
        (wav.data_size, wav.data) = (bytes.len() as u32, bytes);
        let wav = wav.bytes();
        let drip = Dripping { bytes: &wav, pieces, reads: 0 };
        let (whole, dripped) = (hear_wav(&wav), hear(&mut WavReader::new(drip, None).expect("is a WAV")));
        prop_assert_eq!(whole.map_err(|error| error.to_string()), dripped.map_err(|error| error.to_string()));
    }

    #[test]
    fn sixteen_bits_come_back_exactly(written in proptest::collection::vec(any::<i16>(), 1..2_000)) {
        let mut writer = WavWriter::new(Cursor::new(Vec::new()), 16_000, None).expect("memory can be written");
        writer.write(&written).expect("memory can be written");
        let bytes = writer.finish().expect("memory can be sought in").into_inner();
        let (rate, channels, samples, losses) = hear_wav(&bytes).expect("is a WAV");

        prop_assert_eq!((rate, channels, losses), (16_000, 1, vec![]));
        let back: Vec<_> = samples.iter().map(|sample| (sample * 32_768.0) as i16).collect();
        prop_assert_eq!(back, written);
    }

    #[test]
    fn twenty_four_bits_come_back_exactly(written in proptest::collection::vec(-8_388_608..8_388_608_i32, 1..500)) {
        let bytes: Vec<_> = written.iter().flat_map(|n| n.to_le_bytes()[..3].to_vec()).collect();
        let back: Vec<_> = hear_raw(&bytes, "8000:24:1").2.iter().map(|sample| (sample * 8_388_608.0) as i32).collect();

        prop_assert_eq!(back, written);
    }
}
