//! Clients that share a limiter.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicU32, Ordering},
};

use stt_hyper::{Audio, Event, Language, Limiter};
use tokio::task::JoinSet;

use crate::server::{CONTINUE, Peer, Server, audio, success};

#[tokio::test]
async fn clients_that_share_a_limiter_have_so_many_requests_under_way_together() {
    let (busy, most) = (Arc::<AtomicU32>::default(), Arc::<AtomicU32>::default());
    let server = Server::start({
        let (busy, most) = (Arc::clone(&busy), Arc::clone(&most));
        move |mut peer: Peer| {
            let (busy, most) = (Arc::clone(&busy), Arc::clone(&most));
            async move {
                while peer.head().await.is_some() {
                    most.fetch_max(busy.fetch_add(1, Ordering::Relaxed) + 1, Ordering::Relaxed);
                    peer.say(CONTINUE).await;
                    peer.body().await.unwrap();
                    tokio::task::yield_now().await;
                    busy.fetch_sub(1, Ordering::Relaxed);
                    peer.say(&success("in turn")).await;
                }
            }
        }
    })
    .await;
    let limiter = Limiter::fixed(2);
    let client = || server.builder().limiter(limiter.clone()).build().unwrap();
    let told = Arc::<Mutex<Vec<&str>>>::default();
    let clients = [client(), client()].map(|client| {
        let told = Arc::clone(&told);
        client.observed(move |event| {
            told.lock().unwrap().push(match event {
                Event::Queued => "queued",
                Event::Began { .. } => "began",
                Event::Ended { error: None, audio_sent: 100, .. } => "ended",
                _ => "something else",
            });
        })
    });
    let mut calls = JoinSet::new();
    for client in clients.iter().cycle().take(20) {
        let client = client.clone();
        let audio = Audio::from_bytes(audio(100)).unwrap();
        calls.spawn(async move { client.recognize(audio, Language::EN_US).await });
    }
    for reply in calls.join_all().await {
        assert_eq!(reply.unwrap().recognition.text(), Some("in turn"));
    }
    assert_eq!(most.load(Ordering::Relaxed), 2);
    let told = told.lock().unwrap();
    let count = |what: &str| told.iter().filter(|told| **told == what).count();
    assert_eq!((count("queued"), count("began"), count("ended"), told.len()), (18, 20, 20, 58));
}
