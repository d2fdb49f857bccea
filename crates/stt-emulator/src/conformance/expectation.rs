//! What the answer to a question must be.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use crate::conformance::client::{Answer, Outcome};
use crate::scenario::{Pattern, like};
use crate::scoring::total;

/// What must be true of an answer, all of it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Expectation {
    /// The status, or a list of those that will do; an empty list is no answer at all.
    #[serde(deserialize_with = "statuses")]
    pub(crate) status: Vec<u16>,
    /// Header fields: `true` and `false` ask whether they are there.
    headers: BTreeMap<String, Pattern>,
    /// The whole body as text, in which each `*` stands for anything.
    body: Option<String>,
    /// What the JSON of the body has among other things. In a text each `*` stands for anything, and a text `*` for
    /// any value; `{first}` and `{said}` stand for the first of the words that were said and for all of them, whatever
    /// their case and punctuation.
    json: Option<Value>,
    /// JSON pointers to what the body must not have.
    absent: Vec<String>,
    /// What must not stand in the body, whatever its case.
    hides: Option<String>,
    /// Whether the body is a token that says when it ends.
    token: bool,
    /// Whether `PronScore` must follow from the other scores by Microsoft's published weights.
    weights: bool,
    /// Whether `100 Continue` must come before the answer, or must not.
    interim: Option<bool>,
}

/// One thing that is not as it was expected.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub(crate) struct Disagreement {
    /// Where: `status`, a header, a JSON pointer.
    pub(crate) at: String,
    pub(crate) expected: String,
    pub(crate) got: String,
}

/// The words of a request.
#[derive(Clone, Debug, Default)]
pub(crate) struct Words {
    pub(crate) first: String,
    pub(crate) said: String,
}

impl Expectation {
    /// Whether no answer at all is expected.
    pub(crate) fn is_silence(&self) -> bool {
        self.status.is_empty()
    }

    /// What is not as expected of the answer to a request with these words.
    pub(crate) fn disagreements(&self, outcome: &Outcome, words: &Words) -> Vec<Disagreement> {
        let answer = match outcome {
            Outcome::Answered(answer) => answer,
            Outcome::Unanswered(_) if self.is_silence() => return Vec::new(),
            Outcome::Unanswered(why) | Outcome::Unreachable(why) => {
                return vec![disagreement("status", self.statuses(), format!("no answer: {why}"))];
            }
        };
        let mut found = Vec::new();
        if !self.status.contains(&answer.status) {
            found.push(disagreement("status", self.statuses(), answer.status.to_string()));
        }
        for (name, pattern) in &self.headers {
            let value = answer.header(name);
            if !pattern.fits(value) {
                let got = value.unwrap_or("no such header").to_owned();
                found.push(disagreement(name, told(pattern), got));
            }
        }
        let text = String::from_utf8_lossy(&answer.body);
        if let Some(body) = self.body.as_ref().filter(|body| !like(body, text.trim_end())) {
            found.push(disagreement("body", body.clone(), shortened(&text)));
        }
        if let Some(hidden) = self.hides.as_ref().filter(|hidden| text.to_lowercase().contains(&hidden.to_lowercase()))
        {
            found.push(disagreement("body", format!("nothing of {hidden:?}"), shortened(&text)));
        }
        if self.token && !is_token(text.trim()) {
            // Whatever it is, it may be a secret.
            let got = format!("{} bytes that are none", text.len());
            found.push(disagreement("body", "a token of three parts, the second of which has `exp`".to_owned(), got));
        }
        if let Some(wanted) = self.interim.filter(|wanted| *wanted != answer.interim.contains(&100)) {
            let said = |said: bool| if said { "100 Continue first" } else { "no 100 Continue" }.to_owned();
            found.push(disagreement("interim answers", said(wanted), said(!wanted)));
        }
        if self.json.is_some() || !self.absent.is_empty() || self.weights {
            match serde_json::from_slice(&answer.body) {
                Ok(json) => self.compare_json(&json, words, &mut found),
                Err(_) => found.push(disagreement("body", "JSON".to_owned(), shortened(&text))),
            }
        }
        found
    }

    fn compare_json(&self, json: &Value, words: &Words, found: &mut Vec<Disagreement>) {
        if let Some(expected) = &self.json {
            compare("", expected, Some(json), words, found);
        }
        for pointer in &self.absent {
            if let Some(value) = json.pointer(pointer) {
                found.push(disagreement(pointer, "nothing".to_owned(), shortened(&value.to_string())));
            }
        }
        if self.weights {
            found.extend(weighed(json));
        }
    }

