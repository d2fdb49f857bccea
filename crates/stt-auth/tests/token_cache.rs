//! The rules of the token cache, one by one, on a clock that is a variable.
#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::{
    future::Future,
    pin::pin,
    sync::{
        Arc, Barrier, Condvar, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
    thread,
    time::Duration,
};

use http::{Method, Response};
use stt_auth::{Access, Cause, Credential, Endpoint, Lease, Now, TokenCache, TokenError, Wait};

/// A cache, and both clocks in the test's hand.
struct World {
    cache: TokenCache,
    now: Now,
    tokens: u32,
}

impl World {
    fn new() -> Self {
        let endpoint = "westeurope".parse().unwrap();
        Self::of(TokenCache::new(&endpoint, "canary-key".parse().unwrap()).unwrap())
    }

    fn of(cache: TokenCache) -> Self {
        // Any moment will do; this one has nanoseconds, as clocks do.
        let now = Now::new(Duration::new(4000, 123_456_789), Duration::new(1_800_000_000, 987_654_321));
        Self { cache, now, tokens: 0 }
    }

    /// A world whose cache has a token that was fetched a moment ago.
    fn with_token() -> (Self, Credential) {
        let mut world = Self::new();
        let lease = world.lease();
        world.issue(lease);
        let credential = world.ready();
        (world, credential)
    }

    fn pass(&mut self, seconds: f64) {
        self.now.monotonic += Duration::from_secs_f64(seconds);
        self.now.wall += Duration::from_secs_f64(seconds);
    }

    fn lease(&self) -> Lease {
        match self.cache.access(self.now) {
            Access::Refresh(lease) => lease,
            other => panic!("a lease was expected, not {other:?}"),
        }
    }

    fn ready(&self) -> Credential {
        match self.cache.access(self.now) {
            Access::Ready(credential) => credential,
            other => panic!("a token was expected, not {other:?}"),
        }
    }

    fn wait(&self) -> Wait {
        match self.cache.access(self.now) {
            Access::Wait(wait) => wait,
            other => panic!("a wait was expected, not {other:?}"),
        }
    }

    fn failed(&self) -> TokenError {
        match self.cache.access(self.now) {
            Access::Failed(error) => error,
            other => panic!("a failure was expected, not {other:?}"),
        }
    }

    /// Answers with a token that has not been seen before.
    fn issue(&mut self, lease: Lease) -> String {
        self.tokens += 1;
        let token = format!("token-number-{:04}", self.tokens);
        lease.answered(Response::new(token.as_bytes()), self.now);
        token
    }

    fn status(&self, lease: Lease, status: u16) {
        lease.answered(Response::builder().status(status).body("").unwrap(), self.now);
    }

    fn status_with_hint(&self, lease: Lease, status: u16, hint: &str) {
        lease.answered(Response::builder().status(status).header("retry-after", hint).body("").unwrap(), self.now);
    }

    /// Lets the pause between two attempts pass, which is at most as long as this.
    fn next_lease(&mut self, longest: f64) -> Lease {
        for _ in 0..1000 {
            match self.cache.access(self.now) {
                Access::Refresh(lease) => return lease,
                Access::Wait(wait) => {
                    assert!(wait.at_most() <= Duration::from_millis(100));
                    self.pass(longest / 1000.0);
                }
                other => panic!("a lease was expected, not {other:?}"),
            }
        }
        panic!("no lease within {longest} s")
    }
}

fn text(credential: &Credential) -> &str {
    credential.token().unwrap().expose()
}

fn poll(wait: &mut Wait, waker: &Waker) -> Poll<()> {
    pin!(wait).poll(&mut Context::from_waker(waker))
}

/// Counts how often it was woken.
#[derive(Default)]
struct Bell(AtomicUsize);

impl Bell {
    fn rings(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

// The request

#[test]
fn the_request_is_the_documented_one() {
    let request = World::new().lease().request().unwrap();
    assert_eq!(request.method(), Method::POST);
    assert_eq!(request.uri(), "https://westeurope.api.cognitive.microsoft.com/sts/v1.0/issueToken");
    let mut headers: Vec<_> =
        request.headers().iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap())).collect();
    headers.sort_unstable();
    assert_eq!(
        headers,
        [
            ("content-length", "0"),
            ("content-type", "application/x-www-form-urlencoded"),
            ("ocp-apim-subscription-key", "canary-key")
        ]
    );
    assert!(request.headers()["ocp-apim-subscription-key"].is_sensitive());
}

