//! `cargo xtask fuzz`: the targets below `tests/fuzz`, begun from the project's own sample data.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::Stdio;

use crate::command::{cargo, output, root};

struct Target {
    name: &'static str,
    what: &'static str,
    seeds: &'static [Seed],
}

/// Where the first inputs of a target come from, below `tests`.
enum Seed {
    /// Each file of a directory, without those in directories within.
    Files(&'static str),
    /// Each cell of a table.
    Cells(&'static str),
    /// This text itself.
    Text(&'static str),
}

const TARGETS: &[Target] = &[
    Target {
        name: "endpoint",
        what: "what a user gives for an endpoint",
        seeds: &[Seed::Cells("data/endpoints.tsv"), Seed::Cells("data/regions.tsv")],
    },
    Target {
        name: "hearing",
        what: "the audio that the emulator is sent",
        seeds: &[Seed::Files("audio"), Seed::Files("audio/codecs")],
    },
    Target { name: "open", what: "a file of any format, decoded", seeds: &[Seed::Files("audio")] },
    Target { name: "opus", what: "Ogg Opus, and samples that become it", seeds: &[Seed::Files("audio")] },
    Target { name: "recognition", what: "the body of a successful answer", seeds: &[Seed::Files("data/replies")] },
    Target { name: "retry_after", what: "the headers that ask to wait", seeds: &[Seed::Text(WAITS)] },
    Target { name: "samples", what: "a WAV that is decoded", seeds: &[Seed::Files("audio")] },
    Target { name: "service_message", what: "the body of an error answer", seeds: &[Seed::Files("data/replies")] },
    Target { name: "token_answer", what: "the answer to a request for a token", seeds: &[Seed::Files("data/replies")] },
    Target { name: "transcript", what: "a transcript as JSON, read again", seeds: &[Seed::Text(TRANSCRIPT)] },
    Target { name: "wav", what: "the beginning of an audio file", seeds: &[Seed::Files("audio")] },
];

/// The dates are the example of RFC 9110 and 30 seconds before it; then milliseconds.
const WAITS: &str = "Sun, 06 Nov 1994 08:49:37 GMT\nSun, 06 Nov 1994 08:49:07 GMT\n1500\n0.5";

/// One segment with words, and one that failed.
const TRANSCRIPT: &str = concat!(
    r#"{"schema":"stt.transcript/1","input":"a","language":"en-US","audio_ms":1800,"segments":[{"start_ms":530,"#,
    r#""end_ms":1240,"status":"Success","text":"Buy $5.","nbest":[{"display":"Buy $5.","confidence":0.9}],"words":["#,
    r#"{"word":"buy","start_ms":510,"end_ms":760},{"word":"five","start_ms":null}],"attempts":1},{"start_ms":1497,"#,
    r#""end_ms":1800,"status":"Failed","error":{"kind":"service","message":"x","status":503,"retryable":true}}]}"#,
);

/// How long each target runs unless told otherwise.
const SECONDS: u32 = 20;

/// The first inputs are cut here: a whole clip of audio says no more than its beginning, and is much slower to change.
const LONGEST: usize = 8192;

const USAGE: &str = "usage: cargo xtask fuzz [TARGET...] [--seconds N]";

const MISSING: &str = "cargo-fuzz is not installed; install it with\n\n    cargo install cargo-fuzz --locked\n";

/// Runs one target or all of them, one after the other, and says how fast each was or what failed.
pub(crate) fn run(arguments: &[&str]) -> Result<(), String> {
    let (targets, seconds) = parse(arguments)?;
    if output(&mut cargo(&["fuzz", "--version"])).is_err() {
        return Err(MISSING.to_owned());
    }
    let mut summary = Vec::new();
    let mut failed = false;
    for target in targets {
        println!("--- {}: {}, {seconds} s", target.name, target.what);
        let outcome = fuzz(target, seconds);
        failed |= outcome.is_err();
        summary.push(match outcome {
            Ok(speed) => format!("{} {speed} executions/s", target.name),
            Err(reason) => format!("{} FAILED: {reason}", target.name),
        });
    }
    let summary = summary.join(", ");
    if failed {
        return Err(format!("fuzz failed: {summary}"));
    }
    println!("fuzz passed: {summary}");
    Ok(())
}

fn parse(arguments: &[&str]) -> Result<(Vec<&'static Target>, u32), String> {
    let mut targets = Vec::new();
    let mut seconds = SECONDS;
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        if *word == "--seconds" {
            let number = words.next().and_then(|number| number.parse().ok()).filter(|number| 0 < *number);
            seconds = number.ok_or_else(|| format!("--seconds wants a number above 0\n\n{USAGE}"))?;
        } else {
            let found = TARGETS.iter().find(|target| target.name == *word);
            targets.push(found.ok_or_else(|| format!("there is no target {word:?}; the targets are\n{}", list()))?);
        }
    }
    if targets.is_empty() {
        targets.extend(TARGETS);
    }
    Ok((targets, seconds))
}

fn list() -> String {
    TARGETS.iter().map(|target| format!("  {:<18}{}", target.name, target.what)).collect::<Vec<_>>().join("\n")
}

/// Runs a target and returns how often a second its function was called.
fn fuzz(target: &Target, seconds: u32) -> Result<String, String> {
    let directory = root().join("target/fuzz");
    let corpus = directory.join("corpus").join(target.name);
    let seeds = directory.join("seeds").join(target.name);
    fs::create_dir_all(&corpus).map_err(|error| format!("{}: {error}", corpus.display()))?;
    write_seeds(target, &seeds).map_err(|error| format!("its seeds: {error}"))?;
    let mut command = cargo(&["fuzz", "run", "--fuzz-dir", "tests/fuzz", "--target-dir", "target/fuzz/build"]);
    command.arg(target.name).args([&corpus, &seeds]);
    command.args(["--", &format!("-max_total_time={seconds}"), "-print_final_stats=1"]);
    // The sanitizer is a switch of nightly compilers; this lets a stable one have it too.
    command.env("RUSTC_BOOTSTRAP", "1").stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|error| format!("cargo fuzz cannot be started: {error}"))?;
    let mut speed = None;
    for line in BufReader::new(child.stderr.take().expect("it was piped above")).lines() {
        let line = line.map_err(|error| format!("cargo fuzz: {error}"))?;
        eprintln!("{line}");
        speed = speed.or_else(|| line.strip_prefix("stat::average_exec_per_sec:").map(|rest| rest.trim().to_owned()));
    }
    let status = child.wait().map_err(|error| format!("cargo fuzz: {error}"))?;
    if !status.success() {
        return Err("why stands above".to_owned());
    }
    speed.ok_or_else(|| "it did not say how fast it was".to_owned())
}

/// Writes the seeds afresh, one file each.
fn write_seeds(target: &Target, directory: &Path) -> std::io::Result<()> {
    if directory.is_dir() {
        fs::remove_dir_all(directory)?;
    }
    fs::create_dir_all(directory)?;
    let data = root().join("tests");
    let mut inputs = Vec::new();
    for seed in target.seeds {
        match seed {
            Seed::Files(name) => {
                for entry in fs::read_dir(data.join(name))? {
                    let path = entry?.path();
                    if path.is_file() {
                        inputs.push(fs::read(path)?);
                    }
                }
            }
            Seed::Cells(name) => {
                let text = fs::read_to_string(data.join(name))?;
                inputs.extend(text.split(['\t', '\n']).map(|cell| cell.as_bytes().to_vec()));
            }
            Seed::Text(text) => inputs.push(text.as_bytes().to_vec()),
        }
    }
    inputs.iter_mut().for_each(|input| input.truncate(LONGEST));
    inputs.sort();
    inputs.dedup();
    for (number, input) in inputs.iter().enumerate() {
        fs::write(directory.join(format!("{number:04}")), input)?;
    }
    Ok(())
}
