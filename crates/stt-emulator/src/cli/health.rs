//! `stt-emulator health`.

use std::fs;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::ExitCode;
use std::thread;
use std::time::{Duration, Instant};

use clap::Args;

use crate::cli::failure::Failure;
use crate::cli::serve::ADDRESS;
use crate::cli::tls::Trusted;
use crate::running::{endpoint, reachable};
use crate::span::span;
use crate::tls::client;

#[derive(Args, Debug)]
pub(super) struct Options {
    /// Where the emulator listens
    #[arg(long, value_name = "ADDRESS", default_value_t = ADDRESS)]
    listen: SocketAddr,
    #[command(flatten)]
    tls: Trusted,
    /// Keep asking for so long
    #[arg(long, value_name = "SPAN", value_parser = span, default_value = "0s")]
    wait: Duration,
}

impl Options {
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let begun = Instant::now();
        loop {
            match ask(reachable(self.listen), self.tls.ca_file()) {
                Ok(()) => return Ok(ExitCode::SUCCESS),
                Err(source) if self.wait <= begun.elapsed() => {
                    return Err(Failure::NotHealthy {
                        endpoint: endpoint(self.listen, self.tls.ca_file().is_some()),
                        source,
                    });
                }
                Err(_) => thread::sleep(PAUSE),
            }
        }
    }
}

fn ask(address: SocketAddr, ca: Option<&Path>) -> io::Result<()> {
    let stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    match ca {
        // The file may be written only when the emulator is ready.
        Some(ca) => ask_over(client(address.ip(), &fs::read(ca)?, stream)?),
        None => ask_over(stream),
    }
}

fn ask_over(mut stream: impl Read + Write) -> io::Result<()> {
    stream.write_all(b"GET /__emulator/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
    let mut reply = String::new();
    stream.take(4_096).read_to_string(&mut reply)?;
    // Other servers have other paths, so that a 200 here is an emulator's.
    match reply.starts_with("HTTP/1.1 200 ") {
        true => Ok(()),
        false => Err(io::Error::other("the answer is not that of an emulator")),
    }
}

const PATIENCE: Duration = Duration::from_secs(1);

const PAUSE: Duration = Duration::from_millis(50);
