//! Long recordings in pieces, and the words that are in them.

use std::{ops::Range, time::Duration};

use stt_audio::{Cut, Piece, Splitter};
use stt_emulator::{HeardWord, Outcome, SynthOptions, hear, noise, synth};

/// Somebody who says the same for eleven minutes, and where each word is.
struct Recording {
    samples: Vec<i16>,
    words: Vec<Range<u64>>,
}

impl Recording {
    /// Sentences of three to eleven words, with pauses of 0.1 s between words and 0.4 s between sentences.
    fn new() -> Self {
        let sentence = |n: usize| {
            let words: Vec<String> = (0..3 + 4 * n % 9).map(|word| format!("w{n}x{word}")).collect();
            format!("{}.", words.join(" "))
        };
        let text: Vec<String> = (0..25).map(sentence).collect();
        let wav = synth(&text.join(" "), &SynthOptions::default()).unwrap();
        let (turn, said) = (samples(&wav), words(&wav));
        let turns = (11 * 60 * 16_000_usize).div_ceil(turn.len());
        let moved = |n: usize| {
            let begin = (n * turn.len()) as u64;
            said.iter().map(move |word| begin + word.offset / 625..begin + (word.offset + word.duration) / 625)
        };
        Self { words: (0..turns).flat_map(moved).collect(), samples: turn.repeat(turns) }
    }

    /// The same with noise, about 30 dB softer than the words.
    fn noisy(mut self) -> Self {
        let noise = samples(&noise(Duration::from_secs(60), 16_000, 7).unwrap());
        for (sample, noise) in self.samples.iter_mut().zip(noise.iter().cycle()) {
            *sample = sample.saturating_add(noise / 32);
        }
        self
    }

    /// Splits it as it would come from a microphone, and finds every word whole in one of the pieces.
    #[track_caller]
    fn check(&self, longest: u64) -> Vec<Piece> {
        let mut splitter = Splitter::new(Duration::from_secs(longest)).unwrap();
        let mut pieces: Vec<_> = self.samples.chunks(1_600).flat_map(|block| splitter.push(block)).collect();
        pieces.extend(splitter.finish().last);
        for piece in &pieces {
            assert!(piece.samples.len() as u64 <= longest * 16_000);
            assert_ne!(piece.cut, Cut::Forced, "there are pauses before {} s", piece.end() / 16_000);
        }
        for word in &self.words {
            let whole = |piece: &&Piece| piece.start <= word.start && word.end <= piece.end();
            assert_eq!(pieces.iter().filter(whole).count(), 1, "{word:?} in pieces of at most {longest} s");
        }
        pieces
    }
}

fn samples(wav: &[u8]) -> Vec<i16> {
    wav[44..].chunks_exact(2).map(|two| i16::from_le_bytes([two[0], two[1]])).collect()
}

fn words(wav: &[u8]) -> Vec<HeardWord> {
    match hear(wav).outcome {
        Outcome::Words { words, .. } => words,
        other => panic!("no words: {other:?}"),
    }
}

#[test]
fn no_word_of_eleven_minutes_is_cut() {
    let recording = Recording::new();
    for (longest, shortest) in [(55, 27), (8, 2)] {
        let pieces = recording.check(longest);

        // A piece that is full is cut in its second half, or in its last six seconds.
        let most = recording.samples.len() / (shortest * 16_000) + 1;
        assert!(pieces.len() <= most, "{} pieces of at most {longest} s", pieces.len());
    }
}

#[test]
fn no_word_is_cut_in_a_noisy_room() {
    let recording = Recording::new().noisy();
    recording.check(55);
    recording.check(8);
}

#[test]
fn what_is_heard_in_a_piece_is_where_it_is_in_the_whole() {
    let recording = Recording::new();
    let pieces = recording.check(8);
    let piece = &pieces[pieces.len() - 2];
    let there: Vec<_> =
        recording.words.iter().filter(|word| piece.start <= word.start && word.end <= piece.end()).collect();

    let heard = words(&piece.wav());
    assert_eq!(heard.len(), there.len());
    for (heard, word) in heard.iter().zip(there) {
        // The listener works at 8 kHz, so that it is exact to one sample of 125 µs.
        assert!((piece.start_ticks() + heard.offset).abs_diff(word.start * 625) <= 1_250, "{heard:?} is at {word:?}");
    }
}
