//! `stt check` and `stt convert` as a user and a script meet them: every odd file is explained, and most can be used.

use std::{
    fs,
    io::{Read, Write},
    path::Path,
    process::Stdio,
};

use serde_json::Value;
use stt_audio::Wav;

use crate::cli::{Run, run, run_with_input, stt};

/// A file that its test makes, and what `stt check` says of it below its name.
struct Case {
    name: &'static str,
    bytes: Vec<u8>,
    said: &'static [&'static str],
}

/// The audio of most of them: a tenth of a second of 16 kHz mono PCM.
const AUDIO: usize = 3_200;

fn samples() -> Vec<u8> {
    (0..AUDIO).map(|index| (index % 251) as u8).collect()
}

fn chunk(name: &[u8; 4], body: &[u8]) -> Vec<u8> {
    [&name[..], &u32::try_from(body.len()).unwrap().to_le_bytes(), body].concat()
}

/// The format chunk of a tag, so many channels, samples a second and bits.
fn format(tag: u16, channels: u16, rate: u32, bits: u16) -> Vec<u8> {
    let frame = channels * (bits / 8);
    let mut body = [tag.to_le_bytes(), channels.to_le_bytes()].concat();
    body.extend(rate.to_le_bytes());
    body.extend((rate * u32::from(frame)).to_le_bytes());
    body.extend([frame.to_le_bytes(), bits.to_le_bytes()].concat());
    chunk(b"fmt ", &body)
}

fn riff(chunks: &[Vec<u8>]) -> Vec<u8> {
    let body = [b"WAVE".to_vec(), chunks.concat()].concat();
    chunk(b"RIFF", &body)
}

fn plain() -> Vec<u8> {
    riff(&[format(1, 1, 16_000, 16), chunk(b"data", &samples())])
}

/// The same with another size of the audio in its header, and of the whole.
fn claiming(size: u32) -> Vec<u8> {
    let mut bytes = plain();
    bytes[4..8].copy_from_slice(&size.to_le_bytes());
    bytes[40..44].copy_from_slice(&size.to_le_bytes());
    bytes
}

fn of_format(tag: u16, channels: u16, rate: u32, bits: u16) -> Vec<u8> {
    riff(&[format(tag, channels, rate, bits), chunk(b"data", &samples())])
}

fn extensible() -> Vec<u8> {
    let mut body = format(0xfffe, 1, 16_000, 16)[8..].to_vec();
    body.extend([22, 0, 16, 0, 4, 0, 0, 0]);
    // KSDATAFORMAT_SUBTYPE_PCM
    body.extend([1, 0, 0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71]);
    riff(&[chunk(b"fmt ", &body), chunk(b"data", &samples())])
}

/// The same with every number the other way round.
fn rifx() -> Vec<u8> {
    let mut bytes =
        b"RIFX\0\0\x0c\xa4WAVEfmt \0\0\0\x10\0\x01\0\x01\0\0\x3e\x80\0\0\x7d\0\0\x02\0\x10data\0\0\x0c\x80".to_vec();
    bytes.extend(samples());
    bytes
}

fn fixture(name: &str) -> Vec<u8> {
    fs::read(crate::support::root().join("tests/audio").join(name)).unwrap()
}

const ACCEPTED: &str = "accepted: the service takes it as it is";
const CONVERTS: &str = "stt transcribe: converts it to 16 kHz mono";
const HEADER: &str = "refused: the samples are right, the header is not the plain and true one that is documented";
const BEHIND: &str = "stt transcribe: sends the samples behind a true header";
const REFUSES: &str = "stt transcribe: refuses it";
const STEREO: &str = "refused: stereo, the service takes mono (stereo was heard as silence)";
const FIX: &str = "fix: stt convert NAME -o STEM-16k.wav";

