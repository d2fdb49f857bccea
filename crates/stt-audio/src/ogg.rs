//! What an Ogg file holds, by its first and its last page.

use std::time::Duration;

use crate::{codec::Codec, units};

/// What the pages of an Ogg file say, without decoding.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Ogg {
    pub(crate) codec: Codec,
    pub(crate) channels: Option<u16>,
    /// Of Opus, the rate of what was encoded: information, no property of the stream.
    pub(crate) rate: Option<u32>,
    /// Whether more than one stream is in the file, one beside or behind the other.
    pub(crate) several: bool,
    pub(crate) end: End,
}

/// How an Ogg file ends, as far as it was seen.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum End {
    /// Headers and nothing more.
    NoAudio,
    /// The end is not at hand, or the codec's clock is not known here.
    NotSeen,
    /// The length of an Opus stream, and whether its last page is cut off.
    Seen { length: Duration, cut: bool },
}

impl Ogg {
    /// Reads the first pages, and the last ones where the end of the file is at hand.
    pub(crate) fn read(prefix: &[u8], tail: Option<&[u8]>) -> Self {
        let Some(first) = Page::read(prefix) else {
            // A first page holds one short header and nothing else: a file that ends within it has no audio.
            let end = if tail.is_some() { End::NoAudio } else { End::NotSeen };
            return Self { codec: Codec::Unknown, channels: None, rate: None, several: false, end };
        };
        let (codec, channels, rate) = identify(first.body);
        let last = tail.map(|tail| Last::read(tail, first.serial));
        let several = Page::read(&prefix[first.len()..]).is_some_and(|second| second.begins())
            || last.as_ref().is_some_and(|last| last.foreign);
        let end = match last {
            Some(Last { granule: Some(0), .. }) => End::NoAudio,
            Some(Last { granule: Some(granule), cut, .. }) if codec == Codec::Opus => {
                let before = opus_start(prefix, first.serial).saturating_add(opus_pre_skip(first.body));
                End::Seen { length: units::time_of(granule.saturating_sub(before), OPUS_RATE), cut }
            }
            _ => End::NotSeen,
        };
        Self { codec, channels, rate, several, end }
    }
}

/// One page: its header and as much of its body as is there.
struct Page<'a> {
    flags: u8,
    /// `None` where no packet ends on the page, which the format writes as a negative number.
    granule: Option<u64>,
    serial: u32,
    lacing: &'a [u8],
    body: &'a [u8],
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
        })
    }

    /// Whether a stream begins here.
    fn begins(&self) -> bool {
        self.flags & 2 != 0
    }

    /// Bytes of the page that are there.
    fn len(&self) -> usize {
        27 + self.lacing.len() + self.body.len()
    }

    fn is_whole(&self) -> bool {
        self.body.len() == body_length(self.lacing)
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

/// The codec, the channels and the rate that a first packet tells.
fn identify(packet: &[u8]) -> (Codec, Option<u16>, Option<u32>) {
    let byte = |at: usize| packet.get(at).map(|&byte| u16::from(byte));
    let rate = |at: usize| Some(u32::from_le_bytes(packet.get(at..at + 4)?.try_into().ok()?));
    if packet.starts_with(b"OpusHead") {
        return (Codec::Opus, byte(9), rate(12));
    }
    if packet.starts_with(b"\x01vorbis") {
        return (Codec::Vorbis, byte(11), rate(12));
    }
    if packet.starts_with(b"\x7fFLAC") {
        return (Codec::Flac, None, None);
    }
    if packet.starts_with(b"Speex   ") {
        return (Codec::Speex, None, rate(36));
    }
    (Codec::Unknown, None, None)
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

/// Samples of 48 kHz that a decoder drops at the beginning, by the head of the stream.
fn opus_pre_skip(head: &[u8]) -> u64 {
    let Some(&[low, high]) = head.get(10..12) else { return 0 };
    u64::from(u16::from_le_bytes([low, high]))
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

fn body_length(lacing: &[u8]) -> usize {
    lacing.iter().map(|&segment| usize::from(segment)).sum()
}

/// The packets before the audio: the head and the comments.
const HEADERS: usize = 2;

/// The clock of Opus in Ogg, whatever was encoded (RFC 7845, section 4), in samples a second.
const OPUS_RATE: u64 = 48_000;
