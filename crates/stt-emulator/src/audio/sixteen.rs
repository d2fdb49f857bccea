//! Audio in the one form that every recognizer takes.

use rubato::audioadapter_buffers::direct::SequentialSlice;
use rubato::{Fft, FixedSync, Resampler};

use super::{opus, wav};

/// The beginning of the audio in a body as a WAV file of 16-bit mono PCM at 16 kHz.
///
/// What is heard as silence whatever its samples are, such as stereo, gives a file without samples.
pub(crate) fn sixteen_kilohertz(body: &[u8], seconds: u32) -> Vec<u8> {
    let (samples, rate) = if body.starts_with(b"OggS") {
        (opus::read(body, 1, seconds).map(|opus| opus.samples).unwrap_or_default(), opus::RATE)
    } else {
        match wav::read(body).pcm {
            Ok(pcm) => {
                let pcm = pcm.beginning(seconds);
                (pcm.sample.floats(pcm.data), pcm.rate)
            }
            Err(_) => (Vec::new(), RATE),
        }
    };
    let samples = if rate == RATE { samples } else { resampled(&samples, rate) };
    let longest = (seconds * RATE) as usize;
    let bytes = samples.iter().take(longest).flat_map(|sample| sixteen_bits(*sample).to_le_bytes()).collect::<Vec<_>>();
    [&wav::header(RATE, 1, bytes.len() as u32)[..], &bytes].concat()
}

fn resampled(samples: &[f32], rate: u32) -> Vec<f32> {
    let fft = Fft::new(rate as usize, RATE as usize, CHUNK, 1, FixedSync::Both);
    let mut fft = fft.expect("neither rate is zero, nor is the length of a piece");
    let input = SequentialSlice::new(samples, 1, samples.len()).expect("one channel of this length");
    fft.process_all(&input, samples.len(), None).expect("the input is as long as it is said to be").take_data()
}

/// The inverse of how 16-bit samples are read, so that these stay as they are.
fn sixteen_bits(sample: f32) -> i16 {
    (sample * 32_768.0).round() as i16
}

const RATE: u32 = 16_000;

/// How many samples are converted at once.
const CHUNK: usize = 4_096;
