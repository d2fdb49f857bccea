//! The way to a host step by step, with names that a test makes up.

use std::{
    error::Error as _,
    future::pending,
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, atomic::AtomicUsize},
    time::Duration,
};

use http::Uri;
use stt_core::{Phase, TransportFailure, TransportKind};
use stt_hyper::{Audio, Authorization, Client, ClientBuilder, Distrust, Language, Probe, Proxy, Resource, Retry};
use tokio::time::Instant;

use crate::{
    proxy::{Heard, lead, proxy, says},
    server::{CONTINUE, KEY, Peer, Server, audio, success},
    tls::{Authority, serve, serve_tls, take},
};

const HOST: &str = "speech.example";
fn url() -> Uri {
    Uri::from_static("https://speech.example")
}

/// What makes a client of a host that leads to `address`, whatever is asked.
fn builder(address: SocketAddr) -> ClientBuilder {
    let resource = Resource::of(HOST.parse().unwrap(), Authorization::None).unwrap();
    Client::builder(resource).resolver(move |_, _| async move { Ok(vec![address]) })
}

fn probe(address: SocketAddr, authority: &Authority) -> Probe {
    builder(address).root_certificates(authority.pem()).probe().unwrap()
}

/// What is said of a failure, down to its bottom.
fn said(failure: &TransportFailure) -> String {
    let mut lines = Vec::new();
    let mut next = failure.source();
    while let Some(error) = next {
        lines.push(error.to_string());
        next = error.source();
    }
    lines.join(": ")
}

#[tokio::test]
async fn every_step_tells_what_it_found() {
    let authority = Authority::new();
    static HEADS: Mutex<Vec<String>> = Mutex::new(Vec::new());
    let address = serve_tls(authority.certify(HOST, false), &Arc::default(), |stream| {
        HEADS.lock().unwrap().push(take(stream, 0));
        let answer = "HTTP/1.1 404 Not Found\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Length: 9\r\n\r\n";
        io::Write::write_all(stream, answer.as_bytes()).unwrap();
    });
    let found = probe(address, &authority).look_up(url()).await.unwrap();
    assert_eq!(found.addresses(), [address]);
    let connected = found.connect().await.unwrap();
    assert_eq!(connected.address(), address);
    let open = connected.secure().await.unwrap();
    assert_eq!((open.tls_version(), open.certificates().len()), (Some("TLS 1.3"), 1));
    let head = open.head().await.unwrap();
    assert_eq!(head.headers["date"], "Sun, 06 Nov 1994 08:49:37 GMT");
    assert_eq!(*HEADS.lock().unwrap(), ["HEAD / HTTP/1.1\r\nhost: speech.example\r\n\r\n"]);
}

#[tokio::test]
async fn a_host_that_is_not_trusted_shows_its_certificate_and_hears_nothing() {
    let authority = Authority::new();
    for (other, host, expired, distrust) in [
        (true, HOST, false, Distrust::UnknownIssuer),
        (false, "elsewhere.example", false, Distrust::OtherHost),
        (false, HOST, true, Distrust::Expired),
    ] {
        let heard = Arc::<AtomicUsize>::default();
        let address = serve_tls(authority.certify(host, expired), &heard, |_| panic!("the handshake was to fail"));
        let trusted = if other { &Authority::new() } else { &authority };
        let connected = probe(address, trusted).look_up(url()).await.unwrap().connect().await.unwrap();
        let refused = connected.secure().await.err().unwrap();
        assert_eq!((refused.failure().kind(), refused.distrust()), (TransportKind::Tls, Some(distrust)));
        assert!(said(refused.failure()).starts_with("its certificate is not trusted: "), "{refused:?}");
        let [shown] = refused.certificates() else { panic!("{refused:?}") };
        let name = host.as_bytes();
        assert!(shown.windows(name.len()).any(|part| part == name), "it is the certificate of {host}");
        assert_eq!(heard.load(std::sync::atomic::Ordering::Relaxed), 0);
    }
}

#[tokio::test]
async fn what_a_client_trusts_the_probe_trusts_too() {
    let authority = Authority::new();
    let address = serve_tls(authority.certify(HOST, false), &Arc::default(), |_| {});
    let secure = async |builder: ClientBuilder| {
        let found = builder.probe().unwrap().look_up(url()).await.unwrap();
        found.connect().await.unwrap().secure().await.is_ok()
    };
    assert!(secure(builder(address).additional_root_certificates(authority.pem())).await);
    assert!(!secure(builder(address)).await, "the system does not know it");
    assert!(builder(address).root_certificates("none").probe().is_err());
}

#[tokio::test]
async fn a_host_without_tls_is_told_apart_from_one_without_trust() {
    let address = serve(|mut socket| {
        let _ = io::Write::write_all(&mut socket, b"HTTP/1.1 400 Bad Request\r\n\r\n");
    });
    let connected = probe(address, &Authority::new()).look_up(url()).await.unwrap().connect().await.unwrap();
    let refused = connected.secure().await.err().unwrap();
    assert_eq!((refused.distrust(), refused.certificates().len()), (None, 0));
    assert!(said(refused.failure()).starts_with("it does not speak TLS"), "{refused:?}");
}

