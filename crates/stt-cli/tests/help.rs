//! The help, which is what most people read of a program.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::process::{Command, Output};

fn stt(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_stt"));
    command.args(arguments).env_clear();
    for name in [
        "AZURE_SPEECH_ENDPOINT",
        "AZURE_SPEECH_KEY",
        "AZURE_SPEECH_REGION",
        "STT_AUTH",
        "STT_KEY_FILE",
        "STT_LANGUAGE",
        "STT_PROFILE",
    ] {
        command.env(name, "s3cret");
    }
    command.output().unwrap()
}

#[test]
fn help_begins_with_examples_and_never_shows_the_environment() {
    for command in [
        &["--help"][..],
        &["transcribe", "--help"],
        &["assess", "--help"],
        &["token", "--help"],
        &["config", "--help"],
        &["config", "show", "--help"],
        &["config", "init", "--help"],
        &["config", "path", "--help"],
    ] {
        let output = stt(command);
        let help = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success());
        assert!(help.starts_with("Examples:\n"), "{command:?}: {help}");
        assert!(!help.contains("s3cret"), "{command:?}: {help}");
    }
}

#[test]
fn every_environment_variable_stands_beside_its_flag() {
    let help = String::from_utf8(stt(&["transcribe", "--help"]).stdout).unwrap();
    for name in [
        "AZURE_SPEECH_ENDPOINT",
        "AZURE_SPEECH_KEY",
        "AZURE_SPEECH_REGION",
        "STT_AUTH",
        "STT_KEY_FILE",
        "STT_LANGUAGE",
        "STT_PROFILE",
    ] {
        assert!(help.contains(name), "{name}: {help}");
    }
}

#[test]
fn without_arguments_the_help_is_shown_and_nothing_succeeds() {
    let output = stt(&[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().starts_with("Examples:\n"));
}
