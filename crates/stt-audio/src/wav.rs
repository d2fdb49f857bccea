//! The header of a WAV, as pipes, recorders and editors really write it.

mod error;
mod format;
mod riff;
mod writer;

use std::{io, time::Duration};

pub use self::{error::WavError, riff::WavForm, writer::WavWriter};
use self::{format::Format, riff::Chunks};
use crate::{codec::Codec, source::Source, units, warning::Warning};

/// What the header of a WAV says, and where its audio begins.
///
/// Reads RIFF, RIFX, RF64 and BW64, plain and extensible formats, any chunks before the audio, and the sizes that
/// programs write when they do not know better. Nothing is ever allocated by a number in the header.
///
/// ```
/// use stt_audio::{Codec, Wav, canonical_header};
///
/// let mut bytes = canonical_header(16_000, 32_000).to_vec();
/// bytes.resize(44 + 32_000, 0);
/// let wav = Wav::read(&bytes, Some(bytes.len() as u64))?;
///
/// assert_eq!((wav.codec, wav.rate, wav.channels, wav.bits), (Codec::Pcm, 16_000, 1, 16));
/// assert_eq!((wav.data_offset, wav.data_length(Some(32_044))), (44, Some(32_000)));
/// # Ok::<(), stt_audio::WavError>(())
/// ```
#[non_exhaustive]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Wav {
    /// Bits of one sample as it is stored, whole bytes of them. Says nothing where the codec is [`Codec::WavTag`].
    pub bits: u16,
    /// Channels, 1 to 64.
    pub channels: u16,
    /// The size that the header gives the audio, in bytes; 0 when it leaves it open.
    pub claimed: u64,
    /// How the samples are coded.
    pub codec: Codec,
    /// Where the audio begins, in bytes from the start of the file.
    pub data_offset: u64,
    /// Whether the format chunk is of the extensible form.
    pub extensible: bool,
    /// Which of the forms of WAV it is.
    pub form: WavForm,
    /// Samples a second of one channel, 1 to 768,000.
    pub rate: u32,
    /// Bits of one sample that carry sound, where they are fewer than the stored ones.
    pub valid_bits: Option<u16>,
    /// What is odd about the header, but no reason to refuse it.
    pub warnings: Vec<Warning>,
}

impl Wav {
    /// Reads the header from the beginning of a file whose whole length is `total`, if that is known.
    ///
    /// [`PREFIX`](crate::PREFIX) bytes are plenty: that is where nearly every header has long ended.
    ///
    /// # Errors
    ///
    /// When this is no WAV, when its numbers cannot be true, and when no audio is in sight.
    pub fn read(mut prefix: &[u8], total: Option<u64>) -> Result<Self, WavError> {
        // Reading memory does not fail.
        Self::walk(&mut prefix, total).unwrap_or(Err(WavError::NotWav))
    }

    /// The same from a source that may fail.
    pub(crate) fn walk(source: &mut impl Source, total: Option<u64>) -> io::Result<Result<Self, WavError>> {
        let mut head = [0; 12];
        let count = source.read_at(0, &mut head)?;
        if count < head.len() {
            let is_end = total.is_some_and(|total| total <= count as u64);
            return Ok(Err(if is_end { WavError::NoData } else { WavError::Incomplete(count as u64) }));
        }
        let Some(form) = WavForm::of(head) else { return Ok(Err(WavError::NotWav)) };
        let mut chunks = Chunks::new(source, form, total);
        let (mut format, mut long_size) = (None, None);
        loop {
            let chunk = match chunks.next()? {
                Ok(chunk) => chunk,
                Err(error) => return Ok(Err(error)),
            };
            match &chunk.id {
                b"data" => {
                    let claimed = long_size.filter(|_| chunk.size == u64::from(u32::MAX)).unwrap_or(chunk.size);
                    let Some(format) = format else { return Ok(Err(WavError::NoFormat)) };
                    return Ok(Self::of(format, form, claimed, chunk.start, chunks.into_warnings()));
                }
                b"ds64" if form == WavForm::Rf64 => long_size = long_data_size(chunks.body(chunk)?.as_ref()),
                b"fmt " if format.is_none() => match Format::of(chunks.body(chunk)?.as_ref(), form) {
                    Ok(read) => format = Some(read),
                    Err(error) => return Ok(Err(error)),
                },
                _ => {}
            }
            chunks.pass(chunk)?;
        }
    }

    fn of(
        format: Format,
        form: WavForm,
        claimed: u64,
        data_offset: u64,
        warnings: Vec<Warning>,
    ) -> Result<Self, WavError> {
        let Format { tag, extensible, channels, rate, block, bits, valid_bits } = format;
        if !(1..=MAX_CHANNELS).contains(&channels) {
            return Err(WavError::Channels(channels));
        }
        if !(1..=MAX_RATE).contains(&rate) {
            return Err(WavError::Rate(rate));
        }
        let codec = Codec::of_wav_tag(tag);
        let stored = bits.div_ceil(8).saturating_mul(8);
        let possible = match codec {
            Codec::ALaw | Codec::MuLaw => stored == 8,
            Codec::Float => matches!(stored, 32 | 64),
            Codec::Pcm => matches!(stored, 8 | 16 | 24 | 32),
            _ => true,
        };
        if !possible {
            return Err(WavError::Bits(bits));
        }
        let valid_bits = valid_bits.unwrap_or(bits);
        let valid_bits = (0 < valid_bits && valid_bits < stored).then_some(valid_bits);
        let mut wav =
            Self { bits: stored, channels, claimed, codec, data_offset, extensible, form, rate, valid_bits, warnings };
        if let Some(needed) = wav.frame_bytes().filter(|&needed| needed != u64::from(block)) {
            wav.warnings.push(Warning::BlockAlign { claimed: block, needed });
        }
        Ok(wav)
    }

