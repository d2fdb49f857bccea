//! Audio that can be read once, kept as far as it was sent.

use std::{
    error::Error as StdError,
    io,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, ready},
};

use bytes::{Buf, Bytes};
use futures_core::Stream;
use tokio::io::{AsyncRead, ReadBuf};

use super::Piece;
use crate::limits::{CHUNK, EMPTY, KEPT};

type Parts = Pin<Box<dyn Stream<Item = Result<Bytes, Box<dyn StdError + Send + Sync>>> + Send>>;

/// Audio that can be read once, kept as far as it was sent.
pub(super) struct Live(Mutex<State>);

struct State {
    source: Source,
    /// Everything that was read, unless it became too much.
    kept: Option<Kept>,
}

/// What was read, in the pieces in which it was handed over: keeping them costs no copy.
#[derive(Default)]
struct Kept {
    pieces: Vec<Bytes>,
    bytes: usize,
}

impl Kept {
    fn add(&mut self, piece: Bytes) {
        self.bytes += piece.len();
        self.pieces.push(piece);
    }

    /// The pieces from number `from` on that fit into one chunk, and how many they are; `None` at the end.
    fn joined(&self, from: usize, chunk: usize) -> Option<(Bytes, usize)> {
        let (first, rest) = self.pieces.get(from..)?.split_first()?;
        let mut bytes = first.len();
        let more = rest.iter().take_while(|piece| {
            bytes += piece.len();
            bytes <= chunk
        });
        match more.count() {
            0 => Some((first.clone(), 1)),
            more => Some((self.pieces[from..=from + more].concat().into(), 1 + more)),
        }
    }
}

enum Source {
    Ended,
    /// Why, until it is reported.
    Failed(Option<Box<dyn StdError + Send + Sync>>),
    Going {
        parts: Parts,
        /// What is left of the last part.
        rest: Bytes,
    },
}

impl Live {
    /// `head` goes before what the reader gives.
    pub(super) fn reader(head: Vec<u8>, reader: impl AsyncRead + Send + 'static) -> Self {
        Self::stream(head, Reading { reader: Box::pin(reader), buffer: vec![0; CHUNK] })
    }

    /// `head` goes before what the stream gives.
    pub(super) fn stream<S, E>(head: Vec<u8>, stream: S) -> Self
    where
        S: Stream<Item = Result<Bytes, E>> + Send + 'static,
        E: Into<Box<dyn StdError + Send + Sync>> + 'static,
    {
        let source = Source::Going { parts: Box::pin(Boxed(Box::pin(stream))), rest: head.into() };
        Self(Mutex::new(State { source, kept: Some(Kept::default()) }))
    }

    pub(super) fn is_replayable(&self) -> bool {
        let state = self.state();
        state.kept.is_some() && !matches!(state.source, Source::Failed(_))
    }

