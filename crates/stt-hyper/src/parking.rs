//! A socket that goes on reading after a write has failed.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
};

use hyper_util::client::legacy::connect::{Connected, Connection};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::wire::Wire;

/// A socket that goes on reading after a write has failed.
///
/// A service that refuses a request answers and closes while the audio is still on its way. The next write then fails,
/// and hyper would report that failure although the answer lies in the socket, ready to be read. So a failed write is
/// kept back and reported only when there is nothing left to read. It stands below TLS, where such failures arise.
pub(crate) struct Parking<S> {
    socket: S,
    wire: Wire,
    read_to_its_end: bool,
}

impl<S> Parking<S> {
    pub(crate) const fn new(socket: S, wire: Wire) -> Self {
        Self { socket, wire, read_to_its_end: false }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Parking<S> {
    /// Tries to write, and keeps a failure back as long as there may be something to read.
    fn poll_writing<T>(
        &mut self,
        context: &mut Context<'_>,
        write: impl FnOnce(Pin<&mut S>, &mut Context<'_>) -> Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if self.wire.is_cut() {
            return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()));
        }
        if self.wire.broken().is_none() {
            match write(Pin::new(&mut self.socket), context) {
                Poll::Ready(Ok(done)) => {
                    self.wire.moved();
                    return Poll::Ready(Ok(done));
                }
                Poll::Ready(Err(error)) => self.wire.broke(error.kind()),
                Poll::Pending => {}
            }
        }
        self.wire.blocked();
        match self.wire.broken() {
            Some(kind) if self.read_to_its_end => Poll::Ready(Err(kind.into())),
            // The task is woken by whatever there is to read, and comes back here.
            Some(_) | None => Poll::Pending,
        }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for Parking<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.wire.is_cut() {
            return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()));
        }
        let before = buffer.filled().len();
        let Poll::Ready(outcome) = Pin::new(&mut self.socket).poll_read(context, buffer) else {
            self.wire.waits(context);
            return Poll::Pending;
        };
        self.read_to_its_end = outcome.is_err() || buffer.filled().len() == before;
        Poll::Ready(outcome)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Parking<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.poll_writing(context, |socket, context| socket.poll_write(context, bytes))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.poll_writing(context, |socket, context| socket.poll_write_vectored(context, slices))
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        // A socket holds nothing back, so there is nothing here that could fail or be counted.
        Pin::new(&mut self.socket).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let _ = ready!(Pin::new(&mut self.socket).poll_shutdown(context));
        Poll::Ready(Ok(()))
    }
}

impl<S> Connection for Parking<S> {
    fn connected(&self) -> Connected {
        Connected::new().extra(self.wire.clone())
    }
}

#[cfg(test)]
mod tests {
    use std::{future::poll_fn, time::Duration};

    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    /// A socket whose writes fail, and whose peer said something before.
    struct Refusing(&'static [u8]);

    impl AsyncRead for Refusing {
        fn poll_read(mut self: Pin<&mut Self>, _: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
            buffer.put_slice(self.0);
            self.0 = b"";
            Poll::Ready(Ok(()))
        }
    }

    impl AsyncWrite for Refusing {
        fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, _: &[u8]) -> Poll<io::Result<usize>> {
            Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()))
        }

        fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }

        fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Err(io::ErrorKind::NotConnected.into()))
        }
    }

    #[tokio::test]
    async fn a_failed_write_is_reported_when_there_is_nothing_left_to_read() {
        let mut socket = Parking::new(Refusing(b"401"), Wire::default());
        let write = |socket: &mut Parking<Refusing>, context: &mut Context<'_>| {
            Poll::Ready(Pin::new(socket).poll_write(context, b"audio").map_err(|error| error.kind()))
        };
        assert_eq!(poll_fn(|context| write(&mut socket, context)).await, Poll::Pending);
        let mut said = [0; 8];
        assert_eq!(socket.read(&mut said).await.unwrap(), 3);
        assert_eq!(poll_fn(|context| write(&mut socket, context)).await, Poll::Pending, "there may be more");
        assert_eq!(socket.read(&mut said).await.unwrap(), 0);
        let failed = Poll::Ready(Err(io::ErrorKind::ConnectionReset));
        assert_eq!(poll_fn(|context| write(&mut socket, context)).await, failed);
        socket.shutdown().await.unwrap();
    }

    #[tokio::test]
    async fn a_connection_that_is_cut_wakes_its_reader_and_fails() {
        let (near, _far) = tokio::io::duplex(64);
        let wire = Wire::default();
        let mut socket = Parking::new(near, wire.clone());
        let reading = tokio::spawn(async move { (socket.read(&mut [0; 8]).await, socket.write(b"audio").await) });
        tokio::task::yield_now().await;
        wire.cut();
        let (read, written) = reading.await.unwrap();
        assert_eq!(read.unwrap_err().kind(), io::ErrorKind::ConnectionAborted);
        assert_eq!(written.unwrap_err().kind(), io::ErrorKind::ConnectionAborted);
    }

    #[tokio::test(start_paused = true)]
    async fn it_tells_since_when_the_peer_takes_nothing() {
        let (near, mut far) = tokio::io::duplex(4);
        let wire = Wire::default();
        let mut socket = Parking::new(near, wire.clone());
        socket.write_all(b"full").await.unwrap();
        assert_eq!(wire.blocked_since(), None);
        let began = tokio::time::Instant::now();
        let writing = tokio::spawn(async move { socket.write_all(b"more").await });
        tokio::time::sleep(Duration::from_secs(3)).await;
        assert_eq!(wire.blocked_since(), Some(began));
        far.read_exact(&mut [0; 8]).await.unwrap();
        writing.await.unwrap().unwrap();
        assert_eq!(wire.blocked_since(), None);
    }
}
