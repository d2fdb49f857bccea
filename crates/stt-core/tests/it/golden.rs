//! The requests that this crate makes, beside those of the vendor's texts.

use std::{collections::BTreeMap, fs, path::Path};

use http::{HeaderName, HeaderValue, Request};
use stt_auth::{Endpoint, Region};
use stt_core::{ConnectionId, Payload, Recognize, Unsendable, Upload};
use stt_model::{AudioFormat, Language, Mode, Profanity, PronunciationAssessment, ResultFormat};

#[test]
fn the_vendors_sample_request_is_made_header_for_header() {
    let request = Recognize::new(Language::EN_US).detailed();
    check("detailed.http", "westus", &request, Upload::replayable(AudioFormat::WavPcm16k));
}

#[test]
fn the_vendors_pronunciation_request_is_made_header_for_header() {
    let assessment = PronunciationAssessment::new("Good morning.")
        .grading_system(stt_model::GradingSystem::HundredMark)
        .granularity(stt_model::Granularity::FullText)
        .dimension(stt_model::Dimension::Comprehensive);
    let request = Recognize::new(Language::EN_US).assess(assessment);
    check("pronunciation.http", "westus", &request, Upload::replayable(AudioFormat::WavPcm16k));
}

#[test]
fn the_skills_quick_start_is_made_header_for_header() {
    let request = Recognize::new(Language::EN_US).format(ResultFormat::Detailed);
    check("skill-quick-start.http", "eastus", &request, Upload::replayable(AudioFormat::WavPcm16k).length(32_044));
}

#[test]
fn the_skills_ogg_request_is_made_header_for_header() {
    let request = Recognize::new(Language::EN_US).profanity(Profanity::Raw);
    check("skill-ogg.http", "eastus", &request, Upload::once(AudioFormat::OggOpus).length(4_096));
}

#[test]
fn only_what_was_asked_for_stands_in_the_query() {
    assert_eq!(
        query(&Recognize::new(Language::EN_US)),
        "language=en-US&X-ConnectionId=00000000000000000000000000000007"
    );
}

#[test]
fn every_option_stands_in_the_request() {
    let request = Recognize::new(Language::EN_US)
        .mode(Mode::Dictation)
        .profanity(Profanity::Removed)
        .cid("0f-1")
        .query("storeAudio", "true")
        .header(HeaderName::from_static("x-trace"), HeaderValue::from_static("7"));
    let made = make(&request, "westus", Upload::replayable(AudioFormat::WavPcm16k)).unwrap();
    assert_eq!(made.uri().path(), "/speech/recognition/dictation/cognitiveservices/v1");
    assert!(made.uri().query().unwrap().starts_with("language=en-US&profanity=removed&cid=0f-1&storeAudio=true&"));
    assert_eq!(made.headers()["x-trace"], "7");
}

#[test]
fn an_upload_without_expect_says_only_that_it_is_chunked() {
    let upload = Upload::replayable(AudioFormat::WavPcm16k).eager();
    let made = make(&Recognize::new(Language::EN_US), "westus", upload).unwrap();
    assert_eq!(made.headers()["transfer-encoding"], "chunked");
    assert!(!made.headers().contains_key("expect"));
}

#[test]
fn a_query_value_is_encoded() {
    let asked = query(&Recognize::new(Language::EN_US).query("a b", "&#%é+/"));
    assert!(asked.contains("&a%20b=%26%23%25%C3%A9%2B%2F&"), "{asked}");
}

#[test]
fn reserved_names_are_refused() {
    for name in ["language", "FORMAT", "profanity", "cid", "x-connectionid", ""] {
        let refused = make(&Recognize::new(Language::EN_US).query(name, "x"), "westus", wav());
        assert_eq!(refused.unwrap_err(), Unsendable::ReservedQuery(name.to_owned()));
    }
    for name in ["authorization", "ocp-apim-subscription-key", "host", "expect", "content-length", "transfer-encoding"]
    {
        let name = HeaderName::from_static(name);
        let request = Recognize::new(Language::EN_US).header(name.clone(), HeaderValue::from_static("x"));
        assert_eq!(make(&request, "westus", wav()).unwrap_err(), Unsendable::ReservedHeader(name));
    }
}

