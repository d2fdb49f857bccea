//! Samples of audio of any kind, uncut.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use futures_core::Stream;
use stt_audio::{Channel, DecodeError, Pcm16k};

use crate::{
    decoding::{Decoding, Gone, Outlet, Pcm},
    progress::Progress,
    source::Source,
};

/// Samples of audio of any kind, as they are decoded: 16 kHz, one channel, and nothing is cut or left out.
///
/// A stream of blocks that ends with the audio, or with the first error. As with [`Pieces`](crate::Pieces), a thread of
/// its own decodes, no more than a few blocks ahead, and a decoder that gives nothing for ten seconds is given up.
///
/// Polled within a tokio runtime that has a timer.
#[must_use = "a stream does nothing unless it is polled"]
#[derive(Debug)]
pub struct Samples(Decoding<Vec<i16>, DecodeError>);

impl Samples {
    /// Begins to decode.
    ///
    /// # Errors
    ///
    /// If no thread can be started. What the audio is shows in the first item of the stream.
    pub fn of(source: Source, channel: Channel) -> Result<Self, DecodeError> {
        let make = move |opened, outlet: &_| blocks(Pcm16k::new(opened, channel), outlet);
        Decoding::begin(source, AHEAD, make).map(Self)
    }

    /// How far the audio has been read; looks at the same as long as the stream lives, and afterwards.
    #[must_use]
    pub fn progress(&self) -> Progress {
        self.0.progress()
    }
}

impl Stream for Samples {
    type Item = Result<Vec<i16>, DecodeError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_next(context)
    }
}

/// Gives all samples, and after them what went wrong.
fn blocks(mut pcm: Pcm, outlet: &Outlet<Vec<i16>, DecodeError>) -> Result<(), Gone> {
    let failed = loop {
        let block = match pcm.next_block() {
            Ok(Some(block)) => block.to_vec(),
            Ok(None) => break None,
            Err(error) => break Some(error),
        };
        outlet.block();
        outlet.progress.at(pcm.position(), 0);
        outlet.send(Ok(block))?;
    };
    // Before the stream ends, so that it is known to whoever sees the end.
    outlet.progress.at(pcm.position(), 0);
    outlet.progress.end(pcm.losses(), pcm.notes());
    failed.map_or(Ok(()), |error| outlet.send(Err(error)))
}

/// Blocks that wait to be taken; each is a fraction of a second.
const AHEAD: usize = 4;

#[cfg(test)]
mod tests {
    use std::io;

    use futures_util::{FutureExt, StreamExt};
    use stt_audio::{Encoding, RawFormat};

    use super::*;
    use crate::{held::Held, life::LONGEST_BLOCK};

    async fn all(mut samples: Samples) -> (Vec<i16>, Option<String>) {
        let mut given = Vec::new();
        while let Some(block) = samples.next().await {
            match block {
                Ok(block) => given.extend(block),
                Err(error) => return (given, Some(error.to_string())),
            }
        }
        (given, None)
    }

    /// The numbers from 0 on, as PCM with the low byte first.
    fn counted(count: u16) -> Vec<u8> {
        (0..count).flat_map(u16::to_le_bytes).collect()
    }

    #[tokio::test]
    async fn every_sample_comes_once_and_in_order() {
        let wav = [&stt_audio::canonical_header(16_000, 60_000)[..], &counted(30_000)].concat();
        let samples = Samples::of(Source::reader(io::Cursor::new(wav)), Channel::Mix).unwrap();
        let progress = samples.progress();
        let (given, None) = all(samples).await else { panic!("no error") };
        assert_eq!(given, (0..30_000).collect::<Vec<i16>>());
        assert_eq!((progress.read().as_millis(), progress.losses().len()), (1_875, 0));
    }

    #[tokio::test]
    async fn headerless_samples_are_what_their_user_says() {
        let format = RawFormat::new(16_000, Encoding::S16, 2).unwrap();
        let samples = Samples::of(Source::raw(io::Cursor::new(counted(8)), format), Channel::Right).unwrap();
        assert_eq!(all(samples).await, (vec![1, 3, 5, 7], None));
    }

    #[tokio::test]
    async fn what_is_no_audio_is_an_error_of_the_first_item() {
        let page = Samples::of(Source::reader(&b"<!DOCTYPE html>"[..]), Channel::Mix).unwrap();
        assert_eq!(all(page).await, (Vec::new(), Some("HTML, not audio".to_owned())));
    }

    #[tokio::test(start_paused = true)]
    async fn a_decoder_that_gives_nothing_is_given_up() {
        let (held, _sender) = Held::new();
        let samples = Samples::of(Source::pcm(held), Channel::Mix).unwrap();
        assert_eq!(all(samples).await.1.unwrap(), "cannot be decoded (gave up after 10 s)");
    }

    #[tokio::test]
    async fn a_live_source_of_headerless_samples_may_pause_as_long_as_it_likes() {
        let (held, sender) = Held::new();
        let format = RawFormat::new(16_000, Encoding::S16, 1).unwrap();
        let mut samples = Samples::of(Source::raw(held, format), Channel::Mix).unwrap();
        while samples.0.life().blocks().is_some() {
            tokio::task::yield_now().await;
        }
        tokio::time::pause();
        for _ in 0..10 {
            assert!(samples.next().now_or_never().is_none(), "nothing has come");
            tokio::time::advance(LONGEST_BLOCK).await;
        }
        tokio::time::resume();
        sender.send(counted(2)).unwrap();
        drop(sender);
        assert_eq!(all(samples).await, (vec![0, 1], None));
    }
}
