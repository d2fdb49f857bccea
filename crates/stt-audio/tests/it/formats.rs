//! What is told of every other format without decoding it, by headers written byte for byte.

use std::{io::Cursor, time::Duration};

use stt_audio::{Codec, Container, Cure, Inspection, Length, Limits, Needs, PcmSource, Reason, Verdict, Warning};

use crate::{
    inspect::Counting,
    make::{MadeWav, chunk, opus_head, page},
};

fn inspect(bytes: &[u8]) -> Inspection {
    let mut file = Counting { inner: Cursor::new(bytes), read: 0 };
    let inspection = Inspection::of_file(&mut file).expect("memory can be read");
    assert!(file.read <= 65_536 + 32_768, "{} bytes were read", file.read);
    inspection
}

/// The first reason that is told, and what helps against it.
fn first_reason(inspection: &Inspection) -> (String, Cure) {
    let Verdict::Refused(reasons) = inspection.verdict(Limits::RECOGNITION) else { panic!("is not what is taken") };
    (reasons[0].to_string(), reasons[0].cure())
}

fn be16(numbers: &[u16]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_be_bytes()).collect()
}

fn be32(numbers: &[u32]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_be_bytes()).collect()
}

/// MPEG 1, layer III, 128 kbit/s, 44.1 kHz, stereo: 144 * 128,000 / 44,100 = 417 bytes, 1,152 samples.
fn mp3_frame() -> Vec<u8> {
    let mut frame = vec![0xff, 0xfb, 0x90, 0x00];
    frame.resize(417, 0);
    frame
}

/// MPEG 2, layer III, 32 kbit/s, 16 kHz, mono: 72 * 32,000 / 16,000 = 144 bytes, 576 samples.
fn mp3_frame_of_speech() -> Vec<u8> {
    let mut frame = vec![0xff, 0xf3, 0x48, 0xc0];
    frame.resize(144, 0);
    frame
}

/// With a count of frames, behind the 32 bytes of side information that stereo of MPEG 1 has.
fn mp3_frame_with_count(frames: u32) -> Vec<u8> {
    let mut frame = mp3_frame();
    frame[36..40].copy_from_slice(b"Xing");
    frame[40..44].copy_from_slice(&[0, 0, 0, 1]);
    frame[44..48].copy_from_slice(&frames.to_be_bytes());
    frame
}

/// A tag of so many bytes without its head; seven bits of each byte of the size count.
fn id3(size: usize) -> Vec<u8> {
    let mut tag = b"ID3\x04\0\0".to_vec();
    tag.extend([21, 14, 7, 0].map(|shift| (size >> shift & 0x7f) as u8));
    tag.resize(10 + size, b'x');
    tag
}

/// AAC-LC, 44.1 kHz, stereo, in a frame of 371 bytes, which holds 1,024 samples.
fn adts_frame() -> Vec<u8> {
    let mut frame = vec![0xff, 0xf1, 0x50, 0x80, 0x2e, 0x60, 0xfc];
    frame[4] = (371_u16 >> 3) as u8;
    frame[5] = ((371_u16 & 7) << 5) as u8;
    frame.resize(371, 0);
    frame
}

/// AC-3, 48 kHz, 64 kbit/s, mono: 1,536 samples, and 96 * 64,000 / 48,000 = 128 words.
fn ac3_frame() -> Vec<u8> {
    let mut frame = vec![0x0b, 0x77, 0, 0, 0x08, 0x40, 0x20, 0];
    frame.resize(256, 0);
    frame
}

/// E-AC-3, 48 kHz, stereo with low frequencies, six blocks of 256 samples, 128 words.
fn eac3_frame() -> Vec<u8> {
    let mut frame = vec![0x0b, 0x77, 0, 127, 0x35, 0x80, 0, 0];
    frame.resize(256, 0);
    frame
}

/// 44.1 kHz, stereo, 16 bits, and so many samples: 20, 3, 5 and 36 bits.
fn stream_info(samples: u64) -> Vec<u8> {
    let mut info = be16(&[4096, 4096]);
    info.extend([0; 6]);
    info.extend((44_100_u64 << 44 | 1 << 41 | 15 << 36 | samples).to_be_bytes());
    info.extend([0; 16]);
    info
}

fn flac(samples: u64) -> Vec<u8> {
    [&b"fLaC\x80\0\0\x22"[..], &stream_info(samples), &[0xff, 0xf8, 0, 0]].concat()
}

fn part(name: &[u8; 4], body: &[u8]) -> Vec<u8> {
    [&be32(&[8 + body.len() as u32])[..], name, body].concat()
}

/// A track of sound, or of something else, with a description of its samples and `duration` parts of `scale`.
fn track(kind: &[u8; 4], scale: u32, duration: u32, description: &[u8]) -> Vec<u8> {
    let header = part(b"mdhd", &[be32(&[0, 0, 0, scale, duration]), vec![0; 4]].concat());
    let handler = part(b"hdlr", &[&[0; 8][..], kind, &[0; 13]].concat());
    let samples = part(b"stsd", &[&be32(&[0, 1])[..], description].concat());
    let media = part(b"minf", &part(b"stbl", &samples));
    part(b"trak", &part(b"mdia", &[header, handler, media].concat()))
}

