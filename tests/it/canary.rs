//! No secret in anything that the program says, writes or is started with, however much it is asked to say.

use std::{fs, path::Path, process::Command};

use serde_json::Value;
use stt_emulator::{Emulator, Fault, Running};

use crate::cli::{Run, file, run, stt};
use crate::faults::Server;

/// The key that the emulator takes.
const KEY: &str = "5354542d454d554c41544f522d4b4559";
/// As tokens look.
const TOKEN: &str = "eyJjYW5hcnkiOjF9.Y2FuYXJ5.Y2FuYXJ5";
const PASSWORD: &str = "canary-of-a-proxy";
const PENCILS: &str = "tests/audio/pencils.wav";

fn emulator() -> Running {
    Emulator::builder().start_blocking().unwrap()
}

/// Everything below a folder, and what was said.
fn everything(folder: &Path, run: &Run) -> String {
    let mut all = format!("{}{}", run.out, run.err);
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all += &everything(&path, &Run { code: None, out: String::new(), err: String::new() });
        } else if path.file_name().unwrap() != "secret" {
            all += &format!("{}\n{}\n", path.display(), String::from_utf8_lossy(&fs::read(&path).unwrap()));
        }
    }
    all
}

fn clean(folder: &Path, run: &Run) {
    let all = everything(folder, run);
    for secret in [KEY, TOKEN, PASSWORD] {
        assert!(!all.contains(secret), "{secret} is in:\n{all}");
    }
}

/// A run that says and writes all it can.
fn loud(folder: &Path, arguments: &[&str]) -> Command {
    let (log, out) = (folder.join("log"), folder.join("out"));
    let mut command = stt(arguments);
    command.args(["-vvv", "--log-file", log.to_str().unwrap()]);
    if arguments[0] == "transcribe" {
        command.args([
            "-l",
            "en-US",
            "-O",
            out.to_str().unwrap(),
            "-f",
            "json",
            "--summary",
            "json",
            "--retries",
            "1",
            "--force",
        ]);
    }
    command
}

/// Row 92 of the faults that are promised to be told.
#[test]
fn a_key_goes_to_the_service_and_nowhere_else() {
    let emulator = emulator();
    let folder = tempfile::tempdir().unwrap();
    let secret = file(folder.path(), "secret", KEY);
    for fault in [None, Some(Fault::status(401)), Some(Fault::status(503)), Some(Fault::status(400))] {
        emulator.reset();
        if let Some(fault) = &fault {
            emulator.arm(fault);
        }
        let mut by_file = loud(folder.path(), &["transcribe", PENCILS, "--key-file", &secret]);
        let by_file = run(by_file.env("AZURE_SPEECH_ENDPOINT", emulator.endpoint()));
        assert!(by_file.err.contains("POST http://127.0.0.1"), "{}", by_file.err);
        clean(folder.path(), &by_file);
        for arguments in [&["transcribe", PENCILS][..], &["transcribe", "--auth", "token", PENCILS]] {
            let mut command = loud(folder.path(), arguments);
            command.env("AZURE_SPEECH_ENDPOINT", emulator.endpoint()).env("AZURE_SPEECH_KEY", KEY);
            clean(folder.path(), &run(&mut command));
        }
    }
    assert!(!emulator.journal().is_empty());
}

#[test]
fn a_service_that_repeats_what_it_was_told_gives_nothing_away() {
    let folder = tempfile::tempdir().unwrap();
    let body = format!("{{\"error\":{{\"message\":\"the key {KEY} is wrong\"}}}}");
    let head = format!("HTTP/1.1 401 {KEY}\r\nX-Echo: {KEY}\r\nX-RequestId: {KEY}\r\nContent-Length: {}", body.len());
    let server = Server::start(vec![format!("{head}\r\nConnection: close\r\n\r\n{body}").into_bytes()]);
    let mut command = loud(folder.path(), &["transcribe", PENCILS]);
    let ran = run(command.env("AZURE_SPEECH_ENDPOINT", server.endpoint()).env("AZURE_SPEECH_KEY", KEY));
    assert_eq!(ran.code, Some(4), "{}", ran.err);
    clean(folder.path(), &ran);
}

#[test]
fn a_token_and_the_password_of_a_proxy_are_not_said_either() {
    let folder = tempfile::tempdir().unwrap();
    let secret = file(folder.path(), "secret", TOKEN);
    let refusing = Server::start(vec![b"HTTP/1.1 407 Nope\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".to_vec()]);
    let proxy = refusing.endpoint().replace("http://", &format!("http://user:{PASSWORD}@"));
    let id = "/subscriptions/1/resourceGroups/a/providers/Microsoft.CognitiveServices/accounts/b";
    let mut command = loud(
        folder.path(),
        &["transcribe", PENCILS, "--region", "westus", "--auth", "entra", "--token-file", &secret, "--resource-id", id],
    );
    let ran = run(command.env("https_proxy", &proxy));
    assert_eq!(ran.code, Some(5), "{}", ran.err);
    assert!(ran.err.contains("wants a password (407)"), "{}", ran.err);
    clean(folder.path(), &ran);
    let mut command = loud(folder.path(), &["token", "--region", "westus"]);
    let ran = run(command.env("https_proxy", &proxy).env("AZURE_SPEECH_KEY", KEY));
    assert_eq!(ran.code, Some(5), "{}", ran.err);
    clean(folder.path(), &ran);
}

