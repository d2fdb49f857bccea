//! The service and the credential: from what was typed and the environment to a resource.

use std::{
    fs::{self, File},
    io::{self, Read},
    path::Path,
};

use stt_auth::{Authorization, Endpoint, Key, Region, Resource, ResourceId, SecretError, Token};

use crate::{
    args::{Auth, ServiceArgs},
    config::is_like_a_key,
    environment::{self, Environment},
    output::io_reason,
    preview::REDACTED,
    problem::Problem,
};

/// A resource, and what has to be said about how it was found.
#[derive(Debug)]
pub(crate) struct Service {
    pub(crate) auth: Auth,
    pub(crate) resource: Resource,
    pub(crate) warnings: Vec<String>,
}

/// Where credentials come from.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Credentials {
    /// From where the user says. Standard input may be one of the places, unless audio comes from there.
    Real { from_stdin: bool },
    /// From nowhere: a word stands for each of them, because nothing is sent.
    Shown,
}

impl Service {
    /// Flags win over the environment: whoever types a region does not want the endpoint of the environment.
    pub(crate) fn plan(
        args: &ServiceArgs,
        environment: &Environment,
        credentials: Credentials,
    ) -> Result<Self, Problem> {
        let auth = auth(args, environment)?;
        let mut warnings = Vec::new();
        let authorization = authorization(auth, args, environment, credentials, &mut warnings)?;
        let resource = resource(endpoint(args, environment)?, authorization)?;
        Ok(Self { auth, resource, warnings })
    }
}

/// The credential that is sent.
pub(crate) fn authorization(
    auth: Auth,
    args: &ServiceArgs,
    environment: &Environment,
    credentials: Credentials,
    warnings: &mut Vec<String>,
) -> Result<Authorization, Problem> {
    Ok(match auth {
        Auth::Key => Authorization::Key(key(args, environment, credentials, warnings)?),
        Auth::Token => Authorization::Token(key(args, environment, credentials, warnings)?),
        Auth::Entra => entra(args, credentials, warnings)?,
        Auth::None => Authorization::None,
    })
}

/// Both together, unless a credential would go to another machine where everybody can read it.
pub(crate) fn resource(endpoint: Endpoint, authorization: Authorization) -> Result<Resource, Problem> {
    Resource::of(endpoint, authorization).map_err(|error| Problem::usage(error.to_string()).hint(HTTP_HINT.to_owned()))
}

/// Which credential is sent; a flag that only another one looks at is a mistake.
pub(crate) fn auth(args: &ServiceArgs, environment: &Environment) -> Result<Auth, Problem> {
    let auth = match (args.auth, environment.get(environment::AUTH)) {
        (Some(auth), _) => auth,
        (None, Some(word)) => <Auth as clap::ValueEnum>::from_str(word, true)
            .map_err(|_| Problem::usage(format!("{} is none of: key, token, entra, none", environment::AUTH)))?,
        (None, None) => Auth::default(),
    };
    let strays = [("--token-file", args.token_file.is_some()), ("--resource-id", args.resource_id.is_some())];
    match strays.iter().find(|(_, given)| *given) {
        Some((flag, _)) if auth != Auth::Entra => Err(Problem::usage(format!("{flag} goes with --auth entra"))),
        _ => Ok(auth),
    }
}

/// Where the service is: what was typed, or else what the environment says.
pub(crate) fn endpoint(args: &ServiceArgs, environment: &Environment) -> Result<Endpoint, Problem> {
    let typed = (args.key.endpoint.as_deref(), args.key.region.as_deref());
    let set = (environment.get(environment::ENDPOINT), environment.get(environment::REGION));
    let refused = |error: &dyn std::error::Error| Problem::usage(error.to_string());
    match if typed == (None, None) { set } else { typed } {
        (Some(endpoint), _) => endpoint.parse::<Endpoint>().map_err(|error| refused(&error)),
        (None, Some(region)) => {
            region.parse::<Region>().map(|region| Endpoint::of_region(&region)).map_err(|error| refused(&error))
        }
        (None, None) => Err(Problem::usage(format!(
            "no region: set --region, --endpoint, {} or {}",
            environment::REGION,
            environment::ENDPOINT
        ))
        .hint(EMULATOR_HINT.to_owned())),
    }
}

