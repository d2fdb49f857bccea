//! `stt transcribe`: the texts of all inputs, in their order.

use std::sync::Arc;

use stt_audio::Limits;
use stt_auth::Resource;
use stt_model::Language;
use stt_transcript::Transcript;

use crate::{
    args::{OutputFormat, TranscribeArgs},
    batch::{self, Dropped, Panicked},
    brake::Brake,
    connect::{Connection, connect},
    environment::Environment,
    inputs::{Input, Inputs},
    output::Output,
    preview::{Preview, Previewed},
    problem::Problem,
    request,
    session::Outcome,
    silence, stdin,
};

/// Does what was asked for; what cannot even be begun is returned.
pub(crate) async fn run(args: &TranscribeArgs, environment: &Environment, output: &mut Output) -> Result<(), Problem> {
    let language = request::language(&args.recognition, environment)?;
    let inputs = Inputs::find(&args.inputs)?;
    check(args, &inputs)?;
    let connection = connect(&args.service, environment, !inputs.has_stdin(), output).await?;
    let recognize = request::recognize(&args.recognition, &language).format(args.format);
    connection.check(&recognize)?;
    output.write_to(args.output.as_deref(), inputs.paths().chain(args.service.files()))?;
    if let Some(preview) = Preview::of(args.preview) {
        let limits = Limits::RECOGNITION;
        let resource = &connection.resource;
        let previewed = Previewed { call: &args.call, limits, preview, recognize: &recognize, resource };
        return previewed.all(inputs, output).await;
    }
    let session = Arc::new(connection.session(recognize, &args.call, Limits::RECOGNITION)?);
    let work = |input: Input| {
        let session = Arc::clone(&session);
        async move { session.run(input).await }
    };
    let mut brake = Brake::default();
    let mut report = Report::new(args, language, &connection, inputs.several, output);
    let list = inputs.list.clone();
    let begun = batch::in_order(
        inputs.list,
        args.jobs.into(),
        work,
        |outcome| brake.judge(outcome.as_ref().ok()),
        |place, outcome| report.one(&outcome.unwrap_or_else(|Panicked| Outcome::internal(list[place].clone()))),
    )
    .await;
    report.summary(&brake, &list[begun..]);
    Ok(())
}

/// What can be known to be wrong before anything is opened.
fn check(args: &TranscribeArgs, inputs: &Inputs) -> Result<(), Problem> {
    if args.output_format == OutputFormat::Json && inputs.several {
        return Err(Problem::usage("-f json is for one input; for several there is -f ndjson, one object a line"));
    }
    if inputs.has_stdin() { stdin::check(&args.call) } else { Ok(()) }
}

/// Tells what became of each input, and in the end of all.
struct Report<'a> {
    allow_empty: bool,
    format: OutputFormat,
    language: Language,
    output: &'a mut Output,
    resource: Resource,
    several: bool,
    with_words: usize,
    without_words: usize,
    failed: usize,
    /// Whether new tokens could not be had when that was last said.
    troubled: bool,
}

impl<'a> Report<'a> {
    fn new(
        args: &TranscribeArgs,
        language: Language,
        connection: &Connection,
        several: bool,
        output: &'a mut Output,
    ) -> Self {
        Self {
            allow_empty: args.allow_empty,
            format: args.output_format,
            language,
            output,
            resource: connection.resource.clone(),
            several,
            with_words: 0,
            without_words: 0,
            failed: 0,
            troubled: false,
        }
    }

