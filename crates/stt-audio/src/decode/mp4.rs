//! The index of an MP4 file: its audio tracks, what is to be heard of them, and nothing else.

use std::io::{self, Read, Seek, SeekFrom};

use crate::{
    codec::Codec,
    pcm::DecodeError,
    source::{Input, ReadSeek, fill},
};

/// What is known before the file is given to the decoder.
#[derive(Debug, Default)]
pub(super) struct Index {
    /// Boxes that nobody needs to read, by where their type stands.
    hidden: Vec<u64>,
    /// How long the file must be by its boxes, in bytes. It may be cut short.
    pub(super) length: u64,
    pub(super) tracks: Vec<Track>,
}

/// An audio track.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Track {
    pub(super) channels: u16,
    pub(super) codec: Option<Codec>,
    /// Length of what is to be heard, in ticks of the whole file; 0 where that is not said.
    duration: u64,
    pub(super) id: u32,
    movie_scale: u32,
    /// Length of all packets in ticks of the track.
    packets: u64,
    scale: u32,
    /// Where in the packets it begins to be heard, in ticks of the track.
    start: u64,
}

impl Index {
    /// Reads the index, wherever in the file it is.
    pub(super) fn read(input: &mut Input) -> Result<Self, DecodeError> {
        let length = input.seek(SeekFrom::End(0)).map_err(DecodeError::Io)?;
        let mut index = Self { length, ..Self::default() };
        let (mut at, mut is_complete, mut fragments) = (0, false, 0_u64);
        for _ in 0..MOST_BOXES {
            let mut header = [0; 16];
            input.seek(SeekFrom::Start(at)).map_err(DecodeError::Io)?;
            let count = fill(input, &mut header).map_err(DecodeError::Io)?;
            let Some(found) = Header::read(&header[..count], length - at) else { break };
            let end = at.saturating_add(found.length).min(i64::MAX as u64);
            index.length = index.length.max(end);
            match &found.kind {
                // One is enough, and the last would count.
                b"moov" if is_complete => index.hidden.push(at + 4),
                b"moov" if LARGEST_INDEX < found.length => {
                    return Err(DecodeError::Malformed("MP4 with an index larger than 20 MB".to_owned()));
                }
                b"moov" => {
                    input.seek(SeekFrom::Start(at)).map_err(DecodeError::Io)?;
                    let mut bytes = Vec::new();
                    input.by_ref().take(found.length).read_to_end(&mut bytes).map_err(DecodeError::Io)?;
                    index.movie(bytes.get(found.before..).unwrap_or_default(), at + found.before as u64);
                    is_complete = true;
                }
                b"moof" => fragments = fragments.saturating_add(found.length),
                // Behind it there is nothing else.
                b"mdat" if is_complete && fragments == 0 => break,
                b"meta" | b"sidx" | b"uuid" => index.hidden.push(at + 4),
                _ => {}
            }
            if LARGEST_INDEX < fragments {
                return Err(DecodeError::Malformed("MP4 with more than 20 MB about its fragments".to_owned()));
            }
            if length <= end {
                break;
            }
            at = end;
        }
        input.rewind().map_err(DecodeError::Io)?;
        Ok(index)
    }

    /// The file as the decoder is to see it.
    pub(super) fn hide(&mut self, input: Input) -> Input {
        let Input::File(file) = input else { return input };
        let mut hidden = std::mem::take(&mut self.hidden);
        hidden.sort_unstable();
        Input::File(Box::new(Hiding { file, hidden, length: self.length, position: 0 }))
    }

    fn movie(&mut self, bytes: &[u8], offset: u64) {
        // In a file of fragments the tracks are counted, so none can be missing.
        let is_fragmented = boxes(bytes).any(|found| found.kind == *b"mvex");
        let scale =
            child(bytes, b"mvhd").and_then(|header| number(header, if header.first()? == &1 { 20 } else { 12 }));
        for found in boxes(bytes) {
            let at = offset + found.at as u64;
            match &found.kind {
                b"trak" => match Track::read(found.body, scale.unwrap_or(0)) {
                    Some(track) => {
                        self.tracks.push(track);
                        self.hide_within(found.body, at + found.before as u64);
                    }
                    None if !is_fragmented => self.hidden.push(at + 4),
                    None => {}
                },
                b"udta" | b"meta" => self.hidden.push(at + 4),
                _ => {}
            }
        }
    }

