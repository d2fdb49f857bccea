//! Clients whose credential is a token.

use std::{
    io,
    time::{Duration, SystemTime},
};

use stt_hyper::{Audio, Authorization, BuildError, Client, Language, Resource};

use crate::server::{CONTINUE, KEY, Peer, Server, audio, success};

const ID: &str = "/subscriptions/1/resourceGroups/g/providers/Microsoft.CognitiveServices/accounts/a";

fn resource(server: &Server, authorization: Authorization) -> Resource {
    Resource::of(format!("http://{}", server.address).parse().unwrap(), authorization).unwrap()
}

async fn expect_authorization(expected: &'static str) -> Server {
    Server::start(move |mut peer: Peer| async move {
        while let Some(head) = peer.head().await {
            if head.starts_with("POST /sts/v1.0/issueToken HTTP/1.1\r\n") {
                assert!(head.contains("\r\ncontent-length: 0\r\n"), "{head}");
                assert!(head.contains(&format!("\r\nocp-apim-subscription-key: {KEY}\r\n")), "{head}");
                peer.say("HTTP/1.1 200 OK\r\nContent-Length: 19\r\n\r\neyJ0eXAi.e30.c2lnbg").await;
                continue;
            }
            assert!(head.contains(&format!("\r\nauthorization: Bearer {expected}\r\n")), "{head}");
            assert!(!head.contains(KEY), "{head}");
            peer.say(CONTINUE).await;
            peer.body().await.unwrap();
            peer.say(&success("allowed")).await;
        }
    })
    .await
}

async fn check(client: Client) {
    for _ in 0..2 {
        let reply = client.recognize(Audio::from_bytes(audio(100)).unwrap(), Language::EN_US).await.unwrap();
        assert_eq!(reply.recognition.text(), Some("allowed"));
    }
}

#[tokio::test]
async fn the_key_is_exchanged_for_a_token_over_the_same_connection() {
    let server = expect_authorization("eyJ0eXAi.e30.c2lnbg").await;
    check(Client::new(resource(&server, Authorization::Token(KEY.parse().unwrap()))).unwrap()).await;
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn an_access_token_is_had_without_a_recognition_where_the_resource_sends_one() {
    let server = expect_authorization("").await;
    let with_token = Client::new(resource(&server, Authorization::Token(KEY.parse().unwrap()))).unwrap();
    let token = with_token.access_token().await.unwrap().unwrap();
    assert_eq!(token.expose(), "eyJ0eXAi.e30.c2lnbg");
    let with_key = Client::new(resource(&server, Authorization::Key(KEY.parse().unwrap()))).unwrap();
    assert!(with_key.access_token().await.unwrap().is_none());
}

#[tokio::test]
async fn a_token_of_entra_id_comes_from_the_application() {
    let server = expect_authorization(
        "aad#/subscriptions/1/resourceGroups/g/providers/Microsoft.CognitiveServices/accounts/a#entra",
    )
    .await;
    let source = async || Ok::<_, io::Error>(("entra".to_owned(), SystemTime::now() + Duration::from_secs(3600)));
    let authorization = Authorization::Source { resource_id: Some(ID.parse().unwrap()) };
    check(Client::builder(resource(&server, authorization)).token_source(source).build().unwrap()).await;
}

#[tokio::test]
async fn a_source_and_a_resource_that_does_not_want_one_are_not_put_together() {
    let server = expect_authorization("").await;
    let source = async || Ok::<_, io::Error>((String::new(), SystemTime::now()));
    let with_key = resource(&server, Authorization::Key(KEY.parse().unwrap()));
    let error = Client::builder(with_key).token_source(source).build().unwrap_err();
    assert!(matches!(error, BuildError::UnusedTokenSource));
    let error = Client::new(resource(&server, Authorization::Source { resource_id: None })).unwrap_err();
    assert!(matches!(error, BuildError::NoTokenSource));
}

#[tokio::test]
async fn nothing_that_prints_a_client_prints_the_key() {
    let server = expect_authorization("").await;
    for authorization in [Authorization::Key(KEY.parse().unwrap()), Authorization::Token(KEY.parse().unwrap())] {
        let builder = Client::builder(resource(&server, authorization));
        let printed = format!("{builder:?}");
        let printed = format!("{printed} {:?}", builder.build().unwrap());
        assert!(!printed.contains(KEY) && printed.contains("REDACTED"), "{printed}");
    }
}
