//! The exchange driven by reqwest: `reqwest AUDIO.wav`.

#![expect(clippy::disallowed_methods, clippy::disallowed_types, reason = "a transport is where the world begins")]

use std::{
    env,
    error::Error,
    sync::LazyLock,
    time::{Duration, Instant, SystemTime},
};

use bytes::Bytes;
use http::{Request, Response};
use stt_auth::{Now, Resource};
use stt_core::{Payload, Phase, Recognize, Retry, Step, TransportFailure, TransportKind, Upload};
use stt_model::{AudioFormat, Language};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let audio = Bytes::from(std::fs::read(env::args().nth(1).ok_or("which file?")?)?);
    let resource = Resource::new(&env::var("AZURE_SPEECH_ENDPOINT")?, &env::var("AZURE_SPEECH_KEY")?)?;
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build()?;

    // reqwest cannot wait for `100 Continue`, so the whole audio is in memory and goes out with its length.
    let upload = Upload::replayable(AudioFormat::WavPcm16k).length(audio.len() as u64);
    let seed = u128::from(getrandom::u64()?) << 64 | u128::from(getrandom::u64()?);
    let mut call = Recognize::new(Language::EN_US).call(&resource, upload, seed).retry(&Retry::default());
    let reply = loop {
        call = match call.next(now()) {
            Step::Done(result) => break result?,
            Step::Send(request, pending) => {
                let outcome = send(&client, request, &audio, pending.timeout()).await;
                pending.finished(outcome, now())
            }
            Step::Refresh(request, errand, call) => {
                let (client, timeout) = (client.clone(), errand.timeout());
                tokio::spawn(
                    async move { errand.finished(send(&client, request, &Bytes::new(), timeout).await, now()) },
                );
                call
            }
            Step::Obtain(lease, call) => {
                lease.failed("this program has no token source", None, now());
                call
            }
            Step::Wait(wait, call) => {
                let _ = tokio::time::timeout(wait.at_most(), wait).await;
                call
            }
        }
    };
    println!("{}", reply.recognition.text().unwrap_or_default());
    Ok(())
}

/// Sends one request and reads its answer.
async fn send(
    client: &reqwest::Client,
    request: Request<Payload>,
    audio: &Bytes,
    timeout: Duration,
) -> Result<Response<Bytes>, TransportFailure> {
    let failed = |error: reqwest::Error| {
        let kind = match &error {
            error if error.is_timeout() => TransportKind::TimedOut(Phase::Answer),
            error if error.is_connect() => TransportKind::Connect,
            _ => TransportKind::Other,
        };
        TransportFailure::new(kind, error)
    };
    let request = request.map(|payload| match payload {
        Payload::Audio => reqwest::Body::from(audio.clone()),
        Payload::Empty => reqwest::Body::from(""),
    });
    let mut request = reqwest::Request::try_from(request).map_err(failed)?;
    *request.timeout_mut() = Some(timeout);
    let answer = client.execute(request).await.map_err(failed)?;
    let mut response = Response::builder().status(answer.status());
    if let Some(headers) = response.headers_mut() {
        *headers = answer.headers().clone();
    }
    let body = answer.bytes().await.map_err(failed)?;
    response.body(body).map_err(|error| TransportFailure::new(TransportKind::Other, error))
}

/// The time on both clocks.
fn now() -> Now {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    let wall = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Now { monotonic: START.elapsed(), wall }
}
