//! Whether the service takes the credential, and if not, why that may be.

use stt_auth::{Authorization, Cloud, Endpoint, Resource, Token, TokenError};
use tokio::time::{Instant, timeout_at};

use super::{
    check::{Check, Subject},
    settings::{Places, Settings},
    way::Way,
};
use crate::{args::Auth, exit::Exit, failure::Asker};

/// Whose key is tried, for the causes of a refusal.
struct Asked<'a> {
    endpoint: &'a Endpoint,
    auth: Auth,
    odd_key: Option<&'a str>,
    places: &'a Places,
    /// The endpoint has an address inside a network of its own.
    is_private: bool,
}

/// Exchanges the key for a token, as `stt token` does. Other credentials show only in a recognition what they are worth.
pub(super) async fn check(settings: &Settings, way: &Way, is_private: bool, deadline: Instant) -> Check {
    let subject = Subject::Acceptance;
    let (Some(endpoint), Some(authorization)) = (&settings.endpoint, &settings.authorization) else {
        return Check::skipped(subject, "not asked, because there is no credential to ask with");
    };
    let key = match authorization {
        Authorization::Key(key) | Authorization::Token(key) => key.clone(),
        Authorization::None => return Check::skipped(subject, "not asked, because no credential is sent"),
        _ => return Check::skipped(subject, ENTRA).hint("stt transcribe with a short file shows it"),
    };
    let asked = Asked {
        endpoint,
        auth: settings.auth,
        odd_key: settings.odd_key.as_deref(),
        places: &settings.places,
        is_private,
    };
    let resource = match Resource::of(endpoint.clone(), Authorization::Token(key)) {
        Ok(resource) => resource,
        Err(error) => return Check::failed(subject, Exit::Usage, error.to_string()),
    };
    let client = match (way.client)(resource).build() {
        Ok(client) => client,
        Err(error) => return Check::failed(subject, Exit::Usage, error.to_string()),
    };
    match timeout_at(deadline, client.access_token()).await {
        Ok(outcome) => asked.judge(&outcome),
        Err(_) => asked.unknown("no answer within the time of all checks").hint("--timeout gives them more"),
    }
}

impl Asked<'_> {
    /// What the answer to the exchange means for requests.
    fn judge(&self, outcome: &Result<Option<Token>, TokenError>) -> Check {
        let subject = Subject::Acceptance;
        let Err(error) = outcome else {
            return Check::ok(subject, "the key was accepted, for an access token").fact("accepted", true);
        };
        let problem = Asker::no_token(error);
        let (what, why, _) = problem.parts();
        let with_why = |check: Check| why.into_iter().fold(check, |check, why| check.found(format!("why: {why}")));
        let TokenError::Refused { status, .. } = error else {
            return with_why(self.unknown(what)).hint(match (error, self.endpoint.cloud()) {
                (TokenError::Malformed { .. }, _) => {
                    "something else answers in the place of the service: is the endpoint right?"
                }
                (_, Some(_)) => "try again in a while; Azure's status page tells of outages",
                (_, None) => "does this host give tokens? --auth key does without",
            });
        };
        let status = status.as_u16();
        let gives_none = status == 404 && self.endpoint.cloud().is_none();
        let takes_none = matches!(status, 400 | 403) && self.is_private;
        let check = match self.auth == Auth::Key && (gives_none || takes_none) {
            true => with_why(self.unknown(what)),
            false => with_why(Check::failed(subject, Exit::Credential, what)).fact("accepted", false),
        };
        check.fact("http_status", status).hints(self.causes(status))
    }

    /// No answer that says something about the key, which goes with the requests itself unless tokens do.
    fn unknown(&self, found: impl Into<String>) -> Check {
        let check = match self.auth {
            Auth::Key => Check::warning(Subject::Acceptance, found)
                .found("so it is not known whether the key is accepted, which goes with the requests itself"),
            _ => Check::failed(Subject::Acceptance, Exit::Service, found),
        };
        check.fact("accepted", serde_json::Value::Null)
    }

    /// Why a key may be refused, the most likely first.
    fn causes(&self, status: u16) -> Vec<String> {
        match status {
            404 => vec![match self.endpoint.cloud() {
                Some(_) => "is the name of the resource right? the portal shows it in its endpoint".to_owned(),
                None => "this host gives no tokens; containers and gateways need not".to_owned(),
            }],
            400 | 403 if self.is_private => {
                vec!["a resource with a private endpoint takes keys, and no tokens; use --auth key".to_owned()]
            }
            403 => vec![
                "the resource may let only certain networks in: the portal shows them under \"Networking\"".to_owned(),
                "keys may be switched off for the resource: then --auth entra".to_owned(),
                "a free resource may have used up its quota".to_owned(),
            ],
            _ => self.unauthorized(),
        }
    }

    fn unauthorized(&self) -> Vec<String> {
        let mut causes = Vec::new();
        causes.extend(self.odd_key.map(|odd| format!("{odd}: copy it anew from the portal, \"Keys and Endpoint\"")));
        if let (Some(endpoint), Some(credential)) = (&self.places.endpoint, &self.places.credential)
            && source(endpoint) != source(credential)
        {
            causes.push(format!(
                "the key is by {credential} and the place by {endpoint}: do they belong to the same resource?"
            ));
        }
        causes.push(match (self.endpoint.region(), self.endpoint.cloud()) {
            (Some(region), Some(cloud)) => {
                let others = match cloud {
                    Cloud::China => "; keys of Azure outside of China are not valid there",
                    Cloud::UsGovernment => "; keys of Azure outside of the government are not valid there",
                    _ => "; keys of Azure in China or for the government are not valid there",
                };
                format!(
                    "a key is valid in its own region only: is that {region}? \"Keys and Endpoint\" shows it{others}"
                )
            }
            (None, Some(_)) => format!("is it a key of the resource {}?", self.endpoint.host()),
            _ => "is it the key that this host expects?".to_owned(),
        });
        causes.push("keys that were regenerated are not valid any more".to_owned());
        causes
    }
}

