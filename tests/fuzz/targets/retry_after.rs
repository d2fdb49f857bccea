//! The headers that ask to wait: four lines, one header each.
#![no_main]

use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue};
use libfuzzer_sys::fuzz_target;

const NAMES: [&str; 4] = ["retry-after", "date", "retry-after-ms", "x-ms-retry-after-ms"];

fuzz_target!(|lines: &[u8]| {
    let mut headers = HeaderMap::new();
    for (name, line) in NAMES.into_iter().zip(lines.split(|byte| *byte == b'\n')) {
        if let Ok(value) = HeaderValue::from_bytes(line) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
    for wall in [Duration::ZERO, Duration::MAX] {
        let _ = stt_auth::retry_after(&headers, wall);
    }
});