fn key(
    args: &ServiceArgs,
    environment: &Environment,
    credentials: Credentials,
    warnings: &mut Vec<String>,
) -> Result<Key, Problem> {
    let Credentials::Real { from_stdin } = credentials else {
        return REDACTED.parse().map_err(|error| bad_secret(&error, REDACTED));
    };
    let file = args.key.key_file.as_deref().or_else(|| environment.get(environment::KEY_FILE).map(Path::new));
    if let Some(path) = file {
        if path == Path::new("-") && !from_stdin {
            return Err(Problem::usage("standard input cannot hold both the key and the audio"));
        }
        let (name, bytes) = secret_file(path, "key", warnings)?;
        return Key::from_bytes(&bytes).map_err(|error| bad_secret(&error, &name));
    }
    match environment.get(environment::KEY) {
        Some(key) => key.parse().map_err(|error| bad_secret(&error, environment::KEY)),
        None => {
            Err(Problem::usage(format!("no key: set --key-file, {} or {}", environment::KEY_FILE, environment::KEY))
                .hint(EMULATOR_HINT.to_owned()))
        }
    }
}

/// A request that is shown has the resource id in its header, and in the place of the token a word.
fn entra(args: &ServiceArgs, credentials: Credentials, warnings: &mut Vec<String>) -> Result<Authorization, Problem> {
    let resource_id = |id: &str| -> Result<ResourceId, Problem> {
        id.parse().map_err(|error: stt_auth::ResourceIdError| Problem::usage(error.to_string()))
    };
    if credentials == Credentials::Shown {
        let Some(id) = &args.resource_id else { return Err(Problem::usage("--auth entra needs --resource-id")) };
        let token: Token = REDACTED.parse().map_err(|error| bad_secret(&error, REDACTED))?;
        return Ok(Authorization::Entra { resource_id: resource_id(id)?, token });
    }
    let (Some(path), Some(id)) = (&args.token_file, &args.resource_id) else {
        return Err(Problem::usage("--auth entra needs --token-file and --resource-id"));
    };
    let resource_id = resource_id(id)?;
    let (name, bytes) = secret_file(path, "token", warnings)?;
    // What is not UTF-8 keeps a character that no token has, at its place.
    let token: Token = String::from_utf8_lossy(&bytes).parse().map_err(|error| bad_secret(&error, &name))?;
    Ok(Authorization::Entra { resource_id, token })
}

/// Reads the file of a secret, and warns when others can read it too.
fn secret_file(path: &Path, what: &str, warnings: &mut Vec<String>) -> Result<(String, Vec<u8>), Problem> {
    let mut bytes = Vec::new();
    let limited = |from: &mut dyn Read, bytes: &mut Vec<u8>| from.take(LONGEST_SECRET).read_to_end(bytes);
    if path == Path::new("-") {
        limited(&mut io::stdin(), &mut bytes).map_err(|error| unreadable("standard input", what, &error))?;
        return Ok(("standard input".to_owned(), bytes));
    }
    let name = path.display().to_string();
    let opened = File::open(path).and_then(|mut file| {
        let about = file.metadata()?;
        if about.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        limited(&mut file, &mut bytes).map(|_| about)
    });
    let about = opened.map_err(|error| unreadable(&name, what, &error))?;
    if let Some(mode) = mode_for_others(&about) {
        warnings.push(format!("warning: {name} can be read by other users (mode {mode:04o})"));
    }
    Ok((name, bytes))
}

/// The mode of a file that somebody else than its owner may read or write.
#[cfg(unix)]
fn mode_for_others(about: &fs::Metadata) -> Option<u32> {
    use std::os::unix::fs::{FileTypeExt, PermissionsExt};
    let mode = about.permissions().mode() & 0o7777;
    // The mode of a pipe, as in `--key-file <(pass azure)`, says nothing.
    (mode & 0o077 != 0 && !about.file_type().is_fifo()).then_some(mode)
}

#[cfg(not(unix))]
fn mode_for_others(_: &fs::Metadata) -> Option<u32> {
    None
}

fn unreadable(name: &str, what: &str, error: &io::Error) -> Problem {
    if is_like_a_key(name) {
        return Problem::usage(format!("the file of the {what} has a name that looks like a key"))
            .hint(format!("put the {what} into a file, and name that file"));
    }
    Problem::usage(format!("cannot read the {what} in {name}")).why(io_reason(error))
}

/// Says what is wrong with a secret and where it came from, and not a character of it.
fn bad_secret(error: &SecretError, place: &str) -> Problem {
    Problem::usage(match error {
        SecretError::Empty { what } => format!("the {what} in {place} is empty"),
        SecretError::Illegal { what, position } => {
            format!("the {what} in {place} has an illegal character at position {position}")
        }
        other => format!("{place}: {other}"),
    })
}

/// More than the longest token, so that a wrong file is found out and not read to its end.
const LONGEST_SECRET: u64 = 64 * 1024;

