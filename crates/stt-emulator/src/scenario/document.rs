//! Reads a scenario, or a part of one, and finds all that is wrong with it at once.

use std::borrow::Cow;

use http::header::CONTENT_TYPE;
use http::request::Parts;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Number, Value};
use serde_path_to_error::{Path, Segment};
use toml::de::DeTable;

use crate::scenario::inspect::{Finding, Inspect, Inspection};
use crate::scenario::mistake::{Mistake, ScenarioError};
use crate::scenario::place::{Place, Step};

/// The notation of a scenario.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Notation {
    /// JSON.
    Json,
    /// TOML.
    Toml,
}

impl Notation {
    /// That of the body of a request: TOML where its Content-Type says so.
    pub(crate) fn of(head: &Parts) -> Self {
        let kind =
            head.headers.get(CONTENT_TYPE).map_or(Cow::Borrowed(""), |kind| String::from_utf8_lossy(kind.as_bytes()));
        match kind.to_ascii_lowercase().contains("toml") {
            true => Self::Toml,
            false => Self::Json,
        }
    }
}

/// What `text` holds, or each mistake in it.
///
/// Whatever cannot be read is noted, left out, and the rest read again, so that one slip does not hide the others.
pub(crate) fn read<T: DeserializeOwned + Inspect + Serialize>(
    text: &str,
    notation: Notation,
    inspection: Inspection<'_>,
) -> Result<T, ScenarioError> {
    let mut document = Document::parse(text, notation)?;
    let mut found = std::mem::take(&mut document.doubles);
    for _ in 0..MOST {
        match serde_path_to_error::deserialize::<_, T>(&document.value) {
            Ok(value) => {
                let read = serde_json::to_value(&value).unwrap_or_default();
                lists_for_tables(&document.value, &read, &mut Vec::new(), &mut found);
                let unread = found.iter().map(|finding| finding.path.clone()).collect::<Vec<_>>();
                let caused = |finding: &Finding| unread.iter().any(|path| follows(&finding.path, path));
                found.extend(inspection.of(&value).into_iter().filter(|finding| !caused(finding)));
                return if found.is_empty() { Ok(value) } else { Err(document.report(found)) };
            }
            Err(error) => {
                let finding = misread(error.path(), &error.inner().to_string(), &document.value);
                let removed = remove(&mut document.value, &finding.path);
                if !found.iter().any(|earlier| follows(&finding.path, &earlier.path)) {
                    found.push(finding);
                }
                if !removed {
                    break;
                }
            }
        }
    }
    Err(document.report(found))
}

/// Whether what is wrong at `path` may come of something unread that was left out.
fn follows(path: &[Step], unread: &[Step]) -> bool {
    path.starts_with(unread) || unread.split_last().is_some_and(|(_, parent)| path == parent)
}

/// The values of a text, and where they stand.
struct Document<'a> {
    text: &'a str,
    value: Value,
    place: Place,
    doubles: Vec<Finding>,
}

impl<'a> Document<'a> {
    fn parse(text: &'a str, notation: Notation) -> Result<Self, ScenarioError> {
        match notation {
            Notation::Json => {
                let value = serde_json::from_str(text).map_err(|error| not_json(text, &error))?;
                let (place, doubles) = Place::of_json(text);
                let doubles = doubles.into_iter().map(|(key, at)| Finding {
                    at: Some(at),
                    ..Finding::new(Vec::new(), format!("the key `{key}` is there twice"), "each key once")
                });
                Ok(Self { text, value, place, doubles: doubles.collect() })
            }
            Notation::Toml => {
                let table = DeTable::parse(text).map_err(|error| not_toml(text, &error))?;
                let place = Place::of_toml(table.get_ref());
                let values: toml::Table = toml::from_str(text).map_err(|error| not_toml(text, &error))?;
                Ok(Self { text, value: of_table(values), place, doubles: Vec::new() })
            }
        }
    }

    fn report(&self, found: Vec<Finding>) -> ScenarioError {
        let mistakes = found.into_iter().map(|finding| {
            let at = finding.at.unwrap_or_else(|| self.place.find(&finding.path));
            let (line, column) = position(self.text, at);
            let path = written(&finding.path);
            Mistake { path, line, column, problem: finding.problem, expected: finding.expected }
        });
        ScenarioError::new(mistakes.collect())
    }
}

fn not_json(text: &str, error: &serde_json::Error) -> ScenarioError {
    let message = error.to_string();
    let problem = message.split(" at line ").next().unwrap_or_default().to_owned();
    // The column counts bytes, and stands behind what cannot be.
    let line = error.line().max(1);
    let begun: usize = text.split_inclusive('\n').take(line - 1).map(str::len).sum();
    let (line, column) = position(text, begun + error.column().saturating_sub(1));
    ScenarioError::new(vec![Mistake { path: String::new(), line, column, problem, expected: "JSON".to_owned() }])
}

fn not_toml(text: &str, error: &toml::de::Error) -> ScenarioError {
    let (line, column) = position(text, error.span().map_or(0, |span| span.start));
    let (problem, expected) = told(error.message());
    let expected = if expected.is_empty() { "TOML".to_owned() } else { expected };
    ScenarioError::new(vec![Mistake { path: String::new(), line, column, problem, expected }])
}

