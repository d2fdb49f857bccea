//! From spoken words and a reference text to scores.

use serde::Serialize;

use crate::scoring::align::{Step, align};
use crate::scoring::parameters::{Grading, Granularity, Parameters};
use crate::scoring::prosody::Feedback;
use crate::scoring::sounds::{self, Naming};
use crate::scoring::total::total;
use crate::scoring::word::{ErrorType, ScoredWord, Spoken};

/// The scores of the whole text, in the grading system that was asked for.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Overall {
    pub(crate) accuracy_score: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) fluency_score: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) prosody_score: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) completeness_score: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) pron_score: Option<f64>,
}

/// What was read aloud.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reading<'a> {
    pub(crate) words: &'a [Spoken],
    pub(crate) given: Given,
}

/// Scores, 0 to 100, in place of those that would follow from the words.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Given {
    pub(crate) accuracy: Option<f64>,
    pub(crate) fluency: Option<f64>,
    pub(crate) prosody: Option<f64>,
    pub(crate) completeness: Option<f64>,
    pub(crate) pron_score: Option<f64>,
}

/// One word of the list to report: which, how well, and what was wrong with it.
struct Judged<'a> {
    text: &'a str,
    spoken: Option<&'a Spoken>,
    accuracy: f64,
    error: ErrorType,
}

/// The scores of a reading by `parameters`, and its words unless only the whole text is to be scored.
pub(crate) fn assess(
    reading: Reading<'_>,
    parameters: &Parameters,
    language: Option<&str>,
) -> (Overall, Option<Vec<ScoredWord>>) {
    let said = reading.words.iter().filter(|word| !word.is_omitted()).collect::<Vec<_>>();
    let mut judged = judge(&said, parameters);
    omit(&mut judged, reading.words);
    let english = language.is_some_and(|language| language.eq_ignore_ascii_case(EN_US));
    let overall = overall(&said, &judged, reading.given, (parameters, english));
    let listed = parameters.granularity != Granularity::FullText;
    (overall, listed.then(|| words(&judged, parameters, english)))
}

/// Compares what was spoken with the reference.
///
/// Without miscue a word that stands for another counts as that one badly spoken, and what is too much or too little
/// is not listed.
fn judge<'a>(spoken: &[&'a Spoken], parameters: &'a Parameters) -> Vec<Judged<'a>> {
    let said = |word: &'a Spoken| Judged {
        text: &word.text,
        spoken: Some(word),
        accuracy: word.accuracy,
        error: word.error.unwrap_or(match word.accuracy < MISPRONOUNCED {
            true => ErrorType::Mispronunciation,
            false => ErrorType::None,
        }),
    };
    let reference = &parameters.reference;
    if reference.is_empty() {
        return spoken.iter().map(|word| said(word)).collect();
    }
    // The kinds of errors belong to the comprehensive dimension; without them miscue has nothing to show.
    let miscue = parameters.miscue && parameters.comprehensive;
    let inserted = |word: &'a Spoken| Judged { error: word.error.unwrap_or(ErrorType::Insertion), ..said(word) };
    let texts = spoken.iter().map(|word| word.text.clone()).collect::<Vec<_>>();
    let mut judged = Vec::new();
    for step in align(reference, &texts) {
        match step {
            Step::Matched { spoken: at } => judged.push(said(spoken[at])),
            Step::Omitted { reference: at } if miscue => judged.push(omitted(&reference[at])),
            Step::Inserted { spoken: at } if miscue => judged.push(inserted(spoken[at])),
            Step::Replaced { reference: at, spoken: by } if miscue => {
                judged.extend([omitted(&reference[at]), inserted(spoken[by])]);
            }
            Step::Replaced { reference: at, spoken: by } => judged.push(Judged {
                text: &reference[at],
                spoken: Some(spoken[by]),
                accuracy: 0.0,
                error: spoken[by].error.unwrap_or(ErrorType::Mispronunciation),
            }),
            Step::Omitted { .. } | Step::Inserted { .. } => {}
        }
    }
    judged
}

fn omitted(text: &str) -> Judged<'_> {
    Judged { text, spoken: None, accuracy: 0.0, error: ErrorType::Omission }
}

/// Lists the words that somebody says were omitted, each behind the one that it follows.
///
/// One that the comparison with the reference shows there already is not listed twice.
fn omit<'a>(judged: &mut Vec<Judged<'a>>, words: &'a [Spoken]) {
    let mut at = 0;
    for word in words {
        if word.is_omitted() {
            let mut unspoken = judged[at..].iter().take_while(|judged| judged.spoken.is_none());
            match unspoken.position(|judged| judged.text == word.text) {
                Some(place) => at += place,
                None => judged.insert(at, omitted(&word.text)),
            }
            at += 1;
        } else {
            let own = |judged: &Judged<'_>| judged.spoken.is_some_and(|spoken| std::ptr::eq(spoken, word));
            at += judged[at..].iter().position(own).map_or(0, |place| place + 1);
        }
    }
}

