//! `stt check`: what audio is, and whether the service would take it, without sending anything.

mod answer;

use std::{fs::File, io, time::Duration};

use stt_audio::{Inspection, Limits, PREFIX};
use tokio::{
    io::{AsyncRead, AsyncReadExt},
    time::timeout,
};

pub(crate) use self::answer::fix;
use self::answer::{Answer, Asked};
use crate::{
    args::{CheckArgs, ReportFormat},
    exit::Exit,
    inputs::{Filter, Input, Inputs},
    output::{Output, io_reason},
    problem::Problem,
    stdin,
};

/// Says of each input what it is; what cannot even be begun is returned.
pub(crate) async fn run(args: &CheckArgs, output: &mut Output) -> Result<(), Problem> {
    let inputs = Inputs::find(&args.inputs, &Filter::of(&args.filter.include, &args.filter.exclude))?;
    if inputs.has_stdin() {
        stdin::check_pipe()?;
    }
    let asked = Asked { by_assess: args.assess };
    for input in &inputs.list {
        let answer = match look(input).await {
            Ok(inspection) => Answer::of(input, inspection, asked),
            Err(problem) => {
                output.problem(&problem);
                Answer::unreadable(input, &problem, asked)
            }
        };
        if !answer.is_accepted() {
            output.count(Exit::Input);
        }
        let written = match args.output_format {
            ReportFormat::Json => output.lines(&answer.to_json()),
            ReportFormat::Text => answer.lines().iter().try_for_each(|line| output.text_line(line)),
        };
        if written.is_err() {
            break;
        }
    }
    Ok(())
}

async fn look(input: &Input) -> Result<Inspection, Problem> {
    let looked = match input {
        Input::File(path) => File::open(path).and_then(|mut file| Inspection::of_file(&mut file)),
        Input::Refused(_, problem) => return Err(problem.clone()),
        Input::Stdin => look_at_stream(tokio::io::stdin()).await,
    };
    looked.map_err(|error| Problem::input(input.subject(), io_reason(&error)))
}

/// Looks at the beginning of a stream, which may be slow and never end.
async fn look_at_stream(mut input: impl AsyncRead + Unpin) -> io::Result<Inspection> {
    let mut head = Vec::with_capacity(PREFIX);
    let mut ended = input.read_buf(&mut head).await? == 0;
    let rest = async {
        while !ended && head.len() < PREFIX {
            ended = input.read_buf(&mut head).await? == 0;
        }
        Ok::<(), io::Error>(())
    };
    // What has come by then is the answer.
    timeout(PATIENCE, rest).await.unwrap_or(Ok(()))?;
    Ok(Inspection::of_prefix(&head, ended.then_some(head.len() as u64)))
}

/// How long more of a stream is waited for after its first bytes; [`PREFIX`] bytes of 16 kHz mono take as long.
const PATIENCE: Duration = Duration::from_secs(PREFIX as u64 / Limits::PCM_BYTES_PER_SECOND);

#[cfg(test)]
mod tests {
    use stt_audio::{Length, canonical_header};
    use tokio::io::AsyncWriteExt;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_end_of_a_live_stream_is_not_waited_for() {
        let (mut microphone, stream) = tokio::io::duplex(1_024);
        microphone.write_all(&canonical_header(44_100, 0)).await.unwrap();
        let inspection = look_at_stream(stream).await.unwrap();
        assert_eq!((inspection.rate, inspection.length), (Some(44_100), Length::Unknown));
        drop(microphone);
    }

    #[tokio::test]
    async fn a_stream_that_ends_is_known_to_its_end() {
        let wav = [&canonical_header(16_000, 4_000_000)[..], &[7; 32_000]].concat();
        let inspection = look_at_stream(&wav[..]).await.unwrap();
        assert_eq!(inspection.length, Length::Exact(Duration::from_secs(1)));
    }

    #[tokio::test]
    async fn no_more_than_the_beginning_is_read() {
        let wav = [&canonical_header(16_000, 320_000)[..], &[7; 320_000]].concat();
        let mut rest = &wav[..];
        look_at_stream(&mut rest).await.unwrap();
        assert_eq!(rest.len(), wav.len() - PREFIX);
    }
}