#[tokio::test(start_paused = true)]
async fn a_lookup_that_hangs_is_left_after_five_seconds() {
    let resource = Resource::of(HOST.parse().unwrap(), Authorization::None).unwrap();
    let probe = Client::builder(resource).resolver(|_, _| pending()).probe().unwrap();
    let began = Instant::now();
    let failure = probe.look_up(url()).await.err().unwrap();
    assert_eq!(failure.kind(), TransportKind::TimedOut(Phase::Resolve));
    assert_eq!(began.elapsed(), Duration::from_secs(5));
}

#[tokio::test]
async fn a_name_without_an_address_and_a_name_that_is_unknown() {
    let resource = || Resource::of(HOST.parse().unwrap(), Authorization::None).unwrap();
    let unknown = |_, _| async { Err(io::Error::new(io::ErrorKind::NotFound, "no such name")) };
    let nothing = |_, _| async { Ok(Vec::new()) };
    let look_up = async |builder: ClientBuilder| {
        let failure = builder.probe().unwrap().look_up(url()).await.err().unwrap();
        assert_eq!(failure.kind(), TransportKind::Resolve);
        said(&failure)
    };
    let unknown = look_up(Client::builder(resource()).resolver(unknown)).await;
    assert_eq!(unknown, "the name cannot be looked up: no such name");
    assert_eq!(look_up(Client::builder(resource()).resolver(nothing)).await, "the host has no address");
}

#[tokio::test]
async fn a_name_for_this_machine_that_leads_elsewhere_is_refused_whoever_looks_it_up() {
    let resource = Resource::of("http://localhost:5000".parse().unwrap(), Authorization::None).unwrap();
    let elsewhere = |_, port| async move { Ok(vec![SocketAddr::from(([192, 0, 2, 1], port))]) };
    let probe = Client::builder(resource).resolver(elsewhere).probe().unwrap();
    let failure = probe.look_up(Uri::from_static("http://localhost:5000")).await.err().unwrap();
    assert_eq!(said(&failure), "localhost leads to an address outside this machine");
}

#[tokio::test]
async fn through_a_proxy_the_proxy_is_looked_up_and_the_certificate_is_that_of_the_host() {
    let authority = Authority::new();
    let service = serve_tls(authority.certify(HOST, false), &Arc::default(), |_| {});
    let heard = Heard::default();
    let through = proxy(&heard, move |socket| lead(socket, service));
    let asked = Arc::new(Mutex::new(Vec::new()));
    let names = Arc::clone(&asked);
    let resource = Resource::of(HOST.parse().unwrap(), Authorization::None).unwrap();
    let probe = Client::builder(resource)
        .root_certificates(authority.pem())
        .proxy(Proxy::new("http://user:canary@proxy.example:3128").unwrap())
        .resolver(move |host, port| {
            names.lock().unwrap().push(format!("{host}:{port}"));
            async move { Ok(vec![through]) }
        })
        .probe()
        .unwrap();
    assert_eq!(probe.proxy_to(url()).as_deref(), Some("proxy.example:3128"));
    assert_eq!(probe.proxy_to(Uri::from_static("https://localhost")), None);
    let connected = probe.look_up(url()).await.unwrap().connect().await.unwrap();
    assert_eq!(connected.address(), through);
    assert_eq!(connected.secure().await.unwrap().certificates().len(), 1);
    assert_eq!(*asked.lock().unwrap(), ["proxy.example:3128"]);
    assert!(heard.lock().unwrap()[0].starts_with("CONNECT speech.example:443 "));
    assert!(!format!("{probe:?}").contains("canary"));
}

#[tokio::test]
async fn a_proxy_that_wants_a_password_fails_the_connection() {
    let address = says(&Heard::default(), "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n");
    let builder = builder(address).root_certificates(Authority::new().pem());
    let probe = builder.proxy(Proxy::new("proxy.example:3128").unwrap()).probe().unwrap();
    let failure = probe.look_up(url()).await.unwrap().connect().await.err().unwrap();
    assert_eq!(failure.kind(), TransportKind::Proxy(Some(407)));
    assert_eq!(said(&failure), "it answered \"407 Proxy Authentication Required\"");
}

#[tokio::test]
async fn plain_http_needs_no_handshake() {
    let address = serve(|mut socket| {
        let _ = io::Read::read(&mut socket, &mut [0; 1024]);
        let _ = io::Write::write_all(&mut socket, b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    });
    let url: Uri = format!("http://{address}").parse().unwrap();
    let resource = Resource::of(url.to_string().parse().unwrap(), Authorization::None).unwrap();
    let found = Client::builder(resource).probe().unwrap().look_up(url).await.unwrap();
    let open = found.connect().await.unwrap().secure().await.unwrap();
    assert_eq!((open.tls_version(), open.certificates().len()), (None, 0));
    assert_eq!(open.head().await.unwrap().status, 200);
}

#[tokio::test]
async fn a_client_asks_the_resolver_that_it_was_given() {
    let server = Server::start(|mut peer: Peer| async move {
        let head = peer.head().await.unwrap();
        assert!(head.contains("\r\nhost: localhost\r\n"), "{head}");
        peer.say(CONTINUE).await;
        peer.body().await.unwrap();
        peer.say(&success("found")).await;
    })
    .await;
    let address = server.address;
    let resource = Resource::new("http://localhost:80", KEY).unwrap();
    let builder = Client::builder(resource).retry(Retry::none());
    let client = builder.resolver(move |_, _| async move { Ok(vec![address]) }).build().unwrap();
    let reply = client.recognize(Audio::from_bytes(audio(100)).unwrap(), Language::EN_US).await.unwrap();
    assert_eq!(reply.recognition.text(), Some("found"));
}
