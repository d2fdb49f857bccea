//! The way to one host: name, connection, TLS; each step with what it found and what helps.

use std::{
    error::Error as StdError,
    io,
    net::{IpAddr, SocketAddr},
    time::Duration,
};

use http::Uri;
use stt_auth::{Cloud, Endpoint};
use stt_core::{Phase, TransportFailure, TransportKind};
use stt_hyper::{Distrust, Probe, ProbeOpen, ProbeRefused};
use tokio::time::{Instant, timeout_at};

use super::{
    certificate::{Certificate, root},
    check::{Check, State, Subject},
    credential::today,
    settings::meant,
};
use crate::{exit::Exit, output::io_reason};

/// A host that requests go to.
#[derive(Clone, Debug)]
pub(super) struct Host {
    pub(super) url: Uri,
    /// With its port, as firewalls want it.
    pub(super) name: String,
    /// What is asked of it.
    pub(super) purpose: &'static str,
    /// Whether nothing works without it.
    pub(super) is_needed: bool,
}

/// What became of the way to a host.
pub(super) struct Outcome {
    pub(super) checks: Vec<Check>,
    /// The connection at its end, for a question.
    pub(super) open: Option<ProbeOpen>,
    /// The host has an address inside a network of its own.
    pub(super) is_private: bool,
}

impl Host {
    pub(super) fn new(url: &Uri, purpose: &'static str, is_needed: bool) -> Self {
        let port = url.port_u16().unwrap_or(if url.scheme_str() == Some("http") { 80 } else { 443 });
        let name = format!("{}:{port}", url.host().unwrap_or_default());
        Self { url: url.clone(), name, purpose, is_needed }
    }

    /// Goes the way as far as it leads.
    pub(super) async fn reach(&self, probe: &Probe, endpoint: &Endpoint, deadline: Instant) -> Outcome {
        let mut walk = Walk {
            host: self,
            endpoint,
            proxy: probe.proxy_to(self.url.clone()),
            checks: Vec::new(),
            is_private: false,
        };
        let open = walk.go(probe, deadline).await;
        let rest = [Subject::Lookup, Subject::Connection, Subject::Tls];
        for subject in rest.into_iter().skip(walk.checks.len()) {
            walk.checks.push(Check::skipped(subject, "not tried, because of the failure above").of(&self.name));
        }
        Outcome { checks: walk.checks, open, is_private: walk.is_private }
    }
}

/// The way to a host while it is gone.
struct Walk<'a> {
    host: &'a Host,
    endpoint: &'a Endpoint,
    proxy: Option<String>,
    checks: Vec<Check>,
    is_private: bool,
}

