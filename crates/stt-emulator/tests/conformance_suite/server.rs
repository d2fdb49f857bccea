//! A server that answers whole requests, one over each connection.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

use bytes::Bytes;
use http::{Request, Response};

/// Answers each request in a thread of its own; the answer is the URL of the server.
pub(crate) fn serve(answer: impl Fn(Request<Bytes>) -> Option<Response<Bytes>> + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let answer = Arc::new(answer);
    thread::spawn(move || {
        for stream in listener.incoming() {
            let (stream, answer) = (stream.expect("a connection"), Arc::clone(&answer));
            thread::spawn(move || exchange(&stream, |request| answer(request)));
        }
    });
    url
}

/// One request and its answer; a client that goes away ends it.
fn exchange(stream: &TcpStream, answer: impl Fn(Request<Bytes>) -> Option<Response<Bytes>>) -> Option<()> {
    let mut reader = BufReader::new(stream);
    let request = read(&mut reader, stream)?;
    let response = answer(request)?;
    let mut head = format!("HTTP/1.1 {}\r\ncontent-length: {}\r\n", response.status(), response.body().len());
    for (name, value) in response.headers() {
        head.push_str(&format!("{name}: {}\r\n", value.to_str().expect("ASCII")));
    }
    let mut stream = stream;
    // In two pieces the second would wait until the first is acknowledged.
    stream.write_all(&[format!("{head}connection: close\r\n\r\n").as_bytes(), response.body()].concat()).ok()
}

fn read(reader: &mut impl BufRead, mut stream: &TcpStream) -> Option<Request<Bytes>> {
    let mut line = || {
        let mut line = String::new();
        reader.read_line(&mut line).ok().filter(|read| 0 < *read)?;
        Some(line.trim_end().to_owned())
    };
    let first = line()?;
    let mut parts = first.split(' ');
    let mut request = Request::builder().method(parts.next()?).uri(parts.next()?);
    let (mut length, mut chunked, mut expects) = (0, false, false);
    while let Some((name, value)) = line()?.split_once(": ") {
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.parse().ok()?,
            "transfer-encoding" => chunked = true,
            "expect" => expects = true,
            _ => {}
        }
        request = request.header(name, value);
    }
    if expects {
        stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").ok()?;
    }
    let mut body = Vec::new();
    if chunked {
        loop {
            let mut size = String::new();
            reader.read_line(&mut size).ok()?;
            let size = usize::from_str_radix(size.trim(), 16).ok()?;
            let mut chunk = vec![0; size + 2];
            reader.read_exact(&mut chunk).ok()?;
            if size == 0 {
                break;
            }
            body.extend_from_slice(&chunk[..size]);
        }
    } else {
        body.resize(length, 0);
        reader.read_exact(&mut body).ok()?;
    }
    request.body(body.into()).ok()
}
