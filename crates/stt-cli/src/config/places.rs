//! Where configuration files are looked for.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use crate::environment::{self, Environment};

/// The files that are read, if they are there.
#[derive(Debug, Default)]
pub(crate) struct Places {
    /// `stt.toml` in the current folder or the nearest folder above it that has one.
    pub(super) project: Option<PathBuf>,
    /// One that is there and was left out, because somebody else put it there.
    pub(super) foreign: Option<PathBuf>,
    /// The user's own, where the environment says enough to know its place.
    pub(super) user: Option<PathBuf>,
}

impl Places {
    /// The search ends at the root of a repository, at the user's home, and where a folder belongs to somebody else: above
    /// it, as in `/tmp`, anybody may have put a file.
    pub(super) fn find(environment: &Environment, folder: &Path) -> Self {
        let home = environment.get(environment::HOME).map(Path::new);
        let mut places = Self { user: user(environment), ..Self::default() };
        let owner = fs::metadata(folder).map(|about| owner(&about)).ok();
        for above in folder.ancestors() {
            if owner != fs::metadata(above).map(|about| self::owner(&about)).ok() {
                break;
            }
            let path = above.join(PROJECT);
            match fs::metadata(&path) {
                Ok(about) if Some(self::owner(&about)) == owner => {
                    places.project = Some(path);
                    break;
                }
                Ok(_) => {
                    places.foreign = Some(path);
                    break;
                }
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                // What is there and cannot be looked at is refused when it is read.
                Err(_) => {
                    places.project = Some(path);
                    break;
                }
            }
            if above.join(".git").exists() || home == Some(above) {
                break;
            }
        }
        places
    }
}

/// A path as a user writes it in a file: `~/` is the home folder, and anything else starts at the file.
pub(super) fn resolve(written: &str, folder: &Path, environment: &Environment) -> PathBuf {
    match (written.strip_prefix("~/"), environment.get(environment::HOME)) {
        (Some(rest), Some(home)) => Path::new(home).join(rest),
        _ => folder.join(written),
    }
}

/// The XDG Base Directory Specification leaves paths aside that are not absolute.
#[cfg(not(windows))]
fn user(environment: &Environment) -> Option<PathBuf> {
    let given = environment.get(environment::XDG_CONFIG_HOME).map(PathBuf::from).filter(|path| path.is_absolute());
    let base = given.or_else(|| Some(Path::new(environment.get(environment::HOME)?).join(".config")))?;
    Some(base.join(OWN).join(USER))
}

#[cfg(windows)]
fn user(environment: &Environment) -> Option<PathBuf> {
    Some(Path::new(environment.get(environment::APPDATA)?).join(OWN).join(USER))
}

#[cfg(unix)]
fn owner(about: &fs::Metadata) -> u32 {
    std::os::unix::fs::MetadataExt::uid(about)
}

/// Elsewhere folders that everybody writes to do not stand above those of users.
#[cfg(not(unix))]
fn owner(_: &fs::Metadata) -> u32 {
    0
}

pub(super) const PROJECT: &str = "stt.toml";
const OWN: &str = "stt";
const USER: &str = "config.toml";
