//! The same through a proxy, in which every way to refuse has been seen.

use std::{
    error::Error as _,
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use stt_core::TransportKind;
use stt_hyper::{Audio, Client, Error, Language, Proxy, Resource, Retry};
use tokio::time::timeout;

use crate::{
    server::{CONTINUE, KEY, Peer, Server, audio, success, transport},
    tls::{Authority, recognize, serve, serve_tls, take},
};

/// What the proxies were told, head by head.
pub(crate) type Heard = Arc<Mutex<Vec<String>>>;

/// A proxy that does this with each connection, after it has read the head of the request.
pub(crate) fn proxy(heard: &Heard, script: impl Fn(TcpStream) + Send + Sync + 'static) -> SocketAddr {
    let heard = Arc::clone(heard);
    serve(move |mut socket| {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            if socket.read(&mut byte).unwrap() == 0 {
                return;
            }
            head.push(byte[0]);
        }
        heard.lock().unwrap().push(String::from_utf8(head).unwrap());
        script(socket);
    })
}

/// A proxy that answers with this and keeps the connection until the client closes it.
pub(crate) fn says(heard: &Heard, answer: &'static str) -> SocketAddr {
    proxy(heard, move |mut socket| {
        let _ = socket.write_all(answer.as_bytes());
        let _ = socket.read(&mut [0; 1]);
    })
}

/// Opens the connection that was asked for, wherever it was to lead.
pub(crate) fn lead(mut near: TcpStream, to: SocketAddr) {
    let mut far = TcpStream::connect(to).unwrap();
    near.write_all(b"HTTP/1.1 200 Connection established\r\nVia: 1.1 test\r\n\r\n").unwrap();
    let (mut from, mut into) = (near.try_clone().unwrap(), far.try_clone().unwrap());
    thread::spawn(move || {
        let _ = std::io::copy(&mut from, &mut into);
        let _ = into.shutdown(std::net::Shutdown::Write);
    });
    let _ = std::io::copy(&mut far, &mut near);
    let _ = near.shutdown(std::net::Shutdown::Both);
}

/// A client of a host that does not exist, through this proxy.
fn client(proxy: &str, pem: &str) -> Client {
    let resource = Resource::new("https://speech.example", KEY).unwrap();
    let builder = Client::builder(resource).retry(Retry::none()).root_certificates(pem).chunked(false);
    builder.proxy(Proxy::new(proxy).unwrap()).build().unwrap()
}

async fn failure(proxy: SocketAddr) -> Error {
    let pem = Authority::new().pem();
    recognize(&client(&format!("http://user:canary@{proxy}"), &pem), 1_000).await.unwrap_err()
}

#[tokio::test]
async fn a_proxy_learns_the_host_and_its_own_password_and_nothing_else() {
    let authority = Authority::new();
    let service = serve_tls(authority.certify("speech.example", false), &Arc::default(), |stream| {
        for _ in 0..2 {
            let head = take(stream, 1_000);
            assert!(head.contains(&format!("\r\nocp-apim-subscription-key: {KEY}\r\n")), "{head}");
            assert!(head.contains("\r\nhost: speech.example\r\n"), "{head}");
            assert!(!head.to_ascii_lowercase().contains("proxy"), "{head}");
            stream.write_all(success("through").as_bytes()).unwrap();
        }
    });
    let heard = Heard::default();
    let through = proxy(&heard, move |socket| lead(socket, service));
    let client = client(&format!("http://Aladdin:open%20sesame@{through}"), &authority.pem());
    for _ in 0..2 {
        assert_eq!(recognize(&client, 1_000).await.unwrap().recognition.text(), Some("through"));
    }
    let connect = "CONNECT speech.example:443 HTTP/1.1\r\nhost: speech.example:443\r\n\
        proxy-authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n\r\n";
    assert_eq!(*heard.lock().unwrap(), [connect], "one connection for both");
}

#[tokio::test]
async fn a_certificate_is_checked_behind_a_proxy_too() {
    let authority = Authority::new();
    let service = serve_tls(authority.certify("elsewhere.example", false), &Arc::default(), |_| {});
    let heard = Heard::default();
    let through = proxy(&heard, move |socket| lead(socket, service));
    let error = recognize(&client(&through.to_string(), &authority.pem()), 1_000).await.unwrap_err();
    assert_eq!(transport(&error), TransportKind::Tls);
    let connect = "CONNECT speech.example:443 HTTP/1.1\r\nhost: speech.example:443\r\n\r\n";
    assert_eq!(*heard.lock().unwrap(), [connect], "without a user there is no header");
}

