//! Bytes into blocks of samples, whatever pieces the bytes come in.

use std::io::{self, ErrorKind, Read};

use crate::{
    pcm::{Block, Loss},
    raw::{RawFormat, encoding::Odd},
};

/// Samples that stand one behind the other in `input`, up to its end or to a promised one.
#[derive(Debug)]
pub(crate) struct Frames<R> {
    input: R,
    format: RawFormat,
    /// Bytes of audio that are promised and have not come yet. `None` where the end of the input is the end.
    left: Option<u64>,
    /// Read and not decoded yet: the beginning of a frame, `held` bytes of it.
    bytes: Vec<u8>,
    held: usize,
    samples: Vec<f32>,
    odd: Odd,
    losses: Vec<Loss>,
    ended: bool,
}

impl<R: Read> Frames<R> {
    pub(crate) fn new(input: R, format: RawFormat, left: Option<u64>) -> Self {
        Self {
            input,
            format,
            left,
            bytes: vec![0; BUFFER],
            held: 0,
            samples: Vec::new(),
            odd: Odd::default(),
            losses: Vec::new(),
            ended: false,
        }
    }

    /// Goes on to what has come by now, at least one frame of it, and waits only if there is not even one. `false` is
    /// the end.
    pub(crate) fn advance(&mut self) -> io::Result<bool> {
        let frame = self.format.frame_bytes();
        while !self.ended {
            let count = self.read()?;
            self.held += count;
            let whole = self.held - self.held % frame;
            if 0 < whole {
                self.decode(whole);
                return Ok(true);
            }
            if count == 0 {
                self.end();
            }
        }
        Ok(false)
    }

    /// What the last advance came to.
    pub(crate) fn block(&self) -> Block<'_> {
        Block { channels: self.format.channels(), rate: self.format.rate(), samples: &self.samples }
    }

    pub(crate) fn losses(&self) -> &[Loss] {
        &self.losses
    }

    pub(crate) fn lose(&mut self, loss: Loss) {
        self.losses.push(loss);
    }

    /// What is left of the input, where the audio ended before it did.
    pub(crate) fn rest(&mut self) -> Option<&mut R> {
        (self.ended && self.left == Some(0)).then_some(&mut self.input)
    }

    fn read(&mut self) -> io::Result<usize> {
        let room = &mut self.bytes[self.held..];
        let wanted =
            self.left.and_then(|left| usize::try_from(left).ok()).map_or(room.len(), |left| left.min(room.len()));
        let count = loop {
            match self.input.read(&mut room[..wanted]) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                other => break other?,
            }
        };
        self.left = self.left.map(|left| left - count as u64);
        Ok(count)
    }

    /// Makes samples of so many bytes, and moves what is behind them to the front.
    fn decode(&mut self, whole: usize) {
        self.samples.clear();
        let (encoding, order) = (self.format.encoding(), self.format.order());
        let odd = encoding.decode(order, &self.bytes[..whole], &mut self.samples);
        self.bytes.copy_within(whole..self.held, 0);
        self.held -= whole;
        if 0 < odd.clipped + odd.not_numbers {
            self.odd.clipped += odd.clipped;
            self.odd.not_numbers += odd.not_numbers;
            self.losses.clear();
            self.losses.extend((0 < self.odd.clipped).then_some(Loss::Clipped(self.odd.clipped)));
            self.losses.extend((0 < self.odd.not_numbers).then_some(Loss::NotNumbers(self.odd.not_numbers)));
        }
    }

    fn end(&mut self) {
        self.ended = true;
        if 0 < self.held {
            self.losses.push(Loss::PartialFrame(self.held as u64));
        }
        if let Some(left @ 1..) = self.left {
            self.losses.push(Loss::Truncated(left));
        }
    }
}

/// How much is read at once, in bytes: a second of 16 kHz mono, and more than any frame has.
const BUFFER: usize = 32_768;
