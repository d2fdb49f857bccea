//! A transcript as JSON: what can be read is written the same from then on, and its captions never overlap.
#![no_main]

use libfuzzer_sys::fuzz_target;
use stt_transcript::{Captions, Format, Transcript};

fuzz_target!(|json: &str| {
    let Ok(read) = Transcript::from_json(json) else { return };
    let written = read.to_json();
    let again = Transcript::from_json(&written).expect("what was written can be read");
    assert_eq!(again.to_json(), written);
    let mut now = 0;
    for cue in Captions::new().cues(&read) {
        assert!(now <= cue.start_ms && cue.start_ms < cue.end_ms, "{cue:?} after {now}");
        now = cue.end_ms;
    }
    for format in Format::ALL {
        let _ = read.render(*format, Captions::new());
    }
});
