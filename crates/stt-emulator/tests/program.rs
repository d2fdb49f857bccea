//! The program as its users run it.

mod common;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;
use stt_emulator::{Outcome, SynthOptions, hear, noise, silence, synth, tag};

fn emulator() -> Command {
    Command::new(env!("CARGO_BIN_EXE_stt-emulator"))
}

fn run(arguments: &[&str]) -> Output {
    emulator().args(arguments).output().expect("the program runs")
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("UTF-8")
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("UTF-8")
}

/// A running program, which is killed if the test ends early.
struct Served {
    child: Child,
    ready: Value,
}

impl Served {
    fn with(arguments: &[&str]) -> Self {
        let mut command = emulator();
        command.args(["--listen", "127.0.0.1:0"]).args(arguments);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("the program runs");
        let mut line = String::new();
        let stdout = child.stdout.as_mut().expect("a pipe");
        BufReader::new(stdout).read_line(&mut line).expect("a line");
        let ready = serde_json::from_str(&line).expect("a line of JSON");
        Self { child, ready }
    }

    fn address(&self) -> &str {
        let endpoint = self.ready["endpoint"].as_str().expect("an endpoint");
        endpoint.strip_prefix("http://").expect("a URL")
    }

    fn get(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(self.address()).expect("a connection");
        let head = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        stream.write_all(head.as_bytes()).expect("a peer");
        let mut reply = String::new();
        stream.read_to_string(&mut reply).expect("an answer");
        reply
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn the_ready_line_has_the_promised_fields_in_their_order() {
    let served = Served::with(&["--region", "westus"]);
    let address = served.address();
    let expected = format!(
        "{{\"event\":\"ready\",\"endpoint\":\"http://{address}\",\
         \"token_endpoint\":\"http://{address}/sts/v1.0/issueToken\",\
         \"admin\":\"http://{address}/__emulator/\",\"key\":\"5354542d454d554c41544f522d4b4559\",\
         \"region\":\"westus\",\"pid\":{}}}",
        served.child.id(),
    );
    let expected: Value = serde_json::from_str(&expected).expect("JSON");
    assert_eq!(served.ready, expected);
    assert!(served.get("/__emulator/health").starts_with("HTTP/1.1 200 "));
}

#[test]
fn the_ready_file_holds_the_same_line() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("ready.json");
    let served = Served::with(&["--ready-file", path.to_str().expect("UTF-8")]);
    let file = std::fs::read_to_string(&path).expect("the file is there before the line");
    let order = ["event", "endpoint", "token_endpoint", "admin", "key", "region", "pid"];
    let places = order.map(|field| file.find(&format!("\"{field}\":")).expect("the field"));
    assert!(places.is_sorted(), "{file}");
    let file: Value = serde_json::from_str(&file).expect("JSON");
    assert_eq!(file, served.ready);
}

#[cfg(unix)]
#[test]
fn sigterm_stops_it_cleanly_and_takes_the_ready_file_away() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("ready.json");
    let mut served = Served::with(&["--ready-file", path.to_str().expect("UTF-8")]);
    let pid = served.child.id().to_string();
    let _idle = TcpStream::connect(served.address()).expect("a connection that stays open");
    let begun = Instant::now();
    let killed = Command::new("kill").args(["-TERM", &pid]).status().expect("kill runs");
    assert!(killed.success());
    assert_eq!(served.child.wait().expect("it ends").code(), Some(0));
    assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
    assert!(!path.exists());
}

#[test]
fn a_port_that_is_taken_is_told_with_a_hint() {
    let served = Served::with(&[]);
    let output = run(&["serve", "--listen", served.address()]);
    assert_eq!(output.status.code(), Some(2));
    let told = stderr(&output);
    assert!(told.starts_with(&format!("cannot listen on {}\nwhy: ", served.address())), "{told}");
    assert!(told.ends_with("hint: --listen 127.0.0.1:0 takes a free port\n"), "{told}");
    assert_eq!(stdout(&output), "");
}

#[test]
fn health_waits_until_one_answers() {
    let address = Served::with(&[]).address().to_owned();
    let waiting = emulator().args(["health", "--listen", &address, "--wait", "10s"]).spawn();
    let mut waiting = waiting.expect("the program runs");
    let mut command = emulator();
    command.args(["--listen", &address]).stdout(Stdio::null()).stderr(Stdio::null());
    let mut late = command.spawn().expect("the program runs");
    let code = waiting.wait().expect("it ends").code();
    let _ = late.kill();
    let _ = late.wait();
    assert_eq!(code, Some(0));
}