/// The file, without its line, or the kind of source: values of one file or of the environment belong together.
fn source(place: &str) -> &str {
    match place.rsplit_once(':') {
        Some((file, line)) if line.bytes().all(|byte| byte.is_ascii_digit()) => file,
        _ if place.starts_with('-') => "flags",
        _ => "environment",
    }
}

const ENTRA: &str = "not asked: whether a token of Entra ID is accepted shows in a recognition only";

#[cfg(test)]
mod tests {
    use http::StatusCode;
    use stt_auth::Region;

    use super::*;
    use crate::doctor::check::State;

    fn judged(endpoint: &Endpoint, auth: Auth, status: u16, is_private: bool, places: &Places) -> (State, String) {
        let status = StatusCode::from_u16(status).unwrap();
        let refused = Err(TokenError::Refused { status, message: Some("Access denied.".to_owned()) });
        let asked = Asked { endpoint, auth, odd_key: None, places, is_private };
        let check = asked.judge(&refused);
        (check.state, format!("{check:?}"))
    }

    fn region(name: &str) -> Endpoint {
        Endpoint::of_region(&name.parse::<Region>().unwrap())
    }

    #[test]
    fn a_key_of_another_region_or_cloud_is_thought_of() {
        let (state, said) = judged(&region("westus"), Auth::Key, 401, false, &Places::default());
        assert_eq!(state, State::Failed(Exit::Credential));
        assert!(said.contains("is that westus?") && said.contains("why: Access denied."), "{said}");
        let (_, said) = judged(&region("chinaeast2"), Auth::Key, 401, false, &Places::default());
        assert!(said.contains("keys of Azure outside of China"), "{said}");
        let (_, said) = judged(&region("usgovarizona"), Auth::Key, 401, false, &Places::default());
        assert!(said.contains("keys of Azure outside of the government"), "{said}");
        let named: Endpoint = "https://my-resource.cognitiveservices.azure.com".parse().unwrap();
        let (_, said) = judged(&named, Auth::Key, 401, false, &Places::default());
        assert!(said.contains("a key of the resource my-resource.cognitiveservices.azure.com?"), "{said}");
    }

    #[test]
    fn a_key_and_a_place_from_two_sources_are_suspected() {
        let places = |endpoint: &str, credential: &str| Places {
            endpoint: Some(endpoint.to_owned()),
            credential: Some(credential.to_owned()),
        };
        let is_suspected = |places: &Places| {
            judged(&region("westus"), Auth::Key, 401, false, places).1.contains("do they belong to the same resource?")
        };
        assert!(is_suspected(&places("--region", "AZURE_SPEECH_KEY")));
        assert!(is_suspected(&places("/a/stt.toml:2", "AZURE_SPEECH_KEY")));
        assert!(!is_suspected(&places("/a/stt.toml:2", "/a/stt.toml:3")));
        assert!(!is_suspected(&places("AZURE_SPEECH_REGION", "STT_KEY_FILE")));
        assert!(!is_suspected(&places("--region", "--key-file")));
    }

    #[test]
    fn what_gives_no_tokens_may_take_the_key_nevertheless() {
        let named: Endpoint = "https://my-resource.cognitiveservices.azure.com".parse().unwrap();
        let container: Endpoint = "http://localhost:5000".parse().unwrap();
        for (endpoint, auth, status, is_private, expected) in [
            (&container, Auth::Key, 404, false, State::Warning),
            (&container, Auth::Token, 404, false, State::Failed(Exit::Credential)),
            (&named, Auth::Key, 403, true, State::Warning),
            (&named, Auth::Key, 400, true, State::Warning),
            (&named, Auth::Token, 403, true, State::Failed(Exit::Credential)),
            (&named, Auth::Key, 403, false, State::Failed(Exit::Credential)),
            (&named, Auth::Key, 401, true, State::Failed(Exit::Credential)),
            (&named, Auth::Key, 404, false, State::Failed(Exit::Credential)),
        ] {
            let (state, said) = judged(endpoint, auth, status, is_private, &Places::default());
            assert_eq!(state, expected, "{status} {auth:?}: {said}");
            assert!(said.contains("hints: [\""), "{said}");
        }
    }

    #[test]
    fn an_odd_key_is_the_first_cause() {
        let (endpoint, places) = (region("westus"), Places::default());
        let odd_key = Some("it has 31 letters and digits");
        let asked = Asked { endpoint: &endpoint, auth: Auth::Key, odd_key, places: &places, is_private: false };
        assert!(asked.causes(401)[0].starts_with("it has 31 letters and digits: copy it anew"));
    }
}
