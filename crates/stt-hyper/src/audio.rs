//! Audio from wherever it is, in a form that can be sent again.

mod error;
mod file;
mod live;
mod pieces;

use std::{
    error::Error as StdError,
    fmt,
    path::{Path, PathBuf},
    sync::Arc,
};

use bytes::Bytes;
use futures_core::Stream;
use stt_core::Upload;
use stt_model::{AudioFormat, wav_header};
use tokio::io::AsyncRead;

pub use self::error::AudioError;
pub(crate) use self::pieces::{Piece, Pieces};
use self::{file::FilePieces, live::Live};

/// The audio of one recognition: bytes, a file, or live audio that is still being recorded.
///
/// It knows whether it can be sent again. Bytes and files always can. Of live audio what was sent is kept, so that it
/// can be sent again too, up to 2 MiB: more than the 60 seconds of 16 kHz PCM that the service takes.
///
/// Clones of bytes and files are independent; clones of live audio share their one source.
///
/// ```
/// use stt_hyper::{Audio, AudioFormat};
///
/// // Half a second of silence, as headerless samples: a WAV header is put before them.
/// let audio = Audio::pcm(16_000, vec![0; 16_000]);
/// assert_eq!(audio.format(), AudioFormat::WavPcm16k);
/// assert_eq!(audio.length(), Some(44 + 16_000));
/// ```
#[must_use]
#[derive(Clone)]
pub struct Audio {
    format: AudioFormat,
    source: Source,
}

#[derive(Clone)]
enum Source {
    Bytes(Bytes),
    File { path: PathBuf, length: u64 },
    Live(Arc<Live>),
}

impl Audio {
    /// A whole file in memory, whose first bytes tell the format.
    ///
    /// # Errors
    ///
    /// [`AudioError::Empty`] and [`AudioError::UnknownFormat`].
    pub fn from_bytes(bytes: impl Into<Bytes>) -> Result<Self, AudioError> {
        let bytes = bytes.into();
        let format = sniff(&bytes)?;
        Ok(Self::bytes(format, bytes))
    }

    /// A whole file in memory, in this format.
    pub fn bytes(format: AudioFormat, bytes: impl Into<Bytes>) -> Self {
        Self { format, source: Source::Bytes(bytes.into()) }
    }

    /// A file, whose first bytes tell the format.
    ///
    /// It is opened again and read from its beginning for each attempt, a chunk at a time. A file that has become
    /// shorter or longer since it was opened here is not sent to its end: the recognition fails with
    /// [`TransportKind::Audio`](stt_core::TransportKind::Audio).
    ///
    /// # Errors
    ///
    /// [`AudioError`], whose message does not repeat the path.
    pub async fn open(path: impl AsRef<Path>) -> Result<Self, AudioError> {
        let path = path.as_ref();
        let (length, head) = file::inspect(path).await?;
        Ok(Self { format: sniff(&head)?, source: Source::File { path: path.to_owned(), length } })
    }

    /// Samples in memory without a header: 16-bit little-endian mono PCM of `rate` samples per second.
    pub fn pcm(rate: u32, samples: impl AsRef<[u8]>) -> Self {
        Self::bytes(AudioFormat::WavPcm16k, [wav_header(rate).as_slice(), samples.as_ref()].concat())
    }

    /// Live audio that begins with whatever header its format has.
    ///
    /// What the reader has at hand goes out at once, in chunks of up to 32 KiB; the chunks do not follow the reads.
    pub fn reader(format: AudioFormat, reader: impl AsyncRead + Send + 'static) -> Self {
        Self::live(format, Live::reader(Vec::new(), reader))
    }

    /// Live samples without a header: 16-bit little-endian mono PCM of `rate` samples per second.
    pub fn pcm_reader(rate: u32, reader: impl AsyncRead + Send + 'static) -> Self {
        Self::live(AudioFormat::WavPcm16k, Live::reader(wav_header(rate).to_vec(), reader))
    }

    /// Live audio in pieces, which begins with whatever header its format has.
    ///
    /// Pieces that are there already are joined to chunks of up to 32 KiB. Nothing waits for a chunk to become larger.
    pub fn stream<S, E>(format: AudioFormat, stream: S) -> Self
    where
        S: Stream<Item = Result<Bytes, E>> + Send + 'static,
        E: Into<Box<dyn StdError + Send + Sync>> + 'static,
    {
        Self::live(format, Live::stream(Vec::new(), stream))
    }

    /// Live samples in pieces, without a header: 16-bit little-endian mono PCM of `rate` samples per second.
    pub fn pcm_stream<S, E>(rate: u32, stream: S) -> Self
    where
        S: Stream<Item = Result<Bytes, E>> + Send + 'static,
        E: Into<Box<dyn StdError + Send + Sync>> + 'static,
    {
        Self::live(AudioFormat::WavPcm16k, Live::stream(wav_header(rate).to_vec(), stream))
    }

    /// The format, which becomes the request's `Content-Type`.
    #[must_use]
    pub const fn format(&self) -> AudioFormat {
        self.format
    }

    /// The length in bytes; `None` for live audio, of which nobody knows it.
    #[must_use]
    pub fn length(&self) -> Option<u64> {
        match &self.source {
            Source::Bytes(bytes) => Some(bytes.len() as u64),
            Source::File { length, .. } => Some(*length),
            Source::Live(_) => None,
        }
    }

    /// Whether it can be sent once more from its first byte.
    #[must_use]
    pub fn is_replayable(&self) -> bool {
        match &self.source {
            Source::Bytes(_) | Source::File { .. } => true,
            Source::Live(live) => live.is_replayable(),
        }
    }

    /// What the head of a request says about it.
    pub(crate) fn upload(&self, chunked: bool, expect: bool) -> Upload {
        let upload = match &self.source {
            Source::Bytes(_) | Source::File { .. } => Upload::replayable(self.format),
            Source::Live(_) => Upload::once(self.format),
        };
        match self.length() {
            Some(length) if !chunked => upload.length(length),
            _ if !expect => upload.eager(),
            _ => upload,
        }
    }

    /// The audio from its first byte, for one attempt, in pieces of at most `chunk` bytes.
    pub(crate) async fn pieces(&self, chunk: usize) -> Result<Pieces, Box<dyn StdError + Send + Sync>> {
        Ok(match &self.source {
            Source::Bytes(bytes) => Pieces::Bytes { rest: bytes.clone(), chunk },
            Source::File { path, length } => Pieces::File(FilePieces::open(path, *length, chunk).await?),
            Source::Live(live) => Pieces::Live(Live::pieces(live, chunk)?),
        })
    }

    fn live(format: AudioFormat, live: Live) -> Self {
        Self { format, source: Source::Live(Arc::new(live)) }
    }
}

impl fmt::Debug for Audio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Audio").field("format", &self.format).field("length", &self.length()).finish_non_exhaustive()
    }
}

fn sniff(head: &[u8]) -> Result<AudioFormat, AudioError> {
    if head.is_empty() {
        return Err(AudioError::Empty);
    }
    AudioFormat::sniff(head).ok_or(AudioError::UnknownFormat)
}
