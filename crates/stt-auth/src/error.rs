//! Why there is no resource to send to.

use crate::{EndpointError, SecretError};

/// Why there is no [`Resource`](crate::Resource) or [`TokenCache`](crate::TokenCache) to be had.
#[non_exhaustive]
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Error {
    /// The text is not an endpoint.
    #[error(transparent)]
    Endpoint(#[from] EndpointError),
    /// A key or token would go unencrypted to another machine.
    #[error("refusing to send a {what} over http to {host}")]
    InsecureEndpoint {
        /// `key` or `token`.
        what: &'static str,
        /// The host that would get it.
        host: String,
    },
    /// The text is not a key.
    #[error(transparent)]
    Key(#[from] SecretError),
}