    fn statuses(&self) -> String {
        match self.status.as_slice() {
            [] => "no answer".to_owned(),
            statuses => statuses.iter().map(u16::to_string).collect::<Vec<_>>().join(" or "),
        }
    }
}

impl Answer {
    /// The first header field of this name.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let field = self.headers.iter().find(|(other, _)| other.eq_ignore_ascii_case(name));
        field.map(|(_, value)| value.as_str())
    }
}

/// Compares what is expected with what is there, field by field.
fn compare(at: &str, expected: &Value, got: Option<&Value>, words: &Words, found: &mut Vec<Disagreement>) {
    match (expected, got) {
        (Value::Object(fields), Some(Value::Object(there))) => {
            for (name, value) in fields {
                compare(&format!("{at}/{name}"), value, there.get(name), words, found);
            }
        }
        (Value::Array(items), Some(Value::Array(there))) => {
            for (place, item) in items.iter().enumerate() {
                compare(&format!("{at}/{place}"), item, there.get(place), words, found);
            }
        }
        (Value::String(pattern), Some(value)) if fits(pattern, value, words) => {}
        (expected, Some(value)) if expected == value => {}
        (expected, got) => {
            let got = got.map_or_else(|| "nothing".to_owned(), |value| shortened(&value.to_string()));
            let place = if at.is_empty() { "body" } else { at };
            found.push(disagreement(place, filled(expected, words), got));
        }
    }
}

fn fits(pattern: &str, value: &Value, words: &Words) -> bool {
    match (pattern, value) {
        ("*", _) => true,
        ("{first}", Value::String(text)) => plain(text) == plain(&words.first),
        ("{said}", Value::String(text)) => plain(text) == plain(&words.said),
        (_, Value::String(text)) => like(pattern, text),
        _ => false,
    }
}

fn filled(expected: &Value, words: &Words) -> String {
    match expected.as_str() {
        Some("*") => "anything".to_owned(),
        Some("{first}") => format!("{:?} in any form", words.first),
        Some("{said}") => format!("{:?} in any form", words.said),
        _ => expected.to_string(),
    }
}

/// The words of a text alone: services write numbers, case and punctuation each in their own way.
pub(crate) fn plain(text: &str) -> String {
    let letters = text.to_lowercase().replace(|c: char| !c.is_alphanumeric(), " ");
    letters.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a text is a JSON Web Token with the claim `exp`.
fn is_token(text: &str) -> bool {
    let parts = text.split('.').map(|part| URL_SAFE_NO_PAD.decode(part.trim_end_matches('=')));
    let Ok(parts) = parts.collect::<Result<Vec<_>, _>>() else { return false };
    let [_, claims, _] = parts.as_slice() else { return false };
    serde_json::from_slice::<Map<String, Value>>(claims).is_ok_and(|claims| claims.contains_key("exp"))
}

/// Where the total is not what its parts make.
fn weighed(json: &Value) -> Option<Disagreement> {
    let score = |name: &str| json.pointer(&format!("/NBest/0/{name}")).and_then(Value::as_f64);
    let parts = ["AccuracyScore", "FluencyScore", "CompletenessScore", "ProsodyScore"].map(score);
    let parts = parts.into_iter().flatten().collect::<Vec<_>>();
    let expected = total(&parts);
    let Some(told) = score("PronScore") else {
        return Some(disagreement("/NBest/0/PronScore", format!("{expected:.1}"), "nothing".to_owned()));
    };
    let differs = TOLERANCE < (told - expected).abs();
    differs.then(|| disagreement("/NBest/0/PronScore", format!("{expected:.1}"), told.to_string()))
}

fn disagreement(at: &str, expected: String, got: String) -> Disagreement {
    Disagreement { at: at.to_owned(), expected, got }
}

fn told(pattern: &Pattern) -> String {
    match pattern {
        Pattern::Present(true) => "any value".to_owned(),
        Pattern::Present(false) => "no such header".to_owned(),
        Pattern::Text(text) => text.clone(),
    }
}

fn shortened(text: &str) -> String {
    let mut short = text.chars().take(SHOWN).collect::<String>();
    if short.len() < text.len() {
        short.push('…');
    }
    if short.is_empty() { "nothing".to_owned() } else { short }
}

fn statuses<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u16>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Statuses {
        One(u16),
        Some(Vec<u16>),
    }
    Ok(match Statuses::deserialize(deserializer)? {
        Statuses::One(status) => vec![status],
        Statuses::Some(statuses) => statuses,
    })
}

/// The published totals are rounded to one decimal, and so may their parts be.
const TOLERANCE: f64 = 0.1;

