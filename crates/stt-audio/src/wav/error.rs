//! Why a header was not understood.

/// Why the header of a WAV was not understood.
#[non_exhaustive]
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum WavError {
    /// A number of bits that the codec does not have.
    #[error("the header says {0} bits a sample")]
    Bits(u16),
    /// No channel, or more than 64.
    #[error("the header says {0} channels")]
    Channels(u16),
    /// The format chunk is shorter than it must be.
    #[error("the format chunk has {0} bytes, 16 are the least")]
    FormatSize(usize),
    /// The bytes at hand end before the header does.
    #[error("the header goes on after byte {0}")]
    Incomplete(u64),
    /// The file ends, and no audio came.
    #[error("the file ends before any audio")]
    NoData,
    /// Audio before anything that says what it is.
    #[error("no format chunk stands before the audio")]
    NoFormat,
    /// Neither RIFF, RIFX, RF64 nor BW64 with the form type `WAVE`.
    #[error("not a WAV file")]
    NotWav,
    /// No rate, or more than 768,000.
    #[error("the header says {0} samples a second")]
    Rate(u32),
    /// More chunks before the audio than any honest file has.
    #[error("too many chunks stand before the audio")]
    TooManyChunks,
}
