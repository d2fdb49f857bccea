//! What tests expect of the requests, in Rust and at the admin path.

mod common;

use std::panic::{AssertUnwindSafe, catch_unwind};

use common::{Ask, admin, json};
use serde_json::{Value, json};
use stt_emulator::{Emulator, Expect, KEY_1, Keys, Unmet};

/// Two requests for American English, one for German with assessment, one without a language.
fn asked() -> Emulator {
    let emulator = Emulator::builder().keys(Keys::Any).build();
    for ask in [
        Ask::saying("Hello.").header("transfer-encoding", "chunked"),
        Ask::saying("Bye.").query("language=en-US&format=detailed").header("x-trace", "7").key("mine"),
        Ask::saying("Hallo.").query("language=de-DE").assess("{}"),
        Ask::saying("Hello.").query(""),
    ] {
        let _ = ask.ask(&emulator);
    }
    emulator
}

fn message(panics: impl FnOnce()) -> String {
    let panic = catch_unwind(AssertUnwindSafe(panics)).expect_err("a panic");
    panic.downcast_ref::<String>().expect("a message").clone()
}

#[test]
fn each_part_of_an_expectation_is_looked_at() {
    let emulator = asked();
    let fitting = |expect: Expect| {
        let none = emulator.verify(&expect.times(0));
        none.err().map_or(Vec::new(), |unmet| unmet.fitting().to_vec())
    };
    let hash = emulator.journal()[1].body_sha256.clone().expect("a body");
    let bytes = emulator.journal()[1].body_bytes.expect("a body");
    for (expect, ids) in [
        (Expect::any(), &[1, 2, 3, 4][..]),
        (Expect::recognize(), &[1, 2, 3, 4]),
        (Expect::token(), &[]),
        (Expect::any().method("POST").path(common::PATH), &[1, 2, 3, 4]),
        (Expect::any().path("/elsewhere"), &[]),
        (Expect::any().language("EN-us"), &[1, 2]),
        (Expect::any().language("en-US").format("detailed"), &[2]),
        (Expect::any().query("format", "detailed"), &[2]),
        (Expect::any().header("X-Trace", "7"), &[2]),
        (Expect::any().header("X-Trace", "8"), &[]),
        (Expect::any().header("content-type", "audio/wav; codecs=audio/pcm; samplerate=16000"), &[1, 2, 3, 4]),
        (Expect::any().key("mine"), &[2]),
        (Expect::any().key(KEY_1), &[1, 3, 4]),
        (Expect::any().chunked(true), &[1]),
        (Expect::any().chunked(false).assessed(false), &[2, 4]),
        (Expect::any().assessed(true), &[3]),
        (Expect::any().body_sha256(hash).body_bytes(bytes), &[2]),
        (Expect::any().status(400), &[4]),
        (Expect::any().recognition_status("Success").text("Bye."), &[2]),
        (Expect::any().rule("language-missing"), &[4]),
        (Expect::any().session("0123456789abcdef0123456789abcdef"), &[]),
    ] {
        assert_eq!(fitting(expect.clone()), ids, "{expect:?}");
    }
}

#[test]
fn the_count_decides() {
    let emulator = asked();
    let english = || Expect::recognize().language("en-US");
    emulator.assert(english());
    emulator.assert(english().times(2));
    emulator.assert(english().times(1..=2));
    emulator.assert(english().times(..=5));
    emulator.assert(english().language("fr-FR").times(0));
    for expect in [english().times(3), english().times(..=1), english().times(3..), english().language("fr-FR")] {
        assert!(emulator.verify(&expect).is_err(), "{expect:?}");
    }
}

#[test]
fn a_failure_tells_what_came_nearest_and_in_what_it_differs() {
    let emulator = asked();
    let told = message(|| emulator.assert(Expect::recognize().language("de-DE").format("detailed").times(1)));
    assert_eq!(
        told,
        "expected 1 request(s), and 0 of 4 fitted\n  \
         format: \"detailed\"\n  language: \"de-DE\"\n  operation: \"recognize\"\n\
         the nearest of the others, request 3, differs:\n  \
         format: wanted \"detailed\", got nothing"
    );
    let told = message(|| emulator.assert(Expect::any().language("en-US").times(3)));
    assert!(told.starts_with("expected 3 request(s), and 2 of 4 fitted\n"), "{told}");
    assert!(told.contains("\nthese fitted: 1, 2\n"), "{told}");
    assert!(told.ends_with("request 4, differs:\n  language: wanted \"en-US\", got nothing"), "{told}");
    let told = message(|| Emulator::builder().build().assert(Expect::any()));
    assert_eq!(told, "expected at least 1 request(s), and 0 of 0 fitted");
}

