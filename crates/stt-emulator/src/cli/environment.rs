//! `stt-emulator env`, and the variables that it has in common with `exec`.

use std::io::{self, Write};
use std::net::SocketAddr;
use std::process::ExitCode;

use clap::{Args, ValueEnum};

use crate::cli::failure::Failure;
use crate::cli::serve::{ADDRESS, region};
use crate::cli::tls::{self, Trusted};
use crate::config::KEY_1;
use crate::running::endpoint;

#[derive(Args, Debug)]
pub(super) struct Options {
    /// The shell whose syntax is wanted
    #[arg(long, value_enum, default_value_t)]
    shell: Shell,
    /// Where the emulator listens
    #[arg(long, value_name = "ADDRESS", default_value_t = ADDRESS)]
    listen: SocketAddr,
    /// The region that the emulator was told
    #[arg(long, value_name = "NAME", value_parser = region, default_value = "emulator")]
    region: String,
    #[command(flatten)]
    tls: Trusted,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Shell {
    Dotenv,
    Fish,
    Pwsh,
    #[default]
    Sh,
}

impl Options {
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        if self.listen.port() == 0 {
            return Err(Failure::PortUnknown);
        }
        let mut lines = String::new();
        let own = variables(&endpoint(self.listen, self.tls.ca_file().is_some()), &self.region);
        let authority = self.tls.ca_file().map(tls::variables).unwrap_or_default();
        for (name, value) in own.into_iter().chain(authority) {
            lines.push_str(&self.shell.line(name, &value));
            lines.push('\n');
        }
        // Whoever closed the pipe wants no more of it.
        let _ = io::stdout().write_all(lines.as_bytes());
        Ok(ExitCode::SUCCESS)
    }
}

impl Shell {
    /// No value has a quote in it: they are a URL, hex digits, a name of letters, digits and hyphens, and a path that
    /// was looked at.
    fn line(self, name: &str, value: &str) -> String {
        match self {
            Self::Dotenv => format!("{name}={value}"),
            Self::Fish => format!("set -gx {name} '{value}'"),
            Self::Pwsh => format!("$env:{name} = '{value}'"),
            Self::Sh => format!("export {name}='{value}'"),
        }
    }
}

/// What a program has to know to use an emulator.
pub(super) fn variables(endpoint: &str, region: &str) -> [(&'static str, String); 3] {
    [
        ("AZURE_SPEECH_ENDPOINT", endpoint.to_owned()),
        ("AZURE_SPEECH_KEY", KEY_1.to_owned()),
        ("AZURE_SPEECH_REGION", region.to_owned()),
    ]
}