#[test]
fn a_shutdown_at_the_admin_paths_ends_the_program() {
    let mut served = Served::with(&[]);
    let mut stream = TcpStream::connect(served.address()).expect("a connection");
    stream
        .write_all(b"POST /__emulator/shutdown HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n")
        .expect("a peer");
    assert_eq!(served.child.wait().expect("it ends").code(), Some(0));
}

#[test]
fn health_tells_whether_one_answers() {
    let served = Served::with(&[]);
    let address = served.address().to_owned();
    let output = run(&["health", "--listen", &address]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    drop(served);
    let output = run(&["health", "--listen", &address, "--wait", "1ms"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).starts_with(&format!("no emulator answers at http://{address}\nwhy: ")));
}

#[test]
fn the_environment_is_printed_for_each_shell() {
    let lines = |shell| stdout(&run(&["env", "--shell", shell, "--listen", "127.0.0.1:8"]));
    let key = "5354542d454d554c41544f522d4b4559";
    let expected = format!(
        "export AZURE_SPEECH_ENDPOINT='http://127.0.0.1:8'\nexport AZURE_SPEECH_KEY='{key}'\n\
         export AZURE_SPEECH_REGION='emulator'\n"
    );
    assert_eq!(lines("sh"), expected);
    let expected = format!(
        "set -gx AZURE_SPEECH_ENDPOINT 'http://127.0.0.1:8'\nset -gx AZURE_SPEECH_KEY '{key}'\n\
         set -gx AZURE_SPEECH_REGION 'emulator'\n"
    );
    assert_eq!(lines("fish"), expected);
    let expected = format!(
        "$env:AZURE_SPEECH_ENDPOINT = 'http://127.0.0.1:8'\n$env:AZURE_SPEECH_KEY = '{key}'\n\
         $env:AZURE_SPEECH_REGION = 'emulator'\n"
    );
    assert_eq!(lines("pwsh"), expected);
    let expected =
        format!("AZURE_SPEECH_ENDPOINT=http://127.0.0.1:8\nAZURE_SPEECH_KEY={key}\nAZURE_SPEECH_REGION=emulator\n");
    assert_eq!(lines("dotenv"), expected);
    let unknown = run(&["env", "--listen", "127.0.0.1:0"]);
    assert_eq!(unknown.status.code(), Some(2));
}

#[cfg(unix)]
#[test]
fn exec_gives_the_environment_and_returns_the_exit_code() {
    let program = env!("CARGO_BIN_EXE_stt-emulator");
    let script = format!(
        "test -z \"${{STT_KEY_FILE+set}}\" || exit 90\n\
         echo \"$AZURE_SPEECH_KEY $AZURE_SPEECH_REGION\"\n\
         '{program}' health --listen \"${{AZURE_SPEECH_ENDPOINT#http://}}\" || exit 91\n\
         exit 7"
    );
    let mut command = emulator();
    command.env("STT_KEY_FILE", "/nowhere").args(["exec", "--region", "westus", "--", "sh", "-c", &script]);
    let output = command.output().expect("the program runs");
    assert_eq!(output.status.code(), Some(7), "{}", stderr(&output));
    assert_eq!(stdout(&output), "5354542d454d554c41544f522d4b4559 westus\n", "no ready line");
}

/// What `exec` says of a command that sends these requests over one connection.
#[cfg(unix)]
fn exec_asking(requests: &[String]) -> Output {
    let script =
        "from=${AZURE_SPEECH_ENDPOINT#http://}; exec 3<>/dev/tcp/${from%:*}/${from#*:}; cat >&3; cat <&3 >/dev/null";
    let mut command = emulator();
    command.args(["exec", "--", "bash", "-c", script]).stdin(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program runs");
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all(requests.concat().as_bytes()).expect("a peer that reads");
    drop(stdin);
    child.wait_with_output().expect("it ends")
}

#[cfg(unix)]
#[test]
fn exec_reports_requests_that_nothing_was_there_for() {
    let close = "Connection: close\r\nContent-Length: 0\r\n\r\n";
    let unknown = format!("POST /speech/v9 HTTP/1.1\r\nHost: localhost\r\n{close}");
    let output = exec_asking(&[unknown]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert_eq!(
        stderr(&output),
        "unmatched requests: 1\n  1: POST /speech/v9: the path is none of the API\n",
        "whatever was refused for another reason is no slip of this kind"
    );
    let matched = format!("POST /sts/v1.0/issueToken HTTP/1.1\r\nHost: localhost\r\n{close}");
    assert_eq!(stderr(&exec_asking(&[matched])), "");
}

#[cfg(unix)]
#[test]
fn a_key_that_looks_real_is_warned_about_once_and_never_told() {
    let real = "0123456789abcdef0123456789abcdef";
    let ask = |end: &str| {
        format!("POST /sts/v1.0/issueToken HTTP/1.1\r\nHost: localhost\r\nOcp-Apim-Subscription-Key: {real}\r\n{end}")
    };
    let output =
        exec_asking(&[ask("Content-Length: 0\r\n\r\n"), ask("Connection: close\r\nContent-Length: 0\r\n\r\n")]);
    let told = stderr(&output);
    assert_eq!(told.matches("WARNING: a key that looks REAL").count(), 1, "{told}");
    assert!(!told.contains(real), "{told}");
}

#[test]
fn exec_tells_what_it_cannot_run() {
    let output = run(&["exec", "--", "no-such-program-anywhere"]);
    assert_eq!(output.status.code(), Some(127));
    assert!(stderr(&output).starts_with("no-such-program-anywhere: cannot run\nwhy: "));
}

#[cfg(unix)]
#[test]
fn exec_ends_as_a_shell_would_when_a_signal_ends_the_command() {
    let output = run(&["exec", "--", "sh", "-c", "kill -KILL $$"]);
    assert_eq!(output.status.code(), Some(128 + 9));
}

#[cfg(unix)]
#[test]
fn sigterm_to_exec_ends_the_command_too() {
    let mut command = emulator();
    command.args(["exec", "--", "sh", "-c", "echo $$; exec sleep 60"]).stdout(Stdio::piped());
    let mut child = command.spawn().expect("the program runs");
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().expect("a pipe")).read_line(&mut line).expect("a line");
    let signal = |name: &str, pid: &str| {
        let mut kill = Command::new("kill");
        kill.args([name, pid]).stderr(Stdio::null()).status().expect("kill runs").success()
    };
    assert!(signal("-TERM", &child.id().to_string()));
    assert_eq!(child.wait().expect("it ends").code(), Some(128 + 9));
    assert!(!signal("-0", line.trim()), "the command is gone as well");
}

fn synthesized(folder: &Path, arguments: &[&str]) -> Vec<u8> {
    let path = folder.join("out.wav");
    let output = emulator().arg("synth").args(arguments).arg("-o").arg(&path).output();
    let output = output.expect("the program runs");
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    std::fs::read(path).expect("a clip")
}

#[test]
fn synth_writes_what_the_library_makes() {
    let folder = tempfile::tempdir().expect("a folder");
    let options = SynthOptions {
        language: Some("en-US".to_owned()),
        lead_in: Duration::from_millis(500),
        pause: Duration::from_millis(50),
        rate: 8_000,
        ..SynthOptions::default()
    };
    let arguments = ["Good morning.", "--language", "en-US", "--lead-in", "500ms", "--pause", "50ms", "--rate", "8000"];
    assert_eq!(synthesized(folder.path(), &arguments), synth("Good morning.", &options).expect("a clip"));
    assert_eq!(
        synthesized(folder.path(), &["Good morning."]),
        synth("Good morning.", &SynthOptions::default()).expect("a clip")
    );
    let half = Duration::from_millis(500);
    assert_eq!(synthesized(folder.path(), &["--silence", "0.5"]), silence(half, 16_000).expect("a clip"));
    let noisy = synthesized(folder.path(), &["--noise", "0.5", "--seed", "3"]);
    assert_eq!(noisy, noise(half, 16_000, 3).expect("a clip"));
}

#[test]
fn synth_wants_one_thing_to_make() {
    for arguments in [&["synth", "-o", "x.wav"][..], &["synth", "a", "--silence", "1", "-o", "x.wav"]] {
        assert_eq!(run(arguments).status.code(), Some(2), "{arguments:?}");
    }
    let output = run(&["synth", "a", "--rate", "1", "-o", "x.wav"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).starts_with("the clip cannot be made\nwhy: "), "{}", stderr(&output));
    let output = run(&["synth", "a", "-o", "/nowhere/x.wav"]);
    assert_eq!(output.status.code(), Some(3));
}

#[test]
fn tag_writes_a_transcript_into_the_file_or_beside_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let (file, beside) = (folder.path().join("a.wav"), folder.path().join("b.wav"));
    std::fs::write(&file, common::humming()).expect("a file");
    let mut command = emulator();
    command.arg("tag").arg(&file).args(["--text", "Written beside it.", "--language", "en-GB"]);
    assert!(command.args(["-o"]).arg(&beside).status().expect("the program runs").success());
    let expected = tag(&common::humming(), "Written beside it.", Some("en-GB")).expect("a tagged clip");
    assert_eq!(std::fs::read(&beside).expect("a file"), expected);
    assert_eq!(std::fs::read(&file).expect("a file"), common::humming(), "the file itself is untouched");
    let tagged = emulator().arg("tag").arg(&file).args(["--text", "In it."]).status();
    assert!(tagged.expect("the program runs").success());
    let heard = hear(&std::fs::read(&file).expect("a file"));
    assert!(matches!(heard.outcome, Outcome::Words { words, .. } if words[1].text == "it."));
}

#[test]
fn tag_refuses_what_holds_no_transcript() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("a.txt");
    std::fs::write(&file, "text").expect("a file");
    let output = emulator().arg("tag").arg(&file).args(["--text", "x"]).output().expect("it runs");
    assert_eq!(output.status.code(), Some(3));
    let told = stderr(&output);
    assert!(told.starts_with(&format!("{}: cannot be tagged\nwhy: ", file.display())), "{told}");
    let output = run(&["tag", "/nowhere/a.wav", "--text", "x"]);
    assert_eq!(output.status.code(), Some(3));
    assert!(stderr(&output).starts_with("/nowhere/a.wav: cannot be read\nwhy: "));
}