impl Walk<'_> {
    async fn go(&mut self, probe: &Probe, deadline: Instant) -> Option<ProbeOpen> {
        let found = match timeout_at(deadline, probe.look_up(self.host.url.clone())).await {
            Ok(Ok(found)) => found,
            Ok(Err(failure)) => return self.fail(Subject::Lookup, &failure),
            Err(_) => return self.late(Subject::Lookup),
        };
        let check = self.looked_up(found.addresses());
        self.checks.push(check);
        let began = Instant::now();
        let connected = match timeout_at(deadline, found.connect()).await {
            Ok(Ok(connected)) => connected,
            Ok(Err(failure)) => return self.fail(Subject::Connection, &failure),
            Err(_) => return self.late(Subject::Connection),
        };
        let (address, took) = (connected.address(), began.elapsed());
        let led = if self.proxy.is_some() { "the proxy at " } else { "" };
        let check = Check::ok(Subject::Connection, format!("{led}{address}, in {} ms", took.as_millis()));
        self.add(check.fact("address", address.to_string()).fact("milliseconds", milliseconds(took)));
        let began = Instant::now();
        let open = match timeout_at(deadline, connected.secure()).await {
            Ok(Ok(open)) => open,
            Ok(Err(refused)) => return self.refused(&refused),
            Err(_) => return self.late(Subject::Tls),
        };
        self.add(secured(&open, began.elapsed(), self.endpoint));
        Some(open)
    }

    fn add(&mut self, check: Check) {
        self.checks.push(check.of(&self.host.name));
    }

    /// A step that did not succeed; what is not needed by everything is no more than a warning.
    fn failed(&self, subject: Subject, found: String) -> Check {
        let check = match self.host.is_needed {
            true => Check::failed(subject, Exit::Service, found),
            false => Check::warning(subject, found).found(ONLY_TOKENS),
        };
        check.of(&self.host.name)
    }

    fn late(&mut self, subject: Subject) -> Option<ProbeOpen> {
        let check = self.failed(subject, "not done within the time of all checks".to_owned());
        self.checks.push(check.hint("--timeout gives them more"));
        None
    }

    fn fail(&mut self, subject: Subject, failure: &TransportFailure) -> Option<ProbeOpen> {
        let hints = match &self.proxy {
            Some(proxy) => of_proxy(failure.kind(), proxy, &self.host.name),
            None if subject == Subject::Lookup => self.of_lookup(failure.kind()),
            None => self.of_connection(failure.kind()),
        };
        let whose = self.proxy.as_ref().map(|proxy| format!("the proxy {proxy}: ")).unwrap_or_default();
        let check = self.failed(subject, format!("{whose}{}", said(failure))).hints(hints);
        self.checks.push(check.fact("kind", word(failure.kind())));
        None
    }

    fn looked_up(&mut self, addresses: &[SocketAddr]) -> Check {
        let mut ips: Vec<IpAddr> = addresses.iter().map(SocketAddr::ip).collect();
        ips.dedup();
        let listed = ips.iter().map(ToString::to_string).collect::<Vec<_>>();
        let check = |found: String| Check::ok(Subject::Lookup, found).fact("addresses", listed.clone());
        let shown = listed.join(", ");
        if let Some(proxy) = &self.proxy {
            let found = format!("{shown} is the proxy {proxy}, which looks up the host itself");
            return check(found).of(&self.host.name);
        }
        if self.host.url.host().is_some_and(is_address) {
            return check("an address, so there is nothing to look up".to_owned()).of(&self.host.name);
        }
        self.is_private = !self.endpoint.is_loopback() && ips.iter().any(|ip| is_private(*ip));
        let check = check(shown).fact("private", self.is_private).of(&self.host.name);
        match self.endpoint.cloud() {
            Some(_) if ips.iter().any(IpAddr::is_loopback) => check
                .worsen(State::Warning)
                .found("that is this machine, and not Azure")
                .hint("is the name in the file hosts?"),
            Some(_) if self.is_private => check.found("a private address, as a private endpoint has one"),
            _ => check,
        }
    }

    fn of_lookup(&self, kind: TransportKind) -> Vec<String> {
        let mut hints = Vec::new();
        if kind == TransportKind::TimedOut(Phase::Resolve) {
            hints.push("the resolver of this machine does not answer: is it online, is a VPN half open?".to_owned());
        } else if let Some(region) = self.endpoint.region() {
            match meant(region).filter(|meant| meant != region) {
                Some(meant) => hints.push(format!("was {meant} meant? {region} is no region that this version knows")),
                None if !region.is_known() => hints.push(format!("is the region {region} right?")),
                None => {}
            }
        } else if self.endpoint.cloud().is_some() {
            hints.push("is the name of the resource right? the portal shows it in its endpoint".to_owned());
        } else {
            hints.push("is the name of the host right?".to_owned());
        }
        hints.push(
            "is this machine online? where only a proxy leads out, name it with --proxy or https_proxy".to_owned(),
        );
        hints
    }

    fn of_connection(&self, kind: TransportKind) -> Vec<String> {
        if self.endpoint.is_loopback() {
            return vec!["does the container or emulator run, and on this port?".to_owned()];
        }
        if self.is_private {
            let hint = "private addresses are reached from their own network only: is the VPN on?";
            return vec![hint.to_owned()];
        }
        let mut hints = vec![format!("a firewall has to let outgoing TCP to {} through", self.host.name)];
        if matches!(kind, TransportKind::TimedOut(_)) {
            hints.push("where only a proxy leads out, name it with --proxy or https_proxy".to_owned());
        }
        hints
    }

    /// What a host showed that is not trusted.
    fn refused(&mut self, refused: &ProbeRefused) -> Option<ProbeOpen> {
        let kind = refused.failure().kind();
        let chain = refused.certificates();
        let shown = chain.first().and_then(|der| Certificate::read(der));
        let told = match (refused.distrust(), refused.source()) {
            // What lies below is the same in the words of rustls.
            (Some(_), Some(why)) => why.to_string(),
            _ => said(refused.failure()),
        };
        let check = self.failed(Subject::Tls, told).fact("kind", word(kind));
        let check = match &shown {
            Some(shown) => described(check, shown, chain),
            None => check,
        };
        self.checks.push(check.hints(of_tls(kind, refused.distrust(), self.endpoint.cloud())));
        None
    }
}

