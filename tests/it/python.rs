//! Programs in Python that send what Microsoft's Python programs for this API send, against the emulator.

use std::process::Command;

use stt_emulator::Emulator;

use crate::support::{printed, program, python, root, run};

#[test]
fn requests_gets_the_simple_result() {
    check("simple.py", "requests", "Success Remind me to buy five pencils. True\n");
}

#[test]
fn requests_gets_the_detailed_result() {
    check("detailed.py", "requests", "remind me to buy five pencils | Remind me to buy five pencils. | True\n");
}

#[test]
fn requests_uploads_in_chunks_with_expect() {
    check("chunked.py", "requests", "Remind me to buy five pencils.\n");
}

#[test]
fn requests_exchanges_the_key_for_a_token() {
    check("access_token.py", "requests", "Remind me to buy five pencils.\n");
}

#[test]
fn requests_reads_the_refusals() {
    let access = "Access denied due to invalid subscription key or wrong API endpoint.";
    let Some(said) = play("errors.py", "requests") else { return };
    let lines: Vec<&str> = said.lines().collect();
    assert!(lines[0].starts_with("401 ") && lines[0].contains(access), "{said}");
    assert_eq!(lines[1], r#"400 {"Message":"Invalid CID or language"}"#);
    assert_eq!(lines[2], r#"400 {"Message":"Unsupported audio format"}"#);
}

#[test]
fn requests_trusts_an_emulator_behind_tls_by_its_authority_alone() {
    let Some(python) = python(&["requests"]) else { return };
    let mut exec = Command::new(program("stt-emulator"));
    exec.args(["exec", "--tls", "--"]).arg(&python).args(["tests/python/simple.py", "tests/audio/pencils.wav"]);
    assert_eq!(printed(&mut exec, &[]), "Success Remind me to buy five pencils. True\n");
    let mut exec = Command::new(program("stt-emulator"));
    exec.args(["exec", "--tls", "--", "env", "-u", "REQUESTS_CA_BUNDLE", "-u", "CURL_CA_BUNDLE"]).arg(&python);
    let output = run(exec.args(["tests/python/simple.py", "tests/audio/pencils.wav"]), &[]);
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("CERTIFICATE_VERIFY_FAILED"), "{said}");
}

#[test]
fn aiohttp_gets_the_detailed_result() {
    check("asynchronous.py", "aiohttp", "Remind me to buy five pencils.\n");
}

fn check(program: &str, package: &str, expected: &str) {
    if let Some(said) = play(program, package) {
        assert_eq!(said, expected);
    }
}

/// Runs a program against the emulator; nothing where the package is not installed and nobody promised that it would be.
fn play(program: &str, package: &str) -> Option<String> {
    let python = python(&[package])?;
    let emulator = Emulator::builder().start_blocking().unwrap();
    let mut command = Command::new(&python);
    command.arg(root().join("tests/python").join(program)).arg("tests/audio/pencils.wav");
    let (endpoint, key) = (emulator.endpoint(), emulator.key());
    Some(printed(&mut command, &[("AZURE_SPEECH_ENDPOINT", &endpoint), ("AZURE_SPEECH_KEY", key)]))
}
