//! What a failed call means for a user, and for the inputs that come after it.

use std::{error::Error as StdError, io};

use stt_auth::{Cause, TokenError};
use stt_core::{Error, ErrorKind, Phase, Refusal, TransportKind};
use stt_model::Status;
use stt_transcript::Failure;

use crate::{args::Auth, exit::Exit, inputs::STANDARD_INPUT, output::io_reason, problem::Problem};

/// How far a failure reaches.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Reach {
    /// Whatever is tried next fails in the same way: a refused key, an address that is none of the service's.
    Everything,
    /// The service could not be reached, which may pass if it could before.
    Network,
    /// The service failed after all repeats, which may pass or not.
    Service,
    /// Only this input.
    Input,
}

/// Who asked, for what to try next.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asker(pub(crate) Auth);

impl Asker {
    /// The failure of a call for this input, whose audio has `length` bytes if that is known, and is that of `file` as it
    /// is if it is a file's.
    pub(crate) fn problem(&self, error: &Error, input: &str, file: Option<&str>, length: Option<u64>) -> Problem {
        let what = self.what(error, length);
        Problem::new(exit(error.kind()), what)
            .of(input)
            .why(why(error))
            .hint(self.hint(error, file))
            .connection_id(error.connection_id())
    }

    /// The failure of an exchange of the key for a token, which is about no input.
    pub(crate) fn no_token(error: &TokenError) -> Problem {
        let hint = match error {
            TokenError::Refused { .. } => Some(OTHER_KEY.to_owned()),
            TokenError::Unavailable { cause: Cause::Failed(_), .. } => Some(DOCTOR.to_owned()),
            _ => None,
        };
        let exit = exit(&ErrorKind::Auth(error.clone()));
        Problem::new(exit, error.to_string()).why(token_why(error)).hint(hint)
    }

    fn what(&self, error: &Error, length: Option<u64>) -> String {
        match error.kind() {
            ErrorKind::Transport(TransportKind::Audio) => format!("read error at {}", Size(error.audio_sent())),
            // How the end of a connection shows itself in the middle of an upload is a matter of luck.
            ErrorKind::Transport(kind @ (TransportKind::Closed | TransportKind::Reset))
                if error.gave_up().is_none() =>
            {
                match (error.attempts(), length) {
                    (1, Some(length)) if error.audio_sent() < length => {
                        format!("connection lost after {} of {}", Size(error.audio_sent()), Size(length))
                    }
                    (2.., _) if *kind == TransportKind::Reset => format!("connection lost {} times", error.attempts()),
                    _ => error.to_string(),
                }
            }
            _ => error.to_string(),
        }
    }

    fn hint(&self, error: &Error, file: Option<&str>) -> Option<String> {
        match error.kind() {
            ErrorKind::Auth(TokenError::Refused { .. }) => Some(OTHER_KEY.to_owned()),
            ErrorKind::Refused(refusal) => match (refusal.status.as_u16(), &refusal.recognition_status) {
                (401, None) if self.0 == Auth::Entra => {
                    Some("is it expired? does its user have the role Cognitive Services Speech User?".to_owned())
                }
                (403, _) | (_, Some(Status::Forbidden)) => {
                    Some("check networking rules and quota of the resource".to_owned())
                }
                (400, None) if error.message().is_some_and(|message| message.contains("language")) => {
                    Some("is the language one that the service knows? is the endpoint id right?".to_owned())
                }
                (400 | 413 | 415, _) | (_, Some(Status::BadRequest)) => {
                    let file = file.filter(|file| *file != STANDARD_INPUT)?;
                    stt_audio::Reason::Container(stt_audio::Container::Unknown).fix(file)
                }
                _ => None,
            },
            ErrorKind::TimedOut(Phase::Connect | Phase::Resolve | Phase::Tls)
            | ErrorKind::Transport(
                TransportKind::Connect | TransportKind::Proxy(_) | TransportKind::Resolve | TransportKind::Tls,
            ) => Some(DOCTOR.to_owned()),
            ErrorKind::Throttled(_) => {
                Some("a free resource takes one request at a time; fewer --jobs may help".to_owned())
            }
            _ => None,
        }
    }
}

/// The exit code of a failed call.
fn exit(kind: &ErrorKind) -> Exit {
    match kind {
        ErrorKind::Auth(TokenError::Refused { .. }) => Exit::Credential,
        ErrorKind::Refused(refusal) => match (refusal.status.as_u16(), &refusal.recognition_status) {
            (401 | 403, _) | (_, Some(Status::Forbidden)) => Exit::Credential,
            (400 | 413 | 415, _) | (_, Some(Status::BadRequest)) => Exit::Input,
            _ => Exit::Service,
        },
        ErrorKind::Transport(TransportKind::Audio) => Exit::Input,
        ErrorKind::Unsendable(_) => Exit::Usage,
        _ => Exit::Service,
    }
}

/// The exit code of a failure of which no more is known than what stands in a transcript.
pub(crate) fn exit_of(failure: &Failure) -> Exit {
    match (failure.kind.as_str(), failure.status) {
        ("auth", _) | (_, Some(401 | 403)) => Exit::Credential,
        ("input", _) | (_, Some(400 | 413 | 415)) => Exit::Input,
        _ => Exit::Service,
    }
}

