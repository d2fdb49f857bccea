//! Laws that hold whatever the service, the transport and the clock do.

use std::time::Duration;

use bytes::Bytes;
use http::Response;
use proptest::prelude::*;
use stt_core::{GaveUp, Phase, Reached, Retry, Sent, TransportFailure, TransportKind, Upload};
use stt_model::AudioFormat;

use crate::script::{Turn, with_token, world};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn every_law_of_a_call_holds(
        turns in prop::collection::vec(turn(), 0..16),
        attempts in 1_u32..12,
        limit in 0_u64..200_000,
        attempt in 0_u64..20_000,
        once: bool,
        queue in prop::collection::vec(0_u64..50_000, 0..3),
        token in prop::option::of(0_u32..4),
    ) {
        let handed_over: Vec<Sent> = turns.iter().map(sent_of).collect();
        let limit = Duration::from_millis(limit);
        let mut world = world(turns);
        world.attempt = Duration::from_millis(attempt);
        world.queue = queue.into_iter().map(Duration::from_millis).collect();
        world.retry = Retry::default().attempts(attempts).timeout(limit);
        if once {
            world.upload = Upload::once(AudioFormat::WavPcm16k);
        }
        if let Some(failures) = token {
            world.resource = with_token();
            world.token = Box::new(move |n| match n <= failures {
                true => Err(TransportFailure::new(TransportKind::Reset, "by the script")),
                false => Ok(Response::new(Bytes::from(format!("header.payload-number-{n:04}.signature")))),
            });
        }
        let played = world.play();

        // Never a send at or after the deadline, and no attempt is given more time than is left.
        for (when, _, given) in &played.sends {
            prop_assert!(*when < limit, "sent at {when:?} of {limit:?}");
            prop_assert!(*when + *given <= limit);
        }
        // Never a wait that ends after the deadline.
        let last = played.sends.last().map_or(Duration::ZERO, |(when, ..)| *when);
        prop_assert!(played.ended <= limit.max(last + Duration::from_millis(attempt)));
        // A bounded number of requests: the attempts, and three free resends.
        let most = attempts.min(10) as usize + 3;
        prop_assert!(played.sends.len() <= most, "{} of {most}", played.sends.len());
        // Every request has a connection id of its own.
        let mut ids = played.ids();
        ids.sort();
        ids.dedup();
        prop_assert_eq!(ids.len(), played.sends.len());
        // At most one resend without `Expect`, and none with it afterwards.
        let expects: Vec<bool> = played.sends.iter().map(|(_, request, _)| request.headers().contains_key("expect")).collect();
        prop_assert!(expects.windows(2).filter(|pair| pair[0] != pair[1]).count() <= 1);
        // Audio that can be sent once goes out once, unless not one byte of it was handed over.
        if once {
            for sent in handed_over.iter().take(played.sends.len().saturating_sub(1)) {
                prop_assert!(sent.again == Some(true) || sent.reached <= Reached::Head, "{sent:?}");
            }
        }
        match &played.result {
            Ok(reply) => prop_assert!((reply.attempts as usize) <= played.sends.len()),
            Err(error) => {
                prop_assert!(error.attempts() <= attempts.min(10));
                prop_assert_eq!(error.connection_ids().len(), played.sends.len());
                // The cause in hand is never replaced by "timed out".
                let answered = !played.sends.is_empty();
                let own_limit = matches!(error.kind(), stt_core::ErrorKind::TimedOut(Phase::Call | Phase::Turn));
                prop_assert!(!(answered && own_limit), "{error:?}");
                if error.gave_up() == Some(GaveUp::LiveAudio) {
                    let last = handed_over.get(played.sends.len() - 1).copied().unwrap_or_default();
                    prop_assert!((once || last.again == Some(false)) && !error.is_retryable());
                }
            }
        }
    }

    #[test]
    fn a_pause_is_as_long_as_the_service_asks_and_not_much_longer(seconds in 0_u64..100, seed: u64) {
        let mut world = world(vec![Turn::status(429).header("retry-after", &seconds.to_string()), Turn::fine()]);
        world.attempt = Duration::from_millis(seed % 100);
        let played = world.play();
        let pause: Duration = played.pauses.iter().sum();
        prop_assert!(Duration::from_secs(seconds) <= pause && pause <= Duration::from_secs(seconds + 1));
    }
}

fn sent_of(turn: &Turn) -> Sent {
    let (Turn::Answer(.., sent) | Turn::Fail(_, sent)) = turn;
    *sent
}

fn turn() -> impl Strategy<Value = Turn> {
    let outcome = prop_oneof![
        prop::sample::select(vec![400, 401, 403, 408, 417, 429, 500, 503]).prop_map(Turn::status),
        prop::sample::select(vec!["{}", "<html>", r#"{"RecognitionStatus":"Error"}"#, r#"{"Rec"#]).prop_map(Turn::body),
        (prop::sample::select(vec![429, 503, 400]), prop::sample::select(vec!["0", "3", "130", "-1", "x"]))
            .prop_map(|(status, hint)| Turn::status(status).header("retry-after", hint)),
        prop::sample::select(vec![
            TransportKind::Audio,
            TransportKind::Closed,
            TransportKind::Connect,
            TransportKind::Protocol,
            TransportKind::Reset,
            TransportKind::Stale,
            TransportKind::TimedOut(Phase::Answer),
            TransportKind::Tls,
            TransportKind::Truncated,
        ])
        .prop_map(|kind| Turn::fail(kind, Reached::Whole)),
    ];
    let reached = prop::sample::select(vec![Reached::Nothing, Reached::Head, Reached::Part, Reached::Whole]);
    (outcome, reached, prop::option::of(any::<bool>())).prop_map(|(turn, reached, again)| {
        let mut sent = Sent::new(reached);
        sent.again = again;
        turn.sent(sent)
    })
}
