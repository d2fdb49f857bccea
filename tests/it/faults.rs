//! What a user of the program reads for each fault, and with which exit code it ends.
//!
//! The servers here misbehave in ways that the emulator does not.

use std::{
    fs,
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    process::{Command, Stdio},
    sync::{Arc, Mutex, mpsc},
    thread,
    time::{Duration, Instant},
};

use crate::cli::{Run, base64, clip, file, run, run_with_input, stt};
use crate::support::root;

pub(crate) const KEY: &str = "0123456789abcdef0123456789abcdef";
pub(crate) const SUCCESS: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 64\r\n\
    Connection: close\r\n\r\n{\"RecognitionStatus\":\"Success\",\"DisplayText\":\"Heard by a test.\"}";

const PENCILS: &str = "tests/audio/pencils.wav";

/// A request as it arrived.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) head: String,
    /// The body as it was framed.
    pub(crate) body: Vec<u8>,
    /// Whether the server is through with it.
    finished: bool,
}

impl Request {
    fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().skip(1).filter_map(|line| line.split_once(": "));
        lines.find(|(given, _)| given.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    fn is_for_a_token(&self) -> bool {
        self.head.contains("/issueToken")
    }

    /// The chunks of the body put together; `None` where the last one is missing.
    fn audio(&self) -> Option<Vec<u8>> {
        let (mut audio, mut rest) = (Vec::new(), &self.body[..]);
        loop {
            let end = rest.windows(2).position(|pair| pair == b"\r\n")?;
            let length = usize::from_str_radix(std::str::from_utf8(&rest[..end]).ok()?, 16).ok()?;
            if length == 0 {
                return Some(audio);
            }
            audio.extend_from_slice(rest.get(end + 2..end + 2 + length)?);
            rest = rest.get(end + 4 + length..)?;
        }
    }
}

/// A server that does with each request what the test says.
pub(crate) struct Server {
    address: SocketAddr,
    requests: Arc<Mutex<Vec<Request>>>,
}

/// One request to a server whose head has been read.
struct Exchange {
    stream: TcpStream,
    /// How many requests came before.
    place: usize,
    request: Request,
}

impl Server {
    /// Answers the requests in turn, after all of their audio; the last answer stands for all that follow.
    pub(crate) fn start(answers: Vec<Vec<u8>>) -> Self {
        Self::with(move |exchange| {
            exchange.proceed();
            exchange.read_body();
            exchange.write(&answers[exchange.place.min(answers.len() - 1)]);
        })
    }

    fn with(behaviour: impl Fn(&mut Exchange) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (seen, behaviour) = (Arc::clone(&requests), Arc::new(behaviour));
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (seen, behaviour) = (Arc::clone(&seen), Arc::clone(&behaviour));
                thread::spawn(move || {
                    let Some(mut exchange) = Exchange::read_head(stream.unwrap()) else { return };
                    let place = {
                        let mut seen = seen.lock().unwrap();
                        seen.push(exchange.request.clone());
                        seen.len() - 1
                    };
                    exchange.place = place;
                    behaviour(&mut exchange);
                    exchange.request.finished = true;
                    seen.lock().unwrap()[place] = exchange.request;
                });
            }
        });
        Self { address, requests }
    }

    pub(crate) fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// `stt` with these arguments against this server, not repeating anything unless told to.
    pub(crate) fn stt(&self, arguments: &[&str]) -> Command {
        let mut command = stt(arguments);
        command.args(["--timeout", "20"]).env("AZURE_SPEECH_ENDPOINT", self.endpoint()).env("AZURE_SPEECH_KEY", KEY);
        if !arguments.contains(&"--retries") && !arguments.contains(&"token") {
            command.args(["--retries", "0"]);
        }
        command
    }

    /// What became of one file.
    fn transcribe(&self, more: &[&str]) -> Run {
        run(&mut self.stt(&[&["transcribe", "-l", "en-US", PENCILS], more].concat()))
    }

    /// What arrived, once the server is through with all of it.
    pub(crate) fn requests(&self) -> Vec<Request> {
        let begun = Instant::now();
        loop {
            let requests = self.requests.lock().unwrap().clone();
            if requests.iter().all(|request| request.finished) || Duration::from_secs(5) < begun.elapsed() {
                return requests;
            }
            thread::sleep(Duration::from_millis(1));
        }
    }
}

impl Exchange {
    fn read_head(mut stream: TcpStream) -> Option<Self> {
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let mut head = Vec::new();
        let mut byte = [0];
        while !head.ends_with(b"\r\n\r\n") {
            if stream.read(&mut byte).ok()? == 0 {
                return None;
            }
            head.push(byte[0]);
        }
        Some(Self {
            stream,
            place: 0,
            request: Request { head: String::from_utf8(head).unwrap(), body: Vec::new(), finished: false },
        })
    }

    fn write(&mut self, bytes: &[u8]) {
        let _ = self.stream.write_all(bytes);
    }

    fn proceed(&mut self) {
        if self.request.header("expect").is_some() {
            self.write(b"HTTP/1.1 100 Continue\r\n\r\n");
        }
    }

    fn read_body(&mut self) {
        if let Some(length) = self.request.header("content-length").map(|length| length.parse().unwrap()) {
            self.read_bytes(length);
        } else if self.request.header("transfer-encoding").is_some() {
            while !self.request.body.ends_with(b"0\r\n\r\n") && self.read_some() {}
        }
    }

