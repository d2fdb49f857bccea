//! Random walks over the token cache: callers, leases, answers and clocks do what they like, and the laws hold.
#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::{
    future::Future,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake},
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use http::Response;
use proptest::prelude::*;
use stt_auth::{Access, Credential, Lease, Now, TokenCache, TokenError, Wait};

/// What happens next. Indices are taken modulo what is there.
#[derive(Clone, Debug)]
enum Event {
    /// A caller comes and asks, and so does one who waits.
    Arrive,
    /// A caller who waits gives up.
    GiveUp(usize),
    /// A caller tells that the service refused the credential it once got.
    Reject(usize),
    /// The answer to a lease comes.
    Answer(usize, Answer),
    /// A lease is dropped.
    Drop(usize),
    /// Milliseconds pass on both clocks.
    Pass(u64),
    /// The machine sleeps, or the wall clock is set forward: milliseconds.
    Forward(u64),
    /// The wall clock is set back by milliseconds.
    Back(u64),
}

#[derive(Clone, Copy, Debug)]
enum Answer {
    /// A token that expires after so many seconds, and says so if that is not ten minutes.
    Token(u64),
    Refused,
    Status(u16, Option<u64>),
    NoToken,
    Broken,
}

fn answer() -> impl Strategy<Value = Answer> {
    prop_oneof![
        6 => prop_oneof![3 => Just(600), 1 => 5_u64..600].prop_map(Answer::Token),
        1 => Just(Answer::Refused),
        2 => (prop_oneof![Just(429), Just(503)], prop::option::of(0_u64..200)).prop_map(|(status, hint)| Answer::Status(status, hint)),
        1 => Just(Answer::NoToken),
        1 => Just(Answer::Broken),
    ]
}

fn event() -> impl Strategy<Value = Event> {
    let time = || prop_oneof![4 => 0_u64..1000, 3 => 0_u64..40_000, 2 => 0_u64..600_000];
    prop_oneof![
        8 => Just(Event::Arrive),
        1 => any::<usize>().prop_map(Event::GiveUp),
        2 => any::<usize>().prop_map(Event::Reject),
        5 => (any::<usize>(), answer()).prop_map(|(lease, answer)| Event::Answer(lease, answer)),
        1 => any::<usize>().prop_map(Event::Drop),
        6 => time().prop_map(Event::Pass),
        1 => time().prop_map(Event::Forward),
        1 => time().prop_map(Event::Back),
    ]
}

/// The token that the cache must have, as the events before tell.
struct Held {
    lease: u32,
    seconds: u64,
    sent: Now,
    text: String,
}

impl Held {
    /// 590 of 600 seconds, and 59 of 60 of a shorter life.
    fn is_over(&self, now: Now) -> bool {
        Duration::from_millis(self.seconds * 1000 * 59 / 60) <= now.since(self.sent)
    }
}

struct Bell(AtomicBool);

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::SeqCst);
    }
}

struct Walk {
    cache: TokenCache,
    credentials: Vec<Credential>,
    held: Option<Held>,
    /// Every lease without a report, with its number and when it was given.
    leases: Vec<(Lease, u32, Now)>,
    made: u32,
    now: Now,
    /// The last refusal of the endpoint, if nothing has contradicted it since.
    refused: Option<Now>,
    rejected: Vec<String>,
    /// When a refused token was last given up.
    gave_up: Option<Now>,
    tokens: Vec<Held>,
    waits: Vec<(Wait, Arc<Bell>)>,
}

impl Walk {
    fn new() -> Self {
        let endpoint = "westeurope".parse().unwrap();
        Self {
            cache: TokenCache::new(&endpoint, "canary-key".parse().unwrap()).unwrap(),
            credentials: Vec::new(),
            held: None,
            leases: Vec::new(),
            made: 0,
            now: Now::new(Duration::from_secs(10_000), Duration::from_secs(1_800_000_000)),
            refused: None,
            rejected: Vec::new(),
            gave_up: None,
            tokens: Vec::new(),
            waits: Vec::new(),
        }
    }

    fn step(&mut self, event: &Event) {
        match *event {
            Event::Arrive => _ = self.arrive(),
            Event::GiveUp(index) if !self.waits.is_empty() => drop(self.waits.swap_remove(index % self.waits.len())),
            Event::Reject(index) if !self.credentials.is_empty() => self.reject(index % self.credentials.len()),
            Event::Answer(index, answer) if !self.leases.is_empty() => self.answer(index % self.leases.len(), answer),
            Event::Drop(index) if !self.leases.is_empty() => {
                drop(self.leases.swap_remove(index % self.leases.len()));
            }
            Event::Pass(milliseconds) => {
                self.now.monotonic += Duration::from_millis(milliseconds);
                self.now.wall += Duration::from_millis(milliseconds);
            }
            Event::Forward(milliseconds) => self.now.wall += Duration::from_millis(milliseconds),
            Event::Back(milliseconds) => self.now.wall -= Duration::from_millis(milliseconds),
            _ => {}
        }
    }

    /// What was over when the cache looked at it stays over, whatever the clocks say later.
    fn expire(&mut self) {
        if self.held.as_ref().is_some_and(|held| held.is_over(self.now)) {
            self.held = None;
        }
    }

