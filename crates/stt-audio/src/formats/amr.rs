//! AMR, narrow and wide band, in a file of its own.

use std::io;

use crate::{
    codec::Codec,
    formats::{Facts, extrapolated},
    length::Length,
    source::Source,
};

pub(crate) fn look(source: &mut impl Source, total: Option<u64>) -> io::Result<Facts> {
    let window = source.piece(0, AVERAGED)?;
    let (codec, rate, start, sizes) = if window.starts_with(b"#!AMR\n") {
        (Codec::AmrNb, 8_000, 6, [13, 14, 16, 18, 20, 21, 27, 32, 6, 1, 1, 1, 1, 1, 1, 1])
    } else if window.starts_with(b"#!AMR-WB\n") {
        (Codec::AmrWb, 16_000, 9, [18, 24, 33, 37, 41, 47, 51, 59, 61, 6, 1, 1, 1, 1, 1, 1])
    } else {
        // The form with several channels, which nothing is known to write.
        return Ok(Facts::default());
    };
    let (mut at, mut frames) = (start, 0);
    // The first byte of a frame says its kind, and so its size with that byte (RFC 4867, sections 3.6 and 5.3).
    while let Some(first) = window.get(at) {
        at += sizes[usize::from(first >> 3 & 15)];
        frames += 1;
    }
    let (bytes, all) = ((at - start) as u64, total.map(|total| total.saturating_sub(start as u64)));
    let length = all.map_or(Length::Unknown, |all| extrapolated(all, bytes, frames * u64::from(rate / 50), rate));
    Ok(Facts { channels: Some(1), codec, length, rate: Some(rate), ..Facts::default() })
}

/// Frames within so many bytes make the average, which the length of the whole is estimated by.
const AVERAGED: usize = 16_384;
