//! The body of a request: audio that waits until the peer wants it.

use std::{
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::Bytes;
use http_body::Frame;
use tokio::time::{Sleep, sleep};

use crate::{
    audio::Pieces,
    gate::{Gate, Permission},
    patience::Patience,
};

/// The body of one attempt.
///
/// hyper sends the head, polls the body, and goes on polling it after the final answer. So the body itself sees to it
/// that no audio goes out before `100 Continue` or after the answer.
pub(crate) struct Body {
    gate: Arc<Gate>,
    /// What is left of the audio; nothing after its end, and in a request without audio.
    pieces: Option<Pieces>,
    question: Question,
}

/// The wait for `100 Continue`.
pub(crate) struct Question {
    patience: Arc<Patience>,
    usual: Duration,
    timer: Option<Pin<Box<Sleep>>>,
}

impl Question {
    /// Waits as long as this host deserves, and at most `usual`.
    pub(crate) const fn new(patience: Arc<Patience>, usual: Duration) -> Self {
        Self { patience, usual, timer: None }
    }

    /// Ends when the wait is over; it begins at the first poll, which comes right after the head.
    fn poll_over(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let Self { patience, usual, timer } = self;
        let timer = timer.get_or_insert_with(|| Box::pin(sleep(patience.wait(*usual))));
        ready!(timer.as_mut().poll(context));
        patience.missed();
        Poll::Ready(())
    }
}

impl Body {
    /// A body of this audio, or an empty one.
    pub(crate) fn new(gate: Arc<Gate>, pieces: Option<Pieces>, question: Question) -> Self {
        if pieces.is_none() {
            gate.handed(0, true);
        }
        Self { gate, pieces, question }
    }

    /// Ends when audio may go out or never may, and tells which.
    fn poll_permission(&mut self, context: &mut Context<'_>) -> Poll<bool> {
        loop {
            match self.gate.permission(context) {
                Permission::Go => return Poll::Ready(true),
                Permission::Stop => return Poll::Ready(false),
                Permission::Stay => return Poll::Pending,
                Permission::Wait => {
                    ready!(self.question.poll_over(context));
                    self.gate.waited_enough();
                }
            }
        }
    }
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        if self.pieces.is_none() {
            return Poll::Ready(None);
        }
        if !ready!(self.poll_permission(context)) {
            return Poll::Ready(Some(Err(io::ErrorKind::Interrupted.into())));
        }
        let Some(pieces) = &mut self.pieces else { return Poll::Ready(None) };
        match ready!(pieces.poll_next(context)) {
            Ok(piece) => {
                self.gate.handed(piece.bytes.len(), piece.last);
                if piece.last {
                    self.pieces = None;
                }
                Poll::Ready((!piece.bytes.is_empty()).then(|| Ok(Frame::data(piece.bytes))))
            }
            Err(failure) => {
                self.gate.fail(failure);
                Poll::Ready(Some(Err(io::ErrorKind::InvalidData.into())))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.pieces.is_none()
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use http::StatusCode;
    use http_body::Body as _;
    use stt_model::AudioFormat;

    use super::*;
    use crate::audio::Audio;

    /// A body of eight bytes in two chunks, behind a gate that nobody has opened.
    async fn body() -> (Arc<Gate>, Body) {
        let gate = Arc::new(Gate::new(true));
        let pieces = Audio::bytes(AudioFormat::WavPcm16k, "RIFFWAVE").pieces(4).await.unwrap();
        let question = Question::new(Arc::default(), Duration::from_secs(1));
        (Arc::clone(&gate), Body::new(gate, Some(pieces), question))
    }

    async fn poll(body: &mut Body) -> Poll<Option<Result<Bytes, io::ErrorKind>>> {
        let frame = poll_fn(|context| Poll::Ready(Pin::new(&mut *body).poll_frame(context))).await;
        frame.map(|frame| frame.map(|frame| frame.map(|data| data.into_data().unwrap()).map_err(|error| error.kind())))
    }

    #[tokio::test(start_paused = true)]
    async fn nothing_goes_out_after_the_answer_and_the_end_of_the_exchange_is_an_error() {
        for audio_was_wanted in [false, true] {
            let (gate, mut body) = body().await;
            assert_eq!(poll(&mut body).await, Poll::Pending);
            if audio_was_wanted {
                assert!(gate.interim(StatusCode::CONTINUE));
                assert_eq!(poll(&mut body).await, Poll::Ready(Some(Ok("RIFF".into()))));
            }
            assert_eq!(gate.shut(), !audio_was_wanted);
            tokio::time::advance(Duration::from_secs(10)).await;
            assert_eq!(poll(&mut body).await, Poll::Pending);
            gate.end();
            assert_eq!(poll(&mut body).await, Poll::Ready(Some(Err(io::ErrorKind::Interrupted))));
            assert_eq!(gate.audio(), if audio_was_wanted { 4 } else { 0 });
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_body_is_woken_when_the_peer_wants_it_and_when_the_exchange_is_over() {
        let wanted = |gate: &Gate| assert!(gate.interim(StatusCode::CONTINUE));
        for change in [wanted, Gate::end] {
            let (gate, mut body) = body().await;
            let began = tokio::time::Instant::now();
            tokio::spawn(async move { change(&gate) });
            poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await;
            // Without being woken it would wait until its time is over.
            assert_eq!(began.elapsed(), Duration::ZERO);
        }
    }

    #[tokio::test]
    async fn the_end_goes_out_with_the_last_piece() {
        let (gate, mut body) = body().await;
        gate.waited_enough();
        assert_eq!(poll(&mut body).await, Poll::Ready(Some(Ok("RIFF".into()))));
        assert!(!body.is_end_stream() && gate.ended().is_none());
        assert_eq!(poll(&mut body).await, Poll::Ready(Some(Ok("WAVE".into()))));
        assert!(body.is_end_stream() && gate.ended().is_some());
    }
}
