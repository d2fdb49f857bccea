//! Where long audio is cut: on speech whose pauses are known to the sample, clean and in noise.

mod espeak;
mod judge;
mod noise;
mod speech;
mod voice;

use std::time::{Duration, Instant};

use stt_audio::{Piece, Splitter};

use self::{
    espeak::Espeak,
    judge::Judgement,
    noise::{Condition, Noise},
    speech::Speech,
};
use crate::{outcome::Outcome, random::Random};

/// What was asked for.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct Choices {
    quick: bool,
    seed: u64,
}

impl Choices {
    pub(crate) fn parse(words: &[&str]) -> Outcome<Self> {
        let mut choices = Self { quick: false, seed: 2 };
        let mut words = words.iter();
        while let Some(word) = words.next() {
            match *word {
                "--quick" => choices.quick = true,
                "--seed" => choices.seed = words.next().ok_or(USAGE)?.parse()?,
                _ => return Err(USAGE.into()),
            }
        }
        Ok(choices)
    }

    /// Seconds of each recording.
    const fn seconds(&self) -> usize {
        if self.quick { 300 } else { 1_800 }
    }
}

/// Measures, and prints what came out.
pub(crate) fn run(choices: &Choices) -> Outcome<()> {
    println!("{HEAD}");
    let mut corpora = vec![("synthetic", voice::sentences(&mut Random::new(choices.seed)))];
    match Espeak::find() {
        Some(espeak) => corpora.push(("espeak-ng", espeak.sentences()?)),
        None => eprintln!("espeak-ng is not installed: speech from a synthesizer is not measured"),
    }
    for (name, sentences) in corpora {
        for seconds in LONGEST {
            for condition in Condition::all() {
                let mut random = Random::new(choices.seed);
                let mut speech = Speech::new(&sentences, choices.seconds(), &mut random);
                let noise = Noise::new(&sentences, &mut random);
                noise.add(&mut speech, condition);
                let judgement = measure(&speech, seconds)?;
                println!("| {name} | {condition} | {seconds} | {judgement} |");
            }
        }
    }
    Ok(())
}

/// Splits a recording as it would come from a microphone, and judges the pieces.
fn measure(speech: &Speech, seconds: u64) -> Outcome<Judgement> {
    let samples = speech.pcm();
    let begun = Instant::now();
    let mut splitter = Splitter::new(Duration::from_secs(seconds))?;
    let mut pieces: Vec<Piece> = samples.chunks(BLOCK).flat_map(|block| splitter.push(block)).collect();
    let ending = splitter.finish();
    pieces.extend(ending.last);
    let speed = samples.len() as f64 / f64::from(Piece::RATE) / begun.elapsed().as_secs_f64();
    let pieces: Vec<_> = pieces.iter().map(|piece| (piece.start as usize..piece.end() as usize, piece.cut)).collect();
    Ok(Judgement::new(&speech.truth, &pieces, samples.len(), seconds as usize * speech::RATE, speed))
}

/// How to call this.
const USAGE: &str = "usage: bench split [--quick] [--seed NUMBER]";

/// The most seconds of a piece: for captions, within half a minute, and for plain recognition.
const LONGEST: [u64; 3] = [8, 20, 55];

/// Samples that come at a time: a tenth of a second.
const BLOCK: usize = 1_600;

const HEAD: &str = "\
| Speech | Noise | longest s | cuts | no pause within reach | in true silence % | forced | speech lost % | silence left out % | x real time |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |";