#[test]
fn a_token_that_is_asked_for_is_in_the_result_and_not_in_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let emulator = emulator();
    let mut command = loud(folder.path(), &["token"]);
    command.env("AZURE_SPEECH_ENDPOINT", emulator.endpoint()).env("AZURE_SPEECH_KEY", KEY);
    let Run { code, out, err } = run(&mut command);
    assert_eq!(code, Some(0), "{err}");
    let all = everything(folder.path(), &Run { code, out: String::new(), err });
    assert!(!all.contains(out.trim()) && !all.contains(KEY), "{all}");
}

#[test]
fn the_log_has_a_line_for_each_request_and_for_what_was_said() {
    let folder = tempfile::tempdir().unwrap();
    let emulator = emulator();
    emulator.arm(&Fault::status(503).times(1));
    let mut command = loud(folder.path(), &["transcribe", PENCILS]);
    command.env("AZURE_SPEECH_ENDPOINT", emulator.endpoint()).env("AZURE_SPEECH_KEY", KEY);
    let ran = run(&mut command);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let log = fs::read_to_string(folder.path().join("log")).unwrap();
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let requests: Vec<&Value> = lines.iter().filter(|line| line["span"] == "POST").collect();
    let statuses: Vec<u64> = requests.iter().map(|line| line["http.response.status_code"].as_u64().unwrap()).collect();
    assert_eq!(statuses, [503, 200]);
    assert_eq!(requests[0]["call"], requests[1]["call"]);
    assert_eq!((&requests[1]["http.request.resend_count"], &requests[0]["error.type"]), (&1.into(), &"503".into()));
    for said in ["begun", "pausing"] {
        assert!(lines.iter().any(|line| line["message"] == said), "{log}");
    }
    let detail = lines.iter().filter_map(|line| line["message"].as_str()).any(|text| text.contains("2 attempts"));
    assert!(detail && !log.contains("five pencils"), "{log}");
    for line in ["POST http://", ": 503 in ", ": 200 in ", ", repeat 1", "pausing: 503 for at most "] {
        assert!(ran.err.contains(line), "{line}: {}", ran.err);
    }
}

#[test]
fn a_log_that_cannot_be_opened_is_told_before_anything_is_sent() {
    let ran = run(&mut stt(&["transcribe", "--emulator", "--log-file", "no/such/folder/log", PENCILS]));
    assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""));
    assert_eq!(ran.err, "cannot write no/such/folder/log\nwhy: not found\n");
}

#[test]
fn nothing_but_a_log_is_added_to() {
    let folder = tempfile::tempdir().unwrap();
    let notes = file(folder.path(), "notes", "of my own\n");
    let arguments = ["transcribe", "--emulator", PENCILS, "--log-file"];
    let ran = run(&mut stt(&[&arguments[..], &[&notes]].concat()));
    assert_eq!((ran.code, ran.err), (Some(2), format!("{notes} exists and is no log of stt\n")));
    assert_eq!(fs::read_to_string(&notes).unwrap(), "of my own\n");
    let log = folder.path().join("log");
    let lines = || fs::read_to_string(&log).unwrap().lines().count();
    for times in 1..3 {
        assert_eq!(run(&mut stt(&[&arguments[..], &[log.to_str().unwrap()]].concat())).code, Some(0));
        assert!(4 * times <= lines(), "{} lines after {times} runs", lines());
    }
}

#[test]
fn each_v_says_more() {
    let emulator = emulator();
    let lines = |more: &[&str]| {
        let mut command = stt(&[&["transcribe", "-l", "en-US", PENCILS], more].concat());
        command.env("AZURE_SPEECH_ENDPOINT", emulator.endpoint()).env("AZURE_SPEECH_KEY", KEY);
        run(&mut command).err.lines().count()
    };
    let counts = [lines(&[]), lines(&["-v"]), lines(&["-vv"]), lines(&["-vvv"])];
    assert!(counts.is_sorted_by(|less, more| less < more), "{counts:?}");
}

#[test]
fn colours_are_there_when_they_are_wanted() {
    let coloured = |more: &[&str]| {
        let arguments = ["assess", "--emulator", "--reference", "Good morning.", "tests/audio/good-morning.wav"];
        run(&mut stt(&[&arguments, more].concat())).out.contains("\u{1b}[")
    };
    assert_eq!(
        [coloured(&[]), coloured(&["--color", "always"]), coloured(&["--color", "never"])],
        [false, true, false]
    );
}
