//! A peer that follows a script, and a client that speaks to it.

use std::{
    future::Future,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    thread,
    time::Duration,
};

use stt_core::{ErrorKind, TransportKind};
use stt_hyper::{Client, ClientBuilder, Error, Resource, Retry};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
    time::{Instant, timeout},
};

pub(crate) const KEY: &str = "0123456789abcdef0123456789abcdef";
pub(crate) const CONTINUE: &str = "HTTP/1.1 100 Continue\r\n\r\n";

/// A server whose every connection follows the same script.
///
/// A script that panics fails the test when the server is dropped; [`finished`](Self::finished) also waits for those
/// that have not come to their end yet.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    counts: Arc<Counts>,
    accepting: JoinHandle<()>,
}

#[derive(Default)]
struct Counts {
    connections: AtomicU32,
    finished: AtomicU32,
    panicked: AtomicU32,
}

impl Server {
    pub(crate) async fn start<F, T>(script: F) -> Self
    where
        F: Fn(Peer) -> T + Send + 'static,
        T: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let counts = Arc::<Counts>::default();
        let accepting = tokio::spawn({
            let counts = Arc::clone(&counts);
            async move {
                loop {
                    let (socket, _) = listener.accept().await.unwrap();
                    let number = counts.connections.fetch_add(1, Ordering::Relaxed);
                    socket.set_nodelay(true).unwrap();
                    let playing = tokio::spawn(script(Peer { socket, heard: Vec::new(), number }));
                    let counts = Arc::clone(&counts);
                    tokio::spawn(async move {
                        let end = if playing.await.is_ok() { &counts.finished } else { &counts.panicked };
                        end.fetch_add(1, Ordering::Relaxed);
                    });
                }
            }
        });
        Self { address, counts, accepting }
    }

    /// How many connections were opened.
    pub(crate) fn connections(&self) -> u32 {
        self.counts.connections.load(Ordering::Relaxed)
    }

    /// Waits until every script has come to its end.
    pub(crate) async fn finished(self) {
        let all = timeout(2 * PATIENCE, async {
            while self.counts.finished.load(Ordering::Relaxed) < self.connections() && !self.has_panicked() {
                tokio::task::yield_now().await;
            }
        });
        all.await.expect("a script does not come to its end");
    }

    fn has_panicked(&self) -> bool {
        0 < self.counts.panicked.load(Ordering::Relaxed)
    }

    /// A client with the key, which repeats nothing and waits briefly for `100 Continue`.
    pub(crate) fn builder(&self) -> ClientBuilder {
        let resource = Resource::new(&format!("http://{}", self.address), KEY).unwrap();
        Client::builder(resource).retry(Retry::none())
    }

    pub(crate) fn client(&self) -> Client {
        self.builder().build().unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.accepting.abort();
        assert!(thread::panicking() || !self.has_panicked(), "a script has panicked");
    }
}

/// The server's end of one connection.
pub(crate) struct Peer {
    socket: TcpStream,
    heard: Vec<u8>,
    /// Counted from 0.
    pub(crate) number: u32,
}

impl Peer {
    /// Reads the head of a request; nothing if the connection ends before it.
    pub(crate) async fn head(&mut self) -> Option<String> {
        let end = loop {
            if let Some(at) = self.heard.windows(4).position(|four| four == b"\r\n\r\n") {
                break at + 4;
            }
            if self.more().await == 0 {
                return None;
            }
        };
        Some(String::from_utf8(self.heard.drain(..end).collect()).unwrap())
    }

    /// Reads a chunked body to its end; what came of it is in the error if it has none.
    pub(crate) async fn body(&mut self) -> Result<Vec<u8>, Vec<u8>> {
        let mut body = Vec::new();
        loop {
            let Some(line) = self.line().await else { return Err(body) };
            let size = usize::from_str_radix(&line, 16).unwrap();
            while self.heard.len() < size + 2 {
                if self.more().await == 0 {
                    body.extend_from_slice(&self.heard[..self.heard.len().min(size)]);
                    return Err(body);
                }
            }
            body.extend(self.heard.drain(..size + 2).take(size));
            if size == 0 {
                return Ok(body);
            }
        }
    }

    /// Reads a chunked body to its end without keeping it, and tells how long it is.
    pub(crate) async fn skip_body(&mut self) -> u64 {
        let mut length = 0;
        loop {
            let size = usize::from_str_radix(&self.line().await.unwrap(), 16).unwrap();
            while self.heard.len() < size + 2 {
                assert_ne!(self.more().await, 0, "the body is cut off");
            }
            self.heard.drain(..size + 2);
            length += size as u64;
            if size == 0 {
                return length;
            }
        }
    }

    /// Reads until there is at least so much of a body.
    pub(crate) async fn at_least(&mut self, bytes: usize) {
        while self.heard.len() < bytes && self.more().await != 0 {}
    }

    /// What was read and not yet taken.
    pub(crate) fn heard(&self) -> &[u8] {
        &self.heard
    }

    pub(crate) async fn say(&mut self, text: &str) {
        // The client may have gone, which is for its own side of the test to notice.
        let _ = self.socket.write_all(text.as_bytes()).await;
    }

    /// Whether this could be sent.
    pub(crate) async fn try_say(&mut self, bytes: &[u8]) -> bool {
        self.socket.write_all(bytes).await.is_ok()
    }

    /// Ends the connection with a reset.
    pub(crate) fn reset(self) {
        self.socket.set_zero_linger().unwrap();
    }

    /// Reads until the client closes: how long that took, and how much came until then.
    pub(crate) async fn until_closed(&mut self) -> (Duration, usize) {
        let began = Instant::now();
        self.heard.clear();
        let mut bytes = 0;
        let closed = timeout(PATIENCE, async {
            loop {
                match self.more().await {
                    0 => break,
                    more => bytes += more,
                }
                self.heard.clear();
            }
        });
        closed.await.expect("the client keeps the connection open");
        (began.elapsed(), bytes)
    }

    async fn line(&mut self) -> Option<String> {
        loop {
            if let Some(at) = self.heard.windows(2).position(|two| two == b"\r\n") {
                let line = self.heard.drain(..at + 2).take(at).collect();
                return Some(String::from_utf8(line).unwrap());
            }
            if self.more().await == 0 {
                return None;
            }
        }
    }

    /// Reads what there is; 0 at the end, however it comes.
    async fn more(&mut self) -> usize {
        self.socket.read_buf(&mut self.heard).await.unwrap_or_default()
    }
}

/// How long a test waits for what should happen at once, on a machine that is busy with other tests.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

/// An answer with this status, body and length.
pub(crate) fn answer(status: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}

/// A recognition of this text.
pub(crate) fn success(text: &str) -> String {
    answer("200 OK", &format!(r#"{{"RecognitionStatus":"Success","DisplayText":"{text}","Offset":0,"Duration":1}}"#))
}

/// Audio that tells its position in every byte, so that a part that is missing or doubled shows.
pub(crate) fn audio(bytes: usize) -> Vec<u8> {
    let mut audio = b"RIFF\0\0\0\0WAVE".to_vec();
    audio.extend((0_u32..).take(bytes / 4 + 1).flat_map(|number| number.wrapping_mul(2_654_435_761).to_le_bytes()));
    audio.truncate(bytes);
    audio
}

/// What kind of failure of the transport this is.
pub(crate) fn transport(error: &Error) -> TransportKind {
    match error.kind() {
        ErrorKind::Transport(kind) => *kind,
        other => panic!("{other:?}: {error}"),
    }
}
