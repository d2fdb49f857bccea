//! Bytes by their offset, from memory or from a file, never more than asked for.

use std::io::{self, Cursor, Read, Seek, SeekFrom};

/// Something whose bytes can be read anywhere.
pub(crate) trait Source {
    /// Fills as much of `into` as there is from `offset` on, and says how much that was.
    fn read_at(&mut self, offset: u64, into: &mut [u8]) -> io::Result<usize>;

    /// So many bytes from `offset` on, if all of them are there.
    fn array<const N: usize>(&mut self, offset: u64) -> io::Result<Option<[u8; N]>> {
        let mut bytes = [0; N];
        let count = self.read_at(offset, &mut bytes)?;
        Ok((count == N).then_some(bytes))
    }

    /// At most so many bytes from `offset` on.
    fn piece(&mut self, offset: u64, length: usize) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; length];
        let count = self.read_at(offset, &mut bytes)?;
        bytes.truncate(count);
        Ok(bytes)
    }
}

impl Source for &[u8] {
    fn read_at(&mut self, offset: u64, into: &mut [u8]) -> io::Result<usize> {
        let from = usize::try_from(offset).unwrap_or(usize::MAX).min(self.len());
        let there = &self[from..];
        let count = there.len().min(into.len());
        into[..count].copy_from_slice(&there[..count]);
        Ok(count)
    }
}

/// A file whose beginning is in memory already.
pub(crate) struct File<'a, R> {
    pub(crate) prefix: &'a [u8],
    pub(crate) rest: &'a mut R,
    /// Its whole length.
    pub(crate) total: u64,
}

impl<R: Read + Seek> Source for File<'_, R> {
    fn read_at(&mut self, offset: u64, into: &mut [u8]) -> io::Result<usize> {
        let end = offset.saturating_add(into.len() as u64);
        if end <= self.prefix.len() as u64 {
            return self.prefix.read_at(offset, into);
        }
        // Systems refuse to seek as far as a hostile header may say.
        if self.total <= offset {
            return Ok(0);
        }
        self.rest.seek(SeekFrom::Start(offset))?;
        fill(self.rest, into)
    }
}

/// Reads until `into` is full or the input ends.
pub(crate) fn fill(input: &mut impl Read, into: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < into.len() {
        match input.read(&mut into[filled..]) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

/// An input that is owned: a file, or something that can only be read on.
pub(crate) enum Input {
    File(Box<dyn ReadSeek>),
    Pipe(Box<dyn Read + Send>),
}

pub(crate) trait ReadSeek: Read + Seek + Send {}

impl<R: Read + Seek + Send> ReadSeek for R {}

impl Read for Input {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::File(file) => file.read(into),
            Self::Pipe(pipe) => pipe.read(into),
        }
    }
}

impl Seek for Input {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        match self {
            Self::File(file) => file.seek(to),
            Self::Pipe(_) => Err(io::Error::from(io::ErrorKind::NotSeekable)),
        }
    }
}

impl Input {
    /// The same input with bytes in front that were read from it already.
    pub(crate) fn after(self, prefix: Vec<u8>) -> Self {
        Self::Pipe(Box::new(Cursor::new(prefix).chain(self)))
    }
}
