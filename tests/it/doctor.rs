//! `stt doctor` as a user meets it: against the emulator, and against servers that are broken in ways it is not.

use std::{
    fs,
    net::TcpListener,
    path::Path,
    process::{Command, Stdio},
    sync::mpsc::{self, Receiver},
    thread,
    time::{Duration, Instant, SystemTime},
};

use serde_json::Value;
use stt_emulator::{Emulator, Running};

use crate::{
    cli::{Run, clip, file, run, stt},
    faults::{KEY, Server},
};

const SUBJECTS: [&str; 11] = [
    "configuration",
    "endpoint",
    "credential",
    "proxy",
    "authorities",
    "lookup",
    "connection",
    "tls",
    "clock",
    "acceptance",
    "firewall",
];

/// The report of a run as JSON.
struct Told {
    code: Option<i32>,
    json: Value,
}

impl Told {
    fn by(command: &mut Command) -> Self {
        let run = run(command.args(["-f", "json"]));
        Self { code: run.code, json: serde_json::from_str(&run.out).unwrap_or_else(|_| panic!("{run:?}")) }
    }

    fn check(&self, subject: &str) -> &Value {
        let checks = self.json["checks"].as_array().unwrap();
        checks.iter().find(|check| check["check"] == subject).unwrap_or_else(|| panic!("no {subject}: {}", self.json))
    }

    fn status(&self, subject: &str) -> &str {
        self.check(subject)["status"].as_str().unwrap()
    }

    /// Whether a line of what was found, or of what to do, says this.
    fn says(&self, subject: &str, text: &str) -> bool {
        let check = self.check(subject);
        let lines = ["found", "hints"].into_iter().flat_map(|list| check[list].as_array().unwrap());
        lines.into_iter().any(|line| line.as_str().unwrap().contains(text))
    }
}

/// `stt doctor` about a service at this endpoint, with a key in the environment.
fn doctor(endpoint: &str, arguments: &[&str]) -> Command {
    let mut command = stt(&[&["doctor", "--no-config"], arguments].concat());
    command.env("AZURE_SPEECH_ENDPOINT", endpoint).env("AZURE_SPEECH_KEY", KEY);
    command
}

fn emulator() -> Running {
    Emulator::builder().start_blocking().unwrap()
}

fn answer(status: &str, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}").into_bytes()
}

fn date(time: SystemTime) -> String {
    format!("Date: {}\r\n", httpdate::fmt_http_date(time))
}

#[test]
fn of_what_is_healthy_every_check_is_ok_and_nothing_is_recognized() {
    let emulator = emulator();
    let told = Told::by(doctor(&emulator.endpoint(), &[]).env("AZURE_SPEECH_KEY", emulator.key()));
    assert_eq!(told.code, Some(0), "{}", told.json);
    let checks = told.json["checks"].as_array().unwrap();
    assert_eq!(checks.iter().map(|check| check["check"].as_str().unwrap()).collect::<Vec<_>>(), SUBJECTS);
    assert!(checks.iter().all(|check| check["status"] == "ok"), "{}", told.json);
    assert_eq!(told.json["schema"], "stt.doctor/1");
    assert_eq!((&told.json["failed"], &told.json["warnings"]), (&0.into(), &0.into()));
    let asked: Vec<String> =
        emulator.journal().iter().map(|entry| format!("{} {}", entry.method, entry.path)).collect();
    assert_eq!(asked, ["HEAD /", "POST /sts/v1.0/issueToken"]);
}

#[test]
fn the_emulator_inside_the_run_shows_how_a_healthy_one_looks() {
    let run = run(&mut stt(&["doctor", "--emulator"]));
    assert_eq!((run.code, run.err.as_str()), (Some(0), ""), "{}", run.out);
    assert!(run.out.ends_with("\nnothing failed\n"), "{}", run.out);
    assert!(run.out.contains("\nok       acceptance: the key was accepted"), "{}", run.out);
    assert!(!run.out.contains('\u{1b}'), "colours are for terminals");
}

#[test]
fn a_refused_key_is_told_with_its_causes() {
    let emulator = emulator();
    let told = Told::by(doctor(&emulator.endpoint(), &[]).env("AZURE_SPEECH_KEY", "not-the-key-of-the-emulator"));
    assert_eq!((told.code, told.status("acceptance")), (Some(4), "failed"), "{}", told.json);
    assert!(told.says("acceptance", "the key was refused while fetching a token (401)"));
    assert!(told.says("acceptance", "why: Access denied due to invalid subscription key"), "{}", told.json);
    assert!(told.says("acceptance", "is it the key that this host expects?"), "{}", told.json);
    assert_eq!(told.check("acceptance")["facts"]["http_status"], 401);
}

