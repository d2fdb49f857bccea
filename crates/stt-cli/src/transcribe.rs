//! `stt transcribe`: the texts of all inputs.

use std::{cell::RefCell, env, io::IsTerminal, path::Path, sync::Arc};

use serde_json::json;
use stt_model::Language;
use stt_transcript::Format;

use crate::{
    args::{SummaryForm, TranscribeArgs},
    batch::{Batch, Dropped, Ended, Order, Panicked, Teller, Told},
    connect::{Connection, connect, connect_for_show},
    environment::Environment,
    filing::{Filed, Filing},
    folder::{Folder, Standing, Standings},
    formats,
    heard::Heard,
    inputs::{Filter, Input, Inputs},
    interrupts::Interrupts,
    open_files,
    output::Output,
    preview::{Preview, Previewed},
    problem::Problem,
    replay,
    report::{GoesOn, Report},
    request,
    saved::Saving,
    session::{Event, Outcome, Session},
    shaping::Shaping,
    stdin,
    writing::Writing,
};

/// Does what was asked for, and tells whether it was interrupted; what cannot even be begun is returned.
pub(crate) async fn run(
    args: &TranscribeArgs,
    environment: &Environment,
    interrupts: Interrupts,
    output: &mut Output,
) -> Result<Ended, Problem> {
    if args.saved.is_offline() {
        offline(args, environment, output).await?;
        return Ok(Ended { begun: 0, interrupted: false });
    }
    let language = request::language(&args.recognition, environment, args.service.key.emulator)?;
    let filter = Filter::of(&args.filter.include, &args.filter.exclude);
    let inputs = Inputs::find(&args.inputs, &filter)?;
    check(args, &inputs)?;
    let for_captions = args.output_format.iter().any(|format| format.is_captions());
    let shaping = Shaping::of(args.audio, args.split, for_captions)?;
    let preview = Preview::of(args.preview);
    let connection = match preview {
        Some(_) => connect_for_show(&args.service, environment, output).await?,
        None => connect(&args.service, environment, !inputs.has_stdin(), output).await?,
    };
    let mut recognize = request::recognize(&args.recognition, &language).format(args.format);
    if for_captions && !args.recognition.query.iter().any(|(name, _)| name == WORD_TIMES) {
        recognize = recognize.query(WORD_TIMES, "true");
    }
    connection.check(&recognize)?;
    output.write_to(
        args.output.as_deref(),
        inputs.paths().chain(Inputs::lists(&args.inputs)).chain(args.service.files()),
    )?;
    if let Some(preview) = preview {
        let resource = &connection.resource;
        let previewed = Previewed { call: &args.call, preview, recognize: &recognize, resource, shaping };
        previewed.all(inputs, output).await?;
        return Ok(Ended { begun: 0, interrupted: false });
    }
    let jobs = open_files::enough_for(args.jobs, output);
    let mut session = connection.session(recognize, &args.call, shaping, jobs)?;
    if let Some(root) = &args.save.save_response {
        session.saving = Some(Saving::open(root, &inputs, &language, args.force)?);
    }
    let run =
        Run { args, language, connection, inputs, interrupts, jobs: jobs.most().into(), session: Arc::new(session) };
    match &args.output_dir {
        Some(root) => run.into_folder(root, output).await,
        None => Ok(run.into_stream(output).await),
    }
}

/// What asks nobody.
async fn offline(args: &TranscribeArgs, environment: &Environment, output: &mut Output) -> Result<(), Problem> {
    match &args.output_dir {
        Some(root) if args.saved.from_journal => replay::run_kept(args, root, output).await,
        _ => replay::run(args, environment, output).await,
    }
}

/// What can be known to be wrong before anything is opened.
fn check(args: &TranscribeArgs, inputs: &Inputs) -> Result<(), Problem> {
    if let (Some(results), Some(answers)) = (&args.output_dir, &args.save.save_response) {
        let is_same = match (results.canonicalize(), answers.canonicalize()) {
            (Ok(results), Ok(answers)) => results == answers,
            _ => results == answers,
        };
        if is_same {
            return Err(Problem::usage("-O and --save-response need folders of their own"));
        }
    }
    if args.output_dir.is_some() && inputs.has_stdin() {
        return Err(Problem::usage("standard input has no name for its results; -o gives them one"));
    }
    formats::check(args, inputs.several)?;
    if inputs.has_stdin() { stdin::check(&args.call) } else { Ok(()) }
}

/// One run, ready to begin.
struct Run<'a> {
    args: &'a TranscribeArgs,
    language: Language,
    connection: Connection,
    inputs: Inputs,
    interrupts: Interrupts,
    /// Inputs that are worked on at once.
    jobs: usize,
    session: Arc<Session>,
}

