//! The end of a recognition, whoever heard the words.

use std::time::Duration;

use crate::answer::Answer;
use crate::ask::Ask;
use crate::asked::Asked;
use crate::emulator::Emulator;
use crate::journal;
use crate::recognize::{recognized, unheard};
use crate::recognizer::Told;
use crate::script::Strike;
use crate::secret::masked;
use crate::stage::Exchange;
use crate::verdict::Verdict;

impl Emulator {
    /// The answer to a request about which a recognizer was asked, at the time `now`.
    pub fn heard(&self, ask: Ask, told: Told, now: Duration) -> Answer {
        let Ask { asked, mut exchange, strike, audio_ticks, .. } = ask;
        // The environment of the emulator may hold a key, and a program may print what it finds there.
        let safe = |said: &str| journal::cut(&masked(said, &exchange.credential.0));
        exchange.entry.recognizer_said = told.said.as_deref().map(safe);
        let verdict = recognized(&asked, &told.answer, audio_ticks, told.reason);
        self.recognized(asked, exchange, strike, verdict, now)
    }

    /// The answer to a request about which no recognizer could be asked: what the loudness of its samples tells.
    pub fn unheard(&self, ask: Ask, now: Duration) -> Answer {
        let verdict = unheard(&ask.asked, &ask.body);
        self.recognized(ask.asked, ask.exchange, ask.strike, verdict, now)
    }

    /// Notes that the sender of a request went away before a recognizer had heard its audio.
    pub(crate) fn forsaken(&self, ask: Ask) {
        self.lost(ask.exchange, "the connection was lost before the recognizer answered");
    }

    /// Concludes a recognition, which takes its time.
    pub(crate) fn recognized(
        &self,
        asked: Asked,
        exchange: Exchange,
        strike: Option<Strike>,
        verdict: Verdict,
        now: Duration,
    ) -> Answer {
        let wait = verdict.wait.saturating_add(self.latency(&exchange.entry, &verdict));
        let reasons = std::iter::once(verdict.reason).chain(asked.remarks);
        let reason = reasons.collect::<Vec<_>>().join("; ");
        self.deliver(exchange, strike, Verdict { reason, wait, ..verdict }, now)
    }
}