// One request for everybody

#[test]
fn a_thousand_cold_callers_make_one_request() {
    let mut world = World::new();
    let lease = world.lease();
    let waits: Vec<Wait> = (0..999).map(|_| world.wait()).collect();
    let token = world.issue(lease);
    drop(waits);
    for _ in 0..1000 {
        assert_eq!(text(&world.ready()), token);
    }
}

#[test]
fn fifty_threads_make_one_request() {
    let mut world = World::new();
    let start = Barrier::new(50);
    let (requests, token) = (AtomicUsize::new(0), "token-number-0001");
    let news = (Mutex::new(()), Condvar::new());
    let (cache, now) = (world.cache.clone(), world.now);
    thread::scope(|scope| {
        for _ in 0..50 {
            scope.spawn(|| {
                start.wait();
                loop {
                    match cache.access(now) {
                        Access::Ready(credential) => break assert_eq!(text(&credential), token),
                        Access::Refresh(lease) => {
                            requests.fetch_add(1, Ordering::SeqCst);
                            // Give the others a chance to make a second request.
                            thread::yield_now();
                            lease.answered(Response::new(token), now);
                            let guard = news.0.lock().unwrap();
                            news.1.notify_all();
                            drop(guard);
                        }
                        Access::Wait(wait) => {
                            let guard = news.0.lock().unwrap();
                            drop(news.1.wait_timeout(guard, wait.at_most().min(Duration::from_millis(1))));
                        }
                        Access::Failed(error) => panic!("{error}"),
                    }
                }
            });
        }
    });
    assert_eq!(requests.into_inner(), 1);
    world.pass(1.0);
    assert_eq!(text(&world.ready()), token);
}

#[test]
fn clones_share_the_token() {
    let (world, credential) = World::with_token();
    let Access::Ready(other) = world.cache.clone().access(world.now) else { panic!() };
    assert_eq!(text(&other), text(&credential));
}

#[test]
fn a_caller_who_gives_up_does_not_end_the_request() {
    // Each caller gives up after 3 s, and the endpoint needs 4 s.
    let mut world = World::new();
    let lease = world.lease();
    drop(world.wait());
    world.pass(3.0);
    drop(world.wait());
    world.pass(1.0);
    let token = world.issue(lease);
    assert_eq!(text(&world.ready()), token);
}

#[test]
fn a_lease_that_is_dropped_wakes_the_waiters_and_goes_to_the_next_caller() {
    let mut world = World::new();
    let bell = Arc::new(Bell::default());
    let lease = world.lease();
    let mut wait = world.wait();
    assert_eq!(poll(&mut wait, &bell.clone().into()), Poll::Pending);
    drop(lease);
    assert_eq!(bell.rings(), 1);
    assert_eq!(poll(&mut wait, &bell.clone().into()), Poll::Ready(()));
    let lease = world.lease();
    world.issue(lease);
    world.ready();
}

#[test]
fn a_lease_without_a_report_is_taken_over_after_thirty_seconds() {
    let mut world = World::new();
    let hung = world.lease();
    assert!(hung.timeout() < Duration::from_secs(30));
    world.pass(29.9);
    _ = world.wait();
    world.pass(0.2);
    let second = world.lease();
    let token = world.issue(second);
    drop(hung);
    assert_eq!(text(&world.ready()), token, "the late drop changes nothing");
}

#[test]
fn an_answer_that_comes_after_all_is_taken() {
    let mut world = World::new();
    let slow = world.lease();
    world.pass(31.0);
    let second = world.lease();
    let token = world.issue(slow);
    assert_eq!(text(&world.ready()), token);
    let newer = world.issue(second);
    assert_eq!(text(&world.ready()), newer);
}

#[test]
fn an_answer_that_comes_too_late_does_not_replace_a_newer_token() {
    let mut world = World::new();
    let slow = world.lease();
    world.pass(31.0);
    let second = world.lease();
    let token = world.issue(second);
    world.issue(slow);
    assert_eq!(text(&world.ready()), token);
}