    /// Reads at least so many bytes of the body.
    fn read_bytes(&mut self, count: usize) {
        while self.request.body.len() < count && self.read_some() {}
    }

    /// Loses the connection: closing it while something is unread resets it.
    fn reset(&mut self) {
        let _ = self.stream.peek(&mut [0]);
    }

    /// Whatever comes until the other side closes.
    fn read_to_end(&mut self) {
        while self.read_some() {}
    }

    fn read_some(&mut self) -> bool {
        let mut buffer = [0; 16 * 1024];
        let count = self.stream.read(&mut buffer).unwrap_or_default();
        self.request.body.extend_from_slice(&buffer[..count]);
        0 < count
    }
}

fn answer(status: &str, content_type: &str, body: &str) -> Vec<u8> {
    let head = format!("Content-Type: {content_type}\r\nContent-Length: {}\r\nConnection: close", body.len());
    format!("HTTP/1.1 {status}\r\n{head}\r\n\r\n{body}").into_bytes()
}

fn json(body: &str) -> Vec<u8> {
    answer("200 OK", "application/json; charset=utf-8", body)
}

/// What one answer makes of a run: exit code, first line, and all that is said.
fn after(answer_bytes: Vec<u8>) -> (Option<i32>, String, Run) {
    let run = Server::start(vec![answer_bytes]).transcribe(&[]);
    assert_eq!(run.out, "", "nothing was recognized");
    (run.code, run.first_line().to_owned(), run)
}

fn about(what: &str) -> String {
    format!("{PENCILS}: {what}")
}

// Configuration and input: nothing is sent.

/// A run that must not open a connection.
fn refused(arguments: &[&str], environment: &[(&str, &str)]) -> Run {
    let server = Server::start(vec![SUCCESS.to_vec()]);
    let mut command = stt(arguments);
    command.env("AZURE_SPEECH_ENDPOINT", server.endpoint()).env("AZURE_SPEECH_KEY", KEY);
    for (name, value) in environment {
        command.env(name, value);
    }
    let run = run(&mut command);
    assert_eq!(run.out, "");
    assert_eq!(server.requests().len(), 0, "something was sent");
    run
}

fn refusal(more: &[&str], environment: &[(&str, &str)]) -> (Option<i32>, String) {
    let run = refused(&[&["transcribe", "-l", "en-US", PENCILS], more].concat(), environment);
    (run.code, run.first_line().to_owned())
}

#[test]
fn without_a_key_nothing_is_sent() {
    let expected = "no key: set --key-file, STT_KEY_FILE or AZURE_SPEECH_KEY".to_owned();
    assert_eq!(refusal(&[], &[("AZURE_SPEECH_KEY", "")]), (Some(2), expected));
}

#[test]
fn the_line_end_of_a_key_file_is_not_part_of_the_key() {
    let folder = tempfile::tempdir().unwrap();
    for ending in ["", "\n", "\r\n"] {
        let server = Server::start(vec![SUCCESS.to_vec()]);
        let key_file = file(folder.path(), "key", format!("{KEY}{ending}"));
        private(&key_file);
        let run = run(server
            .stt(&["transcribe", "-l", "en-US", "--key-file", &key_file, PENCILS])
            .env_remove("AZURE_SPEECH_KEY"));
        assert_eq!((run.code, run.err.as_str()), (Some(0), ""));
        assert_eq!(server.requests()[0].header("ocp-apim-subscription-key"), Some(KEY), "{ending:?}");
    }
}

#[test]
fn a_key_with_an_illegal_character_is_placed_and_not_shown() {
    let folder = tempfile::tempdir().unwrap();
    for character in [" ", "\r\n", "\0", "\t", "é"] {
        let key_file = file(folder.path(), "key", format!("0123456789abcdef{character}s3cret"));
        private(&key_file);
        let run = refused(&["transcribe", "-l", "en-US", "--key-file", &key_file, PENCILS], &[]);
        let expected = format!("the key in {key_file} has an illegal character at position 17");
        assert_eq!((run.code, run.first_line()), (Some(2), expected.as_str()), "{character:?}");
        assert!(!run.err.contains("s3cret"), "{}", run.err);
    }
    assert_eq!(refusal(&[], &[("AZURE_SPEECH_KEY", &"k".repeat(257))]).0, Some(2));
    let empty = file(folder.path(), "key", "\n");
    assert_eq!(refusal(&["--key-file", &empty], &[]).0, Some(2));
}

#[cfg(unix)]
#[test]
fn a_key_file_that_others_can_read_is_a_warning() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let key_file = file(folder.path(), "key", KEY);
    fs::set_permissions(&key_file, fs::Permissions::from_mode(0o644)).unwrap();
    let server = Server::start(vec![SUCCESS.to_vec()]);
    let run = server.transcribe(&["--key-file", &key_file]);
    assert_eq!(run.err, format!("warning: {key_file} can be read by other users (mode 0644)\n"));
    assert_eq!((run.code, run.out.as_str()), (Some(0), "Heard by a test.\n"));
}

#[test]
fn what_is_no_region_never_becomes_a_host() {
    for region in ["eastus@evil.com", "eastus.evil.com#", "EASTUS ", ""] {
        let (code, line) = refusal(&["--region", region], &[]);
        assert_eq!(code, Some(2));
        assert!(line.starts_with(&format!("\"{region}\" is not a region name (letters, digits, hyphen)")), "{line}");
    }
}

