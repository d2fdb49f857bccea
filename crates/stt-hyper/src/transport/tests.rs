//! One request on a stopped clock: what goes out when, and how long each part may take.

use std::{
    convert::Infallible,
    future::Future,
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use futures_core::Stream;
use http::{StatusCode, Uri};
use stt_auth::Endpoint;
use stt_core::{ConnectionId, Recognize};
use stt_model::{AudioFormat, Language};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, DuplexStream, ReadBuf, duplex},
    net::{TcpListener, TcpStream},
    sync::mpsc,
    time::{Instant, advance, sleep},
};
use tower_service::Service;

use super::*;
use crate::{
    connect::{self, ConnectFault, dress},
    limits::CHUNK,
    testing::{CONTINUE, Peer, Pipe, ROOM, SUCCESS},
};

type Outcome = (Sent, Result<Response<Bytes>, TransportFailure>);

/// A transport and the connections that it opens.
struct Setup {
    transport: Arc<Transport<Pipe>>,
    connections: mpsc::UnboundedReceiver<DuplexStream>,
}

impl Setup {
    fn new() -> Self {
        let (sender, connections) = mpsc::unbounded_channel();
        let transport = Arc::new(Transport::new(Pipe(sender), Limits::default(), CHUNK));
        Self { transport, connections }
    }

    /// Sends audio, on a new connection.
    async fn send(&mut self, audio: Audio, limit: Duration) -> (Peer, tokio::task::JoinHandle<Outcome>) {
        let transport = Arc::clone(&self.transport);
        let sending =
            tokio::spawn(async move { transport.send(request(&audio), Some(&audio), limit, Over::Any).await });
        (Peer(self.connections.recv().await.unwrap()), sending)
    }
}

fn request(audio: &Audio) -> Request<Payload> {
    let endpoint: Endpoint = "http://localhost".parse().unwrap();
    Recognize::new(Language::EN_US).request(&endpoint, audio.upload(true, true), ConnectionId(7)).unwrap()
}

fn seconds(audio: usize) -> Audio {
    Audio::pcm(16_000, vec![1; audio * 32_000])
}

fn kind(outcome: &Outcome) -> TransportKind {
    outcome.1.as_ref().unwrap_err().kind()
}

