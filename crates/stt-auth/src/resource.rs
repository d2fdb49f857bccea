//! A Speech resource: where it is, and by what right it is used.

use std::sync::Arc;

use crate::{Access, Authorization, Credential, Endpoint, Error, Now, TokenCache, TokenError};

/// A Speech resource: where it is, and by what right it is used.
///
/// Clones are cheap and share the access token.
///
/// ```
/// use stt_auth::{Authorization, Key, Resource};
///
/// // The key goes out with every request.
/// let resource = Resource::new("westeurope", "0123456789abcdef0123456789abcdef")?;
/// assert_eq!(resource.endpoint().host(), "westeurope.stt.speech.microsoft.com");
///
/// // The key is exchanged for tokens.
/// let key: Key = "0123456789abcdef0123456789abcdef".parse()?;
/// let resource = Resource::of("my-resource".parse()?, Authorization::Token(key))?;
/// # Ok::<(), stt_auth::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Resource(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    authorization: Authorization,
    endpoint: Endpoint,
    way: Way,
}

/// How a request gets its credential.
#[derive(Debug)]
enum Way {
    Cached(TokenCache),
    Fixed(Credential),
}

impl Resource {
    /// A resource whose key goes out with every request. The endpoint is any text that [`Endpoint`] reads.
    ///
    /// # Errors
    ///
    /// The text is not an endpoint, the key is not a key, or as for [`of`](Self::of).
    pub fn new(endpoint: &str, key: &str) -> Result<Self, Error> {
        Self::of(endpoint.parse()?, Authorization::Key(key.parse()?))
    }

    /// A resource with this authorization.
    ///
    /// # Errors
    ///
    /// [`Error::InsecureEndpoint`] if a key or token would go over `http` to another machine.
    pub fn of(endpoint: Endpoint, authorization: Authorization) -> Result<Self, Error> {
        match &authorization {
            Authorization::Key(_) | Authorization::Token(_) => endpoint.may_carry("key")?,
            Authorization::Bearer(_) | Authorization::Entra { .. } | Authorization::Source { .. } => {
                endpoint.may_carry("token")?;
            }
            Authorization::None => {}
        }
        let way = match &authorization {
            Authorization::Bearer(token) => Way::Fixed(Credential::of_token(token.clone())),
            Authorization::Entra { resource_id, token } => {
                Way::Fixed(Credential::of_token(token.for_resource(resource_id)))
            }
            Authorization::Key(key) => Way::Fixed(Credential::of_key(key.clone())),
            Authorization::None => Way::Fixed(Credential::none()),
            Authorization::Source { resource_id } => Way::Cached(TokenCache::of_source(resource_id.clone())),
            Authorization::Token(key) => Way::Cached(TokenCache::new(&endpoint, key.clone())?),
        };
        Ok(Self(Arc::new(Inner { authorization, endpoint, way })))
    }

    /// Where it is.
    #[must_use]
    pub fn endpoint(&self) -> &Endpoint {
        &self.0.endpoint
    }

    /// By what right it is used.
    #[must_use]
    pub fn authorization(&self) -> &Authorization {
        &self.0.authorization
    }

    /// What to do now in order to send a request.
    ///
    /// Unless tokens have to be fetched, the answer is always [`Access::Ready`].
    pub fn access(&self, now: Now) -> Access {
        match &self.0.way {
            Way::Cached(cache) => cache.access(now),
            Way::Fixed(credential) => Access::Ready(credential.clone()),
        }
    }

    /// Tells that the service refused a credential. Returns whether asking for another makes sense: a key or token that
    /// the application gave stays what it is, and [`TokenCache::reject`] decides about the others.
    #[must_use]
    pub fn reject(&self, credential: &Credential, now: Now) -> bool {
        match &self.0.way {
            Way::Cached(cache) => cache.reject(credential, now),
            Way::Fixed(_) => false,
        }
    }

    /// Why the token that is served could not be renewed at the last attempt, for a warning.
    #[must_use]
    pub fn trouble(&self) -> Option<TokenError> {
        match &self.0.way {
            Way::Cached(cache) => cache.trouble(),
            Way::Fixed(_) => None,
        }
    }
}
