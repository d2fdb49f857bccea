//! What stands in for spans without the feature `tracing`.

use std::{future::Future, time::Duration};

use bytes::Bytes;
use http::{Request, Response};
use stt_core::{ConnectionId, Error, Payload};

/// A call or a request, of which nothing is written down.
pub(crate) struct Traced;

impl Traced {
    pub(crate) const fn call() -> Self {
        Self
    }

    pub(crate) const fn request(_: &Request<Payload>, _: Option<ConnectionId>, _: u32) -> Self {
        Self
    }

    pub(crate) fn around<F: Future>(&self, work: F) -> F {
        work
    }

    pub(crate) const fn queued() {}

    pub(crate) const fn pausing(_: Duration, _: &Error) {}

    pub(crate) const fn answered(&self, _: Option<&Response<Bytes>>) {}

    pub(crate) const fn ended(&self, _: Option<&Error>) {}
}
