use std::{
    collections::BTreeSet,
    iter,
    sync::{Arc, Mutex},
};

use super::*;
use crate::batch::{Batch, Order, Teller};

const SECOND: Duration = Duration::from_secs(1);

/// What a service says to each request, by its place and the time.
type Service = fn(usize, Duration) -> Option<Reach>;

/// A run of so many inputs, eight at once, each of one second of audio and answered after a second.
struct Ran {
    /// When each request went out, in seconds.
    asked: Vec<u64>,
    /// How many inputs were done, failed ones among them.
    done: usize,
    gate: Arc<Gate>,
}

async fn run(inputs: u32, most: Option<Duration>, service: Service) -> Ran {
    let gate = Arc::new(Gate::new(Limiter::auto(8), most));
    let (began, asked) = (Instant::now(), Arc::new(Mutex::new(Vec::new())));
    let mut done = 0;
    let work = |_: u32, _: Teller<()>| {
        let (gate, asked) = (Arc::clone(&gate), Arc::clone(&asked));
        async move {
            let Ok(pass) = gate.enter(Some(SECOND), false).await else { return false };
            let now = began.elapsed();
            let place = {
                let mut asked = asked.lock().unwrap();
                asked.push(now.as_secs());
                asked.len() - 1
            };
            tokio::time::sleep(SECOND).await;
            pass.ended(1, service(place, now));
            true
        }
    };
    let batch = Batch { interrupts: None, order: Order::AsItComes };
    let deliver = |_, told| {
        done += usize::from(told == crate::batch::Told::Done(Ok(true)));
        Ok(())
    };
    batch.run(0..inputs, work, || gate.room(8), |_| (), deliver).await;
    Ran { asked: asked.lock().unwrap().clone(), done, gate }
}

#[tokio::test(start_paused = true)]
async fn a_refused_key_is_asked_once() {
    let ran = run(1_000, None, |_, _| Some(Reach::Everything)).await;
    assert_eq!((ran.asked.len(), ran.done), (1, 1));
    assert_eq!(ran.gate.stopped(), Some(Stopped::Refused));
}

#[tokio::test(start_paused = true)]
async fn a_host_that_nobody_can_reach_is_asked_once() {
    let ran = run(1_000, None, |_, _| Some(Reach::Network)).await;
    assert_eq!((ran.asked.len(), ran.gate.stopped()), (1, Some(Stopped::Refused)));
}

#[tokio::test(start_paused = true)]
async fn when_the_first_answer_is_there_the_others_go_together() {
    let ran = run(9, None, |_, _| None).await;
    // Nothing counts here but the beginning of the limiter at four.
    assert_eq!(ran.asked, [0, 1, 1, 1, 1, 2, 2, 2, 2]);
}

/// Row 75 of the faults that are promised to be told: a thousand files, eight at once.
#[tokio::test(start_paused = true)]
async fn a_dead_service_is_tried_three_times_more_and_then_left_alone() {
    let ran = run(1_000, None, |_, _| Some(Reach::Service)).await;
    // One, four, four, and four of which the first is the tenth: that is in the fourth second.
    let before = [0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3];
    let trials = [4 + 5, 4 + 5 + 1 + 15, 4 + 5 + 1 + 15 + 1 + 45];
    assert_eq!(ran.asked, before.into_iter().chain(trials).collect::<Vec<_>>());
    assert_eq!(ran.done, ran.asked.len());
    let stopped = ran.gate.stopped().unwrap();
    assert_eq!(stopped, Stopped::Down(16));
    assert_eq!(
        stopped.sentence(984, true),
        "the service has failed 16 times in a row; stopping (984 files left, run again to continue)"
    );
}

#[tokio::test(start_paused = true)]
async fn a_service_that_is_well_again_gets_the_rest() {
    let down = |_, now: Duration| (now < 20 * SECOND).then_some(Reach::Service);
    let ran = run(100, None, down).await;
    assert_eq!((ran.done, ran.gate.stopped()), (100, None));
    let while_down = ran.asked.iter().filter(|asked| **asked < 20).count();
    assert_eq!((while_down, ran.asked[14]), (14, 25), "one trial after five seconds, and one after fifteen more");
}