    fn hide_within(&mut self, bytes: &[u8], offset: u64) {
        let described = boxes(bytes).filter(|found| matches!(&found.kind, b"udta" | b"meta"));
        self.hidden.extend(described.map(|found| offset + found.at as u64 + 4));
    }
}

impl Track {
    /// Reads a track; `None` if it is not one of audio.
    fn read(bytes: &[u8], movie_scale: u32) -> Option<Self> {
        let media = child(bytes, b"mdia")?;
        if child(media, b"hdlr")?.get(8..12)? != b"soun" {
            return None;
        }
        let is_wide = |header: &[u8]| header.first() == Some(&1);
        let header = child(bytes, b"tkhd")?;
        let id = number(header, if is_wide(header) { 20 } else { 12 })?;
        let time = child(media, b"mdhd")?;
        let scale = number(time, if is_wide(time) { 20 } else { 12 })?;
        let tables = child(child(media, b"minf")?, b"stbl")?;
        let mut track = Self { id, movie_scale, scale, ..Self::default() };
        if let Some(table) = child(tables, b"stsd") {
            track.codec = table.get(12..16).and_then(codec);
            track.channels = table.get(32..34).map_or(0, |count| u16::from_be_bytes([count[0], count[1]]));
        }
        track.packets = child(tables, b"stts").map_or(0, total);
        if let Some(list) = child(bytes, b"edts").and_then(|edits| child(edits, b"elst")) {
            track.edit(list);
        }
        Some(track)
    }

    /// Takes over the list of edits, if it is the usual one: a piece, perhaps with nothing in front of it.
    fn edit(&mut self, list: &[u8]) {
        let is_wide = list.first() == Some(&1);
        let (length, wide) = if is_wide { (20, 8) } else { (12, 4) };
        let Some(entries) = list.get(8..) else { return };
        let field = |entry: &[u8], at: usize| entry[at..at + wide].iter().fold(0, |sum, &b| (sum << 8) | u64::from(b));
        let nothing = if is_wide { u64::MAX } else { u64::from(u32::MAX) };
        let pieces = entries.chunks_exact(length).map(|entry| (field(entry, 0), field(entry, wide)));
        let mut pieces = pieces.filter(|(_, start)| *start != nothing);
        if let (Some((duration, start)), None) = (pieces.next(), pieces.next()) {
            (self.duration, self.start) = (duration, start);
        }
    }

    /// Samples at `rate` to drop at the beginning, of which the decoder knows `known`, and how many to keep, where
    /// that is said.
    pub(super) fn trim(&self, rate: u32, known: u64) -> (u64, Option<u64>) {
        if self.scale == 0 {
            return (known, None);
        }
        let samples = |ticks: u64, scale: u32| {
            let exact = u128::from(ticks) * u128::from(rate);
            u64::try_from(exact.div_ceil(u128::from(scale))).unwrap_or(u64::MAX)
        };
        let skip = samples(self.start, self.scale).max(known);
        let by_packets = samples(self.packets, self.scale).checked_sub(skip).filter(|kept| 0 < *kept);
        // The whole file counts in milliseconds, or in less; what it rounds off is no reason to lose a sample.
        let by_edit = (0 < self.duration && 0 < self.movie_scale)
            .then(|| samples(self.duration.saturating_add(1), self.movie_scale));
        let keep = match (by_packets, by_edit) {
            (Some(packets), Some(edit)) => Some(packets.min(edit)),
            (packets, _) => packets,
        };
        (skip, keep)
    }
}

