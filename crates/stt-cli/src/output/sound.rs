//! Audio that a run writes, as a file or into a pipe.

use std::{
    io::{self, BufWriter},
    path::{Path, PathBuf},
};

use stt_audio::{EncodeError, OggOpusWriter, WavWriter};
use tokio::io::{AsyncWriteExt, Stdout};

use super::{STANDARD_OUTPUT, beside::Beside, cannot_write};
use crate::problem::Problem;

/// Audio of 16 kHz mono that a run writes: a file that appears when it is complete, or standard output.
pub(crate) struct Sound {
    name: String,
    sink: Sink,
}

/// The form of a file of audio.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum SoundForm {
    OggOpus,
    Wav,
}

enum Sink {
    Opus(Box<OggOpusWriter<BufWriter<Beside>>>),
    Pipe(Stdout),
    Wav(WavWriter<Beside>),
}

/// Why audio was not written.
pub(crate) enum Unwritten {
    /// It cannot be.
    Failed(Problem),
    /// The reader of the pipe has heard enough.
    Unread,
}

impl Sound {
    /// A file, or standard output for `None`, whose WAV header leaves the length open.
    pub(crate) async fn begin(path: Option<&Path>, form: SoundForm) -> Result<Self, Unwritten> {
        let Some(path) = path else {
            let stdout = pipe().await.map_err(|error| unwritten(STANDARD_OUTPUT, &error))?;
            return Ok(Self { name: STANDARD_OUTPUT.to_owned(), sink: Sink::Pipe(stdout) });
        };
        let name = path.display().to_string();
        let sink = Beside::create(path).and_then(|file| {
            Ok(match form {
                SoundForm::OggOpus => {
                    let bitrate = OggOpusWriter::<BufWriter<Beside>>::BITRATE;
                    Sink::Opus(Box::new(OggOpusWriter::new(BufWriter::new(file), bitrate).map_err(io_error)?))
                }
                SoundForm::Wav => Sink::Wav(WavWriter::new(file, RATE, None)?),
            })
        });
        let sink = sink.map_err(|error| unwritten(&name, &error))?;
        Ok(Self { name, sink })
    }

    /// Writes the next samples.
    pub(crate) async fn write(&mut self, samples: &[i16]) -> Result<(), Unwritten> {
        let written = match &mut self.sink {
            Sink::Opus(writer) => writer.write(samples).map_err(io_error),
            Sink::Pipe(stdout) => {
                let bytes: Vec<u8> = samples.iter().flat_map(|sample| sample.to_le_bytes()).collect();
                // A reader at the other end hears live audio while it comes.
                async { stdout.write_all(&bytes).await.and(stdout.flush().await) }.await
            }
            Sink::Wav(writer) => writer.write(samples),
        };
        written.map_err(|error| unwritten(&self.name, &error))
    }

    /// Makes the header true, and gives the file its name.
    pub(crate) async fn finish(self) -> Result<(), Unwritten> {
        let Self { name, sink } = self;
        let placed = |file: Beside| file.into_place().map_err(|(error, kept)| (error, Some(kept)));
        let finished = match sink {
            Sink::Opus(writer) => writer
                .finish()
                .map_err(io_error)
                .and_then(|buffer| buffer.into_inner().map_err(io::IntoInnerError::into_error))
                .map_err(|error| (error, None))
                .and_then(placed),
            Sink::Pipe(_) => Ok(()),
            Sink::Wav(writer) if writer.output().is_ordinary() => {
                writer.finish().map_err(|error| (error, None)).and_then(placed)
            }
            Sink::Wav(writer) => writer.finish_pipe().map(drop).map_err(|error| (error, None)),
        };
        finished.map_err(|(error, kept): (io::Error, Option<PathBuf>)| {
            let hint = kept.map(|kept| format!("the audio is kept in {}", kept.display()));
            Unwritten::Failed(cannot_write(&name, &error).hint(hint))
        })
    }
}

/// Standard output, with a header that leaves the length open.
async fn pipe() -> io::Result<Stdout> {
    let header = WavWriter::new(Vec::new(), RATE, None)?.finish_pipe()?;
    let mut stdout = tokio::io::stdout();
    stdout.write_all(&header).await?;
    Ok(stdout)
}

fn unwritten(name: &str, error: &io::Error) -> Unwritten {
    match error.kind() {
        io::ErrorKind::BrokenPipe => Unwritten::Unread,
        _ => Unwritten::Failed(cannot_write(name, error)),
    }
}

fn io_error(error: EncodeError) -> io::Error {
    match error {
        EncodeError::Io(error) => error,
        error => io::Error::other(error),
    }
}

/// What the service documents, in samples a second.
const RATE: u32 = 16_000;
