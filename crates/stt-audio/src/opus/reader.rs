//! Reads Ogg Opus: any number of streams behind each other, with or without an end.

use std::io::Read;

use super::codec::{Head, PacketDecoder, RATE, length};
use crate::{
    codec::Codec,
    container::Container,
    damage::Damage,
    pages::{Found, Page},
    pcm::{Block, DecodeError, Loss, PcmSource},
};

/// The samples of an Ogg Opus file, at 48 kHz.
///
/// Opus has no rate of its own, whatever its header says of what was encoded. What an encoder added in front and behind
/// is left out, the gain of the header applied. Streams that follow each other in one file are all read.
///
/// ```
/// use stt_audio::{OggOpusReader, OggOpusWriter, PcmSource};
///
/// let mut writer = OggOpusWriter::new(Vec::new(), 24_000)?;
/// writer.write(&[0; 12_345])?;
/// let file = writer.finish()?;
///
/// let mut reader = OggOpusReader::new(file.as_slice());
/// let mut count = 0;
/// while let Some(block) = reader.next_block()? {
///     assert_eq!((block.rate, block.channels), (48_000, 1));
///     count += block.samples.len();
/// }
/// assert_eq!(count, 3 * 12_345);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct OggOpusReader<R> {
    block: Vec<f32>,
    channels: u16,
    damage: Damage,
    heard: bool,
    input: R,
    link: Option<Link>,
    page: Page,
    /// The beginning of a packet that goes on on the next page.
    partial: Vec<u8>,
    state: State,
    packets: u64,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum State {
    Reading,
    /// The block is to be given, after the silence that comes before it.
    Ready,
    Done,
}

/// One of the streams.
struct Link {
    channels: u16,
    decoder: PacketDecoder,
    ended: bool,
    pre_skip: u64,
    /// The number of the next page.
    sequence: u32,
    serial: u32,
    /// Whether damaged pages were seen of it.
    spoilt: bool,
    /// Where it begins: the position of its first sample; known with the first page of audio.
    start: Option<u64>,
    tags: Tags,
    /// Whether a page may be missing since a position was known last.
    torn: bool,
    /// Samples that were decoded, or left silent.
    done: u64,
}

/// The second packet is the comments.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Tags {
    Awaited,
    Passed,
}

impl<R: Read> OggOpusReader<R> {
    /// Reads from the current position on; nothing is read before the first block is asked for.
    pub fn new(input: R) -> Self {
        Self {
            block: Vec::new(),
            channels: 1,
            damage: Damage::default(),
            heard: false,
            input,
            link: None,
            page: Page::default(),
            partial: Vec::new(),
            state: State::Reading,
            packets: 0,
        }
    }

    /// Fills the block from the next page of audio, or makes silence due; `false` at the end.
    fn fill(&mut self) -> Result<bool, DecodeError> {
        loop {
            match self.page.read(&mut self.input).map_err(DecodeError::Io)? {
                Found::End(cut) => return self.end(cut),
                // Behind the end there may be anything.
                Found::Page(damaged) => {
                    if let Some(link) = self.link.as_mut().filter(|link| damaged && !link.ended) {
                        (link.spoilt, link.torn) = (true, true);
                    }
                }
            }
            if self.page.begins_stream() {
                self.begin()?;
                continue;
            }
            self.decode()?;
            if !self.block.is_empty() || self.damage.is_due() {
                return Ok(true);
            }
        }
    }

    /// Begins the stream that the page begins, if it is one of Opus and not one beside that which is being read.
    fn begin(&mut self) -> Result<(), DecodeError> {
        let packet = self.page.pieces().next().map_or(&[][..], |(packet, _)| packet);
        let Some(head) = Head::read(packet) else {
            return match &self.link {
                Some(link) if !link.ended => Ok(()),
                _ => Err(unsupported()),
            };
        };
        if self.link.as_ref().is_some_and(|link| !link.ended && !self.heard) {
            return Ok(());
        }
        self.partial.clear();
        self.link = Some(Link {
            channels: u16::from(head.channels),
            decoder: head.decoder().ok_or_else(unsupported)?,
            ended: false,
            pre_skip: u64::from(head.pre_skip),
            sequence: self.page.sequence.wrapping_add(1),
            serial: self.page.serial,
            spoilt: false,
            start: None,
            tags: Tags::Awaited,
            torn: false,
            done: 0,
        });
        Ok(())
    }

