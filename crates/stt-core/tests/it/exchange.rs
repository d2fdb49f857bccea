//! Calls against scripted answers: what is repeated, when, and what the caller learns.

use std::{error::Error as _, time::Duration};

use bytes::Bytes;
use http::Response;
use stt_auth::{Authorization, Resource};
use stt_core::{
    Ended, ErrorKind, GaveUp, Malformed, Phase, Reached, Retry, Sent, TransportFailure, TransportKind, Upload,
};
use stt_model::{AudioFormat, Status};

use crate::script::{FIRST_ID, KEY, Turn, World, with_token, world};

#[test]
fn the_first_attempt_carries_the_seed_as_connection_id_and_the_key() {
    let played = world(vec![Turn::fine()]).play();
    assert_eq!(played.ids(), ["0123456789abcdef0123456789abcdef"]);
    assert_eq!(played.sends[0].1.headers()["ocp-apim-subscription-key"], KEY);
    let reply = played.result.unwrap();
    assert_eq!(reply.recognition.text(), Some("Fine."));
    assert_eq!((reply.connection_id, reply.attempts, reply.audio_sent), (FIRST_ID, 1, 1_000));
}

#[test]
fn an_answer_without_words_is_a_recognition() {
    for status in ["NoMatch", "InitialSilenceTimeout", "BabbleTimeout", "Brand_new"] {
        let body: &'static str = format!(r#"{{"RecognitionStatus":"{status}"}}"#).leak();
        let played = world(vec![Turn::body(body)]).play();
        assert_eq!(played.result.unwrap().recognition.status, Status::from(status));
        assert_eq!(played.sends.len(), 1);
    }
}

#[test]
fn a_transient_failure_is_repeated_with_a_new_connection_id() {
    for status in [408, 500, 502, 503, 504] {
        let played = world(vec![Turn::status(status), Turn::fine()]).play();
        assert_eq!(played.result.as_ref().unwrap().attempts, 2, "{status}");
        let ids = played.ids();
        assert_ne!(ids[0], ids[1]);
        assert_eq!(ids[1].len(), 32);
        assert!(played.pauses.iter().sum::<Duration>() <= Duration::from_millis(250));
    }
}

#[test]
fn a_failure_that_stays_is_told_with_its_status_and_count() {
    let played = world(vec![Turn::status(503), Turn::status(503), Turn::status(503), Turn::fine()]).play();
    let error = played.error();
    assert_eq!(error.to_string(), "the service failed (503) 3 times");
    assert_eq!((error.attempts(), error.audio_sent(), error.is_retryable()), (3, 3_000, true));
    assert_eq!(error.connection_ids().len(), 3);
    assert_eq!(played.sends.len(), 3);
}

#[test]
fn what_the_user_must_mend_is_not_repeated() {
    for (status, line) in [
        (400, "rejected by the service (400)"),
        (403, "forbidden by the service (403)"),
        (404, "404 from westus.stt.speech.microsoft.com; is the endpoint complete?"),
        (413, "rejected by the service (413)"),
        (415, "rejected by the service (415)"),
        (418, "the service answered with status 418"),
        (999, "the service answered with status 999"),
        (101, "westus.stt.speech.microsoft.com switched protocols; is this a speech endpoint?"),
    ] {
        let played = world(vec![Turn::status(status)]).play();
        assert_eq!(played.error().to_string(), line);
        assert_eq!(played.sends.len(), 1, "{status}");
        assert!(!played.error().is_retryable());
    }
}

#[test]
fn a_rejected_key_is_asked_once() {
    let played = world(vec![Turn::status(401)]).play();
    assert_eq!(played.sends.len(), 1);
    assert_eq!(played.error().status().unwrap(), 401);
}

