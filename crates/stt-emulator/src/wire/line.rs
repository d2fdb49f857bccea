//! The socket of a connection.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use std::future::poll_fn;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::wire::Duplex;

/// The socket of a connection, which hyper has as a stream, and whoever breaks an exchange by its methods.
///
/// Both are parts of one task, so that neither misses that the socket is ready.
#[derive(Clone, Debug)]
pub(crate) struct Line(Arc<Mutex<Socket>>);

#[derive(Debug)]
struct Socket {
    stream: Box<dyn Duplex>,
    /// What was read already, and is to be read again.
    unread: Bytes,
    /// Whether what the stream is given to write goes nowhere.
    muted: bool,
    /// The most that is read at once.
    most: usize,
}

impl Line {
    pub(crate) fn new(stream: Box<dyn Duplex>) -> Self {
        Self(Arc::new(Mutex::new(Socket { stream, unread: Bytes::new(), muted: false, most: usize::MAX })))
    }

    /// From now on what the stream is given to write goes nowhere.
    pub(crate) fn mute(&self) {
        self.socket().muted = true;
    }

    /// From now on no more than so many bytes are read at once.
    pub(crate) fn slow(&self, most: u64) {
        self.socket().most = usize::try_from(most).unwrap_or(usize::MAX).max(1);
    }

    /// Makes it a stream like any other again, which begins with `unread`.
    pub(crate) fn resume(&self, unread: Bytes) {
        let mut socket = self.socket();
        (socket.unread, socket.muted, socket.most) = (unread, false, usize::MAX);
    }

    /// Writes all of it, muted or not.
    pub(crate) async fn send(&self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            let written = poll_fn(|cx| Pin::new(&mut self.socket().stream).poll_write(cx, bytes)).await?;
            bytes = bytes.get(written..).unwrap_or_default();
        }
        // TLS may hold back what the socket has no room for.
        poll_fn(|cx| Pin::new(&mut self.socket().stream).poll_flush(cx)).await
    }

    /// Says that nothing more will be said.
    pub(crate) async fn shut(&self) -> io::Result<()> {
        poll_fn(|cx| Pin::new(&mut self.socket().stream).poll_shutdown(cx)).await
    }

    /// Makes its end a reset.
    pub(crate) fn reset(&self) -> io::Result<()> {
        self.socket().stream.tcp().set_zero_linger()
    }

    /// Nothing under the lock can be left half done.
    fn socket(&self) -> MutexGuard<'_, Socket> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl AsyncRead for Line {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let Socket { stream, unread, most, .. } = &mut *self.socket();
        let size = buf.remaining().min(*most);
        if !unread.is_empty() {
            let size = size.min(unread.len());
            buf.put_slice(&unread.split_to(size));
            return Poll::Ready(Ok(()));
        }
        if size == buf.remaining() {
            return Pin::new(stream).poll_read(cx, buf);
        }
        let mut room = [0; SMALL];
        let mut piece = ReadBuf::new(&mut room[..size.min(SMALL)]);
        ready!(Pin::new(stream).poll_read(cx, &mut piece))?;
        buf.put_slice(piece.filled());
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Line {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let socket = &mut *self.socket();
        match socket.muted {
            true => Poll::Ready(Ok(bytes.len())),
            false => Pin::new(&mut socket.stream).poll_write(cx, bytes),
        }
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let socket = &mut *self.socket();
        match socket.muted {
            true => Poll::Ready(Ok(slices.iter().map(|slice| slice.len()).sum())),
            false => Pin::new(&mut socket.stream).poll_write_vectored(cx, slices),
        }
    }

    fn is_write_vectored(&self) -> bool {
        self.socket().stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket().stream).poll_shutdown(cx)
    }
}

/// The largest piece of a stream that is slowed down.
const SMALL: usize = 1_024;
