//! Where the service is and who asks, which files say as a whole.

use clap::ArgMatches;
use stt_auth::{Endpoint, Region};

use super::{
    Found, Level,
    file::Scope,
    is_typed,
    names::{Name, WHERE},
    places,
};
use crate::{
    environment::{self, Environment},
    problem::Problem,
};

/// Adds what the strongest level says that knows where the service is, unless flags or the environment know.
///
/// The credential of a level is left out with its place, so that no key of one file gets to the place of another.
/// Flags and the environment may add to a level what it lacks, but with a project's level only if the place is Azure's.
pub(super) fn add(
    found: &mut Found,
    levels: &[Level<'_>],
    typed: &ArgMatches,
    environment: &mut Environment,
    notes: &mut Vec<String>,
) -> Result<(), Problem> {
    if typed.get_flag("emulator") || OFFLINE.iter().any(|flag| is_typed(typed, flag)) {
        return Ok(());
    }
    let given = Given { typed, environment };
    let Some(level) = levels.iter().find(|level| WHERE.iter().any(|name| level.profile.contains_key(name))) else {
        return Ok(());
    };
    if let Some(winner) = given.place() {
        notes.extend(left_out(level, &given, &winner));
        return Ok(());
    }
    let is_trusted = level.file.scope == Scope::User || is_azure(level);
    let auth = given.auth().or_else(|| first(level, "auth").filter(|_| !is_typed(typed, "key_file")));
    if !is_trusted {
        distrust(level, &given, auth.as_deref(), notes)?;
        environment.forget(&[environment::KEY, environment::KEY_FILE]);
    }
    let given = Given { typed, environment };
    // Within a level the endpoint wins over the region.
    let place = if level.profile.contains_key("endpoint") { "endpoint" } else { "region" };
    let mut names = vec![place];
    if !is_typed(typed, "endpoint_id") {
        names.push("endpoint_id");
    }
    if !given.has_key() {
        names.push("key_file");
    }
    if given.auth().is_none() && !is_typed(typed, "key_file") {
        names.push("auth");
    }
    if auth.as_deref() == Some("entra") {
        names.extend(["resource_id", "token_file"].into_iter().filter(|name| !is_typed(typed, name)));
    }
    for name in names {
        let Some(value) = Name::find(name).and_then(|name| level.value(name, environment)) else { continue };
        found.insert(name, value);
    }
    Ok(())
}

/// What was typed, and what the environment says.
struct Given<'a> {
    typed: &'a ArgMatches,
    environment: &'a Environment,
}

impl Given<'_> {
    /// Who says where the service is.
    fn place(&self) -> Option<String> {
        let flag = WHERE.iter().find(|name| is_typed(self.typed, name)).map(|name| format!("--{name}"));
        let variables = [environment::ENDPOINT, environment::REGION];
        flag.or_else(|| Some((*variables.iter().find(|name| self.environment.get(name).is_some())?).to_owned()))
    }

    fn auth(&self) -> Option<String> {
        let typed = self.typed.try_get_raw("auth").ok().flatten().and_then(|mut words| words.next());
        let typed = typed.map(|word| word.to_string_lossy().to_lowercase());
        typed.or_else(|| self.environment.get(environment::AUTH).map(str::to_lowercase))
    }

    /// The flags of credentials that were typed.
    fn credential(&self) -> Option<&'static str> {
        FLAGS.iter().find(|(name, _)| is_typed(self.typed, name)).map(|(_, flag)| *flag)
    }

    /// The variable that has the key, or names its file.
    fn variable(&self) -> Option<&'static str> {
        [environment::KEY_FILE, environment::KEY].into_iter().find(|name| self.environment.get(name).is_some())
    }

    fn has_key(&self) -> bool {
        is_typed(self.typed, "key_file") || self.variable().is_some()
    }
}

/// Whether the place is one of Microsoft's hosts, behind TLS.
fn is_azure(level: &Level<'_>) -> bool {
    endpoint(level).is_some_and(|endpoint| endpoint.cloud().is_some() && endpoint.is_secure())
}

fn endpoint(level: &Level<'_>) -> Option<Endpoint> {
    match first(level, "endpoint") {
        Some(endpoint) => endpoint.parse().ok(),
        None => first(level, "region")?.parse::<Region>().ok().map(|region| Endpoint::of_region(&region)),
    }
}

fn first(level: &Level<'_>, name: &str) -> Option<String> {
    level.profile.get(name)?.values.first().cloned()
}

/// Refuses to send a credential of the user to a place that a project names, and tells where audio goes.
fn distrust(level: &Level<'_>, given: &Given<'_>, auth: Option<&str>, notes: &mut Vec<String>) -> Result<(), Problem> {
    let (Some(entry), Some(endpoint)) = (level.profile.get("endpoint"), endpoint(level)) else { return Ok(()) };
    let (host, place) = (endpoint.host(), level.file.place(entry));
    let refused = |what: String| {
        let why =
            format!("{place} names it, and a project may be somebody else's; only keys in its own folder go there");
        Problem::usage(what)
            .why(why)
            .hint(format!("to send it there nevertheless, type --endpoint {}", endpoint.speech()))
    };
    let variable = given.variable().filter(|_| auth != Some("none") && !level.profile.contains_key("key_file"));
    if let Some(credential) = given.credential().or(variable) {
        return Err(refused(format!("refusing to send what {credential} has to {host}")));
    }
    for name in FILES {
        let Some(written) = first(level, name) else { continue };
        let file = places::resolve(&written, level.file.folder(), given.environment);
        // What is not there is not sent either; a link that leads nowhere may lead to standard input.
        let is_inside = match (file.canonicalize(), level.file.folder().canonicalize()) {
            (Ok(file), Ok(folder)) => file.starts_with(folder),
            _ => file.symlink_metadata().is_err(),
        };
        if !is_inside {
            return Err(refused(format!(
                "refusing to send what {name} of {} has to {host}",
                level.file.path.display()
            )));
        }
    }
    notes.push(format!("{place}: audio goes to {}", endpoint.speech()));
    Ok(())
}

/// Why the credential of a level does not count, where it may be missed.
fn left_out(level: &Level<'_>, given: &Given<'_>, winner: &str) -> Option<String> {
    let file = level.file.path.display();
    if is_typed(given.typed, super::PROFILE) && !winner.starts_with('-') {
        return Some(format!("{winner} wins over the region or endpoint of {file}, and its key is not used"));
    }
    let needs_key =
        given.credential().is_none() && given.variable().is_none() && given.auth().as_deref() != Some("none");
    let has_key = level.profile.contains_key("key_file") || level.profile.contains_key("token_file");
    let told = format!("{winner} wins over {file}, whose key goes with its own region or endpoint and is not used");
    (needs_key && has_key).then_some(told)
}

/// Flags with which nobody is asked.
const OFFLINE: [&str; 2] = ["from_journal", "from_response"];

/// Files with secrets in them.
const FILES: [&str; 2] = ["key_file", "token_file"];
const FLAGS: [(&str, &str); 3] =
    [("key_file", "--key-file"), ("token_file", "--token-file"), ("resource_id", "--resource-id")];
