//! What of compressed audio is damaged, and the silence in its place.

use std::time::Duration;

use crate::{
    pcm::{Block, DecodeError, Loss},
    units::{Seconds, time_of},
};

/// What was lost so far, and whether it is too much.
#[derive(Default)]
pub(crate) struct Damage {
    /// What is missing and was not filled.
    broken: Duration,
    /// Frames of silence that are still to be given.
    due: u64,
    heard: Duration,
    losses: Vec<Loss>,
    packets: u64,
    /// What is missing and was, or will be, filled.
    silent: Duration,
    zeros: Vec<f32>,
}

impl Damage {
    /// Counts packets that cannot be decoded, of so many.
    pub(crate) fn lose(&mut self, packets: u64, of: u64) -> Result<(), DecodeError> {
        self.packets += packets;
        self.tell(Loss::Packets(self.packets));
        if Loss::is_too_much(self.packets, of) {
            return Err(DecodeError::Malformed(format!("{} of its packets are damaged", self.packets)));
        }
        Ok(())
    }

    /// Counts so many frames as silence, which whoever calls gives.
    pub(crate) fn leave_silent(&mut self, frames: u64, rate: u32) -> Result<(), DecodeError> {
        self.silent += time_of(frames, rate.into());
        self.tell(Loss::Silent(self.silent));
        if Loss::is_too_silent(self.silent, self.heard) {
            return Err(DecodeError::Malformed(format!("{} of it are damaged", Seconds(self.silent))));
        }
        Ok(())
    }

    /// Fills so many missing frames with silence, to be had from [`silence`](Self::silence); whether it did.
    ///
    /// What is longer than damage is likely to be is a break in the counting, as in what was recorded in pieces: no
    /// number in a file makes more than a minute.
    pub(crate) fn fill(&mut self, frames: u64, rate: u32) -> Result<bool, DecodeError> {
        let length = time_of(frames, rate.into());
        if LONGEST < length {
            self.broken = self.broken.saturating_add(length);
            self.tell(Loss::Break(self.broken));
            return Ok(false);
        }
        self.leave_silent(frames, rate)?;
        self.due += frames;
        Ok(true)
    }

    /// Whether silence comes before anything else.
    pub(crate) const fn is_due(&self) -> bool {
        0 < self.due
    }

    /// The next block of the silence that is due, a second at most.
    pub(crate) fn silence(&mut self, channels: u16, rate: u32) -> Block<'_> {
        let frames = self.due.min(u64::from(rate.max(1)));
        self.due -= frames;
        let frames = usize::try_from(frames).expect("it is no more than a 32-bit number");
        self.zeros.resize(frames * usize::from(channels), 0.0);
        Block { channels, rate, samples: &self.zeros }
    }

    /// Counts what can be heard.
    pub(crate) fn heard(&mut self, frames: usize, rate: u32) {
        self.heard += time_of(frames as u64, rate.into());
    }

    /// Whether nothing was lost.
    pub(crate) fn is_none(&self) -> bool {
        self.losses.is_empty()
    }

    /// Notes a loss, in place of another of its kind.
    pub(crate) fn tell(&mut self, loss: Loss) {
        let kind = std::mem::discriminant(&loss);
        match self.losses.iter_mut().find(|told| std::mem::discriminant(*told) == kind) {
            Some(told) => *told = loss,
            None => self.losses.push(loss),
        }
    }

    pub(crate) fn losses(&self) -> &[Loss] {
        &self.losses
    }
}

/// The longest gap that is filled. Pages hold a second as most programs write them, so this is a lot of them in a row.
const LONGEST: Duration = Duration::from_secs(60);