/// Line and column of a byte, both from 1.
fn position(text: &str, at: usize) -> (usize, usize) {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    let before = &text[..at];
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().map_or(0, |line| line.chars().count()) + 1;
    (line, column)
}

fn of_table(table: toml::Table) -> Value {
    Value::Object(table.into_iter().map(|(key, value)| (key, of_toml(value))).collect::<Map<_, _>>())
}

/// The same value in JSON; dates and numbers that JSON lacks become text.
fn of_toml(value: toml::Value) -> Value {
    match value {
        toml::Value::Array(list) => Value::Array(list.into_iter().map(of_toml).collect()),
        toml::Value::Boolean(value) => Value::Bool(value),
        toml::Value::Datetime(date) => Value::String(date.to_string()),
        toml::Value::Float(value) => Number::from_f64(value).map_or_else(|| value.to_string().into(), Value::Number),
        toml::Value::Integer(value) => value.into(),
        toml::Value::String(text) => Value::String(text),
        toml::Value::Table(table) => of_table(table),
    }
}

/// What serde says in words for people.
fn misread(path: &Path, message: &str, value: &Value) -> Finding {
    let mut steps: Vec<Step> = path
        .iter()
        .filter_map(|segment| match segment {
            Segment::Seq { index } => Some(Step::Index(*index)),
            Segment::Map { key } => Some(Step::Key(key.clone())),
            Segment::Enum { .. } | Segment::Unknown => None,
        })
        .collect();
    let (problem, expected) = told(message);
    let named = message.strip_prefix("unknown field `").and_then(|rest| rest.split('`').next());
    if let Some(name) = named.map(|name| Step::Key(name.to_owned()))
        && steps.last() != Some(&name)
    {
        steps.push(name);
    }
    if let Some(name) = message.strip_prefix("missing field `").and_then(|rest| rest.split('`').next()) {
        return Finding::new(steps, problem, format!("the field `{name}`"));
    }
    // A path may name what is not there, such as the content of a variant.
    while resolve(value, &steps).is_none() && steps.pop().is_some() {}
    Finding::new(steps, problem, expected)
}

/// A message of serde as what is wrong and what was expected.
fn told(message: &str) -> (String, String) {
    let (problem, expected) = message.split_once(", expected ").unwrap_or((message, ""));
    let plain = match expected {
        "f64" => "a number",
        "u8" | "u16" | "u64" | "usize" => "a whole number that is not negative",
        "a sequence" => "a list",
        "a map" => "a table",
        other if other.starts_with("struct ") || other.starts_with("internally tagged enum ") => "a table",
        other => other,
    };
    let problem = problem.replace("invalid type: map", "invalid type: table");
    let problem = problem.replace("invalid type: sequence", "invalid type: list");
    (problem, plain.to_owned())
}

fn resolve<'a>(value: &'a Value, path: &[Step]) -> Option<&'a Value> {
    path.iter().try_fold(value, |value, step| match step {
        Step::Index(at) => value.get(at),
        Step::Key(key) => value.get(key),
    })
}

/// Notes the lists that stand where tables should: serde takes them for the fields of a struct in their order.
fn lists_for_tables(written: &Value, read: &Value, path: &mut Vec<Step>, found: &mut Vec<Finding>) {
    match (written, read) {
        (Value::Array(_), Value::Object(_)) => found.push(Finding::new(path.clone(), "invalid type: list", "a table")),
        (Value::Array(written), Value::Array(read)) => {
            for (at, (written, read)) in written.iter().zip(read).enumerate() {
                path.push(Step::Index(at));
                lists_for_tables(written, read, path, found);
                path.pop();
            }
        }
        (Value::Object(written), Value::Object(read)) => {
            for (key, written) in written {
                path.push(Step::Key(key.clone()));
                lists_for_tables(written, read.get(key).unwrap_or(&Value::Null), path, found);
                path.pop();
            }
        }
        _ => {}
    }
}

/// Leaves out what `path` leads to, or the list around it: the other elements of a list are to keep their numbers.
fn remove(value: &mut Value, path: &[Step]) -> bool {
    let Some(last) = path.iter().rposition(|step| matches!(step, Step::Key(_))) else {
        return false;
    };
    let parent = path[..last].iter().try_fold(value, |value, step| match step {
        Step::Index(at) => value.get_mut(at),
        Step::Key(key) => value.get_mut(key),
    });
    match (parent, &path[last]) {
        (Some(Value::Object(fields)), Step::Key(key)) => fields.remove(key).is_some(),
        _ => false,
    }
}

/// The path as people write it: `rule[0].answer[1].display`.
fn written(path: &[Step]) -> String {
    path.iter().fold(String::new(), |written, step| match step {
        Step::Index(at) => format!("{written}[{at}]"),
        Step::Key(key) if written.is_empty() => key.clone(),
        Step::Key(key) => format!("{written}.{key}"),
    })
}

/// More mistakes than anybody reads at once.
const MOST: usize = 100;