/// How many characters of an answer stand in a line.
const SHOWN: usize = 200;

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Expectation, Words};
    use crate::conformance::client::{Answer, Outcome};

    fn answered(status: u16, body: &str) -> Outcome {
        let headers = vec![("Content-Type".to_owned(), "application/json".to_owned())];
        let body = body.as_bytes().to_vec();
        Outcome::Answered(Answer { status, headers, body, interim: vec![100], took: Duration::ZERO })
    }

    /// Where the answer 200 with this body disagrees, with what was expected and what came.
    fn check(expectation: &str, body: &str) -> Vec<String> {
        let expectation: Expectation = toml::from_str(expectation).expect("an expectation");
        let words = Words { first: "Good".to_owned(), said: "Good morning.".to_owned() };
        let found = expectation.disagreements(&answered(200, body), &words);
        found.into_iter().map(|it| format!("{}: {} / {}", it.at, it.expected, it.got)).collect()
    }

    #[test]
    fn an_answer_that_is_as_expected_agrees() {
        let expectation = r#"
            status = [200, 204]
            headers = { content-type = "application/*", x-none = false }
            body = "{*}"
            json = { A = 5, B = "{said}", C = [{ D = "x*" }], E = "*" }
            absent = ["/F", "/C/1"]
            interim = true
        "#;
        let body = r#"{"A":5,"B":"good morning","C":[{"D":"xyz","G":1}],"E":[],"H":null}"#;
        assert_eq!(check(expectation, body), Vec::<String>::new());
    }

    #[test]
    fn each_thing_that_differs_is_told_with_its_place() {
        let cases = [
            ("status = 400", "{}", "status: 400 / 200"),
            ("status = []", "{}", "status: no answer / 200"),
            ("status = 200\nheaders = { content-type = \"text/*\" }", "", "content-type: text/* / application/json"),
            ("status = 200\nheaders = { retry-after = true }", "", "retry-after: any value / no such header"),
            ("status = 200\nbody = \"{}\"", "{ }", "body: {} / { }"),
            ("status = 200\nhides = \"damn\"", "Damn!", "body: nothing of \"damn\" / Damn!"),
            ("status = 200\njson = {}", "<html>", "body: JSON / <html>"),
            ("status = 200\njson = {}", "[]", "body: {} / []"),
            ("status = 200\njson = { A = { B = 5 } }", r#"{"A":{"B":"5"}}"#, r#"/A/B: 5 / "5""#),
            ("status = 200\njson = { A = \"*\" }", "{}", "/A: anything / nothing"),
            ("status = 200\njson = { A = \"{first}\" }", r#"{"A":"Bad"}"#, r#"/A: "Good" in any form / "Bad""#),
            ("status = 200\nabsent = [\"/A\"]", r#"{"A":1}"#, "/A: nothing / 1"),
            ("status = 200\ninterim = false", "", "interim answers: no 100 Continue / 100 Continue first"),
        ];
        for (expectation, body, expected) in cases {
            assert_eq!(check(expectation, body), [expected], "{expectation}");
        }
    }

    #[test]
    fn a_token_says_when_it_ends() {
        // {"exp":1} and {"iat":1}.
        assert!(check("status = 200\ntoken = true", "e30.eyJleHAiOjF9.YQ").is_empty());
        for body in ["e30.eyJpYXQiOjF9.YQ", "e30.eyJleHAiOjF9", "opaque", "\"e30.eyJleHAiOjF9.YQ\""] {
            let found = check("status = 200\ntoken = true", body);
            assert!(found.len() == 1 && !found[0].contains(body), "{found:?}");
        }
    }

    #[test]
    fn the_total_of_scores_follows_the_published_weights() {
        // The sample of the REST page: accuracy 100, fluency 74, completeness 100 make 84.4.
        let body = |total: &str| {
            format!(r#"{{"NBest":[{{"AccuracyScore":100,"FluencyScore":74,"CompletenessScore":100,{total}}}]}}"#)
        };
        let weights = "status = 200\nweights = true";
        assert!(check(weights, &body(r#""PronScore":84.4"#)).is_empty());
        assert_eq!(check(weights, &body(r#""PronScore":84.6"#)), ["/NBest/0/PronScore: 84.4 / 84.6"]);
        assert_eq!(check(weights, &body(r#""X":1"#)), ["/NBest/0/PronScore: 84.4 / nothing"]);
    }

    #[test]
    fn no_answer_is_what_may_be_expected() {
        let silence: Expectation = toml::from_str("status = []").expect("an expectation");
        let none = Outcome::Unanswered("nothing came".to_owned());
        assert!(silence.disagreements(&none, &Words::default()).is_empty());
        let some: Expectation = toml::from_str("status = 408").expect("an expectation");
        let found = some.disagreements(&none, &Words::default());
        assert_eq!(found[0].got, "no answer: nothing came");
    }
}
