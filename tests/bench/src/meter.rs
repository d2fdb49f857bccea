//! What one client costs, as its own process sees it.

use std::{
    fs,
    time::{Duration, Instant},
};

use rustix::time::{ClockId, clock_gettime};
use serde::{Deserialize, Serialize};

use crate::outcome::Outcome;

/// What one client cost in one go.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Measured {
    pub(crate) requests: u64,
    /// The median time of a request, in nanoseconds.
    pub(crate) p50: u64,
    /// The CPU time of the client per request, in nanoseconds.
    pub(crate) cpu: f64,
    /// The most memory that the process held, in KiB.
    pub(crate) rss: Option<u64>,
    /// Calls of `write` and `writev` per request. Calls of `send` are not in the kernel's count.
    pub(crate) writes: Option<f64>,
    /// What those calls wrote per request, in bytes.
    pub(crate) written: Option<f64>,
}

/// Counts requests: first those that warm up, then as many as fit into the time.
pub(crate) struct Meter {
    time: Duration,
    warm_up: u32,
    began: Option<(Instant, Counts)>,
    times: Vec<u64>,
}

impl Meter {
    pub(crate) const fn new(time: Duration) -> Self {
        Self { time, warm_up: WARM_UP, began: None, times: Vec::new() }
    }

    /// Whether there is one more request to make.
    pub(crate) fn goes_on(&mut self) -> Outcome<bool> {
        match &self.began {
            None if 0 < self.warm_up => self.warm_up -= 1,
            None => {
                self.times.clear();
                let counts = Counts::read();
                self.began = Some((Instant::now(), counts));
            }
            Some((began, _)) => return Ok(began.elapsed() < self.time),
        }
        Ok(true)
    }

    /// A request took so long.
    pub(crate) fn took(&mut self, time: Duration) {
        self.times.push(u64::try_from(time.as_nanos()).unwrap_or(u64::MAX));
    }

    pub(crate) fn finish(mut self) -> Outcome<Measured> {
        let (_, before) = self.began.take().ok_or("the measurement ended before it began")?;
        let after = Counts::read();
        let requests = self.times.len() as u64;
        self.times.sort_unstable();
        let p50 = self.times.get(self.times.len() / 2).copied().ok_or("not one request was made")?;
        let each = |before: u64, after: u64| (after - before) as f64 / requests as f64;
        // Who writes by `send` has no calls in this count, or only those of a stray wake-up.
        let io = before.io.zip(after.io).filter(|(before, after)| requests <= after.calls - before.calls);
        Ok(Measured {
            requests,
            p50,
            cpu: each(before.cpu, after.cpu),
            rss: peak_memory(),
            writes: io.map(|(before, after)| each(before.calls, after.calls)),
            written: io.map(|(before, after)| each(before.bytes, after.bytes)),
        })
    }
}

/// The kernel's counts of this process.
struct Counts {
    cpu: u64,
    io: Option<Io>,
}

impl Counts {
    /// The time is that of all threads, those that have ended too.
    fn read() -> Self {
        let io = fs::read_to_string("/proc/self/io").ok();
        let io = io.and_then(|io| Some(Io { calls: field(&io, "syscw:")?, bytes: field(&io, "wchar:")? }));
        Self { cpu: own_cpu_time(), io }
    }
}

/// The CPU time of this process, in nanoseconds.
pub(crate) fn own_cpu_time() -> u64 {
    let cpu = clock_gettime(ClockId::ProcessCPUTime);
    (cpu.tv_sec * 1_000_000_000 + cpu.tv_nsec) as u64
}

#[derive(Clone, Copy)]
struct Io {
    calls: u64,
    bytes: u64,
}

fn peak_memory() -> Option<u64> {
    field(&fs::read_to_string("/proc/self/status").ok()?, "VmHWM:")
}

/// The time on a CPU, in nanoseconds, which a `schedstat` file begins with.
pub(crate) fn cpu_time(schedstat: &str) -> Outcome<u64> {
    let first = schedstat.split_whitespace().next().ok_or("the kernel keeps no schedstat")?;
    Ok(first.parse()?)
}

/// The number after a name at the beginning of a line.
pub(crate) fn field(text: &str, name: &str) -> Option<u64> {
    let rest = text.lines().find_map(|line| line.strip_prefix(name))?;
    rest.split_whitespace().next()?.parse().ok()
}

/// Enough for connections, caches and allocators to come to rest.
const WARM_UP: u32 = 200;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_of_the_kernel_are_read_by_name() {
        assert_eq!(cpu_time("340972706 116988 20\n").unwrap(), 340_972_706);
        assert_eq!(field("Name:\tbench\nVmHWM:\t    3712 kB\n", "VmHWM:"), Some(3712));
        assert_eq!(field("rchar: 1\nwchar: 70\nsyscw: 3\n", "syscw:"), Some(3));
        assert_eq!(field("VmRSS:\t1 kB\n", "VmHWM:"), None);
    }

    #[test]
    fn requests_that_warm_up_are_not_counted() {
        let mut meter = Meter::new(Duration::ZERO);
        let mut made = 0;
        while meter.goes_on().unwrap() {
            made += 1;
            meter.took(Duration::from_nanos(if made <= WARM_UP { 9 } else { 5 }));
        }
        let measured = meter.finish().unwrap();
        assert_eq!((measured.requests, measured.p50), (1, 5));
    }
}
