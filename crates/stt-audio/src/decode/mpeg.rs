//! What an encoder of MP3 says that it added in front and behind.

use crate::{formats::mpeg::Frame, pcm::Loss, units::time_of};

/// What the first frame, which holds no sound, says about the others.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Info {
    /// Samples that the encoder put in front.
    delay: u32,
    /// Frames that follow.
    pub(super) frames: u64,
    /// Samples that the encoder put behind.
    padding: u32,
    samples: u32,
}

impl Info {
    /// Reads the header that LAME invented and others copied, with delay and padding.
    ///
    /// None is read of what has no delay: the frame count alone is of no use, since any cut file has a wrong one.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let frame = Frame::read(bytes).filter(|frame| frame.layer == 3)?;
        let mut rest = bytes.get(frame.tag()..)?;
        if !rest.starts_with(b"Xing") && !rest.starts_with(b"Info") {
            return None;
        }
        let flags = rest.get(7)?;
        // The number of frames, of bytes, a table of contents and a quality, where each is there.
        let sizes = [4, 4, 100, 4];
        let before_lame = (0..4).filter(|bit| flags & (1 << bit) != 0).map(|bit| sizes[bit]).sum::<usize>();
        if flags & 1 == 0 {
            return None;
        }
        let frames = u32::from_be_bytes(rest.get(8..12)?.try_into().ok()?);
        rest = rest.get(8 + before_lame..)?;
        let &[high, middle, low] = rest.get(21..24)? else { return None };
        let is_told = rest[..4].iter().all(u8::is_ascii_alphanumeric);
        let trims = u32::from_be_bytes([0, high, middle, low]);
        is_told.then_some(Self {
            delay: trims >> 12,
            frames: u64::from(frames),
            padding: trims & 0xfff,
            samples: frame.samples(),
        })
    }

    /// What is missing where there were only so many frames.
    pub(super) fn missing(&self, found: u64, rate: u32) -> Option<Loss> {
        let frames = self.frames.checked_sub(found).filter(|&missing| 0 < missing)?;
        Some(Loss::Frames { missing: frames, length: time_of(frames * u64::from(self.samples), rate.into()) })
    }

    /// Samples to drop at the beginning, and to keep from there.
    pub(super) fn trim(&self) -> (u64, u64) {
        let total = self.frames * u64::from(self.samples);
        let added = u64::from(self.delay) + u64::from(self.padding);
        (u64::from(self.delay + DECODER_DELAY), total.saturating_sub(added))
    }
}

/// What every decoder of layer III comes late by, in samples: 528 by its filters, and one more by how LAME counts.
const DECODER_DELAY: u32 = 529;
