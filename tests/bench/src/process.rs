//! Other processes: on the same core, and with their CPU time known to the end.

use std::{
    env, fs,
    io::{BufRead, BufReader, Read, Write},
    net::SocketAddr,
    path::PathBuf,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use crate::{meter::cpu_time, outcome::Outcome};

/// How processes get to the one core.
#[derive(Clone, Copy)]
pub(crate) struct Pin {
    /// Whether there is a `taskset`, and a core that it may use.
    pub(crate) pinned: bool,
}

impl Pin {
    pub(crate) fn find() -> Self {
        let tried = Command::new("taskset").args(["-c", CORE, "true"]).stderr(Stdio::null()).status();
        Self { pinned: tried.is_ok_and(|status| status.success()) }
    }

    /// A program that will run on the core, if that is possible.
    pub(crate) fn command(self, program: &str) -> Command {
        self.on(CORE, program)
    }

    /// This program itself, on the core.
    pub(crate) fn own(self) -> Outcome<Command> {
        Ok(self.command(&own_program()?))
    }

    /// A program that will run on another core.
    pub(crate) fn beside(self, program: &str) -> Command {
        self.on(OTHER_CORE, program)
    }

    /// This program itself, on another core.
    pub(crate) fn own_beside(self) -> Outcome<Command> {
        Ok(self.beside(&own_program()?))
    }

    fn on(self, core: &str, program: &str) -> Command {
        if !self.pinned {
            return Command::new(program);
        }
        let mut command = Command::new("taskset");
        command.args(["-c", core, program]);
        command
    }
}

/// A program of this workspace, which `cargo xtask` builds beside this one where it is measured.
pub(crate) fn built(name: &str) -> Outcome<PathBuf> {
    let program = env::current_exe()?.with_file_name(name);
    match program.exists() {
        true => Ok(program),
        false => {
            Err(format!("{} is not built: `cargo xtask bench` and `cargo xtask kill` build it", program.display())
                .into())
        }
    }
}

fn own_program() -> Outcome<String> {
    let program = env::current_exe()?;
    Ok(program.to_str().ok_or("the path of this program is not UTF-8")?.to_owned())
}

/// The server in its process, which ends with this value.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
}

impl Server {
    /// A server that expects so many bytes of audio in each request.
    pub(crate) fn start(pin: Pin, audio: usize) -> Outcome<Self> {
        let mut child =
            pin.own()?.args(["serve", &audio.to_string()]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().ok_or("the server has no output")?).read_line(&mut line)?;
        Ok(Self { address: line.trim().parse()?, child })
    }

