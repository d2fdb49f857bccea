//! The admin paths and what browsers are told.

mod common;

use bytes::Bytes;
use common::{Ask, NOW, PATH, admin, get, json};
use http::Request;
use serde_json::json;
use stt_emulator::{Emulator, Fault, KEY_1};

/// Every path of the index, for the first request of the journal.
fn paths(emulator: &Emulator) -> Vec<String> {
    let hash = emulator.journal()[0].body_sha256.clone().expect("a body");
    let index = get(emulator, "/");
    let paths = index["paths"].as_array().expect("a list").iter().map(|path| {
        let path = path.as_str().expect("a path").replace("{id}", "1").replace("{1|2}", "2").replace("{sha256}", &hash);
        format!("/{path}")
    });
    paths.collect()
}

#[test]
fn health_version_and_index_answer() {
    let emulator = Emulator::builder().build();
    assert_eq!(get(&emulator, "/health"), json!({"status": "ok"}));
    assert_eq!(get(&emulator, "/version")["version"], env!("CARGO_PKG_VERSION"));
    let _ = Ask::saying("Hello.").ask(&emulator);
    emulator.arm(&Fault::status(503).times(1), NOW);
    for path in paths(&emulator) {
        let status = admin(&emulator, "GET", &path, "").status();
        // Without TLS there is no authority.
        let expected = if path == "/ca.pem" { status == 404 } else { status == 200 || status == 405 };
        assert!(expected, "{path}: {status}");
        assert_eq!(admin(&emulator, "HEAD", &path, "").status(), status, "{path}");
    }
}

#[test]
fn the_journal_is_read_oldest_first_and_cleared() {
    let emulator = Emulator::builder().build();
    let session = "0123456789ABCDEF0123456789abcdef";
    let _ = Ask::saying("Hello.").query(&format!("language=en-US&X-ConnectionId={session}")).ask(&emulator);
    let _ = Ask::saying("Hello.").query("").ask(&emulator);
    let journal = get(&emulator, "/requests");
    assert_eq!(journal.as_array().map(Vec::len), Some(2), "admin requests are not journalled");
    let first = &journal[0];
    assert_eq!(first["id"], 1);
    assert_eq!(first["at_ms"], NOW.as_millis() as u64);
    assert_eq!(first["operation"], "recognize");
    assert_eq!(first["path"], PATH);
    assert_eq!(first["query"][0], json!(["language", "en-US"]));
    assert_eq!(first["session"], session);
    assert_eq!(first["status"], 200);
    assert_eq!(first["recognition_status"], "Success");
    assert_eq!(first["text"], "Hello.");
    assert_eq!(first["heard_by"], "coded");
    assert_eq!(journal[1]["rules"], json!(["language-missing"]));
    assert!(!journal.to_string().contains(KEY_1));
    assert_eq!(admin(&emulator, "DELETE", "/requests", "").status(), 200);
    assert_eq!(get(&emulator, "/requests"), json!([]));
}

#[test]
fn the_body_of_a_request_can_be_told_from_another_one() {
    let emulator = Emulator::builder().build();
    // What `printf 123456789 | sha256sum` prints.
    let _ = Ask::new("123456789").ask(&emulator);
    let entry = common::last(&emulator);
    assert_eq!(entry.body_bytes, Some(9));
    let expected = "15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225";
    assert_eq!(entry.body_sha256.as_deref(), Some(expected));
}

#[test]
fn the_journal_forgets_the_oldest_beyond_its_limit() {
    let emulator = Emulator::builder().journal_limit(2).build();
    for _ in 0..5 {
        let _ = Ask::new("").ask(&emulator);
    }
    let ids = emulator.journal().iter().map(|entry| entry.id).collect::<Vec<_>>();
    assert_eq!(ids, [4, 5]);
}

