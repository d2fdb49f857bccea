use stt_audio::{Codec, Warning, Wav, WavError, WavForm, canonical_header};

use crate::make::{MadeWav, chunk};

fn read(bytes: &[u8]) -> Result<Wav, WavError> {
    Wav::read(bytes, Some(bytes.len() as u64))
}

#[test]
fn the_documented_header_is_read_number_by_number() {
    let wav = read(&MadeWav::documented().bytes()).expect("is a WAV");

    assert_eq!((wav.form, wav.codec, wav.extensible), (WavForm::Riff, Codec::Pcm, false));
    assert_eq!((wav.rate, wav.channels, wav.bits, wav.valid_bits), (16_000, 1, 16, None));
    assert_eq!((wav.data_offset, wav.claimed, wav.frame_bytes()), (44, 96_000, Some(2)));
    assert_eq!(wav.warnings, []);
}

#[test]
fn each_codec_and_depth_gives_its_own_sample_size() {
    for (tag, bits, codec, stored) in [
        (1, 8, Codec::Pcm, 8),
        (1, 12, Codec::Pcm, 16),
        (1, 16, Codec::Pcm, 16),
        (1, 24, Codec::Pcm, 24),
        (1, 32, Codec::Pcm, 32),
        (3, 32, Codec::Float, 32),
        (3, 64, Codec::Float, 64),
        (6, 8, Codec::ALaw, 8),
        (7, 8, Codec::MuLaw, 8),
    ] {
        let wav = read(&MadeWav::new(tag, 48_000, 2, bits, 10).bytes()).expect("is a WAV");

        assert_eq!((wav.codec, wav.bits), (codec, stored), "tag {tag}, {bits} bits");
        assert_eq!(wav.frame_bytes(), Some(2 * u64::from(stored) / 8), "tag {tag}, {bits} bits");
        assert_eq!(wav.valid_bits, (bits != stored).then_some(bits), "tag {tag}, {bits} bits");
    }
}

#[test]
fn a_compressed_codec_is_named_and_has_no_sample_size() {
    let wav = read(&MadeWav::new(0x55, 44_100, 2, 0, 0).bytes()).expect("is a WAV");

    assert_eq!(wav.codec.to_string(), "codec 0x0055 (MP3)");
    assert_eq!((wav.frame_bytes(), wav.duration(1000)), (None, None));
}

#[test]
fn an_extensible_format_is_what_its_guid_says() {
    let wav = read(&MadeWav::new(1, 16_000, 1, 24, 10).extensible(20).bytes()).expect("is a WAV");

    assert_eq!((wav.codec, wav.bits, wav.valid_bits, wav.extensible), (Codec::Pcm, 24, Some(20), true));
    assert_eq!((wav.frame_bytes(), wav.data_offset), (Some(3), 68));
}

#[test]
fn a_format_chunk_of_eighteen_bytes_moves_the_audio_by_two() {
    let mut made = MadeWav::documented();
    made.format.extend([0, 0]);

    assert_eq!(read(&made.bytes()).expect("is a WAV").data_offset, 46);
}

#[test]
fn the_high_byte_may_come_first() {
    let wav = read(&MadeWav::new(1, 44_100, 2, 16, 100).big_endian_bytes()).expect("is a WAV");

    assert_eq!((wav.form, wav.rate, wav.channels, wav.bits, wav.claimed), (WavForm::Rifx, 44_100, 2, 16, 400));
}

#[test]
fn the_long_size_counts_only_where_the_short_one_is_all_ones() {
    for (magic, data_size, claimed) in
        [(b"RF64", u32::MAX, 5_000_000_000), (b"BW64", u32::MAX, 5_000_000_000), (b"RF64", 96_000, 96_000)]
    {
        let mut sizes = 5_000_000_100_u64.to_le_bytes().to_vec();
        sizes.extend(5_000_000_000_u64.to_le_bytes());
        sizes.extend([0; 12]);
        let mut made = MadeWav::documented();
        (made.riff, made.riff_size, made.data_size) = (*magic, u32::MAX, data_size);
        made.before = chunk(b"ds64", &sizes);
        let wav = read(&made.bytes()).expect("is a WAV");

        assert_eq!((wav.form, wav.claimed, wav.data_offset), (WavForm::Rf64, claimed, 44 + 36));
        assert_eq!(wav.data_length(Some(80 + 96_000)), Some(96_000));
    }
}

