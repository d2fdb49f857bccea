//! The way to the service: which proxy, and whose certificates.

use stt_auth::{Authorization, Endpoint, Resource};
use stt_hyper::{BuildError, Client, ClientBuilder, Probe, Proxy};

use super::check::{Check, Subject};
use crate::{
    args::KeyServiceArgs,
    config::Config,
    environment::{self, Environment},
    network::{self, Network},
    problem::Problem,
    service,
};

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

    pub(super) fn to(endpoint: &Endpoint, network: Network) -> Result<Self, Problem> {
        let client = move |resource| network.apply(Client::builder(resource));
        // Nothing that is probed gets to know the credential.
        let nobody = service::resource(endpoint.clone(), Authorization::None)?;
        let cannot = |error: BuildError| {
            let why = std::error::Error::source(&error).map(ToString::to_string);
            Problem::usage(error.to_string()).why(why)
        };
        Ok(Self::new(client(nobody).probe().map_err(cannot)?, client))
    }

    /// Finds out which way is gone, and tells what cannot be used.
    pub(super) fn find(
        args: &KeyServiceArgs,
        config: &Config,
        environment: &Environment,
        endpoint: Option<&Endpoint>,
        checks: &mut Vec<Check>,
    ) -> Option<Self> {
        let place = |name: &str| config.place(name, environment).unwrap_or_else(|| "the environment".to_owned());
        let proxy = network::proxy(args, environment);
        checks.push(proxied(&proxy, endpoint, &place("proxy")));
        let (Some(endpoint), Ok(proxy)) = (endpoint, proxy) else {
            checks.push(Check::skipped(Subject::Authorities, "not looked at, because of the failure above"));
            return None;
        };
        let (check, way) = trusted(args, environment, endpoint, proxy, &place("ca_file"));
        checks.push(check);
        way
    }
}

/// Which proxy is asked, and for which hosts none is.
fn proxied(proxy: &Result<Option<Proxy>, Problem>, endpoint: Option<&Endpoint>, place: &str) -> Check {
    let proxy = match proxy {
        Err(problem) => {
            return Check::of_problem(Subject::Proxy, problem)
                .hint("proxies of the kind http://host:port are understood, from --proxy or https_proxy");
        }
        Ok(None) => return Check::ok(Subject::Proxy, "none").fact("proxy", serde_json::Value::Null),
        Ok(Some(proxy)) => proxy,
    };
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
    proxy: Option<Proxy>,
    place: &str,
) -> (Check, Option<Way>) {
    let file = network::authority_file(args, environment).map(|path| path.display().to_string());
    let authorities = network::authorities(args, environment);
    let way = authorities.and_then(|authorities| Way::to(endpoint, Network { authorities, proxy: proxy.clone() }));
    let subject = Subject::Authorities;
    match (way, file) {
        (Ok(way), _) if !endpoint.is_secure() => (Check::ok(subject, UNUSED), Some(way)),
        (Ok(way), file) => {
            let others = file.as_ref().map(|file| format!(", and those in {file}, by {place}")).unwrap_or_default();
            let check = Check::ok(subject, format!("{}{others}", system(environment)));
            (check.fact("file", file), Some(way))
        }
        (Err(problem), Some(_)) => {
            let check = Check::of_problem(subject, &problem)
                .found(format!("{place} names the file; the checks below go on without it"))
                .hint("it is to be a text with certificates in PEM form");
            (check, Way::to(endpoint, Network { authorities: None, proxy }).ok())
        }
        (Err(problem), None) => {
            let check = Check::of_problem(subject, &problem);
            (check.hint("install the system's certificates (ca-certificates), or name a file with --ca-file"), None)
        }
    }
}

/// What is trusted in any case, and where that is from if not from the system.
fn system(environment: &Environment) -> String {
    // Elsewhere the operating system decides about certificates itself.
    let is_read = cfg!(all(unix, not(target_vendor = "apple")));
    let set = environment::CERTS.into_iter().filter(|_| is_read);
    match set.filter_map(|name| Some((name, environment.get(name)?))).next() {
        Some((name, path)) => format!("those in {path}, which {name} puts in the place of the system's"),
        None => "those that the system trusts".to_owned(),
    }
}

pub(super) const UNUSED: &str = "not needed without https";

#[cfg(test)]
mod tests {
    use super::*;

    fn told(endpoint: &str, bypass: &str) -> String {
        let proxy = Proxy::new("http://user:canary@proxy.example:3128").unwrap().bypass(bypass);
        let told = format!("{:?}", proxied(&Ok(Some(proxy)), Some(&endpoint.parse().unwrap()), "https_proxy"));
        assert!(told.contains("proxy.example:3128, by https_proxy") && !told.contains("canary"), "{told}");
        told
    }

    #[test]
    fn hosts_that_a_proxy_leaves_out_are_told_with_the_reason() {
        assert!(!told("westus", "").contains("not used"));
        let one = told("westus", "speech.microsoft.com");
        assert!(one.contains("not used for westus.stt.speech.microsoft.com, by no_proxy"), "{one}");
        let both = told("westus", "*");
        assert!(both.contains("westus.stt.speech.microsoft.com and westus.api.cognitive.microsoft.com"), "{both}");
        assert!(told("https://localhost:5001", "").contains("not used for localhost, which is this machine"));
        assert!(told("http://localhost:5000", "").contains("not used: what goes over http"));
    }

    #[cfg(all(unix, not(target_vendor = "apple")))]
    #[test]
    fn certificates_in_the_place_of_the_systems_are_told() {
        let environment = Environment::with(&[("SSL_CERT_FILE", "/etc/company.pem")]);
        assert!(system(&environment).starts_with("those in /etc/company.pem, which SSL_CERT_FILE "));
        assert_eq!(system(&Environment::default()), "those that the system trusts");
    }
}
