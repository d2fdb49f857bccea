//! Limits and latency, over whole requests on a clock that the test moves.

mod common;

use std::time::Duration;

use bytes::Bytes;
use common::{Ask, NOW, json, last};
use http::Request;
use stt_emulator::{Answer, Builder, Checked, Emulator, KEY_1, KEY_2, Keys, Reply, Tier, Upload, silence};

/// A second of audio, so that a share of its length is easily told.
fn second(key: &str) -> Ask {
    Ask::new(silence(Duration::from_secs(1), 16_000).expect("a clip")).key(key)
}

fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

fn at(emulator: &Emulator, key: &str, milliseconds: u64) -> Answer {
    emulator.answer(second(key).request(), NOW + ms(milliseconds))
}

fn status(emulator: &Emulator, key: &str, milliseconds: u64) -> u16 {
    at(emulator, key, milliseconds).response.status().as_u16()
}

fn slow(builder: Builder, latency: &str) -> Emulator {
    builder.latency(latency.parse().expect("a latency")).build()
}

#[test]
fn the_free_tier_takes_one_recognition_at_a_time() {
    let emulator = slow(Emulator::builder().tier(Tier::F0), "300ms");
    assert_eq!(status(&emulator, KEY_1, 0), 200);
    let refused = at(&emulator, KEY_2, 299);
    assert_eq!(refused.response.status(), 429, "both keys are those of one resource");
    assert_eq!(json(&refused.response)["code"], "TooManyRequests");
    assert_eq!(refused.response.headers().get("retry-after"), None, "nobody knows when the other one ends");
    assert_eq!(refused.delivery.wait, Duration::ZERO);
    assert_eq!(status(&emulator, KEY_1, 300), 200);
}

#[test]
fn the_standard_tier_takes_a_hundred() {
    let emulator = slow(Emulator::builder(), "1s");
    for number in 0..100 {
        assert_eq!(status(&emulator, KEY_1, number), 200);
    }
    assert_eq!(status(&emulator, KEY_1, 999), 429);
    assert_eq!(status(&emulator, KEY_1, 1_000), 200, "the first of them is over");
    assert_eq!(status(&emulator, KEY_1, 1_000), 429);
}

#[test]
fn a_recognition_runs_from_its_head_on() {
    let emulator = Emulator::builder().max_concurrent(1).build();
    let (head, body) = second(KEY_1).request().into_parts();
    let Checked::Admitted(admitted) = emulator.check(&head, NOW) else { panic!("the first one") };
    assert_eq!(status(&emulator, KEY_1, 1), 429, "while the body of the other is awaited");
    let _ = emulator.finish(admitted, Upload::Whole(body), NOW + ms(2));
    let Checked::Admitted(admitted) = emulator.check(&head, NOW + ms(2)) else { panic!("the other is over") };
    emulator.abandoned(admitted);
    let Checked::Admitted(admitted) = emulator.check(&head, NOW + ms(2)) else { panic!("the other broke off") };
    drop(admitted);
    assert_eq!(status(&emulator, KEY_1, 2), 200, "the other was dropped with its connection");
}

#[test]
fn a_request_that_is_refused_takes_no_place() {
    let emulator = Emulator::builder().max_concurrent(1).build();
    assert_eq!(second(KEY_1).query("language=en-XX").ask(&emulator).status(), 400);
    assert_eq!(status(&emulator, KEY_1, 0), 200);
}

#[test]
fn tokens_are_issued_whatever_runs() {
    let emulator = Emulator::builder().max_concurrent(0).rate("1/h".parse().expect("a rate")).build();
    for _ in 0..3 {
        let request = Request::post("/sts/v1.0/issueToken").header("ocp-apim-subscription-key", KEY_1);
        let request = request.body(Bytes::new()).expect("a request");
        assert_eq!(emulator.answer(request, NOW).response.status(), 200);
    }
}

