//! TLS: who is served, and what becomes of those who are not.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use stt_emulator::{Emulator, Running};

use crate::raw::trusting;

const HEALTH: &[u8] = b"GET /__emulator/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

fn secured() -> Running {
    let short = Duration::from_millis(100);
    Emulator::builder().tls(["speech.test"]).head_timeout(short).start_blocking().expect("a free port")
}

fn connect(running: &Running) -> TcpStream {
    let tcp = TcpStream::connect(running.address()).expect("a connection");
    tcp.set_read_timeout(Some(Duration::from_secs(10))).expect("a timeout");
    tcp
}

/// The answer for a client that trusts this authority, or why it does not.
fn health(running: &Running, ca: &str, host: &str) -> Result<String, String> {
    let mut stream = trusting(ca, host, connect(running));
    let mut answer = String::new();
    let asked = stream.write_all(HEALTH).and_then(|()| stream.read_to_string(&mut answer));
    asked.map(|_| answer).map_err(|error| error.to_string())
}

/// What comes of these bytes until the connection ends.
fn bytes(running: &Running, sent: &[u8]) -> String {
    let mut tcp = connect(running);
    tcp.write_all(sent).expect("a peer that reads");
    let mut answer = Vec::new();
    match tcp.read_to_end(&mut answer) {
        Err(error) if error.kind() != ErrorKind::ConnectionReset => panic!("{error}"),
        _ => String::from_utf8_lossy(&answer).into_owned(),
    }
}

#[test]
fn whoever_trusts_the_authority_is_served_under_each_name() {
    let running = secured();
    let ca = running.ca().expect("an authority");
    assert_eq!(running.endpoint(), format!("https://{}", running.address()));
    for host in ["localhost", "127.0.0.1", "::1", "speech.test"] {
        let answer = health(&running, ca, host).unwrap_or_else(|error| panic!("{host}: {error}"));
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    }
}

#[test]
fn the_authority_can_be_fetched() {
    let running = secured();
    let ca = running.ca().expect("an authority");
    let mut stream = trusting(ca, "localhost", connect(&running));
    let mut answer = String::new();
    let request = "GET /__emulator/ca.pem HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    stream.write_all(request.as_bytes()).and_then(|()| stream.read_to_string(&mut answer)).expect("an answer");
    assert_eq!(answer.split_once("\r\n\r\n").map(|(_, body)| body), Some(ca), "{answer}");
}

#[test]
fn another_authority_and_another_name_are_not_trusted() {
    let (running, other) = (secured(), secured());
    let ca = |running: &Running| running.ca().expect("an authority").to_owned();
    let refused = health(&running, &ca(&other), "localhost").expect_err("no trust");
    assert!(refused.contains("invalid peer certificate"), "{refused}");
    let refused = health(&running, &ca(&running), "other.test").expect_err("no trust");
    assert!(refused.contains("not valid for name"), "{refused}");
}

#[test]
fn plain_http_is_told_to_use_https() {
    let answer = bytes(&secured(), HEALTH);
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
    assert!(head.starts_with("HTTP/1.1 400 Bad Request\r\n"), "{head}");
    assert!(head.contains(&format!("Content-Length: {}\r\n", body.len())), "{head}");
    assert_eq!(body, "stt-emulator was started with --tls: ask with https, not http.\n");
}

#[test]
fn handshakes_that_stop_or_are_none_end_in_time() {
    let running = secured();
    let begun = Instant::now();
    // Nothing at all, the first bytes of a handshake, and what is neither that nor HTTP.
    for sent in [b"".as_slice(), b"\x16\x03\x01\x02\x00", b"\x00\x01\x02 garbage", b"\xff\xff"] {
        assert!(!bytes(&running, sent).contains("HTTP"), "{sent:?}");
    }
    assert!(begun.elapsed() < Duration::from_secs(5));
    assert!(health(&running, running.ca().expect("an authority"), "localhost").is_ok());
}

#[test]
fn a_name_that_is_none_does_not_start() {
    let error = Emulator::builder().tls(["spe\u{e9}ch"]).start_blocking().expect_err("no name");
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
}