fn cases() -> Vec<Case> {
    let case = |name, bytes, said| Case { name, bytes, said };
    vec![
        case("plain.wav", plain(), &["WAV, PCM, 16 kHz, mono, 16 bits, 0.1 s", ACCEPTED]),
        case(
            "junk.wav",
            riff(&[
                chunk(b"JUNK", &[0; 28]),
                format(1, 1, 16_000, 16),
                chunk(b"LIST", b"INFOISFT\x04\0\0\0sox\0"),
                chunk(b"data", &samples()),
            ]),
            &["WAV, PCM, 16 kHz, mono, 16 bits, 0.1 s", ACCEPTED],
        ),
        case(
            "unpadded.wav",
            riff(&[format(1, 1, 16_000, 16), chunk(b"note", b"odd"), chunk(b"data", &samples())]),
            &[
                "WAV, PCM, 16 kHz, mono, 16 bits, 0.1 s",
                HEADER,
                "warning: a chunk of odd length is not padded; read nevertheless",
                FIX,
                BEHIND,
            ],
        ),
        case("extensible.wav", extensible(), &["WAV, PCM, 16 kHz, mono, 16 bits, 0.1 s", HEADER, FIX, BEHIND]),
        case(
            "zero.wav",
            claiming(0),
            &[
                "WAV, PCM, 16 kHz, mono, 16 bits, 0.1 s",
                HEADER,
                "warning: the header leaves the length open, the file has 3.2 kB; using what is there",
                FIX,
                BEHIND,
            ],
        ),
        case(
            "ones.wav",
            claiming(u32::MAX),
            &[
                "WAV, PCM, 16 kHz, mono, 16 bits, 0.1 s",
                HEADER,
                "warning: the header promises 4.3 GB, the file has 3.2 kB; using what is there",
                FIX,
                BEHIND,
            ],
        ),
        case(
            "sox.wav",
            claiming(0x7fff_ffff - 36),
            &[
                "WAV, PCM, 16 kHz, mono, 16 bits, 0.1 s",
                HEADER,
                "warning: the header promises 2.1 GB, the file has 3.2 kB; using what is there",
                FIX,
                BEHIND,
            ],
        ),
        case(
            "cut.wav",
            plain()[..44 + 1_601].to_vec(),
            &[
                "WAV, PCM, 16 kHz, mono, 16 bits, 0.1 s",
                HEADER,
                "warning: the header promises 3.2 kB, the file has 1.6 kB; using what is there",
                "warning: the audio ends in the middle of a sample; 1 byte left out",
                FIX,
                BEHIND,
            ],
        ),
        case(
            "trailing.wav",
            [plain(), vec![7; 5_000]].concat(),
            &[
                "WAV, PCM, 16 kHz, mono, 16 bits, 0.1 s",
                HEADER,
                "warning: 5.0 kB after the audio are not part of it; left out",
                FIX,
                BEHIND,
            ],
        ),
        case(
            "u8.wav",
            of_format(1, 1, 16_000, 8),
            &["WAV, PCM, 16 kHz, mono, 8 bits, 0.2 s", "refused: 8 bits a sample, the service takes 16", FIX, CONVERTS],
        ),
        case(
            "s24.wav",
            of_format(1, 1, 16_000, 24),
            &[
                "WAV, PCM, 16 kHz, mono, 24 bits, 0.1 s",
                "refused: 24 bits a sample, the service takes 16",
                "warning: the audio ends in the middle of a sample; 2 bytes left out",
                FIX,
                CONVERTS,
            ],
        ),
        case(
            "f32.wav",
            of_format(3, 1, 16_000, 32),
            &[
                "WAV, floating point, 16 kHz, mono, 32 bits, 0.1 s",
                "refused: floating point inside WAV, the service takes PCM in WAV and Opus in Ogg",
                FIX,
                CONVERTS,
            ],
        ),
        case(
            "alaw.wav",
            of_format(6, 1, 8_000, 8),
            &[
                "WAV, A-law, 8 kHz, mono, 8 bits, 0.4 s",
                "refused: A-law inside WAV, the service takes PCM in WAV and Opus in Ogg",
                FIX,
                CONVERTS,
            ],
        ),
        case(
            "mulaw.wav",
            of_format(7, 1, 8_000, 8),
            &[
                "WAV, mu-law, 8 kHz, mono, 8 bits, 0.4 s",
                "refused: mu-law inside WAV, the service takes PCM in WAV and Opus in Ogg",
                FIX,
                CONVERTS,
            ],
        ),
        case(
            "rifx.wav",
            rifx(),
            &[
                "WAV, PCM, 16 kHz, mono, 16 bits, 0.1 s",
                "refused: the samples have their high byte first (RIFX)",
                FIX,
                CONVERTS,
            ],
        ),
        case(
            "stereo.wav",
            of_format(1, 2, 44_100, 16),
            &["WAV, PCM, 44.1 kHz, stereo, 16 bits, 0.1 s", STEREO, FIX, CONVERTS],
        ),
        case(
            "six.wav",
            of_format(1, 6, 48_000, 16),
            &[
                "WAV, PCM, 48 kHz, 6 channels, 16 bits, 0.1 s",
                "refused: 6 channels, the service takes mono (stereo was heard as silence)",
                "warning: the audio ends in the middle of a sample; 8 bytes left out",
                FIX,
                CONVERTS,
            ],
        ),
        case(
            "rate0.wav",
            of_format(1, 1, 0, 16),
            &["WAV", "refused: not a WAV that can be read: the header says 0 samples a second", REFUSES],
        ),
        case(
            "channels0.wav",
            of_format(1, 0, 16_000, 16),
            &["WAV", "refused: not a WAV that can be read: the header says 0 channels", REFUSES],
        ),
        case(
            "slow.wav",
            of_format(1, 1, 4_000, 16),
            &[
                "WAV, PCM, 4 kHz, mono, 16 bits, 0.4 s",
                "refused: 4 kHz, only 8 to 48 kHz can be expected to work",
                FIX,
                CONVERTS,
            ],
        ),
        case(
            "other-rate.wav",
            of_format(1, 1, 44_100, 16),
            &[
                "WAV, PCM, 44.1 kHz, mono, 16 bits, 0.1 s",
                ACCEPTED,
                "warning: 44.1 kHz: only 16 kHz is documented, though other rates were seen to work",
                CONVERTS,
            ],
        ),
        case(
            "mp3-inside.wav",
            of_format(0x55, 1, 16_000, 0),
            &[
                "WAV, codec 0x0055 (MP3), 16 kHz, mono",
                "refused: codec 0x0055 (MP3) inside WAV, the service takes PCM in WAV and Opus in Ogg",
                "fix: ffmpeg -i NAME -ar 16000 -ac 1 STEM-16k.wav",
                REFUSES,
            ],
        ),
        case(
            "ima.wav",
            of_format(0x11, 1, 16_000, 4),
            &[
                "WAV, codec 0x0011 (IMA ADPCM), 16 kHz, mono",
                "refused: codec 0x0011 (IMA ADPCM) inside WAV, the service takes PCM in WAV and Opus in Ogg",
                "fix: ffmpeg -i NAME -ar 16000 -ac 1 STEM-16k.wav",
                REFUSES,
            ],
        ),
        case(
            "silent.wav",
            riff(&[format(1, 1, 16_000, 16), chunk(b"data", &[])]),
            &["WAV, PCM, 16 kHz, mono, 16 bits, 0.0 s", "refused: headers, but no audio", REFUSES],
        ),
        case(
            "no-data.wav",
            riff(&[format(1, 1, 16_000, 16)]),
            &["WAV", "refused: not a WAV that can be read: the file ends before any audio", REFUSES],
        ),
        case("empty.wav", Vec::new(), &["empty", "refused: file is empty", REFUSES]),
        case(
            "page.wav",
            b"<!DOCTYPE html><title>404 Not Found</title>".to_vec(),
            &["HTML", "refused: HTML, not audio", REFUSES],
        ),
        case(
            "base64.wav",
            b"UklGRiQAAABXQVZFZm10IBAAAAABAAEA".to_vec(),
            &["base64 text", "refused: base64 text, not audio", "fix: base64 -d NAME > STEM-decoded", REFUSES],
        ),
        case(
            "headerless.raw",
            [1, 2, 3, 4].repeat(500),
            &[
                "unknown data",
                "refused: no audio format that is known; headerless PCM?",
                "fix: stt convert --raw 16000:16:1 NAME -o STEM-16k.wav",
                REFUSES,
            ],
        ),
        case(
            "long.wav",
            riff(&[format(1, 1, 16_000, 16), chunk(b"data", &vec![0; 61 * 32_000])]),
            &[
                "WAV, PCM, 16 kHz, mono, 16 bits, 61.0 s",
                "refused: 61.0 s, the limit is 60 s",
                "fix: ffmpeg -i NAME -ar 16000 -ac 1 -f segment -segment_time 55 STEM-%03d.wav",
                "stt transcribe: cuts it in its pauses",
            ],
        ),
        case(
            "long-stereo.wav",
            riff(&[format(1, 2, 16_000, 16), chunk(b"data", &vec![0; 61 * 64_000])]),
            &[
                "WAV, PCM, 16 kHz, stereo, 16 bits, 61.0 s",
                STEREO,
                "refused: 61.0 s, the limit is 60 s",
                FIX,
                "fix: ffmpeg -i NAME -ar 16000 -ac 1 -f segment -segment_time 55 STEM-%03d.wav",
                "stt transcribe: converts it to 16 kHz mono and cuts it in its pauses",
            ],
        ),
        case("speech.ogg", fixture("weather.ogg"), &["Ogg, Opus, 16 kHz, mono, 2.3 s", ACCEPTED]),
        case(
            "stereo.ogg",
            fixture("chirp-opus-stereo.ogg"),
            &["Ogg, Opus, 48 kHz, stereo, 1.1 s", STEREO, FIX, CONVERTS],
        ),
        case(
            "chained.ogg",
            [fixture("weather.ogg"), fixture("told.ogg")].concat(),
            &[
                "Ogg, Opus, 16 kHz, mono, 4.3 s",
                "refused: several Ogg streams in one file, the service would hear one",
                FIX,
                CONVERTS,
            ],
        ),
        case(
            "headers.ogg",
            fixture("weather.ogg")[..47].to_vec(),
            &["Ogg, Opus, 16 kHz, mono", "refused: headers, but no audio", REFUSES],
        ),
        case(
            "vorbis.ogg",
            fixture("chirp-vorbis.ogg"),
            &[
                "Ogg, Vorbis, 44.1 kHz, stereo, about 1.2 s",
                "refused: Vorbis inside Ogg, the service takes PCM in WAV and Opus in Ogg",
                STEREO,
                FIX,
                CONVERTS,
            ],
        ),
        case(
            "flac.ogg",
            fixture("chirp-flac.ogg"),
            &[
                "Ogg, FLAC, 16 kHz, stereo, about 0.3 s",
                "refused: FLAC inside Ogg, the service takes PCM in WAV and Opus in Ogg",
                STEREO,
                FIX,
                CONVERTS,
            ],
        ),
        case(
            "speex.ogg",
            fixture("chirp-speex.ogg"),
            &[
                "Ogg, Speex, 16 kHz, mono, about 1.1 s",
                "refused: Speex inside Ogg, the service takes PCM in WAV and Opus in Ogg",
                "fix: ffmpeg -i NAME -ar 16000 -ac 1 STEM-16k.wav",
                REFUSES,
            ],
        ),
        case(
            "live.webm",
            fixture("chirp-opus-live.webm"),
            &[
                "WebM, Opus, 48 kHz, mono",
                "refused: Opus inside WebM, the service takes PCM in WAV and Opus in Ogg",
                FIX,
                CONVERTS,
            ],
        ),
        case(
            "song.mp3",
            fixture("chirp-vbr-lame.mp3"),
            &["MP3, 44.1 kHz, stereo, about 1.2 s", "refused: MP3, the service takes WAV and Ogg Opus", FIX, CONVERTS],
        ),
        case(
            "bare.mp3",
            fixture("chirp-vbr-bare.mp3"),
            &["MP3, 44.1 kHz, mono, about 1.2 s", "refused: MP3, the service takes WAV and Ogg Opus", FIX, CONVERTS],
        ),
        case(
            "talk.m4a",
            fixture("chirp-aac.m4a"),
            &[
                "MP4 (M4A), AAC, 44.1 kHz, stereo, about 1.2 s",
                "refused: AAC inside MP4 (M4A), the service takes PCM in WAV and Opus in Ogg",
                FIX,
                CONVERTS,
            ],
        ),
        case(
            "film.mp4",
            fixture("chirp-ac3.mp4"),
            &[
                "MP4 (M4A), AC-3, 48 kHz, mono, about 1.1 s",
                "refused: AC-3 inside MP4 (M4A), the service takes PCM in WAV and Opus in Ogg",
                "fix: ffmpeg -i NAME -ar 16000 -ac 1 STEM-16k.wav",
                REFUSES,
            ],
        ),
        case(
            "apple.caf",
            fixture("chirp-alac.caf"),
            &[
                "CAF, ALAC, 16 kHz, mono, about 0.3 s",
                "refused: ALAC inside CAF, the service takes PCM in WAV and Opus in Ogg",
                FIX,
                CONVERTS,
            ],
        ),
    ]
}