#[test]
fn a_port_where_nobody_listens_ends_the_way_and_not_the_diagnosis() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let told = Told::by(&mut doctor(&format!("http://127.0.0.1:{port}"), &[]));
    assert_eq!(told.code, Some(5));
    for (subject, status) in [
        ("lookup", "ok"),
        ("connection", "failed"),
        ("tls", "skipped"),
        ("clock", "skipped"),
        ("acceptance", "skipped"),
        ("firewall", "ok"),
    ] {
        assert_eq!(told.status(subject), status, "{}", told.json);
    }
    assert!(told.says("connection", "connection refused"), "{}", told.json);
    assert!(told.says("connection", "does the container or emulator run"), "{}", told.json);
}

#[test]
fn a_certificate_that_is_not_trusted_is_told_with_its_issuer_and_gets_no_key() {
    let emulator = Emulator::builder().tls(["speech.test"]).start_blocking().unwrap();
    let told = Told::by(doctor(&emulator.endpoint(), &[]).env("AZURE_SPEECH_KEY", emulator.key()));
    assert_eq!((told.code, told.status("tls")), (Some(5), "failed"), "{}", told.json);
    assert!(told.says("tls", "issued by an authority that this machine does not know"), "{}", told.json);
    assert!(told.says("tls", "issued by stt-emulator, for tests alone"), "{}", told.json);
    assert!(told.says("tls", "--ca-file"), "{}", told.json);
    let first = "its certificate is not trusted: issued by an authority that this machine does not know";
    assert_eq!(told.check("tls")["found"][0], first);
    assert_eq!(told.check("tls")["facts"]["issuer"], "stt-emulator, for tests alone");
    assert_eq!(told.status("acceptance"), "skipped");
    assert_eq!(emulator.journal().len(), 0, "something was sent");

    let folder = tempfile::tempdir().unwrap();
    let ca = file(folder.path(), "ca.pem", emulator.ca().unwrap());
    let told = Told::by(doctor(&emulator.endpoint(), &["--ca-file", &ca]).env("AZURE_SPEECH_KEY", emulator.key()));
    assert_eq!((told.code, told.json["warnings"].as_u64()), (Some(0), Some(0)), "{}", told.json);
    assert_eq!(told.check("tls")["facts"]["version"], "TLS 1.3");
    assert!(told.says("authorities", &format!("those in {ca}, by --ca-file")), "{}", told.json);
}

#[test]
fn a_file_of_authorities_that_is_none_fails_alone() {
    let emulator = Emulator::builder().tls(["speech.test"]).start_blocking().unwrap();
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [("empty.pem", Some("")), ("missing.pem", None)] {
        let ca = folder.path().join(name);
        if let Some(text) = text {
            fs::write(&ca, text).unwrap();
        }
        let told = Told::by(doctor(&emulator.endpoint(), &[]).env("STT_CA_FILE", &ca));
        assert_eq!((told.code, told.status("authorities")), (Some(2), "failed"), "{}", told.json);
        assert!(told.says("authorities", "STT_CA_FILE"), "{}", told.json);
        assert_eq!((told.status("connection"), told.status("tls")), ("ok", "failed"), "{}", told.json);
    }
}

#[test]
fn a_proxy_that_wants_a_password_is_told_without_the_one_it_got() {
    let refusal = answer("407 Proxy Authentication Required", "", "");
    let proxy = Server::start(vec![refusal]);
    let url = proxy.endpoint().replace("http://", "http://user:canary@");
    let told = Told::by(doctor("https://speech.example", &[]).env("https_proxy", url));
    assert_eq!((told.code, told.status("connection")), (Some(5), "failed"), "{}", told.json);
    assert!(told.says("proxy", "by https_proxy"), "{}", told.json);
    assert!(told.says("connection", "407 Proxy Authentication Required"), "{}", told.json);
    assert!(told.says("connection", "it wants a user and a password"), "{}", told.json);
    assert!(told.says("firewall", "speech.example:443 (recognition)"), "{}", told.json);
    assert!(!told.json.to_string().contains("canary"), "{}", told.json);
    let heads: Vec<String> = proxy.requests().into_iter().map(|request| request.head).collect();
    assert!(heads.iter().all(|head| head.starts_with("CONNECT ") && !head.contains(KEY)), "{heads:?}");
}

