//! Samples that are encoded as Ogg Opus and come back as many as they were, and Ogg Opus that is made of anything.
#![no_main]

use libfuzzer_sys::fuzz_target;
use stt_audio::{OggOpusReader, OggOpusWriter, PcmSource};

fuzz_target!(|bytes: &[u8]| {
    std::panic::set_hook(Box::new(|_| {}));
    heard(bytes);

    let samples: Vec<i16> = bytes.chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect();
    let mut writer = OggOpusWriter::new(Vec::new(), 24_000).expect("memory can be written");
    writer.write(&samples).expect("memory can be written");
    let file = writer.finish().expect("memory can be written");
    assert_eq!(heard(&file), 3 * samples.len());
});

/// How many samples of 48 kHz there are.
fn heard(file: &[u8]) -> usize {
    let mut reader = OggOpusReader::new(file);
    let mut count = 0;
    while let Ok(Some(block)) = reader.next_block() {
        assert!(!block.samples.is_empty());
        assert!(block.samples.iter().all(|sample| sample.is_finite()));
        count += block.samples.len() / usize::from(block.channels);
    }
    count
}