#[test]
fn a_reference_text_that_hangs_the_service_is_refused() {
    let long = PronunciationAssessment::new("a ".repeat(6_500));
    let refused = make(&Recognize::new(Language::EN_US).assess(long), "westus", wav()).unwrap_err();
    assert!(matches!(refused, Unsendable::ReferenceTextTooLong { bytes: 17_000..=18_000 }), "{refused:?}");
    assert!(refused.to_string().ends_with("kB; the limit is 8 kB"), "{refused}");
}

#[test]
fn a_blank_reference_text_is_refused() {
    for text in ["", " \n"] {
        let request = Recognize::new(Language::EN_US).assess(PronunciationAssessment::new(text));
        assert_eq!(make(&request, "westus", wav()).unwrap_err(), Unsendable::BlankReferenceText);
    }
}

#[test]
fn a_reference_text_with_quotes_and_emoji_arrives_whole() {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    let text = "She said \"hi\" \\ 🎉 é";
    let request = Recognize::new(Language::EN_US).assess(PronunciationAssessment::new(text));
    let made = make(&request, "westus", wav()).unwrap();
    let json = STANDARD.decode(made.headers()["pronunciation-assessment"].as_bytes()).unwrap();
    let read: serde_json::Value = serde_json::from_slice(&json).unwrap();
    assert_eq!(read["ReferenceText"], text);
}

proptest::proptest! {
    #[test]
    fn a_query_parameter_survives_encoding(name in "[^\u{0}]{1,20}", value in "\\PC{0,40}") {
        let made = make(&Recognize::new(Language::EN_US).query(format!("x-{name}"), &value), "westus", wav()).unwrap();
        let query = made.uri().query().unwrap();
        let pair = query.split('&').nth(1).unwrap();
        let (encoded_name, encoded_value) = pair.split_once('=').unwrap();
        let decode = |text: &str| percent_encoding::percent_decode_str(text).decode_utf8().unwrap().into_owned();
        proptest::prop_assert_eq!(decode(encoded_name), format!("x-{name}"));
        proptest::prop_assert_eq!(decode(encoded_value), value);
    }
}

/// Compares a request with one of the vendor's: everything but `Host` and the credential, which others add, the
/// connection id, which the vendor's sample does not send, and `Accept`, where `application/json` is what the page asks for.
fn check(file: &str, region: &str, request: &Recognize, upload: Upload) {
    let made = make(request, region, upload).unwrap();
    let (target, mut expected) = golden(file);
    let host = expected.remove("host").unwrap();
    expected.remove("ocp-apim-subscription-key").unwrap();
    expected.insert("accept".to_owned(), "application/json".to_owned());
    let headers: BTreeMap<String, String> = made
        .headers()
        .iter()
        .map(|(name, value)| (name.as_str().to_owned(), value.to_str().unwrap().to_owned()))
        .collect();
    assert_eq!(headers, expected);
    assert_eq!(made.method(), "POST");
    let asked = made.uri().path_and_query().unwrap().as_str();
    assert_eq!(asked, format!("{target}&X-ConnectionId=00000000000000000000000000000007"));
    assert_eq!(made.uri().host(), Some(host.as_str()));
    assert_eq!(made.uri().scheme_str(), Some("https"));
}

fn golden(file: &str) -> (String, BTreeMap<String, String>) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/data/requests").join(file);
    let text = fs::read_to_string(path).unwrap();
    let mut lines = text.split("\r\n");
    let target = lines.next().unwrap().split(' ').nth(1).unwrap().to_owned();
    let headers = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    (target, headers)
}

fn make(request: &Recognize, region: &str, upload: Upload) -> Result<Request<Payload>, Unsendable> {
    let region: Region = region.parse().unwrap();
    request.request(&Endpoint::of_region(&region), upload, ConnectionId(7))
}

fn query(request: &Recognize) -> String {
    make(request, "westus", wav()).unwrap().uri().query().unwrap().to_owned()
}

fn wav() -> Upload {
    Upload::replayable(AudioFormat::WavPcm16k)
}
