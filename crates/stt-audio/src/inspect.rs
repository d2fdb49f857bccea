//! What a file is, without decoding it.

use std::{
    fmt,
    io::{self, Cursor, Read, Seek, SeekFrom},
};

use crate::{
    codec::Codec,
    container::Container,
    formats::{Facts, Shape, aac, ac3, aiff, amr, asf, au, caf, flac, matroska, mp4, mpeg},
    length::Length,
    limits::{DOCUMENTED_RATE, Limits, PREFIX, RATES},
    meter::LengthMeter,
    ogg::{End, Head, Links, Ogg},
    source::{self, File, Source},
    units::{Channels, Rate, Seconds},
    warning::Warning,
    wav::{Wav, WavError},
};

/// What a file is, from its beginning and, where it can be sought in, its end.
///
/// ```
/// use stt_audio::{Inspection, Limits, Verdict, canonical_header};
///
/// let mut clip = canonical_header(16_000, 64_000).to_vec();
/// clip.resize(44 + 64_000, 0);
/// let inspection = Inspection::of_file(&mut std::io::Cursor::new(clip))?;
///
/// assert_eq!(inspection.to_string(), "WAV, PCM, 16 kHz, mono, 16 bits, 2.0 s");
/// assert!(matches!(inspection.verdict(Limits::RECOGNITION), Verdict::Accepted(_)));
/// # Ok::<(), std::io::Error>(())
/// ```
#[non_exhaustive]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Inspection {
    /// Bits of one sample as it is stored, where samples are stored one by one.
    pub bits: Option<u16>,
    /// Channels.
    pub channels: Option<u16>,
    /// How the samples are coded.
    pub codec: Codec,
    /// What the file is.
    pub container: Container,
    /// How long the audio is.
    pub length: Length,
    /// Samples a second. Of Opus, the rate of what was encoded, which is information and no property of the stream.
    pub rate: Option<u32>,
    /// What is odd, but no reason to refuse the file.
    pub warnings: Vec<Warning>,
    pub(crate) found: Found,
}

/// What the verdict stands on, beside the public fields.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Found {
    Empty,
    Ogg(Ogg),
    Other(Shape),
    Wav { wav: Wav, total: Option<u64> },
    WavBroken(WavError),
}

impl Inspection {
    /// Looks at a file, or at anything else that can be sought in.
    ///
    /// Reads the first [`PREFIX`] bytes, the heads of chunks that lie behind them, and of Ogg the end and the heads of up
    /// to 4096 pages. The position
    /// afterwards is anywhere.
    ///
    /// # Errors
    ///
    /// Only those of `file`: what cannot be understood is a matter of the [`verdict`](Self::verdict).
    pub fn of_file(file: &mut (impl Read + Seek)) -> io::Result<Self> {
        let total = file.seek(SeekFrom::End(0))?;
        file.rewind()?;
        let mut prefix = vec![0; usize::try_from(total).map_or(PREFIX, |total| total.min(PREFIX))];
        let count = source::fill(file, &mut prefix)?;
        prefix.truncate(count);
        Self::of_seekable(&prefix, file, total)
    }

    /// Looks at a file of which all bytes are at hand, and finds what [`of_file`](Self::of_file) finds.
    ///
    /// ```
    /// use stt_audio::{Inspection, canonical_header};
    ///
    /// let mut clip = canonical_header(16_000, 64_000).to_vec();
    /// clip.resize(44 + 64_000, 0);
    ///
    /// assert_eq!(Inspection::of_bytes(&clip).to_string(), "WAV, PCM, 16 kHz, mono, 16 bits, 2.0 s");
    /// ```
    #[must_use]
    pub fn of_bytes(bytes: &[u8]) -> Self {
        let prefix = &bytes[..bytes.len().min(PREFIX)];
        // Reading memory does not fail.
        Self::of_seekable(prefix, &mut Cursor::new(bytes), bytes.len() as u64)
            .unwrap_or_else(|_| Self::of_prefix(bytes, Some(bytes.len() as u64)))
    }

    /// `prefix` is how `file` begins, `total` its length in bytes.
    fn of_seekable(prefix: &[u8], file: &mut (impl Read + Seek), total: u64) -> io::Result<Self> {
        match Container::sniff(prefix) {
            Container::Wav => {
                let wav = Wav::walk(&mut File { prefix, rest: file, total }, Some(total))?;
                Ok(Self::of_wav(wav, Some(total)))
            }
            Container::Ogg => {
                let mut tail = Vec::new();
                file.seek(SeekFrom::Start(total.saturating_sub(Ogg::TAIL)))?;
                file.take(Ogg::TAIL).read_to_end(&mut tail)?;
                let links = Links::walk(&mut File { prefix, rest: file, total }, total)?;
                Ok(Self::of_ogg(Ogg::read(prefix, Some(&tail), &links)))
            }
            _ if prefix.is_empty() => Ok(Self::of(Container::Unknown, Found::Empty)),
            container => {
                let facts = look(container, &mut File { prefix, rest: file, total }, Some(total))?;
                Ok(Self::of_facts(container, facts))
            }
        }
    }

