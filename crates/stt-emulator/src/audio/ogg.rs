//! What an Ogg Opus stream tells without being decoded: its comments and its length.

use std::io::Cursor;

use ogg::{Packet, PacketReader};

/// An Ogg Opus stream.
#[derive(Debug)]
pub(super) struct Opus {
    /// The length in ticks of 100 ns.
    pub(super) ticks: u64,
    /// The comment `LANGUAGE`.
    pub(super) language: Option<String>,
    /// The comment `TRANSCRIPT`.
    pub(super) transcript: Option<String>,
    /// The number of channels, from the first packet.
    pub(super) channels: u8,
}

/// The names of the comments read and written here.
pub(super) const TRANSCRIPT: &str = "TRANSCRIPT";
/// See [`TRANSCRIPT`].
pub(super) const LANGUAGE: &str = "LANGUAGE";

/// The time of Ogg Opus always counts 48,000 samples a second, whatever was recorded (RFC 7845, section 4).
const TICKS_PER_SAMPLE: (u64, u64) = (10_000_000, 48_000);

/// Reads a body that begins with `OggS`; the error says why it is no Ogg Opus.
pub(super) fn read(body: &[u8]) -> Result<Opus, String> {
    let mut packets = packets(body);
    let first = packets.next().ok_or("the Ogg stream has no readable page")?;
    let Some(&[_, channels, skip_low, skip_high, ..]) = first.data.strip_prefix(b"OpusHead") else {
        return Err(format!("the Ogg stream holds {}, only Opus is heard", codec(&first.data)));
    };
    let tags = packets.next().map(|packet| packet.data).unwrap_or_default();
    let length = length(packets).saturating_sub(u16::from_le_bytes([skip_low, skip_high]).into());
    let mut opus =
        Opus { ticks: length * TICKS_PER_SAMPLE.0 / TICKS_PER_SAMPLE.1, language: None, transcript: None, channels };
    for comment in comments(&tags).into_iter().flat_map(|comments| comments.fields) {
        let comment = String::from_utf8_lossy(comment);
        match comment.split_once('=') {
            Some((name, text)) if name.eq_ignore_ascii_case(TRANSCRIPT) => opus.transcript = Some(text.to_owned()),
            Some((name, text)) if name.eq_ignore_ascii_case(LANGUAGE) => opus.language = Some(text.to_owned()),
            _ => {}
        }
    }
    Ok(opus)
}

/// The packets of audio: all but the two that begin a stream.
pub(super) fn audio(body: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    packets(body).skip(2).map(|packet| packet.data)
}

/// The packets of the first stream, up to the first damage.
fn packets(body: &[u8]) -> impl Iterator<Item = Packet> {
    let mut reader = PacketReader::new(Cursor::new(body));
    let mut ended = false;
    std::iter::from_fn(move || {
        let packet = if ended { None } else { reader.read_packet().ok().flatten() };
        ended = packet.as_ref().is_none_or(Packet::last_in_stream);
        packet
    })
}

/// The samples from the start of the first page to the last position told: a live stream may start anywhere.
///
/// A position is a claim, and no more can be played than the packets hold.
fn length(packets: impl Iterator<Item = Packet>) -> u64 {
    let mut before_first_page = None;
    let mut held = 0;
    let mut end = 0;
    for packet in packets {
        held += samples(&packet.data);
        if packet.last_in_page() && packet.absgp_page() != UNTOLD {
            end = packet.absgp_page();
            before_first_page.get_or_insert(end.saturating_sub(held));
        }
    }
    end.saturating_sub(before_first_page.unwrap_or(0)).min(held)
}

/// The position of a page on which no packet ends (RFC 3533, section 6).
const UNTOLD: u64 = u64::MAX;

/// The samples of one packet at 48 kHz, from its first two bytes (RFC 6716, section 3.1).
fn samples(packet: &[u8]) -> u64 {
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
    frame * u64::from(frames)
}

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
