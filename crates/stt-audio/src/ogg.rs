//! What an Ogg file holds, by its first and its last pages, and the headers of all.

mod head;
mod links;

pub(crate) use self::{head::Head, links::Links};
use crate::{codec::Codec, length::Length, limits::PREFIX, units};

/// What the pages of an Ogg file say, without decoding.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Ogg {
    pub(crate) head: Head,
    /// Whether more than one stream is in the file, one beside or behind the other.
    pub(crate) several: bool,
    /// Pages at the beginning whose checksum is wrong.
    pub(crate) damaged: usize,
    pub(crate) end: End,
}

/// How an Ogg file ends, as far as it was seen.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum End {
    /// Headers and nothing more.
    NoAudio,
    /// The end is not at hand.
    NotSeen,
    /// How long the stream is, and whether its last page is cut off.
    Seen { length: Length, cut: bool },
}

impl Ogg {
    /// The most of the end of a file that reading has a use for, in bytes: two pages, of which one may be cut off, so
    /// that the position of the last whole one is within it.
    pub(crate) const TAIL: u64 = 131_072;

    /// What the first page says.
    pub(crate) fn head(prefix: &[u8]) -> Head {
        Page::read(prefix).map_or_else(Head::default, |first| Head::read(first.body))
    }

    /// Reads the first pages, and the last ones where the end of the file is at hand.
    pub(crate) fn read(prefix: &[u8], tail: Option<&[u8]>, links: &Links) -> Self {
        let Some(first) = Page::read(prefix) else {
            // A first page holds one short header and nothing else: a file that ends within it has no audio.
            let end = if tail.is_some() { End::NoAudio } else { End::NotSeen };
            return Self { head: Head::default(), several: false, damaged: 0, end };
        };
        let head = Head::read(first.body);
        let last = tail.map(|tail| (Last::read(tail, first.serial), tail.len() as u64));
        // The end of a short file is all of it.
        let again = |tail: &[u8]| usize::from(tail.starts_with(&prefix[..first.len()])) < beginnings(tail);
        let is_foreign = last.as_ref().is_some_and(|(last, _)| last.foreign);
        let several = links.several || is_foreign || tail.is_some_and(again) || 1 < beginnings(prefix);
        let end = match last {
            _ if is_without_audio(prefix, tail, links) => End::NoAudio,
            None => End::NotSeen,
            Some((Last { granule: Some(0), .. }, _)) if !several => End::NoAudio,
            // The last position says nothing of the streams before.
            Some((Last { granule: Some(_), cut, .. }, _)) if several => End::Seen { length: links.sum(), cut },
            Some((Last { granule: Some(granule), cut, .. }, _)) => {
                let length = match (head.codec, head.rate) {
                    (Codec::Opus, _) => {
                        let before = opus_start(prefix, first.serial).saturating_add(head.pre_skip);
                        Length::Exact(units::time_of(granule.saturating_sub(before), OPUS_RATE))
                    }
                    // Where the audio starts is not known without decoding.
                    (_, Some(rate)) => Length::Estimated(units::time_of(granule, rate.into())),
                    (_, None) => Length::Unknown,
                };
                End::Seen { length, cut }
            }
            Some((_, seen)) if seen < Self::TAIL => End::NoAudio,
            // So much that is no page of the first stream: what came before it may be whole.
            Some((Last { cut, .. }, _)) => End::Seen { length: links.sum(), cut: cut || !several },
        };
        Self { head, several, damaged: damaged(prefix), end }
    }
}

/// Whether headers are all that makes sense: not one page with a position, as all audio has, has its right checksum.
fn is_without_audio(prefix: &[u8], tail: Option<&[u8]>, links: &Links) -> bool {
    // Of a pipe there must be more than the largest page.
    if tail.is_none() && prefix.len() < PREFIX {
        return false;
    }
    let (mut sound, mut damaged) = (false, false);
    for bytes in [prefix, tail.unwrap_or_default()] {
        let mut at = 0;
        while let Some(page) = next_page(bytes, &mut at) {
            if page.is_whole() && page.granule.is_some_and(|granule| 0 < granule) {
                sound |= page.is_sound();
                damaged |= !page.is_sound();
            }
            at += page.len();
        }
    }
    // Comments may be longer than what was looked at.
    !sound && (damaged || (links.is_broken && links.end < prefix.len() as u64))
}

/// One page: its header and as much of its body as is there.
struct Page<'a> {
    flags: u8,
    /// `None` where no packet ends on the page, which the format writes as a negative number.
    granule: Option<u64>,
    serial: u32,
    lacing: &'a [u8],
    body: &'a [u8],
    /// All of the page that is there.
    bytes: &'a [u8],
}

impl<'a> Page<'a> {
    /// The page that begins here, when its header is whole.
    fn read(bytes: &'a [u8]) -> Option<Self> {
        let header = bytes.get(..27).filter(|header| header.starts_with(b"OggS\0"))?;
        let lacing = bytes.get(27..27 + usize::from(header[26]))?;
        let body = &bytes[27 + lacing.len()..];
        let length = body_length(lacing).min(body.len());
        let granule = u64::from_le_bytes(header[6..14].try_into().ok()?);
        Some(Self {
            flags: header[5],
            granule: (granule <= u64::MAX / 2).then_some(granule),
            serial: u32::from_le_bytes(header[14..18].try_into().ok()?),
            lacing,
            body: &body[..length],
            bytes: &bytes[..27 + lacing.len() + length],
        })
    }

