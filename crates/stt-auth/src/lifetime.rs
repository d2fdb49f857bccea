//! How long a token serves.

use std::time::Duration;

use base64::{
    Engine as _,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};

/// How long a token serves, from the moment its request was sent.
///
/// The service's tokens live ten minutes and are to be used for nine (documented on Microsoft's pages about
/// authentication of the Speech REST APIs).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Lifetime {
    /// From here on a new one is fetched, while this one still serves.
    pub(crate) renewal: Duration,
    /// From here on it is not handed out.
    pub(crate) end: Duration,
}

impl Lifetime {
    /// The life of a token that expires after `expires_in`.
    ///
    /// It is renewed when a tenth is left, at most five minutes, and earlier by up to another tenth, at most a minute,
    /// as `spread` says: from 480 to 540 s for ten minutes. It ends a sixtieth before it expires, at most ten seconds:
    /// at 590 s for ten minutes.
    pub(crate) fn new(expires_in: Duration, spread: f64) -> Self {
        let tenth = expires_in / 10;
        let margin = tenth.min(Duration::from_secs(300)) + tenth.min(Duration::from_secs(60)).mul_f64(spread);
        let end = expires_in - (expires_in / 60).min(Duration::from_secs(10));
        Self { renewal: expires_in - margin, end }
    }
}

/// When a token of the service expires after it was issued: ten minutes, or less if it says so itself.
///
/// Tokens are opaque, so one that cannot be read lives ten minutes; none lives longer, whatever it says.
pub(crate) fn claimed(token: &str) -> Duration {
    lifetime_of_claims(token).map_or(ISSUED, |claimed| claimed.min(ISSUED))
}

/// `exp` minus `iat`, or minus `nbf`, of a JSON Web Token (RFC 7519): both clocks are the issuer's.
fn lifetime_of_claims(token: &str) -> Option<Duration> {
    let claims = claims(token)?;
    let seconds = |name: &str| claims.get(name).and_then(serde_json::Value::as_f64);
    let lifetime = seconds("exp")? - seconds("iat").or_else(|| seconds("nbf"))?;
    Duration::try_from_secs_f64(lifetime).ok().filter(|lifetime| !lifetime.is_zero())
}

/// What a JSON Web Token says of itself, which nobody has checked.
pub(crate) fn claims(token: &str) -> Option<serde_json::Value> {
    serde_json::from_slice(&BASE64URL.decode(token.split('.').nth(1)?).ok()?).ok()
}

const BASE64URL: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::URL_SAFE,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// The life of a token of the service.
const ISSUED: Duration = Duration::from_secs(600);

#[cfg(test)]
mod tests {
    use super::*;

    fn jwt(claims: &str) -> String {
        format!("eyJhbGciOiJIUzI1NiJ9.{}.c2ln", BASE64URL.encode(claims))
    }

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn ten_minutes_are_renewed_after_eight_to_nine_and_end_ten_seconds_early() {
        assert_eq!(Lifetime::new(seconds(600), 0.0), Lifetime { renewal: seconds(540), end: seconds(590) });
        assert_eq!(Lifetime::new(seconds(600), 0.5).renewal, seconds(510));
        assert!(seconds(480) < Lifetime::new(seconds(600), 0.999).renewal);
    }

    #[test]
    fn a_shorter_life_is_scaled_down() {
        assert_eq!(Lifetime::new(seconds(60), 0.0), Lifetime { renewal: seconds(54), end: seconds(59) });
        assert_eq!(Lifetime::new(seconds(60), 0.5).renewal, seconds(51));
    }

    #[test]
    fn the_margins_of_a_longer_life_are_bounded() {
        assert_eq!(
            Lifetime::new(seconds(86_400), 0.5),
            Lifetime { renewal: seconds(86_400 - 330), end: seconds(86_390) }
        );
    }

    #[test]
    fn a_token_may_say_that_it_lives_shorter() {
        assert_eq!(claimed(&jwt(r#"{"iat":1000,"exp":1090}"#)), seconds(90));
        assert_eq!(claimed(&jwt(r#"{"nbf":1000,"exp":1090.0}"#)), seconds(90));
        assert_eq!(claimed(&jwt(r#"{"iat":1000,"exp":9999}"#)), seconds(600), "never longer");
    }

    #[test]
    fn what_cannot_be_read_lives_ten_minutes() {
        for claims in [
            "",
            "{}",
            "[]",
            "no json",
            r#"{"exp":1}"#,
            r#"{"iat":5,"exp":5}"#,
            r#"{"iat":9,"exp":5}"#,
            r#"{"iat":"1","exp":"2"}"#,
        ] {
            assert_eq!(claimed(&jwt(claims)), seconds(600), "{claims}");
        }
        for token in ["", "opaque", "a.b", "a.%%.c", "...."] {
            assert_eq!(claimed(token), seconds(600), "{token:?}");
        }
    }
}
