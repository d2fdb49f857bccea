//! An emulator that listens, until its handle is dropped.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use tokio::runtime;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::builder::Builder;
use crate::config::KEY_1;
use crate::emulator::Emulator;
use crate::expect::Expect;
use crate::journal::Entry;
use crate::scenario::{Fault, Reply};
use crate::server;
use crate::shared::Shared;
use crate::tls::Tls;

/// An emulator behind a socket; it stops when this is dropped.
#[must_use]
#[derive(Debug)]
pub struct Running {
    address: SocketAddr,
    shared: Arc<Shared>,
    /// `None` once it was told to stop: the server stops when this is gone.
    stop: Option<watch::Sender<()>>,
    host: Host,
}

/// Where the server runs.
#[derive(Debug)]
enum Host {
    Task(JoinHandle<()>),
    /// `None` once it was joined.
    Thread(Option<thread::JoinHandle<()>>),
}

impl Builder {
    /// Listens, as a task of the tokio runtime that this is called in.
    ///
    /// # Errors
    ///
    /// If the address cannot be listened on, or a name for TLS is none.
    pub async fn start(mut self) -> io::Result<Running> {
        let tls = self.certify()?;
        let listener = server::listen(self.config.listen)?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared::new(self.build(), tls));
        let (stop, stopped) = watch::channel(());
        let serving = server::serve(listener, Arc::clone(&shared), stopped);
        let host = Host::Task(tokio::spawn(serving));
        Ok(Running { address, shared, stop: Some(stop), host })
    }

    /// Listens in a thread of its own, for callers without a runtime.
    ///
    /// # Errors
    ///
    /// If the address cannot be listened on, a name for TLS is none, or the thread cannot start.
    pub fn start_blocking(mut self) -> io::Result<Running> {
        let tls = self.certify()?;
        let listen = self.config.listen;
        let shared = Arc::new(Shared::new(self.build(), tls));
        let (stop, stopped) = watch::channel(());
        let (started, starting) = mpsc::channel();
        let served = Arc::clone(&shared);
        let serving = move || {
            let runtime = match runtime::Builder::new_current_thread().enable_all().build() {
                Ok(runtime) => runtime,
                Err(error) => return drop(started.send(Err(error))),
            };
            runtime.block_on(async {
                let listener = match server::listen(listen) {
                    Ok(listener) => listener,
                    Err(error) => return drop(started.send(Err(error))),
                };
                // The caller waits for this line, so that it cannot be gone.
                let _ = started.send(listener.local_addr());
                server::serve(listener, served, stopped).await;
            });
        };
        let thread = thread::Builder::new().name("stt-emulator".to_owned()).spawn(serving)?;
        let address = starting.recv().map_err(io::Error::other)??;
        let host = Host::Thread(Some(thread));
        Ok(Running { address, shared, stop: Some(stop), host })
    }

    /// Makes the authority and the certificate, if there is to be TLS.
    fn certify(&mut self) -> io::Result<Option<Tls>> {
        let Some(names) = &self.config.tls else { return Ok(None) };
        let (authority, tls) = Tls::new(names)?;
        self.config.authority = Some(authority);
        Ok(Some(tls))
    }
}

impl Running {
    /// The address that is listened on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The URL of the service, without a slash at its end, such as `http://127.0.0.1:49151`.
    #[must_use]
    pub fn endpoint(&self) -> String {
        endpoint(self.address, self.shared.tls.is_some())
    }

    /// The authority that clients have to trust, as PEM, if it listens behind TLS.
    #[must_use]
    pub fn ca(&self) -> Option<&str> {
        self.emulator().config().authority.as_deref()
    }

    /// The URL that exchanges a key for a token.
    #[must_use]
    pub fn token_endpoint(&self) -> String {
        format!("{}/sts/v1.0/issueToken", self.endpoint())
    }

    /// The URL of the admin paths, with a slash at its end.
    #[must_use]
    pub fn admin(&self) -> String {
        format!("{}/__emulator/", self.endpoint())
    }

    /// A key that is accepted.
    #[must_use]
    pub fn key(&self) -> &'static str {
        KEY_1
    }

    /// The name of the region that tokens carry.
    #[must_use]
    pub fn region(&self) -> &str {
        self.shared.emulator.region()
    }

    /// The emulator that answers.
    #[must_use]
    pub fn emulator(&self) -> &Emulator {
        &self.shared.emulator
    }

    /// What was asked and answered so far; see [`Emulator::journal`].
    #[must_use]
    pub fn journal(&self) -> Vec<Entry> {
        self.emulator().journal()
    }

    /// Moves the clock forward, so that a test need not wait for a token to end.
    pub fn advance(&self, by: Duration) {
        self.emulator().advance(by);
    }

    /// Ends the test unless the requests so far are what was expected; see [`Emulator::assert`].
    ///
    /// # Panics
    ///
    /// If they are not.
    #[track_caller]
    pub fn assert(&self, expect: Expect) {
        self.emulator().assert(expect);
    }

    /// Expects this of the requests until the end, which is when this is dropped or stopped; see
    /// [`Emulator::expect`].
    pub fn expect(&self, expect: Expect) {
        self.emulator().expect(expect);
    }

    /// Puts everything back to how it was at the start; see [`Emulator::reset`].
    pub fn reset(&self) {
        self.emulator().reset();
    }

    /// Gives this answer to the next recognition; see [`Emulator::queue`].
    pub fn queue(&self, reply: &Reply) {
        self.emulator().queue(reply);
    }

    /// Arms a fault; see [`Emulator::arm`].
    pub fn arm(&self, fault: &Fault) {
        self.emulator().arm(fault, self.shared.now());
    }

    /// The time on the clock of all tenants, as a span since the Unix epoch.
    #[must_use]
    pub fn now(&self) -> Duration {
        self.emulator().now(self.shared.now())
    }

    /// Stops listening, and waits until open connections have ended, which takes less than a second.
    pub async fn stop(mut self) {
        self.stop = None;
        if let Host::Task(task) = &mut self.host {
            // It can only fail by a panic, which is on standard error already.
            let _ = task.await;
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop = None;
        if let Host::Thread(thread) = &mut self.host
            && let Some(thread) = thread.take()
        {
            let _ = thread.join();
        }
        self.emulator().verify_at_the_end();
    }
}

/// The URL under which programs on this machine reach a server that listens on `address`.
pub(crate) fn endpoint(address: SocketAddr, tls: bool) -> String {
    let scheme = if tls { "https" } else { "http" };
    format!("{scheme}://{}", reachable(address))
}

/// The address to connect to for a server that may listen on all of them.
pub(crate) fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        ip if !ip.is_unspecified() => ip,
        ip if ip.is_ipv4() => Ipv4Addr::LOCALHOST.into(),
        _ => Ipv6Addr::LOCALHOST.into(),
    };
    SocketAddr::new(ip, address.port())
}
