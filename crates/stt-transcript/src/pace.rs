//! When each unit of a text is spoken.

use crate::unit::Unit;

/// From when to when something is heard, in milliseconds.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Heard {
    pub(crate) start: u64,
    pub(crate) end: u64,
}

/// A word whose time is known.
pub(crate) struct TimedWord {
    pub(crate) letters: String,
    pub(crate) heard: Heard,
}

impl Heard {
    /// The time of each unit, if all were spoken at the same pace: a share by their columns.
    pub(crate) fn shared_by(self, units: &[Unit<'_>]) -> impl Iterator<Item = Self> {
        let columns = |unit: &Unit<'_>| u128::try_from(unit.columns).unwrap_or_default();
        let all: u128 = units.iter().map(columns).sum();
        let length = u128::from(self.end.saturating_sub(self.start));
        let at = move |before: u128| {
            let time = u128::from(self.start) + length * before / all.max(1);
            u64::try_from(time).unwrap_or(u64::MAX)
        };
        units.iter().scan(0, move |before, unit| {
            let start = *before;
            *before += columns(unit);
            Some(Self { start: at(start), end: at(*before) })
        })
    }
}

/// The time of each unit, taken from the words that were heard.
///
/// The text for people and the words differ: `$25` was spoken as `twenty five dollars`. Where letters and digits are the
/// same, the time is that of the word; what stands between two such places shares the time between them.
pub(crate) fn align(units: &[Unit<'_>], words: &[TimedWord], whole: Heard) -> Vec<Heard> {
    let letters: Vec<String> = units.iter().map(|unit| letters(unit.text)).collect();
    let mut times = Vec::with_capacity(units.len());
    let mut done = Position { unit: 0, word: 0 };
    let mut at = done;
    while at.unit < units.len() && at.word < words.len() {
        let Some((from, to)) = at.next_same(&letters, words) else {
            at = Position { unit: at.unit + 1, word: at.word + 1 };
            continue;
        };
        for (from, to) in [(done, from), (from, to)] {
            times.extend(between(from, to, words, whole).shared_by(&units[from.unit..to.unit]));
        }
        (done, at) = (to, to);
    }
    let end = Position { unit: units.len(), word: words.len() };
    times.extend(between(done, end, words, whole).shared_by(&units[done.unit..]));
    times
}

/// The letters and digits of a word in lower case: what the text for people and the spoken words have in common.
pub(crate) fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// So many units and so many words are behind.
#[derive(Clone, Copy)]
struct Position {
    unit: usize,
    word: usize,
}

impl Position {
    /// The nearest place where both say the same, and its end.
    fn next_same(self, letters: &[String], words: &[TimedWord]) -> Option<(Self, Self)> {
        (0..LOOKAHEAD).find_map(|skipped| {
            (0..=skipped).find_map(|units| {
                let from = Self { unit: self.unit + units, word: self.word + skipped - units };
                Some((from, from.same(letters, words)?))
            })
        })
    }

    /// How far both say the same from here on, up to the first place where a unit and a word end together.
    fn same(mut self, letters: &[String], words: &[TimedWord]) -> Option<Self> {
        let (mut left, mut right) = ("", "");
        for _ in 0..LOOKAHEAD {
            if left.is_empty() {
                left = letters.get(self.unit).filter(|letters| !letters.is_empty())?;
                self.unit += 1;
            }
            if right.is_empty() {
                right = &words.get(self.word)?.letters;
                self.word += 1;
            }
            let rest =
                (left.strip_prefix(right).map(|rest| (rest, ""))).or(right.strip_prefix(left).map(|rest| ("", rest)));
            (left, right) = rest?;
            if left.is_empty() && right.is_empty() {
                return Some(self);
            }
        }
        None
    }
}

/// The time of the words between two positions; without any, the time between their neighbours.
fn between(from: Position, to: Position, words: &[TimedWord], whole: Heard) -> Heard {
    if let [first, .., last] | [first @ last] = &words[from.word..to.word] {
        return Heard { start: first.heard.start, end: last.heard.end };
    }
    let before = words[..from.word].last().map(|word| word.heard.end);
    let after = words.get(to.word).map(|word| word.heard.start);
    let start = before.unwrap_or_else(|| after.map_or(whole.start, |after| after.min(whole.start)));
    Heard { start, end: after.unwrap_or(whole.end) }
}

/// How far apart the same word may be in the two, and of how many parts it may consist.
///
/// The longest number that people say in one breath has fewer words, and the time that is spent stays linear.
const LOOKAHEAD: usize = 16;
