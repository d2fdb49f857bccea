//! What is known of one connection, for whoever sends a request over it.

use std::{
    fmt, io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Waker},
};

use tokio::time::Instant;

/// One connection, as its two adapters and the exchange over it see it.
///
/// HTTP/1.1 sends one request after the other, so all counts are of the last one. They begin anew at the first write
/// after a read, on the connection itself: a counter that the finished exchange resets would race with the next one.
#[derive(Clone, Default)]
pub(crate) struct Wire(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    /// The last thing that moved was a part of an answer.
    reading: bool,
    /// Bytes of the request that were accepted since the last answer.
    written: u64,
    /// How the answer begins.
    beginning: Vec<u8>,
    /// An answer has come over this connection, so whatever goes wrong next may be its age.
    used: bool,
    /// The exchange has no more use for the connection.
    cut: bool,
    /// When the socket last took something.
    moved: Option<Instant>,
    /// Since when the peer takes nothing although there is something to write.
    blocked_since: Option<Instant>,
    /// How a write failed.
    broken: Option<io::ErrorKind>,
    /// Who waits for the next byte.
    reader: Option<Waker>,
}

impl Wire {
    /// A write is about to be tried.
    pub(crate) fn writing(&self) {
        let mut state = self.state();
        if state.reading {
            state.reading = false;
            state.written = 0;
            state.beginning.clear();
        }
    }

    /// So many bytes of a request were accepted.
    pub(crate) fn wrote(&self, bytes: usize) {
        self.state().written += bytes as u64;
    }

    /// These bytes of an answer arrived.
    pub(crate) fn read(&self, bytes: &[u8]) {
        let mut state = self.state();
        state.reading |= !bytes.is_empty();
        let room = BEGINNING.saturating_sub(state.beginning.len()).min(bytes.len());
        state.beginning.extend_from_slice(&bytes[..room]);
    }

    /// How many bytes of the last request were accepted.
    pub(crate) fn written(&self) -> u64 {
        self.state().written
    }

    /// How the answer to the last request begins; empty before its first byte.
    pub(crate) fn beginning(&self) -> Vec<u8> {
        self.state().beginning.clone()
    }

    /// An answer has come over this connection.
    pub(crate) fn answered(&self) {
        self.state().used = true;
    }

    /// Whether this connection was taken from the pool.
    ///
    /// The head of an answer is seen before the connection can go back there, so this never comes too late.
    pub(crate) fn is_used(&self) -> bool {
        self.state().used
    }

    /// The socket took something.
    pub(crate) fn moved(&self) {
        let mut state = self.state();
        state.moved = Some(Instant::now());
        state.blocked_since = None;
    }

    /// When the socket last took something.
    pub(crate) fn moved_at(&self) -> Option<Instant> {
        self.state().moved
    }

    /// The socket took nothing.
    pub(crate) fn blocked(&self) {
        self.state().blocked_since.get_or_insert_with(Instant::now);
    }

    /// Since when the socket takes nothing.
    pub(crate) fn blocked_since(&self) -> Option<Instant> {
        self.state().blocked_since
    }

    /// A write failed.
    pub(crate) fn broke(&self, how: io::ErrorKind) {
        self.state().broken = Some(how);
    }

    /// How a write failed, if one did.
    pub(crate) fn broken(&self) -> Option<io::ErrorKind> {
        self.state().broken
    }

    /// Ends the connection, whatever hyper is waiting for.
    pub(crate) fn cut(&self) {
        let mut state = self.state();
        state.cut = true;
        let reader = state.reader.take();
        drop(state);
        if let Some(reader) = reader {
            reader.wake();
        }
    }

    pub(crate) fn is_cut(&self) -> bool {
        self.state().cut
    }

    /// Wakes this task at [`cut`](Self::cut).
    pub(crate) fn waits(&self, context: &Context<'_>) {
        let mut state = self.state();
        if !state.reader.as_ref().is_some_and(|reader| reader.will_wake(context.waker())) {
            state.reader = Some(context.waker().clone());
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wire").finish_non_exhaustive()
    }
}

/// What is kept of an answer: enough to see what it is if it is not HTTP.
const BEGINNING: usize = 32;

#[cfg(test)]
mod tests {
    use super::*;

    fn write(wire: &Wire, bytes: usize) {
        wire.writing();
        wire.wrote(bytes);
    }

    #[test]
    fn counts_begin_anew_at_the_first_write_after_a_read() {
        let wire = Wire::default();
        write(&wire, 100);
        write(&wire, 50);
        assert_eq!(wire.written(), 150);
        wire.read(b"HTTP/1.1 200 OK");
        assert_eq!(wire.written(), 150, "the answer belongs to the request");
        write(&wire, 7);
        assert_eq!(wire.written(), 7);
        assert!(wire.beginning().is_empty());
    }

    #[test]
    fn a_write_that_fails_counts_nothing_and_begins_anew_all_the_same() {
        let wire = Wire::default();
        write(&wire, 100);
        wire.read(b"HTTP/1.1 200 OK");
        wire.writing();
        assert_eq!(wire.written(), 0);
    }

    #[test]
    fn the_end_of_the_stream_is_no_answer() {
        let wire = Wire::default();
        write(&wire, 100);
        wire.read(b"");
        write(&wire, 1);
        assert_eq!(wire.written(), 101);
    }

    #[test]
    fn only_the_beginning_of_an_answer_is_kept() {
        let wire = Wire::default();
        wire.read(&[b'a'; 20]);
        wire.read(&[b'b'; 20]);
        assert_eq!(wire.beginning(), [[b'a'; 20].as_slice(), &[b'b'; 12]].concat());
    }
}
