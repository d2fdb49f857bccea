//! The program `stt-emulator`.

use std::process::ExitCode;

fn main() -> ExitCode {
    stt_emulator::cli::run(std::env::args_os())
}
