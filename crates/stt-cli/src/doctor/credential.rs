//! What is sent as credential, where it is from, and whether it looks right; nobody is asked.

use std::{
    path::Path,
    time::{Duration, SystemTime},
};

use stt_auth::{Authorization, Cloud, Endpoint, Key, Token};

use super::{
    certificate::day,
    check::{Check, State, Subject},
    settings::Places,
};
use crate::{
    args::{Auth, ServiceArgs},
    environment::{self, Environment},
    exit::Exit,
    service::{self, Credentials},
};

/// What there is to know about who asks.
pub(super) struct About<'a> {
    pub(super) args: &'a ServiceArgs,
    pub(super) environment: &'a Environment,
    pub(super) auth: Auth,
    pub(super) endpoint: Option<&'a Endpoint>,
    pub(super) places: &'a Places,
}

/// A credential that can be sent.
pub(super) struct Known {
    pub(super) authorization: Authorization,
    /// What is odd about it, if it is a key.
    pub(super) odd_key: Option<String>,
}

/// Reads the credential, and says what is wrong with it.
pub(super) fn find(about: &About<'_>) -> (Check, Option<Known>) {
    let mut warnings = Vec::new();
    let read = service::authorization(about.auth, about.args, about.environment, REAL, &mut warnings);
    let authorization = match read {
        Ok(authorization) => authorization,
        Err(problem) => {
            let check = Check::of_problem(Subject::Credential, &problem);
            return (if about.auth == Auth::Entra { check } else { check.hint(SAVE) }, None);
        }
    };
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let mut odd_key = None;
    let check = match &authorization {
        Authorization::Key(key) | Authorization::Token(key) => {
            odd_key = odd(key).filter(|_| about.endpoint.is_some_and(|endpoint| endpoint.cloud().is_some()));
            of_key(about, odd_key.as_deref())
        }
        Authorization::Entra { token, .. } => of_entra(about, token, now),
        _ => nobody(about.endpoint),
    };
    let check = exposed(check, about, &warnings);
    let Some(endpoint) = about.endpoint else { return (check, Some(Known { authorization, odd_key })) };
    match service::resource(endpoint.clone(), authorization.clone()) {
        Ok(_) => (check, Some(Known { authorization, odd_key })),
        Err(problem) => (Check::of_problem(Subject::Credential, &problem), None),
    }
}

fn of_key(about: &About<'_>, odd: Option<&str>) -> Check {
    let place = about.places.credential.as_deref().unwrap_or("the environment");
    let file = match file(about) {
        None => String::new(),
        Some(path) if path == Path::new("-") => " from standard input".to_owned(),
        Some(path) => format!(" in {}", path.display()),
    };
    let how = if about.auth == Auth::Token { ", exchanged for tokens" } else { "" };
    let check = Check::ok(Subject::Credential, format!("a key{file}, by {place}{how}"));
    let check = check.fact("auth", if about.auth == Auth::Token { "token" } else { "key" }).fact("place", place);
    match odd {
        Some(odd) => check.worsen(State::Warning).found(odd).hint(COPY),
        None => check,
    }
}

fn of_entra(about: &About<'_>, token: &Token, now: Duration) -> Check {
    let file = file(about).map(|path| path.display().to_string()).unwrap_or_default();
    let check = Check::ok(Subject::Credential, format!("a token of Microsoft Entra ID in {file}"));
    let check = check.fact("auth", "entra");
    let check = match token.expires() {
        Some(expiry) if expiry <= now => {
            let ago = readable(now.saturating_sub(expiry));
            let check = check.worsen(State::Failed(Exit::Credential)).found(format!("it expired {ago} ago"));
            check.hint(format!("get a new one: {}", get_token(&file, about.endpoint)))
        }
        Some(expiry) => check.found(format!("valid for {} more", readable(expiry.saturating_sub(now)))),
        None => check.found("it does not say when it expires"),
    };
    let check = match token.audience() {
        Some(audience) if is_for_others(&audience) => check
            .worsen(State::Warning)
            .found(format!("it is for {audience}, and not for Azure's AI services"))
            .hint(format!("get one for them: {}", get_token(&file, about.endpoint))),
        _ => check,
    };
    match about.endpoint {
        Some(endpoint) if endpoint.region().is_some() => check
            .worsen(State::Warning)
            .found("tokens of Entra ID are documented for a resource's own endpoint, and this is that of a region")
            .hint("set --endpoint to https://NAME.cognitiveservices.azure.com"),
        _ => check,
    }
}

