//! What goes wrong on demand: for which requests, how, how often.

mod common;

use std::sync::OnceLock;
use std::time::Duration;

use bytes::Bytes;
use common::{Ask, NOW, PATH, humming, json, last};
use http::{HeaderMap, Response};
use proptest::prelude::*;
use serde_json::{Value, json};
use stt_emulator::{
    Admitted, Answer, Checked, Emulator, Fault, Intake, Interim, Mode, Notation, Pace, Reply, Scenario, Transport,
    Upload, When,
};

const ALL: [Transport; 20] = [
    Transport::BadChunkSize,
    Transport::CloseBeforeResponse,
    Transport::Drip { bytes: 3, every: MS_5 },
    Transport::EarlyAnswer { status: 503, after_bytes: 10 },
    Transport::Empty,
    Transport::EndlessInterim { every: MS_5 },
    Transport::ExpectationFailed,
    Transport::HalfClose,
    Transport::Hang,
    Transport::Html,
    Transport::LateContinue { after: MS_5 },
    Transport::MalformedJson,
    Transport::NoClose,
    Transport::NoContinue,
    Transport::OneByteChunks,
    Transport::Reset { after_bytes: 10 },
    Transport::SlowBody { bytes: 3, every: MS_5 },
    Transport::SlowRead { bytes: 3, every: MS_5 },
    Transport::Truncate { after_bytes: 10 },
    Transport::WrongContentType,
];

const MS_5: Duration = Duration::from_millis(5);

fn with(faults: impl IntoIterator<Item = Fault>) -> Emulator {
    Emulator::builder().scenario(faults.into_iter().fold(Scenario::new(), Scenario::fault)).build()
}

fn status(emulator: &Emulator, ask: Ask) -> u16 {
    ask.ask(emulator).status().as_u16()
}

/// The statuses of so many requests of the same kind.
fn statuses(emulator: &Emulator, count: usize) -> Vec<u16> {
    (0..count).map(|_| status(emulator, hello())).collect()
}

fn hello() -> Ask {
    static CLIP: OnceLock<Vec<u8>> = OnceLock::new();
    Ask::new(CLIP.get_or_init(|| Ask::saying("Hello there.").body).clone())
}

fn waiting() -> Ask {
    hello().header("expect", "100-continue").header("transfer-encoding", "chunked")
}

fn check(emulator: &Emulator, ask: Ask) -> Checked {
    let (head, _) = ask.request().into_parts();
    emulator.check(&head, NOW)
}

fn admitted(checked: Checked) -> Admitted {
    match checked {
        Checked::Admitted(admitted) => admitted,
        Checked::Answered(answer) => panic!("answered before the body: {answer:?}"),
    }
}

fn answered(checked: Checked) -> Response<Bytes> {
    match checked {
        Checked::Answered(answer) => answer.response,
        Checked::Admitted(_) => panic!("the body is asked for"),
    }
}

fn answer(emulator: &Emulator, ask: Ask) -> Answer {
    emulator.answer(ask.request(), NOW)
}

