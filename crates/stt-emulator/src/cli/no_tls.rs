//! What the command line says about TLS in a build without it: nothing.

use std::path::Path;

use clap::Args;

use crate::builder::Builder;
use crate::cli::failure::Failure;
use crate::running::Running;

/// There is nothing to choose.
#[derive(Args, Debug)]
pub(super) struct Secured {}

/// Nor an authority to trust.
#[derive(Args, Debug)]
pub(super) struct Trusted {}

impl Trusted {
    #[expect(clippy::unused_self, reason = "with TLS there is a choice")]
    pub(super) const fn ca_file(&self) -> Option<&Path> {
        None
    }
}

#[expect(clippy::unused_self, clippy::unnecessary_wraps, reason = "with TLS there is a choice, which may fail")]
impl Secured {
    pub(super) const fn told(&self, builder: Builder) -> Builder {
        builder
    }

    pub(super) const fn write(&self, _: &Running) -> Result<CaFile, Failure> {
        Ok(CaFile)
    }

    pub(super) const fn write_for_command(&self, _: &Running) -> Result<CaFile, Failure> {
        Ok(CaFile)
    }
}

/// No file.
#[derive(Debug)]
pub(super) struct CaFile;

impl CaFile {
    #[expect(clippy::unused_self, reason = "with TLS there is a file")]
    pub(super) const fn variables(&self) -> Vec<(&'static str, String)> {
        Vec::new()
    }
}

pub(super) const fn variables(_: &Path) -> Vec<(&'static str, String)> {
    Vec::new()
}