    /// Bytes of one sample of all channels. `None` where the codec does not store samples one by one.
    #[must_use]
    pub fn frame_bytes(&self) -> Option<u64> {
        let is_coded = matches!(self.codec, Codec::WavTag(_));
        (!is_coded).then(|| u64::from(self.channels) * u64::from(self.bits / 8))
    }

    /// How long the audio really is, in bytes, in a file of `total` bytes.
    ///
    /// The header's number counts only as far as the file goes, and only in whole samples. Without a total, a number
    /// that programs write into pipes (0, all ones, about two gigabytes) tells nothing, and the length is `None`.
    #[must_use]
    pub fn data_length(&self, total: Option<u64>) -> Option<u64> {
        let length = match total {
            Some(total) => self.there(total),
            None if self.is_open(None) => return None,
            None => self.claimed,
        };
        Some(length - length % self.frame_bytes().unwrap_or(1))
    }

    /// The time that so many bytes of audio take. `None` where the codec does not store samples one by one.
    #[must_use]
    pub fn duration(&self, bytes: u64) -> Option<Duration> {
        Some(units::time_of(bytes / self.frame_bytes()?, self.rate.into()))
    }

    /// What the sizes say that the file does not hold, as warnings.
    pub(crate) fn size_warnings(&self, total: u64) -> Vec<Warning> {
        let follows = total.saturating_sub(self.data_offset);
        let there = self.there(total);
        let partial = there % self.frame_bytes().unwrap_or(1);
        let trailing = follows - there;
        let mut warnings = Vec::new();
        if self.claimed <= follows && 0 < follows && self.is_open(Some(total)) {
            warnings.push(Warning::LengthOpen { found: follows });
        }
        if follows < self.claimed {
            warnings.push(Warning::Promises { claimed: self.claimed, found: follows });
        }
        if 0 < partial {
            warnings.push(Warning::PartialSample { bytes: partial });
        }
        if TRAILING < trailing {
            warnings.push(Warning::Trailing { bytes: trailing });
        }
        warnings
    }

    /// The bytes of audio in a file of `total` bytes, the last sample whole or not.
    fn there(&self, total: u64) -> u64 {
        let follows = total.saturating_sub(self.data_offset);
        if self.is_open(Some(total)) { follows } else { follows.min(self.claimed) }
    }

    /// Whether the header leaves it to the end of the file where the audio ends: by a size that programs write when
    /// they do not know it, unless the file is as long as it says.
    pub(crate) fn is_open(&self, total: Option<u64>) -> bool {
        let agrees = |total: u64| {
            let follows = total.saturating_sub(self.data_offset);
            self.claimed <= follows && follows - self.claimed <= TRAILING
        };
        self.claimed == 0 || is_placeholder(self.claimed) && !total.is_some_and(agrees)
    }
}

/// The header that the service documents, with true sizes, for `bytes` of mono 16-bit PCM.
///
/// `rate` is in samples a second. Above 4 GB, which the sizes cannot tell, they are 0, the form in which Microsoft's
/// own samples stream.
#[must_use]
pub fn canonical_header(rate: u32, bytes: u64) -> [u8; 44] {
    let mut header = stt_model::wav_header(rate);
    if let Ok(data) = u32::try_from(bytes)
        && let Some(riff) = data.checked_add(36)
    {
        header[4..8].copy_from_slice(&riff.to_le_bytes());
        header[40..44].copy_from_slice(&data.to_le_bytes());
    }
    header
}

/// The size of the audio from the chunk `ds64`, where it follows the size of the whole.
fn long_data_size(body: &[u8]) -> Option<u64> {
    Some(u64::from_le_bytes(body.get(8..16)?.try_into().ok()?))
}

/// Whether this may stand behind the audio of a WAV: nothing, a byte that makes the audio even, and chunks such as tags.
pub(crate) fn may_follow(rest: &[u8]) -> bool {
    let chunk = |rest: &[u8]| {
        let name = &rest[..rest.len().min(4)];
        name.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b' ') && name != b"RIFF"
    };
    chunk(rest) || rest.strip_prefix(&[0]).is_some_and(chunk)
}

/// Whether it is a size that programs write when they do not know it yet: Microsoft's samples zero, sox and arecord
/// about two gigabytes, ffmpeg all ones.
fn is_placeholder(size: u64) -> bool {
    matches!(size, 0 | 0x7fff_0000..=0x8000_ffff | 0xffff_0000..=0xffff_ffff | u64::MAX)
}

/// More than any array of microphones that files are made from.
pub(crate) const MAX_CHANNELS: u16 = 64;

/// The highest rate that audio converters are built for, in samples a second.
pub(crate) const MAX_RATE: u32 = 768_000;

/// Titles and dates behind the audio are shorter than this; longer ones could be heard as noise by a service that
/// ignores the sizes. In bytes.
const TRAILING: u64 = 4096;
