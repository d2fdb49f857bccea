//! A client that speaks no HTTP of its own accord: it sends bytes, and tells what came back and how it ended.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use stt_emulator::{Builder, Emulator, Fault, KEY_1, Notation, Running, Scenario, Transport};
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

pub(crate) const RECOGNIZE: &str = "/speech/recognition/conversation/cognitiveservices/v1?language=en-US";

/// What the emulator of these tests answers to every recognition.
pub(crate) const BODY: &str = r#"["0123456789"]"#;

/// What every upload of these tests is.
pub(crate) const UPLOAD: &[u8] = b"These are 22 bytes ...";

pub(crate) const CONTINUE: &str = "HTTP/1.1 100 Continue\r\n\r\n";

pub(crate) const HOUR: Duration = Duration::from_secs(3_600);

/// How a connection ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum End {
    Fin,
    Reset,
}

/// How a body is announced.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Upload {
    pub(crate) chunked: bool,
    pub(crate) expects: bool,
}

impl Upload {
    pub(crate) const ALL: [Self; 4] = [
        Self { chunked: false, expects: false },
        Self { chunked: false, expects: true },
        Self { chunked: true, expects: false },
        Self { chunked: true, expects: true },
    ];

    pub(crate) fn head(self, key: &str) -> String {
        let framing = match self.chunked {
            true => "Transfer-Encoding: chunked".to_owned(),
            false => format!("Content-Length: {}", UPLOAD.len()),
        };
        let expects = if self.expects { "Expect: 100-continue\r\n" } else { "" };
        format!(
            "POST {RECOGNIZE} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: audio/wav\r\n\
             Ocp-Apim-Subscription-Key: {key}\r\n{framing}\r\n{expects}\r\n"
        )
    }

    pub(crate) fn body(self) -> Vec<u8> {
        match self.chunked {
            true => [self.part(UPLOAD), b"0\r\n\r\n".to_vec()].concat(),
            false => UPLOAD.to_vec(),
        }
    }

    /// Some of the body.
    pub(crate) fn part(self, bytes: &[u8]) -> Vec<u8> {
        match self.chunked {
            true => [format!("{:x}\r\n", bytes.len()).as_bytes(), bytes, b"\r\n"].concat(),
            false => bytes.to_vec(),
        }
    }
}

/// A connection, bare or under TLS.
pub(crate) trait Wire: Read + Write {
    fn tcp(&self) -> &TcpStream;
}

impl Wire for TcpStream {
    fn tcp(&self) -> &TcpStream {
        self
    }
}

impl Wire for StreamOwned<ClientConnection, TcpStream> {
    fn tcp(&self) -> &TcpStream {
        &self.sock
    }
}

/// The client's side of TLS, which trusts this authority to certify that the peer is `host`.
pub(crate) fn trusting(ca: &str, host: &str, tcp: TcpStream) -> StreamOwned<ClientConnection, TcpStream> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(ca.as_bytes()).expect("PEM")).expect("an authority");
    let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    let host = ServerName::try_from(host.to_owned()).expect("a host");
    StreamOwned::new(ClientConnection::new(Arc::new(config), host).expect("a client"), tcp)
}

/// A connection to an emulator, and what came over it so far.
pub(crate) struct Raw {
    stream: Box<dyn Wire>,
    read: Vec<u8>,
    end: Option<End>,
}

impl Raw {
    pub(crate) fn to(running: &Running) -> Self {
        let tcp = TcpStream::connect(running.address()).expect("a connection");
        tcp.set_nodelay(true).expect("no delay");
        let stream: Box<dyn Wire> = match running.ca() {
            Some(ca) => Box::new(trusting(ca, "localhost", tcp)),
            None => Box::new(tcp),
        };
        Self { stream, read: Vec::new(), end: None }
    }

    /// A connection with such a request for a recognition, its body included as far as it is asked for.
    pub(crate) fn asking(running: &Running, upload: Upload) -> Self {
        let mut raw = Self::to(running);
        raw.send(upload.head(KEY_1));
        if upload.expects {
            raw.expect(CONTINUE);
        }
        raw.send(upload.body());
        raw
    }

