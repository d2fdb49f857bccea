//! Scenario files: what is wrong with them and where, and their schema.

mod common;

use std::fs;
use std::path::Path;
use std::process::Command;

use proptest::prelude::*;
use serde_json::{Value, json};
use stt_emulator::{Notation, ReadError, Scenario, SynthOptions, synth};

/// Line, column and path of each mistake.
fn mistakes(text: &str, notation: Notation) -> Vec<(usize, usize, String)> {
    match Scenario::parse(text, notation) {
        Ok(_) => Vec::new(),
        Err(error) => error.mistakes().iter().map(|it| (it.line, it.column, it.path.clone())).collect(),
    }
}

/// The one mistake of a TOML text whose first line names the schema, as it is told.
fn told(toml: &str) -> String {
    let text = format!("schema = \"stt-emulator/1\"\n{toml}");
    match Scenario::parse(&text, Notation::Toml) {
        Ok(_) => "no mistakes".to_owned(),
        Err(error) => error.to_string(),
    }
}

#[test]
fn each_mistake_is_told_with_its_place_and_what_was_expected() {
    let answer = "answer = [{ display = \"x\" }]";
    let rule = |when: &str| format!("[[rule]]\nmatch = {{ {when} }}\n{answer}");
    let reply = |reply: &str| format!("[[rule]]\n[[rule.answer]]\n{reply}");
    let fault = |fault: &str| format!("[[fault]]\nrespond = {{ status = 500 }}\n{fault}");
    let rows = [
        (
            "foo = 1".into(),
            "2:1: foo: unknown field `foo`; expected one of `schema`, `defaults`, `audio`, `rule`, `fault`",
        ),
        (
            "[defaults]\nlanguage = \"en_US\"".into(),
            "3:1: defaults.language: the language \"en_US\" is unknown, and every request for it is 400; expected a language of Microsoft's table, such as en-AU",
        ),
        ("[[audio]]\nid = \"a\"".into(), "2:1: audio[0]: nothing says which clip it is; expected `file` or `sha256`"),
        (
            "[[audio]]\nid = \"a\"\nfile = \"a.wav\"".into(),
            "4:1: audio[0].file: a file can be named only in a file; expected sha256, as `stt-emulator hash FILE` prints it",
        ),
        (
            "[[audio]]\nid = \"a\"\nsha256 = \"12\"".into(),
            "4:1: audio[0].sha256: a hash of samples is 64 hex digits, as `stt-emulator hash FILE` prints them",
        ),
        (
            "[[rule]]\nname = \"empty\"".into(),
            "2:1: rule[0]: the rule has no answer; expected at least one [[rule.answer]]",
        ),
        (
            rule("langage = \"en-US\""),
            "3:11: rule[0].match.langage: unknown field `langage`; expected one of `operation`, `mode`, `audio`, `sha256`, `language`, `format`, `profanity`, `cid`, `key`, `session`, `header`, `query`, `min_seconds`, `max_seconds`, `chunked`, `pronunciation`, `nth`",
        ),
        (
            rule("audio = \"b\""),
            "3:11: rule[0].match.audio: no [[audio]] has the id \"b\"; expected the id of an [[audio]]",
        ),
        (
            rule("format = \"long\""),
            "3:11: rule[0].match.format: unknown variant `long`; expected `detailed` or `simple`",
        ),
        (
            rule("cid = \"x\""),
            "3:11: rule[0].match.cid: \"x\" is no GUID, and every request for it is 400; expected 32 hex digits",
        ),
        (rule("key = \"\""), "3:11: rule[0].match.key: the key is empty; expected a key, or any"),
        (rule("session = \"x\""), "3:11: rule[0].match.session: \"x\" is no session id; expected 32 hex digits"),
        (
            rule("min_seconds = 3, max_seconds = 2"),
            "3:28: rule[0].match.max_seconds: no audio has at least 3 and at most 2 seconds; expected at least 3",
        ),
        (rule("chunked = 1"), "3:11: rule[0].match.chunked: invalid type: integer `1`; expected a boolean"),
        (rule("nth = 0"), "3:11: rule[0].match.nth: requests are counted from 1; expected a number from 1"),
        (
            rule("header = { \"a b\" = true }"),
            "3:11: rule[0].match.header: \"a b\" is no name of a header; expected letters, digits and hyphens",
        ),
        (
            rule("operation = \"token\""),
            "3:1: rule[0].match: a rule answers recognitions only; expected a [[fault]] for requests for a token",
        ),
        (
            reply("confidence = 0.5"),
            "3:1: rule[0].answer[0]: a success says nothing; expected display, words, another status, or raw",
        ),
        (
            reply("display = \"x\"\nconfidence = 1.5"),
            "5:1: rule[0].answer[0].confidence: 1.5 is out of range; expected a number from 0 to 1",
        ),
        (
            reply("display = \"x\"\nfluency = -1"),
            "5:1: rule[0].answer[0].fluency: -1 is out of range; expected a number from 0 to 100",
        ),
        (
            reply("status = \"NoMatch\"\ndisplay = \"x\""),
            "5:1: rule[0].answer[0].display: a result of NoMatch has no words; expected status = \"Success\"",
        ),
        (
            reply("display = \"x\"\noffset_ms = -1"),
            "5:1: rule[0].answer[0].offset_ms: invalid value: integer `-1`; expected a whole number that is not negative",
        ),
        (
            reply("words = [{ word = \"...\" }]"),
            "4:10: rule[0].answer[0].words[0]: \"...\" is no word; expected the field `word` with a word",
        ),
        (
            reply("words = [{ word = \"a\", offset_ms = 1 }]"),
            "4:10: rule[0].answer[0].words[0]: one of offset_ms and duration_ms is missing; expected both, or neither",
        ),
        (
            reply("words = [{ word = \"a\", error = \"Ommission\" }]"),
            "4:24: rule[0].answer[0].words[0].error: unknown variant `Ommission`; expected one of `Insertion`, `Mispronunciation`, `None`, `Omission`",
        ),
        (
            reply(
                "words = [{ word = \"a\", offset_ms = 5, duration_ms = 9 }, { word = \"b\", offset_ms = 10, duration_ms = 1 }]",
            ),
            "4:1: rule[0].answer[0].words: \"b\" begins at 10 ms, before 14 ms; expected words that follow each other from offset_ms on",
        ),
        (
            reply("words = [{ word = \"a\", offset_ms = 5, duration_ms = 9 }]\nduration_ms = 13"),
            "5:1: rule[0].answer[0].duration_ms: the speech ends at 13 ms, but its last word at 14 ms; expected an end that no word passes",
        ),
        (
            reply("raw = { status = 200 }\ndisplay = \"x\""),
            "4:1: rule[0].answer[0].raw: raw is the whole answer; expected nothing beside raw but wait",
        ),
        (
            reply("raw = { status = 100 }"),
            "4:9: rule[0].answer[0].raw.status: 100 is the status of no final answer; expected a number from 200 to 999",
        ),
        (
            reply("raw = { body_base64 = \"x\" }"),
            "4:9: rule[0].answer[0].raw.body_base64: this is no base64; expected padded standard base64",
        ),
        (
            reply("display = \"x\"\nwait = \"soon\""),
            "5:1: rule[0].answer[0].wait: invalid value: string \"soon\"; expected a span of time such as \"2s\" or \"250ms\"",
        ),
        ("[[fault]]\nname = \"x\"".into(), "2:1: fault[0]: the fault does nothing; expected `respond` or `transport`"),
        (
            "[[fault]]\nrespond = {}".into(),
            "3:1: fault[0].respond: the answer has no status; expected the field `status` with a number from 200 to 999",
        ),
        (
            fault("transport = { kind = \"hang\" }"),
            "4:1: fault[0].transport: the fault does two things; expected respond or transport",
        ),
        (fault("probability = 1.1"), "4:1: fault[0].probability: 1.1 is out of range; expected a number from 0 to 1"),
        (
            fault("times = 0"),
            "4:1: fault[0].times: the fault never happens; expected a number from 1, or enabled = false",
        ),
        (
            fault("from = \"3s\"\nuntil = \"2s\""),
            "5:1: fault[0].until: the window is closed before it opens; expected a span longer than from",
        ),
        (
            fault("on = { operation = \"token\", language = \"en-US\" }"),
            "4:29: fault[0].on.language: a request for a token has nothing of the kind; expected operation = \"recognize\"",
        ),
        (
            "[[fault]]\nrespond = { status = 429, retry_after = \"soon\" }".into(),
            "3:27: fault[0].respond.retry_after: invalid value: string \"soon\"; expected whole seconds, a date of HTTP, or { date_in = \"2s\" }",
        ),
        (
            "[[fault]]\nrespond = { status = 429, retry_after = -1 }".into(),
            "3:27: fault[0].respond.retry_after: invalid value: integer `-1`; expected whole seconds, a date of HTTP, or { date_in = \"2s\" }",
        ),
        (
            "[[fault]]\nrespond = { status = 500, headers = { content-length = \"5\" } }".into(),
            "3:27: fault[0].respond.headers: the header \"content-length\" is the emulator's own; expected a transport, such as truncate",
        ),
        (
            "[[fault]]\ntransport = { kind = \"hang\", after = 3 }".into(),
            "3:30: fault[0].transport.after: unknown field `after`; expected one of `kind`",
        ),
        (
            "[[fault]]\ntransport = { kind = \"drip\", bytes = 0, every = \"1s\" }".into(),
            "3:30: fault[0].transport.bytes: pieces of no bytes never end; expected a number from 1",
        ),
    ];
    for (toml, expected) in rows {
        assert_eq!(told(&toml), expected, "{toml}");
    }
}

