//! A request that is certain to fail.

use http::HeaderName;

/// Why a request was not sent.
#[non_exhaustive]
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Unsendable {
    /// A reference text without a word: the service would score the pronunciation of anything, without saying so.
    #[error("the reference text is blank")]
    BlankReferenceText,
    /// The reference text makes the header of the assessment too long.
    #[error("the reference text makes a header of {} kB; the limit is 8 kB", bytes.div_ceil(1000))]
    ReferenceTextTooLong {
        /// Length of the header's value.
        bytes: usize,
    },
    /// A header that this crate or the transport sets itself.
    #[error("the header {0} cannot be set by hand")]
    ReservedHeader(HeaderName),
    /// A query parameter that has a setter of its own.
    #[error("the query parameter \"{0}\" cannot be set by hand")]
    ReservedQuery(String),
    /// Query parameters that make the address longer than HTTP libraries take.
    #[error("the request's address is too long ({bytes} bytes)")]
    UriTooLong {
        /// Length of the address.
        bytes: usize,
    },
}
