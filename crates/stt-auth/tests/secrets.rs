//! Everything that can hold a secret is printed, and the secret is not there.
#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::{fmt::Debug, time::Duration};

use http::Response;
use stt_auth::{
    Access, Authorization, Credential, Endpoint, EndpointError, Key, Lease, Now, Region, Resource, Token, TokenCache,
    TokenError,
};

const KEY: &str = "canary-key-0123456789abcdef";
const TOKEN: &str = "canary-token-0123456789abcdef";

fn endpoint() -> Endpoint {
    "westeurope".parse().unwrap()
}

fn key() -> Key {
    KEY.parse().unwrap()
}

fn token() -> Token {
    TOKEN.parse().unwrap()
}

fn clean(what: &impl Debug) {
    for printed in [format!("{what:?}"), format!("{what:#?}")] {
        assert!(!printed.contains("canary"), "{printed}");
    }
}

fn lease(cache: &TokenCache, now: Now) -> Lease {
    match cache.access(now) {
        Access::Refresh(lease) => lease,
        other => panic!("{other:?}"),
    }
}

#[test]
fn keys_tokens_and_what_holds_them_print_without_them() {
    clean(&key());
    clean(&key().header());
    clean(&token());
    clean(&token().header());
    let resource_id = || "/subscriptions/1".parse().unwrap();
    for authorization in [
        Authorization::Bearer(token()),
        Authorization::Entra { resource_id: resource_id(), token: token() },
        Authorization::Key(key()),
        Authorization::None,
        Authorization::Source { resource_id: Some(resource_id()) },
        Authorization::Token(key()),
    ] {
        clean(&authorization);
        let resource = Resource::of(endpoint(), authorization).unwrap();
        clean(&resource);
        let access = resource.access(Now::default());
        clean(&access);
        if let Access::Ready(credential) = access {
            clean(&credential);
            clean(&credential.header());
        }
        clean(&resource);
    }
}

#[test]
fn every_state_of_a_cache_prints_without_its_secrets() {
    let cache = TokenCache::new(&endpoint(), key()).unwrap();
    let mut now = Now::default();
    let later = |now: &mut Now, seconds| now.monotonic += Duration::from_secs(seconds);
    clean(&cache);
    let first = lease(&cache, now);
    clean(&first);
    clean(&first.request());
    clean(&cache.access(now));
    clean(&cache);
    first.answered(Response::builder().status(503).body(KEY).unwrap(), now);
    clean(&cache);
    later(&mut now, 1);
    lease(&cache, now).answered(Response::builder().status(401).body(format!("no: {KEY}")).unwrap(), now);
    let Access::Failed(error) = cache.access(now) else { panic!() };
    clean(&error);
    clean(&error.to_string());
    assert!(format!("{error:?}").contains("no: [REDACTED]"), "{error:?}");
    clean(&cache);
    later(&mut now, 61);
    lease(&cache, now).answered(Response::new(TOKEN), now);
    let Access::Ready(credential) = cache.access(now) else { panic!() };
    assert_eq!(credential.token().unwrap().expose(), TOKEN);
    clean(&credential);
    clean(&credential.header());
    clean(&cache);
    later(&mut now, 541);
    let renewal = lease(&cache, now);
    clean(&cache);
    renewal.failed("connection reset", None, now);
    clean(&cache);
    clean(&cache.trouble());
}

#[test]
fn no_error_repeats_a_secret() {
    let bad = format!("{KEY} {KEY}");
    let errors: [Box<dyn std::error::Error>; 5] = [
        Box::new(bad.parse::<Key>().unwrap_err()),
        Box::new(format!("{TOKEN}\u{e9}").parse::<Token>().unwrap_err()),
        Box::new(KEY.repeat(50).parse::<Key>().unwrap_err()),
        Box::new(format!("https://user:{KEY}@speech.example").parse::<Endpoint>().unwrap_err()),
        Box::new(Resource::new("http://speech.example", KEY).unwrap_err()),
    ];
    for error in errors {
        let printed = format!("{error} {error:?} {:?}", error.source());
        assert!(!printed.contains("canary"), "{printed}");
    }
    let now = Now::default();
    let cache = TokenCache::of_source(None);
    let error: TokenError = lease(&cache, now).issued(&format!("{TOKEN} x"), Duration::from_secs(60), now).unwrap_err();
    clean(&error);
    clean(&error.to_string());
}

#[test]
fn a_key_in_the_place_of_a_region_or_endpoint_is_not_repeated() {
    let real = "0123456789abcdef0123456789abcdef";
    assert!(!real.parse::<Region>().unwrap_err().to_string().contains(real));
    assert_eq!(real.parse::<Endpoint>(), Err(EndpointError::Key));
}

#[test]
fn scrubbing_takes_out_every_occurrence() {
    let credential = |authorization| -> Credential {
        match Resource::of(endpoint(), authorization).unwrap().access(Now::default()) {
            Access::Ready(credential) => credential,
            other => panic!("{other:?}"),
        }
    };
    let by_key = credential(Authorization::Key(key()));
    assert_eq!(by_key.scrub(&format!("{KEY}, again {KEY}")), "[REDACTED], again [REDACTED]");
    assert_eq!(by_key.scrub("nothing"), "nothing");
    assert_eq!(credential(Authorization::Bearer(token())).scrub(&format!("Bearer {TOKEN}")), "Bearer [REDACTED]");
    let entra = Authorization::Entra { resource_id: "/subscriptions/1".parse().unwrap(), token: token() };
    assert_eq!(credential(entra).scrub(&format!("aad#/subscriptions/1#{TOKEN}")), "aad#/subscriptions/1#[REDACTED]");
    assert_eq!(credential(Authorization::None).scrub("nothing"), "nothing");
}

#[test]
fn each_authorization_has_its_header() {
    let header = |authorization| match Resource::of(endpoint(), authorization).unwrap().access(Now::default()) {
        Access::Ready(credential) => credential.header().map(|(name, value)| {
            assert!(value.is_sensitive());
            format!("{name}: {}", value.to_str().unwrap())
        }),
        other => panic!("{other:?}"),
    };
    assert_eq!(header(Authorization::Key(key())).unwrap(), format!("ocp-apim-subscription-key: {KEY}"));
    assert_eq!(header(Authorization::Bearer(token())).unwrap(), format!("authorization: Bearer {TOKEN}"));
    let entra = Authorization::Entra { resource_id: "/subscriptions/1".parse().unwrap(), token: token() };
    assert_eq!(header(entra).unwrap(), format!("authorization: Bearer aad#/subscriptions/1#{TOKEN}"));
    assert_eq!(header(Authorization::None), None);
}

#[test]
fn a_credential_that_the_application_gave_is_not_asked_for_again() {
    for authorization in [Authorization::Key(key()), Authorization::Bearer(token()), Authorization::None] {
        let resource = Resource::of(endpoint(), authorization).unwrap();
        let Access::Ready(credential) = resource.access(Now::default()) else { panic!() };
        assert!(!resource.reject(&credential, Now::default()));
    }
}