    /// Somebody asks. Returns whether that settled it: with a token, or with an error.
    fn arrive(&mut self) -> bool {
        let now = self.now;
        self.expire();
        match self.cache.access(now) {
            Access::Failed(error) => {
                assert!(self.held.is_none(), "a valid token was refused: {error}");
                true
            }
            Access::Ready(credential) => {
                let text = credential.token().unwrap().expose();
                let token = self.tokens.iter().find(|token| token.text == text).expect("a token of the endpoint");
                assert!(!token.is_over(now), "a token was served beyond its end");
                assert!(!self.rejected.iter().any(|rejected| rejected == text), "a token was served that was rejected");
                if let Some(held) = &self.held {
                    assert_eq!(held.text, text, "not the newest token");
                }
                self.credentials.push(credential);
                true
            }
            Access::Refresh(lease) => {
                let since = |given: &Now| now.monotonic.saturating_sub(given.monotonic);
                let in_flight =
                    self.leases.iter().filter(|(_, _, given)| since(given) < Duration::from_secs(30)).count();
                assert_eq!(in_flight, 0, "a second request was made beside the first");
                if let Some(refused) = self.refused.take() {
                    assert!(Duration::from_secs(60) <= now.since(refused), "asked again too soon after a refusal");
                }
                self.made += 1;
                self.leases.push((lease, self.made, now));
                false
            }
            Access::Wait(wait) => {
                assert!(self.held.is_none(), "somebody waits although there is a valid token");
                assert!(Duration::ZERO < wait.at_most() && wait.at_most() <= Duration::from_millis(100));
                let bell = Arc::new(Bell(AtomicBool::new(false)));
                let mut wait = wait;
                let polled = Pin::new(&mut wait).poll(&mut Context::from_waker(&bell.clone().into()));
                assert_eq!(polled, Poll::Pending);
                self.waits.push((wait, bell));
                false
            }
        }
    }

    fn reject(&mut self, index: usize) {
        let text = self.credentials[index].token().unwrap().expose();
        let soon = Duration::from_secs(5);
        let current = self.held.as_ref().is_some_and(|held| held.text == text);
        let again = current && self.gave_up.is_some_and(|then| self.now.since(then) < soon);
        assert_eq!(self.cache.reject(&self.credentials[index], self.now), !again);
        if current && !again {
            self.gave_up = Some(self.now);
            self.rejected.push(text.to_owned());
            self.held = None;
        }
    }

    fn answer(&mut self, index: usize, answer: Answer) {
        let (lease, number, sent) = self.leases.swap_remove(index);
        self.expire();
        let now = self.now;
        // Nobody took over and nobody could have, so this report is the one that counts.
        let in_time = now.monotonic.saturating_sub(sent.monotonic) < Duration::from_secs(30);
        let counts = number == self.made && in_time;
        match answer {
            Answer::Token(seconds) => {
                let claims = format!("{{\"iat\":1000,\"exp\":{}}}", 1000 + seconds);
                let text = match seconds {
                    600 => format!("opaque-token-{number:06}"),
                    _ => format!("e30.{}.{number}", URL_SAFE_NO_PAD.encode(claims)),
                };
                let token = || Held { lease: number, seconds, sent, text: text.clone() };
                lease.answered(Response::new(&text), now);
                self.tokens.push(token());
                if !token().is_over(now) && self.held.as_ref().is_none_or(|held| held.lease < number) {
                    self.held = Some(token());
                    self.refused = None;
                    self.rang();
                }
            }
            Answer::Refused => {
                lease.answered(Response::builder().status(401).body("").unwrap(), now);
                if counts {
                    self.refused = Some(now);
                }
            }
            Answer::Status(status, hint) => {
                let mut response = Response::builder().status(status);
                if let Some(hint) = hint {
                    response = response.header("retry-after", hint);
                }
                lease.answered(response.body("").unwrap(), now);
            }
            Answer::NoToken => lease.answered(Response::new("<html></html>"), now),
            Answer::Broken => lease.failed("connection reset", None, now),
        }
    }

    /// Whoever waits was woken.
    fn rang(&mut self) {
        for (_, bell) in self.waits.drain(..) {
            assert!(bell.0.load(Ordering::SeqCst), "somebody was not woken by the news");
        }
    }

    /// From here on the endpoint behaves in one way, and one caller asks until he is done.
    fn settle(mut self, endpoint: Option<Answer>) {
        self.leases.clear();
        // Each attempt may hang for 30 s and each pause last 30 s, seen in steps of at most 0.1 s.
        for _ in 0..3000 {
            if self.arrive() {
                return;
            }
            match endpoint {
                Some(answer) if !self.leases.is_empty() => self.answer(0, answer),
                _ => {
                    let step = self.waits.last().map_or(Duration::from_millis(100), |(wait, _)| wait.at_most());
                    self.now.monotonic += step;
                    self.now.wall += step;
                }
            }
        }
        panic!("somebody waits for ever");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    #[test]
    fn the_laws_of_the_cache_hold_whatever_happens(
        events in prop::collection::vec(event(), 0..120),
        endpoint in prop::option::of(answer()),
    ) {
        let mut walk = Walk::new();
        for event in &events {
            walk.step(event);
        }
        walk.settle(endpoint);
    }
}

#[test]
fn the_walk_reaches_every_kind_of_answer() {
    // A walk by hand through what the random ones do, so that a walk that checks nothing would be noticed.
    let mut walk = Walk::new();
    assert!(!walk.arrive());
    assert!(!walk.arrive());
    assert_eq!((walk.leases.len(), walk.waits.len()), (1, 1));
    walk.answer(0, Answer::Token(600));
    assert!(walk.arrive());
    walk.step(&Event::Pass(541_000));
    assert!(!walk.arrive());
    walk.answer(0, Answer::Refused);
    assert!(walk.arrive());
    walk.step(&Event::Pass(50_000));
    assert!(matches!(walk.cache.access(walk.now), Access::Failed(TokenError::Refused { .. })));
    walk.settle(Some(Answer::Token(30)));
}
