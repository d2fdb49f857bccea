//! What was heard in a clip, as somebody else tells it: a file beside the clip, or a program that listened.

use serde::Deserialize;

use crate::audio::{HeardWord, TICKS_PER_MS, spread};
use crate::locales;

/// What was heard in a clip.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct HeardAnswer {
    pub(crate) status: HeardStatus,
    /// The text as it is shown; it may hold scores of pronunciation as in [`synth`](crate::synth).
    pub(crate) display: Option<String>,
    /// The text in words; by default the display form in lower case without punctuation.
    pub(crate) lexical: Option<String>,
    /// The text with numbers in digits; by default the lexical form.
    pub(crate) itn: Option<String>,
    /// The same with its profanity masked; by default made of it.
    pub(crate) masked_itn: Option<String>,
    /// From 0 to 1.
    pub(crate) confidence: Option<f64>,
    /// Without one the words are heard whatever language is asked for.
    pub(crate) language: Option<String>,
    /// When the words begin that have no times, in milliseconds.
    offset_ms: Option<u64>,
    /// How long they take together, in milliseconds; by default the rest of the audio.
    duration_ms: Option<u64>,
    /// By default those of the display form, each as long as the others.
    words: Vec<AnswerWord>,
}

/// The statuses that Microsoft's REST page lists.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
pub(crate) enum HeardStatus {
    #[default]
    Success,
    NoMatch,
    InitialSilenceTimeout,
    BabbleTimeout,
    Error,
}

/// One word.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
struct AnswerWord {
    /// As it is shown, with its punctuation.
    word: String,
    offset_ms: Option<u64>,
    duration_ms: Option<u64>,
    /// How well it is pronounced, 0 to 100.
    accuracy: Option<u8>,
}

impl HeardAnswer {
    /// A text that was heard.
    pub(crate) fn text(text: &str) -> Self {
        Self { display: Some(text.split_whitespace().collect::<Vec<_>>().join(" ")), ..Self::default() }
    }

    pub(crate) fn of(status: HeardStatus) -> Self {
        Self { status, ..Self::default() }
    }

    /// Reads an object of JSON; the error says what is wrong with it, and where if that is not plain.
    pub(crate) fn read(json: &[u8]) -> Result<Self, String> {
        if !json.trim_ascii_start().starts_with(b"{") {
            return Err("no object of JSON; expected such as {\"display\": \"Hello.\"}".to_owned());
        }
        let answer: Self = serde_json::from_slice(json).map_err(|error| error.to_string())?;
        answer.check().map_or(Ok(answer), Err)
    }

    /// The words with their times in audio of this length.
    pub(crate) fn spoken(&self, audio_ticks: u64) -> Vec<HeardWord> {
        let ticks = |ms: u64| ms * TICKS_PER_MS;
        let offset = self.offset_ms.map_or(0, ticks).min(audio_ticks);
        let duration = self.duration_ms.map_or(audio_ticks - offset, ticks);
        let text = self.display.as_deref().or(self.lexical.as_deref()).unwrap_or_default();
        if self.words.is_empty() {
            return spread(text, offset, duration);
        }
        let mut words = spread(&self.typed(), offset, duration);
        for (word, told) in words.iter_mut().zip(&self.words) {
            word.text.clone_from(&told.word);
            word.accuracy = told.accuracy;
            if let (Some(offset), Some(duration)) = (told.offset_ms, told.duration_ms) {
                (word.offset, word.duration) = (ticks(offset), ticks(duration));
            }
        }
        words
    }

    /// What is shown of it, where it says so itself.
    pub(crate) fn shown(&self) -> Option<String> {
        let words = spread(self.display.as_deref()?, 0, 0);
        Some(words.into_iter().map(|word| word.text).collect::<Vec<_>>().join(" "))
    }

    fn typed(&self) -> String {
        self.words.iter().map(|word| word.word.as_str()).collect::<Vec<_>>().join(" ")
    }

    /// What is wrong with it, if anything.
    fn check(&self) -> Option<String> {
        let texts = [&self.display, &self.lexical, &self.itn, &self.masked_itn];
        if self.status != HeardStatus::Success {
            let said = texts.into_iter().any(Option::is_some) || !self.words.is_empty();
            return said.then(|| "only a status of Success has a text or words".to_owned());
        }
        let said = |text: &Option<String>| text.as_deref().is_some_and(|text| !text.trim().is_empty());
        if !said(&self.display) && !said(&self.lexical) && self.words.is_empty() {
            return Some("nothing is said; expected `display`, `words`, or another `status`".to_owned());
        }
        if self.confidence.is_some_and(|confidence| !(0.0..=1.0).contains(&confidence)) {
            return Some("`confidence` is not between 0 and 1".to_owned());
        }
        if let Some(language) = self.language.as_deref().filter(|language| !locales::is_supported(language)) {
            return Some(format!("the language {language:?} is not in Microsoft's table; expected such as \"en-US\""));
        }
        if [self.offset_ms, self.duration_ms].into_iter().flatten().any(|ms| A_DAY < ms) {
            return Some("a time is beyond a day; times are in milliseconds".to_owned());
        }
        self.check_words()
    }

