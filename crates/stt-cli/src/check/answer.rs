//! What is said of one input, for people and for programs.

use serde::Serialize;
use stt_audio::{Codec, Container, Cure, Inspection, Length, Limits, Reason, Verdict, shell_names};
use stt_transcript::escape_in_json;

use crate::{audio::DOCUMENTED_RATE, inputs::Input, problem::Problem};

/// What is said of one input.
pub(super) struct Answer {
    asked: Asked,
    input: String,
    known: Result<Known, String>,
}

/// What the audio is for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked {
    pub(super) by_assess: bool,
}

/// What is known of an input that could be read.
struct Known {
    inspection: Inspection,
    /// Why the service would not take it as it is; empty when it would.
    reasons: Vec<ReasonJson>,
    action: Action,
}

/// What `stt` would do with an input.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Action {
    AsIs,
    Convert,
    ConvertAndSplit,
    NewHeader,
    Refuse,
    Split,
}

#[derive(Serialize)]
struct AnswerJson<'a> {
    schema: &'static str,
    input: &'a str,
    container: Option<String>,
    codec: Option<String>,
    rate: Option<u32>,
    channels: Option<u16>,
    bits: Option<u16>,
    length: LengthJson,
    accepted: bool,
    reasons: &'a [ReasonJson],
    warnings: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    assess: Option<Action>,
    #[serde(skip_serializing_if = "Option::is_none")]
    transcribe: Option<Action>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
}

#[derive(Serialize)]
struct ReasonJson {
    kind: &'static str,
    message: String,
    cure: &'static str,
    fix: Option<String>,
}

#[derive(Serialize)]
struct LengthJson {
    ms: Option<u128>,
    certainty: &'static str,
}

impl Answer {
    pub(super) fn of(input: &Input, inspection: Inspection, asked: Asked) -> Self {
        let name = input.name();
        let verdict = inspection.verdict(asked.limits());
        let reasons = match &verdict {
            Verdict::Accepted(_) => Vec::new(),
            Verdict::NewHeader(_) => vec![ReasonJson::new_header(&name)],
            Verdict::Refused(reasons) => reasons.iter().map(|reason| ReasonJson::of(reason, &name)).collect(),
        };
        let action = Action::on(&inspection, &verdict, *input == Input::Stdin, asked);
        Self { asked, input: name, known: Ok(Known { inspection, reasons, action }) }
    }

    pub(super) fn unreadable(input: &Input, problem: &Problem, asked: Asked) -> Self {
        Self { asked, input: input.name(), known: Err(problem.what().to_owned()) }
    }

    /// Whether the service would take it as it is.
    pub(super) fn is_accepted(&self) -> bool {
        self.known.as_ref().is_ok_and(|known| known.reasons.is_empty())
    }

    /// For people; nothing for what could not be read, which is said elsewhere.
    pub(super) fn lines(&self) -> Vec<String> {
        let Ok(Known { inspection, reasons, action }) = &self.known else { return Vec::new() };
        let mut lines = vec![format!("{}: {inspection}", self.input)];
        if reasons.is_empty() {
            lines.push("  accepted: the service takes it as it is".to_owned());
        }
        lines.extend(reasons.iter().map(|reason| format!("  refused: {}", reason.message)));
        lines.extend(inspection.warnings.iter().map(|warning| format!("  warning: {warning}")));
        let mut fixes: Vec<&str> = reasons.iter().filter_map(|reason| reason.fix.as_deref()).collect();
        fixes.dedup();
        lines.extend(fixes.iter().map(|fix| format!("  fix: {fix}")));
        if *action != Action::AsIs {
            lines.push(format!("  {}: {}", self.asked.command(), action.sentence()));
        }
        lines
    }