#[test]
fn a_rejected_credential_is_named_with_its_region_or_host() {
    let id = || "/subscriptions/1".parse().unwrap();
    for (endpoint, authorization, line) in [
        (
            "eastus",
            Authorization::Key(KEY.parse().unwrap()),
            "the key was not accepted in region eastus (401): wrong key, or key of another region",
        ),
        (
            "https://my-resource.cognitiveservices.azure.com",
            Authorization::Token(KEY.parse().unwrap()),
            "the key was not accepted by my-resource.cognitiveservices.azure.com (401): wrong key, or key of another resource",
        ),
        (
            "my-resource",
            Authorization::Entra { resource_id: id(), token: KEY.parse().unwrap() },
            "the Entra token was not accepted by my-resource.cognitiveservices.azure.com (401)",
        ),
        (
            "https://localhost:5000",
            Authorization::Bearer(KEY.parse().unwrap()),
            "the access token was not accepted by localhost (401)",
        ),
        ("http://localhost:5000", Authorization::None, "localhost wants a credential (401)"),
    ] {
        let mut world = world(vec![Turn::status(401), Turn::status(401)]);
        world.resource = Resource::of(endpoint.parse().unwrap(), authorization).unwrap();
        assert_eq!(world.play().error().to_string(), line);
    }
}

#[test]
fn a_redirect_is_told_and_not_followed() {
    let played = world(vec![Turn::status(302).header("location", "https://evil.example/x")]).play();
    assert_eq!(played.sends.len(), 1);
    let told = "westus.stt.speech.microsoft.com redirects to https://evil.example/x; not followed";
    assert_eq!(played.error().to_string(), told);
}

