//! What is asked and by whom, as far as the settings tell: nothing here opens a connection.

use stt_auth::{Authorization, Cloud, Endpoint, Region, Resource};
use stt_hyper::{Client, ClientBuilder, Probe};

use super::{
    check::{Check, State, Subject},
    credential,
};
use crate::{
    args::{Auth, KeyServiceArgs, ServiceArgs},
    config::Config,
    environment::{self, Environment},
    exit::Exit,
    network::{self, Network},
    problem::Problem,
    service,
};

/// What can be asked with these settings.
pub(super) struct Settings {
    pub(super) auth: Auth,
    pub(super) endpoint: Option<Endpoint>,
    /// Only with an endpoint that it may be sent to.
    pub(super) authorization: Option<Authorization>,
    /// What is odd about the key, which may be why it is refused.
    pub(super) odd_key: Option<String>,
    /// Who said where the service is, and who gave the credential.
    pub(super) places: Places,
    /// Nothing where the way to the service cannot be known.
    pub(super) way: Option<Way>,
}

/// Who gave the two things that have to belong together.
#[derive(Clone, Debug, Default)]
pub(super) struct Places {
    pub(super) endpoint: Option<String>,
    pub(super) credential: Option<String>,
}

/// The way to the service.
pub(super) struct Way {
    pub(super) probe: Probe,
    /// What makes a client that goes the same way.
    pub(super) client: Box<dyn Fn(Resource) -> ClientBuilder>,
}

impl Way {
    pub(super) fn new(probe: Probe, client: impl Fn(Resource) -> ClientBuilder + 'static) -> Self {
        Self { probe, client: Box::new(client) }
    }
}

impl Settings {
    /// Those of the emulator inside this process.
    pub(super) fn of_emulator(resource: &Resource, checks: &mut Vec<Check>) -> Self {
        let endpoint = resource.endpoint().clone();
        let found = "--emulator, so nothing else that is set about the service counts";
        checks.push(Check::ok(Subject::Configuration, found));
        checks.push(derived(&endpoint));
        checks.push(Check::ok(Subject::Credential, "the key of the emulator").fact("auth", "key"));
        checks.push(Check::ok(Subject::Proxy, "none").fact("proxy", serde_json::Value::Null));
        checks.push(Check::ok(Subject::Authorities, UNUSED));
        Self {
            auth: Auth::Key,
            way: way(&endpoint, Network::default()).ok(),
            authorization: Some(resource.authorization().clone()),
            endpoint: Some(endpoint),
            odd_key: None,
            places: Places::default(),
        }
    }

    /// Finds out what counts, and tells what cannot be used.
    pub(super) fn find(
        args: &ServiceArgs,
        config: &Config,
        environment: &Environment,
        checks: &mut Vec<Check>,
    ) -> Self {
        let place = |name: &str| config.place(name, environment);
        let found = service::endpoint(args, environment);
        let auth = service::auth(args, environment);
        let credential = if matches!(auth, Ok(Auth::Entra)) { "token_file" } else { "key_file" };
        let places = Places { endpoint: place("endpoint").or_else(|| place("region")), credential: place(credential) };
        checks.push(configuration(config, &found, &auth, &places, other_region(&found, args, environment)));
        let endpoint = found.ok();
        checks.push(endpoint.as_ref().map_or_else(|| Check::skipped(Subject::Endpoint, NOWHERE), derived));
        let auth = auth.unwrap_or_default();
        let about = credential::About { args, environment, auth, endpoint: endpoint.as_ref(), places: &places };
        let (check, known) = credential::find(&about);
        checks.push(check);
        let odd_key = known.as_ref().and_then(|known| known.odd_key.clone());
        let authorization = known.map(|known| known.authorization);
        let proxy = network::proxy(&args.key, environment);
        checks.push(proxied(&proxy, endpoint.as_ref(), place("proxy")));
        let way = match (&endpoint, proxy) {
            (Some(endpoint), Ok(proxy)) => {
                let (check, way) = trusted(&args.key, environment, endpoint, proxy, place("ca_file"));
                checks.push(check);
                way
            }
            _ => {
                checks.push(Check::skipped(Subject::Authorities, "not looked at, because of the failure above"));
                None
            }
        };
        Self { auth, endpoint, authorization, odd_key, places, way }
    }
}

