//! A short name for a secret that does not give the secret away.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::{Digest, Sha256};

/// The first 64 bits of the SHA-256 of a secret, written as 16 hex digits.
///
/// The same secret has the same fingerprint in every run. Keys of the service have 128 random bits and more, which
/// nobody finds again from these.
#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Fingerprint(u64);

impl Fingerprint {
    /// The fingerprint of `secret`.
    #[must_use]
    pub fn of(secret: &[u8]) -> Self {
        let hash = Sha256::digest(secret);
        Self(hash.iter().take(8).fold(0, |bits, byte| bits << 8 | u64::from(*byte)))
    }

    /// The fingerprint that was written as `text`.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let plain = text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        u64::from_str_radix(text, 16).ok().filter(|_| plain).map(Self)
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl Serialize for Fingerprint {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Fingerprint {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::read(&text).ok_or_else(|| de::Error::custom("a fingerprint is 16 hex digits"))
    }
}

#[cfg(test)]
mod tests {
    use super::Fingerprint;

    #[test]
    fn it_is_the_beginning_of_the_sha_256() {
        // The first test vector of FIPS 180-2, appendix B.1: `abc` has the hash ba7816bf 8f01cfea 414140de 5dae2223 …
        let abc = Fingerprint::of(b"abc");
        assert_eq!(abc.to_string(), "ba7816bf8f01cfea");
        assert_eq!(Fingerprint::read("ba7816bf8f01cfea"), Some(abc));
        for other in ["", "ba7816bf8f01cfe", "ba7816bf8f01cfea0", "+a7816bf8f01cfea", "abc"] {
            assert_eq!(Fingerprint::read(other), None, "{other}");
        }
    }
}
