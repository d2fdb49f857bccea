//! The way to a host, gone one step after the other, to tell where it ends.

use std::{
    error::Error as StdError,
    fmt,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use http::{Method, Request, Uri, response::Parts};
use hyper_rustls::MaybeHttpsStream;
use rustls::{
    DigitallySignedStruct, ProtocolVersion, SignatureScheme,
    client::{
        Resumption,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    pki_types::{CertificateDer, ServerName, UnixTime},
};
use stt_core::{Payload, TransportFailure};
use tokio::{net::TcpStream, time::Instant};

use crate::{
    build_error::BuildError,
    builder::ClientBuilder,
    connect::{ConnectFault, Connector, Opened, Route, Stream, dress},
    limits::CHUNK,
    tls::{self, Distrust},
    transport::{Over, Transport},
};

/// The way to a host, gone one step after the other, to tell where it ends: for programs that explain a failure.
///
/// The steps are those of a [`Client`](crate::Client), with the same resolver, proxy, certificates and limits of time:
/// [`ClientBuilder::probe`] makes one of what would make the client. No credential goes out, whatever the resource has.
///
/// ```no_run
/// use stt_hyper::{Authorization, Client, Resource};
///
/// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
/// let resource = Resource::of("westeurope".parse()?, Authorization::None)?;
/// let probe = Client::builder(resource).probe()?;
/// let found = probe.look_up("https://westeurope.stt.speech.microsoft.com".parse()?).await?;
/// println!("at {:?}", found.addresses());
/// let connected = found.connect().await?;
/// println!("connected to {}", connected.address());
/// match connected.secure().await {
///     Ok(open) => println!("{:?}, {:?}", open.tls_version(), open.head().await?.headers.get("date")),
///     Err(refused) => println!("{refused}; it showed {} certificates", refused.certificates().len()),
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Probe {
    connector: Connector,
    /// Missing where no URL of the resource is `https`.
    verifier: Option<Arc<dyn ServerCertVerifier>>,
}

impl ClientBuilder {
    /// What goes the way of the client step by step, without a credential.
    ///
    /// # Errors
    ///
    /// [`BuildError::RootCertificates`] and [`BuildError::Tls`] where the resource is reached by TLS.
    pub fn probe(self) -> Result<Probe, BuildError> {
        let Self { resource, limits, roots, additional_roots, proxy, resolver, .. } = self;
        let verifier = match resource.endpoint().is_secure() {
            true => Some(tls::verifier(&roots, &additional_roots)?),
            false => None,
        };
        let tls = verifier.clone().map(tls::with).transpose()?;
        Ok(Probe { connector: Connector { limits, tls, proxy: proxy.map(Arc::new), resolver }, verifier })
    }
}

impl Probe {
    /// Looks up the name of the host of this URL, or that of the proxy which leads there.
    ///
    /// # Errors
    ///
    /// [`TransportFailure`]: there is no such name, or no answer in time.
    pub async fn look_up(&self, url: Uri) -> Result<ProbeFound, TransportFailure> {
        let route = Route::new(self.connector.clone(), url);
        let began = Instant::now();
        let addresses = route.look_up().await?;
        Ok(ProbeFound { route, verifier: self.verifier.clone(), addresses, took: began.elapsed() })
    }

    /// The host and port of the proxy through which connections to this URL go, if they do.
    #[must_use]
    pub fn proxy_to(&self, url: Uri) -> Option<String> {
        Route::new(self.connector.clone(), url).proxy.map(|proxy| proxy.to_string())
    }
}

/// A name that was looked up.
#[must_use]
pub struct ProbeFound {
    route: Route,
    verifier: Option<Arc<dyn ServerCertVerifier>>,
    addresses: Vec<SocketAddr>,
    took: Duration,
}

impl ProbeFound {
    /// The addresses, in the order in which they are tried.
    #[must_use]
    pub fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// Connects to the first address that answers, and has a proxy lead on to the host.
    ///
    /// # Errors
    ///
    /// [`TransportFailure`]: nobody answers, or the proxy refuses.
    pub async fn connect(self) -> Result<ProbeConnected, TransportFailure> {
        let Self { route, verifier, addresses, took } = self;
        let socket = route.open(addresses, took).await?;
        let address =
            socket.peer_addr().map_err(|error| TransportFailure::new(stt_core::TransportKind::Connect, error))?;
        let socket = route.lead(socket).await?;
        Ok(ProbeConnected { route, verifier, socket, address })
    }
}

/// A connection, and nothing said over it yet.
#[must_use]
pub struct ProbeConnected {
    route: Route,
    verifier: Option<Arc<dyn ServerCertVerifier>>,
    socket: TcpStream,
    address: SocketAddr,
}

impl ProbeConnected {
    /// The address at the other end: that of the proxy, where there is one.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Shakes hands by TLS, where the URL asks for it. A host that is not trusted gets not a byte more.
    ///
    /// # Errors
    ///
    /// [`ProbeRefused`], with the certificates that the host showed.
    pub async fn secure(self) -> Result<ProbeOpen, ProbeRefused> {
        let Self { route, verifier, socket, .. } = self;
        let witness = verifier.map(|verifier| Arc::new(Witness { verifier, shown: Mutex::default() }));
        let shown = || witness.as_ref().map(|witness| witness.shown()).unwrap_or_default();
        let refused = |fault| {
            let distrust = match &fault {
                ConnectFault::Tls(fault) => fault.distrust(),
                _ => None,
            };
            ProbeRefused { failure: TransportFailure::from(fault), distrust, certificates: shown() }
        };
        let mut tls = route.tls().map_err(refused)?;
        if let (Some(tls), Some(witness)) = (&mut tls, &witness) {
            let tls = Arc::make_mut(tls);
            // A resumed session shows no certificates.
            tls.resumption = Resumption::disabled();
            tls.dangerous().set_certificate_verifier(Arc::clone(witness) as Arc<dyn ServerCertVerifier>);
        }
        let (url, limits) = (route.uri.clone(), route.connector.limits);
        let stream = dress(socket, url, tls, limits.tls).await.map_err(refused)?;
        Ok(ProbeOpen { certificates: shown(), route, stream })
    }
}

/// A connection that a client would send its requests over.
#[must_use]
pub struct ProbeOpen {
    route: Route,
    stream: Stream<TcpStream>,
    certificates: Vec<Vec<u8>>,
}

impl ProbeOpen {
    /// `TLS 1.3` or `TLS 1.2`; nothing where the URL is `http`.
    #[must_use]
    pub fn tls_version(&self) -> Option<&'static str> {
        let MaybeHttpsStream::Https(tls) = self.stream.inner().inner().inner() else { return None };
        match tls.inner().get_ref().1.protocol_version() {
            Some(ProtocolVersion::TLSv1_3) => Some("TLS 1.3"),
            Some(ProtocolVersion::TLSv1_2) => Some("TLS 1.2"),
            _ => None,
        }
    }

    /// The certificates that the host showed, in DER, its own first.
    #[must_use]
    pub fn certificates(&self) -> &[Vec<u8>] {
        &self.certificates
    }

    /// Asks for the head of what is at the URL, without a credential, and gives the head of the answer.
    ///
    /// # Errors
    ///
    /// [`TransportFailure`]: no answer, or none of HTTP.
    pub async fn head(self) -> Result<Parts, TransportFailure> {
        let Self { route: Route { uri, connector, .. }, stream, .. } = self;
        let mut request = Request::new(Payload::Empty);
        *request.method_mut() = Method::HEAD;
        *request.uri_mut() = uri;
        let limits = connector.limits;
        let transport = Transport::new(Opened::new(stream), limits, CHUNK);
        let (_, outcome) = transport.send(request, None, limits.answer, Over::New).await;
        Ok(outcome?.into_parts().0)
    }
}

/// Why a host is not trusted, or does not speak TLS.
#[derive(Debug)]
pub struct ProbeRefused {
    failure: TransportFailure,
    distrust: Option<Distrust>,
    certificates: Vec<Vec<u8>>,
}

impl ProbeRefused {
    /// Why.
    #[must_use]
    pub const fn failure(&self) -> &TransportFailure {
        &self.failure
    }

    /// What is wrong with the host's certificate, if it is that which failed.
    #[must_use]
    pub const fn distrust(&self) -> Option<Distrust> {
        self.distrust
    }

    /// The certificates that the host showed, in DER, its own first. Nobody vouches for what is in them.
    #[must_use]
    pub fn certificates(&self) -> &[Vec<u8>] {
        &self.certificates
    }
}

impl fmt::Display for ProbeRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.failure.fmt(f)
    }
}

impl StdError for ProbeRefused {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.failure.source()
    }
}

impl fmt::Debug for Probe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Probe").field("proxy", &self.connector.proxy).finish_non_exhaustive()
    }
}

/// A verifier that keeps what it was shown, whatever it says of it.
#[derive(Debug)]
struct Witness {
    verifier: Arc<dyn ServerCertVerifier>,
    shown: Mutex<Vec<Vec<u8>>>,
}

impl Witness {
    fn shown(&self) -> Vec<Vec<u8>> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl ServerCertVerifier for Witness {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let chain = [end_entity].into_iter().chain(intermediates).map(|certificate| certificate.to_vec());
        *self.shown.lock().unwrap_or_else(PoisonError::into_inner) = chain.collect();
        self.verifier.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.verifier.verify_tls12_signature(message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.verifier.verify_tls13_signature(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.verifier.supported_verify_schemes()
    }

    fn requires_raw_public_keys(&self) -> bool {
        self.verifier.requires_raw_public_keys()
    }

    fn root_hint_subjects(&self) -> Option<&[rustls::DistinguishedName]> {
        self.verifier.root_hint_subjects()
    }
}
