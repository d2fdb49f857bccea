//! What is sent: two seconds of speech, as WAV and as Ogg Opus.

use std::{fmt, io::Cursor, str::FromStr, time::Duration};

use stt_audio::{Channel, OggOpusWriter, Pcm16k, open};
use stt_emulator::{SynthOptions, synth};

use crate::outcome::Outcome;

/// A way to send the clip.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Sent {
    /// As WAV, to the server that counts its bytes.
    Counted,
    /// As WAV.
    Wav,
    /// As Ogg Opus, the same bytes each time.
    Opus,
    /// As Ogg Opus, other bytes each time.
    OtherOpus,
}

impl Sent {
    pub(crate) const ALL: [Self; 4] = [Self::Counted, Self::Wav, Self::Opus, Self::OtherOpus];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Counted => "counted",
            Self::Wav => "wav",
            Self::Opus => "opus",
            Self::OtherOpus => "other-opus",
        }
    }

    pub(crate) const fn content_type(self) -> &'static str {
        match self {
            Self::Counted | Self::Wav => "audio/wav; codecs=audio/pcm; samplerate=16000",
            Self::Opus | Self::OtherOpus => "audio/ogg; codecs=opus",
        }
    }

    pub(crate) fn body(self) -> Outcome<Vec<u8>> {
        match self {
            Self::Counted | Self::Wav => wav(),
            Self::Opus | Self::OtherOpus => opus(),
        }
    }

    /// What makes the body of one request another than those of all others: bytes behind the last page.
    pub(crate) fn mark(self, number: u64) -> Vec<u8> {
        match self {
            Self::OtherOpus => number.to_be_bytes().to_vec(),
            Self::Counted | Self::Wav | Self::Opus => Vec::new(),
        }
    }
}

impl fmt::Display for Sent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Counted => "WAV, whose bytes are only counted",
            Self::Wav => "WAV",
            Self::Opus => "Ogg Opus, the same again",
            Self::OtherOpus => "Ogg Opus, another each time",
        })
    }
}

impl FromStr for Sent {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|sent| sent.name() == text).ok_or_else(|| format!("{text:?} cannot be sent"))
    }
}

/// Words that fill two seconds, with what is missing before the first.
fn wav() -> Outcome<Vec<u8>> {
    let after = |lead_in| synth(TEXT, &SynthOptions { lead_in, ..SynthOptions::default() });
    let missing = WAV_BYTES.checked_sub(after(Duration::ZERO)?.len()).ok_or("the words take more than two seconds")?;
    let wav = after(Duration::from_secs_f64(missing as f64 / BYTES_PER_SECOND as f64))?;
    match wav.len() {
        WAV_BYTES => Ok(wav),
        bytes => Err(format!("the clip has {bytes} bytes").into()),
    }
}

fn opus() -> Outcome<Vec<u8>> {
    let mut writer = OggOpusWriter::new(Vec::new(), OggOpusWriter::<Vec<u8>>::BITRATE)?;
    let mut pcm = Pcm16k::new(open(Cursor::new(wav()?))?, Channel::Mix);
    while let Some(samples) = pcm.next_block()? {
        writer.write(samples)?;
    }
    Ok(writer.finish()?)
}

/// What it says.
pub(crate) const TEXT: &str = "Remind me to buy.";

/// 16,000 samples of two bytes.
const BYTES_PER_SECOND: usize = 32_000;

/// Two seconds behind a header of 44 bytes.
pub(crate) const WAV_BYTES: usize = 44 + 2 * BYTES_PER_SECOND;

#[cfg(test)]
mod tests {
    use stt_audio::{Inspection, Length};

    use super::*;

    #[test]
    fn every_clip_lasts_two_seconds() {
        for sent in Sent::ALL {
            let clip = Inspection::of_file(&mut Cursor::new(sent.body().unwrap())).unwrap();
            assert_eq!(clip.length, Length::Exact(Duration::from_secs(2)), "{sent}: {clip:?}");
            assert_eq!(clip.channels, Some(1));
        }
    }
}
