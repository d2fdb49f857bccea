//! Matroska and `WebM`, by what stands before the first cluster.

use std::{io, time::Duration};

use crate::{
    codec::Codec,
    formats::{Facts, Shape, aac::Config},
    length::Length,
    source::Source,
};

/// One element: its name, and where its body lies. `end` is all ones where its size is left open.
#[derive(Clone, Copy)]
struct Element {
    name: u64,
    body: u64,
    end: u64,
}

/// Goes over elements and holds none of them.
struct Walk<'a, S> {
    source: &'a mut S,
    left: u32,
}

impl<S: Source> Walk<'_, S> {
    fn element(&mut self, at: u64, end: u64) -> io::Result<Option<Element>> {
        let Some(left) = self.left.checked_sub(1).filter(|_| at < end) else { return Ok(None) };
        self.left = left;
        let head = self.source.piece(at, 12)?;
        let Some((name_length, name)) = number(&head, true) else { return Ok(None) };
        let Some((size_length, size)) = number(&head[name_length..], false) else { return Ok(None) };
        let body = at + (name_length + size_length) as u64;
        let is_open = size == (1 << (7 * size_length)) - 1;
        Ok(Some(Element {
            name,
            body,
            end: if is_open { u64::MAX } else { body.saturating_add(size).min(end).max(body) },
        }))
    }

    /// The number in an element, which has up to eight bytes.
    fn integer(&mut self, element: Element) -> io::Result<u64> {
        let length = usize::try_from(element.end - element.body).map_or(8, |length| length.min(8));
        Ok(self.source.piece(element.body, length)?.iter().fold(0, |number, &byte| number << 8 | u64::from(byte)))
    }

    fn float(&mut self, element: Element) -> io::Result<f64> {
        Ok(match element.end - element.body {
            4 => self.source.array(element.body)?.map_or(0.0, |four| f32::from_be_bytes(four).into()),
            8 => self.source.array(element.body)?.map_or(0.0, f64::from_be_bytes),
            _ => 0.0,
        })
    }

    fn text(&mut self, element: Element) -> io::Result<Vec<u8>> {
        let length = usize::try_from(element.end - element.body).map_or(TEXT, |length| length.min(TEXT));
        self.source.piece(element.body, length)
    }

    /// How long the whole is to play.
    fn length(&mut self, info: Element) -> io::Result<Length> {
        let (mut at, mut scale, mut duration) = (info.body, 1_000_000, 0.0);
        while let Some(element) = self.element(at, info.end)? {
            match element.name {
                TIMESTAMP_SCALE => scale = self.integer(element)?,
                DURATION => duration = self.float(element)?,
                _ => {}
            }
            at = element.end;
        }
        #[expect(clippy::cast_precision_loss, reason = "a scale of nanoseconds is a round number")]
        let seconds = duration * scale as f64 / 1e9;
        let length = Duration::try_from_secs_f64(seconds).ok().filter(|length| !length.is_zero());
        Ok(length.map_or(Length::Unknown, Length::Estimated))
    }

    /// The first track of sound.
    fn sound(&mut self, tracks: Element) -> io::Result<Option<Facts>> {
        let mut at = tracks.body;
        while let Some(track) = self.element(at, tracks.end)? {
            if track.name == TRACK
                && let Some(facts) = self.track(track)?
            {
                return Ok(Some(facts));
            }
            at = track.end;
        }
        Ok(None)
    }

    fn track(&mut self, track: Element) -> io::Result<Option<Facts>> {
        // What a track of sound has where nothing is said.
        let mut facts = Facts { channels: Some(1), rate: Some(8_000), ..Facts::default() };
        let (mut at, mut is_sound, mut codec, mut private) = (track.body, false, Vec::new(), Vec::new());
        while let Some(element) = self.element(at, track.end)? {
            match element.name {
                TRACK_TYPE => is_sound = self.integer(element)? == 2,
                CODEC => codec = self.text(element)?,
                CODEC_PRIVATE => private = self.text(element)?,
                AUDIO => self.audio(element, &mut facts)?,
                _ => {}
            }
            at = element.end;
        }
        facts.codec = codec_of(&codec, &private);
        if !matches!(facts.codec, Codec::Float | Codec::Pcm) {
            facts.bits = None;
        }
        Ok(is_sound.then_some(facts))
    }

    fn audio(&mut self, audio: Element, facts: &mut Facts) -> io::Result<()> {
        let (mut at, mut heard) = (audio.body, None);
        while let Some(element) = self.element(at, audio.end)? {
            match element.name {
                CHANNELS => facts.channels = u16::try_from(self.integer(element)?).ok().filter(|&count| 0 < count),
                BIT_DEPTH => facts.bits = u16::try_from(self.integer(element)?).ok(),
                RATE => facts.rate = super::rate_of(self.float(element)?),
                RATE_HEARD => heard = super::rate_of(self.float(element)?),
                _ => {}
            }
            at = element.end;
        }
        facts.rate = heard.or(facts.rate);
        Ok(())
    }
}

