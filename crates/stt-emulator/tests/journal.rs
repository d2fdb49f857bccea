//! What the journal shows of the requests, in each of its forms, and how much of it there may be.

mod common;

use std::time::Duration;

use common::{Ask, NOW, admin, get, humming, json};
use proptest::prelude::*;
use serde_json::{Value, json};
use stt_emulator::{Checked, Emulator, Operation, Upload};

/// Two recognitions, a token and a path that is none of the API.
fn asked() -> Emulator {
    let emulator = Emulator::builder().latency("250ms".parse().expect("a latency")).build();
    for ask in [
        Ask::saying("Hello."),
        Ask::new("").path("/sts/v1.0/issueToken").query(""),
        Ask::new(humming()),
        Ask::saying("Hello.").path("/nowhere").query("a=1%262&b"),
    ] {
        let _ = ask.ask(&emulator);
    }
    emulator
}

fn ids(list: &Value) -> Vec<u64> {
    list.as_array().expect("a list").iter().map(|entry| entry["id"].as_u64().expect("a number")).collect()
}

#[test]
fn requests_are_picked_by_operation_number_and_count() {
    let emulator = asked();
    for (filter, expected) in [
        ("", &[1, 2, 3, 4][..]),
        ("?operation=recognize", &[1, 3]),
        ("?operation=token", &[2]),
        ("?operation=other", &[4]),
        ("?operation=preflight", &[]),
        ("?since=2", &[3, 4]),
        ("?since=4", &[]),
        ("?limit=2", &[3, 4]),
        ("?limit=0", &[]),
        ("?operation=recognize&limit=1&since=0", &[3]),
    ] {
        assert_eq!(ids(&get(&emulator, &format!("/requests{filter}"))), expected, "{filter}");
        let lines = admin(&emulator, "GET", &format!("/requests.ndjson{filter}"), "");
        assert_eq!(lines.headers()["content-type"], "application/x-ndjson");
        let lines = String::from_utf8(lines.body().to_vec()).expect("UTF-8");
        assert!(lines.is_empty() || lines.ends_with('\n'));
        let lines = lines.lines().map(|line| serde_json::from_str::<Value>(line).expect("a line of JSON"));
        assert_eq!(ids(&lines.collect()), expected, "{filter}");
    }
    for filter in ["?operation=listen", "?since=yesterday", "?limit=-1"] {
        assert_eq!(admin(&emulator, "GET", &format!("/requests{filter}"), "").status(), 400, "{filter}");
    }
}

#[test]
fn one_request_is_shown_with_its_answer() {
    let emulator = asked();
    let first = get(&emulator, "/requests/1");
    assert_eq!(first["text"], "Hello.");
    assert_eq!(first["answered_ms"].as_u64().zip(first["at_ms"].as_u64()).map(|(end, at)| end - at), Some(250));
    let body: Value = serde_json::from_str(first["answer_body"].as_str().expect("a body")).expect("JSON");
    assert_eq!(body["DisplayText"], "Hello.");
    let kind = json!(["content-type", "application/json; charset=utf-8"]);
    assert!(first["answer_headers"].as_array().expect("a list").contains(&kind));
    assert_eq!(admin(&emulator, "GET", "/requests/99", "").status(), 404);
    assert_eq!(admin(&emulator, "GET", "/requests/first", "").status(), 404);
}

#[test]
fn requests_that_nothing_was_there_for_are_listed() {
    assert_eq!(ids(&get(&asked(), "/requests/unmatched")), [3, 4]);
}

#[test]
fn the_audio_is_there_by_number_and_by_hash() {
    let emulator = asked();
    let clip = Ask::saying("Hello.").body;
    let sent = admin(&emulator, "GET", "/requests/1/audio", "");
    assert_eq!(sent.headers()["content-type"], "audio/wav");
    assert_eq!(sent.headers()["x-content-type-options"], "nosniff");
    assert_eq!(sent.body(), &clip);
    assert_eq!(emulator.audio(1).as_deref(), Some(&*clip));
    let hash = emulator.journal()[0].body_sha256.clone().expect("a hash");
    assert_eq!(admin(&emulator, "GET", &format!("/audio/{}", hash.to_uppercase()), "").body(), &clip);
    for path in ["/requests/2/audio", "/requests/4/audio", "/requests/9/audio", "/audio/0123"] {
        assert_eq!(admin(&emulator, "GET", path, "").status(), 404, "{path}");
    }
    let _ = Ask::new("<script>alert(1)</script>").ask(&emulator);
    let page = admin(&emulator, "GET", "/requests/5/audio", "");
    assert_eq!(page.headers()["content-type"], "application/octet-stream", "no browser runs what was uploaded");
    emulator.clear_journal();
    assert_eq!(admin(&emulator, "GET", &format!("/audio/{hash}"), "").status(), 404);
}

