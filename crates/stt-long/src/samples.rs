//! Samples of audio of any kind, uncut.

use std::{
    fs::File,
    io::{BufReader, Read},
    path::Path,
    pin::Pin,
    task::{Context, Poll, ready},
    thread,
};

use futures_core::Stream;
use stt_audio::{Channel, DecodeError, Pcm16k, PcmSource, RawFormat, RawPcm};
use tokio::sync::mpsc;

use crate::{
    life::{LONGEST_BLOCK, Life, Patience},
    progress::Progress,
};

/// Samples of audio of any kind, as they are decoded: 16 kHz, one channel, and nothing is cut or left out.
///
/// A stream of blocks that ends with the audio, or with the first error. As with [`Pieces`](crate::Pieces), a thread of
/// its own decodes, no more than a few blocks ahead, and a decoder that gives nothing for ten seconds is given up.
///
/// Polled within a tokio runtime that has a timer.
#[must_use = "a stream does nothing unless it is polled"]
#[derive(Debug)]
pub struct Samples {
    patience: Patience,
    progress: Progress,
    receiver: mpsc::Receiver<Result<Vec<i16>, DecodeError>>,
}

impl Samples {
    /// The samples of a file.
    ///
    /// # Errors
    ///
    /// If it cannot be opened. Whether it is audio shows in the first item of the stream.
    pub fn of_file(path: impl AsRef<Path>, channel: Channel) -> Result<Self, DecodeError> {
        let life = Life::default();
        let file = life.input(File::open(path).map_err(DecodeError::Io)?);
        Self::begin(move || stt_audio::open(file), channel, life)
    }

    /// The samples of audio that can be read only once, such as a pipe.
    ///
    /// # Errors
    ///
    /// If no thread can be started. What the audio is shows in the first item of the stream.
    pub fn of_reader(reader: impl Read + Send + 'static, channel: Channel) -> Result<Self, DecodeError> {
        let life = Life::default();
        let input = life.input(BufReader::new(reader));
        Self::begin(move || stt_audio::open_stream(input), channel, life)
    }

    /// The samples of headerless PCM, from a file or a pipe.
    ///
    /// # Errors
    ///
    /// If no thread can be started.
    pub fn of_raw(
        reader: impl Read + Send + 'static,
        format: RawFormat,
        channel: Channel,
    ) -> Result<Self, DecodeError> {
        let life = Life::default();
        let input = life.input(BufReader::new(reader));
        Self::begin(move || Ok(RawPcm::new(input, format)), channel, life)
    }

    /// How far the audio has been read; looks at the same as long as the stream lives, and afterwards.
    #[must_use]
    pub fn progress(&self) -> Progress {
        self.progress.clone()
    }

    fn begin<S: PcmSource>(
        open: impl FnOnce() -> Result<S, DecodeError> + Send + 'static,
        channel: Channel,
        life: Life,
    ) -> Result<Self, DecodeError> {
        let (sender, receiver) = mpsc::channel(AHEAD);
        let progress = Progress::default();
        let work = Work { life: life.clone(), progress: progress.clone(), sender };
        let decode = move || match open() {
            Ok(source) => work.samples(Pcm16k::new(source, channel)),
            Err(error) => {
                work.send(Err(error));
            }
        };
        // Detached: nobody can end a thread that waits for a pipe, and nobody should have to wait with it.
        thread::Builder::new().name("stt-samples".to_owned()).spawn(decode).map_err(DecodeError::Io)?;
        Ok(Self { patience: Patience::new(life), progress, receiver })
    }
}

impl Stream for Samples {
    type Item = Result<Vec<i16>, DecodeError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        match self.receiver.poll_recv(context) {
            Poll::Pending if self.patience.is_over(context) => {
                self.receiver.close();
                Poll::Ready(Some(Err(DecodeError::GaveUp(LONGEST_BLOCK))))
            }
            polled => {
                let item = ready!(polled);
                self.patience.renew();
                Poll::Ready(item)
            }
        }
    }
}

/// The thread that decodes.
struct Work {
    life: Life,
    progress: Progress,
    sender: mpsc::Sender<Result<Vec<i16>, DecodeError>>,
}

impl Work {
    fn samples<S: PcmSource>(&self, mut pcm: Pcm16k<S>) {
        loop {
            let item = pcm.next_block().map(|block| block.map(<[i16]>::to_vec)).transpose();
            self.progress.at(pcm.position(), 0);
            let Some(item) = item else { break };
            self.life.block();
            let failed = item.is_err();
            if !self.send(item) || failed {
                break;
            }
        }
        // Before the channel closes, so that it is known to whoever sees the end.
        self.progress.end(pcm.losses(), pcm.notes());
    }

    /// Whether somebody takes it.
    fn send(&self, item: Result<Vec<i16>, DecodeError>) -> bool {
        self.life.waiting(true);
        let sent = self.sender.blocking_send(item).is_ok();
        self.life.waiting(false);
        sent
    }
}

/// Blocks that wait to be taken; each is a fraction of a second.
const AHEAD: usize = 4;

#[cfg(test)]
mod tests {
    use std::io;

    use futures_util::{FutureExt, StreamExt};
    use stt_audio::Encoding;

    use super::*;
    use crate::held::Held;

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
        let samples = Samples::of_reader(io::Cursor::new(wav), Channel::Mix).unwrap();
        let progress = samples.progress();
        let (given, None) = all(samples).await else { panic!("no error") };
        assert_eq!(given, (0..30_000).collect::<Vec<i16>>());
        assert_eq!((progress.read().as_millis(), progress.losses().len()), (1_875, 0));
    }

    #[tokio::test]
    async fn headerless_samples_are_what_their_user_says() {
        let format = RawFormat::new(16_000, Encoding::S16, 2).unwrap();
        let samples = Samples::of_raw(io::Cursor::new(counted(8)), format, Channel::Right).unwrap();
        assert_eq!(all(samples).await, (vec![1, 3, 5, 7], None));
    }

    #[tokio::test]
    async fn what_is_no_audio_is_an_error_of_the_first_item() {
        let page = Samples::of_reader(&b"<!DOCTYPE html>"[..], Channel::Mix).unwrap();
        assert_eq!(all(page).await, (Vec::new(), Some("HTML, not audio".to_owned())));
    }

    #[tokio::test(start_paused = true)]
    async fn a_decoder_that_gives_nothing_is_given_up() {
        let (held, _sender) = Held::new();
        let samples = Samples::begin(move || Ok(held), Channel::Mix, Life::default()).unwrap();
        assert_eq!(all(samples).await.1.unwrap(), "cannot be decoded (gave up after 10 s)");
    }

    #[tokio::test]
    async fn a_live_source_of_headerless_samples_may_pause_as_long_as_it_likes() {
        let (held, sender) = Held::new();
        let format = RawFormat::new(16_000, Encoding::S16, 1).unwrap();
        let mut samples = Samples::of_raw(held, format, Channel::Mix).unwrap();
        while samples.patience.life().blocks().is_some() {
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
