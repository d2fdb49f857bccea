//! The page, and what the admin API has for it.

mod common;

use std::time::Duration;

use bytes::Bytes;
use common::{Ask, NOW, admin, get, json};
use http::{Request, Response};
use serde_json::{Value, json};
use stt_emulator::{Emulator, Keys, Reply, silence, tag};

/// What a browser gets that opens an admin path, with other header fields beside its own.
fn open(emulator: &Emulator, method: &str, path: &str, fields: &[(&str, &str)]) -> Response<Bytes> {
    let request = Request::builder().method(method).uri(format!("/__emulator{path}"));
    let request = request.header("accept", "text/html,application/xhtml+xml,*/*;q=0.8");
    let host = [("host", "localhost:10788")];
    let host = if fields.iter().any(|(name, _)| *name == "host") { &host[1..] } else { &host };
    let request = host.iter().chain(fields).fold(request, |request, (name, value)| request.header(*name, *value));
    emulator.answer(request.body(Bytes::new()).expect("a request"), NOW).response
}

#[test]
fn a_browser_gets_a_page_that_may_run_its_own_script_alone() {
    let emulator = Emulator::builder().build();
    for method in ["GET", "HEAD"] {
        let page = open(&emulator, method, "/", &[]);
        assert_eq!(page.status(), 200);
        let fields = page.headers();
        assert_eq!(fields["content-type"], "text/html; charset=utf-8");
        assert_eq!(fields["x-content-type-options"], "nosniff");
        assert!(!fields.keys().any(|name| name.as_str().starts_with("access-control")));
        let policy = fields["content-security-policy"].to_str().expect("text");
        assert!(policy.starts_with("default-src 'none'; script-src 'sha256-"), "{policy}");
        for part in ["connect-src 'self'", "frame-ancestors 'none'", "require-trusted-types-for 'script'"] {
            assert!(policy.contains(part), "{policy}");
        }
        assert!(!policy.contains("unsafe") && !policy.contains('*'), "{policy}");
    }
    for method in ["POST", "DELETE", "PUT"] {
        let refused = open(&emulator, method, "/", &[]);
        assert_eq!((refused.status().as_u16(), &refused.headers()["allow"]), (405, &"GET".parse().expect("a value")));
    }
    assert!(get(&emulator, "/")["paths"].is_array(), "a program gets the index");
    let elsewhere = open(&emulator, "GET", "", &[]);
    assert_eq!(
        (elsewhere.status().as_u16(), &elsewhere.headers()["location"]),
        (308, &"/__emulator/".parse().expect("a value"))
    );
    assert_eq!(emulator.journal().len(), 0);
}

#[test]
fn the_page_is_for_nobody_elses_page() {
    let emulator = Emulator::builder().build();
    for fields in [
        [("host", "evil.example"), ("sec-fetch-site", "none")],
        [("host", "localhost"), ("origin", "http://evil.example")],
        [("host", "localhost"), ("sec-fetch-site", "cross-site")],
    ] {
        for path in ["/", ""] {
            let refused = open(&emulator, "GET", path, &fields);
            assert_eq!(refused.status(), 403, "{fields:?}");
            assert!(refused.headers().get("location").is_none());
            assert!(!String::from_utf8_lossy(refused.body()).contains("<script"));
        }
    }
}

#[test]
fn the_journal_says_how_many_there_are_and_whether_there_is_anything_new() {
    let emulator = Emulator::builder().build();
    let list = |path: &str, known: &str| open(&emulator, "GET", path, &[("if-none-match", known)]);
    let mut tags = vec!["none".to_owned()];
    let mut changed = |total: &str, shown: usize| {
        let known = tags.last().cloned().expect("a tag");
        let fresh = list("/requests?limit=2", &known);
        assert_eq!(
            (fresh.status().as_u16(), &fresh.headers()["x-emulator-total"]),
            (200, &total.parse().expect("a value"))
        );
        assert_eq!(json(&fresh).as_array().map(Vec::len), Some(shown));
        let tag = fresh.headers()["etag"].to_str().expect("text").to_owned();
        assert!(!tags.contains(&tag), "{tag} once more");
        let again = list("/requests?limit=2", &tag);
        assert_eq!(
            (again.status().as_u16(), again.body().len(), &again.headers()["etag"]),
            (304, 0, &tag.parse().expect("a value"))
        );
        tags.push(tag);
    };
    changed("0", 0);
    for total in ["1", "2", "3"] {
        let _ = Ask::new("").ask(&emulator);
        changed(total, total.parse::<usize>().expect("a number").min(2));
    }
    let _ = Ask::new("").path("/sts/v1.0/issueToken").query("").ask(&emulator);
    assert_eq!(list("/requests?operation=token", "").headers()["x-emulator-total"], "1");
    let _ = admin(&emulator, "DELETE", "/requests", "");
    changed("0", 0);
    let _ = Ask::new("").ask(&emulator);
    let _ = admin(&emulator, "POST", "/reset", "");
    changed("0", 0);
}

