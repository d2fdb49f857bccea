//! A recognizer behind a socket: a program that runs, waits its turn, and ends when it must.

#![cfg(unix)]

mod common;

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use common::PATH;
use serde_json::Value;
use stt_emulator::{Emulator, Entry, KEY_1, Recognizer, Running, noise};

fn hiss() -> Vec<u8> {
    noise(Duration::from_secs(1), 16_000, 1).expect("a clip")
}

/// An emulator whose recognizer is a line of `sh`, in which no `'` may stand.
fn listening(script: &str, timeout: Duration) -> Running {
    let recognizer: Recognizer = format!("sh -c '{script}' sh {{wav}}").parse().expect("a command");
    Emulator::builder().recognizer(recognizer.timeout(timeout)).start_blocking().expect("a port")
}

fn patient(script: &str) -> Running {
    listening(script, Duration::from_secs(30))
}

/// Begins a request, whose answer is still to be read.
fn begin(running: &Running) -> TcpStream {
    let body = hiss();
    let mut stream = TcpStream::connect(running.address()).expect("a connection");
    let head = format!(
        "POST {PATH}?language=en-US HTTP/1.1\r\nHost: localhost\r\nOcp-Apim-Subscription-Key: {KEY_1}\r\n\
         Content-Type: audio/wav\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len(),
    );
    stream.write_all(&[head.as_bytes(), &body].concat()).expect("a peer");
    stream
}

fn end(mut stream: TcpStream) -> Value {
    let mut reply = String::new();
    stream.read_to_string(&mut reply).expect("an answer");
    let (_, body) = reply.split_once("\r\n\r\n").expect("a head");
    serde_json::from_str(body).expect("JSON")
}

fn ask(running: &Running) -> (Value, Entry) {
    let result = end(begin(running));
    (result, running.journal().pop().expect("an entry"))
}

/// Waits until something holds, for at most ten seconds.
fn until(what: &str, holds: impl Fn() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < Duration::from_secs(10), "{what}");
        thread::sleep(Duration::from_millis(5));
    }
}

fn lives(pid: &str) -> bool {
    // A killed process that nobody has collected yet does nothing any more.
    let status = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let collected = status.rsplit(") ").next().is_some_and(|rest| rest.starts_with('Z') || rest.is_empty());
    !collected && Command::new("kill").args(["-0", pid]).status().is_ok_and(|it| it.success())
}

/// The number that a recognizer wrote into a file.
fn pid(file: &Path) -> String {
    until("the recognizer runs", || fs::read_to_string(file).is_ok_and(|pid| pid.ends_with('\n')));
    fs::read_to_string(file).expect("a number").trim().to_owned()
}

