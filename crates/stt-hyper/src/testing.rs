//! A peer inside a test, so that both sides of a connection run on one clock that can be stopped.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use http::Uri;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex},
    sync::mpsc,
    time::timeout,
};
use tower_service::Service;

use crate::connect::{ConnectFault, Stream, dress};

/// Connects to a peer inside the test.
#[derive(Clone)]
pub(crate) struct Pipe(pub(crate) mpsc::UnboundedSender<DuplexStream>);

impl Service<Uri> for Pipe {
    type Response = Stream<DuplexStream>;
    type Error = ConnectFault;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, ConnectFault>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), ConnectFault>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let (near, far) = duplex(ROOM);
        self.0.send(far).unwrap();
        Box::pin(dress(near, uri, None, Duration::ZERO))
    }
}

/// How much a peer that reads nothing takes all the same.
pub(crate) const ROOM: usize = 8 * 1024;

/// The other side of one connection.
pub(crate) struct Peer(pub(crate) DuplexStream);

impl Peer {
    /// Reads the head of a request, and not one byte more.
    pub(crate) async fn head(&mut self) -> String {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(self.0.read_u8().await.unwrap());
        }
        String::from_utf8(head).unwrap()
    }

    /// Reads to the end of a chunked body, and tells how long it is.
    pub(crate) async fn body(&mut self) -> usize {
        let mut length = 0;
        loop {
            let mut size = Vec::new();
            while !size.ends_with(b"\r\n") {
                size.push(self.0.read_u8().await.unwrap());
            }
            let size = usize::from_str_radix(str::from_utf8(&size).unwrap().trim(), 16).unwrap();
            self.0.read_exact(&mut vec![0; size + 2]).await.unwrap();
            length += size;
            if size == 0 {
                return length;
            }
        }
    }

    pub(crate) async fn say(&mut self, text: &str) {
        self.0.write_all(text.as_bytes()).await.unwrap();
    }

    /// Whether not one byte comes within this time.
    pub(crate) async fn hears_nothing_for(&mut self, time: Duration) -> bool {
        timeout(time, self.0.read_u8()).await.is_err()
    }
}

pub(crate) const SUCCESS: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
pub(crate) const CONTINUE: &str = "HTTP/1.1 100 Continue\r\n\r\n";
