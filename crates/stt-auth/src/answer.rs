//! What the token endpoint answered.

use std::time::Duration;

use http::{HeaderMap, Response, StatusCode, header::CONTENT_TYPE};
use stt_model::ServiceMessage;

use crate::{Token, TokenError, retry_after, secret::Secret, token::MAX_LENGTH, token_error::Cause};

/// Reads the token out of an answer: 200, and a bare text of 16 to 16,384 visible characters.
///
/// Documented is that the body is the token as a JSON Web Token. Its content type is not, and not looked at.
pub(crate) fn read(answer: &Response<&[u8]>, key: Option<&Secret>, wall: Duration) -> Result<Token, TokenError> {
    let body = *answer.body();
    match answer.status() {
        StatusCode::OK => token(body).ok_or_else(|| malformed(answer.headers(), body)),
        status if status.is_success() => Err(malformed(answer.headers(), body)),
        status @ (StatusCode::BAD_REQUEST
        | StatusCode::UNAUTHORIZED
        | StatusCode::FORBIDDEN
        | StatusCode::NOT_FOUND) => Err(TokenError::Refused { status, message: message(body, key) }),
        status => Err(TokenError::unavailable(Cause::Status(status), retry_after(answer.headers(), wall))),
    }
}

fn token(body: &[u8]) -> Option<Token> {
    let body = body.trim_ascii();
    // Errors in the place of a token begin with `{` or `<`; a token begins with a letter or digit.
    if body.len() < MIN_LENGTH || !body[0].is_ascii_alphanumeric() {
        return None;
    }
    str::from_utf8(body).ok()?.parse().ok()
}

fn message(body: &[u8], key: Option<&Secret>) -> Option<String> {
    let scrubbed = |text: &str| key.map_or_else(|| text.to_owned(), |key| key.scrub(text));
    // Before the message is cut to its length, which could leave half a key; and after JSON has been unescaped.
    let body = scrubbed(&String::from_utf8_lossy(&body[..body.len().min(MAX_LENGTH)]));
    ServiceMessage::read(body.as_bytes()).message.as_deref().map(scrubbed)
}

fn malformed(headers: &HeaderMap, body: &[u8]) -> TokenError {
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = content_type.and_then(|value| value.split(';').next()).map(str::trim);
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || b"/+-.".contains(&byte);
    let plain = |essence: &&str| !essence.is_empty() && essence.len() <= 64 && essence.bytes().all(legal);
    TokenError::Malformed { content_type: essence.filter(plain).map(str::to_owned), bytes: body.len() }
}

/// No token is shorter; what is, is a word.
const MIN_LENGTH: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(status: u16, content_type: &str, body: &[u8]) -> Result<String, TokenError> {
        let answer = Response::builder().status(status).header("content-type", content_type).body(body).unwrap();
        let key = "canary-key".parse::<crate::Key>().unwrap();
        read(&answer, Some(key.secret()), Duration::ZERO).map(|token| token.expose().to_owned())
    }

    #[test]
    fn a_bare_text_is_a_token_whatever_its_content_type() {
        for content_type in ["application/jwt", "text/plain", "application/json; charset=utf-8"] {
            assert_eq!(answered(200, content_type, b"eyJhbGciOi.eyJ.sig").unwrap(), "eyJhbGciOi.eyJ.sig");
        }
        assert_eq!(answered(200, "", b" \r\n0123456789abcdef\n").unwrap(), "0123456789abcdef");
        assert!(answered(200, "", &[b'a'; 16384]).is_ok());
    }

    #[test]
    fn anything_else_is_no_token_and_not_shown() {
        let cases: [&[u8]; 9] = [
            b"",
            b"0123456789abcde",
            b"<html><title>canary-body</title></html>",
            b"<canary-body/>xxxx",
            br#"{"error":{"code":"canary-body"}}"#,
            br#""canary-body-in-quotes""#,
            b"canary-body with spaces in it",
            "canary-body-\u{e9}-and-so-on".as_bytes(),
            &[b'a'; 16385],
        ];
        for body in cases {
            let error = answered(200, "text/html; charset=utf-8", body).unwrap_err();
            assert!(matches!(&error, TokenError::Malformed { bytes, .. } if *bytes == body.len()), "{error:?}");
            let printed = format!("{error} {error:?}");
            assert!(printed.contains("text/html") && !printed.contains("canary"), "{printed}");
        }
        assert!(matches!(answered(204, "", b"0123456789abcdef"), Err(TokenError::Malformed { .. })));
    }

    #[test]
    fn a_content_type_is_shown_only_if_it_is_one() {
        let error = answered(200, "canary of nonsense", b"").unwrap_err();
        assert_eq!(error.to_string(), "the token endpoint gave no token (no content type, 0 bytes)");
    }

    #[test]
    fn four_statuses_refuse_and_all_others_pass() {
        for status in [400, 401, 403, 404] {
            assert!(matches!(answered(status, "", b""), Err(TokenError::Refused { .. })), "{status}");
        }
        for status in [301, 405, 408, 409, 418, 429, 500, 502, 503, 504, 999] {
            assert!(matches!(answered(status, "", b""), Err(TokenError::Unavailable { .. })), "{status}");
        }
    }

    #[test]
    fn the_words_of_a_refusal_are_kept_without_the_key() {
        let body = br#"{"error":{"code":"401","message":"Access denied for canary-key."}}"#;
        let Err(TokenError::Refused { message, .. }) = answered(401, "application/json", body) else { panic!() };
        assert_eq!(message.as_deref(), Some("Access denied for [REDACTED]."));
        let escaped = br#"{"message":"canary\u002dkey"}"#;
        let Err(TokenError::Refused { message, .. }) = answered(401, "", escaped) else { panic!() };
        assert_eq!(message.as_deref(), Some("[REDACTED]"));
        for filler in 280..300 {
            let cut = format!("{} canary-key", "x".repeat(filler));
            let Err(TokenError::Refused { message, .. }) = answered(401, "text/plain", cut.as_bytes()) else {
                panic!()
            };
            assert!(!message.unwrap().contains("can"), "{filler}");
        }
    }

    #[test]
    fn a_hint_is_read_from_a_failure() {
        let answer = Response::builder().status(503).header("retry-after", "7").body(&b""[..]).unwrap();
        let error = read(&answer, None, Duration::ZERO).unwrap_err();
        assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
    }
}
