//! Sends requests that no sensible client sends, and keeps all of the answers.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::error::Error as _;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::Request;
use http_body_util::BodyExt;
use hyper::body::{Body, Frame, SizeHint};
use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use thiserror::Error;
use tokio::sync::oneshot;
use tokio::time::timeout;

/// Sends one request over each connection.
pub(crate) struct Client {
    inner: legacy::Client<Connector, Sending>,
}

/// What came back.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// As they came, with what is not UTF-8 replaced.
    pub(crate) headers: Vec<(String, String)>,
    /// As far as it is kept.
    pub(crate) body: Vec<u8>,
    /// The statuses of the answers before the answer.
    pub(crate) interim: Vec<u16>,
    pub(crate) took: Duration,
}

/// What became of a request.
#[derive(Clone, Debug)]
pub(crate) enum Outcome {
    Answered(Answer),
    /// The target took it and did not answer.
    Unanswered(String),
    /// There was no connection.
    Unreachable(String),
}

/// Why nothing can be sent.
#[derive(Debug, Error)]
pub(crate) enum ClientError {
    #[cfg(feature = "https")]
    #[error("TLS cannot be set up")]
    Tls(#[source] std::io::Error),
    #[cfg(not(feature = "https"))]
    #[error("this program was built without the feature `https`")]
    NoTls,
}

#[cfg(feature = "https")]
type Connector = hyper_rustls::HttpsConnector<HttpConnector>;
#[cfg(not(feature = "https"))]
type Connector = HttpConnector;

impl Client {
    pub(crate) fn new(url: &str) -> Result<Self, ClientError> {
        let mut builder = legacy::Client::builder(TokioExecutor::new());
        builder.pool_max_idle_per_host(0).retry_canceled_requests(false);
        Ok(Self { inner: builder.build(connector(url)?) })
    }

    /// The outcome of a request, for which no more than `limit` is waited.
    pub(crate) async fn send(&self, request: Request<Sending>, limit: Duration) -> Outcome {
        let begun = Instant::now();
        let (interim, mut request) = (Arc::new(Mutex::new(Vec::new())), request);
        let gate = Mutex::new(request.body_mut().gate());
        let noted = Arc::clone(&interim);
        hyper::ext::on_informational(&mut request, move |response| {
            noted.lock().unwrap_or_else(PoisonError::into_inner).push(response.status().as_u16());
            let gate = gate.lock().unwrap_or_else(PoisonError::into_inner).take();
            if let Some(gate) = gate {
                // Whoever has given up the request waits for nothing.
                let _ = gate.send(());
            }
        });
        let answered = timeout(limit, async {
            let response = self.inner.request(request).await?;
            let (head, body) = response.into_parts();
            Ok::<_, legacy::Error>((head, kept(body).await))
        });
        let (head, body) = match answered.await {
            Err(_) => return Outcome::Unanswered(format!("none came within {} s", limit.as_secs_f64())),
            Ok(Err(error)) if error.is_connect() => return Outcome::Unreachable(causes(&error)),
            Ok(Err(error)) => return Outcome::Unanswered(causes(&error)),
            Ok(Ok(answer)) => answer,
        };
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let headers = head.headers.iter().map(|(name, value)| (name.to_string(), text(value.as_bytes())));
        let interim = interim.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Outcome::Answered(Answer {
            status: head.status.as_u16(),
            headers: headers.collect(),
            body,
            interim,
            took: begun.elapsed(),
        })
    }
}

#[cfg(feature = "https")]
fn connector(_: &str) -> Result<Connector, ClientError> {
    let provider = rustls::crypto::ring::default_provider();
    let builder = hyper_rustls::HttpsConnectorBuilder::new().with_provider_and_platform_verifier(provider);
    Ok(builder.map_err(ClientError::Tls)?.https_or_http().enable_http1().wrap_connector(tcp()))
}

#[cfg(not(feature = "https"))]
fn connector(url: &str) -> Result<Connector, ClientError> {
    if url.starts_with("https:") { Err(ClientError::NoTls) } else { Ok(tcp()) }
}

fn tcp() -> HttpConnector {
    let mut tcp = HttpConnector::new();
    tcp.enforce_http(false);
    tcp.set_connect_timeout(Some(CONNECTING));
    tcp.set_nodelay(true);
    tcp
}

/// The beginning of a body; one that breaks off is kept as far as it came.
async fn kept(mut body: hyper::body::Incoming) -> Vec<u8> {
    let mut kept = Vec::new();
    while let Some(Ok(frame)) = body.frame().await {
        kept.extend_from_slice(frame.data_ref().map_or(&[][..], |data| data));
        if MOST <= kept.len() {
            kept.truncate(MOST);
            break;
        }
    }
    kept
}

/// An error with all that led to it.
fn causes(error: &legacy::Error) -> String {
    let mut told = error.to_string();
    let mut source = error.source();
    while let Some(why) = source {
        let why_told = why.to_string();
        if !told.ends_with(&why_told) {
            told = format!("{told}: {why_told}");
        }
        source = why.source();
    }
    told
}

/// A body, piece by piece.
#[derive(Default)]
pub(crate) struct Sending {
    pieces: VecDeque<Piece>,
    /// Its length, where that is told.
    length: Option<u64>,
    /// What `100 Continue` opens.
    gate: Option<oneshot::Sender<()>>,
}

enum Piece {
    Bytes(Bytes),
    /// Nothing more comes.
    Never,
    /// The rest comes when this is over.
    When(Pin<Box<dyn Future<Output = ()> + Send>>),
}

impl Sending {
    /// All of it, with its length.
    pub(crate) fn whole(body: Vec<u8>) -> Self {
        let length = Some(body.len() as u64);
        Self { pieces: [Piece::Bytes(body.into())].into(), length, gate: None }
    }