#[test]
fn the_clock_is_moved_and_told() {
    let emulator = Emulator::builder().build();
    assert_eq!(get(&emulator, "/clock"), json!({"now": NOW.as_secs_f64(), "advanced": 0.0}));
    let moved = json(&admin(&emulator, "POST", "/clock/advance", r#"{"seconds": 601.25}"#));
    assert_eq!(moved, json!({"now": NOW.as_secs_f64() + 601.25, "advanced": 601.25}));
    assert_eq!(get(&emulator, "/clock"), moved);
    let _ = Ask::new("").ask(&emulator);
    assert_eq!(common::last(&emulator).at_ms, NOW.as_millis() as u64 + 601_250);
    for (body, why) in [
        ("soon", "the body must be like"),
        (r#"{"seconds": -1}"#, "forward only"),
        (r#"{"seconds": 3162240000}"#, "too many"),
    ] {
        let refused = admin(&emulator, "POST", "/clock/advance", body);
        assert_eq!(refused.status(), 400);
        let told = json(&refused)["error"]["message"].to_string();
        assert!(told.contains(why), "{told}");
    }
    assert_eq!(get(&emulator, "/clock"), moved, "it stays where it was");
}

#[test]
fn unknown_paths_and_methods_are_told_apart() {
    let emulator = Emulator::builder().build();
    assert_eq!(admin(&emulator, "GET", "/nothing", "").status(), 404);
    let response = admin(&emulator, "PUT", "/requests", "");
    assert_eq!(response.status(), 405);
    assert_eq!(response.headers()["allow"], "GET, DELETE");
}

#[test]
fn admin_paths_tell_other_pages_nothing() {
    let emulator = Emulator::builder().build();
    let _ = Ask::saying("private").ask(&emulator);
    let local = ("host", "127.0.0.1:10788");
    for pages in [
        vec![("host", "evil.example")],
        vec![local, ("origin", "http://evil.example")],
        vec![local, ("sec-fetch-site", "cross-site")],
    ] {
        for path in paths(&emulator).iter().map(String::as_str).chain(["/", "", "/nothing"]) {
            for method in ["GET", "HEAD", "POST", "DELETE", "OPTIONS"] {
                let request = Request::builder().method(method).uri(format!("/__emulator{path}"));
                let request = request.header("access-control-request-method", "GET");
                let request = pages.iter().fold(request, |request, (name, value)| request.header(*name, *value));
                let response = emulator.answer(request.body(Bytes::new()).expect("a request"), NOW).response;
                assert_eq!(response.status(), 403, "{method} {path} {pages:?}");
                let names = response.headers().keys().map(http::HeaderName::as_str).collect::<Vec<_>>();
                assert!(!names.iter().any(|name| name.starts_with("access-control")), "{names:?}");
                assert!(!String::from_utf8_lossy(response.body()).contains("private"));
            }
        }
    }
    assert_eq!(get(&emulator, "/clock")["advanced"], 0.0);
    assert_eq!(emulator.journal().len(), 1);
}

#[test]
fn a_page_may_post_audio_with_the_headers_it_asks_for() {
    let emulator = Emulator::builder().build();
    let wanted = "ocp-apim-subscription-key,content-type,pronunciation-assessment";
    let preflight = Ask::new("")
        .method("OPTIONS")
        .without("ocp-apim-subscription-key")
        .header("origin", "http://page.example")
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", wanted)
        .ask(&emulator);
    assert_eq!(preflight.status(), 204);
    assert_eq!(preflight.headers()["access-control-allow-origin"], "*");
    assert_eq!(preflight.headers()["access-control-allow-methods"], "POST");
    assert_eq!(preflight.headers()["access-control-allow-headers"], wanted);
    let posted = Ask::saying("Hello.").header("origin", "http://page.example").ask(&emulator);
    assert_eq!(posted.headers()["access-control-allow-origin"], "*");
    let refused = Ask::new("").header("origin", "http://page.example").ask(&emulator);
    assert_eq!(refused.headers()["access-control-allow-origin"], "*", "a page can read errors too");
    let plain = Ask::saying("Hello.").ask(&emulator);
    assert_eq!(plain.headers().get("access-control-allow-origin"), None);
}

#[test]
fn every_answer_of_the_service_paths_has_a_request_id_of_its_own() {
    let emulator = Emulator::builder().build();
    let ids = [Ask::new("").ask(&emulator), Ask::saying("Hello.").ask(&emulator)];
    let ids = ids.map(|response| response.headers()["x-requestid"].clone());
    assert_ne!(ids[0], ids[1]);
    assert_eq!(ids[0].len(), 36);
}
