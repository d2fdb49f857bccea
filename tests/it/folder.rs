//! Many inputs into a folder of results: what is done stays done, nothing of others is touched, and a run that was
//! killed goes on.

use std::{
    collections::BTreeMap,
    fs,
    io::{BufRead, BufReader, Read},
    ops::Deref,
    path::Path,
    process::{Command, Stdio},
    thread,
    time::Duration,
};

use serde_json::Value;
use stt_emulator::{Emulator, Expect, Fault};

use crate::{
    cli::{Run, clip, run},
    place::Place,
};

/// A folder with inputs below `in`, and runs of the program that write below `out`.
struct Desk(Place);

impl Deref for Desk {
    type Target = Place;

    fn deref(&self) -> &Place {
        &self.0
    }
}

impl Desk {
    /// With these inputs, each saying its own name.
    fn with(inputs: &[&str]) -> Self {
        let desk = Self(Place::new());
        for input in inputs {
            desk.put(&format!("in/{input}"), &clip(&format!("This is {}.", word(input))));
        }
        desk
    }

    fn command(&self, arguments: &[&str]) -> Command {
        self.asking(&[&["transcribe", "-l", "en-US", "-O", "out"], arguments].concat())
    }

    fn run(&self, arguments: &[&str]) -> Run {
        run(&mut self.command(arguments))
    }

    /// Every file of results, without the journal.
    fn results(&self) -> BTreeMap<String, String> {
        let mut results = BTreeMap::new();
        gather(&self.path("out"), &mut results);
        let root = format!("{}/", self.path("out").display());
        results.into_iter().map(|(path, text)| (path.replace(&root, ""), text)).collect()
    }
}

fn gather(folder: &Path, results: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            gather(&path, results);
        } else if path.file_name().unwrap() != ".stt-journal.ndjson" {
            results.insert(path.display().to_string(), fs::read_to_string(&path).unwrap());
        }
    }
}

/// A name as it is spoken.
fn word(input: &str) -> String {
    input.rsplit('/').next().unwrap().split('.').next().unwrap().to_owned()
}

#[test]
fn each_input_gets_a_file_in_the_same_place() {
    let desk = Desk::with(&["one.wav", "sub/two.wav"]);
    let ran = desk.run(&["in", "-f", "txt", "-f", "json", "-j", "2"]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(0), ""), "{}", ran.err);
    let results = desk.results();
    assert_eq!(results.keys().collect::<Vec<_>>(), ["one.json", "one.txt", "sub/two.json", "sub/two.txt"]);
    assert_eq!((results["one.txt"].as_str(), results["sub/two.txt"].as_str()), ("This is one.\n", "This is two.\n"));
    let json: Value = serde_json::from_str(&results["sub/two.json"]).unwrap();
    assert_eq!((&json["schema"], &json["input"]), (&"stt.transcript/1".into(), &"in/sub/two.wav".into()));
}

#[test]
fn a_second_run_asks_for_nothing() {
    let desk = Desk::with(&["one.wav", "two.wav"]);
    assert_eq!((desk.run(&["in"]).code, desk.asked()), (Some(0), 2));
    let before = desk.results();
    let ran = desk.run(&["in"]);
    assert_eq!((ran.code, desk.asked()), (Some(0), 0));
    assert_eq!(ran.first_line(), "out: 2 done already, nothing left to ask for");
    // The same contents under another date are the same.
    fs::write(desk.path("in/one.wav"), fs::read(desk.path("in/one.wav")).unwrap()).unwrap();
    assert_eq!((desk.run(&["in"]).code, desk.asked()), (Some(0), 0));
    assert_eq!(desk.results(), before);
}

#[test]
fn what_has_no_words_counts_in_a_second_run_too() {
    let desk = Desk::with(&["one.wav"]);
    desk.put("in/quiet.wav", &fs::read(crate::support::root().join("tests/audio/silence.wav")).unwrap());
    assert_eq!((desk.run(&["in"]).code, desk.asked()), (Some(1), 2));
    assert_eq!((desk.run(&["in"]).code, desk.asked()), (Some(1), 0));
    assert_eq!(desk.run(&["in", "--allow-empty"]).code, Some(0));
    assert_eq!(desk.text("out/quiet.txt"), "");
}

