//! Endpoints behind TLS.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::{Report, command, run, stderr};

#[test]
fn an_endpoint_behind_tls_is_asked_if_its_certificate_is_trusted() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("authority.pem");
    let mut params = CertificateParams::new(Vec::new()).expect("no names");
    params.distinguished_name.push(DnType::CommonName, "the authority of a test");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key")).expect("a certificate");
    std::fs::write(&path, authority.pem()).expect("a file");
    let key = KeyPair::generate().expect("a key");
    let certificate = CertificateParams::new(vec!["localhost".to_owned()]).expect("a name");
    let certificate = certificate.signed_by(&key, &authority).expect("a certificate");
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key);
    let url = format!("https://localhost:{}", not_found_over_tls(Arc::new(config.expect("a configuration"))));
    let arguments = ["--target", &url, "--rule", "path-unknown", "--json"];
    let output = command(&arguments).env("SSL_CERT_FILE", &path).output().expect("the program runs");
    assert_eq!(Report::of(&output).with("agrees"), ["path-unknown"], "{}", stderr(&output));
    let output = run(&arguments);
    assert_eq!(output.status.code(), Some(5), "{}", stderr(&output));
    assert!(stderr(&output).contains("certificate"), "{}", stderr(&output));
}

/// The port of a server that finds nothing.
fn not_found_over_tls(config: Arc<ServerConfig>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let (stream, config) = (stream.expect("a connection"), Arc::clone(&config));
            thread::spawn(move || answer(stream, config));
        }
    });
    port
}

fn answer(stream: TcpStream, config: Arc<ServerConfig>) -> Option<()> {
    let mut tls = StreamOwned::new(ServerConnection::new(config).ok()?, stream);
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        tls.read_exact(&mut byte).ok()?;
        head.extend(byte);
    }
    let head = String::from_utf8_lossy(&head).to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "))?.parse().ok()?;
    tls.read_exact(&mut vec![0; length]).ok()?;
    let body = r#"{"error":{"code":"404","message":"Resource not found"}}"#;
    let answer = format!("HTTP/1.1 404 Not Found\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len());
    tls.write_all(answer.as_bytes()).ok()?;
    tls.conn.send_close_notify();
    tls.flush().ok()
}
