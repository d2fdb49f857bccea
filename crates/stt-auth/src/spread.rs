//! Numbers that differ from process to process, without a source of randomness.

use crate::Now;

/// A number from 0 to below 1, the same for the same arguments.
///
/// The entropy is in the nanoseconds of both clocks: processes started together read them at different moments. That is
/// enough to keep them from asking for tokens in step, and nothing secret depends on it.
pub(crate) fn spread(number: u64, now: Now) -> f64 {
    let clocks = [
        now.monotonic.as_secs(),
        now.monotonic.subsec_nanos().into(),
        now.wall.as_secs(),
        now.wall.subsec_nanos().into(),
    ];
    let bits = clocks.into_iter().fold(mixed(number), |bits, part| mixed(bits ^ part));
    // 53 bits are what an f64 holds exactly.
    (bits >> 11) as f64 / (1_u64 << 53) as f64
}

/// One step of `SplitMix64`, <https://prng.di.unimi.it/splitmix64.c>.
const fn mixed(seed: u64) -> u64 {
    let bits = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn one_step_is_that_of_the_published_generator() {
        // The first two outputs for the seed 0, whose state after one step is the increment.
        assert_eq!(mixed(0), 0xe220_a839_7b1d_cdaf);
        assert_eq!(mixed(0x9e37_79b9_7f4a_7c15), 0x6e78_9e6a_a1b9_65f4);
    }

    #[test]
    fn neighbouring_moments_are_spread_over_the_whole_range() {
        let mut tenths = [0; 10];
        for nanos in 0..10_000 {
            let now = Now::new(Duration::from_nanos(nanos), Duration::from_secs(1_800_000_000));
            let spread = spread(7, now);
            assert!((0.0..1.0).contains(&spread));
            tenths[(spread * 10.0) as usize] += 1;
        }
        assert!(tenths.iter().all(|count| (800..1200).contains(count)), "{tenths:?}");
    }
}
