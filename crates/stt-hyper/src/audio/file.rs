//! Audio that lies in a file.

use std::{
    io,
    path::Path,
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use tokio::{
    fs::File,
    io::{AsyncRead, AsyncReadExt, ReadBuf},
};

use super::{AudioError, Piece};

/// The length of a file and how it begins.
pub(super) async fn inspect(path: &Path) -> Result<(u64, Vec<u8>), AudioError> {
    let about = tokio::fs::metadata(path).await?;
    if !about.is_file() {
        return Err(AudioError::NotAFile);
    }
    let mut head = Vec::with_capacity(HEAD);
    File::open(path).await?.take(HEAD as u64).read_to_end(&mut head).await?;
    Ok((about.len(), head))
}

/// A file that is being read for one attempt.
pub(crate) struct FilePieces {
    file: File,
    /// The length that it had when the audio was made of it.
    length: u64,
    read: u64,
    buffer: Vec<u8>,
    /// The last piece, held until the file is known to end after it.
    held: Option<Bytes>,
}

impl FilePieces {
    pub(super) async fn open(path: &Path, length: u64, chunk: usize) -> io::Result<Self> {
        let mut file = File::open(path).await?;
        if file.metadata().await?.len() != length {
            return Err(changed());
        }
        file.set_max_buf_size(chunk);
        Ok(Self { file, length, read: 0, buffer: vec![0; chunk], held: None })
    }

    pub(super) fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<io::Result<Piece>> {
        loop {
            let mut buffer = ReadBuf::new(&mut self.buffer);
            ready!(Pin::new(&mut self.file).poll_read(context, &mut buffer))?;
            let bytes = buffer.filled();
            self.read += bytes.len() as u64;
            match (bytes.is_empty(), self.held.take()) {
                (true, Some(held)) => return Poll::Ready(Ok(Piece { bytes: held, last: true })),
                (true, None) => return Poll::Ready(Err(changed())),
                (false, None) if self.read < self.length => {
                    return Poll::Ready(Ok(Piece { bytes: Bytes::copy_from_slice(bytes), last: false }));
                }
                (false, None) if self.read == self.length => self.held = Some(Bytes::copy_from_slice(bytes)),
                (false, _) => return Poll::Ready(Err(changed())),
            }
        }
    }
}

fn changed() -> io::Error {
    io::Error::other("the file has changed since it was opened")
}

/// What [`AudioFormat::sniff`](stt_model::AudioFormat::sniff) can use.
const HEAD: usize = 36;

#[cfg(test)]
mod tests {
    use std::{future::poll_fn, io::Write};

    use tempfile::NamedTempFile;

    use super::*;

    fn file(bytes: usize) -> NamedTempFile {
        let mut file = NamedTempFile::new().unwrap();
        file.write_all(&vec![7; bytes]).unwrap();
        file
    }

    /// Reads to the end, and tells the length of each piece and whether it was the last.
    async fn read(pieces: &mut FilePieces) -> io::Result<Vec<(usize, bool)>> {
        let mut all = Vec::new();
        loop {
            let piece = poll_fn(|context| pieces.poll_next(context)).await?;
            all.push((piece.bytes.len(), piece.last));
            if piece.last {
                return Ok(all);
            }
        }
    }

    #[tokio::test]
    async fn a_file_is_read_in_chunks_and_the_last_one_is_known_to_be_the_last() {
        let file = file(2500);
        let mut pieces = FilePieces::open(file.path(), 2500, 1000).await.unwrap();
        assert_eq!(read(&mut pieces).await.unwrap(), [(1000, false), (1000, false), (500, true)]);
        let mut pieces = FilePieces::open(file.path(), 2500, 1250).await.unwrap();
        assert_eq!(read(&mut pieces).await.unwrap(), [(1250, false), (1250, true)]);
    }

    #[tokio::test]
    async fn a_file_that_becomes_longer_or_shorter_while_it_is_read_has_no_last_piece() {
        for length in [400, 1000, 1600] {
            let file = file(1000);
            let mut pieces = FilePieces::open(file.path(), 1000, 100).await.unwrap();
            poll_fn(|context| pieces.poll_next(context)).await.unwrap();
            file.as_file().set_len(length).unwrap();
            assert_eq!(read(&mut pieces).await.is_ok(), length == 1000, "{length}");
        }
    }

    #[tokio::test]
    async fn a_file_that_has_changed_is_not_opened_again() {
        let file = file(1000);
        assert!(FilePieces::open(file.path(), 999, 100).await.is_err());
    }
}
