//! The answer of a recognizer.

use crate::hearing::{HeardAnswer, HeardStatus};

/// What a recognizer makes of audio.
#[must_use]
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    pub(crate) answer: HeardAnswer,
    pub(crate) reason: String,
    /// What it said on standard error.
    pub(crate) said: Option<String>,
}

impl Told {
    /// It heard this text; without any word it heard none.
    pub fn text(text: &str) -> Self {
        let answer = HeardAnswer::text(text);
        match answer.display.as_deref() {
            None | Some("") => Self::of(HeardStatus::NoMatch, "the recognizer heard no words"),
            Some(_) => Self { answer, reason: "the recognizer heard words".to_owned(), said: None },
        }
    }

    /// It could not do its work: the status is `Error`.
    pub fn failed(why: impl Into<String>) -> Self {
        Self::of(HeardStatus::Error, why)
    }

    /// What a program means that ended with this exit code, or by a signal, and printed this.
    ///
    /// With 0 it prints the text, or a JSON object with `display`, `words` and more, or nothing if it heard no words;
    /// 3 is silence, 4 is noise, anything else is a failure.
    pub fn by_program(code: Option<i32>, stdout: &[u8], stderr: &[u8]) -> Self {
        let said = String::from_utf8_lossy(stderr).trim().to_owned();
        let said = Some(said).filter(|said| !said.is_empty());
        let told = match code {
            Some(0) => Self::printed(stdout),
            Some(3) => Self::of(HeardStatus::InitialSilenceTimeout, "the recognizer heard silence"),
            Some(4) => Self::of(HeardStatus::BabbleTimeout, "the recognizer heard noise"),
            Some(code) => Self::failed(format!("the recognizer failed with the exit code {code}")),
            None => Self::failed("the recognizer was ended by a signal"),
        };
        Self { said, ..told }
    }

    fn printed(stdout: &[u8]) -> Self {
        if stdout.trim_ascii_start().starts_with(b"{") {
            return match HeardAnswer::read(stdout) {
                Ok(answer) => Self { answer, reason: "the recognizer answered in JSON".to_owned(), said: None },
                Err(wrong) => Self::failed(format!("the JSON of the recognizer is of no use: {wrong}")),
            };
        }
        match std::str::from_utf8(stdout) {
            Ok(text) => Self::text(text),
            Err(_) => Self::failed("what the recognizer printed is no UTF-8"),
        }
    }

    fn of(status: HeardStatus, reason: impl Into<String>) -> Self {
        Self { answer: HeardAnswer::of(status), reason: reason.into(), said: None }
    }
}

#[cfg(test)]
mod tests {
    use super::Told;
    use crate::hearing::HeardStatus;

    fn check(code: Option<i32>, stdout: &str, status: HeardStatus, text: Option<&str>, reason: &str) {
        let told = Told::by_program(code, stdout.as_bytes(), b"");
        let heard = (told.answer.status, told.answer.display.as_deref(), told.reason.as_str());
        assert_eq!(heard, (status, text, reason), "{stdout}");
    }

    #[test]
    fn the_exit_code_and_the_output_say_what_was_heard() {
        let (success, words) = (HeardStatus::Success, "the recognizer heard words");
        check(Some(0), "  Good\r\n morning.\n", success, Some("Good morning."), words);
        check(Some(0), " {\"display\": \"Hi.\"}\n", success, Some("Hi."), "the recognizer answered in JSON");
        check(Some(0), "\n", HeardStatus::NoMatch, None, "the recognizer heard no words");
        check(Some(3), "ignored", HeardStatus::InitialSilenceTimeout, None, "the recognizer heard silence");
        check(Some(4), "", HeardStatus::BabbleTimeout, None, "the recognizer heard noise");
        let failed = HeardStatus::Error;
        check(Some(1), "Hi.", failed, None, "the recognizer failed with the exit code 1");
        check(None, "Hi.", failed, None, "the recognizer was ended by a signal");
        let wrong = "the JSON of the recognizer is of no use: EOF while parsing an object at line 1 column 1";
        check(Some(0), "{", failed, None, wrong);
    }

    #[test]
    fn what_is_said_on_standard_error_is_kept() {
        assert_eq!(Told::by_program(Some(0), b"Hi.", b" loading\n").said.as_deref(), Some("loading"));
        assert_eq!(Told::by_program(Some(0), b"Hi.", b"\n").said, None);
        assert_eq!(Told::by_program(Some(0), b"\xff", b"").reason, "what the recognizer printed is no UTF-8");
    }
}
