//! The request headers that are known of the service: what the client sends is among them, and the emulator treats each
//! as the service does.

use std::fs;

use bytes::Bytes;
use stt_auth::{Access, Now, Resource};
use stt_core::{ConnectionId, Recognize, Upload};
use stt_emulator::{Emulator, KEY_1};
use stt_model::{AudioFormat, Language, PronunciationAssessment};

use crate::support::root;

#[test]
fn the_client_sends_known_headers_with_accepted_values_and_no_others() {
    let rows = rows();
    let resource = Resource::new("westeurope", KEY_1).unwrap();
    let request = Recognize::new(Language::EN_US).assess(PronunciationAssessment::new("Good morning."));
    for format in [AudioFormat::WavPcm16k, AudioFormat::OggOpus] {
        let mut made = request.request(resource.endpoint(), Upload::replayable(format), ConnectionId(7)).unwrap();
        let now = Now::new(std::time::Duration::ZERO, std::time::Duration::ZERO);
        let Access::Ready(credential) = resource.access(now) else { panic!("a key is always ready") };
        let (name, value) = credential.header().unwrap();
        made.headers_mut().insert(name, value);
        for (name, value) in made.headers() {
            let value = value.to_str().unwrap();
            let known = rows.iter().any(|row| {
                row.header.eq_ignore_ascii_case(name.as_str())
                    && row.outcome == "accepted"
                    && (row.value == value || row.value == "*")
            });
            assert!(known, "{name}: {value}");
        }
    }
}

#[test]
fn the_emulator_treats_each_header_as_the_service_does() {
    let emulator = Emulator::builder().build();
    let mut tried = 0;
    for row in rows().iter().filter(|row| ["Accept", "Content-Type"].contains(&row.header.as_str())) {
        let audio = if row.body == "ogg" { "weather.ogg" } else { "pencils.wav" };
        let mut request = http::Request::post("/speech/recognition/conversation/cognitiveservices/v1?language=en-US")
            .header("ocp-apim-subscription-key", KEY_1)
            .body(Bytes::from(fs::read(root().join("tests/audio").join(audio)).unwrap()))
            .unwrap();
        request.headers_mut().insert("content-type", "audio/wav".parse().unwrap());
        let name: http::HeaderName = row.header.parse().unwrap();
        request.headers_mut().insert(name, row.value.parse().unwrap());
        let answer = emulator.answer(request, std::time::Duration::ZERO).response;
        let body = String::from_utf8_lossy(answer.body()).into_owned();
        let outcome = match (answer.status().as_u16(), body.contains("\"InitialSilenceTimeout\"")) {
            (200, true) => "silence".to_owned(),
            (200, false) => "accepted".to_owned(),
            (status, _) => status.to_string(),
        };
        assert_eq!(outcome, row.outcome, "{}: {}: {body}", row.header, row.value);
        tried += 1;
    }
    assert!(10 < tried);
}

struct Row {
    header: String,
    value: String,
    body: String,
    outcome: String,
}

fn rows() -> Vec<Row> {
    let text = fs::read_to_string(root().join("tests/data/headers.tsv")).unwrap();
    let lines = text.lines().filter(|line| !line.starts_with('#')).skip(1);
    lines
        .map(|line| {
            let [header, value, body, outcome, _evidence, _source] = line.split('\t').collect::<Vec<_>>()[..] else {
                panic!("a line of the table has other columns: {line}")
            };
            Row { header: header.into(), value: value.into(), body: body.into(), outcome: outcome.into() }
        })
        .collect()
}
