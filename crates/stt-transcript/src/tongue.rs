//! What a language asks of its lines and sentences.

use icu_segmenter::options::{LineBreakOptions, LineBreakWordOption};
use stt_model::Language;

/// The primary subtag of a language, which decides how it is written.
#[derive(Clone, Copy)]
pub(crate) struct Tongue<'a>(&'a str);

impl<'a> Tongue<'a> {
    pub(crate) fn of(language: &'a Language) -> Self {
        let tag = language.as_str();
        Self(tag.split_once('-').map_or(tag, |(primary, _)| primary))
    }

    /// What stands between two sentences: nothing in Chinese and Japanese, a blank elsewhere.
    pub(crate) fn between_sentences(self) -> &'static str {
        if self.is_chinese() || self.0 == "ja" { "" } else { " " }
    }

    /// The columns of a line of captions in Netflix's guides for timed text: 42 characters, 16 of full width in Chinese
    /// and Korean, 13 of them in Japanese.
    pub(crate) fn columns(self) -> usize {
        match self.0 {
            "ja" => 26,
            "ko" => 32,
            _ if self.is_chinese() => 32,
            _ => 42,
        }
    }

    /// Korean has blanks between its words, and its lines end there; by the rules of Unicode they could end anywhere.
    pub(crate) fn line_breaks(self) -> LineBreakOptions<'static> {
        let mut options = LineBreakOptions::default();
        if self.0 == "ko" {
            options.word_option = Some(LineBreakWordOption::KeepAll);
        }
        options
    }

    fn is_chinese(self) -> bool {
        matches!(self.0, "wuu" | "yue" | "zh")
    }
}
