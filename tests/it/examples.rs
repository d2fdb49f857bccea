//! The examples, as a reader would run them, against the emulator.

use std::{
    fs::File,
    io::Write as _,
    process::{Command, Stdio},
};

use stt_emulator::Emulator;

use crate::support::{example, printed, program, root};

#[test]
fn quick_start() {
    check("quick_start", &[], "Remind me to buy five pencils.\n");
}

#[test]
fn chunked() {
    let bytes = root().join("tests/audio/pencils.wav").metadata().unwrap().len();
    check("chunked", &[], &format!("Remind me to buy five pencils.\n{bytes} bytes of audio in 1 attempt\n"));
}

#[test]
fn long() {
    let said = play("long", &[]);
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!((lines[0], lines[2], lines.len()), ("1", "Remind me to buy five pencils.", 3), "{said}");
}

#[test]
fn token() {
    check("token", &[], "Remind me to buy five pencils.\nGood morning.\n");
}

#[test]
fn token_source() {
    let emulator = Emulator::builder().start_blocking().unwrap();
    let (endpoint, key) = (emulator.endpoint(), emulator.key());
    let mut exchange = Command::new(program("stt"));
    exchange.args(["token", "--print"]);
    let token = printed(&mut exchange, &[("AZURE_SPEECH_ENDPOINT", &endpoint), ("AZURE_SPEECH_KEY", key)]);
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(token.trim().as_bytes()).unwrap();
    let environment =
        [("AZURE_SPEECH_ENDPOINT", endpoint.as_str()), ("AZURE_SPEECH_TOKEN_FILE", file.path().to_str().unwrap())];
    let said = printed(&mut Command::new(example("token_source")), &environment);
    assert_eq!(said, "Remind me to buy five pencils.\n");
}

#[test]
fn a_home_made_http_stack() {
    let emulator = Emulator::builder().start_blocking().unwrap();
    let (endpoint, key) = (emulator.endpoint(), emulator.key());
    let mut command = Command::new(program("consumer-core"));
    let environment = [("AZURE_SPEECH_ENDPOINT", endpoint.as_str()), ("AZURE_SPEECH_KEY", key)];
    let said = printed(command.arg("tests/audio/pencils.wav"), &environment);
    assert_eq!(said, "Remind me to buy five pencils.\n");
}

#[test]
fn errors() {
    let said = play("errors", &[]);
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines[0], "tests/audio/pencils.wav: Remind me to buy five pencils.");
    assert_eq!(lines[1], "tests/audio/silence.wav: only silence");
    assert!(lines[2].starts_with("tests/audio/README.md: "), "{said}");
    assert_eq!(lines.len(), 3);
}

#[test]
fn profanity() {
    check("profanity", &[], "masked: **** it.\nremoved: it.\nraw: Damn it.\n");
}

#[test]
fn pronunciation() {
    check("pronunciation", &[], "good: 5\nmorning: 2.1\n");
}

#[test]
fn live_stream() {
    let emulator = Emulator::builder().start_blocking().unwrap();
    let mut command = Command::new(example("live_stream"));
    command.stdin(Stdio::from(File::open(root().join("tests/audio/pencils.wav")).unwrap()));
    let (endpoint, key) = (emulator.endpoint(), emulator.key());
    let said = printed(&mut command, &[("AZURE_SPEECH_ENDPOINT", &endpoint), ("AZURE_SPEECH_KEY", key)]);
    assert_eq!(said, "Remind me to buy five pencils.\n");
}

#[test]
fn only_types() {
    assert_eq!(printed(&mut Command::new(example("only_types")), &[]), "Conversation.\n");
}

#[test]
fn the_exchange_driven_by_ureq() {
    check("ureq", &["tests/audio/pencils.wav"], "Remind me to buy five pencils.\n");
}

#[test]
fn the_exchange_driven_by_reqwest() {
    check("reqwest", &["tests/audio/pencils.wav"], "Remind me to buy five pencils.\n");
}

fn check(name: &str, arguments: &[&str], expected: &str) {
    assert_eq!(play(name, arguments), expected);
}

fn play(name: &str, arguments: &[&str]) -> String {
    let emulator = Emulator::builder().start_blocking().unwrap();
    let (endpoint, key) = (emulator.endpoint(), emulator.key());
    let mut command = Command::new(example(name));
    printed(command.args(arguments), &[("AZURE_SPEECH_ENDPOINT", &endpoint), ("AZURE_SPEECH_KEY", key)])
}
