//! What was heard in one piece of an input.

use std::{error::Error as _, fmt, time::Duration};

use stt_audio::{Cut, DecodeError};
use stt_core::{Error, Reply};
use stt_long::{LongPiece, PieceError};
use stt_model::{Recognition, Ticks};
use stt_transcript::{Failure, Segment};

use crate::{
    exit::Exit,
    failure::{Reach, reach},
    inputs::Input,
    output::io_reason,
    problem::Problem,
    tries::Raw,
};

/// What was heard in one piece of an input; most inputs are one piece.
pub(crate) struct Heard {
    pub(crate) result: Result<Answer, Failed>,
    pub(crate) cut: Cut,
    pub(crate) end: Option<Ticks>,
    pub(crate) start: Ticks,
}

/// What the service recognized in a piece.
pub(crate) struct Answer {
    pub(crate) recognition: Recognition,
    pub(crate) attempts: u32,
    pub(crate) connection_id: Option<String>,
    pub(crate) request_id: Option<String>,
    /// Everything that was answered, where it is to be saved.
    pub(crate) raw: Vec<Raw>,
}

/// Why a piece has no result.
pub(crate) struct Failed {
    pub(crate) problem: Problem,
    pub(crate) reach: Reach,
    pub(crate) failure: Failure,
    pub(crate) attempts: u32,
    pub(crate) connection_id: Option<String>,
    pub(crate) request_id: Option<String>,
    /// Everything that was answered, where it is to be saved.
    pub(crate) raw: Vec<Raw>,
}

impl Heard {
    /// In all of an input.
    pub(crate) fn whole(length: Option<Duration>, result: Result<Answer, Failed>) -> Self {
        Self { result, cut: Cut::End, end: length.map(Ticks::from), start: Ticks(0) }
    }

    /// In a piece of it.
    pub(crate) fn piece(piece: &LongPiece, result: Result<Answer, Failed>) -> Self {
        Self { result, cut: piece.cut, end: Some(piece.end), start: piece.start }
    }

    /// Nothing, because the audio cannot be used from here on.
    pub(crate) fn broken(subject: &str, start: Ticks, error: &PieceError) -> Self {
        let problem = broken(subject, error);
        Self { result: Err(Failed::local("input", problem)), cut: Cut::End, end: None, start }
    }

    /// Nothing, by a mistake of this program in the work on one input.
    pub(crate) fn internal(input: &Input) -> Self {
        let problem = Problem::new(Exit::Service, "internal error").of(input.subject());
        Self::whole(None, Err(Failed::local("internal", problem)))
    }

    /// Nothing from here on, because the run was stopped.
    pub(crate) fn skipped(subject: &str, start: Ticks) -> Self {
        Self { result: Err(Failed::skipped(subject)), cut: Cut::End, end: None, start }
    }

    /// Whether it is the first piece of its input, or all of it.
    pub(crate) fn is_first(&self) -> bool {
        self.start == Ticks(0)
    }

    pub(crate) fn is_skipped(&self) -> bool {
        self.result.as_ref().is_err_and(Failed::is_skipped)
    }

    /// What stands in the transcript.
    pub(crate) fn segment(&self) -> Segment {
        let (segment, connection_id, request_id) = match &self.result {
            Ok(answer) => (
                Segment::new(Ok(answer.recognition.clone())).attempts(answer.attempts),
                answer.connection_id.clone(),
                answer.request_id.clone(),
            ),
            Err(failed) => (
                Segment::new(Err(failed.failure.clone())).attempts(failed.attempts),
                failed.connection_id.clone(),
                failed.request_id.clone(),
            ),
        };
        let segment = connection_id.into_iter().fold(segment, Segment::connection_id);
        let segment = request_id.into_iter().fold(segment, Segment::request_id);
        segment.piece(self.start, self.end).forced_cut(self.cut == Cut::Forced)
    }

    /// How long it is, where that is known.
    pub(crate) fn length(&self) -> Option<Duration> {
        self.end.map(|end| Duration::from(Ticks(end.0.saturating_sub(self.start.0))))
    }

    /// Where in the input it ends, or begins if that is not known.
    pub(crate) fn until(&self) -> Clock {
        Clock(self.end.unwrap_or(self.start))
    }

