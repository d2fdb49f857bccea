//! What happens while the body is on its way, on the emulator's clock.

use std::time::Duration;

use serde_json::json;
use stt_emulator::{Emulator, Fault, KEY_1, Transport};

use crate::raw::{BODY, CONTINUE, End, HOUR, Raw, UPLOAD, Upload, broken, eventually, hourly};

const OK: &str = "HTTP/1.1 200 OK\r\n";

fn waiting() -> impl Iterator<Item = Upload> {
    Upload::ALL.into_iter().filter(|upload| upload.expects)
}

#[test]
fn a_body_is_read_no_faster_than_told() {
    for upload in Upload::ALL {
        // 22 bytes are five pieces.
        let running = broken(&hourly("slow-read", 5));
        let mut raw = Raw::asking(&running, upload);
        for _ in 0..5 {
            raw.expect_silence();
            assert_eq!(running.journal().len(), 0);
            running.advance(HOUR);
        }
        raw.expect(OK);
        raw.expect_text(BODY);
        raw.expect_next();
        assert_eq!(running.journal()[0].body_bytes, Some(22));
    }
}

#[test]
fn a_large_body_that_is_read_slowly_waits_with_the_client() {
    let running = broken(&hourly("slow-read", 1_000));
    let mut raw = Raw::to(&running);
    let length = 32 * 1024 * 1024;
    raw.send(
        Upload { chunked: false, expects: false }
            .head(KEY_1)
            .replace("Content-Length: 22", &format!("Content-Length: {length}")),
    );
    assert!(raw.sends_until_full(length) < length, "nobody reads, and it all goes");
}

#[test]
fn a_reset_comes_when_so_much_was_read() {
    for upload in Upload::ALL {
        let running = broken(&json!({"kind": "reset", "after_bytes": 10}));
        let mut raw = Raw::to(&running);
        raw.send(upload.head(KEY_1));
        if upload.expects {
            raw.expect(CONTINUE);
        }
        raw.send(upload.part(&UPLOAD[..9]));
        raw.expect_silence();
        raw.send(upload.part(&UPLOAD[9..12]));
        raw.expect_end(End::Reset);
        assert_eq!(running.journal()[0].body_bytes, Some(10));
    }
}

#[test]
fn a_reset_after_more_than_there_is_comes_when_all_was_read() {
    for upload in Upload::ALL {
        let running = broken(&json!({"kind": "reset", "after_bytes": 1_000}));
        let mut raw = Raw::asking(&running, upload);
        raw.expect_end(End::Reset);
        assert_eq!(running.journal()[0].body_bytes, Some(22));
    }
}

#[test]
fn a_reset_after_nothing_comes_before_100_continue() {
    for upload in Upload::ALL {
        let running = broken(&json!({"kind": "reset"}));
        let mut raw = Raw::to(&running);
        raw.send(upload.head(KEY_1));
        raw.expect_end(End::Reset);
    }
}

#[test]
fn an_answer_in_the_middle_of_the_body_is_read_by_a_client_that_goes_on_sending() {
    for upload in Upload::ALL {
        let running = broken(&json!({"kind": "early-answer", "status": 401, "after_bytes": 10}));
        let mut raw = Raw::to(&running);
        raw.send(upload.head(KEY_1));
        if upload.expects {
            raw.expect(CONTINUE);
        }
        raw.send(upload.part(&UPLOAD[..10]));
        raw.expect("HTTP/1.1 401 Unauthorized\r\n");
        raw.send(upload.part(&UPLOAD[10..]));
        raw.expect_text("\r\nconnection: close\r\n");
        raw.expect_text(r#"{"error":{"code":"401","message":"Unauthorized"}}"#);
        raw.expect_end(End::Fin);
        assert_eq!(running.journal()[0].body_bytes, Some(10));
    }
}

#[test]
fn a_late_100_continue_comes_when_its_time_has_come() {
    for upload in waiting() {
        let running = broken(&json!({"kind": "late-continue", "after": "60m"}));
        let mut raw = Raw::to(&running);
        raw.send(upload.head(KEY_1));
        raw.expect_silence();
        running.advance(HOUR);
        raw.expect(CONTINUE);
        raw.send(upload.body());
        raw.expect(OK);
        raw.expect_text(BODY);
        raw.expect_next();
    }
}

#[test]
fn a_late_100_continue_comes_after_a_body_that_did_not_wait_and_before_the_answer() {
    for upload in waiting() {
        let running = broken(&json!({"kind": "late-continue", "after": "60m"}));
        let mut raw = Raw::to(&running);
        raw.send(upload.head(KEY_1));
        raw.send(upload.body());
        raw.expect_silence();
        running.advance(HOUR);
        raw.expect(CONTINUE);
        raw.expect(OK);
    }
}

#[test]
fn without_100_continue_a_client_that_loses_patience_is_answered_and_another_is_told_off() {
    for upload in waiting() {
        let running = broken(&json!({"kind": "no-continue"}));
        let mut raw = Raw::to(&running);
        raw.send(upload.head(KEY_1));
        raw.expect_silence();
        raw.send(upload.body());
        raw.expect(OK);
    }
    let running = Emulator::builder().body_timeout(Duration::from_millis(5)).start_blocking().expect("a free port");
    running.arm(&Fault::transport(Transport::NoContinue));
    let mut raw = Raw::to(&running);
    raw.send(Upload { chunked: true, expects: true }.head(KEY_1));
    raw.expect("HTTP/1.1 408 Request Timeout\r\n");
}

#[test]
fn interim_answers_come_again_and_again_before_the_body_and_behind_it() {
    let minute = Duration::from_secs(60);
    for upload in Upload::ALL {
        let running = broken(&json!({"kind": "endless-interim", "every": "1m"}));
        let mut raw = Raw::to(&running);
        raw.send(upload.head(KEY_1));
        for _ in 0..3 {
            raw.expect(CONTINUE);
            raw.expect_silence();
            running.advance(minute);
        }
        raw.expect(CONTINUE);
        raw.send(upload.body());
        raw.expect(CONTINUE);
        raw.expect_silence();
        assert_eq!((running.journal()[0].status, running.journal()[0].body_bytes), (None, Some(22)));
        running.advance(minute);
        raw.expect(CONTINUE);
        running.advance(10 * minute);
        assert!(raw.has_ended());
    }
}

#[test]
fn half_a_connection_takes_the_whole_body() {
    for upload in Upload::ALL {
        let running = broken(&json!({"kind": "half-close"}));
        let mut raw = Raw::to(&running);
        raw.send(upload.head(KEY_1));
        raw.expect_end(End::Fin);
        assert_eq!(running.journal().len(), 0);
        raw.send(upload.body());
        eventually(|| running.journal().len() == 1);
        assert_eq!(running.journal()[0].body_bytes, Some(22));
    }
}

#[test]
fn a_client_that_leaves_ends_every_wait() {
    for kind in [
        json!({"kind": "hang"}),
        json!({"kind": "no-close"}),
        json!({"kind": "endless-interim", "every": "60m"}),
        hourly("drip", 1),
        hourly("slow-body", 1),
    ] {
        let running = broken(&kind);
        let mut raw = Raw::asking(&running, Upload { chunked: false, expects: false });
        raw.leave();
        assert!(raw.has_ended(), "{kind}");
    }
}
