//! Pronunciation scores as a person reads them.

use std::fmt::Write as _;

use stt_model::{Alternative, Break, ErrorType, GradingSystem, Phoneme, Scores, Word};

use crate::{
    band::{Band, best_score},
    escape::escape_for_terminal,
    part::Part,
};

/// How scores are drawn.
#[derive(Clone, Copy)]
pub(crate) struct Report {
    pub(crate) grading: GradingSystem,
    pub(crate) colours: bool,
}

impl Report {
    /// The total and its parts, a line for each word, and what the signs mean.
    pub(crate) fn draw(self, heard: &Alternative) -> String {
        if heard.scores.is_empty() {
            return String::new();
        }
        let mut text = self.total(&heard.scores);
        if heard.words.is_empty() {
            return text;
        }
        let width = heard.words.iter().map(|word| word.word.chars().count()).max().unwrap_or_default();
        text.push('\n');
        for word in &heard.words {
            text.push_str(&self.word(word, width));
            text.push('\n');
        }
        text.push('\n');
        text.push_str(&self.legend());
        text
    }

    fn total(self, scores: &Scores) -> String {
        let mut text = match scores.pron {
            Some(pron) => format!("PronScore {} of {}\n", number(pron).trim_start(), best_score(self.grading)),
            None => String::new(),
        };
        let parts = Part::of(scores);
        for (index, Part { name, score, weight, points }) in parts.iter().enumerate() {
            let remark = if index == 0 { "   the lowest counts most" } else { "" };
            let _ = writeln!(text, "  {name:<13}{} x {weight:.1} = {points:5.1}{remark}", number(*score));
        }
        let sum: f64 = parts.iter().map(|part| part.points).sum();
        // Rounding moves the total by less than a tenth; anything else is another formula than the published one.
        if scores.pron.is_some_and(|pron| !parts.is_empty() && 0.1 < (pron - sum).abs()) {
            let _ = writeln!(text, "  by the published formula {} would be expected", number(sum).trim_start());
        }
        if parts.is_empty() {
            let rest = [
                ("accuracy", scores.accuracy),
                ("fluency", scores.fluency),
                ("completeness", scores.completeness),
                ("prosody", scores.prosody),
            ];
            for (name, score) in rest.into_iter().filter_map(|(name, score)| Some((name, score?))) {
                let _ = writeln!(text, "  {name:<13}{}", number(score));
            }
        }
        text
    }

    fn word(self, word: &Word, width: usize) -> String {
        let name = escape_for_terminal(&word.word);
        let padding = " ".repeat(width.saturating_sub(name.chars().count()));
        match (&word.error_type, word.accuracy_score) {
            (Some(ErrorType::Omission), _) => format!("- {name}{padding}  left out"),
            (Some(ErrorType::Insertion), _) => format!("+ {name}{padding}  put in"),
            (_, None) => format!("  {name}"),
            (_, Some(score)) => {
                let band = Band::of(score, self.grading);
                let name = band.coloured(&name, self.colours);
                let mut line = format!("{} {name}{padding}  {}", band.sign(), number(score));
                for phoneme in &word.phonemes {
                    line.push_str("  ");
                    line.push_str(&self.phoneme(phoneme));
                }
                for error in errors(word) {
                    let _ = write!(line, "  {}", escape_for_terminal(error.as_str()));
                }
                line
            }
        }
    }

    /// The phoneme, its score, the sign of its band, and what was heard in its place.
    fn phoneme(self, phoneme: &Phoneme) -> String {
        // Outside of a few languages phonemes have scores and no names (documented).
        let name = phoneme.phoneme.as_deref().filter(|name| !name.is_empty()).unwrap_or("?");
        let shown = escape_for_terminal(name);
        let Some(score) = phoneme.accuracy_score else { return shown.into_owned() };
        let band = Band::of(score, self.grading);
        let decimals = usize::from(self.grading == GradingSystem::FivePoint);
        let mut text = format!("{shown} {score:.decimals$}{}", band.sign());
        if let Some(likeliest) = phoneme.nbest_phonemes.first()
            && band != Band::High
            && likeliest.phoneme != name
        {
            let _ = write!(text, " heard {}", escape_for_terminal(&likeliest.phoneme));
        }
        band.coloured(text.trim_end(), self.colours)
    }

    fn legend(self) -> String {
        let best = best_score(self.grading);
        format!("! below {}   ~ below {}   - left out   + put in\n", best * 0.6, best * 0.8)
    }
}

/// What is wrong with a word beside its sounds, such as a pause in the wrong place.
///
/// Only what the service decided: its confidences of pauses stay without a verdict, and in Microsoft's own sample one of
/// 1.0 stands beside the error type `None`.
fn errors(word: &Word) -> Vec<&ErrorType> {
    let prosody = word.feedback.as_ref().and_then(|feedback| feedback.prosody.as_ref());
    let pauses = prosody.and_then(|prosody| prosody.r#break.as_ref());
    let pauses = pauses.map_or(&[][..], |Break { error_types, .. }| error_types);
    let mut errors: Vec<_> = word.error_type.iter().chain(pauses).filter(|error| **error != ErrorType::None).collect();
    errors.dedup();
    errors
}

/// A score with one decimal, as wide as `100.0`.
fn number(score: f64) -> String {
    format!("{score:5.1}")
}
