//! What the command line says about TLS.

use std::fs;
use std::io::{self, Write};
use std::path::{self, Path, PathBuf};

use clap::Args;
use tempfile::NamedTempFile;

use crate::builder::Builder;
use crate::cli::failure::Failure;
use crate::running::Running;
use crate::tls::host;

/// Whether and for whom an emulator listens behind TLS.
#[derive(Args, Debug)]
pub(super) struct Secured {
    /// Listen behind TLS, with an authority that is made at the start
    #[arg(long)]
    tls: bool,
    /// Another name of this machine that the certificate is to be for; more than one is possible
    #[arg(long, value_name = "NAME", value_parser = host, requires = "tls")]
    tls_host: Vec<String>,
    /// Write the authority into this file, which goes when the emulator stops
    #[arg(long, value_name = "PATH", requires = "tls")]
    tls_ca_file: Option<PathBuf>,
}

/// Which emulator behind TLS is meant.
#[derive(Args, Debug)]
pub(super) struct Trusted {
    /// The file with the authority of an emulator behind TLS
    #[arg(long, value_name = "PATH", value_parser = plain)]
    tls_ca_file: Option<PathBuf>,
}

impl Trusted {
    pub(super) fn ca_file(&self) -> Option<&Path> {
        self.tls_ca_file.as_deref()
    }
}

impl Secured {
    pub(super) fn told(&self, builder: Builder) -> Builder {
        if self.tls { builder.tls(self.tls_host.clone()) } else { builder }
    }

    /// Writes the authority where it was asked for.
    pub(super) fn write(&self, running: &Running) -> Result<CaFile, Failure> {
        let (Some(path), Some(ca)) = (&self.tls_ca_file, running.ca()) else { return Ok(CaFile::None) };
        fs::write(path, ca).map_err(|source| Failure::Write { path: path.clone(), source })?;
        Ok(CaFile::Named(path.clone()))
    }

    /// Writes the authority into a file for a command, where it was asked for or for as long as the command runs.
    pub(super) fn write_for_command(&self, running: &Running) -> Result<CaFile, Failure> {
        match (self.write(running)?, running.ca()) {
            (CaFile::None, Some(ca)) => temporary(ca).map(CaFile::Temporary).map_err(Failure::Start),
            (file, _) => Ok(file),
        }
    }
}

fn temporary(ca: &str) -> io::Result<NamedTempFile> {
    let mut file = tempfile::Builder::new().prefix("stt-emulator-ca-").suffix(".pem").tempfile()?;
    file.write_all(ca.as_bytes())?;
    Ok(file)
}

/// The file with the authority, which goes with this value.
#[derive(Debug)]
pub(super) enum CaFile {
    Named(PathBuf),
    None,
    Temporary(NamedTempFile),
}

impl CaFile {
    /// The variables by which programs find it.
    pub(super) fn variables(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Named(path) => variables(path),
            Self::None => Vec::new(),
            Self::Temporary(file) => variables(file.path()),
        }
    }
}

impl Drop for CaFile {
    fn drop(&mut self) {
        if let Self::Named(path) = self {
            let _ = fs::remove_file(path);
        }
    }
}

/// The variables that name the file of authorities: of OpenSSL, Python, Go and others, of requests, of curl, of
/// Node.js. All but the last are read in place of the authorities of the system.
pub(super) fn variables(ca: &Path) -> Vec<(&'static str, String)> {
    let ca = path::absolute(ca).unwrap_or_else(|_| ca.to_owned()).to_string_lossy().into_owned();
    ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"]
        .map(|name| (name, ca.clone()))
        .into()
}

/// A path that needs no more than quotes in any shell.
fn plain(text: &str) -> Result<PathBuf, &'static str> {
    match text.contains(['\'', '\n']) {
        false => Ok(PathBuf::from(text)),
        true => Err("a path with a quote or a line break cannot be printed for a shell"),
    }
}
