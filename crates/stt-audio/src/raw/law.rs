//! The samples that the bytes of A-law and mu-law stand for (ITU-T G.711), at 16 bits.

/// A-law: every second bit is inverted; a set sign is positive.
pub(crate) const A_LAW: [i16; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = a_law(byte as u8);
        byte += 1;
    }
    table
};

/// Mu-law: all bits are inverted; a set sign is negative.
pub(crate) const MU_LAW: [i16; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = mu_law(byte as u8);
        byte += 1;
    }
    table
};

/// Steps within a segment are 16 in the first two segments and double with each one after.
const fn a_law(byte: u8) -> i16 {
    let bits = byte ^ 0x55;
    let step = (bits & 0x0f) as i16 * 16 + 8;
    let size = match (bits & 0x70) >> 4 {
        0 => step,
        segment => (step + 256) << (segment - 1),
    };
    if bits & 0x80 == 0 { -size } else { size }
}

/// Steps within a segment are 8 in the first one and double with each one after; a bias makes the segments meet.
const fn mu_law(byte: u8) -> i16 {
    const BIAS: i16 = 132;
    let bits = !byte;
    let step = (bits & 0x0f) as i16 * 8 + BIAS;
    let size = (step << ((bits & 0x70) >> 4)) - BIAS;
    if bits & 0x80 == 0 { size } else { -size }
}
