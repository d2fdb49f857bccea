//! Access tokens that look like the service's own and end on the emulator's clock.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::fingerprint::Fingerprint;
use crate::tenant::Caller;

/// What a token says about itself.
///
/// Region, scope, audience and the times are the names that tokens of the same issuer have for Translator; what they
/// hold for Speech is not published.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Claims {
    pub(crate) region: String,
    scope: String,
    aud: String,
    iss: String,
    /// The key that was exchanged.
    pub(crate) key: Fingerprint,
    /// Whose key that is.
    pub(crate) tenant: Fingerprint,
    /// The number of the request that it was issued to.
    pub(crate) jti: u64,
    iat: u64,
    exp: u64,
}

impl Claims {
    /// How many seconds ago the token ended; `None` while it lasts.
    pub(crate) fn ended(&self, now: Duration) -> Option<u64> {
        ended(self.exp, now)
    }
}

#[derive(Debug, Eq, Error, PartialEq)]
pub(crate) enum TokenError {
    #[error("the token was issued for the region {0}")]
    OtherRegion(String),
    #[error("the token was not issued by this emulator")]
    Unknown,
}

/// A token for `region` that is valid for `ttl`; `serial` makes two tokens of the same second differ.
pub(crate) fn issue(region: &str, caller: Caller, ttl: Duration, serial: u64, now: Duration) -> String {
    let claims = Claims {
        region: region.to_owned(),
        scope: "speechservices".to_owned(),
        aud: format!("urn:ms.speechservices.{region}"),
        iss: "urn:stt-emulator".to_owned(),
        key: caller.key,
        tenant: caller.tenant,
        jti: serial,
        iat: now.as_secs(),
        exp: whole_seconds(now.saturating_add(ttl)),
    };
    let claims = serde_json::to_vec(&claims).expect("claims are strings and numbers");
    let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(HEADER), URL_SAFE_NO_PAD.encode(claims));
    format!("{signed}.{}", seal(&signed))
}

/// What `token` says, if this emulator issued it for `region`.
pub(crate) fn read(token: &str, region: &str) -> Result<Claims, TokenError> {
    let (signed, sealed) = token.rsplit_once('.').ok_or(TokenError::Unknown)?;
    if sealed != seal(signed) {
        return Err(TokenError::Unknown);
    }
    let claims = signed.split_once('.').and_then(|(_, claims)| decode(claims));
    let claims: Claims = claims.ok_or(TokenError::Unknown)?;
    match claims.region == region {
        true => Ok(claims),
        false => Err(TokenError::OtherRegion(claims.region)),
    }
}

/// How many seconds ago anybody's token ended by its own `exp`; `None` while it lasts or does not tell.
pub(crate) fn ended_by_its_own_claim(token: &str, now: Duration) -> Option<u64> {
    #[derive(Deserialize)]
    struct Ends {
        exp: u64,
    }
    let mut parts = token.split('.');
    let claims = parts.nth(1).filter(|_| parts.count() == 1)?;
    ended(decode::<Ends>(claims)?.exp, now)
}

fn ended(exp: u64, now: Duration) -> Option<u64> {
    (exp <= now.as_secs()).then(|| now.as_secs() - exp)
}

fn decode<T: for<'de> Deserialize<'de>>(claims: &str) -> Option<T> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()
}

/// Tells a token of the emulator from any other; it keeps nobody from forging one, which a stand-in need not do.
fn seal(signed: &str) -> String {
    URL_SAFE_NO_PAD.encode(crc32fast::hash(signed.as_bytes()).to_be_bytes())
}

/// Claims are whole seconds, and a token must not end early.
fn whole_seconds(time: Duration) -> u64 {
    time.as_secs() + u64::from(0 < time.subsec_nanos())
}

/// Tokens of the service begin like this, by the one that Cognitive-Speech-TTS issue 79 shows.
const HEADER: &str = r#"{"alg":"http://www.w3.org/2001/04/xmldsig-more#hmac-sha256","typ":"JWT"}"#;

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{TokenError, ended_by_its_own_claim, issue, read};
    use crate::fingerprint::Fingerprint;
    use crate::tenant::Caller;

    const AT: Duration = Duration::from_secs(1_000);

    /// A token that lasts ten minutes.
    fn token(region: &str, serial: u64) -> String {
        let key = Fingerprint::of(b"k");
        issue(region, Caller { key, tenant: key }, Duration::from_secs(600), serial, AT)
    }

    #[test]
    fn a_token_lasts_its_time_and_not_a_second_longer() {
        let claims = read(&token("westus", 1), "westus").expect("its own token");
        assert_eq!(claims.ended(Duration::from_secs(1_599)), None);
        assert_eq!(claims.ended(Duration::from_secs(1_600)), Some(0));
        assert_eq!(claims.ended(Duration::from_secs(1_700)), Some(100));
    }

    #[test]
    fn a_token_is_good_in_its_region_only() {
        let elsewhere = read(&token("westus", 1), "eastus").map(|claims| claims.exp);
        assert_eq!(elsewhere, Err(TokenError::OtherRegion("westus".to_owned())));
    }

    #[test]
    fn a_changed_token_is_unknown() {
        let token = token("westus", 1);
        for other in [token.replacen('e', "f", 1), token[1..].to_owned(), String::new()] {
            let read = read(&other, "westus").map(|claims| claims.exp);
            assert_eq!(read, Err(TokenError::Unknown), "{other}");
        }
    }

    #[test]
    fn two_tokens_of_one_second_differ() {
        assert_ne!(token("westus", 1), token("westus", 2));
    }

    #[test]
    fn the_end_of_a_foreign_token_is_read_from_its_claim() {
        let token = token("elsewhere", 1);
        assert_eq!(ended_by_its_own_claim(&token, AT), None);
        assert_eq!(ended_by_its_own_claim(&token, Duration::from_secs(1_605)), Some(5));
        assert_eq!(ended_by_its_own_claim("opaque", AT), None);
    }
}
