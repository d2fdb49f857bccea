//! The pages of an Ogg file in their order, from anything that can be read.

use std::io::{self, Read};

use crate::{ogg::crc, source::fill};

/// A page that is whole and has the check sum that it should have.
#[derive(Default)]
pub(crate) struct Page {
    body: Vec<u8>,
    /// The fixed part of the header, as it is in the file.
    fixed: Vec<u8>,
    flags: u8,
    /// `None` where no packet ends on the page.
    pub(crate) granule: Option<u64>,
    lacing: Vec<u8>,
    pub(crate) sequence: u32,
    pub(crate) serial: u32,
}

/// What [`Page::read`] found.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Found {
    /// The end of the input; `true` when a page was there that is cut off or damaged.
    End(bool),
    /// A page. `true` when bytes before it were of no use: damaged pages, or what is no page at all.
    Page(bool),
}

impl Page {
    /// Reads the next page, wherever it begins.
    pub(crate) fn read(&mut self, input: &mut impl Read) -> io::Result<Found> {
        let mut header = [0; HEADER];
        let (mut have, mut damaged, mut torn) = (0, false, false);
        loop {
            have += fill(input, &mut header[have..])?;
            if have < HEADER {
                return Ok(Found::End(torn || header[..have].windows(4).any(|bytes| bytes == b"OggS")));
            }
            if header.starts_with(b"OggS\0") {
                match self.read_rest(&header, input)? {
                    Some(true) => return Ok(Found::Page(damaged)),
                    Some(false) => (have, torn) = (0, true),
                    None => return Ok(Found::End(true)),
                }
            } else {
                let next = (1..HEADER).find(|&at| b"OggS".starts_with(&header[at..HEADER.min(at + 4)]));
                header.copy_within(next.unwrap_or(HEADER).., 0);
                have = HEADER - next.unwrap_or(HEADER);
            }
            damaged = true;
        }
    }

    /// Reads what is behind the header; whether the check sum is right, or `None` when the input ends before.
    fn read_rest(&mut self, header: &[u8; HEADER], input: &mut impl Read) -> io::Result<Option<bool>> {
        let mut granule = [0; 8];
        granule.copy_from_slice(&header[6..14]);
        let number = |at: usize| u32::from_le_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]]);
        self.lacing.resize(usize::from(header[26]), 0);
        if fill(input, &mut self.lacing)? < self.lacing.len() {
            return Ok(None);
        }
        self.body.resize(self.lacing.iter().map(|&length| usize::from(length)).sum(), 0);
        if fill(input, &mut self.body)? < self.body.len() {
            return Ok(None);
        }
        self.fixed.clear();
        self.fixed.extend_from_slice(header);
        self.flags = header[5];
        self.granule = Some(u64::from_le_bytes(granule)).filter(|granule| *granule <= u64::MAX / 2);
        self.serial = number(14);
        self.sequence = number(18);
        let mut blank = *header;
        blank[22..26].fill(0);
        let sum = [&blank[..], &self.lacing, &self.body].into_iter().fold(0, crc);
        Ok(Some(sum == number(22)))
    }

    /// All of its bytes, in three parts.
    #[cfg(feature = "decode")]
    pub(crate) fn parts(&self) -> [&[u8]; 3] {
        [&self.fixed, &self.lacing, &self.body]
    }

    /// Whether its first packet began on an earlier page.
    pub(crate) fn continues(&self) -> bool {
        self.flags & 1 != 0
    }

    pub(crate) fn begins_stream(&self) -> bool {
        self.flags & 2 != 0
    }

    pub(crate) fn ends_stream(&self) -> bool {
        self.flags & 4 != 0
    }

    /// The pieces of packets on the page, and whether the packet ends with the piece; only the last may not.
    pub(crate) fn pieces(&self) -> impl Iterator<Item = (&[u8], bool)> {
        let (mut rest, mut lacing) = (self.body.as_slice(), self.lacing.as_slice());
        std::iter::from_fn(move || {
            let segments = lacing.iter().position(|&length| length < 255);
            let count = segments.map_or(lacing.len(), |last| last + 1);
            let (now, later) = lacing.split_at_checked(count).filter(|_| 0 < count)?;
            let (piece, behind) = rest.split_at(now.iter().map(|&length| usize::from(length)).sum());
            (rest, lacing) = (behind, later);
            Some((piece, segments.is_some()))
        })
    }
}

/// The fixed part of a page's header, in bytes.
const HEADER: usize = 27;