    /// All of it in chunks.
    pub(crate) fn chunked(body: Vec<u8>) -> Self {
        let body = Bytes::from(body);
        let starts = (0..body.len()).step_by(CHUNK);
        let pieces = starts.map(|start| Piece::Bytes(body.slice(start..body.len().min(start + CHUNK))));
        Self { pieces: pieces.collect(), length: None, gate: None }
    }

    /// Half of what is announced, and then no more.
    pub(crate) fn stalled(mut body: Vec<u8>) -> Self {
        let length = Some(body.len() as u64);
        body.truncate(body.len() / 2);
        Self { pieces: [Piece::Bytes(body.into()), Piece::Never].into(), length, gate: None }
    }

    /// All of it in chunks, once the target says `100 Continue`, or has had the time to.
    pub(crate) fn expecting(body: Vec<u8>) -> Self {
        let mut sending = Self::chunked(body);
        let (gate, opened) = oneshot::channel();
        let opened = async {
            let _ = timeout(CONTINUING, opened).await;
        };
        sending.pieces.push_front(Piece::When(Box::pin(opened)));
        Self { gate: Some(gate), ..sending }
    }

    /// The same as for [`expecting`](Self::expecting), the last of it only when `release` is sent or dropped; the
    /// other value comes when the target has taken the head, or has had the time to.
    pub(crate) fn held(body: Vec<u8>, release: oneshot::Receiver<()>) -> (Self, oneshot::Receiver<()>) {
        let mut sending = Self::expecting(body);
        let (taken, begun) = oneshot::channel();
        let last = sending.pieces.pop_back();
        let released = async {
            // Nobody may wait for it any more.
            let _ = taken.send(());
            let _ = release.await;
        };
        sending.pieces.push_back(Piece::When(Box::pin(released)));
        sending.pieces.extend(last);
        (sending, begun)
    }

    /// The length that is announced.
    pub(crate) fn length(&self) -> Option<u64> {
        self.length
    }

    fn gate(&mut self) -> Option<oneshot::Sender<()>> {
        self.gate.take()
    }
}

impl Body for Sending {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        loop {
            match self.pieces.front_mut() {
                None => return Poll::Ready(None),
                Some(Piece::Never) => return Poll::Pending,
                Some(Piece::When(over)) => match over.as_mut().poll(cx) {
                    Poll::Pending => return Poll::Pending,
                    Poll::Ready(()) => drop(self.pieces.pop_front()),
                },
                Some(Piece::Bytes(_)) => {
                    let Some(Piece::Bytes(bytes)) = self.pieces.pop_front() else { return Poll::Ready(None) };
                    if !bytes.is_empty() {
                        return Poll::Ready(Some(Ok(Frame::data(bytes))));
                    }
                }
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.length == Some(0)
    }

    fn size_hint(&self) -> SizeHint {
        self.length.map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}

/// How long a connection may take.
const CONNECTING: Duration = Duration::from_secs(10);

/// What RFC 9110 leaves to the client: how long it waits for `100 Continue` before it sends its body all the same.
const CONTINUING: Duration = Duration::from_secs(1);

/// As in Microsoft's samples for this API.
const CHUNK: usize = 1_024;

/// The most that is kept of an answer: far more than a minute of speech with the times of its phonemes.
const MOST: usize = 1024 * 1024;
