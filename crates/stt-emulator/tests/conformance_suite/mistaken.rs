//! Servers that are wrong are found out.

use std::time::{SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use http::{HeaderValue, Request, Response, StatusCode};
use serde_json::Value;
use stt_emulator::{Emulator, Tier};

use crate::server::serve;
use crate::{Report, run};

#[test]
fn a_server_that_says_200_and_an_empty_object_differs_in_all_but_what_is_just_that() {
    let url = serve(|_| Some(Response::new(Bytes::from_static(b"{}"))));
    let output = run(&["--target", &url, "--tier", "f0", "--patience", "60s", "--timeout", "500ms", "--json"]);
    assert_eq!(output.status.code(), Some(1));
    let report = Report::of(&output);
    assert_eq!(report.with("agrees"), ["wav-without-samples"]);
    // It issues no token that could be taken or get old; of the others none can be asked about.
    let mut unknown = vec!["body-too-large", "cid-alone", "credential-missing-documented", "entra-token-taken"];
    unknown.extend([
        "key-real",
        "recognition-error",
        "throttled-rate",
        "token-expired",
        "token-revoked",
        "token-taken",
    ]);
    assert_eq!(report.with("unknown"), unknown);
    // It reads the whole of an upload first, so that it is found out by being silent about one that stops.
    let stalled = "status: 408 → no answer: none came within 0.5 s";
    assert!(report.differences().iter().any(|it| it == stalled), "{:?}", report.differences());
}

#[test]
fn a_server_that_is_wrong_in_one_thing_differs_in_the_rules_about_it() {
    check(|_, answer| answer, &[], &[]);
    check(
        |_, answer| changed(answer, |json| drop(json["Offset"].take())),
        &["babble", "initial-silence", "leading-silence", "no-match", "ogg-codec-singular"],
        &["/Offset: 20000000 → null"],
    );
    check(
        |_, answer| {
            changed(answer, |json| json.pointer_mut("/NBest/0/PronScore").into_iter().for_each(|it| *it = 0.into()))
        },
        &["assessment-score"],
        &["/NBest/0/PronScore: "],
    );
    check(
        |_, mut answer| {
            if answer.status() == StatusCode::UNAUTHORIZED {
                *answer.status_mut() = StatusCode::FORBIDDEN;
            }
            answer
        },
        &[
            "authorization-not-bearer",
            "credential-missing",
            "entra-token-malformed",
            "key-unknown",
            "token-expired",
            "token-unknown",
        ],
        &["status: 401 → 403"],
    );
    check(
        |_, mut answer| {
            answer.headers_mut().remove("access-control-allow-origin");
            answer
        },
        &["preflight"],
        &["access-control-allow-origin: any value → no such header"],
    );
    check(
        |request, answer| match request.uri().path().ends_with("issueToken") {
            true => answer.map(|token| [b"\"", &token[..], b"\""].concat().into()),
            false => answer,
        },
        &["token-issued", "token-taken"],
        &["status: 200 → 401"],
    );
}

/// An emulator behind a server that changes some of its answers is found to differ in these rules, and at least so.
fn check(
    twist: impl Fn(&Request<()>, Response<Bytes>) -> Response<Bytes> + Send + Sync + 'static,
    rules: &[&str],
    differences: &[&str],
) {
    let emulator = Emulator::builder().tier(Tier::F0).build();
    let url = serve(move |request| {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("a time after 1970");
        let (head, body) = request.into_parts();
        let known = Request::from_parts(head.clone(), ());
        let answer = emulator.answer(Request::from_parts(head, body), now);
        let is_own = known.uri().path().starts_with("/__emulator");
        (!answer.delivery.is_never()).then(|| match is_own {
            true => answer.response,
            false => {
                let mut response = twist(&known, answer.response);
                // The server says these itself.
                response.headers_mut().remove("connection");
                response.headers_mut().insert("server", HeaderValue::from_static("another"));
                response
            }
        })
    });
    let output = run(&["--target", &url, "--json"]);
    let report = Report::of(&output);
    // The server itself says `100 Continue` to everybody, which is found in any case.
    let mut rules = [rules, &["refused-early"]].concat();
    rules.sort_unstable();
    assert_eq!(report.with("differs"), rules, "{:?}", report.differences());
    assert_eq!(output.status.code(), Some(1));
    for expected in differences {
        assert!(
            report.differences().iter().any(|it| it.starts_with(expected)),
            "{expected}: {:?}",
            report.differences()
        );
    }
}

/// An answer with another JSON, if it has one that is changed by that.
fn changed(answer: Response<Bytes>, change: impl Fn(&mut Value)) -> Response<Bytes> {
    answer.map(|body| match serde_json::from_slice::<Value>(&body) {
        Ok(mut json) if json.get("RecognitionStatus").is_some() => {
            if json.get("NBest").is_some() || json["RecognitionStatus"] != "Success" {
                change(&mut json);
            }
            json.to_string().into()
        }
        _ => body,
    })
}
