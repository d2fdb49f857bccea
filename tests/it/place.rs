//! A folder for runs of the program, and an emulator that they ask.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use stt_emulator::{Emulator, Running};
use tempfile::TempDir;

use crate::cli::stt;

pub(crate) struct Place {
    pub(crate) emulator: Running,
    folder: TempDir,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self { emulator: Emulator::builder().start_blocking().unwrap(), folder: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn put(&self, name: &str, bytes: &[u8]) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    pub(crate) fn text(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// A run in the folder, with neither a service nor a key.
    pub(crate) fn stt(&self, arguments: &[&str]) -> Command {
        let mut command = stt(arguments);
        command.current_dir(self.folder.path());
        command
    }

    /// The same, which asks the emulator.
    pub(crate) fn asking(&self, arguments: &[&str]) -> Command {
        let mut command = self.stt(arguments);
        command.env("AZURE_SPEECH_ENDPOINT", self.emulator.endpoint()).env("AZURE_SPEECH_KEY", self.emulator.key());
        command
    }

    /// How many recognitions were asked for since this was asked last.
    pub(crate) fn asked(&self) -> usize {
        let count = self.emulator.journal().len();
        self.emulator.reset();
        count
    }
}
