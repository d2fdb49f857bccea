//! Lists the voices of speech synthesis, another Speech API, with an access token and the standard library's sockets.
//!
//! `consumer-auth`, with `AZURE_SPEECH_ENDPOINT` (`http` on loopback, because there is no TLS here) and
//! `AZURE_SPEECH_KEY`. It prints the answer.

use std::{
    env,
    error::Error,
    future::Future,
    io::{self, BufRead, BufReader, Read, Write},
    net::TcpStream,
    pin::pin,
    sync::Arc,
    task::{Context, Wake, Waker},
    thread::{self, Thread},
    time::{Duration, Instant, SystemTime},
};

use http::{HeaderName, Request, Response, Uri};
use stt_auth::{Access, Credential, Endpoint, Now, TokenCache, TokenError, Wait};

fn main() -> Result<(), Box<dyn Error>> {
    let endpoint: Endpoint = env::var("AZURE_SPEECH_ENDPOINT")?.parse()?;
    let cache = TokenCache::new(&endpoint, env::var("AZURE_SPEECH_KEY")?.parse()?)?;
    let voices = voices(&endpoint, &cache, Clock::start())?;
    io::stdout().write_all(voices.body())?;
    if voices.status().is_success() { Ok(()) } else { Err(voices.status().to_string().into()) }
}

/// The voices of a resource; the request goes out once more if the token had to be replaced.
fn voices(endpoint: &Endpoint, cache: &TokenCache, clock: Clock) -> Result<Response<Vec<u8>>, Box<dyn Error>> {
    let uri: Uri = format!("{}/cognitiveservices/voices/list", endpoint.speech()).parse()?;
    loop {
        let credential = credential(cache, clock)?;
        let mut request = Request::get(uri.clone()).body(())?;
        request.headers_mut().extend(credential.header());
        let answer = send(&request, Duration::from_secs(30))?;
        if answer.status() != 401 || !cache.reject(&credential, clock.now()) {
            return Ok(answer);
        }
    }
}

/// A token: one that is there, or one that this thread fetches, or one that it waits for while another thread does.
fn credential(cache: &TokenCache, clock: Clock) -> Result<Credential, TokenError> {
    loop {
        match cache.access(clock.now()) {
            Access::Failed(error) => return Err(error),
            Access::Ready(credential) => return Ok(credential),
            Access::Refresh(lease) => match lease.request().map(|request| send(&request, lease.timeout())) {
                Some(Ok(answer)) => lease.answered(answer, clock.now()),
                Some(Err(error)) => lease.failed(error, None, clock.now()),
                None => lease.failed("there is no source of tokens here", None, clock.now()),
            },
            Access::Wait(wait) => park(wait),
        }
    }
}

