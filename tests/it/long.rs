//! Audio of another format and of any length, through the program to captions and back to the words that were said.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::LazyLock,
};

use stt_emulator::{Emulator, Fault, Running, Scenario, When};
use tempfile::TempDir;

use crate::support::program;

/// Eleven minutes of sentences with pauses, as an MP3 in stereo, and when each word is said.
struct Talk {
    folder: TempDir,
    words: Vec<Said>,
}

/// A word, and its time in milliseconds.
#[derive(Clone, Debug, Eq, PartialEq)]
struct Said {
    word: String,
    start: u64,
    end: u64,
}

/// It takes a while to make, so all tests here share it; `None` where there is no ffmpeg to make it.
static TALK: LazyLock<Option<Talk>> = LazyLock::new(Talk::make);

impl Talk {
    fn make() -> Option<Self> {
        if Command::new("ffmpeg").arg("-version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_err() {
            assert!(std::env::var_os("CI").is_none(), "ffmpeg is missing: .ci/run installs it");
            eprintln!("there is no ffmpeg: left out");
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
        let sentence = |n: usize| {
            let words: Vec<String> = (0..4 + 3 * n % 7).map(|word| format!("w{n}x{word}")).collect();
            format!("{}.", words.join(" "))
        };
        fs::write(at("talk.txt"), (0..198).map(sentence).collect::<Vec<_>>().join(" ")).unwrap();
        let (text, wav, times) = (at("talk.txt"), at("talk.wav"), at("times.tsv"));
        let synth = [
            "synth",
            "--text-file",
            &text,
            "--sentence-pause",
            "800ms",
            "--stereo",
            "--rate",
            "44100",
            "--times",
            &times,
        ];
        done(Command::new(program("stt-emulator")).args(synth).args(["-o", &wav]));
        let mp3 = ["-v", "error", "-nostdin", "-i", &wav, "-b:a", "64k", &at("talk.mp3")];
        done(Command::new("ffmpeg").args(mp3));
        let words = fs::read_to_string(times).unwrap().lines().skip(1).map(Said::of_line).collect();
        Some(Self { folder, words })
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("talk.mp3")
    }

    /// Every word once, in order, in a caption that begins with its first word and ends with its last.
    #[track_caller]
    fn check(&self, srt: &str) {
        let cues: Vec<Cue> = srt.split("\n\n").map(Cue::read).collect();
        let mut words = self.words.iter();
        for cue in &cues {
            let said: Vec<&Said> = words.by_ref().take(cue.words.len()).collect();
            assert_eq!(cue.words, said.iter().map(|said| said.word.as_str()).collect::<Vec<_>>());
            let (first, last) = (said[0], said[said.len() - 1]);
            assert!(cue.start.abs_diff(first.start) <= 300, "{cue:?} {first:?}");
            assert!(cue.end.abs_diff(last.end) <= 300, "{cue:?} {last:?}");
        }
        assert_eq!(words.next(), None);
        let end = cues.last().unwrap().end;
        assert!(11 * 60_000 <= end, "eleven minutes, and not {end} ms");
    }
}

impl Said {
    /// Of offset, duration (both in ticks of 100 ns) and word.
    fn of_line(line: &str) -> Self {
        let [offset, duration, word] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let (offset, duration): (u64, u64) = (offset.parse().unwrap(), duration.parse().unwrap());
        Self { word: plain(word), start: offset / 10_000, end: (offset + duration) / 10_000 }
    }
}

/// A caption of an SRT file, times in milliseconds.
#[derive(Debug)]
struct Cue {
    start: u64,
    end: u64,
    words: Vec<String>,
}

impl Cue {
    fn read(text: &str) -> Self {
        let mut lines = text.trim().lines().skip(1);
        let (start, end) = lines.next().unwrap().split_once(" --> ").unwrap();
        let words = lines.flat_map(str::split_whitespace).map(plain).collect();
        Self { start: milliseconds(start), end: milliseconds(end), words }
    }
}

/// Of `HH:MM:SS,mmm`.
fn milliseconds(time: &str) -> u64 {
    let parts: Vec<u64> = time.split([':', ',']).map(|part| part.parse().unwrap()).collect();
    ((parts[0] * 60 + parts[1]) * 60 + parts[2]) * 1_000 + parts[3]
}

/// A word without what writing adds to it.
fn plain(word: &str) -> String {
    word.trim_end_matches('.').to_lowercase()
}

fn done(command: &mut Command) -> String {
    let output = command.stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn transcribe(emulator: &Running, arguments: &[&str]) -> Command {
    let mut command = Command::new(program("stt"));
    command.env_clear().env("AZURE_SPEECH_ENDPOINT", emulator.endpoint()).env("AZURE_SPEECH_KEY", emulator.key());
    command.args(["transcribe", "-l", "en-US", "-q"]).args(arguments);
    command
}

fn emulator() -> Running {
    Emulator::builder().start_blocking().unwrap()
}

#[test]
fn every_word_of_a_long_mp3_is_in_its_captions_at_its_time() {
    let Some(talk) = &*TALK else { return };
    let emulator = emulator();
    talk.check(&done(transcribe(&emulator, &["-f", "srt", "-j", "4"]).arg(talk.path())));
    assert!(80 < emulator.journal().len(), "pieces of at most eight seconds");
}

#[test]
fn the_same_comes_through_a_pipe() {
    let Some(talk) = &*TALK else { return };
    let file = fs::File::open(talk.path()).unwrap();
    let output = transcribe(&emulator(), &["-f", "srt", "-j", "4", "-"]).stdin(file).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    talk.check(&String::from_utf8(output.stdout).unwrap());
}

#[test]
fn the_same_goes_out_as_opus() {
    let Some(talk) = &*TALK else { return };
    let emulator = emulator();
    talk.check(&done(transcribe(&emulator, &["-f", "srt", "-j", "4", "--upload", "opus"]).arg(talk.path())));
    let journal = emulator.journal();
    let sent: u64 = journal.iter().filter_map(|entry| entry.body_bytes).sum();
    // 24 kbit/s for eleven minutes, where WAV has 256.
    assert!(sent < 11 * 60 * 6_000, "{sent}");
}

#[test]
fn a_piece_that_fails_for_good_stays_in_its_place() {
    let Some(talk) = &*TALK else { return };
    let third = Fault::status(400).on(When::recognize()).skip(2).times(1);
    let emulator = Emulator::builder().scenario(Scenario::new().fault(third)).start_blocking().unwrap();
    let output = transcribe(&emulator, &["-f", "json"]).arg(talk.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(3), "{}", String::from_utf8_lossy(&output.stderr));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("talk.mp3 from ") && said.contains("rejected by the service (400)"), "{said}");
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(json["status"], "Partial");
    let segments = json["segments"].as_array().unwrap();
    let failed: Vec<usize> = (0..segments.len()).filter(|&at| segments[at]["error"].is_object()).collect();
    assert_eq!(failed, [2]);
    let (start, end) = (segments[2]["start_ms"].as_u64().unwrap(), segments[2]["end_ms"].as_u64().unwrap());
    let heard: Vec<String> = json["text"].as_str().unwrap().split_whitespace().map(plain).collect();
    let outside = talk.words.iter().filter(|said| said.end <= start || end <= said.start);
    assert_eq!(heard, outside.map(|said| said.word.clone()).collect::<Vec<_>>());
}

#[test]
fn text_of_a_live_stream_appears_while_it_goes_on() {
    use std::io::{BufRead as _, BufReader, Write as _};

    let clip = stt_emulator::synth("Good morning.", &stt_emulator::SynthOptions::default()).unwrap();
    let emulator = emulator();
    let mut child = transcribe(&emulator, &["-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut recorder = child.stdin.take().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    // As a recorder writes a header that cannot know the length; then words, and a pause of three seconds.
    recorder.write_all(&stt_audio::canonical_header(16_000, 0)).unwrap();
    for _ in 0..2 {
        recorder.write_all(&clip[44..]).unwrap();
        recorder.write_all(&[0; 3 * 32_000]).unwrap();
        assert_eq!(lines.next().unwrap().unwrap(), "Good morning.");
    }
    drop(recorder);
    assert!(lines.next().is_none());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn what_must_not_be_converted_or_cut_is_refused_before_it_is_sent() {
    let emulator = emulator();
    let refused = |arguments: &[&str], file: &Path| {
        let output = transcribe(&emulator, arguments).arg(file).output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let mp3 = crate::support::root().join("tests/audio/chirp-vbr-lame.mp3");
    let (code, said) = refused(&["--convert", "never"], &mp3);
    assert_eq!(code, Some(3));
    assert!(said.contains("chirp-vbr-lame.mp3: MP3, the service takes WAV and Ogg Opus"), "{said}");
    assert!(said.contains("hint: without --convert never it becomes 16 kHz mono"), "{said}");
    assert!(emulator.journal().is_empty());
}
