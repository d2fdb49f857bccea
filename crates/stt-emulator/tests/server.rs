//! What goes over the socket, byte by byte.

mod common;

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use common::PATH;
use stt_emulator::{Builder, Emulator, KEY_1, Running, SynthOptions, synth};

/// A connection to an emulator, and what came over it so far.
struct Wire {
    stream: TcpStream,
    read: Vec<u8>,
}

/// The head of one response, and its body.
#[derive(Debug)]
struct Reply {
    status: u16,
    head: String,
    body: String,
}

impl Wire {
    fn to(running: &Running) -> Self {
        let stream = TcpStream::connect(running.address()).expect("a connection");
        stream.set_read_timeout(Some(Duration::from_secs(10))).expect("a timeout");
        stream.set_nodelay(true).expect("no delay");
        Self { stream, read: Vec::new() }
    }

    fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.stream.write_all(bytes.as_ref()).expect("a peer that reads");
    }

    /// Reads to the end of a head, and its body by Content-Length.
    fn reply(&mut self) -> Reply {
        let end = self.read_until(|read| read.windows(4).position(|four| four == b"\r\n\r\n")) + 4;
        let head = String::from_utf8(self.read.drain(..end).collect()).expect("ASCII").to_lowercase();
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        let length = length.map_or(0, |length| length.parse().expect("a length"));
        self.read_until(|read| (length <= read.len()).then_some(length));
        let body = String::from_utf8(self.read.drain(..length).collect()).expect("UTF-8");
        Reply { status, head, body }
    }

    fn read_until(&mut self, found: impl Fn(&[u8]) -> Option<usize>) -> usize {
        let mut piece = [0; 4_096];
        loop {
            if let Some(at) = found(&self.read) {
                return at;
            }
            let count = self.stream.read(&mut piece).expect("an answer");
            assert_ne!(count, 0, "the connection ended after {:?}", String::from_utf8_lossy(&self.read));
            self.read.extend_from_slice(&piece[..count]);
        }
    }

    /// Whether the peer has nothing more to say.
    fn is_at_end(&mut self) -> bool {
        let mut rest = Vec::new();
        self.stream.read_to_end(&mut rest).expect("an orderly end");
        self.read.is_empty() && rest.is_empty()
    }
}

fn start() -> Running {
    started(Emulator::builder())
}

fn started(builder: Builder) -> Running {
    builder.start_blocking().expect("a free port")
}

fn head(key: &str, more: &str) -> String {
    format!(
        "POST {PATH}?language=en-US HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: audio/wav\r\n\
         Ocp-Apim-Subscription-Key: {key}\r\n{more}\r\n"
    )
}

fn clip() -> Vec<u8> {
    synth("Hello there.", &SynthOptions::default()).expect("a clip")
}

fn chunk(bytes: &[u8]) -> Vec<u8> {
    [format!("{:x}\r\n", bytes.len()).as_bytes(), bytes, b"\r\n"].concat()
}

#[test]
fn a_body_of_known_length_is_recognized_and_the_connection_is_kept() {
    let running = start();
    let mut wire = Wire::to(&running);
    for _ in 0..2 {
        wire.send(head(KEY_1, &format!("Content-Length: {}\r\n", clip().len())));
        wire.send(clip());
        let reply = wire.reply();
        assert_eq!(reply.status, 200);
        assert!(reply.body.contains("Hello there."), "{}", reply.body);
        assert!(reply.head.contains("content-type: application/json; charset=utf-8"), "{}", reply.head);
    }
    assert_eq!(running.journal().len(), 2);
}

#[test]
fn a_chunked_body_waits_for_100_continue_and_gets_it() {
    let running = start();
    let mut wire = Wire::to(&running);
    wire.send(head(KEY_1, "Transfer-Encoding: chunked\r\nExpect: 100-continue\r\n"));
    assert_eq!(wire.reply().status, 100);
    for piece in clip().chunks(1_024) {
        wire.send(chunk(piece));
    }
    wire.send("0\r\n\r\n");
    let reply = wire.reply();
    assert_eq!(reply.status, 200);
    assert!(reply.body.contains("Hello there."), "{}", reply.body);
    assert_eq!(running.journal()[0].body_bytes, Some(clip().len() as u64));
}

#[test]
fn a_wrong_key_is_refused_before_100_continue_and_without_a_byte_of_audio() {
    let running = start();
    let mut wire = Wire::to(&running);
    wire.send(head("wrong", "Transfer-Encoding: chunked\r\nExpect: 100-continue\r\n"));
    let reply = wire.reply();
    assert_eq!(reply.status, 401, "no 100 comes first: {reply:?}");
    assert!(reply.head.contains("connection: close"), "{}", reply.head);
    assert!(wire.is_at_end());
}

#[test]
fn a_refusal_reaches_a_client_that_goes_on_sending() {
    let running = start();
    for _ in 0..20 {
        let mut wire = Wire::to(&running);
        wire.send(head("wrong", "Content-Length: 4000000\r\n"));
        for _ in 0..40 {
            wire.send([0; 100_000]);
        }
        assert_eq!(wire.reply().status, 401);
        assert!(wire.is_at_end());
    }
}