#[test]
fn what_changed_is_done_again_and_nothing_else() {
    let desk = Desk::with(&["one.wav", "two.wav"]);
    assert_eq!((desk.run(&["in"]).code, desk.asked()), (Some(0), 2));
    desk.put("in/two.wav", &clip("Another two."));
    fs::remove_file(desk.path("out/one.txt")).unwrap();
    desk.put("in/three.wav", &clip("This is three."));
    let ran = desk.run(&["in"]);
    assert_eq!((ran.code, desk.asked()), (Some(0), 3), "{}", ran.err);
    assert_eq!(desk.text("out/two.txt"), "Another two.\n");
    assert_eq!(desk.text("out/one.txt"), "This is one.\n");
}

/// Row 88 of the faults that are promised to be told.
#[test]
fn other_options_are_told_and_many_repeats_want_consent() {
    let names: Vec<String> = (0..51).map(|number| format!("n{number}.wav")).collect();
    let desk = Desk::with(&names.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!((desk.run(&["in", "-j", "4"]).code, desk.asked()), (Some(0), 51));
    let ran = desk.run(&["in", "-f", "json"]);
    assert_eq!((ran.code, ran.first_line()), (Some(2), "options changed: 51 files will be transcribed again"));
    assert_eq!((desk.asked(), desk.results().len()), (0, 51));
    let ran = desk.run(&["in/n1.wav", "-f", "json"]);
    assert_eq!((ran.code, ran.first_line()), (Some(0), "options changed: 1 file will be transcribed again"));
    let ran = desk.run(&["in", "-f", "json", "--yes", "-j", "4"]);
    assert_eq!((ran.code, desk.asked()), (Some(0), 51), "{}", ran.err);
}

/// Row 17.
#[test]
fn two_inputs_for_one_name_are_refused_before_anything_is_sent() {
    let desk = Desk::with(&["talk.wav"]);
    desk.put("in/talk.mp3", b"whatever it is");
    let ran = desk.run(&["in"]);
    assert_eq!((ran.code, ran.first_line()), (Some(2), "in/talk.mp3 and in/talk.wav would both write out/talk.txt"));
    assert_eq!(desk.asked(), 0);
    assert!(!desk.path("out").exists());
}

/// Row 85.
#[test]
fn what_others_wrote_is_never_overwritten() {
    let desk = Desk::with(&["one.wav", "two.wav"]);
    desk.put("out/one.txt", b"notes of my own");
    let ran = desk.run(&["in"]);
    let said = "out/one.txt exists and was not written by stt; use --force";
    assert_eq!((ran.code, ran.first_line(), desk.asked()), (Some(3), said, 1));
    assert_eq!(desk.text("out/one.txt"), "notes of my own");
    // What its reader corrected stays as it is.
    desk.put("out/two.txt", b"This is number two.");
    assert_eq!((desk.run(&["in/two.wav"]).code, desk.asked()), (Some(0), 0));
    desk.put("in/two.wav", &clip("Another two."));
    let ran = desk.run(&["in/two.wav"]);
    let said = "out/two.txt was changed since stt wrote it; use --force";
    assert_eq!((ran.code, ran.err.lines().last()), (Some(3), Some(said)));
    assert_eq!(desk.run(&["in", "--force"]).code, Some(0));
    assert_eq!(
        (desk.text("out/one.txt"), desk.text("out/two.txt")),
        ("This is one.\n".into(), "Another two.\n".into())
    );
}

#[test]
fn the_result_of_another_folder_is_not_replaced() {
    let desk = Desk::with(&["one.wav"]);
    desk.put("other/one.wav", &clip("Another one."));
    assert_eq!(desk.run(&["in"]).code, Some(0));
    let ran = desk.run(&["other"]);
    assert_eq!(ran.code, Some(3));
    assert!(ran.err.contains("out/one.txt holds the result of ") && ran.err.contains("in/one.wav"), "{}", ran.err);
    assert_eq!(desk.text("out/one.txt"), "This is one.\n");
}

/// Row 86.
#[test]
fn a_second_run_at_the_same_time_is_refused() {
    let desk = Desk::with(&["one.wav"]);
    desk.emulator.arm(&Fault::transport(stt_emulator::Transport::Hang).times(1));
    let mut first = desk.command(&["in"]).stderr(Stdio::piped()).spawn().unwrap();
    while desk.emulator.journal().is_empty() {
        thread::sleep(Duration::from_millis(2));
    }
    let ran = desk.run(&["in"]);
    let said = format!("out: another run (pid {}) is working on it", first.id());
    assert_eq!((ran.code, ran.first_line()), (Some(2), said.as_str()));
    first.kill().unwrap();
    first.wait().unwrap();
    // The lock is gone with whoever held it.
    let ran = desk.run(&["in"]);
    assert_eq!((ran.code, ran.first_line()), (Some(0), "resuming: 0 done, 1 uncertain, 0 left"));
}

/// Row 87.
#[test]
fn a_journal_of_a_newer_version_is_left_alone() {
    let desk = Desk::with(&["one.wav"]);
    let json = r#"{"event":"run","version":9,"pid":1}"#;
    desk.put("out/.stt-journal.ndjson", format!("{json}\t{:08x}\n", crc32(json.as_bytes())).as_bytes());
    let ran = desk.run(&["in"]);
    assert_eq!((ran.code, ran.first_line()), (Some(2), "out: its journal is of a newer version"));
    assert_eq!(desk.run(&["in", "--force"]).code, Some(0));
}

/// Killed when a result had its name and that was not noted, and once more before the next result had it.
#[test]
fn a_run_that_was_killed_twice_over_the_same_file_goes_on() {
    let desk = Desk::with(&["one.wav"]);
    assert_eq!((desk.run(&["in"]).code, desk.asked()), (Some(0), 1));
    let journal = desk.text("out/.stt-journal.ndjson");
    let before: String = journal.split_inclusive('\n').filter(|line| !line.contains("\"done\"")).collect();
    let json = r#"{"event":"placing","files":[{"name":"one.txt","hash":"of the second run"}]}"#;
    let journal = format!("{before}{json}\t{:08x}\n", crc32(json.as_bytes()));
    desk.put("out/.stt-journal.ndjson", journal.as_bytes());
    let ran = desk.run(&["in"]);
    assert_eq!((ran.code, ran.first_line()), (Some(0), "resuming: 0 done, 1 uncertain, 0 left"), "{}", ran.err);
    assert_eq!((desk.asked(), desk.text("out/one.txt").as_str()), (1, "This is one.\n"));
}

/// CRC-32 as ISO 3309 has it, bit by bit.
pub(crate) fn crc32(bytes: &[u8]) -> u32 {
    !bytes
        .iter()
        .fold(!0, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ ((crc & 1) * 0xedb8_8320)))
}

