//! A refusal of the service, and how it is told.

use std::{error::Error as StdError, fmt};

use http::{StatusCode, Uri};
use stt_auth::{Authorization, Resource};
use stt_model::Status;

/// What the service said when it refused.
#[non_exhaustive]
#[derive(Clone, Debug)]
pub struct Refusal {
    /// The HTTP status; 200 where the refusal stands in the recognition status.
    pub status: StatusCode,
    /// The recognition status of an answer with HTTP status 200: `Error`, `BadRequest`, `Forbidden`, `TooManyRequests`.
    pub recognition_status: Option<Status>,
    /// The service's own code, where the body has one.
    pub code: Option<String>,
    /// The service's own words, at most 300 characters.
    pub message: Option<String>,
    /// Where a redirect points to. It is never followed: the key would go along.
    pub location: Option<String>,
}

/// Who was asked, and with what: for the words of an error.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) host: String,
    /// The same with its port, where that was given.
    pub(crate) authority: String,
    pub(crate) region: Option<String>,
    pub(crate) credential: Option<&'static str>,
}

impl Asked {
    /// The service, by an answer that came some other way than through a call.
    pub(crate) fn unknown() -> Self {
        let host = "the service".to_owned();
        Self { authority: host.clone(), host, region: None, credential: Some("credential") }
    }

    /// The resource that a call is made against.
    pub(crate) fn of(resource: &Resource) -> Self {
        let credential = match resource.authorization() {
            Authorization::Entra { .. } => Some("Entra token"),
            // A token that the service keeps refusing is the key's fault: the call has tried a new one.
            Authorization::Key(_) | Authorization::Token(_) => Some("key"),
            Authorization::None => None,
            _ => Some("access token"),
        };
        let endpoint = resource.endpoint();
        let (host, region) = (endpoint.host().to_owned(), endpoint.region().map(ToString::to_string));
        let authority = endpoint.speech().parse().ok().and_then(|speech: Uri| Some(speech.authority()?.to_string()));
        Self { authority: authority.unwrap_or_else(|| host.clone()), host, region, credential }
    }
}

impl Refusal {
    /// The refusal in a line, after so many attempts.
    pub(crate) fn line(&self, asked: &Asked, attempts: u32, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let host = asked.host.as_str();
        let status = self.status.as_u16();
        match &self.recognition_status {
            Some(Status::BadRequest) => return f.write_str("rejected by the service (BadRequest)"),
            Some(Status::Forbidden) => return f.write_str("out of quota (Forbidden)"),
            Some(other) => {
                write!(f, "the recogniser failed (status {other})")?;
                return times(attempts, f);
            }
            None => {}
        }
        match status {
            101 => write!(f, "{host} switched protocols; is this a speech endpoint?"),
            300..=399 => match &self.location {
                Some(location) => write!(f, "{host} redirects to {location}; not followed"),
                None => write!(f, "{host} redirects ({status}); not followed"),
            },
            400 | 413 | 415 => write!(f, "rejected by the service ({status})"),
            401 => match (asked.credential, &asked.region) {
                (Some("key"), Some(region)) => {
                    write!(f, "the key was not accepted in region {region} (401): wrong key, or key of another region")
                }
                (Some("key"), None) => {
                    write!(f, "the key was not accepted by {host} (401): wrong key, or key of another resource")
                }
                (Some(credential), _) => write!(f, "the {credential} was not accepted by {host} (401)"),
                (None, _) => write!(f, "{host} wants a credential (401)"),
            },
            403 => f.write_str("forbidden by the service (403)"),
            404 | 405 => write!(f, "{status} from {host}; is the endpoint complete?"),
            408 | 500 | 502 | 503 | 504 => {
                write!(f, "the service failed ({status})")?;
                times(attempts, f)
            }
            _ => write!(f, "the service answered with status {status}"),
        }
    }
}

impl fmt::Display for Refusal {
    /// The service's own words, or its status where it gave none.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.message {
            Some(message) => f.write_str(message),
            None => write!(f, "status {}", self.status.as_u16()),
        }
    }
}

impl StdError for Refusal {}

/// Adds how often the same thing happened, where it was more than once.
fn times(attempts: u32, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if attempts < 2 { Ok(()) } else { write!(f, " {attempts} times") }
}
