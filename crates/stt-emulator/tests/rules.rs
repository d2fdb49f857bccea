//! Every rule has a request that triggers it, and the answer that the table of statuses gives.

mod common;

use std::collections::BTreeSet;
use std::time::Duration;

use bytes::Bytes;
use common::{Ask, NOW, humming, json, last};
use http::{Request, Response};
use stt_emulator::{
    Admitted, Builder, Checked, Emulator, Finished, KEY_1, Profile, Recognizer, SynthOptions, Told, Upload, noise,
    silence, synth,
};

const TABLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/data/statuses-http.tsv");

struct Row {
    rule: String,
    profile: String,
    status: u16,
    body: String,
    evidence: String,
}

fn table() -> Vec<Row> {
    let text = std::fs::read_to_string(TABLE).expect("the table");
    let lines = text.lines().filter(|line| !line.starts_with('#')).skip(1);
    let rows = lines.map(|line| {
        let columns = line.split('\t').map(str::to_owned).collect::<Vec<_>>();
        let [rule, profile, status, body, evidence, _source] = columns.try_into().expect("six columns");
        let status = status.parse().expect("a status");
        Row { rule, profile, status, body, evidence }
    });
    rows.collect()
}

/// A clip with so much silence before `text`.
fn late(text: &str, lead_in: u64) -> Vec<u8> {
    let lead_in = Duration::from_secs(lead_in);
    synth(text, &SynthOptions { lead_in, ..SynthOptions::default() }).expect("a clip")
}

/// Two words with so much silence between them.
fn apart(seconds: u64) -> Vec<u8> {
    let pause = Duration::from_secs(seconds);
    synth("early late", &SynthOptions { pause, ..SynthOptions::default() }).expect("a clip")
}

