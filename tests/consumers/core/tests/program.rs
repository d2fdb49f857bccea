//! The program as it is run; what it does against the emulator stands with the tests of the whole workspace.

use std::process::Command;

#[test]
fn without_a_file_it_asks_for_one() {
    let output = Command::new(env!("CARGO_BIN_EXE_consumer-core")).output().unwrap();
    assert!(!output.status.success());
    assert!(String::from_utf8(output.stderr).unwrap().contains("which file?"));
}

#[test]
fn an_endpoint_on_another_machine_gets_no_key_over_http() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_consumer-core"));
    let environment = [("AZURE_SPEECH_ENDPOINT", "http://speech.example"), ("AZURE_SPEECH_KEY", "0123456789abcdef")];
    let output = command.arg("talk.wav").env_clear().envs(environment).output().unwrap();
    assert!(!output.status.success());
    assert!(String::from_utf8(output.stderr).unwrap().contains("InsecureEndpoint"));
}
