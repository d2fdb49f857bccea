//! Magic keys, as a program in any language sends them.

use std::time::Duration;

use stt_emulator::{Emulator, Running};

use crate::raw::{End, Raw, UPLOAD, Upload};

const PLAIN: Upload = Upload { chunked: false, expects: false };

const OK: &str = "HTTP/1.1 200 OK\r\n";

fn start() -> Running {
    Emulator::builder().start_blocking().expect("a free port")
}

/// A connection with a request with this key.
fn ask(running: &Running, key: &str) -> Raw {
    let mut raw = Raw::to(running);
    raw.send([PLAIN.head(key).as_bytes(), UPLOAD].concat());
    raw
}

/// What this emulator says to an upload that is no audio, where nothing else goes wrong.
const RIGHT: &str = "HTTP/1.1 400 Bad Request\r\n";

#[test]
fn two_requests_are_throttled_and_then_all_is_well() {
    let running = start();
    for status in ["HTTP/1.1 429 Too Many Requests\r\n", "HTTP/1.1 429 Too Many Requests\r\n", RIGHT, RIGHT] {
        ask(&running, "emu-429x2").expect(status);
    }
}

#[test]
fn a_status_is_answered_to_all() {
    let running = start();
    let mut raw = ask(&running, "emu-503");
    for _ in 0..3 {
        raw.expect("HTTP/1.1 503 Service Unavailable\r\n");
        raw.expect_text(r#"{"error":{"code":"503","message":"Service Unavailable"}}"#);
        raw.send([PLAIN.head("emu-503").as_bytes(), UPLOAD].concat());
    }
}

#[test]
fn a_hanging_request_is_left_open_for_ten_minutes() {
    let running = start();
    for upload in Upload::ALL.into_iter().filter(|upload| !upload.expects) {
        let mut raw = Raw::to(&running);
        raw.send([upload.head("emu-hang").as_bytes(), &upload.body()].concat());
        raw.expect_silence();
        running.advance(Duration::from_secs(599));
        raw.expect_silence();
        running.advance(Duration::from_secs(1));
        raw.expect_end(End::Fin);
    }
}

#[test]
fn a_connection_is_reset() {
    let running = start();
    for upload in Upload::ALL {
        let mut raw = Raw::to(&running);
        raw.send(upload.head("emu-reset"));
        raw.expect_end(End::Reset);
    }
}

#[test]
fn an_answer_comes_so_much_later() {
    let running = start();
    let mut raw = ask(&running, "emu-slow-3600s");
    raw.expect_silence();
    running.advance(Duration::from_secs(3_590));
    raw.expect_silence();
    running.advance(Duration::from_secs(10));
    raw.expect(RIGHT);
}

#[test]
fn one_recognition_runs_at_a_time() {
    let running = start();
    let mut first = Raw::to(&running);
    first.send(PLAIN.head("emu-f0"));
    first.expect_silence();
    ask(&running, "emu-f0").expect("HTTP/1.1 429 Too Many Requests\r\n");
    first.send(UPLOAD);
    first.expect(RIGHT);
    ask(&running, "emu-f0").expect(RIGHT);
}

#[test]
fn a_token_is_expired_when_it_comes() {
    let running = start();
    let token = |key: &str| {
        let mut raw = Raw::to(&running);
        raw.send(format!(
            "POST /sts/v1.0/issueToken HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\n\
             Ocp-Apim-Subscription-Key: {key}\r\n\r\n"
        ));
        raw.expect(OK);
        raw.expect_text("\r\n\r\n");
        raw.send("GET /__emulator/health HTTP/1.1\r\nHost: localhost\r\n\r\n");
        raw.text_before(OK)
    };
    let with = |token: &str| {
        let head = PLAIN.head("").replace("Ocp-Apim-Subscription-Key: ", &format!("Authorization: Bearer {token}"));
        let mut raw = Raw::to(&running);
        raw.send([head.as_bytes(), UPLOAD].concat());
        raw
    };
    with(&token("emu-token-expired")).expect("HTTP/1.1 401 Unauthorized\r\n");
    with(&token(running.key())).expect(RIGHT);
}
