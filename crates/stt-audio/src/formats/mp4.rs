//! MP4, M4A, MOV and 3GP, by their index, which may stand at either end.

use std::io;

use crate::{
    codec::Codec,
    formats::{Facts, Shape, aac::Config, ac3, estimated, mpeg::Frame},
    source::Source,
    warning::Warning,
};

/// One box: its name, and where its body lies.
#[derive(Clone, Copy)]
struct Part {
    name: [u8; 4],
    body: u64,
    end: u64,
}

/// Goes over boxes and holds none of them.
struct Walk<'a, S> {
    source: &'a mut S,
    left: u32,
}

impl<S: Source> Walk<'_, S> {
    /// The box that begins at `at`, within one that ends at `end`.
    fn part(&mut self, at: u64, end: u64) -> io::Result<Option<Part>> {
        let Some(left) = self.left.checked_sub(1).filter(|_| at < end) else { return Ok(None) };
        self.left = left;
        let Some([a, b, c, d, name @ ..]) = self.source.array::<8>(at)? else { return Ok(None) };
        let (head, size) = match u32::from_be_bytes([a, b, c, d]) {
            0 => (8, end - at),
            1 => match self.source.array(at + 8)? {
                Some(size) => (16, u64::from_be_bytes(size)),
                None => return Ok(None),
            },
            size => (8, size.into()),
        };
        Ok((head <= size).then(|| Part { name, body: at + head, end: at.saturating_add(size) }))
    }

    /// The first box of this name inside of another.
    fn find(&mut self, name: [u8; 4], within: Part) -> io::Result<Option<Part>> {
        let mut at = within.body;
        while let Some(part) = self.part(at, within.end)? {
            if part.name == name {
                return Ok(Some(part));
            }
            at = part.end;
        }
        Ok(None)
    }

    /// The same, from box to box.
    fn follow(&mut self, names: &[&[u8; 4]], within: Part) -> io::Result<Option<Part>> {
        let mut part = within;
        for &&name in names {
            let Some(next) = self.find(name, part)? else { return Ok(None) };
            part = next;
        }
        Ok(Some(part))
    }

    /// The first track of sound in the index, and whether its samples are listed in fragments behind it.
    fn sound(&mut self, index: Part) -> io::Result<(Option<Part>, bool)> {
        let (mut at, mut sound, mut fragmented) = (index.body, None, false);
        while let Some(part) = self.part(at, index.end)? {
            at = part.end;
            match &part.name {
                b"mvex" => fragmented = true,
                b"trak" if sound.is_none() => {
                    let Some(media) = self.find(*b"mdia", part)? else { continue };
                    let Some(handler) = self.find(*b"hdlr", media)? else { continue };
                    if self.source.array(handler.body + 8)?.is_some_and(|kind: [u8; 4]| kind == *b"soun") {
                        sound = Some(media);
                    }
                }
                _ => {}
            }
        }
        Ok((sound, fragmented))
    }
}

impl<S: Source> Walk<'_, S> {
    /// The first frame of a track of MPEG audio, by the table of its chunks.
    fn first_frame(&mut self, sound: Part) -> io::Result<Option<Frame>> {
        let Some(tables) = self.follow(&[b"minf", b"stbl"], sound)? else { return Ok(None) };
        // The version, the number of chunks, and where each begins.
        let at = match self.find(*b"stco", tables)? {
            Some(part) => self.source.array(part.body + 8)?.map(|at| u64::from(u32::from_be_bytes(at))),
            None => match self.find(*b"co64", tables)? {
                Some(part) => self.source.array(part.body + 8)?.map(u64::from_be_bytes),
                None => None,
            },
        };
        let Some(at) = at else { return Ok(None) };
        Ok(self.source.array::<4>(at)?.and_then(|header| Frame::read(&header)))
    }
}