#[test]
fn every_odd_file_is_explained() {
    let folder = tempfile::tempdir().unwrap();
    for Case { name, bytes, said } in cases() {
        fs::write(folder.path().join(name), bytes).unwrap();
        let run = check_in(folder.path(), &[name]);
        let stem = name.rsplit_once('.').unwrap().0;
        let mut expected = format!("{name}: ");
        expected.push_str(&said.join("\n  ").replace("NAME", name).replace("STEM", stem));
        assert_eq!((run.out.trim_end(), run.err.as_str()), (expected.as_str(), ""), "{name}");
        assert_eq!(run.code, Some(if said.contains(&ACCEPTED) { 0 } else { 3 }), "{name}");
    }
}

fn check_in(folder: &Path, arguments: &[&str]) -> Run {
    run(stt(&[&["check"], arguments].concat()).current_dir(folder))
}

fn json(run: &Run) -> Vec<Value> {
    run.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn json_is_one_object_a_line_whatever_becomes_of_the_input() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("in")).unwrap();
    fs::write(folder.path().join("in/a.wav"), plain()).unwrap();
    fs::write(folder.path().join("in/b.wav"), of_format(1, 2, 44_100, 16)).unwrap();
    let run = check_in(folder.path(), &["-f", "json", "in", "none.wav"]);
    let [good, stereo, none] = &json(&run)[..] else { panic!("three objects: {}", run.out) };
    assert_eq!(
        *good,
        serde_json::json!({
            "schema": "stt.check/1", "input": "in/a.wav", "container": "WAV", "codec": "PCM", "rate": 16_000,
            "channels": 1, "bits": 16, "length": {"ms": 100, "certainty": "exact"}, "accepted": true, "reasons": [],
            "warnings": [], "transcribe": "as_is"
        })
    );
    assert_eq!((stereo["accepted"].as_bool(), stereo["transcribe"].as_str()), (Some(false), Some("convert")));
    assert_eq!(
        stereo["reasons"],
        serde_json::json!([{
            "kind": "channels", "message": "stereo, the service takes mono (stereo was heard as silence)",
            "cure": "convert", "fix": "stt convert in/b.wav -o in/b-16k.wav"
        }])
    );
    assert_eq!((none["error"].as_str(), none["accepted"].as_bool()), (Some("not found"), Some(false)));
    assert_eq!((run.code, run.err.as_str()), (Some(3), "none.wav: not found\n"));
}

