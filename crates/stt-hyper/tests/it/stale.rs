//! Connections that are kept, and are closed before they are used again.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use stt_core::TransportKind;
use stt_hyper::{Audio, Client, Language, Recognize};
use tokio::time::sleep;

use crate::server::{CONTINUE, Peer, Server, audio, success, transport};

/// How a connection ends.
#[derive(Clone, Copy, Debug)]
enum End {
    Closed,
    Reset,
    /// Closed as soon as the next request is there.
    AtTheNextHead,
    /// Reset as soon as the next request is there.
    ResetAtTheNextHead,
}

/// Serves one recognition on each connection, and ends it so.
async fn start(end: End) -> Server {
    Server::start(move |mut peer: Peer| async move {
        if peer.head().await.is_none() {
            return;
        }
        peer.say(CONTINUE).await;
        peer.body().await.unwrap();
        peer.say(&success("fresh")).await;
        // From at once to a little later, so that the end meets the next request at every point.
        sleep(Duration::from_micros(u64::from(peer.number % 8) * 50)).await;
        match end {
            End::Closed => drop(peer),
            End::Reset => peer.reset(),
            End::AtTheNextHead => drop(peer.head().await),
            End::ResetAtTheNextHead => {
                peer.head().await;
                peer.reset();
            }
        }
    })
    .await
}

async fn check(client: &Client) {
    let audio = Audio::from_bytes(audio(10_000)).unwrap();
    let reply = client.recognize(audio, Language::EN_US).await.unwrap_or_else(|error| panic!("{error:?}"));
    assert_eq!((reply.recognition.text(), reply.attempts), (Some("fresh"), 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_that_was_closed_in_the_pool_costs_nothing() {
    for end in [End::Closed, End::Reset, End::AtTheNextHead, End::ResetAtTheNextHead] {
        let server = start(end).await;
        let client = server.client();
        for _ in 0..125 {
            check(&client).await;
        }
    }
}

#[tokio::test]
async fn the_resend_takes_a_new_connection_although_there_are_others_in_the_pool() {
    let server = start(End::AtTheNextHead).await;
    let client = server.client();
    tokio::join!(check(&client), check(&client), check(&client), check(&client));
    assert_eq!(server.connections(), 4);
    check(&client).await;
    assert_eq!(server.connections(), 5);
}

#[tokio::test]
async fn a_new_connection_that_is_closed_is_not_stale() {
    let server = Server::start(|mut peer: Peer| async move {
        peer.head().await;
    })
    .await;
    let audio = Audio::from_bytes(audio(10_000)).unwrap();
    let error = server.client().recognize(audio, Language::EN_US).await.unwrap_err();
    assert_eq!((transport(&error), server.connections()), (TransportKind::Closed, 1));
}

#[tokio::test]
async fn live_audio_survives_a_stale_connection_because_none_of_it_was_handed_over() {
    let server = start(End::AtTheNextHead).await;
    let client = server.client();
    check(&client).await;
    let live = Audio::reader(stt_hyper::AudioFormat::WavPcm16k, std::io::Cursor::new(audio(10_000)));
    let reply = client.recognize(live, Language::EN_US).await.unwrap();
    assert_eq!((reply.attempts, reply.audio_sent), (1, 10_000));
}

#[tokio::test]
async fn each_request_has_its_own_connection_id_and_keeps_the_one_that_was_chosen() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let server = Server::start({
        let seen = Arc::clone(&seen);
        move |mut peer: Peer| {
            let seen = Arc::clone(&seen);
            async move {
                while let Some(head) = peer.head().await {
                    let (_, id) = head.split_once("X-ConnectionId=").unwrap();
                    seen.lock().unwrap().push(id[..32].to_owned());
                    peer.say(CONTINUE).await;
                    peer.body().await.unwrap();
                    peer.say(&success("")).await;
                }
            }
        }
    })
    .await;
    let client = server.client();
    let recognize = async |request: Recognize| {
        let reply = client.recognize(Audio::from_bytes(audio(100)).unwrap(), request).await.unwrap();
        reply.connection_id.to_string()
    };
    let request = Recognize::new(Language::EN_US);
    let chosen = "0123456789abcdef0123456789abcdef";
    let ids = [
        recognize(request.clone()).await,
        recognize(request.clone()).await,
        recognize(request.connection_id(chosen.parse().unwrap())).await,
    ];
    assert_eq!(seen.lock().unwrap().as_slice(), ids);
    assert!(ids[0] != ids[1] && ids[2] == chosen);
}
