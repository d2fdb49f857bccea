//! Just enough of HTTP/1.1: one request and its answer over a connection that is then closed.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read, Write},
    net::TcpStream,
    time::Duration,
};

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use stt_core::{Payload, Phase, TransportFailure, TransportKind};

/// Sends one request, its audio only after `100 Continue`, and reads the answer.
pub(crate) fn send(
    request: &Request<Payload>,
    audio: &str,
    timeout: Duration,
) -> Result<Response<Bytes>, TransportFailure> {
    exchange(request, audio, timeout).map_err(|error| {
        let kind = match error.kind() {
            io::ErrorKind::ConnectionRefused => TransportKind::Connect,
            io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe => TransportKind::Reset,
            io::ErrorKind::UnexpectedEof => TransportKind::Closed,
            io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => TransportKind::TimedOut(Phase::Answer),
            io::ErrorKind::InvalidData => TransportKind::Protocol,
            _ => TransportKind::Other,
        };
        TransportFailure::new(kind, error)
    })
}

fn exchange(request: &Request<Payload>, audio: &str, timeout: Duration) -> io::Result<Response<Bytes>> {
    let authority = request.uri().authority().ok_or_else(broken)?;
    let mut writer = TcpStream::connect(authority.as_str())?;
    writer.set_read_timeout(Some(timeout))?;
    writer.set_write_timeout(Some(timeout))?;
    let mut reader = BufReader::new(writer.try_clone()?);

    let target = request.uri().path_and_query().ok_or_else(broken)?;
    let mut head = format!("{} {target} HTTP/1.1\r\nhost: {authority}\r\nconnection: close\r\n", request.method());
    for (name, value) in request.headers() {
        head.push_str(&format!("{name}: {}\r\n", value.to_str().map_err(|_| broken())?));
    }
    writer.write_all(format!("{head}\r\n").as_bytes())?;

    if request.headers().contains_key("expect") {
        let (status, headers) = read_head(&mut reader)?;
        if status != StatusCode::CONTINUE {
            return read_body(status, &headers, reader);
        }
    }
    if *request.body() == Payload::Audio {
        let mut file = File::open(audio)?;
        let mut piece = [0; 32 * 1024];
        loop {
            let n = file.read(&mut piece)?;
            writer.write_all(format!("{n:x}\r\n").as_bytes())?;
            writer.write_all(&piece[..n])?;
            writer.write_all(b"\r\n")?;
            if n == 0 {
                break;
            }
        }
    }
    let (status, headers) = read_head(&mut reader)?;
    read_body(status, &headers, reader)
}

fn read_head(reader: &mut impl BufRead) -> io::Result<(StatusCode, Vec<(String, String)>)> {
    let line = read_line(reader)?;
    let status = line.split(' ').nth(1).and_then(|status| status.parse().ok()).ok_or_else(broken)?;
    let mut headers = Vec::new();
    loop {
        let line = read_line(reader)?;
        if line.is_empty() {
            return Ok((status, headers));
        }
        let (name, value) = line.split_once(':').ok_or_else(broken)?;
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
}

fn read_line(reader: &mut impl BufRead) -> io::Result<String> {
    let mut line = String::new();
    if reader.take(LONGEST_LINE).read_line(&mut line)? == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(line.trim_end().to_owned())
}

fn read_body(status: StatusCode, headers: &[(String, String)], reader: impl BufRead) -> io::Result<Response<Bytes>> {
    let length = headers.iter().find(|(name, _)| name == "content-length").and_then(|(_, value)| value.parse().ok());
    let mut body = Vec::new();
    reader.take(length.unwrap_or(LARGEST_ANSWER)).read_to_end(&mut body)?;
    let mut response = Response::builder().status(status);
    for (name, value) in headers {
        response = response.header(name, value);
    }
    response.body(Bytes::from(body)).map_err(|_| broken())
}

fn broken() -> io::Error {
    io::ErrorKind::InvalidData.into()
}

const LONGEST_LINE: u64 = 8 * 1024;
const LARGEST_ANSWER: u64 = 1024 * 1024;
