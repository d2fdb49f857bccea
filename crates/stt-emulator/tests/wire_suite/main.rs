//! What goes over the socket where something goes wrong on purpose, byte by byte and to the end of the connection.
//!
//! Each of it goes through TLS too.
#![cfg(feature = "tls")]

mod answers;
mod every_kind;
mod keys;
mod raw;
mod stopping;
mod tls;
mod uploads;
