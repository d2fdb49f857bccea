//! Keys and tokens, over whole requests on a clock that the test moves.

mod common;

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use common::{Ask, NOW, json};
use http::{Request, StatusCode};
use serde_json::Value;
use stt_emulator::{Emulator, KEY_1, KEY_2, Keys};

fn token(emulator: &Emulator, path: &str, now: Duration) -> String {
    let request = Request::post(path).header("ocp-apim-subscription-key", KEY_1);
    let response = emulator.answer(request.body(Bytes::new()).expect("a request"), now).response;
    assert_eq!(response.status(), StatusCode::OK);
    String::from_utf8(response.body().to_vec()).expect("text")
}

fn status(emulator: &Emulator, authorization: &str, now: Duration) -> u16 {
    let asked = Ask::saying("Hello.").without("ocp-apim-subscription-key");
    let request = asked.header("authorization", authorization).request();
    emulator.answer(request, now).response.status().as_u16()
}

#[test]
fn a_token_recognizes_for_ten_minutes_of_the_emulators_clock() {
    let emulator = Emulator::builder().build();
    let bearer = format!("Bearer {}", token(&emulator, "/sts/v1.0/issueToken", NOW));
    assert_eq!(status(&emulator, &bearer, NOW), 200);
    assert_eq!(status(&emulator, &bearer, NOW + Duration::from_secs(599)), 200);
    assert_eq!(status(&emulator, &bearer, NOW + Duration::from_secs(600)), 401);
}

#[test]
fn moving_the_clock_ends_a_token() {
    let emulator = Emulator::builder().token_ttl(Duration::from_secs(60)).build();
    let bearer = format!("Bearer {}", token(&emulator, "/sts/v1.0/issuetoken", NOW));
    emulator.advance(Duration::from_secs(59));
    assert_eq!(status(&emulator, &bearer, NOW), 200);
    emulator.advance(Duration::from_secs(1));
    assert_eq!(status(&emulator, &bearer, NOW), 401);
    let fresh = format!("Bearer {}", token(&emulator, "/sts/v1.0/issuetoken", NOW));
    assert_eq!(status(&emulator, &fresh, NOW), 200, "a new token is issued on the moved clock");
}

#[test]
fn a_token_is_a_jwt_that_tells_when_it_ends() {
    let emulator = Emulator::builder().region("westus").build();
    let token = token(&emulator, "/sts/v1.0/issueToken", NOW);
    let parts = token.split('.').collect::<Vec<_>>();
    assert_eq!(parts.len(), 3, "{token}");
    let read = |part: &str| -> Value {
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).expect("base64url")).expect("JSON")
    };
    // The token of Cognitive-Speech-TTS issue 79 begins so.
    assert!(read(parts[0])["alg"].as_str().is_some_and(|alg| alg.starts_with("http://www.w3")));
    let claims = read(parts[1]);
    assert_eq!(claims["iat"], NOW.as_secs());
    assert_eq!(claims["exp"], NOW.as_secs() + 600);
    assert_eq!(claims["region"], "westus");
    assert!(!claims.to_string().contains(KEY_1));
}

#[test]
fn a_token_of_an_emulator_for_another_region_is_refused() {
    let west = Emulator::builder().region("westus").build();
    let east = Emulator::builder().region("eastus").build();
    let bearer = format!("Bearer {}", token(&west, "/sts/v1.0/issueToken", NOW));
    assert_eq!(status(&west, &bearer, NOW), 200);
    assert_eq!(status(&east, &bearer, NOW), 401);
}

#[test]
fn a_wrong_key_gets_no_token() {
    let emulator = Emulator::builder().build();
    for (header, value) in [("ocp-apim-subscription-key", "wrong"), ("x-nothing", "")] {
        let request = Request::post("/sts/v1.0/issueToken").header(header, value);
        let answer = emulator.answer(request.body(Bytes::new()).expect("a request"), NOW);
        assert_eq!(answer.response.status(), StatusCode::UNAUTHORIZED);
        assert_eq!(json(&answer.response)["error"]["code"], "401", "the code is a string");
    }
}

#[test]
fn the_journal_tells_keys_apart_without_showing_them() {
    let emulator = Emulator::builder().keys(Keys::Any).build();
    for key in [KEY_1, KEY_2, "mine", KEY_1] {
        let _ = Ask::saying("Hello.").header("ocp-apim-subscription-key", key).ask(&emulator);
    }
    let journal = emulator.journal();
    let keys = journal.iter().map(|entry| entry.key.expect("accepted")).collect::<Vec<_>>();
    assert_eq!(keys[0], keys[3]);
    assert!(keys[0] != keys[1] && keys[1] != keys[2] && keys[0] != keys[2]);
    let written = serde_json::to_string(&journal).expect("JSON");
    for key in [KEY_1, KEY_2, "\"mine\""] {
        assert!(!written.contains(key), "{written}");
    }
}

#[test]
fn nothing_that_can_be_printed_shows_a_key_or_a_token() {
    let emulator = Emulator::builder().keys(Keys::Any).build();
    let token = token(&emulator, "/sts/v1.0/issueToken", NOW);
    let _ = Ask::saying("Hello.").header("ocp-apim-subscription-key", "s3cret").ask(&emulator);
    let _ = status(&emulator, &format!("Bearer {token}"), NOW);
    let printed = format!("{emulator:?} {:?}", emulator.journal());
    assert!(!printed.contains("s3cret") && !printed.contains(&token), "{printed}");
}
