//! Answers of every kind: cut off, malformed, too large, from something else altogether, and unusual but right.

use std::{error::Error as _, sync::Arc};

use stt_core::{Malformed, TransportKind};
use stt_hyper::{Audio, Client, Error, ErrorKind, Language};

use crate::server::{CONTINUE, Peer, Server, answer, audio, success, transport};

/// What a call ends in when the server takes the audio, says this, and closes.
async fn said(text: &str) -> Error {
    said_with_more(text, Vec::new()).await
}

/// The same when the server goes on with more of this, up to a thousand times.
async fn said_with_more(text: &str, more: Vec<u8>) -> Error {
    let (text, more) = (text.to_owned(), Arc::new(more));
    let server = Server::start(move |mut peer| {
        let (text, more) = (text.clone(), Arc::clone(&more));
        async move {
            take(&mut peer).await;
            peer.say(&text).await;
            for _ in 0..1000 {
                if !peer.try_say(&more).await {
                    return;
                }
            }
        }
    })
    .await;
    recognize(&server.client()).await.map(|_| ()).unwrap_err()
}

/// Takes a request and its audio.
async fn take(peer: &mut Peer) -> bool {
    if peer.head().await.is_none() {
        return false;
    }
    peer.say(CONTINUE).await;
    peer.body().await.unwrap();
    true
}

async fn recognize(client: &Client) -> Result<String, Error> {
    let reply = client.recognize(Audio::from_bytes(audio(1000)).unwrap(), Language::EN_US).await?;
    Ok(reply.recognition.text().unwrap().to_owned())
}