impl Run<'_> {
    fn report<'o>(&self, output: &'o mut Output) -> Report<'o> {
        let resource = self.connection.resource.clone();
        let gate = Arc::clone(&self.session.gate);
        Report::new(output, resource, gate, self.args.allow_empty, self.inputs.several)
    }

    /// Writes all results to one place, in the order of the inputs.
    async fn into_stream(self, output: &mut Output) -> Ended {
        let Self { args, language, inputs, session, .. } = &self;
        let mut writing = Writing::new(args.output_format[0], args.captions.layout(), language, inputs.several);
        let report = RefCell::new(self.report(output));
        report.borrow_mut().begin(inputs.list.len());
        let work =
            |input: Input, teller: Teller<Event>| Arc::clone(session).run(input, move |event| teller.tell(event));
        let deliver = |place: usize, told: Told<Event, Outcome>| {
            let input = &inputs.list[place];
            let mut report = report.borrow_mut();
            if let Told::Done(_) = told {
                report.over(place);
            }
            let mut heard = |heard: &Heard, report: &mut Report<'_>| {
                let written = writing.heard(input, heard.segment(), report.output);
                report.heard(input, heard, writing.pieces());
                written.map_err(|_| Dropped)
            };
            let outcome = match told {
                Told::Event(Event::Heard(now)) => return heard(&now, &mut report),
                Told::Event(Event::Note(note)) => {
                    report.output.note(&format!("{}: {note}", input.subject()));
                    return Ok(());
                }
                Told::Event(Event::Unsaved(problem)) => {
                    report.output.problem(&problem);
                    return Ok(());
                }
                Told::Done(Ok(outcome)) if !outcome.is_tried => {
                    report.not_tried(place);
                    return Ok(());
                }
                Told::Done(Ok(outcome)) => outcome,
                Told::Done(Err(Panicked)) => {
                    heard(&Heard::internal(input), &mut report)?;
                    Outcome::of(input.clone())
                }
            };
            let (transcript, written) = writing.done(input, outcome.length, report.output);
            report.ended(&outcome, &transcript);
            written.map_err(|_| Dropped)
        };
        let interrupts = Some(self.interrupts.clone());
        let batch = Batch { interrupts, order: Order::ByPlace };
        let finishing = |count| {
            session.gate.interrupt();
            report.borrow_mut().finishing(count);
        };
        let ended = batch.run(inputs.list.clone(), work, || session.gate.room(self.jobs), finishing, deliver).await;
        let for_programs = args.summary == Some(SummaryForm::Json);
        report.into_inner().summary(&inputs.list.iter().collect::<Vec<_>>(), ended.begun, None, for_programs);
        ended
    }

    /// Gives each input files of its own, and leaves alone what an earlier run has done.
    async fn into_folder(self, root: &Path, output: &mut Output) -> Result<Ended, Problem> {
        let Self { args, language, inputs, session, .. } = &self;
        let (formats, captions) = (formats::all(&args.output_format), args.captions.layout());
        let folder = Folder::open(root, inputs, &formats, captions, &self.options(&formats), args.force)?;
        let standings = self.standings(&folder, output)?;
        let mut report = self.report(output);
        let mut items = Vec::new();
        for (index, standing) in standings.list.into_iter().enumerate() {
            match standing {
                Standing::Done { words } => report.done_before(words),
                standing => items.push((index, standing)),
            }
        }
        report.begin(items.len());
        let report = RefCell::new(report);
        let filing = Arc::new(Filing::new(folder, language.clone(), Arc::clone(session)));
        let places: Vec<usize> = items.iter().map(|(index, ..)| *index).collect();
        let work = |(index, standing): (usize, Standing), teller| {
            Arc::clone(&filing).run(index, inputs.list[index].clone(), standing, teller)
        };
        let deliver = |item: usize, told| {
            let input = &inputs.list[places[item]];
            let mut report = report.borrow_mut();
            if let Told::Done(_) = told {
                report.over(item);
            }
            match told {
                Told::Event(Event::Heard(heard)) => report.heard(input, &heard, 1),
                Told::Event(Event::Note(note)) => report.output.note(&format!("{}: {note}", input.subject())),
                Told::Event(Event::Unsaved(problem)) => report.output.problem(&problem),
                Told::Done(Ok(Filed { outcome, .. })) if !outcome.is_tried => report.not_tried(item),
                Told::Done(Ok(Filed { problem: Some(problem), .. })) => report.not_stored(input, &problem),
                Told::Done(Ok(Filed { outcome, transcript, .. })) => report.ended(&outcome, &transcript),
                Told::Done(Err(Panicked)) => report.broke_down(input, &Heard::internal(input)),
            }
            Ok(())
        };
        let interrupts = Some(self.interrupts.clone());
        let batch = Batch { interrupts, order: Order::AsItComes };
        let finishing = |count| {
            session.gate.interrupt();
            report.borrow_mut().finishing(count);
        };
        let ended = batch.run(items, work, || session.gate.room(self.jobs), finishing, deliver).await;
        let worked_on: Vec<&Input> = places.iter().map(|index| &inputs.list[*index]).collect();
        let for_programs = args.summary == Some(SummaryForm::Json);
        let goes_on = GoesOn { folder: root, command: typed() };
        report.into_inner().summary(&worked_on, ended.begun, Some(&goes_on), for_programs);
        Ok(ended)
    }

    /// How far earlier runs came, which is told.
    fn standings(&self, folder: &Folder, output: &mut Output) -> Result<Standings, Problem> {
        let shown = folder.root().display();
        if 0 < folder.damaged() {
            let lines = folder.damaged();
            output.note(&format!(
                "{shown}: {lines} damaged lines of its journal are left out; what they told is done again"
            ));
        }
        let standings = folder.standings(&self.inputs, self.args.force);
        let (done, left, again) = (standings.done(), standings.left(), standings.other_options);
        if 0 < again {
            let noun = if again == 1 { "file" } else { "files" };
            let what = format!("options changed: {again} {noun} will be transcribed again");
            if MANY < again && !self.args.yes && !confirmed(&what) {
                let hint = "--yes goes on, the former options leave what is done as it is".to_owned();
                return Err(Problem::usage(what).hint(hint));
            }
            output.note(&what);
        } else if 0 < done && left == 0 {
            output.note(&format!("{shown}: {done} done already, nothing left to ask for"));
        } else if 0 < done || 0 < standings.uncertain {
            let uncertain = standings.uncertain;
            output.note(&format!("resuming: {done} done, {uncertain} uncertain, {} left", left - uncertain));
        }
        Ok(standings)
    }

    /// Everything that results depend on beside what is in the inputs.
    fn options(&self, formats: &[Format]) -> String {
        let TranscribeArgs { recognition, audio, split, captions, format, .. } = self.args;
        let endpoint = self.connection.resource.endpoint();
        // Regions give the same results; what runs on this machine may be anything.
        let service = if self.args.service.key.emulator {
            "emulator".to_owned()
        } else if endpoint.is_secure() {
            "azure".to_owned()
        } else {
            endpoint.host().to_owned()
        };
        let raw = audio.source.raw.map(|raw| format!("{raw:?}"));
        let layout = [captions.max_line_width, Some(captions.max_line_count), captions.max_words_per_line];
        json!({
            "results": RESULTS,
            "service": service,
            "language": self.language.as_str(),
            "format": format.as_str(),
            "mode": recognition.mode.as_str(),
            "profanity": recognition.profanity.map(stt_model::Profanity::as_str),
            "cid": recognition.endpoint_id,
            "query": recognition.query,
            "convert": format!("{:?}", audio.convert),
            "channel": format!("{:?}", audio.source.channel),
            "raw": raw,
            "upload": format!("{:?}", audio.upload),
            "split": format!("{:?}", split.split),
            "max_seconds": split.max_seconds,
            "captions": formats.iter().any(|format| format.is_captions()).then_some(layout),
        })
        .to_string()
    }
}

