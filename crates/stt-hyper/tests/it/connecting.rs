//! Hosts that cannot be reached, and those that can by one of their addresses.

use std::{error::Error as _, net::TcpListener};

use stt_core::TransportKind;
use stt_hyper::{Audio, Client, Language, Resource, Retry};

use crate::server::{CONTINUE, KEY, Peer, Server, audio, success, transport};

fn client(endpoint: &str) -> Client {
    Client::builder(Resource::new(endpoint, KEY).unwrap()).retry(Retry::none()).build().unwrap()
}

#[tokio::test]
async fn a_port_where_nobody_listens() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let audio = Audio::from_bytes(audio(100)).unwrap();
    let error = client(&format!("http://127.0.0.1:{port}")).recognize(audio, Language::EN_US).await.unwrap_err();
    assert_eq!((transport(&error), error.audio_sent()), (TransportKind::Connect, 0));
    assert_eq!(error.to_string(), format!("cannot connect to 127.0.0.1:{port}"));
    let source = error.source().unwrap();
    assert_eq!(source.to_string(), "no address of the host accepts a connection");
    assert!(source.source().unwrap().to_string().contains("refused"));
}

#[tokio::test]
async fn localhost_by_whichever_of_its_addresses_answers() {
    let server = Server::start(|mut peer: Peer| async move {
        let head = peer.head().await.unwrap();
        assert!(head.contains("\r\nhost: localhost:"), "{head}");
        assert!(head.contains(&format!("\r\nocp-apim-subscription-key: {KEY}\r\n")), "{head}");
        peer.say(CONTINUE).await;
        peer.body().await.unwrap();
        peer.say(&success("here")).await;
    })
    .await;
    let client = client(&format!("http://localhost:{}", server.address.port()));
    let reply = client.recognize(Audio::from_bytes(audio(100)).unwrap(), Language::EN_US).await.unwrap();
    assert_eq!(reply.recognition.text(), Some("here"));
}