/// Row 84: the folder takes the journal and no results.
#[test]
fn what_cannot_be_written_is_kept_and_written_later() {
    let desk = Desk::with(&["sub/one.wav"]);
    desk.put("out/sub", b"a file where a folder should be");
    let ran = desk.run(&["in"]);
    assert_eq!((ran.code, ran.first_line(), desk.asked()), (Some(3), "cannot write out/sub/one.txt", 1), "{}", ran.err);
    assert!(ran.err.contains("the text is kept in the journal"), "{}", ran.err);
    fs::remove_file(desk.path("out/sub")).unwrap();
    let ran = desk.run(&["in"]);
    assert_eq!((ran.code, desk.asked(), desk.text("out/sub/one.txt").as_str()), (Some(0), 0, "This is one.\n"));
}

#[test]
fn what_failed_is_tried_again_and_the_rest_is_not() {
    let desk = Desk::with(&["one.wav", "two.wav"]);
    desk.emulator.arm(&Fault::status(400).times(1));
    let ran = desk.run(&["in"]);
    assert_eq!((ran.code, desk.results().len()), (Some(3), 1), "{}", ran.err);
    let ran = desk.run(&["in"]);
    assert_eq!((ran.code, desk.results().len()), (Some(0), 2), "{}", ran.err);
    assert_eq!(desk.emulator.journal().len(), 3);
}

#[test]
fn the_summary_for_programs_is_the_last_line() {
    let desk = Desk::with(&["one.wav", "two.wav"]);
    desk.put("in/none.wav", b"");
    let ran = desk.run(&["in", "--summary", "json"]);
    let summary: Value = serde_json::from_str(ran.err.lines().last().unwrap()).unwrap();
    for (name, expected) in [("inputs", 3), ("with_words", 2), ("without_words", 0), ("failed", 1), ("not_tried", 0)] {
        assert_eq!(summary[name], expected, "{name}: {summary}");
    }
    assert_eq!(summary["failures"][0]["cause"], "file is empty");
    assert_eq!(summary["failures"][0]["inputs"][0], "in/none.wav");
}