#[test]
fn leases_that_never_report_end_in_a_failure() {
    let mut world = World::new();
    let mut leases = Vec::new();
    for _ in 0..3 {
        leases.push(world.lease());
        world.pass(30.0);
    }
    let error = world.failed();
    assert!(matches!(error, TokenError::Unavailable { cause: Cause::TimedOut, attempts: 3, .. }), "{error:?}");
    assert_eq!(error.to_string(), "no access token: no answer after 3 attempts in 90 s");
}

#[test]
fn leases_that_are_always_dropped_end_in_a_failure() {
    let mut world = World::new();
    for _ in 0..3 {
        drop(world.lease());
        world.pass(0.1);
    }
    let error = world.failed();
    assert!(matches!(error, TokenError::Unavailable { cause: Cause::Abandoned, attempts: 3, .. }), "{error:?}");
    world.pass(1.1);
    let lease = world.lease();
    world.issue(lease);
    world.ready();
}

// The life of a token

#[test]
fn a_token_is_renewed_between_480_and_540_seconds_and_served_meanwhile() {
    let (mut world, old) = World::with_token();
    world.pass(479.9);
    assert_eq!(text(&world.ready()), text(&old));
    world.pass(60.1);
    let lease = world.lease();
    for _ in 0..100 {
        assert_eq!(text(&world.ready()), text(&old), "nobody waits for the renewal, and nobody makes another");
    }
    let token = world.issue(lease);
    assert_eq!(text(&world.ready()), token);
}

#[test]
fn renewals_are_spread_over_a_minute() {
    let mut renewals: Vec<u64> = (0..200)
        .map(|nanos| {
            let mut world = World::new();
            world.now.wall += Duration::from_nanos(nanos);
            let lease = world.lease();
            world.issue(lease);
            world.pass(479.0);
            let at = (479..=540).find(|_| {
                world.pass(1.0);
                matches!(world.cache.access(world.now), Access::Refresh(_))
            });
            at.expect("it is renewed by 541 s")
        })
        .collect();
    renewals.sort_unstable();
    assert!(renewals[20] < 495 && 525 < renewals[180], "{renewals:?}");
}

#[test]
fn no_token_older_than_590_seconds_is_served() {
    let (mut world, _) = World::with_token();
    world.pass(589.0);
    let lease = world.lease();
    world.ready();
    world.pass(1.0);
    _ = world.wait();
    let token = world.issue(lease);
    assert_eq!(text(&world.ready()), token);
}

#[test]
fn the_age_of_a_token_counts_from_its_request() {
    let mut world = World::new();
    let lease = world.lease();
    world.pass(19.0);
    world.issue(lease);
    world.pass(570.9);
    _ = world.lease();
    world.ready();
    world.pass(0.2);
    assert!(!matches!(world.cache.access(world.now), Access::Ready(_)));
}

#[test]
fn a_token_that_says_so_lives_shorter() {
    let mut world = World::new();
    // {"iat":1000,"exp":1060}
    let token = "eyJhbGciOiJIUzI1NiJ9.eyJpYXQiOjEwMDAsImV4cCI6MTA2MH0.c2ln";
    world.lease().answered(Response::new(token), world.now);
    world.pass(47.9);
    world.ready();
    world.pass(6.1);
    let lease = world.lease();
    world.ready();
    world.pass(5.0);
    _ = world.wait();
    drop(lease);
}

#[test]
fn an_idle_cache_asks_for_nothing_until_somebody_comes() {
    let (mut world, _) = World::with_token();
    world.pass(7200.0);
    let lease = world.lease();
    _ = world.wait();
    drop(lease);
}

#[test]
fn a_suspended_machine_makes_a_token_older() {
    let (mut world, _) = World::with_token();
    world.now.wall += Duration::from_secs(3600);
    _ = world.lease();
}

#[test]
fn a_wall_clock_set_back_makes_no_token_younger() {
    let (mut world, _) = World::with_token();
    world.now.wall -= Duration::from_secs(86_400);
    world.ready();
    world.now.monotonic += Duration::from_secs(591);
    _ = world.lease();
}

