//! What the emulator says and hears: clips whose words are coded into their samples.
//!
//! Everything here is pure: bytes in, values out. [`synth()`] makes a clip, [`tag()`] writes a transcript into a file,
//! [`hear()`] tells what is in one.
//!
//! # The coding
//!
//! | | |
//! | --- | --- |
//! | band | 344 Hz to 3,281 Hz, so that 8 kHz and a telephone carry it |
//! | tones | 48, 62.5 Hz apart, in three voices of 16 (low, middle, high) |
//! | symbol | 32 ms; each voice holds one of its tones, which is 4 bits, so 12 bits in all: 375 bits a second |
//! | frame | 2 symbols of synchronization · 1 of kind and length · score, text and check, padded to whole symbols |
//! | kind | a nibble: a word, a word with a score, a language |
//! | length | a byte: of the text, in UTF-8, at most 255 |
//! | score | a byte, 0 to 100, only where the kind says so |
//! | check | the low 24 bits of the CRC-32 of all from the kind to the end of the text |
//! | carrier | a hum at 125 and 250 Hz below the band; each burst swells for 8 ms, fades slowly, and ends softly |
//!
//! A word of *n* bytes takes 3 + ⌈(2*n* + 6) / 3⌉ symbols: `me` 224 ms, `pencils.` 352 ms, `congratulations.` 512 ms,
//! as fast as somebody speaks who wants to be understood.
//!
//! Each word is a frame of its own, and the language a frame directly before the first word of each sentence: a clip
//! cut in any pause gives two clips that both say their own words. Times are those of the bursts.
//!
//! Why so:
//!
//! - Codecs for speech keep the loudest tone of a part of the band and lose nearly all else, phases included. The
//!   loudest of sixteen is all the listener asks for.
//! - There is no error correction. Measured with 154 words of five languages, all of them came through MP3 at 32
//!   kbit/s, Opus at 16 kbit/s, AAC at 32 kbit/s, mu-law at 8 kHz and white noise at 0 dB; Opus at 12 kbit/s lost a
//!   fifth of them.
//! - Opus is decoded at 48 kHz, whatever was recorded, and heard like anything else.
//! - The listener works at 8 kHz, with one spectrum of 256 samples each 8 ms where it searches and one a symbol where
//!   it reads.
//!
//! # What is silence, what is noise
//!
//! The loudness of pieces of 20 ms decides when nothing was said. Less than 5% of them above -50 dB of full scale is
//! silence. Between the first and the last loud piece, a span of less than 10 dB from the soft ones to the loud ones
//! (5% at either end left out) is noise. Anything else might be speech.

mod code;
mod hash;
mod hear;
mod level;
mod listen;
mod ogg;
mod opus;
mod pcm;
mod sixteen;
mod sniff;
mod speak;
mod synth;
mod tag;
mod transcript;
mod wav;
mod waveform;

pub use hash::{SampleHash, SampleHashError, sample_hash};
pub use hear::{Heard, HeardStep, HeardWord, Outcome, hear};
pub(crate) use hear::{Listened, TICKS_PER_MS, length, listen, spread};
pub(crate) use sixteen::sixteen_kilohertz;
pub use synth::{Speech, SynthError, SynthOptions, noise, silence, synth};
pub use tag::{TagError, tag};
pub(crate) use wav::{WavFacts, header as wav_header, wav_facts};
pub(crate) use waveform::Waveform;
