//! The walk over the chunks of a WAV, up to its audio.

use std::io;

use crate::{source::Source, warning::Warning, wav::error::WavError};

/// The forms of WAV.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum WavForm {
    /// RF64 and BW64: sizes of 64 bits in a chunk of their own.
    Rf64,
    /// RIFF, the common one.
    Riff,
    /// RIFX: numbers and samples with the high byte first.
    Rifx,
}

impl WavForm {
    /// By the first twelve bytes of a file.
    pub(crate) fn of(head: [u8; 12]) -> Option<Self> {
        let [a, b, c, d, _, _, _, _, b'W', b'A', b'V', b'E'] = head else { return None };
        match &[a, b, c, d] {
            b"RIFF" => Some(Self::Riff),
            b"RIFX" => Some(Self::Rifx),
            b"RF64" | b"BW64" => Some(Self::Rf64),
            _ => None,
        }
    }

    pub(crate) fn u16(self, bytes: [u8; 2]) -> u16 {
        if self == Self::Rifx { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) }
    }

    pub(crate) fn u32(self, bytes: [u8; 4]) -> u32 {
        if self == Self::Rifx { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) }
    }
}

/// One chunk: its name, what it says of its size, and where its body starts.
#[derive(Clone, Copy)]
pub(crate) struct Chunk {
    pub(crate) id: [u8; 4],
    pub(crate) size: u64,
    pub(crate) start: u64,
}

/// Goes from chunk to chunk and holds none of them.
pub(crate) struct Chunks<'a, S> {
    source: &'a mut S,
    form: WavForm,
    total: Option<u64>,
    at: u64,
    /// The chunk before had an odd length, so that a byte of padding should stand at `at`.
    padding: bool,
    seen: usize,
    warnings: Vec<Warning>,
}

impl<'a, S: Source> Chunks<'a, S> {
    /// Over a source of `total` bytes, if that is known.
    pub(crate) fn new(source: &'a mut S, form: WavForm, total: Option<u64>) -> Self {
        Self { source, form, total, at: 12, padding: false, seen: 0, warnings: Vec::new() }
    }

    /// The next chunk, with its body not read yet.
    pub(crate) fn next(&mut self) -> io::Result<Result<Chunk, WavError>> {
        self.seen += 1;
        if MAX_CHUNKS < self.seen {
            return Ok(Err(WavError::TooManyChunks));
        }
        let mut head = [0; 9];
        let count = self.source.read_at(self.at, &mut head)?;
        let skip = usize::from(self.padding && self.is_padded(&head));
        let Some(&[a, b, c, d, e, f, g, h]) = head[..count].get(skip..skip + 8) else {
            return Ok(Err(self.ended(count)));
        };
        let size = u64::from(self.form.u32([e, f, g, h]));
        Ok(Ok(Chunk { id: [a, b, c, d], size, start: self.at + skip as u64 + 8 }))
    }

    /// The first bytes of a chunk, as many as any chunk that matters has.
    pub(crate) fn body(&mut self, chunk: Chunk) -> io::Result<Body> {
        let mut bytes = [0; BODY];
        let wanted = usize::try_from(chunk.size).map_or(BODY, |size| size.min(BODY));
        let count = self.source.read_at(chunk.start, &mut bytes[..wanted])?;
        Ok(Body { bytes, count })
    }

    /// Goes on to what follows a chunk.
    pub(crate) fn pass(&mut self, chunk: Chunk) -> io::Result<()> {
        let end = chunk.start.saturating_add(chunk.size);
        self.padding = chunk.size % 2 == 1;
        self.at = end;
        if self.total.is_some_and(|total| total < end)
            && let Some(found) = self.search(chunk.start)?
        {
            self.warnings.push(Warning::ChunkTooLong { claimed: chunk.size });
            self.padding = false;
            self.at = found;
        }
        Ok(())
    }

    pub(crate) fn into_warnings(self) -> Vec<Warning> {
        self.warnings
    }

    /// Looks for a chunk that matters behind one whose size cannot be true. Once in a file.
    fn search(&mut self, from: u64) -> io::Result<Option<u64>> {
        if self.warnings.iter().any(|warning| matches!(warning, Warning::ChunkTooLong { .. })) {
            return Ok(None);
        }
        let mut window = [0; SEARCHED];
        let count = self.source.read_at(from, &mut window)?;
        let found = window[..count].windows(4).position(|id| matches!(id, b"data" | b"fmt "));
        Ok(found.map(|found| from + found as u64))
    }

    /// Whether the first of these bytes pads the chunk before, as it should, or is the next name already.
    fn is_padded(&mut self, head: &[u8; 9]) -> bool {
        let matters = |from: usize| matches!(&head[from..from + 4], b"data" | b"fmt ");
        let is_name = |from: usize| head[from..from + 4].iter().all(|byte| (0x20..0x7f).contains(byte));
        // Where no zero tells them apart, a name that matters is the best sign.
        let padded = head[0] == 0 || matters(1) || (!matters(0) && is_name(1));
        if !padded {
            self.warnings.push(Warning::Unpadded);
        }
        padded
    }

    fn ended(&self, count: usize) -> WavError {
        let seen = self.at.saturating_add(count as u64);
        match self.total {
            Some(total) if total <= seen => WavError::NoData,
            _ => WavError::Incomplete(seen),
        }
    }
}

/// The first bytes of a chunk.
pub(crate) struct Body {
    bytes: [u8; BODY],
    count: usize,
}

impl AsRef<[u8]> for Body {
    fn as_ref(&self) -> &[u8] {
        &self.bytes[..self.count]
    }
}

/// Honest files have a handful; this bounds the time that a hostile one takes.
const MAX_CHUNKS: usize = 1000;

/// An extensible format chunk, the longest body that is read.
const BODY: usize = 40;

/// How far the audio is looked for behind a chunk whose size cannot be true, in bytes.
const SEARCHED: usize = 4096;
