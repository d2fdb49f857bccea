//! Who may ask: keys, tokens of this emulator, and Microsoft Entra tokens.

use std::time::Duration;

use http::HeaderMap;
use http::header::AUTHORIZATION;

use crate::config::{Config, Keys, Profile};
use crate::fingerprint::Fingerprint;
use crate::limits::Throttled;
use crate::magic::Magic;
use crate::rule::Rule;
use crate::rules;
use crate::secret;
use crate::tenant::{Caller, Tenants};
use crate::token::{self, TokenError};

/// The header that carries a key.
pub(crate) const KEY_HEADER: &str = "ocp-apim-subscription-key";

/// Why a request may not go on.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct Refusal {
    pub(crate) rule: Rule,
    pub(crate) reason: String,
    /// How many seconds later it may go on, where that is known.
    pub(crate) retry_after: Option<u64>,
}

impl Refusal {
    pub(crate) fn new(rule: Rule, reason: impl Into<String>) -> Self {
        let reason = reason.into();
        Self { rule, reason, retry_after: None }
    }
}

impl From<Throttled> for Refusal {
    fn from(throttled: Throttled) -> Self {
        match throttled {
            Throttled::Concurrent(running) => {
                let why = format!("as many requests as the resource may have at once are running: {running}");
                Self::new(rules::THROTTLED_CONCURRENCY, why)
            }
            Throttled::Rate(wait) => {
                let retry_after = wait.as_secs() + u64::from(0 < wait.subsec_nanos());
                let why = format!("too many requests; the next one may begin in {:.3} s", wait.as_secs_f64());
                Self { retry_after: Some(retry_after), ..Self::new(rules::THROTTLED_RATE, why) }
            }
        }
    }
}

/// Who asks for a recognition.
///
/// Where both a key and an Authorization header are sent the key counts, as in other Azure gateways; nothing is
/// published for this API.
pub(crate) fn recognition(
    headers: &HeaderMap,
    config: &Config,
    tenants: &Tenants,
    now: Duration,
) -> Result<Caller, Refusal> {
    if headers.contains_key(KEY_HEADER) {
        return key(headers, config, tenants);
    }
    let Some(value) = headers.get(AUTHORIZATION) else {
        return Err(missing(config));
    };
    let bearer = value.to_str().ok().and_then(|text| {
        let (scheme, token) = text.split_once(' ')?;
        (scheme.eq_ignore_ascii_case("bearer") && !token.trim().is_empty()).then(|| token.trim())
    });
    let Some(bearer) = bearer else {
        let why = "the Authorization header is not the word Bearer and a token";
        return Err(Refusal::new(rules::AUTHORIZATION_NOT_BEARER, why));
    };
    match bearer.strip_prefix("aad#") {
        Some(rest) => entra(rest, config, tenants, now),
        None => own(bearer, config, tenants, now),
    }
}

/// Who asks for a token.
pub(crate) fn key(headers: &HeaderMap, config: &Config, tenants: &Tenants) -> Result<Caller, Refusal> {
    let Some(value) = headers.get(KEY_HEADER) else {
        return Err(missing(config));
    };
    let key = Fingerprint::of(value.as_bytes());
    let magic = Magic::of(value.as_bytes());
    if let Some(Err(why)) = magic {
        return Err(Refusal::new(rules::KEY_UNKNOWN, why));
    }
    if let Some(tenant) = owner(value.as_bytes(), config, tenants) {
        return Ok(Caller { key, tenant });
    }
    if config.reject_real_keys && is_real(value.as_bytes(), tenants) {
        let why = format!("the key with the fingerprint {key} looks real, and real keys are not wanted here");
        return Err(Refusal::new(rules::KEY_REAL, why));
    }
    let why = match tenants.is_replaced(key) {
        true => format!("another key took the place of the one with the fingerprint {key}"),
        false => format!("the key with the fingerprint {key} is not one of this emulator's"),
    };
    Err(Refusal::new(rules::KEY_UNKNOWN, why))
}

/// Whose key this is; where any key is accepted, a new one is a tenant's of its own, and each magic one is anywhere.
pub(crate) fn owner(key: &[u8], config: &Config, tenants: &Tenants) -> Option<Fingerprint> {
    let fingerprint = Fingerprint::of(key);
    tenants.owner(fingerprint).or_else(|| {
        let wanted = match (Magic::of(key), config.keys) {
            (Some(magic), _) => magic.is_ok(),
            (None, Keys::WellKnown) => false,
            (None, Keys::Any) => !(key.is_empty() || config.reject_real_keys && is_real(key, tenants)),
        };
        (wanted && !tenants.is_replaced(fingerprint)).then_some(fingerprint)
    })
}

/// Whether a key looks like one of a real resource: it has the form, and is none that this emulator gave out.
pub(crate) fn is_real(key: &[u8], tenants: &Tenants) -> bool {
    let fingerprint = Fingerprint::of(key);
    secret::is_key(key) && tenants.owner(fingerprint).is_none() && !tenants.is_replaced(fingerprint)
}

/// The caller who exchanged a key for this token.
fn own(token: &str, config: &Config, tenants: &Tenants, now: Duration) -> Result<Caller, Refusal> {
    let unknown = |error: TokenError| Refusal::new(rules::TOKEN_UNKNOWN, error.to_string());
    let claims = token::read(token, &config.region).map_err(unknown)?;
    if tenants.is_revoked(claims.tenant, claims.jti) {
        return Err(Refusal::new(rules::TOKEN_REVOKED, "the token was revoked"));
    }
    match claims.ended(tenants.now(Some(claims.tenant), now)) {
        Some(ago) => Err(Refusal::new(rules::TOKEN_EXPIRED, format!("the token ended {ago} s ago"))),
        None => Ok(Caller { key: claims.key, tenant: claims.tenant }),
    }
}

