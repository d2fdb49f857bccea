use std::{
    io::{Cursor, Read, Seek, SeekFrom},
    time::Duration,
};

use stt_audio::{Inspection, Length, Limits, NewHeader, Reason, Verdict, canonical_header};
use stt_model::AudioFormat;

use crate::make::{MadeWav, chunk};

fn inspect(bytes: &[u8]) -> Inspection {
    Inspection::of_file(&mut Cursor::new(bytes)).expect("memory can be read")
}

/// The reasons, as a user reads them.
fn reasons(inspection: &Inspection) -> Vec<String> {
    match inspection.verdict(Limits::RECOGNITION) {
        Verdict::Refused(reasons) => reasons.iter().map(ToString::to_string).collect(),
        Verdict::Accepted(_) | Verdict::NewHeader(_) => Vec::new(),
    }
}

fn warnings(inspection: &Inspection) -> Vec<String> {
    inspection.warnings.iter().map(ToString::to_string).collect()
}

#[test]
fn what_the_service_documents_goes_out_as_it_is() {
    let inspection = inspect(&MadeWav::documented().bytes());

    assert_eq!(inspection.verdict(Limits::RECOGNITION), Verdict::Accepted(AudioFormat::WavPcm16k));
    assert_eq!(inspection.length, Length::Exact(Duration::from_secs(3)));
    assert_eq!(inspection.to_string(), "WAV, PCM, 16 kHz, mono, 16 bits, 3.0 s");
    assert_eq!(inspection.warnings, []);
}

#[test]
fn titles_before_and_behind_the_audio_go_out_with_it() {
    let mut made = MadeWav::documented();
    made.before = chunk(b"LIST", b"INFOISFT\x04\0\0\0Lavf");
    made.after = chunk(b"LIST", b"INFOICMT\x06\0\0\0hello\0");

    let inspection = inspect(&made.bytes());
    assert_eq!(inspection.verdict(Limits::RECOGNITION), Verdict::Accepted(AudioFormat::WavPcm16k));
    assert_eq!(inspection.warnings, []);
}

#[test]
fn other_rates_of_a_true_mono_header_are_accepted_with_a_warning() {
    for (rate, warning) in [
        (8_000, "8 kHz: only 16 kHz is documented, though other rates were seen to work"),
        (44_100, "44.1 kHz: only 16 kHz is documented, though other rates were seen to work"),
    ] {
        let inspection = inspect(&MadeWav::new(1, rate, 1, 16, 1000).bytes());

        assert_eq!(inspection.verdict(Limits::RECOGNITION), Verdict::Accepted(AudioFormat::WavPcm16k));
        assert_eq!(warnings(&inspection), [warning]);
    }
}

#[test]
fn each_way_to_be_wrong_is_told() {
    for (made, expected) in [
        (MadeWav::new(1, 44_100, 2, 16, 100), &["stereo, the service takes mono (stereo was heard as silence)"][..]),
        (MadeWav::new(1, 16_000, 6, 16, 100), &["6 channels, the service takes mono (stereo was heard as silence)"]),
        (MadeWav::new(1, 16_000, 1, 8, 100), &["8 bits a sample, the service takes 16"]),
        (MadeWav::new(1, 96_000, 1, 16, 100), &["96 kHz, only 8 to 48 kHz can be expected to work"]),
        (MadeWav::new(7, 8_000, 1, 8, 100), &["mu-law inside WAV, the service takes PCM in WAV and Opus in Ogg"]),
        (
            MadeWav::new(0x11, 8_000, 1, 4, 100),
            &["codec 0x0011 (IMA ADPCM) inside WAV, the service takes PCM in WAV and Opus in Ogg"],
        ),
        (
            MadeWav::new(1, 48_000, 2, 24, 61 * 48_000),
            &[
                "24 bits a sample, the service takes 16",
                "stereo, the service takes mono (stereo was heard as silence)",
                "61.0 s, the limit is 60 s",
            ],
        ),
        (MadeWav::documented().extensible(16), &[]),
        (MadeWav { data: Vec::new(), data_size: 0, ..MadeWav::documented() }, &["headers, but no audio"]),
        (MadeWav { data: Vec::new(), ..MadeWav::documented() }, &["headers, but no audio"]),
        (MadeWav { data: vec![0], data_size: 0, ..MadeWav::documented() }, &["headers, but no audio"]),
        (MadeWav::new(1, 0, 1, 16, 1), &["not a WAV that can be read: the header says 0 samples a second"]),
    ] {
        assert_eq!(reasons(&inspect(&made.bytes())), expected);
    }
    assert_eq!(
        reasons(&inspect(&MadeWav::documented().big_endian_bytes())),
        ["the samples have their high byte first (RIFX)"]
    );
}

