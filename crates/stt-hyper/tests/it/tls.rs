//! The same over TLS, with an authority made for the test.

use std::{
    error::Error as _,
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, date_time_ymd};
use rustls::{
    ServerConfig, ServerConnection, StreamOwned,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
};
use stt_core::TransportKind;
use stt_hyper::{Audio, BuildError, Client, Error, Language, Reply, Resource, Retry};

use crate::server::{KEY, answer, audio, success, transport};

/// An authority that nobody trusts who is not told to.
pub(crate) struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    pub(crate) fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let name = format!("authority {}", COUNT.fetch_add(1, Ordering::Relaxed));
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        // One of the same name would be found and then fail by its signature.
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    /// A certificate for this host, which may have expired in 2020.
    pub(crate) fn certify(&self, host: &str, expired: bool) -> Arc<ServerConfig> {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(vec![host.to_owned()]).unwrap();
        if expired {
            params.not_before = date_time_ymd(2019, 1, 1);
            params.not_after = date_time_ymd(2020, 1, 1);
        }
        let certificate = params.signed_by(&key, &self.0).unwrap();
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key);
        Arc::new(config.unwrap())
    }

    pub(crate) fn pem(&self) -> String {
        self.0.pem()
    }
}

/// Handles each connection in a thread of its own.
pub(crate) fn serve(script: impl Fn(TcpStream) + Send + Sync + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let script = Arc::new(script);
    thread::spawn(move || {
        for socket in listener.incoming() {
            let (script, socket) = (Arc::clone(&script), socket.unwrap());
            // Otherwise an answer could wait for an acknowledgement and never leave a socket that is then reset.
            socket.set_nodelay(true).unwrap();
            thread::spawn(move || script(socket));
        }
    });
    address
}

pub(crate) type Tls = StreamOwned<ServerConnection, TcpStream>;

/// The same after a handshake; `heard` counts what is read of connections whose handshake failed.
pub(crate) fn serve_tls(config: Arc<ServerConfig>, heard: &Arc<AtomicUsize>, script: fn(&mut Tls)) -> SocketAddr {
    let heard = Arc::clone(heard);
    serve(move |socket| {
        let mut stream = StreamOwned::new(ServerConnection::new(Arc::clone(&config)).unwrap(), socket);
        while stream.conn.is_handshaking() {
            if stream.conn.complete_io(&mut stream.sock).is_err() {
                let mut rest = Vec::new();
                let _ = stream.conn.reader().read_to_end(&mut rest);
                heard.fetch_add(rest.len(), Ordering::Relaxed);
                return;
            }
        }
        script(&mut stream);
    })
}

/// Reads until the request's head and this much of its body are there: the head.
pub(crate) fn take(stream: &mut Tls, body: usize) -> String {
    let mut heard = Vec::new();
    loop {
        let mut buffer = [0; 4096];
        let read = stream.read(&mut buffer).unwrap();
        heard.extend_from_slice(&buffer[..read]);
        let end = heard.windows(4).position(|four| four == b"\r\n\r\n");
        if read == 0 || end.is_some_and(|end| end + 4 + body <= heard.len()) {
            heard.truncate(end.map_or(0, |end| end + 4));
            return String::from_utf8(heard).unwrap();
        }
    }
}

fn client(address: SocketAddr, pem: &str) -> Client {
    let resource = Resource::new(&format!("https://localhost:{}", address.port()), KEY).unwrap();
    let builder = Client::builder(resource).retry(Retry::none()).root_certificates(pem);
    builder.chunked(false).build().unwrap()
}

