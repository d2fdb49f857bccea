//! The admin paths and what browsers are told.

mod common;

use bytes::Bytes;
use common::{Ask, NOW, PATH, json};
use http::{Request, Response};
use serde_json::{Value, json};
use stt_emulator::{Emulator, KEY_1};

fn admin(emulator: &Emulator, method: &str, path: &str, body: &'static str) -> Response<Bytes> {
    let request = Request::builder().method(method).uri(format!("/__emulator{path}"));
    let request = request.header("host", "localhost:10788").body(Bytes::from(body));
    emulator.answer(request.expect("a request"), NOW).response
}

fn get(emulator: &Emulator, path: &str) -> Value {
    let response = admin(emulator, "GET", path, "");
    assert_eq!(response.status(), 200, "{path}");
    json(&response)
}

#[test]
fn health_version_and_index_answer() {
    let emulator = Emulator::builder().build();
    assert_eq!(get(&emulator, "/health"), json!({"status": "ok"}));
    assert_eq!(get(&emulator, "/version")["version"], env!("CARGO_PKG_VERSION"));
    for path in get(&emulator, "/")["paths"].as_array().expect("a list") {
        let path = format!("/{}", path.as_str().expect("a path"));
        let status = admin(&emulator, "GET", &path, "").status();
        assert!(status == 200 || status == 405, "{path}: {status}");
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
    // The check value that every description of CRC-32 gives for these nine digits.
    let _ = Ask::new("123456789").ask(&emulator);
    let entry = common::last(&emulator);
    assert_eq!(entry.body_bytes, Some(9));
    assert_eq!(entry.body_crc32.as_deref(), Some("cbf43926"));
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
    let response = admin(&emulator, "POST", "/clock/advance", r#"{"seconds": 601}"#);
    assert_eq!(json(&response), json!({"now": NOW.as_secs_f64() + 601.0}));
    let _ = Ask::new("").ask(&emulator);
    let moved = NOW.as_millis() as u64 + 601_000;
    assert_eq!(common::last(&emulator).at_ms, moved);
    assert_eq!(admin(&emulator, "POST", "/clock/advance", "soon").status(), 400);
    assert_eq!(admin(&emulator, "POST", "/clock/advance", r#"{"seconds": -1}"#).status(), 400);
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
    for (host, origin) in [("evil.example", None), ("127.0.0.1:10788", Some("http://evil.example"))] {
        for (method, path) in [("GET", "/requests"), ("DELETE", "/requests"), ("OPTIONS", "/requests")] {
            let mut request = Request::builder().method(method).uri(format!("/__emulator{path}"));
            request = request.header("host", host);
            if let Some(origin) = origin {
                request = request.header("origin", origin).header("access-control-request-method", "GET");
            }
            let response = emulator.answer(request.body(Bytes::new()).expect("a request"), NOW).response;
            assert_eq!(response.status(), 403, "{method} {host}");
            let names = response.headers().keys().map(http::HeaderName::as_str).collect::<Vec<_>>();
            assert!(!names.iter().any(|name| name.starts_with("access-control")), "{names:?}");
            assert!(!String::from_utf8_lossy(response.body()).contains("private"));
        }
    }
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
