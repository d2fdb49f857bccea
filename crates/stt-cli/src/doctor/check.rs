//! One check: what it looked at, how it ended, what was found, and what to do.

use std::fmt::Write as _;

use serde::Serialize;
use serde_json::{Map, Value};
use stt_transcript::{escape_for_terminal, escape_in_json};

use crate::{args::ReportFormat, exit::Exit, output::Output, problem::Problem, service::EMULATOR_HINT};

/// What is looked at, in the order in which it is.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Subject {
    Configuration,
    Endpoint,
    Credential,
    Proxy,
    Authorities,
    Lookup,
    Connection,
    Tls,
    Clock,
    Acceptance,
    Firewall,
}

/// How a check ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum State {
    Ok,
    /// It works, or may work, and there is something to know.
    Warning,
    Failed(Exit),
    /// Nothing can be said, as a rule because something before it failed.
    Skipped,
}

/// One check, with what it found.
#[derive(Debug)]
pub(super) struct Check {
    pub(super) subject: Subject,
    pub(super) state: State,
    /// The host that it is about, where there may be several.
    host: Option<String>,
    found: Vec<String>,
    hints: Vec<String>,
    /// The same for programs.
    facts: Map<String, Value>,
}

impl Check {
    pub(super) fn ok(subject: Subject, found: impl Into<String>) -> Self {
        Self::new(subject, State::Ok, found)
    }

    pub(super) fn warning(subject: Subject, found: impl Into<String>) -> Self {
        Self::new(subject, State::Warning, found)
    }

    pub(super) fn failed(subject: Subject, exit: Exit, found: impl Into<String>) -> Self {
        Self::new(subject, State::Failed(exit), found)
    }

    pub(super) fn skipped(subject: Subject, why: impl Into<String>) -> Self {
        Self::new(subject, State::Skipped, why)
    }

    fn new(subject: Subject, state: State, found: impl Into<String>) -> Self {
        Self { subject, state, host: None, found: vec![found.into()], hints: Vec::new(), facts: Map::new() }
    }

    /// What ends other commands, told as a check that failed.
    pub(super) fn of_problem(subject: Subject, problem: &Problem) -> Self {
        let (what, why, hint) = problem.parts();
        let mut check = Self::failed(subject, problem.exit, what);
        check.found.extend(why.map(|why| format!("why: {why}")));
        // Who wants to know why something does not work is not helped by something else that does.
        check.hints.extend(hint.filter(|hint| *hint != EMULATOR_HINT).map(str::to_owned));
        check
    }

    /// Fails because of this too, which is told first.
    pub(super) fn and(self, problem: &Problem) -> Self {
        let mut check = Self::of_problem(self.subject, problem).worsen(self.state);
        check.found.extend(self.found);
        check.hints.extend(self.hints);
        check.facts.extend(self.facts);
        check
    }

    /// Names the host that it is about.
    pub(super) fn of(mut self, host: &str) -> Self {
        self.host = Some(host.to_owned());
        self
    }

    /// Tells something more.
    pub(super) fn found(mut self, found: impl Into<String>) -> Self {
        self.found.push(found.into());
        self
    }

    /// Says what to do.
    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// The same for each of these.
    pub(super) fn hints(self, hints: impl IntoIterator<Item = String>) -> Self {
        hints.into_iter().fold(self, Self::hint)
    }

    /// Tells something to programs.
    pub(super) fn fact(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.facts.insert(name.to_owned(), value.into());
        self
    }

    /// Makes a failure of what ended well, or worse what is a failure already.
    pub(super) fn worsen(mut self, state: State) -> Self {
        self.state = self.state.worse(state);
        self
    }

    /// For people: a line of what was found, and one each of what more there is to say.
    ///
    /// Names of certificates and answers are from elsewhere, and add no lines of their own, nor what a terminal obeys.
    fn text(&self, colours: bool) -> String {
        let (word, colour) = self.state.shown();
        let margin = " ".repeat(MARGIN - word.len());
        let mut text = match colours {
            true => format!("\u{1b}[{colour}m{word}\u{1b}[0m{margin}"),
            false => format!("{word}{margin}"),
        };
        text.push_str(self.subject.title());
        if let Some(host) = &self.host {
            let _ = write!(text, " {} {}", self.subject.preposition(), escape_for_terminal(host));
        }
        let hints = self.hints.iter().map(|hint| format!("hint: {hint}"));
        for (number, line) in self.found.iter().cloned().chain(hints).enumerate() {
            match number {
                0 => text.push_str(": "),
                _ => _ = write!(text, "\n{:MARGIN$}", ""),
            }
            text.push_str(&escape_for_terminal(&line));
        }
        text
    }
}

impl Subject {
    const fn title(self) -> &'static str {
        match self {
            Self::Configuration => "configuration",
            Self::Endpoint => "endpoint",
            Self::Credential => "credential",
            Self::Proxy => "proxy",
            Self::Authorities => "authorities",
            Self::Lookup => "name lookup",
            Self::Connection => "connection",
            Self::Tls => "TLS",
            Self::Clock => "clock",
            Self::Acceptance => "acceptance",
            Self::Firewall => "firewall",
        }
    }

    /// What stands between the title and a host.
    const fn preposition(self) -> &'static str {
        match self {
            Self::Connection => "to",
            Self::Tls => "with",
            _ => "of",
        }
    }
}

