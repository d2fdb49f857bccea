//! An access token.

use std::{fmt, str::FromStr, time::Duration};

use http::HeaderValue;

use crate::{
    ResourceId, SecretError,
    lifetime::claims,
    secret::{REDACTED, Secret},
};

/// An access token: of the service itself, or of Microsoft Entra ID.
///
/// Its text is opaque: 1 to 16,384 visible ASCII characters, after one line end at its end is cut off. It is never
/// printed, and its memory is wiped when the last copy is dropped, headers included.
#[derive(Clone)]
pub struct Token(Secret);

impl Token {
    /// The text of the token, for whoever has to write it somewhere else than into a header.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    /// The value of the header `Authorization`, `Bearer <token>`, marked as sensitive.
    #[must_use]
    pub fn header(&self) -> HeaderValue {
        self.0.header()
    }

    /// As the service wants a token of Microsoft Entra ID: `Bearer aad#<resource id>#<token>`.
    ///
    /// Documented on Microsoft's page about authentication of the Speech REST APIs (2026).
    pub(crate) fn for_resource(&self, id: &ResourceId) -> Self {
        Self(self.0.behind(&format!("Bearer aad#{id}#")))
    }

    /// When it expires, since 1970, where it is a JSON Web Token that says so.
    ///
    /// Only the issuer can tell whether it holds: nothing here checks its signature.
    #[must_use]
    pub fn expires(&self) -> Option<Duration> {
        Duration::try_from_secs_f64(claims(self.expose())?.get("exp")?.as_f64()?).ok()
    }

    /// Whom it is for, where it is a JSON Web Token that says so.
    #[must_use]
    pub fn audience(&self) -> Option<String> {
        claims(self.expose())?.get("aud")?.as_str().map(str::to_owned)
    }

    pub(crate) fn secret(&self) -> &Secret {
        &self.0
    }
}

impl FromStr for Token {
    type Err = SecretError;

    fn from_str(given: &str) -> Result<Self, SecretError> {
        Secret::read("token", given.as_bytes(), MAX_LENGTH).map(|secret| Self(secret.behind("Bearer ")))
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Token").field(&format_args!("{REDACTED}")).finish()
    }
}

/// The longest answer that is taken for a token: 16 KiB, as long as a header may be with most servers.
pub(crate) const MAX_LENGTH: usize = 16 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_says_bearer() {
        let token: Token = "eyJ.eyJ.sig\n".parse().unwrap();
        assert_eq!(token.expose(), "eyJ.eyJ.sig");
        assert_eq!(token.header(), "Bearer eyJ.eyJ.sig");
        assert!(token.header().is_sensitive());
    }

    #[test]
    fn a_token_of_entra_id_goes_behind_the_resource() {
        let id: ResourceId =
            "/subscriptions/1/resourceGroups/g/providers/Microsoft.CognitiveServices/accounts/a".parse().unwrap();
        let token = "eyJ.eyJ.sig".parse::<Token>().unwrap().for_resource(&id);
        assert_eq!(token.expose(), "eyJ.eyJ.sig");
        assert_eq!(
            token.header(),
            "Bearer aad#/subscriptions/1/resourceGroups/g/providers/Microsoft.CognitiveServices/accounts/a#eyJ.eyJ.sig"
        );
        assert!(token.header().is_sensitive());
    }

    #[test]
    fn a_json_web_token_tells_its_end_and_whom_it_is_for() {
        // {"exp":1767225600,"aud":"https://a.example"}
        let token = "eyJhbGciOiJub25lIn0.eyJleHAiOjE3NjcyMjU2MDAsImF1ZCI6Imh0dHBzOi8vYS5leGFtcGxlIn0.c2ln";
        let token: Token = token.parse().unwrap();
        assert_eq!(token.expires(), Some(Duration::from_secs(1_767_225_600)));
        assert_eq!(token.audience().as_deref(), Some("https://a.example"));
        for opaque in ["opaque", "a.b.c", "eyJ.e30.sig"] {
            let token: Token = opaque.parse().unwrap();
            assert_eq!((token.expires(), token.audience()), (None, None), "{opaque}");
        }
    }

    #[test]
    fn a_token_keeps_the_rules_of_a_secret() {
        assert_eq!("".parse::<Token>().unwrap_err(), SecretError::Empty { what: "token" });
        assert_eq!("a b".parse::<Token>().unwrap_err().to_string(), "the token has an illegal character at position 2");
        assert!("t".repeat(16384).parse::<Token>().is_ok());
        assert!("t".repeat(16385).parse::<Token>().is_err());
    }
}
