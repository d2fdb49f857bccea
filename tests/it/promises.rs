//! What a user reads first, and the exit code, for each fault of a batch that is promised to be told, by the rows of the
//! list of faults that have no test elsewhere.

use std::{
    fs,
    io::{BufRead, BufReader, Read},
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use stt_emulator::{Emulator, Expect, Fault, Running, Transport};

use crate::cli::{Run, clip, run, stt};
use crate::faults::{KEY, SUCCESS, Server};

const PENCILS: &str = "tests/audio/pencils.wav";

fn emulator() -> Running {
    Emulator::builder().start_blocking().unwrap()
}

fn against(emulator: &Running, arguments: &[&str]) -> Command {
    let mut command = stt(&[&["transcribe", "-l", "en-US"], arguments].concat());
    command.env("AZURE_SPEECH_ENDPOINT", emulator.endpoint()).env("AZURE_SPEECH_KEY", emulator.key());
    command
}

/// What a run printed and said: everything, because a line more or less is a difference to whoever reads it.
fn snapshot(run: &Run) -> (Option<i32>, &str, Vec<&str>) {
    (run.code, run.out.as_str(), run.err.lines().collect())
}

/// What one input says after an answer of the service, with repeats.
fn after(answer: &str) -> Run {
    let body = "Content-Length: 0\r\nConnection: close\r\n\r\n";
    let server = Server::start(vec![format!("{answer}\r\n{body}").into_bytes(), SUCCESS.to_vec()]);
    run(&mut server.stt(&["transcribe", "-l", "en-US", "--retries", "1", PENCILS]))
}

/// So many files that say what they are called, below a folder of their own.
fn files(folder: &Path, count: usize) -> String {
    let inputs = folder.join("in");
    fs::create_dir(&inputs).unwrap();
    let clip = clip("One of many.");
    for number in 0..count {
        fs::write(inputs.join(format!("n{number:03}.wav")), &clip).unwrap();
    }
    inputs.to_str().unwrap().to_owned()
}

fn signal(child: &Child) {
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
}

/// Row 13.
#[test]
fn what_is_converted_is_said() {
    let chirp = "tests/audio/chirp-cbr-lame.mp3";
    let emulator = emulator();
    let ran = run(&mut against(&emulator, &[chirp]));
    assert_eq!(ran.first_line(), format!("{chirp}: 44.1 kHz stereo; converted to 16 kHz mono"));
    let ran = run(&mut against(&emulator, &["--convert", "never", chirp]));
    assert_eq!(
        (ran.code, ran.first_line().to_owned()),
        (Some(3), format!("{chirp}: MP3, the service takes WAV and Ogg Opus"))
    );
}

/// Row 15.
#[test]
fn what_cannot_be_decoded_stops_no_other() {
    let emulator = emulator();
    let ran = run(&mut against(&emulator, &["tests/audio/chirp-ac3.mkv", PENCILS]));
    assert_eq!((ran.code, ran.out.as_str()), (Some(3), "tests/audio/pencils.wav: Remind me to buy five pencils.\n"));
    assert_eq!(
        ran.first_line(),
        "tests/audio/chirp-ac3.mkv: AC-3 inside Matroska, the service takes PCM in WAV and Opus in Ogg"
    );
}

/// Row 71: the three headers, which are obeyed and not talked about.
#[test]
fn a_pause_that_the_service_asks_for_is_made_and_nothing_said() {
    for hint in ["Retry-After: 0", "retry-after-ms: 20", "x-ms-retry-after-ms: 20"] {
        let ran = after(&format!("HTTP/1.1 503 Busy\r\n{hint}"));
        assert_eq!(snapshot(&ran), (Some(0), "Heard by a test.\n", vec![]), "{hint}");
    }
}

/// Row 72.
#[test]
fn a_pause_that_is_too_long_is_told_at_once() {
    for (hint, said) in [("3600", "60 min"), ("99999999999999999999", "")] {
        let begun = Instant::now();
        let ran = after(&format!("HTTP/1.1 429 Too Many Requests\r\nRetry-After: {hint}"));
        let expected = format!("{PENCILS}: the service asks to wait {said}");
        assert_eq!(ran.code, Some(5), "{hint}");
        assert!(ran.first_line().starts_with(&expected), "{}", ran.err);
        assert!(ran.first_line().ends_with("; nothing was repeated"), "{}", ran.err);
        assert!(begun.elapsed() < Duration::from_secs(10), "{hint}");
    }
}

/// Row 73.
#[test]
fn a_pause_that_makes_no_sense_is_none() {
    for hint in ["-5", "soon", "NaN", "", "0\r\nRetry-After: -1"] {
        let ran = after(&format!("HTTP/1.1 503 Busy\r\nRetry-After: {hint}"));
        assert_eq!(snapshot(&ran), (Some(0), "Heard by a test.\n", vec![]), "{hint}");
    }
}

/// Row 74: by the clock of this machine it would be a pause of years.
#[test]
fn a_date_is_held_against_that_of_the_answer() {
    let date = "Fri, 31 Dec 2038 23:59:59 GMT";
    let ran = after(&format!("HTTP/1.1 503 Busy\r\nDate: {date}\r\nRetry-After: {date}"));
    assert_eq!(snapshot(&ran), (Some(0), "Heard by a test.\n", vec![]));
}

/// Row 75, as far as it takes no minute: what comes after the pauses is tested on a clock that can be moved.
#[test]
fn a_service_that_fails_again_and_again_is_left_alone_for_a_while() {
    let folder = tempfile::tempdir().unwrap();
    let inputs = files(folder.path(), 100);
    let emulator = emulator();
    emulator.arm(&Fault::status(503));
    let out = folder.path().join("out");
    let arguments = ["--retries", "0", "-j", "8", "-O", out.to_str().unwrap(), &inputs];
    let mut child = against(&emulator, &arguments).stderr(Stdio::piped()).spawn().unwrap();
    let mut said = BufReader::new(child.stderr.take().unwrap());
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        assert!(0 < said.read_line(&mut line).unwrap(), "{lines:?}");
        if line == "the service has failed 10 times in a row; trying it again in 5 s\n" {
            break;
        }
        lines.push(line);
    }
    signal(&child);
    assert_eq!(child.wait().unwrap().code(), Some(130));
    let mut rest = String::new();
    said.read_to_string(&mut rest).unwrap();
    // Those that were under way together with the tenth are told too.
    let asked = emulator.journal().len();
    assert!((10..=13).contains(&asked), "{asked}");
    lines.extend(rest.lines().map(|line| format!("{line}\n")));
    assert_eq!(lines.iter().filter(|line| line.ends_with(": the service failed (503)\n")).count(), asked, "{lines:?}");
    assert!(rest.contains(&format!("100 inputs: 0 with words, 0 without, {asked} failed, {} not tried", 100 - asked)));
    let last = rest.lines().last().unwrap();
    assert!(last.starts_with("to go on: ") && last.ends_with(&arguments.join(" ")), "{last}");
    emulator.reset();
    let ran = run(&mut against(&emulator, &arguments));
    let all_well = format!("100 inputs, all with words; results in {}", out.display());
    assert_eq!((ran.code, ran.first_line()), (Some(0), all_well.as_str()));
    emulator.assert(Expect::recognize().times(100));
}

