use std::{io::Cursor, time::Duration};

use stt_audio::{Codec, Inspection, Length, Limits, Reason, Verdict};
use stt_model::AudioFormat;

use crate::make::{OPUS_20_MS, laced_page, opus, opus_head, page};

fn inspect(bytes: &[u8]) -> Inspection {
    Inspection::of_file(&mut Cursor::new(bytes)).expect("memory can be read")
}

fn reasons(bytes: &[u8]) -> Vec<String> {
    match inspect(bytes).verdict(Limits::RECOGNITION) {
        Verdict::Refused(reasons) => reasons.iter().map(ToString::to_string).collect(),
        Verdict::Accepted(_) | Verdict::NewHeader(_) => Vec::new(),
    }
}

/// So many samples of 48 kHz.
fn samples(count: u32) -> Length {
    Length::Exact(Duration::from_secs(1) * count / 48_000)
}

#[test]
fn mono_opus_goes_out_as_it_is() {
    let inspection = inspect(&opus(1, 0, 3));

    assert_eq!(inspection.verdict(Limits::RECOGNITION), Verdict::Accepted(AudioFormat::OggOpus));
    assert_eq!((inspection.codec, inspection.channels, inspection.rate), (Codec::Opus, Some(1), Some(16_000)));
    // The last position, less the 312 samples that the head tells a decoder to drop.
    assert_eq!(inspection.length, samples(3 * 48_000 - 312));
    assert_eq!(inspection.to_string(), "Ogg, Opus, 16 kHz, mono, 3.0 s");
}

#[test]
fn a_recording_of_a_running_broadcast_is_as_long_as_what_was_recorded() {
    assert_eq!(inspect(&opus(1, 1_000_000_000, 3)).length, samples(3 * 48_000 - 312));
}

#[test]
fn a_last_page_may_end_early_and_the_only_page_too() {
    let mut bytes = page(2, 0, 7, &[&opus_head(1)]);
    bytes.extend(page(0, 0, 7, &[b"OpusTags\0\0\0\0\0\0\0\0"]));
    bytes.extend(page(4, 24_000, 7, &[OPUS_20_MS; 50]));

    assert_eq!(inspect(&bytes).length, samples(24_000 - 312));
}

#[test]
fn each_kind_of_packet_has_its_own_length() {
    // First bytes by RFC 6716: configuration, one, two or more frames; samples of 48 kHz.
    for (packet, length) in [
        (&[0 << 3][..], 480),
        (&[3 << 3], 2_880),
        (&[(9 << 3) | 1], 2 * 960),
        (&[(12 << 3) | 2], 2 * 480),
        (&[(13 << 3) | 3, 3], 3 * 960),
        (&[16 << 3], 120),
        (&[(31 << 3) | 3, 0x80 | 6], 6 * 960),
        (&[(31 << 3) | 3], 0),
        (&[], 0),
    ] {
        let mut bytes = page(2, 0, 7, &[&opus_head(1)]);
        bytes.extend(page(0, 0, 7, &[b"OpusTags\0\0\0\0\0\0\0\0"]));
        bytes.extend(page(0, 50_000, 7, &[packet]));
        bytes.extend(page(4, 100_000, 7, &[OPUS_20_MS]));

        // The first page of audio ends at 50,000, so the stream began a packet before.
        assert_eq!(inspect(&bytes).length, samples(50_000 + length - 312), "{packet:?}");
    }
}

#[test]
fn each_way_to_be_wrong_is_told() {
    let head = page(2, 0, 7, &[&opus_head(1)]);
    let tags = page(0, 0, 7, &[b"OpusTags\0\0\0\0\0\0\0\0"]);
    let vorbis = [page(2, 0, 7, &[b"\x01vorbis\0\0\0\0\x01\x44\xac\0\0"]), page(4, 44_100, 7, &[b"x"])].concat();
    let other_link = page(2, 0, 8, &[&opus_head(1)]);
    for (bytes, expected) in [
        (opus(2, 0, 3), "stereo, the service takes mono (stereo was heard as silence)"),
        (opus(1, 0, 61), "61.0 s, the limit is 60 s"),
        (vorbis, "Vorbis inside Ogg, the service takes PCM in WAV and Opus in Ogg"),
        ([opus(1, 0, 3), other_link.clone()].concat(), "several Ogg streams in one file, the service would hear one"),
        (
            [head.clone(), other_link, opus(1, 0, 1)[head.len()..].to_vec()].concat(),
            "several Ogg streams in one file, the service would hear one",
        ),
        ([head.clone(), tags.clone()].concat(), "headers, but no audio"),
        ([head.clone(), tags, page(0, 48_000, 7, &[OPUS_20_MS; 50])[..60].to_vec()].concat(), "headers, but no audio"),
        (head[..20].to_vec(), "headers, but no audio"),
    ] {
        assert_eq!(reasons(&bytes), [expected]);
    }
}

