//! The figures as tables in Markdown, and the goals.

use serde_json::{Value, json};

use super::asker::Asked;
use crate::{
    clips::Sent,
    process::Spent,
    spread::{Spread, spread},
    table::line,
};

/// Everything that was measured.
#[derive(Default)]
pub(super) struct Figures {
    /// How many milliseconds after its start the program listened.
    pub(super) ready: Vec<f64>,
    pub(super) turns: Vec<Turn>,
    pub(super) memory: Option<Memory>,
}

/// One kind of request in one round.
pub(super) struct Turn {
    pub(super) round: usize,
    pub(super) sent: Sent,
    pub(super) asked: Asked,
    /// What was spent meanwhile, by the server and by the whole machine.
    pub(super) spent: Spent,
}

/// What the emulator holds in memory, in MB, without the audio.
pub(super) struct Memory {
    pub(super) idle: f64,
    /// When the journal is full, and when as many requests have come again.
    pub(super) full: f64,
    pub(super) overfull: f64,
    /// How many requests were made, how many are kept, and which.
    pub(super) all: u64,
    pub(super) kept: u64,
    pub(super) oldest: u64,
    pub(super) last: u64,
}

impl Turn {
    /// Requests in a second.
    fn rate(&self) -> f64 {
        self.asked.timed as f64 / self.asked.seconds
    }

    /// CPU time of the server for one request, in microseconds.
    fn cpu(&self) -> f64 {
        self.spent.process as f64 / 1000.0 / self.asked.all as f64
    }

    /// The load of others meanwhile, in per cent of one CPU.
    fn foreign(&self) -> f64 {
        let others = self.spent.machine.saturating_sub(self.spent.process + self.asked.cpu);
        others as f64 / self.spent.wall as f64 * 100.0
    }

    /// A line of the file with all measurements.
    pub(super) fn json(&self) -> Value {
        let Self { round, sent, asked: Asked { all, timed, seconds, .. }, spent } = self;
        json!({
            "what": "rate", "round": round, "sent": sent.name(), "requests": all, "timed": timed, "seconds": seconds,
            "cpu": spent.process, "foreign": self.foreign(),
        })
    }
}

impl Memory {
    /// A line of the file with all measurements.
    pub(super) fn json(&self) -> Value {
        let Self { idle, full, overfull, all, kept, oldest, last } = self;
        json!({
            "what": "memory", "idle": idle, "full": full, "overfull": overfull, "requests": all, "kept": kept,
            "oldest": oldest, "last": last,
        })
    }

    /// Whether the journal holds the last requests, as many as it is to keep, and no others.
    fn forgets_the_oldest(&self) -> bool {
        let Self { all, kept, oldest, last, .. } = *self;
        kept == super::JOURNAL && last == all && oldest + kept == last + 1
    }
}

impl Figures {
    /// What the emulator answers in a second.
    pub(super) fn rates(&self) -> String {
        let mut table = String::from(
            "| Sent | per second | of counting | CPU µs each | load of others % |\n| --- | --- | --- | --- | --- |\n",
        );
        for sent in Sent::ALL {
            let turns = || self.turns.iter().filter(move |turn| turn.sent == sent);
            let of = |figure: fn(&Turn) -> f64| spread(turns().map(figure).collect());
            let (Some(rate), Some(cpu), Some(foreign)) = (of(Turn::rate), of(Turn::cpu), of(Turn::foreign)) else {
                continue;
            };
            let ratio = self.ratio(sent).map_or_else(|| "-".to_owned(), |ratio| ratio.to_string());
            line(
                &mut table,
                &[sent.to_string(), format!("{rate:.0}"), ratio, format!("{cpu:.0}"), format!("{foreign:.0}")],
            );
        }
        table
    }