#[test]
fn what_one_tenant_forgets_is_a_change_though_the_newest_request_stays() {
    let emulator = Emulator::builder().keys(Keys::Any).build();
    for key in ["one", "other"] {
        let _ = Ask::saying("Hello.").key(key).ask(&emulator);
    }
    let tag = || admin(&emulator, "GET", "/requests", "").headers()["etag"].clone();
    let before = tag();
    let _ = admin(&emulator, "DELETE", "/requests?key=one", "");
    assert_ne!(tag(), before);
    assert_eq!(emulator.journal().len(), 1);
}

#[test]
fn the_journal_knows_when_each_word_is_said_whatever_form_the_answer_has() {
    let emulator = Emulator::builder().build();
    let speech = || Ask::saying("Remind me to buy five pencils.");
    let detailed = json(&speech().query("language=en-US&format=detailed&wordLevelTimestamps=true").ask(&emulator));
    let told = detailed["NBest"][0]["Words"].as_array().expect("words").iter();
    let ms = |ticks: &Value| ticks.as_u64().expect("a number") / 10_000;
    let told = told.map(
        |word| json!({"word": word["Word"], "offset_ms": ms(&word["Offset"]), "duration_ms": ms(&word["Duration"])}),
    );
    let told = Value::from_iter(told);
    assert_eq!(told.as_array().map(Vec::len), Some(6));
    for ask in [
        speech(),
        speech().query("language=en-US&format=detailed"),
        speech().assess(r#"{"ReferenceText": "Remind me"}"#),
    ] {
        let _ = ask.ask(&emulator);
    }
    for entry in get(&emulator, "/requests").as_array().expect("a list") {
        assert_eq!(entry["words"], told, "{}", entry["id"]);
    }
    emulator.queue(&Reply::no_match());
    let _ = speech().ask(&emulator);
    let _ = speech().query("").ask(&emulator);
    for entry in &emulator.journal()[4..] {
        assert_eq!(entry.words, [], "{}", entry.reason);
    }
}

#[test]
fn a_thousand_words_have_times_and_no_more() {
    let emulator = Emulator::builder().build();
    emulator.queue(&Reply::text("word ".repeat(5_000)));
    let _ = Ask::saying("Hello.").ask(&emulator);
    assert_eq!(common::last(&emulator).words.len(), 1_000);
}

/// A transcript in the metadata is spread evenly: a quarter of two seconds for each of four words.
#[test]
fn words_of_the_metadata_have_times_too() {
    let emulator = Emulator::builder().build();
    let clip = silence(Duration::from_secs(2), 16_000).expect("a clip");
    let _ = Ask::new(tag(&clip, "One two three four.", None).expect("a clip")).ask(&emulator);
    let words = common::last(&emulator).words;
    let words = words.iter().map(|word| (word.word.as_str(), word.offset_ms, word.duration_ms)).collect::<Vec<_>>();
    assert_eq!(words, [("one", 0, 500), ("two", 500, 500), ("three", 1_000, 500), ("four", 1_500, 500)]);
}

#[test]
fn the_waveform_of_a_request_is_that_of_its_audio() {
    let emulator = Emulator::builder().build();
    let loud_second = common::wav(2, |n| if n < 16_000 { 0 } else { 12_000 });
    let _ = Ask::new(loud_second).ask(&emulator);
    let waveform = get(&emulator, "/requests/1/waveform");
    assert_eq!(waveform["shown_ms"], 2_000);
    let peaks = waveform["peaks"].as_array().expect("a list");
    assert!(peaks[..1_000].iter().all(|peak| *peak == 0) && peaks[1_000..].iter().all(|peak| *peak == 12_000));
    let _ = Ask::new("no audio at all").ask(&emulator);
    assert_eq!(get(&emulator, "/requests/2/waveform"), json!({"shown_ms": 0, "peaks": []}));
    let _ = Ask::new("").ask(&emulator);
    for (path, why) in [("3", "no such audio"), ("4", "no request 4"), ("x", "not found")] {
        let refused = admin(&emulator, "GET", &format!("/requests/{path}/waveform"), "");
        assert_eq!(refused.status(), 404);
        assert!(json(&refused)["error"]["message"].as_str().is_some_and(|told| told.contains(why)), "{path}");
    }
}