/// What to try without a key or a place.
pub(crate) const EMULATOR_HINT: &str = "--emulator tries the command without a key";
const HTTP_HINT: &str = "use https; --auth none sends no credential, and may use http";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::KeyServiceArgs;

    fn args(endpoint: Option<&str>, region: Option<&str>) -> ServiceArgs {
        let key = KeyServiceArgs {
            endpoint: endpoint.map(str::to_owned),
            region: region.map(str::to_owned),
            ..KeyServiceArgs::default()
        };
        ServiceArgs { key, ..ServiceArgs::default() }
    }

    fn speech(args: &ServiceArgs, environment: &[(&str, &str)]) -> String {
        let mut pairs = vec![(environment::KEY, "abc")];
        pairs.extend(environment);
        let service = Service::plan(args, &Environment::with(&pairs), REAL).unwrap();
        service.resource.endpoint().speech().to_owned()
    }

    fn refused(args: &ServiceArgs, environment: &[(&str, &str)]) -> String {
        let problem = Service::plan(args, &Environment::with(environment), REAL).unwrap_err();
        assert_eq!(problem.exit.code(), 2);
        problem.what().to_owned()
    }

    const REAL: Credentials = Credentials::Real { from_stdin: true };

    const BOTH: [(&str, &str); 2] =
        [(environment::ENDPOINT, "https://speech.example"), (environment::REGION, "westus")];

    #[test]
    fn flags_win_over_the_environment_as_a_whole() {
        assert_eq!(speech(&args(None, None), &BOTH), "https://speech.example");
        assert_eq!(speech(&args(None, Some("eastus")), &BOTH), "https://eastus.stt.speech.microsoft.com");
        assert_eq!(speech(&args(Some("https://other.example"), Some("eastus")), &BOTH), "https://other.example");
        assert_eq!(speech(&args(None, None), &BOTH[1..]), "https://westus.stt.speech.microsoft.com");
    }

    #[test]
    fn what_is_missing_is_named_with_the_ways_to_give_it() {
        assert_eq!(refused(&args(None, None), &[]), "no key: set --key-file, STT_KEY_FILE or AZURE_SPEECH_KEY");
        assert_eq!(
            refused(&args(None, None), &[(environment::KEY, "abc")]),
            "no region: set --region, --endpoint, AZURE_SPEECH_REGION or AZURE_SPEECH_ENDPOINT"
        );
        let entra = ServiceArgs { auth: Some(Auth::Entra), ..args(None, Some("westus")) };
        assert_eq!(refused(&entra, &[]), "--auth entra needs --token-file and --resource-id");
    }

    #[test]
    fn what_is_only_shown_needs_no_credential() {
        let shown = |auth, resource_id: Option<&str>| {
            let resource_id = resource_id.map(str::to_owned);
            let args = ServiceArgs { auth: Some(auth), resource_id, ..args(None, Some("westus")) };
            Service::plan(&args, &Environment::default(), Credentials::Shown)
        };
        for auth in [Auth::Key, Auth::Token, Auth::None] {
            assert!(shown(auth, None).is_ok(), "{auth:?}");
        }
        assert_eq!(shown(Auth::Entra, None).unwrap_err().what(), "--auth entra needs --resource-id");
        let id = "/subscriptions/1/resourceGroups/g/providers/Microsoft.CognitiveServices/accounts/a";
        assert!(shown(Auth::Entra, Some(id)).is_ok());
    }

    #[test]
    fn flags_without_effect_are_refused() {
        let stray = ServiceArgs { resource_id: Some("/subscriptions/1".to_owned()), ..args(None, Some("westus")) };
        assert_eq!(refused(&stray, &[(environment::KEY, "abc")]), "--resource-id goes with --auth entra");
    }

    #[test]
    fn a_bad_key_is_placed_and_not_shown() {
        let refusal = refused(&args(None, Some("westus")), &[(environment::KEY, "s3cret s3cret")]);
        assert_eq!(refusal, "the key in AZURE_SPEECH_KEY has an illegal character at position 7");
    }

    #[test]
    fn a_key_in_the_place_of_its_file_is_not_repeated() {
        let key = "0123456789abcdef0123456789abcdef";
        let refusal = refused(&args(None, Some("westus")), &[(environment::KEY_FILE, key)]);
        assert_eq!(refusal, "the file of the key has a name that looks like a key");
    }

    #[test]
    fn a_bad_word_in_the_environment_is_not_repeated() {
        let refusal = refused(&args(None, Some("westus")), &[(environment::AUTH, "s3cret")]);
        assert_eq!(refusal, "STT_AUTH is none of: key, token, entra, none");
    }

    #[test]
    fn without_a_credential_http_is_allowed() {
        let none = ServiceArgs { auth: Some(Auth::None), ..args(Some("http://speech.example"), None) };
        assert_eq!(speech(&none, &[]), "http://speech.example");
        let key = args(Some("http://speech.example"), None);
        assert_eq!(refused(&key, &[(environment::KEY, "abc")]), "refusing to send a key over http to speech.example");
    }
}
