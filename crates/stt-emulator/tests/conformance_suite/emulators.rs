//! The emulator agrees with itself, over a socket and about every rule.

use std::collections::BTreeSet;
use std::time::Duration;

use stt_emulator::{Builder, Emulator, KEY_1, Notation, Profile, Running, Scenario, Tier};

use crate::{Report, command, run, stderr};

/// An emulator of the free tier, which loses patience soon with an upload that stops.
fn start(builder: Builder) -> Running {
    builder.tier(Tier::F0).body_timeout(Duration::from_millis(200)).start_blocking().expect("an emulator")
}

fn asked(running: &Running, more: &[&str]) -> (Report, Option<i32>) {
    let endpoint = running.endpoint();
    let usual = ["--target", &endpoint, "--tier", "f0", "--patience", "30s", "--json"];
    let output = run(&[&usual, more].concat());
    (Report::of(&output), output.status.code())
}

#[test]
fn an_emulator_agrees_about_every_rule_that_can_be_asked_about() {
    for (profile, name, other) in [
        (Profile::Observed, "observed", &["credential-missing-documented"][..]),
        (
            Profile::Documented,
            "documented",
            &["assessment-too-long", "credential-missing", "detailed-display-text"][..],
        ),
    ] {
        let running = start(Emulator::builder().profile(profile));
        let (report, code) = asked(&running, &["--profile", name]);
        assert_eq!(report.differences(), Vec::<String>::new());
        assert_eq!(code, Some(0));
        let own = OWN.iter().chain(other).copied().collect::<BTreeSet<_>>();
        assert_eq!(report.with("unknown").into_iter().collect::<BTreeSet<_>>(), own);
        assert_eq!(report.rules().len(), Emulator::fidelity().len(), "every rule has a verdict");
        assert!(own.iter().all(|id| !report.why(id).is_empty()), "whatever is unknown has a reason");
        // Each rule is one that the emulator says it followed; one of them it does not name each time.
        let journal = running.journal();
        for id in report.with("agrees").into_iter().filter(|id| *id != "request-id") {
            assert!(journal.iter().any(|entry| entry.rules.contains(&id)), "{id} was not asked about");
        }
    }
}

/// The rules that nobody can be asked about.
const OWN: &[&str] = &[
    "body-too-large",
    "cid-alone",
    "entra-token-taken",
    "key-real",
    "recognition-error",
    "throttled-rate",
    "token-revoked",
];

#[test]
fn some_rules_are_asked_about_alone() {
    let running = start(Emulator::builder());
    let (report, code) = asked(&running, &["--rule", "body-empty", "--rule", "key-real"]);
    assert_eq!((report.with("agrees"), report.with("unknown")), (vec!["body-empty"], vec!["key-real"]));
    assert_eq!(code, Some(0));
    assert_eq!(running.journal().len(), 2, "a greeting and a question");
}

#[test]
fn what_takes_long_or_is_not_known_is_left_out_with_a_reason() {
    let running = start(Emulator::builder());
    let endpoint = running.endpoint();
    let rules = ["body-stalled", "throttled-concurrency"].map(|rule| ["--rule", rule]).concat();
    let report = Report::of(&run(&[&["--target", &endpoint, "--json"], &rules[..]].concat()));
    assert_eq!(report.why("body-stalled"), "it takes 30 s: --patience 30s has the time");
    assert!(report.why("throttled-concurrency").contains("--tier f0 or --tier s0"));
}

#[test]
fn a_hundred_at_once_are_asked_of_the_standard_tier() {
    let running = Emulator::builder().start_blocking().expect("an emulator");
    let endpoint = running.endpoint();
    let arguments = ["--target", &endpoint, "--tier", "s0", "--rule", "throttled-concurrency", "--json"];
    assert_eq!(Report::of(&run(&arguments)).with("agrees"), ["throttled-concurrency"]);
    let f0 = ["--target", &endpoint, "--tier", "f0", "--rule", "throttled-concurrency", "--json"];
    let report = Report::of(&run(&f0));
    assert_eq!(report.differences(), ["status: 429 → 200", "/code: \"TooManyRequests\" → nothing"]);
}

#[test]
fn a_target_that_is_deaf_to_coded_words_is_given_a_recording() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).to_str().expect("UTF-8").to_owned();
    let noise = stt_emulator::noise(Duration::from_secs(1), 16_000, 7).expect("a clip");
    std::fs::write(path("speech.wav"), noise).expect("a file");
    std::fs::write(path("speech.txt"), "What a day!").expect("a file");
    let clips = stt_emulator::AudioDir::read(folder.path()).expect("clips");
    // Every clip but this one gets the answer of somebody who hears no words in it.
    let running = start(
        Emulator::builder().audio_dir(clips).scenario(Scenario::parse(DEAF, Notation::Toml).expect("a scenario")),
    );
    let rules = ["word-times", "profanity-only", "assessment-score"].map(|rule| ["--rule", rule]).concat();
    let (report, _) = asked(&running, &rules);
    assert_eq!(report.with("unknown"), ["assessment-score", "profanity-only", "word-times"]);
    assert!(report.why("word-times").contains("--clip FILE --text WORDS"));
    let clip = path("speech.wav");
    let (report, _) = asked(&running, &[&rules[..], &["--clip", &clip, "--text", "what a day"]].concat());
    assert_eq!(report.with("agrees"), ["word-times"]);
    assert!(report.why("profanity-only").contains("nothing else says \"Damn!\""), "{}", report.why("profanity-only"));
    let (report, _) = asked(&running, &[&rules[..], &["--clip", &clip, "--text", "another day"]].concat());
    assert_eq!(report.why("word-times"), "it did not hear \"another day\" in the recording");
}