fn overall(
    spoken: &[&Spoken],
    judged: &[Judged<'_>],
    given: Given,
    (parameters, english): (&Parameters, bool),
) -> Overall {
    let grade = |score| grade(score, parameters.grading);
    let meant = judged.iter().filter(|word| matches!(word.error, ErrorType::None | ErrorType::Mispronunciation));
    let accuracy = given.accuracy.unwrap_or_else(|| mean(meant.map(|word| word.accuracy)).round());
    if !parameters.comprehensive {
        return Overall {
            accuracy_score: grade(accuracy),
            fluency_score: None,
            prosody_score: None,
            completeness_score: None,
            pron_score: None,
        };
    }
    let fluency = given.fluency.unwrap_or_else(|| fluency(spoken).round());
    let prosody = (parameters.prosody && english).then(|| given.prosody.unwrap_or((accuracy + fluency) / 2.0));
    let completeness = (!parameters.reference.is_empty()).then(|| {
        let valid = judged.iter().filter(|word| word.error == ErrorType::None).count();
        let follows = (100.0 * valid as f64 / parameters.reference.len() as f64).round();
        given.completeness.unwrap_or(follows)
    });
    let scores = [Some(accuracy), Some(fluency), prosody, completeness];
    let scores = scores.into_iter().flatten().collect::<Vec<_>>();
    Overall {
        accuracy_score: grade(accuracy),
        fluency_score: Some(grade(fluency)),
        prosody_score: prosody.map(grade),
        completeness_score: completeness.map(grade),
        pron_score: Some(grade(given.pron_score.unwrap_or_else(|| total(&scores)))),
    }
}

fn words(judged: &[Judged<'_>], parameters: &Parameters, english: bool) -> Vec<ScoredWord> {
    let mut before: Option<&Spoken> = None;
    let words = judged.iter().map(|word| {
        let score = grade(word.accuracy, parameters.grading);
        let naming =
            Naming { alphabet: english.then_some(parameters.alphabet), nbest: parameters.nbest_phonemes, score };
        let spoken = word.spoken.filter(|_| parameters.granularity == Granularity::Phoneme);
        let spelled = spoken.map(|spoken| sounds::phonemes(word.text, spoken.offset, spoken.duration, naming));
        let syllables = spelled
            .as_deref()
            .filter(|_| english)
            .map(|phonemes| sounds::syllables(word.text, phonemes, parameters.alphabet, score));
        let written = spoken.filter(|spoken| !spoken.phonemes.is_empty()).map(|spoken| {
            let graded = spoken.phonemes.iter().map(|(name, score)| (name.clone(), grade(*score, parameters.grading)));
            sounds::written(&graded.collect::<Vec<_>>(), spoken.offset, spoken.duration)
        });
        let phonemes = written.or(spelled);
        let wants_feedback = parameters.prosody && parameters.comprehensive && english;
        let feedback = word
            .spoken
            .filter(|_| wants_feedback)
            .map(|spoken| Feedback::after(before.map(|before| spoken.offset.saturating_sub(before.end()))));
        before = word.spoken.or(before);
        ScoredWord {
            word: word.text.to_owned(),
            offset: word.spoken.map(|spoken| spoken.offset),
            duration: word.spoken.map(|spoken| spoken.duration),
            confidence: 0.0,
            accuracy_score: score,
            error_type: parameters.comprehensive.then_some(word.error),
            feedback,
            syllables,
            phonemes,
        }
    });
    words.collect()
}

/// The share of the time from the first word to the last in which words are spoken, 0 to 100.
///
/// Ten milliseconds after each word are no break: published results of the service leave them between any two words.
fn fluency(spoken: &[&Spoken]) -> f64 {
    let (Some(first), Some(last)) = (spoken.first(), spoken.last()) else {
        return 0.0;
    };
    let span = last.end().saturating_sub(first.offset) + BREATH;
    let voiced: u64 = spoken.iter().map(|word| word.duration + BREATH).sum();
    (100.0 * voiced as f64 / span as f64).min(100.0)
}

fn mean(scores: impl Iterator<Item = f64>) -> f64 {
    let scores = scores.collect::<Vec<_>>();
    match scores.len() {
        0 => 0.0,
        count => scores.iter().sum::<f64>() / count as f64,
    }
}

/// One decimal, out of a hundred or out of five.
fn grade(score: f64, grading: Grading) -> f64 {
    let score = match grading {
        Grading::FivePoint => score / 20.0,
        Grading::HundredMark => score,
    };
    (score * 10.0).round() / 10.0
}

/// Below this a word is mispronounced, as Microsoft's page on pronunciation assessment says.
const MISPRONOUNCED: f64 = 60.0;

/// 10 ms in units of 100 nanoseconds.
const BREATH: u64 = 100_000;

/// The only language with prosody, syllables and names of phonemes, by Microsoft's page on pronunciation assessment.
const EN_US: &str = "en-US";

#[cfg(test)]
#[path = "assess_tests.rs"]
mod tests;
