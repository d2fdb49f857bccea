//! What the files of saved answers are called.

use std::{fmt, path::Path};

use stt_model::Ticks;

/// What the file of an answer is called: after its input, its place in time, and what it is.
///
/// | file | holds |
/// | --- | --- |
/// | `talk.json` | what was recognized in all of `talk.wav` |
/// | `talk.00000000-00053440.json` | what was recognized in its audio from 0 to 53.440 s |
/// | `talk.failed.json` | the answer that was the last one, and is no recognition |
/// | `talk.try-1.json` | an answer after which the request was repeated |
///
/// They sort by time, and are all that is needed to put the pieces together where the index is gone.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Name<'a> {
    /// The path of the input below what was asked for, without its extension.
    pub(crate) stem: &'a str,
    /// Where the audio begins and ends, in milliseconds, if it is not all of the input.
    pub(crate) piece: Option<(u64, u64)>,
    pub(crate) kind: Kind,
}

/// What an answer is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Kind {
    Failed,
    Recognition,
    /// The request was repeated after it, for the so manieth time.
    Try(usize),
}

impl<'a> Name<'a> {
    pub(crate) fn new(stem: &'a str, piece: Option<(Ticks, Ticks)>, kind: Kind) -> Self {
        Self { stem, piece: piece.map(|(start, end)| (start.as_millis(), end.as_millis())), kind }
    }

    /// Reads a name, which may be that of any file.
    pub(crate) fn read(name: &'a str) -> Option<Self> {
        name.strip_suffix(EXTENSION).map(Self::of_stem)
    }

    /// The same without the extension.
    pub(crate) fn of_stem(stem: &'a str) -> Self {
        let (stem, kind) = match stem.rsplit_once('.') {
            Some((before, "failed")) => (before, Kind::Failed),
            Some((before, last)) => match last.strip_prefix("try-").and_then(|count| count.parse().ok()) {
                Some(count) => (before, Kind::Try(count)),
                None => (stem, Kind::Recognition),
            },
            None => (stem, Kind::Recognition),
        };
        let piece = stem.rsplit_once('.').and_then(|(before, last)| Some((before, times(last)?)));
        match piece {
            Some((before, times)) => Self { stem: before, piece: Some(times), kind },
            None => Self { stem, piece: None, kind },
        }
    }
}

impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.stem)?;
        if let Some((start, end)) = self.piece {
            write!(f, ".{start:0DIGITS$}-{end:0DIGITS$}")?;
        }
        match self.kind {
            Kind::Failed => f.write_str(".failed")?,
            Kind::Recognition => {}
            Kind::Try(count) => write!(f, ".try-{count}")?,
        }
        f.write_str(EXTENSION)
    }
}

/// The path of an input below what was asked for, as it stands in an index: without extension, and with slashes.
pub(crate) fn stem(place: &Path) -> String {
    let place = place.with_extension("");
    let parts: Vec<_> = place.iter().map(|part| part.to_string_lossy()).collect();
    parts.join("/")
}

fn times(text: &str) -> Option<(u64, u64)> {
    let (start, end) = text.split_once('-')?;
    let is_time = |text: &str| DIGITS <= text.len() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_time(start) || !is_time(end) {
        return None;
    }
    Some((start.parse().ok()?, end.parse().ok()?))
}

/// Whatever an answer holds, the service promises JSON.
const EXTENSION: &str = ".json";

/// Milliseconds of 27 hours; longer audio has longer names.
const DIGITS: usize = 8;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_read_as_it_was_written() {
        for (piece, kind, text) in [
            (None, Kind::Recognition, "a/talk.json"),
            (Some((Ticks(0), Ticks(534_400_625))), Kind::Recognition, "a/talk.00000000-00053440.json"),
            (Some((Ticks(0), Ticks(10))), Kind::Failed, "a/talk.00000000-00000000.failed.json"),
            (None, Kind::Try(2), "a/talk.try-2.json"),
        ] {
            let name = Name::new("a/talk", piece, kind);
            assert_eq!(name.to_string(), text);
            assert_eq!(Name::read(text), Some(name));
        }
    }

    #[test]
    fn what_only_looks_alike_is_part_of_the_name() {
        for stem in ["talk.v2", "talk.1-2", "talk.try-again", "failed", "2026-11-21"] {
            let whole = Name { stem, piece: None, kind: Kind::Recognition };
            assert_eq!(Name::read(&format!("{stem}.json")), Some(whole));
        }
        assert_eq!(Name::read("talk.txt"), None);
    }

    #[test]
    fn a_stem_is_the_place_without_its_extension() {
        assert_eq!(stem(&Path::new("b").join("c.d.mp3")), "b/c.d");
        assert_eq!(stem(Path::new("-")), "-");
    }
}
