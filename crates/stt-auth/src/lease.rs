//! The right, and the duty, to get a token for all who wait for it.

use std::{error::Error as StdError, fmt, sync::Arc, time::Duration};

use http::{
    HeaderValue, Method, Request, Response,
    header::{CONTENT_LENGTH, CONTENT_TYPE},
};

use crate::{
    Now, Token, TokenError, answer,
    credential::SUBSCRIPTION_KEY,
    issued::Issued,
    lifetime,
    shared::{Shared, Source},
    slot::LONGEST_REQUEST,
    token_error::Cause,
};

/// The right, and the duty, to get a token for all who wait for it.
///
/// There is one at a time. It belongs to nobody's call: send its request beside whatever the caller does, in a task of
/// its own where there are tasks, so that the answer arrives even if the caller has given up. Then report with
/// [`answered`](Self::answered), [`issued`](Self::issued) or [`failed`](Self::failed). If it is dropped instead, or no
/// report comes within 30 seconds, the next caller gets another.
#[must_use = "callers wait for the token"]
pub struct Lease {
    began: Now,
    number: u64,
    shared: Arc<Shared>,
}

impl Lease {
    pub(crate) const fn new(shared: Arc<Shared>, number: u64, began: Now) -> Self {
        Self { began, number, shared }
    }

    /// The time within which the request should have ended, with its answer read: 20 seconds.
    #[must_use]
    pub const fn timeout(&self) -> Duration {
        LONGEST_REQUEST
    }

    /// The request for a token, whose body is empty; `None` if the application gets tokens from a source of its own.
    ///
    /// It is the documented one: `POST …/sts/v1.0/issueToken` with the key, a form's content type and length 0. Do not
    /// follow a redirect with it, because the key would go along, and read at most 16 KiB of the answer.
    #[must_use]
    pub fn request(&self) -> Option<Request<()>> {
        let Source::Endpoint { key, url } = &self.shared.source else { return None };
        let mut request = Request::new(());
        *request.method_mut() = Method::POST;
        *request.uri_mut() = url.clone();
        let headers = request.headers_mut();
        headers.insert(SUBSCRIPTION_KEY, key.header());
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
        headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
        Some(request)
    }

    /// Reports the answer to the request, whatever its status.
    pub fn answered(self, answer: Response<impl AsRef<[u8]>>, now: Now) {
        let (head, body) = answer.into_parts();
        let key = match &self.shared.source {
            Source::Application { .. } => None,
            Source::Endpoint { key, .. } => Some(key.secret()),
        };
        match answer::read(&Response::from_parts(head, body.as_ref()), key, now.wall) {
            Ok(token) => {
                let expires_in = lifetime::claimed(token.expose());
                // Whoever waits is told of a failure; to whom the answer was, it is all the same.
                _ = self.bring(token, expires_in, now);
            }
            Err(error) => self.shared.failed(self.number, error, now),
        }
    }

    /// Brings a token that expires after `expires_in`, as the source of the application has it.
    ///
    /// # Errors
    ///
    /// The text is not a token, or is about to expire. Whoever waits is told the same, if further attempts fail too.
    pub fn issued(self, token: &str, expires_in: Duration, now: Now) -> Result<(), TokenError> {
        match token.parse() {
            Ok(token) => self.bring(token, expires_in, now),
            Err(_) => self.fails(TokenError::Malformed { content_type: None, bytes: token.len() }, now),
        }
    }

    /// Reports that there was no answer, for this reason, and how long the source asked to wait, if it did.
    ///
    /// The reason becomes the source of an error that is printed, so it must hold no secret.
    pub fn failed(self, reason: impl Into<Box<dyn StdError + Send + Sync>>, retry_after: Option<Duration>, now: Now) {
        let error = TokenError::unavailable(Cause::Failed(Arc::from(reason.into())), retry_after);
        self.shared.failed(self.number, error, now);
    }

    fn bring(self, token: Token, expires_in: Duration, now: Now) -> Result<(), TokenError> {
        let token = match &self.shared.source {
            Source::Application { resource_id: Some(id) } => token.for_resource(id),
            Source::Application { resource_id: None } | Source::Endpoint { .. } => token,
        };
        match Issued::new(token, self.number, expires_in, self.began, now) {
            Some(issued) => {
                self.shared.issued(issued);
                Ok(())
            }
            None => self.fails(TokenError::unavailable(Cause::Expired, None), now),
        }
    }

    fn fails(self, error: TokenError, now: Now) -> Result<(), TokenError> {
        self.shared.failed(self.number, error.clone(), now);
        Err(error)
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        // Without effect if there was a report.
        self.shared.abandoned(self.number);
    }
}

impl fmt::Debug for Lease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lease").field("number", &self.number).field("source", &self.shared.source).finish()
    }
}