#[test]
fn a_program_reads_the_file_and_prints_the_text() {
    let running = patient(r#"test "$(head -c 4 "$1")" = RIFF && wc -c < "$1" && echo "$STT_LANGUAGE $STT_FORMAT""#);
    let (result, entry) = ask(&running);
    assert_eq!(result["DisplayText"], "32044 en-US simple");
    assert_eq!((entry.heard_by, entry.reason.as_str()), (Some("recognizer"), "the recognizer heard words"));
}

#[test]
fn the_file_is_gone_afterwards() {
    let running = patient(r#"echo "$1""#);
    let (result, _) = ask(&running);
    let path = result["DisplayText"].as_str().expect("a path");
    assert!(path.ends_with(".wav") && !Path::new(path).exists(), "{path}");
}

#[test]
fn a_program_without_a_place_for_the_file_reads_standard_input() {
    let start = |command: &str| {
        let recognizer: Recognizer = command.parse().expect("a command");
        Emulator::builder().recognizer(recognizer).start_blocking().expect("a port")
    };
    assert_eq!(ask(&start("wc -c")).0["DisplayText"], "32044");
    // One that reads nothing is none the worse.
    assert_eq!(ask(&start("echo hello")).0["DisplayText"], "hello");
}

#[test]
fn exit_codes_and_json_say_more_than_text() {
    assert_eq!(ask(&patient("exit 0")).0["RecognitionStatus"], "NoMatch");
    assert_eq!(ask(&patient("exit 3")).0["RecognitionStatus"], "InitialSilenceTimeout");
    assert_eq!(ask(&patient("exit 4")).0["RecognitionStatus"], "BabbleTimeout");
    let json =
        r#"echo "{\"display\": \"Hi.\", \"words\": [{\"word\": \"hi\", \"offset_ms\": 5, \"duration_ms\": 6}]}""#;
    let (result, _) = ask(&patient(json));
    assert_eq!((&result["DisplayText"], &result["Offset"]), (&"Hi.".into(), &50_000.into()));
}

#[test]
fn a_program_that_fails_is_an_error_and_the_journal_has_what_it_said() {
    let (result, entry) = ask(&patient("echo no model >&2; exit 1"));
    assert_eq!(result["RecognitionStatus"], "Error");
    assert_eq!(entry.reason, "the recognizer failed with the exit code 1");
    assert_eq!(entry.recognizer_said.as_deref(), Some("no model"));
}

#[test]
fn a_program_that_is_not_there_is_an_error_that_names_it() {
    let recognizer: Recognizer = "no-such-recognizer {wav}".parse().expect("a command");
    let running = Emulator::builder().recognizer(recognizer).start_blocking().expect("a port");
    let (result, entry) = ask(&running);
    assert_eq!(result["RecognitionStatus"], "Error");
    assert!(entry.reason.starts_with("the recognizer no-such-recognizer cannot run: "), "{}", entry.reason);
}

#[test]
fn what_it_prints_is_bounded_and_what_it_says_is_cut() {
    let (result, entry) = ask(&patient("exec yes"));
    assert_eq!((&result["RecognitionStatus"], entry.reason.as_str()), (&"Error".into(), PRINTED));
    let (result, entry) = ask(&patient("yes | head -c 1000000 >&2; echo done"));
    assert_eq!(result["DisplayText"], "done");
    assert_eq!(entry.recognizer_said.map(|said| said.len()), Some(1_024));
}

const PRINTED: &str = "the recognizer printed more than 1048576 bytes";

#[test]
fn one_that_takes_too_long_ends_with_all_that_it_started() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("pid");
    let script = format!("sleep 600 & echo $! > {}; wait", file.display());
    let (result, entry) = ask(&listening(&script, Duration::from_millis(300)));
    assert_eq!(result["RecognitionStatus"], "Error");
    assert_eq!(entry.reason, "the recognizer took longer than 0.3 s");
    until("its child has ended", || !lives(&pid(&file)));
}

#[test]
fn it_ends_when_its_client_goes_away_and_the_journal_says_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("pid");
    let running = patient(&format!("sleep 600 & echo $! > {}; wait", file.display()));
    let stream = begin(&running);
    let child = pid(&file);
    drop(stream);
    until("its child has ended", || !lives(&child));
    until("the journal has the request", || !running.journal().is_empty());
    let entry = running.journal().pop().expect("an entry");
    assert_eq!(entry.reason, "the connection was lost before the recognizer answered");
    assert_eq!(entry.status, None);
}

#[test]
fn it_ends_when_the_emulator_stops() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("pid");
    let running = patient(&format!("sleep 600 & echo $! > {}; wait", file.display()));
    let stream = begin(&running);
    let child = pid(&file);
    let begun = Instant::now();
    drop(running);
    assert!(begun.elapsed() < Duration::from_secs(2));
    until("its child has ended", || !lives(&child));
    drop(stream);
}

#[test]
fn one_runs_at_a_time_and_the_queue_is_bounded() {
    let folder = tempfile::tempdir().expect("a folder");
    let (gate, count) = (folder.path().join("gate"), folder.path().join("count"));
    let wait = format!("while ! test -e {}; do sleep 0.02; done", gate.display());
    let script = format!("echo x >> {}; {wait}; echo heard; cat {}", count.display(), count.display());
    let running = patient(&script);
    // One that runs, sixteen that wait, and one too many.
    let streams = (0..18).map(|_| begin(&running)).collect::<Vec<_>>();
    until("one was sent away", || running.journal().len() == 1);
    let entry = running.journal().pop().expect("an entry");
    assert_eq!(entry.reason, "16 requests wait for the recognizer already");
    assert_eq!(fs::read_to_string(&count).expect("a count"), "x\n");
    fs::write(&gate, "").expect("a file");
    let mut texts = streams.into_iter().map(|stream| end(stream)["DisplayText"].as_str().map(str::len));
    let mut lengths = texts.by_ref().flatten().collect::<Vec<_>>();
    lengths.sort_unstable();
    // Each of them saw those before it and no other: "heard", then as many times " x" as have begun.
    assert_eq!(lengths, (1..=17).map(|n| 5 + 2 * n).collect::<Vec<_>>());
}
