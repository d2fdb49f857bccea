//! Each kind of fault, however it was armed and however the body is announced.

use serde_json::{Value, json};
use stt_emulator::{Fault, KEY_1, Running, Scenario, Transport};

use crate::raw::{BODY, CONTINUE, End, HOUR, Raw, Upload, answer, broken, builder, eventually, post, start, started};

/// What a client sees that sends a request and the body when it is asked for, or soon if it never is.
struct Seen {
    kind: Value,
    /// What comes before the body.
    before: Before,
    answer: String,
    after: After,
}

#[derive(Clone, Copy, PartialEq)]
enum Before {
    /// `100 Continue` to those who wait for it.
    Asked,
    /// `100 Continue` to all.
    Interim,
    Nothing,
}

#[derive(Clone, Copy)]
enum After {
    End(End),
    Next,
    Open,
}

fn seen(kind: Value, before: Before, answer: String, after: After) -> Seen {
    Seen { kind, before, answer, after }
}

const FIN: After = After::End(End::Fin);

const LENGTH: &str = "content-length: 14\r\n";

/// Every kind, and what is to be seen of it; the body of the right answer is [`BODY`], which has 14 bytes.
fn all() -> Vec<Seen> {
    use Before::{Asked, Interim, Nothing};
    let silent = String::new;
    let right = |kind: &Value, fields, body: &str| answer("200 OK", kind, fields, body);
    let whole = |kind: Value, before| {
        let answer = right(&kind, LENGTH, BODY);
        seen(kind, before, answer, After::Next)
    };
    let named = |kind: &str| json!({ "kind": kind });
    let at_once = |kind: &str, pieces: u64| json!({"kind": kind, "bytes": pieces, "every": "0s"});
    let chunks: String = BODY.chars().map(|byte| format!("1\r\n{byte}\r\n")).collect();
    let chunked = "transfer-encoding: chunked\r\n";
    let closing = format!("connection: close\r\n{chunked}");
    let refused = format!("|connection: close\r\n{}", "content-length: 0\r\n");
    let page =
        "<!DOCTYPE html>\n<html><head><title>Bing</title></head><body><h1>Service Unavailable</h1></body></html>\n";
    let error = r#"{"error":{"code":"503","message":"Service Unavailable"}}"#;
    let of = |text: &str| format!("content-length: {}\r\n", text.len());
    let early = json!({"kind": "early-answer", "status": 503});
    let truncate = json!({"kind": "truncate", "after_bytes": 5});
    vec![
        seen(
            named("bad-chunk-size"),
            Asked,
            right(&named("bad-chunk-size"), &closing, &format!("1\r\n[\r\nwrong\r\n{}\r\n0\r\n\r\n", &BODY[1..])),
            FIN,
        ),
        seen(named("close-before-response"), Asked, silent(), FIN),
        whole(at_once("drip", 7), Asked),
        seen(
            early.clone(),
            Nothing,
            answer("503 Service Unavailable", &early, &format!("connection: close\r\n{}", of(error)), error),
            FIN,
        ),
        seen(named("empty"), Asked, right(&named("empty"), "content-length: 0\r\n", ""), After::Next),
        seen(json!({"kind": "endless-interim", "every": "60m"}), Interim, silent(), After::Open),
        seen(
            named("expectation-failed"),
            Nothing,
            answer("417 Expectation Failed", &named("expectation-failed"), &refused, ""),
            FIN,
        ),
        seen(named("half-close"), Nothing, silent(), FIN),
        seen(named("hang"), Asked, silent(), After::Open),
        seen(
            named("html"),
            Asked,
            answer("503 Service Unavailable", &named("html"), &format!("text/html; charset=utf-8|{}", of(page)), page),
            After::Next,
        ),
        whole(json!({"kind": "late-continue", "after": "0s"}), Asked),
        seen(
            named("malformed-json"),
            Asked,
            right(&named("malformed-json"), "content-length: 7\r\n", &BODY[..7]),
            After::Next,
        ),
        seen(named("no-close"), Asked, right(&named("no-close"), "", BODY), After::Open),
        whole(named("no-continue"), Nothing),
        seen(
            named("one-byte-chunks"),
            Asked,
            right(&named("one-byte-chunks"), chunked, &format!("{chunks}0\r\n\r\n")),
            After::Next,
        ),
        seen(json!({"kind": "reset", "after_bytes": 22}), Asked, silent(), After::End(End::Reset)),
        whole(at_once("slow-body", 3), Asked),
        whole(at_once("slow-read", 3), Asked),
        seen(truncate.clone(), Asked, right(&truncate, LENGTH, &BODY[..5]), FIN),
        seen(
            named("wrong-content-type"),
            Asked,
            right(&named("wrong-content-type"), &format!("text/plain|{LENGTH}"), BODY),
            After::Next,
        ),
    ]
}