#[test]
fn chunks_before_the_audio_are_passed_by() {
    let mut made = MadeWav::documented();
    for (id, size) in [(b"JUNK", 28), (b"bext", 602), (b"LIST", 26), (b"fact", 4), (b"iXML", 13)] {
        made.before.extend(chunk(id, &vec![b'x'; size]));
    }

    // Five heads of eight bytes, the bodies, and one byte of padding.
    let wav = read(&made.bytes()).expect("is a WAV");
    assert_eq!(wav.data_offset, 44 + 5 * 8 + 28 + 602 + 26 + 4 + 13 + 1);
    assert_eq!(wav.warnings, []);
}

#[test]
fn an_odd_chunk_may_lack_its_padding() {
    for (body, padding, warnings) in
        [(&b"xyz"[..], &b"\0"[..], vec![]), (b"xyz", b"p", vec![]), (b"xyz", b"", vec![Warning::Unpadded])]
    {
        let mut made = MadeWav::documented();
        made.before = [b"LIST\x03\0\0\0", body, padding].concat();
        let wav = read(&made.bytes()).expect("is a WAV");

        assert_eq!(wav.data_offset, 44 + 8 + 3 + padding.len() as u64);
        assert_eq!(wav.warnings, warnings, "padding {padding:?}");
    }
}

#[test]
fn the_size_of_the_whole_is_never_believed() {
    for riff_size in [0, 1, 36, 95_000, 0x7fff_ffff, u32::MAX] {
        let made = MadeWav { riff_size, ..MadeWav::documented() };
        let bytes = made.bytes();

        assert_eq!(read(&bytes).expect("is a WAV").data_length(Some(bytes.len() as u64)), Some(96_000));
    }
}

#[test]
fn the_size_of_the_audio_counts_as_far_as_the_file_goes() {
    for (claimed, there) in [(0, 96_000), (90_000, 90_000), (96_000, 96_000), (96_002, 96_000), (u32::MAX, 96_000)] {
        let bytes = MadeWav { data_size: claimed, ..MadeWav::documented() }.bytes();

        assert_eq!(read(&bytes).expect("is a WAV").data_length(Some(96_044)), Some(there), "{claimed}");
    }
}

#[test]
fn without_a_total_what_pipes_write_is_no_length() {
    // Microsoft's samples, sox, arecord, ffmpeg; and two that may well be true.
    for (claimed, length) in [
        (0, None),
        (0x7fff_ffff - 36, None),
        (0x8000_0000, None),
        (u32::MAX, None),
        (96_000, Some(96_000)),
        (3_000_000_000, Some(3_000_000_000)),
    ] {
        let bytes = MadeWav { data_size: claimed, ..MadeWav::documented() }.bytes();
        let wav = Wav::read(&bytes, None).expect("is a WAV");

        assert_eq!(wav.data_length(None), length, "{claimed}");
    }
}

#[test]
fn a_chunk_that_claims_more_than_the_file_does_not_hide_the_audio() {
    let mut made = MadeWav::documented();
    made.before = b"LIST\xf0\xff\xff\xffINFOISFT\x04\0\0\0Lavf".to_vec();
    let wav = read(&made.bytes()).expect("is a WAV");

    assert_eq!(wav.data_offset, 44 + 24);
    assert_eq!(wav.warnings, [Warning::ChunkTooLong { claimed: 0xffff_fff0 }]);
}