/// Which files count, where the service is said to be, and what is sent.
fn configuration(
    config: &Config,
    endpoint: &Result<Endpoint, Problem>,
    auth: &Result<Auth, Problem>,
    places: &Places,
    other_region: Option<String>,
) -> Check {
    if let Some(problem) = &config.problem {
        return Check::of_problem(Subject::Configuration, problem)
            .found("no configuration file counts for the checks below")
            .hint("`stt config path` tells which files are read");
    }
    let place = places.endpoint.as_deref().unwrap_or("nowhere");
    let check = match endpoint {
        Err(problem) => {
            let check = Check::of_problem(Subject::Configuration, problem);
            let hint = if problem.what().contains("is a language") { LANGUAGE } else { REGION };
            check.hint(hint)
        }
        Ok(endpoint) => {
            let what = endpoint.region().map_or_else(|| "an endpoint".to_owned(), |region| format!("region {region}"));
            Check::ok(Subject::Configuration, format!("{what}, by {place}")).fact("place", place)
        }
    };
    let check = match auth {
        Ok(_) => check,
        Err(problem) => check.worsen(State::Failed(Exit::Usage)).found(problem.what()),
    };
    match other_region {
        Some(other) => check.worsen(State::Warning).found(other).hint("unset the one that is not meant"),
        None => check,
    }
}

/// A region in the environment that is not that of the endpoint beside it, which wins.
fn other_region(endpoint: &Result<Endpoint, Problem>, args: &ServiceArgs, environment: &Environment) -> Option<String> {
    let set = environment.get(environment::REGION)?;
    let winner = endpoint.as_ref().ok()?.region()?;
    let region: Region = set.parse().ok()?;
    let is_typed = args.key.endpoint.is_some() || args.key.region.is_some();
    (region != *winner && !is_typed)
        .then(|| format!("{} says {region}, and does not count because the endpoint wins over it", environment::REGION))
}

/// Both URLs, and whose host it is.
fn derived(endpoint: &Endpoint) -> Check {
    let cloud = endpoint.cloud().map(|cloud| match cloud {
        Cloud::China => "Azure in China",
        Cloud::UsGovernment => "Azure Government",
        _ => "Azure",
    });
    let what = match (cloud, endpoint.region()) {
        (Some(cloud), Some(region)) => {
            format!("the region {} of {cloud}", region.name().unwrap_or(region.as_str()))
        }
        (Some(cloud), None) => format!("a resource of {cloud} by its name (custom subdomain or private endpoint)"),
        (None, _) if endpoint.is_loopback() => "this machine, as for a container or the emulator".to_owned(),
        (None, _) => "no host of Azure, as for a container or a gateway".to_owned(),
    };
    let check = Check::ok(Subject::Endpoint, what)
        .found(format!("speech at {}", endpoint.speech()))
        .found(format!("tokens at {}", endpoint.token()))
        .fact("speech", endpoint.speech())
        .fact("tokens", endpoint.token().to_string())
        .fact("cloud", endpoint.cloud().map(Cloud::as_str))
        .fact("region", endpoint.region().map(Region::as_str));
    match endpoint.region().filter(|region| !region.is_known()) {
        Some(region) => check
            .worsen(State::Warning)
            .found(format!("{region} is no region that this version knows"))
            .hint(match meant(region) {
                Some(meant) => format!("was {meant} meant?"),
                None => "is it misspelt? new regions are not known here".to_owned(),
            }),
        None => check,
    }
}

/// The known region that is misspelt like this: one letter or two are wrong, or stand in the wrong order.
pub(super) fn meant(region: &Region) -> Option<Region> {
    let distance = |known: &Region| strsim::damerau_levenshtein(known.as_str(), region.as_str());
    Region::known().min_by_key(distance).filter(|known| distance(known) <= SLIPS)
}

/// Which proxy is asked, and for which hosts none is.
fn proxied(
    proxy: &Result<Option<stt_hyper::Proxy>, Problem>,
    endpoint: Option<&Endpoint>,
    place: Option<String>,
) -> Check {
    let proxy = match proxy {
        Err(problem) => {
            return Check::of_problem(Subject::Proxy, problem)
                .hint("proxies of the kind http://host:port are understood, from --proxy or https_proxy");
        }
        Ok(None) => return Check::ok(Subject::Proxy, "none").fact("proxy", serde_json::Value::Null),
        Ok(Some(proxy)) => proxy,
    };
    let place = place.unwrap_or_else(|| "the environment".to_owned());
    let check = Check::ok(Subject::Proxy, format!("{proxy}, by {place}")).fact("proxy", proxy.to_string());
    let check = check.fact("place", place);
    let Some(endpoint) = endpoint else { return check };
    if !endpoint.is_secure() {
        return check.found("not used: what goes over http is on this machine, or asked directly");
    }
    let hosts = [endpoint.host(), endpoint.token().host().unwrap_or_default()];
    let port = endpoint.token().port_u16().unwrap_or(443);
    let direct: Vec<&str> = hosts.into_iter().filter(|host| !proxy.covers(host, port)).collect();
    match direct[..] {
        [] => check,
        [host, ..] if endpoint.is_loopback() => check.found(format!("not used for {host}, which is this machine")),
        [host, other] if host != other => check.found(format!("not used for {host} and {other}, by no_proxy")),
        [host, ..] => check.found(format!("not used for {host}, by no_proxy")),
    }
}