    /// Everything from the beginning, for one attempt.
    pub(super) fn pieces(live: &Arc<Self>, chunk: usize) -> Result<LivePieces, Box<dyn StdError + Send + Sync>> {
        if live.state().kept.is_none() {
            return Err("the beginning of the live audio is no longer there".into());
        }
        Ok(LivePieces { live: Arc::clone(live), chunk, sent: 0 })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Live audio on its way in one attempt.
///
/// What is read goes into the common memory before it is handed over. So an attempt that is over, and whose body hyper
/// polls once more, takes nothing away from the next one.
pub(crate) struct LivePieces {
    live: Arc<Live>,
    chunk: usize,
    /// How many of the pieces that are kept were handed over.
    sent: usize,
}

impl LivePieces {
    pub(super) fn poll_next(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Result<Piece, Box<dyn StdError + Send + Sync>>> {
        let state = &mut *self.live.state();
        if let Some((bytes, pieces)) = state.kept.as_ref().and_then(|kept| kept.joined(self.sent, self.chunk)) {
            self.sent += pieces;
            let more = state.kept.as_ref().is_some_and(|kept| self.sent < kept.pieces.len());
            let last = !more && matches!(state.source, Source::Ended);
            return Poll::Ready(Ok(Piece { bytes, last }));
        }
        let mut bytes = Vec::new();
        let outcome = state.source.poll_fill(&mut bytes, self.chunk, context);
        let bytes = Bytes::from(bytes);
        // The attempt that read too much is the last one, and goes on without the memory.
        if let Some(kept) = state.kept.as_mut().filter(|_| !bytes.is_empty()) {
            kept.add(bytes.clone());
            self.sent += 1;
            if KEPT < kept.bytes {
                state.kept = None;
            }
        }
        match outcome {
            Poll::Ready(Ok(last)) => Poll::Ready(Ok(Piece { bytes, last })),
            Poll::Ready(Err(failure)) => Poll::Ready(Err(failure)),
            Poll::Pending if bytes.is_empty() => Poll::Pending,
            Poll::Pending => Poll::Ready(Ok(Piece { bytes, last: false })),
        }
    }
}

impl Source {
    /// Adds what is there already, until there are `chunk` bytes, and tells whether it was the last. Pending if the
    /// source has less and is not at its end. A failure is reported when all that came before it is on its way.
    fn poll_fill(
        &mut self,
        bytes: &mut Vec<u8>,
        chunk: usize,
        context: &mut Context<'_>,
    ) -> Poll<Result<bool, Box<dyn StdError + Send + Sync>>> {
        let mut empty = 0;
        loop {
            match self {
                Self::Ended => return Poll::Ready(Ok(true)),
                Self::Failed(_) if !bytes.is_empty() => return Poll::Ready(Ok(false)),
                Self::Failed(why) => {
                    let why = why.take();
                    return Poll::Ready(Err(why.unwrap_or_else(|| "the source of the audio has failed before".into())));
                }
                Self::Going { rest, .. } if rest.has_remaining() => {
                    let room = chunk.saturating_sub(bytes.len());
                    if room == 0 {
                        return Poll::Ready(Ok(false));
                    }
                    bytes.extend_from_slice(&rest.split_to(rest.len().min(room)));
                }
                // A full chunk is no reason to stop here: if the source has ended, the end goes out with it.
                Self::Going { parts, rest } => match ready!(parts.as_mut().poll_next(context)) {
                    Some(Ok(part)) if part.is_empty() && EMPTY <= empty => {
                        // A source that has nothing to say and says it all the time must not hold up its thread.
                        context.waker().wake_by_ref();
                        return Poll::Pending;
                    }
                    Some(Ok(part)) => {
                        empty += u32::from(part.is_empty());
                        *rest = part;
                    }
                    Some(Err(why)) => *self = Self::Failed(Some(why)),
                    None => *self = Self::Ended,
                },
            }
        }
    }
}

/// What a reader has at hand, as a stream.
struct Reading<R> {
    reader: Pin<Box<R>>,
    buffer: Vec<u8>,
}

impl<R: AsyncRead> Stream for Reading<R> {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Self { reader, buffer } = &mut *self;
        let mut buffer = ReadBuf::new(buffer);
        ready!(reader.as_mut().poll_read(context, &mut buffer))?;
        let read = buffer.filled();
        Poll::Ready((!read.is_empty()).then(|| Ok(Bytes::copy_from_slice(read))))
    }
}

/// A stream whose errors have lost their type.
struct Boxed<S>(Pin<Box<S>>);

impl<S, E> Stream for Boxed<S>
where
    S: Stream<Item = Result<Bytes, E>>,
    E: Into<Box<dyn StdError + Send + Sync>>,
{
    type Item = Result<Bytes, Box<dyn StdError + Send + Sync>>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.as_mut().poll_next(context).map(|item| item.map(|result| result.map_err(Into::into)))
    }
}

#[cfg(test)]
mod tests {
    use std::{convert::Infallible, future::poll_fn};

    use tokio::{io::AsyncWriteExt, sync::mpsc};

    use super::*;

    /// Whatever is sent, as a stream.
    struct Channel<E>(mpsc::UnboundedReceiver<Result<Bytes, E>>);

    impl<E> Stream for Channel<E> {
        type Item = Result<Bytes, E>;

        fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
            self.0.poll_recv(context)
        }
    }

    fn channel<E>(head: &[u8]) -> (mpsc::UnboundedSender<Result<Bytes, E>>, Arc<Live>)
    where
        E: Into<Box<dyn StdError + Send + Sync>> + Send + 'static,
    {
        let (sender, receiver) = mpsc::unbounded_channel();
        (sender, Arc::new(Live::stream(head.to_vec(), Channel(receiver))))
    }

    /// What is handed over now.
    async fn next(pieces: &mut LivePieces) -> Poll<Result<(Vec<u8>, bool), String>> {
        let seen = poll_fn(|context| Poll::Ready(pieces.poll_next(context))).await;
        seen.map(|result| result.map(|piece| (piece.bytes.to_vec(), piece.last)).map_err(|error| error.to_string()))
    }

    fn piece(bytes: &[u8], last: bool) -> Poll<Result<(Vec<u8>, bool), String>> {
        Poll::Ready(Ok((bytes.to_vec(), last)))
    }

    #[tokio::test]
    async fn pieces_that_are_there_are_joined_and_nothing_is_waited_for() {
        let (sender, live) = channel::<Infallible>(b"");
        let mut pieces = Live::pieces(&live, 8).unwrap();
        assert_eq!(next(&mut pieces).await, Poll::Pending);
        for part in ["ab", "cd", "", "efgh-"] {
            sender.send(Ok(part.into())).unwrap();
        }
        assert_eq!(next(&mut pieces).await, piece(b"abcdefgh", false));
        assert_eq!(next(&mut pieces).await, piece(b"-", false));
        assert_eq!(next(&mut pieces).await, Poll::Pending);
        sender.send(Ok("end".into())).unwrap();
        drop(sender);
        assert_eq!(next(&mut pieces).await, piece(b"end", true));
    }