/// The command line, as one would type it in a POSIX shell; it holds no secret, because nothing takes one there.
fn typed() -> String {
    let words: Vec<String> = env::args_os().map(|word| word.to_string_lossy().into_owned()).collect();
    let words = words.iter().map(String::as_str);
    // No argument of a process has a zero byte, which is all that could not be quoted.
    shlex::try_join(words).unwrap_or_default()
}

/// Asks whoever sits at the terminal, if anybody does.
fn confirmed(what: &str) -> bool {
    let (mut errors, input) = (std::io::stderr(), std::io::stdin());
    if !errors.is_terminal() || !input.is_terminal() {
        return false;
    }
    let mut answer = String::new();
    let asked = std::io::Write::write_all(&mut errors, format!("{what}; go on? [y/N] ").as_bytes());
    asked.and_then(|()| input.read_line(&mut answer)).is_ok() && matches!(answer.trim(), "y" | "Y" | "yes")
}

/// Asks for the times of words. Microsoft's SDKs ask so on the same path by WebSocket; that this API heeds it is a guess,
/// and where it does not, times are estimated from those of the pieces.
const WORD_TIMES: &str = "wordLevelTimestamps";

/// Raised when the same answers of the service are written in another way.
const RESULTS: u32 = 1;

/// Repeats that are paid for without a question.
const MANY: usize = 50;

#[cfg(test)]
mod tests;
