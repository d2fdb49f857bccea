//! Reads Ogg Opus: any number of streams behind each other, with or without an end.

use std::io::Read;

use super::codec::{Head, PacketDecoder, RATE, length};
use crate::{
    codec::Codec,
    container::Container,
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
    heard: bool,
    input: R,
    link: Option<Link>,
    losses: Vec<Loss>,
    lost: u64,
    page: Page,
    /// The beginning of a packet that goes on on the next page.
    partial: Vec<u8>,
    state: State,
    packets: u64,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum State {
    Reading,
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
    /// Where it begins: the position of its first sample; known with the first page of audio.
    start: Option<u64>,
    tags: Tags,
    /// Samples that were decoded.
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
            heard: false,
            input,
            link: None,
            losses: Vec::new(),
            lost: 0,
            page: Page::default(),
            partial: Vec::new(),
            state: State::Reading,
            packets: 0,
        }
    }

    /// Fills the block from the next page of audio; `None` at the end.
    fn fill(&mut self) -> Result<Option<u16>, DecodeError> {
        loop {
            match self.page.read(&mut self.input).map_err(DecodeError::Io)? {
                Found::End(cut) => return self.end(cut),
                Found::Page(damaged) => {
                    // Behind the end there may be anything.
                    if damaged && self.is_open() {
                        self.lose(1)?;
                    }
                }
            }
            if self.page.begins_stream() {
                self.begin()?;
                continue;
            }
            if let Some(channels) = self.decode()? {
                return Ok(Some(channels));
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
            start: None,
            tags: Tags::Awaited,
            done: 0,
        });
        Ok(())
    }

    /// Decodes the packets that end on the page; the channels, when there is something to hear.
    fn decode(&mut self) -> Result<Option<u16>, DecodeError> {
        let Some(link) = self.link.as_mut().filter(|link| link.serial == self.page.serial && !link.ended) else {
            return Ok(None);
        };
        let missing = self.page.sequence.wrapping_sub(link.sequence);
        link.sequence = self.page.sequence.wrapping_add(1);
        link.ended = self.page.ends_stream();
        let mut lost = u64::from(missing != 0);
        if missing != 0 || !self.page.continues() {
            lost = lost.max(u64::from(!self.partial.is_empty()));
            self.partial.clear();
        }
        // The rest of a packet whose beginning was not seen.
        let orphan = usize::from(self.page.continues() && self.partial.is_empty());
        self.block.clear();
        let before = link.done;
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
                if link.tags == Tags::Awaited {
                    link.tags = Tags::Passed;
                } else if !packet.is_empty() {
                    self.packets += 1;
                    link.done += length(packet);
                    lost += u64::from(!link.decoder.decode(packet, &mut self.block));
                }
                self.partial.clear();
            }
        }
        let channels = link.channels;
        let kept = link.kept(before, self.page.granule);
        let frames = self.block.len() / usize::from(channels);
        let (from, to) = (kept.0.min(frames), kept.1.min(frames));
        self.block.truncate(to * usize::from(channels));
        self.block.drain(..from.min(to) * usize::from(channels));
        if 0 < lost {
            self.lose(lost)?;
        }
        Ok((!self.block.is_empty()).then_some(channels))
    }

    fn is_open(&self) -> bool {
        self.link.as_ref().is_none_or(|link| !link.ended)
    }

    fn lose(&mut self, count: u64) -> Result<(), DecodeError> {
        self.lost += count;
        self.losses.retain(|loss| !matches!(loss, Loss::Packets(_)));
        self.losses.push(Loss::Packets(self.lost));
        if Loss::is_too_much(self.lost, self.packets) {
            return Err(DecodeError::Malformed(format!("{} of its packets are damaged", self.lost)));
        }
        Ok(())
    }

    fn end(&mut self, cut: bool) -> Result<Option<u16>, DecodeError> {
        if !self.heard && self.lost == 0 {
            return Err(DecodeError::NoAudio);
        }
        if !self.heard {
            return Err(DecodeError::Malformed("none of its packets can be decoded".to_owned()));
        }
        if self.is_open() && (cut || !self.partial.is_empty()) {
            self.losses.push(Loss::CutShort);
        }
        Ok(None)
    }
}

impl Link {
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
        if self.state == State::Done {
            return Ok(None);
        }
        match self.fill() {
            Ok(Some(channels)) => {
                self.heard = true;
                crate::pcm::sanitize(&mut self.block);
                Ok(Some(Block { channels, rate: RATE, samples: &self.block }))
            }
            outcome => {
                self.state = State::Done;
                outcome.map(|_| None)
            }
        }
    }

    fn losses(&self) -> &[Loss] {
        &self.losses
    }
}

fn unsupported() -> DecodeError {
    DecodeError::Codec { codec: Codec::Opus, container: Container::Ogg }
}

/// In bytes. An encoder makes 61 kB at most for two channels; only comments with pictures come near this.
const LONGEST_PACKET: usize = 16 << 20;
