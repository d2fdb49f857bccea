//! What looks up the names of hosts.

use std::{fmt, future::Future, io, net::SocketAddr, pin::Pin, sync::Arc};

use tokio::net::lookup_host;

/// What looks up the names of hosts: the operating system, unless the application does it.
#[derive(Clone, Default)]
pub(crate) struct Resolver(Option<Arc<Own>>);

type Own = dyn Fn(String, u16) -> Pin<Box<dyn Future<Output = io::Result<Vec<SocketAddr>>> + Send>> + Send + Sync;

impl Resolver {
    pub(crate) fn new<F, T>(resolve: F) -> Self
    where
        F: Fn(String, u16) -> T + Send + Sync + 'static,
        T: Future<Output = io::Result<Vec<SocketAddr>>> + Send + 'static,
    {
        Self(Some(Arc::new(move |host, port| Box::pin(resolve(host, port)))))
    }

    /// The addresses behind a name; behind an address there is only itself.
    pub(crate) async fn look_up(&self, host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
        match (&self.0, host.parse()) {
            (_, Ok(address)) => Ok(vec![SocketAddr::new(address, port)]),
            (Some(own), Err(_)) => own(host.to_owned(), port).await,
            (None, Err(_)) => Ok(lookup_host((host, port)).await?.collect()),
        }
    }
}

impl fmt::Debug for Resolver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Resolver")
    }
}