pub(crate) fn look(source: &mut impl Source, total: Option<u64>) -> io::Result<Facts> {
    let mut walk = Walk { source, left: BOXES };
    let (mut at, mut index, mut media) = (0, None, None);
    let end = total.unwrap_or(u64::MAX);
    while let Some(part) = walk.part(at, end)? {
        match &part.name {
            b"mdat" => media = Some(part),
            b"moov" => index = Some(part),
            _ => {}
        }
        if index.is_some() && media.is_some() {
            break;
        }
        at = part.end;
    }
    let Some(index) = index else {
        // In sight of its end, a file without an index is the rest of a recording that was never finished.
        let shape = if end <= at { Shape::NoIndex } else { Shape::Audio };
        return Ok(Facts { shape, ..Facts::default() });
    };
    let (sound, fragmented) = walk.sound(index)?;
    let Some(sound) = sound else {
        let is_whole = walk.left != 0 && walk.source.array::<1>(index.end - 1)?.is_some();
        let shape = match is_whole {
            true => Shape::NoAudio,
            false if end < index.end => Shape::NoIndex,
            false => Shape::Audio,
        };
        return Ok(Facts { shape, ..Facts::default() });
    };
    let mut facts = match walk.follow(&[b"minf", b"stbl", b"stsd"], sound)? {
        Some(part) => describe(&walk.source.piece(part.body + 8, DESCRIPTION)?).unwrap_or_default(),
        None => Facts::default(),
    };
    if facts.codec == Codec::Mp3 {
        // The description has two channels, whatever there are.
        facts.channels = walk.first_frame(sound)?.map(|frame| frame.channels);
    }
    if let Some(header) = walk.find(*b"mdhd", sound)? {
        match duration(&walk.source.piece(header.body, 32)?) {
            Some((0, _)) if !fragmented => facts.shape = Shape::NoAudio,
            Some((duration, scale)) => facts.length = estimated(duration, scale),
            None => {}
        }
    }
    if let (Some(total), Some(media)) = (total, media)
        && total < media.end
    {
        let (claimed, found) = (media.end - media.body, total.saturating_sub(media.body));
        facts.warnings.push(Warning::Promises { claimed, found });
    }
    Ok(facts)
}

/// What the header of a track says of its length, and in how many parts of a second. All ones are no length.
fn duration(header: &[u8]) -> Option<(u64, u32)> {
    let number = |at: usize| Some(u32::from_be_bytes(header.get(at..at + 4)?.try_into().ok()?));
    let (scale, duration) = match header.first()? {
        1 => (number(20)?, Some(u64::from(number(24)?) << 32 | u64::from(number(28)?))),
        _ => (number(12)?, Some(number(16)?).filter(|&duration| duration != u32::MAX).map(u64::from)),
    };
    Some((duration.filter(|&duration| duration != u64::MAX)?, scale)).filter(|&(_, scale)| 0 < scale)
}

/// What the first description of samples says.
fn describe(entry: &[u8]) -> Option<Facts> {
    let short = |at: usize| Some(u16::from_be_bytes(entry.get(at..at + 2)?.try_into().ok()?));
    let long = |at: usize| Some(u32::from_be_bytes(entry.get(at..at + 4)?.try_into().ok()?));
    let format: [u8; 4] = entry.get(4..8)?.try_into().ok()?;
    // The second version, of QuickTime, writes its numbers wider and farther behind.
    let (channels, rate, bits) = match short(16)? {
        2 => {
            let rate = f64::from_be_bytes(entry.get(40..48)?.try_into().ok()?);
            (u16::try_from(long(48)?).ok(), super::rate_of(rate), u16::try_from(long(56)?).ok())
        }
        _ => (short(24), long(32).map(|rate| rate >> 16), short(26)),
    };
    let codec = codec(format, entry);
    let mut facts = Facts {
        bits: bits.filter(|_| matches!(codec, Codec::Float | Codec::Pcm)),
        channels: channels.filter(|&channels| 0 < channels),
        codec,
        rate: rate.filter(|&rate| 0 < rate),
        ..Facts::default()
    };
    if format == *b"mp4a" {
        let (codec, config) = elementary(entry).unwrap_or_default();
        facts.codec = codec;
        if let Some(config) = config {
            (facts.rate, facts.channels) = (config.rate.or(facts.rate), config.channels.or(facts.channels));
        }
    }
    // The description of AC-3 has two channels, whatever there are: the box of the codec says how many.
    if let Codec::Ac3 | Codec::EAc3 = facts.codec {
        facts.channels = ac3::channels(entry);
    }
    Some(facts)
}

