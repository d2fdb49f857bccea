//! Why there is no access token.

use std::{error::Error as StdError, fmt, sync::Arc, time::Duration};

use http::StatusCode;

/// Why there is no access token.
///
/// Every caller that waited for the token gets the same one. What the token endpoint answered in place of a token is
/// never part of it.
#[non_exhaustive]
#[derive(Clone, Debug)]
pub enum TokenError {
    /// The answer was no token, also when asked again.
    Malformed {
        /// The content type of the answer, where it had a readable one.
        content_type: Option<String>,
        /// The length of the answer in bytes.
        bytes: usize,
    },
    /// The request was refused with 400, 401, 403 or 404, and is not repeated for a minute.
    Refused {
        /// The status of the answer.
        status: StatusCode,
        /// What the service said, at most 300 characters, its control characters escaped, without the key.
        message: Option<String>,
    },
    /// The token endpoint, or the application's own source of tokens, failed for now.
    Unavailable {
        /// The failure of the last attempt.
        cause: Cause,
        /// How often it was asked.
        attempts: u32,
        /// The time from the beginning of the first attempt to the end of the last.
        took: Duration,
        /// How long the service asked to wait.
        retry_after: Option<Duration>,
    },
}

/// How an attempt to get a token failed for now.
#[non_exhaustive]
#[derive(Clone, Debug)]
pub enum Cause {
    /// The lease was dropped without a report: its task was aborted or panicked.
    Abandoned,
    /// The token had expired when it arrived.
    Expired,
    /// There was no answer, for this reason.
    Failed(Arc<dyn StdError + Send + Sync>),
    /// The answer had this status.
    Status(StatusCode),
    /// There was no report within the time of a lease.
    TimedOut,
}

impl TokenError {
    /// Whether the next attempt may succeed although nothing is changed.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        !matches!(self, Self::Refused { .. })
    }

    /// How long the service asked to wait.
    #[must_use]
    pub const fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Unavailable { retry_after, .. } => *retry_after,
            Self::Malformed { .. } | Self::Refused { .. } => None,
        }
    }

    /// One attempt that failed for now; [`tried`](Self::tried) fills in the rest.
    pub(crate) const fn unavailable(cause: Cause, retry_after: Option<Duration>) -> Self {
        Self::Unavailable { cause, attempts: 1, took: Duration::ZERO, retry_after }
    }

    /// The error of several attempts, of which this was the last.
    pub(crate) fn tried(mut self, count: u32, time: Duration) -> Self {
        if let Self::Unavailable { attempts, took, .. } = &mut self {
            (*attempts, *took) = (count, time);
        }
        self
    }
}

impl fmt::Display for TokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed { content_type, bytes } => {
                let content_type = content_type.as_deref().unwrap_or("no content type");
                write!(f, "the token endpoint gave no token ({content_type}, {})", Size(*bytes))
            }
            Self::Refused { status, .. } => {
                write!(f, "the key was refused while fetching a token ({})", status.as_u16())
            }
            Self::Unavailable { cause, attempts, took, .. } => {
                f.write_str("no access token")?;
                match cause {
                    Cause::Abandoned => f.write_str(": the request was given up"),
                    Cause::Expired => f.write_str(": it had expired when it came"),
                    // The source of this error says what happened.
                    Cause::Failed(_) => Ok(()),
                    Cause::Status(status) => write!(f, ": {}", status.as_u16()),
                    Cause::TimedOut => f.write_str(": no answer"),
                }?;
                let attempt = if *attempts == 1 { "attempt" } else { "attempts" };
                write!(f, " after {attempts} {attempt} in {}", Seconds(*took))
            }
        }
    }
}

impl StdError for TokenError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::Unavailable { cause: Cause::Failed(source), .. } => {
                let source: &(dyn StdError + 'static) = source.as_ref();
                Some(source)
            }
            Self::Malformed { .. } | Self::Refused { .. } | Self::Unavailable { .. } => None,
        }
    }
}

/// `12 bytes`, `1.2 kB`, `3.4 MB`.
struct Size(usize);

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            bytes @ 0..1000 => write!(f, "{bytes} bytes"),
            bytes @ 1000..999_950 => write!(f, "{:.1} kB", bytes as f64 / 1e3),
            bytes => write!(f, "{:.1} MB", bytes as f64 / 1e6),
        }
    }
}

/// `6 s`, `0.3 s`: tenths below ten seconds, where they are not zero.
struct Seconds(Duration);

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tenths = (self.0.as_millis() + 50) / 100;
        match tenths % 10 {
            tenth @ 1.. if tenths < 100 => write!(f, "{}.{tenth} s", tenths / 10),
            _ => write!(f, "{} s", (tenths + 5) / 10),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    fn unavailable(cause: Cause, attempts: u32, milliseconds: u64) -> TokenError {
        TokenError::unavailable(cause, None).tried(attempts, Duration::from_millis(milliseconds))
    }

    #[test]
    fn each_failure_reads_as_one_line() {
        let html = TokenError::Malformed { content_type: Some("text/html".to_owned()), bytes: 1234 };
        assert_eq!(html.to_string(), "the token endpoint gave no token (text/html, 1.2 kB)");
        let empty = TokenError::Malformed { content_type: None, bytes: 0 };
        assert_eq!(empty.to_string(), "the token endpoint gave no token (no content type, 0 bytes)");
        let large = TokenError::Malformed { content_type: None, bytes: 1 << 20 };
        assert_eq!(large.to_string(), "the token endpoint gave no token (no content type, 1.0 MB)");
        let refused = TokenError::Refused { status: StatusCode::UNAUTHORIZED, message: Some("denied".to_owned()) };
        assert_eq!(refused.to_string(), "the key was refused while fetching a token (401)");
        let status = unavailable(Cause::Status(StatusCode::SERVICE_UNAVAILABLE), 3, 6000);
        assert_eq!(status.to_string(), "no access token: 503 after 3 attempts in 6 s");
        assert_eq!(
            unavailable(Cause::TimedOut, 3, 90_040).to_string(),
            "no access token: no answer after 3 attempts in 90 s"
        );
        assert_eq!(
            unavailable(Cause::Abandoned, 1, 340).to_string(),
            "no access token: the request was given up after 1 attempt in 0.3 s"
        );
    }

    #[test]
    fn a_reason_is_the_source_and_not_part_of_the_line() {
        let reason = io::Error::other("connection refused");
        let error = unavailable(Cause::Failed(Arc::new(reason)), 2, 1250);
        assert_eq!(error.to_string(), "no access token after 2 attempts in 1.3 s");
        assert_eq!(error.source().map(ToString::to_string).as_deref(), Some("connection refused"));
    }

    #[test]
    fn only_a_refusal_is_for_good() {
        assert!(!TokenError::Refused { status: StatusCode::FORBIDDEN, message: None }.is_retryable());
        assert!(TokenError::Malformed { content_type: None, bytes: 0 }.is_retryable());
        assert!(unavailable(Cause::Expired, 1, 0).is_retryable());
    }
}
