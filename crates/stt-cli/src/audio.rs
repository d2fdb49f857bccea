//! An input before it is sent: what it is, and how it goes to the service.

use std::{
    fs::File,
    io::{self, Cursor, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
    time::Duration,
};

use stt_audio::{Container, DecodeError, Inspection, Length, NewHeader, Reason, Verdict};
use stt_long::{Pieces, Plan};
use stt_model::AudioFormat;

use crate::{args::UploadForm, output::io_reason, problem::Problem, shaping::Shaping};

/// How an input goes to the service.
#[derive(Debug)]
pub(crate) enum Way {
    /// Decoded, converted and, if it is too long, cut.
    Pieces(Pieces),
    /// As it is, or behind another header.
    Whole(Prepared),
}

/// Audio that the service would take.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub(crate) format: AudioFormat,
    pub(crate) length: Option<Duration>,
    pub(crate) source: Source,
    pub(crate) warnings: Vec<String>,
}

/// Where the bytes that go out come from.
#[derive(Debug)]
pub(crate) enum Source {
    /// The file as it is, with its length in bytes.
    File(PathBuf, u64),
    /// These: a header of the file's own was not true.
    Memory(Vec<u8>),
}

impl Source {
    /// How many bytes go out.
    pub(crate) fn bytes(&self) -> u64 {
        match self {
            Self::File(_, bytes) => *bytes,
            Self::Memory(bytes) => bytes.len() as u64,
        }
    }
}

impl Way {
    /// Looks at a file, and reads it only if it needs another header.
    pub(crate) fn of_file(path: &Path, shaping: &Shaping) -> Result<Self, Problem> {
        let name = path.display().to_string();
        let unreadable = |error: io::Error| Problem::input(name.as_str(), io_reason(&error));
        let mut file = File::open(path).map_err(unreadable)?;
        if let Some(format) = shaping.raw {
            check_headerless(&mut file, &name)?;
            return Self::in_pieces(stt_long::Source::raw(file, format), shaping.plan, &name);
        }
        let bytes = file.metadata().map_err(unreadable)?.len();
        let inspection = Inspection::of_file(&mut file).map_err(unreadable)?;
        let source = match sendable(&inspection, shaping, &name, |reason| reason.fix(&name))? {
            Sendable::AsIs => Source::File(path.to_owned(), bytes),
            Sendable::Behind(new) => Source::Memory(rebuilt(&mut file, &new).map_err(unreadable)?),
            Sendable::InPieces => return Self::decoded(path, shaping.plan, &name),
        };
        Ok(Self::Whole(Prepared::of(&inspection, source)))
    }

    /// The same for a file of which everything is at hand that is in it.
    pub(crate) fn of_contents(path: &Path, bytes: Vec<u8>, shaping: &Shaping) -> Result<Self, Problem> {
        if shaping.raw.is_some() {
            return Self::of_file(path, shaping);
        }
        let name = path.display().to_string();
        Self::of_memory(bytes, shaping, &name, |reason| reason.fix(&name), |_| Self::decoded(path, shaping.plan, &name))
    }

    /// The same for audio that came from standard input and is complete.
    pub(crate) fn of_bytes(bytes: Vec<u8>, shaping: &Shaping, subject: &str) -> Result<Self, Problem> {
        let decoded = |bytes| Self::in_pieces(stt_long::Source::reader(Cursor::new(bytes)), shaping.plan, subject);
        Self::of_memory(bytes, shaping, subject, |_| None, decoded)
    }

    fn of_memory(
        bytes: Vec<u8>,
        shaping: &Shaping,
        subject: &str,
        fix: impl Fn(&Reason) -> Option<String>,
        decoded: impl FnOnce(Vec<u8>) -> Result<Self, Problem>,
    ) -> Result<Self, Problem> {
        let inspection = Inspection::of_bytes(&bytes);
        let source = match sendable(&inspection, shaping, subject, fix)? {
            Sendable::AsIs => bytes,
            Sendable::Behind(new) => {
                rebuilt(&mut Cursor::new(bytes), &new).map_err(|error| Problem::input(subject, io_reason(&error)))?
            }
            Sendable::InPieces => return decoded(bytes),
        };
        Ok(Self::Whole(Prepared::of(&inspection, Source::Memory(source))))
    }

    /// A file that has to be decoded.
    fn decoded(path: &Path, plan: Plan, subject: &str) -> Result<Self, Problem> {
        Self::in_pieces(stt_long::Source::file(path).map_err(broken(subject))?, plan, subject)
    }

    /// Whatever has to be decoded.
    pub(crate) fn in_pieces(source: stt_long::Source, plan: Plan, subject: &str) -> Result<Self, Problem> {
        Pieces::of(source, plan).map(Self::Pieces).map_err(broken(subject))
    }
}

/// Refuses a file that says itself what it is: its header would be heard as noise, and its samples as others.
pub(crate) fn check_headerless(file: &mut File, subject: &str) -> Result<(), Problem> {
    let mut head = [0; 16];
    let read = file.read(&mut head).and_then(|count| file.rewind().map(|()| count));
    let count = read.map_err(|error| Problem::input(subject, io_reason(&error)))?;
    match Container::marked(&head[..count]) {
        Some(container) => {
            Err(Problem::input(subject, format!("{container}, which has a header")).hint("leave out --raw".to_owned()))
        }
        None => Ok(()),
    }
}

fn broken(subject: &str) -> impl Fn(DecodeError) -> Problem + '_ {
    move |error| match error {
        DecodeError::Io(error) => Problem::input(subject, io_reason(&error)),
        error => Problem::input(subject, error.to_string()),
    }
}

