//! What goes wrong before there is a connection.

use std::{future::pending, net::TcpListener};

use tokio::io::duplex;

use super::*;
use crate::tls::{Roots, config};

/// A name that no resolver has to be asked for: its first label is longer than the 63 bytes that a name may have.
fn impossible() -> String {
    format!("{}.example", "a".repeat(64))
}

#[tokio::test]
async fn a_name_that_cannot_be_looked_up() {
    let fault = look_up(&Resolver::default(), &impossible(), 80, false, Duration::from_secs(5)).await.unwrap_err();
    assert_eq!((fault.kind(), fault.to_string().as_str()), (TransportKind::Resolve, "the name cannot be looked up"));
}

#[tokio::test]
async fn all_addresses_are_tried() {
    let listening = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    assert!(race(vec![listening]).await.is_err(), "nobody listens any more");
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let addresses = vec![listening, listening, listener.local_addr().unwrap()];
    assert_eq!(race(addresses).await.unwrap().peer_addr().unwrap(), listener.local_addr().unwrap());
}

#[tokio::test]
async fn a_name_that_stands_for_this_machine_may_not_lead_elsewhere() {
    // Nothing is sent to the address: the check comes before the connection.
    let fault = look_up(&Resolver::default(), "192.0.2.1", 80, true, Duration::from_secs(5)).await.unwrap_err();
    assert!(matches!(fault, ConnectFault::NotLoopback), "{fault:?}");
    assert!(!matches!(fault.kind(), TransportKind::Tls | TransportKind::Resolve));
}

#[tokio::test(start_paused = true)]
async fn every_part_of_connecting_has_its_own_limit() {
    let limit = Duration::from_secs(5);
    for phase in [Phase::Resolve, Phase::Connect] {
        let fault = within(limit, phase, pending::<()>()).await.unwrap_err();
        assert_eq!(fault.kind(), TransportKind::TimedOut(phase));
    }
    let (near, _far) = duplex(4096);
    let tls = config(&Roots::Platform, &[]).unwrap();
    let began = Instant::now();
    let uri = Uri::from_static("https://speech.example");
    let Err(fault) = dress(near, uri, Some(tls), limit).await else { panic!("nobody shook hands") };
    assert_eq!((fault.kind(), began.elapsed()), (TransportKind::TimedOut(Phase::Tls), limit));
}
