//! The token of one key at one endpoint, fetched once for everybody.

use std::{fmt, sync::Arc};

use crate::{
    Credential, Endpoint, Error, Key, Lease, Now, ResourceId, TokenError, Wait,
    shared::{Shared, Source},
    slot::Turn,
};

/// The token of one key at one endpoint, fetched once for everybody who needs it.
///
/// The cache does nothing by itself and has no clock: it says what is to be done now. Clones share the token. Whoever
/// calls another Speech API with the same tokens uses this alone; the calls of this project use it through
/// [`Resource`](crate::Resource).
///
/// - One request is out at a time, however many callers wait. Callers come and go; the request is everybody's.
/// - A new token is fetched after 8 to 9 of its 10 minutes, while the old one is served. No token older than 590 seconds
///   by either clock is served.
/// - If that fails, the old token is served to its end, and the next attempt is made after 10, 20, 40, then 60 seconds.
/// - Callers without a token wait for up to three attempts, with random pauses of at most 0.25 and 0.5 seconds, or as
///   long as the service asks to wait, up to 30 seconds. Then all are told the same error. For one second, or as long as
///   the service asks up to two minutes, so are those who come later.
/// - After 400, 401, 403 or 404 all are told at once, and there is no other attempt for a minute.
///
/// That tokens live ten minutes and are to be used for nine is documented on Microsoft's pages about authentication of
/// the Speech REST APIs; the other numbers are this crate's choice.
#[derive(Clone)]
pub struct TokenCache(Arc<Shared>);

/// What a caller who wants a token is to do.
#[must_use]
#[derive(Debug)]
pub enum Access {
    /// Give up: there is no token, and there will be none soon.
    Failed(TokenError),
    /// Send the request with this.
    Ready(Credential),
    /// Get a token for everybody, beside your own call, and ask again at once.
    Refresh(Lease),
    /// Wait, then ask again.
    Wait(Wait),
}

impl TokenCache {
    /// Tokens of an endpoint for a key.
    ///
    /// # Errors
    ///
    /// [`Error::InsecureEndpoint`] if the key would go over `http` to another machine.
    pub fn new(endpoint: &Endpoint, key: Key) -> Result<Self, Error> {
        endpoint.may_carry("key")?;
        Ok(Self::from(Source::Endpoint { key, url: endpoint.token().clone() }))
    }

    /// Tokens that the application gets from a source of its own, which each [`Lease`] asks for.
    ///
    /// With a resource id they are taken for tokens of Microsoft Entra ID and sent as `aad#<resource id>#<token>`.
    #[must_use]
    pub fn of_source(resource_id: Option<ResourceId>) -> Self {
        Self::from(Source::Application { resource_id })
    }

    /// What to do now in order to send a request with a token.
    pub fn access(&self, now: Now) -> Access {
        let mut state = self.0.state();
        let next = state.leases + 1;
        match state.slot.turn(next, now) {
            Turn::Fail(error) => Access::Failed(error),
            Turn::Lease => {
                state.leases = next;
                Access::Refresh(Lease::new(Arc::clone(&self.0), next, now))
            }
            Turn::Serve(credential) => Access::Ready(credential),
            Turn::Wait(at_most) => {
                state.waits += 1;
                Access::Wait(Wait::new(Arc::clone(&self.0), state.waits, state.news, at_most))
            }
        }
    }

    /// Tells that the service refused a token with 401, or with 403. Returns whether asking for another makes sense.
    ///
    /// The token is dropped only if it is the one that is served now: late refusals of an old one leave the new one
    /// alone. A token that is refused within five seconds after the one before it is kept, and the answer is `false`, because
    /// the next one would be refused too; the refusal is then the user's to know.
    #[must_use]
    pub fn reject(&self, credential: &Credential, now: Now) -> bool {
        credential.generation().is_some_and(|generation| self.0.rejected(generation, now))
    }

    /// Why the token that is served could not be renewed at the last attempt, for a warning.
    #[must_use]
    pub fn trouble(&self) -> Option<TokenError> {
        self.0.state().slot.trouble().cloned()
    }
}

impl From<Source> for TokenCache {
    fn from(source: Source) -> Self {
        Self(Arc::new(Shared::new(source)))
    }
}

impl fmt::Debug for TokenCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.0.state();
        f.debug_struct("TokenCache").field("source", &self.0.source).field("slot", &state.slot).finish_non_exhaustive()
    }
}
