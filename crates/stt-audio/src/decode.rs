//! Decodes the formats that people have, with symphonia.

mod aiff;
mod begin;
mod caf;
mod flac;
pub(crate) mod front;
mod guard;
mod matroska;
mod mp4;
mod mpeg;
mod ogg;
mod padding;
mod track;
mod trim;
mod vorbis;

use std::{collections::VecDeque, sync::Arc};

use symphonia::core::{formats::FormatReader, packet::Packet, units::Timestamp};

use self::{
    guard::{Failure, Guard},
    ogg::Aligned,
    track::{Chosen, Sound},
    trim::Trim,
};
use crate::{
    container::Container,
    damage::Damage,
    formats::mpeg::Frame,
    pcm::{self, Block, DecodeError, Loss, PcmSource},
};

/// The samples of a file, as they are in it.
///
/// Packets are read one at a time; what cannot be decoded is counted until it is too much, and left out, or silent where
/// packets are numbered by their samples.
pub(crate) struct Decoder {
    /// Of Ogg.
    aligned: Option<Aligned>,
    block: Vec<f32>,
    channels: u16,
    container: Container,
    damage: Damage,
    /// How many bytes there must be in all, where that is known.
    expected: Option<u64>,
    format: Box<dyn FormatReader>,
    /// Of FLAC.
    frames: Option<flac::Frames>,
    guard: Arc<Guard>,
    heard: bool,
    mpeg: Option<Mpeg>,
    /// Where the next packet must begin, unless some are missing.
    next_pts: Option<Timestamp>,
    /// Packets of this track so far.
    packets: u64,
    /// Packets that were read ahead.
    pending: VecDeque<Packet>,
    /// Packets since there was sound last, and the bytes that were read before.
    quiet: (u64, u64),
    rate: u32,
    /// Whether the block is to be given, after the silence that comes before it.
    ready: bool,
    sound: Sound,
    state: State,
    track: u32,
    trim: Trim,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum State {
    Decoding,
    Done,
}

/// What to do with a packet.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Turn {
    Decode,
    /// Come back to it after what is in the block.
    Emit,
    Skip,
}

/// What is particular about MPEG audio: a file may be several, one behind the other.
#[derive(Clone, Copy, Debug)]
struct Mpeg {
    current: Option<Frame>,
    info: Option<mpeg::Info>,
}

impl Decoder {
    /// Fills the block with what is to be heard next, or makes silence due; `false` at the end.
    fn fill(&mut self) -> Result<bool, DecodeError> {
        loop {
            self.watch()?;
            let packet = match self.next_packet() {
                Ok(Some(packet)) => packet,
                Ok(None) if self.follow_flac()? => continue,
                Ok(None) => return self.end(false),
                Err(Failure::Ended) => {
                    if !self.follow_flac()? {
                        return self.end(true);
                    }
                    // The one before was cut short.
                    self.damage.lose(1, self.packets)?;
                    continue;
                }
                Err(Failure::Reset) => {
                    self.reset()?;
                    continue;
                }
                Err(Failure::Fatal(error)) => return Err(error),
                Err(Failure::Malformed(message) | Failure::Unsupported(message)) => {
                    return Err(DecodeError::Malformed(message.to_owned()));
                }
            };
            if packet.track_id != self.track {
                continue;
            }
            self.packets += 1;
            self.look_back(&packet)?;
            let is_heard = match self.follow(&packet)? {
                Turn::Decode => self.decode(&packet)?,
                Turn::Emit => true,
                Turn::Skip => false,
            };
            if is_heard || (self.damage.is_due() && 0 < self.channels) {
                return Ok(true);
            }
        }
    }

    fn next_packet(&mut self) -> Result<Option<Packet>, Failure> {
        if let Some(packet) = self.pending.pop_front() {
            return Ok(Some(packet));
        }
        let Some(mut aligned) = self.aligned.take() else { return self.guard.call(|| self.format.next_packet()) };
        let packet = self.aligned(&mut aligned);
        self.aligned = Some(aligned);
        packet
    }

    /// Gives up where so much was read for nothing.
    fn watch(&mut self) -> Result<(), DecodeError> {
        self.quiet.0 += 1;
        let (packets, before) = self.quiet;
        if MOST_PACKETS < packets || MOST_BYTES < self.guard.read() - before {
            return Err(DecodeError::Malformed("no sound in very many packets".to_owned()));
        }
        Ok(())
    }

    /// Decodes a packet; whether there is something to hear in it.
    fn decode(&mut self, packet: &Packet) -> Result<bool, DecodeError> {
        self.block.clear();
        let (sound, block) = (&mut self.sound, &mut self.block);
        let (channels, rate) = match self.guard.call(|| sound.decode(packet, block)) {
            Ok(spec) => spec,
            Err(Failure::Fatal(error)) => return Err(error),
            Err(_) => {
                self.block.clear();
                self.damage.lose(1, self.packets)?;
                if self.is_numbered() {
                    self.damage.fill(packet.dur.get(), self.rate)?;
                }
                return Ok(false);
            }
        };
        if channels == 0 || rate == 0 {
            return Err(DecodeError::Malformed("audio without a rate or without channels".to_owned()));
        }
        (self.channels, self.rate) = (channels, rate);
        if self.block.is_empty() && self.aligned.as_ref().is_some_and(Aligned::is_spoilt) {
            self.damage.fill(packet.dur.saturating_add(packet.trim_start).get(), rate)?;
        }
        self.trim.apply(&mut self.block, usize::from(channels));
        if self.block.is_empty() {
            return Ok(false);
        }
        self.quiet = (0, self.guard.read());
        Ok(true)
    }