#[test]
fn a_key_does_not_go_over_http_to_another_machine() {
    let expected = "refusing to send a key over http to example.com".to_owned();
    assert_eq!(refusal(&["--endpoint", "http://example.com"], &[]), (Some(2), expected));
}

#[test]
fn an_endpoint_with_a_user_a_query_or_a_fragment_is_refused_and_the_user_not_repeated() {
    for endpoint in ["https://s3cret:s3cret@example.com", "https://example.com/?s3cret", "https://example.com/#s3cret"]
    {
        let run = refused(&["transcribe", "-l", "en-US", "--endpoint", endpoint, PENCILS], &[]);
        assert_eq!((run.code, run.first_line()), (Some(2), "the endpoint may not contain a user, query or fragment"));
        assert!(!run.err.contains("s3cret"), "{}", run.err);
    }
}

#[test]
fn a_language_that_is_missing_or_misspelt_is_said_with_what_was_meant() {
    let expected = "language \"en_US\" is not a tag; did you mean en-US?".to_owned();
    assert_eq!(refusal(&["-l", "en_US"], &[]).0, Some(2), "the flag is given twice");
    let run = refused(&["transcribe", "-l", "en_US", PENCILS], &[]);
    assert_eq!((run.code, run.first_line()), (Some(2), expected.as_str()));
    let run = refused(&["transcribe", PENCILS], &[]);
    assert_eq!((run.code, run.first_line()), (Some(2), "no language: set --language or STT_LANGUAGE"));
}

#[test]
fn query_values_are_encoded() {
    let server = Server::start(vec![SUCCESS.to_vec()]);
    let run = server.transcribe(&["--query", "note=a&b#c%d é"]);
    assert_eq!(run.code, Some(0), "{}", run.err);
    assert!(server.requests()[0].head.contains("&note=a%26b%23c%25d%20%C3%A9&"), "{:?}", server.requests());
}

#[test]
fn a_query_parameter_that_has_a_flag_of_its_own_is_refused() {
    let (code, line) = refusal(&["--query", "language=de-DE"], &[]);
    assert_eq!((code, line.as_str()), (Some(2), "the query parameter \"language\" cannot be set by hand"));
}

#[test]
fn a_reference_text_is_sent_whole_or_refused() {
    let server = Server::start(vec![SUCCESS.to_vec()]);
    let text = "He said: \"Grüße\" 👋 & 'bye'.";
    let sent = run(&mut server.stt(&["assess", "-l", "en-US", "--reference", text, "tests/audio/good-morning.wav"]));
    assert_eq!(sent.code, Some(0), "{}", sent.err);
    let requests = server.requests();
    let parameters: serde_json::Value =
        serde_json::from_slice(&base64(requests[0].header("pronunciation-assessment").unwrap())).unwrap();
    assert_eq!(parameters["ReferenceText"], text);
    // 12,600 characters and about 100 more around them make about 16,900 in base64.
    let long = "x".repeat(12_600);
    let refused = refused(&["assess", "-l", "en-US", "--reference", &long, "tests/audio/good-morning.wav"], &[]);
    let expected = "the reference text makes a header of 17 kB; the limit is 8 kB";
    assert_eq!((refused.code, refused.first_line()), (Some(2), expected));
}

#[test]
fn an_input_that_cannot_be_read_stops_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let empty = file(folder.path(), "empty.wav", "");
    let nothing = folder.path().join("nothing");
    fs::create_dir(&nothing).unwrap();
    let nothing = nothing.to_str().unwrap();
    let server = Server::start(vec![SUCCESS.to_vec()]);
    let bad = ["missing.wav", empty.as_str(), "/dev/null", nothing];
    let run = run(&mut server.stt(&[&["transcribe", "-l", "en-US"], &bad[..], &[PENCILS]].concat()));
    assert_eq!((run.code, run.out), (Some(3), about("Heard by a test.\n")));
    assert_eq!(
        run.err,
        format!(
            "missing.wav: not found\n{empty}: file is empty\n/dev/null: is no ordinary file\n\
             hint: - reads it from a pipe: cat /dev/null | stt … -\n{nothing}: no audio file in this folder\n\
             5 inputs: 1 with words, 0 without, 4 failed, 0 not tried\n"
        )
    );
}

#[cfg(unix)]
#[test]
fn an_input_without_permission_is_said_to_be_so() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let locked = file(folder.path(), "a.wav", clip("Never."));
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o000)).unwrap();
    if fs::read(&locked).is_ok() {
        // The tests run as root, who may read everything.
        return;
    }
    let run = refused(&["transcribe", "-l", "en-US", &locked], &[]);
    assert_eq!((run.code, run.err), (Some(3), format!("{locked}: permission denied\n")));
}

#[test]
fn a_folder_is_nothing_to_assess() {
    let run = refused(&["assess", "-l", "en-US", "--reference", "Good morning.", "tests/audio"], &[]);
    assert_eq!((run.code, run.first_line()), (Some(3), "tests/audio: is a folder"));
}

