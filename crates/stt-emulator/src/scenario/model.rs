//! A scenario: canned answers and faults, with the requests that they are for.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::Path;

use schemars::{JsonSchema, schema_for};
use serde::{Deserialize, Serialize};

use crate::audio::{SampleHash, sample_hash};
use crate::scenario::clip::Clip;
use crate::scenario::document::{self, Notation};
use crate::scenario::fault::Fault;
use crate::scenario::inspect::{Inspect, Inspection};
use crate::scenario::mistake::ScenarioError;
use crate::scenario::reply::Reply;
use crate::scenario::when::{Called, When};

/// Canned answers and faults, with the requests that they are for.
///
/// ```
/// use stt_emulator::{Emulator, Fault, Reply, Scenario, When};
///
/// let scenario = Scenario::new()
///     .answer(When::recognize().language("en-US"), [Reply::text("First."), Reply::text("Ever after.")])
///     .fault(Fault::status(429).retry_after(1).times(2));
/// let emulator = Emulator::builder().scenario(scenario).build();
/// # drop(emulator);
/// ```
#[must_use]
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// The form of this file.
    pub(crate) schema: Version,
    /// What holds where a rule or an answer says nothing.
    #[serde(default, skip_serializing_if = "Defaults::is_empty")]
    pub(crate) defaults: Defaults,
    /// Names for clips.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) audio: Vec<Clip>,
    /// Answers; the first rule that fits a request counts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) rule: Vec<ScenarioRule>,
    /// What goes wrong; the first fault that fits a request strikes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) fault: Vec<Fault>,
}

/// The form of a scenario file.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
pub(crate) enum Version {
    #[default]
    #[serde(rename = "stt-emulator/1")]
    One,
}

/// What holds where a rule or an answer says nothing.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Defaults {
    /// The language of rules that name none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) language: Option<String>,
    /// The confidence of answers that have none, from 0 to 1.
    #[schemars(range(min = 0.0, max = 1.0))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) confidence: Option<f64>,
    /// The SNR of assessments that have none, in decibels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) snr: Option<f64>,
}

/// Answers for the requests that fit.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ScenarioRule {
    /// What it is called in the journal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
    /// For which requests.
    #[serde(rename = "match")]
    pub(crate) when: When,
    /// One answer after the other; the last is given again and again.
    pub(crate) answer: Vec<Reply>,
    /// Whether the first answer follows the last.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) cycle: bool,
}

impl Scenario {
    /// One without answers and faults.
    pub fn new() -> Self {
        Self::default()
    }

    /// These answers, one after the other, for the requests that fit; the last is given again and again.
    ///
    /// Without any answer nothing is added.
    pub fn answer(mut self, when: When, replies: impl IntoIterator<Item = Reply>) -> Self {
        let answer = replies.into_iter().collect::<Vec<_>>();
        if !answer.is_empty() {
            self.rule.push(ScenarioRule { when, answer, ..ScenarioRule::default() });
        }
        self
    }

    /// These answers, one after the other and then from the first again, for the requests that fit.
    pub fn cycle(mut self, when: When, replies: impl IntoIterator<Item = Reply>) -> Self {
        let rules = self.rule.len();
        self = self.answer(when, replies);
        self.rule.iter_mut().skip(rules).for_each(|rule| rule.cycle = true);
        self
    }

    /// Something that goes wrong.
    pub fn fault(mut self, fault: Fault) -> Self {
        self.fault.push(fault);
        self
    }

    /// Reads a scenario that names no file.
    ///
    /// # Errors
    ///
    /// Every mistake with its line and column.
    pub fn parse(text: &str, notation: Notation) -> Result<Self, ScenarioError> {
        document::read(text, notation, Inspection::default())
    }

