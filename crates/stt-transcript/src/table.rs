//! Segments as the rows of a table.

use csv::{QuoteStyle, WriterBuilder};

use crate::segment::Segment;

/// A table with one row for each segment, those that failed or have no words included.
///
/// Its first three columns are those of OpenAI's Whisper. Texts are not changed for the sake of spreadsheets: one that
/// begins with `=`, `+`, `-` or `@` may be taken for a formula there, and has to be imported as text.
#[derive(Clone, Copy)]
pub(crate) enum Table {
    /// Fields with commas, quotes or ends of lines in them are quoted (RFC 4180); rows end with a line feed alone.
    Csv,
    /// Nothing is quoted; tabs and ends of lines in a text become a blank.
    Tsv,
}

impl Table {
    pub(crate) fn head(self) -> String {
        self.line(COLUMNS.map(str::to_owned))
    }

    pub(crate) fn row(self, segment: &Segment) -> String {
        let (start, end) = segment.place();
        let confidence = segment.confidence().filter(|confidence| confidence.is_finite());
        self.line([
            start.to_string(),
            end.map(|end| end.to_string()).unwrap_or_default(),
            segment.text().trim().to_owned(),
            confidence.map(|confidence| confidence.to_string()).unwrap_or_default(),
            segment.status().to_string(),
            segment.failure().map(|failure| failure.message.clone()).unwrap_or_default(),
        ])
    }

    fn line(self, fields: [String; COLUMNS.len()]) -> String {
        let mut writer = match self {
            Self::Csv => WriterBuilder::new().from_writer(Vec::new()),
            Self::Tsv => WriterBuilder::new().delimiter(b'\t').quote_style(QuoteStyle::Never).from_writer(Vec::new()),
        };
        let fields = fields.map(|field| match self {
            Self::Csv => field,
            Self::Tsv => field.replace("\r\n", " ").replace(['\t', '\r', '\n'], " "),
        });
        writer.write_record(&fields).expect("memory takes everything, and every row has the same length");
        let line = writer.into_inner().expect("memory takes everything");
        String::from_utf8(line).expect("texts and commas are always UTF-8")
    }
}

const COLUMNS: [&str; 6] = ["start", "end", "text", "confidence", "status", "error"];
