//! What looks like a secret, wherever it stands.

use std::borrow::Cow;
use std::fmt;

use crate::fingerprint::Fingerprint;

/// A secret that is at hand and does not print itself.
#[derive(Clone, Default)]
pub(crate) struct Hidden(pub(crate) String);

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hidden")
    }
}

/// Whether this has the form of a key of the service: 84 letters and digits, or 32 hex digits as the older ones.
pub(crate) fn is_key(text: &[u8]) -> bool {
    match text.len() {
        32 => text.iter().all(u8::is_ascii_hexdigit),
        84 => text.iter().all(u8::is_ascii_alphanumeric),
        _ => false,
    }
}

/// The text with a fingerprint in place of everything in it that may be a key or a token.
///
/// That is every run of letters and digits that is as long as a key, with what else a token may have in it, and
/// `known`, where that is long enough to be no word by chance.
pub(crate) fn masked<'a>(text: &'a str, known: &str) -> Cow<'a, str> {
    let mut text = Cow::Borrowed(text);
    if SHORTEST_KNOWN <= known.len() && text.contains(known) {
        text = text.replace(known, &shown(known)).into();
    }
    if text.split(|c: char| !in_token(c)).all(|word| !is_suspect(word)) {
        return text;
    }
    let mut safe = String::with_capacity(text.len());
    let mut rest = &*text;
    while !rest.is_empty() {
        let end = rest.find(|c: char| !in_token(c)).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        let word = if is_suspect(word) { shown(word).into() } else { Cow::Borrowed(word) };
        safe.push_str(&word);
        let gap = after.find(in_token).unwrap_or(after.len());
        safe.push_str(&after[..gap]);
        rest = &after[gap..];
    }
    safe.into()
}

/// What stands in place of a secret.
pub(crate) fn shown(secret: &str) -> String {
    format!("fingerprint {}", Fingerprint::of(secret.as_bytes()))
}

/// What the three parts of a token and the dots between them consist of.
fn in_token(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')
}

fn is_suspect(word: &str) -> bool {
    // The JSON of a token begins with a brace and a quote.
    let token = word.contains("eyJ") && SHORTEST <= word.len();
    token || word.split(|c: char| !c.is_ascii_alphanumeric()).any(|part| SHORTEST <= part.len())
}

/// The older keys of the service have so many characters.
const SHORTEST: usize = 32;

const SHORTEST_KNOWN: usize = 8;

#[cfg(test)]
mod tests {
    use super::{is_key, masked};

    const HEX: &str = "0123456789abcdef0123456789ABCDEF";

    #[test]
    fn keys_are_known_by_their_form() {
        assert!(is_key(HEX.as_bytes()) && is_key(&[b'x'; 84]));
        for other in ["", &HEX[1..], &format!("{HEX}0"), &HEX.replace('a', "g"), &"-".repeat(84), "emu-429x2"] {
            assert!(!is_key(other.as_bytes()), "{other}");
        }
    }

    #[test]
    fn whatever_may_be_a_key_or_a_token_is_masked() {
        let token = "eyJhbGciOiJodHRwIn0.eyJyZWdpb24iOiJ3ZXN0dXMifQ.c2lnbmF0dXJl";
        for secret in [HEX, token, &"aB3".repeat(28)] {
            for text in [
                secret.to_owned(),
                format!("/a/{secret}/b?x={secret}"),
                format!("key-{secret}."),
                format!("ä{secret}ö"),
            ] {
                let masked = masked(&text, "");
                assert!(!masked.contains(secret) && masked.contains("fingerprint "), "{masked}");
            }
        }
        assert_eq!(
            masked("the password is mine1234!", "mine1234"),
            format!("the password is {}!", super::shown("mine1234"))
        );
    }

    #[test]
    fn ordinary_text_stays_as_it_is() {
        for text in [
            "/speech/recognition/conversation/cognitiveservices/v1",
            "01234567-89ab-cdef-0123-456789abcdef",
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36",
            "the language xx-YY is not in Microsoft's table",
            "grün",
        ] {
            assert_eq!(masked(text, "mine"), text);
        }
    }
}
