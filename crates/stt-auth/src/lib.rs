//! Endpoints, keys and access tokens of Azure Speech.
//!
//! A [`Resource`] is where requests go and by what right: an [`Endpoint`], read from any text that users have, and an
//! [`Authorization`]. The other crates of this project take one. A program for another Speech API, such as synthesis,
//! that takes the same tokens needs only [`Endpoint`], [`Key`] and [`TokenCache`].
//!
//! Nothing here opens a connection, reads a clock or starts a thread: a request is a value that any HTTP client can
//! send, and the time is an argument. So the same code serves blocking programs, every asynchronous runtime, and
//! WebAssembly.
//!
//! # A token for another Speech API
//!
//! ```
//! use stt_auth::{Access, Endpoint, Key, Now, TokenCache};
//!
//! # fn now() -> Now { Now::default() }
//! # fn send(request: http::Request<()>) -> Result<http::Response<Vec<u8>>, std::io::Error> {
//! #     assert_eq!(request.uri(), "https://westeurope.api.cognitive.microsoft.com/sts/v1.0/issueToken");
//! #     Ok(http::Response::new(b"eyJhbGciOiJIUzI1NiJ9.e30.c2ln".to_vec()))
//! # }
//! # fn sleep(_: std::time::Duration) {}
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // Any form of the endpoint will do; this is the one that the portal shows.
//! let endpoint: Endpoint = "https://westeurope.api.cognitive.microsoft.com/".parse()?;
//! let key: Key = "0123456789abcdef0123456789abcdef".parse()?;
//! let cache = TokenCache::new(&endpoint, key)?;
//!
//! // Whenever a request is to be sent, from as many threads and tasks as there are:
//! let credential = loop {
//!     match cache.access(now()) {
//!         Access::Ready(credential) => break credential,
//!         Access::Refresh(lease) => {
//!             let Some(request) = lease.request() else { unreachable!("the cache has an endpoint") };
//!             match send(request) {
//!                 Ok(answer) => lease.answered(answer, now()),
//!                 Err(error) => lease.failed(error, None, now()),
//!             }
//!         }
//!         Access::Wait(wait) => sleep(wait.at_most()),
//!         Access::Failed(error) => return Err(error.into()),
//!     }
//! };
//! let (name, value) = credential.header().ok_or("a token makes a header")?;
//! assert_eq!((name.as_str(), value.to_str()?), ("authorization", "Bearer eyJhbGciOiJIUzI1NiJ9.e30.c2ln"));
//!
//! // If the service answers 401 after all, once:
//! if cache.reject(&credential, now()) {
//!     // … ask the cache again, and send the request again.
//! }
//! # Ok(())
//! # }
//! ```
//!
//! An asynchronous program sends the request of a [`Lease`] in a task of its own, and awaits the [`Wait`] together with
//! a timer.
//!
//! # Secrets
//!
//! [`Key`] and [`Token`] print as `[REDACTED]`, in every type that holds one. Their header values are marked as
//! sensitive, and their memory is wiped when the last copy is gone. An error says where a key is wrong and repeats no
//! character of it; what the service says is scrubbed of the key. No feature and no setting turns this off.

#![warn(clippy::print_stderr, clippy::print_stdout)]

mod address;
mod answer;
mod authorization;
mod azure;
mod cloud;
mod credential;
mod endpoint;
mod endpoint_error;
mod error;
mod given;
mod issued;
mod key;
mod lease;
mod lifetime;
mod now;
mod pause;
mod region;
mod resource;
mod resource_id;
mod retry_after;
mod secret;
mod shared;
mod slot;
mod spread;
mod token;
mod token_cache;
mod token_error;
mod wait;

pub use authorization::Authorization;
pub use cloud::Cloud;
pub use credential::Credential;
pub use endpoint::Endpoint;
pub use endpoint_error::EndpointError;
pub use error::Error;
pub use key::Key;
pub use lease::Lease;
pub use now::Now;
pub use region::{Region, RegionError};
pub use resource::Resource;
pub use resource_id::{ResourceId, ResourceIdError};
pub use retry_after::retry_after;
pub use secret::SecretError;
pub use token::Token;
pub use token_cache::{Access, TokenCache};
pub use token_error::{Cause, TokenError};
pub use wait::Wait;
