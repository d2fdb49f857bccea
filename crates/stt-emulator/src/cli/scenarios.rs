//! `stt-emulator scenarios`.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Subcommand;

use crate::cli::failure::Failure;
use crate::cli::say;
use crate::scenario::{ReadError, Scenario};

#[derive(Debug, Subcommand)]
pub(super) enum Scenarios {
    /// Tell every mistake with its line and column; the exit code is 2 if there is one
    Check {
        /// Files in TOML, or in JSON where their names end in .json
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
    },
    /// Print the JSON Schema of scenario files, for editors and other tools
    Schema,
}

impl Scenarios {
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        match self {
            Self::Check { files } => check(&files),
            Self::Schema => {
                let schema = format!("{:#}\n", Scenario::schema());
                let written = io::stdout().write_all(schema.as_bytes());
                let path = PathBuf::from("standard output");
                written.map(|()| ExitCode::SUCCESS).map_err(|source| Failure::Write { path, source })
            }
        }
    }
}

/// Looks at every file, also behind one that is wrong.
fn check(files: &[PathBuf]) -> Result<ExitCode, Failure> {
    let mut wrong = Vec::new();
    for path in files {
        match read(path) {
            Ok(_) => say(&format!("{}: no mistakes", path.display())),
            Err(Failure::Scenario(mistakes)) => wrong.push(mistakes),
            Err(failure) => return Err(failure),
        }
    }
    match wrong.is_empty() {
        true => Ok(ExitCode::SUCCESS),
        false => Err(Failure::Scenario(wrong.join("\n"))),
    }
}

/// The scenario in a file.
pub(super) fn read(path: &Path) -> Result<Scenario, Failure> {
    Scenario::read(path).map_err(|error| match error {
        ReadError::File(source) => Failure::Read { path: path.to_owned(), source },
        ReadError::Mistakes(error) => {
            let file = path.display().to_string();
            let lines = error.mistakes().iter().map(|mistake| mistake.within(&file));
            Failure::Scenario(lines.collect::<Vec<_>>().join("\n"))
        }
    })
}