/// Whose certificates are trusted, and the way to the service that follows.
fn trusted(
    args: &KeyServiceArgs,
    environment: &Environment,
    endpoint: &Endpoint,
    proxy: Option<stt_hyper::Proxy>,
    place: Option<String>,
) -> (Check, Option<Way>) {
    let file = network::authority_file(args, environment).map(|path| path.display().to_string());
    let place = place.unwrap_or_else(|| "the environment".to_owned());
    let authorities = match network::authorities(args, environment) {
        Ok(authorities) => authorities,
        Err(problem) => {
            let check = Check::of_problem(Subject::Authorities, &problem).found(format!("named by {place}"));
            return without_file(check, endpoint, proxy);
        }
    };
    let network = Network { authorities, proxy: proxy.clone() };
    let found = match (&file, endpoint.is_secure()) {
        (_, false) => UNUSED.to_owned(),
        (None, true) => SYSTEM.to_owned(),
        (Some(file), true) => format!("{SYSTEM}, and those in {file}, by {place}"),
    };
    match way(endpoint, network) {
        Ok(way) => (Check::ok(Subject::Authorities, found).fact("file", file), Some(way)),
        Err(problem) if file.is_some() => {
            let check = Check::of_problem(Subject::Authorities, &problem);
            without_file(
                check.hint(format!("what {place} names is to be a file of certificates as PEM")),
                endpoint,
                proxy,
            )
        }
        Err(problem) => {
            let check = Check::of_problem(Subject::Authorities, &problem);
            (check.hint("install the system's certificates (ca-certificates), or name a file with --ca-file"), None)
        }
    }
}

/// The way without the file that cannot be used, so that the other checks can be made.
fn without_file(check: Check, endpoint: &Endpoint, proxy: Option<stt_hyper::Proxy>) -> (Check, Option<Way>) {
    let way = way(endpoint, Network { authorities: None, proxy }).ok();
    (check.found("the checks below go on without this file"), way)
}

fn way(endpoint: &Endpoint, network: Network) -> Result<Way, Problem> {
    let client = move |resource| network.apply(Client::builder(resource));
    // Nothing that is probed gets to know the credential.
    let nobody = service::resource(endpoint.clone(), Authorization::None)?;
    let cannot = |error: stt_hyper::BuildError| {
        let why = std::error::Error::source(&error).map(ToString::to_string);
        Problem::usage(error.to_string()).why(why)
    };
    Ok(Way::new(client(nobody).probe().map_err(cannot)?, client))
}

const NOWHERE: &str = "unknown, because of the failure above";
const SYSTEM: &str = "those that the system trusts";
const UNUSED: &str = "not needed without https";

const LANGUAGE: &str = "the region is where the resource was made, such as westeurope; a language goes with --language";
const REGION: &str = "the portal shows region and endpoint of a resource under \"Keys and Endpoint\"";

/// Letters that may be wrong in a region which is known nevertheless.
const SLIPS: usize = 2;

#[cfg(test)]
mod tests {
    use super::*;

    fn about(endpoint: &str) -> String {
        let endpoint: Endpoint = match endpoint.parse::<Region>() {
            Ok(region) => Endpoint::of_region(&region),
            Err(_) => endpoint.parse().unwrap(),
        };
        format!("{:?}", derived(&endpoint))
    }

    #[test]
    fn a_misspelt_region_is_recognised_and_a_new_one_is_not_blamed() {
        for (given, expected) in [
            ("westeuorpe", Some("westeurope")),
            ("esatus2", Some("eastus2")),
            ("uksuoth", Some("uksouth")),
            ("atlantisnorth", None),
        ] {
            let found = meant(&given.parse().unwrap());
            assert_eq!(found.as_ref().map(Region::as_str), expected, "{given}");
        }
        assert!(about("westeuorpe").contains("was westeurope meant?"));
        assert!(about("atlantisnorth").contains("new regions are not known here"));
    }

    #[test]
    fn every_cloud_and_every_kind_of_host_is_told() {
        for (given, expected) in [
            ("westeurope", "the region West Europe of Azure\""),
            ("chinaeast2", "the region China East 2 of Azure in China\""),
            ("usgovvirginia", "of Azure Government\""),
            ("https://my-resource.cognitiveservices.azure.com", "a resource of Azure by its name"),
            ("http://localhost:5000", "this machine"),
            ("https://speech.example/azure", "no host of Azure"),
        ] {
            assert!(about(given).contains(expected), "{given}: {}", about(given));
        }
    }
}
