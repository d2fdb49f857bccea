//! Recognizes a file with an access token and nothing but sockets of the standard library.
//!
//! `consumer-core AUDIO.wav`, with `AZURE_SPEECH_ENDPOINT` (`http` on loopback) and `AZURE_SPEECH_KEY`.

mod http1;

use std::{
    env,
    error::Error,
    process, thread,
    time::{Duration, Instant, SystemTime},
};

use stt_auth::{Authorization, Now, Resource};
use stt_core::{Recognize, Retry, Step, Upload};
use stt_model::{AudioFormat, Language};

fn main() -> Result<(), Box<dyn Error>> {
    let audio = env::args().nth(1).ok_or("which file?")?;
    let key = env::var("AZURE_SPEECH_KEY")?.parse()?;
    let resource = Resource::of(env::var("AZURE_SPEECH_ENDPOINT")?.parse()?, Authorization::Token(key))?;
    let start = Instant::now();
    let now = || now(start);
    let upload = Upload::replayable(AudioFormat::WavPcm16k);
    let seed = u128::from(process::id()) << 64 | now().wall.as_nanos();
    let mut call = Recognize::new(Language::EN_US).call(&resource, upload, seed).retry(&Retry::default());
    let reply = loop {
        call = match call.next(now()) {
            Step::Done(result) => break result?,
            Step::Send(request, pending) => {
                let outcome = http1::send(&request, &audio, pending.timeout());
                pending.finished(outcome, now())
            }
            Step::Refresh(request, errand, call) => {
                let outcome = http1::send(&request, &audio, errand.timeout());
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

fn now(start: Instant) -> Now {
    let wall = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or(Duration::ZERO);
    Now { monotonic: start.elapsed(), wall }
}
