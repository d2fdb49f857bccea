//! HTTP/1.1 written by hand for exactly this exchange: what is left when a client does nothing else.

use std::{
    io::{self, IoSlice},
    net::SocketAddr,
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::{
    cell::{Cell, HEADERS, PIECE, TARGET, audio},
    meter::{Measured, Meter},
    outcome::Outcome,
    server::{ANSWER, find},
};

pub(super) async fn run(cell: Cell, server: SocketAddr, time: Duration) -> Outcome<Measured> {
    let mut socket = TcpStream::connect(server).await?;
    socket.set_nodelay(true)?;
    let audio = audio();
    let head = head(cell, server, audio.len());
    let size = format!("{PIECE:x}\r\n");
    let mut buffer = Vec::with_capacity(4096);
    let mut meter = Meter::new(time);
    while meter.goes_on()? {
        let began = Instant::now();
        let mut slices = vec![IoSlice::new(&head)];
        if cell == Cell::Expect {
            write(&mut socket, &mut slices).await?;
            slices.clear();
            read(&mut socket, &mut buffer, b"HTTP/1.1 100 ", 0).await?;
        }
        if cell == Cell::Length {
            slices.push(IoSlice::new(&audio));
        } else {
            for piece in audio.chunks_exact(PIECE) {
                slices.extend([size.as_bytes(), piece, b"\r\n"].map(IoSlice::new));
            }
            slices.push(IoSlice::new(b"0\r\n\r\n"));
        }
        write(&mut socket, &mut slices).await?;
        read(&mut socket, &mut buffer, b"HTTP/1.1 200 ", ANSWER).await?;
        meter.took(began.elapsed());
    }
    meter.finish()
}

fn head(cell: Cell, server: SocketAddr, length: usize) -> Vec<u8> {
    let fields: String = HEADERS.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let body = match cell {
        Cell::Length => format!("Content-Length: {length}\r\n"),
        Cell::Pieces => "Transfer-Encoding: chunked\r\n".to_owned(),
        Cell::Expect => "Transfer-Encoding: chunked\r\nExpect: 100-continue\r\n".to_owned(),
    };
    format!("POST {TARGET} HTTP/1.1\r\nHost: {server}\r\n{fields}{body}\r\n").into_bytes()
}

async fn write(socket: &mut TcpStream, slices: &mut [IoSlice<'_>]) -> io::Result<()> {
    let mut slices = slices;
    while !slices.is_empty() {
        let written = socket.write_vectored(slices).await?;
        IoSlice::advance_slices(&mut slices, written);
    }
    Ok(())
}

/// Reads an answer that begins with this status line and has a body of this length.
async fn read(socket: &mut TcpStream, buffer: &mut Vec<u8>, status: &[u8], body: usize) -> io::Result<()> {
    buffer.clear();
    loop {
        if socket.read_buf(buffer).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        match find(buffer, b"\r\n\r\n") {
            Some(_) if !buffer.starts_with(status) => return Err(io::Error::other("an answer that is none")),
            Some(head) if head + 4 + body <= buffer.len() => return Ok(()),
            Some(_) | None => {}
        }
    }
}
