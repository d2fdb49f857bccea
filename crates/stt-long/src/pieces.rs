//! Pieces of long audio, as they are cut.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use futures_core::Stream;
use stt_audio::{DecodeError, Pcm16k};

use crate::{
    decoding::Decoding,
    piece::{LongPiece, PieceError},
    plan::Plan,
    progress::Progress,
    source::Source,
    work::cut,
};

/// Pieces of long audio, as they are cut: a stream that ends with the audio, or with the first error.
///
/// The audio is decoded in a thread of its own, which is ahead of whoever takes the pieces by one of them: in memory
/// there are never more than that one, the one that is being cut, and a block of the file. Dropping the stream ends
/// the thread; if it waits for a live source at that moment, it ends with that wait. A decoder that gives nothing for
/// ten seconds is given up, however long a pipe pauses.
///
/// Polled within a tokio runtime that has a timer, to see when a decoder has come to a standstill.
#[must_use = "a stream does nothing unless it is polled"]
#[derive(Debug)]
pub struct Pieces(Decoding<LongPiece, PieceError>);

impl Pieces {
    /// Begins to decode and cut.
    ///
    /// # Errors
    ///
    /// If no thread can be started. What the audio is shows in the first item of the stream.
    pub fn of(source: Source, plan: Plan) -> Result<Self, DecodeError> {
        let make = move |opened, outlet: &_| cut(Pcm16k::new(opened, plan.channel), plan, outlet);
        Decoding::begin(source, AHEAD, make).map(Self)
    }

    /// How far the audio has been read; looks at the same as long as the stream lives, and afterwards.
    #[must_use]
    pub fn progress(&self) -> Progress {
        self.0.progress()
    }
}

impl Stream for Pieces {
    type Item = Result<LongPiece, PieceError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_next(context)
    }
}

/// Pieces that wait to be taken.
const AHEAD: usize = 1;

#[cfg(test)]
mod tests {
    use std::{
        io,
        sync::{
            Arc,
            atomic::{AtomicUsize, Ordering},
        },
        thread,
        time::Duration,
    };

    use futures_util::{FutureExt, StreamExt};
    use stt_audio::{Block, Cut, Loss, PcmSource};
    use stt_model::Ticks;

    use super::*;
    use crate::{held::Held, life::LONGEST_BLOCK};

    const SECOND: usize = 16_000;