#[test]
fn every_mistake_is_told_at_once_and_none_twice() {
    let text = "schema = \"stt-emulator/1\"\n\n[[rule]]\nmatch.langage = \"x\"\nmatch.language = \"xx\"\n[[rule.answer]]\n\
                display = 5\nconfidence = 2\n\n[[fault]]\ntransport = { kind = \"trip\" }\ntimes = 0\n";
    let expected = [
        (4, 7, "rule[0].match.langage"),
        (5, 7, "rule[0].match.language"),
        (7, 1, "rule[0].answer[0].display"),
        (8, 1, "rule[0].answer[0].confidence"),
        (11, 1, "fault[0].transport"),
        (12, 1, "fault[0].times"),
    ];
    assert_eq!(mistakes(text, Notation::Toml), expected.map(|(line, column, path)| (line, column, path.to_owned())));
}

#[test]
fn json_has_its_places_too() {
    let text = "{\n  \"schema\": \"stt-emulator/1\",\n  \"rule\": [{\"answer\": [{\"display\": \"ä\", \"confidence\": 2}]}],\n  \"rule\": []\n}";
    let expected = [(4, 3, String::new()), (3, 41, "rule[0].answer[0].confidence".to_owned())];
    let mut found = mistakes(text, Notation::Json);
    found.sort_by_key(|(line, ..)| std::cmp::Reverse(*line));
    // The second `rule` is the one that counts, and it has no answers to be wrong.
    assert_eq!(found, expected[..1]);
    let text = text.replace(",\n  \"rule\": []", "");
    assert_eq!(mistakes(&text, Notation::Json), expected[1..]);
    for (text, line, column) in [("{\n  \"schema\": \n}", 3, 1), ("", 1, 1), ("{} x", 1, 4)] {
        assert_eq!(mistakes(text, Notation::Json), [(line, column, String::new())], "{text:?}");
    }
}

