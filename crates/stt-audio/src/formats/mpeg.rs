//! MPEG audio, mostly MP3: its first frame, and the count of frames that encoders leave there.

use std::io;

use crate::{
    codec::Codec,
    formats::{Facts, estimated, extrapolated},
    length::Length,
    source::Source,
};

/// The header of one frame.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Frame {
    /// 1 to 3.
    pub(crate) layer: u8,
    /// Whether it is MPEG 1, not one of the versions with lower rates.
    first_version: bool,
    pub(crate) rate: u32,
    pub(crate) channels: u16,
    /// Bytes of the frame with its header.
    pub(crate) length: usize,
}

impl Frame {
    /// The frame that begins with these bytes, where no value in its header is one that the format reserves.
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        let &[0xff, second, third, fourth, ..] = bytes else { return None };
        let (version, layer) = ((second >> 3) & 3, 4 - ((second >> 1) & 3));
        let (bitrate, rate, padding) = (usize::from(third >> 4), usize::from((third >> 2) & 3), (third >> 1) & 1);
        if second & 0xe0 != 0xe0 || version == 1 || layer == 4 {
            return None;
        }
        let first_version = version == 3;
        let bitrates = match (first_version, layer) {
            (true, 1) => [32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
            (true, 2) => [32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
            (true, _) => [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
            (false, 1) => [32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
            (false, _) => [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
        };
        let bits = bitrates.get(bitrate.checked_sub(1)?)? * 1000;
        let rate = [44_100, 48_000, 32_000].get(rate)? >> [2, 0, 1, 0][usize::from(version)];
        let mut frame = Self { layer, first_version, rate, channels: if fourth >> 6 == 3 { 1 } else { 2 }, length: 0 };
        let slot = if layer == 1 { 4 } else { 1 };
        let slots = u64::from(frame.samples()) / 8 / slot * bits / u64::from(rate);
        frame.length = usize::try_from(slots * slot).ok()? + usize::from(padding) * usize::try_from(slot).ok()?;
        Some(frame)
    }

    /// Samples of one channel in a frame.
    pub(crate) const fn samples(self) -> u32 {
        match (self.layer, self.first_version) {
            (1, _) => 384,
            (3, false) => 576,
            _ => 1152,
        }
    }

    /// Whether both can stand in one stream.
    fn agrees(self, other: Self) -> bool {
        (self.layer, self.first_version, self.rate) == (other.layer, other.first_version, other.rate)
    }

    /// Where the header stands that encoders write into the first frame instead of audio.
    pub(crate) const fn tag(self) -> usize {
        match (self.first_version, self.channels) {
            (true, 1) | (false, 2) => 4 + 17,
            (true, _) => 4 + 32,
            (false, _) => 4 + 9,
        }
    }

    /// How many frames there are, by that header.
    fn count(self, frame: &[u8]) -> Option<u32> {
        let tag = self.tag();
        let number = |at: usize| Some(u32::from_be_bytes(frame.get(at..at + 4)?.try_into().ok()?));
        if matches!(frame.get(tag..tag + 4)?, b"Xing" | b"Info") {
            return number(tag + 4).filter(|flags| flags & 1 != 0).and_then(|_| number(tag + 8));
        }
        (frame.get(36..40)? == b"VBRI").then(|| number(50)).flatten()
    }
}

/// The first of `run` frames in a row, and where it begins. What ends before the last of them is no reason against it.
pub(crate) fn first_frame(bytes: &[u8], run: usize) -> Option<(usize, Frame)> {
    let starts = (0..bytes.len()).filter(|&at| bytes[at] == 0xff);
    let first = |at: usize| Some((at, Frame::read(&bytes[at..])?));
    starts.filter_map(first).find(|&(at, frame)| is_run(&bytes[at..], frame, run))
}

/// Whether `frame` and those behind it make a run, as far as the bytes go.
pub(crate) fn is_run(bytes: &[u8], frame: Frame, run: usize) -> bool {
    let (mut at, mut length) = (0, frame.length);
    (1..run).all(|_| {
        at += length;
        match bytes.get(at..at + 4) {
            None => true,
            Some(header) => Frame::read(header).is_some_and(|next| {
                length = next.length;
                frame.agrees(next)
            }),
        }
    })
}

/// The length of the tag of title and artist that begins here, in bytes.
pub(crate) fn id3_length(bytes: &[u8]) -> Option<u64> {
    let &[b'I', b'D', b'3', _, _, flags, a, b, c, d, ..] = bytes else { return None };
    let body = [a, b, c, d].into_iter().fold(0, |length, byte| length << 7 | u64::from(byte & 0x7f));
    let footer = if flags & 0x10 == 0 { 0 } else { 10 };
    Some(10 + body + footer)
}

/// The position behind all tags at the beginning.
pub(crate) fn audio_start(source: &mut impl Source) -> io::Result<u64> {
    let mut at = 0;
    for _ in 0..TAGS {
        let Some(length) = source.array::<10>(at)?.as_ref().and_then(|head| id3_length(head)) else { break };
        at += length;
    }
    Ok(at)
}

pub(crate) fn look(source: &mut impl Source, total: Option<u64>) -> io::Result<Facts> {
    let start = audio_start(source)?;
    let window = source.piece(start, SEARCHED)?;
    let Some((at, frame)) = first_frame(&window, 2) else { return Ok(Facts::default()) };
    let counted = frame.count(&window[at..]).filter(|&count| 0 < count);
    let length = match (counted, total) {
        (Some(count), _) => estimated(u64::from(count) * u64::from(frame.samples()), frame.rate),
        (None, Some(total)) => {
            let (bytes, frames) = average(&window[at..]);
            let audio = total.saturating_sub(start + at as u64);
            extrapolated(audio, bytes, frames * u64::from(frame.samples()), frame.rate)
        }
        (None, None) => Length::Unknown,
    };
    let codec = [Codec::Mp1, Codec::Mp2, Codec::Mp3][usize::from(frame.layer - 1)];
    Ok(Facts { channels: Some(frame.channels), codec, length, rate: Some(frame.rate), ..Facts::default() })
}

/// The bytes of the frames in a row that begin here, and how many they are.
fn average(bytes: &[u8]) -> (u64, u64) {
    let (mut at, mut frames) = (0, 0);
    while let Some(frame) = bytes.get(at..).and_then(Frame::read) {
        at += frame.length;
        frames += 1;
    }
    (at as u64, frames)
}

/// More tags than this in a row are no tags.
const TAGS: usize = 8;

/// How far behind the tags the first frame is looked for, because some encoders pad with zeros, and how much of what
/// follows makes the average, in bytes.
const SEARCHED: usize = 16_384;
