//! The help, which is what most people read of a program.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    fs,
    process::{Command, Output},
};

fn stt(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_stt"));
    command.args(arguments).env_clear();
    for name in VARIABLES {
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
        &["doctor", "--help"],
        &["languages", "--help"],
        &["completions", "--help"],
        &["man", "--help"],
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
    for name in VARIABLES {
        assert!(help.contains(name), "{name}: {help}");
    }
}

#[test]
fn without_arguments_the_help_is_shown_and_nothing_succeeds() {
    let output = stt(&[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().starts_with("Examples:\n"));
}

#[test]
fn every_command_has_a_page_with_its_examples() {
    let folder = tempfile::tempdir().unwrap();
    let output = stt(&["man", folder.path().to_str().unwrap()]);
    assert!(output.status.success());
    let page = |name: &str| fs::read_to_string(folder.path().join(format!("stt{name}.1"))).unwrap();
    for command in
        ["transcribe", "assess", "check", "convert", "token", "doctor", "config", "config-show", "completions", "man"]
    {
        let text = page(&format!("-{command}"));
        assert!(text.contains(&format!(".TH stt-{command} 1")), "{text}");
        assert!(text.contains("\n.SH EXAMPLES\n.nf\n"), "{command}: {text}");
        assert!(!text.contains("s3cret"));
    }
    assert!(page("").contains("stt\\-transcribe(1)"), "{}", page(""));
    // The emulator does not know the flags that all others have.
    assert!(page("-transcribe").contains("\\-\\-quiet"));
    assert!(!page("-emulator-exec").contains("\\-\\-quiet"));
    let printed = stt(&["man"]).stdout;
    let pages = fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(String::from_utf8(printed).unwrap().matches("\n.TH ").count(), pages);
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let output = stt(&["man", file.path().to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(3));
    let told = format!("{}: the pages cannot be written\n", file.path().display());
    assert!(String::from_utf8(output.stderr).unwrap().starts_with(&told));
}

#[test]
fn bash_completes_what_it_is_told() {
    let script = String::from_utf8(stt(&["completions", "bash"]).stdout).unwrap();
    let complete = |words: &[&str]| {
        let typed = words.join(" ");
        let (last, before) = words.split_last().unwrap();
        let ask = format!(
            "{script}\nCOMP_WORDS=({typed} '')\nCOMP_CWORD={}\n_stt stt {last:?} {:?}\necho \"${{COMPREPLY[@]}}\"",
            words.len() - 1,
            before.last().unwrap()
        );
        String::from_utf8(Command::new("bash").args(["-c", &ask]).output().unwrap().stdout).unwrap()
    };
    assert_eq!(complete(&["stt", "trans"]), "transcribe\n");
    assert_eq!(complete(&["stt", "config", "s"]), "show\n");
    assert_eq!(complete(&["stt", "transcribe", "--upload", "o"]), "opus\n");
    assert_eq!(complete(&["stt", "transcribe", "-l", "de-"]), "de-AT de-CH de-DE\n");
    assert_eq!(complete(&["stt", "doctor", "--region", "swe"]), "swedencentral\n");
    // Cargo.toml stands in the folder of the test; a number is no file.
    assert_eq!(complete(&["stt", "transcribe", "--timeout", "Car"]), "Car\n");
    assert_eq!(complete(&["stt", "transcribe", "--key-file", "Cargo.t"]), "Cargo.toml\n");
}

#[test]
fn there_are_completions_for_five_shells() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let output = stt(&["completions", shell]);
        let script = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success());
        assert!(script.contains("transcribe") && script.contains("profanity"), "{shell}: {script}");
        assert!(!script.contains("s3cret"), "{shell}");
    }
}

const VARIABLES: [&str; 7] = [
    "AZURE_SPEECH_ENDPOINT",
    "AZURE_SPEECH_KEY",
    "AZURE_SPEECH_REGION",
    "STT_AUTH",
    "STT_KEY_FILE",
    "STT_LANGUAGE",
    "STT_PROFILE",
];
