//! Lets only whole and undamaged pages of an Ogg file through, and sees what is missing between them.

use std::{
    io::{self, BufReader, Read},
    sync::{Arc, Mutex, PoisonError},
};

use symphonia::core::{packet::Packet, units::Timestamp};

use super::{Decoder, guard::Failure};
use crate::{
    pages::{Found, Page},
    source::Input,
};

/// The pages, one after the other.
pub(super) struct Pages {
    at: usize,
    bytes: Vec<u8>,
    /// Streams that began beside each other, so far.
    begun: u32,
    input: BufReader<Input>,
    page: Page,
    seen: Seen,
    /// Whether a damaged page was seen since those streams began.
    spoilt: bool,
    streams: Vec<Stream>,
}

/// What was seen of the pages up to the last one.
#[derive(Clone, Default)]
pub(super) struct Seen(Arc<Mutex<Last>>);

#[derive(Clone, Copy, Default)]
struct Last {
    cut: bool,
    gap: Option<Gap>,
    number: u64,
}

/// A page before which others may be missing.
#[derive(Clone, Copy)]
struct Gap {
    /// Where it ends.
    granule: u64,
    serial: u32,
    spoilt: bool,
}

/// One of the streams that are beside each other.
struct Stream {
    /// The number of its next page.
    sequence: u32,
    serial: u32,
    torn: bool,
}

/// What is read ahead to give the packets behind a gap their true positions, which symphonia counts from before it.
pub(super) struct Aligned {
    ahead: Option<(Result<Option<Packet>, Failure>, Last)>,
    number: u64,
    seen: Seen,
    /// Whether pages were damaged before the packet.
    spoilt: bool,
}

impl Pages {
    /// The same input, and what will be seen of it.
    pub(super) fn checked(input: Input) -> (Input, Seen) {
        let seen = Seen::default();
        let pages = Self {
            at: 0,
            bytes: Vec::new(),
            begun: 0,
            input: BufReader::new(input),
            page: Page::default(),
            seen: seen.clone(),
            spoilt: false,
            streams: Vec::new(),
        };
        (Input::Pipe(Box::new(pages)), seen)
    }

    /// What is missing before the page.
    fn gap(&mut self) -> Option<Gap> {
        let (serial, sequence) = (self.page.serial, self.page.sequence);
        if self.page.begins_stream() {
            self.streams.push(Stream { sequence: sequence.wrapping_add(1), serial, torn: false });
            return None;
        }
        let stream = self.streams.iter_mut().find(|stream| stream.serial == serial)?;
        stream.torn |= stream.sequence != sequence;
        stream.sequence = sequence.wrapping_add(1);
        let orphan = usize::from(stream.torn && self.page.continues());
        let has_packets = orphan < self.page.pieces().filter(|(_, ends)| *ends).count();
        let granule = self.page.granule.filter(|_| has_packets && stream.torn)?;
        stream.torn = false;
        Some(Gap { granule, serial, spoilt: self.spoilt })
    }
}

impl Read for Pages {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.at == self.bytes.len() {
            match self.page.read(&mut self.input)? {
                Found::End(cut) => {
                    self.seen.change(|last| last.cut |= cut);
                    return Ok(0);
                }
                Found::Page(damaged) => self.spoilt |= damaged,
            }
            self.begun = if self.page.begins_stream() { self.begun + 1 } else { 0 };
            if MOST_STREAMS < self.begun {
                continue;
            }
            if self.begun == 1 {
                self.streams.clear();
                self.spoilt = false;
            }
            let gap = self.gap();
            let cut = !self.page.ends_stream();
            self.seen.change(|last| *last = Last { cut, gap, number: last.number + 1 });
            self.bytes = self.page.parts().concat();
            self.at = 0;
        }
        let count = into.len().min(self.bytes.len() - self.at);
        into[..count].copy_from_slice(&self.bytes[self.at..self.at + count]);
        self.at += count;
        Ok(count)
    }
}

impl Seen {
    fn change(&self, how: impl FnOnce(&mut Last)) {
        how(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }

    fn last(&self) -> Last {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Aligned {
    pub(super) fn new(seen: Seen) -> Self {
        Self { ahead: None, number: 0, seen, spoilt: false }
    }

    /// Whether the file has no end, as far as it was read.
    pub(super) fn is_cut(&self) -> bool {
        self.seen.last().cut
    }

    /// Forgets the damage of another stream before this one.
    pub(super) const fn begin(&mut self) {
        self.spoilt = false;
    }

    /// Whether packets are missing before those that come now, so that the first gives nothing.
    pub(super) const fn is_spoilt(&self) -> bool {
        self.spoilt
    }

    /// Where the first packet of a stream should begin that is damaged before it: at zero, if not more is missing than
    /// damage makes.
    pub(super) fn beginning(&self, packet: &Packet, rate: u32) -> Option<Timestamp> {
        let is_near = packet.pts.get() <= i64::from(rate) * MOST_BEFORE;
        (self.spoilt && is_near).then_some(Timestamp::ZERO)
    }
}

impl Decoder {
    /// The next packet of an Ogg file, with its true position. Of a page behind a gap all packets are read.
    pub(super) fn aligned(&mut self, aligned: &mut Aligned) -> Result<Option<Packet>, Failure> {
        let (outcome, last) = aligned.ahead.take().unwrap_or_else(|| self.ahead(&aligned.seen));
        let Some(packet) = outcome? else { return Ok(None) };
        let is_first = std::mem::replace(&mut aligned.number, last.number) != last.number;
        let Some(gap) = last.gap.filter(|gap| is_first && gap.serial == packet.track_id) else {
            return Ok(Some(packet));
        };
        aligned.spoilt = gap.spoilt;
        self.pending.push_back(packet);
        loop {
            match self.ahead(&aligned.seen) {
                (Ok(Some(packet)), next) if next.number == last.number => self.pending.push_back(packet),
                ahead => break aligned.ahead = Some(ahead),
            }
        }
        let length = self.pending.iter().fold(0, |length: u64, packet| length.saturating_add(packet.block_dur().get()));
        let begin = i64::try_from(gap.granule.saturating_sub(length)).unwrap_or(i64::MAX);
        let late = begin.saturating_sub(self.pending[0].pts.get());
        if 0 < late {
            self.pending
                .iter_mut()
                .for_each(|packet| packet.pts = Timestamp::new(packet.pts.get().saturating_add(late)));
        }
        Ok(self.pending.pop_front())
    }

    fn ahead(&mut self, seen: &Seen) -> (Result<Option<Packet>, Failure>, Last) {
        let outcome = self.guard.call(|| self.format.next_packet());
        (outcome, seen.last())
    }
}

/// Each takes memory, and a video with all its languages has fewer.
const MOST_STREAMS: u32 = 64;

/// Audio that may be missing where damage is at the very beginning, in seconds.
const MOST_BEFORE: i64 = 5;
