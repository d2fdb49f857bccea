//! What a diagnosis is about, as it was typed.

use std::time::Duration;

use clap::Args;

use super::{ReportFormat, ServiceArgs, call::seconds};

#[derive(Args, Debug)]
pub(crate) struct DoctorArgs {
    /// What to write: text for people, or json (one object).
    #[arg(id = "report_format", short = 'f', long = "output-format", visible_alias = "format")]
    #[arg(value_name = "FORMAT", default_value = "text")]
    pub(crate) report_format: ReportFormat,
    /// Seconds that all checks together may take.
    #[arg(long, value_name = "S", default_value = "60", value_parser = seconds)]
    pub(crate) timeout: Duration,
    #[command(flatten)]
    pub(crate) service: ServiceArgs,
}

pub(super) const DOCTOR_EXAMPLES: &str = "\
Examples:
  stt doctor                                   why does it not work?
  stt doctor --region westeurope --key-file key.txt
  stt doctor -f json | jq -r '.checks[] | select(.status == \"failed\") | .check'
  stt doctor --emulator                        what it says when all is well";

pub(super) const DOCTOR_EXIT: &str = "\
Exit code:
  0 when nothing failed, 2 for the configuration, 4 for the credential, 5 for the network or the service.
  No audio is sent and nothing is recognized, so nothing is paid for.";
