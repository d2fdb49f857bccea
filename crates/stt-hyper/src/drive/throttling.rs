//! A limiter between many calls and a service that takes so many at once, on a stopped clock.

use std::sync::{
    Mutex,
    atomic::{AtomicU32, Ordering},
};

use std::time::Duration;

use stt_auth::{Authorization, Resource};
use stt_core::{ErrorKind, GaveUp, Phase, Recognize, Retry};
use stt_model::{AudioFormat, Language};
use tokio::{
    sync::{Semaphore, mpsc},
    task::JoinSet,
    time::{Instant, sleep},
};

use super::*;
use crate::{
    limits::{CHUNK, Limits},
    testing::{CONTINUE, Peer, Pipe},
};

/// A service that takes so many requests at once, and so long for each.
struct Service {
    capacity: u32,
    takes: Duration,
    /// What it asks those to wait whom it refuses, in seconds.
    retry_after: Option<u64>,
    busy: AtomicU32,
    most: AtomicU32,
    began: Instant,
    /// When it refused a request, and when it took one.
    refused: Mutex<Vec<Duration>>,
    taken: Mutex<Vec<Duration>>,
}

impl Service {
    fn start(capacity: u32, takes: Duration, retry_after: Option<u64>) -> (Arc<Self>, Arc<Transport<Pipe>>) {
        let (sender, mut connections) = mpsc::unbounded_channel();
        let service = Arc::new(Self {
            capacity,
            takes,
            retry_after,
            busy: AtomicU32::new(0),
            most: AtomicU32::new(0),
            began: Instant::now(),
            refused: Mutex::default(),
            taken: Mutex::default(),
        });
        tokio::spawn({
            let service = Arc::clone(&service);
            async move {
                while let Some(connection) = connections.recv().await {
                    let service = Arc::clone(&service);
                    tokio::spawn(async move { service.serve(Peer(connection)).await });
                }
            }
        });
        (service, Arc::new(Transport::new(Pipe(sender), Limits::default(), CHUNK)))
    }

    async fn serve(&self, mut peer: Peer) {
        peer.head().await;
        if self.capacity <= self.busy.load(Ordering::Relaxed) {
            self.refused.lock().unwrap().push(self.began.elapsed());
            let hint = self.retry_after.map(|seconds| format!("Retry-After: {seconds}\r\n")).unwrap_or_default();
            let head =
                format!("HTTP/1.1 429 Too Many Requests\r\n{hint}Connection: close\r\nContent-Length: 0\r\n\r\n");
            return peer.say(&head).await;
        }
        self.taken.lock().unwrap().push(self.began.elapsed());
        let busy = self.busy.fetch_add(1, Ordering::Relaxed) + 1;
        self.most.fetch_max(busy, Ordering::Relaxed);
        peer.say(CONTINUE).await;
        peer.body().await;
        sleep(self.takes).await;
        self.busy.fetch_sub(1, Ordering::Relaxed);
        let body = r#"{"RecognitionStatus":"NoMatch"}"#;
        let length = body.len();
        peer.say(&format!("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}")).await;
    }

    fn refused(&self) -> Vec<Duration> {
        self.refused.lock().unwrap().clone()
    }
}

/// One recognition; `seed` makes its pauses differ from those of others.
async fn recognize(
    transport: &Arc<Transport<Pipe>>,
    limiter: Option<&Limiter>,
    retry: &Retry,
    seed: u128,
) -> Result<Reply, Error> {
    let resource =
        Resource::of("http://127.0.0.1".parse().unwrap(), Authorization::Key("0123456789abcdef".parse().unwrap()));
    let audio = Audio::bytes(AudioFormat::WavPcm16k, "RIFF");
    let seed = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c834);
    let call = Recognize::new(Language::EN_US).call(&resource.unwrap(), audio.upload(true, true), seed).retry(retry);
    Driver { transport, source: None, limiter, observer: None, audio: &audio }.drive(call).await
}

