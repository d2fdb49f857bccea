//! Where the service is and who asks, as it was typed.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::ConfigArgs;

/// Where the service is, and the key.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Service")]
pub(crate) struct KeyServiceArgs {
    /// The region of the Speech resource, such as westeurope [env: AZURE_SPEECH_REGION].
    #[arg(long, value_name = "ID")]
    pub(crate) region: Option<String>,
    /// The endpoint of the Speech resource, in any form the portal shows; wins over the region [env: AZURE_SPEECH_ENDPOINT].
    #[arg(long, value_name = "URL")]
    pub(crate) endpoint: Option<String>,
    /// The file that holds the key, or - for standard input [env: STT_KEY_FILE, or the key itself in AZURE_SPEECH_KEY].
    #[arg(long, value_name = "PATH")]
    pub(crate) key_file: Option<PathBuf>,
    /// Start the emulator for this run: no key, no network, and no speech recognition.
    #[arg(long)]
    pub(crate) emulator: bool,
    /// The proxy on the way to the service, such as http://proxy:3128 [env: https_proxy, all_proxy, no_proxy].
    #[arg(long, value_name = "URL")]
    pub(crate) proxy: Option<String>,
    /// Certificate authorities in PEM form to trust too, such as that of a company [env: STT_CA_FILE].
    #[arg(long, value_name = "PEM")]
    pub(crate) ca_file: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) config: ConfigArgs,
}

/// Where the service is and who asks.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Service")]
pub(crate) struct ServiceArgs {
    #[command(flatten)]
    pub(crate) key: KeyServiceArgs,
    /// What is sent: the key, a token for it, an Entra token, or nothing; key if not told [env: STT_AUTH].
    #[arg(long)]
    pub(crate) auth: Option<Auth>,
    /// The file that holds the Entra access token, for --auth entra.
    #[arg(long, value_name = "PATH")]
    pub(crate) token_file: Option<PathBuf>,
    /// The full id of the Speech resource, /subscriptions/..., for --auth entra.
    #[arg(long, value_name = "ID")]
    pub(crate) resource_id: Option<String>,
}

impl ServiceArgs {
    /// The files that are read, as they were typed.
    pub(crate) fn files(&self) -> impl Iterator<Item = &Path> {
        self.key.key_file.iter().chain(&self.token_file).chain(&self.key.ca_file).map(PathBuf::as_path)
    }
}

/// What the requests carry as credential.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, ValueEnum)]
pub(crate) enum Auth {
    #[default]
    Key,
    Token,
    Entra,
    None,
}