/// How far a failed call reaches.
pub(crate) fn reach(error: &Error) -> Reach {
    match error.kind() {
        ErrorKind::Auth(TokenError::Unavailable { .. }) => Reach::Network,
        ErrorKind::Auth(_) | ErrorKind::Unsendable(_) => Reach::Everything,
        ErrorKind::Refused(Refusal { status, recognition_status: None, .. })
            if matches!(status.as_u16(), 101 | 300..=399 | 404 | 405) =>
        {
            Reach::Everything
        }
        // It was never sent, so it says nothing about the service.
        ErrorKind::TimedOut(Phase::Turn) => Reach::Input,
        ErrorKind::TimedOut(Phase::Connect | Phase::Resolve | Phase::Tls | Phase::Token) => Reach::Network,
        ErrorKind::Transport(TransportKind::Connect | TransportKind::Proxy(_) | TransportKind::Resolve) => {
            Reach::Network
        }
        ErrorKind::Transport(TransportKind::NotHttp | TransportKind::Tls) => Reach::Everything,
        kind => match exit(kind) {
            Exit::Credential => Reach::Everything,
            Exit::Input => Reach::Input,
            _ => Reach::Service,
        },
    }
}

/// The service's own words, or what lies at the bottom of the failure.
fn why(error: &Error) -> Option<String> {
    if let ErrorKind::Auth(error) = error.kind() {
        return token_why(error);
    }
    bottom(error)
}

fn token_why(error: &TokenError) -> Option<String> {
    match error {
        TokenError::Refused { message, .. } => message.clone(),
        other => bottom(other),
    }
}

/// What lies at the bottom of a failure, in plain words where there are any.
fn bottom(error: &dyn StdError) -> Option<String> {
    let mut deepest = error.source()?;
    while let Some(next) = deepest.source() {
        deepest = next;
    }
    let text = deepest.downcast_ref::<io::Error>().map_or_else(|| deepest.to_string(), io_reason);
    (!text.is_empty()).then_some(text)
}

const DOCTOR: &str = "stt doctor finds out where the way to the service ends";
const OTHER_KEY: &str = "wrong key, or key of another region";

/// Bytes as a person reads them: `512 bytes`, `96 kB`, `1.2 MB`.
pub(crate) struct Size(pub(crate) u64);

impl std::fmt::Display for Size {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            bytes @ 0..1_000 => write!(f, "{bytes} bytes"),
            bytes @ 1_000..1_000_000 => write!(f, "{} kB", bytes / 1_000),
            bytes => write!(f, "{}.{} MB", bytes / 1_000_000, bytes / 100_000 % 10),
        }
    }
}

#[cfg(test)]
mod tests {
    use http::Response;
    use stt_core::Reply;

    use super::*;

    /// The failure that an answer is, as `Reply::read` gives it.
    fn error(status: u16, body: &'static str) -> Error {
        let mut response = Response::new(body.into());
        *response.status_mut() = status.try_into().unwrap();
        Reply::read(response).unwrap_err()
    }

    fn said(error: &Error) -> String {
        Asker(Auth::Key).problem(error, "a.wav", Some("a.wav"), None).to_string()
    }

    #[test]
    fn a_language_that_the_service_refuses_is_not_blamed_on_the_audio() {
        let refused = error(400, r#"{"Message":"Invalid CID or language"}"#);
        assert_eq!(
            said(&refused),
            "a.wav: rejected by the service (400)\nwhy: Invalid CID or language\n\
             hint: is the language one that the service knows? is the endpoint id right?"
        );
    }

    #[test]
    fn a_piece_of_a_file_is_no_file_that_could_be_converted() {
        let refused = error(400, r#"{"Message":"Unsupported audio format"}"#);
        assert!(said(&refused).contains("\nhint: ffmpeg -i a.wav "), "{}", said(&refused));
        let piece = Asker(Auth::Key).problem(&refused, "a.wav from 0:00 to 0:50", None, None).to_string();
        assert_eq!(piece, "a.wav from 0:00 to 0:50: rejected by the service (400)\nwhy: Unsupported audio format");
    }

    #[test]
    fn exit_code_and_reach_follow_from_what_was_answered() {
        for (status, body, code, reaches) in [
            (400, "", 3, Reach::Input),
            (401, "", 4, Reach::Everything),
            (403, "", 4, Reach::Everything),
            (404, "", 5, Reach::Everything),
            (413, "", 3, Reach::Input),
            (415, "", 3, Reach::Input),
            (418, "", 5, Reach::Service),
            (429, "", 5, Reach::Service),
            (500, "", 5, Reach::Service),
            (302, "", 5, Reach::Everything),
            (200, "{}", 5, Reach::Service),
            (200, r#"{"RecognitionStatus":"Error"}"#, 5, Reach::Service),
            (200, r#"{"RecognitionStatus":"BadRequest"}"#, 3, Reach::Input),
            (200, r#"{"RecognitionStatus":"Forbidden"}"#, 4, Reach::Everything),
            (200, r#"{"RecognitionStatus":"TooManyRequests"}"#, 5, Reach::Service),
        ] {
            let error = error(status, body);
            assert_eq!((exit(error.kind()).code(), reach(&error)), (code, reaches), "{status} {body}");
        }
    }

    #[test]
    fn sizes_are_read_in_decimal_units() {
        for (bytes, text) in [(0, "0 bytes"), (999, "999 bytes"), (96_044, "96 kB"), (1_920_044, "1.9 MB")] {
            assert_eq!(Size(bytes).to_string(), text);
        }
    }
}
