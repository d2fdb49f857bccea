//! Many calls that share a token, on a stopped clock.

use std::{
    future::Future,
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, SystemTime},
};

use stt_auth::{Authorization, Resource};
use stt_core::{ErrorKind, Recognize, Retry};
use stt_model::{AudioFormat, Language};
use tokio::{sync::mpsc, task::JoinSet, time::sleep};

use super::*;
use crate::{
    limits::{CHUNK, Limits},
    testing::{CONTINUE, Peer, Pipe},
};

/// What the server counts.
#[derive(Default)]
struct Counts {
    /// Requests for a token.
    tokens: AtomicU32,
    /// Recognitions whose credential was the token of this number.
    recognitions: AtomicU32,
}

/// A service inside the test that gives tokens after three seconds, the first of which it may then refuse.
struct Service {
    transport: Arc<Transport<Pipe>>,
    counts: Arc<Counts>,
}

impl Service {
    fn start(refuses_the_first: bool) -> Self {
        let (sender, mut connections) = mpsc::unbounded_channel();
        let counts = Arc::<Counts>::default();
        tokio::spawn({
            let counts = Arc::clone(&counts);
            async move {
                while let Some(connection) = connections.recv().await {
                    tokio::spawn(serve(Peer(connection), Arc::clone(&counts), refuses_the_first));
                }
            }
        });
        let transport = Transport::new(Pipe(sender), Limits::default(), CHUNK);
        Self { transport: Arc::new(transport), counts }
    }

    fn call(
        &self,
        resource: &Resource,
        source: Option<TokenSource>,
    ) -> impl Future<Output = Result<Reply, Error>> + use<> {
        let audio = Audio::bytes(AudioFormat::WavPcm16k, "RIFF");
        let call = Recognize::new(Language::EN_US).call(resource, audio.upload(true, true), 7).retry(&Retry::none());
        let transport = Arc::clone(&self.transport);
        async move {
            let (transport, source) = (&transport, source.as_ref());
            Driver { transport, source, limiter: None, observer: None, audio: &audio }.drive(call).await
        }
    }

    fn tokens(&self) -> u32 {
        self.counts.tokens.load(Ordering::Relaxed)
    }
}

async fn serve(mut peer: Peer, counts: Arc<Counts>, refuses_the_first: bool) {
    let head = peer.head().await;
    if head.starts_with("POST /sts/v1.0/issueToken ") {
        let number = counts.tokens.fetch_add(1, Ordering::Relaxed);
        sleep(Duration::from_secs(3)).await;
        peer.say(&format!(
            "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 19\r\n\r\neyJ0eXAi.e30.token{number}"
        ))
        .await;
    } else if refuses_the_first && head.contains("\r\nauthorization: Bearer eyJ0eXAi.e30.token0\r\n") {
        peer.say("HTTP/1.1 401 Unauthorized\r\nConnection: close\r\nContent-Length: 0\r\n\r\n").await;
    } else {
        assert!(head.contains("\r\nauthorization: Bearer "), "{head}");
        peer.say(CONTINUE).await;
        peer.body().await;
        counts.recognitions.fetch_add(1, Ordering::Relaxed);
        let body = r#"{"RecognitionStatus":"NoMatch"}"#;
        let length = body.len();
        peer.say(&format!("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}")).await;
    }
}

fn resource(authorization: Authorization) -> Resource {
    Resource::of("http://127.0.0.1".parse().unwrap(), authorization).unwrap()
}

fn with_key() -> Resource {
    resource(Authorization::Token("0123456789abcdef".parse().unwrap()))
}

#[tokio::test(start_paused = true)]
async fn a_thousand_cold_callers_make_one_request_for_a_token() {
    let (service, resource) = (Service::start(false), with_key());
    let mut calls = JoinSet::new();
    for _ in 0..1000 {
        calls.spawn(service.call(&resource, None));
    }
    for reply in calls.join_all().await {
        reply.unwrap();
    }
    assert_eq!((service.tokens(), service.counts.recognitions.load(Ordering::Relaxed)), (1, 1000));
}

#[tokio::test(start_paused = true)]
async fn the_token_comes_although_the_caller_who_asked_for_it_has_given_up() {
    let (service, resource) = (Service::start(false), with_key());
    let first = tokio::spawn(service.call(&resource, None));
    sleep(Duration::from_secs(1)).await;
    first.abort();
    service.call(&resource, None).await.unwrap();
    assert_eq!(service.tokens(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_token_that_is_refused_is_replaced_once_for_all() {
    let (service, resource) = (Service::start(true), with_key());
    let mut calls = JoinSet::new();
    for _ in 0..50 {
        calls.spawn(service.call(&resource, None));
    }
    for reply in calls.join_all().await {
        assert_eq!(reply.unwrap().attempts, 1, "the refusal is not the caller's");
    }
    assert_eq!(service.tokens(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_source_of_the_application_is_asked_once_and_its_token_goes_out() {
    let service = Service::start(false);
    let resource = resource(Authorization::Source { resource_id: None });
    let asked = Arc::<AtomicU32>::default();
    let source = TokenSource::new({
        let asked = Arc::clone(&asked);
        move || {
            asked.fetch_add(1, Ordering::Relaxed);
            async {
                sleep(Duration::from_secs(2)).await;
                Ok::<_, std::io::Error>(("entra".to_owned(), SystemTime::now() + Duration::from_secs(3600)))
            }
        }
    });
    let mut calls = JoinSet::new();
    for _ in 0..50 {
        calls.spawn(service.call(&resource, Some(source.clone())));
    }
    for reply in calls.join_all().await {
        reply.unwrap();
    }
    assert_eq!((asked.load(Ordering::Relaxed), service.tokens()), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn a_source_that_fails_hangs_or_panics_is_told_to_whoever_waits() {
    let service = Service::start(false);
    let fails = TokenSource::new(async || Err("no managed identity here"));
    let hangs = TokenSource::new(std::future::pending::<Result<_, std::io::Error>>);
    let panics = TokenSource::new(async || -> Result<_, std::io::Error> { panic!("a bug in the source") });
    for source in [Some(fails), Some(hangs), Some(panics), None] {
        let resource = resource(Authorization::Source { resource_id: None });
        let error = service.call(&resource, source).await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Auth(_)), "{error:?}");
    }
}
