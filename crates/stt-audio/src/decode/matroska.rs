//! Lets only through of a Matroska file what is needed to hear it.

use std::io::{self, Read};

use crate::{
    codec::Codec,
    formats::matroska,
    pcm::DecodeError,
    source::{Input, fill},
};

/// A file of nothing but the description of its tracks and their packets.
pub(super) struct Bare {
    /// Of the first track of sound.
    pub(super) codec: Codec,
    pub(super) input: Input,
    /// How long it must be, in bytes, where the original says so; a recording that was never finished does not.
    pub(super) length: Option<u64>,
}

impl Bare {
    pub(super) fn new(input: Input) -> Result<Self, DecodeError> {
        let mut source = Source { input, position: 0 };
        let mut bytes = Vec::new();
        let header = source.element()?;
        if header.id != EBML {
            return Err(malformed("Matroska without its header"));
        }
        source.copy(&header, &mut bytes)?;
        let segment = source.element()?;
        if segment.id != SEGMENT {
            return Err(malformed("Matroska without its segment"));
        }
        let end = segment.length.map(|length| source.position.saturating_add(length));
        bytes.extend_from_slice(&SEGMENT.to_be_bytes());
        bytes.extend_from_slice(&UNKNOWN_LENGTH);
        for _ in 0..MOST_ELEMENTS {
            let element = source.element()?;
            match element.id {
                CLUSTER => {
                    let rest = end.map(|end| end.saturating_sub(source.position));
                    // Reading memory does not fail.
                    let codec = matroska::look(&mut &bytes[..]).map_or(Codec::Unknown, |facts| facts.codec);
                    bytes.extend_from_slice(&element.header);
                    let length = rest.map(|rest| rest.saturating_add(bytes.len() as u64));
                    return Ok(Self { codec, input: source.input.after(bytes), length });
                }
                INFO | TRACKS => source.copy(&element, &mut bytes)?,
                _ => source.skip(&element)?,
            }
        }
        Err(malformed("Matroska without audio among its first elements"))
    }
}

/// One element: its header as it is, and the length of what is in it.
struct Element {
    header: Vec<u8>,
    id: u32,
    length: Option<u64>,
}

struct Source {
    input: Input,
    position: u64,
}

impl Source {
    fn element(&mut self) -> Result<Element, DecodeError> {
        let mut header = self.number(4)?;
        let id = header.iter().fold(0, |id, &byte| (id << 8) | u32::from(byte));
        let length = self.number(8)?;
        // The first bit that is set tells how long the number is, and does not count.
        let mark = 0x80 >> (length.len() - 1);
        let value = length[1..].iter().fold(u64::from(length[0] ^ mark), |sum, &byte| (sum << 8) | u64::from(byte));
        let unknown = (1 << (7 * length.len())) - 1;
        header.extend_from_slice(&length);
        Ok(Element { header, id, length: (value != unknown).then_some(value) })
    }

    /// The bytes of a number whose own first bits tell how many they are.
    fn number(&mut self, longest: usize) -> Result<Vec<u8>, DecodeError> {
        let mut bytes = vec![0];
        self.exactly(&mut bytes)?;
        let length = bytes[0].leading_zeros() as usize + 1;
        if longest < length {
            return Err(malformed("Matroska with a number that is too long"));
        }
        bytes.resize(length, 0);
        self.exactly(&mut bytes[1..])?;
        Ok(bytes)
    }

    /// Appends an element that must be small.
    fn copy(&mut self, element: &Element, to: &mut Vec<u8>) -> Result<(), DecodeError> {
        let length = element.length.filter(|length| *length <= LARGEST_DESCRIPTION);
        let length = length.ok_or_else(|| malformed("Matroska with a description larger than 1 MB"))?;
        to.extend_from_slice(&element.header);
        let from = to.len();
        to.resize(from + length as usize, 0);
        self.exactly(&mut to[from..])
    }

    fn skip(&mut self, element: &Element) -> Result<(), DecodeError> {
        let length = element.length.ok_or_else(|| malformed("Matroska with an open end where none can be"))?;
        let skipped = io::copy(&mut self.input.by_ref().take(length), &mut io::sink()).map_err(DecodeError::Io)?;
        self.position += skipped;
        Ok(())
    }

    fn exactly(&mut self, into: &mut [u8]) -> Result<(), DecodeError> {
        let count = fill(&mut self.input, into).map_err(DecodeError::Io)?;
        self.position += count as u64;
        if count < into.len() { Err(DecodeError::NoAudio) } else { Ok(()) }
    }
}

fn malformed(message: &str) -> DecodeError {
    DecodeError::Malformed(message.to_owned())
}

const EBML: u32 = 0x1a45_dfa3;

const SEGMENT: u32 = 0x1853_8067;

const INFO: u32 = 0x1549_a966;

const TRACKS: u32 = 0x1654_ae6b;

const CLUSTER: u32 = 0x1f43_b675;

/// All ones: to the end of the file (RFC 8794, section 6.2).
const UNKNOWN_LENGTH: [u8; 8] = [0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];

/// In bytes. A track takes less than 100 kB, most of it for the styles of subtitles.
const LARGEST_DESCRIPTION: u64 = 1 << 20;

/// Many more than there are before the first packets: one for each of a few purposes.
const MOST_ELEMENTS: u32 = 1024;
