//! The two formats of audio that the service documents.

use crate::words::closed_words;

closed_words! {
    /// The format of the audio in the request; its word is the `Content-Type`.
    ///
    /// A WAV file of another rate goes under the same content type: the service takes the rate from
    /// the file's own header (observed).
    "content type" AudioFormat {
        /// WAV with PCM, documented as 16 kHz, 16 bit, mono.
        #[default]
        WavPcm16k = "audio/wav; codecs=audio/pcm; samplerate=16000",
        /// Ogg with Opus, documented as 16 kHz, mono.
        OggOpus = "audio/ogg; codecs=opus",
    }
}

impl AudioFormat {
    /// The value of the header `Content-Type`, as Microsoft's REST page for short audio spells it.
    #[must_use]
    pub const fn content_type(self) -> &'static str {
        self.as_str()
    }

    /// The format that the first bytes of a file belong to, as far as they reach.
    ///
    /// Four bytes say WAV or Ogg, 12 that a RIFF file is no other than WAV, 36 that an Ogg stream
    /// is Opus. Whether the service would take the file is another question: this looks at the
    /// wrapping only.
    #[must_use]
    pub fn sniff(head: &[u8]) -> Option<Self> {
        // RFC 7845: the first Ogg page of an Opus stream is 28 bytes of page header, then
        // `OpusHead`.
        let fits = |at: usize, mark: &[u8]| head.get(at..at + mark.len()).is_none_or(|bytes| bytes == mark);
        if head.starts_with(b"RIFF") && fits(8, b"WAVE") {
            Some(Self::WavPcm16k)
        } else if head.starts_with(b"OggS") && fits(28, b"OpusHead") {
            Some(Self::OggOpus)
        } else {
            None
        }
    }
}

/// The WAV header to put before 16-bit mono PCM of `rate` samples per second whose length is not
/// known.
///
/// Both sizes are 0, as Microsoft's Speech SDK for JavaScript streams it (`AudioStreamFormat.ts`):
/// the service does not need them, but it does need the header to learn the rate.
#[must_use]
pub fn wav_header(rate: u32) -> [u8; 44] {
    const BYTES_PER_SAMPLE: u8 = 2;
    let mut header = *b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\0\0\0\0\0\0\0\0\0\0\0\0data\0\0\0\0";
    header[24..28].copy_from_slice(&rate.to_le_bytes());
    header[28..32].copy_from_slice(&rate.saturating_mul(BYTES_PER_SAMPLE.into()).to_le_bytes());
    header[32] = BYTES_PER_SAMPLE;
    header[34] = 8 * BYTES_PER_SAMPLE;
    header
}
