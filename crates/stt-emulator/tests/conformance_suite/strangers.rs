//! Nobody there, a key that is refused, and what is asked for wrongly.

use std::net::TcpListener;

use bytes::Bytes;
use http::Response;

use crate::server::serve;
use crate::{run, stderr};

#[test]
fn nobody_there_is_said_clearly() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    drop(listener);
    let output = run(&["--target", &url]);
    assert_eq!(output.status.code(), Some(5));
    assert!(stderr(&output).starts_with(&format!("{url} cannot be reached: ")), "{}", stderr(&output));
    assert!(stderr(&output).contains("refused") && output.stdout.is_empty(), "{}", stderr(&output));
}

#[test]
fn a_key_that_is_refused_ends_it() {
    let url = serve(|_| Some(Response::builder().status(401).body(Bytes::new()).expect("an answer")));
    let output = run(&["--target", &url]);
    assert_eq!(output.status.code(), Some(4));
    assert!(stderr(&output).starts_with(&format!("{url} refuses the key with 401\n")), "{}", stderr(&output));
}

#[test]
fn what_is_asked_for_wrongly_is_told_before_anything_is_sent() {
    for (arguments, expected, code) in [
        (&["--target", "http://speech.example"][..], "refusing to send a key to speech.example without TLS", 2),
        (&["--target", "speech.example"], "is no URL of an endpoint", 2),
        (&["--region", "westus"], "there is no key for the target", 2),
        (&["--target", "http://127.0.0.1:1", "--rule", "body-emty"], "there is no rule \"body-emty\"", 2),
        (&["--target", "http://127.0.0.1:1", "--clip", "x.wav"], "--text", 2),
        (&["--target", "http://127.0.0.1:1", "--key-file", "/dev/null"], "the key in /dev/null is empty", 2),
        (&["--target", "http://127.0.0.1:1", "--questions", "/dev/none"], "/dev/none: cannot be read", 3),
        (&["--target", "http://127.0.0.1:1", "--key", "secret"], "unexpected argument '--key'", 2),
        (&[], "--target", 2),
    ] {
        let output = run(arguments);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", stderr(&output));
        assert!(stderr(&output).contains(expected), "{arguments:?}: {}", stderr(&output));
    }
}
