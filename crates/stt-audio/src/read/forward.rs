//! Bytes by their offset out of a stream that only goes forward.

use std::io::{self, Chain, Cursor, Read};

use crate::{
    limits::PREFIX,
    source::{self, Source},
};

/// A stream of which the last bytes are kept, at first from its beginning on.
///
/// Offsets may only grow from one call to the next, until the stream has ended within what is kept from its beginning.
pub(crate) struct Forward<R> {
    input: R,
    kept: Vec<u8>,
    /// Where in the stream the kept bytes begin.
    from: u64,
    ended: bool,
}

impl<R: Read> Forward<R> {
    pub(crate) const fn new(input: R) -> Self {
        Self { input, kept: Vec::new(), from: 0, ended: false }
    }

    /// The length of the whole stream, where it has ended and all of it is kept.
    pub(crate) fn total(&self) -> Option<u64> {
        (self.ended && self.from == 0).then_some(self.kept.len() as u64)
    }

    /// Whether the stream has ended.
    pub(crate) const fn has_ended(&self) -> bool {
        self.ended
    }

    /// The beginning of the stream, up to so many bytes, where it is still there.
    pub(crate) fn beginning(&mut self, length: usize) -> io::Result<&[u8]> {
        if self.from != 0 {
            return Ok(&[]);
        }
        self.keep(length)?;
        Ok(&self.kept)
    }

    /// The stream from `offset` on.
    pub(crate) fn from(mut self, offset: u64) -> io::Result<Chain<Cursor<Vec<u8>>, R>> {
        self.pass(offset)?;
        Ok(Cursor::new(self.kept).chain(self.input))
    }

    /// Reads until so many bytes are kept, or the stream ends.
    fn keep(&mut self, wanted: usize) -> io::Result<()> {
        let there = self.kept.len();
        if there < wanted && !self.ended {
            self.kept.resize(wanted, 0);
            let filled = source::fill(&mut self.input, &mut self.kept[there..]);
            self.kept.truncate(there + *filled.as_ref().unwrap_or(&0));
            self.ended = filled? < wanted - there;
        }
        Ok(())
    }

    /// Drops what stands before `offset`.
    fn pass(&mut self, offset: u64) -> io::Result<()> {
        let before = offset.saturating_sub(self.from);
        let kept = usize::try_from(before).map_or(self.kept.len(), |before| before.min(self.kept.len()));
        self.kept.drain(..kept);
        let beyond = before - kept as u64;
        let passed = io::copy(&mut (&mut self.input).take(beyond), &mut io::sink())?;
        self.ended |= passed < beyond;
        self.from += kept as u64 + passed;
        Ok(())
    }
}

impl<R: Read> Source for Forward<R> {
    fn read_at(&mut self, offset: u64, into: &mut [u8]) -> io::Result<usize> {
        if self.from + (PREFIX as u64) < offset.saturating_add(into.len() as u64) {
            // The end may come first, and then nothing has to go.
            self.keep(PREFIX)?;
            if !self.ended {
                self.pass(offset)?;
            }
        }
        let from = usize::try_from(offset.saturating_sub(self.from)).unwrap_or(usize::MAX);
        self.keep(from.saturating_add(into.len()).min(PREFIX))?;
        (&self.kept[..]).read_at(from as u64, into)
    }
}
