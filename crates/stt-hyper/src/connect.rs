//! A connection to a host: its name looked up, its addresses tried, TLS set up, each with a failure of its own.

use std::{
    error::Error as StdError,
    future::Future,
    io,
    net::SocketAddr,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
    time::Duration,
};

use http::{Uri, uri::Scheme};
use hyper_rustls::{HttpsConnector, MaybeHttpsStream};
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use stt_core::{Phase, TransportFailure, TransportKind};
use tokio::{
    net::TcpStream,
    task::JoinSet,
    time::{Instant, timeout},
};
use tower_service::Service;

use crate::{
    counting::Counting,
    limits::Limits,
    parking::Parking,
    proxy::Proxy,
    resolver::Resolver,
    tls::TlsFault,
    tunnel::{ProxyFault, tunnel},
    wire::Wire,
};

/// What hyper speaks over: a socket that goes on reading after a failed write, TLS where the scheme asks for it, and
/// the count of what went over it.
pub(crate) type Stream<S> = TokioIo<Counting<TokioIo<MaybeHttpsStream<TokioIo<Parking<S>>>>>>;

/// Opens connections for hyper-util's pool.
#[derive(Clone)]
pub(crate) struct Connector {
    pub(crate) limits: Limits,
    /// Missing where no URL of the resource is `https`.
    pub(crate) tls: Option<Arc<ClientConfig>>,
    pub(crate) proxy: Option<Arc<Proxy>>,
    pub(crate) resolver: Resolver,
}

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConnectFault {
    #[error("no address of the host accepts a connection")]
    Connect(#[source] io::Error),
    #[error("localhost leads to an address outside this machine")]
    NotLoopback,
    #[error("the host has no address")]
    NoAddress,
    #[error(transparent)]
    Proxy(ProxyFault),
    #[error("the name cannot be looked up")]
    Resolve(#[source] io::Error),
    #[error("{0}")]
    Scheme(&'static str),
    #[error("{}", match .0 {
        Phase::Resolve => "looking up the name took too long",
        Phase::Tls => "the TLS handshake took too long",
        _ => "no address of the host answered in time",
    })]
    TimedOut(Phase),
    #[error(transparent)]
    Tls(#[from] TlsFault),
}

impl ConnectFault {
    pub(crate) const fn kind(&self) -> TransportKind {
        match self {
            Self::Proxy(failed) => failed.kind,
            Self::Connect(_) | Self::NotLoopback | Self::Tls(TlsFault::Lost(_)) => TransportKind::Connect,
            Self::NoAddress | Self::Resolve(_) => TransportKind::Resolve,
            Self::Scheme(_) => TransportKind::Other,
            Self::TimedOut(phase) => TransportKind::TimedOut(*phase),
            Self::Tls(_) => TransportKind::Tls,
        }
    }

    /// The proxy that failed.
    pub(crate) fn proxy(&self) -> Option<&str> {
        match self {
            Self::Proxy(failed) => Some(&failed.proxy),
            _ => None,
        }
    }
}

impl From<ConnectFault> for TransportFailure {
    fn from(fault: ConnectFault) -> Self {
        let proxy = fault.proxy().map(str::to_owned);
        let failure = Self::new(fault.kind(), fault);
        proxy.iter().fold(failure, |failure, proxy| failure.proxy(proxy))
    }
}

impl Service<Uri> for Connector {
    type Response = Stream<TcpStream>;
    type Error = ConnectFault;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, ConnectFault>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), ConnectFault>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let route = Route::new(self.clone(), uri);
        Box::pin(async move {
            let began = Instant::now();
            let addresses = route.look_up().await?;
            let socket = route.open(addresses, began.elapsed()).await?;
            let socket = route.lead(socket).await?;
            let tls = route.tls()?;
            dress(socket, route.uri, tls, route.connector.limits.tls).await
        })
    }
}

/// The way of one connection, from the lookup of a name to the socket that leads to the host.
pub(crate) struct Route {
    pub(crate) connector: Connector,
    pub(crate) uri: Uri,
    host: String,
    port: u16,
    pub(crate) secure: bool,
    /// The one that this way goes through, if it goes through one.
    pub(crate) proxy: Option<Arc<Proxy>>,
}

impl Route {
    pub(crate) fn new(connector: Connector, uri: Uri) -> Self {
        let secure = uri.scheme() == Some(&Scheme::HTTPS);
        let host = uri.host().unwrap_or_default().trim_start_matches('[').trim_end_matches(']').to_owned();
        let port = uri.port_u16().unwrap_or(if secure { 443 } else { 80 });
        // What goes over `http` stays on this machine, and a proxy could read it.
        let proxy = connector.proxy.clone().filter(|proxy| secure && proxy.covers(&host, port));
        Self { connector, uri, host, port, secure, proxy }
    }

    /// Looks up the name of the proxy, or of the host where there is none.
    pub(crate) async fn look_up(&self) -> Result<Vec<SocketAddr>, ConnectFault> {
        let (resolver, limit) = (&self.connector.resolver, self.connector.limits.connect);
        if let Some(proxy) = &self.proxy {
            let found = look_up(resolver, proxy.host(), proxy.port(), false, limit).await;
            return found.map_err(|fault| of_proxy(proxy, fault.kind(), fault));
        }
        // Only to this machine may a key go over `http`, and the name alone does not prove where that is.
        let at_home = !self.secure && self.host.eq_ignore_ascii_case("localhost");
        look_up(resolver, &self.host, self.port, at_home, limit).await
    }

