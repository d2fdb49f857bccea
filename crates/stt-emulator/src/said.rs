//! A success, before it has the form that was asked for.

use crate::asked::Asked;
use crate::config::Profile;
use crate::profanity::Profanity;
use crate::result::{Alternative, Recognition, TimedWord, Words};
use crate::rule::Rule;
use crate::rules;
use crate::scoring::{Given, Reading, Spoken, assess};
use crate::verdict::{Heard, Verdict};
use crate::wording::Wording;

/// What was said, wherever that is known from.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) wording: Wording,
    /// In units of 100 nanoseconds.
    pub(crate) offset: u64,
    /// In units of 100 nanoseconds.
    pub(crate) duration: u64,
    pub(crate) words: Vec<Spoken>,
    pub(crate) confidence: f64,
    /// In decibels.
    pub(crate) snr: f64,
    /// Scores in place of those that would follow from the words.
    pub(crate) given: Given,
    /// Other texts that it might have been, each with its confidence.
    pub(crate) others: Vec<(Wording, f64)>,
}

impl Said {
    /// The result in the form that was asked for.
    pub(crate) fn verdict(self, asked: &Asked) -> Verdict {
        let mut applied: Vec<Rule> = Vec::new();
        if asked.profanity == Profanity::Removed && self.wording.display.is_empty() {
            applied.push(rules::PROFANITY_ONLY);
        }
        let mut scores = None;
        let mut listed = None;
        if let Some(parameters) = &asked.assessment {
            let reading = Reading { words: &self.words, given: self.given };
            let (overall, words) = assess(reading, parameters, asked.language.as_deref());
            scores = Some(overall);
            listed = words.map(Words::Scored);
            applied.extend(assessment_rules(asked));
        } else if asked.word_times && asked.detailed {
            listed = Some(Words::Timed(timed(&self.words)));
            applied.push(rules::WORD_TIMES);
        }
        let assessed = scores.is_some();
        let detailed = asked.detailed || assessed;
        let display = self.wording.display.clone();
        let display_text = (!detailed || assessed || asked.profile == Profile::Observed).then(|| display.clone());
        if detailed && !assessed && display_text.is_some() {
            applied.push(rules::DETAILED_DISPLAY_TEXT);
        }
        let best = alternative(self.wording, self.confidence);
        let best = Alternative { scores, words: listed, ..best };
        let others = self.others.into_iter().map(|(wording, confidence)| alternative(wording, confidence));
        let recognition = Recognition {
            recognition_status: "Success",
            display_text,
            offset: self.offset,
            duration: self.duration,
            snr: assessed.then_some(self.snr),
            nbest: detailed.then(|| std::iter::once(best).chain(others).collect()),
        };
        let words = timed(&self.words).into_iter().take(MOST_WORDS).map(TimedWord::in_ms).collect();
        let about = Heard { status: Some("Success"), text: Some(display), words, ..Heard::default() };
        Verdict { rules: applied, recognition: Some(about), ..Verdict::json(&recognition) }
    }
}

fn alternative(wording: Wording, confidence: f64) -> Alternative {
    let Wording { lexical, itn, masked_itn, display } = wording;
    Alternative { confidence, lexical, itn, masked_itn, display, scores: None, words: None }
}

fn assessment_rules(asked: &Asked) -> Vec<Rule> {
    let mut applied = vec![rules::ASSESSMENT_DETAILED];
    let Some(parameters) = &asked.assessment else {
        return applied;
    };
    if parameters.reference.is_empty() {
        applied.push(rules::ASSESSMENT_UNSCRIPTED);
    }
    if parameters.comprehensive {
        applied.push(rules::ASSESSMENT_SCORE);
    }
    let english = asked.language.as_deref().is_some_and(|it| it.eq_ignore_ascii_case("en-US"));
    if parameters.prosody && !english {
        applied.push(rules::PROSODY_ELSEWHERE);
    }
    applied
}

/// The words in lexical form with their times.
fn timed(words: &[Spoken]) -> Vec<TimedWord> {
    let said = words.iter().filter(|word| !word.is_omitted());
    said.map(|word| TimedWord { word: word.text.clone(), offset: word.offset, duration: word.duration }).collect()
}

/// How many words the journal has times of: several times what anybody says in the minute that is heard.
const MOST_WORDS: usize = 1_000;

/// Nothing measures it; that of a sample in Microsoft's REST page.
pub(crate) const CONFIDENCE: f64 = 0.924_598_63;

/// Nothing measures it; a clean recording has about so many decibels.
pub(crate) const SNR: f64 = 38.7;