/// Nobody here can verify a Microsoft Entra token: its form and its own end are all that is looked at.
///
/// Where each key is a tenant so is each resource id; elsewhere there is but one resource that can be meant.
fn entra(rest: &str, config: &Config, tenants: &Tenants, now: Duration) -> Result<Caller, Refusal> {
    let refused = |why: String| Err(Refusal::new(rules::ENTRA_TOKEN_MALFORMED, why));
    let Some((resource, token)) = rest.split_once('#') else {
        return refused("the token has not the form aad#resource#token".to_owned());
    };
    if !resource.starts_with("/subscriptions/") || token.is_empty() {
        return refused("the resource id does not begin with /subscriptions/, or no token follows".to_owned());
    }
    let key = Fingerprint::of(resource.as_bytes());
    let tenant = match config.keys {
        Keys::WellKnown => tenants.resource(),
        Keys::Any => key,
    };
    match token::ended_by_its_own_claim(token, tenants.now(Some(tenant), now)) {
        Some(ago) => refused(format!("the token ended {ago} s ago")),
        None => Ok(Caller { key, tenant }),
    }
}

fn missing(config: &Config) -> Refusal {
    let rule = match config.profile {
        Profile::Observed => rules::CREDENTIAL_MISSING,
        Profile::Documented => rules::CREDENTIAL_MISSING_DOCUMENTED,
    };
    Refusal::new(rule, "there is neither Ocp-Apim-Subscription-Key nor Authorization")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use http::{HeaderMap, HeaderName, HeaderValue};

    use super::recognition;
    use crate::config::{Config, KEY_1, KEY_2, Keys};
    use crate::fingerprint::Fingerprint;
    use crate::script::Script;
    use crate::tenant::{Caller, Tenants};
    use crate::token;

    const NOW: Duration = Duration::from_secs(50);

    fn asked(headers: &[(&'static str, &str)], config: &Config, now: Duration) -> Result<Caller, &'static str> {
        let tenants = Tenants::new([KEY_1, KEY_2], Script::default());
        let headers = headers.iter().map(|(name, value)| {
            (HeaderName::from_static(name), HeaderValue::from_str(value).expect("a header value"))
        });
        recognition(&headers.collect::<HeaderMap>(), config, &tenants, now).map_err(|refusal| refusal.rule.id)
    }

    #[test]
    fn both_well_known_keys_are_those_of_one_tenant() {
        let first = asked(&[("ocp-apim-subscription-key", KEY_1)], &Config::default(), NOW).expect("a known key");
        let second = asked(&[("ocp-apim-subscription-key", KEY_2)], &Config::default(), NOW).expect("a known key");
        assert_ne!(first.key, second.key);
        assert_eq!(first.tenant, second.tenant);
    }

    #[test]
    fn another_key_is_refused_unless_any_will_do() {
        let headers = [("ocp-apim-subscription-key", "mine")];
        assert_eq!(asked(&headers, &Config::default(), NOW), Err("key-unknown"));
        let any = Config { keys: Keys::Any, ..Config::default() };
        assert!(asked(&headers, &any, NOW).is_ok());
        assert_eq!(asked(&[("ocp-apim-subscription-key", "")], &any, NOW), Err("key-unknown"));
    }

    #[test]
    fn a_token_stands_for_the_key_it_was_issued_for() {
        let config = Config::default();
        let key = asked(&[("ocp-apim-subscription-key", KEY_1)], &config, NOW).expect("a known key");
        let token = token::issue(&config.region, key, Duration::from_secs(10), 1, NOW);
        let headers = [("authorization", format!("Bearer {token}"))];
        let headers = headers.each_ref().map(|(name, value)| (*name, value.as_str()));
        assert_eq!(asked(&headers, &config, NOW), Ok(key));
        assert_eq!(asked(&headers, &config, Duration::from_secs(60)), Err("token-expired"));
    }

    #[test]
    fn an_authorization_header_must_be_a_bearer_token() {
        for value in ["Basic dXNlcg==", "Bearer", "Bearer  "] {
            let refused = asked(&[("authorization", value)], &Config::default(), NOW);
            assert_eq!(refused, Err("authorization-not-bearer"), "{value:?}");
        }
        let plain = asked(&[("authorization", "Bearer opaque")], &Config::default(), NOW);
        assert_eq!(plain, Err("token-unknown"));
    }

    #[test]
    fn an_entra_token_is_judged_by_its_form_and_its_end() {
        let resource = "/subscriptions/0/resourceGroups/g/providers/Microsoft.CognitiveServices/accounts/a";
        let asked = |token: String, now| asked(&[("authorization", &token)], &Config::default(), now);
        assert!(asked(format!("Bearer aad#{resource}#opaque"), NOW).is_ok());
        for bad in ["Bearer aad#opaque", "Bearer aad##opaque", "Bearer aad#/subscriptions/0#"] {
            assert_eq!(asked(bad.to_owned(), NOW), Err("entra-token-malformed"), "{bad}");
        }
        let key = Fingerprint::of(b"k");
        let token = token::issue("entra", Caller { key, tenant: key }, Duration::from_secs(10), 1, NOW);
        let timed = format!("Bearer aad#{resource}#{token}");
        assert!(asked(timed.clone(), NOW).is_ok());
        assert_eq!(asked(timed, Duration::from_secs(60)), Err("entra-token-malformed"));
    }
}