#[test]
fn a_clock_that_is_an_hour_off_is_a_warning_with_its_direction() {
    let hour = Duration::from_secs(3_600);
    for (time, ahead, word) in
        [(SystemTime::now() + hour, false, "behind"), (SystemTime::now() - hour, true, "ahead of")]
    {
        let token = answer("200 OK", &date(time), "eyJhbGciOiJIUzI1NiJ9.e30.c2ln");
        let server = Server::start(vec![answer("404 Not Found", &date(time), ""), token]);
        let told = Told::by(&mut doctor(&server.endpoint(), &[]));
        assert_eq!((told.code, told.status("clock")), (Some(0), "warning"), "{}", told.json);
        let seconds = told.check("clock")["facts"]["seconds_ahead"].as_i64().unwrap();
        assert!((3_590..3_620).contains(&seconds.abs()) && (0 < seconds) == ahead, "{seconds}");
        assert!(told.says("clock", &format!("minutes {word} that of the service")), "{}", told.json);
        assert_eq!(told.status("acceptance"), "ok");
    }
}

#[cfg(unix)]
#[test]
fn a_key_file_that_others_can_read_is_a_warning_with_the_cure() {
    use std::os::unix::fs::PermissionsExt;
    let emulator = emulator();
    let folder = tempfile::tempdir().unwrap();
    let key_file = file(folder.path(), "my key", emulator.key());
    fs::set_permissions(&key_file, fs::Permissions::from_mode(0o644)).unwrap();
    let told = Told::by(&mut doctor(&emulator.endpoint(), &["--key-file", &key_file]));
    assert_eq!((told.code, told.status("credential")), (Some(0), "warning"), "{}", told.json);
    assert!(told.says("credential", "can be read by other users (mode 0644)"), "{}", told.json);
    assert!(told.says("credential", &format!("chmod 600 '{key_file}'")), "{}", told.json);
    fs::set_permissions(&key_file, fs::Permissions::from_mode(0o600)).unwrap();
    let told = Told::by(&mut doctor(&emulator.endpoint(), &["--key-file", &key_file]));
    assert_eq!(told.status("credential"), "ok");
    assert!(told.says("credential", &format!("a key in {key_file}, by --key-file")), "{}", told.json);
}

#[test]
fn without_a_key_the_way_is_gone_nevertheless() {
    let emulator = emulator();
    let told = Told::by(doctor(&emulator.endpoint(), &[]).env_remove("AZURE_SPEECH_KEY"));
    assert_eq!((told.code, told.status("credential")), (Some(2), "failed"), "{}", told.json);
    assert!(told.says("credential", "no key: set --key-file, STT_KEY_FILE or AZURE_SPEECH_KEY"), "{}", told.json);
    for subject in ["lookup", "connection", "tls", "clock", "firewall"] {
        assert_eq!(told.status(subject), "ok", "{}", told.json);
    }
    assert_eq!(told.status("acceptance"), "skipped");
}

#[test]
fn a_language_in_the_place_of_a_region_is_told_apart() {
    let told = Told::by(doctor("", &["--region", "en-us"]).env_remove("AZURE_SPEECH_ENDPOINT"));
    assert_eq!((told.code, told.status("configuration")), (Some(2), "failed"), "{}", told.json);
    assert!(told.says("configuration", "\"en-us\" is a language, not a region name"), "{}", told.json);
    assert!(told.says("configuration", "a language goes with --language"), "{}", told.json);
    assert_eq!((told.status("credential"), told.status("lookup")), ("ok", "skipped"), "{}", told.json);
}

#[test]
fn a_configuration_file_with_a_mistake_is_told_and_the_rest_is_checked() {
    let emulator = emulator();
    let folder = tempfile::tempdir().unwrap();
    file(folder.path(), "stt.toml", "[profile.default]\nlanguage = \"en_US\"\n");
    let mut command = stt(&["doctor"]);
    command.env("AZURE_SPEECH_ENDPOINT", emulator.endpoint()).env("AZURE_SPEECH_KEY", emulator.key());
    let told = Told::by(command.current_dir(folder.path()));
    assert_eq!((told.code, told.status("configuration")), (Some(2), "failed"), "{}", told.json);
    assert!(told.says("configuration", "stt.toml:2:12: language \"en_US\" is not a tag"), "{}", told.json);
    assert_eq!(told.status("acceptance"), "ok", "{}", told.json);
}

