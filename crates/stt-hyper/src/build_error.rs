//! Why there is no client.

use std::error::Error as StdError;

/// Why there is no [`Client`](crate::Client).
#[non_exhaustive]
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The environment names no key.
    #[error("no key: set AZURE_SPEECH_KEY")]
    NoKey,
    /// The environment names neither a region nor an endpoint.
    #[error("no region or endpoint: set AZURE_SPEECH_REGION or AZURE_SPEECH_ENDPOINT")]
    NoPlace,
    /// The resource takes tokens from a source of the application, and the client was given none.
    #[error("the resource takes tokens from a source, and there is none")]
    NoTokenSource,
    /// A text given for root certificates holds none, or a broken one; the source says which.
    #[error("the root certificates cannot be read")]
    RootCertificates(#[source] Box<dyn StdError + Send + Sync>),
    /// TLS cannot be set up on this machine.
    #[error("TLS cannot be set up")]
    Tls(#[source] Box<dyn StdError + Send + Sync>),
    /// The client was given a source of tokens, and the resource does not take tokens from one.
    #[error("there is a source of tokens, and the resource takes none from it")]
    UnusedTokenSource,
    /// What the environment holds cannot be used.
    #[error("{name} cannot be used")]
    Variable {
        /// The environment variable.
        name: &'static str,
        /// What is wrong with it.
        source: Box<dyn StdError + Send + Sync>,
    },
}