/// A description with what belongs to its codec behind it.
fn description(format: &[u8; 4], rate: u32, channels: u16, bits: u16, more: &[u8]) -> Vec<u8> {
    let mut body = vec![0, 0, 0, 0, 0, 0, 0, 1];
    body.extend([0; 8]);
    body.extend(be16(&[channels, bits, 0, 0]));
    body.extend((rate << 16).to_be_bytes());
    body.extend(more);
    part(format, &body)
}

/// The descriptor of an elementary stream of AAC with this `AudioSpecificConfig`.
fn esds(object: u8, config: &[u8]) -> Vec<u8> {
    let specific = [&[5, config.len() as u8][..], config].concat();
    let decoder = [&[4, 13 + specific.len() as u8, object, 0x15][..], &[0; 11], &specific].concat();
    let stream = [&[3, 0x80, 0x80, 3 + decoder.len() as u8, 0, 0, 0][..], &decoder].concat();
    part(b"esds", &[&[0; 4][..], &stream].concat())
}

/// Digits of a binary number as bytes; zeros fill the last one.
fn bits(digits: &str) -> Vec<u8> {
    let digits: Vec<_> = digits.chars().filter_map(|digit| digit.to_digit(2)).collect();
    let byte = |digits: &[u32]| (0..8).fold(0, |byte, at| byte << 1 | *digits.get(at).unwrap_or(&0) as u8);
    digits.chunks(8).map(byte).collect()
}

fn aac(config: &[u8]) -> Vec<u8> {
    description(b"mp4a", 44_100, 2, 16, &esds(0x40, config))
}

fn m4a(tracks: &[Vec<u8>]) -> Vec<u8> {
    let media = part(b"mdat", &[7; 100]);
    [part(b"ftyp", b"M4A \0\0\0\0"), media, part(b"moov", &tracks.concat())].concat()
}

/// AAC-LC, 44.1 kHz, stereo, two seconds.
fn m4a_of_aac() -> Vec<u8> {
    m4a(&[track(b"vide", 600, 1200, b""), track(b"soun", 44_100, 88_200, &aac(&[0x12, 0x10]))])
}

fn element(name: &[u8], body: &[u8]) -> Vec<u8> {
    let size = (body.len() as u32 | 0x1000_0000).to_be_bytes();
    [name, &size[..], body].concat()
}

