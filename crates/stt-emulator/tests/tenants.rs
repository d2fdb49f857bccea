//! What belongs to different keys is kept apart, and keys can be replaced, revoked and refused.

mod common;

use std::time::Duration;

use bytes::Bytes;
use common::{Ask, NOW, admin, get, json, last};
use http::Request;
use serde_json::{Value, json};
use stt_emulator::{Emulator, KEY_1, KEY_2, Keys};

/// A key of the older form that is none of the emulator's.
const REAL: &str = "0123456789abcdef0123456789abcdef";

fn token(emulator: &Emulator, key: &str) -> String {
    let request = Request::post("/sts/v1.0/issueToken").header("ocp-apim-subscription-key", key);
    let response = emulator.answer(request.body(Bytes::new()).expect("a request"), NOW).response;
    assert_eq!(response.status(), 200);
    String::from_utf8(response.body().to_vec()).expect("text")
}

fn status(emulator: &Emulator, key: &str) -> u16 {
    Ask::new("").path("/sts/v1.0/issueToken").key(key).ask(emulator).status().as_u16()
}

fn bearing(emulator: &Emulator, token: &str) -> u16 {
    let asked = Ask::saying("Hello.").without("ocp-apim-subscription-key");
    asked.header("authorization", format!("Bearer {token}")).ask(emulator).status().as_u16()
}

/// The numbers of the requests that the journal shows at `path`.
fn ids(emulator: &Emulator, path: &str) -> Vec<u64> {
    let list = get(emulator, path);
    list.as_array().expect("a list").iter().map(|entry| entry["id"].as_u64().expect("a number")).collect()
}

fn regenerate(emulator: &Emulator, path: &str) -> String {
    let response = admin(emulator, "POST", path, "");
    assert_eq!(response.status(), 200, "{path}");
    json(&response)["key"].as_str().expect("a key").to_owned()
}

#[test]
fn each_key_sees_its_own_requests() {
    let emulator = Emulator::builder().keys(Keys::Any).build();
    for key in ["one", "two", "one", KEY_1, KEY_2] {
        let _ = Ask::saying("Hello.").key(key).ask(&emulator);
    }
    let _ = bearing(&emulator, &token(&emulator, "two"));
    let _ = Ask::saying("Hello.").path("/nowhere").key("two").ask(&emulator);
    assert_eq!(ids(&emulator, "/requests?key=one"), [1, 3]);
    assert_eq!(ids(&emulator, "/requests?key=two"), [2, 6, 7, 8], "its token and its mistakes are its own too");
    assert_eq!(ids(&emulator, &format!("/requests?key={KEY_2}")), [4, 5], "both keys are those of one resource");
    let shown = get(&emulator, "/requests")[0]["key"].as_str().expect("a fingerprint").to_owned();
    assert_eq!(ids(&emulator, &format!("/requests?key={shown}")), [1, 3], "a fingerprint names a tenant as well");
    assert_eq!(ids(&emulator, "/requests").len(), 8);
    assert_eq!(admin(&emulator, "DELETE", "/requests?key=one", "").status(), 200);
    assert_eq!(ids(&emulator, "/requests"), [2, 4, 5, 6, 7, 8]);
}

#[test]
fn a_tenant_is_named_by_a_parameter_or_a_header() {
    let emulator = Emulator::builder().keys(Keys::Any).build();
    let _ = Ask::saying("Hello.").key("one").ask(&emulator);
    let asked = |path: &str, key: &str| {
        let request = Request::get(format!("/__emulator{path}")).header("host", "localhost");
        let request = request.header("x-emulator-key", key).body(Bytes::new()).expect("a request");
        let response = emulator.answer(request, NOW).response;
        (response.status().as_u16(), json(&response).as_array().map(Vec::len))
    };
    assert_eq!(asked("/requests", "one"), (200, Some(1)));
    assert_eq!(asked("/requests?key=one", "one"), (200, Some(1)));
    assert_eq!(asked("/requests", "other"), (200, Some(0)));
    assert_eq!(asked("/requests?key=other", "one").0, 400);
    let strict = Emulator::builder().build();
    assert_eq!(admin(&strict, "GET", "/requests?key=other", "").status(), 404, "no such key is accepted here");
}

