//! One piece of long audio, ready to be sent.

use std::time::Duration;

use bytes::Bytes;
use stt_audio::{Cut, DecodeError, WavWriter};
use stt_hyper::Audio;
use stt_model::{AudioFormat, Ticks};
use thiserror::Error;

use crate::{
    plan::Upload,
    time::{RATE, ticks},
};

/// One piece of long audio, ready to be sent.
#[non_exhaustive]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct LongPiece {
    /// Its file: a WAV or an Ogg Opus file of its own.
    pub audio: Bytes,
    /// Why it ends where it does.
    pub cut: Cut,
    /// Where in the whole it ends.
    pub end: Ticks,
    /// What its file is.
    pub format: AudioFormat,
    /// Where in the whole it begins.
    pub start: Ticks,
}

/// Why there is no piece, and none will follow.
#[non_exhaustive]
#[derive(Debug, Error)]
pub enum PieceError {
    /// The audio cannot be read or decoded, or not further.
    #[error(transparent)]
    Audio(#[from] DecodeError),
    /// A piece could not be made Ogg Opus.
    #[cfg(feature = "opus")]
    #[error(transparent)]
    Encode(#[from] stt_audio::EncodeError),
    /// It is longer than one request may be, and was not to be cut. Nothing was given of it.
    #[error("longer than {} s, the limit of one request", .0.as_secs())]
    TooLong(Duration),
}

impl LongPiece {
    /// Of samples at 16 kHz that begin so many samples after the beginning of the whole.
    pub(crate) fn new(start: u64, samples: &[i16], cut: Cut, upload: Upload) -> Result<Self, PieceError> {
        let (format, audio) = match upload {
            #[cfg(feature = "opus")]
            Upload::Opus => (AudioFormat::OggOpus, ogg_opus(samples)?),
            Upload::Wav => (AudioFormat::WavPcm16k, wav(samples)?),
        };
        let end = start + samples.len() as u64;
        Ok(Self { audio: audio.into(), cut, end: ticks(end), format, start: ticks(start) })
    }

    /// What a client sends; the bytes are shared, not copied.
    pub fn audio(&self) -> Audio {
        Audio::bytes(self.format, self.audio.clone())
    }
}

fn wav(samples: &[i16]) -> Result<Vec<u8>, DecodeError> {
    let file = Vec::with_capacity(44 + 2 * samples.len());
    let write = || {
        let mut writer = WavWriter::new(file, RATE, Some(samples.len() as u64))?;
        writer.write(samples)?;
        writer.finish_pipe()
    };
    write().map_err(DecodeError::Io)
}

#[cfg(feature = "opus")]
fn ogg_opus(samples: &[i16]) -> Result<Vec<u8>, stt_audio::EncodeError> {
    let mut writer = stt_audio::OggOpusWriter::new(Vec::new(), stt_audio::OggOpusWriter::<Vec<u8>>::BITRATE)?;
    writer.write(samples)?;
    writer.finish()
}