    #[tokio::test]
    async fn a_source_of_empty_pieces_without_end_lets_others_have_their_turn() {
        struct Nothing;
        impl Stream for Nothing {
            type Item = Result<Bytes, Infallible>;

            fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
                Poll::Ready(Some(Ok(Bytes::new())))
            }
        }
        let live = Arc::new(Live::stream(Vec::new(), Nothing));
        let mut pieces = Live::pieces(&live, 8).unwrap();
        assert_eq!(next(&mut pieces).await, Poll::Pending);
    }

    #[tokio::test]
    async fn the_end_comes_with_the_last_piece_if_it_is_known_and_alone_if_not() {
        let (sender, live) = channel::<Infallible>(b"");
        let mut pieces = Live::pieces(&live, 8).unwrap();
        sender.send(Ok("12345678".into())).unwrap();
        assert_eq!(next(&mut pieces).await, piece(b"12345678", false));
        drop(sender);
        assert_eq!(next(&mut pieces).await, piece(b"", true));
        let mut again = Live::pieces(&live, 8).unwrap();
        assert_eq!(next(&mut again).await, piece(b"12345678", true));
    }

    #[tokio::test]
    async fn what_was_sent_is_sent_again_from_the_head_on_and_then_goes_on() {
        let (sender, live) = channel::<Infallible>(b"head");
        let mut first = Live::pieces(&live, 8).unwrap();
        sender.send(Ok("one".into())).unwrap();
        assert_eq!(next(&mut first).await, piece(b"headone", false));
        sender.send(Ok("two".into())).unwrap();
        let mut second = Live::pieces(&live, 8).unwrap();
        assert_eq!(next(&mut second).await, piece(b"headone", false));
        // The body of the attempt that is over is polled once more and takes nothing away.
        sender.send(Ok("3".into())).unwrap();
        assert_eq!(next(&mut first).await, piece(b"two3", false));
        drop(sender);
        assert_eq!(next(&mut second).await, piece(b"two3", false));
        assert_eq!(next(&mut second).await, piece(b"", true));
        let mut third = Live::pieces(&live, 8).unwrap();
        assert_eq!(next(&mut third).await, piece(b"headone", false));
        assert_eq!(next(&mut third).await, piece(b"two3", true));
    }

    #[tokio::test]
    async fn small_pieces_are_joined_when_they_are_sent_again() {
        let (sender, live) = channel::<Infallible>(b"");
        let mut first = Live::pieces(&live, 8).unwrap();
        for part in ["abc", "def", "gh", "i"] {
            sender.send(Ok(part.into())).unwrap();
            assert_eq!(next(&mut first).await, piece(part.as_bytes(), false));
        }
        let mut second = Live::pieces(&live, 8).unwrap();
        assert_eq!(next(&mut second).await, piece(b"abcdefgh", false));
        assert_eq!(next(&mut second).await, piece(b"i", false));
        assert_eq!(next(&mut second).await, Poll::Pending);
    }

    #[tokio::test]
    async fn a_failure_comes_after_what_was_there_before_it_and_says_why() {
        let (sender, live) = channel::<io::Error>(b"");
        sender.send(Ok("ab".into())).unwrap();
        sender.send(Err(io::Error::other("microphone unplugged"))).unwrap();
        let mut pieces = Live::pieces(&live, 8).unwrap();
        assert!(live.is_replayable());
        assert_eq!(next(&mut pieces).await, piece(b"ab", false));
        assert_eq!(next(&mut pieces).await, Poll::Ready(Err("microphone unplugged".to_owned())));
        assert!(!live.is_replayable());
    }

    #[tokio::test]
    async fn sixty_seconds_can_be_sent_again_and_more_than_two_mebibytes_cannot() {
        let (sender, live) = channel::<Infallible>(b"");
        let mut pieces = Live::pieces(&live, CHUNK).unwrap();
        let send = |bytes: usize| sender.send(Ok(vec![0; bytes].into())).unwrap();
        let drain = async |pieces: &mut LivePieces| while next(pieces).await.is_ready() {};
        send(1_920_000);
        drain(&mut pieces).await;
        assert!(live.is_replayable());
        send(2 * 1024 * 1024 - 1_920_000);
        drain(&mut pieces).await;
        assert!(live.is_replayable());
        send(1);
        drain(&mut pieces).await;
        assert!(!live.is_replayable());
        assert!(Live::pieces(&live, CHUNK).is_err());
        sender.send(Ok("goes on".into())).unwrap();
        assert_eq!(next(&mut pieces).await, piece(b"goes on", false));
    }

    #[tokio::test]
    async fn a_reader_gives_what_it_has() {
        let (mut near, far) = tokio::io::duplex(1024);
        let live = Arc::new(Live::reader(b"head".to_vec(), far));
        let mut pieces = Live::pieces(&live, 8).unwrap();
        assert_eq!(next(&mut pieces).await, piece(b"head", false));
        near.write_all(b"0123456789").await.unwrap();
        assert_eq!(next(&mut pieces).await, piece(b"01234567", false));
        assert_eq!(next(&mut pieces).await, piece(b"89", false));
        drop(near);
        assert_eq!(next(&mut pieces).await, piece(b"", true));
    }
}