/// A track of sound; two seconds, if that is said; then a cluster of unknown size, as browsers write it.
fn matroska(kind: &[u8], codec: &[u8], private: &[u8], length: Option<f64>) -> Vec<u8> {
    let audio =
        [element(&[0xb5], &48_000_f32.to_be_bytes()), element(&[0x9f], &[1]), element(&[0x62, 0x64], &[32])].concat();
    let video = element(&[0xae], &element(&[0x83], &[1]));
    let sound =
        [element(&[0x83], &[2]), element(&[0x86], codec), element(&[0x63, 0xa2], private), element(&[0xe1], &audio)];
    let tracks = [video, element(&[0xae], &sound.concat())].concat();
    let duration = length.map(|length| element(&[0x44, 0x89], &length.to_be_bytes())).unwrap_or_default();
    [
        element(&[0x1a, 0x45, 0xdf, 0xa3], &element(&[0x42, 0x82], kind)),
        vec![0x18, 0x53, 0x80, 0x67, 0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
        element(&[0xec], &[0; 20]),
        element(&[0x15, 0x49, 0xa9, 0x66], &duration),
        element(&[0x16, 0x54, 0xae, 0x6b], &tracks),
        vec![0x1f, 0x43, 0xb6, 0x75, 0xff, 0xe7, 0x81, 0],
    ]
    .concat()
}

fn be_chunk(id: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let mut bytes = [&id[..], &be32(&[body.len() as u32]), body].concat();
    bytes.resize(bytes.len() + body.len() % 2, 0);
    bytes
}

/// 16 kHz, mono, with so many samples promised and these there. 16,000 is 1.953125 times 2 to the 13th.
fn aiff(compression: &[u8], bits: u16, frames: u32, data: &[u8]) -> Vec<u8> {
    let mut common = [be16(&[1]), be32(&[frames]), be16(&[bits, 0x3fff + 13, 0xfa00, 0, 0, 0])].concat();
    common.extend(compression);
    let form = if compression.is_empty() { b"AIFF" } else { b"AIFC" };
    let sound = be_chunk(b"SSND", &[&[0; 8][..], data].concat());
    [&b"FORM\0\0\0\0"[..], form, &be_chunk(b"NAME", b"odd"), &be_chunk(b"COMM", &common), &sound].concat()
}

/// 16 kHz, mono; what lies in it is told by four letters and flags.
fn caf(format: &[u8; 4], flags: u32, bits: u32, size: u64, data: &[u8], more: &[u8]) -> Vec<u8> {
    let description = [&16_000_f64.to_be_bytes()[..], format, &be32(&[flags, 2, 1, 1, bits])].concat();
    let mut bytes = b"caff\0\x01\0\0desc".to_vec();
    bytes.extend(32_u64.to_be_bytes());
    bytes.extend(description);
    bytes.extend(more);
    bytes.extend(b"data");
    bytes.extend(size.to_be_bytes());
    bytes.extend([0; 4]);
    bytes.extend(data);
    bytes
}

fn packets(frames: u64) -> Vec<u8> {
    [&b"pakt"[..], &24_u64.to_be_bytes(), &10_u64.to_be_bytes(), &frames.to_be_bytes(), &[0; 8]].concat()
}

fn au(size: u32, coding: u32, data: &[u8]) -> Vec<u8> {
    [b".snd", &be32(&[24, size, coding, 8_000, 2])[..], data].concat()
}

/// Windows Media Audio, 44.1 kHz, stereo: five seconds to play, of which three are buffered before.
fn wma(tag: u16) -> Vec<u8> {
    let object = |name: &[u8], body: &[u8]| [name, &(24 + body.len() as u64).to_le_bytes(), body].concat();
    let times = [0_u64, 0, 50_000_000, 0, 3_000].iter().flat_map(|number| number.to_le_bytes()).collect::<Vec<_>>();
    let file = [&[0; 24][..], &times].concat();
    let stream = [
        &b"\x40\x9e\x69\xf8\x4d\x5b\xcf\x11\xa8\xfd\x00\x80\x5f\x5c\x44\x2b"[..],
        &[0; 38],
        &tag.to_le_bytes(),
        &2_u16.to_le_bytes(),
        &44_100_u32.to_le_bytes(),
    ];
    [
        &b"\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\x00\xaa\x00\x62\xce\x6c"[..],
        &[0; 14],
        &object(b"\xa1\xdc\xab\x8c\x47\xa9\xcf\x11\x8e\xe4\x00\xc0\x0c\x20\x53\x65", &file),
        &object(b"\x91\x07\xdc\xb7\xb7\xa9\xcf\x11\x8e\xe6\x00\xc0\x0c\x20\x53\x65", &stream.concat()),
    ]
    .concat()
}

/// One of each, for the laws that hold of every file.
pub(crate) fn samples() -> Vec<Vec<u8>> {
    vec![
        [id3(5), mp3_frame_with_count(100), mp3_frame()].concat(),
        mp3_frame_of_speech().repeat(3),
        adts_frame().repeat(2),
        ac3_frame().repeat(2),
        eac3_frame().repeat(2),
        flac(88_200),
        m4a_of_aac(),
        matroska(b"webm", b"A_OPUS", b"OpusHead", Some(2000.0)),
        matroska(b"matroska", b"A_AAC", &[0x12, 0x10], None),
        aiff(b"", 16, 4, &[0; 8]),
        aiff(b"sowt\0\0", 16, 4, &[0; 8]),
        caf(b"lpcm", 0, 16, 12, &[0; 8], b""),
        caf(b"alac", 0, 0, u64::MAX, &[0; 8], &packets(32_000)),
        au(u32::MAX, 3, &[0; 8]),
        wma(0x161),
        [b"#!AMR\n".to_vec(), [vec![0x3c], vec![0; 31]].concat().repeat(3)].concat(),
        page(2, 0, 7, &[&[&b"\x7fFLAC\x01\0\0\x01fLaC\0\0\0\x22"[..], &stream_info(9)].concat()]),
    ]
}

#[test]
fn each_format_is_told_by_its_headers() {
    let amr =
        |name: &[u8], first: u8, size: usize| [name, &[vec![first], vec![0; size - 1]].concat().repeat(100)].concat();
    let ogg = |head: &[u8], granule| [page(2, 0, 7, &[head]), page(4, granule, 7, &[b"x"])].concat();
    let speex = [&b"Speex   "[..], &[0; 28], &16_000_u32.to_le_bytes(), &[0; 8], &1_u32.to_le_bytes()].concat();
    for (bytes, told) in [
        // 100 frames of 1,152 samples are 2.612 s, and 144 bytes for each 36 ms are 3.6 s.
        ([mp3_frame_with_count(100), mp3_frame()].concat(), "MP3, 44.1 kHz, stereo, about 2.7 s"),
        (mp3_frame_of_speech().repeat(100), "MP3, 16 kHz, mono, about 3.6 s"),
        ([id3(1_000_000), mp3_frame().repeat(100)].concat(), "MP3, 44.1 kHz, stereo, about 2.7 s"),
        ([vec![0; 5000], mp3_frame().repeat(100)].concat(), "MP3, 44.1 kHz, stereo, about 2.7 s"),
        // 100 frames of 1,024 samples of 44.1 kHz are 2.322 s.
        (adts_frame().repeat(100), "AAC, 44.1 kHz, stereo, about 2.4 s"),
        ([id3(100), adts_frame().repeat(100)].concat(), "AAC, 44.1 kHz, stereo, about 2.4 s"),
        // 100 frames of 1,536 samples of 48 kHz.
        (ac3_frame().repeat(100), "AC-3, 48 kHz, mono, about 3.2 s"),
        (eac3_frame().repeat(100), "AC-3, E-AC-3, 48 kHz, 3 channels, about 3.2 s"),
        (flac(88_200), "FLAC, 44.1 kHz, stereo, 16 bits, about 2.0 s"),
        (flac(0), "FLAC, 44.1 kHz, stereo, 16 bits"),
        ([id3(100), flac(88_200)].concat(), "FLAC, 44.1 kHz, stereo, 16 bits, about 2.0 s"),
        (m4a_of_aac(), "MP4 (M4A), AAC, 44.1 kHz, stereo, about 2.0 s"),
        (aiff(b"", 16, 16_000, &[0; 32_000]), "AIFF, PCM, 16 kHz, mono, 16 bits, 1.0 s"),
        (aiff(b"", 16, 0, &[0; 32_000]), "AIFF, PCM, 16 kHz, mono, 16 bits, 1.0 s"),
        (aiff(b"sowt\0\0", 16, 16_000, &[0; 32_000]), "AIFF, PCM, 16 kHz, mono, 16 bits, 1.0 s"),
        (aiff(b"fl32\0\0", 32, 8_000, &[0; 32_000]), "AIFF, floating point, 16 kHz, mono, 32 bits, 0.5 s"),
        (aiff(b"ulaw\0\0", 16, 32_000, &[0; 32_000]), "AIFF, mu-law, 16 kHz, mono, 8 bits, 2.0 s"),
        (aiff(b"ima4\0\0", 16, 32_000, &[0; 999]), "AIFF, codec \"ima4\", 16 kHz, mono, about 2.0 s"),
        (caf(b"lpcm", 0, 16, 32_004, &[0; 32_000], b""), "CAF, PCM, 16 kHz, mono, 16 bits, 1.0 s"),
        (caf(b"lpcm", 1, 32, u64::MAX, &[0; 32_000], b""), "CAF, floating point, 16 kHz, mono, 32 bits, 0.5 s"),
        (caf(b"alac", 0, 0, 99, &[0; 95], &packets(32_000)), "CAF, ALAC, 16 kHz, mono, about 2.0 s"),
        (caf(b"aach", 0, 0, 99, &[0; 95], b""), "CAF, HE-AAC, 16 kHz, mono"),
        (au(u32::MAX, 1, &[0; 32_000]), "AU, mu-law, 8 kHz, stereo, 8 bits, 2.0 s"),
        (au(16_000, 3, &[0; 32_000]), "AU, PCM, 8 kHz, stereo, 16 bits, 0.5 s"),
        (wma(0x161), "ASF (WMA), WMA, 44.1 kHz, stereo, about 2.0 s"),
        // 100 frames of 20 ms.
        (amr(b"#!AMR\n", 0x3c, 32), "AMR, 8 kHz, mono, about 2.0 s"),
        (amr(b"#!AMR-WB\n", 0x44, 61), "AMR, AMR-WB, 16 kHz, mono, about 2.0 s"),
        (matroska(b"webm", b"A_OPUS", b"", None), "WebM, Opus, 48 kHz, mono"),
        (matroska(b"webm", b"A_VORBIS", b"", Some(2000.0)), "WebM, Vorbis, 48 kHz, mono, about 2.0 s"),
        (matroska(b"matroska", b"A_PCM/FLOAT/IEEE", b"", None), "Matroska, floating point, 48 kHz, mono, 32 bits"),
        (matroska(b"matroska", b"A_AAC", &[0x12, 0x10], None), "Matroska, AAC, 48 kHz, mono"),
        (matroska(b"matroska", b"A_AAC/MPEG4/LC/SBR", b"", None), "Matroska, HE-AAC, 48 kHz, mono"),
        (matroska(b"matroska", b"A_MS/ACM", &[0x55, 0], None), "Matroska, codec 0x0055 (MP3), 48 kHz, mono"),
        (matroska(b"matroska", b"A_DTS/EXPRESS", b"", None), "Matroska, codec \"DTS/\", 48 kHz, mono"),
        (ogg(b"\x01vorbis\0\0\0\0\x02\x44\xac\0\0", 88_200), "Ogg, Vorbis, 44.1 kHz, stereo, about 2.0 s"),
        (
            ogg(&[&b"\x7fFLAC\x01\0\0\x01fLaC\0\0\0\x22"[..], &stream_info(9)].concat(), 44_100),
            "Ogg, FLAC, 44.1 kHz, stereo, about 1.0 s",
        ),
        (ogg(&speex, 48_000), "Ogg, Speex, 16 kHz, mono, about 3.0 s"),
    ] {
        assert_eq!(inspect(&bytes).to_string(), told);
    }
}

#[test]
fn the_codec_of_mp4_is_told_by_its_name() {
    let sound = |description: Vec<u8>| inspect(&m4a(&[track(b"soun", 44_100, 88_200, &description)]));
    // ISO 14496-3: five bits of kind, four of rate, four of channels; 2 is low complexity, 5 and 29 are high
    // efficiency with the higher rate behind, 0x2b7 announces the same to those who look for it.
    for (config, told) in [
        ("00010 0100 0010 000", "AAC, 44.1 kHz, stereo"),
        ("00010 1111 000000001111101000000000 0001 000", "AAC, 64 kHz, mono"),
        ("00101 0111 0010 0100 00010 000", "HE-AAC, 44.1 kHz, stereo"),
        ("11101 0111 0001 0100 00010 000", "HE-AAC, 44.1 kHz, mono"),
        ("00010 0111 0010 000 01010110111 00101 1 0100", "HE-AAC, 22.05 kHz, stereo"),
        ("00001 0100 0010 000", "AAC of a rare profile, 44.1 kHz, stereo"),
        ("", "AAC, 44.1 kHz, stereo"),
    ] {
        assert_eq!(sound(aac(&bits(config))).to_string(), format!("MP4 (M4A), {told}, about 2.0 s"), "{config}");
    }
    // ETSI TS 102 366: the mode, 1 for mono and 7 for five channels, and one bit for that of low frequencies, behind 10
    // bits in AC-3 and behind 28 in E-AC-3.
    let (dac3, dec3) = (part(b"dac3", &[0x10, 0x3c, 0]), part(b"dec3", &[0, 0, 0x10, 0b0000_0010]));
    // In MP3, AC-3 and E-AC-3 the description itself has two channels, whatever there are.
    for (description, told) in [
        (description(b"mp4a", 44_100, 2, 16, &esds(0x6b, b"")), "MP3, 44.1 kHz"),
        (description(b"ac-3", 48_000, 2, 16, &dac3), "AC-3, 48 kHz, 6 channels"),
        (description(b"ec-3", 48_000, 2, 16, &dec3), "E-AC-3, 48 kHz, mono"),
        (description(b"alac", 44_100, 2, 16, b""), "ALAC, 44.1 kHz, stereo"),
        (description(b"Opus", 48_000, 1, 16, b""), "Opus, 48 kHz, mono"),
        (description(b"ac-3", 48_000, 2, 16, b""), "AC-3, 48 kHz"),
        (description(b"samr", 8_000, 1, 16, b""), "AMR, 8 kHz, mono"),
        (description(b"sowt", 44_100, 2, 16, b""), "PCM, 44.1 kHz, stereo, 16 bits"),
        (description(b"dtsc", 48_000, 2, 16, b""), "codec \"dtsc\", 48 kHz, stereo"),
    ] {
        assert_eq!(sound(description).to_string(), format!("MP4 (M4A), {told}, about 2.0 s"));
    }
}

#[test]
fn the_index_of_mp4_may_stand_at_either_end_and_be_missing() {
    let index = part(b"moov", &track(b"soun", 44_100, 88_200, &aac(&[0x12, 0x10])));
    let media = part(b"mdat", &vec![7; 1_000_000]);
    let name = part(b"ftyp", b"M4A \0\0\0\0");
    let told = "MP4 (M4A), AAC, 44.1 kHz, stereo, about 2.0 s";

    for parts in [[&name, &index, &media], [&name, &media, &index]] {
        assert_eq!(inspect(&parts.map(Vec::as_slice).concat()).to_string(), told);
    }
    // A size of 64 bits, and one that means: to the end.
    let wide = [&[0, 0, 0, 1][..], b"mdat", &116_u64.to_be_bytes(), &[7; 100]].concat();
    assert_eq!(inspect(&[&name[..], &wide, &index].concat()).to_string(), told);
    assert_eq!(inspect(&[&name[..], &index, b"\0\0\0\0mdat", &[7; 100]].concat()).to_string(), told);

    let unfinished = inspect(&[&name[..], &media].concat());
    let reason = "the index that belongs at its end is missing; the recording was not finished";
    assert_eq!(first_reason(&unfinished), (reason.to_owned(), Cure::None));
    let cut = [&name[..], &index, &media[..1000]].concat();
    assert_eq!(inspect(&cut).warnings, [Warning::Promises { claimed: 1_000_000, found: 992 }]);

    // A pipe shows the index, or it does not; its absence is no reason as long as more may come.
    assert_eq!(Inspection::of_prefix(&[&name[..], &index].concat(), None).to_string(), told);
    let pipe = Inspection::of_prefix(&[&name[..], &media[..1000]].concat(), None);
    assert_eq!((pipe.to_string().as_str(), pipe.needs()), ("MP4 (M4A)", Some(needs(true, false))));
    assert_eq!(first_reason(&pipe), ("MP4 (M4A), the service takes WAV and Ogg Opus".to_owned(), Cure::Convert));
}

#[test]
fn a_length_that_is_written_nowhere_is_unknown() {
    let fragmented = part(b"moov", &[part(b"mvex", b""), track(b"soun", 44_100, 0, &aac(&[0x12, 0x10]))].concat());
    let bytes = [part(b"ftyp", b"iso5\0\0\0\0"), fragmented, part(b"moof", b""), part(b"mdat", b"x")].concat();
    assert_eq!(inspect(&bytes).length, Length::Unknown);
    assert_eq!(first_reason(&inspect(&bytes)).1, Cure::Convert);
    assert_eq!(inspect(&matroska(b"webm", b"A_OPUS", b"", Some(f64::NAN))).length, Length::Unknown);
    assert_eq!(inspect(&matroska(b"webm", b"A_OPUS", b"", Some(-1.0))).length, Length::Unknown);
    assert_eq!(inspect(&matroska(b"webm", b"A_OPUS", b"", Some(1e300))).length, Length::Unknown);
    let all_ones = m4a(&[track(b"soun", 44_100, u32::MAX, &aac(&[0x12, 0x10]))]);
    assert_eq!(inspect(&all_ones).length, Length::Unknown);
    assert_eq!(inspect(&m4a(&[track(b"soun", 0, 100, &aac(&[0x12, 0x10]))])).length, Length::Unknown);
}

#[test]
fn headers_without_sound_are_told() {
    let silent_film = matroska(b"webm", b"V_VP8", b"", None);
    let silent_film = silent_film.iter().position(|&byte| byte == 0x86).map_or(vec![], |codec| {
        let mut film = silent_film.clone();
        film[codec - 1] = 1;
        film
    });
    for bytes in [
        m4a(&[track(b"vide", 600, 1200, b"")]),
        m4a(&[]),
        m4a(&[track(b"soun", 44_100, 0, &aac(&[0x12, 0x10]))]),
        aiff(b"", 16, 16_000, b""),
        caf(b"lpcm", 0, 16, u64::MAX, b"", b""),
        au(u32::MAX, 3, b""),
        silent_film,
    ] {
        let inspection = inspect(&bytes);
        assert_eq!(first_reason(&inspection), ("headers, but no audio".to_owned(), Cure::None), "{inspection}");
    }
}

#[test]
fn a_promise_of_stored_samples_counts_as_far_as_the_file_goes() {
    let cut = inspect(&aiff(b"", 16, 1_000_000, &[0; 32_000]));

    assert_eq!(cut.length, Length::Exact(Duration::from_secs(1)));
    assert_eq!(cut.warnings, [Warning::Promises { claimed: 2_000_000, found: 32_000 }]);
    assert_eq!(inspect(&au(64_000, 3, &[0; 32_000])).length, Length::Exact(Duration::from_secs(1)));
    // Nothing is exact of a pipe.
    let bytes = caf(b"lpcm", 0, 16, 32_004, &[0; 32_000], b"");
    assert_eq!(Inspection::of_prefix(&bytes[..1000], None).length, Length::Estimated(Duration::from_secs(1)));
}

#[test]
fn an_estimate_is_never_too_long_and_a_certain_length_is() {
    let hour = 3600 * 44_100;
    for bytes in [
        [mp3_frame_with_count(137_813), mp3_frame()].concat(),
        mp3_frame_of_speech().repeat(2000),
        [flac(hour), vec![0; 30_000]].concat(),
        m4a(&[track(b"soun", 44_100, hour as u32, &aac(&[0x12, 0x10]))]),
        matroska(b"webm", b"A_OPUS", b"", Some(3_600_000.0)),
        [page(2, 0, 7, &[b"\x01vorbis\0\0\0\0\x01\x44\xac\0\0"]), page(4, hour, 7, &[b"x"])].concat(),
    ] {
        let inspection = inspect(&bytes);
        let Verdict::Refused(reasons) = inspection.verdict(Limits::RECOGNITION) else { panic!("{inspection}") };
        assert!(matches!(inspection.length, Length::Estimated(length) if 60 < length.as_secs()), "{inspection}");
        assert!(reasons.iter().all(|reason| reason.cure() == Cure::Convert), "{inspection}: {reasons:?}");
    }
    let Verdict::Refused(reasons) = inspect(&au(u32::MAX, 3, &vec![0; 61 * 32_000])).verdict(Limits::RECOGNITION)
    else {
        panic!("AU is not taken")
    };
    assert_eq!(reasons.iter().map(Reason::cure).collect::<Vec<_>>(), [Cure::Elsewhere, Cure::Split]);
}

fn needs(decode: bool, opus: bool) -> Needs {
    let mut needs = Needs::default();
    (needs.decode, needs.opus) = (decode, opus);
    needs
}

#[test]
fn each_codec_is_read_here_or_elsewhere() {
    let opus = |channels| {
        [page(2, 0, 7, &[&opus_head(channels)]), page(0, 0, 7, &[b"OpusTags"]), page(4, 960, 7, &[b"H"])].concat()
    };
    for (bytes, expected, reason) in [
        (mp3_frame().repeat(3), Some(needs(true, false)), "MP3, the service takes WAV and Ogg Opus"),
        (flac(9), Some(needs(true, false)), "FLAC, the service takes WAV and Ogg Opus"),
        (m4a_of_aac(), Some(needs(true, false)), "AAC inside MP4 (M4A), the service takes PCM in WAV and Opus in Ogg"),
        (
            matroska(b"webm", b"A_OPUS", b"", None),
            Some(needs(true, true)),
            "Opus inside WebM, the service takes PCM in WAV and Opus in Ogg",
        ),
        (opus(2), Some(needs(false, true)), "stereo, the service takes mono (stereo was heard as silence)"),
        (
            MadeWav::new(7, 8_000, 1, 8, 9).bytes(),
            Some(needs(false, false)),
            "mu-law inside WAV, the service takes PCM in WAV and Opus in Ogg",
        ),
        (ac3_frame().repeat(3), None, "AC-3, the service takes WAV and Ogg Opus"),
        (
            m4a(&[track(b"soun", 44_100, 88_200, &aac(&bits("00101 0111 0010 0100 00010 000")))]),
            None,
            "HE-AAC inside MP4 (M4A), the service takes PCM in WAV and Opus in Ogg",
        ),
        (wma(0x161), None, "WMA inside ASF (WMA), the service takes PCM in WAV and Opus in Ogg"),
        (b"#!AMR\n\x3c".to_vec(), None, "AMR, the service takes WAV and Ogg Opus"),
        (
            MadeWav { data: vec![1; 417], data_size: 417, ..MadeWav::new(0x55, 8_000, 1, 0, 0) }.bytes(),
            None,
            "codec 0x0055 (MP3) inside WAV, the service takes PCM in WAV and Opus in Ogg",
        ),
    ] {
        let inspection = inspect(&bytes);
        assert_eq!((inspection.needs(), first_reason(&inspection).0.as_str()), (expected, reason));
        let cure = if expected.is_some() { Cure::Convert } else { Cure::Elsewhere };
        assert_eq!(first_reason(&inspection).1, cure, "{inspection}");
    }
}

#[test]
fn each_reason_has_its_cure() {
    let codec = |codec, container| Reason::Codec { codec, container };
    let too_long = Reason::TooLong { length: Duration::from_secs(61), limits: Limits::RECOGNITION };
    for (reason, cure) in [
        (Reason::BigEndian, Cure::Convert),
        (Reason::Bits(24), Cure::Convert),
        (Reason::Channels(2), Cure::Convert),
        (Reason::Mapping(1), Cure::Convert),
        (Reason::Rate(96_000), Cure::Convert),
        (Reason::SeveralStreams, Cure::Convert),
        (codec(Codec::MuLaw, Container::Wav), Cure::Convert),
        (codec(Codec::Vorbis, Container::Ogg), Cure::Convert),
        (codec(Codec::Speex, Container::Ogg), Cure::Elsewhere),
        (codec(Codec::WavTag(0x55), Container::Wav), Cure::Elsewhere),
        (Reason::Container(Container::WebM), Cure::Convert),
        (Reason::Container(Container::Amr), Cure::Elsewhere),
        (Reason::Container(Container::Avi), Cure::Elsewhere),
        (Reason::NotAudio(Container::Zip), Cure::None),
        (Reason::NotAudio(Container::Unknown), Cure::Describe),
        (Reason::NotAudio(Container::Base64), Cure::Elsewhere),
        (Reason::NotAudio(Container::Json), Cure::None),
        (Reason::NotAudio(Container::Html), Cure::None),
        (Reason::NotAudio(Container::Text), Cure::None),
        (Reason::Empty, Cure::None),
        (Reason::NoAudio, Cure::None),
        (Reason::NoIndex, Cure::None),
        (Reason::OpusHead, Cure::None),
        (too_long, Cure::Split),
    ] {
        assert_eq!(reason.cure(), cure, "{reason}");
        assert_eq!(reason.fix("a.x").is_some(), cure != Cure::None, "{reason}");
    }
}

#[test]
fn what_other_programs_wrote_is_told_as_they_wrote_it() {
    // As `tests/audio/README.md` has it; what is estimated may count the padding of its codec.
    for (name, told, frames) in [
        ("chirp-cbr-lame.mp3", "MP3, 44.1 kHz, stereo", Some(50_001)),
        ("chirp-vbr-lame.mp3", "MP3, 44.1 kHz, stereo", Some(50_001)),
        ("chirp-cbr-xing.mp3", "MP3, 44.1 kHz, mono", Some(50_001)),
        ("chirp-vbr-bare.mp3", "MP3, 44.1 kHz, mono", Some(50_001)),
        ("chirp-cbr-bare.mp3", "MP3, 16 kHz, mono", Some(16_001)),
        ("chirp.mp2", "MP2, 48 kHz, mono", Some(50_001)),
        ("chirp-aac.m4a", "MP4 (M4A), AAC, 44.1 kHz, stereo", Some(50_001)),
        ("chirp-aac-faststart.m4a", "MP4 (M4A), AAC, 44.1 kHz, stereo", Some(50_001)),
        ("chirp-aac-fragmented.mp4", "MP4 (M4A), AAC, 44.1 kHz, stereo", None),
        ("chirp.aac", "AAC, 44.1 kHz, mono", Some(50_001)),
        ("chirp-aac.mkv", "Matroska, AAC, 44.1 kHz, stereo", Some(50_001)),
        ("chirp-video.mp4", "MP4 (M4A), AAC, 48 kHz, mono", Some(50_001)),
        ("chirp-ac3.mp4", "MP4 (M4A), AC-3, 48 kHz, mono", Some(50_001)),
        ("chirp-mp3.mp4", "MP4 (M4A), MP3, 48 kHz, mono", Some(50_001)),
        ("chirp-ac3.mkv", "Matroska, AC-3, 48 kHz, mono", Some(50_001)),
        ("chirp-alac.m4a", "MP4 (M4A), ALAC, 16 kHz, mono", Some(4_001)),
        ("chirp-alac.caf", "CAF, ALAC, 16 kHz, mono", Some(4_001)),
        ("chirp-alaw.caf", "CAF, A-law, 8 kHz, mono, 8 bits", Some(2_001)),
        ("chirp-alaw.mkv", "Matroska, A-law, 8 kHz, mono", Some(2_001)),
        ("chirp-ulaw.mov", "MP4 (M4A), mu-law, 8 kHz, mono", Some(2_001)),
        ("chirp-aac-six.m4a", "MP4 (M4A), AAC with more than two channels, 48 kHz, 6 channels", Some(24_000)),
        ("chirp.flac", "FLAC, 16 kHz, stereo, 16 bits", Some(4_001)),
        ("chirp-flac.ogg", "Ogg, FLAC, 16 kHz, stereo", Some(4_001)),
        ("chirp-vorbis.ogg", "Ogg, Vorbis, 44.1 kHz, stereo", Some(50_001)),
        ("chirp-vorbis-mono.ogg", "Ogg, Vorbis, 48 kHz, mono", Some(50_001)),
        ("chirp-vorbis.webm", "WebM, Vorbis, 44.1 kHz, stereo", Some(50_001)),
        ("chirp-opus.ogg", "Ogg, Opus, 16 kHz, mono", Some(16_001)),
        ("chirp-opus-stereo.ogg", "Ogg, Opus, 48 kHz, stereo", Some(50_001)),
        ("chirp-opus.webm", "WebM, Opus, 48 kHz, mono", Some(50_001)),
        ("chirp-opus-live.webm", "WebM, Opus, 48 kHz, mono", None),
        ("chirp-speex.ogg", "Ogg, Speex, 16 kHz, mono", Some(16_001)),
        ("chirp.aiff", "AIFF, PCM, 16 kHz, mono, 16 bits", Some(4_001)),
        ("chirp.caf", "CAF, PCM, 16 kHz, mono, 16 bits", Some(4_001)),
        ("chirp-pcm.mkv", "Matroska, PCM, 16 kHz, mono, 16 bits", Some(4_001)),
        ("chirp-le.aiff", "AIFF, PCM, 16 kHz, stereo, 16 bits", Some(4_001)),
    ] {
        let path = format!("{}/../../tests/audio/{name}", env!("CARGO_MANIFEST_DIR"));
        let inspection = inspect(&std::fs::read(path).expect("is there"));
        let rate = inspection.rate.map_or(0.0, f64::from);
        assert!(inspection.to_string().starts_with(told), "{name}: {inspection}");
        assert_eq!(inspection.warnings, [], "{name}");
        match (inspection.length, frames) {
            (Length::Unknown, None) => {}
            (Length::Exact(length), Some(frames)) => {
                assert!((length.as_secs_f64() - f64::from(frames) / rate).abs() < 1e-4, "{name}: {length:?}");
            }
            (Length::Estimated(length), Some(frames)) => {
                let more = length.as_secs_f64() - f64::from(frames) / rate;
                assert!((-0.001..0.1).contains(&more), "{name}: {more} s more");
            }
            (length, _) => panic!("{name}: {length:?}"),
        }
    }
}

#[test]
fn a_length_that_the_bytes_cannot_hold_is_none() {
    let length = |samples: u64| {
        let mut bytes = flac(samples);
        bytes.resize(1_000, 0);
        inspect(&bytes).length
    };
    // A frame has 10 bytes at least and 65,535 samples at most.
    assert_eq!(length(100 * 65_535), Length::Estimated(Duration::from_secs(1) * 6_553_500 / 44_100));
    assert_eq!(length(100 * 65_535 + 1), Length::Unknown);
}

#[test]
fn what_is_said_to_be_read_here_is_read_here_and_nothing_else() {
    let directory = format!("{}/../../tests/audio", env!("CARGO_MANIFEST_DIR"));
    let names = std::fs::read_dir(directory).expect("is there").map(|entry| entry.expect("is there").path());
    let mut seen = 0;
    for path in names.filter(|path| path.is_file() && path.extension().is_some_and(|kind| kind != "md")) {
        let bytes = std::fs::read(&path).expect("is there");
        let needs = inspect(&bytes).needs();
        let heard = stt_audio::open(Cursor::new(bytes)).and_then(|mut source| source.next_block().map(|_| ()));

        assert_eq!(heard.is_ok(), needs.is_some_and(Needs::are_met), "{}: {needs:?}, {heard:?}", path.display());
        seen += 1;
    }
    assert!(30 < seen, "{seen} files");
}

#[test]
fn noise_that_begins_like_a_frame_is_no_mp3() {
    // A frame must be followed by a frame, and what only looks like one is what it is otherwise.
    let mut noise = mp3_frame();
    noise.extend([1; 500]);
    assert_eq!(Container::sniff(&noise), Container::Unknown);
    let mut noise = adts_frame();
    noise.extend([1; 500]);
    assert_eq!(Container::sniff(&noise), Container::Unknown);
    assert_eq!(Container::sniff(&[0x0b, 0x77, 0, 0, 0, 0, 0, 0, 0]), Container::Unknown);
    assert_eq!(Container::sniff(&[vec![0; 5000], mp3_frame().repeat(2)].concat()), Container::Unknown);
    assert_eq!(Container::sniff(&chunk(b"\xff\xfb\x90\x00", &[0; 9])), Container::Mp3, "too short to tell");
}
