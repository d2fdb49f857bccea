//! Lets only through of an AIFF file what is needed to hear it.

use std::io::{self, Read};

use crate::{
    pcm::DecodeError,
    source::{Input, fill},
};

/// The file without names, notes, marks and whatever else may be before the audio, and with nothing said of its length.
pub(super) fn bare(mut input: Input) -> Result<Input, DecodeError> {
    let mut bytes = vec![0; 12];
    exactly(&mut input, &mut bytes)?;
    // A chunk that says to be longer than the whole would be refused.
    bytes[4..8].fill(0xff);
    for _ in 0..MOST_CHUNKS {
        let mut header = [0; 8];
        exactly(&mut input, &mut header)?;
        let length = u32::from_be_bytes([header[4], header[5], header[6], header[7]]);
        // An odd length is followed by a byte of nothing.
        let padded = u64::from(length) + u64::from(length % 2);
        match &header[..4] {
            b"SSND" => {
                bytes.extend_from_slice(&header);
                return Ok(input.after(bytes));
            }
            b"COMM" if padded <= LARGEST_DESCRIPTION => {
                bytes.extend_from_slice(&header);
                let from = bytes.len();
                bytes.resize(from + padded as usize, 0);
                exactly(&mut input, &mut bytes[from..])?;
            }
            _ => drop(io::copy(&mut input.by_ref().take(padded), &mut io::sink()).map_err(DecodeError::Io)?),
        }
    }
    Err(DecodeError::Malformed("AIFF without audio among its first chunks".to_owned()))
}

fn exactly(input: &mut Input, into: &mut [u8]) -> Result<(), DecodeError> {
    let count = fill(input, into).map_err(DecodeError::Io)?;
    if count < into.len() { Err(DecodeError::NoAudio) } else { Ok(()) }
}

/// In bytes; it has 18, and a name of up to 255 for what is compressed.
const LARGEST_DESCRIPTION: u64 = 1024;

/// Many more than any file has: one for each of a few purposes, and some notes.
const MOST_CHUNKS: u32 = 1024;
