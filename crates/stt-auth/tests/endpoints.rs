//! Endpoints and regions against the tables that the other side of the wire is tested against too.
#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]
#![expect(clippy::disallowed_methods, reason = "a test may read its table; the crate reads no files")]

use std::{collections::BTreeMap, fs, path::Path};

use proptest::prelude::*;
use stt_auth::{Authorization, Cloud, Endpoint, EndpointError, Error, Key, Region, Resource, Token, TokenCache};

/// The rows of a table below `tests/data`, without comments and heading.
fn table(name: &str) -> Vec<Vec<String>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/data").join(name);
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let rows = text.lines().filter(|line| !line.starts_with('#')).skip(1);
    rows.map(|row| row.split('\t').map(str::to_owned).collect()).collect()
}

fn endpoint(given: &str) -> Endpoint {
    given.parse().unwrap_or_else(|error| panic!("{given}: {error}"))
}

fn refused(given: &str) -> EndpointError {
    given.parse::<Endpoint>().expect_err(given)
}

fn key() -> Key {
    "canary-key".parse().unwrap()
}

#[test]
fn both_urls_follow_from_any_form_of_an_endpoint() {
    let rows = table("endpoints.tsv");
    assert!(60 <= rows.len());
    for row in rows {
        let [input, speech, token, evidence, source] = row.as_slice() else { panic!("{row:?}") };
        let endpoint = endpoint(input);
        assert_eq!((endpoint.speech(), &*endpoint.token().to_string()), (&**speech, &**token), "{input}");
        assert!(["documented", "observed", "guess"].contains(&&**evidence) && !source.is_empty(), "{row:?}");
    }
}

#[test]
fn an_endpoint_is_read_again_from_what_it_prints() {
    for row in table("endpoints.tsv") {
        let first = endpoint(&row[0]);
        assert_eq!(endpoint(&first.to_string()), first, "{}", row[0]);
        let recognition = format!("{}/speech/recognition/dictation/cognitiveservices/v1/", first.speech());
        assert_eq!(endpoint(&recognition), first, "{recognition}");
    }
}

#[test]
fn the_known_regions_are_those_of_the_table() {
    let known: BTreeMap<String, (String, String)> = Region::known()
        .map(|region| (region.to_string(), (region.name().unwrap().to_owned(), region.cloud().to_string())))
        .collect();
    let rows = table("regions.tsv").into_iter();
    let expected: BTreeMap<_, _> = rows.map(|row| (row[0].clone(), (row[1].clone(), row[2].clone()))).collect();
    assert_eq!(known, expected);
    // 33 in Microsoft's page of regions, 2 and 3 in the sovereign clouds.
    assert_eq!(known.len(), 38);
}

#[test]
fn a_region_by_name_by_portal_name_and_as_endpoint_is_the_same() {
    for row in table("regions.tsv") {
        let region: Region = row[0].parse().unwrap();
        let host = format!("{region}.stt.");
        let of_region = Endpoint::of_region(&region);
        assert!(of_region.host().starts_with(&host) && of_region.is_secure(), "{of_region}");
        assert_eq!(endpoint(&row[0]), of_region);
        assert_eq!(of_region.region(), Some(&region));
        assert_eq!(of_region.cloud(), Some(region.cloud()));
        // All names but those that are one word have blanks, which no region has.
        assert_eq!(row[1].parse::<Region>().unwrap_err().suggestion(), Some(&*row[0]));
        let error = refused(&row[1]);
        assert!(matches!(error, EndpointError::Host { suggestion: Some(meant), .. } if meant == row[0]), "{error:?}");
    }
}

#[test]
fn a_host_tells_its_region_and_cloud() {
    let region = |given: &str| endpoint(given).region().map(ToString::to_string);
    assert_eq!(region("https://atlantis4.stt.speech.azure.us").as_deref(), Some("atlantis4"));
    assert_eq!(region("https://my-resource.cognitiveservices.azure.com"), None);
    assert_eq!(region("http://localhost:5000"), None);
    let cloud = |given: &str| endpoint(given).cloud().map(Cloud::as_str);
    assert_eq!(cloud("https://atlantis4.stt.speech.azure.us"), Some("usgov"));
    assert_eq!(cloud("https://my-resource.cognitiveservices.azure.cn"), Some("china"));
    assert_eq!(cloud("https://speech.example"), None);
}

#[test]
fn user_query_and_fragment_are_refused_and_a_user_is_not_repeated() {
    for (given, error) in [
        ("https://canary:secret@speech.example/", EndpointError::User),
        ("https://eastus.stt.speech.microsoft.com@evil.example/", EndpointError::User),
        ("canary@speech.example", EndpointError::User),
        ("mailto:canary@speech.example", EndpointError::User),
        ("canary://secret@speech.example", EndpointError::User),
        ("https://canary:se/cret@speech.example/?a#b", EndpointError::User),
        ("https://speech.example/?canary=1", EndpointError::Query),
        ("https://speech.example#canary", EndpointError::Fragment),
        ("https://evil.example#.stt.speech.microsoft.com", EndpointError::Fragment),
    ] {
        assert_eq!(refused(given), error, "{given}");
        assert_eq!(error.to_string(), "the endpoint may not contain a user, query or fragment");
    }
}

