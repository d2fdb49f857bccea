//! What headerless PCM is, as its user says it.

use std::{fmt, str::FromStr};

use crate::{
    raw::{ByteOrder, Encoding},
    wav::{MAX_CHANNELS, MAX_RATE},
};

/// What headerless PCM is: its rate, the form of its samples, and its channels.
///
/// Written `RATE:BITS:CHANNELS`, such as `8000:16:1`. In the place of the bits there may be a name: `u8`, `s8`, `s16`,
/// `s24`, `s32`, `f32`, `f64`, `alaw` or `mulaw`. Bits alone are what WAV makes of them: 8 are unsigned, more are
/// signed. A `be` behind a name says that the high byte comes first, `le`, which is also meant without it, that the low
/// byte does.
///
/// ```
/// use stt_audio::{Encoding, RawFormat};
///
/// let format: RawFormat = "8000:mulaw:2".parse()?;
/// assert_eq!((format.rate(), format.encoding(), format.channels()), (8_000, Encoding::MuLaw, 2));
/// assert_eq!("16000:16:1".parse::<RawFormat>()?.to_string(), "16000:s16:1");
/// # Ok::<(), stt_audio::RawFormatError>(())
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct RawFormat {
    rate: u32,
    encoding: Encoding,
    order: ByteOrder,
    channels: u16,
}

/// Why a text or numbers are no [`RawFormat`].
#[non_exhaustive]
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum RawFormatError {
    /// No channel, more than 64, or no number.
    #[error("\"{0}\" is no number of channels: 1 to {MAX_CHANNELS}")]
    Channels(String),
    /// None of the forms of samples that are known.
    #[error("\"{0}\" is no form of samples: 8, 16, 24, 32, u8, s8, s16, s24, s32, f32, f64, alaw or mulaw")]
    Encoding(String),
    /// Not three parts.
    #[error("\"{0}\" is not RATE:BITS:CHANNELS, such as 16000:16:1")]
    Parts(String),
    /// No rate, more than 768,000, or no number.
    #[error("\"{0}\" is no rate in samples a second: 1 to {MAX_RATE}")]
    Rate(String),
}

impl RawFormat {
    /// So many samples of one channel a second, and so many channels; the low byte comes first.
    ///
    /// # Errors
    ///
    /// When the rate is not from 1 to 768,000 or the channels are not from 1 to 64.
    pub fn new(rate: u32, encoding: Encoding, channels: u16) -> Result<Self, RawFormatError> {
        if !(1..=MAX_RATE).contains(&rate) {
            return Err(RawFormatError::Rate(rate.to_string()));
        }
        if !(1..=MAX_CHANNELS).contains(&channels) {
            return Err(RawFormatError::Channels(channels.to_string()));
        }
        Ok(Self { rate, encoding, order: ByteOrder::Little, channels })
    }

    /// Which byte of a sample comes first.
    #[must_use]
    pub const fn byte_order(self, order: ByteOrder) -> Self {
        Self { order, ..self }
    }

    /// Samples a second of one channel, 1 to 768,000.
    #[must_use]
    pub const fn rate(self) -> u32 {
        self.rate
    }

    /// How one sample is stored.
    #[must_use]
    pub const fn encoding(self) -> Encoding {
        self.encoding
    }

    /// Channels, 1 to 64.
    #[must_use]
    pub const fn channels(self) -> u16 {
        self.channels
    }

    /// Which byte of a sample comes first.
    #[must_use]
    pub const fn order(self) -> ByteOrder {
        self.order
    }

    /// Bytes of one sample of all channels.
    #[must_use]
    pub const fn frame_bytes(self) -> usize {
        self.encoding.bytes() * self.channels as usize
    }
}

impl FromStr for RawFormat {
    type Err = RawFormatError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parts: Vec<_> = text.split(':').map(str::trim).collect();
        let &[rate, encoding, channels] = &parts[..] else { return Err(RawFormatError::Parts(text.to_owned())) };
        let (encoding, order) = encoding_of(encoding).ok_or_else(|| RawFormatError::Encoding(encoding.to_owned()))?;
        let rate = rate.parse().map_err(|_| RawFormatError::Rate(rate.to_owned()))?;
        let channels = channels.parse().map_err(|_| RawFormatError::Channels(channels.to_owned()))?;
        Ok(Self::new(rate, encoding, channels)?.byte_order(order))
    }
}

impl fmt::Display for RawFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rate, encoding, order, channels } = self;
        let order = if *order == ByteOrder::Big { "be" } else { "" };
        write!(f, "{rate}:{encoding}{order}:{channels}")
    }
}

fn encoding_of(name: &str) -> Option<(Encoding, ByteOrder)> {
    let name = name.to_ascii_lowercase();
    let (plain, order) = match (name.strip_suffix("be"), name.strip_suffix("le")) {
        (Some(plain), _) => (plain, Some(ByteOrder::Big)),
        (_, Some(plain)) => (plain, Some(ByteOrder::Little)),
        _ => (&name[..], None),
    };
    let encoding = match plain {
        "alaw" => Encoding::ALaw,
        "f32" => Encoding::F32,
        "f64" => Encoding::F64,
        "mulaw" | "ulaw" => Encoding::MuLaw,
        "16" | "s16" => Encoding::S16,
        "24" | "s24" => Encoding::S24,
        "32" | "s32" => Encoding::S32,
        "s8" => Encoding::S8,
        "8" | "u8" => Encoding::U8,
        _ => return None,
    };
    // One byte has no order.
    (order.is_none() || 1 < encoding.bytes()).then_some((encoding, order.unwrap_or(ByteOrder::Little)))
}
