//! How large the tables of a Vorbis stream will be.

/// Whether the decoder can be given the headers: what they make it allocate is within bounds.
///
/// A code book of a few bytes may unfold to 16 MB, and a stream may have 256 of them.
pub(super) fn is_sane(headers: &[u8]) -> bool {
    // The identification has a fixed length, and the setup follows it.
    let Some(setup) = headers.get(IDENTIFICATION..).and_then(|rest| rest.strip_prefix(b"\x05vorbis")) else {
        // Something else is wrong, which the decoder will say.
        return true;
    };
    let mut bits = Bits { bytes: setup, at: 0 };
    let Some(books) = bits.read(8) else { return true };
    let mut values = 0;
    for _ in 0..=books {
        // A header that ends too early is refused by the decoder, at the same place.
        let Some(size) = code_book(&mut bits) else { break };
        values += size;
    }
    values <= MOST_VALUES
}

/// Reads over a code book (Vorbis I, section 3.2.1); the values that it unfolds to.
fn code_book(bits: &mut Bits<'_>) -> Option<u64> {
    bits.read(24)?;
    let dimensions = bits.read(16)?;
    let entries = bits.read(24)?;
    // More than this the decoder refuses.
    if dimensions == 0 || 32 < dimensions || (128 << 10) < entries {
        return None;
    }
    let is_ordered = bits.read(1)? == 1;
    if is_ordered {
        bits.read(5)?;
        let mut done = 0;
        while done < entries {
            done += bits.read(64 - (entries - done).leading_zeros())?;
        }
    } else {
        let is_sparse = bits.read(1)? == 1;
        for _ in 0..entries {
            if !is_sparse || bits.read(1)? == 1 {
                bits.read(5)?;
            }
        }
    }
    let lookup = bits.read(4)?;
    if lookup == 0 {
        return Some(entries);
    }
    bits.read(64)?;
    let width = bits.read(4)? + 1;
    bits.read(1)?;
    let count = match lookup {
        1 => (0..)
            .take_while(|root: &u64| root.checked_pow(dimensions as u32).is_some_and(|all| all <= entries))
            .last()?,
        2 => entries * dimensions,
        _ => return None,
    };
    bits.skip(count * width)?;
    Some(entries * dimensions)
}

/// Bits from the lowest of each byte up.
struct Bits<'a> {
    bytes: &'a [u8],
    at: u64,
}

impl Bits<'_> {
    fn read(&mut self, count: u32) -> Option<u64> {
        let mut value = 0;
        for bit in 0..count {
            let byte = self.bytes.get(usize::try_from(self.at / 8).ok()?)?;
            value |= u64::from((byte >> (self.at % 8)) & 1) << bit;
            self.at += 1;
        }
        Some(value)
    }

    fn skip(&mut self, count: u64) -> Option<()> {
        self.at = self.at.checked_add(count)?;
        (self.at <= self.bytes.len() as u64 * 8).then_some(())
    }
}

/// The length of the identification header, in bytes (Vorbis I, section 4.2.2).
const IDENTIFICATION: usize = 30;

/// Values of all code books together. The reference encoder makes 90,000 at most; this is 32 MB.
const MOST_VALUES: u64 = 8 << 20;
