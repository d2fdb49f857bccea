//! Samples into the one form of WAV that the service documents.

use std::io::{self, ErrorKind, Seek, SeekFrom, Write};

use crate::wav::canonical_header;

/// Writes mono 16-bit PCM as a WAV whose sizes are true.
///
/// Where the number of samples is not known at the beginning, the header says at first what ffmpeg writes into pipes,
/// all ones, which readers take as: to the end. [`finish`](Self::finish) puts the truth in its place where the output
/// can be sought in. A file is written in pieces of some kilobytes and wants no buffer.
///
/// ```
/// use std::io::Cursor;
/// use stt_audio::{Wav, WavWriter};
///
/// let mut writer = WavWriter::new(Cursor::new(Vec::new()), 16_000, None)?;
/// writer.write(&[1, -1])?;
/// let bytes = writer.finish()?.into_inner();
///
/// let wav = Wav::read(&bytes, None).expect("is a WAV");
/// assert_eq!((wav.claimed, &bytes[44..]), (4, &[1, 0, 0xff, 0xff][..]));
/// # Ok::<(), std::io::Error>(())
/// ```
#[must_use]
#[derive(Debug)]
pub struct WavWriter<W> {
    output: W,
    rate: u32,
    /// Bytes of samples that the header promises.
    promised: Option<u64>,
    written: u64,
}

impl<W: Write> WavWriter<W> {
    /// Writes the header for so many samples, if they are known, of `rate` a second.
    ///
    /// # Errors
    ///
    /// Those of `output`.
    pub fn new(mut output: W, rate: u32, samples: Option<u64>) -> io::Result<Self> {
        let promised = samples.map(|samples| samples.saturating_mul(2));
        let mut header = canonical_header(rate, promised.unwrap_or(0));
        if promised.is_none() {
            header[4..8].fill(0xff);
            header[40..44].fill(0xff);
        }
        output.write_all(&header)?;
        Ok(Self { output, rate, promised, written: 0 })
    }

    /// Writes the next samples.
    ///
    /// # Errors
    ///
    /// Those of the output.
    pub fn write(&mut self, samples: &[i16]) -> io::Result<()> {
        let mut bytes = [0; 2 * PIECE];
        for piece in samples.chunks(PIECE) {
            for (two, sample) in bytes.as_chunks_mut().0.iter_mut().zip(piece) {
                *two = sample.to_le_bytes();
            }
            let bytes = &bytes[..2 * piece.len()];
            self.output.write_all(bytes)?;
            self.written += bytes.len() as u64;
        }
        Ok(())
    }

    /// How many samples were written.
    #[must_use]
    pub const fn samples(&self) -> u64 {
        self.written / 2
    }

    /// What is written to.
    #[must_use]
    pub const fn output(&self) -> &W {
        &self.output
    }

    /// Ends what cannot be sought in, such as a pipe, whose header stays as it is.
    ///
    /// # Errors
    ///
    /// Those of the output, and [`ErrorKind::InvalidInput`] where other samples came than were promised.
    pub fn finish_pipe(mut self) -> io::Result<W> {
        self.output.flush()?;
        match self.promised {
            Some(promised) if promised != self.written => Err(io::Error::new(
                ErrorKind::InvalidInput,
                format!("{} samples were promised and {} written", promised / 2, self.written / 2),
            )),
            _ => Ok(self.output),
        }
    }
}

impl<W: Write + Seek> WavWriter<W> {
    /// Makes the header true, and leaves the output at its end.
    ///
    /// # Errors
    ///
    /// Those of the output.
    pub fn finish(mut self) -> io::Result<W> {
        if self.promised != Some(self.written) {
            let header = canonical_header(self.rate, self.written);
            let samples = i64::try_from(self.written).map_err(|_| ErrorKind::FileTooLarge)?;
            self.output.seek(SeekFrom::Current((-samples).saturating_sub(44)))?;
            self.output.write_all(&header)?;
            self.output.seek(SeekFrom::Current(samples))?;
        }
        self.output.flush()?;
        Ok(self.output)
    }
}

/// Samples that are written at once.
const PIECE: usize = 4096;