#[test]
fn streams_behind_each_other_are_as_long_as_all_of_them() {
    const SEVERAL: &str = "several Ogg streams in one file, the service would hear one";
    // Copies of one file are alike in everything.
    let three = opus(1, 0, 3);
    let copies = [three.clone(), three.clone()].concat();
    assert_eq!(reasons(&copies), [SEVERAL]);
    assert_eq!(inspect(&copies).length, samples(2 * (3 * 48_000 - 312)));
    // So long that neither end shows where the second begins: about 250 bytes a page.
    let long = opus(1, 0, 1200);
    assert_eq!(reasons(&[long.clone(), long].concat()), [SEVERAL, "2400.0 s, the limit is 60 s"]);
    let other = [page(2, 0, 8, &[&opus_head(1)]), page(4, 40 * 48_000, 8, &[OPUS_20_MS; 50])].concat();
    let pieces = [opus(1, 0, 40), other].concat();
    assert_eq!(inspect(&pieces).length, samples(80 * 48_000 - 2 * 312));
    assert_eq!(reasons(&pieces), [SEVERAL, "80.0 s, the limit is 60 s"]);
    // Behind what is no page there may be anything.
    let torn = [three.clone(), vec![7; 100], three].concat();
    assert_eq!((reasons(&torn), inspect(&torn).length), (vec![SEVERAL.to_owned()], Length::Unknown));

    let pipe = Inspection::of_prefix(&copies, None);
    let Verdict::Refused(reasons) = pipe.verdict(Limits::RECOGNITION) else { panic!("there are two streams") };
    assert_eq!(reasons.iter().map(ToString::to_string).collect::<Vec<_>>(), [SEVERAL]);
}

