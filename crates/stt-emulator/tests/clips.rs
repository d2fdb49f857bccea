//! The subcommands that make, tag and tell clips.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use stt_emulator::{SynthOptions, sample_hash, synth};

/// A file of the project's sample audio.
fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/audio").join(name)
}

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_stt-emulator")).args(arguments).output().expect("the program runs")
}

fn path(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

/// What a command that works prints.
fn printed(arguments: &[&str]) -> String {
    let output = run(arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// What a command that does not work says, and its exit code.
fn refused(arguments: &[&str]) -> (String, Option<i32>) {
    let output = run(arguments);
    assert_eq!(output.stdout, b"");
    (String::from_utf8(output.stderr).expect("UTF-8"), output.status.code())
}

#[test]
fn hash_prints_the_hash_of_the_samples_alone() {
    let clip = sample("pencils.wav");
    let hash = sample_hash(&std::fs::read(&clip).expect("a clip"));
    assert_eq!(printed(&["hash", path(&clip)]), format!("{hash}\n"));
    let (why, code) = refused(&["hash", "nothing.wav"]);
    assert!(why.starts_with("nothing.wav: cannot be read\nwhy: "), "{why}");
    assert_eq!(code, Some(3));
}

/// A folder and the path of a file in it.
fn place(name: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(name);
    (folder, path)
}

#[test]
fn synth_says_a_file_and_tells_when_it_says_each_word() {
    let (folder, talk) = place("talk.txt");
    std::fs::write(&talk, "Buy five.\n\nPencils[7].\n").expect("a file");
    let (clip, times) = (folder.path().join("talk.wav"), folder.path().join("talk.tsv"));
    let spoken = ["--text-file", path(&talk), "--lead-in", "1s", "--pause", "100ms", "--sentence-pause", "0.8s"];
    let form = ["--rate", "44100", "--stereo", "-o", path(&clip), "--times", path(&times)];
    printed(&[&["synth"], &spoken[..], &form].concat());
    // Words of n bytes take 3 + (2 n + 6) / 3 symbols of 32 ms, rounded up, and one more nibble pair for a score.
    let expected = "offset\tduration\tword\n\
        10000000\t2240000\tBuy\n13240000\t2880000\tfive.\n24120000\t3520000\tPencils.\n";
    let told = std::fs::read_to_string(&times).expect("times");
    for (told, expected) in told.lines().zip(expected.lines()).skip(1) {
        let field = |line: &str, n: usize| line.split('\t').nth(n).expect("a field").to_owned();
        let offset = |line: &str| field(line, 0).parse::<u64>().expect("ticks");
        // A burst begins with a sample: at 44.1 kHz within 227 ticks for each one before it.
        assert!(offset(told).abs_diff(offset(expected)) <= 5 * 227, "{told} {expected}");
        assert_eq!((field(told, 1), field(told, 2)), (field(expected, 1), field(expected, 2)));
    }
    assert_eq!(told.lines().count(), 4);
    let clip = std::fs::read(&clip).expect("a clip");
    assert_eq!((&clip[22..24], &clip[24..28]), (&[2, 0][..], &44_100_u32.to_le_bytes()[..]));
    assert_eq!(u32::from_le_bytes(clip[40..44].try_into().expect("four bytes")) as usize, clip.len() - 44);
}

#[test]
fn a_hyphen_is_standard_output_and_input() {
    let clip = run(&["synth", "Hello.", "-o", "-"]).stdout;
    assert_eq!(clip, synth("Hello.", &SynthOptions::default()).expect("a clip"));
    let mut child = Command::new(env!("CARGO_BIN_EXE_stt-emulator"))
        .args(["synth", "--text-file", "-", "--output", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program runs");
    child.stdin.take().expect("a pipe").write_all(b"Hello.\n").expect("a reader");
    assert_eq!(child.wait_with_output().expect("an end").stdout, clip);
    let (why, code) = refused(&["synth", "Hello.", "-o", "-", "--times", "-"]);
    assert_eq!((why.as_str(), code), (ONE_OUTPUT, Some(2)));
    assert!(!Path::new("-").exists());
}

const ONE_OUTPUT: &str = "the clip and its times cannot both be written to standard output\n";

#[test]
fn synth_refuses_what_would_be_said_otherwise_than_it_was_meant() {
    let (_folder, clip) = place("clip.wav");
    let (why, code) = refused(&["synth", "Good morning[101].", "-o", path(&clip)]);
    assert_eq!(code, Some(2));
    assert!(why.ends_with("why: the score in \"morning[101].\" is no whole number from 0 to 100\n"), "{why}");
    let (why, _) = refused(&["synth", "Hello.", "--language", "english", "-o", path(&clip)]);
    assert!(why.contains("the language \"english\" is not in Microsoft's table"), "{why}");
    let (why, code) = refused(&["synth", "--text-file", "nothing.txt", "-o", path(&clip)]);
    assert!(why.starts_with("nothing.txt: cannot be read"), "{why}");
    assert_eq!(code, Some(3));
    assert!(!clip.exists());
}

#[test]
fn tag_says_when_its_transcript_will_not_be_heard() {
    let (_folder, tagged) = place("tagged.wav");
    let coded = sample("pencils.wav");
    let warned = |file: &Path| {
        let output = run(&["tag", path(file), "--text", "Hello.", "-o", path(&tagged)]);
        assert!(output.status.success());
        String::from_utf8(output.stderr).expect("UTF-8")
    };
    let why = "the transcript will not be heard: words coded into the samples: 6";
    assert_eq!(warned(&coded), format!("warning: {}: {why}\n", coded.display()));
    assert_eq!(warned(&sample("noise.wav")), "");
    assert_eq!(warned(&sample("told.ogg")), "");
}

#[test]
fn tag_refuses_a_file_without_samples_a_score_that_is_none_and_an_unknown_language() {
    let (_folder, empty) = place("empty.wav");
    std::fs::write(&empty, &std::fs::read(sample("noise.wav")).expect("a clip")[..44]).expect("a file");
    let check = |arguments: &[&str], why: &str| {
        let (said, code) = refused(&[&["tag"], arguments].concat());
        assert!(said.contains(why) && code == Some(3), "{said}");
    };
    check(&[path(&empty), "--text", "Hello."], "there are no samples in it");
    check(&[path(&empty), "--text", "Hello[200]."], "the score in \"Hello[200].\"");
    check(&[path(&empty), "--text", "Hello.", "--language", "xx"], "the language \"xx\"");
}
