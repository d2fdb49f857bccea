//! How captions are laid out, and the cues that come of it.

/// How captions are laid out.
///
/// ```
/// use stt_model::{Language, Recognition};
/// use stt_transcript::{Captions, Segment, Transcript};
///
/// let heard: Recognition =
///     serde_json::from_str(r#"{"RecognitionStatus":"Success","DisplayText":"Good morning.","Offset":0,"Duration":13400000}"#)?;
/// let transcript = Transcript::new("talk.wav", Language::EN_US, vec![Segment::new(Ok(heard))]);
/// let cues = Captions::new().max_line_width(8).cues(&transcript);
///
/// assert_eq!(cues[0].lines, ["Good", "morning."]);
/// assert_eq!((cues[0].start_ms, cues[0].end_ms), (0, 1340));
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// A cue ends where it is full, before a pause of three seconds, when it stands for seven seconds, or with a sentence
/// if the next one would not fit in whole. Lines end where Unicode's rules allow it (UAX #14), in Thai, Lao, Khmer and
/// Burmese between words. White space and control characters become one blank; all else is left as it is, marks for
/// the direction of reading included.
#[must_use]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Captions {
    pub(crate) width: Option<usize>,
    pub(crate) lines: usize,
    pub(crate) words: usize,
}

/// A text that is shown for a while.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Cue {
    /// When it appears, in milliseconds from the start of the input.
    pub start_ms: u64,
    /// When it goes: later than it appears, and not after the next one appears.
    pub end_ms: u64,
    /// Its lines, at least one, none of them empty.
    pub lines: Vec<String>,
    /// Whether its times are no more than a share of its segment's, by the length of its text.
    ///
    /// So it is where the service gave no times of words.
    pub is_estimated: bool,
}

impl Captions {
    /// Two lines as wide as is usual for the language.
    pub const fn new() -> Self {
        Self { width: None, lines: 2, words: usize::MAX }
    }

    /// The most columns of a line, where a character of Chinese, Japanese or Korean takes two; 0 counts as 1.
    ///
    /// The default is that of Netflix's guides for timed text: 42, in Chinese and Korean 32, in Japanese 26. A word that
    /// is wider is cut.
    pub const fn max_line_width(mut self, columns: usize) -> Self {
        self.width = Some(columns);
        self
    }

    /// The most lines of a cue; 0 counts as 1. The default is 2, as in Netflix's guides.
    pub const fn max_line_count(mut self, lines: usize) -> Self {
        self.lines = lines;
        self
    }

    /// The most words of a line, any number by default; 0 counts as 1.
    ///
    /// In Chinese and Japanese each character counts.
    pub const fn max_words_per_line(mut self, words: usize) -> Self {
        self.words = words;
        self
    }
}

impl Default for Captions {
    fn default() -> Self {
        Self::new()
    }
}
