//! One channel of any rate into 16 kHz.

mod engine;

use rubato::audioadapter_buffers::direct::SequentialSlice;

use self::engine::Engine;
pub(crate) use self::engine::RATE;

/// Makes 16 kHz of one channel with a constant rate.
///
/// Nothing is delayed: the first sample that comes out belongs to the same moment as the first that went in. As many
/// come out as begin within the time of those that went in.
pub(crate) struct Resampler {
    engine: Engine,
    rate: u64,
    /// What the engine takes next, of which the first `filled` are there.
    input: Vec<f32>,
    filled: usize,
    output: Vec<f32>,
    taken: u64,
    given: u64,
}

impl Resampler {
    /// For `rate` samples a second.
    pub(crate) fn new(rate: u32) -> Self {
        let engine = Engine::new(rate);
        let mut input = vec![0.0; engine.resampler.input_frames_max()];
        input.truncate(engine.resampler.input_frames_next());
        let output = vec![0.0; engine.resampler.output_frames_max()];
        let lead = vec![0.0; engine.lead];
        let mut new = Self { engine, rate: rate.into(), input, filled: 0, output, taken: 0, given: 0 };
        // What comes of these falls within the delay.
        new.feed(&lead, &mut Vec::new());
        new
    }

    /// Appends to `into` what comes of these samples and those before them.
    pub(crate) fn push(&mut self, samples: &[f32], into: &mut Vec<f32>) {
        self.taken += samples.len() as u64;
        self.feed(samples, into);
    }

    /// Appends to `into` what is still to come after the last sample.
    pub(crate) fn finish(&mut self, into: &mut Vec<f32>) {
        let length = (self.taken * u64::from(RATE)).div_ceil(self.rate);
        while self.given < length {
            self.input[self.filled..].fill(0.0);
            self.resample(into);
        }
        let excess = usize::try_from(self.given - length).expect("is less than comes at once");
        into.truncate(into.len() - excess);
    }

    fn feed(&mut self, mut samples: &[f32], into: &mut Vec<f32>) {
        while !samples.is_empty() {
            let room = &mut self.input[self.filled..];
            let (piece, rest) = samples.split_at(samples.len().min(room.len()));
            samples = rest;
            room.iter_mut().zip(piece).for_each(|(room, sample)| *room = tame(*sample));
            self.filled += piece.len();
            if self.filled == self.input.len() {
                self.resample(into);
            }
        }
    }

    fn resample(&mut self, into: &mut Vec<f32>) {
        let (taken, room) = (self.input.len(), self.output.len());
        let input = SequentialSlice::new(&self.input, 1, taken).expect("one channel of this length");
        let mut output = SequentialSlice::new_mut(&mut self.output, 1, room).expect("one channel of this length");
        let resampler = &mut self.engine.resampler;
        let (_, made) =
            resampler.process_into_buffer(&input, &mut output, None).expect("the buffers are as long as it asked for");
        let delayed = self.engine.delay.min(made);
        self.engine.delay -= delayed;
        into.extend_from_slice(&self.output[delayed..made]);
        self.given += (made - delayed) as u64;
        self.input.resize(resampler.input_frames_next(), 0.0);
        self.filled = 0;
    }
}

/// A sample that can do no harm: nothing above full scale, which would spoil its neighbours by rounding, and nothing so
/// small that processors need a hundred times as long for it.
fn tame(sample: f32) -> f32 {
    if TINY <= sample.abs() { sample.clamp(-1.0, 1.0) } else { 0.0 }
}

/// Far above what 32-bit floats hold without loss of speed, and far below what can be heard: 400 dB under full scale.
const TINY: f32 = 1e-20;

#[cfg(test)]
mod tests {
    use std::f64::consts::TAU;

    use super::*;

    /// Rates of real recordings, and 15 kHz, of which an odd number of periods would make the filter long enough.
    const COMMON: [u32; 11] = [8_000, 11_025, 12_000, 15_000, 22_050, 24_000, 32_000, 44_100, 48_000, 96_000, 192_000];

    /// Rates that have little or nothing in common with 16 kHz: early computers had the second and the third.
    const ODD: [u32; 4] = [8_001, 11_127, 22_254, 44_099];

    fn resampled(rate: u32, samples: &[f32]) -> Vec<f32> {
        let mut resampler = Resampler::new(rate);
        let mut made = Vec::new();
        resampler.push(samples, &mut made);
        resampler.finish(&mut made);
        made
    }

    /// A signal at half of full scale, given by its phase in turns at a time in seconds.
    fn signal(rate: u32, seconds: f64, turns: impl Fn(f64) -> f64) -> Vec<f32> {
        let time = |at: usize| at as f64 / f64::from(rate);
        (0..)
            .map(time)
            .take_while(|time| *time < seconds)
            .map(|time| (0.5 * (TAU * turns(time)).sin()) as f32)
            .collect()
    }

    /// What of a tone comes out at its own frequency: its level in dB, and how many samples of 16 kHz late.
    fn tone(rate: u32, frequency: f64) -> (f64, f64) {
        let made = resampled(rate, &signal(rate, 0.25, |time| frequency * time));
        let (mut cosine, mut sine) = (0.0, 0.0);
        for (at, made) in made.iter().enumerate().take(3_000).skip(1_000) {
            let angle = TAU * frequency * at as f64 / 16_000.0;
            cosine += f64::from(*made) * angle.cos();
            sine += f64::from(*made) * angle.sin();
        }
        let level = 20.0 * (cosine.hypot(sine) / 2_000.0 / 0.25).log10();
        (level, -cosine.atan2(sine) / TAU / frequency * 16_000.0)
    }

