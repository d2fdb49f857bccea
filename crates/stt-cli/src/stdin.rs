//! What can be known of standard input before it is read.

use std::io::{self, IsTerminal};

use crate::{args::CallArgs, problem::Problem};

/// It has to be a pipe, and nobody knows the length of a stream.
pub(crate) fn check(call: &CallArgs) -> Result<(), Problem> {
    if call.no_chunked {
        return Err(Problem::usage("--no-chunked needs the length of the audio, which standard input does not tell"));
    }
    check_pipe()
}

/// Nobody types audio.
pub(crate) fn check_pipe() -> Result<(), Problem> {
    if io::stdin().is_terminal() {
        return Err(Problem::usage("standard input is a terminal; pipe audio into it"));
    }
    Ok(())
}