const LONG: Duration = Duration::from_secs(600);
#[tokio::test(start_paused = true)]
async fn audio_goes_out_when_the_peer_wants_it_and_not_before() {
    let mut setup = Setup::new();
    let (mut peer, sending) = setup.send(seconds(1), LONG).await;
    let head = peer.head().await;
    assert!(head.contains("\r\nexpect: 100-continue\r\n") && head.contains("\r\ntransfer-encoding: chunked\r\n"));
    assert!(peer.hears_nothing_for(Duration::from_millis(900)).await);
    let asked = Instant::now();
    peer.say(CONTINUE).await;
    assert_eq!(peer.body().await, 44 + 32_000);
    assert_eq!(asked.elapsed(), Duration::ZERO);
    peer.say(SUCCESS).await;
    let (sent, answer) = sending.await.unwrap();
    assert_eq!(sent, Sent::new(Reached::Answer).audio(32_044).again(true));
    assert_eq!(answer.unwrap().into_body(), "{}");
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_never_says_continue_gets_the_audio_after_a_second_and_later_almost_at_once() {
    let mut setup = Setup::new();
    for wait in [1000, 1000, 50, 50] {
        let (mut peer, sending) = setup.send(seconds(1), LONG).await;
        peer.head().await;
        assert!(peer.hears_nothing_for(Duration::from_millis(wait - 1)).await, "{wait}");
        peer.body().await;
        // It closes, so that the next request opens a connection of its own.
        peer.say(&SUCCESS.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n")).await;
        assert_eq!(sending.await.unwrap().1.unwrap().status(), StatusCode::OK);
    }
    let (mut peer, sending) = setup.send(seconds(1), LONG).await;
    peer.head().await;
    peer.say(CONTINUE).await;
    peer.body().await;
    peer.say(&SUCCESS.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n")).await;
    sending.await.unwrap().1.unwrap();
    let (mut peer, _sending) = setup.send(seconds(1), LONG).await;
    peer.head().await;
    assert!(peer.hears_nothing_for(Duration::from_millis(999)).await, "it said so in time, and is trusted again");
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_takes_nothing_ends_the_upload_after_twenty_seconds() {
    let mut setup = Setup::new();
    let (mut peer, sending) = setup.send(seconds(60), LONG).await;
    peer.head().await;
    peer.say(CONTINUE).await;
    let began = Instant::now();
    let outcome = sending.await.unwrap();
    assert_eq!(kind(&outcome), TransportKind::TimedOut(Phase::Upload));
    assert_eq!(began.elapsed().as_secs(), 20);
    assert_eq!(outcome.0.reached, Reached::Part);
    // hyper had taken no more than two chunks.
    assert!(outcome.0.audio.unwrap() <= 2 * CHUNK as u64, "{outcome:?}");
}

#[tokio::test(start_paused = true)]
async fn a_slow_peer_that_goes_on_taking_ends_nothing() {
    let mut setup = Setup::new();
    let (mut peer, sending) = setup.send(seconds(2), LONG).await;
    peer.head().await;
    peer.say(CONTINUE).await;
    let mut taken = 0;
    while taken < 64_044 {
        sleep(Duration::from_secs(9)).await;
        taken += peer.0.read(&mut [0; 4096]).await.unwrap();
    }
    peer.say(SUCCESS).await;
    assert!(sending.await.unwrap().1.is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_live_source_that_pauses_for_minutes_ends_nothing() {
    let mut setup = Setup::new();
    let (mut microphone, far) = duplex(64);
    let (mut peer, sending) = setup.send(Audio::reader(AudioFormat::OggOpus, far), LONG).await;
    peer.head().await;
    peer.say(CONTINUE).await;
    microphone.write_all(b"OggS").await.unwrap();
    sleep(Duration::from_secs(300)).await;
    microphone.write_all(b"more").await.unwrap();
    drop(microphone);
    assert_eq!(peer.body().await, 8);
    peer.say(SUCCESS).await;
    assert_eq!(sending.await.unwrap().0, Sent::new(Reached::Answer).audio(8).again(true));
}

#[tokio::test(start_paused = true)]
async fn no_answer_is_waited_for_longer_than_the_audio_is_or_twenty_seconds() {
    for (audio, limit) in [(1, 20), (45, 45)] {
        for drips in [false, true] {
            let mut setup = Setup::new();
            let (mut peer, sending) = setup.send(seconds(audio), LONG).await;
            peer.head().await;
            peer.say(CONTINUE).await;
            peer.body().await;
            let began = Instant::now();
            let dripping = tokio::spawn(async move {
                for byte in "HTTP/1.1 200 OK\r\n".bytes().chain(std::iter::repeat(b'x')) {
                    sleep(Duration::from_secs(1)).await;
                    if !drips || peer.0.write_u8(byte).await.is_err() {
                        return sleep(LONG).await;
                    }
                }
            });
            let outcome = sending.await.unwrap();
            assert_eq!(kind(&outcome), TransportKind::TimedOut(Phase::Answer));
            assert_eq!(began.elapsed().as_secs(), limit, "{drips}");
            assert_eq!(outcome.0.reached, if drips { Reached::Answer } else { Reached::Whole });
            dripping.abort();
        }
    }
}

#[tokio::test(start_paused = true)]
async fn the_rest_of_an_answer_has_ten_seconds_however_it_drips() {
    let mut setup = Setup::new();
    let (mut peer, sending) = setup.send(seconds(1), LONG).await;
    peer.head().await;
    let began = Instant::now();
    peer.say("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n").await;
    tokio::spawn(async move {
        while peer.0.write_u8(b' ').await.is_ok() {
            sleep(Duration::from_secs(1)).await;
        }
    });
    let outcome = sending.await.unwrap();
    assert_eq!(kind(&outcome), TransportKind::TimedOut(Phase::Body));
    assert_eq!((began.elapsed().as_secs(), outcome.0), (10, Sent::new(Reached::Answer).audio(0).again(true)));
}

#[tokio::test(start_paused = true)]
async fn the_limit_of_the_attempt_stands_above_all_and_says_what_it_met() {
    let limit = Duration::from_secs(7);
    let ends = async |sending: tokio::task::JoinHandle<Outcome>, began: Instant| {
        let outcome = sending.await.unwrap();
        assert_eq!(began.elapsed(), limit);
        kind(&outcome)
    };
    let began = Instant::now();
    let (mut peer, sending) = Setup::new().send(seconds(60), limit).await;
    peer.head().await;
    assert_eq!(ends(sending, began).await, TransportKind::TimedOut(Phase::Upload));

    let began = Instant::now();
    let (_microphone, far) = duplex(64);
    let (mut peer, sending) = Setup::new().send(Audio::reader(AudioFormat::OggOpus, far), limit).await;
    peer.head().await;
    assert_eq!(ends(sending, began).await, TransportKind::TimedOut(Phase::Call));

    let began = Instant::now();
    let (mut peer, sending) = Setup::new().send(seconds(1), limit).await;
    peer.head().await;
    peer.body().await;
    assert_eq!(ends(sending, began).await, TransportKind::TimedOut(Phase::Answer));

    let began = Instant::now();
    let (mut peer, sending) = Setup::new().send(seconds(1), limit).await;
    peer.head().await;
    peer.say("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n").await;
    assert_eq!(ends(sending, began).await, TransportKind::TimedOut(Phase::Body));
}

#[tokio::test(start_paused = true)]
async fn interim_answers_are_bounded_before_and_after_the_upload() {
    for uploaded in [false, true] {
        let mut setup = Setup::new();
        let (mut peer, sending) = setup.send(seconds(1), LONG).await;
        peer.head().await;
        if uploaded {
            peer.say(CONTINUE).await;
            peer.body().await;
        }
        let answers = tokio::spawn(async move {
            let mut count = 0;
            while count < 5_000 && peer.0.write_all(b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n").await.is_ok() {
                count += 1;
            }
            sleep(LONG).await;
            count
        });
        let outcome = sending.await.unwrap();
        assert_eq!(kind(&outcome), TransportKind::Protocol);
        assert_eq!(outcome.0.reached, if uploaded { Reached::Whole } else { Reached::Head });
        // What fits into the pipe and into hyper's buffer is more than what is counted.
        assert!(answers.await.unwrap() < 2_000);
    }
}

#[tokio::test(start_paused = true)]
async fn interim_answers_of_any_kind_are_not_taken_for_the_answer_and_only_100_lets_audio_out() {
    let mut setup = Setup::new();
    let (mut peer, sending) = setup.send(seconds(1), LONG).await;
    peer.head().await;
    peer.say("HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n").await;
    assert!(peer.hears_nothing_for(Duration::from_millis(900)).await);
    for part in ["HTTP/1.1 100 Con", "tinue\r\nX-One: 1\r\n", "\r\n", CONTINUE] {
        peer.say(part).await;
        advance(Duration::from_millis(1)).await;
    }
    assert_eq!(peer.body().await, 32_044);
    peer.say(&format!("{CONTINUE}{SUCCESS}")).await;
    assert_eq!(sending.await.unwrap().1.unwrap().into_body(), "{}");
}

#[tokio::test(start_paused = true)]
async fn dropping_the_future_closes_the_connection_wherever_it_is() {
    for audio_flows in [false, true] {
        let mut setup = Setup::new();
        let (mut peer, sending) = setup.send(seconds(60), LONG).await;
        peer.head().await;
        if audio_flows {
            peer.say(CONTINUE).await;
            peer.0.read_exact(&mut [0; 100]).await.unwrap();
        }
        let began = Instant::now();
        sending.abort();
        let mut rest = Vec::new();
        peer.0.read_to_end(&mut rest).await.unwrap();
        assert_eq!(began.elapsed(), Duration::ZERO);
        assert!(rest.len() <= ROOM + 2 * CHUNK && !rest.ends_with(b"0\r\n\r\n"), "{}", rest.len());
    }
}

/// A socket whose writes are counted.
struct Counted(TcpStream, Arc<AtomicU32>);

impl AsyncRead for Counted {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, b: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, b)
    }
}

impl AsyncWrite for Counted {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.1.fetch_add(1, Ordering::Relaxed);
        Pin::new(&mut self.0).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.1.fetch_add(1, Ordering::Relaxed);
        Pin::new(&mut self.0).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.0.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
    }
}

#[derive(Clone)]
struct Counter(std::net::SocketAddr, Arc<AtomicU32>);

impl Service<Uri> for Counter {
    type Response = connect::Stream<Counted>;
    type Error = ConnectFault;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, ConnectFault>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), ConnectFault>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let Self(address, writes) = self.clone();
        Box::pin(async move {
            let socket = TcpStream::connect(address).await.map_err(ConnectFault::Connect)?;
            dress(Counted(socket, writes), uri, None, Duration::ZERO).await
        })
    }
}

/// Pieces that are all there.
struct Pieces(usize);

impl Stream for Pieces {
    type Item = Result<Bytes, Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let left = self.0.checked_sub(1);
        self.0 = left.unwrap_or_default();
        Poll::Ready(left.map(|_| Ok(vec![b'a'; 1024].into())))
    }
}