#[test]
fn a_header_that_lies_is_replaced_and_the_real_length_sent() {
    let folder = tempfile::tempdir().unwrap();
    let truth = clip("All of it.");
    for claimed in [4_000_000_000, 0, u32::MAX] {
        let mut lie = truth.clone();
        let data = truth.windows(4).position(|id| id == b"data").unwrap();
        lie[data + 4..data + 8].copy_from_slice(&u32::to_le_bytes(claimed));
        let lying = file(folder.path(), "a.wav", &lie);
        let server = Server::start(vec![SUCCESS.to_vec()]);
        let run = run(&mut server.stt(&["transcribe", "-l", "en-US", &lying]));
        assert_eq!((run.code, run.out.as_str()), (Some(0), "Heard by a test.\n"), "{}", run.err);
        let sent = server.requests()[0].audio().unwrap();
        let samples = &truth[data + 8..];
        assert_eq!(sent[40..44], u32::try_from(samples.len()).unwrap().to_le_bytes(), "the real length");
        same(&sent[44..], samples);
        if claimed == 4_000_000_000 {
            let line = run.first_line();
            assert!(line.starts_with(&format!("{lying}: the header promises 4.0 GB, the file has ")), "{line}");
            assert!(line.ends_with("; using what is there"), "{line}");
        }
    }
}

#[test]
fn chunks_before_the_audio_are_no_fault_however_odd_or_large() {
    let folder = tempfile::tempdir().unwrap();
    let plain = clip("All of it.");
    let data = plain.windows(4).position(|id| id == b"data").unwrap();
    for size in [7, 200_001] {
        // An odd chunk is followed by a byte that counts for nothing.
        let chunk = [b"LIST", &u32::try_from(size).unwrap().to_le_bytes()[..], &vec![b' '; size + 1]].concat();
        let mut wav = [&plain[..data], &chunk, &plain[data..]].concat();
        let riff = u32::try_from(wav.len() - 8).unwrap();
        wav[4..8].copy_from_slice(&riff.to_le_bytes());
        let path = file(folder.path(), "a.wav", &wav);
        let server = Server::start(vec![SUCCESS.to_vec()]);
        let run = run(&mut server.stt(&["transcribe", "-l", "en-US", &path]));
        assert_eq!((run.code, run.out.as_str(), run.err.as_str()), (Some(0), "Heard by a test.\n", ""));
        same(&server.requests()[0].audio().unwrap(), &wav);
    }
}

#[test]
fn what_is_too_long_is_refused_before_it_is_paid_for() {
    let folder = tempfile::tempdir().unwrap();
    let minute = file(folder.path(), "a.wav", silence(61));
    let run = refused(&["transcribe", "-l", "en-US", "--split", "never", &minute], &[]);
    let expected = format!("{minute}: 61.0 s, the limit is 60 s");
    assert_eq!((run.code, run.first_line()), (Some(3), expected.as_str()));
    assert!(run.err.contains("\nhint: "), "{}", run.err);
    let half = file(folder.path(), "b.wav", silence(31));
    let run = refused(&["assess", "-l", "en-US", "--reference", "Good morning.", &half], &[]);
    let expected = format!("{half}: 31.0 s, the limit is 30 s");
    assert_eq!((run.code, run.first_line()), (Some(3), expected.as_str()));
}

fn silence(seconds: u64) -> Vec<u8> {
    stt_emulator::silence(Duration::from_secs(seconds), 16_000).unwrap()
}

// Credentials.

const DENIED: &str = r#"{"error":{"code":"401","message":"Access denied due to invalid subscription key."}}"#;

fn denied() -> Vec<u8> {
    answer("401 Unauthorized", "application/json", DENIED)
}

#[test]
fn a_refused_key_stops_the_batch_and_what_was_not_tried_is_listed() {
    let server = Server::start(vec![denied()]);
    let run = server.transcribe(&["tests/audio/good-morning.wav", "tests/audio/weather.ogg", "--retries", "2"]);
    assert_eq!(run.code, Some(4));
    assert_eq!(
        run.first_line(),
        about("the key was not accepted by 127.0.0.1 (401): wrong key, or key of another resource")
    );
    assert!(run.err.contains("\nwhy: Access denied due to invalid subscription key.\n"), "{}", run.err);
    assert!(run.err.contains("\nnot tried: tests/audio/good-morning.wav\nnot tried: tests/audio/weather.ogg\n"));
    assert_eq!(server.requests().len(), 1);
}

/// Tokens on the one path and recognitions on the other, each counted for itself.
fn with_tokens(token: Vec<u8>, answers: Vec<Vec<u8>>) -> Server {
    let asked = Mutex::new(0);
    Server::with(move |exchange| {
        exchange.proceed();
        exchange.read_body();
        if exchange.request.is_for_a_token() {
            return exchange.write(&token);
        }
        let mut asked = asked.lock().unwrap();
        let place = (*asked).min(answers.len() - 1);
        *asked += 1;
        exchange.write(&answers[place]);
    })
}

fn token() -> Vec<u8> {
    answer("200 OK", "application/jwt", "eyJ.eyJ.signature")
}

fn counted(server: &Server) -> (usize, usize) {
    let requests = server.requests();
    let tokens = requests.iter().filter(|request| request.is_for_a_token()).count();
    (tokens, requests.len() - tokens)
}