    /// What should be reached beside what is.
    pub(super) fn goals(&self) -> String {
        let mut table = String::from("| Goal | | measured | reached |\n| --- | --- | --- | --- |\n");
        let mut goal = |what: &str, limit: &str, measured: Option<(String, bool)>| {
            let (measured, reached) = measured.unwrap_or_else(|| ("-".to_owned(), false));
            line(
                &mut table,
                &[what.to_owned(), limit.to_owned(), measured, if reached { "yes" } else { "no" }.to_owned()],
            );
        };
        let ready = spread(self.ready.clone()).map(|ready| (format!("{ready:.1}"), ready.most <= 100.0));
        goal("ms from the start until it listens", "≤ 100", ready);
        for (what, sent) in [("WAV", Sent::Wav), ("Ogg Opus", Sent::Opus)] {
            let rate = spread(self.turns.iter().filter(|turn| turn.sent == sent).map(Turn::rate).collect());
            let rate = rate.map(|rate| (format!("{rate:.0}"), 2_000.0 <= rate.median));
            goal(&format!("recognitions of 2 s of {what} in a second"), "≥ 2000", rate);
        }
        let memory = |most: f64, value: fn(&Memory) -> f64| {
            self.memory.as_ref().map(|memory| (format!("{:.1}", value(memory)), value(memory) < most))
        };
        goal("MB when nothing was asked", "< 15", memory(15.0, |memory| memory.idle));
        goal("MB with 10,000 requests, without their audio", "< 100", memory(100.0, |memory| memory.full));
        goal("MB when 10,000 more have come", "< 100", memory(100.0, |memory| memory.overfull));
        let kept = self.memory.as_ref().map(|memory| {
            let Memory { all, oldest, last, .. } = memory;
            (format!("{oldest} to {last} of {all}"), memory.forgets_the_oldest())
        });
        goal("requests that are kept", "the last 10000", kept);
        table
    }

    /// The rate over that of counting in the same round.
    fn ratio(&self, sent: Sent) -> Option<Spread> {
        let find = |round: usize, sent: Sent| {
            self.turns.iter().find(|turn| (turn.round, turn.sent) == (round, sent)).map(Turn::rate)
        };
        let rounds = self.turns.iter().map(|turn| turn.round + 1).max().unwrap_or(0);
        spread((0..rounds).filter_map(|round| Some(find(round, sent)? / find(round, Sent::Counted)?)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turn(round: usize, sent: Sent, timed: u64) -> Turn {
        let asked = Asked { all: 2 * timed, timed, seconds: 0.5, cpu: 500_000_000 };
        let spent = Spent { wall: 2_000_000_000, process: 1_000_000_000, machine: 1_600_000_000 };
        Turn { round, sent, asked, spent }
    }

    #[test]
    fn rates_are_compared_within_a_round() {
        let turns = vec![
            turn(0, Sent::Counted, 4_000),
            turn(0, Sent::Wav, 1_000),
            turn(1, Sent::Counted, 1_000),
            turn(1, Sent::Wav, 1_000),
        ];
        let figures = Figures { turns, ..Figures::default() };
        assert!(figures.rates().contains("| WAV | 2000 (2000-2000) | 0.62 (0.25-1.00) | 500 (500-500) | 5 (5-5) |"));
        let goals = figures.goals();
        assert!(
            goals.contains("| recognitions of 2 s of WAV in a second | ≥ 2000 | 2000 (2000-2000) | yes |"),
            "{goals}"
        );
        assert!(goals.contains("| recognitions of 2 s of Ogg Opus in a second | ≥ 2000 | - | no |"), "{goals}");
    }

    #[test]
    fn a_journal_that_keeps_the_first_or_too_few_is_noticed() {
        let kept = |oldest, last, kept| {
            Memory { idle: 4.0, full: 30.0, overfull: 30.0, all: 20_000, kept, oldest, last }.forgets_the_oldest()
        };
        assert!(kept(10_001, 20_000, 10_000));
        assert!(!kept(1, 10_000, 10_000));
        assert!(!kept(10_002, 20_000, 9_999));
    }
}
