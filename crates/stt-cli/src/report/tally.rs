//! What became of all inputs, in numbers and by cause.

use std::path::Path;

use serde::Serialize;

/// What became of all inputs, as programs read it.
#[derive(Debug, Default, Serialize)]
pub(super) struct Tally {
    pub(super) inputs: usize,
    pub(super) with_words: usize,
    pub(super) without_words: usize,
    pub(super) failed: usize,
    pub(super) not_tried: usize,
    /// Begun and given up, because somebody interrupted the run, or nobody reads the results.
    pub(super) dropped: usize,
    /// Why the run was stopped before its end, if the program did that.
    pub(super) stopped: Option<&'static str>,
    /// Those of the first two that an earlier run had done.
    pub(super) done_before: usize,
    /// Of audio that was sent.
    pub(super) audio_seconds: f64,
    /// Sent once more at most, because an attempt failed.
    pub(super) repeated_seconds: f64,
    pub(super) failures: Vec<Failures>,
    /// Whether a failure may pass, so that it helps to try again.
    #[serde(skip)]
    pub(super) may_pass: bool,
}

/// A folder of results, which the same command goes on with.
pub(crate) struct GoesOn<'a> {
    pub(crate) folder: &'a Path,
    /// The command line, as one would type it.
    pub(crate) command: String,
}

/// Inputs that failed in the same way.
#[derive(Debug, Serialize)]
pub(super) struct Failures {
    cause: String,
    inputs: Vec<String>,
}

impl Tally {
    /// One more input failed, or one more piece of it.
    pub(super) fn fail(&mut self, cause: &str, input: &str) {
        let alike = |failures: &&mut Failures| without_digits(&failures.cause) == without_digits(cause);
        match self.failures.iter_mut().find(alike) {
            // The pieces of one input fail together.
            Some(failures) if failures.inputs.last().is_some_and(|last| last == input) => {}
            Some(failures) => failures.inputs.push(input.to_owned()),
            None => self.failures.push(Failures { cause: cause.to_owned(), inputs: vec![input.to_owned()] }),
        }
    }

    /// What a person reads; nothing where all went well and it is plain to see.
    pub(super) fn lines(&self, goes_on: Option<&GoesOn<'_>>) -> Vec<String> {
        let noun = if self.inputs == 1 { "input" } else { "inputs" };
        let written = goes_on.filter(|_| 0 < self.with_words + self.without_words);
        let results =
            written.map_or_else(String::new, |GoesOn { folder, .. }| format!("; results in {}", folder.display()));
        if self.failed + self.without_words + self.not_tried + self.dropped + self.done_before == 0 {
            return goes_on.map(|_| format!("{} {noun}, all with words{results}", self.inputs)).into_iter().collect();
        }
        let before = match self.done_before {
            0 => String::new(),
            before => format!(" ({before} done before)"),
        };
        let dropped = match self.dropped {
            0 => String::new(),
            dropped => format!(", {dropped} dropped"),
        };
        let mut lines = vec![format!(
            "{} {noun}: {} with words, {} without{before}, {} failed{dropped}, {} not tried{results}",
            self.inputs, self.with_words, self.without_words, self.failed, self.not_tried
        )];
        // With few failures, each one was told just before.
        if MANY < self.failed {
            let mut failures: Vec<&Failures> = self.failures.iter().collect();
            failures.sort_by_key(|failures| std::cmp::Reverse(failures.inputs.len()));
            lines.extend(failures.into_iter().map(|Failures { cause, inputs }| {
                let shown = inputs.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
                let more = if SHOWN < inputs.len() { ", …" } else { "" };
                format!("  {} × {cause}: {shown}{more}", inputs.len())
            }));
        }
        if self.may_pass || 0 < self.dropped + self.not_tried {
            lines.extend(goes_on.map(|GoesOn { command, .. }| format!("to go on: {command}")));
        }
        lines
    }
}

/// The same failure with another number in it is no other failure.
fn without_digits(text: &str) -> String {
    text.chars().filter(|character| !character.is_ascii_digit()).collect()
}

/// Failures that a reader keeps in mind.
const MANY: usize = 5;

/// Inputs that are named for each cause.
const SHOWN: usize = 3;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_of_results_is_named_with_the_command_that_goes_on() {
        let goes_on = GoesOn { folder: Path::new("texts"), command: "stt transcribe -O texts talks".to_owned() };
        let lines = |tally: &Tally| tally.lines(Some(&goes_on));
        let well = Tally { inputs: 2, with_words: 2, ..Tally::default() };
        assert_eq!(lines(&well), ["2 inputs, all with words; results in texts"]);
        assert_eq!(well.lines(None), [""; 0]);
        let failed = Tally { failed: 1, inputs: 3, ..well };
        let counts = "3 inputs: 2 with words, 0 without, 1 failed, 0 not tried; results in texts";
        assert_eq!(lines(&failed), [counts]);
        let later = "to go on: stt transcribe -O texts talks";
        assert_eq!(lines(&Tally { may_pass: true, ..failed }), [counts, later]);
    }

    #[test]
    fn failures_are_grouped_by_their_cause() {
        let mut tally = Tally { inputs: 9, failed: 7, with_words: 2, ..Tally::default() };
        for (cause, input) in [
            ("61.0 s, the limit is 60 s", "a.wav"),
            ("file is empty", "b.wav"),
            ("file is empty", "c.wav"),
            ("75.5 s, the limit is 60 s", "d.wav"),
            ("file is empty", "e.wav"),
            ("file is empty", "e.wav"),
            ("file is empty", "f.wav"),
        ] {
            tally.fail(cause, input);
        }
        assert_eq!(
            tally.lines(None),
            [
                "9 inputs: 2 with words, 0 without, 7 failed, 0 not tried",
                "  4 × file is empty: b.wav, c.wav, e.wav, …",
                "  2 × 61.0 s, the limit is 60 s: a.wav, d.wav",
            ]
        );
    }
}