#[test]
fn the_services_words_are_the_source_of_the_error() {
    let turn = Turn::Answer(400, vec![], r#"{"Message":"Unsupported audio format"}"#, Sent::default());
    let played = world(vec![turn]).play();
    assert_eq!(played.error().source().unwrap().to_string(), "Unsupported audio format");
    assert_eq!(played.error().message(), Some("Unsupported audio format"));
}

#[test]
fn a_rejected_token_is_replaced_once() {
    let mut world = world(vec![Turn::status(401), Turn::fine()]);
    world.resource = with_token();
    // Old enough that a new one can be worth asking for.
    world.attempt = Duration::from_secs(6);
    let played = world.play();
    assert_eq!(played.result.unwrap().attempts, 1);
    assert_eq!((played.sends.len(), played.token_requests), (2, 2));
    assert_eq!(played.sends[1].1.headers()["authorization"], "Bearer header.payload-number-0002.signature");
}

#[test]
fn a_second_rejection_in_a_row_is_the_users() {
    let mut world = world(vec![Turn::status(401), Turn::status(401), Turn::fine()]);
    world.resource = with_token();
    world.attempt = Duration::from_secs(6);
    let played = world.play();
    assert_eq!(played.error().status().unwrap(), 401);
    assert_eq!((played.sends.len(), played.token_requests), (2, 2));
}

#[test]
fn a_refused_key_while_fetching_a_token_ends_the_call() {
    let mut world = world(vec![]);
    world.resource = with_token();
    world.token = Box::new(|_| Ok(Response::builder().status(401).body(Bytes::new()).unwrap()));
    let played = world.play();
    assert!(matches!(played.error().kind(), ErrorKind::Auth(_)));
    assert_eq!((played.sends.len(), played.token_requests), (0, 1));
}

#[test]
fn a_token_endpoint_that_fails_is_asked_three_times() {
    let mut world = world(vec![]);
    world.resource = with_token();
    world.token = Box::new(|_| Err(TransportFailure::new(TransportKind::Reset, "by the script")));
    let played = world.play();
    assert!(matches!(played.error().kind(), ErrorKind::Auth(_)), "{:?}", played.error());
    assert_eq!((played.sends.len(), played.token_requests), (0, 3));
}

#[test]
fn the_script_of_an_expired_token_and_a_throttled_service_succeeds() {
    let throttled = Turn::status(503).header("retry-after", "2");
    let mut world = world(vec![Turn::status(401), throttled, Turn::fine()]);
    world.resource = with_token();
    world.attempt = Duration::from_secs(6);
    let played = world.play();
    assert_eq!(played.result.unwrap().attempts, 2);
    let gap = played.sends[2].0 - played.sends[1].0;
    assert!(Duration::from_secs(8) <= gap, "{gap:?}");
}

#[test]
fn a_417_is_answered_by_the_same_request_without_expect() {
    let played = world(vec![Turn::status(417), Turn::fine()]).play();
    assert_eq!(played.result.as_ref().unwrap().attempts, 1);
    assert_eq!(played.sends[0].1.headers()["expect"], "100-continue");
    assert!(!played.sends[1].1.headers().contains_key("expect"));
    assert_eq!(played.sends[1].0, Duration::from_millis(100), "no pause before it");
}

#[test]
fn a_417_to_a_request_without_expect_is_final() {
    let played = world(vec![Turn::status(417), Turn::status(417), Turn::fine()]).play();
    assert_eq!(played.sends.len(), 2);
    assert_eq!(played.error().status().unwrap(), 417);
}

#[test]
fn a_stale_connection_is_replaced_once_for_free() {
    let stale = || Turn::fail(TransportKind::Stale, Reached::Nothing);
    let mut once = world(vec![stale(), Turn::fine()]);
    once.retry = Retry::none();
    let played = once.play();
    assert_eq!(played.result.unwrap().attempts, 1);
    let mut twice = world(vec![stale(), stale(), Turn::fine()]);
    twice.retry = Retry::none();
    assert_eq!(twice.play().sends.len(), 2);
}

#[test]
fn a_stale_connection_that_took_audio_is_replaced_only_with_leave_to_repeat() {
    for (retry, sends) in [(Retry::none(), 1), (Retry::default(), 2)] {
        let mut world = world(vec![Turn::fail(TransportKind::Stale, Reached::Part), Turn::fine()]);
        world.retry = retry;
        assert_eq!(world.play().sends.len(), sends);
    }
}

#[test]
fn a_second_stale_connection_is_a_failure_like_others() {
    let stale = || Turn::fail(TransportKind::Stale, Reached::Nothing);
    let played = world(vec![stale(), stale(), Turn::fine()]).play();
    assert_eq!(played.sends.len(), 3);
    assert_eq!(played.result.unwrap().attempts, 2);
}

#[test]
fn without_a_policy_nothing_is_repeated_that_could_cost() {
    for turn in [Turn::status(503), Turn::status(429), Turn::fail(TransportKind::Reset, Reached::Part)] {
        let mut world = world(vec![turn, Turn::fine()]);
        world.retry = Retry::none();
        assert_eq!(world.play().sends.len(), 1);
    }
}

#[test]
fn a_hint_of_the_service_is_obeyed() {
    for (name, value, at_least) in
        [("retry-after", "2", 2_000), ("retry-after-ms", "1500", 1_500), ("x-ms-retry-after-ms", "700", 700)]
    {
        let played = world(vec![Turn::status(429).header(name, value), Turn::fine()]).play();
        let gap = played.sends[1].0 - played.sends[0].0 - Duration::from_millis(100);
        assert!(Duration::from_millis(at_least) <= gap, "{name}: {gap:?}");
        assert!(gap <= Duration::from_millis(at_least + 1_000), "{name}: {gap:?}");
    }
}

#[test]
fn a_date_as_hint_is_read_against_the_answers_own_date() {
    let turn = Turn::status(503)
        .header("date", "Sun, 06 Nov 1994 09:49:37 GMT")
        .header("retry-after", "Sun, 06 Nov 1994 09:49:40 GMT");
    let played = world(vec![turn, Turn::fine()]).play();
    let gap = played.sends[1].0 - played.sends[0].0;
    assert!(Duration::from_secs(3) <= gap && gap < Duration::from_secs(5), "{gap:?}");
}

#[test]
fn a_hint_longer_than_a_call_waits_is_told_at_once() {
    for value in ["3600", "99999999999999999999"] {
        let played = world(vec![Turn::status(429).header("retry-after", value), Turn::fine()]).play();
        assert_eq!(played.sends.len(), 1);
        assert_eq!(played.ended, Duration::from_millis(100));
        assert_eq!(played.error().gave_up(), Some(GaveUp::LongPause));
        assert!(matches!(played.error().kind(), ErrorKind::Throttled(_)));
    }
    let played = world(vec![Turn::status(429).header("retry-after", "3600")]).play();
    assert_eq!(played.error().to_string(), "the service asks to wait 60 min; nothing was repeated");
    assert_eq!(played.error().retry_after(), Some(Duration::from_secs(3_600)));
}

#[test]
fn a_hint_that_is_none_makes_no_loop_without_pauses() {
    for value in ["-5", "soon", "NaN", ""] {
        let played = world(vec![Turn::status(429).header("retry-after", value), Turn::fine()]).play();
        assert_eq!(played.sends.len(), 2, "{value}");
        assert!(played.result.is_ok());
    }
}

#[test]
fn the_answer_in_hand_is_kept_when_the_next_try_would_come_too_late() {
    let mut world = world(vec![Turn::status(503).header("retry-after", "20"), Turn::fine()]);
    world.retry = Retry::default().timeout(Duration::from_secs(10));
    let played = world.play();
    assert_eq!(played.ended, Duration::from_millis(100), "it does not wait for the limit");
    assert_eq!(played.error().status().unwrap(), 503);
    assert_eq!(played.error().gave_up(), Some(GaveUp::Deadline(Duration::from_secs(10))));
    let told = "the service failed (503); gave up because the next try would start after the 10 s limit";
    assert_eq!(played.error().to_string(), told);
}

#[test]
fn a_wait_for_a_turn_counts_into_the_calls_time() {
    let mut world = world(vec![Turn::fine()]);
    world.retry = Retry::default().timeout(Duration::from_secs(10));
    world.queue = vec![Duration::from_secs(4)];
    let played = world.play();
    assert_eq!((played.sends[0].0, played.sends[0].2), (Duration::from_secs(4), Duration::from_secs(6)));
    let reply = played.result.unwrap();
    assert_eq!((reply.connection_id, reply.attempts), (FIRST_ID, 1));
}

#[test]
fn a_token_that_has_expired_during_the_wait_for_a_turn_is_not_sent() {
    let mut world = world(vec![Turn::fine()]);
    world.resource = with_token();
    world.retry = Retry::default().timeout(Duration::from_secs(3_600));
    world.queue = vec![Duration::from_secs(601)];
    let played = world.play();
    assert_eq!(played.token_requests, 2);
    assert_eq!(played.sends[0].1.headers()["authorization"], "Bearer header.payload-number-0002.signature");
}

#[test]
fn a_turn_that_does_not_come_is_told_unless_there_is_a_failure_in_hand() {
    let late = || vec![Duration::ZERO, Duration::from_secs(60)];
    let mut alone = world(vec![Turn::fine()]);
    alone.queue = late().split_off(1);
    alone.retry = Retry::default().timeout(Duration::from_secs(10));
    let played = alone.play();
    let error = played.error();
    assert!(matches!(error.kind(), ErrorKind::TimedOut(Phase::Turn)), "{error:?}");
    assert_eq!(error.to_string(), "the request did not get its turn within the time limit of the call");
    assert_eq!(error.source().unwrap().to_string(), "by the script");
    assert_eq!((error.attempts(), error.connection_ids().len(), error.is_retryable()), (0, 0, true));

    let mut failed = world(vec![Turn::status(503)]);
    failed.queue = late();
    failed.retry = Retry::default().timeout(Duration::from_secs(10));
    let played = failed.play();
    let told = "the service failed (503); gave up because the next try would start after the 10 s limit";
    assert_eq!((played.error().to_string().as_str(), played.sends.len()), (told, 1));
}

#[test]
fn what_a_request_says_about_how_many_there_may_be() {
    let seconds = |seconds| Some(Duration::from_secs(seconds));
    let ended = |turn: Turn| {
        let mut world = world(vec![turn.header("retry-after", "3")]);
        world.retry = Retry::none();
        Ended::of(world.play().result.as_ref().err())
    };
    assert_eq!(ended(Turn::fine()), Ended::Succeeded);
    assert_eq!(ended(Turn::status(429)), Ended::Throttled(seconds(3)));
    assert_eq!(ended(Turn::body(r#"{"RecognitionStatus":"TooManyRequests"}"#)), Ended::Throttled(seconds(3)));
    assert_eq!(ended(Turn::status(503)), Ended::Failed(seconds(3)));
    assert_eq!(ended(Turn::status(400)), Ended::Failed(None));
    assert_eq!(ended(Turn::fail(TransportKind::Reset, Reached::Part)), Ended::Failed(None));
}

#[test]
fn live_audio_is_never_sent_twice() {
    let mut world = world(vec![Turn::fail(TransportKind::Reset, Reached::Part), Turn::fine()]);
    world.upload = Upload::once(AudioFormat::WavPcm16k);
    let played = world.play();
    assert_eq!(played.sends.len(), 1);
    assert!(!played.error().is_retryable());
    assert!(played.error().to_string().ends_with("(not repeated: live audio)"), "{}", played.error());
}

#[test]
fn live_audio_of_which_nothing_was_handed_over_survives_401_417_and_a_lost_connection() {
    let head = Sent::new(Reached::Head);
    let mut world = world(vec![
        Turn::status(401).sent(head),
        Turn::status(417).sent(head),
        Turn::fail(TransportKind::Closed, Reached::Head),
        Turn::fine(),
    ]);
    world.resource = with_token();
    world.attempt = Duration::from_secs(6);
    world.upload = Upload::once(AudioFormat::WavPcm16k);
    let played = world.play();
    assert_eq!(played.sends.len(), 4);
    assert_eq!(played.result.unwrap().attempts, 2);
}

#[test]
fn live_audio_that_the_transport_kept_is_sent_again() {
    let kept = Sent::new(Reached::Part).audio(500).again(true);
    let mut world = world(vec![Turn::fail(TransportKind::Reset, Reached::Part).sent(kept), Turn::fine()]);
    world.upload = Upload::once(AudioFormat::WavPcm16k);
    let played = world.play();
    assert_eq!(played.result.unwrap().audio_sent, 1_500);
}

#[test]
fn a_transport_that_says_nothing_is_assumed_to_have_sent_everything() {
    let mut world = world(vec![Turn::status(503).sent(Sent::default()), Turn::fine()]);
    world.upload = Upload::once(AudioFormat::WavPcm16k);
    assert_eq!(world.play().sends.len(), 1);
}

#[test]
fn a_failing_source_of_audio_is_not_the_services_fault() {
    let played = world(vec![Turn::fail(TransportKind::Audio, Reached::Part), Turn::fine()]).play();
    assert_eq!(played.sends.len(), 1);
    assert_eq!(played.error().to_string(), "the audio could not be read");
}

#[test]
fn an_answer_that_is_no_recognition_is_repeated_once() {
    for body in ["<html><title>Bing</title>", "[]", "{}", "null", r#"["Success"]"#, r#"{"RecognitionStatus":[]}"#] {
        let played = world(vec![Turn::body(body), Turn::body(body), Turn::fine()]).play();
        assert_eq!(played.sends.len(), 2, "{body}");
        assert!(matches!(played.error().kind(), ErrorKind::Malformed(_)), "{body}: {:?}", played.error());
    }
}

#[test]
fn an_empty_object_has_no_recognition_status() {
    let played = world(vec![Turn::body("{}"), Turn::body("{}")]).play();
    assert_eq!(played.error().to_string(), "the answer has no RecognitionStatus");
}

#[test]
fn an_answer_that_is_no_json_is_shown_from_its_beginning() {
    let html = || Turn::body("<html><title>Bing</title></html>").header("content-type", "text/html");
    let played = world(vec![html(), html()]).play();
    assert_eq!(played.error().to_string(), "the answer is not JSON (text/html): \"<html><title>Bing</title></html>\"",);
}

#[test]
fn an_answer_that_ends_in_the_middle_is_never_a_success() {
    let cut = || Turn::body(r#"{"RecognitionStatus":"Success","Disp"#);
    let played = world(vec![cut(), cut(), cut(), Turn::fine()]).play();
    assert!(matches!(played.error().kind(), ErrorKind::Malformed(Malformed::Truncated)));
    assert_eq!(played.sends.len(), 3);
}

#[test]
fn a_compressed_answer_is_refused() {
    let zipped = || Turn::fine().header("content-encoding", "gzip");
    let played = world(vec![zipped(), zipped()]).play();
    assert_eq!(played.error().to_string(), "the answer is encoded (gzip)");
}

#[test]
fn a_failure_told_inside_a_200_is_judged_by_its_status() {
    let error = || Turn::body(r#"{"RecognitionStatus":"Error"}"#);
    let played = world(vec![error(), error(), error()]).play();
    assert_eq!(played.error().to_string(), "the recogniser failed (status Error) 3 times");
    for (status, line) in
        [("Forbidden", "out of quota (Forbidden)"), ("BadRequest", "rejected by the service (BadRequest)")]
    {
        let body: &'static str = format!(r#"{{"RecognitionStatus":"{status}"}}"#).leak();
        let played = world(vec![Turn::body(body)]).play();
        assert_eq!(played.error().to_string(), line);
        assert_eq!(played.sends.len(), 1);
    }
    let busy = Turn::body(r#"{"RecognitionStatus":"TooManyRequests"}"#);
    let played = world(vec![busy, Turn::fine()]).play();
    assert!(played.result.is_ok());
}

#[test]
fn an_exhausted_budget_gives_the_error_in_hand() {
    let retry = Retry::default().attempts(10);
    let mut repeats = 0;
    for _ in 0..100 {
        let mut world = world(vec![Turn::status(503); 10]);
        world.retry = retry.clone();
        let played = world.play();
        repeats += played.sends.len() - 1;
    }
    assert_eq!(repeats, 35, "500 tokens at 14 each");
    let mut world = world(vec![Turn::status(503)]);
    world.retry = retry;
    let played = world.play();
    let told = "the service failed (503) (no more repeats: too many failures)";
    assert_eq!(played.error().to_string(), told);
}

/// The service fails one request of twenty at random; the laws are those of row 76 of the faults that are promised.
#[test]
fn a_service_that_fails_now_and_then_costs_little_and_loses_nothing() {
    let retry = Retry::default();
    // xorshift, by Marsaglia: the same numbers in every run.
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut fails = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.is_multiple_of(20)
    };
    let (mut sent, mut lost) = (0, 0);
    for _ in 0..10_000 {
        let turns = (0..3).map(|_| if fails() { Turn::status(503) } else { Turn::fine() }).collect();
        let played = World { retry: retry.clone(), ..world(turns) }.play();
        sent += played.sends.len();
        lost += usize::from(played.result.is_err());
    }
    assert!(sent <= 10_550, "{sent} requests for 10,000 calls");
    // Three failures in a row are to be expected once in 8,000 calls, and no budget prevents them.
    assert!(lost <= 2, "{lost} calls of 10,000 were lost");
}

#[test]
fn a_call_whose_time_is_over_before_it_began_sends_nothing() {
    let mut world = world(vec![]);
    world.retry = Retry::default().timeout(Duration::ZERO);
    let played = world.play();
    assert!(matches!(played.error().kind(), ErrorKind::TimedOut(Phase::Call)));
    assert!(played.sends.is_empty());
}

#[test]
fn an_answer_that_repeats_the_key_is_known_for_it() {
    let echo: &'static str = format!(r#"{{"RecognitionStatus":"Success","DisplayText":"{KEY}"}}"#).leak();
    let answer = |status, body| Turn::Answer(status, Vec::new(), body, Sent::default());
    assert!(world(vec![answer(400, echo)]).play().error().repeats_credential());
    assert!(world(vec![answer(200, echo)]).play().result.unwrap().repeats_credential);
    assert!(!world(vec![answer(400, "{}")]).play().error().repeats_credential());
}

#[test]
fn no_answer_in_an_error_repeats_the_key() {
    let body: &'static str = format!(r#"{{"Message":"bad key {KEY} given"}}"#).leak();
    let played = world(vec![Turn::Answer(400, vec![("location", KEY.to_owned())], body, Sent::default())]).play();
    let error = played.error();
    let told = format!("{error} {error:?} {}", error.source().unwrap());
    assert!(!told.contains(KEY), "{told}");
    let cut: &'static str = format!("{}{KEY}", "x".repeat(285)).leak();
    let played = world(vec![Turn::Answer(400, vec![], cut, Sent::default())]).play();
    assert!(!played.error().message().unwrap().contains(&KEY[..8]), "half a key is left where the text is cut");
    assert!(told.contains("bad key"), "{told}");
}
