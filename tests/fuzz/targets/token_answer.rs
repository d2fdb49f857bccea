//! The answer to a request for a token: it is served or refused, and no error repeats the key.
#![no_main]

use std::{error::Error, time::Duration};

use http::Response;
use libfuzzer_sys::fuzz_target;
use stt_auth::{Access, Now, TokenCache};

const KEY: &str = "0f1e2d3c4b5a69788796a5b4c3d2e1f0";

fuzz_target!(|body: &[u8]| {
    for status in [200, 401, 503] {
        let endpoint = "westeurope".parse().expect("it is a region");
        let cache = TokenCache::new(&endpoint, KEY.parse().expect("it is a key")).expect("the endpoint is secure");
        let now = Now::new(Duration::from_secs(1), Duration::from_secs(1_800_000_000));
        let Access::Refresh(lease) = cache.access(now) else { panic!("an empty cache wants a token") };
        lease.answered(Response::builder().status(status).body(body).expect("it is a status"), now);
        match cache.access(now) {
            Access::Failed(error) => {
                let mut level: Option<&dyn Error> = Some(&error);
                while let Some(error) = level {
                    assert!(!error.to_string().contains(KEY), "{error}");
                    level = error.source();
                }
            }
            Access::Ready(credential) => {
                assert_eq!(200, status);
                assert!(credential.header().is_some_and(|(_, value)| value.is_sensitive()));
            }
            Access::Refresh(_) => panic!("a failure is followed by a pause"),
            Access::Wait(_) => {}
        }
    }
});
