//! The client: a few connections that ask one request after the other, as fast as the answers come.

use std::{
    fs,
    io::{self, IoSlice},
    net::SocketAddr,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use serde::{Deserialize, Serialize};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::Barrier,
    task::JoinSet,
};

use crate::{clips::Sent, meter::own_cpu_time, outcome::Outcome, server::find};

/// What a client asked.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct Asked {
    /// All requests, those that warmed up included.
    pub(super) all: u64,
    /// The requests whose time was taken, and how long they took together in seconds.
    pub(super) timed: u64,
    pub(super) seconds: f64,
    /// The CPU time of the client, in nanoseconds.
    pub(super) cpu: u64,
}

/// How long a client is to ask.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Until {
    pub(crate) milliseconds: u64,
    /// As many requests are made in any case.
    pub(crate) least: u64,
}

/// Asks for the recognition of the clip in a file; every answer must be one with words.
pub(crate) fn ask(sent: &str, address: SocketAddr, until: Until, clip: &Path) -> Outcome<Asked> {
    let asker = Asker { sent: sent.parse()?, address, clip: fs::read(clip)?, until, asked: AtomicU64::new(0) };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    Ok(runtime.block_on(asker.run())?)
}

struct Asker {
    sent: Sent,
    address: SocketAddr,
    clip: Vec<u8>,
    until: Until,
    /// The requests that were begun.
    asked: AtomicU64,
}

impl Asker {
    async fn run(self) -> io::Result<Asked> {
        let all = Arc::new(self);
        let warm = Arc::new(Barrier::new(CONNECTIONS));
        let mut connections = JoinSet::new();
        for _ in 0..CONNECTIONS {
            connections.spawn(Arc::clone(&all).converse(Arc::clone(&warm)));
        }
        let (mut timed, mut seconds) = (0, 0.0);
        while let Some(ended) = connections.join_next().await {
            let (requests, took) = ended.map_err(io::Error::other)??;
            timed += requests;
            seconds = f64::max(seconds, took.as_secs_f64());
        }
        Ok(Asked { all: all.asked.load(Ordering::Relaxed), timed, seconds, cpu: own_cpu_time() })
    }

    /// One connection: how many requests were timed, and for how long.
    async fn converse(self: Arc<Self>, warm: Arc<Barrier>) -> io::Result<(u64, Duration)> {
        let mut socket = TcpStream::connect(self.address).await?;
        socket.set_nodelay(true)?;
        let mut buffer = Vec::with_capacity(4096);
        for _ in 0..WARM_UP {
            self.exchange(&mut socket, &mut buffer).await?;
        }
        warm.wait().await;
        let began = Instant::now();
        let mut timed = 0;
        loop {
            self.exchange(&mut socket, &mut buffer).await?;
            timed += 1;
            let enough = self.until.least <= self.asked.load(Ordering::Relaxed);
            if enough && Duration::from_millis(self.until.milliseconds) <= began.elapsed() {
                return Ok((timed, began.elapsed()));
            }
        }
    }

    async fn exchange(&self, socket: &mut TcpStream, buffer: &mut Vec<u8>) -> io::Result<()> {
        let mark = self.sent.mark(self.asked.fetch_add(1, Ordering::Relaxed));
        let head = format!(
            "POST {TARGET} HTTP/1.1\r\nHost: {}\r\nOcp-Apim-Subscription-Key: {KEY}\r\nAccept: application/json\r\n\
             Content-Type: {}\r\nContent-Length: {}\r\n\r\n",
            self.address,
            self.sent.content_type(),
            self.clip.len() + mark.len(),
        );
        let mut slices = [head.as_bytes(), &self.clip, &mark].map(IoSlice::new);
        let mut slices = slices.as_mut_slice();
        while !slices.is_empty() {
            let written = socket.write_vectored(slices).await?;
            IoSlice::advance_slices(&mut slices, written);
        }
        buffer.clear();
        loop {
            if socket.read_buf(buffer).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let Some(head) = find(buffer, b"\r\n\r\n") else { continue };
            let text = String::from_utf8_lossy(&buffer[..head]).to_ascii_lowercase();
            let length = text.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok());
            let whole = head + 4 + length.ok_or_else(|| io::Error::other("an answer without a length"))?;
            if whole <= buffer.len() {
                let heard = text.starts_with("http/1.1 200 ") && find(buffer, SUCCESS).is_some();
                let answer = || io::Error::other(String::from_utf8_lossy(buffer).into_owned());
                return if heard { Ok(()) } else { Err(answer()) };
            }
        }
    }
}

/// As many as keep the server busy.
const CONNECTIONS: usize = 4;

/// Enough for connections, caches and allocators to come to rest.
const WARM_UP: usize = 25;

const TARGET: &str = "/speech/recognition/conversation/cognitiveservices/v1?language=en-US&format=detailed";

/// The first of the keys that every emulator knows.
const KEY: &str = stt_emulator::KEY_1;

const SUCCESS: &[u8] = b"\"RecognitionStatus\":\"Success\"";

#[cfg(test)]
mod tests {
    use stt_emulator::Emulator;

    use super::*;

    #[test]
    fn every_clip_is_heard_and_as_often_as_was_wanted() {
        let running = Emulator::builder().start_blocking().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let clip = folder.path().join("clip");
        let mut all = 0;
        for sent in Sent::ALL {
            fs::write(&clip, sent.body().unwrap()).unwrap();
            let until = Until { milliseconds: 0, least: 110 };
            let asked = ask(sent.name(), running.address(), until, &clip).unwrap();
            assert!((110..=113).contains(&asked.all), "{asked:?}");
            assert_eq!(asked.timed, asked.all - (CONNECTIONS * WARM_UP) as u64);
            all += asked.all;
        }
        let journal = running.journal();
        assert_eq!(journal.len() as u64, all);
        assert!(journal.iter().all(|entry| entry.text.as_deref() == Some("Remind me to buy.")));
    }

    #[test]
    fn an_answer_without_words_ends_the_measurement() {
        let running = Emulator::builder().start_blocking().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let clip = folder.path().join("clip");
        fs::write(&clip, "no audio").unwrap();
        let until = Until { milliseconds: 0, least: 0 };
        let error = ask("wav", running.address(), until, &clip).unwrap_err().to_string();
        assert!(error.contains("HTTP/1.1 400 Bad Request"), "{error}");
    }
}
