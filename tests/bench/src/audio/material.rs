//! Audio to convert: something like speech, made of numbers alone, in the formats of recordings.

use std::{
    f32::consts::TAU,
    fmt,
    fs::File,
    io::{self, BufWriter, Write},
    path::Path,
    process::{Command, Stdio},
};

use crate::outcome::Outcome;

/// How a recording is stored; all are stereo.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Format {
    Wav44,
    Wav48,
    Flac,
    Vorbis,
    Mp3,
    M4a,
    Opus,
}

impl Format {
    pub(super) const ALL: [Self; 7] =
        [Self::Wav44, Self::Wav48, Self::Flac, Self::Vorbis, Self::Mp3, Self::M4a, Self::Opus];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Wav44 => "wav, 44.1 kHz",
            Self::Wav48 => "wav, 48 kHz",
            Self::Flac => "flac",
            Self::Vorbis => "vorbis",
            Self::Mp3 => "mp3",
            Self::M4a => "m4a",
            Self::Opus => "opus",
        }
    }

    pub(super) const fn extension(self) -> &'static str {
        match self {
            Self::Wav44 | Self::Wav48 => "wav",
            Self::Flac => "flac",
            Self::Vorbis => "ogg",
            Self::Mp3 => "mp3",
            Self::M4a => "m4a",
            Self::Opus => "opus",
        }
    }

    const fn rate(self) -> u32 {
        if matches!(self, Self::Wav48 | Self::Opus) { 48_000 } else { 44_100 }
    }

    /// What ffmpeg is told to make it, unless it needs no coding.
    const fn encoder(self) -> Option<&'static [&'static str]> {
        match self {
            Self::Wav44 | Self::Wav48 => None,
            Self::Flac => Some(&["-c:a", "flac"]),
            Self::Vorbis => Some(&["-c:a", "libvorbis", "-q:a", "4"]),
            Self::Mp3 => Some(&["-c:a", "libmp3lame", "-b:a", "128k"]),
            Self::M4a => Some(&["-c:a", "aac", "-b:a", "128k"]),
            Self::Opus => Some(&["-c:a", "libopus", "-b:a", "64k"]),
        }
    }

    /// Writes so many seconds.
    pub(super) fn write(self, seconds: u32, path: &Path) -> Outcome<()> {
        let rate = self.rate();
        let Some(encoder) = self.encoder() else {
            return Ok(write_wav(rate, seconds, BufWriter::new(File::create(path)?))?);
        };
        let mut child = Command::new("ffmpeg")
            .args(["-v", "error", "-y", "-f", "wav", "-i", "pipe:0"])
            .args(encoder)
            .arg(path)
            .stdin(Stdio::piped())
            .spawn()
            .map_err(|error| format!("ffmpeg, which makes it, cannot be started: {error}"))?;
        let written = write_wav(rate, seconds, BufWriter::new(child.stdin.take().ok_or("ffmpeg has no input")?));
        let status = child.wait()?;
        if !status.success() {
            return Err(format!("ffmpeg, which makes it, ended with {status}").into());
        }
        Ok(written?)
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Two voices that are never silent at once, a little noise on each channel, 16 bits.
fn write_wav(rate: u32, seconds: u32, mut output: impl Write) -> io::Result<()> {
    let frames = rate * seconds;
    output.write_all(&header(1, 2, rate, 16, 4 * frames))?;
    let mut voices = [Voice::new(110.0, 1), Voice::new(190.0, 2)];
    for _ in 0..frames {
        let [left, right] = voices.each_mut().map(|voice| voice.next(rate as f32));
        for sample in [left + 0.3 * right, right + 0.3 * left] {
            output.write_all(&((sample * 20_000.0) as i16).to_le_bytes())?;
        }
    }
    output.flush()
}

/// The header of a WAV with `size` bytes of samples.
pub(super) fn header(tag: u16, channels: u16, rate: u32, bits: u16, size: u32) -> Vec<u8> {
    let block = channels * bits / 8;
    let mut header = b"RIFF".to_vec();
    header.extend((36 + size).to_le_bytes());
    header.extend(b"WAVEfmt \x10\0\0\0");
    header.extend(tag.to_le_bytes());
    header.extend(channels.to_le_bytes());
    header.extend(rate.to_le_bytes());
    header.extend((rate * u32::from(block)).to_le_bytes());
    header.extend(block.to_le_bytes());
    header.extend(bits.to_le_bytes());
    header.extend(b"data");
    header.extend(size.to_le_bytes());
    header
}

/// Pulses through one resonance, louder and softer four times a second, and noise.
struct Voice {
    pitch: f32,
    noise: u32,
    pulse: f32,
    syllable: f32,
    resonance: [f32; 2],
}

impl Voice {
    const fn new(pitch: f32, seed: u32) -> Self {
        Self { pitch, noise: seed, pulse: 0.0, syllable: 0.0, resonance: [0.0; 2] }
    }

    fn next(&mut self, rate: f32) -> f32 {
        // Marsaglia's xorshift.
        self.noise ^= self.noise << 13;
        self.noise ^= self.noise >> 17;
        self.noise ^= self.noise << 5;
        let noise = self.noise as f32 / u32::MAX as f32 - 0.5;
        self.syllable = (self.syllable + 4.0 / rate).fract();
        let loudness = (1.0 - (2.0 * self.syllable - 1.0).powi(2)).powi(2);
        self.pulse += self.pitch / rate;
        let pulse = if self.pulse < 1.0 { 0.0 } else { loudness };
        self.pulse = self.pulse.fract();
        // A resonance at 700 Hz, some 100 Hz wide.
        let radius = 1.0 - 300.0 / rate;
        let [last, before] = self.resonance;
        let now = pulse + 0.02 * noise + 2.0 * radius * (TAU * 700.0 / rate).cos() * last - radius * radius * before;
        self.resonance = [now, last];
        0.05 * now + 0.02 * loudness * noise
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_material_is_always_the_same_and_never_too_loud() {
        let write = || {
            let mut bytes = Vec::new();
            write_wav(8_000, 2, &mut bytes).unwrap();
            bytes
        };
        let bytes = write();
        assert_eq!(bytes, write());
        assert_eq!(bytes.len(), 44 + 2 * 8_000 * 4);
        let samples = bytes[44..].as_chunks().0.iter().map(|two| i16::from_le_bytes(*two));
        let loudest = samples.map(i16::unsigned_abs).max().unwrap();
        assert!((2_000..32_000).contains(&loudest), "{loudest}");
    }
}
