//! What a user gives for an endpoint: what is understood gives two URLs on hosts that hold nothing of the rest.
#![no_main]

use http::Uri;
use libfuzzer_sys::fuzz_target;
use stt_auth::Endpoint;

fuzz_target!(|text: &str| {
    let Ok(endpoint) = text.parse::<Endpoint>() else { return };
    let speech: Uri = endpoint.speech().parse().expect("the speech URL is a URL");
    for url in [&speech, endpoint.token()] {
        let authority = url.authority().expect("both URLs are absolute").as_str();
        assert!(!authority.contains('@'), "{text:?} leads to {url}");
        assert_eq!(None, url.query(), "{text:?} leads to {url}");
    }
    assert_eq!(endpoint.host(), speech.host().expect("the speech URL is absolute"));
    assert!(!endpoint.speech().ends_with('/'), "{text:?} leads to {speech}");
});