fn nobody(endpoint: Option<&Endpoint>) -> Check {
    let check = Check::ok(Subject::Credential, "none is sent, by --auth none").fact("auth", "none");
    match endpoint.and_then(Endpoint::cloud) {
        Some(_) => check
            .worsen(State::Warning)
            .found("hosts of Azure refuse requests without one")
            .hint("--auth none is for containers; leave it out to send the key"),
        None => check,
    }
}

/// Whether others can read the file.
fn exposed(check: Check, about: &About<'_>, warnings: &[String]) -> Check {
    warnings.iter().fold(check, |check, warning| {
        let said = warning.strip_prefix("warning: ").unwrap_or(warning);
        let hint = file(about).map(|path| format!("chmod 600 {}", quoted(&path.display().to_string())));
        check.worsen(State::Warning).found(said).hints(hint)
    })
}

fn file<'a>(about: &'a About<'_>) -> Option<&'a Path> {
    match about.auth {
        Auth::Entra => about.args.token_file.as_deref(),
        _ => {
            let typed = about.args.key.key_file.as_deref();
            typed.or_else(|| about.environment.get(environment::KEY_FILE).map(Path::new))
        }
    }
}

/// What of a key is unlike those that the portal shows.
///
/// Keys are 32 hexadecimal digits, or 84 letters and digits in newer resources (observed). No character is repeated.
fn odd(key: &Key) -> Option<String> {
    let header = key.header();
    let key = header.to_str().unwrap_or_default();
    let is_hex = key.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_word = key.bytes().all(|byte| byte.is_ascii_alphanumeric());
    match key.len() {
        32 if is_hex => None,
        84 if is_word => None,
        _ if key.starts_with("eyJ") && key.contains('.') => {
            Some("it looks like a token, and not like a key".to_owned())
        }
        36 if key.split('-').map(str::len).eq([8, 4, 4, 4, 12]) => {
            Some("it looks like the id of something, and not like a key".to_owned())
        }
        length => {
            let kind = if is_word { "letters and digits" } else { "characters, not all letters and digits" };
            Some(format!("it has {length} {kind}; keys have 32 hexadecimal digits, or 84 letters and digits"))
        }
    }
}

/// Whether a token is plainly for another service. Ids instead of URLs are not known here.
fn is_for_others(audience: &str) -> bool {
    audience.starts_with("https://") && !audience.contains("cognitiveservices.azure") && !audience.contains("ai.azure")
}

/// The command of Microsoft's that gets a token. The service's name in the government's cloud is from third parties.
fn get_token(file: &str, endpoint: Option<&Endpoint>) -> String {
    let is_government = endpoint.and_then(Endpoint::cloud) == Some(Cloud::UsGovernment);
    let end = if is_government { "us" } else { "com" };
    let file = quoted(file);
    format!(
        "az account get-access-token --resource https://cognitiveservices.azure.{end} --query accessToken -o tsv > {file}"
    )
}

fn quoted(path: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/._-+".contains(&byte);
    if !path.is_empty() && path.bytes().all(is_plain) {
        return path.to_owned();
    }
    format!("'{}'", path.replace('\'', r"'\''"))
}

/// A stretch of time in its largest unit.
pub(super) fn readable(time: Duration) -> String {
    let (count, unit) = match time.as_secs() {
        seconds @ 0..120 => (seconds, "second"),
        seconds @ 120..7_200 => (seconds / 60, "minute"),
        seconds @ 7_200..172_800 => (seconds / 3_600, "hour"),
        seconds => (seconds / 86_400, "day"),
    };
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {unit}{plural}")
}

/// The date here, for whoever has to compare it.
pub(super) fn today() -> Option<String> {
    day(SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).ok()?)
}