#[test]
fn assess_takes_half_as_much_and_cuts_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let long = riff(&[format(1, 1, 16_000, 16), chunk(b"data", &vec![0; 31 * 32_000])]);
    fs::write(folder.path().join("long.wav"), long).unwrap();
    assert_eq!(check_in(folder.path(), &["long.wav"]).code, Some(0));
    let run = check_in(folder.path(), &["--assess", "-f", "json", "long.wav"]);
    let [object] = &json(&run)[..] else { panic!("one object: {}", run.out) };
    assert_eq!((object["reasons"][0]["kind"].as_str(), object["assess"].as_str()), (Some("too_long"), Some("refuse")));
    assert_eq!((object.get("transcribe"), run.code), (None, Some(3)));
}

#[test]
fn a_live_stream_is_checked_while_it_goes_on() {
    let mut child = stt(&["check", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut microphone = child.stdin.take().unwrap();
    // More than is looked at, so that nothing is waited for.
    microphone.write_all(&claiming(0)[..44]).unwrap();
    microphone.write_all(&[0; 65_536 - 44]).unwrap();
    let output = child.wait_with_output().unwrap();
    drop(microphone);
    assert_eq!(
        String::from_utf8(output.stdout).unwrap(),
        "-: WAV, PCM, 16 kHz, mono, 16 bits\n  accepted: the service takes it as it is\n  stt transcribe: cuts it in its pauses\n"
    );
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn a_name_is_not_obeyed() {
    let folder = tempfile::tempdir().unwrap();
    let name = "a\u{1b}[2J\u{9b}.mp3";
    fs::write(folder.path().join(name), fixture("chirp-vbr-lame.mp3")).unwrap();
    let run = check_in(folder.path(), &["-f", "json", name]);
    assert!(!run.out.contains(['\u{1b}', '\u{9b}']), "{}", run.out);
    assert_eq!(json(&run)[0]["input"], name);
}

/// What `stt check` says in one line of what is accepted.
fn is_accepted(folder: &Path, name: &str) -> bool {
    check_in(folder, &[name]).code == Some(0)
}

fn convert_in(folder: &Path, arguments: &[&str]) -> Run {
    run(stt(&[&["convert"], arguments].concat()).current_dir(folder))
}

#[test]
fn every_file_that_can_be_converted_becomes_one_that_is_accepted() {
    let folder = tempfile::tempdir().unwrap();
    let mut converted = 0;
    for Case { name, bytes, said } in cases() {
        fs::write(folder.path().join(name), bytes).unwrap();
        let run = convert_in(folder.path(), &[name, "-o", "out.wav", "--force"]);
        let is_usable = !said.contains(&REFUSES);
        assert_eq!(run.code, Some(if is_usable { 0 } else { 3 }), "{name}: {}", run.err);
        if is_usable {
            converted += 1;
            let wav = fs::read(folder.path().join("out.wav")).unwrap();
            let header = Wav::read(&wav, Some(wav.len() as u64)).unwrap();
            assert_eq!(
                (header.rate, header.channels, header.bits, header.claimed),
                (16_000, 1, 16, wav.len() as u64 - 44)
            );
            assert!(is_accepted(folder.path(), "out.wav") || name.starts_with("long"), "{name}");
            fs::remove_file(folder.path().join("out.wav")).unwrap();
        }
        assert!(!folder.path().join("out.wav").exists(), "{name}");
    }
    assert!(25 <= converted, "{converted}");
    assert!(
        fs::read_dir(folder.path()).unwrap().all(|entry| !entry
            .unwrap()
            .file_name()
            .to_string_lossy()
            .ends_with("part"))
    );
}

#[test]
fn what_is_right_already_keeps_its_samples_and_what_was_done_is_told() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("ones.wav"), claiming(u32::MAX)).unwrap();
    let same = convert_in(folder.path(), &["ones.wav", "-o", "same.wav"]);
    assert_eq!((same.code, same.err.as_str()), (Some(0), "ones.wav: 0.1 s written to same.wav\n"));
    assert_eq!(fs::read(folder.path().join("same.wav")).unwrap(), plain());
    fs::write(folder.path().join("cd.mp3"), fixture("chirp-cbr-lame.mp3")).unwrap();
    let run = convert_in(folder.path(), &["cd.mp3", "-o", "cd.ogg"]);
    assert_eq!(run.err, "cd.mp3: 44.1 kHz stereo; converted to 16 kHz mono\ncd.mp3: 1.1 s written to cd.ogg\n");
    assert!(is_accepted(folder.path(), "cd.ogg"));
    // 50,001 samples of 44.1 kHz, by the list of fixtures: as many of 16 kHz as begin within their time.
    assert_eq!(convert_in(folder.path(), &["cd.mp3", "-o", "cd.wav"]).code, Some(0));
    assert_eq!(
        fs::metadata(folder.path().join("cd.wav")).unwrap().len(),
        44 + 2 * (50_001_u64 * 16_000).div_ceil(44_100)
    );
}

#[test]
fn nothing_is_overwritten_unless_that_was_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("in.wav"), of_format(1, 2, 16_000, 16)).unwrap();
    fs::write(folder.path().join("old.wav"), "old").unwrap();
    let refused = convert_in(folder.path(), &["in.wav", "-o", "old.wav"]);
    assert_eq!(
        (refused.code, refused.err.as_str()),
        (Some(2), "old.wav is there already\nhint: --force replaces it\n")
    );
    let own = convert_in(folder.path(), &["in.wav", "-o", "./in.wav", "--force"]);
    assert_eq!(own.code, Some(2));
    assert_eq!(own.first_line(), "./in.wav is read by this run, and the result would replace it");
    let form = convert_in(folder.path(), &["in.wav", "-o", "out.mp3"]);
    assert_eq!(form.first_line(), "out.mp3 names no form of audio that is written");
    fs::write(folder.path().join("bad.wav"), "<html>").unwrap();
    assert_eq!(convert_in(folder.path(), &["bad.wav", "-o", "old.wav", "--force"]).code, Some(3));
    assert_eq!(fs::read(folder.path().join("old.wav")).unwrap(), b"old");
    assert_eq!(convert_in(folder.path(), &["in.wav", "-o", "old.wav", "--force"]).code, Some(0));
    assert_eq!(fs::metadata(folder.path().join("old.wav")).unwrap().len(), 44 + AUDIO as u64 / 2);
}