#[test]
fn a_header_that_lies_is_replaced_and_the_lie_told() {
    let documented = MadeWav::documented;
    for (made, length, warning) in [
        (
            MadeWav { data_size: 4_000_000_000, ..documented() },
            96_000,
            "the header promises 4.0 GB, the file has 96 kB; using what is there",
        ),
        (
            MadeWav { data_size: u32::MAX, riff_size: u32::MAX, ..documented() },
            96_000,
            "the header promises 4.3 GB, the file has 96 kB; using what is there",
        ),
        (
            MadeWav { data_size: 0, riff_size: 0, ..documented() },
            96_000,
            "the header leaves the length open, the file has 96 kB; using what is there",
        ),
        (
            MadeWav { data_size: 96_001, data: vec![0; 96_001], ..documented() },
            96_000,
            "the audio ends in the middle of a sample; 1 byte left out",
        ),
        (
            MadeWav { after: vec![0; 200_000], ..documented() },
            96_000,
            "200 kB after the audio are not part of it; left out",
        ),
        (
            MadeWav { before: b"LIST\x03\0\0\0xyz".to_vec(), ..documented() },
            96_000,
            "a chunk of odd length is not padded; read nevertheless",
        ),
    ] {
        let bytes = made.bytes();
        let inspection = inspect(&bytes);
        let header = canonical_header(16_000, length);
        let offset = 44 + made.before.len() as u64;

        assert_eq!(warnings(&inspection), [warning]);
        assert_eq!(
            inspection.verdict(Limits::RECOGNITION),
            Verdict::NewHeader(NewHeader { header, length: Some(length), offset }),
            "{warning}"
        );
        assert_eq!(inspection.length, Length::Exact(Duration::from_secs(3)), "{warning}");
    }
}

#[test]
fn a_form_of_header_that_is_not_documented_is_replaced_without_a_word() {
    let mut long = MadeWav::documented();
    (long.riff, long.before) = (*b"RF64", chunk(b"ds64", &[0; 28]));
    for (made, offset) in [(MadeWav::documented().extensible(16), 68), (long, 80)] {
        let inspection = inspect(&made.bytes());
        let header = canonical_header(16_000, 96_000);

        assert_eq!(inspection.warnings, []);
        assert_eq!(
            inspection.verdict(Limits::RECOGNITION),
            Verdict::NewHeader(NewHeader { header, length: Some(96_000), offset })
        );
    }
}

#[test]
fn the_limit_falls_between_two_samples() {
    for (frames, limits, is_over) in [
        (960_000, Limits::RECOGNITION, false),
        (960_001, Limits::RECOGNITION, true),
        (480_000, Limits::ASSESSMENT, false),
        (480_001, Limits::ASSESSMENT, true),
    ] {
        let inspection = inspect(&MadeWav::new(1, 16_000, 1, 16, frames).bytes());

        assert_eq!(matches!(inspection.verdict(limits), Verdict::Refused(_)), is_over, "{frames} samples");
    }
    let long = inspect(&MadeWav::new(1, 16_000, 1, 16, 31 * 16_000).bytes());
    let Verdict::Refused(reasons) = long.verdict(Limits::ASSESSMENT) else { panic!("31 s are too long") };
    assert_eq!(reasons, [Reason::TooLong { length: Duration::from_secs(31), limits: Limits::ASSESSMENT }]);
}

#[test]
fn a_pipe_is_judged_by_its_beginning() {
    let bytes = MadeWav::documented().bytes();
    let pipe = |data_size: u32| {
        let bytes = MadeWav { data_size, ..MadeWav::documented() }.bytes();
        Inspection::of_prefix(&bytes[..1024], None)
    };

    // A promise of three seconds, and three promises that nobody means.
    let promised = Inspection::of_prefix(&bytes[..1024], None);
    assert_eq!(promised.length, Length::Estimated(Duration::from_secs(3)));
    assert_eq!(promised.to_string(), "WAV, PCM, 16 kHz, mono, 16 bits, about 3.0 s");
    for data_size in [0, 0x7fff_ffff - 36, u32::MAX] {
        assert_eq!(pipe(data_size).length, Length::Unknown);
    }

    let streaming = NewHeader { header: stt_model::wav_header(16_000), length: None, offset: 44 };
    assert_eq!(promised.verdict(Limits::RECOGNITION), Verdict::Accepted(AudioFormat::WavPcm16k));
    assert_eq!(pipe(0).verdict(Limits::RECOGNITION), Verdict::Accepted(AudioFormat::WavPcm16k));
    assert_eq!(pipe(u32::MAX).verdict(Limits::RECOGNITION), Verdict::NewHeader(streaming));
}

