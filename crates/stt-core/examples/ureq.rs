//! The exchange driven by a blocking HTTP client, with an access token: `ureq AUDIO.wav`.

#![expect(clippy::disallowed_methods, clippy::disallowed_types, reason = "a transport is where the world begins")]

use std::{
    env,
    error::Error,
    fs::File,
    thread,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use http::{Request, Response};
use stt_auth::{Authorization, Now, Resource};
use stt_core::{Payload, Recognize, Retry, Step, TransportFailure, TransportKind, Upload};
use stt_model::{AudioFormat, Language};

fn main() -> Result<(), Box<dyn Error>> {
    let file = env::args().nth(1).ok_or("which file?")?;
    let key = env::var("AZURE_SPEECH_KEY")?.parse()?;
    let resource = Resource::of(env::var("AZURE_SPEECH_ENDPOINT")?.parse()?, Authorization::Token(key))?;
    let http: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).build().into();
    let send = |request, timeout| send(&http, request, &file, timeout);
    let start = Instant::now();
    let now = || Now::new(start.elapsed(), SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default());

    let seed = u128::from(getrandom::u64()?) << 64 | u128::from(getrandom::u64()?);
    let upload = Upload::replayable(AudioFormat::WavPcm16k);
    let mut call = Recognize::new(Language::EN_US).call(&resource, upload, seed).retry(&Retry::default());
    let reply = loop {
        call = match call.next(now()) {
            Step::Done(result) => break result?,
            Step::Send(request, pending) => {
                let outcome = send(request, pending.timeout());
                pending.finished(outcome, now())
            }
            Step::Refresh(request, errand, call) => {
                let outcome = send(request, errand.timeout());
                errand.finished(outcome, now());
                call
            }
            Step::Obtain(..) => unreachable!("tokens come from the key"),
            Step::Wait(wait, call) => {
                thread::sleep(wait.at_most());
                call
            }
        }
    };
    println!("{}", reply.recognition.text().unwrap_or_default());
    Ok(())
}

fn send(
    http: &ureq::Agent,
    request: Request<Payload>,
    file: &str,
    timeout: Duration,
) -> Result<Response<Vec<u8>>, TransportFailure> {
    let failed = |error: ureq::Error| TransportFailure::new(TransportKind::Other, error);
    let (head, payload) = request.into_parts();
    let body = match payload {
        Payload::Audio => File::open(file).map(ureq::SendBody::from_owned_reader),
        Payload::Empty => Ok(ureq::SendBody::none()),
    };
    let body = body.map_err(|error| TransportFailure::new(TransportKind::Audio, error))?;
    let request = http.configure_request(Request::from_parts(head, body)).timeout_global(Some(timeout)).build();
    let (head, mut body) = http.run(request).map_err(failed)?.into_parts();
    Ok(Response::from_parts(head, body.read_to_vec().map_err(failed)?))
}
