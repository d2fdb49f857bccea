//! What a scenario may not say although it can be read.

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderName, HeaderValue};

use crate::audio::SampleHash;
use crate::locales;
use crate::scenario::place::Step;

/// A value that can look for mistakes in itself.
pub(crate) trait Inspect {
    fn inspect(&self, inspection: &mut Inspection<'_>);
}

/// Finds the hash of the audio in a file by its name in the scenario, or says why it cannot.
pub(crate) type Listen<'a> = &'a dyn Fn(&str) -> Result<SampleHash, String>;

/// A walk through a scenario that notes what is wrong.
#[derive(Default)]
pub(crate) struct Inspection<'a> {
    path: Vec<Step>,
    found: Vec<Finding>,
    /// The clips that conditions may name.
    clips: BTreeSet<String>,
    /// `None` where no file may be named.
    listen: Option<Listen<'a>>,
}

/// What is wrong with the value at a path.
#[derive(Debug)]
pub(super) struct Finding {
    pub(super) path: Vec<Step>,
    /// Its place in the text, where the path does not tell.
    pub(super) at: Option<usize>,
    pub(super) problem: String,
    pub(super) expected: String,
}

impl Finding {
    pub(super) fn new(path: Vec<Step>, problem: impl Into<String>, expected: impl Into<String>) -> Self {
        Self { path, at: None, problem: problem.into(), expected: expected.into() }
    }
}

impl<'a> Inspection<'a> {
    /// An inspection that lets conditions name these clips.
    pub(crate) fn knowing(clips: impl IntoIterator<Item = String>) -> Self {
        Self { clips: clips.into_iter().collect(), ..Self::default() }
    }

    /// An inspection that reads the files of clips.
    pub(crate) fn listening(listen: Listen<'a>) -> Self {
        Self { listen: Some(listen), ..Self::default() }
    }

    pub(super) fn of(mut self, value: &impl Inspect) -> Vec<Finding> {
        value.inspect(&mut self);
        self.found
    }

    /// Notes that the value of `field` here is wrong; an empty name is this value itself.
    pub(crate) fn wrong(&mut self, field: &str, problem: impl Into<String>, expected: impl Into<String>) {
        let mut path = self.path.clone();
        if !field.is_empty() {
            path.push(Step::Key(field.to_owned()));
        }
        self.found.push(Finding::new(path, problem, expected));
    }

    /// Looks at what is inside `field`.
    pub(crate) fn inside(&mut self, field: &str, value: &impl Inspect) {
        self.path.push(Step::Key(field.to_owned()));
        value.inspect(self);
        self.path.pop();
    }

    /// Looks at each element of the list in `field`.
    pub(crate) fn each(&mut self, field: &str, values: &[impl Inspect]) {
        self.path.push(Step::Key(field.to_owned()));
        self.elements(values);
        self.path.pop();
    }

    /// Looks at each element of this list.
    pub(crate) fn elements(&mut self, values: &[impl Inspect]) {
        for (at, value) in values.iter().enumerate() {
            self.path.push(Step::Index(at));
            value.inspect(self);
            self.path.pop();
        }
    }

    pub(crate) fn knows(&mut self, clip: &str) -> bool {
        self.clips.contains(clip)
    }

    /// Makes a clip known; the answer is whether it was not before.
    pub(crate) fn declare(&mut self, clip: &str) -> bool {
        self.clips.insert(clip.to_owned())
    }

    pub(crate) fn listen(&self) -> Option<Listen<'a>> {
        self.listen
    }

    /// Notes a number that lies outside of `least` and `most`.
    pub(crate) fn within(&mut self, field: &str, value: Option<f64>, least: f64, most: f64) {
        if let Some(value) = value.filter(|value| !(least..=most).contains(value)) {
            let expected = format!("a number from {least} to {most}");
            self.wrong(field, format!("{value} is out of range"), expected);
        }
    }

    pub(crate) fn language(&mut self, field: &str, language: Option<&str>) {
        if let Some(language) = language.filter(|language| !locales::is_supported(language)) {
            let primary = language.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
            let near = locales::LOCALES.iter().find(|locale| locale.split('-').next() == Some(primary.as_str()));
            let expected = format!("a language of Microsoft's table, such as {}", near.unwrap_or(&"en-US"));
            self.wrong(
                field,
                format!("the language {language:?} is unknown, and every request for it is 400"),
                expected,
            );
        }
    }

    /// Notes an HTTP status that is none, or no final one.
    pub(crate) fn status(&mut self, field: &str, status: u16) {
        if !(200..=999).contains(&status) {
            self.wrong(field, format!("{status} is the status of no final answer"), "a number from 200 to 999");
        }
    }

    /// Notes header fields that cannot be sent.
    pub(crate) fn headers<'h>(&mut self, field: &str, headers: impl IntoIterator<Item = (&'h String, &'h String)>) {
        for (name, value) in headers {
            if HeaderName::try_from(name).is_err() || HeaderValue::try_from(value).is_err() {
                let problem = format!("the header {name:?} cannot be sent");
                self.wrong(field, problem, "a name of letters, digits and hyphens, and a value on one line");
            } else if FRAMING.iter().any(|own| name.eq_ignore_ascii_case(own)) {
                self.wrong(
                    field,
                    format!("the header {name:?} is the emulator's own"),
                    "a transport, such as truncate",
                );
            }
        }
    }

    pub(crate) fn base64(&mut self, field: &str, text: Option<&str>) {
        if text.is_some_and(|text| STANDARD.decode(text).is_err()) {
            self.wrong(field, "this is no base64", "padded standard base64");
        }
    }
}

/// What says where an answer ends, and so must be true.
const FRAMING: [&str; 3] = ["connection", "content-length", "transfer-encoding"];
