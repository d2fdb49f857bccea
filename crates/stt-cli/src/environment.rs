//! The environment variables that the program looks at, read once.

use std::{collections::BTreeMap, env};

/// The values of [`NAMES`]; what is set and empty counts as not set.
#[derive(Default)]
pub(crate) struct Environment(BTreeMap<&'static str, String>);

impl Environment {
    /// What the process was started with.
    ///
    /// A value that is not Unicode is kept with U+FFFD in it, which nothing here accepts: it is refused by name later.
    pub(crate) fn of_process() -> Self {
        Self::of(|name| env::var_os(name).map(|value| value.to_string_lossy().into_owned()))
    }

    fn of(look_up: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name: &&'static str| Some((*name, look_up(name).filter(|value| !value.is_empty())?));
        Self(NAMES.iter().filter_map(set).collect())
    }

    /// Makes it as if these had not been set.
    pub(crate) fn forget(&mut self, names: &[&str]) {
        self.0.retain(|name, _| !names.contains(name));
    }

    /// The value of one of [`NAMES`].
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }
}

pub(crate) const ENDPOINT: &str = "AZURE_SPEECH_ENDPOINT";
pub(crate) const KEY: &str = "AZURE_SPEECH_KEY";
pub(crate) const REGION: &str = "AZURE_SPEECH_REGION";
pub(crate) const AUTH: &str = "STT_AUTH";
pub(crate) const KEY_FILE: &str = "STT_KEY_FILE";
pub(crate) const LANGUAGE: &str = "STT_LANGUAGE";
pub(crate) const PROFILE: &str = "STT_PROFILE";
/// The user's folder, under the name that the system has for it.
pub(crate) const HOME: &str = if cfg!(windows) { "USERPROFILE" } else { "HOME" };
/// Where Windows keeps what programs are told.
#[cfg(windows)]
pub(crate) const APPDATA: &str = "APPDATA";
/// The same elsewhere: <https://specifications.freedesktop.org/basedir/latest/>
#[cfg(not(windows))]
pub(crate) const XDG_CONFIG_HOME: &str = "XDG_CONFIG_HOME";
/// <https://no-color.org>
pub(crate) const NO_COLOR: &str = "NO_COLOR";
pub(crate) const TERM: &str = "TERM";
/// As curl reads it; the other names of proxies are those that [`Proxy::from_vars`](stt_hyper::Proxy::from_vars) asks for.
pub(crate) const NO_PROXY: &str = "NO_PROXY";
pub(crate) const CA_FILE: &str = "STT_CA_FILE";

/// Where OpenSSL looks for certificates, and by its example the crate that loads those of the system.
pub(crate) const CERTS: [&str; 2] = ["SSL_CERT_FILE", "SSL_CERT_DIR"];

#[cfg(windows)]
const CONFIG: &str = APPDATA;
#[cfg(not(windows))]
const CONFIG: &str = XDG_CONFIG_HOME;

/// The strongest first.
pub(crate) const PROXIES: [&str; 4] = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"];

const NAMES: [&str; 20] = [
    ENDPOINT, KEY, REGION, AUTH, KEY_FILE, LANGUAGE, PROFILE, HOME, CONFIG, NO_COLOR, TERM, CA_FILE, PROXIES[0],
    PROXIES[1], PROXIES[2], PROXIES[3], "no_proxy", NO_PROXY, CERTS[0], CERTS[1],
];

#[cfg(test)]
impl Environment {
    /// An environment with these variables and no others.
    pub(crate) fn with(pairs: &[(&str, &str)]) -> Self {
        Self::of(|wanted| pairs.iter().find(|(name, _)| *name == wanted).map(|(_, value)| (*value).to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_variable_counts_as_not_set() {
        let environment = Environment::with(&[(REGION, ""), (KEY, "k")]);
        assert_eq!(environment.get(REGION), None);
        assert_eq!(environment.get(KEY), Some("k"));
    }
}
