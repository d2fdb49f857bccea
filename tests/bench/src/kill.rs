//! `kill -9` of runs that write into a folder, again and again, and what must hold after each.
//!
//! A campaign is one folder of results: runs begin, are killed at moments that a seed tells, and go on a few times, until
//! one comes to its end. What is in the folder is looked at after each of them, and in the end it must be what a run leaves that
//! nobody killed.

mod look;

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, ExitStatus, Stdio},
    thread,
    time::{Duration, Instant},
};

use stt_emulator::{SynthOptions, synth};
use tempfile::TempDir;

use self::look::{Found, Truth};
use crate::{
    outcome::Outcome,
    process::{Pin, built},
    random::Random,
    served::Served,
    spread::spread,
    table::line,
};

/// What was asked for.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct Choices {
    times: usize,
    seed: u64,
}

impl Choices {
    pub(crate) fn parse(words: &[&str]) -> Outcome<Self> {
        let mut choices = Self { times: 200, seed: 1 };
        let mut words = words.iter();
        while let Some(word) = words.next() {
            match *word {
                "--times" => choices.times = words.next().ok_or(USAGE)?.parse()?,
                "--seed" => choices.seed = words.next().ok_or(USAGE)?.parse()?,
                _ => return Err(USAGE.into()),
            }
        }
        Ok(choices)
    }
}

/// Kills, and prints what came out. The first law that is broken is an error, and what broke it is left where it is.
pub(crate) fn run(choices: &Choices) -> Outcome<()> {
    let folder = TempDir::new()?;
    let served = Served::start(Pin { pinned: false }, &built("stt-emulator")?, &EMULATOR)?;
    // Before anybody has asked it anything.
    let idle = served.open_files()?;
    let desk = Desk { program: built("stt")?, folder: folder.path(), served, idle };
    let result = desk.kill(choices);
    if result.is_err() {
        eprintln!("what is there is left in {}", folder.keep().display());
    }
    let kills = result.map_err(|error| format!("{error} (--seed {})", choices.seed))?;
    println!("{}", kills.table(choices));
    Ok(())
}

/// Where the program runs.
struct Desk<'a> {
    program: PathBuf,
    folder: &'a Path,
    served: Served,
    /// Files that the emulator has open when nobody is connected with it.
    idle: usize,
}

/// What the kills came to.
#[derive(Default)]
struct Kills {
    /// After how many milliseconds a run was killed, and how many inputs were done then.
    moments: Vec<f64>,
    done: Vec<f64>,
    /// How many files each left half written, and how many requests it wasted.
    parts: Vec<f64>,
    wasted: Vec<f64>,
    campaigns: usize,
}

/// How long runs take that nobody kills: the first one, and one that has nothing to do.
#[derive(Clone, Copy)]
struct Usual {
    whole: Duration,
    idle: Duration,
}

