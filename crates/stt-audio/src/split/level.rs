//! How loud a frame is, in three bands.

/// Samples of one frame: 10 ms.
pub(super) const FRAME: usize = 160;

/// The mean square of some frames in each band, in squares of the last bit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Levels([f32; 3]);

impl Levels {
    /// Below this everything is silence: -80 dB of full scale, the noise of a good recorder at 16 bits.
    pub(super) const FAINTEST: Self = Self([FAINTEST; 3]);

    /// Louder than anything.
    pub(super) const LOUDEST: Self = Self([f32::MAX; 3]);

    /// The mean over some frames.
    pub(super) fn mean(levels: impl ExactSizeIterator<Item = Self>) -> Self {
        let count = levels.len().max(1) as f32;
        let sums = levels.fold([0.0; 3], |[a, b, c], Self([x, y, z])| [a + x, b + y, c + z]);
        Self(sums.map(|sum| sum / count))
    }

    /// The lesser of two in each band.
    pub(super) fn min(self, other: Self) -> Self {
        let (Self([a, b, c]), Self([x, y, z])) = (self, other);
        Self([a.min(x), b.min(y), c.min(z)])
    }

    /// Whether it is more than so many times as loud as another in some band.
    pub(super) fn exceed(self, times: f32, other: Self) -> bool {
        self.0.iter().zip(other.0).any(|(this, other)| times * other < *this)
    }

    /// How loud it is beside noise, with each band measured by its own noise.
    pub(super) fn above(self, noise: Self) -> f32 {
        self.0.iter().zip(noise.0).map(|(level, noise)| level / noise).sum()
    }
}

/// Measures frames one after the other, through filters whose state runs on from frame to frame.
///
/// The bands are 180 to 1,000 Hz, where voices are strongest, 1,000 to 3,800 Hz, and all above it, where s and f are.
#[derive(Clone, Debug)]
pub(super) struct Meter {
    no_hum: Section,
    low: Section,
    not_low: Section,
    middle: Section,
    high: Section,
}

impl Meter {
    pub(super) const fn new() -> Self {
        let [no_hum, low, not_low, middle, high] = [const { Section::REST }; 5];
        Self { no_hum, low, not_low, middle, high }
    }

    /// The levels of the next frame, at least [`Levels::FAINTEST`].
    pub(super) fn levels(&mut self, frame: &[i16]) -> Levels {
        let mut sums = [0.0; 3];
        for &sample in frame {
            let all = self.no_hum.run(&ABOVE_180_HZ, f32::from(sample));
            let not_low = self.not_low.run(&ABOVE_1_KHZ, all);
            let low = self.low.run(&BELOW_1_KHZ, all);
            let middle = self.middle.run(&BELOW_3800_HZ, not_low);
            let high = self.high.run(&ABOVE_3800_HZ, not_low);
            for (sum, heard) in sums.iter_mut().zip([low, middle, high]) {
                *sum += heard * heard;
            }
        }
        for section in [&mut self.no_hum, &mut self.low, &mut self.not_low, &mut self.middle, &mut self.high] {
            section.settle();
        }
        Levels(sums.map(|sum| (sum / frame.len().max(1) as f32).max(FAINTEST)))
    }
}

/// The state of one filter of second order, in the second transposed form.
#[derive(Clone, Debug)]
struct Section(f32, f32);

impl Section {
    const REST: Self = Self(0.0, 0.0);

    fn run(&mut self, [b0, b1, b2, a1, a2]: &[f32; 5], input: f32) -> f32 {
        let output = b0 * input + self.0;
        self.0 = b1 * input - a1 * output + self.1;
        self.1 = b2 * input - a2 * output;
        output
    }

    /// Ends what rings on in silence without being heard: numbers too small for their usual form are computed many
    /// times slower.
    fn settle(&mut self) {
        if self.0.abs() < UNHEARD && self.1.abs() < UNHEARD {
            *self = Self::REST;
        }
    }
}

/// In squares of the last bit of a 16-bit sample.
const FAINTEST: f32 = 32_768.0 * 32_768.0 * 1e-8;

/// A ten-millionth of the last bit.
const UNHEARD: f32 = 1e-7;

/// Butterworth filters of second order for 16 kHz by the bilinear transform, as b0, b1, b2, a1, a2: with
/// w = tan(π f / 16,000) and n = 1 / (1 + √2 w + w²), b0 is n above and w² n below f, a1 is 2 (w² - 1) n, and a2 is
/// (1 - √2 w + w²) n.
const ABOVE_180_HZ: [f32; 5] = [0.951_245_4, -1.902_490_8, 0.951_245_4, -1.900_112_4, 0.904_869_26];
const ABOVE_1_KHZ: [f32; 5] = [0.757_076_4, -1.514_152_8, 0.757_076_4, -1.454_243_6, 0.574_061_9];
const BELOW_1_KHZ: [f32; 5] = [0.029_954_582, 0.059_909_164, 0.029_954_582, -1.454_243_6, 0.574_061_9];
const ABOVE_3800_HZ: [f32; 5] = [0.316_277_2, -0.632_554_4, 0.316_277_2, -0.092_038_07, 0.173_070_75];
const BELOW_3800_HZ: [f32; 5] = [0.270_258_2, 0.540_516_4, 0.270_258_2, -0.092_038_07, 0.173_070_75];

#[cfg(test)]
mod tests {
    use std::f32::consts::TAU;

    use super::*;

    /// The levels of a tone of full scale, in dB of its mean square, once the filters have settled.
    fn decibels(frequency: f32) -> [f32; 3] {
        let sine = |n: usize| (32_767.0 * (TAU * frequency * n as f32 / 16_000.0).sin()) as i16;
        let tone: Vec<i16> = (0..16_000).map(sine).collect();
        let mut meter = Meter::new();
        meter.levels(&tone[..8_000]);
        let Levels(levels) = meter.levels(&tone[8_000..]);
        levels.map(|level| 10.0 * (level / (0.5 * 32_767.0 * 32_767.0)).log10())
    }

    #[test]
    fn a_tone_is_heard_in_its_own_band() {
        for (frequency, band) in [(400.0, 0), (2_000.0, 1), (6_000.0, 2)] {
            let heard = decibels(frequency);
            for (other, level) in heard.iter().enumerate() {
                assert!(if other == band { -1.0 < *level } else { *level < -8.0 }, "{frequency} Hz: {heard:?}");
            }
        }
    }

    #[test]
    fn filters_halve_the_power_at_their_edges() {
        let near = |level: f32| assert!((level + 3.0).abs() < 0.3, "{level}");
        near(decibels(180.0)[0]);
        near(decibels(1_000.0)[0]);
        near(decibels(1_000.0)[1]);
        near(decibels(3_800.0)[1]);
        near(decibels(3_800.0)[2]);
    }

    #[test]
    fn the_mains_and_a_direct_current_are_hardly_heard() {
        assert!(decibels(50.0).iter().all(|level| *level < -20.0), "{:?}", decibels(50.0));
        let mut meter = Meter::new();
        meter.levels(&[20_000; 16_000]);
        assert_eq!(meter.levels(&[20_000; FRAME]), Levels::FAINTEST);
    }

    #[test]
    fn nothing_rings_on_in_silence() {
        let mut meter = Meter::new();
        meter.levels(&[i16::MIN; FRAME]);
        for _ in 0..100 {
            meter.levels(&[0; FRAME]);
        }
        for section in [&meter.no_hum, &meter.low, &meter.not_low, &meter.middle, &meter.high] {
            assert_eq!((section.0, section.1), (0.0, 0.0));
        }
    }
}
