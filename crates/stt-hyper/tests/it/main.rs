//! The client over real sockets, against peers that behave in every way a peer can.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

mod answers;
mod connecting;
mod continuing;
mod early;
mod limiting;
mod live;
mod memory;
mod probe;
mod proxy;
mod server;
mod stale;
mod tls;
mod tokens;
#[cfg(feature = "tracing")]
mod tracing;
