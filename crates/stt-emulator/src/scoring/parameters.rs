//! The Pronunciation-Assessment header.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use crate::wording::lexical;

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Grading {
    FivePoint,
    HundredMark,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Granularity {
    FullText,
    Phoneme,
    Word,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Alphabet {
    Ipa,
    Sapi,
}

/// What is to be assessed and how, with Microsoft's defaults.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Parameters {
    /// The reference text as it was sent.
    pub(crate) text: String,
    /// Its words in lower case; none means unscripted assessment.
    pub(crate) reference: Vec<String>,
    pub(crate) grading: Grading,
    pub(crate) granularity: Granularity,
    /// All dimensions instead of accuracy alone.
    pub(crate) comprehensive: bool,
    pub(crate) miscue: bool,
    pub(crate) prosody: bool,
    pub(crate) alphabet: Alphabet,
    /// How many likely phonemes are listed for each one spoken.
    pub(crate) nbest_phonemes: usize,
}

impl Parameters {
    /// Reads the value of the header; the error says what is wrong with it.
    ///
    /// Microsoft's samples write switches as booleans and as strings in any case, numbers as numbers and strings, and
    /// names in Pascal and camel case: all of that is read.
    pub(crate) fn read(header: &[u8]) -> Result<Self, String> {
        let json = STANDARD.decode(header).map_err(|_| "the header is not padded standard base64")?;
        let json: Map<String, Value> =
            serde_json::from_slice(&json).map_err(|_| "the header does not hold a JSON object")?;
        let fields = Fields(json);
        let text = fields.text("ReferenceText")?.unwrap_or_default();
        Ok(Self {
            reference: lexical(&text).split_whitespace().map(str::to_owned).collect(),
            text,
            grading: fields
                .one_of("GradingSystem", &[("FivePoint", Grading::FivePoint), ("HundredMark", Grading::HundredMark)])?,
            granularity: fields.one_of(
                "Granularity",
                &[("Phoneme", Granularity::Phoneme), ("Word", Granularity::Word), ("FullText", Granularity::FullText)],
            )?,
            comprehensive: fields.one_of("Dimension", &[("Basic", false), ("Comprehensive", true)])?,
            miscue: fields.switch("EnableMiscue")?,
            prosody: fields.switch("EnableProsodyAssessment")?,
            alphabet: fields.one_of("PhonemeAlphabet", &[("SAPI", Alphabet::Sapi), ("IPA", Alphabet::Ipa)])?,
            nbest_phonemes: fields.count("NBestPhonemeCount")?,
        })
    }
}

struct Fields(Map<String, Value>);

impl Fields {
    /// The value of a field, whose name may be in any case.
    fn text(&self, name: &str) -> Result<Option<String>, String> {
        let mut fields = self.0.iter();
        let value = fields.find(|(key, _)| key.eq_ignore_ascii_case(name));
        match value.map(|(_, value)| value) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(value @ (Value::Bool(_) | Value::Number(_))) => Ok(Some(value.to_string())),
            Some(Value::Array(_) | Value::Object(_)) => Err(format!("{name} is not a simple value")),
        }
    }

    /// The choice of that name; the first choice is the default.
    fn one_of<T: Copy>(&self, name: &str, choices: &[(&str, T)]) -> Result<T, String> {
        let Some(text) = self.text(name)? else {
            return Ok(choices[0].1);
        };
        let choice = choices.iter().find(|(choice, _)| choice.eq_ignore_ascii_case(&text));
        choice.map(|(_, value)| *value).ok_or_else(|| format!("{name} has no value {text:?}"))
    }

    fn switch(&self, name: &str) -> Result<bool, String> {
        self.one_of(name, &[("False", false), ("True", true)])
    }

    fn count(&self, name: &str) -> Result<usize, String> {
        let text = self.text(name)?.unwrap_or_else(|| "0".to_owned());
        text.parse().map_err(|_| format!("{name} is not a number: {text:?}"))
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;

    use super::{Alphabet, Grading, Granularity, Parameters};

    fn read(json: &str) -> Result<Parameters, String> {
        Parameters::read(STANDARD.encode(json).as_bytes())
    }

    #[test]
    fn microsofts_defaults_hold_where_nothing_is_said() {
        let defaults = Parameters {
            text: String::new(),
            reference: Vec::new(),
            grading: Grading::FivePoint,
            granularity: Granularity::Phoneme,
            comprehensive: false,
            miscue: false,
            prosody: false,
            alphabet: Alphabet::Sapi,
            nbest_phonemes: 0,
        };
        assert_eq!(read("{}"), Ok(defaults));
    }

    #[test]
    fn the_vendors_sample_is_read() {
        let read = read(
            r#"{"ReferenceText": "Good morning.", "GradingSystem": "HundredMark",
                "Granularity": "FullText", "Dimension": "Comprehensive"}"#,
        );
        let read = read.expect("the vendor's own header");
        assert_eq!(read.reference, ["good", "morning"]);
        assert_eq!(read.grading, Grading::HundredMark);
        assert_eq!(read.granularity, Granularity::FullText);
        assert!(read.comprehensive);
    }

    #[test]
    fn switches_and_numbers_are_read_in_every_spelling_of_microsofts_samples() {
        for on in ["\"True\"", "\"true\"", "true"] {
            let json = format!(r#"{{"EnableMiscue": {on}, "enableProsodyAssessment": {on}}}"#);
            let read = read(&json).expect("a spelling of a sample");
            assert!(read.miscue && read.prosody, "{on}");
        }
        for five in ["5", "\"5\""] {
            let read = read(&format!(r#"{{"nBestPhonemeCount": {five}}}"#)).expect("a number");
            assert_eq!(read.nbest_phonemes, 5);
        }
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        assert!(Parameters::read(b"{}").is_err());
        for json in ["[]", "text", "{", r#"{"GradingSystem":"Ten"}"#, r#"{"ReferenceText":[1]}"#] {
            assert!(read(json).is_err(), "{json}");
        }
    }
}
