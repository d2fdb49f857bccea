//! The subcommands that make, tag and tell clips.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use stt_emulator::sample_hash;

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