#[test]
fn the_beginning_of_a_pipe_is_judged_as_the_whole_would_be() {
    for (frames, expected) in [(960_000, &[][..]), (960_001, &["60.1 s, the limit is 60 s"])] {
        let whole = MadeWav::new(1, 16_000, 1, 16, frames).bytes();

        assert_eq!(reasons(&Inspection::of_prefix(&whole[..1024], None)), expected);
        assert_eq!(reasons(&inspect(&whole)), expected);
    }
    // What programs write that do not know it is no promise.
    let open = MadeWav { data_size: 0x7fff_ffff - 36, ..MadeWav::documented() }.bytes();
    assert_eq!(reasons(&Inspection::of_prefix(&open, None)), [""; 0]);
}

#[test]
fn what_is_no_audio_is_called_by_its_name() {
    for (bytes, expected) in [
        (&b""[..], "file is empty"),
        (b"{\"DisplayText\":\"hello\"}", "JSON, not audio"),
        (b"<!DOCTYPE html><title>404</title>", "HTML, not audio"),
        (b"UklGRiQAAABXQVZFZm10IBAAAAABAAEA", "base64 text, not audio"),
        (b"hello world", "text, not audio"),
        (&[0; 64], "no audio format that is known; headerless PCM?"),
        (b"ID3\x04\0\0\0\0\0\0\0\0", "MP3, the service takes WAV and Ogg Opus"),
        (b"\x1a\x45\xdf\xa3\x9f\x42\x82\x84webm", "WebM, the service takes WAV and Ogg Opus"),
        (b"fLaC\0\0\0\x22", "FLAC, the service takes WAV and Ogg Opus"),
        (b"FORM\0\0\0\x24AIFFCOMM", "AIFF, the service takes WAV and Ogg Opus"),
        (b"PK\x03\x04\x14\0", "ZIP archive, not audio"),
        (b"RIFF\x24\0\0\0AVI LIST", "AVI, the service takes WAV and Ogg Opus"),
        (b"#!AMR\n\x3c", "AMR, the service takes WAV and Ogg Opus"),
    ] {
        assert_eq!(reasons(&inspect(bytes)), [expected]);
        assert_eq!(reasons(&Inspection::of_prefix(bytes, None)), [expected]);
    }
}

#[test]
fn chunks_longer_than_the_prefix_are_sought_over_and_not_read() {
    let mut made = MadeWav::documented();
    made.before = chunk(b"LIST", &vec![b'x'; 10_000_000]);
    let bytes = made.bytes();
    let mut file = Counting { inner: Cursor::new(&bytes[..]), read: 0 };
    let inspection = Inspection::of_file(&mut file).expect("memory can be read");

    assert_eq!(inspection.verdict(Limits::RECOGNITION), Verdict::Accepted(AudioFormat::WavPcm16k));
    assert_eq!(inspection.wav().map(|wav| wav.data_offset), Some(10_000_052));
    assert!(file.read <= 65_536 + 100, "{} bytes were read", file.read);

    // Where nothing can be sought, the beginning does not tell.
    let pipe = Inspection::of_prefix(&bytes[..65_536], None);
    assert_eq!(reasons(&pipe), ["not a WAV that can be read: the header goes on after byte 10000020"]);
}

/// Counts what is read, and refuses to seek behind the end, as systems do that go far behind it.
pub(crate) struct Counting<'a> {
    pub(crate) inner: Cursor<&'a [u8]>,
    pub(crate) read: usize,
}

impl Read for Counting<'_> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let count = self.inner.read(into)?;
        self.read += count;
        Ok(count)
    }
}

impl Seek for Counting<'_> {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        let at = self.inner.seek(to)?;
        if self.inner.get_ref().len() as u64 <= at && at != 0 && to != SeekFrom::End(0) {
            return Err(std::io::ErrorKind::InvalidInput.into());
        }
        Ok(at)
    }
}
