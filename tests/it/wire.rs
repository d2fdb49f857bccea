//! What goes over a socket, seen by a server that knows nothing of HTTP libraries.

use std::{
    collections::BTreeMap,
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    process::Command,
    thread,
    time::Instant,
};

use stt_hyper::{Audio, Client, Language, Recognize, Resource};

use crate::support::{example, printed, program, root};

#[tokio::test]
async fn the_client_sends_the_vendors_sample_request_header_for_header() {
    let server = Server::script(vec![(200, "", RECOGNIZED)]);
    let client = Client::new(Resource::new(&server.endpoint, KEY).unwrap()).unwrap();
    let audio = Audio::open(root().join("tests/audio/pencils.wav")).await.unwrap();
    let reply = client.recognize(audio, Recognize::new(Language::EN_US).detailed()).await.unwrap();
    let [request] = &server.requests()[..] else { panic!("one request") };
    request.is_the_sample(&reply.connection_id.to_string());
    assert_eq!(request.body, fs::read(root().join("tests/audio/pencils.wav")).unwrap());
}

#[test]
fn the_command_sends_it_and_a_dry_run_prints_it() {
    let server = Server::script(vec![(200, "", RECOGNIZED)]);
    let environment = [("AZURE_SPEECH_ENDPOINT", server.endpoint.as_str()), ("AZURE_SPEECH_KEY", KEY)];
    let arguments = ["transcribe", "-l", "en-US", "tests/audio/pencils.wav"];
    printed(Command::new(program("stt")).args(arguments), &environment);
    let dry = printed(Command::new(program("stt")).args(arguments).arg("--dry-run"), &environment);
    let [request] = &server.requests()[..] else { panic!("one request") };
    request.is_the_sample(request.connection_id());

    let mut lines = dry.lines();
    let target = lines.next().unwrap().split(' ').nth(1).unwrap().to_owned();
    let (before, id) = target.rsplit_once("X-ConnectionId=").unwrap();
    assert_eq!(before, request.target.rsplit_once("X-ConnectionId=").unwrap().0);
    assert_eq!(id.len(), 32);
    let mut shown: BTreeMap<String, String> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    assert_eq!(shown.insert("ocp-apim-subscription-key".to_owned(), KEY.to_owned()).as_deref(), Some("REDACTED"));
    assert_eq!(shown, request.headers);
}

#[test]
fn the_driver_on_ureq_gets_a_new_token_and_then_waits_as_the_service_asks() {
    let token = |n: u32| -> &'static str { format!("header.payload-of-token-{n}.signature").leak() };
    let server = Server::script(vec![
        (200, "", token(1)),
        (401, "", ""),
        (200, "", token(2)),
        (503, "Retry-After: 1\r\n", ""),
        (200, "", RECOGNIZED),
    ]);
    let environment = [("AZURE_SPEECH_ENDPOINT", server.endpoint.as_str()), ("AZURE_SPEECH_KEY", KEY)];
    let said = printed(Command::new(example("ureq")).arg("tests/audio/pencils.wav"), &environment);
    assert_eq!(said, "Conversation.\n");
    let requests = server.requests();
    let bearers: Vec<&str> =
        requests.iter().filter_map(|request| request.headers.get("authorization")).map(String::as_str).collect();
    let [first, second] = [token(1), token(2)].map(|token| format!("Bearer {token}"));
    assert_eq!(bearers, [first, second.clone(), second]);
    assert!(requests[4].when.duration_since(requests[3].when).as_millis() >= 1_000);
    let audio = fs::read(root().join("tests/audio/pencils.wav")).unwrap();
    assert!([1, 3, 4].iter().all(|at| requests[*at].body == audio), "each attempt sends the same audio");
}

/// A server that answers its requests in turn and keeps what it was sent.
struct Server {
    endpoint: String,
    thread: thread::JoinHandle<Vec<Request>>,
}

struct Request {
    target: String,
    headers: BTreeMap<String, String>,
    body: Vec<u8>,
    when: Instant,
}

impl Server {
    fn script(answers: Vec<(u16, &'static str, &'static str)>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let serve = move || {
            let mut requests = Vec::new();
            for (status, headers, body) in answers {
                let (stream, _) = listener.accept().unwrap();
                requests.push(Request::read(&stream));
                let length = body.len();
                let answer = format!(
                    "HTTP/1.1 {status} Said\r\n{headers}Connection: close\r\nContent-Length: {length}\r\n\r\n{body}"
                );
                (&stream).write_all(answer.as_bytes()).unwrap();
            }
            requests
        };
        Self { endpoint, thread: thread::spawn(serve) }
    }

    fn requests(self) -> Vec<Request> {
        self.thread.join().unwrap()
    }
}

impl Request {
    fn read(stream: &TcpStream) -> Self {
        let mut reader = BufReader::new(stream);
        let mut line = || {
            let mut line = String::new();
            reader.read_line(&mut line).unwrap();
            line.trim_end().to_owned()
        };
        let target = line().split(' ').nth(1).unwrap().to_owned();
        let when = Instant::now();
        let mut headers = BTreeMap::new();
        loop {
            let line = line();
            let Some((name, value)) = line.split_once(": ") else { break };
            headers.insert(name.to_ascii_lowercase(), value.to_owned());
        }
        if headers.contains_key("expect") {
            let mut writer = stream;
            writer.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").unwrap();
        }
        let mut body = Vec::new();
        if headers.contains_key("transfer-encoding") {
            loop {
                let mut size = String::new();
                reader.read_line(&mut size).unwrap();
                let size = u64::from_str_radix(size.trim_end(), 16).unwrap();
                (&mut reader).take(size).read_to_end(&mut body).unwrap();
                reader.read_line(&mut String::new()).unwrap();
                if size == 0 {
                    break;
                }
            }
        } else {
            let length = headers.get("content-length").map_or(0, |length| length.parse().unwrap());
            reader.take(length).read_to_end(&mut body).unwrap();
        }
        Self { target, headers, body, when }
    }

    fn connection_id(&self) -> &str {
        self.target.rsplit_once("&X-ConnectionId=").unwrap().1
    }

    /// Compares with the sample of Microsoft's page, apart from `Accept`, `Host`, the connection id, and the order.
    fn is_the_sample(&self, connection_id: &str) {
        let sample = fs::read_to_string(root().join("tests/data/requests/detailed.http")).unwrap();
        let (target, rest) = sample.split_once("\r\n").unwrap();
        let target = target.split(' ').nth(1).unwrap();
        assert_eq!(self.target, format!("{target}&X-ConnectionId={connection_id}"));
        let mut expected: BTreeMap<String, String> = rest
            .lines()
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .collect();
        expected.insert("accept".to_owned(), "application/json".to_owned());
        expected.insert("host".to_owned(), self.headers["host"].clone());
        expected.insert("ocp-apim-subscription-key".to_owned(), KEY.to_owned());
        assert_eq!(self.headers, expected);
    }
}

const KEY: &str = "c0ffee00c0ffee00c0ffee00c0ffee00";
const RECOGNIZED: &str =
    r#"{"RecognitionStatus":"Success","DisplayText":"Conversation.","Offset":4500000,"Duration":10600000}"#;