pub(crate) fn look(source: &mut impl Source) -> io::Result<Facts> {
    let mut walk = Walk { source, left: ELEMENTS };
    let (mut at, mut end, mut sound, mut length) = (0, u64::MAX, None, Length::Unknown);
    let mut shape = Shape::Audio;
    while let Some(element) = walk.element(at, end)? {
        at = element.end;
        match element.name {
            SEGMENT => (at, end) = (element.body, element.end),
            INFO => length = walk.length(element)?,
            TRACKS => {
                sound = walk.sound(element)?;
                let is_there = walk.left != 0 && walk.source.array::<1>(element.end - 1)?.is_some();
                shape = if sound.is_none() && is_there { Shape::NoAudio } else { Shape::Audio };
            }
            CLUSTER => break,
            _ => {}
        }
    }
    Ok(Facts { length, shape, ..sound.unwrap_or_default() })
}

/// A number whose first byte tells how many bytes it has, with that mark or without it, and how many they are.
pub(crate) fn number(bytes: &[u8], marked: bool) -> Option<(usize, u64)> {
    let &first = bytes.first()?;
    let length = first.leading_zeros() as usize + 1;
    let value =
        bytes.get(..length).filter(|_| first != 0)?.iter().fold(0, |number, &byte| number << 8 | u64::from(byte));
    Some((length, if marked { value } else { value & ((1 << (7 * length)) - 1) }))
}

fn codec_of(name: &[u8], private: &[u8]) -> Codec {
    match name {
        b"A_AC3" => Codec::Ac3,
        b"A_ALAC" => Codec::Alac,
        b"A_EAC3" => Codec::EAc3,
        b"A_FLAC" => Codec::Flac,
        b"A_MPEG/L1" => Codec::Mp1,
        b"A_MPEG/L2" => Codec::Mp2,
        b"A_MPEG/L3" => Codec::Mp3,
        b"A_OPUS" => Codec::Opus,
        b"A_PCM/FLOAT/IEEE" => Codec::Float,
        b"A_PCM/INT/BIG" | b"A_PCM/INT/LIT" => Codec::Pcm,
        b"A_VORBIS" => Codec::Vorbis,
        // What Windows knows it by; its format tag comes first.
        b"A_MS/ACM" => match private.first_chunk().map(|&tag| u16::from_le_bytes(tag)) {
            Some(6) => Codec::ALaw,
            Some(7) => Codec::MuLaw,
            Some(tag) => Codec::WavTag(tag),
            None => Codec::Unknown,
        },
        name if name.starts_with(b"A_AAC") && name.ends_with(b"/SBR") => Codec::HeAac,
        name if name.starts_with(b"A_AAC") => Config::read(private).map_or(Codec::Aac, |config| config.codec),
        _ => match name.strip_prefix(b"A_").and_then(|name| name.first_chunk()) {
            Some(&name) => Codec::FourCc(name),
            None => Codec::Unknown,
        },
    }
}

const AUDIO: u64 = 0xe1;
const BIT_DEPTH: u64 = 0x6264;
const CHANNELS: u64 = 0x9f;
const CLUSTER: u64 = 0x1f43_b675;
const CODEC: u64 = 0x86;
const CODEC_PRIVATE: u64 = 0x63a2;
const DURATION: u64 = 0x4489;
const INFO: u64 = 0x1549_a966;
const RATE: u64 = 0xb5;
const RATE_HEARD: u64 = 0x78b5;
const SEGMENT: u64 = 0x1853_8067;
const TIMESTAMP_SCALE: u64 = 0x2a_d7b1;
const TRACK: u64 = 0xae;
const TRACKS: u64 = 0x1654_ae6b;
const TRACK_TYPE: u64 = 0x83;

/// Honest files have some dozens of elements before the first cluster.
const ELEMENTS: u32 = 1000;

/// Names of codecs are shorter, and of what belongs to a codec the beginning is enough, in bytes.
const TEXT: usize = 64;