    fn check_words(&self) -> Option<String> {
        let timed = |word: &AnswerWord| word.offset_ms.is_some() && word.duration_ms.is_some();
        let untimed = |word: &AnswerWord| word.offset_ms.is_none() && word.duration_ms.is_none();
        if !self.words.iter().all(timed) && !self.words.iter().all(untimed) {
            return Some("`offset_ms` and `duration_ms` are there for some words; expected for all or none".to_owned());
        }
        let mut end = 0;
        for AnswerWord { word, offset_ms, duration_ms, accuracy } in &self.words {
            let (offset, duration) = (offset_ms.unwrap_or(end), duration_ms.unwrap_or(0));
            if word.is_empty() || word.contains(char::is_whitespace) {
                return Some(format!("{word:?} is no word; expected one without blanks"));
            }
            if A_DAY < offset || A_DAY < duration {
                return Some(format!("the word {word:?} is beyond a day; times are in milliseconds"));
            }
            if offset < end {
                return Some(format!("the word {word:?} begins at {offset} ms, before the end of the one before it"));
            }
            if accuracy.is_some_and(|accuracy| 100 < accuracy) {
                return Some(format!("the accuracy of {word:?} is not between 0 and 100"));
            }
            end = offset + duration;
        }
        None
    }
}

/// In milliseconds: far beyond what the service takes, and far from where ticks overflow.
const A_DAY: u64 = 86_400_000;

#[cfg(test)]
mod tests {
    use super::{HeardAnswer, HeardStatus};

    fn read(json: &str) -> Result<HeardAnswer, String> {
        HeardAnswer::read(json.as_bytes())
    }

    /// Each word with its offset and duration in milliseconds, in audio of ten seconds.
    fn spoken(json: &str) -> Vec<(String, u64, u64)> {
        let words = read(json).expect("an answer").spoken(100_000_000);
        words.into_iter().map(|word| (word.text, word.offset / 10_000, word.duration / 10_000)).collect()
    }

    #[test]
    fn words_without_times_share_the_time_there_is() {
        let whole = [("Good".to_owned(), 0, 5_000), ("morning.".to_owned(), 5_000, 5_000)];
        assert_eq!(spoken(r#"{"display": "Good morning."}"#), whole);
        assert_eq!(spoken(r#"{"words": [{"word": "Good"}, {"word": "morning."}]}"#), whole);
        let part = [("Good".to_owned(), 1_000, 200), ("morning.".to_owned(), 1_200, 200)];
        assert_eq!(spoken(r#"{"display": "Good morning.", "offset_ms": 1000, "duration_ms": 400}"#), part);
    }

    #[test]
    fn words_with_times_keep_them() {
        let json = r#"{"display": "5 past", "words": [
            {"word": "five", "offset_ms": 100, "duration_ms": 300, "accuracy": 40},
            {"word": "past", "offset_ms": 400, "duration_ms": 100}]}"#;
        assert_eq!(spoken(json), [("five".to_owned(), 100, 300), ("past".to_owned(), 400, 100)]);
        assert_eq!(read(json).expect("an answer").shown().as_deref(), Some("5 past"));
    }

    #[test]
    fn what_is_wrong_is_said() {
        let cases = [
            ("{", "EOF while parsing an object at line 1 column 1"),
            ("[\"NoMatch\"]", "no object"),
            (r#"{"txt": "a"}"#, "unknown field `txt`"),
            (r#"{"status": "Fine"}"#, "unknown variant `Fine`"),
            (r#"{"status": "NoMatch", "display": "a"}"#, "only a status of Success"),
            (r#"{"display": " "}"#, "nothing is said"),
            (r#"{"display": "a", "confidence": 92}"#, "between 0 and 1"),
            (r#"{"display": "a", "language": "english"}"#, "not in Microsoft's table"),
            (r#"{"display": "a", "offset_ms": 86400001}"#, "beyond a day"),
            (r#"{"words": [{"word": "a b"}]}"#, "is no word"),
            (r#"{"words": [{"word": "a", "offset_ms": 1}]}"#, "all or none"),
            (r#"{"words": [{"word": "a", "accuracy": 101}]}"#, "between 0 and 100"),
            (
                r#"{"words": [{"word": "a", "offset_ms": 5, "duration_ms": 5}, {"word": "b", "offset_ms": 9, "duration_ms": 1}]}"#,
                "begins at 9 ms",
            ),
        ];
        for (json, expected) in cases {
            let wrong = read(json).expect_err(json);
            assert!(wrong.contains(expected), "{json}: {wrong}");
        }
        assert_eq!(read(r#"{"status": "NoMatch"}"#), Ok(HeardAnswer::of(HeardStatus::NoMatch)));
    }
}