#[test]
fn a_rate_tells_when_the_next_may_begin() {
    let emulator = Emulator::builder().rate("2/m".parse().expect("a rate")).build();
    assert_eq!([status(&emulator, KEY_1, 0), status(&emulator, KEY_1, 0)], [200, 200]);
    let refused = at(&emulator, KEY_1, 500).response;
    assert_eq!(refused.status(), 429);
    assert_eq!(refused.headers()["retry-after"], "30", "29.5 s in whole seconds that are enough");
    assert_eq!(last(&emulator).rules, ["throttled-rate"]);
    emulator.advance(Duration::from_secs(30));
    assert_eq!(status(&emulator, KEY_1, 500), 200, "the bucket fills on the emulator's clock");
}

#[test]
fn each_tenant_has_limits_of_its_own() {
    let emulator = slow(Emulator::builder().keys(Keys::Any).max_concurrent(1), "1s");
    for key in ["one", "two", "three"] {
        assert_eq!(status(&emulator, key, 0), 200, "{key}");
        assert_eq!(status(&emulator, key, 0), 429, "{key}");
    }
}

#[test]
fn an_answer_is_held_back_by_a_time_and_a_share_of_the_audio() {
    for (latency, wait) in [("0s", 0), ("200ms", 200), ("0.5x", 500), ("100ms+0.5x", 600)] {
        let emulator = slow(Emulator::builder(), latency);
        assert_eq!(at(&emulator, KEY_1, 0).delivery.wait, ms(wait), "{latency}");
        let refused = emulator.answer(second("wrong").request(), NOW);
        assert_eq!(refused.delivery.wait, Duration::ZERO, "a refusal waits for nothing");
    }
}

#[test]
fn the_same_seed_gives_the_same_delays() {
    let delays = |seed| {
        let emulator = slow(Emulator::builder().seed(seed), "200ms±100ms");
        [(); 8].map(|()| at(&emulator, KEY_1, 0).delivery.wait)
    };
    assert_eq!(delays(7), delays(7));
    assert_ne!(delays(7), delays(8));
    assert!(delays(7).iter().all(|delay| (ms(100)..=ms(300)).contains(delay)), "{:?}", delays(7));
}

#[test]
fn moving_the_clock_shortens_the_wait_for_an_answer() {
    let emulator = slow(Emulator::builder().tier(Tier::F0), "10s");
    let answer = at(&emulator, KEY_1, 0);
    let remaining = |at| emulator.remaining(&answer, NOW + ms(at));
    assert_eq!(remaining(0), ms(10_000));
    assert_eq!(remaining(4_000), ms(6_000));
    emulator.advance(ms(5_000));
    assert_eq!(remaining(4_000), ms(1_000));
    assert_eq!(remaining(6_000), Duration::ZERO);
    assert_eq!(status(&emulator, KEY_1, 4_999), 429);
    assert_eq!(status(&emulator, KEY_1, 5_000), 200, "it runs until its answer is sent");
}

#[test]
fn an_answer_that_was_written_down_takes_as_long_as_one_that_was_heard() {
    let ogg = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/audio/weather.ogg");
    let ogg = || Ask::new(std::fs::read(ogg).expect("the clip")).header("content-type", "audio/ogg; codecs=opus");
    let asks: [(&str, &dyn Fn() -> Ask); 3] =
        [("WAV", &|| second(KEY_1)), ("Ogg", &ogg), ("no audio", &|| Ask::new("no audio"))];
    for (what, ask) in asks {
        let heard = slow(Emulator::builder(), "0.5x");
        let wait = heard.answer(ask().request(), NOW).delivery.wait;
        let canned = slow(Emulator::builder(), "0.5x");
        canned.queue(&Reply::text("Good morning."));
        assert_eq!(canned.answer(ask().request(), NOW).delivery.wait, wait, "{what}");
        assert_eq!(last(&canned).heard_by, Some("queue"), "{what}");
        assert_eq!(what == "no audio", wait.is_zero(), "{what}");
    }
}
