//! The form of a question file.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;
use thiserror::Error;

use crate::config::Profile;
use crate::conformance::expectation::Expectation;
use crate::rule::Rule;
use crate::rules;
use crate::scenario::Called;
use crate::span;

/// A question file, in TOML.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Questions {
    #[serde(rename = "question", default)]
    pub(crate) asked: Vec<Question>,
    /// The rules that nobody can be asked about.
    #[serde(default)]
    pub(crate) unasked: Vec<Unasked>,
}

/// One request, and what its answer must be for the rules to hold.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Question {
    /// What the report calls it.
    pub(crate) name: String,
    /// The ids of the rules that the answer decides.
    pub(crate) rules: Vec<String>,
    /// How long the answer may take by what is asked; it is asked only of whoever has the patience.
    #[serde(default, with = "span")]
    pub(crate) takes: Duration,
    #[serde(default)]
    pub(crate) ask: Asking,
    pub(crate) expect: Expectation,
}

impl Question {
    /// Whether its rules hold for those who follow this profile.
    pub(crate) fn is_for(&self, profile: Profile) -> bool {
        let mut rules = self.rules.iter().filter_map(|id| rule(id));
        rules.all(|rule| rule.profile.is_none_or(|other| other == profile))
    }
}

/// A rule that nobody can be asked about, and why.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Unasked {
    pub(crate) rule: String,
    pub(crate) why: String,
}

/// A request; by default a recognition that is right in every part.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Asking {
    pub(crate) operation: Called,
    pub(crate) method: String,
    /// In place of the path of the operation.
    pub(crate) path: Option<String>,
    /// As it is sent; `{language}` stands for the language of the words.
    pub(crate) query: String,
    /// Besides the usual ones, or in place of one of them.
    pub(crate) headers: BTreeMap<String, String>,
    /// Which of the usual headers are not sent.
    pub(crate) without: Vec<String>,
    pub(crate) credential: Credential,
    /// How old the token is, where a token is the credential.
    #[serde(with = "span")]
    pub(crate) age: Duration,
    /// The parameters of a pronunciation assessment, of which the header is made.
    pub(crate) assessment: Option<Value>,
    /// How many words the reference text has, in place of one in `assessment`.
    pub(crate) reference_words: Option<usize>,
    pub(crate) audio: Audio,
    pub(crate) upload: Upload,
    /// Whether as many others run beside it as the tier of the resource allows.
    pub(crate) crowded: bool,
}

impl Default for Asking {
    fn default() -> Self {
        Self {
            operation: Called::Recognize,
            method: "POST".to_owned(),
            path: None,
            query: "language={language}".to_owned(),
            headers: BTreeMap::new(),
            without: Vec::new(),
            credential: Credential::default(),
            age: Duration::ZERO,
            assessment: None,
            reference_words: None,
            audio: Audio::default(),
            upload: Upload::default(),
            crowded: false,
        }
    }
}

/// What a request shows.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Credential {
    #[default]
    Key,
    /// Nothing but what `headers` say.
    None,
    /// A token for the key.
    Token,
}

/// The body of a request.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
pub(crate) enum Audio {
    /// A hum that comes and goes four times a second, as syllables do.
    #[serde(with = "span")]
    Humming(Duration),
    #[serde(with = "span")]
    Noise(Duration),
    Nothing {},
    Says(Says),
    #[serde(with = "span")]
    Silence(Duration),
    /// No audio, but this.
    Text(String),
}

impl Default for Audio {
    /// What is said does not matter; that the service hears nothing in it is as good an answer as any.
    fn default() -> Self {
        Self::Silence(Duration::from_secs(2))
    }
}

impl Audio {
    /// What it says, if it says anything.
    pub(crate) fn says(&self) -> Option<&Says> {
        match self {
            Self::Says(says) => Some(says),
            _ => None,
        }
    }
}

