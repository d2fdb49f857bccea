//! Where in an input something was heard.

use serde::{Deserialize, Serialize};
use stt_model::Ticks;

/// A part of an input that was recognized by itself.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Piece {
    pub(crate) start: Ticks,
    pub(crate) end: Option<Ticks>,
}

impl Piece {
    /// The whole of it.
    pub(crate) fn span(self) -> Span {
        Span { start_ms: Some(self.start.as_millis()), end_ms: self.end.map(Ticks::as_millis) }
    }

    /// What the service gave a time within the piece. No time at all where that cannot be true.
    pub(crate) fn within(self, offset: Option<Ticks>, duration: Option<Ticks>) -> Span {
        // Microsoft's own sample has an offset of 34 hours.
        let is_true = |time: &Ticks| self.end.is_none_or(|end| *time <= end);
        let start = offset.map(|offset| self.start.saturating_add(offset)).filter(is_true);
        let end = start.zip(duration).map(|(start, duration)| start.saturating_add(duration));
        // What ends a little late, by the rounding of the service, ends with the piece.
        let end = end.map(|end| self.end.map_or(end, |last| end.min(last)));
        Span { start_ms: start.map(Ticks::as_millis), end_ms: end.map(Ticks::as_millis) }
    }
}

/// Milliseconds from the start of the input; `null` where they are not known.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) struct Span {
    pub(crate) start_ms: Option<u64>,
    pub(crate) end_ms: Option<u64>,
}

/// Takes back the times that cannot be: a word begins no earlier than the one before it, and does not end after the next
/// one begins.
pub(crate) fn in_order(spans: &mut [Span]) {
    let mut earliest = 0;
    for span in spans.iter_mut() {
        match span.start_ms {
            Some(start) if start < earliest => *span = Span { start_ms: None, end_ms: None },
            Some(start) => earliest = start,
            None => {}
        }
    }
    let mut latest = u64::MAX;
    for span in spans.iter_mut().rev() {
        span.end_ms = span.end_ms.map(|end| end.min(latest));
        latest = span.start_ms.unwrap_or(latest);
    }
}
