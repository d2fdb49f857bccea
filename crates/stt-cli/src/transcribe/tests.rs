//! Runs into a folder against a host whose name a test looks up.

use std::{
    fs,
    future::Future,
    io,
    net::SocketAddr,
    path::PathBuf,
    sync::{
        Mutex,
        atomic::{AtomicU32, Ordering},
        mpsc,
    },
    thread,
    time::{Duration, Instant},
};

use clap::Parser;
use stt_auth::{Authorization, Resource};
use stt_emulator::{Emulator, Running, SynthOptions, synth};
use stt_hyper::Client;
use tempfile::TempDir;
use tokio::task::spawn_blocking;

use super::*;
use crate::{
    args::{Cli, Command},
    connect::emulated,
    drive::drive,
    exit::Exit,
    gate::Gate,
    output::Said,
};

const HOST: &str = "speech.example";

/// Three inputs, and a place for their results.
struct Desk {
    folder: TempDir,
    said: Said,
}

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in ["a", "b", "c"] {
            let clip = synth(&format!("This is {name}."), &SynthOptions::default()).unwrap();
            fs::write(folder.path().join(name).with_extension("wav"), clip).unwrap();
        }
        Self { folder, said: Said::default() }
    }

    fn results(&self) -> PathBuf {
        self.folder.path().join("out")
    }

    /// What `stt transcribe -O` does when it knows whom to ask: a server of this address by its name, which is looked up
    /// in the given way.
    async fn transcribe<T>(
        &self,
        server: &Running,
        interrupts: Interrupts,
        output: &mut Output,
        resolve: impl Fn(SocketAddr) -> T + Send + Sync + 'static,
    ) -> Result<Ended, Problem>
    where
        T: Future<Output = io::Result<Vec<SocketAddr>>> + Send + 'static,
    {
        let (inputs, results) = (self.folder.path().to_str().unwrap(), self.results());
        let cli = Cli::try_parse_from(["stt", "transcribe", "-l", "en-US", "-O", results.to_str().unwrap(), inputs]);
        let Command::Transcribe(args) = cli.unwrap().command else { unreachable!("it was typed") };
        let language: Language = "en-US".parse().unwrap();
        let key = Authorization::Key(server.key().parse().unwrap());
        let resource = Resource::of(format!("https://{HOST}").parse().unwrap(), key).unwrap();
        let (address, limiter) = (server.address(), args.jobs.limiter());
        let client = Client::builder(resource.clone())
            .root_certificates(server.ca().unwrap().to_owned())
            .limiter(limiter.clone())
            .resolver(move |_, _| resolve(address))
            .build()
            .unwrap();
        let mut connection = emulated(false).await?;
        connection.resource = resource;
        let shaping = Shaping::of(args.audio, args.split, false)?;
        let recognize = request::recognize(&args.recognition, &language);
        let jobs = args.jobs.most();
        let session = Session::new(connection.asker, client, Gate::new(limiter, None), recognize, shaping, jobs);
        let inputs = Inputs::find(&args.inputs, &Filter::of(&[], &[]))?;
        let (session, jobs) = (Arc::new(session), jobs.into());
        Run { args: &args, language, connection, inputs, interrupts, jobs, session }.into_folder(&results, output).await
    }
}

fn server() -> Running {
    Emulator::builder().tls([HOST]).start_blocking().unwrap()
}

/// Row 83 of the faults that are promised to be told: the system's lookup of a name hangs in a thread.
#[test]
fn a_lookup_that_hangs_is_left_behind() {
    let (server, desk) = (server(), Desk::new());
    let (hung, hangs) = mpsc::channel::<()>();
    let (begun, lookup) = mpsc::channel::<()>();
    let hangs = Arc::new(Mutex::new(hangs));
    let (sender, interrupts) = Interrupts::told();
    let said = desk.said.clone();
    let user = thread::spawn(move || {
        lookup.recv().unwrap();
        sender.send_modify(|count| *count = 1);
        while !said.text().contains("finishing 1 input (Ctrl-C again to drop it)") {
            thread::sleep(Duration::from_millis(1));
        }
        sender.send_modify(|count| *count = 2);
        (Instant::now(), sender)
    });
    let output = Output::talking_to(desk.said.clone());
    let exit = drive(
        || interrupts,
        output,
        async |interrupts, output| {
            desk.transcribe(&server, interrupts, output, move |_| {
                let (begun, hangs) = (begun.clone(), hangs.clone());
                async move {
                    let hang = move || {
                        begun.send(()).unwrap();
                        // As long as the test, unless that waits for this.
                        let _ = hangs.lock().unwrap().recv_timeout(Duration::from_secs(5));
                    };
                    spawn_blocking(hang).await.unwrap();
                    Err(io::ErrorKind::HostUnreachable.into())
                }
            })
            .await
        },
    );
    let (second, _sender) = user.join().unwrap();
    let time = second.elapsed();
    assert_eq!(exit, Exit::Interrupted, "{}", desk.said.text());
    assert!(time < Duration::from_millis(500), "{time:?}");
    drop(hung);
}

/// Row 90: the work on one input panics.
#[test]
fn a_mistake_of_this_program_stops_no_other_input() {
    let (server, desk) = (server(), Desk::new());
    let (_sender, interrupts) = Interrupts::told();
    let output = Output::talking_to(desk.said.clone());
    let lookups = AtomicU32::new(0);
    let exit = drive(
        || interrupts,
        output,
        async |interrupts, output| {
            desk.transcribe(&server, interrupts, output, move |address| {
                let lookup = lookups.fetch_add(1, Ordering::Relaxed);
                async move {
                    assert_ne!(lookup, 0, "the first lookup panics, with {HOST}");
                    Ok(vec![address])
                }
            })
            .await
        },
    );
    let said = desk.said.text();
    let first = desk.folder.path().join("a.wav");
    assert_eq!(said.lines().next(), Some(&*format!("{}: internal error", first.display())), "{said}");
    assert_eq!(exit, Exit::Service, "{said}");
    for (name, text) in [("a", None), ("b", Some("This is b.\n")), ("c", Some("This is c.\n"))] {
        let result = fs::read_to_string(desk.results().join(name).with_extension("txt"));
        assert_eq!(result.ok().as_deref(), text, "{said}");
    }
}
