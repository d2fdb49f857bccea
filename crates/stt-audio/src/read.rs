//! The samples of a WAV, from a file or from a pipe.

mod forward;

use std::{
    io::{self, Chain, Cursor, Read},
    mem,
};

use self::forward::Forward;
use crate::{
    codec::Codec,
    container::Container,
    pcm::{Block, DecodeError, Loss, PcmSource},
    raw::{ByteOrder, Encoding, Frames, RawFormat},
    source,
    wav::{Wav, WavError, WavForm, may_follow},
};

/// The samples of a WAV, block by block, from anything that can be read.
///
/// Takes every form that [`Wav`] reads, with integers of 8 to 32 bits, floating point, A-law and mu-law. Sizes that
/// programs write into pipes mean: to the end. What follows the audio is never taken for audio.
///
/// ```
/// use stt_audio::{PcmSource, WavReader, canonical_header};
///
/// let mut bytes = canonical_header(16_000, 4).to_vec();
/// bytes.extend([0x00, 0x40, 0x00, 0xc0]);
/// let mut wav = WavReader::new(&bytes[..], None)?;
///
/// let block = wav.next_block()?.expect("two samples are there");
/// assert_eq!((block.rate, block.channels, block.samples), (16_000, 1, &[0.5, -0.5][..]));
/// # Ok::<(), stt_audio::DecodeError>(())
/// ```
#[derive(Debug)]
pub struct WavReader<R> {
    wav: Wav,
    frames: Frames<Chain<Cursor<Vec<u8>>, R>>,
    stage: Stage,
}

#[derive(Debug)]
enum Stage {
    /// No sample was there yet.
    Begun,
    /// Some were.
    Heard,
    /// The end was reported.
    Over,
}

impl<R: Read> WavReader<R> {
    /// Reads the header of `input`, which stands at its first byte; `total` is its whole length in bytes, where it is
    /// known, as it is of a file.
    ///
    /// # Errors
    ///
    /// When this is no WAV, or no header that can be understood, or the samples are coded in a way that is not read
    /// here, and those of `input`.
    pub fn new(input: R, total: Option<u64>) -> Result<Self, DecodeError> {
        let mut forward = Forward::new(input);
        let mut wav = Wav::walk(&mut forward, total).map_err(DecodeError::Io)?;
        // The end came into sight: with it, the lies of the header can be told from what is missing.
        if let (Err(_), None, Some(total)) = (&wav, total, forward.total()) {
            wav = Wav::walk(&mut forward, Some(total)).map_err(DecodeError::Io)?;
        }
        let wav = match wav {
            Ok(wav) => wav,
            Err(WavError::Incomplete(_)) if forward.has_ended() => return Err(DecodeError::NoAudio),
            Err(error) => return Err(refusal(error, forward.beginning(ENOUGH_FOR_A_NAME).map_err(DecodeError::Io)?)),
        };
        let format = format(&wav).ok_or(DecodeError::Codec { codec: wav.codec, container: Container::Wav })?;
        let claimed = (!wav.is_open(total.or_else(|| forward.total()))).then_some(wav.claimed);
        let frames = Frames::new(forward.from(wav.data_offset).map_err(DecodeError::Io)?, format, claimed);
        Ok(Self { wav, frames, stage: Stage::Begun })
    }

    /// What the header says.
    #[must_use]
    pub const fn wav(&self) -> &Wav {
        &self.wav
    }

    /// Notes what stands behind the audio, if it is nothing that belongs there.
    fn look_behind(&mut self) -> io::Result<()> {
        let Some(rest) = self.frames.rest() else { return Ok(()) };
        let mut bytes = [0; 5];
        let count = source::fill(rest, &mut bytes)?;
        if !may_follow(&bytes[..count]) {
            self.frames.lose(Loss::Behind);
        }
        Ok(())
    }
}

impl<R: Read + Send> PcmSource for WavReader<R> {
    fn next_block(&mut self) -> Result<Option<Block<'_>>, DecodeError> {
        if self.frames.advance().map_err(DecodeError::Io)? {
            self.stage = Stage::Heard;
            return Ok(Some(self.frames.block()));
        }
        match mem::replace(&mut self.stage, Stage::Over) {
            Stage::Begun => return Err(DecodeError::NoAudio),
            Stage::Heard => self.look_behind().map_err(DecodeError::Io)?,
            Stage::Over => {}
        }
        Ok(None)
    }

    fn losses(&self) -> &[Loss] {
        self.frames.losses()
    }
}

/// How the samples are stored, where they are stored one by one.
fn format(wav: &Wav) -> Option<RawFormat> {
    let encoding = match (wav.codec, wav.bits) {
        (Codec::ALaw, _) => Encoding::ALaw,
        (Codec::Float, 32) => Encoding::F32,
        (Codec::Float, 64) => Encoding::F64,
        (Codec::MuLaw, _) => Encoding::MuLaw,
        (Codec::Pcm, 8) => Encoding::U8,
        (Codec::Pcm, 16) => Encoding::S16,
        (Codec::Pcm, 24) => Encoding::S24,
        (Codec::Pcm, 32) => Encoding::S32,
        _ => return None,
    };
    let order = if wav.form == WavForm::Rifx { ByteOrder::Big } else { ByteOrder::Little };
    RawFormat::new(wav.rate, encoding, wav.channels).ok().map(|format| format.byte_order(order))
}

/// Why there is nothing to read, by what the input is instead.
fn refusal(error: WavError, beginning: &[u8]) -> DecodeError {
    let container = Container::sniff(beginning);
    match error {
        WavError::NoData if HEAD <= beginning.len() => DecodeError::NoAudio,
        WavError::NotWav if !container.is_audio() => DecodeError::NotAudio(container),
        error => DecodeError::Header(error),
    }
}

/// Text needs some more than the first bytes to be told from other data.
const ENOUGH_FOR_A_NAME: usize = 512;

/// The bytes that make a file a WAV.
const HEAD: usize = 12;