#[test]
fn a_wall_clock_that_jumps_costs_at_most_one_renewal() {
    for back in [false, true] {
        let (mut world, _) = World::with_token();
        let day = Duration::from_secs(86_400);
        world.now.wall = if back { world.now.wall - day } else { world.now.wall + day };
        let mut renewals = 0;
        for _ in 0..100 {
            if let Access::Refresh(lease) = world.cache.access(world.now) {
                renewals += 1;
                world.issue(lease);
            }
            world.pass(1.0);
        }
        assert_eq!(renewals, usize::from(!back));
    }
}

#[test]
fn a_wall_clock_that_jumps_puts_no_second_request_beside_the_first() {
    let mut world = World::new();
    let lease = world.lease();
    world.now.wall += Duration::from_secs(86_400);
    _ = world.wait();
    drop(lease);
}

#[test]
fn a_token_that_arrives_over_is_a_failed_attempt() {
    let mut world = World::new();
    let lease = world.lease();
    world.now.wall += Duration::from_secs(3600);
    world.issue(lease);
    let lease = world.next_lease(0.25);
    let token = world.issue(lease);
    assert_eq!(text(&world.ready()), token);
}

// Failures

#[test]
fn an_endpoint_that_always_fails_gets_three_requests_for_a_hundred_callers() {
    let mut world = World::new();
    let (mut requests, mut told, mut slowest) = (0, 0, Duration::ZERO);
    let start = world.now;
    while told < 100 {
        // Everybody who still waits asks in turn.
        let waiting = 100 - told;
        for _ in 0..waiting {
            match world.cache.access(world.now) {
                Access::Failed(error) => {
                    assert!(matches!(error, TokenError::Unavailable { attempts: 3, .. }), "{error:?}");
                    slowest = world.now.since(start);
                    told += 1;
                }
                Access::Ready(_) => panic!("there is no token"),
                Access::Refresh(lease) => {
                    requests += 1;
                    world.pass(2.0);
                    world.status(lease, 503);
                }
                Access::Wait(_) => {}
            }
        }
        world.pass(0.1);
    }
    assert_eq!((requests, told), (3, 100));
    // Three requests of 2 s, and pauses of at most 0.25 and 0.5 s, seen in steps of 0.1 s.
    assert!(slowest <= Duration::from_millis(6950), "{slowest:?}");
}

#[test]
fn a_failure_is_told_to_all_and_forgotten_after_a_second() {
    let mut world = World::new();
    for _ in 0..3 {
        let lease = world.next_lease(1.0);
        world.status(lease, 500);
    }
    world.failed();
    world.pass(0.9);
    assert!(world.failed().to_string().starts_with("no access token: 500 after 3 attempts in "));
    world.pass(0.2);
    let lease = world.lease();
    world.issue(lease);
    world.ready();
}

#[test]
fn an_old_failure_is_no_reason_to_begin_with_the_second_attempt() {
    let mut world = World::new();
    let lease = world.lease();
    world.status(lease, 503);
    world.pass(3600.0);
    for _ in 0..3 {
        let lease = world.next_lease(1.0);
        world.status(lease, 503);
    }
    let TokenError::Unavailable { attempts: 3, took, .. } = world.failed() else { panic!() };
    assert!(took < Duration::from_secs(2), "{took:?}");
}

#[test]
fn a_refusal_is_told_to_all_and_not_repeated_for_a_minute() {
    for status in [400, 401, 403, 404] {
        let mut world = World::new();
        let lease = world.lease();
        world.status(lease, status);
        for _ in 0..599 {
            let error = world.failed();
            assert_eq!(error.to_string(), format!("the key was refused while fetching a token ({status})"));
            world.pass(0.1);
        }
        world.pass(0.2);
        let lease = world.lease();
        world.issue(lease);
        world.ready();
    }
}

#[test]
fn an_answer_that_is_no_token_is_asked_for_once_more() {
    let mut world = World::new();
    for _ in 0..2 {
        let lease = world.next_lease(0.5);
        lease.answered(Response::builder().header("content-type", "text/html").body([b'<'; 1200]).unwrap(), world.now);
    }
    assert_eq!(world.failed().to_string(), "the token endpoint gave no token (text/html, 1.2 kB)");
}