/// Row 77.
#[test]
fn when_too_much_fails_nothing_is_repeated_any_more() {
    let folder = tempfile::tempdir().unwrap();
    let inputs = files(folder.path(), 60);
    let failure = b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".to_vec();
    // Too many successes for a service that is down, too few to pay for all repeats.
    let answers = (0..200).map(|place| if place % 8 == 7 { SUCCESS.to_vec() } else { failure.clone() }).collect();
    let server = Server::start(answers);
    let ran =
        run(&mut server.stt(&["transcribe", "-l", "en-US", "--retries", "1", "-j", "16", "--tier", "s0", &inputs]));
    assert_eq!(ran.code, Some(5));
    let said = |what: &str| ran.err.lines().filter(|line| line.ends_with(what)).count();
    let (repeated, given_up) =
        (said(": the service failed (503) 2 times"), said("(no more repeats: too many failures)"));
    assert!(0 < repeated && 0 < given_up, "{}", ran.err);
    // 500 tokens, 14 for a repeat, and a success gives 14 back at most.
    let (asked, heard) = (server.requests().len(), ran.out.lines().count());
    assert!(asked <= 60 + 500 / 14 + heard, "{asked} requests, {heard} answered");
}

/// Row 78.
#[test]
fn a_pause_beyond_the_time_of_the_call_is_not_begun() {
    let server = Server::start(vec![
        b"HTTP/1.1 503 Busy\r\nRetry-After: 60\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".to_vec(),
    ]);
    let mut command = stt(&["transcribe", "-l", "en-US", "--timeout", "30", PENCILS]);
    let ran = run(command.env("AZURE_SPEECH_ENDPOINT", server.endpoint()).env("AZURE_SPEECH_KEY", KEY));
    let said = "the service failed (503); gave up because the next try would start after the 30 s limit";
    assert_eq!((ran.code, ran.first_line().to_owned()), (Some(5), format!("{PENCILS}: {said}")));
}