#[test]
fn two_throttles_and_then_all_is_well() {
    let emulator = with([Fault::status(429).name("throttled").retry_after(1).times(2)]);
    let first = hello().ask(&emulator);
    assert_eq!(first.status(), 429);
    assert_eq!(first.headers()["retry-after"], "1");
    assert_eq!(json(&first), json!({"error": {"code": "429", "message": "Too Many Requests"}}));
    let entry = last(&emulator);
    assert_eq!(entry.heard_by, Some("fault"));
    assert_eq!(entry.reason, r#"fault 1 "throttled", hit 1 of 2: the status 429"#);
    assert_eq!(first.headers()["x-emulator-reason"], entry.reason.as_str());
    assert_eq!(statuses(&emulator, 3), [429, 200, 200]);
    assert_eq!(last(&emulator).text.as_deref(), Some("Hello there."));
}

#[test]
fn some_are_spared_first() {
    let emulator = with([Fault::status(500).skip(2).times(2)]);
    assert_eq!(statuses(&emulator, 6), [200, 200, 500, 500, 200, 200]);
}

#[test]
fn the_number_of_a_request_counts_whatever_else_strikes() {
    let emulator = with([
        Fault::status(500).on(When::recognize().nth(1)),
        Fault::status(502).on(When::recognize().nth(2)),
        Fault::status(503).on(When::recognize().nth(4)),
    ]);
    assert_eq!(statuses(&emulator, 5), [500, 502, 200, 503, 200]);
}

#[test]
fn the_first_fault_that_is_due_strikes_and_the_next_takes_its_place() {
    let emulator = with([Fault::status(500).times(1), Fault::status(502).times(2), Fault::status(504).times(1)]);
    assert_eq!(statuses(&emulator, 5), [500, 502, 502, 504, 200]);
}

#[test]
fn only_what_a_condition_names_is_struck() {
    let emulator = with([Fault::status(500).on(When::recognize().mode(Mode::Interactive))]);
    assert_eq!(status(&emulator, hello()), 200);
    assert_eq!(status(&emulator, hello().path(&PATH.replace("conversation", "interactive"))), 500);
    let token = || Ask::new("").path("/sts/v1.0/issueToken");
    assert_eq!(status(&emulator, token()), 200);
    let emulator = with([Fault::status(503).on(When::token())]);
    assert_eq!((status(&emulator, hello()), status(&emulator, token())), (200, 503));
}

#[test]
fn a_condition_on_the_audio_is_judged_once_it_is_there() {
    let emulator = with([
        Fault::status(401).on(When::recognize().audio(&humming())),
        Fault::status(403).on(When::recognize().audio(&humming())),
    ]);
    let checked = check(&emulator, Ask::new(humming()));
    let answer = emulator.finish(admitted(checked), Upload::Whole(humming().into()), NOW);
    assert_eq!(answer.response.status(), 401);
    assert_eq!(status(&emulator, hello()), 200);
}

#[test]
fn a_request_that_is_refused_anyway_spends_no_fault() {
    let emulator = with([Fault::status(503).times(1)]);
    assert_eq!(status(&emulator, hello().query("")), 400);
    assert_eq!(status(&emulator, hello().header("ocp-apim-subscription-key", "wrong")), 401);
    assert_eq!(statuses(&emulator, 2), [503, 200]);
}

#[test]
fn credentials_and_limits_are_judged_before_the_body_and_the_rest_after() {
    for (code, early) in [(401, true), (403, true), (429, true), (400, false), (500, false), (503, false)] {
        let emulator = with([Fault::status(code)]);
        let checked = check(&emulator, waiting());
        assert_eq!(matches!(checked, Checked::Answered(_)), early, "{code}");
        if early {
            assert_eq!(answered(checked).headers()["connection"], "close", "{code}");
        }
    }
}

#[test]
fn a_window_is_open_on_the_emulators_clock_from_the_first_request_on() {
    let second = Duration::from_secs(1);
    let emulator = with([Fault::status(503).window(10 * second, 20 * second)]);
    let at = |seconds: u32| emulator.answer(hello().request(), NOW + seconds * second).response.status().as_u16();
    assert_eq!([0, 9, 10, 19, 20].map(at), [200, 200, 503, 503, 200]);
    let emulator = with([Fault::status(503).window(10 * second, 20 * second)]);
    assert_eq!(status(&emulator, hello()), 200);
    emulator.advance(15 * second);
    assert_eq!(status(&emulator, hello()), 503);
}

#[test]
fn a_fault_that_is_armed_later_counts_its_window_from_then() {
    let second = Duration::from_secs(1);
    let emulator = Emulator::builder().build();
    emulator.arm(&Fault::status(503).window(Duration::ZERO, 5 * second), NOW);
    let late = emulator.answer(hello().request(), NOW + 5 * second);
    assert_eq!(late.response.status(), 200);
    emulator.arm(&Fault::status(503).window(Duration::ZERO, 5 * second), NOW + 5 * second);
    let soon = emulator.answer(hello().request(), NOW + 6 * second);
    assert_eq!(soon.response.status(), 503);
}

#[test]
fn another_answer_may_have_any_header_and_body_and_may_wait() {
    let text = r#"
        schema = "stt-emulator/1"
        [[fault]]
        respond = { status = 503, retry_after = { date_in = "2s" }, headers = { x-own = "1" }, body = "busy", wait = "3s" }
        times = 1
        [[fault]]
        respond = { status = 500, retry_after = "Sun, 06 Nov 1994 08:49:37 GMT", body = { Message = "no" } }
    "#;
    let scenario = Scenario::parse(text, Notation::Toml).expect("a scenario");
    let emulator = Emulator::builder().scenario(scenario).build();
    let first = answer(&emulator, hello());
    assert_eq!(first.response.body().as_ref(), b"busy");
    assert_eq!(first.response.headers()["x-own"], "1");
    assert_eq!(first.delivery.wait, Duration::from_secs(3));
    // 1,000,000 s after the epoch are 11 days, 13 hours, 46 minutes and 40 seconds; and two more.
    assert_eq!(first.response.headers()["retry-after"], "Mon, 12 Jan 1970 13:46:42 GMT");
    let second = hello().ask(&emulator);
    assert_eq!(json(&second), json!({"Message": "no"}));
    assert_eq!(second.headers()["retry-after"], "Sun, 06 Nov 1994 08:49:37 GMT");
}

#[test]
fn a_broken_connection_breaks_the_right_answer() {
    for transport in ALL {
        let emulator = with([Fault::transport(transport).times(1)]);
        emulator.queue(&Reply::text("Queued."));
        let broken = answer(&emulator, waiting());
        let instead = match transport {
            Transport::ExpectationFailed => 417,
            Transport::EarlyAnswer { status, .. } => status,
            Transport::Html => 503,
            _ => 200,
        };
        assert_eq!(broken.response.status(), instead, "{transport}");
        let delivered = broken.delivery.transport;
        assert_eq!(delivered, Some(transport).filter(|it| it.concerns_delivery()), "{transport}");
        assert_eq!(broken.delivery.is_never(), transport.is_silent(), "{transport}");
        let entry = last(&emulator);
        assert_eq!(entry.status.is_none(), transport.is_silent(), "{transport}");
        assert!(entry.reason.starts_with(&format!("fault 1, hit 1 of 1: {transport}")), "{}", entry.reason);
        // The answer in the queue is spent where it was on its way.
        let next = json(&hello().ask(&emulator))["DisplayText"].clone();
        let whole = instead == 200 && !transport.is_silent() && transport != Transport::Empty;
        assert_eq!(next, if whole { "Hello there." } else { "Queued." }, "{transport}");
    }
}

#[test]
fn some_answers_are_wrong_in_themselves() {
    let broken = |transport| hello().ask(&with([Fault::transport(transport)]));
    let right = hello().ask(&Emulator::builder().build());
    let cut = broken(Transport::MalformedJson);
    assert!(serde_json::from_slice::<Value>(cut.body()).is_err());
    assert!(right.body().starts_with(cut.body()) && !cut.body().is_empty());
    assert_eq!(cut.headers()["content-type"], "application/json; charset=utf-8");
    let page = broken(Transport::Html);
    assert_eq!(
        (page.status().as_u16(), &page.headers()["content-type"]),
        (503, &"text/html; charset=utf-8".parse().expect("a value"))
    );
    assert!(page.body().starts_with(b"<!DOCTYPE html>"));
    let wrong = broken(Transport::WrongContentType);
    assert_eq!(
        (&wrong.headers()["content-type"], wrong.body()),
        (&"text/plain".parse().expect("a value"), right.body())
    );
    let empty = broken(Transport::Empty);
    assert_eq!((empty.status().as_u16(), empty.body().len()), (200, 0));
}

#[test]
fn a_success_before_the_end_of_the_audio_says_that_nothing_was_said() {
    let early = |status| {
        answered(check(&with([Fault::transport(Transport::EarlyAnswer { status, after_bytes: 0 })]), waiting()))
    };
    let silence = json!({"RecognitionStatus": "InitialSilenceTimeout", "Offset": 50_000_000, "Duration": 0});
    assert_eq!(json(&early(200)), silence);
    assert_eq!(early(503).status(), 503);
    assert_eq!(early(503).headers()["connection"], "close");
}

#[test]
fn an_early_answer_in_the_middle_of_the_body_closes_the_connection() {
    let emulator = with([Fault::transport(Transport::EarlyAnswer { status: 401, after_bytes: 5 })]);
    let admitted = admitted(check(&emulator, waiting()));
    assert_eq!(admitted.intake().limit, Some(5));
    let answer = emulator.finish(admitted, Upload::Part(Bytes::from_static(b"RIFF.")), NOW);
    assert_eq!(answer.response.status(), 401);
    assert_eq!(answer.response.headers()["connection"], "close");
    assert_eq!(last(&emulator).body_bytes, Some(5));
}

#[test]
fn a_client_that_gives_up_in_a_fault_is_in_the_journal_with_it() {
    let emulator = with([Fault::transport(Transport::EndlessInterim { every: MS_5 })]);
    emulator.abandoned(admitted(check(&emulator, waiting())));
    let entry = last(&emulator);
    assert_eq!(entry.heard_by, Some("fault"));
    let expected = "fault 1, hit 1: endless-interim every 5ms; the connection was lost before the body ended";
    assert_eq!(entry.reason, expected);
}

#[test]
fn what_is_done_between_head_and_answer_is_told_before_the_body() {
    let intake = |transport| admitted(check(&with([Fault::transport(transport)]), waiting())).intake();
    let usual = Intake::default();
    assert_eq!(admitted(check(&Emulator::builder().build(), waiting())).intake(), usual);
    for transport in ALL.into_iter().filter(|it| !matches!(it, Transport::ExpectationFailed)) {
        let taken = intake(transport);
        assert_eq!(taken, transport.intake());
        match transport {
            Transport::NoContinue => assert_eq!(taken.interim, Interim::Nothing),
            Transport::LateContinue { after } => assert_eq!(taken.interim, Interim::Late(after)),
            Transport::EndlessInterim { every } => assert_eq!(taken.interim, Interim::Endless(every)),
            Transport::SlowRead { bytes, every } => assert_eq!(taken.pace, Some(Pace { bytes, every })),
            Transport::EarlyAnswer { after_bytes, .. } | Transport::Reset { after_bytes } => {
                assert_eq!(taken.limit, Some(after_bytes));
            }
            Transport::HalfClose => assert!(taken.half_closed),
            _ => assert_eq!(taken, usual, "{transport}"),
        }
    }
}

#[test]
fn faults_about_100_continue_are_for_clients_that_wait_for_it() {
    for transport in [Transport::NoContinue, Transport::LateContinue { after: MS_5 }, Transport::ExpectationFailed] {
        let emulator = with([Fault::transport(transport).times(1)]);
        assert_eq!(status(&emulator, hello()), 200);
        assert_eq!(last(&emulator).reason.find("fault"), None, "{transport}");
        let struck = answer(&emulator, waiting());
        assert_eq!(struck.response.status().as_u16() == 417, transport == Transport::ExpectationFailed);
        assert!(last(&emulator).reason.starts_with("fault 1, hit 1 of 1"), "{transport}");
    }
}

#[test]
fn a_fault_beats_the_queue_and_the_rules() {
    let scenario = Scenario::new().answer(When::recognize(), [Reply::text("Rule.")]).fault(Fault::status(500).times(1));
    let emulator = Emulator::builder().scenario(scenario).build();
    emulator.queue(&Reply::text("Queued."));
    assert_eq!(status(&emulator, hello()), 500);
    assert_eq!(json(&hello().ask(&emulator))["DisplayText"], "Queued.");
}

#[test]
fn a_browser_may_read_the_answer_of_a_fault() {
    let emulator = with([Fault::status(429)]);
    let headers: HeaderMap = hello().header("origin", "http://example.com").ask(&emulator).headers().clone();
    assert!(headers.contains_key("access-control-allow-origin"), "{headers:?}");
}

#[test]
fn each_key_has_its_own_count() {
    let emulator = Emulator::builder()
        .keys(stt_emulator::Keys::Any)
        .scenario(Scenario::new().fault(Fault::status(503).times(1)))
        .build();
    let with = |key: &str| status(&emulator, hello().header("ocp-apim-subscription-key", key));
    assert_eq!([with("a"), with("b"), with("a"), with("b")], [503, 503, 200, 200]);
}

/// Which of so many requests a fault of this share strikes.
fn struck(share: f64, seed: u64, count: usize) -> Vec<bool> {
    let scenario = Scenario::new().fault(Fault::status(503).probability(share));
    let emulator = Emulator::builder().seed(seed).scenario(scenario).build();
    (0..count).map(|_| status(&emulator, Ask::new(*b"x")) == 503).collect()
}

#[test]
fn a_share_of_the_requests_is_struck_and_the_seed_says_which() {
    let struck_of_1000 = |share, seed| struck(share, seed, 1_000).into_iter().filter(|struck| *struck).count();
    for seed in [0, u64::MAX] {
        // The standard deviation of 1000 draws of 0.3 is the root of 1000 * 0.3 * 0.7, which is 14.5; five of them.
        let count = struck_of_1000(0.3, seed);
        assert!((300 - 73..=300 + 73).contains(&count), "{count} with the seed {seed}");
        assert_eq!(struck(0.0, seed, 50), [false; 50]);
        assert_eq!(struck(1.0, seed, 50), [true; 50]);
    }
    assert_eq!(struck(0.5, 3, 64), struck(0.5, 3, 64));
    assert_ne!(struck(0.5, 3, 64), struck(0.5, 4, 64));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Requests are counted from 1: those up to `skip` are spared, and of the others the first `times` are struck.
    #[test]
    fn skip_and_times_are_what_they_say(skip in 0_usize..6, times in 1_usize..6, count in 0_usize..15) {
        let emulator = with([Fault::status(500).skip(skip as u64).times(times as u64)]);
        let expected = (1..=count).map(|number| if skip < number && number <= skip + times { 500 } else { 400 });
        let answered = (0..count).map(|_| status(&emulator, Ask::new("")));
        prop_assert_eq!(answered.collect::<Vec<_>>(), expected.collect::<Vec<_>>());
    }

    #[test]
    fn chance_depends_on_the_seed_and_the_number_of_the_request_alone(seed: u64, share in 0.0..=1.0) {
        let all = struck(share, seed, 20);
        let scenario = Scenario::new().fault(Fault::status(503).probability(share));
        let emulator = Emulator::builder().seed(seed).scenario(scenario).build();
        for struck in all {
            // Requests that are not meant make no difference.
            prop_assert_eq!(status(&emulator, Ask::new("").path("/sts/v1.0/issueToken")), 200);
            prop_assert_eq!(status(&emulator, Ask::new(*b"x")) == 503, struck);
        }
    }

    #[test]
    fn a_window_is_closed_outside_of_its_bounds(from in 0_u64..100, length in 1_u64..100, at in 0_u64..300) {
        let seconds = Duration::from_secs;
        let emulator = with([Fault::status(500).window(seconds(from), seconds(from + length))]);
        let _ = emulator.answer(Ask::new("").path("/sts/v1.0/issueToken").request(), NOW);
        let answer = emulator.answer(Ask::new("").request(), NOW + seconds(at));
        let open = from <= at && at < from + length;
        prop_assert_eq!(answer.response.status().as_u16(), if open { 500 } else { 400 });
    }
}