    pub(crate) fn process(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

/// What a process printed, and the CPU time of its main thread from start to end in nanoseconds.
pub(crate) fn finish(command: &mut Command, input: &[u8]) -> Outcome<(String, u64)> {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    // Whoever does not want the input may have ended before it is written; how it ended tells more.
    let _ = child.stdin.take().ok_or("the process has no input")?.write_all(input);
    let mut printed = String::new();
    child.stdout.take().ok_or("the process has no output")?.read_to_string(&mut printed)?;
    let directory = format!("/proc/{}", child.id());
    let asked = Instant::now();
    // Until it is waited for, a process that has ended keeps its entry, with all of its time in it.
    while !has_ended(&fs::read_to_string(format!("{directory}/stat"))?) {
        if END < asked.elapsed() {
            child.kill()?;
        }
        thread::sleep(Duration::from_millis(1));
    }
    let cpu = cpu_time(&fs::read_to_string(format!("{directory}/schedstat"))?)?;
    let status = child.wait()?;
    if !status.success() {
        return Err(format!("{} ended with {status}", command.get_program().display()).into());
    }
    Ok((printed, cpu))
}

/// Whether the state that follows the name of the program is that of a process that has ended.
fn has_ended(stat: &str) -> bool {
    stat.rsplit_once(") ").is_some_and(|(_, rest)| rest.starts_with('Z'))
}

/// How busy the machine is, with and without what belongs to this benchmark.
pub(crate) struct Load {
    at: Instant,
    /// Of all CPUs, in nanoseconds.
    busy: u64,
    /// Of the server and of this process.
    own: u64,
}

impl Load {
    pub(crate) fn read(server: &Server) -> Outcome<Self> {
        let own = |process: &str| cpu_time(&fs::read_to_string(format!("/proc/{process}/schedstat"))?);
        let busy = busy(&fs::read_to_string("/proc/stat")?).ok_or("/proc/stat does not say how busy the CPUs are")?;
        Ok(Self { at: Instant::now(), busy, own: own("self")? + own(&server.child.id().to_string())? })
    }

    /// The load of others since this was read, in per cent of one CPU; `clients` is the CPU time of those that ran.
    pub(crate) fn foreign(&self, server: &Server, clients: u64) -> Outcome<f64> {
        let now = Self::read(server)?;
        let own = now.own - self.own + clients;
        let foreign = (now.busy - self.busy).saturating_sub(own);
        Ok(foreign as f64 / (now.at - self.at).as_nanos() as f64 * 100.0)
    }
}

/// What a process, with all of its threads, and the whole machine have spent so far.
pub(crate) struct Busy {
    at: Instant,
    id: u32,
    process: u64,
    machine: u64,
}

/// What was spent between two moments, in nanoseconds.
#[derive(Clone, Copy)]
pub(crate) struct Spent {
    pub(crate) wall: u64,
    pub(crate) process: u64,
    pub(crate) machine: u64,
}

impl Busy {
    pub(crate) fn read(id: u32) -> Outcome<Self> {
        let process = own_time(&fs::read_to_string(format!("/proc/{id}/stat"))?).ok_or("a process without times")?;
        let machine =
            busy(&fs::read_to_string("/proc/stat")?).ok_or("/proc/stat does not say how busy the CPUs are")?;
        Ok(Self { at: Instant::now(), id, process, machine })
    }

    pub(crate) fn until_now(&self) -> Outcome<Spent> {
        let now = Self::read(self.id)?;
        let wall = u64::try_from((now.at - self.at).as_nanos())?;
        Ok(Spent { wall, process: now.process - self.process, machine: now.machine.saturating_sub(self.machine) })
    }
}

/// The CPU time of all threads of a process, which its `stat` has in user and in system mode.
fn own_time(stat: &str) -> Option<u64> {
    let mut times = stat.rsplit_once(") ")?.1.split(' ').skip(11);
    let mut next = || times.next()?.parse::<u64>().ok();
    Some((next()? + next()?) * TICK)
}

/// The time that all CPUs were busy, from the first line of `/proc/stat`: everything but idling and waiting for disks.
fn busy(stat: &str) -> Option<u64> {
    let ticks: Option<Vec<u64>> =
        stat.lines().next()?.split_whitespace().skip(1).map(|tick| tick.parse().ok()).collect();
    let ticks = ticks?;
    let [user, nice, system, _idle, _disk, interrupts, soft, stolen, ..] = ticks.as_slice() else { return None };
    Some((user + nice + system + interrupts + soft + stolen) * TICK)
}

/// The second CPU, because much else runs on the first.
const CORE: &str = "1";

/// Where the other side runs if it is not to share the core.
const OTHER_CORE: &str = "0";

/// What `/proc` counts in: hundredths of a second, in nanoseconds.
const TICK: u64 = 10_000_000;

/// How long a process may take to end when it has closed its output.
const END: Duration = Duration::from_secs(10);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_is_not_being_busy() {
        let stat = "cpu  1 2 4 1000 2000 8 16 32 64 128\ncpu0 9 9 9 9 9 9 9 9 9 9\n";
        assert_eq!(busy(stat), Some((1 + 2 + 4 + 8 + 16 + 32) * 10_000_000));
        assert_eq!(busy("cpu 1 2"), None);
    }

    #[test]
    fn the_time_of_a_process_is_that_in_user_and_in_system_mode() {
        let stat = "7 (a) 9 9) S 1 7 7 0 -1 4194560 86 0 0 0 3 4 100 200 20 0 1 0 500 9";
        assert_eq!(own_time(stat), Some((3 + 4) * 10_000_000));
        assert_eq!(own_time("7 (a) S 1"), None);
    }

    #[test]
    fn the_state_of_a_process_follows_its_name_whatever_that_is() {
        assert!(has_ended("7 (a) R) Z 1 7"));
        assert!(!has_ended("7 (a) Z) S 1 7"));
    }
}
