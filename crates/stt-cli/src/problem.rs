//! What a user reads when something went wrong: what, why, what to try, and the id for support.

use std::fmt;

use serde::{Deserialize, Serialize};
use stt_transcript::escape_for_terminal as escaped;

use crate::exit::Exit;

/// One failure, in the shape that the command promises.
///
/// ```text
/// talk.wav: rejected by the service (400)
/// why: Unsupported audio format
/// hint: …
/// connection id 0123456789abcdef0123456789abcdef
/// ```
///
/// Whoever reads one line only learns the input and what became of it; what is not known has no line.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) struct Problem {
    pub(crate) exit: Exit,
    #[serde(flatten)]
    lines: Box<Lines>,
}

#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
struct Lines {
    subject: Option<String>,
    what: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cause: Option<String>,
    why: Option<String>,
    hint: Option<String>,
    connection_id: Option<String>,
}

impl Problem {
    /// A failure with this exit code.
    pub(crate) fn new(exit: Exit, what: impl Into<String>) -> Self {
        Self { exit, lines: Box::new(Lines { what: what.into(), ..Lines::default() }) }
    }

    /// What was asked for makes no sense, or the configuration does not.
    pub(crate) fn usage(what: impl Into<String>) -> Self {
        Self::new(Exit::Usage, what)
    }

    /// An input was refused.
    pub(crate) fn input(subject: impl Into<String>, what: impl Into<String>) -> Self {
        Self::new(Exit::Input, what).of(subject)
    }

    /// Names the input that it happened to.
    pub(crate) fn of(mut self, subject: impl Into<String>) -> Self {
        self.lines.subject = Some(subject.into());
        self
    }

    /// What happened without the names in it, by which alike failures are told together.
    pub(crate) fn cause(mut self, cause: impl Into<String>) -> Self {
        self.lines.cause = Some(cause.into());
        self
    }

    /// Says why, if there is something to say.
    pub(crate) fn why(mut self, why: impl Into<Option<String>>) -> Self {
        self.lines.why = why.into();
        self
    }

    /// Says what to try, if there is something to say.
    pub(crate) fn hint(mut self, hint: impl Into<Option<String>>) -> Self {
        self.lines.hint = hint.into();
        self
    }

    /// Names the connection, for the service's support.
    pub(crate) fn connection_id(mut self, id: Option<impl fmt::Display>) -> Self {
        self.lines.connection_id = id.map(|id| id.to_string());
        self
    }

    /// What happened, without the input that it happened to.
    pub(crate) fn what(&self) -> &str {
        &self.lines.what
    }

    /// The same without other names in it.
    pub(crate) fn alike(&self) -> &str {
        self.lines.cause.as_deref().unwrap_or(&self.lines.what)
    }

    /// What happened to what, why, and what to try, for whoever tells it in another shape.
    pub(crate) fn parts(&self) -> (String, Option<&str>, Option<&str>) {
        (self.lines.first_line(), self.lines.why.as_deref(), self.lines.hint.as_deref())
    }
}

impl Lines {
    fn first_line(&self) -> String {
        let Some(subject) = &self.subject else { return end_at(&escaped(&self.what), WIDEST) };
        let what = end_at(&escaped(&self.what), WIDEST - NARROWEST_SUBJECT);
        let room = WIDEST - what.chars().count() - ": ".len();
        format!("{}: {what}", begin_at(&escaped(subject), room))
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Lines { why, hint, connection_id, .. } = &*self.lines;
        f.write_str(&self.lines.first_line())?;
        for (name, text) in [("why: ", why), ("hint: ", hint), ("connection id ", connection_id)] {
            if let Some(text) = text {
                write!(f, "\n{name}{}", escaped(text))?;
            }
        }
        Ok(())
    }
}

/// The text, cut at its end where it is too long.
fn end_at(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let mut cut: String = text.chars().take(width - 1).collect();
    cut.push('…');
    cut
}

/// The text, cut at its beginning where it is too long: the end of a path tells more.
fn begin_at(text: &str, width: usize) -> String {
    let count = text.chars().count();
    if count <= width {
        return text.to_owned();
    }
    let mut cut = "…".to_owned();
    cut.extend(text.chars().skip(count + 1 - width));
    cut
}

/// Characters of a first line, so that it stays one line where it is read.
const WIDEST: usize = 160;

/// What of a line is left to the name of the input, however long the rest.
const NARROWEST_SUBJECT: usize = 42;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_have_nothing_to_say_are_left_out() {
        let problem = Problem::input("talk.wav", "rejected by the service (400)");
        assert_eq!(problem.to_string(), "talk.wav: rejected by the service (400)");
        let problem = problem.why("Unsupported audio format".to_owned()).connection_id(Some("0123"));
        assert_eq!(
            problem.to_string(),
            "talk.wav: rejected by the service (400)\nwhy: Unsupported audio format\nconnection id 0123"
        );
    }

    #[test]
    fn the_first_line_is_never_longer_than_160_characters() {
        for (subject, what) in [(10, 200), (300, 20), (300, 300), (60, 118)] {
            let line = Problem::input("s".repeat(subject), "w".repeat(what)).to_string();
            assert!(line.chars().count() <= 160, "{subject} {what}: {line}");
            assert!(line.contains("s: w"), "{line}");
        }
        assert_eq!(Problem::usage("w".repeat(200)).to_string().chars().count(), 160);
    }

    #[test]
    fn a_line_that_fits_is_not_cut() {
        let line = Problem::input("s".repeat(100), "w".repeat(58)).to_string();
        assert_eq!(line, format!("{}: {}", "s".repeat(100), "w".repeat(58)));
    }

    #[test]
    fn text_from_elsewhere_cannot_add_lines_of_its_own() {
        let problem = Problem::input("a\nhint: b", "failed").why("c\u{1b}[31m\nhint: d".to_owned());
        assert_eq!(problem.to_string(), "a\\nhint: b: failed\nwhy: c\\u{1b}[31m\\nhint: d");
    }
}