#[test]
fn a_word_that_no_credential_has_keeps_the_key_at_home() {
    let emulator = emulator();
    let mut command = doctor(&emulator.endpoint(), &[]);
    let told = Told::by(command.env("AZURE_SPEECH_KEY", emulator.key()).env("STT_AUTH", "nobody"));
    assert_eq!((told.code, told.status("configuration")), (Some(2), "failed"), "{}", told.json);
    assert_eq!(told.check("configuration")["found"][0], "STT_AUTH is none of: key, token, entra, none");
    assert_eq!((told.status("clock"), told.status("acceptance")), ("ok", "skipped"), "{}", told.json);
    assert!(emulator.journal().iter().all(|entry| entry.key.is_none()), "the key was sent");
}

#[test]
fn a_region_beside_an_endpoint_of_another_is_told() {
    let mut command = doctor("https://westus.api.cognitive.microsoft.com", &["--timeout", "0.001"]);
    let told = Told::by(command.env("AZURE_SPEECH_REGION", "westeurope").env("https_proxy", "127.0.0.1:1"));
    assert_eq!(told.status("configuration"), "warning", "{}", told.json);
    assert!(told.says("configuration", "AZURE_SPEECH_REGION says westeurope, and does not count"), "{}", told.json);
}

#[test]
fn values_of_a_file_are_told_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    file(folder.path(), "key", KEY);
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let text = format!("[profile.default]\nendpoint = \"http://127.0.0.1:{port}\"\nkey_file = \"key\"\n");
    file(folder.path(), "stt.toml", text);
    let told = Told::by(stt(&["doctor"]).current_dir(folder.path()));
    assert!(told.says("configuration", "stt.toml:2"), "{}", told.json);
    assert!(told.says("credential", "stt.toml:3"), "{}", told.json);
}

#[test]
fn an_entra_token_that_has_expired_is_known_without_asking() {
    let folder = tempfile::tempdir().unwrap();
    let emulator = emulator();
    // {"exp":1767225600,"aud":"https://management.core.windows.net/"}, which is the first day of 2026.
    let claims = "eyJleHAiOjE3NjcyMjU2MDAsImF1ZCI6Imh0dHBzOi8vbWFuYWdlbWVudC5jb3JlLndpbmRvd3MubmV0LyJ9";
    let token = file(folder.path(), "token", format!("eyJhbGciOiJub25lIn0.{claims}.c2ln"));
    let id = "/subscriptions/1/resourceGroups/g/providers/Microsoft.CognitiveServices/accounts/a";
    let arguments = ["--auth", "entra", "--token-file", &token, "--resource-id", id];
    let told = Told::by(&mut doctor(&emulator.endpoint(), &arguments));
    assert_eq!((told.code, told.status("credential")), (Some(4), "failed"), "{}", told.json);
    assert!(told.says("credential", "it expired "), "{}", told.json);
    assert!(told.says("credential", "it is for https://management.core.windows.net/"), "{}", told.json);
    assert!(told.says("credential", "az account get-access-token"), "{}", told.json);
    assert_eq!((told.status("clock"), told.status("acceptance")), ("ok", "skipped"), "{}", told.json);
    assert!(!told.json.to_string().contains("eyJhbGciOiJub25lIn0"), "{}", told.json);
}

#[test]
fn a_container_is_asked_nothing_but_the_time() {
    let server = Server::start(vec![answer("404 Not Found", &date(SystemTime::now()), "")]);
    let told = Told::by(&mut doctor(&server.endpoint(), &["--auth", "none"]));
    assert_eq!((told.code, told.json["failed"].as_u64()), (Some(0), Some(0)), "{}", told.json);
    assert_eq!((told.status("clock"), told.status("acceptance")), ("ok", "skipped"), "{}", told.json);
    let heads: Vec<String> = server.requests().into_iter().map(|request| request.head).collect();
    assert!(heads.len() == 1 && heads[0].starts_with("HEAD / ") && !heads[0].contains(KEY), "{heads:?}");
}

