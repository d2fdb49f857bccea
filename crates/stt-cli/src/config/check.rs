//! Whether a value can stand behind a name.

use std::error::Error;

use clap::{
    Command,
    error::{ContextKind, ContextValue},
};
use stt_auth::{Endpoint, Region, ResourceId};

use super::names::Name;
use crate::request;

/// Why a value cannot stand behind a name, and what to try. What could be a key is not repeated.
pub(super) struct Unfit {
    pub(super) what: String,
    pub(super) hint: Option<&'static str>,
}

/// Checks a value as the flag of `command` does that the name stands for.
pub(super) fn check(name: &Name, value: &str, command: &Command) -> Result<(), Unfit> {
    if value.is_empty() {
        return Err(Unfit { what: format!("{} is empty", name.name), hint: Some("leave it out instead") });
    }
    if is_like_a_key(value) && !name.name.ends_with("_id") {
        return Err(Unfit { what: format!("{} looks like a key", name.name), hint: Some(KEY_HINT) });
    }
    let what = match name.name {
        "endpoint" => value.parse::<Endpoint>().err().map(|error| error.to_string()),
        "key_file" | "token_file" => (value == "-").then(|| format!("{} is a file, and not standard input", name.name)),
        "language" => request::read_language(value).err(),
        "proxy" if value.contains('@') => {
            Some("proxy takes no password: put the whole URL into https_proxy".to_owned())
        }
        "region" => value.parse::<Region>().err().map(|error| error.to_string()),
        "resource_id" => value.parse::<ResourceId>().err().map(|error| error.to_string()),
        _ => check_as_flag(name, value, command).err(),
    };
    what.map_or(Ok(()), |what| Err(Unfit { what, hint: None }))
}

fn check_as_flag(name: &Name, value: &str, command: &Command) -> Result<(), String> {
    let alone = Command::new("").no_binary_name(true).arg(name.argument(command).clone());
    let typed = format!("{}={value}", name.flag());
    let Err(error) = alone.try_get_matches_from([typed]) else { return Ok(()) };
    if let Some(ContextValue::Strings(words)) = error.get(ContextKind::ValidValue)
        && !words.is_empty()
    {
        return Err(format!("{} is none of: {}", name.name, words.join(", ")));
    }
    let why = error.source().map(ToString::to_string).unwrap_or_default();
    Err(format!("{}: {why}", name.name))
}

/// Keys are 32 hexadecimal digits, or 84 letters and digits in newer resources; nothing else in a profile is like that.
pub(crate) fn is_like_a_key(value: &str) -> bool {
    // A query parameter has its name before it.
    let value = value.rsplit('=').next().unwrap_or_default();
    32 <= value.len() && value.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

pub(super) const KEY_HINT: &str = "put the key into a file of its own, and the path of that file here as key_file";
