//! Keys that make something happen.

mod common;

use std::time::Duration;

use common::{Ask, NOW, json, last};
use stt_emulator::{Checked, Emulator, Fault, Keys, Scenario, Transport, Upload};

fn emulators() -> [Emulator; 2] {
    [Keys::WellKnown, Keys::Any].map(|keys| Emulator::builder().keys(keys).build())
}

fn with(key: &str) -> Ask {
    Ask::saying("Hello there.").header("ocp-apim-subscription-key", key)
}

fn token(emulator: &Emulator, key: &str) -> String {
    let ask = Ask::new("").path("/sts/v1.0/issueToken").header("ocp-apim-subscription-key", key);
    let response = ask.ask(emulator);
    assert_eq!(response.status(), 200, "{key}");
    String::from_utf8(response.body().to_vec()).expect("a token")
}

fn with_token(token: &str) -> Ask {
    let ask = Ask::saying("Hello there.").without("ocp-apim-subscription-key");
    ask.header("authorization", format!("Bearer {token}"))
}

fn statuses(emulator: &Emulator, key: &str, count: usize) -> Vec<u16> {
    (0..count).map(|_| with(key).ask(emulator).status().as_u16()).collect()
}

#[test]
fn a_status_is_answered_always_or_as_often_as_the_key_says() {
    for emulator in emulators() {
        assert_eq!(statuses(&emulator, "emu-503", 4), [503; 4]);
        assert_eq!(statuses(&emulator, "emu-429x2", 4), [429, 429, 200, 200]);
        assert_eq!(statuses(&emulator, "emu-500x1", 2), [500, 200]);
        assert_eq!(last(&emulator).text.as_deref(), Some("Hello there."));
    }
}

#[test]
fn the_journal_says_that_it_was_the_key() {
    let emulator = Emulator::builder().build();
    let response = with("emu-429x2").ask(&emulator);
    let entry = last(&emulator);
    assert_eq!(entry.heard_by, Some("magic-key"));
    assert_eq!(entry.reason, "the magic key, time 1 of 2: the status 429");
    assert_eq!(entry.status, Some(429));
    assert_eq!(response.headers()["x-emulator-reason"], entry.reason.as_str());
    assert_eq!(json(&response)["error"]["code"], "429");
}

#[test]
fn each_key_counts_for_itself_and_a_label_makes_it_another_key() {
    let emulator = Emulator::builder().build();
    assert_eq!(statuses(&emulator, "emu-429x1.one", 2), [429, 200]);
    assert_eq!(statuses(&emulator, "emu-429x1.two", 2), [429, 200]);
    assert_eq!(statuses(&emulator, "emu-429x1", 2), [429, 200]);
    assert_eq!(statuses(&emulator, stt_emulator::KEY_1, 1), [200]);
}

#[test]
fn a_token_carries_the_magic_of_its_key() {
    let emulator = Emulator::builder().build();
    let token = token(&emulator, "emu-500x2");
    let answered = |ask: Ask| ask.ask(&emulator).status().as_u16();
    assert_eq!(answered(with_token(&token)), 500);
    assert_eq!(answered(with("emu-500x2")), 500);
    assert_eq!(answered(with_token(&token)), 200);
}

#[test]
fn hanging_and_resetting_are_left_to_the_connection() {
    let emulator = Emulator::builder().build();
    for (key, transport) in [("emu-hang", Transport::Hang), ("emu-reset", Transport::Reset { after_bytes: 0 })] {
        let answer = emulator.answer(with(key).request(), NOW);
        assert_eq!(answer.delivery.transport, Some(transport));
        assert!(answer.delivery.is_never());
        assert_eq!(last(&emulator).status, None);
    }
}

#[test]
fn a_slow_key_holds_the_right_answer_back() {
    let emulator = Emulator::builder().build();
    let answer = emulator.answer(with("emu-slow-3s").request(), NOW);
    assert_eq!(answer.delivery.wait, Duration::from_secs(3));
    assert_eq!(json(&answer.response)["DisplayText"], "Hello there.");
    assert_eq!(answer.delivery.transport, None);
}

#[test]
fn an_expired_token_is_refused_and_the_key_itself_is_good() {
    let emulator = Emulator::builder().build();
    let expired = token(&emulator, "emu-token-expired");
    assert_eq!(with_token(&expired).ask(&emulator).status(), 401);
    assert_eq!(last(&emulator).rules, ["token-expired"]);
    assert_eq!(statuses(&emulator, "emu-token-expired", 1), [200]);
}

#[test]
fn one_request_at_a_time_is_all_that_f0_has() {
    let emulator = Emulator::builder().build();
    let (head, body) = with("emu-f0").request().into_parts();
    let Checked::Admitted(first) = emulator.check(&head, NOW) else { panic!("the first is alone") };
    assert_eq!(statuses(&emulator, "emu-f0", 1), [429]);
    assert_eq!(statuses(&emulator, "emu-f0.other", 1), [200]);
    assert_eq!(emulator.finish(first, Upload::Whole(body), NOW).response.status(), 200);
    assert_eq!(statuses(&emulator, "emu-f0", 2), [200, 200]);
}

#[test]
fn a_key_that_is_no_magic_one_is_refused_with_the_forms() {
    for emulator in emulators() {
        assert_eq!(statuses(&emulator, "emu-bogus", 1), [401]);
        let reason = last(&emulator).reason;
        assert!(reason.starts_with("a key that begins with emu- is one of emu-<status>, "), "{reason}");
        for form in ["emu-hang", "emu-reset", "emu-slow-<time>", "emu-f0", "emu-token-expired", "emu-429x2"] {
            assert!(reason.contains(form), "{form}");
        }
        let ask = Ask::new("").path("/sts/v1.0/issueToken").header("ocp-apim-subscription-key", "emu-bogus");
        assert_eq!(ask.ask(&emulator).status(), 401);
    }
}

#[test]
fn a_fault_comes_before_the_key() {
    let scenario = Scenario::new().fault(Fault::status(418).times(1));
    let emulator = Emulator::builder().scenario(scenario).build();
    assert_eq!(statuses(&emulator, "emu-429x1", 3), [418, 429, 200]);
}