    /// The level in dB of everything that comes of a tone, beside the level of the tone.
    fn remains(rate: u32, frequency: f64) -> f64 {
        let made = resampled(rate, &signal(rate, 0.25, |time| frequency * time));
        let power = made[1_000..3_000].iter().map(|sample| f64::from(*sample).powi(2)).sum::<f64>() / 2_000.0;
        10.0 * (power / 0.125).log10()
    }

    /// How far a sweep from 50 Hz to 7 kHz, or to what the rate can hold, stands above all that is wrong with it.
    fn sweep(rate: u32) -> f64 {
        let (from, to) = (50.0, (0.43 * f64::from(rate)).min(7_000.0));
        let turns = |time: f64| from * time + (to - from) * time * time / 2.0;
        let made = resampled(rate, &signal(rate, 1.0, turns));
        let (mut wanted, mut wrong) = (0.0, 0.0);
        for (at, made) in made.iter().enumerate().take(15_400).skip(600) {
            let right = 0.5 * (TAU * turns(at as f64 / 16_000.0)).sin();
            wanted += right * right;
            wrong += (right - f64::from(*made)).powi(2);
        }
        10.0 * f64::log10(wanted / wrong)
    }

    #[test]
    fn a_sweep_comes_out_as_it_went_in() {
        for rate in COMMON {
            let above = sweep(rate);
            assert!(110.0 < above, "{rate} Hz: {above:.1} dB");
        }
        // Here the phases between which it is interpolated decide, and a delay of up to a thousandth of a sample.
        for rate in ODD {
            let above = sweep(rate);
            assert!(60.0 < above, "{rate} Hz: {above:.1} dB");
        }
    }

    #[test]
    fn the_highest_tones_of_speech_keep_their_level() {
        for rate in [22_050, 44_100, 48_000, 96_000] {
            for frequency in [7_000.0, 7_200.0, 7_500.0] {
                let (level, _) = tone(rate, frequency);
                assert!(level.abs() < 0.01, "{frequency} Hz of {rate} Hz: {level} dB");
            }
        }
        assert!(tone(22_254, 7_000.0).0.abs() < 0.05);
    }

    #[test]
    fn what_is_too_high_for_16_khz_does_not_come_back_as_something_else() {
        for (rate, frequencies) in [
            (22_050, &[8_100.0, 8_400.0, 9_500.0, 10_900.0][..]),
            (44_100, &[8_100.0, 8_400.0, 15_900.0, 16_100.0, 21_900.0]),
            (48_000, &[8_100.0, 8_400.0, 12_000.0, 16_100.0, 23_900.0]),
            (22_254, &[8_400.0, 10_900.0]),
            (44_099, &[8_400.0, 21_900.0]),
        ] {
            for frequency in frequencies {
                let level = remains(rate, *frequency);
                assert!(level < -100.0, "{frequency} Hz of {rate} Hz: {level:.1} dB");
            }
        }
    }

    #[test]
    fn nothing_is_late() {
        for rate in COMMON.into_iter().chain(ODD) {
            let (_, late) = tone(rate, 1_000.0);
            let most = if ODD.contains(&rate) { 0.001 } else { 0.000_01 };
            assert!(late.abs() < most, "{rate} Hz: {late} samples");
        }
    }

    #[test]
    fn a_constant_stays_what_it_is() {
        for rate in [8_000, 44_100, 48_000, 22_254] {
            let made = resampled(rate, &vec![0.5; rate as usize / 2]);
            let inner = &made[1_000..7_000];
            assert!(inner.iter().all(|sample| (sample - 0.5).abs() < 0.000_01), "{rate} Hz");
        }
    }

    #[test]
    fn every_rate_gives_as_many_samples_as_begin_within_its_time() {
        let some = [0, 1, 2, 441, 1_000];
        for (rate, counts) in [
            (1, &some[..1]),
            (100, &some[..4]),
            (8_000, &some),
            (11_127, &some),
            (44_099, &some),
            (44_100, &some),
            (47_999, &some),
            (192_000, &some),
            (767_999, &some[..1]),
        ] {
            for &count in counts {
                // The same as the quotient rounded up.
                let length = (0..).take_while(|at| at * u64::from(rate) < count * 16_000).count();
                let made = resampled(rate, &vec![0.25; count as usize]);
                assert_eq!(made.len(), length, "{count} samples of {rate} Hz");
            }
        }
    }

    #[test]
    fn what_is_no_sample_spoils_only_its_neighbours() {
        for wild in [f32::MAX, f32::INFINITY, f32::NEG_INFINITY, f32::NAN] {
            let mut samples = signal(44_100, 1.0, |time| 440.0 * time);
            let right = resampled(44_100, &samples);
            samples[22_050] = wild;
            let made = resampled(44_100, &samples);

            for (at, (made, right)) in made.iter().zip(&right).enumerate() {
                assert!(made.is_finite() && made.abs() < 2.0);
                let is_near = at.abs_diff(8_000) <= LENGTH / 2;
                assert!(is_near || (made - right).abs() < 0.000_01, "{wild} spoils sample {at}");
            }
        }
    }

    /// The filter reaches half as far to each side, in samples of 16 kHz.
    const LENGTH: usize = 640;
}