    /// How often it was asked for.
    pub(crate) const fn attempts(&self) -> u32 {
        match &self.result {
            Ok(answer) => answer.attempts,
            Err(failed) => failed.attempts,
        }
    }

    /// How it went, for those who want to know more.
    pub(crate) fn detail(&self) -> String {
        let mut parts = Vec::new();
        parts.extend(self.length().map(|length| format!("{:.1} s of audio", length.as_secs_f64())));
        match &self.result {
            Ok(answer) => {
                let noun = if answer.attempts == 1 { "attempt" } else { "attempts" };
                parts.push(format!("{} {noun}", answer.attempts));
                parts.extend(answer.connection_id.iter().map(|id| format!("connection id {id}")));
                parts.extend(answer.request_id.iter().map(|id| format!("request id {id}")));
            }
            Err(_) => parts.push("failed".to_owned()),
        }
        parts.join(", ")
    }
}

impl Answer {
    /// A request succeeded.
    pub(crate) fn of(reply: Reply, raw: Vec<Raw>) -> Self {
        Self {
            attempts: reply.attempts,
            connection_id: Some(reply.connection_id.to_string()),
            request_id: reply.request_id().map(str::to_owned),
            recognition: reply.recognition,
            raw,
        }
    }
}

impl Failed {
    /// A request failed.
    pub(crate) fn call(error: &Error, problem: Problem, raw: Vec<Raw>) -> Self {
        let failure = Failure {
            kind: error.kind().word().to_owned(),
            message: problem.what().to_owned(),
            status: error.status().map(|status| status.as_u16()),
            retryable: error.is_retryable(),
        };
        Self {
            problem,
            reach: reach(error),
            failure,
            attempts: error.attempts(),
            connection_id: error.connection_id().map(|id| id.to_string()),
            request_id: error.request_id().map(str::to_owned),
            raw,
        }
    }

    /// Nothing was asked from here on, because the run was stopped.
    pub(crate) fn skipped(subject: &str) -> Self {
        Self::local(SKIPPED, Problem::new(Exit::Service, "the rest was not tried").of(subject))
    }

    pub(crate) fn is_skipped(&self) -> bool {
        self.failure.kind == SKIPPED
    }

    /// Nothing was asked.
    pub(crate) fn local(kind: &str, problem: Problem) -> Self {
        let message = problem.what().to_owned();
        let failure = Failure { kind: kind.to_owned(), message, status: None, retryable: false };
        let reach = Reach::Input;
        Self { problem, reach, failure, attempts: 0, connection_id: None, request_id: None, raw: Vec::new() }
    }
}

/// Audio that cannot be used, or not further.
pub(crate) fn broken(subject: &str, error: &PieceError) -> Problem {
    let why = match error {
        PieceError::Audio(DecodeError::Io(error)) => Some(io_reason(error)),
        error => error.source().map(ToString::to_string),
    };
    Problem::input(subject, error.to_string()).why(why)
}

/// A time as players show it: `1:50`, `1:02:03`.
pub(crate) struct Clock(pub(crate) Ticks);

impl fmt::Display for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0.as_millis() / 1_000;
        match (seconds / 3_600, seconds / 60 % 60, seconds % 60) {
            (0, minutes, seconds) => write!(f, "{minutes}:{seconds:02}"),
            (hours, minutes, seconds) => write!(f, "{hours}:{minutes:02}:{seconds:02}"),
        }
    }
}

const SKIPPED: &str = "not_tried";

#[cfg(test)]
mod tests {
    use super::*;

    /// Row 90 of the faults that are promised to be told; that others go on is tested where they are run.
    #[test]
    fn a_mistake_of_this_program_is_the_failure_of_one_input() {
        let heard = Heard::internal(&Input::File("a.wav".into()));
        let Err(failed) = &heard.result else { panic!("nothing was heard") };
        assert_eq!((failed.problem.to_string().as_str(), failed.problem.exit.code()), ("a.wav: internal error", 5));
        assert_eq!(failed.reach, Reach::Input);
    }

    #[test]
    fn times_are_shown_as_players_show_them() {
        for (seconds, shown) in [(0, "0:00"), (110, "1:50"), (3_723, "1:02:03")] {
            assert_eq!(Clock(Ticks::from(Duration::from_secs(seconds))).to_string(), shown);
        }
    }
}