#[test]
fn a_refusal_without_a_body_keeps_the_connection() {
    let running = start();
    let mut wire = Wire::to(&running);
    wire.send(head("wrong", "Content-Length: 0\r\n"));
    assert_eq!(wire.reply().status, 401);
    wire.send("GET /__emulator/health HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assert_eq!(wire.reply().status, 200);
}

#[test]
fn a_token_is_fetched_and_used() {
    let running = start();
    let mut wire = Wire::to(&running);
    wire.send(format!(
        "POST /sts/v1.0/issueToken HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\n\
         Ocp-Apim-Subscription-Key: {KEY_1}\r\n\r\n"
    ));
    let token = wire.reply().body;
    let ask = |wire: &mut Wire| {
        wire.send(format!(
            "POST {PATH}?language=en-US HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: audio/wav\r\n\
             Authorization: Bearer {token}\r\nContent-Length: {}\r\n\r\n",
            clip().len()
        ));
    };
    ask(&mut wire);
    wire.send(clip());
    assert_eq!(wire.reply().status, 200);
    running.advance(Duration::from_secs(601));
    ask(&mut wire);
    assert_eq!(wire.reply().status, 401);
}

#[test]
fn a_body_that_stops_arriving_is_told_so() {
    let running = started(Emulator::builder().body_timeout(Duration::from_millis(5)));
    let mut wire = Wire::to(&running);
    wire.send(head(KEY_1, "Content-Length: 100\r\n"));
    wire.send("RIFF");
    assert_eq!(wire.reply().status, 408);
    assert!(wire.is_at_end());
}

#[test]
fn a_head_that_stops_arriving_ends_the_connection() {
    let running = started(Emulator::builder().head_timeout(Duration::from_millis(5)));
    let mut wire = Wire::to(&running);
    wire.send("POST /speech");
    let mut rest = Vec::new();
    assert!(wire.stream.read_to_end(&mut rest).is_ok(), "the peer closes");
    assert!(running.journal().is_empty());
}

#[test]
fn a_body_beyond_the_limit_is_refused_by_its_length_or_when_it_gets_there() {
    let running = started(Emulator::builder().max_body(10_000));
    let mut wire = Wire::to(&running);
    wire.send(head(KEY_1, "Content-Length: 10001\r\nExpect: 100-continue\r\n"));
    assert_eq!(wire.reply().status, 413);
    let mut wire = Wire::to(&running);
    wire.send(head(KEY_1, "Transfer-Encoding: chunked\r\n"));
    for _ in 0..11 {
        wire.send(chunk(&[b'R'; 1_000]));
    }
    assert_eq!(wire.reply().status, 413);
}

#[test]
fn only_so_many_large_bodies_are_held_at_once() {
    let running = start();
    let head = head(KEY_1, "Content-Length: 3000000\r\n");
    let mut holding: Vec<Wire> = (0..8).map(|_| Wire::to(&running)).collect();
    for wire in &mut holding {
        wire.send(&head);
        wire.send(vec![7; 2_500_000]);
    }
    let asked = || {
        let wire = Wire::to(&running);
        let mut writer = wire.stream.try_clone().expect("another handle");
        let request = [head.as_bytes(), &[7; 3_000_000]].concat();
        let writing = std::thread::spawn(move || writer.write_all(&request));
        wire.stream.set_read_timeout(Some(Duration::from_millis(100))).expect("a timeout");
        let waits = wire.stream.peek(&mut [0]).is_err();
        (wire, writing, waits)
    };
    // The others are read while this goes on.
    let waiting = (0..20).map(|_| asked()).find(|(.., waits)| *waits);
    let (mut wire, writing, _) = waiting.expect("it waits for its turn");
    drop(holding.pop());
    wire.stream.set_read_timeout(Some(Duration::from_secs(10))).expect("a timeout");
    assert_eq!(wire.reply().status, 200);
    writing.join().expect("it ends").expect("it is read");
}

#[test]
fn an_upload_that_breaks_off_is_journalled_without_an_answer() {
    let running = start();
    let mut wire = Wire::to(&running);
    wire.send(head(KEY_1, "Transfer-Encoding: chunked\r\nExpect: 100-continue\r\n"));
    assert_eq!(wire.reply().status, 100);
    wire.send(chunk(&clip()));
    wire.stream.shutdown(Shutdown::Write).expect("half of the connection");
    assert!(wire.is_at_end(), "a body without its end is not answered");
    let entry = running.journal().pop().expect("an entry");
    assert_eq!(entry.status, None);
    assert!(entry.reason.contains("lost"), "{}", entry.reason);
}

#[test]
fn a_request_that_the_service_never_answers_is_not_answered() {
    let running = start();
    let mut wire = Wire::to(&running);
    let header = format!("Pronunciation-Assessment: {}\r\nContent-Length: 0\r\n", "A".repeat(17_000));
    wire.send(head(KEY_1, &header));
    wire.stream.set_read_timeout(Some(Duration::from_millis(20))).expect("a timeout");
    let kind = wire.stream.read(&mut [0]).expect_err("not a byte, and no end either").kind();
    assert!(matches!(kind, std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut), "{kind}");
    assert_eq!(running.journal()[0].rules, ["assessment-too-long"]);
}

#[test]
fn an_answer_that_is_held_back_comes_when_the_clock_is_moved() {
    let running = started(Emulator::builder().latency("60m".parse().expect("a latency")));
    let mut wire = Wire::to(&running);
    wire.send(head(KEY_1, &format!("Content-Length: {}\r\n", clip().len())));
    wire.send(clip());
    let begun = std::time::Instant::now();
    while running.journal().is_empty() {
        assert!(begun.elapsed() < Duration::from_secs(10), "it is journalled before it is sent");
        std::thread::yield_now();
    }
    running.advance(Duration::from_secs(3_000));
    wire.stream.set_read_timeout(Some(Duration::from_millis(20))).expect("a timeout");
    assert!(wire.stream.read(&mut [0]).is_err(), "ten minutes are left");
    wire.stream.set_read_timeout(Some(Duration::from_secs(10))).expect("a timeout");
    running.advance(Duration::from_secs(600));
    assert_eq!(wire.reply().status, 200);
}

#[test]
fn connections_that_ask_nothing_lock_nobody_out() {
    let running = started(Emulator::builder().max_connections(4));
    let mut first = Wire::to(&running);
    first.send("GET /__emulator/health HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assert_eq!(first.reply().status, 200);
    let mut busy = Wire::to(&running);
    busy.send(head(KEY_1, "Transfer-Encoding: chunked\r\nExpect: 100-continue\r\n"));
    assert_eq!(busy.reply().status, 100);
    let others = (0..12).map(|_| {
        let mut wire = Wire::to(&running);
        wire.send("GET /__emulator/health HTTP/1.1\r\n");
        wire
    });
    let others = others.collect::<Vec<_>>();
    let mut last = Wire::to(&running);
    last.send("GET /__emulator/health HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assert_eq!(last.reply().status, 200);
    assert!(first.is_at_end(), "the one that waited longest is closed");
    busy.send([chunk(&clip()), b"0\r\n\r\n".to_vec()].concat());
    assert_eq!(busy.reply().status, 200, "one with a request is not");
    drop(others);
}

#[test]
fn a_shutdown_is_answered_and_ends_the_server() {
    let running = start();
    let address = running.address();
    let mut wire = Wire::to(&running);
    wire.send("POST /__emulator/shutdown HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n");
    assert_eq!(wire.reply().status, 200);
    assert!(wire.is_at_end());
    assert!(TcpStream::connect(address).is_err(), "nobody listens any more");
}

#[test]
fn what_is_no_http_is_closed() {
    let running = start();
    let mut wire = Wire::to(&running);
    wire.send("SSH-2.0-OpenSSH_9.6\r\n\r\n");
    let mut rest = Vec::new();
    let _ = wire.stream.read_to_end(&mut rest);
    let mut wire = Wire::to(&running);
    wire.send("GET /__emulator/health HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assert_eq!(wire.reply().status, 200, "others are still served");
}

#[test]
fn stopping_takes_less_than_a_second_even_with_open_connections() {
    let running = start();
    let address = running.address();
    let mut idle = Wire::to(&running);
    idle.send("GET /__emulator/health HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assert_eq!(idle.reply().status, 200);
    let mut busy = Wire::to(&running);
    busy.send(head(KEY_1, "Transfer-Encoding: chunked\r\nExpect: 100-continue\r\n"));
    assert_eq!(busy.reply().status, 100);
    let begun = std::time::Instant::now();
    drop(running);
    assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
    assert!(idle.is_at_end());
    assert!(TcpStream::connect(address).is_err());
}

#[test]
fn a_port_that_is_taken_is_an_error() {
    let running = start();
    let again = Emulator::builder().listen(running.address()).start_blocking();
    assert!(again.is_err());
}

#[test]
fn the_urls_lead_to_the_emulator() {
    let running = start();
    let port = running.address().port();
    assert_eq!(running.endpoint(), format!("http://127.0.0.1:{port}"));
    assert_eq!(running.token_endpoint(), format!("http://127.0.0.1:{port}/sts/v1.0/issueToken"));
    assert_eq!(running.admin(), format!("http://127.0.0.1:{port}/__emulator/"));
    assert_eq!(running.key(), "5354542d454d554c41544f522d4b4559");
}

#[tokio::test]
async fn an_emulator_runs_inside_the_callers_runtime_too() {
    let running = Emulator::builder().start().await.expect("a free port");
    let address = running.address();
    let status = tokio::task::spawn_blocking(move || {
        let mut stream = TcpStream::connect(address).expect("a connection");
        stream.write_all(b"GET /__emulator/health HTTP/1.0\r\nHost: localhost\r\n\r\n").expect("a peer");
        let mut reply = String::new();
        stream.read_to_string(&mut reply).expect("an answer");
        reply
    });
    let reply = status.await.expect("no panic");
    assert!(reply.contains("200 OK"), "{reply}");
    running.stop().await;
    assert!(TcpStream::connect(address).is_err());
}