    /// Decodes the packets that end on the page.
    fn decode(&mut self) -> Result<(), DecodeError> {
        self.block.clear();
        let Some(link) = self.link.as_mut().filter(|link| link.serial == self.page.serial && !link.ended) else {
            return Ok(());
        };
        let is_next = link.sequence == self.page.sequence;
        link.sequence = self.page.sequence.wrapping_add(1);
        link.ended = self.page.ends_stream();
        let is_whole = is_next && self.page.continues() != self.partial.is_empty();
        link.torn |= !is_whole;
        if !is_whole {
            self.partial.clear();
        }
        // The rest of a packet whose beginning was not seen.
        let orphan = usize::from(self.page.continues() && self.partial.is_empty());
        let (before, mut longest) = (link.done, 0);
        let (mut lost, mut silent) = (0, 0);
        for (piece, ends) in self.page.pieces().skip(orphan) {
            let packet = if self.partial.is_empty() && ends {
                piece
            } else {
                if LONGEST_PACKET < self.partial.len() + piece.len() {
                    return Err(DecodeError::Malformed("a packet of Opus larger than 16 MB".to_owned()));
                }
                self.partial.extend_from_slice(piece);
                &self.partial
            };
            if ends {
                let tags = std::mem::replace(&mut link.tags, Tags::Passed);
                let is_comment = tags == Tags::Awaited && packet.starts_with(b"OpusTags");
                if !packet.is_empty() && !is_comment {
                    let length = length(packet);
                    self.packets += 1;
                    link.done += length;
                    longest = longest.max(length);
                    if link.decoder.decode(packet, &mut self.block) {
                        self.heard = true;
                    } else {
                        let frames = usize::try_from(length).expect("a packet is shorter than a second");
                        self.block.resize(self.block.len() + frames * usize::from(link.channels), 0.0);
                        (lost, silent) = (lost + 1, silent + length);
                    }
                }
                self.partial.clear();
            }
        }
        let channels = usize::from(link.channels);
        self.channels = link.channels;
        let gap = link.gap(self.page.granule, longest);
        let silence = gap - link.pre_skip.saturating_sub(before).min(gap);
        let is_filled = silence == 0 || self.damage.fill(silence, RATE)?;
        let before = link.pass(before, gap, is_filled);
        let kept = link.kept(before, self.page.granule);
        let frames = self.block.len() / channels;
        let (from, to) = (kept.0.min(frames), kept.1.min(frames));
        self.block.truncate(to * channels);
        self.block.drain(..from.min(to) * channels);
        if 0 < lost {
            self.damage.lose(lost, self.packets)?;
        }
        if 0 < silent { self.damage.leave_silent(silent, RATE) } else { Ok(()) }
    }

    fn is_open(&self) -> bool {
        self.link.as_ref().is_none_or(|link| !link.ended)
    }

    fn end(&mut self, cut: bool) -> Result<bool, DecodeError> {
        if !self.heard && self.damage.is_none() {
            return Err(DecodeError::NoAudio);
        }
        if !self.heard {
            return Err(DecodeError::Malformed("none of its packets can be decoded".to_owned()));
        }
        if self.is_open() && (cut || !self.partial.is_empty()) {
            self.damage.tell(Loss::CutShort);
        }
        Ok(false)
    }
}

impl Link {
    /// Samples that are missing before those of a page, whose longest packet is as long as `longest`, as far as its
    /// position tells.
    fn gap(&mut self, granule: Option<u64>, longest: u64) -> u64 {
        let Some(granule) = granule.filter(|_| self.torn) else { return 0 };
        let start = match self.start {
            Some(start) => start,
            // Without damage it is a broadcast that was joined late, and begins where it begins.
            None if self.spoilt && granule.saturating_sub(self.done) <= MOST_BEFORE => *self.start.insert(0),
            None => return 0,
        };
        self.torn = false;
        let gap = granule.saturating_sub(start).saturating_sub(self.done);
        // The last page may end within a packet, but nothing else does.
        if self.ended && 0 < longest { gap.next_multiple_of(longest) } else { gap }
    }

    /// Goes on behind a gap, which was filled or is no part of the sound; where the page begins, which began at `before`.
    fn pass(&mut self, before: u64, gap: u64, is_filled: bool) -> u64 {
        if is_filled {
            self.done += gap;
            before + gap
        } else {
            self.start = self.start.map(|start| start.saturating_add(gap));
            before
        }
    }

    /// Which of the samples of a page are kept, when `before` were before the page.
    fn kept(&mut self, before: u64, granule: Option<u64>) -> (usize, usize) {
        let on_page = self.done - before;
        let here = |position: u64| (position - before) as usize;
        if self.start.is_none() && 0 < on_page {
            // Where the first page also is the last, its position tells how much of it is to be kept.
            self.start = granule.map(|granule| granule.saturating_sub(self.done)).or(Some(0));
        }
        let end = match (granule, self.start) {
            // The only page that may promise less than it has (RFC 7845, section 4.4).
            (Some(granule), Some(start)) if self.ended => granule.saturating_sub(start).clamp(before, self.done),
            _ => self.done,
        };
        (here(self.pre_skip.clamp(before, self.done)), here(end))
    }
}

impl<R: Read + Send> PcmSource for OggOpusReader<R> {
    fn next_block(&mut self) -> Result<Option<Block<'_>>, DecodeError> {
        loop {
            if self.damage.is_due() {
                return Ok(Some(self.damage.silence(self.channels, RATE)));
            }
            match self.state {
                State::Done => return Ok(None),
                State::Ready if !self.block.is_empty() => {
                    self.state = State::Reading;
                    crate::pcm::sanitize(&mut self.block);
                    self.damage.heard(self.block.len() / usize::from(self.channels), RATE);
                    return Ok(Some(Block { channels: self.channels, rate: RATE, samples: &self.block }));
                }
                State::Reading | State::Ready => {
                    self.state = State::Done;
                    if self.fill()? {
                        self.state = State::Ready;
                    }
                }
            }
        }
    }

    fn losses(&self) -> &[Loss] {
        self.damage.losses()
    }
}

fn unsupported() -> DecodeError {
    DecodeError::Codec { codec: Codec::Opus, container: Container::Ogg }
}

/// In bytes. An encoder makes 61 kB at most for two channels; only comments with pictures come near this.
const LONGEST_PACKET: usize = 16 << 20;

/// Audio that may be missing where damage is at the very beginning, in samples: five seconds.
const MOST_BEFORE: u64 = 5 * RATE as u64;