/// Words, as the emulator codes them or as a recording of one's own says them.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Says {
    /// Each is said by a clip; a recording says its own text instead.
    pub(crate) texts: Vec<String>,
    /// Whether no recording can take the place of these words.
    pub(crate) exactly: bool,
    /// The silence before the first.
    #[serde(with = "span")]
    pub(crate) lead_in: Duration,
    /// The silence between two of them.
    #[serde(with = "span")]
    pub(crate) pause: Duration,
    /// The language that is told beside the words.
    pub(crate) language: Option<String>,
    /// Whether it is Ogg Opus in place of WAV.
    pub(crate) ogg: bool,
    /// The samples per second, if not 16,000.
    pub(crate) rate: Option<u32>,
    /// Whether the header tells no sizes, as one that is written before the end is known.
    pub(crate) sizeless: bool,
}

/// How the body is sent.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Upload {
    /// In chunks, at once.
    Chunked,
    /// In chunks, once the target said `100 Continue`.
    Expecting,
    /// Half of it, and then no more.
    Stalled,
    /// As a whole of known length.
    #[default]
    Whole,
}

/// Why a question file is of no use.
#[derive(Debug, Error)]
pub(crate) enum QuestionsError {
    #[error("{0}")]
    Form(#[from] toml::de::Error),
    #[error("the question {question:?} decides no rule; expected `rules`")]
    NoRule { question: String },
    #[error("there are two questions {0:?}")]
    Twice(String),
    #[error("{question:?} is about {rule:?}, which is no rule")]
    Unknown { question: String, rule: String },
}

impl Questions {
    /// Those that come with the program.
    pub(crate) fn own() -> Self {
        Self::read(include_str!("questions.toml")).expect("a test reads it")
    }

    pub(crate) fn read(text: &str) -> Result<Self, QuestionsError> {
        let questions: Self = toml::from_str(text)?;
        let mut names = BTreeSet::new();
        for question in &questions.asked {
            if !names.insert(&question.name) {
                return Err(QuestionsError::Twice(question.name.clone()));
            }
            if question.rules.is_empty() {
                return Err(QuestionsError::NoRule { question: question.name.clone() });
            }
        }
        let asked =
            questions.asked.iter().flat_map(|question| question.rules.iter().map(|rule| (&question.name, rule)));
        let unasked = questions.unasked.iter().map(|unasked| (&unasked.rule, &unasked.rule));
        match asked.chain(unasked).find(|(_, id)| rule(id).is_none()) {
            Some((question, rule)) => Err(QuestionsError::Unknown { question: question.clone(), rule: rule.clone() }),
            None => Ok(questions),
        }
    }
}

/// The rule with this id.
pub(crate) fn rule(id: &str) -> Option<&'static Rule> {
    rules::ALL.iter().find(|rule| rule.id == id)
}

#[cfg(test)]
mod tests {
    use super::{Questions, rule};
    use crate::rules;

    #[test]
    fn every_rule_is_asked_about_or_has_a_reason_why_not() {
        let questions = Questions::own();
        let asked = |id: &str| questions.asked.iter().any(|question| question.rules.iter().any(|rule| rule == id));
        for rule in rules::ALL {
            let unasked = questions.unasked.iter().filter(|unasked| unasked.rule == rule.id).count();
            assert_eq!(usize::from(asked(rule.id)) + unasked, 1, "{}", rule.id);
        }
        assert!(questions.unasked.iter().all(|unasked| !unasked.why.is_empty()));
    }

    #[test]
    fn what_is_wrong_with_a_file_is_said() {
        let question = |name: &str, rules: &str| {
            format!("[[question]]\nname = \"{name}\"\nrules = {rules}\nexpect = {{ status = 200 }}\n")
        };
        let fine = question("a", r#"["preflight"]"#);
        assert_eq!(Questions::read(&fine).map(|questions| questions.asked.len()).ok(), Some(1));
        for (text, expected) in [
            (question("a", "[]"), "decides no rule"),
            (question("a", r#"["body-emty"]"#), "which is no rule"),
            (fine.repeat(2), "two questions \"a\""),
            (format!("{fine}[question.ask]\nbdoy = 1\n"), "unknown field `bdoy`"),
            (fine.replace("200", "\"OK\""), "line 4"),
        ] {
            let wrong = Questions::read(&text).expect_err(&text).to_string();
            assert!(wrong.contains(expected), "{text}: {wrong}");
        }
        assert!(rule("preflight").is_some());
    }
}
