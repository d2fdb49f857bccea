//! A connection that a proxy opens.

use std::{error::Error, fmt, time::Duration};

use bytes::Bytes;
use http::{Request, StatusCode, header};
use http_body_util::Empty;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use stt_core::{Phase, TransportKind};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    task::JoinSet,
    time::timeout,
};

use crate::proxy::Proxy;

/// Why a proxy opened no connection.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TunnelFault {
    #[error("it closed the connection before its answer")]
    Closed,
    #[error("its answer is not that of a proxy")]
    NotHttp(#[source] hyper::Error),
    #[error("it sent a page instead of opening a connection")]
    Page(StatusCode),
    #[error("it answered \"{0}\"")]
    Refused(StatusCode),
    #[error("it did not answer in time")]
    TimedOut,
}

impl TunnelFault {
    pub(crate) const fn kind(&self) -> TransportKind {
        match self {
            Self::Closed | Self::NotHttp(_) => TransportKind::Proxy(None),
            Self::Page(status) | Self::Refused(status) => TransportKind::Proxy(Some(status.as_u16())),
            Self::TimedOut => TransportKind::TimedOut(Phase::Connect),
        }
    }
}

/// What went wrong with a proxy of this name, in its own words or in those of whoever connects to it.
#[derive(Debug)]
pub(crate) struct ProxyFault {
    pub(crate) proxy: String,
    pub(crate) kind: TransportKind,
    pub(crate) fault: Box<dyn Error + Send + Sync>,
}

impl fmt::Display for ProxyFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.fault.fmt(f)
    }
}

impl Error for ProxyFault {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.fault.source()
    }
}

/// Asks the proxy at the other end of this connection to lead it on to `target`, which is a host and a port.
pub(crate) async fn tunnel<S>(socket: S, proxy: &Proxy, target: &str, limit: Duration) -> Result<S, TunnelFault>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    timeout(limit, ask(socket, proxy, target)).await.unwrap_or(Err(TunnelFault::TimedOut))
}

async fn ask<S>(socket: S, proxy: &Proxy, target: &str) -> Result<S, TunnelFault>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let mut request = Request::connect(target).header(header::HOST, target);
    if let Some(authorization) = proxy.authorization() {
        request = request.header(header::PROXY_AUTHORIZATION, authorization);
    }
    let request = request.body(Empty::<Bytes>::new()).map_err(|_| TunnelFault::Closed)?;
    let (mut sender, connection) =
        http1::Builder::new().max_buf_size(HEAD).handshake(TokioIo::new(socket)).await.map_err(fault)?;
    // It ends with this function, whatever becomes of it.
    let mut connection_task = JoinSet::new();
    connection_task.spawn(connection.without_shutdown());
    let answer = sender.send_request(request).await.map_err(fault)?;
    let status = answer.status();
    if !status.is_success() {
        return Err(TunnelFault::Refused(status));
    }
    let length = answer.headers().get(header::CONTENT_LENGTH);
    if length.is_some_and(|length| length != "0") {
        return Err(TunnelFault::Page(status));
    }
    match connection_task.join_next().await {
        // With TLS the client speaks first, so whatever comes before that is from the proxy.
        Some(Ok(Ok(parts))) if parts.read_buf.is_empty() => Ok(parts.io.into_inner()),
        Some(Ok(Ok(_))) => Err(TunnelFault::Page(status)),
        Some(Ok(Err(error))) => Err(fault(error)),
        Some(Err(_)) | None => Err(TunnelFault::Closed),
    }
}

fn fault(error: hyper::Error) -> TunnelFault {
    if error.is_parse() { TunnelFault::NotHttp(error) } else { TunnelFault::Closed }
}

/// The head of a proxy's answer: a line and a few headers, as a rule.
const HEAD: usize = 16 * 1024;

#[cfg(test)]
mod tests {
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt, duplex},
        time::{Instant, sleep},
    };

    use super::*;

    const LIMIT: Duration = Duration::from_secs(10);

    #[tokio::test(start_paused = true)]
    async fn a_proxy_that_says_nothing_or_drips_is_left_in_time() {
        for drips in [false, true] {
            let (near, mut far) = duplex(4096);
            tokio::spawn(async move {
                far.read_u8().await.unwrap();
                while drips && far.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").await.is_ok() {
                    sleep(Duration::from_millis(100)).await;
                }
                let _ = far.read_to_end(&mut Vec::new()).await;
            });
            let began = Instant::now();
            let fault = tunnel(near, &Proxy::new("proxy").unwrap(), "a.example:443", LIMIT).await.unwrap_err();
            assert_eq!((began.elapsed(), fault.kind()), (LIMIT, TransportKind::TimedOut(Phase::Connect)));
        }
    }

    #[tokio::test]
    async fn bytes_pass_unchanged_when_the_connection_is_there() {
        let (near, mut far) = duplex(4096);
        let proxy = tokio::spawn(async move {
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                head.push(far.read_u8().await.unwrap());
            }
            // In parts, so that the end of the head is found wherever it is.
            for part in ["HTTP/1.1 2", "00 OK\r\nContent-Length: 0\r", "\n\r", "\n"] {
                far.write_all(part.as_bytes()).await.unwrap();
                tokio::task::yield_now().await;
            }
            let mut heard = [0; 5];
            far.read_exact(&mut heard).await.unwrap();
            far.write_all(&heard).await.unwrap();
            String::from_utf8(head).unwrap()
        });
        let mut opened = tunnel(near, &Proxy::new("proxy").unwrap(), "[fd12::1]:443", LIMIT).await.unwrap();
        opened.write_all(b"hello").await.unwrap();
        let mut echo = [0; 5];
        opened.read_exact(&mut echo).await.unwrap();
        assert_eq!(&echo, b"hello");
        assert_eq!(proxy.await.unwrap(), "CONNECT [fd12::1]:443 HTTP/1.1\r\nhost: [fd12::1]:443\r\n\r\n");
    }
}