/// The request to which a rule applies; some rules need a special emulator or more than one request.
fn trigger(rule: &str) -> Ask {
    let hello = || Ask::saying("Hello.");
    let two = Duration::from_secs(2);
    match rule {
        "path-unknown" => hello().path("/speech/recognition/universal/v2"),
        "path-prefix" => hello().path("/stt/speech/recognition/conversation/cognitiveservices/v1"),
        "path-mode" => hello().path("/speech/recognition/dictation/cognitiveservices/v1"),
        "key-before-token" => hello().header("authorization", "Bearer none"),
        "token-taken" => bearing(&format!("Bearer {}", token(NOW))),
        "entra-token-taken" => bearing("Bearer aad#/subscriptions/0#opaque"),
        "request-id" => hello(),
        "parameter-ignored" => hello().query("language=en-US&RequestId=0"),
        "parameter-repeated" => hello().query("language=en-US&language=en-XX"),
        "format-unknown" => hello().query("language=en-US&format=full"),
        "profanity-unknown" => hello().query("language=en-US&profanity=remove"),
        "cid-alone" => hello().query("cid=01234567-89ab-cdef-0123-456789abcdef"),
        "wav-parameters-ignored" => hello().header("content-type", "audio/wav; codec=audio/pcm; samplerate=44100"),
        "expect-continue" => hello().header("expect", "100-continue"),
        "refused-early" => hello().query("format=simple").header("expect", "100-continue"),
        "expect-optional" => hello().header("transfer-encoding", "chunked"),
        "wav-sizes-ignored" => {
            let mut hello = hello();
            hello.body[40..44].fill(0);
            hello
        }
        "wav-rate" => {
            let options = SynthOptions { rate: 44_100, ..SynthOptions::default() };
            Ask::new(synth("Hello.", &options).expect("a clip"))
        }
        "recognition-error" => Ask::new(humming()),
        "method-not-post" => hello().method("GET"),
        "preflight" => hello()
            .method("OPTIONS")
            .header("origin", "http://page.example")
            .header("access-control-request-method", "POST"),
        "credential-missing" | "credential-missing-documented" => hello().without("ocp-apim-subscription-key"),
        "key-unknown" => hello().header("ocp-apim-subscription-key", "0123456789abcdef0123456789abcdef"),
        "authorization-not-bearer" => bearing("Basic dXNlcjpwYXNz"),
        "token-unknown" => bearing("Bearer eyJhbGciOiJub25lIn0.e30."),
        "token-expired" => bearing(&format!("Bearer {}", token(NOW - Duration::from_secs(600)))),
        "entra-token-malformed" => bearing("Bearer aad#token"),
        "key-real" => hello().header("ocp-apim-subscription-key", "0123456789abcdef0123456789abcdef"),
        "token-revoked" => bearing(&format!("Bearer {}", token(NOW))),
        "throttled-concurrency" | "throttled-rate" => hello(),
        "token-issued" => Ask::new("").path("/sts/v1.0/issueToken"),
        "connection-id-ignored" => hello().query("language=en-US&X-ConnectionId=01234567-89ab-cdef-0123-456789abcdef"),
        "language-missing" => hello().query("format=simple"),
        "language-unsupported" => hello().query("language=en-XX"),
        "cid-invalid" => hello().query("cid=mine"),
        "accept-not-json" => hello().header("accept", "text/xml"),
        "content-type-missing" => hello().without("content-type"),
        "content-type-unsupported" => hello().header("content-type", "audio/mpeg"),
        "ogg-codecs-quoted" => hello().header("content-type", "audio/ogg; codecs=\"opus\""),
        "assessment-malformed" => hello().header("pronunciation-assessment", "{}"),
        "assessment-too-long" => hello().assess(&format!(r#"{{"ReferenceText":"{}"}}"#, "word ".repeat(2_600))),
        "body-too-large" => Ask::new(vec![0; 1_001]),
        "body-stalled" => hello(),
        "body-empty" => Ask::new(""),
        "body-not-audio" => Ask::new(r#"{"url": "https://example.com/a.wav"}"#),
        "content-type-mismatch" => hello().header("content-type", "audio/ogg; codecs=opus"),
        "wav-without-samples" => Ask::new(silence(Duration::ZERO, 16_000).expect("a clip")),
        "content-type-raw" => hello().header("content-type", "audio/raw;encoding=signed-integer;bits=16;rate=44100"),
        "ogg-codec-singular" => hello().header("content-type", "audio/ogg; codec=audio/opus; samplerate=16000"),
        "initial-silence" => Ask::new(silence(two, 16_000).expect("a clip")),
        "leading-silence" => Ask::new(late("Hello.", 6)),
        "babble" => Ask::new(noise(two, 16_000, 1).expect("a clip")),
        "no-match" => Ask::new(humming()),
        "language-mismatch" => {
            let options = SynthOptions { language: Some("de-DE".to_owned()), ..SynthOptions::default() };
            Ask::new(synth("Guten Morgen.", &options).expect("a clip"))
        }
        "audio-cut" => Ask::new(apart(60)),
        "audio-cut-assessed" => Ask::new(apart(30)).assess("{}"),
        "profanity-only" => Ask::saying("Damn!").query("language=en-US&profanity=removed"),
        "detailed-display-text" => hello().query("language=en-US&format=detailed"),
        "word-times" => hello().query("language=en-US&format=detailed&wordLevelTimestamps=true"),
        "assessment-detailed" | "assessment-unscripted" => hello().assess("{}"),
        "assessment-score" => hello().assess(r#"{"Dimension":"Comprehensive"}"#),
        "prosody-elsewhere" => hello().query("language=de-DE").assess(r#"{"EnableProsodyAssessment":"True"}"#),
        other => panic!("the rule {other} has no request that triggers it"),
    }
}

fn bearing(value: &str) -> Ask {
    Ask::saying("Hello.").without("ocp-apim-subscription-key").header("authorization", value)
}

/// A token that any emulator issues at `now`.
fn token(now: Duration) -> String {
    let request = Request::post("/sts/v1.0/issueToken").header("ocp-apim-subscription-key", KEY_1);
    let request = request.body(Bytes::new()).expect("a request");
    let response = Emulator::builder().build().answer(request, now).response;
    String::from_utf8(response.body().to_vec()).expect("a token")
}

/// An emulator that is as a rule wants it.
fn prepared(rule: &str, builder: Builder) -> Emulator {
    let emulator = match rule {
        "throttled-concurrency" => builder.max_concurrent(0),
        "throttled-rate" => builder.rate("1/h".parse().expect("a rate")),
        "key-real" => builder.reject_real_keys(true),
        "recognition-error" => builder.recognizer("false".parse::<Recognizer>().expect("a command")),
        _ => builder,
    };
    let emulator = emulator.build();
    match rule {
        "throttled-rate" => drop(trigger(rule).ask(&emulator)),
        "token-revoked" => {
            // A request comes before, so that there is one whose token can be revoked.
            let _ = Ask::new("").ask(&emulator);
            let revoke = Request::post("/__emulator/tokens/revoke").header("host", "localhost");
            let _ = emulator.answer(revoke.body(Bytes::new()).expect("a request"), NOW);
        }
        _ => {}
    }
    emulator
}

/// The answer to the request that triggers `row`, `None` where there is none, and the emulator that gave it.
fn answer(row: &Row) -> (Option<Response<Bytes>>, Emulator) {
    let mut builder = Emulator::builder();
    if row.profile == "documented" {
        builder = builder.profile(Profile::Documented);
    }
    if row.rule == "body-too-large" {
        builder = builder.max_body(1_000);
    }
    let emulator = prepared(&row.rule, builder);
    let request = trigger(&row.rule).request();
    let answer = match row.rule.as_str() {
        "body-stalled" => {
            let (head, _) = request.into_parts();
            let Checked::Admitted(admitted) = emulator.check(&head, NOW) else {
                panic!("the head is right");
            };
            emulator.finish(admitted, Upload::Stalled, NOW)
        }
        "recognition-error" => {
            let (head, body) = request.into_parts();
            let Checked::Admitted(admitted) = emulator.check(&head, NOW) else { panic!("the head is right") };
            let Finished::Asks(ask) = emulator.finish_or_ask(admitted, Upload::Whole(body), NOW) else {
                panic!("nothing in the clip says what it is")
            };
            emulator.heard(*ask, Told::failed("it broke"), NOW)
        }
        _ => emulator.answer(request, NOW),
    };
    ((!answer.delivery.is_never()).then_some(answer.response), emulator)
}

#[test]
fn every_rule_of_the_table_answers_as_the_table_says() {
    for row in table() {
        let (response, emulator) = answer(&row);
        let entry = last(&emulator);
        if row.rule == "request-id" {
            let field = response.as_ref().map(|response| response.headers().contains_key("x-requestid"));
            assert_eq!(field, Some(true));
        } else {
            assert!(entry.rules.contains(&row.rule.as_str()), "{}: {:?}", row.rule, entry.rules);
        }
        let Some(response) = response else {
            assert_eq!(row.status, 0, "{}: nothing was answered", row.rule);
            assert_eq!(entry.status, None);
            continue;
        };
        assert_eq!(response.status().as_u16(), row.status, "{}", row.rule);
        let body = String::from_utf8(response.body().to_vec()).expect("UTF-8");
        match row.body.as_str() {
            "*" => {}
            "-" => assert_eq!(body, "", "{}", row.rule),
            expected => {
                assert_eq!(body, expected, "{}", row.rule);
                let kind = response.headers().get("content-type").map(http::HeaderValue::as_bytes);
                assert_eq!(kind, Some(&b"application/json; charset=utf-8"[..]), "{}", row.rule);
            }
        }
    }
}

#[test]
fn the_table_and_the_fidelity_list_tell_the_same_rules_with_the_same_evidence() {
    let told = |id: &str, evidence: &str| format!("{id} {evidence}");
    let table = table().iter().map(|row| told(&row.rule, &row.evidence)).collect::<BTreeSet<_>>();
    let request = Request::get("/__emulator/fidelity").header("host", "localhost");
    let request = request.body(Bytes::new()).expect("a request");
    let list = json(&Emulator::builder().build().answer(request, NOW).response);
    let list = list.as_array().expect("a list").iter().map(|rule| {
        assert!(rule["source"].as_str().is_some_and(|source| !source.is_empty()), "{rule}");
        told(rule["id"].as_str().expect("an id"), rule["evidence"].as_str().expect("evidence"))
    });
    let list = list.collect::<Vec<_>>();
    assert_eq!(list.len(), table.len(), "an id is used twice");
    assert_eq!(list.into_iter().collect::<BTreeSet<_>>(), table);
}

#[test]
fn the_reason_is_told_in_a_header_and_never_in_the_body() {
    for row in table() {
        let (Some(response), emulator) = answer(&row) else {
            continue;
        };
        let reason = last(&emulator).reason;
        let told = response.headers().get("x-emulator-reason").map(|value| value.to_str().expect("ASCII"));
        assert_eq!(told.unwrap_or_default(), reason, "{}", row.rule);
        let body = String::from_utf8_lossy(response.body());
        assert!(reason.is_empty() || !body.contains(&reason), "{}: {body}", row.rule);
        assert!(400 > row.status || !reason.is_empty(), "{}: a refusal has a reason", row.rule);
    }
}

#[test]
fn what_the_head_shows_is_refused_before_the_body() {
    let bodily = ["body-stalled", "body-empty", "body-not-audio", "content-type-mismatch"];
    for row in table().iter().filter(|row| 400 <= row.status && !bodily.contains(&row.rule.as_str())) {
        let builder = Emulator::builder().max_body(1_000_000);
        let profile = if row.profile == "documented" { Profile::Documented } else { Profile::Observed };
        let mut asked = trigger(&row.rule);
        if row.rule == "body-too-large" {
            asked = asked.header("content-length", "1000001");
        }
        let (head, _) = asked.request().into_parts();
        let emulator = prepared(&row.rule, builder.profile(profile));
        let checked = emulator.check(&head, NOW);
        assert!(matches!(checked, Checked::Answered(_)), "{}", row.rule);
    }
}

#[test]
fn a_request_that_is_right_is_admitted_by_its_head_alone() {
    let emulator = Emulator::builder().build();
    let (head, body) = Ask::saying("Hello.").request().into_parts();
    let admitted: Admitted = match emulator.check(&head, NOW) {
        Checked::Admitted(admitted) => admitted,
        Checked::Answered(answer) => panic!("{answer:?}"),
    };
    assert!(emulator.journal().is_empty(), "nothing is journalled before it is answered");
    let response = emulator.finish(admitted, Upload::Whole(body), NOW).response;
    assert_eq!(json(&response)["DisplayText"], "Hello.");
    assert!(last(&emulator).rules.is_empty(), "nothing had to be let through");
}
