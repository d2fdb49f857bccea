//! The service's reply: a recognition, or the reason why there is none.

use std::{error::Error as _, time::Duration};

use bytes::Bytes;
use http::{HeaderMap, Response, StatusCode, header};
use stt_auth::Credential;
use stt_model::{Error as ReadError, Recognition, ServiceMessage, Status};

use crate::{
    ConnectionId, Error, ErrorKind, Malformed, Refusal,
    error::{Inner, request_id},
    refusal::Asked,
};

/// A recognition, with everything about how it came.
#[non_exhaustive]
#[derive(Clone, Debug)]
pub struct Reply {
    /// What the service recognized. No words (`NoMatch`, silence, noise) is a recognition too.
    pub recognition: Recognition,
    /// The answer as it came.
    pub response: Response<Bytes>,
    /// Whether the answer repeats the credential of its request, so that it must not be kept.
    pub repeats_credential: bool,
    /// The connection id of the attempt that succeeded, for the service's support.
    pub connection_id: ConnectionId,
    /// How many attempts were made, those that cost nothing not counted.
    pub attempts: u32,
    /// How many bytes of audio were sent over all attempts, as far as the transport counts them.
    pub audio_sent: u64,
}

impl Reply {
    /// Reads an answer that came some other way than through a [`Call`](crate::Call).
    ///
    /// ```
    /// use bytes::Bytes;
    /// use http::Response;
    /// use stt_core::Reply;
    ///
    /// let body = r#"{"RecognitionStatus":"Success","DisplayText":"Conversation.","Offset":4500000,"Duration":10600000}"#;
    /// let recognition = Reply::read(Response::new(Bytes::from_static(body.as_bytes())))?;
    /// assert_eq!(recognition.text(), Some("Conversation."));
    /// # Ok::<(), stt_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Refused`], [`ErrorKind::Throttled`] and [`ErrorKind::Malformed`], by the answer.
    pub fn read(response: Response<Bytes>) -> Result<Recognition, Error> {
        read(&response, None).map_err(|kind| {
            Error::new(Inner {
                kind,
                asked: Asked::unknown(),
                failure: None,
                retry_after: stt_auth::retry_after(response.headers(), Duration::ZERO),
                response: Some(response),
                repeats_credential: false,
                gave_up: None,
                connection_ids: Vec::new(),
                attempts: 1,
                audio_sent: 0,
            })
        })
    }

    /// The id that the service gave the request, from the answer's headers.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        request_id(&self.response)
    }
}

/// Reads an answer; `credential` is what must not be repeated in an error, should the service echo it.
pub(crate) fn read(response: &Response<Bytes>, credential: Option<&Credential>) -> Result<Recognition, ErrorKind> {
    let scrub = |text: String| credential.map_or_else(|| text.clone(), |credential| credential.scrub(&text));
    if response.status() != StatusCode::OK {
        // Before anything is shortened: half a key must not survive the cut.
        let said = ServiceMessage::read(scrub(String::from_utf8_lossy(response.body()).into_owned()).as_bytes());
        let refusal = Refusal {
            status: response.status(),
            recognition_status: None,
            code: said.code,
            message: said.message,
            location: text(response.headers(), header::LOCATION).map(scrub),
        };
        let throttled = response.status() == StatusCode::TOO_MANY_REQUESTS;
        return Err(if throttled { ErrorKind::Throttled(refusal) } else { ErrorKind::Refused(refusal) });
    }
    if let Some(coding) = text(response.headers(), header::CONTENT_ENCODING)
        && !coding.eq_ignore_ascii_case("identity")
    {
        return Err(ErrorKind::Malformed(Malformed::Encoded(scrub(coding))));
    }
    let recognition = Recognition::from_slice(response.body()).map_err(|error| {
        ErrorKind::Malformed(match error {
            ReadError::NotJson(_) => Malformed::NotJson {
                content_type: text(response.headers(), header::CONTENT_TYPE),
                beginning: beginning(&scrub(String::from_utf8_lossy(response.body()).into_owned())),
            },
            ReadError::Truncated(_) => Malformed::Truncated,
            ReadError::NoStatus(_) => Malformed::NoStatus,
            other => Malformed::WrongShape(scrub(because(&other))),
        })
    })?;
    match recognition.status {
        Status::BadRequest | Status::Error | Status::Forbidden | Status::TooManyRequests => {
            let throttled = recognition.status == Status::TooManyRequests;
            let refusal = Refusal {
                status: response.status(),
                recognition_status: Some(recognition.status),
                code: None,
                message: None,
                location: None,
            };
            Err(if throttled { ErrorKind::Throttled(refusal) } else { ErrorKind::Refused(refusal) })
        }
        _ => Ok(recognition),
    }
}

/// Whether the body of an answer has the credential in it.
pub(crate) fn repeats(response: &Response<Bytes>, credential: &Credential) -> bool {
    let text = String::from_utf8_lossy(response.body());
    credential.scrub(&text) != text
}

/// How an answer begins, for a person to see what it is instead of a recognition.
fn beginning(text: &str) -> String {
    text.chars().take(SHOWN).flat_map(char::escape_debug).collect()
}

/// What is wrong, and where in the answer.
fn because(error: &ReadError) -> String {
    error.source().map_or_else(|| error.to_string(), ToString::to_string)
}

fn text(headers: &HeaderMap, name: http::HeaderName) -> Option<String> {
    let value = headers.get(name)?;
    Some(value.to_str().map_or_else(|_| "unreadable".to_owned(), str::to_owned))
}

/// Characters of an answer that an error shows.
const SHOWN: usize = 300;
