//! What to ask of pronunciation assessment.

use serde::Serialize;

use crate::Error;
use crate::words::closed_words;

/// The parameters of pronunciation assessment.
///
/// What is not set is not sent, and the service takes its default. The request carries the JSON in
/// base64 as the header `Pronunciation-Assessment`.
///
/// ```
/// use stt_model::{GradingSystem, PronunciationAssessment};
///
/// let assessment = PronunciationAssessment::new("Good morning.")
///     .grading_system(GradingSystem::HundredMark)
///     .comprehensive()
///     .miscue();
/// assert_eq!(
///     assessment.to_json()?,
///     r#"{"ReferenceText":"Good morning.","GradingSystem":"HundredMark","Dimension":"Comprehensive","EnableMiscue":"True"}"#
/// );
/// # Ok::<(), stt_model::Error>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
#[must_use]
pub struct PronunciationAssessment(Parameters);

/// In the order of Microsoft's table of parameters; what that table has not stands before the last.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Parameters {
    #[serde(skip_serializing_if = "Option::is_none")]
    reference_text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    grading_system: Option<GradingSystem>,
    #[serde(skip_serializing_if = "Option::is_none")]
    granularity: Option<Granularity>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dimension: Option<Dimension>,
    #[serde(skip_serializing_if = "Option::is_none")]
    enable_miscue: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    enable_prosody_assessment: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    enable_two_pass_unscripted_assessment: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    phoneme_alphabet: Option<PhonemeAlphabet>,
    #[serde(rename = "NBestPhonemeCount", skip_serializing_if = "Option::is_none")]
    nbest_phoneme_count: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scenario_id: Option<String>,
}

impl PronunciationAssessment {
    /// Assessment against a text that the speaker reads out.
    ///
    /// A blank text is refused by [`to_json`](Self::to_json). A text of some 13,000 characters made
    /// the live service not answer at all (observed), probably because of the size of the header.
    pub fn new(reference_text: impl Into<String>) -> Self {
        Self(Parameters { reference_text: Some(reference_text.into()), ..Parameters::default() })
    }

    /// Assessment of free speech, without a reference text and so without a completeness score.
    ///
    /// Microsoft's page on pronunciation assessment makes the text optional, its REST page calls it
    /// required; the live service assessed without one (observed).
    pub fn unscripted() -> Self {
        Self(Parameters::default())
    }

    /// `GradingSystem`: the scale of the scores; [`GradingSystem::FivePoint`] if not set.
    pub fn grading_system(mut self, grading_system: GradingSystem) -> Self {
        self.0.grading_system = Some(grading_system);
        self
    }

    /// `Granularity`: how deep the scores go; [`Granularity::Phoneme`] if not set.
    pub fn granularity(mut self, granularity: Granularity) -> Self {
        self.0.granularity = Some(granularity);
        self
    }

    /// `Dimension`: which scores there are; [`Dimension::Basic`] if not set.
    pub fn dimension(mut self, dimension: Dimension) -> Self {
        self.0.dimension = Some(dimension);
        self
    }

    /// `Dimension` = `Comprehensive`: fluency, completeness and what is wrong with each word,
    /// beside the accuracy.
    pub fn comprehensive(self) -> Self {
        self.dimension(Dimension::Comprehensive)
    }

    /// `EnableMiscue` = `True`: words left out and words put in are marked.
    pub fn miscue(mut self) -> Self {
        self.0.enable_miscue = Some(TRUE);
        self
    }

    /// `EnableProsodyAssessment` = `True`: stress, intonation, speed and rhythm; `en-US` only
    /// (documented).
    pub fn prosody(mut self) -> Self {
        self.0.enable_prosody_assessment = Some(TRUE);
        self
    }

    /// `EnableTwoPassUnscriptedAssessment` = `True`: free speech is recognized first and then
    /// assessed against what was recognized.
    ///
    /// A parameter of Microsoft's Speech SDK for JavaScript; whether the REST API heeds it is not
    /// known.
    pub fn two_pass_unscripted(mut self) -> Self {
        self.0.enable_two_pass_unscripted_assessment = Some(TRUE);
        self
    }

    /// `PhonemeAlphabet`: how phonemes are named; [`PhonemeAlphabet::Sapi`] if not set.
    pub fn phoneme_alphabet(mut self, alphabet: PhonemeAlphabet) -> Self {
        self.0.phoneme_alphabet = Some(alphabet);
        self
    }

    /// `NBestPhonemeCount`: how many candidates to tell for each phoneme; Microsoft's samples ask
    /// for 5.
    pub fn nbest_phoneme_count(mut self, count: u32) -> Self {
        self.0.nbest_phoneme_count = Some(count);
        self
    }

    /// `ScenarioId`: the GUID of a point system of one's own.
    pub fn scenario_id(mut self, id: impl Into<String>) -> Self {
        self.0.scenario_id = Some(id.into());
        self
    }

    /// The JSON for the request.
    ///
    /// # Errors
    ///
    /// [`Error::BlankReferenceText`]: the service would assess free speech instead, and return
    /// scores that look right (observed). [`unscripted`](Self::unscripted) says that this is what
    /// is wanted.
    pub fn to_json(&self) -> Result<String, Error> {
        if self.0.reference_text.as_deref().is_some_and(is_blank) {
            return Err(Error::BlankReferenceText);
        }
        Ok(serde_json::to_string(&self.0).expect("texts and numbers are always JSON"))
    }
}

/// Whether a text has nothing that could be read out: no letter and no digit of any script.
fn is_blank(text: &str) -> bool {
    !text.chars().any(char::is_alphanumeric)
}

closed_words! {
    /// The scale of the scores (documented).
    "grading system" GradingSystem {
        /// 0 to 5. What the service takes if it is told nothing.
        #[default]
        FivePoint = "FivePoint",
        /// 0 to 100.
        HundredMark = "HundredMark",
    }
}

closed_words! {
    /// How deep the scores go (documented).
    "granularity" Granularity {
        /// Text, words, phonemes, and in `en-US` syllables. What the service takes if it is told
        /// nothing.
        #[default]
        Phoneme = "Phoneme",
        /// Text and words.
        Word = "Word",
        /// The text as a whole.
        FullText = "FullText",
    }
}

closed_words! {
    /// Which scores there are (documented).
    "dimension" Dimension {
        /// Accuracy only. What the service takes if it is told nothing.
        #[default]
        Basic = "Basic",
        /// Also fluency and completeness of the text and the error type of each word.
        Comprehensive = "Comprehensive",
    }
}

closed_words! {
    /// How phonemes are named (in Microsoft's samples for the REST API).
    "phoneme alphabet" PhonemeAlphabet {
        /// Microsoft's SAPI alphabet: `h eh l ow`; `en-US` and `zh-CN`. What the service takes if
        /// it is told nothing.
        #[default]
        Sapi = "SAPI",
        /// The International Phonetic Alphabet: `h ɛ l oʊ`; `en-US`.
        Ipa = "IPA",
    }
}

/// As Microsoft's REST page writes it: text, not a JSON boolean.
const TRUE: &str = "True";
