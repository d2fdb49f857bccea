//! What a process cost from its start to its end.

use std::{
    fs,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use crate::outcome::Outcome;

/// What a process cost from its start to its end.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cost {
    /// The time on a CPU of all its threads, in seconds.
    pub(crate) cpu: f64,
    /// The most memory that it held, in MiB.
    pub(crate) rss: f64,
    /// From its start to its end, in seconds.
    pub(crate) wall: f64,
}

impl Cost {
    /// Runs a command to its end, which must be a good one.
    pub(crate) fn of(command: &mut Command) -> Outcome<Self> {
        let program = command.get_program().to_owned();
        let began = Instant::now();
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        let directory = format!("/proc/{}", child.id());
        let mut rss = 0;
        // Until it is waited for, a process that has ended keeps its times, but no longer its memory.
        let ticks = loop {
            let stat = fs::read_to_string(format!("{directory}/stat"))?;
            let (state, ticks) = state_and_ticks(&stat).ok_or("the kernel's file about a process is unknown")?;
            if state == "Z" {
                break ticks;
            }
            rss = rss.max(peak(&fs::read_to_string(format!("{directory}/status"))?).unwrap_or(0));
            thread::sleep(Duration::from_millis(2));
        };
        let wall = began.elapsed().as_secs_f64();
        let status = child.wait()?;
        if !status.success() {
            return Err(format!("{} ended with {status}", program.display()).into());
        }
        Ok(Self { cpu: ticks as f64 / 100.0, rss: rss as f64 / 1024.0, wall })
    }
}

/// The state of a process and its time, in user and kernel mode, in hundredths of a second.
fn state_and_ticks(stat: &str) -> Option<(&str, u64)> {
    let (_, rest) = stat.rsplit_once(") ")?;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    Some((fields.first()?, fields.get(11)?.parse::<u64>().ok()? + fields.get(12)?.parse::<u64>().ok()?))
}

/// The most memory so far, in KiB.
fn peak(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_of_the_kernel_stand_at_their_places() {
        let stat = "7 (a) b) Z 1 2 3 4 5 6 7 8 9 10 110 20 13 14";
        assert_eq!(state_and_ticks(stat), Some(("Z", 130)));
        assert_eq!(peak("Name:\tbench\nVmHWM:\t    3712 kB\n"), Some(3712));
    }

    #[test]
    fn a_program_that_fails_has_no_cost() {
        assert!(Cost::of(&mut Command::new("false")).is_err());
        assert!(Cost::of(&mut Command::new("true")).unwrap().cpu < 1.0);
    }
}