    /// Loud for so many seconds, silent for so many, and so on: noise of the same kind whenever it is made.
    fn sound(seconds: &[f32]) -> Vec<i16> {
        let mut state = 1_u32;
        let mut sound = Vec::new();
        for (at, seconds) in seconds.iter().enumerate() {
            let loud = i32::from(at % 2 == 0);
            sound.extend((0..(seconds * SECOND as f32) as usize).map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (loud * ((state >> 18) as i32 - 8_192)) as i16
            }));
        }
        sound
    }

    /// Gives what it has in blocks of a tenth of a second, and counts them.
    struct Memory {
        samples: Vec<i16>,
        at: usize,
        block: Vec<f32>,
        blocks: Arc<AtomicUsize>,
        fails: bool,
    }

    impl Memory {
        fn of(samples: &[i16]) -> Self {
            Self { samples: samples.to_vec(), at: 0, block: Vec::new(), blocks: Arc::default(), fails: false }
        }
    }

    impl PcmSource for Memory {
        fn next_block(&mut self) -> Result<Option<Block<'_>>, DecodeError> {
            let rest = &self.samples[self.at..];
            let now = &rest[..rest.len().min(SECOND / 10)];
            if now.is_empty() {
                return if self.fails { Err(DecodeError::Malformed("a lie".to_owned())) } else { Ok(None) };
            }
            self.at += now.len();
            self.blocks.fetch_add(1, Ordering::SeqCst);
            self.block = now.iter().map(|sample| f32::from(*sample) / 32_768.0).collect();
            Ok(Some(Block { channels: 1, rate: 16_000, samples: &self.block }))
        }

        fn losses(&self) -> &[Loss] {
            &[Loss::Packets(3)]
        }
    }

    async fn all(pieces: Pieces) -> (Vec<LongPiece>, Option<PieceError>) {
        let mut given = Vec::new();
        let mut pieces = pieces;
        while let Some(piece) = pieces.next().await {
            match piece {
                Ok(piece) => given.push(piece),
                Err(error) => {
                    assert!(pieces.next().await.is_none(), "nothing comes after an error");
                    return (given, Some(error));
                }
            }
        }
        (given, None)
    }

    fn samples(piece: &LongPiece) -> Vec<i16> {
        piece.audio[44..].as_chunks().0.iter().map(|sample| i16::from_le_bytes(*sample)).collect()
    }

    fn of_seconds(longest: u64) -> Plan {
        Plan::default().pieces(Duration::from_secs(longest)).unwrap()
    }

    #[tokio::test]
    async fn what_is_short_enough_stays_whole_with_its_pauses() {
        let sound = sound(&[1.0, 3.0, 1.0]);
        let pieces = Pieces::of(Source::pcm(Memory::of(&sound)), of_seconds(5)).unwrap();
        let (pieces, None) = all(pieces).await else { panic!("no error") };
        assert_eq!(pieces.len(), 1);
        assert_eq!((pieces[0].start, pieces[0].end, pieces[0].cut), (Ticks(0), Ticks(50_000_000), Cut::End));
        assert_eq!(samples(&pieces[0]), sound);
    }

    #[tokio::test]
    async fn what_is_longer_comes_in_pieces_that_hold_the_samples_of_their_time() {
        let sound = sound(&[2.0, 1.0, 2.0, 1.0, 2.0, 4.0]);
        let source = Pieces::of(Source::pcm(Memory::of(&sound)), of_seconds(4)).unwrap();
        let progress = source.progress();
        let (pieces, None) = all(source).await else { panic!("no error") };
        assert_eq!(pieces.len(), 3);
        let mut sent = 0;
        for (at, piece) in pieces.iter().enumerate() {
            let (start, end) = (piece.start.0 as usize / 625, piece.end.0 as usize / 625);
            assert_eq!(samples(piece), sound[start..end]);
            let (from, until) = (3 * at * SECOND, (3 * at + 2) * SECOND);
            assert!(start <= from && until <= end && end <= until + SECOND, "{start} {end}");
            sent += end - start;
        }
        assert_eq!(progress.read(), Duration::from_secs(12));
        assert_eq!(progress.skipped(), Duration::from_micros((12 * SECOND - sent) as u64 * 125 / 2));
        assert_eq!(progress.losses(), [Loss::Packets(3)]);
    }

    #[tokio::test]
    async fn what_must_not_be_cut_is_given_whole_or_not_at_all() {
        let given = async |seconds| {
            let source = Memory::of(&sound(&[seconds]));
            all(Pieces::of(Source::pcm(source), Plan::uncut(stt_audio::Limits::seconds(2))).unwrap()).await
        };
        let (pieces, None) = given(2.0).await else { panic!("no error") };
        assert_eq!(pieces.len(), 1);
        let (pieces, error) = given(2.1).await;
        assert!(pieces.is_empty());
        assert_eq!(error.unwrap().to_string(), "longer than 2 s, the limit of one request");
    }

    #[tokio::test]
    async fn live_audio_is_cut_at_its_first_long_pause() {
        let sound = sound(&[1.0, 10.0]);
        let pieces = Pieces::of(Source::pcm(Memory::of(&sound)), Plan::default().live()).unwrap();
        let (pieces, None) = all(pieces).await else { panic!("no error") };
        assert_eq!((pieces.len(), pieces[0].cut), (1, Cut::Silence));
        assert!(pieces[0].end < Ticks(20_000_000), "{:?}", pieces[0].end);
    }

    #[tokio::test]
    async fn what_was_read_before_an_error_is_given_before_it() {
        let sound = sound(&[1.5]);
        let source = Memory { fails: true, ..Memory::of(&sound) };
        let (pieces, error) = all(Pieces::of(Source::pcm(source), Plan::default()).unwrap()).await;
        assert_eq!(pieces.iter().map(samples).collect::<Vec<_>>(), [sound]);
        assert_eq!(error.unwrap().to_string(), "cannot be decoded: a lie");
    }

    #[tokio::test]
    async fn no_more_is_read_than_there_is_room_for() {
        let sound = sound(&[1.0, 1.0].repeat(30));
        let source = Memory::of(&sound);
        let blocks = Arc::clone(&source.blocks);
        let pieces = Pieces::of(Source::pcm(source), of_seconds(2)).unwrap();
        let settled = |before: usize| {
            thread::sleep(Duration::from_millis(5));
            blocks.load(Ordering::SeqCst) == before
        };
        while !(0..20).all(|_| settled(blocks.load(Ordering::SeqCst))) {}
        // One piece waits, one is held by the thread, and one is being cut: each of them with the pause behind it.
        assert!(blocks.load(Ordering::SeqCst) < 10 * 2 * 5, "{blocks:?}");
        assert_eq!(all(pieces).await.0.len(), 30);
        assert_eq!(blocks.load(Ordering::SeqCst), 600);
    }

    #[tokio::test]
    async fn the_thread_ends_with_the_stream() {
        let source = Memory::of(&sound(&[1.0, 1.0].repeat(30)));
        let blocks = Arc::clone(&source.blocks);
        let mut pieces = Pieces::of(Source::pcm(source), of_seconds(2)).unwrap();
        assert!(pieces.next().await.unwrap().is_ok());
        drop(pieces);
        let ended = (0..1_000).any(|_| {
            thread::sleep(Duration::from_millis(1));
            Arc::strong_count(&blocks) == 1
        });
        assert!(ended);
    }

    #[tokio::test]
    async fn a_decoder_that_panics_is_an_error_behind_what_it_gave() {
        struct Broken(Memory);

        impl PcmSource for Broken {
            fn next_block(&mut self) -> Result<Option<Block<'_>>, DecodeError> {
                let block = self.0.next_block()?;
                Ok(Some(block.expect("a decoder breaks down")))
            }

            fn losses(&self) -> &[Loss] {
                &[]
            }
        }

        let sound = sound(&[1.0, 1.0, 1.0]);
        let source = Source::pcm(Broken(Memory::of(&sound)));
        let (pieces, error) = all(Pieces::of(source, of_seconds(2)).unwrap()).await;
        assert_eq!(pieces.len(), 1);
        assert_eq!(error.unwrap().to_string(), "cannot be decoded: the decoder broke down on it");
    }

    #[tokio::test(start_paused = true)]
    async fn a_decoder_that_gives_nothing_is_given_up() {
        let (held, _sender) = Held::new();
        let (pieces, error) = all(Pieces::of(Source::pcm(held), Plan::default()).unwrap()).await;
        assert!(pieces.is_empty());
        assert_eq!(error.unwrap().to_string(), "cannot be decoded (gave up after 10 s)");
    }

    #[tokio::test]
    async fn a_live_source_may_pause_as_long_as_it_likes() {
        let (held, sender) = Held::new();
        let mut pieces = Pieces::of(Source::reader(held), Plan::default()).unwrap();
        while pieces.0.life().blocks().is_some() {
            tokio::task::yield_now().await;
        }
        tokio::time::pause();
        for _ in 0..10 {
            assert!(pieces.next().now_or_never().is_none(), "nothing has come");
            tokio::time::advance(LONGEST_BLOCK).await;
        }
        tokio::time::resume();
        sender.send([&stt_audio::canonical_header(16_000, 4)[..], &[1, 0, 2, 0]].concat()).unwrap();
        drop(sender);
        let (pieces, None) = all(pieces).await else { panic!("no error") };
        assert_eq!(samples(&pieces[0]), [1, 2]);
    }

    #[tokio::test]
    async fn a_file_that_is_not_there_and_one_that_is_no_audio_are_errors() {
        assert!(matches!(Source::file("/nowhere/at.all"), Err(DecodeError::Io(_))));
        let page = Pieces::of(Source::reader(&b"<!DOCTYPE html>"[..]), Plan::default()).unwrap();
        assert_eq!(all(page).await.1.unwrap().to_string(), "HTML, not audio");
    }

    #[cfg(feature = "opus")]
    #[tokio::test]
    async fn an_upload_of_opus_is_a_file_of_its_own_for_each_piece() {
        let plan = of_seconds(2).upload(crate::Upload::Opus);
        let source = Memory::of(&sound(&[1.0, 1.0, 1.0, 1.0]));
        let (pieces, None) = all(Pieces::of(Source::pcm(source), plan).unwrap()).await else { panic!("no error") };
        assert_eq!(pieces.len(), 2);
        for piece in &pieces {
            assert_eq!(piece.format, stt_model::AudioFormat::OggOpus);
            assert!(piece.audio.starts_with(b"OggS"));
            let (again, None) =
                all(Pieces::of(Source::reader(io::Cursor::new(piece.audio.clone())), Plan::default()).unwrap()).await
            else {
                panic!("it is decoded again")
            };
            assert_eq!(again[0].end.0, piece.end.0 - piece.start.0);
        }
    }
}
