//! The body of a successful answer: what can be read can be written, and means the same then.
#![no_main]

use libfuzzer_sys::fuzz_target;
use stt_model::Recognition;

fuzz_target!(|body: &[u8]| {
    let Ok(heard) = Recognition::from_slice(body) else { return };
    let written = serde_json::to_vec(&heard).expect("every recognition can be written");
    assert_eq!(heard, Recognition::from_slice(&written).expect("what was written can be read"));
});