pub(crate) async fn recognize(client: &Client, bytes: usize) -> Result<Reply, Error> {
    client.recognize(Audio::from_bytes(audio(bytes)).unwrap(), Language::EN_US).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refusal_amid_the_upload_is_delivered_through_tls() {
    let authority = Authority::new();
    let address = serve_tls(authority.certify("localhost", false), &Arc::default(), |stream| {
        take(stream, 1_000);
        stream.write_all(answer("401 Unauthorized", "wrong key").as_bytes()).unwrap();
    });
    let client = client(address, &authority.pem());
    for _ in 0..100 {
        let error = recognize(&client, 2_000_000).await.unwrap_err();
        assert_eq!(error.status().map(|status| status.as_u16()), Some(401), "{error:?}");
        assert_eq!(error.message(), Some("wrong key"));
    }
}

#[tokio::test]
async fn an_answer_without_the_end_of_tls_counts_if_it_is_complete() {
    static ANSWER: Mutex<String> = Mutex::new(String::new());
    let authority = Authority::new();
    // The socket is closed below TLS, which says nothing of it.
    let address = serve_tls(authority.certify("localhost", false), &Arc::default(), |stream| {
        take(stream, 1_000);
        stream.write_all(ANSWER.lock().unwrap().as_bytes()).unwrap();
    });
    // Each with a client of its own, because the connection is closed after every answer.
    let client = || client(address, &authority.pem());
    let complete = success("whole");
    ANSWER.lock().unwrap().clone_from(&complete);
    assert_eq!(recognize(&client(), 1_000).await.unwrap().recognition.text(), Some("whole"));
    for incomplete in [&complete[..complete.len() - 1], "HTTP/1.1 200 OK\r\n\r\n{\"RecognitionStatus\":\"Success\"}"] {
        incomplete.clone_into(&mut ANSWER.lock().unwrap());
        let error = recognize(&client(), 1_000).await.unwrap_err();
        assert_eq!(transport(&error), TransportKind::Truncated, "{incomplete}");
    }
}

#[tokio::test]
async fn a_certificate_that_is_not_in_order_gets_no_key() {
    let authority = Authority::new();
    let other = Authority::new();
    for (host, expired, trusted, why) in [
        ("localhost", false, &other, "issued by an authority that this machine does not know"),
        ("elsewhere.example", false, &authority, "it is for another host"),
        ("localhost", true, &authority, "expired "),
    ] {
        let heard = Arc::<AtomicUsize>::default();
        let address = serve_tls(authority.certify(host, expired), &heard, |_| panic!("the handshake succeeded"));
        let error = recognize(&client(address, &trusted.pem()), 1_000).await.unwrap_err();
        assert_eq!(transport(&error), TransportKind::Tls);
        assert_eq!(error.to_string(), "no secure connection to localhost");
        let source = error.source().unwrap().to_string();
        assert!(source.starts_with(&format!("its certificate is not trusted: {why}")), "{source}");
        assert!(!error.is_retryable());
        assert_eq!((error.audio_sent(), heard.load(Ordering::Relaxed)), (0, 0));
    }
}

#[tokio::test]
async fn the_certificates_of_the_machine_do_not_know_the_authority_of_a_test() {
    let authority = Authority::new();
    let address = serve_tls(authority.certify("localhost", false), &Arc::default(), |_| {});
    let resource = Resource::new(&format!("https://localhost:{}", address.port()), KEY).unwrap();
    let client = Client::builder(resource).retry(Retry::none()).build().unwrap();
    assert_eq!(transport(&recognize(&client, 1_000).await.unwrap_err()), TransportKind::Tls);
}

#[tokio::test]
async fn what_is_no_tls_says_so() {
    // The alert `protocol_version`, as servers send it that know only older versions.
    const TOO_OLD: &[u8] = &[21, 3, 1, 0, 2, 2, 70];
    for (says, kind, why) in [
        (&b"HTTP/1.1 400 Bad Request\r\n\r\n"[..], TransportKind::Tls, "it does not speak TLS"),
        (TOO_OLD, TransportKind::Tls, "it does not speak TLS 1.2 or later"),
        (b"", TransportKind::Connect, "the connection was lost during the TLS handshake"),
    ] {
        let address = serve(move |mut socket| {
            let _ = socket.read(&mut [0; 4096]);
            let _ = socket.write_all(says);
        });
        let error = recognize(&client(address, &Authority::new().pem()), 1_000).await.unwrap_err();
        assert_eq!((transport(&error), error.source().unwrap().to_string().as_str()), (kind, why));
    }
}

#[tokio::test]
async fn an_authority_is_trusted_besides_whatever_else_is() {
    let (authority, other) = (Authority::new(), Authority::new());
    let address = serve_tls(authority.certify("localhost", false), &Arc::default(), |stream| {
        take(stream, 1_000);
        stream.write_all(success("trusted").as_bytes()).unwrap();
    });
    let resource = Resource::new(&format!("https://localhost:{}", address.port()), KEY).unwrap();
    let builder = || Client::builder(resource.clone()).retry(Retry::none()).chunked(false);
    let both = format!("Company:\n{}{}", other.pem(), authority.pem());
    let builders = [
        builder().additional_root_certificates(authority.pem()),
        builder().additional_root_certificates(both),
        builder().additional_root_certificates(authority.pem()).additional_root_certificates(other.pem()),
        builder().additional_root_certificates(authority.pem()).root_certificates(other.pem()),
    ];
    #[cfg(feature = "webpki-roots")]
    let mozilla = Some(builder().additional_root_certificates(authority.pem()).webpki_roots());
    #[cfg(not(feature = "webpki-roots"))]
    let mozilla = None;
    for builder in builders.into_iter().chain(mozilla) {
        assert_eq!(recognize(&builder.build().unwrap(), 1_000).await.unwrap().recognition.text(), Some("trusted"));
    }
    let without = builder().additional_root_certificates(other.pem()).build().unwrap();
    assert_eq!(transport(&recognize(&without, 1_000).await.unwrap_err()), TransportKind::Tls);
}

#[test]
fn root_certificates_that_are_none_are_refused_and_the_bad_one_is_named() {
    let resource = Resource::new("westeurope", KEY).unwrap();
    let none = "there is no certificate in PEM form in the text";
    let good = Authority::new().pem();
    let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    let cut = "-----BEGIN CERTIFICATE-----\nAAAA\n";
    for (pem, why) in [
        (String::new(), none),
        ("no certificate".to_owned(), none),
        (broken.to_owned(), "certificate 1 in the text is not in order"),
        (format!("{good}{good}{broken}{good}"), "certificate 3 in the text is not in order"),
        (format!("{good}{cut}"), "certificate 2 in the text is not in order"),
    ] {
        let builder = || Client::builder(resource.clone());
        for builder in [builder().root_certificates(&*pem), builder().additional_root_certificates(&*pem)] {
            let error = builder.build().unwrap_err();
            assert!(matches!(error, BuildError::RootCertificates(_)), "{pem}: {error:?}");
            assert_eq!(error.source().unwrap().to_string(), why, "{pem}");
        }
    }
}