/// Coded words are longer than a second with all that is around them, and so is what says them.
const DEAF: &str = r#"
schema = "stt-emulator/1"
[[rule]]
match = { max_seconds = 0.999 }
answer = [{ status = "NoMatch" }]
[[rule]]
match = { min_seconds = 1.001 }
answer = [{ status = "NoMatch" }]
"#;

#[test]
fn the_report_keeps_answers_and_no_secret() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("report.json");
    let running = start(Emulator::builder());
    let (endpoint, path) = (running.endpoint(), path.to_str().expect("UTF-8"));
    let rules = ["token-issued", "body-empty", "key-unknown"].map(|rule| ["--rule", rule]).concat();
    let output = run(&[&["--target", &endpoint, "--report", path], &rules[..]].concat());
    let printed = String::from_utf8(output.stdout).expect("UTF-8");
    assert!(printed.contains("agrees  body-empty                     observed\n"), "{printed}");
    assert!(printed.ends_with(&format!("3 rules at {endpoint}: 3 agree, 0 differ, 0 unknown\n")), "{printed}");
    let report = std::fs::read_to_string(path).expect("the report");
    assert!(!report.contains(KEY_1) && !report.contains("eyJ"), "{report}");
    let report: serde_json::Value = serde_json::from_str(&report).expect("JSON");
    let kept = report["questions"].as_array().expect("questions").iter().find(|it| it["question"] == "an empty body");
    let kept = &kept.expect("the question")["answer"];
    assert_eq!((kept["status"].as_u64(), kept["body"].as_str()), (Some(400), Some(EMPTY)));
    assert!(kept["headers"].as_array().expect("headers").iter().any(|field| field[0] == "x-requestid"));
}

const EMPTY: &str = r#"{"Message":"No audio data received"}"#;

#[test]
fn the_key_comes_from_the_environment_or_a_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("key");
    std::fs::write(&path, "own\n").expect("a file");
    let running = start(Emulator::builder().keys(stt_emulator::Keys::Any));
    let endpoint = running.endpoint();
    let arguments = ["--target", &endpoint, "--rule", "body-empty"];
    let by_file = run(&[&arguments[..], &["--key-file", path.to_str().expect("UTF-8")]].concat());
    assert_eq!(by_file.status.code(), Some(0), "{}", stderr(&by_file));
    let of_file = running.journal()[0].key;
    let by_environment = command(&arguments).env("AZURE_SPEECH_KEY", "own").output().expect("the program runs");
    assert_eq!(by_environment.status.code(), Some(0), "{}", stderr(&by_environment));
    let keys = running.journal().iter().map(|entry| entry.key).collect::<Vec<_>>();
    assert!(of_file.is_some() && keys.iter().all(|key| *key == of_file), "{keys:?}");
}

#[test]
fn questions_of_ones_own_are_asked_in_place_of_the_others() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("questions.toml");
    let path = path.to_str().expect("UTF-8");
    let question = "[[question]]\nname = \"mine\"\nrules = [\"initial-silence\"]\n\
                    ask = { audio = { silence = \"3s\" } }\nexpect = { status = 200, json = { Offset = 1 } }\n";
    std::fs::write(path, question).expect("a file");
    let running = start(Emulator::builder());
    let (report, code) = asked(&running, &["--questions", path]);
    assert_eq!((report.differences(), code), (vec!["/Offset: 1 → 30000000".to_owned()], Some(1)));
    std::fs::write(path, question.replace("[\"initial-silence\"]", "[\"silence\"]")).expect("a file");
    let output = run(&["--target", &running.endpoint(), "--questions", path]);
    assert_eq!(output.status.code(), Some(3));
    assert!(stderr(&output).contains("\"silence\", which is no rule"), "{}", stderr(&output));
    for unfit in ["audio = { silence = \"3s\" }, method = \"A B\"", "audio = { silence = \"1000000s\" }"] {
        std::fs::write(path, question.replace("audio = { silence = \"3s\" }", unfit)).expect("a file");
        let (report, _) = asked(&running, &["--questions", path]);
        assert!(report.why("initial-silence").starts_with("the question "), "{}", report.why("initial-silence"));
    }
}
