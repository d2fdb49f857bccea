//! A header value that ends in a secret, and the rules that every secret keeps.

use bytes::Bytes;
use http::HeaderValue;
use secrecy::{ExposeSecret, SecretString};

/// A sensitive header value: some prefix, then the secret.
///
/// There is one buffer, however often it is cloned into requests, and it is wiped when the last of them is gone.
#[derive(Clone)]
pub(crate) struct Secret {
    header: HeaderValue,
    /// Where in the header the secret begins.
    start: usize,
}

impl Secret {
    /// Takes a secret after one line end at its end, as files have it, is cut off; `what` names it in errors.
    ///
    /// The prefix is visible ASCII and spaces.
    pub(crate) fn read(what: &'static str, given: &[u8], limit: usize) -> Result<Self, SecretError> {
        let text = given.strip_suffix(b"\n").map_or(given, |line| line.strip_suffix(b"\r").unwrap_or(line));
        if text.is_empty() {
            return Err(SecretError::Empty { what });
        }
        if let Some(index) = text.iter().position(|byte| !byte.is_ascii_graphic()) {
            return Err(SecretError::Illegal { what, position: index + 1 });
        }
        if limit < text.len() {
            return Err(SecretError::TooLong { what, length: text.len(), limit });
        }
        Ok(Self::new("", &String::from_utf8_lossy(text)))
    }

    /// The same secret behind a prefix, which is visible ASCII and spaces.
    pub(crate) fn behind(&self, prefix: &str) -> Self {
        Self::new(prefix, self.expose())
    }

    pub(crate) fn header(&self) -> HeaderValue {
        self.header.clone()
    }

    pub(crate) fn expose(&self) -> &str {
        self.header.to_str().ok().and_then(|text| text.get(self.start..)).unwrap_or_default()
    }

    /// The text with every occurrence of the secret taken out.
    pub(crate) fn scrub(&self, text: &str) -> String {
        text.replace(self.expose(), REDACTED)
    }

    /// Both parts are visible ASCII, the prefix perhaps with spaces.
    fn new(prefix: &str, secret: &str) -> Self {
        // Room for all of it: a string that grows leaves its old buffer behind, unwiped.
        let mut text = String::with_capacity(prefix.len() + secret.len());
        text.push_str(prefix);
        text.push_str(secret);
        let wiped = Bytes::from_owner(Wiped(SecretString::from(text)));
        let mut header = HeaderValue::from_maybe_shared(wiped).expect("visible ASCII and spaces are a header value");
        header.set_sensitive(true);
        Self { header, start: prefix.len() }
    }
}

struct Wiped(SecretString);

impl AsRef<[u8]> for Wiped {
    fn as_ref(&self) -> &[u8] {
        self.0.expose_secret().as_bytes()
    }
}

/// Why a text is not a key, or not a token.
///
/// It says where the text is wrong and never repeats a character of it.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum SecretError {
    /// There is nothing in it.
    #[error("the {what} is empty")]
    Empty {
        /// `key` or `token`.
        what: &'static str,
    },
    /// It has a space, a control character or a character beyond ASCII.
    #[error("the {what} has an illegal character at position {position}")]
    Illegal {
        /// `key` or `token`.
        what: &'static str,
        /// Which byte it is; the first is 1.
        position: usize,
    },
    /// It is longer than any that is known.
    #[error("the {what} has {length} characters; the limit is {limit}")]
    TooLong {
        /// `key` or `token`.
        what: &'static str,
        /// Its length in characters.
        length: usize,
        /// The longest that is taken.
        limit: usize,
    },
}

pub(crate) const REDACTED: &str = "[REDACTED]";