#[test]
fn a_failure_without_a_status_is_never_for_good() {
    let mut world = World::new();
    for _ in 0..3 {
        let lease = world.next_lease(0.5);
        lease.failed("connection reset", None, world.now);
    }
    let error = world.failed();
    assert!(error.is_retryable());
    let source = std::error::Error::source(&error).map(ToString::to_string);
    assert_eq!(source.as_deref(), Some("connection reset"));
    world.pass(1.1);
    drop(world.lease());
}

#[test]
fn a_hint_of_the_endpoint_is_waited_for() {
    let mut world = World::new();
    let lease = world.lease();
    world.status_with_hint(lease, 429, "5");
    world.pass(4.95);
    let left = world.wait().at_most();
    assert!(left <= Duration::from_millis(51), "{left:?}");
    world.pass(0.1);
    drop(world.lease());
}

#[test]
fn a_long_hint_is_told_at_once_and_obeyed_for_two_minutes_at_most() {
    let mut world = World::new();
    let lease = world.lease();
    world.status_with_hint(lease, 429, "3600");
    let error = world.failed();
    assert_eq!(error.retry_after(), Some(Duration::from_secs(3600)));
    assert!(matches!(error, TokenError::Unavailable { attempts: 1, .. }));
    world.pass(119.9);
    world.failed();
    world.pass(0.2);
    drop(world.lease());
}

#[test]
fn a_failed_renewal_costs_nobody_anything_while_the_token_lives() {
    let (mut world, old) = World::with_token();
    let start = world.now;
    world.pass(540.0);
    let mut attempts = Vec::new();
    while world.now.since(start) < Duration::from_millis(589_900) {
        match world.cache.access(world.now) {
            Access::Ready(credential) => assert_eq!(text(&credential), text(&old)),
            Access::Refresh(lease) => {
                attempts.push(world.now.since(start).as_secs_f64());
                world.status(lease, 503);
                assert!(world.cache.trouble().is_some());
            }
            other => panic!("{other:?}"),
        }
        world.pass(0.1);
    }
    // At 540 s, then 10 s and 20 s later, each more or less a fifth.
    let [first, second, third] = attempts.as_slice() else { panic!("{attempts:?}") };
    assert!((539.9..540.1).contains(first), "{attempts:?}");
    assert!((7.9..12.2).contains(&(second - first)) && (15.9..24.2).contains(&(third - second)), "{attempts:?}");
    // Then there is no token, and whoever comes makes a full set of attempts.
    world.pass(0.2);
    for _ in 0..3 {
        let lease = world.next_lease(1.0);
        world.status(lease, 503);
    }
    assert!(matches!(world.failed(), TokenError::Unavailable { attempts: 3, .. }));
}

#[test]
fn a_renewal_that_fails_after_the_token_ended_is_the_first_attempt_of_three() {
    let (mut world, _) = World::with_token();
    world.pass(540.0);
    for _ in 0..2 {
        let lease = world.lease();
        world.status(lease, 503);
        world.pass(24.1);
    }
    let lease = world.lease();
    world.pass(5.0);
    world.status(lease, 503);
    for _ in 0..2 {
        let lease = world.next_lease(1.0);
        world.status(lease, 503);
    }
    assert!(matches!(world.failed(), TokenError::Unavailable { attempts: 3, .. }));
}

#[test]
fn trouble_ends_with_the_next_token() {
    let (mut world, _) = World::with_token();
    assert!(world.cache.trouble().is_none());
    world.pass(540.0);
    let lease = world.lease();
    world.status(lease, 503);
    let trouble = world.cache.trouble().unwrap();
    assert_eq!(trouble.to_string(), "no access token: 503 after 1 attempt in 0 s");
    world.pass(12.1);
    let lease = world.lease();
    world.issue(lease);
    assert!(world.cache.trouble().is_none());
}

#[test]
fn a_refused_renewal_is_not_repeated_for_a_minute_even_after_the_token_ended() {
    let (mut world, _) = World::with_token();
    world.pass(540.0);
    let lease = world.lease();
    world.status(lease, 401);
    world.pass(49.0);
    world.ready();
    world.pass(1.5);
    assert!(matches!(world.failed(), TokenError::Refused { .. }));
    world.pass(9.0);
    world.failed();
    world.pass(0.6);
    drop(world.lease());
}