#[test]
fn a_new_token_that_is_refused_at_once_ends_as_a_refused_key() {
    let server = with_tokens(token(), vec![denied()]);
    let run = server.transcribe(&["--auth", "token", "--retries", "9"]);
    assert_eq!(run.code, Some(4));
    assert!(run.first_line().contains("the key was not accepted by 127.0.0.1 (401)"), "{}", run.err);
    let (tokens, recognitions) = counted(&server);
    assert!(tokens <= 2 && recognitions <= 2, "{tokens} tokens, {recognitions} recognitions");
}

#[test]
fn a_token_endpoint_that_is_down_is_told_with_what_was_tried() {
    let server = with_tokens(answer("503 Service Unavailable", "text/html", "<html>"), vec![SUCCESS.to_vec()]);
    let run = server.transcribe(&["--auth", "token", "tests/audio/weather.ogg"]);
    let line = run.first_line();
    assert_eq!(run.code, Some(5));
    assert!(line.starts_with(&about("no access token: 503 after 3 attempts in ")), "{line}");
    assert_eq!(counted(&server), (3, 0));
    assert!(run.err.contains("\nnot tried: tests/audio/weather.ogg\n"), "{}", run.err);
}

#[test]
fn a_403_says_what_the_service_said_and_what_to_look_at() {
    let message = "Out of call volume quota. ".repeat(100);
    let (code, line, run) =
        after(answer("403 Forbidden", "application/json", &format!(r#"{{"statusCode":403,"message":"{message}"}}"#)));
    assert_eq!((code, line), (Some(4), about("forbidden by the service (403)")));
    let why = run.err.lines().find_map(|line| line.strip_prefix("why: ")).unwrap();
    assert!(why.starts_with("Out of call volume quota.") && why.chars().count() <= 301, "{why}");
    assert!(run.err.contains("\nhint: check networking rules and quota of the resource\n"), "{}", run.err);
}

#[test]
fn a_key_that_gets_no_token_is_refused_once_for_all() {
    for status in ["401 Unauthorized", "403 Forbidden", "404 Not Found"] {
        let server = with_tokens(answer(status, "application/json", DENIED), vec![SUCCESS.to_vec()]);
        let run = server.transcribe(&["--auth", "token", "tests/audio/weather.ogg"]);
        let code = &status[..3];
        assert_eq!(
            (run.code, run.first_line()),
            (Some(4), about(&format!("the key was refused while fetching a token ({code})")).as_str())
        );
        assert_eq!(counted(&server), (1, 0));
        assert!(run.err.contains("\nnot tried: tests/audio/weather.ogg\n"), "{}", run.err);
    }
}

#[test]
fn the_exchange_of_a_key_says_what_was_wrong_with_it() {
    let server = with_tokens(denied(), vec![SUCCESS.to_vec()]);
    let run = run(&mut server.stt(&["token"]));
    assert_eq!((run.code, run.out.as_str()), (Some(4), ""));
    assert_eq!(
        run.err,
        "the key was refused while fetching a token (401)\nwhy: Access denied due to invalid subscription key.\n\
         hint: wrong key, or key of another region\n"
    );
    assert_eq!(counted(&server), (1, 0));
}

#[test]
fn an_answer_that_is_no_token_is_not_printed() {
    let page = format!("<html><title>s3cret</title>{}</html>", " ".repeat(1_164));
    let server = with_tokens(answer("200 OK", "text/html", &page), vec![SUCCESS.to_vec()]);
    let run = server.transcribe(&["--auth", "token"]);
    assert_eq!(
        (run.code, run.first_line()),
        (Some(5), about("the token endpoint gave no token (text/html, 1.2 kB)").as_str())
    );
    assert!(!run.err.contains("s3cret"), "{}", run.err);
}

// Uploading.

#[test]
fn an_answer_instead_of_100_continue_is_delivered_and_no_audio_sent() {
    for (status, code) in [("401 Unauthorized", 4), ("429 Too Many Requests", 5), ("503 Service Unavailable", 5)] {
        let server = Server::with(move |exchange| {
            exchange.write(&answer(status, "application/json", "{}"));
            exchange.read_to_end();
        });
        let run = server.transcribe(&[]);
        assert_eq!(run.code, Some(code), "{status}: {}", run.err);
        assert!(run.first_line().contains(&status[..3]), "{}", run.err);
        assert_eq!(server.requests()[0].body, b"", "{status}");
    }
}

#[test]
fn an_answer_with_a_reset_behind_it_is_delivered() {
    let folder = tempfile::tempdir().unwrap();
    let long = file(folder.path(), "a.wav", silence(60));
    for _ in 0..20 {
        let server = Server::with(|exchange| {
            exchange.proceed();
            exchange.read_bytes(60_000);
            exchange.write(&answer("503 Service Unavailable", "text/html", "<html>"));
            exchange.reset();
        });
        let run = run(&mut server.stt(&["transcribe", "-l", "en-US", &long]));
        assert_eq!((run.code, run.first_line()), (Some(5), format!("{long}: the service failed (503)").as_str()));
    }
}

#[test]
fn silence_that_is_known_early_is_a_result() {
    let folder = tempfile::tempdir().unwrap();
    let long = file(folder.path(), "a.wav", silence(60));
    let server = Server::with(|exchange| {
        exchange.proceed();
        exchange.read_bytes(160_000);
        exchange.write(&json(r#"{"RecognitionStatus":"InitialSilenceTimeout","Offset":50000000,"Duration":0}"#));
        exchange.read_to_end();
    });
    let run = run(&mut server.stt(&["transcribe", "-l", "en-US", &long]));
    assert_eq!((run.code, run.err), (Some(1), format!("{long}: no speech in the first 5 s\n")));
}

#[test]
fn after_417_the_same_goes_out_without_expect() {
    let server = Server::with(|exchange| {
        if exchange.request.header("expect").is_some() {
            return exchange.write(&answer("417 Expectation Failed", "text/plain", ""));
        }
        exchange.read_body();
        exchange.write(SUCCESS);
    });
    let run = server.transcribe(&[]);
    assert_eq!((run.code, run.out.as_str(), run.err.as_str()), (Some(0), "Heard by a test.\n", ""));
    let requests = server.requests();
    assert_eq!(requests.len(), 2);
    same(&requests[1].audio().unwrap(), &fs::read(root().join(PENCILS)).unwrap());
}

#[test]
fn a_connection_that_is_lost_says_how_far_it_came() {
    let folder = tempfile::tempdir().unwrap();
    let long = file(folder.path(), "a.wav", silence(60));
    let server = Server::with(|exchange| {
        exchange.proceed();
        exchange.read_bytes(200_000);
        exchange.reset();
    });
    let run = run(&mut server.stt(&["transcribe", "-l", "en-US", &long]));
    let line = run.first_line();
    assert_eq!(run.code, Some(5));
    // A busy machine may take all of it into its buffers before the server gets to read.
    let ending = [" of 1.9 MB", " 1920044 bytes of audio"].iter().any(|ending| line.ends_with(ending));
    assert!(line.starts_with(&format!("{long}: connection lost after ")) && ending, "{}", run.err);
}

#[test]
fn a_lost_connection_is_repeated_byte_for_byte() {
    let server = Server::with(|exchange| {
        exchange.proceed();
        if exchange.place == 0 {
            exchange.read_bytes(20_000);
            return exchange.reset();
        }
        exchange.read_body();
        exchange.write(SUCCESS);
    });
    let run = server.transcribe(&["--retries", "1"]);
    assert_eq!((run.code, run.out.as_str(), run.err.as_str()), (Some(0), "Heard by a test.\n", ""));
    same(&server.requests()[1].audio().unwrap(), &fs::read(root().join(PENCILS)).unwrap());
}

#[test]
fn a_file_that_cannot_be_read_to_its_end_is_never_sent_as_if_it_were_whole() {
    let folder = tempfile::tempdir().unwrap();
    let shrinking = file(folder.path(), "a.wav", silence(60));
    let path = shrinking.clone();
    let server = Server::with(move |exchange| {
        fs::OpenOptions::new().write(true).open(&path).unwrap().set_len(500_000).unwrap();
        exchange.proceed();
        exchange.read_to_end();
    });
    let run = run(&mut server.stt(&["transcribe", "-l", "en-US", "--retries", "2", &shrinking]));
    let line = run.first_line();
    assert_eq!(run.code, Some(3), "{}", run.err);
    assert!(line.starts_with(&format!("{shrinking}: read error at ")), "{line}");
    let requests = server.requests();
    assert_eq!(requests.len(), 1);
    assert!(!requests[0].body.ends_with(b"0\r\n\r\n"), "the body was ended as if it were whole");
}

#[test]
fn live_audio_that_is_not_kept_is_not_repeated() {
    let server = Server::with(|exchange| {
        exchange.proceed();
        exchange.read_bytes(3_000_000);
        exchange.reset();
    });
    // 55 seconds at 48 kHz are 5 MB; 2 MiB of a stream are kept.
    let mut stream = stt_audio::canonical_header(48_000, 0).to_vec();
    stream.resize(44 + 55 * 96_000, 0);
    let as_it_is = ["transcribe", "-l", "en-US", "--convert", "never", "--split", "never", "--retries", "2", "-"];
    let run = run_with_input(&mut server.stt(&as_it_is), &stream);
    let mut lines = run.err.lines();
    assert_eq!(run.code, Some(5), "{}", run.err);
    let warning = lines.next().unwrap();
    assert!(warning.starts_with("standard input: 48 kHz: only 16 kHz is documented"), "{warning}");
    let line = lines.next().unwrap();
    assert!(line.starts_with("standard input: ") && line.ends_with(" (not repeated: live audio)"), "{line}");
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn live_audio_that_is_kept_is_repeated() {
    let server = Server::with(|exchange| {
        exchange.proceed();
        if exchange.place == 0 {
            exchange.read_bytes(100_000);
            return exchange.reset();
        }
        exchange.read_body();
        exchange.write(SUCCESS);
    });
    let mut stream = stt_audio::canonical_header(16_000, 0).to_vec();
    stream.extend((0..10 * 32_000).map(|index| (index % 251) as u8));
    let run = run_with_input(
        &mut server.stt(&["transcribe", "-l", "en-US", "--split", "never", "--retries", "1", "-"]),
        &stream,
    );
    assert_eq!((run.code, run.out.as_str(), run.err.as_str()), (Some(0), "Heard by a test.\n", ""));
    same(&server.requests()[1].audio().unwrap(), &stream);
}

#[test]
fn an_answer_ends_the_run_although_the_stream_goes_on() {
    let server = Server::with(|exchange| {
        exchange.proceed();
        exchange.read_bytes(44 + 48_000);
        exchange.write(SUCCESS);
        exchange.read_to_end();
    });
    let mut child = server
        .stt(&["transcribe", "-l", "en-US", "--split", "never", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stream = child.stdin.take().unwrap();
    stream.write_all(&stt_audio::canonical_header(16_000, 0)).unwrap();
    stream.write_all(&[1; 48_000]).unwrap();
    // The stream stays open and silent: nothing may wait for it, the reading thread included.
    let begun = Instant::now();
    let mut printed = String::new();
    child.stdout.take().unwrap().read_to_string(&mut printed).unwrap();
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    let code = child.wait().unwrap().code();
    assert!(begun.elapsed() < Duration::from_secs(5), "the end of the stream was waited for");
    drop(stream);
    assert_eq!((code, printed.as_str()), (Some(0), "Heard by a test.\n"), "{said}");
    assert_eq!(said, "standard input: answered after 1.5 s of audio; what followed was not sent\n");
}

#[test]
fn standard_input_that_cannot_be_read_is_said_to_be_so() {
    let mut command = stt(&["transcribe", "-l", "en-US", "--emulator", "-"]);
    let run = run(command.stdin(fs::File::open(root()).unwrap()));
    assert_eq!(run.code, Some(3));
    assert!(run.err.ends_with("standard input: it is a folder\n"), "{}", run.err);
}

// The answer.

#[test]
fn a_connection_that_closes_without_an_answer() {
    for sent in [&b""[..], b"HTTP/1.1 200 OK\r\nContent-Le", b"HTTP/1.1 103 Early Hints\r\n\r\n"] {
        let run = Server::start(vec![sent.to_vec()]).transcribe(&[]);
        assert_eq!((run.code, run.out.as_str()), (Some(5), ""), "{}", run.err);
        assert_eq!(run.first_line(), about("127.0.0.1 closed the connection without an answer"), "{sent:?}");
    }
}

#[test]
fn an_answer_that_was_cut_off_is_never_taken_for_the_whole() {
    let json = r#"{"RecognitionStatus":"Success","DisplayText":"Heard."}"#;
    let short = format!("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{json}");
    let chunk = format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{json}\r\n", json.len());
    let close = format!("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{}", &json[..30]);
    for sent in [short, chunk, close] {
        let (code, line, _) = after(sent.into_bytes());
        assert_eq!((code, line), (Some(5), about("the answer was cut off")));
    }
}

#[test]
fn an_answer_that_is_not_json_is_shown_in_short() {
    let (code, line, _) = after(answer("200 OK", "text/html", "<title>Bing</title>\u{1b}[31m"));
    let expected = about("the answer is not JSON (text/html): \"<title>Bing</title>\\u{1b}[31m\"");
    assert_eq!((code, line), (Some(5), expected));
    let (code, line, _) = after(answer("200 OK", "text/plain", ""));
    assert_eq!(code, Some(5));
    assert!(line.contains("the answer is not JSON"), "{line}");
    let packed =
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\nConnection: close\r\n\r\n\x1f\x8b\x08";
    let (code, line, _) = after(packed.to_vec());
    assert_eq!((code, line), (Some(5), about("the answer is encoded (gzip)")));
}

#[test]
fn a_byte_order_mark_is_no_fault() {
    let body = "\u{feff}{\"RecognitionStatus\":\"Success\",\"DisplayText\":\"Heard.\"}";
    let run = Server::start(vec![json(body)]).transcribe(&[]);
    assert_eq!((run.code, run.out.as_str()), (Some(0), "Heard.\n"), "{}", run.err);
}

#[test]
fn json_that_is_no_recognition_is_a_failure() {
    let (code, line, _) = after(json("{}"));
    assert_eq!((code, line), (Some(5), about("the answer has no RecognitionStatus")));
    for body in ["[]", "[\"Success\"]", "null", "{\"RecognitionStatus\":[]}"] {
        let (code, line, _) = after(json(body));
        assert_eq!(code, Some(5), "{body}: {line}");
    }
}

#[test]
fn numbers_as_text_and_missing_lists_are_read() {
    let body = r#"{"RecognitionStatus":"Success","Offset":"400000","Duration":"11000000","New":1,
        "NBest":[{"Confidence":"1.7","Display":"Heard."}]}"#;
    let run = Server::start(vec![json(body)]).transcribe(&[]);
    assert_eq!((run.code, run.out.as_str()), (Some(0), "Heard.\n"), "{}", run.err);
    let run = Server::start(vec![json(r#"{"RecognitionStatus":"Success","DisplayText":"Heard."}"#)]).transcribe(&[]);
    assert_eq!((run.code, run.out.as_str()), (Some(0), "Heard.\n"), "{}", run.err);
}

#[test]
fn a_status_that_nobody_knows_is_shown() {
    let (code, line, _) = after(json(r#"{"RecognitionStatus":"Brand_new"}"#));
    assert_eq!((code, line), (Some(1), about("unknown result \"Brand_new\"")));
}

#[test]
fn a_failed_recogniser_is_asked_again() {
    let server = Server::start(vec![json(r#"{"RecognitionStatus":"Error","Offset":0,"Duration":0}"#)]);
    let run = server.transcribe(&["--retries", "1"]);
    assert_eq!((run.code, run.first_line()), (Some(5), about("the recogniser failed (status Error) 2 times").as_str()));
    assert_eq!(server.requests().len(), 2);
}

#[test]
fn statuses_of_refusal_are_those_of_http() {
    let ends = |status: &str| {
        let (code, line, _) = after(json(&format!(r#"{{"RecognitionStatus":"{status}"}}"#)));
        (code, line)
    };
    assert_eq!(ends("TooManyRequests"), (Some(5), about("throttled by the service (TooManyRequests)")));
    assert_eq!(ends("Forbidden"), (Some(4), about("out of quota (Forbidden)")));
    assert_eq!(ends("BadRequest"), (Some(3), about("rejected by the service (BadRequest)")));
}

#[test]
fn success_without_text_is_no_failure_of_the_service() {
    let (code, line, _) = after(json(r#"{"RecognitionStatus":"Success","DisplayText":"","Offset":0,"Duration":0}"#));
    assert_eq!((code, line), (Some(1), about("recognised, but the text is empty")));
}

#[test]
fn the_message_of_a_refusal_is_found_in_every_shape() {
    for body in [
        r#"{"Message":"Unsupported audio format"}"#,
        r#"{"message":"Unsupported audio format"}"#,
        r#"{"error":{"code":"400","message":"Unsupported audio format"}}"#,
        r#"{"statusCode":400,"message":"Unsupported audio format"}"#,
        r#"{"code":"BadRequest","message":"Unsupported audio format"}"#,
        r#"{"error":"Unsupported audio format"}"#,
        "Unsupported audio format",
        "<html><head><title>Unsupported audio format</title></head></html>",
    ] {
        let (code, line, run) = after(answer("400 Bad Request", "application/json", body));
        assert_eq!((code, line), (Some(3), about("rejected by the service (400)")));
        let mut lines = run.err.lines().skip(1);
        assert_eq!(lines.next(), Some("why: Unsupported audio format"), "{body}");
        assert!(lines.next().is_some_and(|line| line.starts_with("hint: ffmpeg ")), "{}", run.err);
        let id = lines.next().and_then(|line| line.strip_prefix("connection id ")).unwrap();
        assert!(id.len() == 32 && id.bytes().all(|digit| digit.is_ascii_hexdigit()), "{id}");
    }
    let (_, line, run) = after(answer("400 Bad Request", "text/plain", ""));
    assert_eq!(line, about("rejected by the service (400)"));
    assert!(!run.err.contains("why:"), "{}", run.err);
}

#[test]
fn every_other_status_has_its_exit_code() {
    for (status, code) in [
        ("404 Not Found", 5),
        ("405 Method Not Allowed", 5),
        ("413 Payload Too Large", 3),
        ("415 Unsupported Media Type", 3),
        ("418 Teapot", 5),
        ("999 What", 5),
    ] {
        let (ended, line, _) = after(answer(status, "text/plain", ""));
        assert_eq!(ended, Some(code), "{line}");
        assert!(line.contains(&status[..3]), "{line}");
    }
    let (_, line, _) = after(answer("404 Not Found", "text/plain", ""));
    assert_eq!(line, about("404 from 127.0.0.1; is the endpoint complete?"));
}

#[test]
fn a_service_that_fails_is_asked_as_often_as_was_said() {
    for status in ["408 Request Timeout", "500 Internal Server Error", "502 Bad Gateway", "503 Busy", "504 Late"] {
        let server = Server::start(vec![answer(status, "text/html", "<title>Bing</title>")]);
        let run = server.transcribe(&["--retries", "1"]);
        let expected = about(&format!("the service failed ({}) 2 times", &status[..3]));
        assert_eq!((run.code, run.first_line()), (Some(5), expected.as_str()));
        assert_eq!(server.requests().len(), 2);
    }
}

#[test]
fn a_redirect_is_not_followed() {
    let (told, asked) = mpsc::channel();
    let elsewhere = Server::with(move |_| told.send(()).unwrap());
    for status in ["301", "302", "307", "308"] {
        let location = format!("{}/other", elsewhere.endpoint());
        let redirect = format!(
            "HTTP/1.1 {status} Moved\r\nLocation: {location}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        );
        let (code, line, _) = after(redirect.into_bytes());
        assert_eq!((code, line), (Some(5), about(&format!("127.0.0.1 redirects to {location}; not followed"))));
    }
    assert!(asked.try_recv().is_err(), "the key went somewhere else");
}

#[test]
fn a_dead_service_stops_the_batch() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut command = stt(&["transcribe", "-l", "en-US", "--retries", "0", PENCILS, "tests/audio/weather.ogg"]);
    let run = run(command.env("AZURE_SPEECH_ENDPOINT", format!("http://{closed}")).env("AZURE_SPEECH_KEY", KEY));
    assert_eq!((run.code, run.first_line()), (Some(5), about(&format!("cannot connect to {closed}")).as_str()));
    assert!(run.err.contains("\nwhy: connection refused\n"), "{}", run.err);
    assert!(run.err.contains("\nnot tried: tests/audio/weather.ogg\n"), "{}", run.err);
}

/// Whether both are the same, without printing a minute of audio where they are not.
fn same(sent: &[u8], expected: &[u8]) {
    let differs = sent.iter().zip(expected).position(|(sent, expected)| sent != expected);
    assert_eq!((sent.len(), differs), (expected.len(), None), "length, and where the first other byte is");
}

fn private(path: &str) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
    }
    let _ = path;
}