    pub(crate) fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.stream.write_all(bytes.as_ref()).and_then(|()| self.stream.flush()).expect("a peer that reads");
    }

    /// Reads for so long, or until there is an end or `enough`.
    fn read_for(&mut self, time: Duration, enough: impl Fn(&[u8]) -> bool) {
        let by = Instant::now() + time;
        let mut piece = [0; 4_096];
        while self.end.is_none() && !enough(&self.read) {
            let left = by.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            self.stream.tcp().set_read_timeout(Some(left)).expect("a timeout");
            match self.stream.read(&mut piece) {
                Ok(0) => self.end = Some(End::Fin),
                Ok(count) => self.read.extend_from_slice(&piece[..count]),
                Err(error) => match error.kind() {
                    ErrorKind::ConnectionReset => self.end = Some(End::Reset),
                    ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted => {}
                    _ => panic!("{error}"),
                },
            }
        }
    }

    /// The next bytes are these, but for dates, of which only the form is compared.
    #[track_caller]
    pub(crate) fn expect(&mut self, bytes: &str) {
        self.read_for(PATIENCE, |read| undated(read).starts_with(bytes));
        let read = undated(&self.read);
        let (begin, rest) = read.split_at(bytes.len().min(read.len()));
        assert_eq!(begin, bytes, "the end: {:?}", self.end);
        self.read = rest.into();
    }

    /// This text comes, behind any other.
    #[track_caller]
    pub(crate) fn expect_text(&mut self, text: &str) {
        let find = |read: &[u8]| read.windows(text.len()).position(|window| window == text.as_bytes());
        self.read_for(PATIENCE, |read| find(read).is_some());
        let at = find(&self.read).unwrap_or_else(|| panic!("{:?} {:?}", String::from_utf8_lossy(&self.read), self.end));
        self.read.drain(..at + text.len());
    }

    /// What comes before this text.
    #[track_caller]
    pub(crate) fn text_before(&mut self, text: &str) -> String {
        let find = |read: &[u8]| read.windows(text.len()).position(|window| window == text.as_bytes());
        self.read_for(PATIENCE, |read| find(read).is_some());
        let at = find(&self.read).expect("the text");
        String::from_utf8(self.read.drain(..at).collect()).expect("UTF-8")
    }

    /// Says that nothing more will be said.
    pub(crate) fn leave(&mut self) {
        self.stream.tcp().shutdown(Shutdown::Write).expect("half of the connection");
    }

    /// Gives the peer the time to take what was sent.
    pub(crate) fn settle(&mut self) {
        self.read_for(MOMENT, |_| false);
    }

    /// Sends up to so many bytes for as long as the peer takes them, and tells how many it took.
    pub(crate) fn sends_until_full(&mut self, most: usize) -> usize {
        self.stream.tcp().set_write_timeout(Some(MOMENT)).expect("a timeout");
        let piece = [0; 65_536];
        let mut sent = 0;
        while sent < most {
            match self.stream.write(&piece) {
                Ok(count) => sent += count,
                Err(_) => break,
            }
        }
        sent
    }

    /// Nothing comes, and the connection stays as it is.
    #[track_caller]
    pub(crate) fn expect_silence(&mut self) {
        self.read_for(MOMENT, |read| !read.is_empty());
        assert_eq!((String::from_utf8_lossy(&self.read).as_ref(), self.end), ("", None));
    }

    /// Nothing more comes but the end.
    #[track_caller]
    pub(crate) fn expect_end(&mut self, end: End) {
        self.read_for(PATIENCE, |_| false);
        assert_eq!((String::from_utf8_lossy(&self.read).as_ref(), self.end), ("", Some(end)));
    }

    /// The connection takes another request.
    #[track_caller]
    pub(crate) fn expect_next(&mut self) {
        self.send("GET /__emulator/health HTTP/1.1\r\nHost: localhost\r\n\r\n");
        self.read_for(PATIENCE, |read| read.ends_with(b"}"));
        let read = String::from_utf8_lossy(&std::mem::take(&mut self.read)).into_owned();
        assert!(read.starts_with("HTTP/1.1 200 OK\r\n") && read.ends_with("{\"status\":\"ok\"}"), "{read}");
    }

    /// Whether there is an end already, or one comes now.
    pub(crate) fn has_ended(&mut self) -> bool {
        self.read_for(PATIENCE, |_| false);
        self.end.is_some()
    }
}

/// An emulator that answers every recognition with [`BODY`].
pub(crate) fn start() -> Running {
    started("")
}

/// The same with more in its scenario.
pub(crate) fn started(faults: &str) -> Running {
    builder(faults).start_blocking().expect("a free port")
}