    /// Connects to one of the addresses, in what is left of the time after the lookup.
    pub(crate) async fn open(&self, addresses: Vec<SocketAddr>, took: Duration) -> Result<TcpStream, ConnectFault> {
        let opened = open(addresses, self.connector.limits.connect.saturating_sub(took)).await;
        opened.map_err(|fault| match &self.proxy {
            Some(proxy) => of_proxy(proxy, fault.kind(), fault),
            None => fault,
        })
    }

    /// Has the proxy lead the connection on to the host, where there is one.
    pub(crate) async fn lead(&self, socket: TcpStream) -> Result<TcpStream, ConnectFault> {
        let Some(proxy) = &self.proxy else { return Ok(socket) };
        let target = format!("{}:{}", self.uri.host().unwrap_or_default(), self.port);
        let led = tunnel(socket, proxy, &target, self.connector.limits.tunnel).await;
        led.map_err(|fault| of_proxy(proxy, fault.kind(), fault))
    }

    /// The configuration of TLS, if the scheme asks for it.
    pub(crate) fn tls(&self) -> Result<Option<Arc<ClientConfig>>, ConnectFault> {
        match (self.secure, &self.connector.tls) {
            (false, _) => Ok(None),
            (true, Some(tls)) => Ok(Some(Arc::clone(tls))),
            (true, None) => Err(ConnectFault::Scheme("this client was made without TLS")),
        }
    }
}

fn of_proxy(proxy: &Proxy, kind: TransportKind, fault: impl Into<Box<dyn StdError + Send + Sync>>) -> ConnectFault {
    ConnectFault::Proxy(ProxyFault { proxy: proxy.to_string(), kind, fault: fault.into() })
}

/// Puts around a socket what its scheme and this crate need.
pub(crate) async fn dress<S>(
    socket: S,
    uri: Uri,
    tls: Option<Arc<ClientConfig>>,
    limit: Duration,
) -> Result<Stream<S>, ConnectFault>
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Send + Unpin + 'static,
{
    let wire = Wire::default();
    let socket = TokioIo::new(Parking::new(socket, wire.clone()));
    let stream = match tls {
        None => MaybeHttpsStream::Http(socket),
        Some(tls) => {
            let handshake = HttpsConnector::from((Opened::new(socket), tls)).call(uri);
            within(limit, Phase::Tls, handshake)
                .await?
                .map_err(|error| TlsFault::from(&*error as &(dyn StdError + 'static)))?
        }
    };
    Ok(TokioIo::new(Counting::new(TokioIo::new(stream), wire)))
}

/// A connector whose one connection is open already.
///
/// Below TLS it sees to it that whatever fails is TLS.
pub(crate) struct Opened<S>(Arc<Mutex<Option<S>>>);

impl<S> Opened<S> {
    pub(crate) fn new(connection: S) -> Self {
        Self(Arc::new(Mutex::new(Some(connection))))
    }
}

impl<S> Clone for Opened<S> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<S> Service<Uri> for Opened<S> {
    type Response = S;
    type Error = io::Error;
    type Future = std::future::Ready<io::Result<S>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Uri) -> Self::Future {
        let connection = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        std::future::ready(connection.ok_or_else(|| io::ErrorKind::NotConnected.into()))
    }
}

/// The addresses behind a name.
async fn look_up(
    resolver: &Resolver,
    host: &str,
    port: u16,
    at_home: bool,
    limit: Duration,
) -> Result<Vec<SocketAddr>, ConnectFault> {
    let found = within(limit, Phase::Resolve, resolver.look_up(host, port)).await?;
    let addresses = found.map_err(ConnectFault::Resolve)?;
    if addresses.is_empty() {
        return Err(ConnectFault::NoAddress);
    }
    if at_home && !addresses.iter().all(|address| address.ip().is_loopback()) {
        return Err(ConnectFault::NotLoopback);
    }
    Ok(addresses)
}

/// Connects to one of the addresses.
async fn open(addresses: Vec<SocketAddr>, limit: Duration) -> Result<TcpStream, ConnectFault> {
    let socket = within(limit, Phase::Connect, race(addresses)).await?.map_err(ConnectFault::Connect)?;
    // Without this the last piece of live audio waits for the acknowledgement of the one before it.
    socket.set_nodelay(true).map_err(ConnectFault::Connect)?;
    Ok(socket)
}

/// Connects to the first address that answers, each begun a little after the one before it.
async fn race(addresses: Vec<SocketAddr>) -> io::Result<TcpStream> {
    let mut trying = JoinSet::new();
    let mut last = io::ErrorKind::AddrNotAvailable.into();
    for address in addresses {
        trying.spawn(TcpStream::connect(address));
        if let Ok(Some(Ok(outcome))) = timeout(HEAD_START, trying.join_next()).await {
            match outcome {
                Ok(socket) => return Ok(socket),
                Err(error) => last = error,
            }
        }
    }
    while let Some(outcome) = trying.join_next().await {
        match outcome {
            Ok(Ok(socket)) => return Ok(socket),
            Ok(Err(error)) => last = error,
            Err(_) => {}
        }
    }
    Err(last)
}

async fn within<T>(limit: Duration, phase: Phase, work: impl Future<Output = T>) -> Result<T, ConnectFault> {
    timeout(limit, work).await.map_err(|_| ConnectFault::TimedOut(phase))
}

/// What RFC 8305 recommends between two attempts to connect.
const HEAD_START: Duration = Duration::from_millis(250);

#[cfg(test)]
mod tests;
