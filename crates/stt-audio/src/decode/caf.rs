//! What a CAF file says about its packets: how many, and which samples of them are to be heard.

use std::io::{Read, Seek, SeekFrom};

use super::trim::Trim;
use crate::{
    pcm::DecodeError,
    source::{Input, fill},
};

/// What to keep of the samples, by the header of the packet table.
pub(super) fn trim(input: &mut Input) -> Result<Trim, DecodeError> {
    let mut at = 8;
    let mut trim = Trim::default();
    for _ in 0..MOST_CHUNKS {
        input.seek(SeekFrom::Start(at)).map_err(DecodeError::Io)?;
        let mut chunk = [0; 12 + 24];
        let count = fill(&mut input.by_ref(), &mut chunk).map_err(DecodeError::Io)?;
        let size = i64::from_be_bytes(chunk[4..12].try_into().expect("it is 8 bytes long"));
        // Only the audio may have no length, and then it is the last.
        let Ok(size) = u64::try_from(size) else { break };
        if count < 12 {
            break;
        }
        if &chunk[..4] == b"pakt" && count == chunk.len() {
            if LARGEST_TABLE < size {
                return Err(DecodeError::Malformed("CAF with a table of packets larger than 2 MB".to_owned()));
            }
            let valid = u64::from_be_bytes(chunk[20..28].try_into().expect("it is 8 bytes long"));
            let priming = u32::from_be_bytes(chunk[28..32].try_into().expect("it is 4 bytes long"));
            trim = Trim::exactly(u64::from(priming), (0 < valid).then_some(valid));
        }
        let Some(next) = size.checked_add(at + 12) else { break };
        at = next;
    }
    input.rewind().map_err(DecodeError::Io)?;
    Ok(trim)
}

/// In bytes; of packets of a tenth of a second, two bytes each, this is more than a day.
const LARGEST_TABLE: u64 = 2 << 20;

/// Many more than any file has: one for each of a few purposes.
const MOST_CHUNKS: u32 = 1024;