/// Lets this thread sleep until there is news of the token, or it is time to ask again.
///
/// `thread::sleep(wait.at_most())` would do as well; this one is woken at once.
fn park(wait: Wait) {
    let at_most = wait.at_most();
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    // A name of its own: inside the condition the wait would be over, and its waker gone, before the thread sleeps.
    let mut wait = pin!(wait);
    if wait.as_mut().poll(&mut Context::from_waker(&waker)).is_pending() {
        thread::park_timeout(at_most);
    }
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Both clocks of this machine, the monotonic one since the start of the program.
#[derive(Clone, Copy)]
struct Clock(Instant);

impl Clock {
    fn start() -> Self {
        Self(Instant::now())
    }

    fn now(self) -> Now {
        Now::new(self.0.elapsed(), SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default())
    }
}

/// Sends a request without a body, and reads an answer of at most 1 MiB to the end of the connection.
fn send(request: &Request<()>, timeout: Duration) -> io::Result<Response<Vec<u8>>> {
    let bad = |what: &str| io::Error::new(io::ErrorKind::InvalidData, what.to_owned());
    let authority = request.uri().authority().ok_or_else(|| bad("no host"))?.as_str();
    let mut stream = TcpStream::connect(authority)?;
    stream.set_read_timeout(Some(timeout))?;
    stream.set_write_timeout(Some(timeout))?;

    let mut head =
        format!("{} {} HTTP/1.1\r\nhost: {authority}\r\nconnection: close\r\n", request.method(), request.uri().path());
    for (name, value) in request.headers() {
        let value = value.to_str().map_err(|_| bad("a header is not ASCII"))?;
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    stream.write_all(format!("{head}\r\n").as_bytes())?;

    let mut reader = BufReader::new(stream.take(1 << 20));
    let mut lines = reader.by_ref().lines();
    let status = lines.next().ok_or_else(|| bad("no answer"))??;
    let code = status.strip_prefix("HTTP/1.1 ").and_then(|rest| rest.get(..3)).ok_or_else(|| bad("no status"))?;
    let mut answer = Response::builder().status(code);
    for line in lines {
        let line = line?;
        if line.is_empty() {
            break;
        }
        let (name, value) = line.split_once(':').ok_or_else(|| bad("a header without a colon"))?;
        answer = answer.header(name.parse::<HeaderName>().map_err(|_| bad("a header without a name"))?, value.trim());
    }
    let mut body = Vec::new();
    reader.read_to_end(&mut body)?;
    answer.body(body).map_err(|_| bad("a header that is none"))
}

#[cfg(test)]
mod tests {
    use std::{
        net::TcpListener,
        sync::{Mutex, MutexGuard},
    };

    use super::*;

    const KEY: &str = "canary-key-0123456789abcdef";

    /// A service on loopback that gives tokens and voices, and notes what it was asked.
    #[derive(Clone, Default)]
    struct Service(Arc<Mutex<Seen>>);

    #[derive(Default)]
    struct Seen {
        heads: Vec<String>,
        tokens: usize,
    }

    impl Service {
        /// Serves until the end of the process, at the address that is returned.
        fn start(&self) -> Endpoint {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let endpoint = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
            let service = self.clone();
            thread::spawn(move || {
                for stream in listener.incoming() {
                    service.serve(&stream.unwrap());
                }
            });
            endpoint
        }

        fn seen(&self) -> MutexGuard<'_, Seen> {
            self.0.lock().unwrap()
        }

        fn serve(&self, mut stream: &TcpStream) {
            let mut reader = BufReader::new(stream);
            let mut head = String::new();
            while !head.ends_with("\r\n\r\n") && reader.read_line(&mut head).unwrap() != 0 {}
            let (status, body) = self.answer(&head);
            self.seen().heads.push(head);
            let answer =
                format!("HTTP/1.1 {status} Words\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len());
            stream.write_all(answer.as_bytes()).unwrap();
        }

        fn answer(&self, head: &str) -> (u16, String) {
            let mut seen = self.seen();
            if head.starts_with("POST /sts/v1.0/issueToken HTTP/1.1\r\n") {
                if !head.contains(&format!("ocp-apim-subscription-key: {KEY}\r\n"))
                    || !head.contains("content-length: 0\r\n")
                {
                    return (401, String::new());
                }
                seen.tokens += 1;
                return (200, format!("token-number-{:04}", seen.tokens));
            }
            let current = format!("authorization: Bearer token-number-{:04}\r\n", seen.tokens);
            if head.contains(&current) { (200, "[\"a voice\"]".to_owned()) } else { (401, String::new()) }
        }
    }

    fn cache(endpoint: &Endpoint, key: &str) -> TokenCache {
        TokenCache::new(endpoint, key.parse().unwrap()).unwrap()
    }

    #[test]
    fn many_threads_list_voices_with_one_token() {
        let service = Service::default();
        let endpoint = service.start();
        let (cache, clock) = (cache(&endpoint, KEY), Clock::start());
        thread::scope(|scope| {
            for _ in 0..20 {
                scope.spawn(|| assert_eq!(voices(&endpoint, &cache, clock).unwrap().body(), b"[\"a voice\"]"));
            }
        });
        assert_eq!(service.seen().tokens, 1);
        assert_eq!(service.seen().heads.len(), 21);
    }

    #[test]
    fn a_token_that_was_revoked_is_replaced() {
        let service = Service::default();
        let endpoint = service.start();
        let (cache, clock) = (cache(&endpoint, KEY), Clock::start());
        voices(&endpoint, &cache, clock).unwrap();
        // The service has since issued another, which ends the first; the clock says that it is not brand-new.
        service.seen().tokens = 7;
        let later = Clock(clock.0.checked_sub(Duration::from_secs(60)).unwrap());
        assert_eq!(voices(&endpoint, &cache, later).unwrap().body(), b"[\"a voice\"]");
        assert_eq!(service.seen().tokens, 8);
    }

    #[test]
    fn a_wrong_key_is_told_at_once() {
        let service = Service::default();
        let endpoint = service.start();
        let error = voices(&endpoint, &cache(&endpoint, "wrong"), Clock::start()).unwrap_err();
        assert_eq!(error.to_string(), "the key was refused while fetching a token (401)");
        assert_eq!(service.seen().heads.len(), 1);
    }
}
