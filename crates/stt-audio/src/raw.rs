//! Headerless PCM, read as what its user says it is.

mod encoding;
mod format;
mod frames;
mod law;

use std::io::Read;

pub(crate) use self::frames::Frames;
pub use self::{
    encoding::{ByteOrder, Encoding},
    format::{RawFormat, RawFormatError},
};
use crate::pcm::{Block, DecodeError, Loss, PcmSource};

/// Samples without a header, block by block.
///
/// Use it for what telephone systems, sound cards and `ffmpeg -f s16le` give: bytes that cannot say what they are. A
/// block is given as soon as there is one whole sample of every channel, so a pipe is heard while it goes on.
///
/// ```
/// use stt_audio::{PcmSource, RawPcm};
///
/// let bytes = [0x00, 0x40, 0x00, 0xc0];
/// let mut pcm = RawPcm::new(&bytes[..], "8000:16:1".parse()?);
///
/// let block = pcm.next_block()?.expect("two samples are there");
/// assert_eq!((block.rate, block.channels, block.samples), (8_000, 1, &[0.5, -0.5][..]));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct RawPcm<R>(Frames<R>);

impl<R: Read> RawPcm<R> {
    /// Reads everything that `input` gives, to its end, as samples of `format`.
    pub fn new(input: R, format: RawFormat) -> Self {
        Self(Frames::new(input, format, None))
    }
}

impl<R: Read + Send> PcmSource for RawPcm<R> {
    fn next_block(&mut self) -> Result<Option<Block<'_>>, DecodeError> {
        let more = self.0.advance().map_err(DecodeError::Io)?;
        Ok(more.then(|| self.0.block()))
    }

    fn losses(&self) -> &[Loss] {
        self.0.losses()
    }
}
