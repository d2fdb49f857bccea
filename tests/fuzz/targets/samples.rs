//! The samples of a WAV and of headerless PCM: the same in whatever pieces they come, and no more than there are bytes.
#![no_main]

use std::io::Read;

use libfuzzer_sys::fuzz_target;
use stt_audio::{PcmSource, RawPcm, WavReader};

/// Gives so many bytes at a time.
struct Dripping<'a>(&'a [u8], usize);

impl Read for Dripping<'_> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let count = self.1.min(into.len());
        self.0.read(&mut into[..count])
    }
}

/// All samples as bits, and all losses; or why there are none.
fn hear(source: &mut dyn PcmSource) -> Result<(Vec<u32>, String), String> {
    let mut samples = Vec::new();
    while let Some(block) = source.next_block().map_err(|error| error.to_string())? {
        assert!(!block.samples.is_empty() && block.samples.len() % usize::from(block.channels) == 0);
        assert!(block.samples.iter().all(|sample| (-1.0..=1.0).contains(sample)));
        samples.extend(block.samples.iter().map(|sample| sample.to_bits()));
    }
    Ok((samples, format!("{:?}", source.losses())))
}

fuzz_target!(|input: &[u8]| {
    // The last byte, because the first ones make a WAV of the sample data.
    let Some((&choice, bytes)) = input.split_last() else { return };
    let total = (choice & 1 == 1).then_some(bytes.len() as u64);
    let piece = 1 + usize::from(choice >> 4);
    let whole = WavReader::new(bytes, total).map_err(|error| error.to_string()).and_then(|mut wav| hear(&mut wav));
    let pieces = WavReader::new(Dripping(bytes, piece), total);
    assert_eq!(whole, pieces.map_err(|error| error.to_string()).and_then(|mut wav| hear(&mut wav)));
    if let Ok((samples, _)) = whole {
        assert!(samples.len() <= bytes.len());
    }

    let formats = ["8000:8:1", "8000:s16be:2", "44100:24:3", "48000:f32:1", "48000:f64be:5", "8000:alaw:1", "8000:mulaw:64"];
    let format = formats[usize::from(choice) % formats.len()].parse().expect("is a format");
    let whole = hear(&mut RawPcm::new(bytes, format)).expect("memory can be read");
    assert_eq!(whole, hear(&mut RawPcm::new(Dripping(bytes, piece), format)).expect("memory can be read"));
});