/// Row 81: wherever the power is lost, a result that is said to be done is there.
#[cfg(target_os = "linux")]
#[test]
fn what_is_said_to_be_done_is_on_the_disk_before_that() {
    use crate::support::{available, root};
    if !available(Command::new("strace").arg("-V"), "strace") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let inputs = files(folder.path(), 5);
    let (out, trace) = (folder.path().join("out"), folder.path().join("trace"));
    let emulator = emulator();
    let arguments = ["-j", "3", "-f", "txt", "-f", "json", "-O", out.to_str().unwrap(), &inputs];
    let traced = against(&emulator, &arguments);
    let mut strace = Command::new("strace");
    strace.args(["-f", "-y", "-s", "9999", "-e", "trace=write,fsync,fdatasync,rename,renameat,renameat2", "-o"]);
    strace.arg(&trace).arg(traced.get_program()).args(traced.get_args());
    strace.envs(traced.get_envs().filter_map(|(name, value)| Some((name, value?)))).current_dir(root());
    let ran = run(&mut strace);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let trace = fs::read_to_string(trace).unwrap();
    for number in 0..5 {
        for form in ["txt", "json"] {
            let name = format!("n{number:03}.{form}");
            let sync = ("fsync(", format!("{}/.{name}.", out.display()));
            let rename = ("rename", format!("{}/.{name}.", out.display()));
            let sync_folder = ("fsync(", format!("{}>", out.display()));
            let done = ("write(", format!(r#"{{\"event\":\"done\",\"place\":\"n{number:03}.wav\""#));
            let sync_journal = ("fdatasync(", format!("{}/.stt-journal.ndjson>", out.display()));
            // Without it nobody would know of a file whose end is not noted whose it is.
            let placing = ("write(", format!(r#"\"name\":\"{name}\",\"hash\":"#));
            in_order(&trace, &[&placing, &sync_journal, &rename]);
            in_order(&trace, &[&sync, &rename, &sync_folder, &done, &sync_journal]);
        }
    }
}

/// Whether these calls of the kernel came one after another, by what is in their lines; one thread makes all of them.
#[cfg(target_os = "linux")]
fn in_order(trace: &str, steps: &[&(&str, String)]) {
    let mut lines = trace.lines();
    for (call, about) in steps {
        let is = |line: &str| line.split_whitespace().nth(1).is_some_and(|word| word.starts_with(call));
        assert!(lines.any(|line| is(line) && line.contains(about)), "no {call} of {about} in its place:\n{trace}");
    }
}

/// Row 82: the second time and the third, and the next run.
#[test]
fn whoever_interrupts_twice_waits_for_nothing_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let inputs = files(folder.path(), 6);
    let out = folder.path().join("out");
    let emulator = emulator();
    let arguments = ["-j", "2", "-O", out.to_str().unwrap(), &inputs];
    for times in [2, 3] {
        emulator.arm(&Fault::transport(Transport::Hang).times(1));
        let mut child = against(&emulator, &arguments).stderr(Stdio::piped()).spawn().unwrap();
        let mut said = BufReader::new(child.stderr.take().unwrap());
        while emulator.journal().is_empty() {
            thread::sleep(Duration::from_millis(2));
        }
        let begun = Instant::now();
        signal(&child);
        let mut line = String::new();
        while !line.starts_with("finishing ") {
            line.clear();
            assert!(0 < said.read_line(&mut line).unwrap());
        }
        for _ in 1..times {
            signal(&child);
            // Two that come at the same time are one.
            thread::sleep(Duration::from_millis(20));
        }
        assert_eq!(child.wait().unwrap().code(), Some(130));
        let mut rest = String::new();
        said.read_to_string(&mut rest).unwrap();
        if times == 2 {
            assert!(rest.starts_with("dropped: "), "{rest}");
        }
        assert!(begun.elapsed() < Duration::from_secs(5), "ten seconds would have been waited for otherwise");
        emulator.reset();
    }
    let ran = run(&mut against(&emulator, &arguments));
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(ran.first_line().starts_with("resuming: 0 done, "), "{}", ran.err);
    emulator.assert(Expect::recognize().times(6));
}

/// Row 83, with another wait that the system does not let anybody break off: for standard input.
#[test]
fn what_cannot_be_cancelled_is_left_behind() {
    let emulator = emulator();
    let mut command = against(&emulator, &["-"]);
    let mut child = command.stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // Standard input is open and silent. The program listens to signals when it has said that it was started.
    let mut said = BufReader::new(child.stderr.take().unwrap());
    thread::sleep(Duration::from_millis(300));
    let begun = Instant::now();
    let code = loop {
        match child.try_wait().unwrap() {
            Some(status) => break status.code(),
            None if Duration::from_secs(5) < begun.elapsed() => {
                child.kill().unwrap();
                panic!("it waits");
            }
            // Two that come at the same time are one.
            None => signal(&child),
        }
        thread::sleep(Duration::from_millis(20));
    };
    let mut rest = String::new();
    said.read_to_string(&mut rest).unwrap();
    assert_eq!(code, Some(130), "{rest}");
}

/// Row 91.
#[cfg(unix)]
#[test]
fn few_open_files_make_fewer_requests_at_once_and_no_failure() {
    let folder = tempfile::tempdir().unwrap();
    let inputs = files(folder.path(), 100);
    let emulator = emulator();
    let mut command = Command::new("sh");
    let program = crate::support::program("stt");
    command.args(["-c", "ulimit -n 64; exec \"$0\" \"$@\"", program.to_str().unwrap()]);
    let out = folder.path().join("out");
    command.args(["transcribe", "-l", "en-US", "-j", "64", "--tier", "s0", "-O", out.to_str().unwrap(), &inputs]);
    command.env("AZURE_SPEECH_ENDPOINT", emulator.endpoint()).env("AZURE_SPEECH_KEY", emulator.key());
    let ran = run(&mut command);
    let said = "at most 4 at a time, because this process may have only 64 files open";
    assert_eq!((ran.code, ran.first_line()), (Some(0), said), "{}", ran.err);
    assert_eq!(fs::read_dir(out).unwrap().count(), 100 + 1, "a text for each input, and the journal");
}

/// Nobody else looks whether the run was told to end, while it waits for a list that does not come.
#[test]
fn a_list_that_does_not_come_is_not_waited_for_after_a_signal() {
    let mut command = stt(&["transcribe", "--emulator", "@-"]);
    let mut child = command.stdin(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    thread::sleep(Duration::from_millis(100));
    let begun = Instant::now();
    while child.try_wait().unwrap().is_none() && begun.elapsed() < Duration::from_secs(8) {
        let pid = child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        // One signal is enough; another one comes when the program was not ready for the first.
        thread::sleep(Duration::from_millis(1_500));
    }
    child.kill().unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));
}

#[test]
fn no_more_audio_is_sent_than_was_allowed_and_the_rest_can_be_done_later() {
    let folder = tempfile::tempdir().unwrap();
    let inputs = files(folder.path(), 9);
    let emulator = emulator();
    let out = folder.path().join("out");
    let seconds = (clip("One of many.").len() - 44) as f64 / 32_000.0;
    let limit = format!("{:.3}", 4.5 * seconds);
    let arguments = ["-O", out.to_str().unwrap(), &inputs];
    let ran = run(&mut against(&emulator, &[&["--max-audio-seconds", &limit], &arguments[..]].concat()));
    let said = format!("--max-audio-seconds {limit} is reached; stopping (5 files left, run again to continue)");
    assert_eq!((ran.code, ran.first_line()), (Some(5), said.as_str()));
    emulator.assert(Expect::recognize().times(4));
    let ran = run(&mut against(&emulator, &arguments));
    assert_eq!((ran.code, ran.first_line()), (Some(0), "resuming: 4 done, 0 uncertain, 5 left"));
    emulator.assert(Expect::recognize().times(9));
}
