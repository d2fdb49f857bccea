//! The programs that are compared.

use std::{
    fmt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::{cost::Cost, outcome::Outcome, process::Pin};

/// A program that makes 16 kHz mono of other audio.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Program {
    Own,
    Ffmpeg,
    Sox,
}

impl Program {
    pub(super) const ALL: [Self; 3] = [Self::Own, Self::Ffmpeg, Self::Sox];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Own => "stt-audio",
            Self::Ffmpeg => "ffmpeg",
            Self::Sox => "sox",
        }
    }

    pub(super) fn is_there(self) -> bool {
        let argument = match self {
            Self::Own => return true,
            Self::Ffmpeg => "-version",
            Self::Sox => "--version",
        };
        let mut command = Command::new(self.name());
        command.arg(argument).stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
    }

    /// Converts a file, with one thread and on one core, into [`result`].
    pub(super) fn convert(self, pin: Pin, input: &Path, directory: &Path) -> Outcome<Cost> {
        let result = result(directory);
        match self {
            Self::Own => Cost::of(pin.own()?.arg("convert").arg(input).arg(result)),
            Self::Ffmpeg => {
                let mut command = pin.command(self.name());
                command.args(["-v", "error", "-nostdin", "-y", "-threads", "1", "-i"]).arg(input);
                Cost::of(command.args(["-ar", "16000", "-ac", "1", "-threads", "1"]).arg(result))
            }
            // Without its dither, which would be measured as an error.
            Self::Sox => {
                let mut command = pin.command(self.name());
                command.args(["-D", "--single-threaded"]).arg(input);
                Cost::of(command.args(["-r", "16000", "-c", "1", "-b", "16"]).arg(result))
            }
        }
    }
}

impl fmt::Display for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What a conversion makes.
pub(super) fn result(directory: &Path) -> PathBuf {
    directory.join("result.wav")
}