pub(crate) fn builder(faults: &str) -> Builder {
    let text = format!(
        "schema = \"stt-emulator/1\"\n[[rule]]\nanswer = [{{ raw = {{ status = 200, body = '{BODY}' }} }}]\n{faults}"
    );
    let scenario = Scenario::parse(&text, Notation::Toml).expect("a scenario");
    Emulator::builder().scenario(scenario)
}

/// One with a fault of this kind for the next request.
pub(crate) fn broken(transport: &Value) -> Running {
    let running = start();
    running.arm(&fault(transport).times(1));
    running
}

pub(crate) fn fault(transport: &Value) -> Fault {
    Fault::transport(serde_json::from_value(transport.clone()).expect("a kind"))
}

/// Waits until it is true.
#[track_caller]
pub(crate) fn eventually(is_true: impl Fn() -> bool) {
    let by = Instant::now() + PATIENCE;
    while !is_true() {
        assert!(Instant::now() < by, "it never was");
        thread::sleep(Duration::from_millis(1));
    }
}

/// The answer to request 1 as it is right, with these fields and this body in place of the usual ones.
///
/// The journal's reason is part of it: `reason` is its end, behind the name of the fault.
pub(crate) fn answer(status: &str, transport: &Value, fields: &str, body: &str) -> String {
    let transport: Transport = serde_json::from_value(transport.clone()).expect("a kind");
    let whole = status.starts_with("200") && !matches!(transport, Transport::Empty);
    let whole = whole && !matches!(transport, Transport::EarlyAnswer { .. });
    let reason = if whole { "; rule 1, answer 1 of 1" } else { "" };
    let (kind, framing) = match fields.split_once('|') {
        Some((kind, framing)) => (kind.to_owned(), framing.to_owned()),
        None => (JSON.to_owned(), fields.to_owned()),
    };
    let kind = if kind.is_empty() { String::new() } else { format!("content-type: {kind}\r\n") };
    let version = env!("CARGO_PKG_VERSION");
    format!(
        "HTTP/1.1 {status}\r\nserver: stt-emulator/{version}\r\nx-requestid: 00000000-0000-4000-8000-000000000001\r\n\
         {kind}x-emulator-reason: fault 1, hit 1 of 1: {transport}{reason}\r\n{framing}date: {DATE}\r\n\r\n{body}"
    )
}

/// The text with every date replaced, if it has the form of one.
fn undated(bytes: &[u8]) -> String {
    let mut text = String::from_utf8_lossy(bytes).into_owned();
    let mut from = 0;
    while let Some(at) = text[from..].find("\r\ndate: ").map(|at| from + at + 8) {
        from = at;
        let Some(end) = text[at..].find("\r\n").map(|end| at + end) else { break };
        if httpdate(&text[at..end]) {
            text.replace_range(at..end, DATE);
        }
    }
    text
}

/// Whether it is like `Sun, 06 Nov 1994 08:49:37 GMT`.
fn httpdate(text: &str) -> bool {
    let like = |(text, form): (u8, u8)| match form {
        b'0' => text.is_ascii_digit(),
        b'a' => text.is_ascii_alphabetic(),
        _ => text == form,
    };
    let form = b"aaa, 00 aaa 0000 00:00:00 GMT";
    text.len() == form.len() && text.bytes().zip(*form).all(like)
}

/// Sends JSON to an admin path, and gives the status.
pub(crate) fn post(running: &Running, path: &str, body: &Value) -> u16 {
    let body = body.to_string();
    let mut raw = Raw::to(running);
    let length = body.len();
    raw.send(format!("POST /__emulator/{path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n\r\n{body}"));
    raw.read_for(PATIENCE, |read| read.windows(4).any(|four| four == b"\r\n\r\n"));
    let read = String::from_utf8_lossy(&raw.read).into_owned();
    read.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status")
}

/// A kind with pieces of so many bytes, one in each hour.
pub(crate) fn hourly(kind: &str, bytes: u64) -> Value {
    json!({"kind": kind, "bytes": bytes, "every": "60m"})
}

const JSON: &str = "application/json; charset=utf-8";

const DATE: &str = "(a date)";

/// Longer than any of it takes on a busy machine; what is right never waits so long.
const PATIENCE: Duration = Duration::from_secs(10);

/// Long enough for what is on its way already.
const MOMENT: Duration = Duration::from_millis(20);
