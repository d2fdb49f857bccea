//! Lets only through of a FLAC file what is needed to hear it.

use std::io::{self, Read};

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

/// The length of the description of the stream, in bytes (RFC 9639, section 8.2).
const STREAM_INFO: usize = 34;

/// Many more than any file has: one for each of a few purposes, and one for each picture.
const MOST_BLOCKS: u32 = 1024;
