//! From what was typed to what is asked of the service.

use stt_core::Recognize;
use stt_model::{Language, PronunciationAssessment};

use crate::{
    args::{AssessmentArgs, RecognitionArgs},
    environment::{self, Environment},
    problem::Problem,
};

/// The language of a run; the flag wins over the environment.
///
/// The emulator takes any, and its own clips are en-US unless their makers want it otherwise.
pub(crate) fn language(
    args: &RecognitionArgs,
    environment: &Environment,
    is_emulated: bool,
) -> Result<Language, Problem> {
    match args.language.as_deref().or_else(|| environment.get(environment::LANGUAGE)) {
        Some(tag) => read_language(tag).map_err(Problem::usage),
        None if is_emulated => Ok(Language::EN_US),
        None => Err(Problem::usage(format!("no language: set --language or {}", environment::LANGUAGE))
            .hint("--language en-US, for example; `stt languages` prints them all".to_owned())),
    }
}

/// Reads a tag, which the service wants with a region.
pub(crate) fn read_language(tag: &str) -> Result<Language, String> {
    let language: Language = tag.parse().map_err(|error: stt_model::Error| error.to_string())?;
    match language.with_usual_region() {
        Some(usual) => Err(format!("language {tag:?} has no region; did you mean {usual}?")),
        None => Ok(language),
    }
}

/// What every request of a run asks for.
pub(crate) fn recognize(args: &RecognitionArgs, language: &Language) -> Recognize {
    let mut recognize = Recognize::new(language.clone()).mode(args.mode);
    if let Some(profanity) = args.profanity {
        recognize = recognize.profanity(profanity);
    }
    if let Some(id) = &args.endpoint_id {
        recognize = recognize.cid(id);
    }
    for (name, value) in &args.query {
        recognize = recognize.query(name, value);
    }
    recognize
}

/// What the assessment of a reference text asks for.
pub(crate) fn assessment(args: &AssessmentArgs, reference: &str) -> Result<PronunciationAssessment, Problem> {
    let mut assessment = PronunciationAssessment::new(reference)
        .grading_system(args.grading)
        .granularity(args.granularity)
        .dimension(args.dimension);
    if args.miscue {
        assessment = assessment.miscue();
    }
    if args.prosody {
        assessment = assessment.prosody();
    }
    if let Some(alphabet) = args.phoneme_alphabet {
        assessment = assessment.phoneme_alphabet(alphabet);
    }
    if let Some(count) = args.nbest_phonemes {
        assessment = assessment.nbest_phoneme_count(count);
    }
    if let Some(id) = &args.scenario_id {
        assessment = assessment.scenario_id(id);
    }
    // Found out before anything is opened: the service would score free speech instead, and say nothing.
    match assessment.to_json() {
        Ok(_) => Ok(assessment),
        Err(error) => Err(Problem::usage(error.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(language: Option<&str>) -> RecognitionArgs {
        RecognitionArgs {
            language: language.map(str::to_owned),
            profanity: None,
            endpoint_id: None,
            mode: stt_model::Mode::Conversation,
            query: Vec::new(),
        }
    }

    #[test]
    fn the_flag_wins_over_the_environment() {
        let environment = Environment::with(&[(environment::LANGUAGE, "de-DE")]);
        assert_eq!(language(&args(None), &environment, true).unwrap(), Language::DE_DE);
        assert_eq!(language(&args(Some("en-US")), &environment, false).unwrap(), Language::EN_US);
        assert_eq!(language(&args(None), &Environment::default(), true).unwrap(), Language::EN_US);
    }

    #[test]
    fn a_language_that_is_missing_or_misspelt_is_said_in_one_line() {
        let refused = |given| language(&args(given), &Environment::default(), false).unwrap_err().what().to_owned();
        assert_eq!(refused(None), "no language: set --language or STT_LANGUAGE");
        assert_eq!(refused(Some("en_US")), "language \"en_US\" is not a tag; did you mean en-US?");
        assert_eq!(refused(Some("german")), "language \"german\" is not a tag; did you mean de-DE?");
        assert_eq!(refused(Some("de")), "language \"de\" has no region; did you mean de-DE?");
    }
}