const SAVE: &str = "the portal shows it under \"Keys and Endpoint\"; keep it in a file that only you can read";
const REAL: Credentials = Credentials::Real { from_stdin: true };
const COPY: &str = "copy the key anew from the portal, \"Keys and Endpoint\"";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_two_shapes_of_the_portal_are_not_odd() {
        for key in ["0123456789abcdef0123456789ABCDEF", &"aB3".repeat(28)] {
            assert_eq!(odd(&key.parse().unwrap()), None, "{key}");
        }
    }

    #[test]
    fn what_is_odd_about_a_key_is_told_without_it() {
        for (key, expected) in [
            ("0123456789abcdef0123456789abcde", "it has 31 letters and digits; "),
            ("\"0123456789abcdef0123456789abcdef\"", "it has 34 characters, not all letters and digits; "),
            ("eyJhbGciOi.eyJ.sig", "it looks like a token"),
            ("11111111-2222-3333-4444-555555555555", "it looks like the id of something"),
        ] {
            let said = odd(&key.parse().unwrap()).unwrap();
            assert!(said.starts_with(expected) && !said.contains(key), "{said}");
        }
    }

    fn entra(endpoint: &str, claims: &str, now: u64) -> (State, String) {
        let args = ServiceArgs { token_file: Some("token file".into()), ..ServiceArgs::default() };
        let (environment, places) = (Environment::default(), Places::default());
        let endpoint: Endpoint = endpoint.parse().unwrap();
        let about = About {
            args: &args,
            environment: &environment,
            auth: Auth::Entra,
            endpoint: Some(&endpoint),
            places: &places,
        };
        let token = format!("eyJhbGciOiJub25lIn0.{claims}.c2ln").parse().unwrap();
        let check = of_entra(&about, &token, Duration::from_secs(now));
        (check.state, format!("{check:?}"))
    }

    #[test]
    fn a_token_of_entra_id_is_read_as_far_as_it_tells() {
        let named = "https://my-resource.cognitiveservices.azure.com";
        // {"exp":1767225600,"aud":"https://cognitiveservices.azure.com"}
        let claims = "eyJleHAiOjE3NjcyMjU2MDAsImF1ZCI6Imh0dHBzOi8vY29nbml0aXZlc2VydmljZXMuYXp1cmUuY29tIn0";
        let (state, said) = entra(named, claims, 1_767_225_600 - 600);
        assert_eq!(state, State::Ok, "{said}");
        assert!(said.contains("valid for 10 minutes more"), "{said}");
        let (state, said) = entra(named, claims, 1_767_225_600 + 7_200);
        assert_eq!(state, State::Failed(Exit::Credential));
        assert!(said.contains("it expired 2 hours ago") && said.contains("-o tsv > 'token file'"), "{said}");
        let (state, said) = entra("westus", claims, 0);
        assert_eq!(state, State::Warning);
        assert!(said.contains("this is that of a region"), "{said}");
        assert!(entra(named, "b3BhcXVl", 0).1.contains("it does not say when it expires"));
    }

    #[test]
    fn hosts_of_azure_want_a_credential_and_containers_do_not() {
        let state = |endpoint: &str| nobody(Some(&endpoint.parse().unwrap())).state;
        assert_eq!(state("westus"), State::Warning);
        assert_eq!(state("http://localhost:5000"), State::Ok);
    }

    #[test]
    fn times_are_told_in_their_largest_unit() {
        for (seconds, expected) in [
            (0, "0 seconds"),
            (1, "1 second"),
            (119, "119 seconds"),
            (120, "2 minutes"),
            (7_199, "119 minutes"),
            (7_200, "2 hours"),
            (172_800, "2 days"),
        ] {
            assert_eq!(readable(Duration::from_secs(seconds)), expected);
        }
    }

    #[test]
    fn only_a_url_of_something_else_is_another_audience() {
        for ours in ["https://cognitiveservices.azure.com", "https://cognitiveservices.azure.us/", "7d312290-28c8-473c"]
        {
            assert!(!is_for_others(ours), "{ours}");
        }
        assert!(is_for_others("https://management.core.windows.net/"));
    }
}