#[tokio::test]
async fn a_proxy_that_refuses_is_named_with_its_status() {
    let cases = [
        (
            "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 4\r\n\r\nwho?",
            407,
            "wants a password (407)",
            false,
        ),
        ("HTTP/1.1 403 Forbidden\r\nContent-Type: text/html\r\n\r\n<html>", 403, "refused to connect (403)", false),
        ("HTTP/1.0 502 Bad Gateway\r\n\r\n", 502, "refused to connect (502)", true),
        ("HTTP/1.1 302 Found\r\nLocation: http://a.example\r\n\r\n", 302, "refused to connect (302)", false),
        ("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n", 200, "opened no connection (200)", false),
        ("HTTP/1.1 200 OK\r\n\r\n<html>", 200, "opened no connection (200)", false),
    ];
    for (answer, status, line, retryable) in cases {
        let heard = Heard::default();
        let address = says(&heard, answer);
        let error = failure(address).await;
        assert_eq!(transport(&error), TransportKind::Proxy(Some(status)), "{answer}");
        assert_eq!(error.to_string(), format!("the proxy {address} {line}"));
        assert_eq!((error.is_retryable(), error.audio_sent()), (retryable, 0));
        assert!(!format!("{error:?} {:?}", error.source()).contains("canary"), "{error:?}");
        let heard = heard.lock().unwrap();
        assert!(heard.len() == 1 && !heard[0].contains(KEY), "{heard:?}");
    }
}

#[tokio::test]
async fn what_is_no_proxy_is_named_with_what_it_did() {
    // More than the head of an answer may hold.
    let endless = format!("HTTP/1.1 200 OK\r\nX: {}", "x".repeat(100_000)).leak();
    for (answer, why) in [
        ("<html>No proxy here</html>\r\n\r\n", "its answer is not that of a proxy"),
        ("SSH-2.0-OpenSSH_9.2\r\n", "its answer is not that of a proxy"),
        (endless, "its answer is not that of a proxy"),
    ] {
        let address = says(&Heard::default(), answer);
        let error = failure(address).await;
        assert_eq!(transport(&error), TransportKind::Proxy(None), "{answer:.40}");
        assert_eq!(error.to_string(), format!("no connection through the proxy {address}"));
        assert_eq!(error.source().unwrap().to_string(), why);
    }
    for answer in ["", "HTTP/1.1 200", "HTTP/1.1 100 Continue\r\n\r\n"] {
        let address = proxy(&Heard::default(), move |mut socket| socket.write_all(answer.as_bytes()).unwrap());
        let error = failure(address).await;
        assert_eq!(transport(&error), TransportKind::Proxy(None), "{answer}");
        assert_eq!(error.source().unwrap().to_string(), "it closed the connection before its answer");
    }
}

#[tokio::test]
async fn a_proxy_that_is_not_there_is_not_taken_for_the_service() {
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let error = failure(nobody).await;
    assert_eq!((transport(&error), error.is_retryable()), (TransportKind::Connect, true));
    assert_eq!(error.to_string(), format!("cannot connect to the proxy {nobody}"));
    let source = error.source().unwrap();
    assert_eq!(source.to_string(), "no address of the host accepts a connection");
    assert!(source.source().unwrap().to_string().contains("refused"));

    let name = format!("{}.example", "a".repeat(64));
    let error = recognize(&client(&name, &Authority::new().pem()), 1_000).await.unwrap_err();
    assert_eq!(transport(&error), TransportKind::Resolve);
    assert_eq!(error.to_string(), format!("cannot find the proxy {name}:80"));
}

#[tokio::test]
async fn a_client_that_gives_up_closes_its_connection_to_the_proxy() {
    let closed = Arc::<AtomicUsize>::default();
    let counted = Arc::clone(&closed);
    let address = proxy(&Heard::default(), move |mut socket| {
        if matches!(socket.read(&mut [0; 1]), Ok(0) | Err(_)) {
            counted.fetch_add(1, Ordering::Relaxed);
        }
    });
    let client = client(&address.to_string(), &Authority::new().pem());
    assert!(timeout(Duration::from_millis(100), recognize(&client, 1_000)).await.is_err());
    let all = timeout(Duration::from_secs(10), async {
        while closed.load(Ordering::Relaxed) == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    });
    all.await.expect("the connection stays open");
}

#[tokio::test]
async fn what_is_on_this_machine_is_asked_directly() {
    let server = Server::start(|mut peer: Peer| async move {
        let head = peer.head().await.unwrap();
        assert!(head.starts_with("POST /speech/"), "{head}");
        peer.say(CONTINUE).await;
        peer.body().await.unwrap();
        peer.say(&success("directly")).await;
    })
    .await;
    let heard = Heard::default();
    let address = says(&heard, "HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
    let proxy = Proxy::new(&address.to_string()).unwrap();
    let client = server.builder().proxy(proxy.clone()).build().unwrap();
    let reply = client.recognize(Audio::from_bytes(audio(100)).unwrap(), Language::EN_US).await.unwrap();
    assert_eq!(reply.recognition.text(), Some("directly"));

    let authority = Authority::new();
    let service = serve_tls(authority.certify("localhost", false), &Arc::default(), |stream| {
        take(stream, 1_000);
        stream.write_all(success("directly").as_bytes()).unwrap();
    });
    let resource = Resource::new(&format!("https://localhost:{}", service.port()), KEY).unwrap();
    let builder = Client::builder(resource).root_certificates(authority.pem()).chunked(false);
    let reply = recognize(&builder.proxy(proxy).build().unwrap(), 1_000).await.unwrap();
    assert_eq!(reply.recognition.text(), Some("directly"));
    assert!(heard.lock().unwrap().is_empty());
}
