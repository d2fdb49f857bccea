//! How many requests are under way at once, as it was typed.

use std::time::Duration;

use clap::{Args, ValueEnum};
use stt_hyper::Limiter;

/// How many requests are under way at once.
#[derive(Args, Clone, Copy, Debug)]
#[command(next_help_heading = "Sending")]
pub(crate) struct JobsArgs {
    /// How many requests are under way at once at most; it begins with few, and takes back what the service cannot
    /// bear; auto is 16.
    #[arg(short, long, value_name = "N|auto", default_value = "auto", value_parser = jobs)]
    jobs: u16,
    /// Where that begins: f0 (free) with one request, s0 (standard) with all.
    #[arg(long)]
    tier: Option<Tier>,
    /// Stop when so many seconds of audio have been sent, repeats among them.
    #[arg(long, value_name = "S", value_parser = audio_seconds)]
    pub(crate) max_audio_seconds: Option<Duration>,
}

/// What a resource is paid for.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
enum Tier {
    F0,
    S0,
}

impl JobsArgs {
    /// One request after the other.
    pub(crate) const fn one() -> Self {
        Self { jobs: 1, tier: None, max_audio_seconds: None }
    }

    /// How many at most.
    pub(crate) const fn most(self) -> u16 {
        self.jobs
    }

    /// The same, but no more than this many.
    pub(crate) fn at_most(self, most: u16) -> Self {
        Self { jobs: self.jobs.min(most), ..self }
    }

    /// What finds the level. Time that a request waits for its turn is not taken off its own.
    pub(crate) fn limiter(self) -> Limiter {
        let limiter = Limiter::auto(self.jobs.into()).patient();
        match self.tier {
            Some(Tier::F0) => limiter.start_at(1),
            Some(Tier::S0) => limiter.start_at(self.jobs.into()),
            None => limiter,
        }
    }
}

fn jobs(given: &str) -> Result<u16, String> {
    if given == "auto" {
        return Ok(AUTO);
    }
    given.parse().ok().filter(|jobs| (1..=MOST).contains(jobs)).ok_or(format!("it is 1 to {MOST}, or auto"))
}

fn audio_seconds(given: &str) -> Result<Duration, String> {
    let seconds = given.parse().ok().filter(|seconds| 0.0 < *seconds);
    seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()).ok_or("it is a number of seconds".to_owned())
}

/// A sixth of what a standard resource takes, so that it has room for others.
const AUTO: u16 = 16;

/// More than any resource takes without being asked for it: Microsoft's page on quotas and limits has 100 for S0.
const MOST: u16 = 256;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_level_begins_where_the_tier_says() {
        let allowed = |jobs: &str, tier| {
            let jobs = super::jobs(jobs).unwrap();
            JobsArgs { jobs, tier, max_audio_seconds: None }.limiter().state().allowed
        };
        assert_eq!((allowed("auto", None), allowed("2", None), allowed("1", None)), (4, 2, 1));
        assert_eq!((allowed("auto", Some(Tier::F0)), allowed("8", Some(Tier::S0))), (1, 8));
        for refused in ["0", "257", "-1", "many", ""] {
            assert!(jobs(refused).is_err(), "{refused}");
        }
    }
}