/// Row 82, the first time: what was begun is finished and written, and the next run does the rest.
#[test]
fn an_interrupted_run_finishes_what_it_began_and_goes_on_later() {
    let desk = Desk::with(&["one.wav", "two.wav", "three.wav", "four.wav"]);
    // Its answer comes when the clock is moved, which is when the run was interrupted.
    let slow = Emulator::builder().latency("60s".parse().unwrap()).start_blocking().unwrap();
    let mut child = desk
        .command(&["in", "-j", "2"])
        .env("AZURE_SPEECH_ENDPOINT", slow.endpoint())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let asked = |count| {
        while slow.journal().len() < count {
            thread::sleep(Duration::from_millis(2));
        }
    };
    // The first one goes alone.
    asked(1);
    slow.advance(Duration::from_secs(60));
    asked(3);
    let mut said = BufReader::new(child.stderr.take().unwrap());
    let kill = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(kill.success());
    let mut line = String::new();
    said.read_line(&mut line).unwrap();
    assert_eq!(line, "finishing 2 inputs (Ctrl-C again to drop them)\n");
    slow.advance(Duration::from_secs(60));
    assert_eq!(child.wait().unwrap().code(), Some(130));
    let mut rest = String::new();
    said.read_to_string(&mut rest).unwrap();
    assert!(rest.contains("4 inputs: 3 with words, 0 without, 0 failed, 1 not tried"), "{rest}");
    assert_eq!(desk.results().len(), 3);
    let ran = desk.run(&["in"]);
    assert_eq!((ran.code, ran.first_line()), (Some(0), "resuming: 3 done, 0 uncertain, 1 left"));
    desk.emulator.assert(Expect::recognize().times(1));
}

/// Row 16.
#[test]
fn an_input_that_changes_while_it_is_read_is_asked_for_again() {
    let desk = Desk::with(&["one.wav"]);
    let slow = Emulator::builder().latency("60s".parse().unwrap()).start_blocking().unwrap();
    let mut command = desk.command(&["in"]);
    let child = command.env("AZURE_SPEECH_ENDPOINT", slow.endpoint()).stderr(Stdio::piped()).spawn().unwrap();
    let asked = |count| {
        while slow.journal().len() < count {
            thread::sleep(Duration::from_millis(2));
        }
    };
    asked(1);
    desk.put("in/one.wav", &clip("Another one."));
    slow.advance(Duration::from_secs(60));
    asked(2);
    slow.advance(Duration::from_secs(60));
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), desk.text("out/one.txt").as_str()), (Some(0), "Another one.\n"), "{said}");
    assert!(said.contains("in/one.wav: changed while it was read; trying again"), "{said}");
}

