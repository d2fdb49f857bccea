//! Every reply that the vendor's texts show or that somebody observed, read without the machine.

use std::{fs, path::Path};

use bytes::Bytes;
use http::Response;
use stt_core::{ErrorKind, Malformed, Reply};

#[test]
fn every_known_reply_is_read_by_its_status() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/data/replies");
    let index = fs::read_to_string(data.join("index.tsv")).unwrap();
    let mut read = 0;
    for line in index.lines().filter(|line| !line.starts_with('#')).skip(1) {
        let [file, status, content_type, _evidence, _source, reads_as, _code, text] =
            line.split('\t').collect::<Vec<_>>()[..]
        else {
            panic!("a line of the index has other columns: {line}")
        };
        let body = fs::read(data.join(file)).unwrap();
        let response = Response::builder().status(status).header("content-type", content_type);
        let result = Reply::read(response.body(Bytes::from(body)).unwrap());
        let text = (text != "-").then_some(text);
        match (reads_as, &result) {
            ("error", Err(error)) => {
                assert_eq!(error.status().unwrap().as_str(), status, "{file}");
                assert_eq!(error.message(), text, "{file}");
            }
            ("NoStatus", Err(error)) => {
                assert!(matches!(error.kind(), ErrorKind::Malformed(Malformed::NoStatus)), "{file}: {error:?}");
            }
            ("Error", Err(error)) => assert_eq!(error.to_string(), "the recogniser failed (status Error)"),
            (status, Ok(recognition)) => {
                assert_eq!(recognition.status.as_str(), status, "{file}");
                assert_eq!(recognition.text(), text, "{file}");
            }
            (_, Err(error)) => panic!("{file}: {error:?}"),
        }
        read += 1;
    }
    assert!(20 <= read, "only {read} replies in the index");
}

#[test]
fn the_message_is_found_in_every_shape_of_an_error() {
    for (body, message) in [
        (r#"{"Message":"Invalid CID or language"}"#, Some("Invalid CID or language")),
        (r#"{"message":"m"}"#, Some("m")),
        (r#"{"error":{"code":"401","message":"Access denied"}}"#, Some("Access denied")),
        (r#"{ "statusCode": 401, "message": "Access denied" }"#, Some("Access denied")),
        (r#"{"code":"TooManyRequests","message":"Resource Exhausted"}"#, Some("Resource Exhausted")),
        (r#"{"error":"text"}"#, Some("text")),
        ("No audio data received", Some("No audio data received")),
        ("<html><head><title>Bing</title></head></html>", Some("Bing")),
        ("", None),
    ] {
        let response = Response::builder().status(400).body(Bytes::from_static(body.as_bytes())).unwrap();
        assert_eq!(Reply::read(response).unwrap_err().message(), message, "{body}");
    }
}
