//! An access token.

use std::{fmt, str::FromStr};

use http::HeaderValue;

use crate::{
    ResourceId, SecretError,
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
    fn a_token_keeps_the_rules_of_a_secret() {
        assert_eq!("".parse::<Token>().unwrap_err(), SecretError::Empty { what: "token" });
        assert_eq!("a b".parse::<Token>().unwrap_err().to_string(), "the token has an illegal character at position 2");
        assert!("t".repeat(16384).parse::<Token>().is_ok());
        assert!("t".repeat(16385).parse::<Token>().is_err());
    }
}
