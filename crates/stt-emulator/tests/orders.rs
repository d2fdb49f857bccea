//! The admin paths for scenarios, queued answers and faults.

mod common;

use bytes::Bytes;
use common::{Ask, NOW, json, last};
use http::{Request, Response};
use serde_json::{Value, json};
use stt_emulator::{Emulator, Keys};

fn send(emulator: &Emulator, method: &str, path: &str, kind: &str, body: impl Into<String>) -> Response<Bytes> {
    let request = Request::builder().method(method).uri(format!("/__emulator{path}")).header("host", "localhost");
    let request = request.header("content-type", kind).body(Bytes::from(body.into()));
    emulator.answer(request.expect("a request"), NOW).response
}

fn order(emulator: &Emulator, method: &str, path: &str, body: &Value) -> Response<Bytes> {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    send(emulator, method, path, "application/json", body)
}

fn get(emulator: &Emulator, path: &str) -> Value {
    let response = order(emulator, "GET", path, &Value::Null);
    assert_eq!(response.status(), 200, "{path}");
    json(&response)
}

fn text(emulator: &Emulator) -> Value {
    json(&Ask::saying("Heard.").ask(emulator))["DisplayText"].clone()
}

fn status(emulator: &Emulator) -> u16 {
    Ask::saying("Heard.").ask(emulator).status().as_u16()
}

#[test]
fn a_scenario_is_put_read_and_ended() {
    let emulator = Emulator::builder().build();
    assert_eq!(get(&emulator, "/scenarios"), json!({"schema": "stt-emulator/1"}));
    let scenario = json!({
        "schema": "stt-emulator/1",
        "rule": [{"match": {"language": "en-US"}, "answer": [{"display": "Written."}]}],
        "fault": [{"respond": {"status": 500}, "times": 1}],
    });
    assert_eq!(order(&emulator, "PUT", "/scenarios", &scenario).status(), 200);
    assert_eq!(get(&emulator, "/scenarios"), scenario);
    assert_eq!(status(&emulator), 500);
    assert_eq!(text(&emulator), "Written.");
    assert_eq!(order(&emulator, "PUT", "/scenarios", &scenario).status(), 200);
    assert_eq!(status(&emulator), 500, "it begins again");
    assert_eq!(order(&emulator, "DELETE", "/scenarios", &Value::Null).status(), 200);
    assert_eq!(text(&emulator), "Heard.");
    let toml = "schema = \"stt-emulator/1\"\n[[rule]]\nanswer = [{ display = \"TOML.\" }]\n";
    assert_eq!(send(&emulator, "PUT", "/scenarios", "application/toml", toml).status(), 200);
    assert_eq!(text(&emulator), "TOML.");
}

#[test]
fn a_scenario_with_mistakes_changes_nothing_and_is_told_each_of_them() {
    let emulator = Emulator::builder().build();
    let body =
        "{\n  \"schema\": \"stt-emulator/1\",\n  \"rule\": [{\"answer\": [{\"display\": 5, \"confidence\": 2}]}]\n}";
    let response = send(&emulator, "PUT", "/scenarios", "application/json", body);
    assert_eq!(response.status(), 400);
    let expected = json!([
        {"path": "rule[0].answer[0].display", "line": 3, "column": 25, "problem": "invalid type: integer `5`",
         "expected": "a string"},
        {"path": "rule[0].answer[0].confidence", "line": 3, "column": 39, "problem": "2 is out of range",
         "expected": "a number from 0 to 1"},
    ]);
    assert_eq!(json(&response)["mistakes"], expected);
    assert_eq!(get(&emulator, "/scenarios"), json!({"schema": "stt-emulator/1"}));
    for body in [
        "",
        "{",
        "{}",
        "[]",
        "nonsense",
        r#"["stt-emulator/1"]"#,
        r#"{"schema":"stt-emulator/1","rule":[{"answer":[["Success","Hello."]]}]}"#,
        r#"{"schema":"stt-emulator/2"}"#,
        r#"{"schema":"stt-emulator/1","audio":[{"id":"a","file":"/etc/hostname"}]}"#,
    ] {
        let response = send(&emulator, "PUT", "/scenarios", "application/json", body);
        assert_eq!(response.status(), 400, "{body}");
        let mistake = &json(&response)["mistakes"][0];
        assert!(mistake["line"].is_u64() && mistake["column"].is_u64() && mistake["expected"] != "", "{mistake}");
    }
}

