//! What is known of one attempt while it is under way.

use std::{future::pending, sync::Arc};

use http::Extensions;
use hyper_util::client::legacy::{
    self,
    connect::{CaptureConnection, Connected},
};
use stt_core::{Phase, Reached, Sent, TransportFailure, TransportKind};
use stt_model::AudioFormat;
use tokio::time::{Instant, sleep_until};

use crate::{
    causes::cause,
    failure::{self, Seen},
    gate::Gate,
    limits::Limits,
    wire::Wire,
};

/// What is known of one attempt while it is under way.
///
/// When it is dropped the exchange is over, and so is its connection unless it is fit for another request.
pub(crate) struct Attempt {
    pub(crate) gate: Arc<Gate>,
    connection: CaptureConnection,
    /// Of the audio; a request for a token has none.
    pub(crate) format: Option<AudioFormat>,
    /// The head of the answer is there.
    pub(crate) answered: bool,
    /// hyper gave the request back, because the connection was closed before it could be written.
    unsent: bool,
    /// The connection may serve another request.
    pub(crate) clean: bool,
}

impl Attempt {
    pub(crate) const fn new(gate: Arc<Gate>, connection: CaptureConnection, format: Option<AudioFormat>) -> Self {
        Self { gate, connection, format, answered: false, unsent: false, clean: false }
    }

    pub(crate) fn wire(&self) -> Option<Wire> {
        self.connection.connection_metadata().as_ref().and_then(wire)
    }

    /// Ends when a part of the exchange takes too long, and tells which.
    ///
    /// A live source that pauses is no stall: only a peer that takes nothing, or says nothing after the end.
    pub(crate) async fn stall(&self, limits: Limits) -> Phase {
        let mut connection = self.connection.clone();
        let wire = connection.wait_for_connection_metadata().await.as_ref().and_then(wire);
        let Some(wire) = wire else { return pending().await };
        loop {
            let now = Instant::now();
            let blocked = wire.blocked_since().map(|since| (since + limits.upload, Phase::Upload));
            let answer = limits.answer_to(self.format, self.gate.audio());
            // What is handed over may still lie in hyper's buffer when the network is slow.
            let ended = self.gate.ended().map(|ended| wire.moved_at().map_or(ended, |moved| ended.max(moved)));
            let silent = ended.map(|since| (since + answer, Phase::Answer));
            // What begins while this sleeps is not due before the end of the sleep.
            let mut look = now + limits.upload.min(limits.answer);
            for (due, phase) in [blocked, silent].into_iter().flatten() {
                if due <= now {
                    return phase;
                }
                look = look.min(due);
            }
            sleep_until(look).await;
        }
    }

    /// What the exchange was doing when its time was over.
    pub(crate) fn phase(&self) -> Phase {
        match self.wire() {
            _ if self.answered => Phase::Body,
            None => Phase::Connect,
            Some(wire) if wire.blocked_since().is_some() => Phase::Upload,
            Some(_) if self.gate.ended().is_some() => Phase::Answer,
            Some(_) => Phase::Call,
        }
    }

    /// How the answer begins; empty where there is none.
    fn beginning(&self) -> Vec<u8> {
        // A request that was never written has not erased what came before it.
        self.wire().filter(|_| !self.unsent).map(|wire| wire.beginning()).unwrap_or_default()
    }

    pub(crate) fn failure(&mut self, error: legacy::Error) -> TransportFailure {
        if let Some(why) = self.gate.failure() {
            return TransportFailure::new(TransportKind::Audio, why);
        }
        self.unsent = cause::<hyper::Error>(&error).is_some_and(hyper::Error::is_canceled);
        let seen = Seen {
            beginning: self.beginning(),
            broken: self.wire().and_then(|wire| wire.broken()),
            interim: self.gate.heard(),
            used: self.wire().is_some_and(|wire| wire.is_used()),
        };
        failure::of_request(error, &seen)
    }

    /// How far the request got.
    pub(crate) fn sent(&self) -> Sent {
        let written = self.wire().filter(|_| !self.unsent).is_some_and(|wire| 0 < wire.written());
        let audio = self.gate.audio();
        let beginning = self.beginning();
        let reached = if self.answered || (!beginning.is_empty() && !beginning.starts_with(INTERIM)) {
            Reached::Answer
        } else if 0 < audio && self.gate.ended().is_some() {
            Reached::Whole
        } else if 0 < audio {
            Reached::Part
        } else if written || self.gate.heard() {
            Reached::Head
        } else {
            Reached::Nothing
        };
        Sent::new(reached).audio(audio)
    }
}

impl Drop for Attempt {
    fn drop(&mut self) {
        if self.clean {
            return;
        }
        // hyper would go on uploading after an answer, and keep the connection for ever if the body only stood still.
        self.gate.end();
        if let Some(wire) = self.wire() {
            wire.cut();
        }
    }
}

/// What the connection told when it was opened.
fn wire(connected: &Connected) -> Option<Wire> {
    let mut extras = Extensions::new();
    connected.get_extras(&mut extras);
    extras.remove()
}

/// How an interim answer begins.
const INTERIM: &[u8] = b"HTTP/1.1 1";
