//! Which configuration counts, and what is asked about it, as it was typed.

use clap::{Args, Subcommand};

use super::{ReportFormat, ServiceArgs};

/// Which configuration counts.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Configuration")]
pub(crate) struct ConfigArgs {
    /// The profile of the configuration files that counts before [profile.default] [env: STT_PROFILE].
    #[arg(long, value_name = "NAME", conflicts_with = "no_config")]
    pub(crate) profile: Option<String>,
    /// Read no configuration file.
    #[arg(long)]
    pub(crate) no_config: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Show every value that counts and where it is from; other flags count as they would for stt transcribe.
    #[command(before_help = SHOW_EXAMPLES)]
    Show(Box<ShowArgs>),
    /// Show which configuration files are read.
    #[command(before_help = PATH_EXAMPLES)]
    Path(PathArgs),
    /// Write a configuration file in which everything is explained and nothing is set.
    #[command(before_help = INIT_EXAMPLES)]
    Init(InitArgs),
}

#[derive(Args, Debug)]
pub(crate) struct ShowArgs {
    /// What to write: text for people, or json (one object).
    #[arg(id = "report_format", short = 'f', long = "output-format", visible_alias = "format")]
    #[arg(value_name = "FORMAT", default_value = "text")]
    pub(crate) report_format: ReportFormat,
    #[command(flatten)]
    pub(crate) service: ServiceArgs,
}

#[derive(Args, Debug)]
pub(crate) struct PathArgs {
    /// Print the path of the user's file and nothing else, whether it is there or not.
    #[arg(long)]
    pub(crate) user: bool,
}

#[derive(Args, Debug)]
pub(crate) struct InitArgs {
    /// Write stt.toml in this folder instead of the user's file.
    #[arg(long)]
    pub(crate) project: bool,
}

pub(super) const CONFIG_EXAMPLES: &str = "\
Examples:
  stt config init               write a file in which everything is explained
  stt config show               what counts, and where it is from
  stt config path               which files are read";

const SHOW_EXAMPLES: &str = "\
Examples:
  stt config show
  stt config show --profile work -l de-DE      what would count with these flags
  stt config show --format json";

const PATH_EXAMPLES: &str = "\
Examples:
  stt config path
  vi \"$(stt config path --user)\"";

const INIT_EXAMPLES: &str = "\
Examples:
  stt config init               the user's file, for all folders
  stt config init --project     stt.toml, for this folder and those below it";