    /// For programs: one line, in which nothing stands that a terminal would obey.
    pub(super) fn to_json(&self) -> String {
        let known = self.known.as_ref().ok();
        let inspection = known.map(|known| &known.inspection);
        let action = known.map(|known| known.action);
        let json = AnswerJson {
            schema: "stt.check/1",
            input: &self.input,
            container: inspection
                .map(|found| found.container)
                .filter(|kind| *kind != Container::Unknown)
                .map(|kind| kind.to_string()),
            codec: inspection
                .map(|found| found.codec)
                .filter(|codec| *codec != Codec::Unknown)
                .map(|codec| codec.to_string()),
            rate: inspection.and_then(|found| found.rate),
            channels: inspection.and_then(|found| found.channels),
            bits: inspection.and_then(|found| found.bits),
            length: LengthJson::of(inspection.map_or(Length::Unknown, |found| found.length)),
            accepted: self.is_accepted(),
            reasons: known.map_or(&[], |known| &known.reasons),
            warnings: inspection
                .map_or_else(Vec::new, |found| found.warnings.iter().map(ToString::to_string).collect()),
            assess: action.filter(|_| self.asked.by_assess),
            transcribe: action.filter(|_| !self.asked.by_assess),
            error: self.known.as_ref().err().map(String::as_str),
        };
        let json = serde_json::to_string(&json).expect("texts, numbers and lists are always JSON");
        escape_in_json(&json).into_owned()
    }
}

impl Asked {
    fn limits(self) -> Limits {
        if self.by_assess { Limits::ASSESSMENT } else { Limits::RECOGNITION }
    }

    fn command(self) -> &'static str {
        if self.by_assess { "stt assess" } else { "stt transcribe" }
    }
}

impl Action {
    fn on(inspection: &Inspection, verdict: &Verdict, is_stream: bool, asked: Asked) -> Self {
        let (converts, is_too_long) = match verdict {
            Verdict::Refused(reasons) => {
                let cures: Vec<Cure> = reasons.iter().map(Reason::cure).collect();
                let is_too_long = cures.contains(&Cure::Split);
                if cures.iter().any(|cure| !matches!(cure, Cure::Convert | Cure::Split)) {
                    return Self::Refuse;
                }
                if is_too_long && asked.by_assess {
                    return Self::Refuse;
                }
                (cures.contains(&Cure::Convert), is_too_long)
            }
            // What the service is only guessed to take is made what it documents.
            _ => (inspection.wav().is_some_and(|wav| wav.rate != DOCUMENTED_RATE), false),
        };
        let may_be_long = match inspection.length {
            Length::Estimated(length) | Length::Exact(length) => asked.limits().longest() < length,
            Length::Unknown => is_stream,
        };
        // What is converted while it arrives is cut from its first pause on; Ogg is read to its end first.
        let is_live = is_stream && converts && inspection.container != Container::Ogg;
        let splits = !asked.by_assess && (is_too_long || may_be_long || is_live);
        match (converts, splits) {
            (true, true) => Self::ConvertAndSplit,
            (true, false) => Self::Convert,
            (false, true) => Self::Split,
            (false, false) if matches!(verdict, Verdict::NewHeader(_)) => Self::NewHeader,
            (false, false) => Self::AsIs,
        }
    }

    const fn sentence(self) -> &'static str {
        match self {
            Self::AsIs => "sends it as it is",
            Self::Convert => "converts it to 16 kHz mono",
            Self::ConvertAndSplit => "converts it to 16 kHz mono and cuts it in its pauses",
            Self::NewHeader => "sends the samples behind a true header",
            Self::Refuse => "refuses it",
            Self::Split => "cuts it in its pauses",
        }
    }
}

impl ReasonJson {
    fn of(reason: &Reason, input: &str) -> Self {
        Self { kind: reason.word(), message: reason.to_string(), cure: reason.cure().word(), fix: fix(reason, input) }
    }

    fn new_header(input: &str) -> Self {
        Self {
            kind: "new_header",
            message: "the samples are right, the header is not the plain and true one that is documented".to_owned(),
            cure: "new_header",
            fix: convert("", input),
        }
    }
}

impl LengthJson {
    const fn of(length: Length) -> Self {
        match length {
            Length::Estimated(length) => Self { ms: Some(length.as_millis()), certainty: "estimated" },
            Length::Exact(length) => Self { ms: Some(length.as_millis()), certainty: "exact" },
            Length::Unknown => Self { ms: None, certainty: "unknown" },
        }
    }
}

/// The command that helps: this program's own where it can.
pub(crate) fn fix(reason: &Reason, input: &str) -> Option<String> {
    match reason.cure() {
        Cure::Convert => convert("", input),
        // What people hand in most often, of what nobody can tell from other data.
        Cure::Describe => convert("--raw 16000:16:1 ", input),
        _ => reason.fix(input),
    }
}

fn convert(flags: &str, input: &str) -> Option<String> {
    let [from, to] = shell_names(input, "-16k.wav")?;
    Some(format!("stt convert {flags}{from} -o {to}"))
}
