//! `stt-emulator conformance` as its users run it: against emulators, and against servers that are wrong.

mod emulators;
mod mistaken;
mod server;
mod strangers;
#[cfg(feature = "https")]
mod tls;

use std::collections::BTreeMap;
use std::process::{Command, Output};

use serde_json::Value;

/// The program, told nothing by the environment of the tests.
fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_stt-emulator"));
    command.arg("conformance").args(arguments).env_remove("AZURE_SPEECH_KEY");
    command
}

fn run(arguments: &[&str]) -> Output {
    command(arguments).output().expect("the program runs")
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("UTF-8")
}

/// What `--json` prints.
struct Report(Value);

impl Report {
    fn of(output: &Output) -> Self {
        Self(serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", stderr(output))))
    }

    /// The verdict of each rule.
    fn rules(&self) -> BTreeMap<&str, &str> {
        let rules = self.0["rules"].as_array().expect("rules").iter();
        rules.map(|rule| (rule["id"].as_str().expect("an id"), rule["verdict"].as_str().expect("a verdict"))).collect()
    }

    /// The rules with this verdict.
    fn with(&self, verdict: &str) -> Vec<&str> {
        self.rules().into_iter().filter(|(_, it)| *it == verdict).map(|(id, _)| id).collect()
    }

    /// Why nothing is known of a rule.
    fn why(&self, id: &str) -> &str {
        let rule = self.0["rules"].as_array().expect("rules").iter().find(|rule| rule["id"] == id);
        rule.expect("the rule")["why"].as_str().unwrap_or_default()
    }

    /// What differs, as `at: expected → got`.
    fn differences(&self) -> Vec<String> {
        let questions = self.0["questions"].as_array().expect("questions").iter();
        let all = questions.filter_map(|question| question["differences"].as_array()).flatten();
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        all.map(|it| format!("{}: {} → {}", text(&it["at"]), text(&it["expected"]), text(&it["got"]))).collect()
    }
}
