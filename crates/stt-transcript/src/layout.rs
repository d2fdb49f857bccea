//! Segments, one after the other, as cues that do not overlap.

use stt_model::Language;

use crate::{
    captions::{Captions, Cue},
    pace::{self, Heard},
    segment::Segment,
    tongue::Tongue,
    transcript::Transcript,
    unit::{Breaker, Unit, single_spaced},
};

impl Captions {
    /// The cues of a whole transcript, in their order.
    ///
    /// A segment without words has none. One that failed has a cue that says so, because silence would say that nobody
    /// spoke.
    #[must_use]
    pub fn cues(&self, transcript: &Transcript) -> Vec<Cue> {
        let mut layout = Layout::new(*self, transcript.language());
        transcript.segments().iter().flat_map(|segment| layout.cues(segment)).collect()
    }
}

/// Lays out one segment after the other.
pub(crate) struct Layout {
    breaker: Breaker,
    room: Room,
    /// When the last cue goes.
    end_ms: u64,
}

impl Layout {
    pub(crate) fn new(captions: Captions, language: &Language) -> Self {
        let tongue = Tongue::of(language);
        let columns = captions.width.unwrap_or_else(|| tongue.columns()).max(1);
        let room = Room { columns, lines: captions.lines.max(1), words: captions.words.max(1) };
        Self { breaker: Breaker::new(tongue, columns), room, end_ms: 0 }
    }

    /// The cues of the segment that comes next.
    pub(crate) fn cues(&mut self, segment: &Segment) -> Vec<Cue> {
        let text = if segment.failure().is_some() { NOT_RECOGNIZED.to_owned() } else { single_spaced(segment.text()) };
        let units = self.breaker.units(&text);
        let whole = segment.heard(units.iter().map(|unit| unit.columns).sum());
        let words = segment.timed_words();
        let is_guess = words.is_empty();
        let times = if is_guess { whole.shared_by(&units).collect() } else { pace::align(&units, &words, whole) };
        let mut cues = Script { room: self.room, units: &units, times: &times, is_guess }.cues();
        let is_estimated = is_guess && segment.failure().is_none() && (1 < cues.len() || !segment.has_length());
        for cue in &mut cues {
            cue.is_estimated = is_estimated;
            cue.start_ms = cue.start_ms.max(self.end_ms);
            cue.end_ms = cue.end_ms.max(cue.start_ms.saturating_add(1));
            self.end_ms = cue.end_ms;
        }
        cues
    }
}

/// The units of one segment, and when each is spoken.
struct Script<'a> {
    room: Room,
    units: &'a [Unit<'a>],
    times: &'a [Heard],
    is_guess: bool,
}

impl Script<'_> {
    fn cues(&self) -> Vec<Cue> {
        let mut cues: Vec<Cue> = Vec::new();
        let mut filled = Filled::default();
        for (index, (unit, time)) in self.units.iter().zip(self.times).enumerate() {
            let next = self.room.put(unit, filled);
            match (next, cues.last_mut()) {
                (Some(next), Some(cue)) if !self.is_better_over(cue, filled, index) => {
                    if filled.lines < next.lines {
                        cue.lines.push(String::new());
                    }
                    let line = cue.lines.last_mut().expect("a cue begins with a line");
                    if unit.spaced && !line.is_empty() {
                        line.push(' ');
                    }
                    line.push_str(unit.text);
                    cue.end_ms = cue.end_ms.max(time.end);
                    filled = next;
                }
                _ => {
                    filled = Filled { lines: 0, columns: unit.columns, words: 1 };
                    let lines = vec![unit.text.to_owned()];
                    cues.push(Cue { start_ms: time.start, end_ms: time.end, lines, is_estimated: false });
                }
            }
        }
        cues
    }

    /// Whether a cue should end before the unit at `index`, although there is room for it.
    fn is_better_over(&self, cue: &Cue, filled: Filled, index: usize) -> bool {
        let time = self.times[index];
        let is_long =
            PAUSE_MS <= time.start.saturating_sub(cue.end_ms) || LONGEST_MS < time.end.saturating_sub(cue.start_ms);
        if is_long && !self.is_guess {
            return true;
        }
        let is_sentence = 0 < index && self.units[index - 1].ends_sentence();
        let is_readable = SHORTEST_MS <= cue.end_ms.saturating_sub(cue.start_ms);
        is_sentence && is_readable && !self.room.holds_sentence(&self.units[index..], filled)
    }
}

/// How much a cue holds.
#[derive(Clone, Copy)]
struct Room {
    columns: usize,
    lines: usize,
    words: usize,
}

/// How much a cue holds already: the lines that are full, and what is on the last one.
#[derive(Clone, Copy, Default)]
struct Filled {
    lines: usize,
    columns: usize,
    words: usize,
}

impl Room {
    /// What is filled with one unit more; nothing if there is no room for it.
    fn put(self, unit: &Unit<'_>, filled: Filled) -> Option<Filled> {
        let columns = filled.columns + usize::from(unit.spaced) + unit.columns;
        let words = filled.words + usize::from(unit.opens_word);
        if columns <= self.columns && words <= self.words {
            return Some(Filled { lines: filled.lines, columns, words });
        }
        let lines = filled.lines + 1;
        (lines < self.lines).then_some(Filled { lines, columns: unit.columns, words: 1 })
    }

    /// Whether there is room for all units up to the end of a sentence.
    fn holds_sentence(self, units: &[Unit<'_>], mut filled: Filled) -> bool {
        for unit in units {
            match self.put(unit, filled) {
                Some(next) => filled = next,
                None => return false,
            }
            if unit.ends_sentence() {
                break;
            }
        }
        true
    }
}

/// Stands in the place of what could not be recognized.
pub(crate) const NOT_RECOGNIZED: &str = "[not recognized]";

/// A pause after which a cue begins anew, the same as in OpenAI's Whisper.
const PAUSE_MS: u64 = 3_000;

/// The longest time for which Netflix's guides show a text.
const LONGEST_MS: u64 = 7_000;

/// The shortest one: five sixths of a second.
const SHORTEST_MS: u64 = 833;