#[tokio::test]
async fn sixty_four_pieces_of_a_kilobyte_go_out_in_one_write() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let writes = Arc::<AtomicU32>::default();
    let transport =
        Transport::new(Counter(listener.local_addr().unwrap(), Arc::clone(&writes)), Limits::default(), CHUNK);
    let audio = Audio::stream(AudioFormat::WavPcm16k, Pieces(64));
    let peer = async {
        let (mut socket, _) = listener.accept().await.unwrap();
        let mut heard = Vec::new();
        while !heard.ends_with(b"\r\n\r\n") {
            socket.read_buf(&mut heard).await.unwrap();
        }
        let for_the_head = writes.load(Ordering::Relaxed);
        socket.write_all(CONTINUE.as_bytes()).await.unwrap();
        heard.clear();
        while !heard.ends_with(b"\r\n0\r\n\r\n") {
            socket.read_buf(&mut heard).await.unwrap();
        }
        socket.write_all(SUCCESS.as_bytes()).await.unwrap();
        (for_the_head, writes.load(Ordering::Relaxed) - for_the_head)
    };
    let ((_, answer), writes) = tokio::join!(transport.send(request(&audio), Some(&audio), LONG, Over::Any), peer);
    answer.unwrap();
    assert_eq!(writes, (1, 1), "the head, which waits for its answer, and all of the audio");
}
