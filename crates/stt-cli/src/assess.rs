//! `stt assess`: how well a text is read out.

use std::{fs::File, io::Read as _, path::Path, sync::Arc};

use stt_audio::Limits;
use stt_model::{Dimension, GradingSystem, Language};
use stt_transcript::Assessment;

use crate::{
    args::{AssessArgs, JobsArgs, ReportFormat},
    batch::{Batch, Dropped, Ended, Order, Panicked, Teller, Told},
    connect::{connect, connect_for_show},
    environment::Environment,
    exit::Exit,
    heard::Heard,
    inputs::{Input, Inputs},
    output::{Output, io_reason},
    preview::{Preview, Previewed},
    problem::Problem,
    request,
    saved::Saving,
    session::{Event, Outcome},
    shaping::Shaping,
    silence, stdin,
};

/// Does what was asked for; what cannot even be begun is returned.
pub(crate) async fn run(args: &AssessArgs, environment: &Environment, output: &mut Output) -> Result<Ended, Problem> {
    let language = request::language(&args.recognition, environment, args.service.key.emulator)?;
    let reference = reference(&args.reference)?;
    let assessment = request::assessment(&args.assessment, &reference)?;
    check_threshold(args)?;
    if args.force && args.save.save_response.is_none() {
        return Err(Problem::usage("--force is for --save-response; -o replaces its file anyway"));
    }
    let inputs = Inputs::each(&args.inputs)?;
    let shaping = Shaping::whole(args.audio, Limits::ASSESSMENT);
    if inputs.has_stdin() {
        stdin::check(&args.call)?;
    }
    if args.assessment.prosody && language != Language::EN_US {
        output.note(&format!("warning: prosody is scored in en-US only, and the language is {language}"));
    }
    let preview = Preview::of(args.preview);
    let connection = match preview {
        Some(_) => connect_for_show(&args.service, environment, output).await?,
        None => connect(&args.service, environment, !inputs.has_stdin(), output).await?,
    };
    let recognize = request::recognize(&args.recognition, &language).detailed().assess(assessment);
    connection.check(&recognize)?;
    let text = args.reference.strip_prefix('@').map(Path::new);
    output.write_to(args.output.as_deref(), inputs.paths().chain(args.service.files()).chain(text))?;
    if let Some(preview) = preview {
        let resource = &connection.resource;
        let previewed = Previewed { call: &args.call, preview, recognize: &recognize, resource, shaping };
        previewed.all(inputs, output).await?;
        return Ok(Ended { begun: 0, interrupted: false });
    }
    let mut session = connection.session(recognize, &args.call, shaping, JobsArgs::one())?;
    if let Some(root) = &args.save.save_response {
        session.saving = Some(Saving::open(root, &inputs, &language, args.force)?);
    }
    let session = Arc::new(session);
    let work = |input: Input, teller: Teller<Event>| Arc::clone(&session).run(input, move |event| teller.tell(event));
    let list = inputs.list.clone();
    let asked = Asked { args, language: &language, reference: &reference, several: inputs.several };
    let (mut heard, mut not_tried) = (None, Vec::new());
    let deliver = |place: usize, told: Told<Event, Outcome>| {
        let input = &list[place];
        match told {
            Told::Event(Event::Heard(one)) => heard = Some(*one),
            Told::Event(Event::Unsaved(problem)) => output.problem(&problem),
            Told::Event(Event::Note(note)) => output.note(&format!("{}: {note}", input.subject())),
            Told::Done(Ok(outcome)) if !outcome.is_tried => not_tried.push(outcome.input),
            Told::Done(outcome) => {
                let outcome = outcome.unwrap_or_else(|Panicked| Outcome::of(input.clone()));
                let heard = heard.take().unwrap_or_else(|| Heard::internal(input));
                return asked.report(&outcome, &heard, output);
            }
        }
        Ok(())
    };
    let batch = Batch { interrupts: None, order: Order::ByPlace };
    let ended = batch.run(inputs.list, work, || session.gate.room(1), |_| (), deliver).await;
    not_tried.extend_from_slice(&list[ended.begun..]);
    session.gate.tell(&not_tried, false, output);
    Ok(ended)
}

/// What all inputs of a run have in common.
struct Asked<'a> {
    args: &'a AssessArgs,
    language: &'a Language,
    reference: &'a str,
    several: bool,
}

