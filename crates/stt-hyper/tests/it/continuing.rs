//! Scripts around `100 Continue`, each played by a raw socket.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use stt_core::TransportKind;
use stt_hyper::{Audio, Client, Error, Language, Reply};
use tokio::time::sleep;

use crate::server::{CONTINUE, Peer, Server, answer, audio, success, transport};

const LENGTH: usize = 100_000;

async fn recognize(client: &Client) -> Result<Reply, Error> {
    client.recognize(Audio::from_bytes(audio(LENGTH)).unwrap(), Language::EN_US).await
}

/// A client that waits a little for `100 Continue`.
fn impatient(server: &Server) -> Client {
    server.builder().continue_timeout(Duration::from_millis(20)).build().unwrap()
}

fn text(reply: Result<Reply, Error>) -> String {
    reply.unwrap().recognition.text().unwrap().to_owned()
}

#[tokio::test]
async fn quiet_then_100_then_the_answer() {
    let server = Server::start(|mut peer: Peer| async move {
        while peer.head().await.is_some() {
            sleep(Duration::from_millis(5)).await;
            peer.say(CONTINUE).await;
            assert_eq!(peer.body().await.unwrap(), audio(LENGTH));
            peer.say(&success("one")).await;
        }
    })
    .await;
    let client = server.client();
    assert_eq!(text(recognize(&client).await), "one");
    assert_eq!(text(recognize(&client).await), "one");
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn never_100() {
    let server = Server::start(|mut peer: Peer| async move {
        peer.head().await.unwrap();
        assert_eq!(peer.body().await.unwrap(), audio(LENGTH));
        peer.say(&success("two")).await;
    })
    .await;
    assert_eq!(text(recognize(&impatient(&server)).await), "two");
}

#[tokio::test]
async fn a_late_100_is_not_taken_for_the_answer() {
    let server = Server::start(|mut peer: Peer| async move {
        while peer.head().await.is_some() {
            assert_eq!(peer.body().await.unwrap(), audio(LENGTH));
            peer.say(CONTINUE).await;
            peer.say(&success("three")).await;
        }
    })
    .await;
    let client = impatient(&server);
    assert_eq!(text(recognize(&client).await), "three");
    assert_eq!(text(recognize(&client).await), "three");
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn hints_and_two_100_then_the_answer() {
    let server = Server::start(|mut peer: Peer| async move {
        peer.head().await.unwrap();
        peer.say("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n").await;
        peer.say(&CONTINUE.repeat(2)).await;
        assert_eq!(peer.body().await.unwrap(), audio(LENGTH));
        peer.say(&success("four")).await;
    })
    .await;
    assert_eq!(text(recognize(&server.client()).await), "four");
}

#[tokio::test]
async fn after_417_the_request_is_sent_again_without_expect_on_another_connection() {
    let heads = Arc::new(Mutex::new(Vec::new()));
    let server = Server::start({
        let heads = Arc::clone(&heads);
        move |mut peer: Peer| {
            let heads = Arc::clone(&heads);
            async move {
                let head = peer.head().await.unwrap();
                let expects = head.contains("expect: 100-continue");
                heads.lock().unwrap().push(expects);
                if expects {
                    peer.say(&answer("417 Expectation Failed", "no")).await;
                    assert_eq!(peer.until_closed().await.1, 0, "no audio");
                } else {
                    assert_eq!(peer.body().await.unwrap(), audio(LENGTH));
                    peer.say(&success("five")).await;
                }
            }
        }
    })
    .await;
    let reply = recognize(&server.client()).await.unwrap();
    assert_eq!((reply.recognition.text(), reply.attempts), (Some("five"), 1));
    assert_eq!((heads.lock().unwrap().as_slice(), server.connections()), ([true, false].as_slice(), 2));
    server.finished().await;
}

#[tokio::test]
async fn a_refusal_whose_connection_stays_open_gets_no_audio_even_after_the_wait() {
    let server = Server::start(|mut peer: Peer| async move {
        peer.head().await.unwrap();
        // The body of the answer comes when the wait for 100 would be over.
        let refusal = answer("401 Unauthorized", r#"{"error":{"code":"401","message":"wrong key"}}"#);
        let (head, body) = refusal.split_at(refusal.len() - 10);
        peer.say(head).await;
        sleep(Duration::from_millis(40)).await;
        peer.say(body).await;
        assert_eq!(peer.until_closed().await.1, 0, "no audio");
    })
    .await;
    let error = recognize(&impatient(&server)).await.unwrap_err();
    assert_eq!((error.status().unwrap().as_u16(), error.message()), (401, Some("wrong key")));
    assert_eq!(error.audio_sent(), 0);
    server.finished().await;
}

#[tokio::test]
async fn a_refusal_that_says_close() {
    let server = Server::start(|mut peer: Peer| async move {
        peer.head().await.unwrap();
        peer.say("HTTP/1.1 401 Unauthorized\r\nConnection: close\r\n\r\nwrong key").await;
    })
    .await;
    let error = recognize(&server.client()).await.unwrap_err();
    assert_eq!((error.status().unwrap().as_u16(), error.message()), (401, Some("wrong key")));
}

#[tokio::test]
async fn a_refusal_amid_the_upload_by_a_server_that_reads_on() {
    let server = Server::start(|mut peer: Peer| async move {
        peer.head().await.unwrap();
        peer.say(CONTINUE).await;
        peer.at_least(10_000).await;
        peer.say(&answer("403 Forbidden", "quota")).await;
        peer.until_closed().await;
    })
    .await;
    let error = recognize(&server.client()).await.unwrap_err();
    assert_eq!((error.status().unwrap().as_u16(), error.message()), (403, Some("quota")));
    server.finished().await;
}

#[tokio::test]
async fn a_refusal_amid_the_upload_by_a_server_that_reads_no_more() {
    let (closed, mut was_closed) = tokio::sync::mpsc::unbounded_channel();
    let server = Server::start(move |mut peer: Peer| {
        let closed = closed.clone();
        async move {
            peer.head().await.unwrap();
            peer.say(CONTINUE).await;
            peer.say(&answer("403 Forbidden", "quota")).await;
            sleep(Duration::from_millis(30)).await;
            closed.send(peer.until_closed().await).unwrap();
        }
    })
    .await;
    let audio = Audio::from_bytes(audio(16_000_000)).unwrap();
    let error = server.client().recognize(audio, Language::EN_US).await.unwrap_err();
    assert_eq!(error.status().unwrap().as_u16(), 403);
    let (_, bytes) = was_closed.recv().await.unwrap();
    assert!(bytes < 16_000_000, "most of it never left");
}

#[tokio::test]
async fn the_head_and_nothing_else() {
    let server = Server::start(|mut peer: Peer| async move {
        peer.head().await.unwrap();
    })
    .await;
    let error = recognize(&server.client()).await.unwrap_err();
    assert_eq!((transport(&error), error.audio_sent()), (TransportKind::Closed, 0));
}

#[tokio::test]
async fn with_its_length_audio_goes_out_at_once_and_without_chunks() {
    let server = Server::start(|mut peer: Peer| async move {
        let head = peer.head().await.unwrap();
        assert!(head.contains(&format!("\r\ncontent-length: {LENGTH}\r\n")), "{head}");
        assert!(!head.contains("expect") && !head.contains("transfer-encoding"), "{head}");
        peer.at_least(LENGTH).await;
        peer.say(&success("plain")).await;
    })
    .await;
    let client = server.builder().chunked(false).build().unwrap();
    assert_eq!(text(recognize(&client).await), "plain");
}

#[tokio::test]
async fn chunks_are_as_large_as_chosen() {
    for (chosen, expected) in [(1000, 1000), (0, 1), (1_000_000, 32 * 1024)] {
        let server = Server::start(move |mut peer: Peer| async move {
            peer.head().await.unwrap();
            peer.say(CONTINUE).await;
            peer.at_least(10).await;
            assert!(peer.heard().starts_with(format!("{expected:X}\r\n").as_bytes()), "{:?}", &peer.heard()[..10]);
            peer.body().await.unwrap();
            peer.say(&success("")).await;
        })
        .await;
        let client = server.builder().chunk_size(chosen).build().unwrap();
        assert!(recognize(&client).await.is_ok());
        server.finished().await;
    }
}
