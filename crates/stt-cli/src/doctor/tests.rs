//! The checks that need names, with names that a test makes up.

use std::{future::pending, io};

use stt_auth::{Authorization, Region, Resource};
use stt_emulator::{Emulator, Running};
use stt_hyper::{Client, ClientBuilder};

use super::{check::State, settings::Places, *};
use crate::{args::ReportFormat, exit::Exit};

const SPEECH: &str = "westeurope.stt.speech.microsoft.com";
const TOKENS: &str = "westeurope.api.cognitive.microsoft.com";

/// Settings for a region, with what makes clients.
fn settings(auth: Auth, key: &str, builder: impl Fn(Resource) -> ClientBuilder + 'static) -> Settings {
    let endpoint = Endpoint::of_region(&"westeurope".parse::<Region>().unwrap());
    let nobody = Resource::of(endpoint.clone(), Authorization::None).unwrap();
    Settings {
        auth,
        endpoint: Some(endpoint),
        authorization: Some(Authorization::Key(key.parse().unwrap())),
        odd_key: None,
        places: Places::default(),
        way: Some(Way::new(builder(nobody).probe().unwrap(), builder)),
    }
}

/// The emulator under the names of the region.
async fn region() -> Running {
    Emulator::builder().tls([SPEECH, TOKENS]).start().await.unwrap()
}

async fn checks(settings: &Settings, time: Duration) -> Vec<Check> {
    let mut output = Output::talking_to(io::sink());
    let mut report = Report::new(ReportFormat::Json, &mut output);
    ask(settings, Instant::now() + time, &mut report).await;
    std::mem::take(&mut report.checks)
}

fn states(checks: &[Check]) -> Vec<(Subject, State)> {
    checks.iter().map(|check| (check.subject, check.state)).collect()
}

/// A host of Azure that is this machine is odd.
const HERE: (Subject, State) = (Subject::Lookup, State::Warning);

const FAILED: State = State::Failed(Exit::Service);

#[tokio::test]
async fn both_hosts_of_a_region_are_found_by_name_and_reached_through_tls() {
    let emulator = region().await;
    let (address, ca) = (emulator.address(), emulator.ca().unwrap().to_owned());
    let settings = settings(Auth::Key, emulator.key(), move |resource| {
        let builder = Client::builder(resource).root_certificates(ca.clone());
        builder.resolver(move |host, port| async move {
            assert!([SPEECH, TOKENS].contains(&host.as_str()) && port == 443, "{host}:{port}");
            Ok(vec![address])
        })
    });
    let checks = checks(&settings, Duration::from_secs(60)).await;
    let way = [HERE, (Subject::Connection, State::Ok), (Subject::Tls, State::Ok)];
    let end = [(Subject::Clock, State::Ok), (Subject::Acceptance, State::Ok)];
    assert_eq!(states(&checks), [&way[..], &way, &end].concat());
    let told = format!("{:?}", firewall(&settings));
    assert!(told.contains(&format!("{SPEECH}:443 (recognition)")), "{told}");
    assert!(told.contains(&format!("{TOKENS}:443 (access tokens)")), "{told}");
}

#[tokio::test]
async fn a_host_for_tokens_that_is_not_found_matters_to_tokens_only() {
    for (auth, expected) in [(Auth::Key, State::Warning), (Auth::Token, FAILED)] {
        let emulator = region().await;
        let (address, ca) = (emulator.address(), emulator.ca().unwrap().to_owned());
        let settings = settings(auth, emulator.key(), move |resource| {
            let builder = Client::builder(resource).root_certificates(ca.clone());
            builder.resolver(move |host, _| async move {
                if host == SPEECH { Ok(vec![address]) } else { Err(io::Error::other("no such name")) }
            })
        });
        let checks = checks(&settings, Duration::from_secs(60)).await;
        let expected = [
            HERE,
            (Subject::Connection, State::Ok),
            (Subject::Tls, State::Ok),
            (Subject::Lookup, expected),
            (Subject::Connection, State::Skipped),
            (Subject::Tls, State::Skipped),
            (Subject::Clock, State::Ok),
            (Subject::Acceptance, State::Skipped),
        ];
        assert_eq!(states(&checks), expected);
        assert!(format!("{:?}", checks[3]).contains("the name cannot be looked up: no such name"), "{:?}", checks[3]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_lookup_that_hangs_ends_by_its_own_limit_or_by_that_of_all_checks() {
    for (given, taken, word) in [(60, 5, "looking up the name took too long"), (2, 2, "not done within the time")] {
        let settings = settings(Auth::Token, "0123", |resource| Client::builder(resource).resolver(|_, _| pending()));
        let began = Instant::now();
        let checks = checks(&settings, Duration::from_secs(given)).await;
        assert_eq!(began.elapsed(), Duration::from_secs(taken));
        let failed = |check: &Check| check.state == FAILED && format!("{check:?}").contains(word);
        assert!(failed(&checks[0]) && failed(&checks[3]), "{checks:?}");
    }
}

#[tokio::test]
async fn a_certificate_from_elsewhere_is_told_to_be_so() {
    let (emulator, other) = (region().await, region().await);
    let (address, ca) = (emulator.address(), other.ca().unwrap().to_owned());
    let settings = settings(Auth::Token, emulator.key(), move |resource| {
        let builder = Client::builder(resource).root_certificates(ca.clone());
        builder.resolver(move |_, _| async move { Ok(vec![address]) })
    });
    let checks = checks(&settings, Duration::from_secs(60)).await;
    assert_eq!((checks[2].subject, checks[2].state), (Subject::Tls, FAILED));
    let told = format!("{:?}", checks[2]);
    assert!(told.contains("issued by stt-emulator, for tests alone"), "{told}");
    assert!(emulator.journal().is_empty(), "something was sent");
}

#[test]
fn the_clock_may_be_five_minutes_off() {
    let date = "Sun, 06 Nov 1994 08:49:37 GMT";
    let headers = [(header::DATE, date.parse().unwrap())].into_iter().collect::<HeaderMap>();
    // `date -u -d '1994-11-06 08:49:37' +%s`
    let theirs = 784_111_777;
    for (ours, state) in [
        (theirs, State::Ok),
        (theirs + 300, State::Ok),
        (theirs + 301, State::Warning),
        (theirs - 300, State::Ok),
        (theirs - 301, State::Warning),
    ] {
        assert_eq!(compared(&headers, Duration::from_secs(ours)).state, state, "{ours}");
    }
    assert_eq!(compared(&HeaderMap::new(), Duration::ZERO).state, State::Skipped);
}

#[test]
fn a_host_that_serves_both_is_asked_once() {
    let names = |endpoint: &str, auth| {
        let endpoint: Endpoint = endpoint.parse().unwrap();
        hosts(&endpoint, auth).into_iter().map(|host| host.name).collect::<Vec<_>>()
    };
    let named = "https://my-resource.cognitiveservices.azure.com";
    assert_eq!(names(named, Auth::Key), ["my-resource.cognitiveservices.azure.com:443"]);
    assert_eq!(names("westus", Auth::Entra), ["westus.stt.speech.microsoft.com:443"]);
    assert_eq!(names("westus", Auth::Token).len(), 2);
    assert_eq!(names("http://localhost:5000", Auth::None), ["localhost:5000"]);
}