fn malformed(error: &Error) -> &Malformed {
    match error.kind() {
        ErrorKind::Malformed(malformed) => malformed,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_connection_that_ends_before_the_answer_is_closed() {
    for text in ["", "HTTP/1.1 200 O", "HTTP/1.1 200 OK\r\nContent-Le", "HTTP/1.1 103 Early Hints\r\n\r\n"] {
        let error = said(text).await;
        assert_eq!(transport(&error), TransportKind::Closed, "{text:?}");
        assert_eq!(error.to_string(), "127.0.0.1 closed the connection without an answer");
        assert!(error.is_retryable());
        assert_eq!(error.audio_sent(), 1000);
    }
}

#[tokio::test]
async fn an_answer_that_ends_too_early_is_cut_off_and_never_taken_for_a_success() {
    let cut = r#"{"RecognitionStatus":"Success","DisplayText":"half"}"#;
    let by_length = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{cut}", cut.len() + 1);
    let by_chunk = format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{cut}\r\n", cut.len());
    let in_a_chunk = format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n{cut}");
    for text in [by_length, by_chunk, in_a_chunk] {
        let error = said(&text).await;
        assert_eq!(transport(&error), TransportKind::Truncated, "{text:?}");
        assert_eq!(error.to_string(), "the answer was cut off");
        assert_eq!(error.source().unwrap().to_string(), "it closed the connection inside the body of its answer");
    }
    let by_its_end = said("HTTP/1.1 200 OK\r\n\r\n{\"RecognitionStatus\":\"Succ").await;
    assert_eq!(malformed(&by_its_end), &Malformed::Truncated);
}

#[tokio::test]
async fn an_answer_that_breaks_the_rules_of_http_says_which() {
    for text in [
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        "HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\n{}",
        "HTTP/1.1 200 OK\r\nContent-Type: a\r\n folded\r\nContent-Length: 2\r\n\r\n{}",
        "HTTP/1.1 099 What\r\n\r\n",
    ] {
        let error = said(text).await;
        assert_eq!(transport(&error), TransportKind::Protocol, "{text:?}");
        assert_eq!(error.to_string(), "127.0.0.1 broke the rules of HTTP");
        let source = error.source().unwrap().to_string();
        assert!(source.starts_with("the head of its answer is malformed ("), "{source}");
    }
    let error = said("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}").await;
    assert_eq!(transport(&error), TransportKind::Protocol);
    assert_eq!(error.source().unwrap().to_string(), "the chunks of its answer are malformed");
}

#[tokio::test]
async fn what_is_not_http_is_shown() {
    let server = Server::start(|mut peer| async move {
        peer.head().await.unwrap();
        peer.say("SSH-2.0-OpenSSH_9.6\r\n").await;
    })
    .await;
    let error = recognize(&server.client()).await.unwrap_err();
    assert_eq!(transport(&error), TransportKind::NotHttp);
    assert_eq!(error.to_string(), "127.0.0.1 does not speak HTTP");
    assert_eq!(error.source().unwrap().to_string(), "it said \"SSH-2.0-OpenSSH_9.6\\r\\n\"");
    assert!(!error.is_retryable());
}

#[tokio::test]
async fn an_answer_that_is_too_large_is_given_up() {
    let hundred_and_one = format!("HTTP/1.1 200 OK\r\n{}\r\n", "a: b\r\n".repeat(101));
    let half_a_megabyte = format!("HTTP/1.1 200 OK\r\na: {}\r\n\r\n", "b".repeat(500_000));
    for head in [hundred_and_one, half_a_megabyte] {
        let error = said(&head).await;
        assert_eq!(transport(&error), TransportKind::TooLarge);
        assert_eq!(error.source().unwrap().to_string(), "the head of its answer is too large");
    }
    let gigabyte = "HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n";
    let endless = "HTTP/1.1 200 OK\r\n\r\n";
    for head in [gigabyte, endless] {
        let error = said_with_more(head, vec![b' '; 1024 * 1024]).await;
        assert_eq!(transport(&error), TransportKind::TooLarge);
        assert_eq!(error.source().unwrap().to_string(), "the body of its answer is longer than 1048576 bytes");
    }
}

#[tokio::test]
async fn an_endless_row_of_interim_answers_is_given_up() {
    let hints = "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n";
    let error = said_with_more(hints, hints.repeat(10_000).into_bytes()).await;
    assert_eq!(transport(&error), TransportKind::Protocol);
    assert_eq!(error.source().unwrap().to_string(), "it sent only interim answers");
}

#[tokio::test]
async fn statuses_that_are_no_recognition_are_refusals() {
    for status in ["101 Switching Protocols", "404 Not Found", "413 Too Large", "418 Teapot", "999 Odd"] {
        let error = said(&answer(status, "")).await;
        assert_eq!(error.status().unwrap().as_u16().to_string(), status[..3], "{error}");
        assert!(matches!(error.kind(), ErrorKind::Refused(_)), "{error:?}");
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = Server::start(|_| async {}).await;
    for status in ["301 Moved", "302 Found", "307 Temporary Redirect", "308 Permanent Redirect"] {
        let to = format!("http://{}/", elsewhere.address);
        let error = said(&format!("HTTP/1.1 {status}\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n")).await;
        assert_eq!(error.to_string(), format!("127.0.0.1 redirects to {to}; not followed"));
    }
    assert_eq!(elsewhere.connections(), 0);
}

#[tokio::test]
async fn what_is_no_json_is_shown_and_what_is_the_wrong_json_is_told() {
    let html = said(&answer("200 OK", "<html><title>Bing</title>")).await;
    assert!(matches!(malformed(&html), Malformed::NotJson { beginning, .. } if beginning.starts_with("<html>")));
    for json in ["{}", r#"{"DisplayText":"x"}"#, "[]", r#"["Success"]"#, "null"] {
        let error = said(&answer("200 OK", json)).await;
        assert!(matches!(malformed(&error), Malformed::NoStatus | Malformed::WrongShape(_)), "{json}: {error:?}");
    }
}

/// Serves one recognition after the other on each connection, with this head.
async fn serve(head: &'static str) -> Server {
    Server::start(move |mut peer| async move {
        while take(&mut peer).await {
            let whole = success("hello");
            let (_, body) = whole.split_once("\r\n\r\n").unwrap();
            let length = body.len();
            let chunked = format!("{length:x}\r\n{body}\r\n0\r\n\r\n");
            let head = head.replace("LENGTH", &length.to_string());
            peer.say(&head.replace("CHUNKED", &chunked).replace("BODY", body)).await;
        }
    })
    .await
}

#[tokio::test]
async fn a_connection_is_used_again_after_an_answer_that_leaves_no_doubt() {
    for head in [
        "HTTP/1.1 200 OK\r\nContent-Length: LENGTH\r\n\r\nBODY",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nCHUNKED",
        "HTTP/1.1 200 OK\nContent-Length: LENGTH\n\nBODY",
    ] {
        let server = serve(head).await;
        let client = server.client();
        for _ in 0..3 {
            assert_eq!(recognize(&client).await.unwrap(), "hello");
        }
        assert_eq!(server.connections(), 1, "{head:?}");
    }
}

#[tokio::test]
async fn an_answer_that_leaves_a_doubt_is_taken_and_its_connection_is_not_used_again() {
    for head in [
        "HTTP/1.1 200 OK\r\nContent-Length: LENGTH\r\nTransfer-Encoding: chunked\r\n\r\nCHUNKED",
        "HTTP/1.1 200 OK\r\nContent-Length: LENGTH\r\n\r\nBODYmore",
        "HTTP/1.0 200 OK\r\nContent-Length: LENGTH\r\n\r\nBODY",
        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: LENGTH\r\n\r\nBODY",
    ] {
        let server = serve(head).await;
        let client = server.client();
        for _ in 0..3 {
            assert_eq!(recognize(&client).await.unwrap(), "hello");
        }
        assert_eq!(server.connections(), 3, "{head:?}");
    }
}
