//! The rounds: in each, every client that can does every cell once, in an order that moves on from round to round.

use std::{
    env,
    fs::{self, File},
    io::Write,
    process::{Command, Stdio},
    thread,
};

use serde_json::json;

use crate::{
    cell::{AUDIO, Cell, HEADERS, PIECE, TARGET},
    choices::Choices,
    goals,
    meter::Measured,
    outcome::Outcome,
    peers::Peer,
    process::{Load, Pin, Server, finish},
    sample::Sample,
    server::ANSWER,
    table,
};

/// Measures, and prints what came out.
pub(crate) fn run(choices: &Choices) -> Outcome<()> {
    let mut file = choices.json.as_ref().map(File::create).transpose()?;
    let (rounds, milliseconds) = if choices.quick { (3, 300) } else { (9, 800) };
    let python = env::var("STT_TEST_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let bench = Bench { pin: Pin::find(), python, milliseconds };
    let peers: Vec<Peer> = Peer::ALL.into_iter().filter(|peer| bench.has(*peer)).collect();
    let server = Server::start(bench.pin, AUDIO)?;
    let mut samples = Vec::new();
    for round in 0..rounds {
        eprintln!("round {} of {rounds}", round + 1);
        for cell in Cell::ALL {
            let mut turn: Vec<Peer> = peers.iter().copied().filter(|peer| peer.does(cell)).collect();
            let first = round % turn.len();
            turn.rotate_left(first);
            for peer in turn {
                let load = Load::read(&server)?;
                let (measured, spent) = bench.measure(&server, peer, cell)?;
                let foreign = load.foreign(&server, spent)?;
                let sample = Sample { round, cell, peer, measured, foreign };
                if let Some(file) = &mut file {
                    writeln!(file, "{}", sample.json(bench.pin.pinned)?)?;
                }
                samples.push(sample);
            }
        }
    }
    println!("{rounds} rounds of {milliseconds} ms each, {}.\n", machine());
    if !bench.pin.pinned {
        println!("taskset cannot be used, so the processes were not kept on one CPU: the figures say little.\n");
    }
    for peer in Peer::ALL.into_iter().filter(|peer| !peers.contains(peer)) {
        println!("{} was left out, because it is not installed.\n", peer.name());
    }
    println!("{}\n{}", table::costs(&samples), table::goals(&goals::all(&samples)));
    Ok(())
}

/// How a client is run.
struct Bench {
    pin: Pin,
    python: String,
    milliseconds: u64,
}

impl Bench {
    fn has(&self, peer: Peer) -> bool {
        let mut command = match peer {
            Peer::Requests => {
                let mut command = Command::new(&self.python);
                command.args(["-c", "import requests"]);
                command
            }
            Peer::Curl => {
                let mut command = Command::new("curl");
                command.arg("--version");
                command
            }
            Peer::Floor | Peer::SttHyper | Peer::Reqwest | Peer::Ureq => return true,
        };
        let tried = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
        tried.is_ok_and(|status| status.success())
    }

    /// One go of one client, and the CPU time of all that ran for it.
    fn measure(&self, server: &Server, peer: Peer, cell: Cell) -> Outcome<(Measured, u64)> {
        let Self { pin, python, milliseconds } = self;
        let (printed, spent) = match peer {
            Peer::Curl => return self.curl(server),
            Peer::Requests => {
                let given = json!({
                    "answer": ANSWER,
                    "audio": AUDIO,
                    "cell": cell.name(),
                    "headers": HEADERS,
                    "milliseconds": milliseconds,
                    "piece": PIECE,
                    "url": url(server),
                });
                finish(pin.command(python).args(["-c", include_str!("peers/requests.py"), &given.to_string()]), &[])?
            }
            Peer::Floor | Peer::SttHyper | Peer::Reqwest | Peer::Ureq => {
                let (address, milliseconds) = (server.address.to_string(), milliseconds.to_string());
                finish(pin.own()?.args(["peer", peer.name(), cell.name(), &address, &milliseconds]), &[])?
            }
        };
        Ok((serde_json::from_str(&printed)?, spent))
    }

    /// curl, the program, which tells the time of each request. What it takes to start is measured alone.
    fn curl(&self, server: &Server) -> Outcome<(Measured, u64)> {
        let run = |requests: u64| {
            let mut command = self.pin.command("curl");
            command.args(["-q", "-s", "-S", "-f", "--noproxy", "*", "-o", "/dev/null", "-w", "%{time_total}\n"]);
            for (name, value) in HEADERS {
                command.arg("-H").arg(format!("{name}: {value}"));
            }
            command.args(["--data-binary", "@-"]).arg(format!("{}&request=[1-{requests}]", url(server)));
            finish(&mut command, &[0; AUDIO])
        };
        let requests = self.milliseconds * 1000 / CURL;
        let (_, start) = run(1)?;
        let (printed, whole) = run(1 + requests)?;
        let mut times: Vec<f64> = printed.lines().skip(1).map(str::parse).collect::<Result<_, _>>()?;
        times.sort_by(f64::total_cmp);
        let p50 = times.get(times.len() / 2).ok_or("curl made no request")?;
        let cpu = whole.saturating_sub(start) as f64 / requests as f64;
        let p50 = (p50 * 1e9) as u64;
        Ok((Measured { requests, p50, cpu, rss: None, writes: None, written: None }, start + whole))
    }
}

/// What it was measured on, as far as the kernel tells.
pub(crate) fn machine() -> String {
    let read = |path| fs::read_to_string(path).unwrap_or_default();
    let described = read("/proc/cpuinfo");
    let model = described.lines().find(|line| line.starts_with("model name")).and_then(|line| line.split_once(": "));
    let model = model.map_or("unknown processor", |(_, model)| model);
    let cpus = thread::available_parallelism().map_or(1, usize::from);
    format!("{cpus} CPUs ({model}), Linux {}", read("/proc/sys/kernel/osrelease").trim())
}

fn url(server: &Server) -> String {
    format!("http://{}{TARGET}", server.address)
}

/// About what curl takes for one request, in microseconds: it is told a number of requests and not a time.
const CURL: u64 = 40;
