//! Lets only through of a FLAC file what is needed to hear it, and finds where another one follows it.

use std::{
    io::{self, Cursor, Read},
    sync::{Arc, Mutex, PoisonError},
};

use crate::{
    pcm::DecodeError,
    source::{Input, fill},
};

/// The file without pictures, comments and whatever else can be large.
pub(super) fn bare(mut input: Input) -> Result<Input, DecodeError> {
    // The marker, and the one block that must be there, which must be the first.
    let mut head = [0; 4 + 4 + STREAM_INFO];
    let count = fill(&mut input, &mut head).map_err(DecodeError::Io)?;
    if count < head.len() {
        return Err(DecodeError::NoAudio);
    }
    if head[4] & 0x7f != 0 || head[5..8] != [0, 0, STREAM_INFO as u8] {
        return Err(DecodeError::Malformed("FLAC that does not begin with its description".to_owned()));
    }
    let mut is_last = head[4] & 0x80 != 0;
    let mut blocks = 0;
    while !is_last {
        blocks += 1;
        if MOST_BLOCKS < blocks {
            return Err(DecodeError::Malformed("FLAC with blocks that do not end".to_owned()));
        }
        let mut block = [0; 4];
        if fill(&mut input, &mut block).map_err(DecodeError::Io)? < block.len() {
            return Err(DecodeError::NoAudio);
        }
        is_last = block[0] & 0x80 != 0;
        let length = u64::from(u32::from_be_bytes([0, block[1], block[2], block[3]]));
        io::copy(&mut input.by_ref().take(length), &mut io::sink()).map_err(DecodeError::Io)?;
    }
    head[4] |= 0x80;
    Ok(input.after(head.to_vec()))
}

/// The frames of a file, up to where another file begins: some programs put one behind the other.
pub(super) struct Frames(Arc<Mutex<Streams>>);

/// What is read of the frames, and what follows them.
pub(super) struct Streams {
    at: usize,
    bytes: Vec<u8>,
    has_ended: bool,
    input: Input,
}

impl Frames {
    pub(super) fn new(input: Input) -> Self {
        Self(Arc::new(Mutex::new(Streams { at: 0, bytes: Vec::new(), has_ended: false, input })))
    }

    /// The first file.
    pub(super) fn first(&self) -> io::Result<Input> {
        let mut marker = vec![0; MARKER];
        let mut streams = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = fill(&mut streams.input, &mut marker)?;
        marker.truncate(count);
        drop(streams);
        Ok(Input::Pipe(Box::new(Cursor::new(marker).chain(self.input()))))
    }

    fn input(&self) -> Input {
        Input::Pipe(Box::new(Self(Arc::clone(&self.0))))
    }

    /// The file that follows, when all frames are read, if one does.
    pub(super) fn next(&self) -> Option<Input> {
        let marker = self.0.lock().unwrap_or_else(PoisonError::into_inner).marker()?;
        Some(Input::Pipe(Box::new(Cursor::new(marker).chain(self.input()))))
    }
}

impl Read for Frames {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).read(into)
    }
}

impl Streams {
    /// Reads frames, and nothing once another file begins.
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while !self.has_ended && self.bytes.len() < self.at + MARKER {
            self.bytes.drain(..self.at);
            self.at = 0;
            let from = self.bytes.len();
            self.bytes.resize(from + BLOCK, 0);
            // No more than is there: it may be live.
            let count = self.input.read(&mut self.bytes[from..]);
            self.bytes.truncate(from + count.as_ref().map_or(0, |count| *count));
            self.has_ended = count? == 0;
        }
        let rest = &self.bytes[self.at..];
        // What may be the beginning of a marker is kept.
        let sure = if self.has_ended { rest.len() } else { rest.len() - (MARKER - 1) };
        let count = rest.windows(MARKER).position(is_marker).unwrap_or(sure).min(into.len());
        into[..count].copy_from_slice(&rest[..count]);
        self.at += count;
        Ok(count)
    }

    /// The marker, if it comes next; it is passed.
    fn marker(&mut self) -> Option<Vec<u8>> {
        let marker = self.bytes[self.at..].get(..MARKER).filter(|marker| is_marker(marker))?.to_vec();
        self.at += MARKER;
        Some(marker)
    }
}

/// Whether a file begins with these bytes, and with its description.
fn is_marker(bytes: &[u8]) -> bool {
    bytes.starts_with(b"fLaC") && bytes[4] & 0x7f == 0 && bytes[5..] == [0, 0, STREAM_INFO as u8]
}

/// What a file begins with: its mark and the header of its description, in bytes.
const MARKER: usize = 8;

/// What is read at once, in bytes.
const BLOCK: usize = 16 << 10;

/// The length of the description of the stream, in bytes (RFC 9639, section 8.2).
const STREAM_INFO: usize = 34;

/// Many more than any file has: one for each of a few purposes, and one for each picture.
const MOST_BLOCKS: u32 = 1024;
