//! Carries out what admin requests want.

use std::time::Duration;

use bytes::Bytes;
use http::{Response, StatusCode};
use serde_json::json;

use crate::access;
use crate::admin::{self, Action, Command, Denied};
use crate::audio::Waveform;
use crate::emulator::{Emulator, State};
use crate::expect::Expect;
use crate::fingerprint::Fingerprint;
use crate::har::Archive;
use crate::journal::Entry;
use crate::page;
use crate::reset::Reset;
use crate::rules;
use crate::secret::Hidden;
use crate::tenant::FURTHEST;
use crate::upload::Upload;

impl Emulator {
    pub(super) fn execute(&self, command: Command, upload: &Upload, now: Duration) -> Response<Bytes> {
        self.carried_out(command, upload, now).unwrap_or_else(Denied::response)
    }

    fn carried_out(&self, command: Command, upload: &Upload, now: Duration) -> Result<Response<Bytes>, Denied> {
        let Command { action, scope, filter, notation, known } = command;
        let whose = scope.map(|scope| self.whose(&scope)).transpose()?;
        let mut state = self.state();
        Ok(match action {
            Action::Advance => {
                let by = admin::advance_by(upload, FURTHEST.saturating_sub(state.tenants.ahead(whose)))?;
                state.enter(whose);
                state.tenants.advance(whose, by);
                self.moved.send_replace(());
                state.clock(whose, now)
            }
            Action::Assert => {
                let expect: Expect = admin::read(upload, r#"{"operation": "recognize", "times": 1}"#)?;
                match expect.verify(state.asked(whose)) {
                    Ok(()) => admin::done(),
                    Err(unmet) => {
                        let denied = Denied::new(StatusCode::CONFLICT, unmet.to_string());
                        denied.response_with(Some(&unmet))
                    }
                }
            }
            Action::Audio(hash) => admin::audio(recorded(state.journal.recordings().find(&hash))?),
            Action::Authority => {
                let none =
                    || Denied::new(StatusCode::NOT_FOUND, "there is no TLS: stt-emulator was started without --tls");
                admin::pem(self.config.authority.clone().ok_or_else(none)?)
            }
            Action::ClearRequests => {
                state.journal.clear(whose);
                admin::done()
            }
            Action::Clock => state.clock(whose, now),
            Action::Fidelity => admin::ok(&rules::ALL),
            Action::Har => admin::ok(&Archive::of(&filter.pick(state.asked(whose)))),
            Action::Health => admin::health(),
            Action::Index => admin::index(),
            Action::Lines => admin::lines(&filter.pick(state.asked(whose))),
            Action::Page => page::response(),
            Action::Redirect => page::redirect(),
            Action::Regenerate(which) => {
                let id = whose.unwrap_or(state.tenants.resource());
                let serial = state.serial;
                let key = state.tenants.enter(id, serial).replace(which);
                admin::ok(&json!({"key": key}))
            }
            Action::Request(id) => admin::ok(state.entry(id)?),
            Action::RequestAudio(id) => {
                let id = state.entry(id)?.id;
                admin::audio(recorded(state.journal.recordings().of(id))?)
            }
            Action::Requests => {
                let tag = state.journal.tag();
                match known == Some(tag.clone()) {
                    true => admin::unchanged(tag),
                    false => admin::requests(&filter.pick(state.asked(whose)), filter.count(state.asked(whose)), tag),
                }
            }
            Action::Reset => {
                let is_empty = matches!(upload, Upload::Whole(body) if body.trim_ascii().is_empty());
                let reset = if is_empty { Reset::ALL } else { admin::read(upload, r#"{"journal": true}"#)? };
                state.reset(whose, reset);
                self.moved.send_replace(());
                admin::done()
            }
            Action::Revoke => {
                let serial = state.serial;
                state.tenants.revoke(whose, serial);
                admin::done()
            }
            Action::Script(order) => {
                state.enter(whose);
                let now = state.tenants.now(whose, now);
                let next = state.tenants.next_fault();
                order.carry_out(&mut state.tenants.scripts_of(whose), (upload, notation), (next, now))?
            }
            Action::Shutdown => {
                self.stopping.send_replace(true);
                admin::done()
            }
            Action::Unmatched => {
                let unmatched = filter.pick(state.asked(whose)).into_iter().filter(|entry| entry.is_unmatched());
                admin::ok(&unmatched.collect::<Vec<_>>())
            }
            Action::Version => admin::version(),
            Action::Waveform(id) => {
                let id = state.entry(id)?.id;
                let audio = recorded(state.journal.recordings().of(id))?;
                // Decoding takes too long to hold everybody else up.
                drop(state);
                admin::ok(&Waveform::of(&audio))
            }
        })
    }

    /// The tenant that has this key or this fingerprint, or would have it with its first request.
    fn whose(&self, scope: &Hidden) -> Result<Fingerprint, Denied> {
        let tenants = &self.state().tenants;
        let named = Fingerprint::read(&scope.0).and_then(|named| tenants.named(named));
        let owner = named.or_else(|| access::owner(scope.0.as_bytes(), &self.config, tenants));
        owner.ok_or_else(|| Denied::new(StatusCode::NOT_FOUND, "no tenant has this key"))
    }
}

impl State {
    /// What one tenant asked, or all of them.
    pub(super) fn asked(&self, whose: Option<Fingerprint>) -> impl DoubleEndedIterator<Item = &Entry> {
        self.journal.entries().filter(move |entry| whose.is_none() || entry.tenant == whose)
    }

    pub(super) fn reset(&mut self, whose: Option<Fingerprint>, reset: Reset) {
        self.tenants.reset(whose, reset);
        if reset.journal {
            self.journal.clear(whose);
        }
    }

    /// Makes sure that there is such a tenant.
    fn enter(&mut self, whose: Option<Fingerprint>) {
        if let Some(id) = whose {
            self.tenants.enter(id, self.serial);
        }
    }

    fn entry(&self, id: u64) -> Result<&Entry, Denied> {
        let entry = self.journal.entries().find(|entry| entry.id == id);
        entry.ok_or_else(|| Denied::new(StatusCode::NOT_FOUND, format!("the journal has no request {id}")))
    }

    fn clock(&self, whose: Option<Fingerprint>, now: Duration) -> Response<Bytes> {
        admin::clock(self.tenants.now(whose, now), self.tenants.ahead(whose))
    }
}

/// Recorded audio, if it is there.
fn recorded(audio: Option<&Bytes>) -> Result<Bytes, Denied> {
    let why = "there is no such audio: none was sent, it was forgotten to make room, or none is kept";
    audio.cloned().ok_or_else(|| Denied::new(StatusCode::NOT_FOUND, why))
}