#[test]
fn headerless_audio_is_converted_as_its_user_describes_it() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["convert", "-", "--raw", "16000:16:2", "--channel", "right", "-o", "right.wav"];
    let run = run_with_input(stt(&arguments).current_dir(folder.path()), &[1, 0, 2, 0, 3, 0, 4, 0]);
    assert_eq!(run.code, Some(0), "{}", run.err);
    assert_eq!(fs::read(folder.path().join("right.wav")).unwrap()[44..], [2, 0, 4, 0]);
}

#[test]
fn a_pipe_gets_a_header_that_leaves_the_length_open_and_samples_while_they_come() {
    let mut child = stt(&["convert", "-", "-o", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let (mut microphone, mut pipe) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    microphone.write_all(&[&claiming(0)[..44], &[7; 200_000]].concat()).unwrap();
    let mut first = [0; 44 + 64_000];
    pipe.read_exact(&mut first).unwrap();
    assert!(child.try_wait().unwrap().is_none(), "the microphone is still open");
    assert_eq!(Wav::read(&first, None).unwrap().data_length(None), None);
    assert!(first[44..].iter().all(|byte| *byte == 7));
    drop(microphone);
    let mut rest = Vec::new();
    pipe.read_to_end(&mut rest).unwrap();
    assert_eq!((first.len() + rest.len(), child.wait().unwrap().code()), (44 + 200_000, Some(0)));
}
