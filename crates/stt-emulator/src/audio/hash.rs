//! What two files have in common that hold the same audio.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};

use super::{ogg, wav};

/// The SHA-256 of the audio in a file, whatever its header and its metadata look like.
///
/// It is written as 64 hex digits.
#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct SampleHash([u8; 32]);

/// A text that is no [`SampleHash`].
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a hash of samples is 64 hex digits, as `stt-emulator hash FILE` prints them")]
pub struct SampleHashError;

/// The hash of the audio in a file, which stays when the file is tagged, or its header or its chunks are written anew.
///
/// For WAV it is that of the rate, the number of channels and the samples, which are brought to 16 bits first: another
/// form that loses nothing, such as 32-bit float, has the same hash. For Ogg Opus it is that of the packets of audio,
/// of which the first 360,000 count.
/// Of anything else, and of WAV with another codec than PCM, it is that of the bytes.
///
/// ```
/// use stt_emulator::{SynthOptions, sample_hash, synth, tag};
///
/// let clip = synth("Good morning.", &SynthOptions::default())?;
/// let tagged = tag(&clip, "Something else.", None)?;
/// assert_eq!(sample_hash(&clip), sample_hash(&tagged));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn sample_hash(file: &[u8]) -> SampleHash {
    let mut hash = Sha256::new();
    if let Some(pcm) = wav::is_wav(file).then(|| wav::stored(file)).flatten() {
        hash.update(b"pcm");
        hash.update(pcm.rate.to_le_bytes());
        hash.update(pcm.channels.to_le_bytes());
        pcm.sample.sixteen_bits(pcm.data, |bytes| hash.update(bytes));
    } else if file.starts_with(b"OggS") {
        hash.update(b"opus");
        for part in ogg::parts(file).take(HASHED) {
            if let ogg::Part::Audio { data, .. } = part {
                hash.update((data.len() as u64).to_le_bytes());
                hash.update(data);
            }
        }
    } else {
        hash.update(file);
    }
    SampleHash(hash.finalize().into())
}

/// A quarter of an hour of the shortest packets there are; megabytes of packets without a byte would take seconds.
const HASHED: usize = 400 * 15 * 60;

impl fmt::Display for SampleHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for SampleHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SampleHash({self})")
    }
}

impl FromStr for SampleHash {
    type Err = SampleHashError;

    fn from_str(text: &str) -> Result<Self, SampleHashError> {
        let (digits, []) = text.as_bytes().as_chunks::<2>() else { return Err(SampleHashError) };
        let mut hash = [0; 32];
        if digits.len() != hash.len() {
            return Err(SampleHashError);
        }
        for (byte, digits) in hash.iter_mut().zip(digits) {
            let [high, low] = digits.map(|digit| char::from(digit).to_digit(16));
            let (Some(high), Some(low)) = (high, low) else { return Err(SampleHashError) };
            *byte = (high << 4 | low) as u8;
        }
        Ok(Self(hash))
    }
}

impl Serialize for SampleHash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for SampleHash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}