/// The whole length by the table of lengths, in ticks.
fn total(table: &[u8]) -> u64 {
    let runs = table.get(8..).unwrap_or_default().chunks_exact(8);
    let word = |run: &[u8], at: usize| number(run, at).map_or(0, u64::from);
    runs.fold(0, |sum: u64, run| sum.saturating_add(word(run, 0).saturating_mul(word(run, 4))))
}

/// The codec by the type of its description.
fn codec(kind: &[u8]) -> Option<Codec> {
    Some(match kind {
        b"ac-3" => Codec::Ac3,
        b"alac" => Codec::Alac,
        b"alaw" => Codec::ALaw,
        b"dtsc" | b"dtse" | b"dtsh" | b"dtsl" => Codec::Dts,
        b"ec-3" => Codec::EAc3,
        b"mp4a" => Codec::Aac,
        b"Opus" => Codec::Opus,
        b"samr" => Codec::AmrNb,
        b"sawb" | b"sawp" => Codec::AmrWb,
        b"ulaw" => Codec::MuLaw,
        other => Codec::FourCc(*other.first_chunk()?),
    })
}

/// The header of a box.
struct Header {
    /// Bytes before its content.
    before: usize,
    kind: [u8; 4],
    /// Of the whole box, in bytes.
    length: u64,
}

impl Header {
    /// Reads the header that `bytes` begin with; `left` is what the box can have at most.
    fn read(bytes: &[u8], left: u64) -> Option<Self> {
        let kind = *bytes.get(4..)?.first_chunk()?;
        let (before, length) = match number(bytes, 0)? {
            0 => (8, left),
            1 => (16, u64::from_be_bytes(*bytes.get(8..)?.first_chunk()?)),
            length => (8, u64::from(length)),
        };
        (before as u64 <= length).then_some(Self { before, kind, length })
    }
}

/// A box within another.
struct Found<'a> {
    at: usize,
    before: usize,
    body: &'a [u8],
    kind: [u8; 4],
}

fn boxes(bytes: &[u8]) -> impl Iterator<Item = Found<'_>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = bytes.get(at..)?;
        let header = Header::read(rest, rest.len() as u64)?;
        let length = usize::try_from(header.length).ok().filter(|length| *length <= rest.len())?;
        let found = Found { at, before: header.before, body: &rest[header.before..length], kind: header.kind };
        at += length;
        Some(found)
    })
}

fn child<'a>(bytes: &'a [u8], kind: &[u8; 4]) -> Option<&'a [u8]> {
    boxes(bytes).find(|found| found.kind == *kind).map(|found| found.body)
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(*bytes.get(at..)?.first_chunk()?))
}

/// A file in which the type of some boxes reads `free`, so that nobody looks into them, and which seems to be as long
/// as its boxes say, so that what is there of the last one can be read.
struct Hiding {
    file: Box<dyn ReadSeek>,
    hidden: Vec<u64>,
    length: u64,
    position: u64,
}

impl Read for Hiding {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(into)?;
        let (from, to) = (self.position, self.position + count as u64);
        let first = self.hidden.partition_point(|&at| at + 4 <= from);
        for &at in self.hidden[first..].iter().take_while(|&&at| at < to) {
            for (place, &letter) in (at..).zip(b"free") {
                if (from..to).contains(&place) {
                    into[(place - from) as usize] = letter;
                }
            }
        }
        self.position = to;
        Ok(count)
    }
}

impl Seek for Hiding {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let to = match to {
            SeekFrom::End(offset) => SeekFrom::Start(self.length.saturating_add_signed(offset)),
            to => to,
        };
        self.position = self.file.seek(to)?;
        Ok(self.position)
    }
}

/// In bytes; that of six hours of video takes about as much. The decoder keeps it all.
const LARGEST_INDEX: u64 = 20 << 20;

/// Boxes of the file itself: a few, or two for each fragment. A live stream has 50 fragments a second at most; this is
/// two hours of it.
const MOST_BOXES: u32 = 720_000;
