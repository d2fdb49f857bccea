//! A program of the user's own that listens where nothing else tells the words.

mod told;

use std::str::FromStr;
use std::time::Duration;

pub use told::Told;

/// A command that reads WAV and prints text.
///
/// It is taken apart like a command of a shell, quotes and backslashes included, but no shell runs it and nothing is
/// expanded. Where `{wav}` stands it gets the path of a file, otherwise the same WAV on standard input.
///
/// ```
/// use stt_emulator::{Emulator, Recognizer};
///
/// let recognizer: Recognizer = "whisper-cli -m 'my model.bin' -f {wav} -np -nt".parse()?;
/// let running = Emulator::builder().recognizer(recognizer).start_blocking()?;
/// # drop(running);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Recognizer {
    pub(crate) program: String,
    pub(crate) arguments: Vec<String>,
    pub(crate) timeout: Duration,
}

/// A text that is no command.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum RecognizerError {
    /// There is no program in it.
    #[error("the command is empty")]
    Empty,
    /// A quote is not closed, or a backslash ends it.
    #[error("a quote is not closed, or nothing follows the last backslash")]
    Quote,
}

impl Recognizer {
    /// How long it may listen to one request; by default 30 seconds.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }
}

impl FromStr for Recognizer {
    type Err = RecognizerError;

    fn from_str(command: &str) -> Result<Self, RecognizerError> {
        let mut words = shlex::split(command).ok_or(RecognizerError::Quote)?.into_iter();
        let program = words.next().filter(|program| !program.is_empty()).ok_or(RecognizerError::Empty)?;
        Ok(Self { program, arguments: words.collect(), timeout: TIMEOUT })
    }
}

/// Where in the arguments the path of the WAV file goes.
pub(crate) const PLACE: &str = "{wav}";

/// A minute of audio takes a small model on a processor about half as long.
const TIMEOUT: Duration = Duration::from_secs(30);

#[cfg(test)]
mod tests {
    use super::{Recognizer, RecognizerError, TIMEOUT};

    fn words(command: &str) -> Result<Vec<String>, RecognizerError> {
        let Recognizer { program, arguments, timeout } = command.parse()?;
        assert_eq!(timeout, TIMEOUT);
        Ok([vec![program], arguments].concat())
    }

    #[test]
    fn a_command_is_taken_apart_as_a_shell_would_and_nothing_is_expanded() {
        let expected = ["a b", "-f", "{wav}", "$HOME", "*", "c d"].map(str::to_owned).to_vec();
        assert_eq!(words(r#""a b" -f {wav} $HOME '*' c\ d"#), Ok(expected));
    }

    #[test]
    fn what_is_no_command_is_refused() {
        assert_eq!(words(""), Err(RecognizerError::Empty));
        assert_eq!(words("''"), Err(RecognizerError::Empty));
        assert_eq!(words("a 'b"), Err(RecognizerError::Quote));
        assert_eq!(words("a \\"), Err(RecognizerError::Quote));
    }
}
