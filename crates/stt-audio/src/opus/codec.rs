//! One stream of Opus packets, decoded; the only place that knows the codec's crate when reading.

use std::panic::{AssertUnwindSafe, catch_unwind};

use opus_pure::{ChannelLayout, MAX_PACKET_SAMPLES, OpusDecoder, OpusMSDecoder, packet};

/// The head of a stream (RFC 7845, section 5.1).
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Head {
    pub(crate) channels: u8,
    /// In 1/256 dB.
    gain: i16,
    /// The mapping family, and in families but 0 the streams, the coupled ones and the place of each channel.
    mapping: Vec<u8>,
    /// Samples to drop at the beginning.
    pub(crate) pre_skip: u16,
}

impl Head {
    pub(crate) fn read(packet: &[u8]) -> Option<Self> {
        let rest = packet.strip_prefix(b"OpusHead")?;
        let fixed = rest.get(..11)?;
        // The upper half of the version counts changes that old readers cannot read.
        let is_known = fixed[0] >> 4 == 0 && 0 < fixed[1];
        is_known.then(|| Self {
            channels: fixed[1],
            gain: i16::from_le_bytes([fixed[8], fixed[9]]),
            mapping: rest[10..].to_vec(),
            pre_skip: u16::from_le_bytes([fixed[2], fixed[3]]),
        })
    }

    /// The same head with its numbers the other way round, as MP4 has it.
    #[cfg(feature = "decode")]
    pub(crate) fn swapped(self) -> Self {
        Self { gain: self.gain.swap_bytes(), pre_skip: self.pre_skip.swap_bytes(), ..self }
    }

    /// The decoder, where there is one for this number and order of channels.
    pub(crate) fn decoder(&self) -> Option<PacketDecoder> {
        let gain = i32::from(self.gain);
        let channels = usize::from(self.channels);
        let decoder = match self.mapping.as_slice() {
            [0, ..] => {
                let mut decoder = OpusDecoder::new(RATE as i32, channels).ok()?;
                decoder.gain_q8 = gain;
                Decoder::Plain(Box::new(decoder))
            }
            [1, streams, coupled, places @ ..] => {
                let layout = ChannelLayout::surround(channels, 1).ok()?;
                let is_usual = layout.nb_streams == usize::from(*streams)
                    && layout.nb_coupled_streams == usize::from(*coupled)
                    && places.get(..channels) == Some(layout.mapping.as_slice());
                let mut decoder = is_usual.then(|| OpusMSDecoder::new(RATE as i32, channels, 1).ok())??;
                decoder.streams_mut().iter_mut().for_each(|stream| stream.gain_q8 = gain);
                Decoder::Surround(Box::new(decoder))
            }
            _ => return None,
        };
        Some(PacketDecoder { channels, decoder, scratch: vec![0.0; MAX_PACKET_SAMPLES * channels] })
    }
}

/// Decodes the packets of one stream in their order, to [`RATE`], which all its numbers count in.
pub(crate) struct PacketDecoder {
    channels: usize,
    decoder: Decoder,
    scratch: Vec<f32>,
}

enum Decoder {
    Plain(Box<OpusDecoder>),
    Surround(Box<OpusMSDecoder>),
}

impl PacketDecoder {
    /// Appends the samples of a packet, interleaved; whether it could be decoded.
    pub(crate) fn decode(&mut self, packet: &[u8], into: &mut Vec<f32>) -> bool {
        // Nothing at all would be taken for a packet that was lost.
        if packet.is_empty() {
            return false;
        }
        let scratch = &mut self.scratch;
        let outcome = catch_unwind(AssertUnwindSafe(|| match &mut self.decoder {
            Decoder::Plain(decoder) => decoder.decode(packet, MAX_PACKET_SAMPLES, scratch),
            Decoder::Surround(decoder) => decoder.decode(packet, MAX_PACKET_SAMPLES, scratch),
        }));
        let Ok(Ok(frames)) = outcome else { return false };
        into.extend_from_slice(&scratch[..(frames * self.channels).min(scratch.len())]);
        true
    }
}

/// Samples in a packet, by its own first bytes.
pub(super) fn length(packet: &[u8]) -> u64 {
    packet::samples_48k(packet).map_or(0, |samples| samples as u64)
}

/// What Opus is decoded to, in samples a second: the clock of its containers (RFC 7845, section 4). opus-pure decodes to
/// lower rates too, but folds into them what lies above their half: 12 kHz come out of 16 kHz as 4 kHz, as loud.
pub(crate) const RATE: u32 = 48_000;
