//! The exchange driven by reqwest: `reqwest AUDIO.wav`.

#![expect(clippy::disallowed_methods, clippy::disallowed_types, reason = "a transport is where the world begins")]

use std::{
    env,
    error::Error,
    sync::LazyLock,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use bytes::Bytes;
use http::{Request, Response};
use stt_auth::{Now, Resource};
use stt_core::{Payload, Recognize, Retry, Step, TransportFailure, TransportKind, Upload};
use stt_model::{AudioFormat, Language};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let audio = Bytes::from(std::fs::read(env::args().nth(1).ok_or("which file?")?)?);
    let resource = Resource::new(&env::var("AZURE_SPEECH_ENDPOINT")?, &env::var("AZURE_SPEECH_KEY")?)?;
    let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build()?;

    // reqwest cannot wait for `100 Continue`, so the audio goes out at once, with its length.
    let upload = Upload::replayable(AudioFormat::WavPcm16k).length(audio.len() as u64);
    let seed = u128::from(getrandom::u64()?) << 64 | u128::from(getrandom::u64()?);
    let mut call = Recognize::new(Language::EN_US).call(&resource, upload, seed).retry(&Retry::default());
    let reply = loop {
        call = match call.next(now()) {
            Step::Done(result) => break result?,
            Step::Send(request, pending) => {
                let outcome = send(http.clone(), request, audio.clone(), pending.timeout()).await;
                pending.finished(outcome, now())
            }
            Step::Refresh(request, errand, call) => {
                let sent = send(http.clone(), request, Bytes::new(), errand.timeout());
                tokio::spawn(async move { errand.finished(sent.await, now()) });
                call
            }
            Step::Obtain(..) => unreachable!("the key is sent as it is"),
            Step::Wait(wait, call) => {
                let _ = tokio::time::timeout(wait.at_most(), wait).await;
                call
            }
        }
    };
    println!("{}", reply.recognition.text().unwrap_or_default());
    Ok(())
}

async fn send(
    http: reqwest::Client,
    request: Request<Payload>,
    audio: Bytes,
    timeout: Duration,
) -> Result<Response<Bytes>, TransportFailure> {
    let failed = |error: reqwest::Error| TransportFailure::new(TransportKind::Other, error);
    let request = request.map(|payload| match payload {
        Payload::Audio => reqwest::Body::from(audio),
        Payload::Empty => reqwest::Body::from(""),
    });
    let mut request = reqwest::Request::try_from(request).map_err(failed)?;
    *request.timeout_mut() = Some(timeout);
    let answer: Response<reqwest::Body> = http.execute(request).await.map_err(failed)?.into();
    let (head, body) = answer.into_parts();
    let body = reqwest::Response::from(Response::new(body)).bytes().await.map_err(failed)?;
    Ok(Response::from_parts(head, body))
}

fn now() -> Now {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    Now::new(START.elapsed(), SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default())
}
