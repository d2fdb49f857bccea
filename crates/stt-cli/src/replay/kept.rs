//! `stt transcribe --from-journal`: results that an earlier run could not write.

use std::path::{Path, PathBuf};

use tokio::task::yield_now;

use crate::{
    args::{SummaryForm, TranscribeArgs},
    failure,
    folder::Folder,
    inputs::Input,
    output::Output,
    problem::Problem,
    report::Report,
    session::Outcome,
};

/// Writes what the journal of a folder keeps, of inputs that may be gone.
pub(crate) async fn run(args: &TranscribeArgs, root: &Path, output: &mut Output) -> Result<(), Problem> {
    let (folder, all) = Folder::of_kept(root)?;
    let shown = root.display();
    let (mut written, mut left) = (0, 0);
    let mut report = Report::of_saved(output, args.allow_empty, true);
    report.begin(all.len());
    if 0 < folder.damaged() {
        report.output.note(&format!("{shown}: {} damaged lines of its journal are left out", folder.damaged()));
    }
    for kept in all {
        let kept = match kept {
            Ok(kept) => kept,
            Err(problem) => {
                left += 1;
                report.output.problem(&problem);
                continue;
            }
        };
        let input = Input::File(PathBuf::from(kept.transcript.input()));
        match folder.write_kept(&kept, args.force).await {
            Ok(()) => written += 1,
            Err(problem) => {
                left += 1;
                report.not_stored(&input, &problem);
                continue;
            }
        }
        let failures: Vec<_> = kept.transcript.segments().iter().filter_map(|segment| segment.failure()).collect();
        if !failures.is_empty() {
            failures.iter().for_each(|failure| report.output.count(failure::exit_of(failure)));
            report.output.note(&format!("{}: not all of it was recognized; {AGAIN}", input.subject()));
        }
        report.ended(&Outcome::of(input), &kept.transcript);
        // Whoever wants the end is heard between two inputs.
        yield_now().await;
    }
    let noun = if written == 1 { "result" } else { "results" };
    report.output.note(&match written + left {
        0 => format!("{shown}: its journal keeps nothing"),
        _ => format!("{shown}: {written} kept {noun} written, {left} left"),
    });
    if args.summary == Some(SummaryForm::Json) {
        report.summary(&[], 0, None, true);
    }
    Ok(())
}

const AGAIN: &str = "the command that asked for it asks for the rest";