impl Asked<'_> {
    fn report(&self, outcome: &Outcome, heard: &Heard, output: &mut Output) -> Result<(), Dropped> {
        let Self { args, language, reference, several } = *self;
        let subject = outcome.input.subject();
        let grading = args.assessment.grading;
        let mut assessment =
            Assessment::new(outcome.input.name(), language.clone(), grading, heard.segment()).reference(reference);
        if let Some(length) = outcome.length {
            assessment = assessment.audio(length);
        }
        let text = assessment.to_text(output.colours());
        let written = match args.output_format {
            ReportFormat::Json => output.lines(&assessment.to_json()),
            ReportFormat::Text if text.is_empty() => Ok(()),
            ReportFormat::Text if several => {
                let name = output.text_line(&format!("{}:", outcome.input.name()));
                name.and_then(|()| output.lines(&format!("{}\n", text.trim_end())))
            }
            ReportFormat::Text => output.lines(text.trim_end()),
        };
        match &heard.result {
            Err(failed) => output.problem(&failed.problem),
            Ok(answer) if !assessment.has_words() => {
                output.problem(&silence::problem(&answer.recognition, &subject, language));
            }
            Ok(_) => {
                if let Some(missed) = args.assessment.min_score.and_then(|least| missed(least, assessment.pron_score()))
                {
                    output.problem(&Problem::new(Exit::Threshold, missed).of(&subject));
                } else if text.is_empty() {
                    output.note(&format!("{subject}: the answer has no scores"));
                }
            }
        }
        if let Some(not_sent) = &outcome.not_sent {
            output.notice(not_sent);
        }
        output.detail(&format!("{subject}: {}", heard.detail()));
        written.map_err(|_| Dropped)
    }
}

/// Why the threshold is missed, if it is; a score that is not there cannot reach it.
fn missed(least: f64, score: Option<f64>) -> Option<String> {
    match score {
        Some(score) if score < least => Some(format!("PronScore {score} is below {least}")),
        Some(_) => None,
        None => Some(format!("there is no PronScore, so it is not at least {least}")),
    }
}

/// The text, or that of the file named after an `@`.
fn reference(given: &str) -> Result<String, Problem> {
    let Some(path) = given.strip_prefix('@') else { return Ok(given.to_owned()) };
    let refused = |why: String| Problem::usage(format!("cannot read the reference text in {path}")).why(why);
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(LONGEST_REFERENCE + 1).read_to_end(&mut bytes))
        .map_err(|error| refused(io_reason(&error)))?;
    if LONGEST_REFERENCE < bytes.len() as u64 {
        return Err(refused(format!("it is longer than {LONGEST_REFERENCE} bytes")));
    }
    let text = String::from_utf8(bytes).map_err(|_| refused("it is not UTF-8".to_owned()))?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(&text).trim().to_owned())
}

fn check_threshold(args: &AssessArgs) -> Result<(), Problem> {
    if args.assessment.min_score.is_some() && args.assessment.dimension == Dimension::Basic {
        return Err(Problem::usage("--min-score needs the PronScore, which --dimension basic leaves out"));
    }
    let best = match args.assessment.grading {
        GradingSystem::FivePoint => 5.0,
        GradingSystem::HundredMark => 100.0,
    };
    match args.assessment.min_score {
        Some(least) if !(0.0..=best).contains(&least) => {
            Err(Problem::usage(format!("--min-score is from 0 to {best} in the grading in force")))
        }
        _ => Ok(()),
    }
}

/// More of a reference text than any request can carry, in bytes.
const LONGEST_REFERENCE: u64 = 64 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_threshold_is_missed_by_less_and_by_nothing() {
        assert_eq!(missed(80.0, Some(80.0)), None);
        assert_eq!(missed(80.0, Some(79.9)).as_deref(), Some("PronScore 79.9 is below 80"));
        assert_eq!(missed(80.0, None).as_deref(), Some("there is no PronScore, so it is not at least 80"));
    }

    #[test]
    fn a_reference_that_names_no_file_is_the_text() {
        assert_eq!(reference("Good morning.").unwrap(), "Good morning.");
        assert_eq!(reference("@/nowhere/at/all").unwrap_err().exit, Exit::Usage);
    }

    #[cfg(unix)]
    #[test]
    fn a_reference_that_is_too_long_is_refused_and_never_cut() {
        let told = reference("@/dev/zero").unwrap_err().to_string();
        assert!(told.ends_with("it is longer than 65536 bytes"), "{told}");
    }
}
