//! What is asked and by whom, as far as the settings tell: nothing here opens a connection.

use stt_auth::{Authorization, Cloud, Endpoint, Region, RegionError, Resource};

use super::{
    check::{Check, State, Subject},
    credential,
    way::{UNUSED, Way},
};
use crate::{
    args::{Auth, ServiceArgs},
    config::Config,
    environment::{self, Environment},
    network::Network,
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
            way: Way::to(&endpoint, Network::default()).ok(),
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
        let reading = Reading::new(args, config, environment);
        checks.push(reading.configuration());
        let endpoint = reading.endpoint.as_ref().ok();
        checks.push(endpoint.map_or_else(|| Check::skipped(Subject::Endpoint, UNKNOWN), derived));
        let (check, known) = match &reading.auth {
            // Whoever is not known to want the key sent does not get it sent.
            Err(_) => (Check::skipped(Subject::Credential, UNKNOWN), None),
            Ok(auth) => {
                let places = &reading.places;
                credential::find(&credential::About { args, environment, auth: *auth, endpoint, places })
            }
        };
        checks.push(check);
        let (odd_key, authorization) = known.map_or((None, None), |known| (known.odd_key, Some(known.authorization)));
        let way = Way::find(&args.key, config, environment, endpoint, checks);
        let Reading { endpoint, auth, places, .. } = reading;
        Self { auth: auth.unwrap_or_default(), endpoint: endpoint.ok(), authorization, odd_key, places, way }
    }
}

/// What flags, the environment and files say together.
struct Reading<'a> {
    args: &'a ServiceArgs,
    config: &'a Config,
    environment: &'a Environment,
    endpoint: Result<Endpoint, Problem>,
    auth: Result<Auth, Problem>,
    places: Places,
}

impl<'a> Reading<'a> {
    fn new(args: &'a ServiceArgs, config: &'a Config, environment: &'a Environment) -> Self {
        let auth = service::auth(args, environment);
        let place = |name: &str| config.place(name, environment);
        let credential = if matches!(auth, Ok(Auth::Entra)) { "token_file" } else { "key_file" };
        let places = Places { endpoint: place("endpoint").or_else(|| place("region")), credential: place(credential) };
        Self { args, config, environment, endpoint: service::endpoint(args, environment), auth, places }
    }

    /// Which files count, where the service is said to be, and what is to be sent.
    fn configuration(&self) -> Check {
        if let Some(problem) = &self.config.problem {
            return Check::of_problem(Subject::Configuration, problem)
                .found("no configuration file counts for the checks below")
                .hint("`stt config path` tells which files are read");
        }
        let check = match &self.endpoint {
            Err(problem) => {
                let check = Check::of_problem(Subject::Configuration, problem);
                check.hint(if self.is_language() { LANGUAGE } else { REGION })
            }
            Ok(endpoint) => {
                let place = self.places.endpoint.as_deref().unwrap_or_default();
                let region = endpoint.region().map(|region| format!("region {region}"));
                let what = region.unwrap_or_else(|| "an endpoint".to_owned());
                Check::ok(Subject::Configuration, format!("{what}, by {place}")).fact("place", place)
            }
        };
        let check = match &self.auth {
            Ok(_) => check,
            Err(problem) => check.and(problem),
        };
        match self.other_region() {
            Some(other) => check.worsen(State::Warning).found(other).hint("unset the one that is not meant"),
            None => check,
        }
    }

    /// Whether a language stands in the place of the region.
    fn is_language(&self) -> bool {
        let typed = self.args.key.region.as_deref().or_else(|| self.environment.get(environment::REGION));
        typed.is_some_and(|typed| matches!(typed.parse::<Region>(), Err(RegionError::Language { .. })))
    }

    /// A region in the environment that is not that of the endpoint beside it, which wins.
    fn other_region(&self) -> Option<String> {
        let is_typed = self.args.key.endpoint.is_some() || self.args.key.region.is_some();
        let region: Region = self.environment.get(environment::REGION)?.parse().ok()?;
        let winner = self.endpoint.as_ref().ok()?.region()?;
        (region != *winner && !is_typed).then(|| {
            format!("{} says {region}, and does not count because the endpoint wins over it", environment::REGION)
        })
    }
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

const UNKNOWN: &str = "unknown, because of the failure above";

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
