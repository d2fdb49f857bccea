//! `stt convert`: audio of any kind, as the service documents it.

use std::{
    fs::{self, File},
    io::{self, Cursor, IsTerminal, Read},
    path::Path,
};

use futures_util::StreamExt;
use stt_audio::{Inspection, Limits};
use stt_long::{Samples, Source};
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio_util::io::SyncIoBridge;

use crate::{
    args::{AudioArgs, Choice, ConvertArgs, SourceArgs, UploadForm},
    audio::{check_headerless, sendable},
    check::fix,
    heard::broken,
    inputs::Input,
    output::{Output, Sound, SoundForm, Unwritten, io_reason},
    problem::Problem,
    shaping::Shaping,
    stdin,
};

/// Writes the audio of the input, and says what was done to it.
pub(crate) async fn run(args: &ConvertArgs, output: &mut Output) -> Result<(), Problem> {
    let target = (args.output != Path::new("-")).then_some(args.output.as_path());
    let form = form(target)?;
    let input = Input::of(&args.input);
    let subject = input.subject();
    let mut samples = match &input {
        Input::File(path) => {
            protect(target, path, args.force)?;
            of_file(path, args.source, &subject)?
        }
        Input::Refused(_, problem) => return Err(problem.clone()),
        Input::Stdin => {
            stdin::check_pipe()?;
            protect(target, Path::new("/dev/stdin"), args.force)?;
            of_stream(tokio::io::stdin(), args.source, &subject).await?
        }
    };
    let progress = samples.progress();
    let mut sound = None;
    while let Some(block) = samples.next().await {
        let block = block.map_err(|error| {
            let kept = progress.read().as_secs_f64();
            let hint = (target.is_some() && sound.is_some())
                .then(|| format!("{kept:.1} s came before; nothing of it was kept"));
            broken(&subject, &error.into()).hint(hint)
        })?;
        // Begun with the first samples: what turns out to be no audio leaves no file and no header.
        let sound = match &mut sound {
            Some(sound) => sound,
            none => none.insert(match Sound::begin(target, form).await {
                Ok(sound) => sound,
                Err(unwritten) => return ended(unwritten),
            }),
        };
        if let Err(unwritten) = sound.write(&block).await {
            return ended(unwritten);
        }
    }
    let Some(sound) = sound else { return Err(Problem::input(subject, "no audio in it")) };
    if let Err(unwritten) = sound.finish().await {
        return ended(unwritten);
    }
    for said in
        progress.notes().iter().map(ToString::to_string).chain(progress.losses().iter().map(ToString::to_string))
    {
        output.note(&format!("{subject}: {said}"));
    }
    let written = target.map_or_else(|| "standard output".to_owned(), |target| target.display().to_string());
    output.note(&format!("{subject}: {:.1} s written to {written}", progress.read().as_secs_f64()));
    Ok(())
}

/// What to write, by the name of the file.
fn form(target: Option<&Path>) -> Result<SoundForm, Problem> {
    let Some(target) = target else {
        return match io::stdout().is_terminal() {
            true => Err(Problem::usage("standard output is a terminal; pipe the audio into something")),
            false => Ok(SoundForm::Wav),
        };
    };
    let extension = target.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    match extension.as_str() {
        "wav" | "wave" => Ok(SoundForm::Wav),
        "oga" | "ogg" | "opus" => Ok(SoundForm::OggOpus),
        // A device or a named pipe, which has no extension.
        _ if fs::metadata(target).is_ok_and(|there| !there.is_file() && !there.is_dir()) => Ok(SoundForm::Wav),
        _ => {
            let what = format!("{} names no form of audio that is written", target.display());
            Err(Problem::usage(what).hint("end it in .wav, or in .ogg or .opus for Ogg Opus".to_owned()))
        }
    }
}

/// Refuses to write over what is read, or over any other file unless that was asked for.
fn protect(target: Option<&Path>, reads: &Path, force: bool) -> Result<(), Problem> {
    let Some(target) = target.filter(|target| target.is_file()) else { return Ok(()) };
    let name = target.display();
    if let (Ok(one), Ok(other)) = (fs::canonicalize(target), fs::canonicalize(reads))
        && one == other
    {
        return Err(Problem::usage(format!("{name} is read by this run, and the result would replace it")));
    }
    if !force {
        return Err(Problem::usage(format!("{name} is there already")).hint("--force replaces it".to_owned()));
    }
    Ok(())
}

/// The samples of a file, unless its headers say that there are none to be had.
fn of_file(path: &Path, source: SourceArgs, subject: &str) -> Result<Samples, Problem> {
    let unreadable = |error: io::Error| Problem::input(subject, io_reason(&error));
    let mut file = File::open(path).map_err(unreadable)?;
    if let Some(format) = source.raw {
        check_headerless(&mut file, subject)?;
        return samples(Source::raw(file, format), source, subject);
    }
    let inspection = Inspection::of_file(&mut file).map_err(unreadable)?;
    let audio = AudioArgs { convert: Choice::Auto, source, upload: UploadForm::Wav };
    let any_length = Shaping::whole(audio, Limits::seconds(u32::MAX));
    sendable(&inspection, &any_length, subject, |reason| fix(reason, subject))?;
    samples(Source::file(path).map_err(|error| broken(subject, &error.into()))?, source, subject)
}

/// The samples of a stream, from its first bytes on.
async fn of_stream<R>(mut input: R, source: SourceArgs, subject: &str) -> Result<Samples, Problem>
where
    R: AsyncRead + Send + Unpin + 'static,
{
    let mut head = Vec::new();
    let count = input.read_buf(&mut head).await.map_err(|error| Problem::input(subject, io_reason(&error)))?;
    if count == 0 {
        return Err(Problem::input(subject, "nothing arrived"));
    }
    let reader = Read::chain(Cursor::new(head), SyncIoBridge::new(input));
    let opened = match source.raw {
        Some(format) => Source::raw(reader, format),
        None => Source::reader(reader),
    };
    samples(opened, source, subject)
}

fn samples(source: Source, how: SourceArgs, subject: &str) -> Result<Samples, Problem> {
    Samples::of(source, how.channel).map_err(|error| broken(subject, &error.into()))
}

/// A reader that has heard enough is no failure.
fn ended(unwritten: Unwritten) -> Result<(), Problem> {
    match unwritten {
        Unwritten::Failed(problem) => Err(problem),
        Unwritten::Unread => Ok(()),
    }
}
