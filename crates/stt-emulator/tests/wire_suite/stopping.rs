//! The end, which comes soon whatever goes wrong at the time.

use std::time::{Duration, Instant};

use serde_json::json;
use stt_emulator::KEY_1;

use crate::raw::{Raw, Upload, fault, hourly, start};

#[test]
fn stopping_takes_less_than_a_second_in_every_state() {
    let waiting = Upload { chunked: true, expects: true };
    let plain = Upload { chunked: false, expects: false };
    let running = start();
    let mut open = Vec::new();
    for (kind, has_body) in [
        (json!({"kind": "hang"}), true),
        (json!({"kind": "hang"}), false),
        (json!({"kind": "no-close"}), true),
        (json!({"kind": "half-close"}), false),
        (json!({"kind": "no-continue"}), false),
        (json!({"kind": "late-continue", "after": "60m"}), false),
        (json!({"kind": "endless-interim", "every": "1ms"}), true),
        (json!({"kind": "endless-interim", "every": "60m"}), false),
        (json!({"kind": "reset", "after_bytes": 10}), false),
        (json!({"kind": "early-answer", "status": 401}), false),
        (hourly("slow-read", 1), true),
        (hourly("slow-read", 1), false),
        (hourly("slow-body", 1), true),
        (hourly("drip", 1), true),
    ] {
        for upload in [plain, waiting] {
            running.arm(&fault(&kind).times(1));
            let mut raw = Raw::to(&running);
            raw.send(upload.head(KEY_1));
            if has_body {
                raw.send(upload.body());
            }
            raw.settle();
            open.push(raw);
        }
    }
    let begun = Instant::now();
    drop(running);
    // It is half a second and what a busy machine adds.
    assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
    for mut raw in open {
        assert!(raw.has_ended());
    }
}
