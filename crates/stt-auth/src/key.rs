//! The key of a resource.

use std::{fmt, str::FromStr};

use http::HeaderValue;

use crate::{
    SecretError,
    secret::{REDACTED, Secret},
};

/// One of the two keys of a resource.
///
/// It is 1 to 256 visible ASCII characters; one line end at its end is cut off, because key files end in one. The length
/// is not checked further: classic keys are 32 hexadecimal digits, newer ones longer (observed). It is never printed,
/// and its memory is wiped when the last copy is dropped, headers included.
///
/// ```
/// use stt_auth::Key;
///
/// let key: Key = "0123456789abcdef0123456789abcdef\n".parse()?;
/// assert_eq!(format!("{key:?}"), "Key([REDACTED])");
///
/// let error = "0123 5678".parse::<Key>().unwrap_err();
/// assert_eq!(error.to_string(), "the key has an illegal character at position 5");
/// # Ok::<(), stt_auth::SecretError>(())
/// ```
#[derive(Clone)]
pub struct Key(Secret);

impl Key {
    /// Reads a key from the bytes of a file.
    ///
    /// # Errors
    ///
    /// [`SecretError`] says what is wrong and where.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SecretError> {
        Secret::read("key", bytes, MAX_LENGTH).map(Self)
    }

    /// The value of the header `Ocp-Apim-Subscription-Key`, marked as sensitive.
    #[must_use]
    pub fn header(&self) -> HeaderValue {
        self.0.header()
    }

    pub(crate) fn secret(&self) -> &Secret {
        &self.0
    }
}

impl FromStr for Key {
    type Err = SecretError;

    fn from_str(given: &str) -> Result<Self, SecretError> {
        Self::from_bytes(given.as_bytes())
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Key").field(&format_args!("{REDACTED}")).finish()
    }
}

const MAX_LENGTH: usize = 256;

#[cfg(test)]
mod tests {
    use super::*;

    fn position(key: &str) -> Option<usize> {
        match key.parse::<Key>() {
            Err(SecretError::Illegal { position, .. }) => Some(position),
            _ => None,
        }
    }

    #[test]
    fn one_line_end_is_cut_off() {
        for given in ["abc", "abc\n", "abc\r\n"] {
            assert_eq!(given.parse::<Key>().unwrap().header(), "abc", "{given:?}");
        }
        assert_eq!(position("abc\n\n"), Some(4));
        assert_eq!(position("abc\r"), Some(4));
    }

    #[test]
    fn an_illegal_character_is_placed_and_not_shown() {
        for (key, expected) in
            [(" abc", 1), ("abc ", 4), ("a\tb", 2), ("a\r\nb", 2), ("ab\0", 3), ("aé", 2), ("\u{feff}a", 1)]
        {
            assert_eq!(position(key), Some(expected), "{key:?}");
        }
        let error = format!("{0}{0:?}", "secret€secret".parse::<Key>().unwrap_err());
        assert!(!error.contains('€') && !error.contains("secret"), "{error}");
        assert_eq!(Key::from_bytes(b"ab\xff").unwrap_err(), SecretError::Illegal { what: "key", position: 3 });
    }

    #[test]
    fn a_key_has_1_to_256_characters() {
        assert_eq!("".parse::<Key>().unwrap_err().to_string(), "the key is empty");
        assert_eq!("\n".parse::<Key>().unwrap_err().to_string(), "the key is empty");
        assert_eq!("k".repeat(256).parse::<Key>().unwrap().header().len(), 256);
        let long = "k".repeat(257).parse::<Key>().unwrap_err();
        assert_eq!(long.to_string(), "the key has 257 characters; the limit is 256");
    }

    #[test]
    fn the_header_is_sensitive() {
        let key: Key = "abc".parse().unwrap();
        assert!(key.header().is_sensitive());
    }
}
