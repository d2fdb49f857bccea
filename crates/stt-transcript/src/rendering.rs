//! A transcript that is written while it grows.

use std::fmt::{self, Write as _};

use stt_model::Language;

use crate::{
    captions::{Captions, Cue},
    format::Format,
    layout::{Layout, NOT_RECOGNIZED},
    segment::Segment,
    table::Table,
    tongue::Tongue,
    transcript::Transcript,
    unit::single_spaced,
};

/// A transcript that is written while it grows, segment by segment.
///
/// What comes of the segments and of the [end](Self::finish), one after the other, is the content of a file, the same
/// that [`Transcript::render`] gives of the whole.
///
/// ```
/// use stt_model::{Language, Recognition};
/// use stt_transcript::{Captions, Format, Rendering, Segment};
///
/// let heard: Recognition =
///     serde_json::from_str(r#"{"RecognitionStatus":"Success","DisplayText":"Hello.","Offset":1800000,"Duration":13400000}"#)?;
/// let mut rendering = Rendering::new(Format::Vtt, &Language::EN_US, Captions::new()).expect("it is streamed");
///
/// assert_eq!(rendering.push(&Segment::new(Ok(heard))), "WEBVTT\n\n00:00:00.180 --> 00:00:01.520\nHello.\n");
/// assert_eq!(rendering.finish(), "");
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// Texts are written as they are: on a terminal they have to be made harmless, see
/// [`escape_for_terminal`](crate::escape_for_terminal).
pub struct Rendering {
    form: Form,
    is_begun: bool,
    is_estimated: bool,
}

enum Form {
    Srt { layout: Layout, cues: usize },
    Table(Table),
    Text { between: &'static str },
    Vtt { layout: Layout },
}

impl Rendering {
    /// Nothing yet, in a format that is [streamed](Format::is_streamed); for the others there is none.
    #[must_use]
    pub fn new(format: Format, language: &Language, captions: Captions) -> Option<Self> {
        let form = match format {
            Format::Csv => Form::Table(Table::Csv),
            Format::Json | Format::Ndjson => return None,
            Format::Srt => Form::Srt { layout: Layout::new(captions, language), cues: 0 },
            Format::Text => Form::Text { between: Tongue::of(language).between_sentences() },
            Format::Tsv => Form::Table(Table::Tsv),
            Format::Vtt => Form::Vtt { layout: Layout::new(captions, language) },
        };
        Some(Self { form, is_begun: false, is_estimated: false })
    }

    /// What is to be written for the segment that comes next; segments come in the order of their time.
    #[must_use]
    pub fn push(&mut self, segment: &Segment) -> String {
        let mut written = self.head();
        match &mut self.form {
            Form::Srt { layout, cues } => {
                for cue in layout.cues(segment) {
                    self.is_estimated |= cue.is_estimated;
                    *cues += 1;
                    srt(&cue, *cues, &mut written);
                }
            }
            Form::Table(table) => written.push_str(&table.row(segment)),
            Form::Text { between } => {
                let text = plain(segment);
                if !text.is_empty() {
                    written.push_str(if self.is_begun { between } else { "" });
                    written.push_str(&text);
                    self.is_begun = true;
                }
            }
            Form::Vtt { layout } => {
                if let Some(failure) = segment.failure() {
                    note(&format!("not recognized: {}", failure.message), &mut written);
                }
                for cue in layout.cues(segment) {
                    if cue.is_estimated && !self.is_estimated {
                        note(ESTIMATED, &mut written);
                    }
                    self.is_estimated |= cue.is_estimated;
                    vtt(&cue, &mut written);
                }
            }
        }
        written
    }

    /// Whether times were written that the service did not give, see [`Cue::is_estimated`].
    #[must_use]
    pub const fn is_estimated(&self) -> bool {
        self.is_estimated
    }

    /// What is to be written last.
    #[must_use]
    pub fn finish(mut self) -> String {
        match self.form {
            Form::Text { .. } if self.is_begun => "\n".to_owned(),
            _ => self.head(),
        }
    }

    /// What stands before everything else, once.
    fn head(&mut self) -> String {
        let head = match &self.form {
            Form::Srt { .. } | Form::Text { .. } => return String::new(),
            Form::Table(table) => table.head(),
            Form::Vtt { .. } => "WEBVTT\n".to_owned(),
        };
        if std::mem::replace(&mut self.is_begun, true) { String::new() } else { head }
    }
}

impl Transcript {
    /// The content of a file in this format, its last line's end included.
    ///
    /// Where there are neither words nor failures, text and `srt` are empty. A segment that failed stands in its place
    /// in every format: as a mark with its time in the text, as a cue in captions, as a row in tables, and with its
    /// error in JSON.
    #[must_use]
    pub fn render(&self, format: Format, captions: Captions) -> String {
        let Some(mut rendering) = Rendering::new(format, self.language(), captions) else {
            return self.to_json() + "\n";
        };
        let mut written: String = self.segments().iter().map(|segment| rendering.push(segment)).collect();
        written.push_str(&rendering.finish());
        written
    }
}

/// The text of a segment, or a mark in its place.
fn plain(segment: &Segment) -> String {
    if segment.failure().is_none() {
        return segment.text().trim().to_owned();
    }
    let mark = NOT_RECOGNIZED.trim_end_matches(']');
    let (start, end) = segment.place();
    match end {
        Some(end) => format!("{mark}: {} - {}]", Clock(start, '.'), Clock(end, '.')),
        None => format!("{mark}: from {}]", Clock(start, '.')),
    }
}

/// A cue of SubRip. The form was never written down; blank lines part the cues, and nothing is escaped.
fn srt(cue: &Cue, number: usize, written: &mut String) {
    if 1 < number {
        written.push('\n');
    }
    let _ = writeln!(written, "{number}\n{} --> {}", Clock(cue.start_ms, ','), Clock(cue.end_ms, ','));
    for line in &cue.lines {
        let _ = writeln!(written, "{line}");
    }
}

/// A cue block of WebVTT (W3C, section 4.1).
fn vtt(cue: &Cue, written: &mut String) {
    let _ = writeln!(written, "\n{} --> {}", Clock(cue.start_ms, '.'), Clock(cue.end_ms, '.'));
    for line in &cue.lines {
        let _ = writeln!(written, "{}", in_vtt(line));
    }
}

/// A comment of WebVTT.
fn note(text: &str, written: &mut String) {
    let text = single_spaced(text);
    let _ = writeln!(written, "\nNOTE {}", in_vtt(&text));
}

/// Text in which nothing is a tag, a reference or an arrow.
fn in_vtt(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Milliseconds as `HH:MM:SS.mmm`; hours have more digits where they need them.
struct Clock(u64, char);

impl fmt::Display for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(millis, point) = *self;
        let (seconds, millis) = (millis / 1_000, millis % 1_000);
        let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
        write!(f, "{hours:02}:{minutes:02}:{seconds:02}{point}{millis:03}")
    }
}

const ESTIMATED: &str = "Times inside a piece of audio are estimated by the length of the text; the service gave none.";
