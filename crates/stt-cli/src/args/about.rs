//! What is asked about languages and about the program itself, as it was typed.

use std::path::PathBuf;

use clap::Args;

use super::ReportFormat;

#[derive(Args, Debug)]
pub(crate) struct LanguagesArgs {
    /// Part of a tag or of an English name.
    pub(crate) filter: Option<String>,
    /// Those whose pronunciation can be assessed, and no others.
    #[arg(long)]
    pub(crate) assess: bool,
    /// What to write: text for people, or json (one object).
    #[arg(id = "report_format", short = 'f', long = "output-format", visible_alias = "format")]
    #[arg(value_name = "FORMAT", default_value = "text")]
    pub(crate) report_format: ReportFormat,
}

#[derive(Args, Debug)]
pub(crate) struct CompletionsArgs {
    /// The shell.
    pub(crate) shell: clap_complete::Shell,
}

#[derive(Args, Debug)]
pub(crate) struct ManArgs {
    /// The folder that gets a file for each page; without one, all pages go to standard output.
    pub(crate) dir: Option<PathBuf>,
}

pub(super) const LANGUAGES_EXAMPLES: &str = "\
Examples:
  stt languages
  stt languages german
  stt languages --assess -f json";

pub(super) const COMPLETIONS_EXAMPLES: &str = "\
Examples:
  stt completions bash > ~/.local/share/bash-completion/completions/stt
  stt completions zsh > ~/.zfunc/_stt           with fpath+=~/.zfunc before compinit
  stt completions fish > ~/.config/fish/completions/stt.fish
  stt completions powershell >> $PROFILE";

pub(super) const MAN_EXAMPLES: &str = "\
Examples:
  stt man ~/.local/share/man/man1
  stt man | man -l -            read them all";
