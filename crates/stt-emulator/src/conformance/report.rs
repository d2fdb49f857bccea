//! What was asked and answered, and what that says of each rule.

use std::collections::BTreeSet;
use std::fmt::{self, Write as _};

use serde::Serialize;

use crate::config::Profile;
use crate::conformance::client::{Answer, Outcome};
use crate::conformance::expectation::{Disagreement, Expectation};
use crate::conformance::question::{Question, Unasked, rule};
use crate::rule::Evidence;
use crate::scenario::Called;
use crate::secret::{masked, shown};

/// What a target was found to do.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    target: String,
    profile: Profile,
    /// By the emulator's version the questions and the rules are known.
    version: &'static str,
    agree: usize,
    differ: usize,
    unknown: usize,
    rules: Vec<Judged>,
    questions: Vec<Asked>,
}

/// What the answers say of one rule.
#[derive(Debug, Serialize)]
struct Judged {
    id: &'static str,
    verdict: Verdict,
    evidence: Evidence,
    about: &'static str,
    /// Why nothing is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
}

/// Whether a target does as a rule says.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Verdict {
    Agrees,
    /// It could not be asked, or the answer decides nothing.
    Unknown,
    Differs,
}

/// One question and its answer, without secrets.
#[derive(Debug, Serialize)]
pub(crate) struct Asked {
    question: String,
    rules: Vec<String>,
    verdict: Verdict,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    differences: Vec<Disagreement>,
    /// The method and the URL.
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<Kept>,
}

/// An answer as it is kept.
#[derive(Debug, Serialize)]
struct Kept {
    status: u16,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    interim: Vec<u16>,
    headers: Vec<(String, String)>,
    body: String,
    milliseconds: u128,
}

/// What came of one question.
#[derive(Debug)]
pub(crate) struct Finding {
    verdict: Verdict,
    why: Option<String>,
    differences: Vec<Disagreement>,
    request: Option<String>,
    answer: Option<Answer>,
}

impl Finding {
    /// Nothing: it was not asked.
    pub(crate) fn unknown(why: String) -> Self {
        Self { verdict: Verdict::Unknown, why: Some(why), differences: Vec::new(), request: None, answer: None }
    }

    /// What the disagreements with an answer say.
    pub(crate) fn of(differences: Vec<Disagreement>, asked: (String, Outcome), expected: &Expectation) -> Self {
        let (request, outcome) = asked;
        let mut why = None;
        let verdict = match &outcome {
            Outcome::Unreachable(cause) => {
                why = Some(format!("no connection: {cause}"));
                Verdict::Unknown
            }
            Outcome::Answered(answer) if answer.status == 429 && !expected.status.contains(&429) => {
                why = Some("too many requests: --delay waits longer between them".to_owned());
                Verdict::Unknown
            }
            _ if differences.is_empty() => Verdict::Agrees,
            _ => Verdict::Differs,
        };
        let answer = match outcome {
            Outcome::Answered(answer) => Some(answer),
            Outcome::Unanswered(_) | Outcome::Unreachable(_) => None,
        };
        let differences = if verdict == Verdict::Differs { differences } else { Vec::new() };
        Self { verdict, why, differences, request: Some(request), answer }
    }
}

impl Asked {
    /// A question with what came of it; neither `key` nor a token is kept.
    pub(crate) fn of(question: &Question, finding: Finding, key: &str) -> Self {
        let safe = |text: &str| masked(text, key).into_owned();
        let Finding { verdict, why, differences, request, answer } = finding;
        let differences = differences.into_iter().map(|it| Disagreement { got: safe(&it.got), ..it });
        let answer = answer.map(|answer| Kept {
            status: answer.status,
            interim: answer.interim,
            headers: answer.headers.into_iter().map(|(name, value)| (name, safe(&value))).collect(),
            body: match question.ask.operation == Called::Token && answer.status == 200 {
                true => shown(String::from_utf8_lossy(&answer.body).trim()),
                false => safe(&String::from_utf8_lossy(&answer.body)),
            },
            milliseconds: answer.took.as_millis(),
        });
        Self {
            question: question.name.clone(),
            rules: question.rules.clone(),
            verdict,
            why,
            differences: differences.collect(),
            request,
            answer,
        }
    }
}

impl Report {
    /// The report on questions of which only those about some rules were wanted, unless all were.
    pub(crate) fn of(
        target: &str,
        profile: Profile,
        questions: Vec<Asked>,
        unasked: &[Unasked],
        only: &BTreeSet<String>,
    ) -> Self {
        let mut rules: Vec<Judged> = Vec::new();
        let mut judge = |id: &str, verdict: Verdict, why: Option<&String>| {
            if !only.is_empty() && !only.contains(id) {
                return;
            }
            let Some(rule) = rule(id) else { return };
            let at = rules.iter().position(|judged| judged.id == id).unwrap_or(rules.len());
            if at == rules.len() {
                let (id, evidence, about) = (rule.id, rule.evidence, rule.about);
                rules.push(Judged { id, verdict: Verdict::Agrees, evidence, about, why: None });
            }
            let judged = &mut rules[at];
            if judged.verdict < verdict {
                judged.verdict = verdict;
                judged.why = why.cloned();
            }
        };
        for asked in &questions {
            asked.rules.iter().for_each(|id| judge(id, asked.verdict, asked.why.as_ref()));
        }
        for unasked in unasked {
            judge(&unasked.rule, Verdict::Unknown, Some(&unasked.why));
        }
        let count = |verdict| rules.iter().filter(|judged| judged.verdict == verdict).count();
        Self {
            target: target.to_owned(),
            profile,
            version: env!("CARGO_PKG_VERSION"),
            agree: count(Verdict::Agrees),
            differ: count(Verdict::Differs),
            unknown: count(Verdict::Unknown),
            rules,
            questions,
        }
    }

    /// Whether some answer is another than expected.
    pub(crate) fn differs(&self) -> bool {
        0 < self.differ
    }

    pub(crate) fn json(&self) -> String {
        serde_json::to_string_pretty(self).expect("texts and numbers") + "\n"
    }
}

/// One line a rule, what differs below it, and a summary.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Judged { id, verdict, evidence, why, .. } in &self.rules {
            writeln!(f, "{verdict:<8}{id:<31}{}", evidence.name())?;
            if let Some(why) = why {
                writeln!(f, "        {why}")?;
            }
            let asked = self.questions.iter().filter(|asked| asked.rules.iter().any(|rule| rule == id));
            for asked in asked.filter(|asked| !asked.differences.is_empty()) {
                writeln!(f, "        {}", asked.question)?;
                for Disagreement { at, expected, got } in &asked.differences {
                    writeln!(f, "          {at}: expected {expected}, got {got}")?;
                }
            }
        }
        let Self { agree, differ, unknown, target, .. } = self;
        let mut line = format!("{} rules at {target}: {agree} agree, {differ} differ", self.rules.len());
        write!(line, ", {unknown} unknown")?;
        writeln!(f, "{line}")
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Agrees => "agrees",
            Self::Differs => "differs",
            Self::Unknown => "unknown",
        })
    }
}