#[test]
fn headers_before_what_is_no_audio_are_refused() {
    let head = opus(1, 0, 1)[..91].to_vec();
    let noise: Vec<_> = (0..300_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    for count in [10, 1_000, 100_000, 300_000] {
        assert_eq!(reasons(&[&head, &noise[..count]].concat()), ["headers, but no audio"], "{count} bytes");
    }
    // Pages, of which not one has its checksum.
    let mut pages = opus(1, 0, 60);
    for at in (91..pages.len() - 4).rev().filter(|&at| pages[at..].starts_with(b"OggS")).collect::<Vec<_>>() {
        pages[at + 100] ^= 1;
    }
    assert_eq!(reasons(&pages), ["headers, but no audio"]);

    // Comments that fill the beginning of a pipe, which ends in the middle of a header, are no noise.
    let comments = [opus(1, 0, 1)[..47].to_vec(), laced_page(0, u64::MAX, 7, &[255; 255], &[b'p'; 255 * 255])].concat();
    let pipe = [comments, laced_page(1, u64::MAX, 7, &[144], &[b'p'; 144]), b"OggS\0\0\0\0\0\0".to_vec()].concat();
    assert_eq!(pipe.len(), 65_536);
    assert!(matches!(Inspection::of_prefix(&pipe, None).verdict(Limits::RECOGNITION), Verdict::Accepted(_)));

    let pipe = Inspection::of_prefix(&[&head[..], &noise].concat()[..65_536], None);
    assert_eq!(pipe.verdict(Limits::RECOGNITION), Verdict::Refused(vec![Reason::NoAudio]));
}

#[test]
fn a_page_that_is_cut_off_does_not_count() {
    let whole = opus(1, 0, 3);
    for cut in [1, 100, 200, 260] {
        let inspection = inspect(&whole[..whole.len() - cut]);

        assert_eq!(inspection.length, samples(2 * 48_000 - 312), "{cut} bytes less");
        let warnings: Vec<_> = inspection.warnings.iter().map(ToString::to_string).collect();
        assert_eq!(warnings, ["the last page is cut off; using what is there"]);
    }
}

#[test]
fn what_ends_before_its_audio_is_refused() {
    let whole = opus(1, 0, 1);
    // The head ends at 47, the comments at 91; the only page of audio needs all that follows.
    for cut in [6, 27, 40, 47, 60, 91, 100, whole.len() - 1] {
        assert_eq!(reasons(&whole[..cut]), ["headers, but no audio"], "{cut} bytes");
    }
    assert_eq!(reasons(&whole), [""; 0]);
}

#[test]
fn a_head_without_sense_is_refused() {
    let reason = "the head of the Opus stream has no sense";
    let with = |head: &[u8]| [page(2, 0, 7, &[head]), opus(1, 0, 1)[47..].to_vec()].concat();
    let patched = |at: usize, value: u8| {
        let mut head = opus_head(1);
        head[at] = value;
        reasons(&with(&head))
    };

    assert_eq!(patched(8, 0x10), [reason], "a version of which nothing is known");
    assert_eq!(patched(8, 0x0f), [""; 0], "a version that changes nothing for old readers");
    assert_eq!(patched(9, 0), [reason], "no channel");
    assert_eq!(reasons(&with(b"OpusHead\x01\x01")), [reason], "too short");
    assert_eq!(patched(18, 1), ["channels in the mapping family 1, which is for more of them than the service takes"]);
}

#[test]
fn a_wrong_checksum_is_told() {
    let mut bytes = opus(1, 0, 3);
    let warnings = |bytes: &[u8]| inspect(bytes).warnings.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(warnings(&bytes), [""; 0]);
    bytes[40] ^= 1;
    assert_eq!(warnings(&bytes), ["the checksum of a page is wrong; players leave out such pages"]);
    bytes[90] ^= 1;
    assert_eq!(warnings(&bytes), ["the checksums of 2 pages are wrong; players leave out such pages"]);
}

#[test]
fn much_that_is_no_page_behind_the_audio_leaves_its_length_open() {
    let inspection = inspect(&[opus(1, 0, 3), vec![0; 200_000]].concat());

    assert_eq!(inspection.length, Length::Unknown);
    assert_eq!(inspection.warnings, [stt_audio::Warning::CutShort]);
}

#[test]
fn a_pipe_has_no_length_until_it_ended() {
    let bytes = opus(1, 0, 3);

    assert_eq!(Inspection::of_prefix(&bytes, None).length, Length::Unknown);
    assert_eq!(
        Inspection::of_prefix(&bytes, None).verdict(Limits::RECOGNITION),
        Verdict::Accepted(AudioFormat::OggOpus)
    );
    assert_eq!(Inspection::of_prefix(&bytes, Some(bytes.len() as u64)).length, samples(3 * 48_000 - 312));
}

#[test]
fn the_end_of_a_long_file_is_found_behind_much_audio() {
    // About 250 bytes a page: more than both ends that are read.
    let bytes = opus(1, 0, 1200);
    assert!(250_000 < bytes.len());

    assert_eq!(inspect(&bytes).length, samples(1200 * 48_000 - 312));
}

#[test]
fn a_picture_in_the_comments_moves_the_audio_and_not_its_length() {
    // The comments take two pages, the first of 65,307 bytes, so that the beginning that is read ends within the first
    // page of audio.
    let mut bytes = page(2, 0, 7, &[&opus_head(1)]);
    bytes.extend(laced_page(0, u64::MAX, 7, &[255; 255], &[b'p'; 255 * 255]));
    bytes.extend(laced_page(1, 0, 7, &[10], b"0123456789"));
    let begins = bytes.len();
    bytes.extend(page(0, 48_000, 7, &[OPUS_20_MS; 50]));
    assert!(begins + 77 < 65_536 && 65_536 < bytes.len());
    bytes.extend(page(4, 96_000, 7, &[OPUS_20_MS; 50]));

    assert_eq!(inspect(&bytes).length, samples(96_000 - 312));
}
