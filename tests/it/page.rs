//! The emulator's page in a browser, with everything that people do there.

use std::{fs, process::Command};

use stt_emulator::{Emulator, Keys, SynthOptions, synth};

use crate::support::{available, printed, python, root};

/// One test, because starting a browser takes longer than all the rest.
#[test]
fn a_browser_shows_and_does_what_the_page_is_for() {
    let Some(python) = python(&["selenium"]) else { return };
    let browser = ["chromium", "chromedriver"];
    if !browser.iter().all(|tool| available(Command::new(tool).arg("--version"), tool)) {
        return;
    }
    let emulator = Emulator::builder().keys(Keys::Any).start_blocking().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let hostile = folder.path().join("hostile.wav");
    fs::write(&hostile, synth("<img src=x onerror=window.pwned=1>", &SynthOptions::default()).unwrap()).unwrap();
    let mut command = Command::new("timeout");
    command
        .arg("60")
        .arg(&python)
        .arg(root().join("tests/python/page.py"))
        .arg("tests/audio/pencils.wav")
        .arg(&hostile);
    let (endpoint, home) = (emulator.endpoint(), folder.path().to_str().unwrap());
    let environment = [
        ("AZURE_SPEECH_ENDPOINT", endpoint.as_str()),
        ("AZURE_SPEECH_KEY", emulator.key()),
        ("HOME", home),
        ("TMPDIR", home),
    ];
    let said = printed(&mut command, &environment);
    assert!(said.ends_with("every step was taken\n"), "{said}");
}