#[test]
fn a_hint_outlives_the_token() {
    let (mut world, _) = World::with_token();
    world.pass(580.0);
    let lease = world.lease();
    world.status_with_hint(lease, 503, "30");
    world.pass(9.9);
    world.ready();
    world.pass(0.2);
    _ = world.wait();
    world.pass(19.8);
    _ = world.wait();
    world.pass(0.2);
    drop(world.lease());

    let (mut world, _) = World::with_token();
    world.pass(580.0);
    let lease = world.lease();
    world.status_with_hint(lease, 503, "90");
    world.pass(10.1);
    assert_eq!(world.failed().retry_after(), Some(Duration::from_secs(90)));
}

#[test]
fn a_renewal_that_is_dropped_is_not_repeated_by_every_caller() {
    let (mut world, old) = World::with_token();
    world.pass(540.0);
    drop(world.lease());
    for _ in 0..79 {
        assert_eq!(text(&world.ready()), text(&old));
        world.pass(0.1);
    }
    world.pass(4.2);
    drop(world.lease());
}

// Rejection

#[test]
fn fifty_late_refusals_of_an_old_token_make_one_request() {
    let (mut world, old) = World::with_token();
    world.pass(60.0);
    assert!(world.cache.reject(&old, world.now));
    let lease = world.lease();
    for _ in 0..24 {
        assert!(world.cache.reject(&old, world.now));
        _ = world.wait();
    }
    let token = world.issue(lease);
    for _ in 0..25 {
        assert!(world.cache.reject(&old, world.now));
        assert_eq!(text(&world.ready()), token);
    }
}

#[test]
fn a_token_refused_as_soon_as_it_came_is_replaced_once() {
    let (mut world, first) = World::with_token();
    assert!(world.cache.reject(&first, world.now));
    let lease = world.lease();
    world.issue(lease);
    let second = world.ready();
    assert!(!world.cache.reject(&second, world.now));
}

#[test]
fn a_token_refused_as_soon_as_it_came_is_not_fetched_again_in_a_loop() {
    let (mut world, old) = World::with_token();
    world.pass(60.0);
    assert!(world.cache.reject(&old, world.now));
    let lease = world.lease();
    world.issue(lease);
    let new = world.ready();
    world.pass(4.9);
    assert!(!world.cache.reject(&new, world.now));
    world.ready();
    world.pass(0.2);
    assert!(world.cache.reject(&new, world.now));
    drop(world.lease());
}

#[test]
fn a_refusal_during_a_renewal_waits_for_that_renewal() {
    let (mut world, old) = World::with_token();
    world.pass(540.0);
    let lease = world.lease();
    assert!(world.cache.reject(&old, world.now));
    _ = world.wait();
    let token = world.issue(lease);
    assert_eq!(text(&world.ready()), token);
}

#[test]
fn a_refusal_after_a_failed_renewal_keeps_to_its_pause_only_if_that_was_final() {
    for (status, told) in [(503, false), (401, true)] {
        let (mut world, old) = World::with_token();
        world.pass(540.0);
        let lease = world.lease();
        world.status(lease, status);
        assert!(world.cache.reject(&old, world.now));
        assert_eq!(matches!(world.cache.access(world.now), Access::Failed(_)), told, "{status}");
    }
}

// Waiting

#[test]
fn a_wait_ends_with_the_news_even_if_it_comes_before_the_first_poll() {
    let mut world = World::new();
    let bell = Arc::new(Bell::default());
    let lease = world.lease();
    let (mut early, mut late) = (world.wait(), world.wait());
    assert_eq!(poll(&mut early, &bell.clone().into()), Poll::Pending);
    assert_eq!(poll(&mut early, &bell.clone().into()), Poll::Pending, "polling twice rings once");
    world.issue(lease);
    assert_eq!(bell.rings(), 1);
    assert_eq!(poll(&mut early, &bell.clone().into()), Poll::Ready(()));
    assert_eq!(poll(&mut late, &bell.clone().into()), Poll::Ready(()));
}