#[test]
fn numbers_that_cannot_be_true_are_refused() {
    for (made, error) in [
        (MadeWav::new(1, 0, 1, 16, 1), WavError::Rate(0)),
        (MadeWav::new(1, 768_001, 1, 16, 1), WavError::Rate(768_001)),
        (MadeWav::new(1, 16_000, 0, 16, 1), WavError::Channels(0)),
        (MadeWav::new(1, 16_000, 65, 16, 1), WavError::Channels(65)),
        (MadeWav::new(1, 16_000, 1, 0, 1), WavError::Bits(0)),
        (MadeWav::new(1, 16_000, 1, 64, 1), WavError::Bits(64)),
        (MadeWav::new(3, 16_000, 1, 16, 1), WavError::Bits(16)),
        (MadeWav::new(7, 16_000, 1, 16, 1), WavError::Bits(16)),
    ] {
        assert_eq!(read(&made.bytes()), Err(error));
    }
    let mut short = MadeWav::documented();
    short.format.truncate(14);
    assert_eq!(read(&short.bytes()), Err(WavError::FormatSize(14)));
}

#[test]
fn a_wrong_block_size_is_replaced_by_what_the_other_numbers_make() {
    let mut made = MadeWav::documented();
    made.format[12..14].copy_from_slice(&[0, 0]);
    let wav = read(&made.bytes()).expect("is a WAV");

    assert_eq!(wav.frame_bytes(), Some(2));
    assert_eq!(wav.warnings, [Warning::BlockAlign { claimed: 0, needed: 2 }]);
}

#[test]
fn what_ends_early_says_whether_more_can_come() {
    let head = &MadeWav::documented().bytes()[..40];

    assert_eq!(Wav::read(head, None), Err(WavError::Incomplete(40)));
    assert_eq!(Wav::read(head, Some(96_044)), Err(WavError::Incomplete(40)));
    assert_eq!(Wav::read(head, Some(40)), Err(WavError::NoData));
    assert_eq!(Wav::read(b"RIFF", Some(4)), Err(WavError::NoData));
    assert_eq!(Wav::read(b"RIFF", None), Err(WavError::Incomplete(4)));
    assert_eq!(Wav::read(b"RIFF\x24\0\0\0WAVEdata\x04\0\0\0....", None), Err(WavError::NoFormat));
    assert_eq!(Wav::read(b"RIFF\x24\0\0\0AVI LIST", None), Err(WavError::NotWav));
}

#[test]
fn a_flood_of_empty_chunks_is_given_up() {
    let mut made = MadeWav::documented();
    made.before = chunk(b"JUNK", b"").repeat(1_000);

    assert_eq!(read(&made.bytes()), Err(WavError::TooManyChunks));
}

#[test]
fn the_canonical_header_is_the_documented_one() {
    // The offsets and values of the RIFF format, for 16 kHz, mono, 16 bits and three seconds.
    let header = canonical_header(16_000, 96_000);

    assert_eq!(&header[..4], b"RIFF");
    assert_eq!(header[4..8], 96_036_u32.to_le_bytes());
    assert_eq!(&header[8..20], b"WAVEfmt \x10\0\0\0");
    assert_eq!(&header[20..24], [1, 0, 1, 0]);
    assert_eq!(header[24..28], 16_000_u32.to_le_bytes());
    assert_eq!(header[28..32], 32_000_u32.to_le_bytes());
    assert_eq!(&header[32..40], b"\x02\0\x10\0data");
    assert_eq!(header[40..], 96_000_u32.to_le_bytes());
}

#[test]
fn a_length_without_room_in_the_header_leaves_the_sizes_open() {
    let largest = u64::from(u32::MAX) - 36;

    assert_eq!(canonical_header(16_000, largest)[4..8], [0xff; 4]);
    assert_eq!(canonical_header(16_000, largest + 1)[4..8], [0; 4]);
    assert_eq!(canonical_header(16_000, largest + 1)[40..], [0; 4]);
}
