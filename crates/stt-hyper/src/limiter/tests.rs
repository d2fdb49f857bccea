//! Who gets a turn when, on a stopped clock.

use tokio::{
    task::JoinSet,
    time::{advance, sleep},
};

use super::*;

const LONG: Duration = Duration::MAX;

/// Lets every task do what it can.
async fn settle() {
    for _ in 0..20 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test(start_paused = true)]
async fn turns_come_in_the_order_in_which_they_were_asked_for() {
    let limiter = Limiter::fixed(2);
    let served = Arc::<Mutex<Vec<usize>>>::default();
    let mut calls = JoinSet::new();
    for number in 0..50 {
        let (limiter, served) = (limiter.clone(), Arc::clone(&served));
        calls.spawn(async move {
            let permit = limiter.turn(LONG).await.unwrap();
            served.lock().unwrap().push(number);
            sleep(Duration::from_millis(10)).await;
            permit.ended(Ended::Succeeded);
        });
        settle().await;
    }
    let state = limiter.state();
    assert_eq!((state.allowed, state.in_flight, state.waiting), (2, 2, 48));
    calls.join_all().await;
    assert!(served.lock().unwrap().iter().copied().eq(0..50), "{served:?}");
    let state = limiter.state();
    assert_eq!((state.in_flight, state.waiting), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn whoever_gives_up_costs_nobody_a_turn() {
    let limiter = Limiter::fixed(1);
    let permit = limiter.at_once().unwrap();
    let mut calls = Vec::new();
    for _ in 0..10 {
        let limiter = limiter.clone();
        calls.push(tokio::spawn(async move { limiter.turn(LONG).await.unwrap().ended(Ended::Succeeded) }));
        settle().await;
    }
    // The next one, one in the middle, and one that has its permit already and is dropped with it.
    calls.remove(0).abort();
    calls.remove(4).abort();
    settle().await;
    assert_eq!(limiter.state().waiting, 8);
    drop(permit);
    assert!(limiter.at_once().is_none(), "the place is for the first of those who wait");
    for call in calls {
        call.await.unwrap();
    }
    assert_eq!((limiter.state().in_flight, limiter.state().waiting), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn nobody_begins_inside_a_pause_and_whoever_cannot_outlast_it_is_told_at_once() {
    let limiter = Limiter::fixed(2);
    let (asked, other) = (limiter.at_once().unwrap(), limiter.at_once().unwrap());
    let began = Instant::now();
    let patient = tokio::spawn({
        let limiter = limiter.clone();
        async move { limiter.turn(LONG).await.map(|_permit| began.elapsed()) }
    });
    let hurried = tokio::spawn({
        let limiter = limiter.clone();
        async move { (limiter.turn(Duration::from_secs(20)).await.map(drop), began.elapsed()) }
    });
    settle().await;
    asked.ended(Ended::Throttled(Some(Duration::from_secs(30))));
    assert_eq!(limiter.state().closed_for, Some(Duration::from_secs(30)));
    let (turn, after) = hurried.await.unwrap();
    assert_eq!(turn.unwrap_err().to_string(), "the service asks to wait for another 30 s");
    assert_eq!(after, Duration::ZERO);
    // A longer pause that is asked for meanwhile holds back those who count on the first.
    advance(Duration::from_secs(10)).await;
    other.ended(Ended::Failed(Some(Duration::from_secs(50))));
    assert!(limiter.at_once().is_none());
    assert_eq!(patient.await.unwrap().unwrap(), Duration::from_secs(60));
    assert_eq!(limiter.state().closed_for, None);
}

#[tokio::test(start_paused = true)]
async fn a_turn_that_does_not_come_in_time_says_how_many_there_were() {
    let limiter = Limiter::fixed(1);
    let _permit = limiter.at_once().unwrap();
    let began = Instant::now();
    let late = limiter.turn(Duration::from_secs(5)).await.unwrap_err();
    assert_eq!(began.elapsed(), Duration::from_secs(5));
    assert_eq!(late.to_string(), "only 1 may be under way at a time, and others came first");
}