#[test]
fn each_key_has_a_clock_of_its_own() {
    let emulator = Emulator::builder().keys(Keys::Any).token_ttl(Duration::from_secs(60)).build();
    let [one, two] = ["one", "two"].map(|key| token(&emulator, key));
    let moved = json(&admin(&emulator, "POST", "/clock/advance?key=one", r#"{"seconds": 60}"#));
    assert_eq!(moved, json!({"now": NOW.as_secs_f64() + 60.0, "advanced": 60.0}));
    assert_eq!([bearing(&emulator, &one), bearing(&emulator, &two)], [401, 200]);
    assert_eq!(get(&emulator, "/clock")["advanced"], 0.0);
    assert_eq!(get(&emulator, "/clock?key=two")["advanced"], 0.0);
    emulator.advance(Duration::from_secs(60));
    assert_eq!(bearing(&emulator, &two), 401);
    assert_eq!(get(&emulator, "/clock?key=one")["advanced"], 120.0);
    let _ = admin(&emulator, "POST", "/clock/advance?key=later", r#"{"seconds": 5}"#);
    assert_eq!(get(&emulator, "/clock?key=later")["advanced"], 65.0, "before its first request");
}

#[test]
fn a_regenerated_key_takes_the_place_of_the_old_one() {
    let emulator = Emulator::builder().build();
    let issued = token(&emulator, KEY_1);
    let new = regenerate(&emulator, "/keys/1/regenerate");
    assert!(new.len() == 32 && new.bytes().all(|byte| byte.is_ascii_hexdigit()), "{new}");
    assert_eq!([KEY_1, KEY_2, &new].map(|key| status(&emulator, key)), [401, 200, 200]);
    let _ = Ask::new("").path("/sts/v1.0/issueToken").key(KEY_1).ask(&emulator);
    assert!(last(&emulator).reason.contains("took the place"), "{}", last(&emulator).reason);
    assert_eq!(bearing(&emulator, &issued), 200, "a token outlives its key");
    let other = regenerate(&emulator, "/keys/2/regenerate");
    assert_ne!(other, new);
    assert_eq!([KEY_2, &new, &other].map(|key| status(&emulator, key)), [401, 200, 200]);
    assert_eq!(admin(&emulator, "POST", "/keys/3/regenerate", "").status(), 404);
}

#[test]
fn where_any_key_is_accepted_a_replaced_one_is_not() {
    let emulator = Emulator::builder().keys(Keys::Any).build();
    assert_eq!(status(&emulator, "mine"), 200);
    let new = regenerate(&emulator, "/keys/1/regenerate?key=mine");
    assert_eq!(["mine", &new, KEY_1, "yours"].map(|key| status(&emulator, key)), [401, 200, 200, 200]);
    assert_eq!(ids(&emulator, &format!("/requests?key={new}")), [1, 3], "the new key is the same tenant's");
}

#[test]
fn revoked_tokens_are_refused_and_later_ones_are_not() {
    let emulator = Emulator::builder().keys(Keys::Any).build();
    let [one, two] = ["one", "two"].map(|key| token(&emulator, key));
    assert_eq!(admin(&emulator, "POST", "/tokens/revoke?key=one", "").status(), 200);
    assert_eq!([bearing(&emulator, &one), bearing(&emulator, &two)], [401, 200]);
    assert_eq!(bearing(&emulator, &token(&emulator, "one")), 200);
    assert_eq!(admin(&emulator, "POST", "/tokens/revoke", "").status(), 200);
    assert_eq!(bearing(&emulator, &two), 401);
}

#[test]
fn parts_are_reset_for_one_tenant_or_for_all() {
    let emulator = Emulator::builder().keys(Keys::Any).rate("1/h".parse().expect("a rate")).build();
    let recognized = |key| Ask::saying("Hello.").key(key).ask(&emulator).status().as_u16();
    assert_eq!(["one", "one", "two"].map(recognized), [200, 429, 200]);
    let _ = admin(&emulator, "POST", "/clock/advance?key=one", r#"{"seconds": 5}"#);
    let reset = |path: &str, body: &str| admin(&emulator, "POST", path, body).status().as_u16();
    assert_eq!(reset("/reset?key=one", r#"{"limits": true}"#), 200);
    assert_eq!(["one", "two"].map(recognized), [200, 429]);
    assert_eq!(ids(&emulator, "/requests?key=one"), [1, 2, 4], "the journal was not named");
    assert_eq!(get(&emulator, "/clock?key=one")["advanced"], 5.0);
    let new = regenerate(&emulator, "/keys/1/regenerate");
    assert_eq!(reset("/reset", " "), 200);
    assert_eq!(get(&emulator, "/requests"), json!([]));
    assert_eq!(get(&emulator, "/clock?key=one")["advanced"], 0.0);
    assert_eq!(["one", "two", KEY_1].map(recognized), [200, 200, 200]);
    assert_eq!(emulator.journal()[0].id, 6, "numbers are not used again");
    let strict = Emulator::builder().build();
    assert_eq!(status(&strict, &new), 401);
    for body in [r#"{"everything": true}"#, "[]", "{"] {
        assert_eq!(reset("/reset", body), 400, "{body}");
    }
}

#[test]
fn keys_that_look_real_are_refused_on_request_only() {
    let newer = "aB3".repeat(28);
    for key in [REAL, &newer] {
        assert_eq!(status(&Emulator::builder().keys(Keys::Any).build(), key), 200);
        let careful = Emulator::builder().keys(Keys::Any).reject_real_keys(true).build();
        let refused = Ask::saying("Hello.").key(key).ask(&careful);
        assert_eq!(refused.status(), 401);
        let reason = refused.headers()["x-emulator-reason"].to_str().expect("ASCII");
        assert!(reason.contains("looks real") && !reason.contains(key), "{reason}");
        assert_eq!(last(&careful).rules, ["key-real"]);
        let own = regenerate(&careful, "/keys/1/regenerate");
        assert_eq!([KEY_2, &own, "mine"].map(|key| status(&careful, key)), [200, 200, 200], "its own look like them");
    }
}

#[test]
fn a_key_is_shown_nowhere_wherever_it_was_put() {
    let emulator = Emulator::builder().keys(Keys::Any).build();
    let own = "my-own-key";
    let bearer = token(&emulator, own);
    for secret in [REAL, KEY_1, &bearer, own] {
        let ask = || Ask::saying("Hello.").key(own);
        let _ = ask().path(&format!("/speech/{secret}/v1")).ask(&emulator);
        let _ = ask().query(&format!("language={secret}&{secret}=1&x={secret}&cid={secret}")).ask(&emulator);
        let _ = ask().query(secret).header("user-agent", format!("me/{secret}")).ask(&emulator);
        let _ = ask().header("x-api-key", secret).header("accept-language", secret).ask(&emulator);
        let _ = ask().header("content-type", secret).ask(&emulator);
    }
    for path in ["/requests", "/requests.har", "/requests.ndjson", "/requests/unmatched", "/requests/2"] {
        let told = admin(&emulator, "GET", path, "");
        let told = String::from_utf8(told.body().to_vec()).expect("UTF-8");
        // The value of a `cid` has the form of an older key, and must be shown.
        let told = told.replace(&format!(r#"["cid","{REAL}"]"#), "").replace(&format!(r#"["cid","{KEY_1}"]"#), "");
        let told = told.replace(&format!(r#"{{"name":"cid","value":"{REAL}"}}"#), "");
        let told = told.replace(&format!(r#"{{"name":"cid","value":"{KEY_1}"}}"#), "");
        let told = told.replace(&format!("cid={REAL}"), "").replace(&format!("cid={KEY_1}"), "");
        for secret in [REAL, KEY_1, &bearer, own] {
            let at = told.find(secret).map(|at| &told[at.saturating_sub(200)..at]);
            assert_eq!(at, None, "{path}: {secret}");
        }
    }
    assert!(!format!("{emulator:?}").contains(own));
}

#[test]
fn a_token_is_not_kept_with_its_answer() {
    let emulator = Emulator::builder().build();
    let token = token(&emulator, KEY_1);
    let told = get(&emulator, "/requests/1");
    assert_eq!(told["answer_body"], Value::Null);
    assert!(!get(&emulator, "/requests.har").to_string().contains(&token));
}
