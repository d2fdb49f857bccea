//! The format chunk of a WAV.

use crate::wav::{error::WavError, riff::WavForm};

/// What a format chunk says, not judged yet.
#[derive(Clone, Copy)]
pub(crate) struct Format {
    pub(crate) tag: u16,
    pub(crate) extensible: bool,
    pub(crate) channels: u16,
    pub(crate) rate: u32,
    pub(crate) block: u16,
    pub(crate) bits: u16,
    pub(crate) valid_bits: Option<u16>,
}

impl Format {
    /// Reads a body of 16, 18 or 40 bytes.
    pub(crate) fn of(body: &[u8], form: WavForm) -> Result<Self, WavError> {
        let &[a, b, c, d, e, f, g, h, _, _, _, _, i, j, k, l, ref more @ ..] = body else {
            return Err(WavError::FormatSize(body.len()));
        };
        let tag = form.u16([a, b]);
        let plain = Self {
            tag,
            extensible: tag == EXTENSIBLE,
            channels: form.u16([c, d]),
            rate: form.u32([e, f, g, h]),
            block: form.u16([i, j]),
            bits: form.u16([k, l]),
            valid_bits: None,
        };
        // The size of the extension, valid bits, four bytes of speakers, and a GUID that begins with the real tag.
        match *more {
            [_, _, m, n, _, _, _, _, o, p, ..] if plain.extensible => {
                Ok(Self { tag: form.u16([o, p]), valid_bits: Some(form.u16([m, n])), ..plain })
            }
            _ => Ok(plain),
        }
    }
}

/// The format tag that says: see the GUID.
const EXTENSIBLE: u16 = 0xfffe;
