//! From what was typed to somebody who can be asked: the service, or the emulator inside this process.

use stt_auth::{Authorization, Key, Resource};
use stt_core::{ConnectionId, Recognize, Retry, Upload};
use stt_emulator::{Emulator, Running};
use stt_hyper::{Client, ClientBuilder};
use stt_model::AudioFormat;

use crate::{
    args::{Auth, CallArgs, ExpectContinue, JobsArgs, ServiceArgs},
    environment::Environment,
    failure::Asker,
    gate::Gate,
    network::Network,
    output::{Output, io_reason},
    problem::Problem,
    service::{Credentials, Service},
    session::Session,
    shaping::Shaping,
};

/// A resource, and the emulator that stands behind it if one was asked for.
pub(crate) struct Connection {
    pub(crate) asker: Asker,
    pub(crate) resource: Resource,
    /// It stops when this is dropped.
    network: Network,
    _emulator: Option<Running>,
}

/// Finds out where the service is and who asks, and says what has to be said about it.
pub(crate) async fn connect(
    args: &ServiceArgs,
    environment: &Environment,
    key_from_stdin: bool,
    output: &mut Output,
) -> Result<Connection, Problem> {
    if args.key.emulator {
        return emulated_aloud(args, output).await;
    }
    let credentials = Credentials::Real { from_stdin: key_from_stdin };
    let service = Service::plan(args, environment, credentials)?;
    for warning in &service.warnings {
        output.note(warning);
    }
    let endpoint = service.resource.endpoint();
    output.detail(&format!("speech at {}, tokens at {}", endpoint.speech(), endpoint.token()));
    let network = Network::plan(&args.key, environment)?;
    if let Some(proxy) = network.proxy() {
        output.detail(&format!("through the proxy {proxy}"));
    }
    Ok(Connection { asker: Asker(service.auth), resource: service.resource, network, _emulator: None })
}

/// The same where nothing is sent: no credential is looked for, and nothing on the way to the service.
pub(crate) async fn connect_for_show(
    args: &ServiceArgs,
    environment: &Environment,
    output: &mut Output,
) -> Result<Connection, Problem> {
    if args.key.emulator {
        return emulated_aloud(args, output).await;
    }
    let service = Service::plan(args, environment, Credentials::Shown)?;
    let network = Network::default();
    Ok(Connection { asker: Asker(service.auth), resource: service.resource, network, _emulator: None })
}

/// The emulator, for those who expect words of it.
async fn emulated_aloud(args: &ServiceArgs, output: &mut Output) -> Result<Connection, Problem> {
    let connection = emulated(args.auth == Some(Auth::Token)).await?;
    output.notice(NO_SPEECH);
    Ok(connection)
}

/// Everything that was typed about the service is left aside, but whether tokens are wanted.
pub(crate) async fn emulated(tokens: bool) -> Result<Connection, Problem> {
    let cannot = |reason: String| Problem::usage("the emulator cannot start").why(reason);
    let running = Emulator::builder().start().await.map_err(|error| cannot(io_reason(&error)))?;
    let resource = emulated_resource(&running, tokens).map_err(|error| cannot(error.to_string()))?;
    Ok(Connection { asker: Asker(Auth::Key), resource, network: Network::default(), _emulator: Some(running) })
}

fn emulated_resource(running: &Running, tokens: bool) -> Result<Resource, stt_auth::Error> {
    let key: Key = running.key().parse()?;
    let authorization = if tokens { Authorization::Token(key) } else { Authorization::Key(key) };
    Resource::of(running.endpoint().parse()?, authorization)
}

impl Connection {
    /// Refuses what is certain to fail, before anything is opened.
    pub(crate) fn check(&self, recognize: &Recognize) -> Result<(), Problem> {
        let upload = Upload::replayable(AudioFormat::WavPcm16k);
        let request = recognize.request(self.resource.endpoint(), upload, ConnectionId(0));
        request.map(|_| ()).map_err(|error| Problem::usage(error.to_string()))
    }

    /// What makes a client.
    pub(crate) fn builder(&self) -> ClientBuilder {
        self.network.apply(Client::builder(self.resource.clone()))
    }

    /// A client that asks in the way that was typed, with so many requests at once.
    pub(crate) fn session(
        &self,
        recognize: Recognize,
        args: &CallArgs,
        shaping: Shaping,
        jobs: JobsArgs,
    ) -> Result<Session, Problem> {
        let limiter = jobs.limiter();
        let gate = Gate::new(limiter.clone(), jobs.max_audio_seconds);
        let retry = Retry::default().attempts(args.retries.saturating_add(1)).timeout(args.timeout);
        let client = self
            .builder()
            .limiter(limiter)
            .retry(retry)
            .chunked(!args.no_chunked)
            .chunk_size(args.chunk as usize)
            .expect_continue(args.expect_continue == ExpectContinue::Auto)
            .build()
            .map_err(|error| Problem::usage(error.to_string()))?;
        Ok(Session::new(self.asker, client, gate, recognize, shaping, jobs.most()))
    }
}

const NO_SPEECH: &str = "emulator: no speech is recognized; the words come from clips made by `stt emulator synth`, \
                         or from a transcript inside the file";
