//! Answers that come before the end of the upload.

use std::{
    convert::Infallible,
    io,
    pin::Pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use futures_core::Stream;
use stt_hyper::{Audio, AudioFormat, Client, Language, Status};
use tokio::{
    io::{AsyncRead, ReadBuf},
    task::JoinSet,
    time::Interval,
};

use crate::server::{CONTINUE, Peer, Server, answer, audio};

#[derive(Clone, Copy, Debug)]
enum End {
    /// Closes at once, which resets the connection where audio is unread.
    Close,
    /// Closes with a reset, whatever is unread.
    Reset,
    /// Leaves it to the client to close.
    Stay,
}

#[derive(Clone, Copy, Debug)]
enum When {
    /// In place of `100 Continue`.
    Instead,
    /// After `100 Continue`, with some of the audio read.
    Amid,
    /// With some of the audio read that nobody had asked for.
    Eager,
}

const ANSWERS: [(&str, &str); 4] = [
    ("401 Unauthorized", ""),
    ("429 Too Many Requests", r#"{"error":{"code":"429","message":"slow down"}}"#),
    ("503 Service Unavailable", "try later"),
    ("200 OK", r#"{"RecognitionStatus":"InitialSilenceTimeout","Offset":50000000,"Duration":0}"#),
];

/// What the server saw of one exchange after its answer.
#[derive(Default)]
struct Seen {
    /// How long the client took to close.
    closed_after: Vec<Duration>,
    /// How much audio came before it did.
    bytes: usize,
}

/// Sends so much audio so often to a server that answers early, and tells what the server saw.
async fn check(when: When, end: End, bytes: usize, times: usize) -> Seen {
    let seen = Arc::new(Mutex::new(Seen::default()));
    let server = Server::start({
        let seen = Arc::clone(&seen);
        move |mut peer: Peer| {
            let seen = Arc::clone(&seen);
            async move {
                peer.head().await.unwrap();
                match when {
                    When::Instead => {}
                    When::Amid => {
                        peer.say(CONTINUE).await;
                        peer.at_least(1024).await;
                    }
                    When::Eager => peer.at_least(1024).await,
                }
                let (status, body) = ANSWERS[peer.number as usize % ANSWERS.len()];
                // A small upload may be complete by now, and then its connection would be kept.
                peer.say(&answer(status, body).replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n")).await;
                match end {
                    End::Close => drop(peer),
                    End::Reset => peer.reset(),
                    End::Stay => {
                        let (closed_after, bytes) = peer.until_closed().await;
                        let mut seen = seen.lock().unwrap();
                        seen.closed_after.push(closed_after);
                        seen.bytes += bytes;
                    }
                }
            }
        }
    })
    .await;
    let client = server.builder().expect_continue(!matches!(when, When::Eager)).build().unwrap();
    let audio = Bytes::from(audio(bytes));
    let mut calls = JoinSet::new();
    for _ in 0..4 {
        let (client, audio) = (client.clone(), audio.clone());
        calls.spawn(async move {
            for _ in 0..times / 4 {
                let audio = match end {
                    End::Close | End::Reset => Audio::from_bytes(audio.clone()).unwrap(),
                    // An upload that is complete leaves a connection that is kept on purpose.
                    End::Stay => Audio::reader(AudioFormat::WavPcm16k, Unending(audio.clone())),
                };
                deliver(&client, audio).await;
            }
        });
    }
    calls.join_all().await;
    assert_eq!(server.connections() as usize, times, "none was used again");
    #[cfg(target_os = "linux")]
    no_socket_is_left(server.address.port()).await;
    if matches!(end, End::Stay) {
        // The last ones close while their answers are already being looked at here.
        server.finished().await;
    }
    let mut seen = seen.lock().unwrap();
    std::mem::take(&mut *seen)
}

/// Waits a moment until no program holds a socket to this port, by the kernel's own list.
#[cfg(target_os = "linux")]
async fn no_socket_is_left(port: u16) {
    let remote = format!(":{port:04X}");
    let held = || {
        let list = std::fs::read_to_string("/proc/self/net/tcp").unwrap();
        let sockets = list.lines().skip(1).map(|line| line.split_whitespace().collect::<Vec<_>>());
        // The third column is the peer's address; a socket that nobody holds any more has the inode 0.
        sockets.filter(|columns| columns[2].ends_with(&remote) && columns[9] != "0").count()
    };
    let gone = async {
        while 0 < held() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), gone).await.unwrap_or_else(|_| panic!("{} sockets are left", held()));
}

/// One call, which must end in one of the four answers.
async fn deliver(client: &Client, audio: Audio) {
    match client.recognize(audio, Language::EN_US).await {
        Ok(reply) => assert_eq!(reply.recognition.status, Status::InitialSilenceTimeout),
        Err(error) => {
            let status = error.status().unwrap_or_else(|| panic!("no answer: {error:?}"));
            assert!(matches!(status.as_u16(), 401 | 429 | 503), "{status}");
        }
    }
}

/// Audio that stops without an end.
struct Unending(Bytes);

impl AsyncRead for Unending {
    fn poll_read(mut self: Pin<&mut Self>, _: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if self.0.is_empty() {
            return Poll::Pending;
        }
        let bytes = self.0.len().min(buffer.remaining());
        buffer.put_slice(&self.0.split_to(bytes));
        Poll::Ready(Ok(()))
    }
}

const SMALL: usize = 60_000;
const LARGE: usize = 2_000_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_thousand_answers_before_the_end_of_the_upload_a_thousand_are_delivered() {
    for end in [End::Close, End::Reset, End::Stay] {
        check(When::Amid, end, SMALL, 60).await;
        check(When::Amid, end, LARGE, 60).await;
        check(When::Eager, end, SMALL, 60).await;
        check(When::Eager, end, LARGE, 60).await;
        check(When::Instead, end, SMALL, 60).await;
        check(When::Instead, end, LARGE, 60).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn not_one_byte_of_audio_goes_out_when_the_answer_comes_instead_of_100_continue() {
    let seen = check(When::Instead, End::Stay, LARGE, 100).await;
    assert_eq!(seen.bytes, 0);
    let mut closed_after = seen.closed_after;
    closed_after.sort();
    assert!(closed_after[50] < Duration::from_millis(100), "{closed_after:?}");
}

/// A kilobyte every millisecond, for ever.
struct Pieces {
    clock: Interval,
    given: Arc<AtomicUsize>,
}

impl Stream for Pieces {
    type Item = Result<Bytes, Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.clock.poll_tick(context).map(|_| {
            self.given.fetch_add(1, Ordering::Relaxed);
            Some(Ok(vec![0; 1024].into()))
        })
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_upload_of_live_audio_stops_at_the_answer() {
    let (sender, receiver) = tokio::sync::oneshot::channel();
    let sender = Mutex::new(Some(sender));
    let server = Server::start(move |mut peer| {
        let sender = sender.lock().unwrap().take().unwrap();
        async move {
            peer.head().await.unwrap();
            peer.say(CONTINUE).await;
            peer.at_least(10 * 1024).await;
            let (status, body) = ANSWERS[3];
            peer.say(&answer(status, body)).await;
            sender.send(peer.until_closed().await).unwrap();
        }
    })
    .await;
    let given = Arc::<AtomicUsize>::default();
    let clock = tokio::time::interval(Duration::from_millis(1));
    let audio = Audio::stream(AudioFormat::WavPcm16k, Pieces { clock, given: Arc::clone(&given) });
    let reply = server.client().recognize(audio, Language::EN_US).await.unwrap();
    assert_eq!(reply.recognition.status, Status::InitialSilenceTimeout);
    let (_, bytes) = receiver.await.unwrap();
    assert!(bytes <= 64 * 1024, "{bytes}");
    // The source is let go as soon as hyper has noticed.
    while 1 < Arc::strong_count(&given) {
        tokio::task::yield_now().await;
    }
}