/// So many recognitions, of which so many are under way or wait at once: the failures among them.
async fn run(transport: &Arc<Transport<Pipe>>, limiter: Option<Limiter>, requests: u128, jobs: usize) -> Vec<Error> {
    let (retry, jobs) = (Retry::default(), Arc::new(Semaphore::new(jobs)));
    let mut calls = JoinSet::new();
    for seed in 0..requests {
        let (transport, limiter, retry) = (Arc::clone(transport), limiter.clone(), retry.clone());
        let job = Arc::clone(&jobs).acquire_owned().await.unwrap();
        calls.spawn(async move {
            let _job = job;
            recognize(&transport, limiter.as_ref(), &retry, seed).await.err()
        });
    }
    calls.join_all().await.into_iter().flatten().collect()
}

#[tokio::test(start_paused = true)]
async fn a_free_resource_is_found_out_and_asked_for_more_once_a_minute_at_most() {
    let (service, transport) = Service::start(1, Duration::from_secs(3), None);
    let limiter = Limiter::auto(8);
    let failures = run(&transport, Some(limiter.clone()), 300, 8).await;
    assert!(failures.is_empty(), "{failures:?}");
    assert_eq!(service.taken.lock().unwrap().len(), 300);
    let refused = service.refused();
    let within = |from: u64, to: u64| refused.iter().filter(|at| (from..to).contains(&at.as_secs())).count();
    assert!((1..=30).contains(&within(0, 60)), "{refused:?}");
    for second in 60..service.began.elapsed().as_secs() {
        assert!(within(second, second + 60) <= 1, "{refused:?}");
    }
    assert!(2 <= within(60, 1_000), "nobody has looked whether there is more: {refused:?}");
    assert_eq!(limiter.state().in_flight, 0);
}

#[tokio::test(start_paused = true)]
async fn without_a_limiter_the_same_calls_are_refused_again_and_again() {
    let (service, transport) = Service::start(1, Duration::from_secs(3), None);
    let failures = run(&transport, None, 300, 8).await;
    assert!(200 < failures.len(), "{}", failures.len());
    assert!(300 < service.refused().len(), "{}", service.refused().len());
}

#[tokio::test(start_paused = true)]
async fn a_service_that_takes_more_gets_as_many_as_were_asked_for() {
    let (service, transport) = Service::start(100, Duration::from_secs(3), None);
    let limiter = Limiter::auto(16);
    assert!(run(&transport, Some(limiter.clone()), 300, 40).await.is_empty());
    assert!(service.refused().is_empty());
    assert_eq!((limiter.state().allowed, service.most.load(Ordering::Relaxed)), (16, 16));
}

