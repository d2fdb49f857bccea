//! The server: it reads a request, honours `Expect`, and answers with a recognition of 300 bytes.

use std::{io, thread};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::oneshot,
};

use crate::outcome::Outcome;

/// Serves on a free port of this machine, which is printed, until the standard input is closed.
///
/// Each request must bring so many bytes of audio.
pub(crate) fn run(audio: usize) -> Outcome<()> {
    let (sender, closed) = oneshot::channel::<()>();
    thread::spawn(move || {
        // Whoever started this process may end in any way; its end of the pipe is closed in all of them.
        let _ = io::copy(&mut io::stdin(), &mut io::sink());
        drop(sender);
    });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        println!("{}", listener.local_addr()?);
        tokio::spawn(serve(listener, audio));
        let _ = closed.await;
        Ok(())
    })
}

/// Serves whoever connects.
pub(crate) async fn serve(listener: TcpListener, audio: usize) {
    while let Ok((socket, _)) = listener.accept().await {
        tokio::spawn(async move {
            if let Err(error) = converse(socket, audio).await {
                eprintln!("the server has lost a connection: {error}");
            }
        });
    }
}

/// Answers the requests on one connection, one after the other.
async fn converse(mut socket: TcpStream, wanted: usize) -> io::Result<()> {
    socket.set_nodelay(true)?;
    let answer = answer();
    let mut buffer = Vec::with_capacity(4 * wanted);
    loop {
        buffer.clear();
        let head = loop {
            if let Some(end) = find(&buffer, b"\r\n\r\n") {
                break end + 4;
            }
            if socket.read_buf(&mut buffer).await? == 0 {
                return Ok(());
            }
        };
        let Head { length, expect } = Head::read(&buffer[..head])?;
        if expect && buffer.len() == head {
            socket.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").await?;
        }
        let audio = match length {
            Some(length) => {
                while buffer.len() < head + length {
                    fill(&mut socket, &mut buffer).await?;
                }
                length
            }
            None => chunks(&mut socket, &mut buffer, head).await?,
        };
        if audio != wanted {
            return Err(io::Error::other(format!("a request brought {audio} bytes of audio")));
        }
        socket.write_all(&answer).await?;
    }
}

/// What the head of a request says about its body.
struct Head {
    /// Missing where the body comes in chunks.
    length: Option<usize>,
    expect: bool,
}

impl Head {
    fn read(head: &[u8]) -> io::Result<Self> {
        let head = std::str::from_utf8(head).map_err(io::Error::other)?;
        let value = |name: &str| {
            let mut fields = head.lines().filter_map(|line| line.split_once(':'));
            fields.find(|(field, _)| field.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
        };
        let length = value("content-length").map(str::parse).transpose().map_err(io::Error::other)?;
        Ok(Self { length, expect: value("expect").is_some() })
    }
}

/// Reads a body in chunks that begins at `place`, and tells how much audio it held.
async fn chunks(socket: &mut TcpStream, buffer: &mut Vec<u8>, mut place: usize) -> io::Result<usize> {
    let mut audio = 0;
    loop {
        let line = loop {
            if let Some(end) = find(&buffer[place..], b"\r\n") {
                break place + end;
            }
            fill(socket, buffer).await?;
        };
        let size = std::str::from_utf8(&buffer[place..line]).map_err(io::Error::other)?;
        let size = usize::from_str_radix(size, 16).map_err(io::Error::other)?;
        place = line + 2 + size + 2;
        while buffer.len() < place {
            fill(socket, buffer).await?;
        }
        audio += size;
        if size == 0 {
            return Ok(audio);
        }
    }
}

async fn fill(socket: &mut TcpStream, buffer: &mut Vec<u8>) -> io::Result<()> {
    if socket.read_buf(buffer).await? == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(())
}

/// Where a text begins.
pub(crate) fn find(bytes: &[u8], text: &[u8]) -> Option<usize> {
    bytes.windows(text.len()).position(|window| window == text)
}

/// The answer to every request: a recognition of as many bytes as short audio usually gets.
fn answer() -> Vec<u8> {
    let frame = r#"{"RecognitionStatus":"Success","DisplayText":"","Offset":1000000,"Duration":19000000}"#;
    let text: String = "What's the weather like? ".chars().cycle().take(ANSWER - frame.len()).collect();
    let body = frame.replace("\"\"", &format!("\"{text}\""));
    let head = format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {ANSWER}\r\n\r\n");
    (head + &body).into_bytes()
}

/// The length of the body of the answer.
pub(crate) const ANSWER: usize = 300;