#[test]
fn help_and_version_are_for_standard_output() {
    let help = run(&["--help"]);
    assert_eq!(help.status.code(), Some(0));
    assert!(stdout(&help).contains("never recognizes speech"));
    assert!(stdout(&run(&["--version"])).starts_with("stt-emulator "));
    assert_eq!(run(&["--keys", "none"]).status.code(), Some(2));
}

#[cfg(unix)]
#[test]
fn behind_tls_the_authority_is_told_in_the_ready_line_and_in_a_file_that_goes() {
    let folder = tempfile::tempdir().expect("a folder");
    let (ca, ready) = (folder.path().join("ca.pem"), folder.path().join("ready"));
    let path = ca.to_str().expect("UTF-8");
    let served = Served::with(&["--tls", "--tls-ca-file", path, "--ready-file", ready.to_str().expect("UTF-8")]);
    let endpoint = served.ready["endpoint"].as_str().expect("an endpoint").to_owned();
    let address = endpoint.strip_prefix("https://").expect("https");
    assert_eq!(served.ready["ca"].as_str(), Some(std::fs::read_to_string(&ca).expect("a file").as_str()));
    assert_eq!(run(&["health", "--listen", address, "--tls-ca-file", path]).status.code(), Some(0));
    let plain = run(&["health", "--listen", address]);
    assert_eq!(plain.status.code(), Some(1), "{}", stderr(&plain));
    let printed = stdout(&run(&["env", "--listen", address, "--tls-ca-file", path]));
    assert!(printed.contains(&format!("export AZURE_SPEECH_ENDPOINT='{endpoint}'\n")), "{printed}");
    assert!(printed.contains(&format!("export NODE_EXTRA_CA_CERTS='{path}'\n")), "{printed}");
    let stopped = Command::new("kill").arg(served.child.id().to_string()).status().expect("kill");
    assert!(stopped.success());
    let by = Instant::now() + Duration::from_secs(10);
    while ca.exists() || ready.exists() {
        assert!(Instant::now() < by, "the files stay");
        thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn exec_behind_tls_names_a_file_that_is_gone_afterwards() {
    let shown = "echo $SSL_CERT_FILE; echo $REQUESTS_CA_BUNDLE; echo $CURL_CA_BUNDLE; echo $NODE_EXTRA_CA_CERTS; \
                 head -n 1 \"$SSL_CERT_FILE\"";
    let output = run(&["exec", "--tls", "--", "sh", "-c", shown]);
    let printed = stdout(&output);
    let lines: Vec<&str> = printed.lines().collect();
    let [first, second, third, fourth, begin] = lines.as_slice() else { panic!("{printed}{}", stderr(&output)) };
    assert_eq!([second, third, fourth], [first; 3]);
    assert_eq!(*begin, "-----BEGIN CERTIFICATE-----");
    assert!(!Path::new(first).exists(), "{first}");
}

#[test]
fn names_without_tls_and_names_that_are_none_are_refused() {
    for arguments in [&["--tls-host", "a.test"][..], &["--tls-ca-file", "a"], &["--tls", "--tls-host", "a b"]] {
        assert_eq!(run(arguments).status.code(), Some(2), "{arguments:?}");
    }
    assert_eq!(run(&["env", "--tls-ca-file", "it's"]).status.code(), Some(2));
}

#[test]
fn of_more_connections_than_there_may_be_the_one_that_waits_is_closed() {
    let served = Served::with(&["--max-connections", "2"]);
    let mut waiting = TcpStream::connect(served.address()).expect("a connection");
    assert!(served.get("/__emulator/health").starts_with("HTTP/1.1 200 OK\r\n"));
    assert_eq!(waiting.read(&mut [0]).expect("an end"), 0);
    assert_eq!(run(&["--max-connections", "1"]).status.code(), Some(2));
}
