//! Chance that is the same every time.

/// A step of the generator `SplitMix64`: simple, seeded with any number, and free of patterns that a spectrum would show.
pub(crate) fn random(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *state;
    mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ mixed >> 31
}

/// The next number from 0 to below 1, with 53 bits: as many as a float has.
pub(crate) fn share(state: &mut u64) -> f64 {
    (random(state) >> 11) as f64 / (1_u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::random;

    #[test]
    fn the_published_numbers_come_out() {
        // The first three of seed 1234567, as the reference code by Sebastiano Vigna prints them.
        let mut state = 1_234_567;
        let numbers = [random(&mut state), random(&mut state), random(&mut state)];
        assert_eq!(numbers, [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]);
    }
}
