//! What one request is sent with.

use http::{HeaderName, HeaderValue, header::AUTHORIZATION};

use crate::{Key, Token};

/// What one request is sent with: a key, a token, or nothing.
///
/// Keep it until the answer is there, and give it back with
/// [`Resource::reject`](crate::Resource::reject) if that is 401: it knows which token it was.
#[derive(Clone, Debug)]
pub struct Credential(Kind);

#[derive(Clone, Debug)]
enum Kind {
    /// A token of the cache, and the number of the lease that brought it.
    Cached {
        token: Token,
        generation: u64,
    },
    Key(Key),
    None,
    Token(Token),
}

impl Credential {
    pub(crate) const fn none() -> Self {
        Self(Kind::None)
    }

    pub(crate) const fn of_key(key: Key) -> Self {
        Self(Kind::Key(key))
    }

    pub(crate) const fn of_token(token: Token) -> Self {
        Self(Kind::Token(token))
    }

    pub(crate) const fn cached(token: Token, generation: u64) -> Self {
        Self(Kind::Cached { token, generation })
    }

    /// Which token of the cache this is.
    pub(crate) const fn generation(&self) -> Option<u64> {
        match self.0 {
            Kind::Cached { generation, .. } => Some(generation),
            Kind::Key(_) | Kind::None | Kind::Token(_) => None,
        }
    }

    /// The header to send, its value marked as sensitive: `Ocp-Apim-Subscription-Key`, `Authorization`, or none.
    #[must_use]
    pub fn header(&self) -> Option<(HeaderName, HeaderValue)> {
        match &self.0 {
            Kind::Cached { token, .. } | Kind::Token(token) => Some((AUTHORIZATION, token.header())),
            Kind::Key(key) => Some((SUBSCRIPTION_KEY, key.header())),
            Kind::None => None,
        }
    }

    /// The token, if it is one.
    #[must_use]
    pub const fn token(&self) -> Option<&Token> {
        match &self.0 {
            Kind::Cached { token, .. } | Kind::Token(token) => Some(token),
            Kind::Key(_) | Kind::None => None,
        }
    }

    /// `text` with every occurrence of the key or token taken out, for text of the service that goes into a message.
    #[must_use]
    pub fn scrub(&self, text: &str) -> String {
        match &self.0 {
            Kind::Cached { token, .. } | Kind::Token(token) => token.secret().scrub(text),
            Kind::Key(key) => key.secret().scrub(text),
            Kind::None => text.to_owned(),
        }
    }
}

/// The header of a key: `Ocp-Apim-Subscription-Key`, in the lower case that [`HeaderName`] keeps.
pub(crate) const SUBSCRIPTION_KEY: HeaderName = HeaderName::from_static("ocp-apim-subscription-key");
