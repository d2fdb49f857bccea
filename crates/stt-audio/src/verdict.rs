//! Whether the service would take audio as it is, and if not, why and what helps.

use std::{fmt, time::Duration};

use stt_model::AudioFormat;

use crate::{
    codec::Codec,
    container::Container,
    limits::Limits,
    units::{Channels, Rate, Seconds},
    wav::WavError,
};

/// Whether the service would take audio as it is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Verdict {
    /// It would, byte for byte.
    Accepted(AudioFormat),
    /// The samples are right and the header is not: with another header they can be sent.
    NewHeader(NewHeader),
    /// It would not, or would hear something else than is there. Every reason is told, and there is at least one.
    Refused(Vec<Reason>),
}

/// How to send samples whose own header is not fit for the service: this header, then a part of the file.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct NewHeader {
    /// What to send first.
    pub header: [u8; 44],
    /// How many bytes of the file to send behind it; `None` is all that come.
    pub length: Option<u64>,
    /// Where in the file those bytes begin.
    pub offset: u64,
}

/// Why the service would not take audio as it is.
///
/// Its `Display` is a sentence for the user, to be put behind the name of the file.
#[non_exhaustive]
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Reason {
    /// The samples of a WAV have their high byte first.
    BigEndian,
    /// The samples of a WAV are not of 16 bits.
    Bits(u16),
    /// More than one channel: the service was seen to hear stereo as silence.
    Channels(u16),
    /// The samples are coded in a way that the service does not document.
    Codec {
        /// How they are coded.
        codec: Codec,
        /// What they stand in.
        container: Container,
    },
    /// A kind of audio file that the service does not document.
    Container(Container),
    /// Nothing at all.
    Empty,
    /// The header of a WAV could not be understood.
    Header(WavError),
    /// Headers, and no audio behind them.
    NoAudio,
    /// Not audio, by what it is instead.
    NotAudio(Container),
    /// A rate outside of 8 to 48 kHz, where nobody is known to have seen one work.
    Rate(u32),
    /// Several Ogg streams, beside or behind each other: only the first could be heard.
    SeveralStreams,
    /// Longer than one request may be.
    TooLong {
        /// How long it is.
        length: Duration,
        /// How long it may be.
        limits: Limits,
    },
}

impl Reason {
    /// The command that makes something of `input` that the service takes, ready for a POSIX shell.
    ///
    /// `None` where there is nothing to convert.
    ///
    /// ```
    /// use stt_audio::Reason;
    ///
    /// let fix = Reason::Channels(2).fix("my talk.wav");
    /// assert_eq!(fix.as_deref(), Some("ffmpeg -i 'my talk.wav' -ar 16000 -ac 1 'my talk-16k.wav'"));
    /// ```
    #[must_use]
    pub fn fix(&self, input: &str) -> Option<String> {
        let from = quoted(input);
        match self {
            Self::Empty
            | Self::NoAudio
            | Self::NotAudio(Container::Html | Container::Json | Container::Text)
            | Self::Header(WavError::NoData) => None,
            Self::NotAudio(Container::Base64) => Some(format!("base64 -d {from} > {}", output(input, "-decoded"))),
            // What nobody can tell from other data, and what people hand in most often.
            Self::NotAudio(_) => {
                Some(format!("ffmpeg -f s16le -ar 16000 -ac 1 -i {from} {}", output(input, "-16k.wav")))
            }
            Self::TooLong { limits, .. } => {
                // Cuts fall on packets of ffmpeg's own, a little late.
                let seconds = limits.longest().as_secs().saturating_sub(5).max(1);
                let to = output(input, "-%03d.wav");
                Some(format!("ffmpeg -i {from} -ar 16000 -ac 1 -f segment -segment_time {seconds} {to}"))
            }
            _ => Some(format!("ffmpeg -i {from} -ar 16000 -ac 1 {}", output(input, "-16k.wav"))),
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BigEndian => f.write_str("the samples have their high byte first (RIFX)"),
            Self::Bits(bits) => write!(f, "{bits} bits a sample, the service takes 16"),
            Self::Channels(channels) => {
                write!(f, "{}, the service takes mono (stereo was heard as silence)", Channels(*channels))
            }
            Self::Codec { codec, container } => {
                write!(f, "{codec} inside {container}, the service takes PCM in WAV and Opus in Ogg")
            }
            Self::Container(container) => write!(f, "{container}, the service takes WAV and Ogg Opus"),
            Self::Empty => f.write_str("file is empty"),
            Self::Header(error) => write!(f, "not a WAV that can be read: {error}"),
            Self::NoAudio => f.write_str("headers, but no audio"),
            Self::NotAudio(Container::Unknown) => f.write_str("no audio format that is known; headerless PCM?"),
            Self::NotAudio(container) => write!(f, "{container}, not audio"),
            Self::Rate(rate) => write!(f, "{}, only 8 to 48 kHz can be expected to work", Rate(*rate)),
            Self::SeveralStreams => f.write_str("several Ogg streams in one file, the service would hear one"),
            Self::TooLong { length, limits } => {
                write!(f, "{}, the limit is {} s", Seconds(*length), limits.longest().as_secs())
            }
        }
    }
}

