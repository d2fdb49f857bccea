//! In which formats results are written.

use stt_transcript::Format;

use crate::{args::TranscribeArgs, problem::Problem};

/// Whether the results of one input, or of several, can be written in the way that was typed.
pub(crate) fn check(args: &TranscribeArgs, several: bool) -> Result<(), Problem> {
    if args.output_dir.is_some() {
        return Ok(());
    }
    if args.force && args.save.save_response.is_none() {
        return Err(Problem::usage("--force is for -O DIR and --save-response; -o replaces its file anyway"));
    }
    match args.output_format[..] {
        [Format::Ndjson | Format::Text] => {}
        [format] if several => {
            let what = format!("-f {format} is for one input; for several there is -f ndjson, one object a line");
            return Err(Problem::usage(what).hint("or -O DIR, which gives each input a file of its own".to_owned()));
        }
        [_] => {}
        _ => return Err(Problem::usage("more than one -f needs -O DIR, which gives each of them a file of its own")),
    }
    Ok(())
}

/// Each of them once, in an order of their own.
pub(crate) fn all(typed: &[Format]) -> Vec<Format> {
    Format::ALL.iter().copied().filter(|format| typed.contains(format)).collect()
}