impl Desk<'_> {
    fn kill(&self, choices: &Choices) -> Outcome<Kills> {
        let mut kills = Kills::default();
        self.prepare()?;
        let (truth, usual) = self.undisturbed()?;
        let mut random = Random::new(choices.seed);
        let mut in_vain = 0;
        while kills.moments.len() < choices.times {
            let before = kills.moments.len();
            self.campaign(&mut kills, choices.times, &truth, usual, &mut random)?;
            kills.campaigns += 1;
            eprintln!("{} of {} kills", kills.moments.len(), choices.times);
            in_vain = if kills.moments.len() == before { in_vain + 1 } else { 0 };
            if LONGEST <= in_vain {
                return Err("no run could be killed before its end".into());
            }
        }
        Ok(kills)
    }

    /// Writes the inputs, each of which says its own name.
    fn prepare(&self) -> Outcome<()> {
        for number in 0..FILES {
            let path = self.folder.join(INPUTS).join(format!("{}/{}.wav", place(number), name(number)));
            fs::create_dir_all(path.parent().ok_or("a file lies in a folder")?)?;
            fs::write(path, synth(&said(number), &SynthOptions::default())?)?;
        }
        Ok(())
    }

    /// What a run leaves that nobody disturbs. Its texts are known without it.
    fn undisturbed(&self) -> Outcome<(Truth, Usual)> {
        let results = self.folder.join("undisturbed");
        let whole = self.to_the_end(&results, FILES as u64)?;
        let truth = Truth::of(&results)?;
        truth
            .check_texts((0..FILES).map(|number| (format!("{}/{}.txt", place(number), name(number)), said(number))))?;
        let idle = self.to_the_end(&results, 0)?;
        Ok((truth, Usual { whole, idle }))
    }

    /// One folder of results, from nothing until all is done.
    fn campaign(
        &self,
        kills: &mut Kills,
        times: usize,
        truth: &Truth,
        usual: Usual,
        random: &mut Random,
    ) -> Outcome<()> {
        let results = self.folder.join(format!("campaign-{}", kills.campaigns));
        let (mut left, mut killed) = (FILES, 0);
        let began = self.served.asked()?;
        while killed < KILLS && kills.moments.len() < times {
            let asked = self.served.asked()?;
            // Somewhat more than it takes, so that the end of a run has its share.
            let rest = usual.idle + usual.whole.saturating_sub(usual.idle) * left as u32 / FILES as u32;
            let moment = rest.mul_f32(random.between(0.0, 1.1));
            let status = self.for_so_long(&results, moment)?;
            let kill = format!("kill {} after {moment:?}", kills.moments.len() + 1);
            if let Some(code) = status.code() {
                if code != 0 {
                    return Err(format!("a run that went on after kills ended with {status}").into());
                }
                break;
            }
            let found = Found::in_folder(&results, truth).map_err(|broken| format!("{kill}: {broken}"))?;
            let asked = self.settled()? - asked;
            let done = (found.done + left).saturating_sub(FILES) as u64;
            if done + JOBS < asked {
                return Err(format!("{kill}: {asked} requests for {done} results").into());
            }
            killed += 1;
            left = FILES - found.done;
            kills.moments.push(moment.as_secs_f64() * 1000.0);
            kills.done.push(found.done as f64);
            kills.parts.push(found.parts as f64);
            kills.wasted.push(asked as f64 - done as f64);
        }
        self.finish(&results, truth)?;
        let asked = self.served.asked()? - began;
        if FILES as u64 + killed * JOBS < asked {
            return Err(format!("{asked} requests for {FILES} files and {killed} kills").into());
        }
        fs::remove_dir_all(&results)?;
        Ok(())
    }

    /// Lets a run come to its end, after which everything is as if nobody had been killed.
    fn finish(&self, results: &Path, truth: &Truth) -> Outcome<()> {
        let status = self.command(results).status()?;
        if !status.success() {
            return Err(format!("the last run ended with {status}").into());
        }
        let check = || Found::in_folder(results, truth).and_then(|found| found.is_all_of(truth));
        check()?;
        self.to_the_end(results, 0)?;
        Ok(check()?)
    }

    /// A run that must end well after so many requests, and how long it took.
    fn to_the_end(&self, results: &Path, requests: u64) -> Outcome<Duration> {
        let (began, asked) = (Instant::now(), self.served.asked()?);
        let status = self.command(results).status()?;
        let (took, asked) = (began.elapsed(), self.served.asked()? - asked);
        match status.success() && asked == requests {
            true => Ok(took),
            false => Err(format!("{status} after {asked} requests in place of {requests}").into()),
        }
    }

    /// A run that is killed after so long, unless it has ended.
    fn for_so_long(&self, results: &Path, time: Duration) -> Outcome<ExitStatus> {
        let mut child = self.command(results).spawn()?;
        thread::sleep(time);
        child.kill()?;
        Ok(child.wait()?)
    }

    /// How many requests have come, when the emulator is done with those of a run that was killed.
    fn settled(&self) -> Outcome<u64> {
        let killed = Instant::now();
        while self.idle < self.served.open_files()? {
            if SETTLED < killed.elapsed() {
                return Err("the emulator keeps the connections of a run that was killed".into());
            }
            thread::sleep(Duration::from_millis(1));
        }
        self.served.asked()
    }

    fn command(&self, results: &Path) -> Command {
        let mut command = Command::new(&self.program);
        command.args(["transcribe", "-f", "txt", "-f", "json", "-j", &JOBS.to_string(), INPUTS]);
        command.args(["-l", "en-US", "-O"]).arg(results).current_dir(self.folder);
        // Nothing of the environment may change what it does.
        command.env_clear().env("PATH", env::var_os("PATH").unwrap_or_default());
        command.env("AZURE_SPEECH_ENDPOINT", format!("http://{}", self.served.address));
        command.env("AZURE_SPEECH_KEY", stt_emulator::KEY_1);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command
    }
}

impl Kills {
    fn table(&self, choices: &Choices) -> String {
        let Choices { times, seed } = choices;
        let mut table = format!(
            "{times} kills of runs with {FILES} files, {JOBS} at once, seed {seed}: every law was kept.\n\n\
             | | median (least-most) |\n| --- | --- |\n"
        );
        let mut row = |what: &str, values: &[f64], digits: usize| {
            let text = spread(values.to_vec()).map_or_else(|| "-".to_owned(), |spread| format!("{spread:.digits$}"));
            line(&mut table, &[what.to_owned(), text]);
        };
        row("ms from the start of a run to its kill", &self.moments, 0);
        row("files that were done by then", &self.done, 0);
        row("files that were left half written", &self.parts, 0);
        row("requests that a kill wasted", &self.wasted, 0);
        format!("{table}\n{} folders of results were finished.\n", self.campaigns)
    }
}

/// Where an input is below the inputs, so that results go into several folders.
fn place(number: usize) -> &'static str {
    ["a", "b", "c/d"][number % 3]
}

fn name(number: usize) -> String {
    format!("n{number}")
}

fn said(number: usize) -> String {
    format!("This is {}.", name(number))
}

/// How to call this.
const USAGE: &str = "usage: bench kill [--times N] [--seed N]";

const INPUTS: &str = "in";

/// As many as take a run some tenths of a second.
const FILES: usize = 200;

/// How many requests are under way at once: as many may be made again for each kill.
const JOBS: u64 = 8;

/// Answers take long enough for kills to meet requests that are under way.
const EMULATOR: [&str; 4] = ["--journal-audio", "none", "--latency", "8ms±8ms"];

/// How long an emulator may take to see that nobody waits for its answers any more.
const SETTLED: Duration = Duration::from_secs(5);

/// How often runs are killed that go on in the same folder: what is left for the later ones is ever less.
const KILLS: u64 = 4;

/// Folders that may be finished without any kill, one after another.
const LONGEST: usize = 100;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_that_is_unknown_or_incomplete_is_refused() {
        let parsed = Choices::parse(&["--seed", "7", "--times", "3"]).unwrap();
        assert_eq!(parsed, Choices { times: 3, seed: 7 });
        assert!(Choices::parse(&["--times"]).is_err());
        assert!(Choices::parse(&["--times", "many"]).is_err());
        assert!(Choices::parse(&["--often"]).is_err());
    }
}
