//! What audio is split into.

use crate::wav::canonical_header;

/// One stretch of the input, to be sent as one request.
#[non_exhaustive]
#[must_use]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Piece {
    /// Where it begins, in samples from the beginning of the input.
    pub start: u64,
    /// Why it ends where it does.
    pub cut: Cut,
    /// The samples themselves, as they came.
    pub samples: Vec<i16>,
}

/// Why a piece ends where it does.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Cut {
    /// The input is over.
    End,
    /// The piece is full and has no silence to cut in: this is its quietest place, and may lie in a word.
    Forced,
    /// There is silence.
    Silence,
}

/// What is left when the input is over.
#[non_exhaustive]
#[must_use]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Ending {
    /// The last piece, unless all that was left is silence.
    pub last: Option<Piece>,
    /// Pieces in all, the last one included. None means that there is nothing in the input but silence.
    pub pieces: u64,
    /// Samples of silence that are in no piece.
    pub skipped: u64,
    /// Samples of the input.
    pub total: u64,
}

impl Piece {
    /// The rate of all samples here, in Hz.
    pub const RATE: u32 = 16_000;

    /// The service's unit of time, 100 ns, in one sample: 10,000,000 / 16,000.
    pub const TICKS_PER_SAMPLE: u64 = 625;

    /// Where it ends, in samples from the beginning of the input: the first sample behind it.
    #[must_use]
    pub fn end(&self) -> u64 {
        self.start + self.samples.len() as u64
    }

    /// Where it begins in the input, in ticks of 100 ns.
    ///
    /// Add it to the offsets in the service's reply, which count from the beginning of the piece.
    #[must_use]
    pub fn start_ticks(&self) -> u64 {
        self.start * Self::TICKS_PER_SAMPLE
    }

    /// Where it ends in the input, in ticks of 100 ns.
    #[must_use]
    pub fn end_ticks(&self) -> u64 {
        self.end() * Self::TICKS_PER_SAMPLE
    }

    /// A WAV file of it: the plain header of 44 bytes with true sizes, then the samples.
    #[must_use]
    pub fn wav(&self) -> Vec<u8> {
        let bytes = 2 * self.samples.len();
        let mut wav = Vec::with_capacity(44 + bytes);
        wav.extend(canonical_header(Self::RATE, bytes as u64));
        wav.extend(self.samples.iter().flat_map(|sample| sample.to_le_bytes()));
        wav
    }
}