    /// Looks at the beginning of something that cannot be sought in, such as a pipe.
    ///
    /// `total` is the length of the whole in bytes, where it is known: after a pipe has ended, for example.
    #[must_use]
    pub fn of_prefix(prefix: &[u8], total: Option<u64>) -> Self {
        match Container::sniff(prefix) {
            Container::Wav => Self::of_wav(Wav::read(prefix, total), total),
            Container::Ogg => {
                let is_whole = total.is_some_and(|total| total <= prefix.len() as u64);
                // Reading memory does not fail.
                let links = Links::walk(&mut { prefix }, prefix.len() as u64).unwrap_or_default();
                Self::of_ogg(Ogg::read(prefix, is_whole.then_some(prefix), &links))
            }
            _ if prefix.is_empty() => Self::of(Container::Unknown, Found::Empty),
            // Reading memory does not fail.
            container => Self::of_facts(container, look(container, &mut { prefix }, total).unwrap_or_default()),
        }
    }

    /// The header, where the file is a WAV that could be read.
    #[must_use]
    pub const fn wav(&self) -> Option<&Wav> {
        match &self.found {
            Found::Wav { wav, .. } => Some(wav),
            _ => None,
        }
    }

    /// A meter that says where in the bytes of this input, from its first one on, the limit is reached.
    ///
    /// `None` for anything but a WAV whose samples are stored one by one: what is compressed cannot be measured
    /// without decoding.
    #[must_use]
    pub fn meter(&self, limits: Limits) -> Option<LengthMeter> {
        LengthMeter::of_wav(self.wav()?, limits)
    }

    fn of_wav(wav: Result<Wav, WavError>, total: Option<u64>) -> Self {
        let wav = match wav {
            Ok(wav) => wav,
            Err(error) => return Self::of(Container::Wav, Found::WavBroken(error)),
        };
        let length = match wav.data_length(total).and_then(|bytes| wav.duration(bytes)) {
            Some(length) if total.is_some() => Length::Exact(length),
            Some(length) => Length::Estimated(length),
            None => Length::Unknown,
        };
        let mut warnings = wav.warnings.clone();
        warnings.extend(total.into_iter().flat_map(|total| wav.size_warnings(total)));
        let is_taken = wav.codec == Codec::Pcm && wav.bits == 16 && wav.channels == 1 && RATES.contains(&wav.rate);
        if is_taken && wav.rate != DOCUMENTED_RATE {
            warnings.push(Warning::UndocumentedRate { rate: wav.rate });
        }
        Self {
            bits: wav.frame_bytes().map(|_| wav.bits),
            channels: Some(wav.channels),
            codec: wav.codec,
            length,
            rate: Some(wav.rate),
            warnings,
            ..Self::of(Container::Wav, Found::Wav { wav, total })
        }
    }

    fn of_ogg(ogg: Ogg) -> Self {
        let (length, cut) = match ogg.end {
            End::Seen { length, cut } => (length, cut),
            End::NoAudio | End::NotSeen => (Length::Unknown, false),
        };
        let damaged = (0 < ogg.damaged).then_some(Warning::Checksum { pages: ogg.damaged });
        let Head { codec, channels, rate, .. } = ogg.head;
        Self {
            channels,
            codec,
            length,
            rate,
            warnings: cut.then_some(Warning::CutShort).into_iter().chain(damaged).collect(),
            ..Self::of(Container::Ogg, Found::Ogg(ogg))
        }
    }

    fn of_facts(container: Container, facts: Facts) -> Self {
        let Facts { bits, channels, codec, length, rate, shape, warnings } = facts;
        let codec = match (codec, channels) {
            (Codec::Aac, Some(3..)) => Codec::AacSurround,
            _ => codec,
        };
        Self { bits, channels, codec, length, rate, warnings, ..Self::of(container, Found::Other(shape)) }
    }

    fn of(container: Container, found: Found) -> Self {
        Self {
            bits: None,
            channels: None,
            codec: Codec::Unknown,
            container,
            length: Length::Unknown,
            rate: None,
            warnings: Vec::new(),
            found,
        }
    }
}

/// In one line what is known: `WAV, PCM, 44.1 kHz, stereo, 16 bits, 3.5 s`.
impl fmt::Display for Inspection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.found == Found::Empty {
            return f.write_str("empty");
        }
        let codec = self.codec.to_string();
        match (self.container, self.codec) {
            // Files of all layers of MPEG audio are alike but for what they are called.
            (Container::Mp3, Codec::Mp1 | Codec::Mp2) => f.write_str(&codec)?,
            (container, Codec::Unknown) => write!(f, "{container}")?,
            (container, _) if codec == container.to_string() => write!(f, "{container}")?,
            (container, _) => write!(f, "{container}, {codec}")?,
        }
        if let Some(rate) = self.rate {
            write!(f, ", {}", Rate(rate))?;
        }
        if let Some(channels) = self.channels {
            write!(f, ", {}", Channels(channels))?;
        }
        if let Some(bits) = self.bits {
            write!(f, ", {bits} bits")?;
        }
        match self.length {
            Length::Estimated(length) => write!(f, ", about {}", Seconds(length)),
            Length::Exact(length) => write!(f, ", {}", Seconds(length)),
            Length::Unknown => Ok(()),
        }
    }
}

/// What the headers of any kind but WAV and Ogg say. Reads a bounded number of bytes.
fn look(container: Container, source: &mut impl Source, total: Option<u64>) -> io::Result<Facts> {
    match container {
        Container::Ac3 => ac3::look(source, total),
        Container::Adts => aac::look(source, total),
        Container::Aiff => aiff::look(source, total),
        Container::Amr => amr::look(source, total),
        Container::Asf => asf::look(source),
        Container::Au => au::look(source, total),
        Container::Caf => caf::look(source, total),
        Container::Flac => flac::look(source, total),
        Container::Matroska | Container::WebM => matroska::look(source),
        Container::Mp3 => mpeg::look(source, total),
        Container::Mp4 => mp4::look(source, total),
        _ => Ok(Facts::default()),
    }
}
