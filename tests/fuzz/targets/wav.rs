//! The beginning of an audio file: one verdict for a file and for a pipe, and a meter that never counts too much.
#![no_main]

use std::io::Cursor;

use libfuzzer_sys::fuzz_target;
use stt_audio::{Inspection, Limits, Metered, PREFIX};

fuzz_target!(|file: &[u8]| {
    let total = file.len() as u64;
    let piped = Inspection::of_prefix(file, Some(total));
    let found = Inspection::of_file(&mut Cursor::new(file)).expect("memory can be read");
    if file.len() <= PREFIX {
        assert_eq!(found.verdict(Limits::RECOGNITION), piped.verdict(Limits::RECOGNITION));
    }
    let endless = Inspection::of_prefix(file, None);
    let _ = endless.verdict(Limits::RECOGNITION);
    let Some(mut meter) = endless.meter(Limits::seconds(1)) else { return };
    for piece in file.chunks(1024) {
        if let Metered::Ended(kept) | Metered::Full(kept) = meter.push(piece) {
            assert!(kept <= piece.len());
            break;
        }
    }
    assert!(meter.heard().as_secs() <= 1);
});