#[test]
fn a_key_is_not_told_by_a_failure() {
    let emulator = asked();
    let expect = Expect::any().key("not-my-key").header("x-trace", "s3cret");
    let told = message(|| emulator.assert(expect.clone()));
    assert!(!told.contains("not-my-key"), "{told}");
    assert!(!format!("{expect:?}").contains("not-my-key"));
    let unmet = emulator.verify(&Expect::any().header("x-trace", "s3cret")).expect_err("another value");
    let nearest = unmet.nearest().expect("one");
    let trace = nearest.differences.iter().find(|difference| difference.part == "header x-trace");
    let trace = trace.expect("the header differs");
    assert!(trace.wanted != "s3cret" || trace.got.is_none(), "{trace:?}");
}

#[test]
fn what_is_expected_is_checked_when_the_emulator_is_dropped() {
    let emulator = asked();
    emulator.expect(Expect::recognize().language("en-US").times(2));
    emulator.expect(Expect::recognize().language("fr-FR"));
    emulator.expect(Expect::token().times(1));
    let told = message(|| drop(emulator));
    assert!(!told.contains("en-US\""), "what was met is not told: {told}");
    assert!(told.contains("language: \"fr-FR\"") && told.contains("operation: \"token\""), "{told}");
    let met = asked();
    met.expect(Expect::recognize().times(4));
    drop(met);
}

#[test]
fn a_test_that_fails_already_is_not_ended_by_a_second_panic() {
    let told = message(|| {
        let emulator = asked();
        emulator.expect(Expect::token());
        panic!("{}", "the first");
    });
    assert_eq!(told, "the first");
}

#[test]
fn a_running_emulator_is_checked_once_it_has_stopped() {
    let running = Emulator::builder().start_blocking().expect("a free port");
    running.expect(Expect::token());
    let told = message(|| running.assert(Expect::recognize()));
    assert!(told.starts_with("expected at least 1 request(s)"), "{told}");
    let told = message(|| drop(running));
    assert!(told.contains("operation: \"token\""), "{told}");
}

#[tokio::test]
async fn so_is_one_inside_a_runtime() {
    let running = Emulator::builder().start().await.expect("a free port");
    running.expect(Expect::token());
    let stopped = tokio::spawn(running.stop()).await;
    let panic = stopped.expect_err("a panic").into_panic();
    assert!(panic.downcast_ref::<String>().expect("a message").contains("operation: \"token\""));
}

#[test]
fn the_admin_path_takes_the_same_expectation() {
    let emulator = asked();
    let told = |path: &str, body: &Value| {
        let response = admin(&emulator, "POST", path, &body.to_string());
        (response.status().as_u16(), json(&response))
    };
    let expect = Expect::recognize().language("en-US").times(2);
    let written = serde_json::to_value(&expect).expect("JSON");
    assert_eq!(written, json!({"operation": "recognize", "language": "en-US", "times": 2}));
    assert_eq!(told("/requests/assert", &written), (200, json!({})));
    assert_eq!(told("/requests/assert?key=mine", &json!({"language": "en-US", "times": 1})).0, 200);
    let (status, unmet) = told("/requests/assert", &json!({"language": "de-DE", "chunked": true}));
    assert_eq!(status, 409);
    let rust: Box<Unmet> = emulator.verify(&Expect::any().language("de-DE").chunked(true)).expect_err("unmet");
    assert_eq!(unmet["error"]["code"], "409");
    assert_eq!(unmet["error"]["message"], rust.to_string());
    assert_eq!(unmet["unmet"]["fitting"], json!([]));
    assert_eq!(unmet["unmet"]["nearest"]["id"], 3, "of those that differ in as much the last");
    let difference = json!({"part": "chunked", "wanted": "true", "got": "false"});
    assert_eq!(unmet["unmet"]["nearest"]["differences"], json!([difference]));
    for (body, why) in [
        (json!({"lang": "de-DE"}), "unknown field `lang`"),
        (json!({"times": "three"}), "`times` is a number"),
        (json!({"operation": "listen"}), "unknown variant `listen`"),
        (json!([]), "it is a list"),
    ] {
        let (status, told) = told("/requests/assert", &body);
        assert_eq!(status, 400, "{body}");
        assert!(told["error"]["message"].to_string().contains(why), "{told}");
    }
}