#[test]
fn answers_are_queued_read_and_dropped() {
    let emulator = Emulator::builder().build();
    assert_eq!(order(&emulator, "POST", "/queue", &json!({"display": "One."})).status(), 200);
    let more = json!([{"status": "NoMatch"}, {"raw": {"status": 503}}]);
    assert_eq!(order(&emulator, "POST", "/queue", &more).status(), 200);
    assert_eq!(get(&emulator, "/queue"), json!([{"display": "One."}, {"status": "NoMatch"}, {"raw": {"status": 503}}]));
    assert_eq!(text(&emulator), "One.");
    assert_eq!(last(&emulator).heard_by, Some("queue"));
    assert_eq!(text(&emulator), Value::Null);
    assert_eq!(get(&emulator, "/queue").as_array().map(Vec::len), Some(1));
    assert_eq!(order(&emulator, "DELETE", "/queue", &Value::Null).status(), 200);
    assert_eq!(text(&emulator), "Heard.");
    let refused = order(&emulator, "POST", "/queue", &json!([{"display": "Good."}, {"confidence": 0.5}]));
    assert_eq!(refused.status(), 400);
    assert_eq!(json(&refused)["mistakes"][0]["path"], "[1]");
    assert_eq!(get(&emulator, "/queue"), json!([]), "none of them is queued");
}

#[test]
fn faults_are_armed_counted_changed_and_disarmed() {
    let emulator = Emulator::builder().build();
    let armed = order(&emulator, "POST", "/faults", &json!({"name": "busy", "respond": {"status": 503}}));
    assert_eq!((armed.status().as_u16(), json(&armed)), (200, json!({"id": 1})));
    let other = order(&emulator, "POST", "/faults", &json!({"respond": {"status": 500}}));
    assert_eq!(json(&other), json!({"id": 2}));
    assert_eq!(status(&emulator), 503);
    let expected = json!({"id": 1, "name": "busy", "respond": {"status": 503}, "seen": 1, "hits": 1});
    assert_eq!(get(&emulator, "/faults")[0], expected);
    assert_eq!(get(&emulator, "/faults/2"), json!({"id": 2, "respond": {"status": 500}, "seen": 1, "hits": 0}));
    assert_eq!(order(&emulator, "PATCH", "/faults/1", &json!({"enabled": false})).status(), 200);
    assert_eq!(status(&emulator), 500);
    assert_eq!(order(&emulator, "PATCH", "/faults/1", &json!({"enabled": true, "times": 2})).status(), 200);
    assert_eq!([status(&emulator), status(&emulator)], [503, 500]);
    assert_eq!(order(&emulator, "DELETE", "/faults/2", &Value::Null).status(), 200);
    assert_eq!(status(&emulator), 200);
    for (method, path) in [("DELETE", "/faults/2"), ("GET", "/faults/2"), ("PATCH", "/faults/9"), ("GET", "/faults/x")]
    {
        assert_eq!(order(&emulator, method, path, &json!({})).status(), 404, "{method} {path}");
    }
    assert_eq!(order(&emulator, "DELETE", "/faults", &Value::Null).status(), 200);
    assert_eq!(get(&emulator, "/faults"), json!([]));
    for body in [json!({}), json!({"respond": {"status": 503}, "probability": 2}), json!({"transport": {"kind": "x"}})]
    {
        assert_eq!(order(&emulator, "POST", "/faults", &body).status(), 400, "{body}");
    }
    assert_eq!(order(&emulator, "PUT", "/faults", &json!({})).headers()["allow"], "GET, POST, DELETE");
}

#[test]
fn what_a_scenario_brings_goes_with_it_and_what_was_armed_stays() {
    let emulator = Emulator::builder().build();
    let _ = order(&emulator, "POST", "/faults", &json!({"respond": {"status": 500}}));
    let scenario = json!({"schema": "stt-emulator/1", "fault": [{"respond": {"status": 502}}]});
    for _ in 0..2 {
        assert_eq!(order(&emulator, "PUT", "/scenarios", &scenario).status(), 200);
        assert_eq!(get(&emulator, "/faults").as_array().map(Vec::len), Some(2));
    }
    assert_eq!(order(&emulator, "DELETE", "/scenarios", &Value::Null).status(), 200);
    let left = get(&emulator, "/faults");
    assert_eq!((left.as_array().map(Vec::len), &left[0]["respond"]["status"]), (Some(1), &json!(500)));
}

#[test]
fn a_fault_may_name_a_clip_of_the_scenario() {
    let emulator = Emulator::builder().build();
    let hash = stt_emulator::sample_hash(&Ask::saying("Heard.").body).to_string();
    let scenario = json!({"schema": "stt-emulator/1", "audio": [{"id": "clip", "sha256": hash}]});
    assert_eq!(order(&emulator, "PUT", "/scenarios", &scenario).status(), 200);
    let fault = |clip: &str| json!({"on": {"audio": clip}, "respond": {"status": 503}});
    assert_eq!(order(&emulator, "POST", "/faults", &fault("clop")).status(), 400);
    assert_eq!(order(&emulator, "POST", "/faults", &fault("clip")).status(), 200);
    assert_eq!(status(&emulator), 503);
    assert_eq!(Ask::saying("Other.").ask(&emulator).status(), 200);
}