#[test]
fn audio_is_kept_as_far_as_there_is_room() {
    let size = |text: &str| Ask::saying(text).body.len();
    let emulator = Emulator::builder().journal_audio(size("One.") + size("Two.")).build();
    for text in ["One.", "Two.", "One.", "Three."] {
        let _ = Ask::saying(text).ask(&emulator);
    }
    let kept = [1, 2, 3, 4].map(|id| emulator.audio(id).is_some());
    assert_eq!(kept, [false, false, false, true], "what is too much goes from the oldest on");
    assert_eq!(emulator.journal().len(), 4, "the requests stay");
    let none = Emulator::builder().journal_audio(0).build();
    let _ = Ask::saying("One.").ask(&none);
    assert_eq!(none.audio(1), None);
    let short = Emulator::builder().journal_limit(1).build();
    let _ = Ask::saying("One.").ask(&short);
    let hash = short.journal()[0].body_sha256.clone().expect("a hash");
    let _ = Ask::saying("Two.").ask(&short);
    assert_eq!(admin(&short, "GET", &format!("/audio/{hash}"), "").status(), 404, "it goes with its request");
}

/// The fields that the specification of HAR 1.2 demands, object by object.
#[test]
fn the_archive_has_every_field_that_its_format_demands() {
    let emulator = asked();
    let (head, _) = Ask::new("").request().into_parts();
    if let Checked::Admitted(admitted) = emulator.check(&head, NOW) {
        emulator.abandoned(admitted);
    }
    let har = get(&emulator, "/requests.har");
    let log = &har["log"];
    assert_eq!(log["version"], "1.2");
    assert!(log["creator"]["name"].is_string() && log["creator"]["version"].is_string());
    let entries = log["entries"].as_array().expect("a list");
    assert_eq!(entries.len(), 5);
    for entry in entries {
        let has = |path: &str, is: fn(&Value) -> bool| {
            let value = entry.pointer(path).unwrap_or_else(|| panic!("{path} is missing in {entry}"));
            assert!(is(value), "{path}: {value}");
        };
        has("/startedDateTime", Value::is_string);
        for path in ["/cache", "/request", "/response", "/timings"] {
            has(path, Value::is_object);
        }
        for path in ["/time", "/timings/send", "/timings/wait", "/timings/receive", "/response/status"] {
            has(path, Value::is_number);
        }
        for message in ["/request", "/response"] {
            has(&format!("{message}/httpVersion"), Value::is_string);
            for list in ["cookies", "headers"] {
                has(&format!("{message}/{list}"), Value::is_array);
            }
            for size in ["headersSize", "bodySize"] {
                has(&format!("{message}/{size}"), Value::is_number);
            }
        }
        for path in ["/request/method", "/request/url", "/response/statusText", "/response/redirectURL"] {
            has(path, Value::is_string);
        }
        has("/request/queryString", Value::is_array);
        has("/response/content/size", Value::is_number);
        has("/response/content/mimeType", Value::is_string);
    }
    // A million seconds are eleven days and 13:46:40 hours.
    assert_eq!(entries[0]["startedDateTime"], "1970-01-12T13:46:40.000Z");
    assert_eq!(entries[0]["time"], 250);
    assert_eq!(entries[0]["request"]["bodySize"], Ask::saying("Hello.").body.len());
    assert_eq!(entries[3]["request"]["url"], "http://127.0.0.1:10788/nowhere?a=1%262&b=");
    assert_eq!(entries[3]["response"]["statusText"], "Not Found");
    assert_eq!(entries[4]["response"]["status"], 0, "nothing was answered");
    let answer = entries[0]["response"]["content"]["text"].as_str().expect("a body");
    assert_eq!(entries[0]["response"]["content"]["size"], answer.len());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Requests that are answered at once, finished later in another order, or lost.
    #[test]
    fn numbers_grow_in_the_order_of_arrival_whatever_ends_first(
        steps in proptest::collection::vec((0_u8..4, 0_usize..8), 1..40),
        limit in 1_usize..20,
    ) {
        let emulator = Emulator::builder().journal_limit(limit).build();
        let mut open = Vec::new();
        let (mut arrived, mut ended) = (0_u64, Vec::new());
        for (step, place) in steps {
            match step {
                0 => {
                    arrived += 1;
                    let _ = Ask::new("").path("/nowhere").ask(&emulator);
                    ended.push(arrived);
                }
                1 => {
                    arrived += 1;
                    let (head, _) = Ask::new("").request().into_parts();
                    let Checked::Admitted(admitted) = emulator.check(&head, NOW) else { panic!("the head is right") };
                    open.push((arrived, admitted));
                }
                _ if open.is_empty() => {}
                2 => {
                    let (id, admitted) = open.remove(place % open.len());
                    let _ = emulator.finish(admitted, Upload::Stalled, NOW + Duration::from_secs(1));
                    ended.push(id);
                }
                _ => {
                    let (id, admitted) = open.remove(place % open.len());
                    emulator.abandoned(admitted);
                    ended.push(id);
                }
            }
            let shown = emulator.journal().iter().map(|entry| entry.id).collect::<Vec<_>>();
            prop_assert!(shown.is_sorted() && shown.len() <= limit);
            prop_assert!(shown.iter().all(|id| ended.contains(id)));
            if ended.len() <= limit {
                prop_assert_eq!(shown.len(), ended.len(), "none is lost while there is room");
            }
        }
    }
}

#[test]
fn every_operation_has_the_name_that_the_journal_shows() {
    for operation in [Operation::Other, Operation::Preflight, Operation::Recognize, Operation::Token] {
        assert_eq!(serde_json::to_value(operation).expect("JSON"), operation.name());
    }
    assert_eq!(json(&admin(&asked(), "GET", "/requests", ""))[1]["operation"], "token");
}
