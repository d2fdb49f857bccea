//! Writes Ogg Opus that a decoder gives back with not a sample more or less.

use std::io::{self, Write};

use opus_pure::{Application, MAX_PACKET_BYTES, OpusEncoder, OpusHead, OpusTags, Signal};
use thiserror::Error;

/// Encodes samples of 16 kHz, one channel, as Ogg Opus.
///
/// As the service wants it: one channel, and a header that says 16 kHz. Memory is a page, however long the audio is,
/// and the same samples give the same bytes. Without [`finish`](Self::finish) the file has no end.
///
/// ```
/// use stt_audio::OggOpusWriter;
///
/// let mut writer = OggOpusWriter::new(Vec::new(), OggOpusWriter::<Vec<u8>>::BITRATE)?;
/// writer.write(&[0; 16_000])?;
/// let file = writer.finish()?;
///
/// assert!(file.starts_with(b"OggS"));
/// # Ok::<(), stt_audio::EncodeError>(())
/// ```
pub struct OggOpusWriter<W: Write> {
    encoder: OpusEncoder,
    /// Samples that make no whole packet yet.
    frame: Vec<i16>,
    pages: opus_pure::OggOpusWriter<W>,
    pre_skip: u64,
    /// The last packet is held back, because its length is not known before the end.
    packet: Vec<u8>,
    written: u64,
}

/// Why samples could not be encoded.
#[non_exhaustive]
#[derive(Debug, Error)]
pub enum EncodeError {
    /// The bit rate is none that Opus can have for one channel.
    #[error("{0} bit/s is not a bit rate for Opus; it can be 6,000 to 510,000")]
    Bitrate(u32),
    /// The encoder refused samples; a fault of this program, not of the samples.
    #[error("cannot be encoded as Opus: {0}")]
    Encoder(&'static str),
    /// Writing failed.
    #[error("cannot be written")]
    Io(#[source] io::Error),
}

impl<W: Write> OggOpusWriter<W> {
    /// Enough for speech of 16 kHz: above 20 kbit/s the encoder keeps all of it, and a tenth of a WAV is left.
    pub const BITRATE: u32 = 24_000;

    /// Begins a file, with about so many bits a second, 6,000 to 510,000 (RFC 6716, section 2.1.1).
    ///
    /// # Errors
    ///
    /// Those of `output`, and a bit rate that cannot be.
    pub fn new(output: W, bitrate: u32) -> Result<Self, EncodeError> {
        let bits = i32::try_from(bitrate).ok().filter(|bits| (6_000..=510_000).contains(bits));
        let mut encoder = OpusEncoder::new(RATE as i32, 1, Application::Voip)?;
        encoder.bitrate_bps = bits.ok_or(EncodeError::Bitrate(bitrate))?;
        encoder.signal_type = Some(Signal::Voice);
        let head = OpusHead::for_encoder(&encoder, RATE);
        let pre_skip = u64::from(head.pre_skip);
        let tags = OpusTags { vendor: VENDOR.to_owned(), comments: Vec::new() };
        Ok(Self {
            encoder,
            frame: Vec::with_capacity(FRAME),
            pages: opus_pure::OggOpusWriter::with_serial(output, head, tags, SERIAL)?,
            pre_skip,
            packet: Vec::new(),
            written: 0,
        })
    }

    /// Adds samples, as many as there are.
    ///
    /// # Errors
    ///
    /// Those of the output. The file is of no use afterwards.
    pub fn write(&mut self, mut samples: &[i16]) -> Result<(), EncodeError> {
        self.written += samples.len() as u64;
        while FRAME <= self.frame.len() + samples.len() {
            let (now, later) = samples.split_at(FRAME - self.frame.len());
            self.frame.extend_from_slice(now);
            samples = later;
            self.encode()?;
        }
        self.frame.extend_from_slice(samples);
        Ok(())
    }

    /// Writes what is still in the encoder and the end of the file, and gives the output back.
    ///
    /// # Errors
    ///
    /// Those of the output.
    pub fn finish(mut self) -> Result<W, EncodeError> {
        // The encoder comes late by the pre-skip, so silence has to push the last samples out.
        let end = self.pre_skip + self.written * TICKS;
        while self.encoded() < end {
            self.frame.resize(FRAME, 0);
            self.encode()?;
        }
        // The last position says where the audio ends, within the last packet (RFC 7845, section 4.4).
        let before = self.pages.granule().unsigned_abs();
        let last = u32::try_from(end - before).map_err(|_| EncodeError::Encoder("the last packet is too long"))?;
        self.pages.write_packet_with_duration(&self.packet, last)?;
        Ok(self.pages.finish()?)
    }

    /// Encodes a whole frame, and writes the packet of the one before.
    fn encode(&mut self) -> Result<(), EncodeError> {
        if !self.packet.is_empty() {
            self.pages.write_packet(&self.packet)?;
        }
        self.packet.resize(MAX_PACKET_BYTES, 0);
        let length = self.encoder.encode_s16(&self.frame, FRAME, &mut self.packet)?;
        self.packet.truncate(length);
        self.frame.clear();
        Ok(())
    }

    /// Samples of 48 kHz that are in packets, with the one that is held back.
    fn encoded(&self) -> u64 {
        let held = if self.packet.is_empty() { 0 } else { FRAME as u64 * TICKS };
        self.pages.granule().unsigned_abs() + held
    }
}

impl From<opus_pure::Error> for EncodeError {
    fn from(error: opus_pure::Error) -> Self {
        match error {
            opus_pure::Error::Io(error) => Self::Io(error),
            opus_pure::Error::InvalidArgument(why) => Self::Encoder(why),
            _ => Self::Encoder("it failed"),
        }
    }
}

/// What the service wants, in samples a second.
const RATE: u32 = 16_000;

/// Samples of 48 kHz, which Ogg counts in, in one of [`RATE`].
const TICKS: u64 = 48_000 / RATE as u64;

/// 20 ms, which Opus is best at, in samples.
const FRAME: usize = RATE as usize / 50;

/// The number of the stream. One file has one stream, so it only has to be the same every time.
const SERIAL: u32 = 1;

/// Who wrote the file, for its comments (RFC 7845, section 5.2).
const VENDOR: &str = concat!("stt-audio ", env!("CARGO_PKG_VERSION"));