#[test]
fn a_key_chooses_whose_answers_and_faults_they_are() {
    let emulator = Emulator::builder().keys(Keys::Any).build();
    let asked = |key: &str| Ask::saying("Heard.").header("ocp-apim-subscription-key", key).ask(&emulator);
    let _ = order(&emulator, "POST", "/queue?key=one", &json!({"display": "For one."}));
    let _ = order(&emulator, "POST", "/faults?key=two", &json!({"respond": {"status": 503}, "times": 1}));
    assert_eq!(json(&asked("three"))["DisplayText"], "Heard.");
    assert_eq!(json(&asked("one"))["DisplayText"], "For one.");
    assert_eq!(asked("two").status(), 503);
    assert_eq!(get(&emulator, "/faults?key=two")[0]["hits"], 1);
    assert_eq!(get(&emulator, "/faults?key=one"), json!([]));
    let _ = order(&emulator, "POST", "/faults", &json!({"respond": {"status": 500}, "times": 1}));
    for key in ["one", "two", "three", "four"] {
        assert_eq!(asked(key).status(), 500, "{key}: an order without a key is for all, and for those to come");
    }
    let of_all = get(&emulator, "/faults");
    assert_eq!(of_all.as_array().and_then(|list| list.last()).map(|fault| fault["hits"].clone()), Some(json!(4)));
}

#[test]
fn a_reset_ends_what_was_armed_and_queued_and_lets_the_scenario_begin_again() {
    let emulator = Emulator::builder().build();
    let scenario = json!({
        "schema": "stt-emulator/1",
        "rule": [{"answer": [{"display": "One."}, {"display": "Two."}]}],
        "fault": [{"respond": {"status": 502}, "times": 1}],
    });
    let _ = order(&emulator, "PUT", "/scenarios", &scenario);
    let begin = || {
        assert_eq!(status(&emulator), 502);
        assert_eq!([text(&emulator), text(&emulator), text(&emulator)], ["One.", "Two.", "Two."]);
        let _ = order(&emulator, "POST", "/queue", &json!({"display": "Queued."}));
        let _ = order(&emulator, "POST", "/faults", &json!({"respond": {"status": 500}, "times": 1}));
    };
    begin();
    assert_eq!(order(&emulator, "POST", "/reset", &Value::Null).status(), 200);
    begin();
    assert_eq!(order(&emulator, "POST", "/reset", &json!({"faults": true})).status(), 200);
    assert_eq!(status(&emulator), 502);
    assert_eq!(text(&emulator), "Queued.");
    let _ = order(&emulator, "POST", "/queue", &json!({"display": "Queued."}));
    assert_eq!(order(&emulator, "POST", "/reset", &json!({"queue": true})).status(), 200);
    assert_eq!(text(&emulator), "One.");
}

#[test]
fn no_two_faults_have_the_same_number() {
    let emulator = Emulator::builder().keys(Keys::Any).build();
    let fault = json!({"respond": {"status": 503}});
    let arm = |path: &str| json(&order(&emulator, "POST", path, &fault))["id"].clone();
    assert_eq!([arm("/faults?key=one"), arm("/faults?key=two"), arm("/faults")], [json!(1), json!(2), json!(3)]);
    let scenario = json!({"schema": "stt-emulator/1", "fault": [fault]});
    assert_eq!(order(&emulator, "PUT", "/scenarios?key=two", &scenario).status(), 200);
    let ids = |path: &str| {
        let list = get(&emulator, path);
        list.as_array().expect("a list").iter().map(|it| it["id"].as_u64().expect("a number")).collect::<Vec<_>>()
    };
    assert_eq!(ids("/faults"), [1, 2, 3, 4]);
    assert_eq!((ids("/faults?key=one"), ids("/faults?key=two")), (vec![1, 3], vec![2, 3, 4]));
    assert_eq!(order(&emulator, "DELETE", "/faults/1", &Value::Null).status(), 200);
    assert_eq!((ids("/faults?key=one"), ids("/faults?key=two")), (vec![3], vec![2, 3, 4]));
}

#[test]
fn chance_begins_again_with_the_scenario() {
    let emulator = Emulator::builder().build();
    let scenario = json!({"schema": "stt-emulator/1", "fault": [{"respond": {"status": 503}, "probability": 0.5}]});
    let struck = || (0..32).map(|_| Ask::new(*b"x").ask(&emulator).status() == 503).collect::<Vec<_>>();
    let _ = order(&emulator, "PUT", "/scenarios", &scenario);
    let first = struck();
    let _ = order(&emulator, "PUT", "/scenarios", &scenario);
    assert_eq!(struck(), first);
    emulator.reset();
    assert_eq!(struck(), first);
}
