//! What may be done to audio before it is sent, as it was typed.

use clap::{Args, ValueEnum};
use stt_audio::{Channel, Limits, RawFormat};
use stt_transcript::Captions;

use super::call::word;

/// What may be done to audio before it is sent.
#[derive(Args, Clone, Copy, Debug)]
#[command(next_help_heading = "Audio")]
pub(crate) struct AudioArgs {
    /// Whether audio that the service does not take becomes 16 kHz mono, or is refused.
    #[arg(long, default_value = "auto")]
    pub(crate) convert: Choice,
    #[command(flatten)]
    pub(crate) source: SourceArgs,
    /// The form in which audio is sent; opus makes it ten times smaller.
    #[arg(long, default_value = "wav")]
    pub(crate) upload: UploadForm,
}

/// How the samples of audio are read.
#[derive(Args, Clone, Copy, Debug, Default)]
#[command(next_help_heading = "Audio")]
pub(crate) struct SourceArgs {
    /// Which channel of several is heard.
    #[arg(long, default_value = "mix", value_parser = word::<Channel>(&["left", "mix", "right"]))]
    pub(crate) channel: Channel,
    /// The input has no header: samples a second, bits of a sample (or u8, f32, f64, alaw, mulaw), channels.
    #[arg(long, value_name = "RATE:BITS:CHANNELS")]
    pub(crate) raw: Option<RawFormat>,
}

/// How audio is cut that is too long for one request.
#[derive(Args, Clone, Copy, Debug)]
#[command(next_help_heading = "Audio")]
pub(crate) struct SplitArgs {
    /// Whether audio that is too long for one request is cut in its pauses, or refused.
    #[arg(long, default_value = "auto")]
    pub(crate) split: Choice,
    /// Seconds of the longest piece; 55 unless it is for captions, then 8.
    #[arg(long, value_name = "S", value_parser = clap::value_parser!(u32).range(1..=Limits::MAX_SECONDS.into()))]
    pub(crate) max_seconds: Option<u32>,
}

/// How captions are laid out.
#[derive(Args, Clone, Copy, Debug)]
#[command(next_help_heading = "Captions")]
pub(crate) struct CaptionArgs {
    /// Columns of the longest line; 42, but fewer in Chinese, Japanese and Korean.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) max_line_width: Option<u16>,
    /// Lines of a cue.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..), default_value_t = 2)]
    pub(crate) max_line_count: u16,
    /// Words of a line; any number unless told.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) max_words_per_line: Option<u16>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum Choice {
    Auto,
    Never,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum UploadForm {
    Opus,
    Wav,
}

impl SplitArgs {
    /// Seconds of the longest piece, where it is another than the library's own.
    pub(crate) fn longest(&self, for_captions: bool) -> Option<u32> {
        self.max_seconds.or(for_captions.then_some(CAPTIONED))
    }
}

impl CaptionArgs {
    pub(crate) fn layout(&self) -> Captions {
        let mut captions = Captions::default().max_line_count(self.max_line_count.into());
        if let Some(width) = self.max_line_width {
            captions = captions.max_line_width(width.into());
        }
        if let Some(words) = self.max_words_per_line {
            captions = captions.max_words_per_line(words.into());
        }
        captions
    }
}

/// About as long as a cue may stand: nobody is known to have seen times of words without an assessment, and so the
/// times of captions are those of pieces.
const CAPTIONED: u32 = 8;