    fn one(&mut self, outcome: &Outcome) -> Result<(), Dropped> {
        let subject = outcome.input.subject();
        for warning in &outcome.warnings {
            self.output.note(&format!("{subject}: {warning}"));
        }
        let mut transcript = Transcript::new(outcome.input.name(), self.language.clone(), vec![outcome.segment()]);
        if let Some(length) = outcome.length {
            transcript = transcript.audio(length);
        }
        let has_words = transcript.has_words();
        let written = match self.format {
            OutputFormat::Json | OutputFormat::Ndjson => self.output.lines(&transcript.to_json()),
            OutputFormat::Text if !has_words => Ok(()),
            OutputFormat::Text if self.several => {
                let text = transcript.text().replace(['\r', '\n'], " ");
                self.output.text_line(&format!("{}: {text}", outcome.input.name()))
            }
            OutputFormat::Text => self.output.text_line(&transcript.text()),
        };
        match &outcome.result {
            Err(failed) => {
                self.failed += 1;
                self.output.problem(&failed.problem);
            }
            Ok(_) if has_words => self.with_words += 1,
            Ok(reply) => {
                self.without_words += 1;
                let problem = silence::problem(&reply.recognition, &subject, &self.language);
                if self.allow_empty { self.output.allowed(&problem) } else { self.output.problem(&problem) }
            }
        }
        if let Some(not_sent) = &outcome.not_sent {
            self.output.notice(not_sent);
        }
        self.output.detail(&outcome.detail());
        self.trouble();
        written.map_err(|_| Dropped)
    }

    /// Says once that the token at hand cannot be replaced, and once that this is over.
    fn trouble(&mut self) {
        let said = match (self.resource.trouble(), self.troubled) {
            (Some(error), false) => format!("warning: {error}; the old token is used while it lives"),
            (None, true) => "there is a new access token".to_owned(),
            (Some(_), true) | (None, false) => return,
        };
        self.output.note(&said);
        self.troubled = !self.troubled;
    }

    fn summary(&mut self, brake: &Brake, not_tried: &[Input]) {
        if self.output.is_unread() {
            return;
        }
        brake.tell(not_tried, self.output);
        if self.several && (0 < self.failed || 0 < self.without_words || !not_tried.is_empty()) {
            let inputs = self.with_words + self.without_words + self.failed + not_tried.len();
            self.output.note(&format!(
                "{inputs} inputs: {} with words, {} without, {} failed, {} not tried",
                self.with_words,
                self.without_words,
                self.failed,
                not_tried.len()
            ));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io::{self, Write},
        sync::Mutex,
        time::Duration,
    };

    use http::Response;
    use stt_auth::{Access, Authorization, Lease, Now};

    use super::*;

    #[derive(Clone, Default)]
    struct Said(Arc<Mutex<Vec<u8>>>);

    impl Write for Said {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_token_that_cannot_be_replaced_is_one_warning_until_it_can() {
        let key = "0123456789abcdef0123456789abcdef".parse().unwrap();
        let resource = Resource::of("westus".parse().unwrap(), Authorization::Token(key)).unwrap();
        let at = |seconds| Now::new(Duration::from_secs(seconds), Duration::from_secs(1_790_000_000 + seconds));
        let lease = |seconds| -> Lease {
            let Access::Refresh(lease) = resource.access(at(seconds)) else { panic!("a token is due") };
            lease
        };
        lease(0).answered(Response::new("header.payload.signature"), at(0));
        let said = Said::default();
        let mut output = Output::talking_to(said.clone());
        let mut report = Report {
            allow_empty: false,
            format: OutputFormat::Text,
            language: Language::EN_US,
            output: &mut output,
            resource: resource.clone(),
            several: true,
            with_words: 0,
            without_words: 0,
            failed: 0,
            troubled: false,
        };
        report.trouble();
        lease(541).answered(Response::builder().status(503).body("").unwrap(), at(541));
        report.trouble();
        report.trouble();
        lease(580).answered(Response::new("header.payload.signature2"), at(580));
        report.trouble();
        report.trouble();
        let said = String::from_utf8(said.0.lock().unwrap().clone()).unwrap();
        let lines: Vec<&str> = said.lines().collect();
        assert_eq!(lines.len(), 2, "{said}");
        assert!(
            lines[0].starts_with("warning: ") && lines[0].ends_with("; the old token is used while it lives"),
            "{said}"
        );
        assert_eq!(lines[1], "there is a new access token");
    }
}