/// What is known of a connection that is trusted.
fn secured(open: &ProbeOpen, took: Duration, endpoint: &Endpoint) -> Check {
    let Some(version) = open.tls_version() else {
        let what = if endpoint.is_loopback() { "none: what goes over http stays on this machine" } else { "none" };
        let check = Check::ok(Subject::Tls, what).fact("version", serde_json::Value::Null);
        return match endpoint.is_loopback() {
            true => check,
            false => check
                .worsen(State::Warning)
                .found("everybody on the way can hear the audio and read the text")
                .hint("use https where the host has it"),
        };
    };
    let check = Check::ok(Subject::Tls, format!("{version}, in {} ms", took.as_millis())).fact("version", version);
    match open.certificates().first().and_then(|der| Certificate::read(der)) {
        Some(shown) => described(check, &shown, open.certificates()),
        None => check,
    }
}

fn described(check: Check, shown: &Certificate, chain: &[Vec<u8>]) -> Check {
    let Certificate { issuer, names, until } = shown;
    let root = root(chain).filter(|root| root != issuer);
    let above = root.as_ref().map(|root| format!(", below {root}")).unwrap_or_default();
    let names_shown = if names.is_empty() { "no name".to_owned() } else { names.join(", ") };
    check
        .found(format!("certificate for {names_shown}, valid until {until}"))
        .found(format!("issued by {issuer}{above}"))
        .fact("issuer", issuer.as_str())
        .fact("root", root)
        .fact("names", names.clone())
        .fact("valid_until", until.as_str())
}

/// What helps where a proxy fails.
fn of_proxy(kind: TransportKind, proxy: &str, host: &str) -> Vec<String> {
    match kind {
        TransportKind::Proxy(Some(407)) => {
            vec!["it wants a user and a password: put http://USER:PASSWORD@HOST:PORT into https_proxy".to_owned()]
        }
        TransportKind::Proxy(Some(200..300)) => {
            vec!["it shows a page instead: does it want somebody to sign in with a browser first?".to_owned()]
        }
        TransportKind::Proxy(_) => vec![
            format!("whoever runs the proxy has to let CONNECT to {host} through"),
            "if the host is to be asked directly, name it in no_proxy".to_owned(),
        ],
        TransportKind::Resolve => vec![format!("is the name of the proxy {proxy} right?")],
        _ => vec![format!("is the proxy {proxy} right, and reached from this network?")],
    }
}

/// What helps where TLS fails.
fn of_tls(kind: TransportKind, distrust: Option<Distrust>, cloud: Option<Cloud>) -> Vec<String> {
    let first = match (kind, distrust) {
        (TransportKind::Tls, Some(Distrust::UnknownIssuer)) => {
            let first = match cloud {
                Some(_) => "the issuer is not Azure's: something on the way looks into TLS, as a company's proxy does",
                None => "the host has a certificate of its own, or something on the way looks into TLS",
            };
            let then = "if you trust the issuer, name the file of its certificate with --ca-file or STT_CA_FILE";
            return vec![first.to_owned(), then.to_owned()];
        }
        (TransportKind::Tls, Some(Distrust::Expired | Distrust::NotYetValid)) => {
            let today = today().map(|today| format!(", where it is {today}")).unwrap_or_default();
            return vec![format!("is the clock of this machine right{today}?")];
        }
        (TransportKind::Tls, Some(Distrust::OtherHost)) => {
            "something else answers in its place: a page to sign in to the network, or a wrong address"
        }
        (TransportKind::Tls, None) => "is the port one of https? or something on the way answers in the host's place",
        (TransportKind::Tls, Some(_)) => "ask whoever runs the host, or the network on the way to it",
        _ => "something on the way ends the connection: a firewall that knows TLS, as a rule",
    };
    vec![first.to_owned()]
}

/// What is said of a failure, and what lies at its bottom.
pub(super) fn said(failure: &(dyn StdError + 'static)) -> String {
    let Some(first) = failure.source() else { return failure.to_string() };
    let mut deepest = first;
    while let Some(next) = deepest.source() {
        deepest = next;
    }
    let first = first.to_string();
    let bottom = deepest.downcast_ref::<io::Error>().map_or_else(|| deepest.to_string(), io_reason);
    if bottom.is_empty() || first.contains(&bottom) { first } else { format!("{first}: {bottom}") }
}

/// A failure's kind, for programs.
fn word(kind: TransportKind) -> &'static str {
    match kind {
        TransportKind::Connect => "connect",
        TransportKind::Proxy(_) => "proxy",
        TransportKind::Resolve => "resolve",
        TransportKind::TimedOut(_) => "timeout",
        TransportKind::Tls => "tls",
        _ => "other",
    }
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

fn is_address(host: &str) -> bool {
    host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>().is_ok()
}

/// RFC 1918, RFC 6598 and RFC 4193.
fn is_private(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => ip.is_private() || (ip.octets()[0] == 100 && ip.octets()[1] & 0b1100_0000 == 64),
        IpAddr::V6(ip) => ip.is_unique_local(),
    }
}