impl Prepared {
    fn of(inspection: &Inspection, source: Source) -> Self {
        let length = match inspection.length {
            Length::Exact(length) | Length::Estimated(length) => Some(length),
            Length::Unknown => None,
        };
        let warnings = inspection.warnings.iter().map(ToString::to_string).collect();
        Self { format: format(inspection), length, source, warnings }
    }
}

/// How audio can go out.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Sendable {
    AsIs,
    Behind(NewHeader),
    InPieces,
}

/// The format that the verdict accepted.
pub(crate) fn format(inspection: &Inspection) -> AudioFormat {
    if inspection.wav().is_some() { AudioFormat::WavPcm16k } else { AudioFormat::OggOpus }
}

/// How audio can go out; refuses what cannot, or must not.
pub(crate) fn sendable(
    inspection: &Inspection,
    shaping: &Shaping,
    subject: &str,
    fix: impl Fn(&Reason) -> Option<String>,
) -> Result<Sendable, Problem> {
    // What the service is only guessed to take is made what it documents.
    let improves = inspection
        .wav()
        .is_some_and(|wav| shaping.upload == UploadForm::Opus || (shaping.converts() && wav.rate != DOCUMENTED_RATE));
    match inspection.verdict(shaping.limits) {
        Verdict::Accepted(_) | Verdict::NewHeader(_) if improves => Ok(Sendable::InPieces),
        Verdict::Accepted(_) => Ok(Sendable::AsIs),
        Verdict::NewHeader(new) => Ok(Sendable::Behind(new)),
        Verdict::Refused(reasons) => shaping.can_cure(&reasons, subject, fix).map(|()| Sendable::InPieces),
    }
}

/// The new header and the samples; the verdict has seen that they are no longer than one request may be.
fn rebuilt(file: &mut (impl Read + Seek), new: &NewHeader) -> io::Result<Vec<u8>> {
    let mut bytes = new.header.to_vec();
    file.seek(SeekFrom::Start(new.offset))?;
    file.take(new.length.unwrap_or(u64::MAX)).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The only rate that Microsoft documents for this API, in Hz.
pub(crate) const DOCUMENTED_RATE: u32 = 16_000;

#[cfg(test)]
mod tests {
    use stt_audio::Limits;

    use super::*;
    use crate::args::{AudioArgs, Choice, SourceArgs};

    fn wav(seconds: u64) -> Vec<u8> {
        let mut bytes = stt_audio::canonical_header(16_000, seconds * 32_000).to_vec();
        bytes.resize(44 + usize::try_from(seconds).unwrap() * 32_000, 7);
        bytes
    }

    fn prepare(bytes: Vec<u8>) -> Result<Prepared, String> {
        within(bytes, Limits::RECOGNITION)
    }

    fn within(bytes: Vec<u8>, limits: Limits) -> Result<Prepared, String> {
        let audio = AudioArgs { convert: Choice::Never, source: SourceArgs::default(), upload: UploadForm::Wav };
        match Way::of_bytes(bytes, &Shaping::whole(audio, limits), "a.wav") {
            Ok(Way::Whole(prepared)) => Ok(prepared),
            Ok(Way::Pieces(_)) => Err("in pieces".to_owned()),
            Err(problem) => Err(problem.to_string()),
        }
    }

    #[test]
    fn a_true_wav_goes_out_byte_for_byte() {
        let Source::Memory(sent) = prepare(wav(1)).unwrap().source else { unreachable!() };
        assert_eq!(sent, wav(1));
    }

    #[test]
    fn a_header_that_lies_is_replaced_by_the_truth() {
        let mut lying = wav(1);
        lying[40..44].copy_from_slice(&4_000_000_000_u32.to_le_bytes());
        let prepared = prepare(lying).unwrap();
        let Source::Memory(sent) = &prepared.source else { unreachable!() };
        assert_eq!(*sent, wav(1));
        assert_eq!(prepared.warnings, ["the header promises 4.0 GB, the file has 32 kB; using what is there"]);
    }

    #[test]
    fn what_is_too_long_is_refused_before_anything_is_sent() {
        assert_eq!(prepare(wav(60)).unwrap().length, Some(Duration::from_secs(60)));
        assert_eq!(
            prepare(wav(61)).unwrap_err(),
            "a.wav: 61.0 s, the limit is 60 s\nhint: without --split never it is cut in its pauses"
        );
        assert_eq!(within(wav(31), Limits::ASSESSMENT).unwrap_err(), "a.wav: 31.0 s, the limit is 30 s");
    }

    #[test]
    fn what_has_a_header_is_not_read_without_one() {
        let check = |bytes: &[u8]| {
            let mut file = tempfile::tempfile().unwrap();
            io::Write::write_all(&mut file, bytes).unwrap();
            file.rewind().unwrap();
            let checked = check_headerless(&mut file, "a.wav").map_err(|problem| problem.to_string());
            (checked, file.stream_position().unwrap())
        };
        assert_eq!(check(&[7; 100]), (Ok(()), 0));
        assert_eq!(check(&wav(1)).0, Err("a.wav: WAV, which has a header\nhint: leave out --raw".to_owned()));
    }

    #[test]
    fn what_is_no_audio_is_refused_by_name() {
        assert_eq!(prepare(Vec::new()).unwrap_err(), "a.wav: file is empty");
        assert_eq!(prepare(b"<!DOCTYPE html><html>".to_vec()).unwrap_err(), "a.wav: HTML, not audio");
    }
}
