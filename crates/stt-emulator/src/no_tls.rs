//! In place of TLS, in a build without it.

use std::convert::Infallible;
use std::io;
use std::net::IpAddr;

use tokio::net::TcpStream;

/// There is none.
#[derive(Debug)]
pub(crate) struct Tls(Infallible);

impl Tls {
    pub(crate) fn new(_: &[String]) -> io::Result<(String, Self)> {
        Err(io::Error::new(io::ErrorKind::Unsupported, "this is a build without the feature tls"))
    }

    pub(crate) async fn accept(&self, _: TcpStream) -> io::Result<Accepted> {
        match self.0 {}
    }
}

/// What a client has begun with.
#[expect(dead_code, reason = "there is no TLS that a client could begin with")]
pub(crate) enum Accepted {
    Plain(TcpStream),
    Secure(Box<TcpStream>),
}

/// A client's side of TLS, which nobody can ask for here.
pub(crate) fn client<S>(_: IpAddr, _: &[u8], _: S) -> io::Result<S> {
    Err(io::ErrorKind::Unsupported.into())
}

/// The answer to plain HTTP, which is right here.
pub(crate) const PLAIN: &[u8] = b"";
