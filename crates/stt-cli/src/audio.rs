//! A file before it is sent: what it is, and whether the service would take it.

use std::{
    fs::File,
    io::{self, Cursor, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
    time::Duration,
};

use stt_audio::{Inspection, Length, Limits, NewHeader, Reason, Verdict};
use stt_model::AudioFormat;

use crate::{output::io_reason, problem::Problem};

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

impl Prepared {
    /// Looks at a file, and reads it only if it needs another header.
    pub(crate) fn of_file(path: &Path, limits: Limits) -> Result<Self, Problem> {
        let name = path.display().to_string();
        let unreadable = |error: io::Error| Problem::input(name.as_str(), io_reason(&error));
        let mut file = File::open(path).map_err(unreadable)?;
        let bytes = file.metadata().map_err(unreadable)?.len();
        let inspection = Inspection::of_file(&mut file).map_err(unreadable)?;
        let source = match sendable(&inspection, limits, &name, |reason| reason.fix(&name))? {
            None => Source::File(path.to_owned(), bytes),
            Some(new) => Source::Memory(rebuilt(&mut file, &new).map_err(unreadable)?),
        };
        Ok(Self::of(&inspection, source))
    }

    /// The same for audio that came from standard input and is complete.
    pub(crate) fn of_bytes(bytes: Vec<u8>, limits: Limits, subject: &str) -> Result<Self, Problem> {
        let unreadable = |error: io::Error| Problem::input(subject, io_reason(&error));
        let mut cursor = Cursor::new(bytes);
        let inspection = Inspection::of_file(&mut cursor).map_err(unreadable)?;
        let source = match sendable(&inspection, limits, subject, |_| None)? {
            None => Source::Memory(cursor.into_inner()),
            Some(new) => Source::Memory(rebuilt(&mut cursor, &new).map_err(unreadable)?),
        };
        Ok(Self::of(&inspection, source))
    }

    fn of(inspection: &Inspection, source: Source) -> Self {
        let length = match inspection.length {
            Length::Exact(length) | Length::Estimated(length) => Some(length),
            Length::Unknown => None,
        };
        let warnings = inspection.warnings.iter().map(ToString::to_string).collect();
        Self { format: format(inspection), length, source, warnings }
    }
}

/// The format that the verdict accepted.
pub(crate) fn format(inspection: &Inspection) -> AudioFormat {
    if inspection.wav().is_some() { AudioFormat::WavPcm16k } else { AudioFormat::OggOpus }
}

/// Refuses what the service would not take, and tells whether a header has to be replaced.
pub(crate) fn sendable(
    inspection: &Inspection,
    limits: Limits,
    subject: &str,
    fix: impl Fn(&Reason) -> Option<String>,
) -> Result<Option<NewHeader>, Problem> {
    match inspection.verdict(limits) {
        Verdict::Accepted(_) => Ok(None),
        Verdict::NewHeader(new) => Ok(Some(new)),
        Verdict::Refused(reasons) => {
            let mut sentences = reasons.iter().map(ToString::to_string);
            let what = sentences.next().unwrap_or_else(|| "not taken by the service".to_owned());
            let others = sentences.collect::<Vec<_>>().join("; ");
            let why = (!others.is_empty()).then(|| format!("also: {others}"));
            Err(Problem::input(subject, what).why(why).hint(reasons.first().and_then(fix)))
        }
    }
}

/// The new header and the samples; the verdict has seen that they are no longer than one request may be.
fn rebuilt(file: &mut (impl Read + Seek), new: &NewHeader) -> io::Result<Vec<u8>> {
    let mut bytes = new.header.to_vec();
    file.seek(SeekFrom::Start(new.offset))?;
    file.take(new.length.unwrap_or(u64::MAX)).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wav(seconds: u64) -> Vec<u8> {
        let mut bytes = stt_audio::canonical_header(16_000, seconds * 32_000).to_vec();
        bytes.resize(44 + usize::try_from(seconds).unwrap() * 32_000, 7);
        bytes
    }

    fn prepare(bytes: Vec<u8>) -> Result<Prepared, String> {
        Prepared::of_bytes(bytes, Limits::RECOGNITION, "a.wav").map_err(|problem| problem.to_string())
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
        assert_eq!(prepare(wav(61)).unwrap_err(), "a.wav: 61.0 s, the limit is 60 s");
        let assessed = Prepared::of_bytes(wav(31), Limits::ASSESSMENT, "a.wav").unwrap_err();
        assert_eq!(assessed.to_string(), "a.wav: 31.0 s, the limit is 30 s");
    }

    #[test]
    fn what_is_no_audio_is_refused_by_name() {
        assert_eq!(prepare(Vec::new()).unwrap_err(), "a.wav: file is empty");
        assert_eq!(prepare(b"<!DOCTYPE html><html>".to_vec()).unwrap_err(), "a.wav: HTML, not audio");
    }
}
