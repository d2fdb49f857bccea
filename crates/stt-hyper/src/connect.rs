//! A connection to a host: its name looked up, its addresses tried, TLS set up, each with a failure of its own.

use std::{
    error::Error as StdError,
    future::Future,
    io,
    net::SocketAddr,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use http::{Uri, uri::Scheme};
use hyper_rustls::{HttpsConnector, MaybeHttpsStream};
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use stt_core::{Phase, TransportKind};
use tokio::{
    net::{TcpStream, lookup_host},
    task::JoinSet,
    time::{Instant, timeout},
};
use tower_service::Service;

use crate::{
    counting::Counting,
    limits::Limits,
    parking::Parking,
    proxy::Proxy,
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

impl Service<Uri> for Connector {
    type Response = Stream<TcpStream>;
    type Error = ConnectFault;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, ConnectFault>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), ConnectFault>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let Self { limits, tls, proxy } = self.clone();
        Box::pin(async move {
            let secure = uri.scheme() == Some(&Scheme::HTTPS);
            let host = uri.host().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
            let port = uri.port_u16().unwrap_or(if secure { 443 } else { 80 });
            // Only to this machine may a key go over `http`, and the name alone does not prove where that is.
            let at_home = !secure && host.eq_ignore_ascii_case("localhost");
            // What goes over `http` stays on this machine, and a proxy could read it.
            let socket = match proxy.filter(|proxy| secure && proxy.covers(host, port)) {
                Some(proxy) => through(&proxy, &uri, port, limits).await?,
                None => dial(host, port, at_home, limits.connect).await?,
            };
            let tls = match (secure, tls) {
                (false, _) => None,
                (true, Some(tls)) => Some(tls),
                (true, None) => return Err(ConnectFault::Scheme("this client was made without TLS")),
            };
            dress(socket, uri, tls, limits.tls).await
        })
    }
}

/// Connects to a host through a proxy.
async fn through(proxy: &Proxy, uri: &Uri, port: u16, limits: Limits) -> Result<TcpStream, ConnectFault> {
    let target = format!("{}:{port}", uri.host().unwrap_or_default());
    let failed = |kind, fault| ConnectFault::Proxy(ProxyFault { proxy: proxy.to_string(), kind, fault });
    let socket = dial(proxy.host(), proxy.port(), false, limits.connect).await;
    let socket = socket.map_err(|fault| failed(fault.kind(), fault.into()))?;
    tunnel(socket, proxy, &target, limits.tunnel).await.map_err(|fault| failed(fault.kind(), fault.into()))
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
            let handshake = HttpsConnector::from((Opened(Some(socket)), tls)).call(uri);
            within(limit, Phase::Tls, handshake)
                .await?
                .map_err(|error| TlsFault::from(&*error as &(dyn StdError + 'static)))?
        }
    };
    Ok(TokioIo::new(Counting::new(TokioIo::new(stream), wire)))
}

/// A connector below TLS whose one connection is open already, so that whatever fails is TLS.
struct Opened<S>(Option<S>);

impl<S> Service<Uri> for Opened<S> {
    type Response = S;
    type Error = io::Error;
    type Future = std::future::Ready<io::Result<S>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Uri) -> Self::Future {
        std::future::ready(self.0.take().ok_or_else(|| io::ErrorKind::NotConnected.into()))
    }
}

/// Looks up a name and connects to one of its addresses.
async fn dial(host: &str, port: u16, at_home: bool, limit: Duration) -> Result<TcpStream, ConnectFault> {
    let began = Instant::now();
    let found = within(limit, Phase::Resolve, lookup_host((host, port))).await?.map_err(ConnectFault::Resolve)?;
    let addresses: Vec<SocketAddr> = found.collect();
    if addresses.is_empty() {
        return Err(ConnectFault::NoAddress);
    }
    if at_home && !addresses.iter().all(|address| address.ip().is_loopback()) {
        return Err(ConnectFault::NotLoopback);
    }
    let left = limit.saturating_sub(began.elapsed());
    let socket = within(left, Phase::Connect, race(addresses)).await?.map_err(ConnectFault::Connect)?;
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