/// Row 80, a few times: `cargo xtask kill` does it hundreds of times.
#[test]
fn a_run_that_is_killed_goes_on_and_ends_as_if_it_had_not_been() {
    let names: Vec<String> = (0..12).map(|number| format!("n{number}.wav")).collect();
    let desk = Desk::with(&names.iter().map(String::as_str).collect::<Vec<_>>());
    for kill_after in 1..6 {
        let mut child = desk.command(&["in", "-j", "2"]).stderr(Stdio::null()).spawn().unwrap();
        while desk.emulator.journal().len() < 2 * kill_after && child.try_wait().unwrap().is_none() {
            thread::sleep(Duration::from_micros(200));
        }
        child.kill().unwrap();
        child.wait().unwrap();
        for (name, text) in desk.results() {
            assert!(name.starts_with('.') || text == format!("This is {}.\n", word(&name)), "{name}: {text:?}");
        }
    }
    let ran = desk.run(&["in"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let expected: BTreeMap<String, String> =
        names.iter().map(|name| (name.replace("wav", "txt"), format!("This is {}.\n", word(name)))).collect();
    assert_eq!(desk.results(), expected);
    // At most as many as were under way are asked for again, each time.
    assert!(desk.emulator.journal().len() <= 12 + 5 * 2, "{}", desk.emulator.journal().len());
}

/// What somebody put where a result was to be, before the run that was killed came to write it.
#[test]
fn what_came_after_a_kill_is_not_overwritten() {
    let desk = Desk::with(&["one.wav"]);
    desk.emulator.arm(&Fault::transport(stt_emulator::Transport::Hang).times(1));
    let mut child = desk.command(&["in"]).stderr(Stdio::null()).spawn().unwrap();
    while desk.emulator.journal().is_empty() {
        thread::sleep(Duration::from_millis(2));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    desk.put("out/one.txt", b"notes of my own");
    let ran = desk.run(&["in"]);
    assert_eq!(ran.code, Some(3), "{}", ran.err);
    assert!(ran.err.contains("out/one.txt exists and was not written by stt; use --force"), "{}", ran.err);
    assert_eq!(desk.text("out/one.txt"), "notes of my own");
}

#[test]
fn a_format_less_is_nothing_to_ask_for_and_a_format_more_is_told() {
    let desk = Desk::with(&["one.wav", "two.wav"]);
    assert_eq!((desk.run(&["in", "-f", "txt", "-f", "json"]).code, desk.asked()), (Some(0), 2));
    assert_eq!((desk.run(&["in", "-f", "json"]).code, desk.asked()), (Some(0), 0));
    let ran = desk.run(&["in", "-f", "json", "-f", "tsv"]);
    assert_eq!((ran.code, ran.first_line()), (Some(0), "options changed: 2 files will be transcribed again"));
    assert_eq!(desk.asked(), 2);
    let all = ["in", "-f", "txt", "-f", "json", "-f", "tsv"];
    assert_eq!((desk.run(&all).code, desk.asked()), (Some(0), 0), "nothing of what was paid for is forgotten");
    // What was written of other audio is ours, and no result of this.
    desk.put("in/two.wav", &clip("Another two."));
    assert_eq!((desk.run(&["in", "-f", "json"]).code, desk.asked()), (Some(0), 1));
    assert_eq!((desk.run(&all).code, desk.asked()), (Some(0), 1));
    assert_eq!(desk.text("out/two.txt"), "Another two.\n");
}

#[test]
fn a_journal_that_is_no_file_of_ours_is_left_alone() {
    let desk = Desk::with(&["one.wav"]);
    desk.put("elsewhere", b"of somebody else");
    fs::create_dir(desk.path("out")).unwrap();
    std::os::unix::fs::symlink("../elsewhere", desk.path("out/.stt-journal.ndjson")).unwrap();
    let ran = desk.run(&["in"]);
    assert_eq!((ran.code, ran.first_line(), desk.asked()), (Some(3), "cannot write into out", 0));
    assert_eq!(desk.text("elsewhere"), "of somebody else");
}

#[test]
fn a_long_name_is_written_and_one_that_is_too_long_refused_before_it_is_sent() {
    let (long, longer) = ("n".repeat(251), "m".repeat(251));
    let desk = Desk::with(&[&format!("{long}.wav")]);
    assert_eq!(desk.run(&["in"]).code, Some(0));
    assert_eq!(desk.text(&format!("out/{long}.txt")), format!("This is {long}.\n"));
    desk.put(&format!("in/{longer}.wav"), &clip("Too long."));
    desk.emulator.reset();
    let ran = desk.run(&["in", "-f", "json"]);
    assert_eq!((ran.code, desk.asked()), (Some(3), 0), "{}", ran.err);
    assert!(ran.err.contains("its result would have a name of 256 bytes, and systems take 255"), "{}", ran.err);
}

#[test]
fn what_is_given_twice_is_told_as_that() {
    let desk = Desk::with(&["one.wav"]);
    let ran = desk.run(&["in/one.wav", "in/one.wav"]);
    assert_eq!((ran.code, ran.first_line(), desk.asked()), (Some(2), "in/one.wav is given twice", 0));
}

/// A result that is not where it belongs is none.
#[test]
fn what_could_not_be_written_counts_as_failed() {
    let desk = Desk::with(&["one.wav", "two.wav"]);
    fs::create_dir_all(desk.path("out/one.txt")).unwrap();
    let ran = desk.run(&["in", "--force", "--summary", "json"]);
    let summary: Value = serde_json::from_str(ran.err.lines().last().unwrap()).unwrap();
    assert_eq!((ran.code, &summary["with_words"], &summary["failed"]), (Some(3), &1.into(), &1.into()), "{summary}");
    assert_eq!(summary["failures"][0]["cause"], "cannot write a result");
}