impl Seen {
    fn meets(&self, running: &Running, upload: Upload) {
        let mut raw = Raw::to(running);
        raw.send(upload.head(KEY_1));
        if self.before == Before::Interim || self.before == Before::Asked && upload.expects {
            raw.expect(CONTINUE);
        }
        // An answer that comes before the body makes it superfluous.
        if self.kind["kind"] != "early-answer" && self.kind["kind"] != "expectation-failed" {
            raw.send(upload.body());
        }
        raw.expect(&self.answer);
        match self.after {
            After::End(end) => raw.expect_end(end),
            After::Next => raw.expect_next(),
            After::Open => {
                let repeats = self.before == Before::Interim;
                if !repeats {
                    raw.expect_silence();
                }
                // Ten minutes from the answer on are the longest that anything is left open.
                eventually(|| !running.journal().is_empty());
                running.advance(HOUR);
                match repeats {
                    true => assert!(raw.has_ended()),
                    false => raw.expect_end(End::Fin),
                }
            }
        }
    }

    fn transport(&self) -> Transport {
        serde_json::from_value(self.kind.clone()).expect("a kind")
    }

    /// Whether it can happen to such a request.
    fn is_for(&self, upload: Upload) -> bool {
        let waits = ["expectation-failed", "late-continue", "no-continue"].map(Value::from);
        upload.expects || !waits.contains(&self.kind["kind"])
    }
}

#[test]
fn each_kind_that_there_is_is_in_this_table() {
    let schema = Scenario::schema().to_string();
    let transport = &Scenario::schema()["$defs"]["Transport"];
    let kinds = transport["oneOf"].as_array().unwrap_or_else(|| panic!("no kinds in {schema}"));
    let mut kinds: Vec<_> = kinds.iter().map(|kind| kind["properties"]["kind"]["const"].clone()).collect();
    let mut known: Vec<_> = all().into_iter().map(|seen| seen.kind["kind"].clone()).collect();
    kinds.sort_by_key(Value::to_string);
    known.sort_by_key(Value::to_string);
    assert_eq!(kinds, known);
}

#[test]
fn each_kind_is_delivered_whatever_the_upload() {
    for seen in all() {
        for upload in Upload::ALL.into_iter().filter(|upload| seen.is_for(*upload)) {
            println!("{} {upload:?}", seen.kind);
            seen.meets(&broken(&seen.kind), upload);
        }
    }
}

#[test]
fn each_kind_is_delivered_under_tls() {
    for seen in all() {
        println!("{}", seen.kind);
        let running = builder("").tls(["speech.test"]).start_blocking().expect("a free port");
        running.arm(&Fault::transport(seen.transport()).times(1));
        seen.meets(&running, Upload { chunked: true, expects: true });
    }
}

#[test]
fn each_kind_is_delivered_from_a_scenario_and_from_the_admin_path() {
    for seen in all() {
        println!("{}", seen.kind);
        // Numbers and plain strings are the same in both notations.
        let fields = seen.kind.as_object().into_iter().flatten().map(|(name, value)| format!("{name} = {value}"));
        let fields = fields.collect::<Vec<_>>().join("\n");
        let fault = format!("[[fault]]\ntimes = 1\n[fault.transport]\n{fields}");
        let upload = Upload { chunked: true, expects: true };
        seen.meets(&started(&fault), upload);
        let running = start();
        assert_eq!(post(&running, "faults", &json!({"transport": seen.kind, "times": 1})), 200);
        seen.meets(&running, upload);
    }
}

#[test]
fn a_client_that_does_not_wait_is_not_struck_by_what_is_about_waiting() {
    for seen in all() {
        for upload in Upload::ALL.into_iter().filter(|upload| !seen.is_for(*upload)) {
            let running = start();
            running.arm(&Fault::transport(seen.transport()).times(1));
            let mut raw = Raw::asking(&running, upload);
            raw.expect("HTTP/1.1 200 OK\r\n");
            assert!(!running.journal()[0].reason.contains("fault"), "{:?}", running.journal());
        }
    }
}