    /// Whether a stream begins here.
    fn begins(&self) -> bool {
        self.flags & 2 != 0
    }

    /// Bytes of the whole page, by its header.
    fn length(&self) -> usize {
        27 + self.lacing.len() + body_length(self.lacing)
    }

    /// Bytes of the page that are there.
    const fn len(&self) -> usize {
        self.bytes.len()
    }

    fn is_whole(&self) -> bool {
        self.body.len() == body_length(self.lacing)
    }

    /// Whether the checksum is right, which is that of the page with zeros in its place (RFC 3533, section 6).
    fn is_sound(&self) -> bool {
        let (head, rest) = self.bytes.split_at(22);
        let Some((&claimed, rest)) = rest.split_first_chunk() else { return false };
        crc(crc(crc(0, head), &[0; 4]), rest) == u32::from_le_bytes(claimed)
    }

    /// The packets that end on this page; the first may have begun on an earlier one.
    fn packets(&self) -> impl Iterator<Item = &'a [u8]> {
        let (mut at, mut from, body) = (0, 0, self.body);
        self.lacing.iter().filter_map(move |&segment| {
            at += usize::from(segment);
            let packet = body.get(from..at);
            if segment == 255 {
                return None;
            }
            from = at;
            packet
        })
    }
}

/// What the last pages of a file say.
struct Last {
    cut: bool,
    /// The last page belongs to another stream than the first.
    foreign: bool,
    /// The last position of the first stream, in samples of 48 kHz.
    granule: Option<u64>,
}

impl Last {
    fn read(tail: &[u8], serial: u32) -> Self {
        let mut last = Self { cut: false, foreign: false, granule: None };
        let (mut at, mut end) = (0, 0);
        while let Some(page) = next_page(tail, &mut at) {
            last.foreign = page.serial != serial;
            // The position of a page that is cut off promises samples that are not there.
            if page.is_whole() && !last.foreign {
                last.granule = page.granule.or(last.granule);
                end = at + page.len();
            }
            at += page.len();
        }
        // A piece of a page, with or without its header, is all that may be left.
        last.cut = !last.foreign && end < tail.len();
        last
    }
}

/// The next page from `at` on, which moves to its beginning.
fn next_page<'a>(bytes: &'a [u8], at: &mut usize) -> Option<Page<'a>> {
    loop {
        *at += bytes.get(*at..)?.windows(4).position(|window| window == b"OggS")?;
        if let Some(page) = Page::read(&bytes[*at..]) {
            return Some(page);
        }
        *at += 4;
    }
}

/// The position at which the audio of an Opus stream starts: 0, but for a recording of a running broadcast.
fn opus_start(prefix: &[u8], serial: u32) -> u64 {
    let (mut at, mut headers) = (0, 0);
    while let Some(page) = next_page(prefix, &mut at) {
        at += page.len();
        if page.serial != serial {
            continue;
        }
        if HEADERS <= headers && page.is_whole() {
            let samples = page.packets().map(opus_samples).sum();
            return page.granule.unwrap_or(0).saturating_sub(samples);
        }
        headers += page.packets().count();
    }
    0
}

/// Samples of 48 kHz in one Opus packet, by its first bytes (RFC 6716, section 3.1).
fn opus_samples(packet: &[u8]) -> u64 {
    let Some(&toc) = packet.first() else { return 0 };
    let frame = match toc >> 3 {
        config @ 0..=11 => [480, 960, 1920, 2880][usize::from(config % 4)],
        config @ 12..=15 => [480, 960][usize::from(config % 2)],
        config => [120, 240, 480, 960][usize::from(config % 4)],
    };
    let frames = match toc & 3 {
        0 => 1,
        1 | 2 => 2,
        _ => packet.get(1).map_or(0, |&count| u64::from(count & 63)),
    };
    frame * frames
}

/// How many of these pages begin a stream.
fn beginnings(bytes: &[u8]) -> usize {
    let (mut at, mut count) = (0, 0);
    while let Some(page) = next_page(bytes, &mut at) {
        count += usize::from(page.begins() && page.is_whole() && page.is_sound());
        at += page.len();
    }
    count
}

/// How many of these pages have a wrong checksum, of those that are whole.
fn damaged(prefix: &[u8]) -> usize {
    let (mut at, mut damaged) = (0, 0);
    while let Some(page) = next_page(prefix, &mut at) {
        damaged += usize::from(page.is_whole() && !page.is_sound());
        at += page.len();
    }
    damaged
}

/// Goes on with a checksum over `bytes`.
pub(crate) fn crc(crc: u32, bytes: &[u8]) -> u32 {
    bytes.iter().fold(crc, |crc, &byte| crc << 8 ^ CRC[usize::from(crc.to_be_bytes()[0] ^ byte)])
}

fn body_length(lacing: &[u8]) -> usize {
    lacing.iter().map(|&segment| usize::from(segment)).sum()
}

/// What each byte does to a checksum: the polynomial 0x04c11db7, the highest bit first.
const CRC: [u32; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let mut rest = (byte as u32) << 24;
        let mut bit = 0;
        while bit < 8 {
            rest = (rest << 1) ^ ((rest >> 31) * 0x04c1_1db7);
            bit += 1;
        }
        table[byte] = rest;
        byte += 1;
    }
    table
};

/// The packets before the audio: the head and the comments.
const HEADERS: usize = 2;

/// The clock of Opus in Ogg, whatever was encoded (RFC 7845, section 4), in samples a second.
const OPUS_RATE: u64 = 48_000;