#[test]
fn an_answer_that_is_no_token_leaves_the_key_open() {
    let page = answer("200 OK", "Content-Type: text/html\r\n", "<html>canary: please sign in</html>");
    let server = Server::start(vec![answer("404 Not Found", "", ""), page]);
    let told = Told::by(&mut doctor(&server.endpoint(), &[]));
    assert_eq!((told.code, told.status("acceptance")), (Some(0), "warning"), "{}", told.json);
    assert!(told.says("acceptance", "the token endpoint gave no token (text/html"), "{}", told.json);
    assert!(told.says("clock", "the answer does not tell the time"), "{}", told.json);
    assert!(!told.json.to_string().contains("canary"), "{}", told.json);
}

/// A host that takes connections and says nothing, and who tells of each connection.
fn silent() -> (String, Receiver<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (taken, takes) = mpsc::channel();
    thread::spawn(move || {
        let held: Vec<_> = listener.incoming().inspect(|_| taken.send(()).unwrap_or_default()).collect();
        drop(held);
    });
    (format!("https://{address}"), takes)
}

#[test]
fn a_host_that_says_nothing_holds_nobody_up() {
    let began = Instant::now();
    let told = Told::by(&mut doctor(&silent().0, &["--timeout", "0.3"]));
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    assert_eq!((told.code, told.status("tls")), (Some(5), "failed"), "{}", told.json);
    assert!(told.says("tls", "not done within the time of all checks"), "{}", told.json);
    assert_eq!(told.status("firewall"), "ok");
}

#[test]
fn ctrl_c_ends_it() {
    let (endpoint, takes) = silent();
    let mut child = doctor(&endpoint, &[]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    takes.recv_timeout(Duration::from_secs(10)).expect("it does not connect");
    let pid = child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    let began = Instant::now();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
}

/// What is set in the environment of a run.
type Variables<'a> = &'a [(&'a str, &'a str)];

#[test]
fn no_secret_is_ever_printed() {
    let folder = tempfile::tempdir().unwrap();
    let secret = "5ecre7c4nary5ecre7c4nary5ecre7c4nary5ecre7c4nary5ecre7c4nary5ecre7c4nary5ecre7c4nary";
    assert_eq!(secret.len(), 84);
    let echo = format!("{{\"error\":{{\"code\":\"401\",\"message\":\"Access denied for {secret}\"}}}}");
    let server = Server::start(vec![answer("404 Not Found", "", ""), answer("401 Unauthorized", "", &echo)]);
    let key_file = file(folder.path(), "key", format!("{secret}\n"));
    let broken = file(folder.path(), "broken", format!("{secret} {secret}"));
    let proxy = format!("http://user:{secret}@127.0.0.1:1");
    let socks = proxy.replace("http", "socks5");
    let user = format!("https://user:{secret}@speech.example");
    let key = ("AZURE_SPEECH_KEY", secret);
    let runs: [(&[&str], Variables<'_>); 10] = [
        (&[], &[key]),
        (&["--key-file", &key_file], &[]),
        (&["--key-file", &broken], &[]),
        (&["--key-file", secret], &[]),
        (&["--region", secret], &[key]),
        (&["--endpoint", secret], &[key]),
        (&["--auth", "token"], &[key]),
        (&["--endpoint", "https://speech.example"], &[key, ("https_proxy", &proxy)]),
        (&["--endpoint", "https://speech.example"], &[("all_proxy", &socks)]),
        (&["--endpoint", &user], &[]),
    ];
    for (arguments, environment) in runs {
        for form in ["text", "json"] {
            let log = folder.path().join("log");
            let mut command = doctor(&server.endpoint(), arguments);
            command.args(["-vvv", "--log-file", log.to_str().unwrap(), "-f", form]).envs(environment.iter().copied());
            let Run { out, err, .. } = run(&mut command);
            assert!(!out.is_empty(), "{arguments:?}: {err}");
            let all = format!("{out}{err}{}", fs::read_to_string(&log).unwrap());
            assert!(!all.contains("5ecre7c4nary"), "{arguments:?}: {all}");
        }
    }
}

#[test]
fn who_cannot_get_to_the_service_is_told_of_the_doctor() {
    let folder = tempfile::tempdir().unwrap();
    let audio = file(folder.path(), "a.wav", clip("Hello."));
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut command = stt(&["transcribe", "-l", "en-US", "--retries", "0", &audio]);
    command.env("AZURE_SPEECH_ENDPOINT", format!("http://127.0.0.1:{port}")).env("AZURE_SPEECH_KEY", KEY);
    let run = run(command.current_dir(Path::new("/")));
    assert!(run.err.contains("\nhint: stt doctor "), "{}", run.err);
}
