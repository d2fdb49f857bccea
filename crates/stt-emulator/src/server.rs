//! Listens, and hands each connection to a task of its own.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::connection;
use crate::crowd::Crowd;
use crate::shared::Shared;

/// A listener with room for a thousand clients that come at once.
pub(crate) fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4()?,
        SocketAddr::V6(_) => TcpSocket::new_v6()?,
    };
    // Elsewhere than on Unix the option would let two servers share a port.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(1_024)
}

/// Serves until `stop` changes, its sender is gone or an admin request asks for the end, then gives the open
/// connections a moment to end.
pub(crate) async fn serve(listener: TcpListener, shared: Arc<Shared>, mut stop: watch::Receiver<()>) {
    let mut connections = JoinSet::new();
    let (stop_all, stopped) = watch::channel(());
    let crowd = Arc::new(Crowd::default());
    let most = shared.emulator.config().max_connections;
    loop {
        // Who comes now waits with the system until one of those that wait for nothing has ended.
        let full = most <= connections.len();
        if full {
            // For a few more than one, because a crowd comes as a crowd.
            (0..=most / SHARE).take_while(|_| crowd.make_room()).for_each(drop);
        }
        tokio::select! {
            accepted = listener.accept(), if !full => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(connection::serve(stream, crowd.join(), Arc::clone(&shared), stopped.clone()));
                }
                // Out of file descriptors, most likely: they come back when connections end.
                Err(_) => {
                    crowd.make_room();
                    sleep(PAUSE).await;
                }
            },
            Some(_) = connections.join_next() => {}
            () = sleep(PAUSE), if full => {}
            _ = stop.changed() => break,
            () = shared.emulator.asked_to_stop() => break,
        }
    }
    drop(listener);
    drop(stop_all);
    let ended = async { while connections.join_next().await.is_some() {} };
    // What has not ended by now is dropped with the set.
    let _ = timeout(GRACE, ended).await;
}

/// Stopping takes less than a second, whatever clients do.
const GRACE: Duration = Duration::from_millis(500);

/// Which part of the connections is asked to end at once.
const SHARE: usize = 32;

const PAUSE: Duration = Duration::from_millis(20);