fn codec(format: [u8; 4], entry: &[u8]) -> Codec {
    match &format {
        b".mp3" | b"ms\0\x55" => Codec::Mp3,
        b"NONE" | b"in24" | b"in32" | b"ipcm" | b"raw " | b"sowt" | b"twos" => Codec::Pcm,
        // Of the three bits that matter, the first says floating point.
        b"lpcm" if entry.get(63).is_some_and(|flags| flags & 1 != 0) => Codec::Float,
        b"lpcm" => Codec::Pcm,
        b"Opus" => Codec::Opus,
        b"ac-3" => Codec::Ac3,
        b"alac" => Codec::Alac,
        b"alaw" => Codec::ALaw,
        b"ec-3" => Codec::EAc3,
        b"fLaC" => Codec::Flac,
        b"fl32" | b"fl64" | b"fpcm" => Codec::Float,
        b"samr" => Codec::AmrNb,
        b"sawb" => Codec::AmrWb,
        b"ulaw" => Codec::MuLaw,
        _ => Codec::FourCc(format),
    }
}

/// What the descriptor of an elementary stream says, wherever in the description it stands (ISO 14496-1).
fn elementary(entry: &[u8]) -> Option<(Codec, Option<Config>)> {
    let at = entry.windows(4).position(|name| name == b"esds")?;
    // The version, then the stream: its number, its flags, and what they announce.
    let stream = descriptor(entry.get(at + 8..)?, 3)?;
    let flags = *stream.get(2)?;
    let url = if flags & 0x40 == 0 { 0 } else { 1 + usize::from(*stream.get(3)?) };
    let before = 3 + usize::from(flags >> 7) * 2 + url + usize::from(flags >> 5 & 1) * 2;
    let decoder = descriptor(stream.get(before..)?, 4)?;
    let config = || decoder.get(13..).and_then(|rest| descriptor(rest, 5)).and_then(Config::read);
    Some(match *decoder.first()? {
        0x40 => config().map_or((Codec::Aac, None), |config| (config.codec, Some(config))),
        0x67 => (Codec::Aac, config()),
        0x66 | 0x68 => (Codec::RareAac, None),
        0x69 | 0x6b => (Codec::Mp3, None),
        0xa5 => (Codec::Ac3, None),
        0xa6 => (Codec::EAc3, None),
        0xad => (Codec::Opus, None),
        0xdd => (Codec::Vorbis, None),
        _ => (Codec::FourCc(*b"mp4a"), None),
    })
}

/// The body of the descriptor that begins here, if it has this tag. Its length has up to four bytes of seven bits.
fn descriptor(bytes: &[u8], tag: u8) -> Option<&[u8]> {
    let (&found, rest) = bytes.split_first()?;
    let last = rest.iter().take(4).position(|byte| byte & 0x80 == 0)?;
    let length = rest[..=last].iter().fold(0, |length, byte| length << 7 | usize::from(byte & 0x7f));
    let body = &rest[last + 1..];
    (found == tag).then(|| &body[..length.min(body.len())])
}

/// Honest files have some dozens of boxes up to the first track of sound; fragments may be without number.
const BOXES: u32 = 500;

/// A description with what belongs to its codec is seldom longer, in bytes.
const DESCRIPTION: usize = 1024;
