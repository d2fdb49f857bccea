//! The page at `/__emulator/`: the journal as it grows, for people.
//!
//! It is one document that needs nothing from elsewhere. What it shows was sent by anybody, so it comes with a policy
//! under which a browser runs this script and no other, asks nobody but the emulator, and takes no HTML from strings.

use std::sync::LazyLock;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{
    ACCEPT, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION, REFERRER_POLICY, VARY,
    X_CONTENT_TYPE_OPTIONS,
};
use http::request::Parts;
use http::{HeaderValue, Response, StatusCode};
use sha2::{Digest, Sha256};

/// Whether whoever asks is a browser that opens a page; all others get the index in JSON.
pub(crate) fn is_wanted(head: &Parts) -> bool {
    let mut accepted = head.headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    accepted.any(|value| value.to_ascii_lowercase().contains("text/html"))
}

/// The page.
pub(crate) fn response() -> Response<Bytes> {
    let mut response = Response::new(DOCUMENT.clone());
    let fields = response.headers_mut();
    fields.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    fields.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    fields.insert(CONTENT_SECURITY_POLICY, POLICY.clone());
    // Another emulator at the same port may have another page.
    fields.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    fields.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    fields.insert(VARY, HeaderValue::from_static("accept"));
    response
}

/// Where the page is, for those who left out the slash.
pub(crate) fn redirect() -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = StatusCode::PERMANENT_REDIRECT;
    response.headers_mut().insert(LOCATION, HeaderValue::from_static("/__emulator/"));
    response
}

const STYLE: &str = include_str!("page/page.css");

const SCRIPT: &str = concat!(
    include_str!("page/base.js"),
    include_str!("page/wave.js"),
    include_str!("page/curl.js"),
    include_str!("page/faults.js"),
    include_str!("page/detail.js"),
    include_str!("page/journal.js"),
);

static DOCUMENT: LazyLock<Bytes> =
    LazyLock::new(|| include_str!("page/page.html").replace("{style}", STYLE).replace("{script}", SCRIPT).into());

static POLICY: LazyLock<HeaderValue> = LazyLock::new(|| {
    let hash = |text: &str| STANDARD.encode(Sha256::digest(text));
    let policy = format!(
        "default-src 'none'; script-src 'sha256-{}'; style-src 'sha256-{}'; connect-src 'self'; img-src data:; \
         media-src blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
         require-trusted-types-for 'script'; trusted-types 'none'",
        hash(SCRIPT),
        hash(STYLE),
    );
    HeaderValue::try_from(policy).expect("visible characters")
});

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use http::Request;
    use schemars::schema_for;
    use serde_json::Value;

    use super::{DOCUMENT, SCRIPT, STYLE, is_wanted};
    use crate::fault::Transport;

    #[test]
    fn a_browser_gets_the_page_and_a_program_the_index() {
        for (accept, expected) in [
            (Some("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"), true),
            (Some("Text/HTML"), true),
            (Some("*/*"), false),
            (Some("application/json"), false),
            (None, false),
        ] {
            let request = Request::get("/__emulator/");
            let request = accept.into_iter().fold(request, |request, accept| request.header("accept", accept));
            let (head, ()) = request.body(()).expect("a request").into_parts();
            assert_eq!(is_wanted(&head), expected, "{accept:?}");
        }
    }

    #[test]
    fn the_document_is_whole_and_asks_for_nothing_from_elsewhere() {
        let document = std::str::from_utf8(&DOCUMENT).expect("UTF-8");
        assert!(document.contains(STYLE) && document.contains(SCRIPT));
        assert_eq!(document.matches("<script").count(), 1);
        assert_eq!(document.matches("</script").count(), 1);
        assert_eq!(document.matches("</style").count(), 1);
        assert!(!STYLE.contains("url(") && !STYLE.contains("@import"));
        let elsewhere = document.replace("http://www.w3.org/2000/svg", "");
        for needle in ["http:", "https:", " src=", "innerHTML", "outerHTML", "insertAdjacentHTML", "eval("] {
            assert!(!elsewhere.contains(needle), "{needle}");
        }
    }

    #[test]
    fn every_way_to_break_an_exchange_is_offered() {
        let schema = schema_for!(Transport);
        let kinds = schema.get("oneOf").and_then(Value::as_array).expect("a list of kinds");
        let kind = |kind: &Value| kind["properties"]["kind"]["const"].as_str().expect("its name").to_owned();
        let known = kinds.iter().map(kind).collect::<BTreeSet<_>>();
        let (_, table) = SCRIPT.split_once("const KINDS = {").expect("the table");
        let (table, _) = table.split_once("};").expect("its end");
        let offered = table.lines().filter_map(|line| Some(line.split('"').nth(1)?.to_owned()));
        assert_eq!(offered.collect::<BTreeSet<_>>(), known);
    }
}
