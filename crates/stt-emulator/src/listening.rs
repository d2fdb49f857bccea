//! Brings a question to the recognizer, and its answer back.

use std::time::Duration;

use tokio::task::spawn_blocking;

use crate::answer::Answer;
use crate::ask::Ask;
use crate::audio::sixteen_kilohertz;
use crate::emulator::Emulator;
use crate::recognize::listened_seconds;
use crate::recognizer::Told;
use crate::shared::Shared;

/// The answer to a request, once the recognizer has listened to its audio.
pub(crate) async fn hear(ask: Ask, shared: &Shared) -> Answer {
    let Some(desk) = &shared.desk else {
        return shared.emulator.unheard(ask, shared.now());
    };
    let (body, seconds, variables) = (ask.body.clone(), listened_seconds(&ask.asked), ask.variables());
    let asking = Asking { emulator: &shared.emulator, ask: Some(ask) };
    let told = match spawn_blocking(move || sixteen_kilohertz(&body, seconds)).await {
        Ok(wav) => desk.listen(&wav, variables).await,
        Err(_) => Told::failed("the audio could not be converted for the recognizer"),
    };
    asking.answered(told, shared.now())
}

/// A question that the journal notes even if its client does not wait for the answer.
struct Asking<'a> {
    emulator: &'a Emulator,
    /// `None` once it is answered.
    ask: Option<Ask>,
}

impl Asking<'_> {
    fn answered(mut self, told: Told, now: Duration) -> Answer {
        let ask = self.ask.take().expect("only this takes it, and is the end of it");
        self.emulator.heard(ask, told, now)
    }
}

impl Drop for Asking<'_> {
    fn drop(&mut self) {
        if let Some(ask) = self.ask.take() {
            self.emulator.forsaken(ask);
        }
    }
}
