//! How words become tones: the band, the symbols and the frame.
//!
//! The speaker (`synth`) and the listener (`listen`) share this file and nothing else.

use std::f64::consts::TAU;

/// The rate at which the listener works, in Hz.
///
/// The slowest rate a clip may be converted to; everything the code uses lies below its half.
pub(super) const LISTENING_RATE: u32 = 8_000;

/// One symbol in samples at [`LISTENING_RATE`]: 32 ms.
///
/// Long enough that a frame of a codec (20 ms for Opus, 26 ms for MP3) cannot swallow one, short enough that a word
/// takes about as long as a spoken one.
pub(super) const SYMBOL: usize = 256;

/// One symbol in ticks of 100 ns.
pub(super) const SYMBOL_TICKS: u64 = SYMBOL as u64 * 10_000_000 / LISTENING_RATE as u64;

/// Tones that sound at once, each from a part of the band of its own.
pub(super) const VOICES: usize = 3;

/// The values a voice can take: one nibble.
pub(super) const VALUES: usize = 16;

/// What sounds during one symbol: a nibble for each voice.
pub(super) type Symbol = [u8; VOICES];

/// The symbols every frame begins with; the values are spread so that scales and chords do not resemble them.
pub(super) const SYNC: [Symbol; 2] = [[2, 13, 5], [11, 3, 14]];

/// The longest text of one frame in bytes, which is what one byte of length can say.
pub(super) const TEXT_LIMIT: usize = u8::MAX as usize;

/// The first and the last bin of the band.
pub(super) const BAND: std::ops::RangeInclusive<usize> = 10..=106;

const FIRST_BIN: usize = 11;
const WORD: u8 = 0x5;
const SCORED_WORD: u8 = 0xa;
const LANGUAGE: u8 = 0xc;

/// The tone of a voice's value, as a bin of a spectrum over one symbol (31.25 Hz each).
///
/// Every second bin, from 344 Hz to 3,281 Hz: inside the band of a telephone, orthogonal over one symbol, and with a
/// free bin between two tones for what a codec smears.
pub(super) const fn bin(voice: usize, value: u8) -> usize {
    FIRST_BIN + 2 * (voice * VALUES + value as usize)
}

/// What one burst of tones says.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Frame {
    /// The language of the words that follow.
    Language(String),
    /// One word and, where it is told, how well it is pronounced (0 to 100).
    Word { text: String, accuracy: Option<u8> },
}

impl Frame {
    /// The symbols of this frame, the two of the synchronization first; `None` if the text is empty or too long.
    pub(super) fn symbols(&self) -> Option<Vec<Symbol>> {
        let (kind, score, text) = match self {
            Self::Language(tag) => (LANGUAGE, None, tag),
            Self::Word { text, accuracy: None } => (WORD, None, text),
            Self::Word { text, accuracy: Some(score) } => (SCORED_WORD, Some(*score), text),
        };
        let length = u8::try_from(text.len()).ok().filter(|length| 0 < *length)?;
        let mut body: Vec<u8> = score.into_iter().chain(text.bytes()).collect();
        body.extend(check(kind, length, &body));
        let mut nibbles: Vec<u8> = body.iter().flat_map(|byte| [byte >> 4, byte & 15]).collect();
        nibbles.resize(nibbles.len().next_multiple_of(VOICES), 0);
        let mut symbols = SYNC.to_vec();
        symbols.push([kind, length >> 4, length & 15]);
        symbols.extend(nibbles.chunks_exact(VOICES).map(|three| [three[0], three[1], three[2]]));
        Some(symbols)
    }

    /// Reads a frame from what follows its synchronization: `symbol(n)` gives the n-th symbol from there.
    ///
    /// Returns the frame and the number of symbols it took; `None` if anything does not fit, the check included.
    pub(super) fn read(mut symbol: impl FnMut(usize) -> Option<Symbol>) -> Option<(Self, usize)> {
        let [kind, high, low] = symbol(0)?;
        let scored = match kind {
            WORD | LANGUAGE => 0,
            SCORED_WORD => 1,
            _ => return None,
        };
        let length = high << 4 | low;
        let bytes = scored + usize::from(length) + CHECK;
        let rest = (2 * bytes).div_ceil(VOICES);
        let mut nibbles = Vec::with_capacity(rest * VOICES);
        for at in 1..=rest {
            nibbles.extend(symbol(at)?);
        }
        let mut body: Vec<u8> = nibbles.chunks_exact(2).take(bytes).map(|two| two[0] << 4 | two[1]).collect();
        let told = body.split_off(bytes - CHECK);
        if length == 0 || told != check(kind, length, &body) {
            return None;
        }
        let score = (kind == SCORED_WORD).then(|| body.remove(0));
        let text = String::from_utf8(body).ok()?;
        let frame = if kind == LANGUAGE { Self::Language(text) } else { Self::Word { text, accuracy: score } };
        Some((frame, 1 + rest))
    }
}

/// The length of the check in bytes.
///
/// Three: noise that happens to look like a synchronization passes once in 16 million times.
const CHECK: usize = 3;

fn check(kind: u8, length: u8, body: &[u8]) -> [u8; CHECK] {
    let mut crc = crc32fast::Hasher::new();
    crc.update(&[kind, length]);
    crc.update(body);
    let [_, low @ ..] = crc.finalize().to_be_bytes();
    low
}

/// The sine of a phase in turns, by additions and multiplications only.
///
/// The sine of the standard library may differ in its last bit between platforms; clips are to be the same bytes
/// everywhere.
pub(super) fn sine(turns: f64) -> f64 {
    let turn = turns - turns.round();
    let quarter = if turn.abs() <= 0.25 { turn } else { 0.5_f64.copysign(turn) - turn };
    let x = quarter * TAU;
    let square = x * x;
    let mut term = x;
    let mut sum = x;
    for n in [6.0, 20.0, 42.0, 72.0, 110.0, 156.0] {
        term *= -square / n;
        sum += term;
    }
    sum
}
