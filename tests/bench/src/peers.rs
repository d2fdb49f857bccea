//! The clients that are compared, one file each.

mod floor;
mod reqwest;
mod stt_hyper;
mod ureq;

use std::{net::SocketAddr, time::Duration};

use crate::{cell::Cell, meter::Measured, outcome::Outcome};

/// A client and what it can send.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(crate) enum Peer {
    Floor,
    SttHyper,
    Reqwest,
    Ureq,
    Requests,
    Curl,
}

impl Peer {
    pub(crate) const ALL: [Self; 6] =
        [Self::Floor, Self::SttHyper, Self::Reqwest, Self::Ureq, Self::Requests, Self::Curl];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Floor => "floor",
            Self::SttHyper => "stt-hyper",
            Self::Reqwest => "reqwest",
            Self::Ureq => "ureq",
            Self::Requests => "requests",
            Self::Curl => "curl",
        }
    }

    /// Whether it can send the audio this way. Only some clients wait for `100 Continue`, and curl, the program, takes
    /// no body in pieces without taking it from a pipe.
    pub(crate) const fn does(self, cell: Cell) -> bool {
        match self {
            Self::Floor | Self::SttHyper | Self::Ureq => true,
            Self::Reqwest | Self::Requests => matches!(cell, Cell::Length | Cell::Pieces),
            Self::Curl => matches!(cell, Cell::Length),
        }
    }
}

/// Runs a client that is a part of this program.
pub(crate) fn run(peer: &str, cell: Cell, server: SocketAddr, milliseconds: u64) -> Outcome<Measured> {
    let time = Duration::from_millis(milliseconds);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    match peer {
        "floor" => runtime.block_on(floor::run(cell, server, time)),
        "stt-hyper" => runtime.block_on(stt_hyper::run(cell, server, time)),
        "reqwest" => runtime.block_on(reqwest::run(cell, server, time)),
        "ureq" => ureq::run(cell, server, time),
        _ => Err(format!("there is no client {peer:?}").into()),
    }
}

#[cfg(test)]
mod tests {
    use std::{sync::mpsc, thread};

    use super::*;
    use crate::{cell::AUDIO, server};

    #[test]
    fn every_client_of_this_program_sends_every_cell_that_it_can() {
        let (sender, receiver) = mpsc::channel();
        thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
                sender.send(listener.local_addr().unwrap()).unwrap();
                server::serve(listener, AUDIO).await;
            });
        });
        let server = receiver.recv().unwrap();
        for peer in [Peer::Floor, Peer::SttHyper, Peer::Reqwest, Peer::Ureq] {
            for cell in Cell::ALL.into_iter().filter(|cell| peer.does(*cell)) {
                let measured = run(peer.name(), cell, server, 0).unwrap();
                assert_eq!(measured.requests, 1, "{} {cell}", peer.name());
            }
        }
    }
}
