//! Why a text is not an endpoint.

use crate::given::did_you_mean;

/// Why a text is not an endpoint.
///
/// A user and a password in the text are never repeated, nor is what looks like a key.
#[non_exhaustive]
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum EndpointError {
    /// There is nothing in it.
    #[error("the endpoint is empty")]
    Empty,
    /// It has a fragment, `#…`.
    #[error("the endpoint may not contain a user, query or fragment")]
    Fragment,
    /// What should be the host is not a name and not an address.
    #[error("\"{given}\" is not a host{}", did_you_mean(*.suggestion))]
    Host {
        /// What was given, shortened, its control characters escaped.
        given: String,
        /// The known region that was probably meant.
        suggestion: Option<&'static str>,
    },
    /// It looks like a key, which would end up in the name of a host; it is not repeated here.
    #[error("the endpoint looks like a key")]
    Key,
    /// It is a host of the service, but names neither a region nor a resource: keys of today are not valid there.
    #[error("{host} names neither a region nor a resource")]
    NoRegion {
        /// The host.
        host: String,
    },
    /// Its path has characters that no URL has, goes upwards, or has an empty part, as after a colon that was forgotten.
    #[error("the endpoint's path is not the path of a URL")]
    Path,
    /// Its port is not a number from 1 to 65535.
    #[error("the endpoint's port is not a number from 1 to 65535")]
    Port,
    /// It has a query, `?…`.
    #[error("the endpoint may not contain a user, query or fragment")]
    Query,
    /// It begins with something else than `https`, `http`, `wss` or `ws`.
    #[error("the endpoint begins with \"{given}://\" instead of https://")]
    Scheme {
        /// What was given, shortened, its control characters escaped.
        given: String,
    },
    /// It has a user, or a user and a password: `…@`.
    #[error("the endpoint may not contain a user, query or fragment")]
    User,
}