#[tokio::test(start_paused = true)]
async fn a_network_that_was_there_is_waited_for_at_once() {
    let gone = |_, now: Duration| (now == 2 * SECOND || now == 3 * SECOND).then_some(Reach::Network);
    let ran = run(20, None, gone).await;
    assert_eq!((ran.done, ran.gate.stopped()), (20, None));
    assert_eq!(ran.asked.iter().collect::<BTreeSet<_>>(), [0, 1, 2, 8, 9, 10, 11].iter().collect());
}

#[tokio::test(start_paused = true)]
async fn failures_in_between_stop_nothing() {
    let ran = run(200, None, |place, _| (place % 10 != 0).then_some(Reach::Service)).await;
    assert_eq!((ran.done, ran.gate.stopped()), (200, None));
    let refused = run(200, None, |_, _| Some(Reach::Input)).await;
    assert_eq!((refused.done, refused.gate.stopped()), (200, None));
}

#[tokio::test(start_paused = true)]
async fn no_more_audio_goes_out_than_was_allowed() {
    let ran = run(100, Some(30 * SECOND), |_, _| None).await;
    assert_eq!((ran.done, ran.gate.stopped()), (30, Some(Stopped::Audio(30 * SECOND))));
    assert_eq!(
        Stopped::Audio(30 * SECOND).sentence(1, false),
        "--max-audio-seconds 30 is reached; stopping (1 file left)"
    );
}

#[tokio::test(start_paused = true)]
async fn repeats_are_audio_that_was_sent() {
    let gate = Gate::new(Limiter::fixed(1), Some(4 * SECOND));
    gate.enter(Some(SECOND), false).await.unwrap().ended(3, None);
    gate.enter(Some(SECOND), false).await.unwrap().ended(1, None);
    assert_eq!(gate.enter(Some(SECOND), false).await.unwrap_err(), NotTried);
}

#[tokio::test(start_paused = true)]
async fn what_waits_when_the_run_is_interrupted_does_not_go_out_but_live_audio_does() {
    let gate = Arc::new(Gate::new(Limiter::fixed(1), None));
    let first = gate.enter(None, false).await.unwrap();
    let waiting: Vec<_> = iter::repeat_with(|| Arc::clone(&gate))
        .take(3)
        .map(|gate| tokio::spawn(async move { gate.enter(None, false).await.is_err() }))
        .collect();
    tokio::time::sleep(SECOND).await;
    gate.interrupt();
    for waiting in waiting {
        assert!(waiting.await.unwrap());
    }
    first.ended(1, None);
    assert!(gate.enter(None, true).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn the_pieces_of_the_first_input_wait_for_its_first_answer() {
    let gate = Arc::new(Gate::new(Limiter::fixed(8), None));
    let first = gate.enter(None, false).await.unwrap();
    let second = tokio::time::timeout(60 * SECOND, gate.enter(None, false)).await;
    assert!(second.is_err(), "nobody knows yet whether the key is accepted");
    first.ended(1, None);
    let together = [gate.enter(None, false).await.unwrap(), gate.enter(None, false).await.unwrap()];
    assert_eq!((together.len(), gate.under_way()), (2, 2));
}

#[tokio::test(start_paused = true)]
async fn one_input_is_begun_until_there_is_an_answer_and_none_after_the_end() {
    let gate = Gate::new(Limiter::fixed(8), None);
    assert_eq!(gate.room(8), 1);
    gate.enter(None, false).await.unwrap().ended(1, Some(Reach::Input));
    assert_eq!(gate.room(8), 8);
    gate.enter(None, false).await.unwrap().ended(1, Some(Reach::Everything));
    assert_eq!(gate.room(8), 0);
}
