//! `stt transcribe`: the texts of all inputs, in their order.

use std::sync::Arc;

use stt_auth::Resource;
use stt_model::Language;
use stt_transcript::Format;

use crate::{
    args::TranscribeArgs,
    batch::{self, Dropped, Panicked, Told},
    brake::Brake,
    connect::{Connection, connect},
    environment::Environment,
    exit::Exit,
    heard::Heard,
    inputs::{Input, Inputs},
    output::Output,
    preview::{Preview, Previewed},
    problem::Problem,
    request,
    session::{Event, Outcome},
    shaping::Shaping,
    silence, stdin,
    writing::Writing,
};

/// Does what was asked for; what cannot even be begun is returned.
pub(crate) async fn run(args: &TranscribeArgs, environment: &Environment, output: &mut Output) -> Result<(), Problem> {
    let language = request::language(&args.recognition, environment, args.service.key.emulator)?;
    let inputs = Inputs::find(&args.inputs)?;
    check(args, &inputs)?;
    let shaping = Shaping::of(args.audio, args.split, args.output_format.is_captions())?;
    let connection = connect(&args.service, environment, !inputs.has_stdin(), output).await?;
    let mut recognize = request::recognize(&args.recognition, &language).format(args.format);
    if args.output_format.is_captions() && !args.recognition.query.iter().any(|(name, _)| name == WORD_TIMES) {
        recognize = recognize.query(WORD_TIMES, "true");
    }
    connection.check(&recognize)?;
    output.write_to(args.output.as_deref(), inputs.paths().chain(args.service.files()))?;
    if let Some(preview) = Preview::of(args.preview) {
        let resource = &connection.resource;
        let previewed = Previewed { call: &args.call, preview, recognize: &recognize, resource, shaping };
        return previewed.all(inputs, output).await;
    }
    let session = Arc::new(connection.session(recognize, &args.call, shaping, args.jobs)?);
    let work = |input: Input, teller| Arc::clone(&session).run(input, teller);
    let list = inputs.list.clone();
    let mut report = Report::new(args, language, &connection, inputs.several, output);
    let begun = batch::in_order(
        inputs.list,
        args.jobs.into(),
        work,
        |_| session.flow(),
        |place, told| report.told(&list[place], told),
    )
    .await;
    report.summary(&session.brake(), &list[begun..]);
    Ok(())
}

/// What can be known to be wrong before anything is opened.
fn check(args: &TranscribeArgs, inputs: &Inputs) -> Result<(), Problem> {
    if inputs.several && !matches!(args.output_format, Format::Ndjson | Format::Text) {
        let format = args.output_format;
        let what = format!("-f {format} is for one input; for several there is -f ndjson, one object a line");
        return Err(Problem::usage(what));
    }
    if inputs.has_stdin() { stdin::check(&args.call) } else { Ok(()) }
}

/// Tells what became of each input, and in the end of all.
struct Report<'a> {
    allow_empty: bool,
    language: Language,
    output: &'a mut Output,
    resource: Resource,
    several: bool,
    /// What is written of the input whose turn it is.
    writing: Writing,
    with_words: usize,
    without_words: usize,
    failed: usize,
    /// Whether it was said that there are other ways for long audio.
    is_long_said: bool,
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
            writing: Writing::new(args.output_format, args.captions.layout(), &language, several),
            language,
            output,
            resource: connection.resource.clone(),
            several,
            with_words: 0,
            without_words: 0,
            failed: 0,
            is_long_said: false,
            troubled: false,
        }
    }

    fn told(&mut self, input: &Input, told: Told<Event, Outcome>) -> Result<(), Dropped> {
        match told {
            Told::Event(Event::Heard(heard)) => self.heard(input, &heard),
            Told::Event(Event::Note(note)) => {
                self.output.note(&format!("{}: {note}", input.subject()));
                Ok(())
            }
            Told::Done(Ok(outcome)) => self.done(&outcome),
            Told::Done(Err(Panicked)) => {
                self.heard(input, &Heard::internal(input))?;
                self.done(&Outcome::internal(input.clone()))
            }
        }
    }

    fn heard(&mut self, input: &Input, heard: &Heard) -> Result<(), Dropped> {
        let written = self.writing.heard(input, heard.segment(), self.output);
        if let Err(failed) = &heard.result {
            self.output.problem(&failed.problem);
        }
        self.output.detail(&format!("{}: {}", input.subject(), heard.detail()));
        let pieces = self.writing.pieces();
        if 1 < pieces {
            self.output.progress(&format!("{}: {pieces} pieces done, to {}", input.subject(), heard.until()));
            if !self.is_long_said {
                self.is_long_said = true;
                self.output.note(LONG);
            }
        }
        self.trouble();
        written.map_err(|_| Dropped)
    }

    fn done(&mut self, outcome: &Outcome) -> Result<(), Dropped> {
        let subject = outcome.input.subject();
        let (transcript, written) = self.writing.done(&outcome.input, outcome.length, self.output);
        if transcript.segments().iter().any(|segment| segment.failure().is_some()) {
            self.failed += 1;
        } else if transcript.has_words() {
            self.with_words += 1;
        } else {
            self.without_words += 1;
            let first = transcript.segments().first().and_then(|segment| segment.recognition());
            let problem = match first {
                Some(recognition) => silence::problem(recognition, &subject, &self.language),
                None => Problem::new(Exit::NoWords, "nothing but silence, so nothing was sent").of(subject),
            };
            if self.allow_empty { self.output.allowed(&problem) } else { self.output.problem(&problem) }
        }
        if let Some(not_sent) = &outcome.not_sent {
            self.output.notice(not_sent);
        }
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
            let noun = if inputs == 1 { "input" } else { "inputs" };
            self.output.note(&format!(
                "{inputs} {noun}: {} with words, {} without, {} failed, {} not tried",
                self.with_words,
                self.without_words,
                self.failed,
                not_tried.len()
            ));
        }
    }
}

/// Asks for the times of words. Microsoft's SDKs ask so on the same path by WebSocket; that this API heeds it is a guess,
/// and where it does not, times are estimated from those of the pieces.
const WORD_TIMES: &str = "wordLevelTimestamps";

/// Both take hours of audio and say who spoke when, which this API does not.
const LONG: &str =
    "hint: for long audio the service also has fast transcription and batch transcription, which take it whole";

#[cfg(test)]
mod tests {
    use std::{
        io::{self, Write},
        sync::Mutex,
        time::Duration,
    };

    use http::Response;
    use stt_auth::{Access, Authorization, Lease, Now};
    use stt_transcript::Captions;

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
            writing: Writing::new(Format::Text, Captions::default(), &Language::EN_US, true),
            language: Language::EN_US,
            output: &mut output,
            resource: resource.clone(),
            several: true,
            with_words: 0,
            without_words: 0,
            failed: 0,
            is_long_said: false,
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