#[tokio::test(start_paused = true)]
async fn nobody_is_sent_inside_a_pause_that_one_of_them_was_asked_for() {
    let (service, transport) = Service::start(2, Duration::from_secs(3), Some(20));
    let limiter = Limiter::auto(8);
    let failures = run(&transport, Some(limiter), 50, 8).await;
    assert!(failures.is_empty(), "{failures:?}");
    let refused = service.refused();
    assert!(!refused.is_empty());
    // All four begin at once; what was taken beside those that were refused began at the same time.
    for at in service.taken.lock().unwrap().iter() {
        let pause = refused.iter().find(|refused| *refused < at && *at < **refused + Duration::from_secs(20));
        assert_eq!(pause, None, "taken at {at:?}, refused at {refused:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_does_not_get_its_turn_ends_in_time_and_says_why() {
    let (service, transport) = Service::start(1, Duration::from_secs(100), None);
    let limiter = Limiter::fixed(1);
    let retry = Retry::default().timeout(Duration::from_secs(10));
    let first = tokio::spawn({
        let (transport, limiter) = (Arc::clone(&transport), limiter.clone());
        async move { recognize(&transport, Some(&limiter), &Retry::default(), 1).await }
    });
    sleep(Duration::from_secs(1)).await;
    let began = Instant::now();
    let error = recognize(&transport, Some(&limiter), &retry, 2).await.unwrap_err();
    assert_eq!(began.elapsed(), Duration::from_secs(10));
    assert!(matches!(error.kind(), ErrorKind::TimedOut(Phase::Turn)), "{error:?}");
    assert_eq!(error.attempts(), 0);
    // Dropping a call gives its place to the next.
    first.abort();
    let next = tokio::spawn(async move { recognize(&transport, Some(&limiter), &retry, 3).await });
    sleep(Duration::from_secs(1)).await;
    assert!(!service.refused().is_empty(), "the service is not through with the first");
    next.abort();
}

#[tokio::test(start_paused = true)]
async fn with_patience_a_call_has_all_of_its_time_when_its_turn_comes() {
    let (service, transport) = Service::start(1, Duration::from_secs(19), None);
    let hurried = run(&transport, Some(Limiter::auto(8).start_at(1)), 8, 8).await;
    assert_eq!(hurried.len(), 2, "six of them fit into 120 seconds");
    // The seventh has been given up by its call, and the service is still at it.
    sleep(Duration::from_secs(60)).await;
    let limiter = Limiter::auto(8).start_at(1).patient();
    assert!(run(&transport, Some(limiter.clone()), 8, 8).await.is_empty());
    assert_eq!(service.taken.lock().unwrap().len(), 7 + 8);
    assert_eq!((limiter.state().in_flight, limiter.state().waiting), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn a_call_that_pauses_takes_nobodys_place_and_keeps_its_failure() {
    let (service, transport) = Service::start(0, Duration::ZERO, Some(60));
    let limiter = Limiter::fixed(1);
    let retry = Retry::default().timeout(Duration::from_secs(100));
    let error = recognize(&transport, Some(&limiter), &retry, 1).await.unwrap_err();
    assert_eq!(error.gave_up(), Some(GaveUp::Deadline(Duration::from_secs(100))));
    assert_eq!((service.refused().len(), limiter.state().in_flight), (2, 0));
    let (shared, patient) = (limiter.clone(), Arc::clone(&transport));
    let pausing = tokio::spawn(async move { recognize(&patient, Some(&shared), &Retry::default(), 2).await });
    sleep(Duration::from_secs(70)).await;
    assert_eq!((service.refused().len(), limiter.state().in_flight), (3, 0));
    pausing.abort();
}

#[tokio::test(start_paused = true)]
async fn whoever_looks_on_is_told_of_each_part_of_a_call() {
    let (_service, transport) = Service::start(1, Duration::from_secs(3), Some(4));
    let told = Arc::<Mutex<Vec<String>>>::default();
    let observer = Observer::new({
        let told = Arc::clone(&told);
        move |event| {
            let line = match event {
                Event::Queued => "queued".to_owned(),
                Event::Began { resend, .. } => format!("began {resend}"),
                Event::Ended { error, audio_sent, .. } => {
                    format!("ended {}, {audio_sent} bytes", error.map_or("well".to_owned(), ToString::to_string))
                }
                Event::Pausing { pause, after } => format!("{after}, waiting {} s", pause.as_secs()),
            };
            told.lock().unwrap().push(line);
        }
    });
    let limiter = Limiter::fixed(1);
    let held = limiter.at_once();
    let other = tokio::spawn({
        let transport = Arc::clone(&transport);
        async move { recognize(&transport, None, &Retry::none(), 1).await }
    });
    tokio::spawn(async move {
        sleep(Duration::from_secs(1)).await;
        drop(held);
    });
    let resource =
        Resource::of("http://127.0.0.1".parse().unwrap(), Authorization::Key("0123456789abcdef".parse().unwrap()));
    let audio = Audio::bytes(AudioFormat::WavPcm16k, "RIFF");
    let call = Recognize::new(Language::EN_US).call(&resource.unwrap(), audio.upload(true, true), 7);
    let (limiter, observer) = (Some(&limiter), Some(&observer));
    let driver = Driver { transport: &transport, source: None, limiter, observer, audio: &audio };
    driver.drive(call.retry(&Retry::default())).await.unwrap();
    other.await.unwrap().unwrap();
    let expected = [
        "queued",
        "began 0",
        "ended throttled by the service (429), 0 bytes",
        "throttled by the service (429), waiting 4 s",
        "began 1",
        "ended well, 4 bytes",
    ];
    assert_eq!(*told.lock().unwrap(), expected);
}