    /// Reads a scenario file, JSON where its name ends in `.json` and TOML otherwise, and the clips that it names.
    ///
    /// # Errors
    ///
    /// Every mistake with its line and column, or none if the file itself cannot be read.
    pub fn read(path: impl AsRef<Path>) -> Result<Self, ReadError> {
        let path = path.as_ref();
        let text = fs::read_to_string(path).map_err(ReadError::File)?;
        let json = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
        let notation = if json { Notation::Json } else { Notation::Toml };
        let folder = path.parent().unwrap_or_else(|| Path::new(""));
        let heard = RefCell::new(BTreeMap::<String, SampleHash>::new());
        let listen = |file: &str| {
            let clip = folder.join(file);
            let bytes = fs::read(&clip).map_err(|error| format!("{} cannot be read: {error}", clip.display()))?;
            let hash = sample_hash(&bytes);
            heard.borrow_mut().insert(file.to_owned(), hash);
            Ok(hash)
        };
        let mut scenario: Self = document::read(&text, notation, Inspection::listening(&listen))?;
        for clip in &mut scenario.audio {
            if let Some(hash) = clip.file.take().and_then(|file| heard.borrow().get(&file).copied()) {
                clip.sha256 = Some(hash);
            }
        }
        Ok(scenario)
    }

    /// The JSON Schema of scenario files.
    #[must_use]
    pub fn schema() -> serde_json::Value {
        schema_for!(Self).to_value()
    }

    /// Puts hashes in the place of the names of clips in a fault from elsewhere.
    pub(crate) fn name_clips(&self, fault: &mut Fault) {
        fault.on.resolve(&self.hashes());
    }

    fn hashes(&self) -> BTreeMap<String, SampleHash> {
        self.audio.iter().filter_map(|clip| Some((clip.id.clone(), clip.sha256?))).collect()
    }

    /// The names of its clips.
    pub(crate) fn clips(&self) -> impl Iterator<Item = String> {
        self.audio.iter().map(|clip| clip.id.clone())
    }

    /// This one with the other behind it.
    ///
    /// Defaults and the names of clips belong to a file each, so that they are written into its rules before.
    pub(crate) fn and(self, other: Self) -> Self {
        let (mut both, other) = (self.resolved(), other.resolved());
        both.rule.extend(other.rule);
        both.fault.extend(other.fault);
        let known = both.clips().collect::<BTreeSet<_>>();
        both.audio.extend(other.audio.into_iter().filter(|clip| !known.contains(&clip.id)));
        both
    }

    /// The same with defaults and the names of clips written into the rules and faults.
    pub(crate) fn resolved(mut self) -> Self {
        let defaults = std::mem::take(&mut self.defaults);
        let clips = self.hashes();
        for rule in &mut self.rule {
            if rule.when.language.is_none() && rule.when.cid.is_none() {
                rule.when.language.clone_from(&defaults.language);
            }
            for reply in &mut rule.answer {
                reply.complete(defaults.confidence, defaults.snr);
            }
        }
        let conditions = self.rule.iter_mut().map(|rule| &mut rule.when);
        for when in conditions.chain(self.fault.iter_mut().map(|fault| &mut fault.on)) {
            when.resolve(&clips);
        }
        self
    }
}

/// Why a scenario file is of no use.
#[non_exhaustive]
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// It cannot be read.
    #[error("it cannot be read")]
    File(#[source] io::Error),
    /// There are mistakes in it.
    #[error(transparent)]
    Mistakes(#[from] ScenarioError),
}

impl Defaults {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Inspect for Scenario {
    fn inspect(&self, inspection: &mut Inspection<'_>) {
        inspection.inside("defaults", &self.defaults);
        inspection.each("audio", &self.audio);
        inspection.each("rule", &self.rule);
        inspection.each("fault", &self.fault);
    }
}

impl Inspect for Defaults {
    fn inspect(&self, inspection: &mut Inspection<'_>) {
        inspection.language("language", self.language.as_deref());
        inspection.within("confidence", self.confidence, 0.0, 1.0);
    }
}

impl Inspect for ScenarioRule {
    fn inspect(&self, inspection: &mut Inspection<'_>) {
        inspection.inside("match", &self.when);
        if self.when.operation == Some(Called::Token) {
            inspection.wrong("match", "a rule answers recognitions only", "a [[fault]] for requests for a token");
        }
        if self.answer.is_empty() {
            inspection.wrong("", "the rule has no answer", "at least one [[rule.answer]]");
        }
        inspection.each("answer", &self.answer);
    }
}