/// The name of what a command writes: the name that it reads, without its extension.
fn output(input: &str, suffix: &str) -> String {
    let file = input.rfind(['/', '\\']).map_or(0, |slash| slash + 1);
    let stem = match input[file..].rfind('.') {
        Some(dot) if 0 < dot => &input[..file + dot],
        _ => input,
    };
    match stem {
        "" | "-" => quoted(&format!("audio{suffix}")),
        // Otherwise the name would be read as an option.
        _ if stem.starts_with('-') => quoted(&format!("./{stem}{suffix}")),
        _ => quoted(&format!("{stem}{suffix}")),
    }
}

fn quoted(name: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./,:+@%".contains(c);
    if !name.is_empty() && name.chars().all(is_plain) {
        return name.to_owned();
    }
    format!("'{}'", name.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fix_can_be_pasted_into_a_shell() {
        let fix = |input: &str| Reason::Bits(24).fix(input).expect("can be converted");

        assert_eq!(fix("a.wav"), "ffmpeg -i a.wav -ar 16000 -ac 1 a-16k.wav");
        assert_eq!(fix("b.dir/it's"), r"ffmpeg -i 'b.dir/it'\''s' -ar 16000 -ac 1 'b.dir/it'\''s-16k.wav'");
        assert_eq!(fix("-x.mp3"), "ffmpeg -i -x.mp3 -ar 16000 -ac 1 ./-x-16k.wav");
        assert_eq!(fix("-"), "ffmpeg -i - -ar 16000 -ac 1 audio-16k.wav");
        assert_eq!(fix("$(reboot).wav"), "ffmpeg -i '$(reboot).wav' -ar 16000 -ac 1 '$(reboot)-16k.wav'");
        assert_eq!(fix("x/.wav"), "ffmpeg -i x/.wav -ar 16000 -ac 1 x/.wav-16k.wav");
    }

    #[test]
    fn each_cure_fits_its_reason() {
        let too_long = Reason::TooLong { length: Duration::from_secs(61), limits: Limits::RECOGNITION };

        assert_eq!(
            too_long.fix("a.mp3").as_deref(),
            Some("ffmpeg -i a.mp3 -ar 16000 -ac 1 -f segment -segment_time 55 a-%03d.wav")
        );
        assert_eq!(
            Reason::NotAudio(Container::Unknown).fix("a.pcm").as_deref(),
            Some("ffmpeg -f s16le -ar 16000 -ac 1 -i a.pcm a-16k.wav")
        );
        assert_eq!(Reason::NotAudio(Container::Base64).fix("a.txt").as_deref(), Some("base64 -d a.txt > a-decoded"));
        assert_eq!(Reason::Empty.fix("a.wav"), None);
        assert_eq!(Reason::NotAudio(Container::Html).fix("a.wav"), None);
    }

    #[test]
    fn what_is_a_little_too_long_reads_as_too_long() {
        let length = Duration::from_secs(60) + Duration::from_micros(63);
        let reason = Reason::TooLong { length, limits: Limits::RECOGNITION };

        assert_eq!(reason.to_string(), "60.1 s, the limit is 60 s");
    }
}