#[test]
fn a_text_that_is_no_toml_is_told_where() {
    let found = mistakes("schema = \"stt-emulator/1\"\n[[rule]\n", Notation::Toml);
    assert_eq!(found, [(2, 8, String::new())]);
    let found = mistakes("schema = \"stt-emulator/1\"\nschema = \"stt-emulator/1\"\n", Notation::Toml);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].0, 2);
}

#[test]
fn the_schema_of_a_file_must_be_named_and_known() {
    for text in ["", "schema = \"stt-emulator/2\"", "schema = 1"] {
        assert_eq!(mistakes(text, Notation::Toml).len(), 1, "{text}");
    }
}

#[test]
fn clips_are_found_beside_the_file_that_names_them() {
    let folder = tempfile::tempdir().expect("a folder");
    let clip = synth("Hello.", &SynthOptions::default()).expect("a clip");
    fs::create_dir(folder.path().join("clips")).expect("a folder");
    fs::write(folder.path().join("clips/hello.wav"), &clip).expect("a clip");
    let file = folder.path().join("a.toml");
    let text = |name: &str| format!("schema = \"stt-emulator/1\"\n[[audio]]\nid = \"a\"\nfile = \"clips/{name}\"\n");
    fs::write(&file, text("hello.wav")).expect("a scenario");
    let read = serde_json::to_value(Scenario::read(&file).expect("a scenario")).expect("JSON");
    assert_eq!(read["audio"], json!([{"id": "a", "sha256": stt_emulator::sample_hash(&clip).to_string()}]));
    fs::write(&file, text("hallo.wav")).expect("a scenario");
    let Err(ReadError::Mistakes(error)) = Scenario::read(&file) else { panic!("there is no such clip") };
    let mistake = &error.mistakes()[0];
    assert_eq!((mistake.line, mistake.column, mistake.path.as_str()), (4, 1, "audio[0].file"));
    assert!(mistake.problem.contains("hallo.wav cannot be read: "), "{}", mistake.problem);
    assert!(matches!(Scenario::read(folder.path().join("none.toml")), Err(ReadError::File(_))));
}

