//! `stt doctor`: why the service cannot be used, found step by step, and what to do.

mod acceptance;
mod certificate;
mod check;
mod credential;
mod settings;
mod steps;
mod way;

use std::time::{Duration, SystemTime};

use futures_util::future::join_all;
use http::{HeaderMap, header};
use stt_auth::Endpoint;
use stt_hyper::ProbeOpen;
use tokio::time::{Instant, timeout_at};

use self::{
    check::{Check, Report, Subject},
    credential::readable,
    settings::Settings,
    steps::{Host, said},
    way::Way,
};
use crate::{
    args::{Auth, DoctorArgs},
    config::Config,
    connect::emulated,
    environment::Environment,
    output::Output,
    problem::Problem,
};

/// Makes all checks, each of which tells what it found and what to do; a failure is no reason to stop.
pub(crate) async fn run(
    args: &DoctorArgs,
    environment: &Environment,
    config: &Config,
    output: &mut Output,
) -> Result<(), Problem> {
    let deadline = Instant::now() + args.timeout;
    let mut checks = Vec::new();
    // The emulator ends with what it was started for.
    let (settings, _emulator) = if args.service.key.emulator {
        let connection = emulated(args.service.auth == Some(Auth::Token)).await?;
        (Settings::of_emulator(&connection.resource, &mut checks), Some(connection))
    } else {
        (Settings::find(&args.service, config, environment, &mut checks), None)
    };
    let mut report = Report::new(args.report_format, output);
    for check in checks {
        report.add(check);
    }
    ask(&settings, deadline, &mut report).await;
    report.add(firewall(&settings));
    report.end();
    Ok(())
}

/// Everything for which the network is needed.
async fn ask(settings: &Settings, deadline: Instant, report: &mut Report<'_>) {
    let (Some(endpoint), Some(way)) = (&settings.endpoint, &settings.way) else {
        for subject in [Subject::Lookup, Subject::Connection, Subject::Tls, Subject::Clock, Subject::Acceptance] {
            report.add(Check::skipped(subject, "not tried, because of the failure above"));
        }
        return;
    };
    let hosts = hosts(endpoint, settings.auth);
    let names: Vec<&str> = hosts.iter().map(|host| host.name.as_str()).collect();
    report.progress(&format!("connecting to {}", names.join(" and ")));
    let mut outcomes = join_all(hosts.iter().map(|host| host.reach(&way.probe, endpoint, deadline))).await;
    let is_private = outcomes.iter().any(|outcome| outcome.is_private);
    // Tokens come from the last of the hosts, which may be the only one.
    let gives_tokens = outcomes.last().is_some_and(|outcome| outcome.open.is_some());
    for outcome in &mut outcomes {
        for check in outcome.checks.drain(..) {
            report.add(check);
        }
    }
    let open = outcomes.into_iter().find_map(|outcome| outcome.open);
    report.add(clock(open, deadline).await);
    report.progress("exchanging the key for a token");
    report.add(match gives_tokens {
        true => acceptance::check(settings, way, is_private, deadline).await,
        false => Check::skipped(Subject::Acceptance, "not asked, because the host cannot be reached"),
    });
}

/// Where requests go to, each host once.
fn hosts(endpoint: &Endpoint, auth: Auth) -> Vec<Host> {
    let speech = endpoint.speech().parse().expect("an endpoint is made of URLs");
    let mut hosts = vec![Host::new(&speech, "recognition", true)];
    if matches!(auth, Auth::Key | Auth::Token) {
        let tokens = Host::new(endpoint.token(), "access tokens", auth == Auth::Token);
        if tokens.name != hosts[0].name {
            hosts.push(tokens);
        }
    }
    hosts
}

/// How far the clock of this machine is from that of the service.
async fn clock(open: Option<ProbeOpen>, deadline: Instant) -> Check {
    let subject = Subject::Clock;
    let Some(open) = open else { return Check::skipped(subject, "not asked, because no host can be reached") };
    let head = match timeout_at(deadline, open.head()).await {
        Ok(Ok(head)) => head,
        Ok(Err(failure)) => {
            return Check::warning(subject, format!("no answer that tells the time: {}", said(&failure)));
        }
        Err(_) => return Check::skipped(subject, "no answer within the time of all checks"),
    };
    match SystemTime::now().duration_since(SystemTime::UNIX_EPOCH) {
        Ok(now) => compared(&head.headers, now),
        Err(_) => Check::warning(subject, "this machine lives before 1970").hint(SET_CLOCK),
    }
}

fn compared(headers: &HeaderMap, now: Duration) -> Check {
    let subject = Subject::Clock;
    let date = headers.get(header::DATE).and_then(|date| httpdate::parse_http_date(date.to_str().ok()?).ok());
    let Some(theirs) = date.and_then(|date| date.duration_since(SystemTime::UNIX_EPOCH).ok()) else {
        return Check::skipped(subject, "the answer does not tell the time");
    };
    let (apart, word) = if theirs <= now { (now - theirs, "ahead of") } else { (theirs - now, "behind") };
    let seconds = i64::try_from(apart.as_secs()).unwrap_or(i64::MAX);
    let signed = if theirs <= now { seconds } else { -seconds };
    if apart <= TOLERANCE {
        // A date has whole seconds, and was on its way for a while.
        let found = match apart.as_secs() {
            0..2 => "as that of the service, to the second".to_owned(),
            _ => format!("{} {word} that of the service, which is near enough", readable(apart)),
        };
        return Check::ok(subject, found).fact("seconds_ahead", signed);
    }
    Check::warning(subject, format!("{} {word} that of the service", readable(apart)))
        .found("tokens and certificates may be taken for expired, or for not yet valid")
        .hint(SET_CLOCK)
        .fact("seconds_ahead", signed)
}

/// What has to be let through for all of it to work.
fn firewall(settings: &Settings) -> Check {
    let subject = Subject::Firewall;
    let Some(endpoint) = &settings.endpoint else {
        return Check::skipped(subject, "the hosts are unknown, because of the failure above");
    };
    if endpoint.is_loopback() {
        return Check::ok(subject, "nothing has to be let through: it is all on this machine")
            .fact("hosts", Vec::<String>::new());
    }
    let hosts = hosts(endpoint, settings.auth);
    let proxy = settings.way.as_ref().and_then(|Way { probe, .. }| probe.proxy_to(hosts[0].url.clone()));
    let check = match &proxy {
        None => Check::ok(subject, "outgoing TCP has to be let through to"),
        Some(proxy) => {
            Check::ok(subject, format!("outgoing TCP has to be let through to {proxy}, and by it CONNECT to"))
        }
    };
    let names: Vec<String> = hosts.iter().map(|host| host.name.clone()).collect();
    let check = check.fact("hosts", names).fact("proxy", proxy);
    hosts.iter().fold(check, |check, host| check.found(format!("{} ({})", host.name, host.purpose)))
}

/// How far clocks may be apart: half of the ten minutes that a token of the service lives, and what Microsoft Entra ID
/// bears as well.
const TOLERANCE: Duration = Duration::from_secs(5 * 60);

const SET_CLOCK: &str = "set the clock of this machine, or let it be set over the network (NTP)";

#[cfg(test)]
mod tests;