#[test]
fn a_failure_wakes_everybody() {
    let world = World::new();
    let bells: Vec<_> = (0..100).map(|_| Arc::new(Bell::default())).collect();
    let lease = world.lease();
    let mut waits: Vec<Wait> = bells.iter().map(|_| world.wait()).collect();
    for (wait, bell) in waits.iter_mut().zip(&bells) {
        assert_eq!(poll(wait, &bell.clone().into()), Poll::Pending);
    }
    world.status(lease, 401);
    assert!(bells.iter().all(|bell| bell.rings() == 1));
}

#[test]
fn a_wait_that_is_dropped_leaves_no_waker_behind() {
    let mut world = World::new();
    let bell = Arc::new(Bell::default());
    let lease = world.lease();
    let mut wait = world.wait();
    assert_eq!(poll(&mut wait, &bell.clone().into()), Poll::Pending);
    assert_eq!(Arc::strong_count(&bell), 2);
    drop(wait);
    assert_eq!(Arc::strong_count(&bell), 1);
    world.issue(lease);
    assert_eq!(bell.rings(), 0);
}

/// A task that waits itself, and so takes the lock when it is dropped with its waker.
struct Nested {
    _wait: Wait,
}

impl Wake for Nested {
    fn wake(self: Arc<Self>) {}
}

#[test]
fn a_waker_may_hold_another_wait() {
    let world = World::new();
    let lease = world.lease();
    let mut wait = world.wait();
    for _ in 0..2 {
        let nested = Arc::new(Nested { _wait: world.wait() });
        assert_eq!(poll(&mut wait, &nested.into()), Poll::Pending);
    }
    drop(wait);
    drop(lease);
}

// A source of the application's own

#[test]
fn a_source_of_the_application_brings_token_and_expiry() {
    let mut world = World::of(TokenCache::of_source(None));
    let lease = world.lease();
    assert!(lease.request().is_none());
    lease.issued("entra-token", Duration::from_secs(3600), world.now).unwrap();
    assert_eq!(world.ready().header().unwrap().1, "Bearer entra-token");
    // Renewed five to six minutes before the hour is over, and served to ten seconds before.
    world.pass(3239.0);
    world.ready();
    world.pass(61.5);
    let lease = world.lease();
    world.ready();
    lease.failed("the source is away", Some(Duration::from_secs(120)), world.now);
    world.pass(119.0);
    world.ready();
    world.pass(169.0);
    drop(world.lease());
    world.ready();
    world.pass(2.0);
    drop(world.lease());
}

#[test]
fn a_token_of_entra_id_is_sent_with_its_resource() {
    let world = World::of(TokenCache::of_source(Some("/subscriptions/1".parse().unwrap())));
    world.lease().issued("entra-token", Duration::from_secs(3600), world.now).unwrap();
    let credential = world.ready();
    assert_eq!(credential.header().unwrap().1, "Bearer aad#/subscriptions/1#entra-token");
    assert_eq!(text(&credential), "entra-token");
}

#[test]
fn a_source_that_brings_nonsense_is_told_so_and_counts_as_failed() {
    let mut world = World::of(TokenCache::of_source(None));
    let error = world.lease().issued("a b", Duration::from_secs(60), world.now).unwrap_err();
    assert!(matches!(error, TokenError::Malformed { .. }));
    let lease = world.next_lease(0.25);
    let error = lease.issued("entra-token", Duration::ZERO, world.now).unwrap_err();
    assert!(matches!(error, TokenError::Unavailable { cause: Cause::Expired, .. }), "{error:?}");
    let lease = world.next_lease(0.5);
    lease.issued("entra-token", Duration::from_secs(60), world.now).unwrap();
    world.ready();
}

#[test]
fn an_endpoint_over_http_takes_a_key_only_on_this_machine() {
    let endpoint: Endpoint = "http://127.0.0.1:5000".parse().unwrap();
    let cache = TokenCache::new(&endpoint, "canary-key".parse().unwrap()).unwrap();
    let request = World::of(cache).lease().request().unwrap();
    assert_eq!(request.uri(), "http://127.0.0.1:5000/sts/v1.0/issueToken");
}
