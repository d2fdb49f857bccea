//! A text in units between which a line may end.

use icu_segmenter::{GraphemeClusterSegmenter, GraphemeClusterSegmenterBorrowed, LineSegmenter, LineSegmenterBorrowed};
use unicode_width::UnicodeWidthStr;

use crate::tongue::Tongue;

/// A part of a text that stays together: mostly a word with its punctuation, or a character of Chinese.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Unit<'a> {
    pub(crate) text: &'a str,
    /// How many columns of a terminal it takes, where a character of Chinese takes two.
    pub(crate) columns: usize,
    /// Whether a blank stands before it.
    pub(crate) spaced: bool,
    /// Whether a word begins with it.
    pub(crate) opens_word: bool,
}

impl Unit<'_> {
    /// Whether a sentence seems to end with it.
    pub(crate) fn ends_sentence(&self) -> bool {
        self.text.trim_end_matches(CLOSING).ends_with(ENDS)
    }
}

/// Finds the units of texts in one language.
pub(crate) struct Breaker {
    lines: LineSegmenterBorrowed<'static>,
    clusters: GraphemeClusterSegmenterBorrowed<'static>,
    columns: usize,
}

impl Breaker {
    /// What is wider than so many columns is cut, but never inside what people see as one character.
    pub(crate) fn new(tongue: Tongue<'_>, columns: usize) -> Self {
        let lines = LineSegmenter::new_auto(tongue.line_breaks());
        Self { lines, clusters: GraphemeClusterSegmenter::new(), columns }
    }

    /// The units of a text whose words are [single spaced](single_spaced).
    pub(crate) fn units<'a>(&self, text: &'a str) -> Vec<Unit<'a>> {
        let mut units = Vec::new();
        let (mut start, mut spaced, mut in_word) = (0, false, false);
        for end in self.lines.segment_str(text).skip(1) {
            let whole = &text[start..end];
            let shown = whole.trim_end_matches(' ');
            self.push(shown, spaced, !in_word, &mut units);
            spaced = shown.len() < whole.len();
            in_word = !spaced && shown.ends_with(is_hyphen);
            start = end;
        }
        units
    }

    fn push<'a>(&self, shown: &'a str, spaced: bool, opens_word: bool, units: &mut Vec<Unit<'a>>) {
        if shown.width() <= self.columns {
            units.push(Unit { text: shown, columns: shown.width(), spaced, opens_word });
            return;
        }
        for (index, word) in shown.split(' ').enumerate() {
            for (part, text) in self.cut(word).into_iter().enumerate() {
                let (spaced, opens_word) = if index == 0 { (spaced, opens_word) } else { (true, true) };
                let first = part == 0;
                units.push(Unit {
                    text,
                    columns: text.width(),
                    spaced: spaced && first,
                    opens_word: opens_word && first,
                });
            }
        }
    }

    fn cut<'a>(&self, word: &'a str) -> Vec<&'a str> {
        let mut parts = Vec::new();
        let (mut start, mut last, mut columns) = (0, 0, 0);
        for end in self.clusters.segment_str(word).skip(1) {
            let cluster = word[last..end].width();
            if start < last && self.columns < columns + cluster {
                parts.push(&word[start..last]);
                (start, columns) = (last, 0);
            }
            columns += cluster;
            last = end;
        }
        parts.push(&word[start..]);
        parts
    }
}

/// The text with one blank wherever there was white space or a control character.
///
/// Only the blanks that hold two words together stay what they are.
pub(crate) fn single_spaced(text: &str) -> String {
    let is_gap = |c: char| c.is_control() || (c.is_whitespace() && !matches!(c, '\u{a0}' | '\u{2007}' | '\u{202f}'));
    let words: Vec<_> = text.split(is_gap).filter(|word| !word.is_empty()).collect();
    words.join(" ")
}

/// Whether a line may end after it although the word goes on, as after a hyphen or a slash.
fn is_hyphen(c: char) -> bool {
    c.is_ascii_punctuation() || ('\u{2010}'..='\u{2015}').contains(&c)
}

/// What may follow the end of a sentence without a blank.
const CLOSING: [char; 11] =
    ['"', '\'', ')', ']', '\u{bb}', '\u{2019}', '\u{201d}', '\u{300d}', '\u{300f}', '\u{ff09}', '\u{ff3d}'];

/// The ends of sentences: of Latin, Greek and Cyrillic, then of Arabic, Hindi, Chinese and Japanese.
const ENDS: [char; 9] = ['.', '?', '!', '\u{2026}', '\u{61f}', '\u{964}', '\u{3002}', '\u{ff1f}', '\u{ff01}'];
