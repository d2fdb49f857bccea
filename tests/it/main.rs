//! Both sides of the wire against each other, and the program as a user runs it.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod canary;
mod check;
mod cli;
mod config;
mod docs;
mod doctor;
mod examples;
mod exchange;
mod faults;
mod folder;
mod headers;
mod long;
mod page;
mod place;
mod promises;
mod python;
mod recipes;
mod results;
mod saved;
mod split;
mod support;
mod wire;
