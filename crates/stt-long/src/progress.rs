//! How far the audio has been read, for whoever watches.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use stt_audio::{Loss, Note};

use crate::time::ticks;

/// How far the audio has been read; clones look at the same.
///
/// What it says is complete when the stream of [`Pieces`](crate::Pieces) has ended.
#[derive(Clone, Debug, Default)]
pub struct Progress(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    /// Samples at 16 kHz.
    read: u64,
    skipped: u64,
    losses: Vec<Loss>,
    notes: Vec<Note>,
}

impl Progress {
    /// How much audio has been read so far.
    #[must_use]
    pub fn read(&self) -> Duration {
        ticks(self.state().read).into()
    }

    /// How much of it is pause between the pieces, which is not sent.
    #[must_use]
    pub fn skipped(&self) -> Duration {
        ticks(self.state().skipped).into()
    }

    /// What was in the audio and could not be used.
    #[must_use]
    pub fn losses(&self) -> Vec<Loss> {
        self.state().losses.clone()
    }

    /// What was decided about the audio that its owner might want otherwise.
    #[must_use]
    pub fn notes(&self) -> Vec<Note> {
        self.state().notes.clone()
    }

    /// So many samples were read, and so many of them are in no piece.
    pub(crate) fn at(&self, read: u64, skipped: u64) {
        let mut state = self.state();
        (state.read, state.skipped) = (read, skipped);
    }

    pub(crate) fn end(&self, losses: &[Loss], notes: &[Note]) {
        let mut state = self.state();
        state.losses = losses.to_vec();
        state.notes = notes.to_vec();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Everything in it is written whole, so a panic elsewhere leaves it usable.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
