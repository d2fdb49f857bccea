//! What an encoder put behind the sound, by the last block of a Matroska file.

use std::io::{Read, Seek, SeekFrom};

use crate::{formats::matroska::number, limits::PREFIX, pcm::DecodeError, source::Input};

/// What is to be left out at the end of a track.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Padding {
    nanoseconds: u64,
    pub(super) track: u64,
}

impl Padding {
    /// Looks at the end of a file, which is read from its beginning afterwards. Of a pipe nothing is known.
    pub(super) fn read(input: &mut Input) -> Result<Option<Self>, DecodeError> {
        let Input::File(file) = input else { return Ok(None) };
        let mut tail = Vec::new();
        let length = file.seek(SeekFrom::End(0)).map_err(DecodeError::Io)?;
        file.seek(SeekFrom::Start(length.saturating_sub(PREFIX as u64))).map_err(DecodeError::Io)?;
        file.take(PREFIX as u64).read_to_end(&mut tail).map_err(DecodeError::Io)?;
        file.rewind().map_err(DecodeError::Io)?;
        let mut places = (0..tail.len()).rev().filter(|&at| tail[at..].starts_with(&DISCARDED)).take(MOST_PLACES);
        Ok(places.find_map(|at| Self::find(&tail, at)))
    }

    /// In frames. More than a second is no padding.
    pub(super) fn frames(&self, rate: u32) -> u64 {
        let frames = u128::from(self.nanoseconds) * u128::from(rate) / 1_000_000_000;
        u64::try_from(frames).ok().filter(|&frames| frames <= u64::from(rate)).unwrap_or(0)
    }

    /// What stands at a place where the bytes look like it, if it ends the last group of a block.
    fn find(tail: &[u8], at: usize) -> Option<Self> {
        let body = at + DISCARDED.len();
        let (before, size) = number(tail.get(body..)?, false)?;
        let size = usize::try_from(size).ok().filter(|size| (1..=8).contains(size))?;
        let value = tail.get(body + before..)?.get(..size)?;
        let end = body + before + size;
        let is_last = end == tail.len() || BEHIND.iter().any(|id| tail[end..].starts_with(id));
        // What would be heard before is written as a negative number.
        if !is_last || 0x80 <= value[0] {
            return None;
        }
        let nanoseconds = value.iter().fold(0, |number, &byte| number << 8 | u64::from(byte));
        let track = (0..at).rev().find_map(|start| {
            let (group, size) = number(tail[start..].strip_prefix(&[GROUP])?, false)?;
            let block = start + 1 + group;
            let ends = usize::try_from(size).ok()?.checked_add(block)? == end;
            let (before, _) = number(tail.get(block..)?.strip_prefix(&[BLOCK])?, false).filter(|_| ends)?;
            Some(number(&tail[block + 1 + before..], false)?.1)
        })?;
        Some(Self { nanoseconds, track })
    }
}

/// The name of the element (RFC 9559, section 5.1.3.5.6).
const DISCARDED: [u8; 2] = [0x75, 0xa2];

const GROUP: u8 = 0xa0;

const BLOCK: u8 = 0xa1;

/// What may follow the last block: where to seek to, titles, files, chapters, and nothing at all.
const BEHIND: [&[u8]; 5] =
    [b"\x1c\x53\xbb\x6b", b"\x12\x54\xc3\x67", b"\x19\x41\xa4\x69", b"\x10\x43\xa7\x70", b"\xec"];

/// Places that look like it by chance are few.
const MOST_PLACES: usize = 16;