impl State {
    fn worse(self, other: Self) -> Self {
        let weight = |state: Self| match state {
            Self::Skipped => (0, Exit::Success),
            Self::Ok => (1, Exit::Success),
            Self::Warning => (2, Exit::Success),
            Self::Failed(exit) => (3, exit),
        };
        if weight(self) < weight(other) { other } else { self }
    }

    /// The word, and the code of its colour on terminals.
    const fn shown(self) -> (&'static str, u8) {
        match self {
            Self::Ok => ("ok", 32),
            Self::Warning => ("warning", 33),
            Self::Failed(_) => ("failed", 31),
            Self::Skipped => ("skipped", 2),
        }
    }
}

/// All checks of a run, told in the form that was asked for.
pub(super) struct Report<'a> {
    format: ReportFormat,
    output: &'a mut Output,
    pub(super) checks: Vec<Check>,
}

#[derive(Serialize)]
struct ReportJson<'a> {
    schema: &'static str,
    failed: usize,
    warnings: usize,
    skipped: usize,
    checks: Vec<CheckJson<'a>>,
}

#[derive(Serialize)]
struct CheckJson<'a> {
    check: Subject,
    #[serde(skip_serializing_if = "Option::is_none")]
    host: Option<&'a str>,
    status: &'static str,
    found: &'a [String],
    hints: &'a [String],
    facts: &'a Map<String, Value>,
}

impl<'a> Report<'a> {
    pub(super) fn new(format: ReportFormat, output: &'a mut Output) -> Self {
        Self { format, output, checks: Vec::new() }
    }

    /// Tells a check at once to people, and counts it for the exit code.
    pub(super) fn add(&mut self, check: Check) {
        if let State::Failed(exit) = check.state {
            self.output.count(exit);
        }
        if self.format == ReportFormat::Text {
            // What cannot be written is known to the output.
            let _ = self.output.lines(&check.text(self.output.colours()));
        }
        self.checks.push(check);
    }

    /// What is being done, where a person waits for it.
    pub(super) fn progress(&mut self, text: &str) {
        self.output.progress(text);
    }

    /// Tells how it all went.
    pub(super) fn end(self) {
        let count = |word: &str| self.checks.iter().filter(|check| check.state.shown().0 == word).count();
        let (failed, warnings, skipped) = (count("failed"), count("warning"), count("skipped"));
        let _ = match self.format {
            ReportFormat::Text => self.output.lines(&summary(failed, warnings)),
            ReportFormat::Json => {
                let checks = self.checks.iter().map(CheckJson::of).collect();
                let report = ReportJson { schema: "stt.doctor/1", failed, warnings, skipped, checks };
                let json = serde_json::to_string(&report).expect("texts, numbers and lists are always JSON");
                self.output.lines(&escape_in_json(&json))
            }
        };
    }
}

impl<'a> CheckJson<'a> {
    fn of(check: &'a Check) -> Self {
        Self {
            check: check.subject,
            host: check.host.as_deref(),
            status: check.state.shown().0,
            found: &check.found,
            hints: &check.hints,
            facts: &check.facts,
        }
    }
}

fn summary(failed: usize, warnings: usize) -> String {
    let warned = match warnings {
        0 => String::new(),
        1 => ", 1 warning".to_owned(),
        many => format!(", {many} warnings"),
    };
    match failed {
        0 => format!("nothing failed{warned}"),
        many => format!("{many} failed{warned}; begin with the first"),
    }
}

/// The columns of the word and the blanks behind it.
const MARGIN: usize = 9;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_a_check_stands_below_its_first() {
        let check = Check::failed(Subject::Tls, Exit::Service, "not trusted").of("a.example").found("issuer: X");
        assert_eq!(
            check.hint("try this").text(false),
            "failed   TLS with a.example: not trusted\n         issuer: X\n         hint: try this"
        );
        let check = Check::ok(Subject::Clock, "right");
        assert_eq!(check.text(true), "\u{1b}[32mok\u{1b}[0m       clock: right");
    }

    #[test]
    fn text_from_elsewhere_is_made_harmless() {
        let check = Check::ok(Subject::Tls, "issuer: \u{1b}[2J\nok").of("\u{7}").hint("\u{9b}").text(false);
        assert!(check.chars().all(|char| char == '\n' || !char.is_control()), "{check:?}");
        assert_eq!(check.lines().count(), 2, "{check:?}");
    }

    #[test]
    fn a_check_only_becomes_worse() {
        let check = Check::warning(Subject::Endpoint, "").worsen(State::Ok);
        assert_eq!(check.state, State::Warning);
        let check = check.worsen(State::Failed(Exit::Service)).worsen(State::Warning);
        assert_eq!(check.state, State::Failed(Exit::Service));
        assert_eq!(check.worsen(State::Failed(Exit::Usage)).state, State::Failed(Exit::Usage));
    }

    #[test]
    fn the_end_says_how_many_failed() {
        assert_eq!(summary(0, 0), "nothing failed");
        assert_eq!(summary(0, 1), "nothing failed, 1 warning");
        assert_eq!(summary(2, 3), "2 failed, 3 warnings; begin with the first");
    }
}