#[test]
fn what_is_no_endpoint_is_refused_with_its_reason() {
    for (given, reason) in [
        ("", "the endpoint is empty"),
        (" \n", "the endpoint is empty"),
        ("ftp://speech.example", "the endpoint begins with \"ftp://\" instead of https://"),
        ("https//eastus.stt.speech.microsoft.com", "the endpoint's path is not the path of a URL"),
        ("https://h//speech/universal/v2", "the endpoint's path is not the path of a URL"),
        ("://speech.example", "the endpoint begins with \"://\" instead of https://"),
        ("https://", "\"\" is not a host"),
        ("https:///stt", "\"\" is not a host"),
        ("https:speech.example", "the endpoint's port is not a number from 1 to 65535"),
        ("https://speech.example:0", "the endpoint's port is not a number from 1 to 65535"),
        ("https://a b.example", "\"a b.example\" is not a host"),
        (
            "https://evil.example\\.stt.speech.microsoft.com",
            "\"evil.example\\\\.stt.speech.microsoft.com\" is not a host",
        ),
        ("https://a\r\nHost: b", "\"a\\r\\nHost: b\" is not a host"),
        ("East US", "\"East US\" is not a host; did you mean eastus?"),
        ("my_resource", "\"my_resource\" is not a host"),
        ("-name", "\"-name\" is not a host"),
        ("https://speech.example/a b", "the endpoint's path is not the path of a URL"),
        ("https://speech.example/a/../b", "the endpoint's path is not the path of a URL"),
        (
            "https://api.cognitive.microsoft.com/sts/v1.0",
            "api.cognitive.microsoft.com names neither a region nor a resource",
        ),
        ("https://stt.speech.microsoft.com", "stt.speech.microsoft.com names neither a region nor a resource"),
        ("https://cognitiveservices.azure.com", "cognitiveservices.azure.com names neither a region nor a resource"),
        ("https://a.b.stt.speech.microsoft.com", "a.b.stt.speech.microsoft.com names neither a region nor a resource"),
    ] {
        assert_eq!(refused(given).to_string(), reason, "{given:?}");
    }
}

#[test]
fn a_key_given_as_an_endpoint_is_not_repeated() {
    let old = "0123456789abcdef0123456789abcdef";
    let new = "3xAmpl3".repeat(12);
    for given in [
        old.to_owned(),
        new.clone(),
        format!("https://{old}"),
        format!("{old}.stt.speech.microsoft.com"),
        format!("https://{old}.cognitiveservices.azure.com"),
        format!("https://{new}.api.cognitive.microsoft.com"),
    ] {
        let error = refused(&given);
        let printed = format!("{error} {error:?}").to_ascii_lowercase();
        assert!(!printed.contains(old) && !printed.contains("3xampl3"), "{printed}");
    }
}

#[test]
fn no_credential_goes_over_http_to_another_machine() {
    let token: Token = "canary-token".parse().unwrap();
    let resource_id = "/subscriptions/1".parse().unwrap();
    let all = [
        ("key", Authorization::Key(key())),
        ("key", Authorization::Token(key())),
        ("token", Authorization::Bearer(token.clone())),
        ("token", Authorization::Entra { resource_id, token }),
        ("token", Authorization::Source { resource_id: None }),
    ];
    for host in ["example.com", "10.0.0.1", "0.0.0.0", "localhost.example.com", "eastus.stt.speech.microsoft.com"] {
        for (what, authorization) in all.clone() {
            let error = Resource::of(endpoint(&format!("http://{host}")), authorization).unwrap_err();
            assert_eq!(error.to_string(), format!("refusing to send a {what} over http to {host}"));
        }
        assert!(Resource::of(endpoint(&format!("http://{host}")), Authorization::None).is_ok());
        assert!(matches!(
            TokenCache::new(&endpoint(&format!("ws://{host}")), key()),
            Err(Error::InsecureEndpoint { what: "key", .. })
        ));
    }
    for given in ["http://localhost:5000", "http://127.0.0.1", "http://[::1]:5000", "https://example.com"] {
        for (_, authorization) in all.clone() {
            assert!(Resource::of(endpoint(given), authorization).is_ok(), "{given}");
        }
    }
}

#[test]
fn a_resource_says_what_is_wrong_with_its_endpoint_or_key() {
    let said = |endpoint: &str, key: &str| Resource::new(endpoint, key).unwrap_err().to_string();
    assert_eq!(said("https://a@b", "k"), "the endpoint may not contain a user, query or fragment");
    assert_eq!(said("eastus", "0123456789abcdef x"), "the key has an illegal character at position 17");
    assert_eq!(said("http://example.com", "k"), "refusing to send a key over http to example.com");
}

proptest! {
    #[test]
    fn no_text_makes_an_endpoint_panic_or_lie(given in "(https?://|)[a-z0-9.:/\\[\\]@#?%é \\\\-]{0,40}") {
        if let Ok(endpoint) = given.parse::<Endpoint>() {
            let uri: http::Uri = format!("{}/speech", endpoint.speech()).parse().unwrap();
            prop_assert_eq!(uri.host(), Some(endpoint.host()));
            prop_assert_eq!(uri.scheme_str() == Some("https"), endpoint.is_secure());
            prop_assert!(!endpoint.speech().contains(['@', '#', '?', '\\', ' ']));
            prop_assert_eq!(endpoint.to_string().parse::<Endpoint>().unwrap(), endpoint);
        }
    }

    #[test]
    fn a_region_stays_within_its_host(given in "[a-zA-Z0-9.:/@#?%é -]{0,40}") {
        if let Ok(region) = given.parse::<Region>() {
            let endpoint = Endpoint::of_region(&region);
            let uri: http::Uri = endpoint.speech().parse().unwrap();
            prop_assert_eq!(uri.host(), Some(&*format!("{given}.stt.{}", match region.cloud().as_str() {
                "china" => "speech.azure.cn",
                "usgov" => "speech.azure.us",
                _ => "speech.microsoft.com",
            })));
        }
    }
}
