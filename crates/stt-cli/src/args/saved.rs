//! What becomes of the service's answers, and results that need no service, as it was typed.

use std::path::PathBuf;

use clap::Args;

/// What becomes of the service's answers.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Saved answers")]
pub(crate) struct SaveArgs {
    /// Keep every answer of the service in this folder, byte for byte as it came.
    #[arg(long, value_name = "DIR", conflicts_with_all = ["dry_run", "curl"])]
    pub(crate) save_response: Option<PathBuf>,
}

/// Results that need no service.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Saved answers")]
pub(crate) struct SavedArgs {
    /// Write the results of saved answers, without asking the service: files or folders of --save-response, an answer
    /// that curl got, or - for one on standard input.
    #[arg(long, value_name = "FILE", num_args = 1.., conflicts_with_all = OF_A_RUN)]
    #[arg(conflicts_with_all = ["from_journal", "save_response"])]
    pub(crate) from_response: Vec<PathBuf>,
    /// With -O: write the results that an earlier run had to keep in the folder's journal, without asking the service.
    #[arg(long, requires = "output_dir", conflicts_with_all = OF_A_RUN)]
    #[arg(conflicts_with_all = ["save_response", "output_format", "language"])]
    #[arg(conflicts_with_all = ["max_line_width", "max_line_count", "max_words_per_line"])]
    pub(crate) from_journal: bool,
}

impl SavedArgs {
    /// Whether anything is asked of the service.
    pub(crate) fn is_offline(&self) -> bool {
        self.from_journal || !self.from_response.is_empty()
    }
}

/// Flags that only count where the service is asked. What files say in their place is left aside.
const OF_A_RUN: [&str; 34] = [
    "inputs",
    "include",
    "exclude",
    "profanity",
    "endpoint_id",
    "mode",
    "query",
    "format",
    "yes",
    "jobs",
    "tier",
    "max_audio_seconds",
    "dry_run",
    "curl",
    "convert",
    "channel",
    "raw",
    "upload",
    "split",
    "max_seconds",
    "region",
    "endpoint",
    "key_file",
    "emulator",
    "proxy",
    "ca_file",
    "auth",
    "token_file",
    "resource_id",
    "no_chunked",
    "chunk",
    "expect_continue",
    "timeout",
    "retries",
];
