//! A file of any format, opened as a file and as a pipe: both give the same finite samples, and an end is an end.
#![no_main]

use std::io::Cursor;

use libfuzzer_sys::fuzz_target;
use stt_audio::{DecodeError, PcmSource, open, open_stream};

fuzz_target!(|file: &[u8]| {
    // What a caught panic prints would hide what is found.
    std::panic::set_hook(Box::new(|_| {}));
    let heard = samples(open(Cursor::new(file.to_vec())));
    let piped = samples(open_stream(Cursor::new(file.to_vec())));
    assert_eq!(heard, piped);
});

/// How many samples of each kind there are, up to as many as a second of the highest rate has.
fn samples(source: Result<Box<dyn PcmSource>, DecodeError>) -> Option<usize> {
    let mut source = source.ok()?;
    let mut count = 0;
    while let Ok(Some(block)) = source.next_block() {
        assert!(!block.samples.is_empty() && 0 < block.rate && 0 < block.channels);
        assert_eq!(block.samples.len() % usize::from(block.channels), 0);
        assert!(block.samples.iter().all(|sample| sample.is_finite()));
        count += block.samples.len();
        if 768_000 < count {
            return Some(count);
        }
    }
    assert!(matches!(source.next_block(), Ok(None)));
    Some(count)
}
