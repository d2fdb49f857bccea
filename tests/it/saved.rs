//! The service's answers in files: kept as they came, and made results again without a service, a key or the audio.

use std::{collections::BTreeMap, fs, ops::Deref, path::Path, process::Command};

use serde_json::Value;
use stt_emulator::{Fault, Transport};

use crate::{
    cli::{Run, clip, run, run_with_input, stt},
    faults::{KEY, Server},
    folder::crc32,
    place::Place,
    support::root,
};

/// A folder with inputs, and runs of the program that keep answers below `answers`.
struct Desk(Place);

impl Deref for Desk {
    type Target = Place;

    fn deref(&self) -> &Place {
        &self.0
    }
}

impl Desk {
    fn with(inputs: &[(&str, Vec<u8>)]) -> Self {
        let desk = Self(Place::new());
        for (name, bytes) in inputs {
            desk.put(name, bytes);
        }
        desk
    }

    /// Asks the service, and keeps what it answers.
    fn saving(&self, arguments: &[&str]) -> Command {
        self.asking(&[&["transcribe", "-l", "en-US", "--save-response", "answers"], arguments].concat())
    }

    fn command(&self, arguments: &[&str]) -> Command {
        self.stt(&[&["transcribe"], arguments].concat())
    }

    fn save(&self, arguments: &[&str]) -> Run {
        run(&mut self.saving(arguments))
    }

    /// Has neither a service nor a key.
    fn again(&self, arguments: &[&str]) -> Run {
        run(&mut self.command(arguments))
    }

    /// Every file below a folder that is not hidden.
    fn files(&self, folder: &str) -> BTreeMap<String, Vec<u8>> {
        let mut files = BTreeMap::new();
        gather(&self.path(folder), Path::new(""), &mut files);
        files
    }

    fn names(&self) -> Vec<String> {
        self.files("answers").into_keys().collect()
    }
}

fn gather(folder: &Path, below: &Path, files: &mut BTreeMap<String, Vec<u8>>) {
    for entry in fs::read_dir(folder).into_iter().flatten().map(Result::unwrap) {
        let (path, below) = (entry.path(), below.join(entry.file_name()));
        if path.is_dir() {
            gather(&path, &below, files);
        } else if !entry.file_name().to_string_lossy().starts_with('.') {
            files.insert(below.to_str().unwrap().to_owned(), fs::read(path).unwrap());
        }
    }
}

fn test_file(name: &str) -> Vec<u8> {
    fs::read(root().join("tests/audio").join(name)).unwrap()
}

/// Three quarters of a minute.
fn long() -> Vec<u8> {
    let sentences: Vec<String> = (0..14).map(|n| format!("This is sentence number s{n} of a talk.")).collect();
    clip(&sentences.join(" "))
}

/// Words, silence, conversion, pieces and a piece that fails: in every format the same bytes come of the answers.
#[test]
fn what_was_written_once_is_written_again_byte_for_byte() {
    let inputs = [
        ("whole.wav", clip("Words in one piece.")),
        ("silent.wav", test_file("silence.wav")),
        ("converted.flac", test_file("chirp.flac")),
        ("long.wav", long()),
    ];
    for (name, bytes) in &inputs {
        for format in ["text", "json", "ndjson", "srt", "vtt", "tsv", "csv"] {
            let desk = Desk::with(&[(name, bytes.clone())]);
            let first = desk.save(&[name, "-f", format, "--max-seconds", "8", "-j", "3"]);
            let asked = desk.asked();
            fs::remove_file(desk.path(name)).unwrap();
            let again = desk.again(&["-f", format, "--from-response", "answers"]);
            assert_eq!((again.code, &again.out), (first.code, &first.out), "{name} {format}: {}", again.err);
            assert_eq!((desk.asked(), desk.names().len()), (0, asked), "{name} {format}");
        }
    }
}

