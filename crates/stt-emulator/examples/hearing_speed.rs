//! How long the emulator listens to a clip of two seconds, without any request around it.
//!
//! `cargo run --release -p stt-emulator --example hearing_speed`

use std::error::Error;
use std::hint::black_box;
use std::time::{Duration, Instant};

use stt_emulator::{SynthOptions, hear, noise, sample_hash, silence, synth};

fn main() -> Result<(), Box<dyn Error>> {
    let two = Duration::from_secs(2);
    let clips = [
        ("words", synth("Remind me to buy five.", &SynthOptions::default())?),
        ("silence", silence(two, 16_000)?),
        ("noise", noise(two, 16_000, 1)?),
    ];
    for (name, clip) in &clips {
        measure(name, || black_box(hear(black_box(clip))).audio_ticks);
    }
    measure("the hash of words", || sample_hash(black_box(&clips[0].1)));
    Ok(())
}

/// Prints the mean over many runs.
fn measure<T>(name: &str, run: impl Fn() -> T) {
    let begun = Instant::now();
    for _ in 0..RUNS {
        black_box(run());
    }
    println!("{name}: {} µs", begun.elapsed().as_micros() / u128::from(RUNS));
}

const RUNS: u32 = 2_000;
