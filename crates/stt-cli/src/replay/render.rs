//! `stt transcribe --from-response`: the results of saved answers.

use std::{
    fs,
    path::{Path, PathBuf},
};

use stt_model::Language;
use stt_transcript::{Captions, Transcript};
use tokio::task::yield_now;

use super::{input::Replay, reading::Replays};
use crate::{
    args::{SummaryForm, TranscribeArgs},
    environment::Environment,
    exit::Exit,
    folder::{Target, targets},
    formats,
    heard::Heard,
    inputs::{Input, Inputs},
    output::{Output, io_reason},
    problem::Problem,
    report::Report,
    request,
    saved::put,
    session::Outcome,
    writing::Writing,
};

/// Writes the results of saved answers as the run wrote them that saved them.
pub(crate) async fn run(args: &TranscribeArgs, environment: &Environment, output: &mut Output) -> Result<(), Problem> {
    let replays = Replays::find(&args.saved.from_response).await?;
    formats::check(args, replays.several)?;
    let is_unknown = |replay: &&Replay| replay.language.is_none() && !replay.is_refused();
    let language =
        match (request::language(&args.recognition, environment, false), replays.list.iter().find(is_unknown)) {
            (Err(problem), Some(replay)) => {
                let why = format!("an answer does not tell it, and {} was not saved by stt", replay.input.subject());
                return Err(problem.why(why));
            }
            (Err(problem), None) if args.recognition.language.is_some() => return Err(problem),
            // Of what has no answer the language is of no importance.
            (language, _) => language.unwrap_or(Language::EN_US),
        };
    output.write_to(args.output.as_deref(), replays.paths())?;
    for note in &replays.notes {
        output.note(note);
    }
    let targets = match &args.output_dir {
        Some(root) => targets(root, &places(&replays), &formats::all(&args.output_format))?,
        None => Vec::new(),
    };
    let mut report = Report::of_saved(output, args.allow_empty, replays.several);
    report.begin(replays.list.len());
    for (index, replay) in replays.list.iter().enumerate() {
        let language = replay.language.clone().unwrap_or_else(|| language.clone());
        let again = Again { args, language, several: replays.several };
        report.over(index);
        let is_read = match targets.get(index) {
            Some(targets) => again.file(replay, targets, &mut report),
            None => again.print(replay, &mut report),
        };
        if !is_read {
            break;
        }
        // Whoever wants the end is heard between two inputs.
        yield_now().await;
    }
    let inputs: Vec<&Input> = replays.list.iter().map(|replay| &replay.input).collect();
    report.summary(&inputs, inputs.len(), None, args.summary == Some(SummaryForm::Json));
    Ok(())
}

/// One input, made results again.
struct Again<'a> {
    args: &'a TranscribeArgs,
    language: Language,
    several: bool,
}

impl Again<'_> {
    /// Returns whether anybody reads the results still.
    fn print(&self, replay: &Replay, report: &mut Report<'_>) -> bool {
        let layout = self.args.captions.layout();
        let mut writing = Writing::new(self.args.output_format[0], layout, &self.language, self.several);
        for heard in replay.heard() {
            let written = writing.heard(&replay.input, heard.segment(), report.output);
            report.heard(&replay.input, &heard, writing.pieces());
            if written.is_err() {
                return false;
            }
        }
        let (transcript, written) = writing.done(&replay.input, replay.length, report.output);
        report.ended(&outcome(replay), &transcript);
        written.is_ok()
    }

    fn file(&self, replay: &Replay, targets: &[Target], report: &mut Report<'_>) -> bool {
        let all = replay.heard();
        for heard in &all {
            report.heard(&replay.input, heard, 1);
        }
        let segments = all.iter().map(Heard::segment).collect();
        let mut transcript = Transcript::new(replay.input.name(), self.language.clone(), segments);
        if let Some(length) = replay.length {
            transcript = transcript.audio(length);
        }
        let has_failed = all.iter().any(|heard| heard.result.is_err());
        // Nothing but failures is no result.
        let targets = if has_failed && !transcript.has_words() { &[] } else { targets };
        let written =
            targets.iter().map(|target| write(target, &transcript, self.args.captions.layout(), self.args.force));
        // One file that cannot be written is no reason to leave out the others.
        let problems: Vec<Problem> = written.filter_map(Result::err).collect();
        match &problems[..] {
            [] => report.ended(&outcome(replay), &transcript),
            [first, others @ ..] => {
                report.not_stored(&replay.input, first);
                others.iter().for_each(|problem| report.output.problem(problem));
            }
        }
        true
    }
}

fn outcome(replay: &Replay) -> Outcome {
    let not_sent = replay.not_sent.clone();
    Outcome { length: replay.length, not_sent, ..Outcome::of(replay.input.clone()) }
}

/// Nothing tells whose a file is that is there, so one that says something else is left alone.
fn write(target: &Target, transcript: &Transcript, captions: Captions, force: bool) -> Result<(), Problem> {
    let text = transcript.render(target.format, captions);
    let shown = target.path.display();
    match fs::read(&target.path) {
        Ok(there) if there == text.as_bytes() => return Ok(()),
        Ok(_) if !force => {
            return Err(Problem::new(Exit::Input, format!("{shown} exists and says something else; use --force")));
        }
        _ => {}
    }
    put(&target.path, text.as_bytes())
        .map_err(|error| Problem::new(Exit::Input, format!("cannot write {shown}")).why(io_reason(&error)))
}

/// Where the results of each input go, and what must not be replaced by them.
fn places(replays: &Replays) -> Inputs {
    let first = |replay: &Replay| replay.paths().next().map(Path::to_owned);
    let list = replays.list.iter().map(|replay| Input::File(first(replay).unwrap_or_else(|| replay.place.clone())));
    let places: Vec<PathBuf> = replays.list.iter().map(|replay| replay.place.clone()).collect();
    Inputs { list: list.collect(), places, several: replays.several }
}
