//! What an Ogg Opus stream is made of: its links, their comments, their packets and how long they last.

use std::io::Cursor;

use ogg::{Packet, PacketReader};

/// What a link begins with: the fields of its first packet (RFC 7845, section 5.1).
#[derive(Clone, Copy, Debug)]
pub(super) struct Head {
    pub(super) channels: u8,
    /// The samples at 48 kHz that are decoded and not played.
    pub(super) pre_skip: u16,
    /// What the samples are to be made louder by, in 256ths of a decibel.
    pub(super) gain: i16,
}

/// A part of a chain of streams, which `cat` makes of several files.
#[derive(Debug)]
pub(super) enum Part {
    /// A link begins.
    Head(Head),
    /// Its second packet, with the comments.
    Tags(Vec<u8>),
    /// A packet of audio, and what it says of the time.
    Audio { data: Vec<u8>, position: Option<u64> },
    /// The stream is none of Opus; this is its codec.
    Foreign(&'static str),
}

/// The names of the comments read and written here.
pub(super) const TRANSCRIPT: &str = "TRANSCRIPT";
/// See [`TRANSCRIPT`].
pub(super) const LANGUAGE: &str = "LANGUAGE";

/// The parts of the chain, up to the first damage; what is multiplexed with it is left out.
pub(super) fn parts(body: &[u8]) -> impl Iterator<Item = Part> {
    let mut reader = PacketReader::new(Cursor::new(body));
    let mut link = Link::Between;
    std::iter::from_fn(move || {
        loop {
            let packet = reader.read_packet().ok()??;
            let part = link.part(packet);
            if part.is_some() {
                return part;
            }
        }
    })
}

/// Where in a link the reader is.
enum Link {
    /// In none: at the start, or behind the end of one.
    Between,
    /// Behind the first packet of the stream with this number.
    Tags(u32),
    /// Behind the second.
    Audio(u32),
}

impl Link {
    fn part(&mut self, packet: Packet) -> Option<Part> {
        let serial = packet.stream_serial();
        // A stream that was cut off has no end, and the next one begins all the same.
        let begins = packet.first_in_stream() && !matches!(self, Self::Tags(_));
        match *self {
            _ if begins => {
                *self = Self::Tags(serial);
                let &[_, channels, skip_low, skip_high, _, _, _, _, gain_low, gain_high, ..] =
                    packet.data.strip_prefix(b"OpusHead").unwrap_or_default()
                else {
                    return Some(Part::Foreign(codec(&packet.data)));
                };
                let pre_skip = u16::from_le_bytes([skip_low, skip_high]);
                Some(Part::Head(Head { channels, pre_skip, gain: i16::from_le_bytes([gain_low, gain_high]) }))
            }
            Self::Tags(current) if current == serial => {
                *self = Self::Audio(serial);
                Some(Part::Tags(packet.data))
            }
            Self::Audio(current) if current == serial => {
                if packet.last_in_stream() {
                    *self = Self::Between;
                }
                let told = packet.last_in_page() && packet.absgp_page() != UNTOLD;
                let position = told.then(|| packet.absgp_page());
                Some(Part::Audio { data: packet.data, position })
            }
            _ => None,
        }
    }
}

/// The position of a page on which no packet ends (RFC 3533, section 6).
const UNTOLD: u64 = u64::MAX;

/// The length of a link, from the packets that were read of it.
///
/// It is the time from the start of the first page to the last position told: a live stream may start anywhere. A
/// position is a claim, and no more can be played than the packets hold. All of it is in samples at 48 kHz, which is
/// what Ogg Opus counts whatever was recorded (RFC 7845, section 4).
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Length {
    before_first_page: Option<u64>,
    held: u64,
    end: u64,
}

impl Length {
    pub(super) fn add(&mut self, packet: &[u8], position: Option<u64>) {
        self.held += samples(packet);
        if let Some(end) = position {
            self.end = end;
            self.before_first_page.get_or_insert(end.saturating_sub(self.held));
        }
    }

    /// Ends it with the last packet, whatever the page says that this is on.
    pub(super) fn end_here(&mut self) {
        self.end = self.before_first_page.unwrap_or(0).saturating_add(self.held);
    }

    /// What is to be played of it.
    pub(super) fn played(self, head: Head) -> u64 {
        let told = self.end.saturating_sub(self.before_first_page.unwrap_or(0));
        told.min(self.held).saturating_sub(head.pre_skip.into())
    }
}

/// The samples of one packet at 48 kHz, from its first two bytes (RFC 6716, section 3.1); none if they make no packet.
pub(super) fn samples(packet: &[u8]) -> u64 {
    let Some(first) = packet.first() else { return 0 };
    let config = first >> 3;
    let frame = match config {
        0..12 => [480, 960, 1_920, 2_880][usize::from(config % 4)],
        12..16 => [480, 960][usize::from(config % 2)],
        _ => [120, 240, 480, 960][usize::from(config % 4)],
    };
    let frames = match first & 3 {
        0 => 1,
        1 | 2 => 2,
        _ => packet.get(1).map_or(0, |count| count & 63),
    };
    let samples = frame * u64::from(frames);
    if samples <= LONGEST_PACKET as u64 { samples } else { 0 }
}

/// 120 ms (RFC 6716, section 3.2.5).
pub(super) const LONGEST_PACKET: usize = 5_760;

fn codec(first: &[u8]) -> &'static str {
    match first {
        [1, b'v', b'o', b'r', b'b', b'i', b's', ..] => "Vorbis",
        [0x7f, b'F', b'L', b'A', b'C', ..] => "FLAC",
        [b'S', b'p', b'e', b'e', b'x', ..] => "Speex",
        _ => "another codec",
    }
}

/// The comments of an `OpusTags` packet.
pub(super) struct Comments<'a> {
    pub(super) vendor: &'a [u8],
    pub(super) fields: Vec<&'a [u8]>,
}

/// Takes an `OpusTags` packet apart (RFC 7845, section 5.2); `None` if it is none or ends too early.
pub(super) fn comments(packet: &[u8]) -> Option<Comments<'_>> {
    let (vendor, rest) = counted(packet.strip_prefix(b"OpusTags")?)?;
    let (count, mut rest) = rest.split_first_chunk()?;
    let mut fields = Vec::new();
    for _ in 0..u32::from_le_bytes(*count) {
        let (field, after) = counted(rest)?;
        fields.push(field);
        rest = after;
    }
    Some(Comments { vendor, fields })
}

fn counted(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk()?;
    rest.split_at_checked(u32::from_le_bytes(*length) as usize)
}
