//! What holds the audio back until the peer wants it, and what is known of its way.

use std::{
    error::Error as StdError,
    sync::{Mutex, MutexGuard, PoisonError},
    task::{Context, Waker},
};

use http::StatusCode;
use tokio::{sync::Notify, time::Instant};

use crate::limits::INTERIM;

/// The gate between the audio of one attempt and its connection.
///
/// hyper polls the body, reports interim answers, and gives the final answer to whoever sent the request; here the
/// three meet.
pub(crate) struct Gate {
    state: Mutex<State>,
    flooded: Notify,
}

struct State {
    situation: Situation,
    body: Option<Waker>,
    handed: u64,
    ended: Option<Instant>,
    interim: u32,
    failure: Option<Box<dyn StdError + Send + Sync>>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Situation {
    /// The exchange is over. The body ends in an error, so that hyper lets go of the connection.
    Over,
    /// Audio goes out as it comes.
    Open,
    /// The final answer has begun: no more audio, but the connection is needed for the rest of the answer.
    Shut,
    /// The peer was asked whether it wants the audio, and has not said so yet.
    Waiting,
}

/// What the body may do.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Permission {
    /// Hand over audio.
    Go,
    /// End in an error.
    Stop,
    /// Hand over nothing any more, but do not end.
    Stay,
    /// Hand over nothing until there is news or the time for the question is over.
    Wait,
}

impl Gate {
    /// A gate that is closed if the peer is asked whether it wants the audio.
    pub(crate) fn new(asked: bool) -> Self {
        let situation = if asked { Situation::Waiting } else { Situation::Open };
        let state = State { situation, body: None, handed: 0, ended: None, interim: 0, failure: None };
        Self { state: Mutex::new(state), flooded: Notify::new() }
    }

    /// What the body may do now; its task is woken at a change.
    pub(crate) fn permission(&self, context: &Context<'_>) -> Permission {
        let mut state = self.state();
        if !state.body.as_ref().is_some_and(|body| body.will_wake(context.waker())) {
            state.body = Some(context.waker().clone());
        }
        match state.situation {
            Situation::Over => Permission::Stop,
            Situation::Open => Permission::Go,
            Situation::Shut => Permission::Stay,
            Situation::Waiting => Permission::Wait,
        }
    }

    /// The peer did not say in time whether it wants the audio, so it gets it.
    pub(crate) fn waited_enough(&self) {
        self.open();
    }

    /// An interim answer came. Tells whether it was the one that was waited for.
    pub(crate) fn interim(&self, status: StatusCode) -> bool {
        let mut state = self.state();
        state.interim = state.interim.saturating_add(1);
        let flooded = INTERIM < state.interim;
        drop(state);
        if flooded {
            self.flooded.notify_one();
        }
        status == StatusCode::CONTINUE && self.open()
    }

    /// Ends when too many interim answers have come.
    pub(crate) async fn flooded(&self) {
        self.flooded.notified().await;
    }

    /// The final answer has begun. Tells whether it came before any audio was wanted.
    pub(crate) fn shut(&self) -> bool {
        self.change(|situation| match situation {
            Situation::Open | Situation::Waiting => Situation::Shut,
            Situation::Over | Situation::Shut => situation,
        }) == Situation::Waiting
    }

    /// The exchange is over.
    pub(crate) fn end(&self) {
        self.change(|_| Situation::Over);
    }

    /// The body handed over so much audio, and this was or was not the last of it.
    pub(crate) fn handed(&self, bytes: usize, last: bool) {
        let mut state = self.state();
        state.handed += bytes as u64;
        if last {
            state.ended.get_or_insert_with(Instant::now);
        }
    }

    /// The source of the audio failed.
    pub(crate) fn fail(&self, failure: Box<dyn StdError + Send + Sync>) {
        self.state().failure = Some(failure);
    }

    /// Why the source of the audio failed, if it did.
    pub(crate) fn failure(&self) -> Option<Box<dyn StdError + Send + Sync>> {
        self.state().failure.take()
    }

    /// How much audio was handed over.
    pub(crate) fn audio(&self) -> u64 {
        self.state().handed
    }

    /// Since when all of the audio is handed over.
    pub(crate) fn ended(&self) -> Option<Instant> {
        self.state().ended
    }

    /// Whether an interim answer came.
    pub(crate) fn heard(&self) -> bool {
        0 < self.state().interim
    }

    /// Lets audio out, and tells whether it had to wait until now.
    fn open(&self) -> bool {
        self.change(|situation| match situation {
            Situation::Waiting => Situation::Open,
            Situation::Over | Situation::Open | Situation::Shut => situation,
        }) == Situation::Waiting
    }

    /// Changes the situation, wakes the body if it is another one, and tells which it was before.
    fn change(&self, next: impl FnOnce(Situation) -> Situation) -> Situation {
        let mut state = self.state();
        let before = state.situation;
        state.situation = next(before);
        let body = if state.situation == before { None } else { state.body.take() };
        drop(state);
        if let Some(body) = body {
            body.wake();
        }
        before
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