const ONLY_TOKENS: &str = "only --auth token and stt token need this host; a key itself goes with the requests";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_ones_own_network_are_private() {
        for private in ["10.0.0.1", "172.31.255.1", "192.168.1.1", "100.64.0.1", "100.127.255.1", "fd12::1"] {
            assert!(is_private(private.parse().unwrap()), "{private}");
        }
        for public in ["20.1.2.3", "172.32.0.1", "100.128.0.1", "100.63.0.1", "2603:1000::1", "127.0.0.1"] {
            assert!(!is_private(public.parse().unwrap()), "{public}");
        }
    }

    /// What is said of these addresses, and of nobody answering there; nothing is sent to them.
    fn told(endpoint: &str, address: [u8; 4]) -> String {
        let endpoint: Endpoint = endpoint.parse().unwrap();
        let host = Host::new(&endpoint.speech().parse().unwrap(), "", true);
        let mut walk = Walk { host: &host, endpoint: &endpoint, proxy: None, checks: Vec::new(), is_private: false };
        let check = walk.looked_up(&[(address, 443).into()]);
        format!("{check:?} {:?}", walk.of_connection(TransportKind::Connect))
    }

    #[test]
    fn private_addresses_are_told_and_explain_what_does_not_answer() {
        let private = told("my-resource", [10, 1, 2, 3]);
        assert!(private.contains("10.1.2.3") && private.contains("as a private endpoint has one"), "{private}");
        assert!(private.contains("is the VPN on?"), "{private}");
        let public = told("my-resource", [192, 0, 2, 1]);
        assert!(!public.contains("private address") && public.contains("a firewall has to let"), "{public}");
        assert!(told("westus", [127, 0, 0, 1]).contains("is the name in the file hosts?"));
    }

    fn hints_of_lookup(endpoint: &str, kind: TransportKind) -> Vec<String> {
        let endpoint: Endpoint = endpoint.parse().unwrap();
        let host = Host::new(&endpoint.speech().parse().unwrap(), "", true);
        Walk { host: &host, endpoint: &endpoint, proxy: None, checks: Vec::new(), is_private: false }.of_lookup(kind)
    }

    #[test]
    fn a_name_that_is_not_found_is_blamed_on_what_it_was_made_of() {
        let first = |endpoint: &str| hints_of_lookup(endpoint, TransportKind::Resolve).remove(0);
        assert!(first("westeuorpe.stt.speech.microsoft.com").starts_with("was westeurope meant?"));
        assert_eq!(first("atlantisnorth.stt.speech.microsoft.com"), "is the region atlantisnorth right?");
        assert!(first("my-resource").starts_with("is the name of the resource right?"));
        assert_eq!(first("https://speech.example"), "is the name of the host right?");
        assert!(first("westus").starts_with("is this machine online?"));
        let slow = hints_of_lookup("westus", TransportKind::TimedOut(Phase::Resolve));
        assert!(slow[0].starts_with("the resolver of this machine does not answer"), "{slow:?}");
    }

    #[test]
    fn every_refusal_of_a_proxy_has_its_cure() {
        for (kind, cure) in [
            (TransportKind::Proxy(Some(407)), "wants a user and a password"),
            (TransportKind::Proxy(Some(403)), "let CONNECT to a.example:443 through"),
            (TransportKind::Proxy(Some(200)), "sign in with a browser"),
            (TransportKind::Resolve, "is the name of the proxy p:1 right?"),
            (TransportKind::Connect, "is the proxy p:1 right"),
        ] {
            let hints = of_proxy(kind, "p:1", "a.example:443");
            assert!(hints[0].contains(cure), "{kind:?}: {hints:?}");
        }
    }

    #[test]
    fn every_fault_of_a_certificate_has_its_cure() {
        for (distrust, cloud, cure) in [
            (Some(Distrust::UnknownIssuer), Some(Cloud::Public), "looks into TLS, as a company's proxy does"),
            (Some(Distrust::UnknownIssuer), None, "a certificate of its own"),
            (Some(Distrust::Expired), None, "is the clock of this machine right, where it is 20"),
            (Some(Distrust::OtherHost), None, "something else answers in its place"),
            (None, None, "is the port one of https?"),
        ] {
            let hints = of_tls(TransportKind::Tls, distrust, cloud);
            assert!(hints[0].contains(cure), "{distrust:?}: {hints:?}");
        }
        assert!(of_tls(TransportKind::Connect, None, None)[0].contains("a firewall that knows TLS"));
    }
}
