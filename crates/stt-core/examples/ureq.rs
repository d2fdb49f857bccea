//! The exchange driven by a blocking HTTP client, with an access token: `ureq AUDIO.wav`.

#![expect(clippy::disallowed_methods, clippy::disallowed_types, reason = "a transport is where the world begins")]

use std::{
    env,
    error::Error,
    fs::File,
    path::Path,
    sync::LazyLock,
    thread,
    time::{Duration, Instant, SystemTime},
};

use http::{Request, Response};
use stt_auth::{Authorization, Now, Resource};
use stt_core::{Payload, Recognize, Retry, Step, TransportFailure, TransportKind, Upload};
use stt_model::{AudioFormat, Language};

fn main() -> Result<(), Box<dyn Error>> {
    let audio = env::args().nth(1).ok_or("which file?")?;
    let endpoint = env::var("AZURE_SPEECH_ENDPOINT")?.parse()?;
    let key = env::var("AZURE_SPEECH_KEY")?.parse()?;
    let resource = Resource::of(endpoint, Authorization::Token(key))?;
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).build().into();

    let upload = Upload::replayable(AudioFormat::WavPcm16k);
    let seed = u128::from(getrandom::u64()?) << 64 | u128::from(getrandom::u64()?);
    let mut call = Recognize::new(Language::EN_US).call(&resource, upload, seed).retry(&Retry::default());
    let reply = loop {
        call = match call.next(now()) {
            Step::Done(result) => break result?,
            Step::Send(request, pending) => {
                let outcome = send(&agent, request, Path::new(&audio), pending.timeout());
                pending.finished(outcome, now())
            }
            Step::Refresh(request, errand, call) => {
                let outcome = send(&agent, request, Path::new(&audio), errand.timeout());
                errand.finished(outcome, now());
                call
            }
            Step::Obtain(lease, call) => {
                lease.failed("this program has no token source", None, now());
                call
            }
            Step::Wait(wait, call) => {
                thread::sleep(wait.at_most());
                call
            }
        }
    };
    println!("{}", reply.recognition.text().unwrap_or_default());
    Ok(())
}

/// Sends one request and reads its answer.
fn send(
    agent: &ureq::Agent,
    request: Request<Payload>,
    audio: &Path,
    timeout: Duration,
) -> Result<Response<Vec<u8>>, TransportFailure> {
    let failed = |error: ureq::Error| {
        let kind = match &error {
            ureq::Error::ConnectionFailed => TransportKind::Connect,
            ureq::Error::HostNotFound => TransportKind::Resolve,
            ureq::Error::Protocol(_) => TransportKind::Protocol,
            ureq::Error::Timeout(_) => TransportKind::TimedOut(stt_core::Phase::Answer),
            _ => TransportKind::Other,
        };
        TransportFailure::new(kind, error)
    };
    let (head, payload) = request.into_parts();
    let body = match payload {
        Payload::Audio => {
            let file = File::open(audio).map_err(|error| TransportFailure::new(TransportKind::Audio, error))?;
            ureq::SendBody::from_owned_reader(file)
        }
        Payload::Empty => ureq::SendBody::none(),
    };
    let request = Request::from_parts(head, body);
    let request = agent.configure_request(request).timeout_global(Some(timeout)).build();
    let (head, mut body) = agent.run(request).map_err(failed)?.into_parts();
    Ok(Response::from_parts(head, body.read_to_vec().map_err(failed)?))
}

/// The time on both clocks.
fn now() -> Now {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    let wall = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Now { monotonic: START.elapsed(), wall }
}
