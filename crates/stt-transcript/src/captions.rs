//! How captions are laid out, and the cues that come of it.

use stt_model::Language;

use crate::{
    pace::{self, Heard},
    segment::Segment,
    tongue::Tongue,
    transcript::Transcript,
    unit::{Breaker, Unit, single_spaced},
};

/// How captions are laid out.
///
/// ```
/// use stt_model::{Language, Recognition};
/// use stt_transcript::{Captions, Segment, Transcript};
///
/// let heard: Recognition =
///     serde_json::from_str(r#"{"RecognitionStatus":"Success","DisplayText":"Good morning.","Offset":0,"Duration":13400000}"#)?;
/// let transcript = Transcript::new("talk.wav", Language::EN_US, vec![Segment::new(Ok(heard))]);
/// let cues = Captions::default().max_line_width(8).cues(&transcript);
///
/// assert_eq!(cues[0].lines, ["Good", "morning."]);
/// assert_eq!((cues[0].start_ms, cues[0].end_ms), (0, 1340));
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// A cue ends where it is full, before a pause of three seconds, when it stands for seven seconds, or with a sentence
/// if the next one would not fit in whole. Lines end where Unicode's rules allow it (UAX #14), in Thai, Lao, Khmer and
/// Burmese between words. White space and control characters become one blank; all else is left as it is, marks for
/// the direction of reading included.
#[must_use]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Captions {
    width: Option<usize>,
    lines: usize,
    words: usize,
}

/// A text that is shown for a while.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Cue {
    /// When it appears, in milliseconds from the start of the input.
    pub start_ms: u64,
    /// When it goes: later than it appears, and not after the next one appears.
    pub end_ms: u64,
    /// Its lines, at least one, none of them empty.
    pub lines: Vec<String>,
    /// Whether its times are no more than a share of its segment's, by the length of its text.
    ///
    /// So it is where the service gave no times of words.
    pub is_estimated: bool,
}

impl Captions {
    /// The most columns of a line, where a character of Chinese, Japanese or Korean takes two; 0 counts as 1.
    ///
    /// The default is that of Netflix's guides for timed text: 42, in Chinese and Korean 32, in Japanese 26. A word that is wider
    /// is cut.
    pub const fn max_line_width(mut self, columns: usize) -> Self {
        self.width = Some(columns);
        self
    }

    /// The most lines of a cue; 0 counts as 1. The default is 2, as in Netflix's guides.
    pub const fn max_line_count(mut self, lines: usize) -> Self {
        self.lines = lines;
        self
    }

    /// The most words of a line, any number by default; 0 counts as 1.
    ///
    /// In Chinese and Japanese each character counts.
    pub const fn max_words_per_line(mut self, words: usize) -> Self {
        self.words = words;
        self
    }

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

impl Default for Captions {
    fn default() -> Self {
        Self { width: None, lines: 2, words: usize::MAX }
    }
}

/// Lays out one segment after the other.
pub(crate) struct Layout {
    room: Room,
    breaker: Breaker,
    /// When the last cue goes.
    end_ms: u64,
}

impl Layout {
    pub(crate) fn new(captions: Captions, language: &Language) -> Self {
        let tongue = Tongue::of(language);
        let columns = captions.width.unwrap_or_else(|| tongue.columns()).max(1);
        let room = Room { columns, lines: captions.lines.max(1), words: captions.words.max(1) };
        Self { room, breaker: Breaker::new(tongue, columns), end_ms: 0 }
    }

    /// The cues of the segment that comes next.
    pub(crate) fn cues(&mut self, segment: &Segment) -> Vec<Cue> {
        let text = if segment.failure().is_some() { NOT_RECOGNIZED.to_owned() } else { single_spaced(segment.text()) };
        let units = self.breaker.units(&text);
        let (times, is_guess) = times(segment, &units);
        let mut cues = self.room.cues(&units, &times);
        let is_estimated = is_guess && segment.failure().is_none() && (1 < cues.len() || !segment.has_times());
        for cue in &mut cues {
            cue.is_estimated = is_estimated;
            cue.start_ms = cue.start_ms.max(self.end_ms);
            cue.end_ms = cue.end_ms.max(cue.start_ms.saturating_add(1));
            self.end_ms = cue.end_ms;
        }
        cues
    }
}

/// When each unit is spoken, and whether that is only a guess.
fn times(segment: &Segment, units: &[Unit<'_>]) -> (Vec<Heard>, bool) {
    let whole = segment.heard(units.iter().map(|unit| unit.columns).sum());
    let words = segment.timed_words();
    if words.is_empty() { (whole.shared_by(units).collect(), true) } else { (pace::align(units, &words, whole), false) }
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
    fn cues(self, units: &[Unit<'_>], times: &[Heard]) -> Vec<Cue> {
        let mut cues: Vec<Cue> = Vec::new();
        let mut filled = Filled::default();
        for (index, (unit, time)) in units.iter().zip(times).enumerate() {
            let next = self.put(unit, filled);
            match (next, cues.last_mut()) {
                (Some(next), Some(cue)) if !self.is_better_over(cue, filled, index, units, *time) => {
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

    /// Whether a cue should end before the unit at `index`, although there is room for it.
    fn is_better_over(self, cue: &Cue, filled: Filled, index: usize, units: &[Unit<'_>], time: Heard) -> bool {
        if PAUSE_MS <= time.start.saturating_sub(cue.end_ms) || LONGEST_MS < time.end.saturating_sub(cue.start_ms) {
            return true;
        }
        let is_sentence = 0 < index && units[index - 1].ends_sentence();
        is_sentence && SHORTEST_MS <= cue.end_ms - cue.start_ms && !self.holds_sentence(filled, &units[index..])
    }

    fn holds_sentence(self, mut filled: Filled, units: &[Unit<'_>]) -> bool {
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
