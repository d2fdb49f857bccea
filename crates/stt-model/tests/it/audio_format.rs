//! Content types, first bytes and the header for headerless PCM.

use stt_model::{AudioFormat, wav_header};

#[test]
fn content_types_are_those_of_the_rest_page() {
    assert_eq!(AudioFormat::WavPcm16k.content_type(), "audio/wav; codecs=audio/pcm; samplerate=16000");
    assert_eq!(AudioFormat::OggOpus.content_type(), "audio/ogg; codecs=opus");
}

#[test]
fn the_first_bytes_tell_the_format_as_far_as_they_reach() {
    let mut ogg = *b"OggS\0\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\x13OpusHead";
    let cases: [(&[u8], Option<AudioFormat>); 13] = [
        (b"RIFF", Some(AudioFormat::WavPcm16k)),
        (b"RIFF\xFF\xFF\xFF\xFF", Some(AudioFormat::WavPcm16k)),
        (b"RIFF\x24\0\0\0WAVEfmt ", Some(AudioFormat::WavPcm16k)),
        (b"RIFF\x24\0\0\0AVI LIST", None),
        (b"RIFX\0\0\0\x24WAVEfmt ", None),
        (b"OggS\0\x02\0\0", Some(AudioFormat::OggOpus)),
        (b"OggS\0\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\x1E\x01vorbis\0", None),
        (b"ID3\x04\0\0\0\0", None),
        (b"\x1A\x45\xDF\xA3\0\0\0\0", None),
        (b"fLaC\0\0\0\x22", None),
        (b"{\"audio\":", None),
        (b"RIF", None),
        (b"", None),
    ];
    for (head, expected) in cases {
        assert_eq!(AudioFormat::sniff(head), expected, "{}", head.escape_ascii());
    }
    assert_eq!(AudioFormat::sniff(&ogg), Some(AudioFormat::OggOpus));
    ogg[28] = b'o';
    assert_eq!(AudioFormat::sniff(&ogg), None);
}

#[test]
fn the_header_for_headerless_pcm_is_the_one_the_sdk_streams() {
    // Field by field as `AudioStreamFormat.ts` of Microsoft's SDK for JavaScript writes it: 16 kHz,
    // 16 bit, mono.
    let expected = [
        b"RIFF".as_slice(),
        &[0, 0, 0, 0],
        b"WAVEfmt ",
        &[16, 0, 0, 0],
        &[1, 0],
        &[1, 0],
        &[0x80, 0x3E, 0, 0],
        &[0, 0x7D, 0, 0],
        &[2, 0],
        &[16, 0],
        b"data",
        &[0, 0, 0, 0],
    ]
    .concat();
    assert_eq!(wav_header(16_000).as_slice(), expected);
}

#[test]
fn the_header_carries_any_rate() {
    let header = wav_header(44_100);
    assert_eq!(header[24..28], 44_100u32.to_le_bytes());
    assert_eq!(header[28..32], 88_200u32.to_le_bytes());
    assert_eq!(wav_header(u32::MAX)[24..28], [0xFF; 4]);
    assert_eq!(AudioFormat::sniff(&header), Some(AudioFormat::WavPcm16k));
}
