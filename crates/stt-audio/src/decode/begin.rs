//! Begins to decode a file of each format, with what is to be known of it before.

use std::{
    collections::VecDeque,
    io::{Read, Seek, SeekFrom},
};

use symphonia::{
    core::{
        errors,
        formats::{FormatOptions, FormatReader, probe::ProbeableFormat},
        io::MediaSourceStream,
    },
    default::formats::{AdtsReader, AiffReader, CafReader, FlacReader, IsoMp4Reader, MkvReader, MpaReader, OggReader},
};

use super::{
    Decoder, Mpeg, State, aiff, caf, flac,
    guard::{Failure, Guarded},
    matroska, mp4, mpeg, ogg,
    padding::Padding,
    track::{self, Chosen},
    trim::Trim,
};
use crate::{codec::Codec, container::Container, damage::Damage, pcm::DecodeError, source::Input};

impl Decoder {
    pub(crate) fn aiff(input: Input) -> Result<Self, DecodeError> {
        Self::start::<AiffReader<'static>>(aiff::bare(input)?, None, Container::Aiff, &[])
    }

    pub(crate) fn caf(mut input: Input) -> Result<Self, DecodeError> {
        let trim = caf::trim(&mut input)?;
        let length = length(&mut input)?;
        let decoder = Self::start::<CafReader<'static>>(input, Some(length), Container::Caf, &[])?;
        Ok(Self { trim, ..decoder })
    }

    pub(crate) fn flac(input: Input) -> Result<Self, DecodeError> {
        let frames = flac::Frames::new(input);
        let first = frames.first().map_err(DecodeError::Io)?;
        let decoder = Self::one_flac(first)?;
        Ok(Self { frames: Some(frames), ..decoder })
    }

    /// Goes on with the FLAC file that follows this one, if one does.
    pub(super) fn follow_flac(&mut self) -> Result<bool, DecodeError> {
        let Some(input) = self.frames.as_ref().and_then(flac::Frames::next) else { return Ok(false) };
        let Self { format, guard, rate, sound, track, .. } = Self::one_flac(input)?;
        self.quiet.1 = 0;
        self.next_pts = None;
        (self.format, self.guard, self.rate, self.sound, self.track) = (format, guard, rate, sound, track);
        Ok(true)
    }

    fn one_flac(input: Input) -> Result<Self, DecodeError> {
        Self::start::<FlacReader<'static>>(flac::bare(input)?, None, Container::Flac, &[])
    }

    pub(crate) fn matroska(mut input: Input, container: Container) -> Result<Self, DecodeError> {
        let padding = Padding::read(&mut input)?;
        let bare = matroska::Bare::new(input)?;
        let decoder =
            Self::start::<MkvReader<'static>>(bare.input, None, container, &[]).map_err(|error| match error {
                DecodeError::NoAudio if bare.codec != Codec::Unknown => {
                    DecodeError::Codec { codec: bare.codec, container }
                }
                error => error,
            })?;
        let padding = padding.filter(|padding| padding.track == u64::from(decoder.track));
        let behind = padding.map_or(0, |padding| padding.frames(decoder.rate));
        Ok(Self { expected: bare.length, trim: Trim::without_last(decoder.trim.skip(), behind), ..decoder })
    }

    /// MPEG audio, or AAC with ADTS headers.
    pub(crate) fn mpeg(mut input: Input, container: Container) -> Result<Self, DecodeError> {
        if container == Container::Adts {
            return Self::start::<AdtsReader<'static>>(input, None, container, &[]);
        }
        let mut first = Vec::new();
        input.by_ref().take(LONGEST_FRAME).read_to_end(&mut first).map_err(DecodeError::Io)?;
        let info = mpeg::Info::read(&first);
        let mut decoder = Self::start::<MpaReader<'static>>(input.after(first), None, container, &[])?;
        decoder.mpeg = Some(Mpeg { current: None, info });
        if let Some((skip, keep)) = info.map(|info| info.trim()) {
            decoder.trim = Trim::perhaps(skip, keep);
        }
        Ok(decoder)
    }

    pub(crate) fn mp4(mut input: Input) -> Result<Self, DecodeError> {
        let mut index = mp4::Index::read(&mut input)?;
        let length = index.length;
        let input = index.hide(input);
        let decoder = Self::start::<IsoMp4Reader<'static>>(input, Some(length), Container::Mp4, &index.tracks)?;
        let Some(track) = index.tracks.iter().find(|track| track.id == decoder.track) else { return Ok(decoder) };
        let (skip, keep) = track.trim(decoder.rate, decoder.trim.skip());
        Ok(Self { trim: Trim::exactly(skip, keep), ..decoder })
    }

    pub(crate) fn ogg(input: Input) -> Result<Self, DecodeError> {
        let (input, seen) = ogg::Pages::checked(input);
        let decoder = Self::start::<OggReader<'static>>(input, None, Container::Ogg, &[])?;
        Ok(Self { aligned: Some(ogg::Aligned::new(seen)), ..decoder })
    }

    fn start<F: ProbeableFormat<'static>>(
        input: Input,
        length: Option<u64>,
        container: Container,
        tracks: &[mp4::Track],
    ) -> Result<Self, DecodeError> {
        let mouthful = if container == Container::Ogg { OGG_MOUTHFUL } else { MOUTHFUL };
        let (stream, guard) = Guarded::stream(input, length, mouthful);
        let format = guard.call(|| open::<F>(stream)).map_err(|failure| match failure {
            Failure::Fatal(error) => error,
            Failure::Ended | Failure::Reset => DecodeError::NoAudio,
            Failure::Malformed(message) | Failure::Unsupported(message) => DecodeError::Malformed(message.to_owned()),
        })?;
        let chosen = track::choose(format.as_ref(), &guard, container, tracks)?;
        let Chosen { track, rate, skip, sound } = chosen;
        Ok(Self {
            aligned: None,
            block: Vec::new(),
            channels: 0,
            container,
            damage: Damage::default(),
            expected: None,
            frames: None,
            format,
            guard,
            heard: false,
            mpeg: None,
            next_pts: None,
            packets: 0,
            pending: VecDeque::new(),
            quiet: (0, 0),
            rate,
            ready: false,
            sound,
            state: State::Decoding,
            track,
            trim: Trim::exactly(skip, None),
        })
    }
}

fn open<F: ProbeableFormat<'static>>(stream: MediaSourceStream<'static>) -> errors::Result<Box<dyn FormatReader>> {
    F::try_probe_new(stream, FormatOptions::default())
}

fn length(input: &mut Input) -> Result<u64, DecodeError> {
    let length = input.seek(SeekFrom::End(0)).map_err(DecodeError::Io)?;
    input.rewind().map_err(DecodeError::Io)?;
    Ok(length)
}

/// The longest frame of MPEG audio there can be, in bytes: layer III of version 1 at 320 kbit/s and 32 kHz is 1441,
/// layer II at 384 kbit/s and 32 kHz 1729.
const LONGEST_FRAME: u64 = 1729;

/// What may be read in one call, in bytes: more than any packet or index that is meant to be heard. What symphonia keeps
/// of it was measured to be less than six times as much, so it stays below 256 MiB.
const MOUTHFUL: u64 = 24 << 20;

/// The same for Ogg, whose comments, which may hold pictures, take 28 times as much in memory at worst.
const OGG_MOUTHFUL: u64 = 8 << 20;
