//! How the answer comes, on the emulator's clock.

use serde_json::json;
use std::time::Duration;

use crate::raw::{BODY, End, HOUR, Raw, Upload, answer, broken, hourly, post, started};

const PLAIN: Upload = Upload { chunked: false, expects: false };

const LENGTH: &str = "content-length: 14\r\n";

#[test]
fn drops_fall_when_their_time_has_come() {
    let kind = hourly("drip", 7);
    let running = broken(&kind);
    let mut raw = Raw::asking(&running, PLAIN);
    for piece in ["HTTP/1.", "1 200 O", "K\r\nserv", "er: stt"] {
        raw.expect(piece);
        raw.expect_silence();
        running.advance(HOUR);
    }
    running.advance(HOUR * 1_000);
    raw.expect(&answer("200 OK", &kind, LENGTH, BODY)[28..]);
    raw.expect_next();
}

#[test]
fn the_head_of_a_slow_body_comes_at_once() {
    let kind = hourly("slow-body", 6);
    let running = broken(&kind);
    let mut raw = Raw::asking(&running, PLAIN);
    raw.expect(&answer("200 OK", &kind, LENGTH, ""));
    for piece in [&BODY[..6], &BODY[6..12]] {
        raw.expect(piece);
        raw.expect_silence();
        running.advance(HOUR);
    }
    raw.expect(&BODY[12..]);
    raw.expect_next();
}

#[test]
fn a_truncated_answer_lacks_a_byte_at_least() {
    for (after_bytes, cut) in [(0, ""), (13, &BODY[..13]), (14, &BODY[..13]), (u64::MAX >> 1, &BODY[..13])] {
        let kind = json!({"kind": "truncate", "after_bytes": after_bytes});
        let running = broken(&kind);
        let mut raw = Raw::asking(&running, PLAIN);
        raw.expect(&answer("200 OK", &kind, LENGTH, cut));
        raw.expect_end(End::Fin);
    }
}

#[test]
fn an_answer_is_held_back_before_it_breaks() {
    let running = started("[[fault]]\ntransport = { kind = \"truncate\", after_bytes = 3 }\n");
    let queued = json!({"raw": {"status": 200, "body": "0123456"}, "wait": "50m"});
    assert_eq!(post(&running, "queue", &queued), 200);
    let mut raw = Raw::asking(&running, PLAIN);
    raw.expect_silence();
    running.advance(Duration::from_secs(3_000));
    raw.expect("HTTP/1.1 200 OK\r\n");
    assert!(raw.has_ended());
}

#[test]
fn a_client_that_wants_the_connection_closed_gets_it_closed() {
    for kind in ["drip", "slow-body"] {
        let kind = json!({"kind": kind, "every": "0s"});
        let running = broken(&kind);
        let mut raw = Raw::to(&running);
        let head = PLAIN.head(running.key()).replace("Host:", "Connection: close\r\nHost:");
        raw.send(head);
        raw.send(PLAIN.body());
        raw.expect(&answer("200 OK", &kind, &format!("connection: close\r\n{LENGTH}"), BODY));
        raw.expect_end(End::Fin);
    }
}

#[test]
fn what_was_sent_ahead_of_a_broken_answer_is_the_next_request() {
    let kind = json!({"kind": "one-byte-chunks"});
    let running = broken(&kind);
    let mut raw = Raw::to(&running);
    let request = [PLAIN.head(running.key()).as_bytes(), &PLAIN.body()].concat();
    raw.send([request.clone(), request].concat());
    raw.expect("HTTP/1.1 200 OK\r\n");
    raw.expect_text("0\r\n\r\nHTTP/1.1 200 OK\r\n");
    raw.expect_text(BODY);
    raw.expect_next();
    assert_eq!(running.journal().len(), 2);
}