fn scenarios(arguments: &[&str], folder: &Path) -> (Option<i32>, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_stt-emulator"));
    let output = command.args(arguments).current_dir(folder).output().expect("the program runs");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[test]
fn the_program_checks_files_and_refuses_to_start_with_a_wrong_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    fs::write(folder.join("good.json"), r#"{"schema": "stt-emulator/1"}"#).expect("a scenario");
    fs::write(folder.join("bad.toml"), "schema = \"stt-emulator/1\"\nfoo = 1\nbar = 2\n").expect("a scenario");
    assert_eq!(
        scenarios(&["scenarios", "check", "good.json"], folder),
        (Some(0), String::new(), "good.json: no mistakes\n".into())
    );
    let (code, out, err) = scenarios(&["scenarios", "check", "bad.toml", "good.json"], folder);
    assert_eq!((code, out.as_str()), (Some(2), ""));
    let places = err.lines().filter(|line| line.starts_with("bad.toml:")).map(|line| line.split(": ").next());
    assert_eq!(places.collect::<Vec<_>>(), [Some("bad.toml:2:1"), Some("bad.toml:3:1")]);
    for verb in [&["serve"][..], &["exec"]] {
        let arguments =
            [verb, &["--scenario", "bad.toml", "--listen", "127.0.0.1:0"], &["--", "true"][..2 * (verb.len() - 1)]];
        let (code, ..) = scenarios(&arguments.concat(), folder);
        assert_eq!(code, Some(2), "{verb:?}");
    }
    let (code, _, err) = scenarios(&["scenarios", "check", "none.toml"], folder);
    assert_eq!(code, Some(3));
    assert!(err.starts_with("none.toml: cannot be read\nwhy: "), "{err}");
}

/// The scenarios of the user's guide.
fn documented() -> Vec<String> {
    let pages = [include_str!("../../../docs/emulator/scenarios.md"), FAULTS];
    let blocks = pages.iter().flat_map(|page| page.split("```toml scenario\n").skip(1));
    blocks.map(|block| block.split("```").next().expect("an end").to_owned()).collect()
}

fn as_json(toml: &str) -> Value {
    let scenario: toml::Table = toml::from_str(toml).expect("TOML");
    serde_json::to_value(scenario).expect("JSON")
}

#[test]
fn what_is_documented_is_a_scenario_and_fits_the_schema() {
    let (_, schema, _) = scenarios(&["scenarios", "schema"], Path::new("."));
    let schema: Value = serde_json::from_str(&schema).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir_all(folder.path().join("tests/audio")).expect("a folder");
    let clip = synth("Hello.", &SynthOptions::default()).expect("a clip");
    fs::write(folder.path().join("tests/audio/pencils.wav"), clip).expect("a clip");
    let documented = documented();
    assert_eq!(documented.len(), 2);
    for text in documented {
        let instance = as_json(&text);
        let errors = validator.iter_errors(&instance).map(|error| error.to_string()).collect::<Vec<_>>();
        assert_eq!(errors, Vec::<String>::new(), "{text}");
        let file = folder.path().join("a.toml");
        fs::write(&file, &text).expect("a scenario");
        let scenario = Scenario::read(&file).unwrap_or_else(|error| panic!("{error}"));
        let written = serde_json::to_value(&scenario).expect("JSON");
        assert!(validator.is_valid(&written));
        let again = Scenario::parse(&written.to_string(), Notation::Json).expect("the same scenario");
        assert_eq!(again, scenario);
    }
}

#[test]
fn the_schema_refuses_what_the_reader_refuses() {
    let validator = jsonschema::validator_for(&Scenario::schema()).expect("a schema");
    let base = || json!({"schema": "stt-emulator/1"});
    let with = |key: &str, value: Value| {
        let mut scenario = base();
        scenario[key] = value;
        scenario
    };
    assert!(validator.is_valid(&base()));
    for wrong in [
        json!({}),
        json!({"schema": "stt-emulator/2"}),
        with("foo", json!(1)),
        with("rule", json!([{"match": {"langage": "x"}, "answer": []}])),
        with("rule", json!([{"answer": [{"confidence": 2}]}])),
        with("rule", json!([{"answer": [{"status": "Succes"}]}])),
        with("fault", json!([{"probability": 2}])),
        with("fault", json!([{"respond": {"status": 42}}])),
        with("fault", json!([{"transport": {"kind": "trip"}}])),
        with("fault", json!([{"transport": {"kind": "hang", "after": 3}}])),
        with("fault", json!([{"transport": {"kind": "drip"}}])),
    ] {
        assert!(!validator.is_valid(&wrong), "{wrong}");
        assert!(Scenario::parse(&wrong.to_string(), Notation::Json).is_err(), "{wrong}");
    }
}

#[test]
fn every_kind_of_transport_is_documented() {
    let schema = Scenario::schema();
    let kinds = schema["$defs"]["Transport"]["oneOf"].as_array().expect("kinds").iter();
    let kinds = kinds.map(|kind| kind["properties"]["kind"]["const"].as_str().expect("a name")).collect::<Vec<_>>();
    assert_eq!(kinds.len(), 20);
    for kind in kinds {
        assert!(FAULTS.contains(&format!("\n| `{kind}` | ")), "{kind}");
    }
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_fail_otherwise_than_by_telling(text in "\\PC{0,60}") {
        for notation in [Notation::Toml, Notation::Json] {
            for text in [text.clone(), format!("schema = \"stt-emulator/1\"\n[[rule]]\n{text}"), format!("{{\"rule\": [{text}]}}")] {
                if let Err(error) = Scenario::parse(&text, notation) {
                    prop_assert!(!error.mistakes().is_empty());
                    let lines = text.matches('\n').count() + 1;
                    prop_assert!(error.mistakes().iter().all(|it| (1..=lines).contains(&it.line) && 1 <= it.column));
                }
            }
        }
    }
}

const FAULTS: &str = include_str!("../../../docs/emulator/faults.md");