#[test]
fn many_inputs_keep_their_order_their_names_and_their_failures() {
    let desk = Desk::with(&[
        ("z.wav", clip("First.")),
        ("in/b.wav", clip("Second.")),
        ("in/sub/c.wav", long()),
        ("in/d.wav", b"<html>".to_vec()),
        ("quiet.wav", test_file("silence.wav")),
    ]);
    desk.emulator.arm(&Fault::status(400).body(r#"{"Message":"Unsupported audio format"}"#).skip(3).times(1));
    desk.emulator.arm(&Fault::transport(Transport::CloseBeforeResponse).skip(5).times(1));
    let flags = ["-f", "ndjson", "--summary", "json"];
    // One after the other, so that the faults meet pieces of the third input.
    let inputs = ["z.wav", "in", "quiet.wav", "--max-seconds", "8", "--retries", "0", "-j", "1"];
    let first = desk.save(&[&flags[..], &inputs].concat());
    let again = desk.again(&[&flags[..], &["--from-response", "answers"]].concat());
    assert_eq!((again.code, &again.out), (first.code, &first.out), "{}", again.err);
    assert_eq!(first.out.lines().count(), 5);
    assert!(first.out.contains(r#""error":{"kind":"refused""#) && first.out.contains("\"Partial\""), "{}", first.out);
    assert_eq!(again.err.lines().last(), first.err.lines().last());
    let plain = desk.again(&["--from-response", "answers"]);
    assert!(plain.out.starts_with("z.wav: First.\nin/b.wav: Second.\nin/sub/c.wav: This is"), "{}", plain.out);
}

#[test]
fn answers_are_the_bytes_that_came_in_the_tree_of_the_inputs() {
    let desk = Desk::with(&[("in/one.wav", clip("One.")), ("in/sub/two.wav", long())]);
    let body = "\u{feff} {\"RecognitionStatus\":\"Success\",\r\n \"DisplayText\":\"Odd.\",\"New\":[1, 2]} \n";
    desk.emulator.arm(&Fault::status(200).body(body).times(1));
    let ran = desk.save(&["in", "--max-seconds", "15"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert_eq!(desk.files("answers")["one.json"], body.as_bytes());
    let names = desk.names();
    assert!(3 <= names.len(), "{names:?}");
    let mut last = "00000000".to_owned();
    for name in &names[1..] {
        let span = name.strip_prefix("sub/two.").and_then(|rest| rest.strip_suffix(".json")).unwrap();
        let (start, end) = span.split_once('-').unwrap();
        assert!(*last <= *start && start < end, "{names:?}");
        end.clone_into(&mut last);
        let answer: Value = serde_json::from_slice(&desk.files("answers")[name]).unwrap();
        assert_eq!(answer["RecognitionStatus"], "Success");
    }
}

/// Row 57 of the faults that are promised to be told, and those around it.
#[test]
fn an_answer_that_is_not_understood_is_kept_too() {
    for (status, body, code) in
        [(200, "{}", 5), (200, "<html>no</html>", 5), (401, "{\"error\":{\"code\":\"401\"}}", 4), (503, "busy", 5)]
    {
        let desk = Desk::with(&[("talk.wav", clip("Words."))]);
        desk.emulator.arm(&Fault::status(status).body(body));
        let first = desk.save(&["talk.wav", "-f", "json", "--retries", "0"]);
        assert_eq!(first.code, Some(code), "{}", first.err);
        let files = desk.files("answers");
        assert_eq!(files["talk.failed.json"], body.as_bytes(), "{:?}", desk.names());
        let again = desk.again(&["--from-response", "answers/talk.failed.json", "-f", "json"]);
        assert_eq!((again.code, again.first_line()), (first.code, last_failure(&first.err)));
        assert_eq!(again.out, first.out);
    }
}

/// The first line of the failure, after what the program said before.
fn last_failure(said: &str) -> &str {
    said.lines().find(|line| line.starts_with("talk.wav: ")).unwrap_or_default()
}

#[test]
fn what_was_answered_before_a_repeat_is_kept_beside_the_recognition() {
    let desk = Desk::with(&[("talk.wav", clip("Words."))]);
    desk.emulator.arm(&Fault::status(503).body("busy").retry_after(0).times(1));
    let first = desk.save(&["talk.wav", "-f", "json"]);
    assert_eq!(first.code, Some(0), "{}", first.err);
    assert_eq!(desk.names(), ["talk.json", "talk.try-1.json"]);
    assert_eq!(desk.files("answers")["talk.try-1.json"], b"busy");
    let again = desk.again(&["--from-response", "answers", "-f", "json"]);
    assert_eq!((again.code, &again.out), (Some(0), &first.out));
    assert!(again.out.contains("\"attempts\":2"), "{}", again.out);
}

#[test]
fn standard_input_and_assessments_are_kept_too() {
    let desk = Desk::with(&[("good.wav", test_file("good-morning.wav"))]);
    let first = run_with_input(&mut desk.saving(&["-", "-f", "json", "--max-seconds", "8"]), &long());
    assert!(desk.names().iter().all(|name| name.starts_with("stdin.")), "{:?}", desk.names());
    let again = desk.again(&["--from-response", "answers", "-f", "json"]);
    assert_eq!((again.code, again.out), (Some(0), first.out), "{}", again.err);
    let refused = run_with_input(&mut desk.saving(&["-"]), &clip("Another stream."));
    assert_eq!(refused.code, Some(3));
    assert!(refused.first_line().ends_with("holds an answer about another stream; use --force"), "{}", refused.err);

    let mut assess = stt(&["assess", "-l", "en-US", "--reference", "Good morning.", "--save-response", "scores"]);
    assess.current_dir(desk.folder()).arg(desk.path("good.wav"));
    assess.env("AZURE_SPEECH_ENDPOINT", desk.emulator.endpoint()).env("AZURE_SPEECH_KEY", desk.emulator.key());
    assert_eq!(run(&mut assess).code, Some(0));
    let score: Value = serde_json::from_str(&desk.text("scores/good.json")).unwrap();
    assert!(score["NBest"][0]["PronScore"].is_number() || score["NBest"][0]["PronunciationAssessment"].is_object());
    assert_eq!(desk.again(&["--from-response", "scores/good.json"]).out, "Good morning.\n");
}

#[test]
fn an_answer_that_cannot_be_kept_is_told_and_its_result_is_not_lost() {
    let desk = Desk::with(&[("in/sub/one.wav", clip("This is one.")), ("in/two.wav", clip("This is two."))]);
    desk.put("answers/sub", b"a file where a folder should be");
    let ran = desk.save(&["in"]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(3), "in/sub/one.wav: This is one.\nin/two.wav: This is two.\n"));
    assert_eq!(ran.first_line(), "in/sub/one.wav: cannot save the answer in answers/sub/one.json");
    let again = desk.again(&["--from-response", "answers"]);
    assert_eq!((again.code, again.out.as_str()), (Some(3), "in/two.wav: This is two.\n"));
    assert!(again.err.contains("in/sub/one.wav: its answer was not saved"), "{}", again.err);

    desk.put("file", b"no folder");
    let ran = desk.command(&["-l", "en-US", "--save-response", "file", "in"]).env("STT_AUTH", "none").output().unwrap();
    assert_eq!(ran.status.code(), Some(2), "no endpoint comes first");
    let ran = desk.save(&["in", "--save-response", "file"]);
    assert_eq!(ran.code, Some(2), "{}", ran.err);
}

#[test]
fn a_key_that_the_service_repeats_is_not_kept() {
    let desk = Desk::with(&[("talk.wav", clip("Words."))]);
    let body = format!(r#"{{"RecognitionStatus":"Success","DisplayText":"You are {KEY}."}}"#);
    let server = Server::start(vec![
        format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len()).into_bytes(),
    ]);
    let mut command = server.stt(&["transcribe", "-l", "en-US", "talk.wav", "--save-response", "answers"]);
    let ran = run(command.current_dir(desk.folder()));
    assert_eq!(ran.code, Some(3));
    assert_eq!(ran.first_line(), "talk.wav: the answer repeats the credential, and is not saved");
    assert_eq!(desk.names(), [""; 0]);
    assert!(!desk.text("answers/.stt-responses.ndjson").contains(KEY));
}

#[test]
fn a_repeated_run_replaces_its_own_answers_and_nothing_else() {
    let desk = Desk::with(&[("talk.wav", clip("Words."))]);
    assert_eq!(desk.save(&["talk.wav"]).code, Some(0));
    assert_eq!((desk.save(&["talk.wav"]).code, desk.asked()), (Some(0), 2));
    // What was paid for is not forgotten for a run in which everything failed.
    desk.emulator.arm(&Fault::status(401).body("no"));
    assert_eq!(desk.save(&["talk.wav"]).code, Some(4));
    assert_eq!(desk.names(), ["talk.failed.json", "talk.json"]);
    assert_eq!(desk.again(&["--from-response", "answers"]).out, "Words.\n");
    desk.emulator.reset();

    let refused = |said: &str, inputs: &[&str]| {
        let ran = desk.save(inputs);
        assert!(ran.code == Some(3) && ran.first_line().contains(said), "{said}: {}", ran.err);
        assert_eq!(desk.asked(), 0, "{said}");
    };
    desk.put("other/talk.wav", &clip("Others."));
    refused("holds an answer about", &["other/talk.wav"]);
    desk.put("answers/talk.json", b"notes of my own");
    refused("answers/talk.json was changed since stt saved it; use --force", &["talk.wav"]);
    desk.put("answers/new.00000000-00008000.json", b"notes of my own");
    desk.put("new.wav", &clip("New."));
    refused("exists and was not saved by stt; use --force", &["new.wav"]);
    assert_eq!(desk.save(&["other/talk.wav", "new.wav", "--force"]).code, Some(0));
    assert_eq!(desk.again(&["--from-response", "answers/talk.json"]).out, "Others.\n");
}

#[test]
fn what_would_share_a_file_is_refused_before_anything_is_sent() {
    let desk = Desk::with(&[("talk.wav", clip("Words.")), ("talk.mp3", b"whatever".to_vec())]);
    let ran = desk.save(&["talk.wav", "talk.mp3"]);
    assert_eq!((ran.code, ran.first_line()), (Some(2), "talk.wav and talk.mp3 would both write answers/talk.json"));
    let ran = desk.save(&["talk.wav", "-O", "answers", "-f", "json"]);
    assert_eq!((ran.code, ran.first_line()), (Some(2), "-O and --save-response need folders of their own"));
    assert_eq!(desk.asked(), 0);
}

#[test]
fn a_folder_of_results_is_filled_from_answers() {
    let desk = Desk::with(&[("in/one.wav", clip("One.")), ("in/sub/two.wav", long())]);
    let formats = ["-f", "text", "-f", "json", "-f", "srt"];
    assert_eq!(desk.save(&[&formats[..], &["-O", "out", "in"]].concat()).code, Some(0));
    let asked = desk.asked();
    fs::remove_dir_all(desk.path("in")).unwrap();
    let ran = desk.again(&[&formats[..], &["-O", "again", "--from-response", "answers"]].concat());
    assert_eq!((ran.code, desk.files("again")), (Some(0), desk.files("out")), "{}", ran.err);
    assert_eq!(desk.names().len(), asked);
    // The same again changes nothing, and something else is not replaced.
    desk.put("again/one.txt", b"One!\n");
    let ran = desk.again(&["-O", "again", "--from-response", "answers"]);
    assert_eq!((ran.code, ran.first_line()), (Some(3), "again/one.txt exists and says something else; use --force"));
    assert_eq!(desk.again(&["-O", "again", "--force", "--from-response", "answers"]).code, Some(0));
    assert_eq!(desk.text("again/one.txt"), "One.\n");
    let ran = desk.again(&["-O", "answers", "-f", "json", "--from-response", "answers"]);
    assert_eq!(ran.code, Some(2), "{}", ran.err);
    assert!(ran.first_line().contains("is read by this run"), "{}", ran.err);
}

#[test]
fn a_piece_stands_for_all_of_its_input_and_one_that_is_gone_keeps_its_place() {
    let desk = Desk::with(&[("talk.wav", long())]);
    let first = desk.save(&["talk.wav", "--max-seconds", "8", "-f", "json"]);
    let names = desk.names();
    let paths: Vec<String> = names.iter().map(|name| format!("answers/{name}")).collect();
    assert!(3 <= paths.len(), "{paths:?}");
    assert_eq!(desk.again(&["--from-response", &paths[1], "-f", "json"]).out, first.out);
    let all: Vec<&str> =
        ["-f", "json", "--from-response"].into_iter().chain(paths.iter().map(String::as_str)).collect();
    assert_eq!(desk.again(&all).out, first.out);

    // Without the index their names put them together.
    fs::rename(desk.path("answers/.stt-responses.ndjson"), desk.path("index")).unwrap();
    let ran = desk.again(&["-l", "en-US", "--from-response", "answers"]);
    let texts = |json: &str| serde_json::from_str::<Value>(json).unwrap()["text"].as_str().unwrap().to_owned();
    assert_eq!((ran.code, ran.out.trim_end()), (Some(0), texts(&first.out).as_str()), "{}", ran.err);
    fs::rename(desk.path("index"), desk.path("answers/.stt-responses.ndjson")).unwrap();

    fs::remove_file(desk.path(&paths[1])).unwrap();
    let ran = desk.again(&["--from-response", "answers"]);
    assert_eq!((ran.code, ran.out.matches("[not recognized").count()), (Some(3), 1), "{}", ran.out);
    assert!(ran.first_line().ends_with(&format!("{}: not found", paths[1])), "{}", ran.err);
}

#[test]
fn a_run_that_was_stopped_is_told_from_one_that_ended() {
    let stopped = |audio: Vec<u8>| {
        let desk = Desk::with(&[("talk.wav", audio)]);
        let first = desk.save(&["talk.wav", "--max-seconds", "15", "-f", "json"]);
        let index = desk.text("answers/.stt-responses.ndjson");
        let lines: Vec<&str> = index.lines().collect();
        assert!(lines.last().unwrap().contains("\"ended\""));
        desk.put("answers/.stt-responses.ndjson", (lines[..lines.len() - 1].join("\n") + "\n{\"eve").as_bytes());
        (desk, first)
    };
    // There is no more than the whole.
    let (desk, first) = stopped(clip("Words."));
    let ran = desk.again(&["--from-response", "answers", "-f", "json"]);
    assert_eq!((ran.code, ran.out), (Some(0), first.out), "{}", ran.err);
    let (desk, _) = stopped(long());
    let ran = desk.again(&["--from-response", "answers"]);
    assert_eq!(ran.code, Some(3));
    assert!(ran.out.trim_end().ends_with("[not recognized: from 00:00:44.172]"), "{}", ran.out);
    assert!(ran.err.contains("1 damaged lines of its index are left out"), "{}", ran.err);
    assert!(ran.err.contains("talk.wav: the run that saved it was stopped, and the rest is missing"), "{}", ran.err);
}

#[test]
fn an_answer_from_elsewhere_needs_no_more_than_its_language() {
    let desk = Desk::with(&[]);
    let body = r#"{"RecognitionStatus":"Success","DisplayText":"By curl.","Offset":5000000,"Duration":10000000}"#;
    desk.put("curl.json", body.as_bytes());
    let ran = desk.again(&["--from-response", "curl.json"]);
    assert_eq!((ran.code, ran.first_line()), (Some(2), "no language: set --language or STT_LANGUAGE"));
    let ran = desk.again(&["-l", "en-US", "--from-response", "curl.json", "-f", "srt"]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(0), "1\n00:00:00,500 --> 00:00:01,500\nBy curl.\n"));
    let ran = run_with_input(&mut desk.command(&["-l", "en-US", "--from-response", "-"]), body.as_bytes());
    assert_eq!((ran.code, ran.out.as_str()), (Some(0), "By curl.\n"));
}

#[test]
fn what_is_no_answer_is_told_and_stops_nothing() {
    let desk = Desk::with(&[]);
    desk.put("good.json", br#"{"RecognitionStatus":"Success","DisplayText":"Good."}"#);
    desk.put("cut.json", br#"{"RecognitionStatus":"Succ"#);
    desk.put("page.json", b"<html>");
    desk.put("busy.json", br#"{"RecognitionStatus":"Error"}"#);
    desk.put("silent.json", br#"{"RecognitionStatus":"NoMatch"}"#);
    desk.put("result.json", br#"{"schema":"stt.transcript/1","input":"a.wav","language":"en-US","segments":[]}"#);
    desk.put("huge.json", &vec![b' '; 9 << 20]);
    fs::create_dir(desk.path("empty")).unwrap();
    let one = |name: &str| {
        let ran = desk.again(&["-l", "en-US", "--from-response", name]);
        (ran.code, ran.err.lines().next().unwrap().to_owned())
    };
    let none = "no answer of the service, or no whole one";
    assert_eq!(one("cut.json"), (Some(3), format!("cut.json: {none}")));
    assert_eq!(one("page.json"), (Some(3), format!("page.json: {none}")));
    let result = desk.again(&["-l", "en-US", "--from-response", "result.json"]);
    assert!(
        result.err.contains("hint: it is a result of stt; answers are what --save-response keeps"),
        "{}",
        result.err
    );
    assert_eq!(one("gone.json"), (Some(3), "gone.json: not found".to_owned()));
    assert_eq!(one("huge.json"), (Some(3), "huge.json: larger than any answer of the service".to_owned()));
    assert_eq!(one("empty"), (Some(3), "empty: no saved answer in this folder".to_owned()));
    assert_eq!(one("silent.json"), (Some(1), "silent.json: nothing was recognised (NoMatch)".to_owned()));
    assert_eq!(one("busy.json").0, Some(5));
    let ran = desk.again(&["-l", "en-US", "--from-response", "cut.json", "good.json", "gone.json"]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(3), "good.json: Good.\n"));
}

#[test]
fn flags_that_contradict_each_other_are_refused() {
    let desk = Desk::with(&[("a.wav", clip("A."))]);
    for arguments in [
        &["a.wav", "--from-journal", "-O", "out"][..],
        &["--from-journal"],
        &["--from-journal", "-O", "out", "-f", "srt"],
        &["--from-response", "a.json", "--region", "westus"],
        &["--from-response", "a.json", "--emulator"],
        &["--from-response", "a.json", "--save-response", "b"],
        &["--from-response", "a.json", "--from-journal", "-O", "out"],
        &["--from-response", "a.json", "--timeout", "3"],
        &["--emulator", "a.wav", "--save-response", "b", "-n"],
        &["--emulator", "a.wav", "--save-response", "b", "--curl"],
        &["--from-response", "a.json", "-l", "en-US", "--force"],
        &["--emulator", "a.wav", "--force"],
        &[],
    ] {
        let ran = desk.again(arguments);
        assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{arguments:?}: {}", ran.err);
    }
    assert!(!desk.path("out").exists() && !desk.path("b").exists());
}

/// Row 84 of the faults that are promised to be told.
#[test]
fn what_the_journal_keeps_is_written_without_the_inputs() {
    let desk = Desk::with(&[
        ("in/sub/one.wav", clip("This is one.")),
        ("in/sub/two.wav", clip("This is two.")),
        ("in/three.wav", clip("This is three.")),
    ]);
    desk.put("out/sub", b"a file where a folder should be");
    let formats = ["-l", "en-US", "-O", "out", "-f", "text", "-f", "srt", "--max-words-per-line", "2", "in"];
    let first = |desk: &Desk| {
        let mut command = desk.command(&formats);
        let endpoint = desk.emulator.endpoint();
        run(command.env("AZURE_SPEECH_ENDPOINT", endpoint).env("AZURE_SPEECH_KEY", desk.emulator.key()))
    };
    let ran = first(&desk);
    assert_eq!((ran.code, desk.asked()), (Some(3), 3));
    assert!(ran.err.contains("`stt transcribe --from-journal -O out` writes it"), "{}", ran.err);
    fs::rename(desk.path("in"), desk.path("gone")).unwrap();

    let ran = desk.again(&["--from-journal", "-O", "out"]);
    assert_eq!((ran.code, ran.err.lines().last()), (Some(3), Some("out: 0 kept results written, 2 left")));
    fs::remove_file(desk.path("out/sub")).unwrap();
    desk.put("out/sub/one.srt", b"of somebody else");
    let ran = desk.again(&["--from-journal", "-O", "out"]);
    assert_eq!((ran.code, ran.err.lines().last()), (Some(3), Some("out: 1 kept result written, 1 left")));
    assert!(ran.err.contains("out/sub/one.srt exists and was not written by stt; use --force"), "{}", ran.err);
    assert!(!desk.path("out/sub/one.txt").exists());
    let ran = desk.again(&["--from-journal", "-O", "out", "--force"]);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), "out: 1 kept result written, 0 left\n"));
    assert_eq!(desk.text("out/sub/one.txt"), "This is one.\n");
    assert!(desk.text("out/sub/two.srt").contains("This is\ntwo.\n"), "{}", desk.text("out/sub/two.srt"));
    let ran = desk.again(&["--from-journal", "-O", "out"]);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), "out: its journal keeps nothing\n"));

    // The run that kept them has nothing left to ask for.
    fs::rename(desk.path("gone"), desk.path("in")).unwrap();
    let ran = first(&desk);
    assert_eq!(
        (ran.code, desk.asked(), ran.first_line()),
        (Some(0), 0, "out: 3 done already, nothing left to ask for")
    );
    let ran = desk.again(&["--from-journal", "-O", "nowhere"]);
    assert_eq!((ran.code, ran.first_line()), (Some(2), "nowhere: no journal in this folder"));
    assert!(!desk.path("nowhere").exists());
}

/// A journal is a file that anybody may have written, or `stt` before it kept the contents of files.
#[test]
fn a_journal_leads_nowhere_else_and_an_old_one_gives_the_text() {
    let desk = Desk::with(&[]);
    let transcript =
        r#"{"schema":"stt.transcript/1","input":"a.wav","language":"en-US","segments":[{"status":"Success",
        "text":"Kept.","nbest":[],"words":[],"start_ms":0,"end_ms":900}]}"#
            .replace('\n', "");
    let work = r#"{"input":"/a.wav","options":"","sha256":"","snapshot":{"bytes":1,"modified":[0,0]}}"#;
    let kept = |place: &str, texts: &str| {
        let json = format!(r#"{{"event":"kept","place":"{place}","work":{work},"transcript":{transcript}{texts}}}"#);
        format!("{json}\t{:08x}\n", crc32(json.as_bytes()))
    };
    let texts = r#","texts":[{"name":"../out-of-it.txt","text":"Kept."}]"#;
    desk.put("out/.stt-journal.ndjson", (kept("sub/old.wav", "") + &kept("evil.wav", texts)).as_bytes());
    let ran = desk.again(&["--from-journal", "-O", "out", "--force"]);
    assert_eq!((ran.code, ran.err.lines().last()), (Some(3), Some("out: 1 kept result written, 1 left")));
    assert!(ran.err.contains("the journal names ../out-of-it.txt, which is not in this folder"), "{}", ran.err);
    assert_eq!(desk.text("out/sub/old.txt"), "Kept.\n");
    assert!(!desk.path("out-of-it.txt").exists());
}