    /// Whether packets are numbered by their samples, so that it is known what is missing.
    fn is_numbered(&self) -> bool {
        matches!(self.container, Container::Flac | Container::Ogg)
    }

    /// Looks what is missing before a packet.
    fn look_back(&mut self, packet: &Packet) -> Result<(), DecodeError> {
        if !self.is_numbered() {
            return Ok(());
        }
        let beginning = || self.aligned.as_ref().and_then(|aligned| aligned.beginning(packet, self.rate));
        let expected = self.next_pts.or_else(beginning);
        self.next_pts = packet.pts.checked_add(packet.block_dur());
        let missing = expected.map_or(0, |expected| packet.pts.get().saturating_sub(expected.get()));
        match u64::try_from(missing) {
            Ok(frames @ 1..) => self.damage.fill(frames, self.rate).map(drop),
            _ => Ok(()),
        }
    }

    /// Changes the decoder where another kind of MPEG audio begins.
    fn follow(&mut self, packet: &Packet) -> Result<Turn, DecodeError> {
        let Some(mpeg) = &mut self.mpeg else { return Ok(Turn::Decode) };
        let Some(frame) = Frame::read(&packet.data) else { return Ok(Turn::Decode) };
        if mpeg.current.is_none_or(|current| is_alike(current, frame)) {
            mpeg.current = Some(frame);
            return Ok(Turn::Decode);
        }
        // Two of a new kind are a new recording; one is a chance hit in damaged bytes.
        let next = match self.next_packet() {
            Ok(next) => next,
            Err(Failure::Fatal(error)) => return Err(error),
            Err(_) => None,
        };
        let follower = next.as_ref().and_then(|next| Frame::read(&next.data));
        self.pending.extend(next);
        if !follower.is_some_and(|follower| is_alike(follower, frame)) {
            self.damage.lose(1, self.packets)?;
            return Ok(Turn::Skip);
        }
        // This packet was counted, and belongs to the new one.
        self.packets -= 1;
        self.block = self.trim.end(self.is_trimmed());
        self.sound = track::mpeg(&self.guard, frame.layer)?.sound;
        self.trim = Trim::default();
        self.mpeg = Some(Mpeg { current: Some(frame), info: None });
        // What was held back comes before the new one.
        self.pending.push_front(packet.clone());
        Ok(if self.block.is_empty() { Turn::Skip } else { Turn::Emit })
    }

    /// Whether there were as many frames as the header says, so that its padding can be believed.
    fn is_trimmed(&self) -> bool {
        self.mpeg.and_then(|mpeg| mpeg.info).is_some_and(|info| info.frames == self.packets)
    }

    /// Another stream begins, in chained Ogg.
    fn reset(&mut self) -> Result<(), DecodeError> {
        let Chosen { track, rate, skip, sound } =
            track::choose(self.format.as_ref(), &self.guard, self.container, &[])?;
        self.next_pts = None;
        self.aligned.iter_mut().for_each(Aligned::begin);
        (self.track, self.rate, self.sound) = (track, rate, sound);
        self.trim = Trim::exactly(skip, None);
        Ok(())
    }

    /// The end of the file; whether there is still something to hear. `early` where more was expected.
    fn end(&mut self, early: bool) -> Result<bool, DecodeError> {
        self.state = State::Done;
        let read = self.guard.read();
        let is_cut = match (self.container, &self.mpeg) {
            // A recording that was never finished has no end to be missed.
            (Container::Matroska | Container::WebM, _) => self.expected.is_some_and(|expected| read < expected),
            (_, Some(_)) => false,
            (Container::Ogg, _) => self.aligned.as_ref().is_some_and(Aligned::is_cut),
            _ => early,
        };
        self.block = self.trim.end(self.is_trimmed());
        if !self.heard && self.block.is_empty() {
            return Err(match self.damage.is_none() {
                true => DecodeError::NoAudio,
                false => DecodeError::Malformed("none of its packets can be decoded".to_owned()),
            });
        }
        if is_cut {
            self.damage.tell(Loss::CutShort);
        }
        // Whether it is the end that is missing, nobody can know.
        if let Some(loss) = self.mpeg.and_then(|mpeg| mpeg.info?.missing(self.packets, self.rate)) {
            self.damage.tell(loss);
        }
        Ok(!self.block.is_empty())
    }
}

impl PcmSource for Decoder {
    fn next_block(&mut self) -> Result<Option<Block<'_>>, DecodeError> {
        loop {
            if self.damage.is_due() && 0 < self.channels {
                return Ok(Some(self.damage.silence(self.channels, self.rate)));
            }
            if std::mem::take(&mut self.ready) && !self.block.is_empty() {
                self.heard = true;
                pcm::sanitize(&mut self.block);
                self.damage.heard(self.block.len() / usize::from(self.channels), self.rate);
                return Ok(Some(Block { channels: self.channels, rate: self.rate, samples: &self.block }));
            }
            if self.state == State::Done {
                return Ok(None);
            }
            match self.fill() {
                Ok(true) => self.ready = true,
                Ok(false) => self.state = State::Done,
                Err(error) => {
                    self.state = State::Done;
                    return Err(error);
                }
            }
        }
    }

    fn losses(&self) -> &[Loss] {
        self.damage.losses()
    }
}

/// Whether one decoder can decode both.
fn is_alike(one: Frame, other: Frame) -> bool {
    (one.channels, one.layer, one.rate) == (other.channels, other.layer, other.rate)
}

/// Packets without sound, between sound: more than an hour of video in which nobody speaks.
const MOST_PACKETS: u64 = 500_000;

/// Bytes without sound, between sound: some minutes of video at the highest rates.
const MOST_BYTES: u64 = 2 << 30;
