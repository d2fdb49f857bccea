//! A key on the command line is refused before anything can repeat it.

use std::ffi::OsString;

/// Whether somebody typed `--key`: every other user of the machine can read the arguments of a running program.
///
/// What follows `--` belongs to another program.
pub(crate) fn refuse_key(arguments: &[OsString]) -> Result<(), KeyOnCommandLine> {
    let own = arguments.iter().map(|argument| argument.as_encoded_bytes()).take_while(|argument| *argument != b"--");
    let typed = |argument: &[u8]| match argument.strip_prefix(b"--key") {
        // `--key-file` names a file, `--keys` is the emulator's; anything else may have the key behind it.
        Some(rest) => !matches!(rest, [b'-', ..] | b"s") && !rest.starts_with(b"s="),
        None => false,
    };
    if { own }.any(typed) { Err(KeyOnCommandLine) } else { Ok(()) }
}

/// What is said to a user who typed `--key`.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("there is no --key, because other users of this machine can read the arguments of a program")]
pub(crate) struct KeyOnCommandLine;

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(line: &str) -> bool {
        let arguments: Vec<OsString> = line.split_whitespace().map(OsString::from).collect();
        refuse_key(&arguments).is_err()
    }

    #[test]
    fn a_key_is_refused_wherever_it_stands() {
        for line in
            ["stt --key s3cret", "stt transcribe a.wav --key=s3cret", "stt token --key:s3cret", "stt --keys3cret"]
        {
            assert!(refused(line), "{line}");
        }
    }

    #[test]
    fn flags_that_begin_alike_are_not() {
        for line in ["stt token --key-file k", "stt emulator --keys any", "stt emulator --keys=any"] {
            assert!(!refused(line), "{line}");
        }
    }

    #[test]
    fn what_belongs_to_another_program_is_left_alone() {
        assert!(!refused("stt emulator exec -- program --key s3cret"));
    }
}
