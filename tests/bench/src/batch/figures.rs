//! The figures as tables in Markdown, and the goals.

use std::fmt;

use serde_json::{Value, json};

use crate::{
    cost::Cost,
    sample::is_contended,
    spread::{Spread, spread},
    table::line,
};

/// What runs in a turn.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Who {
    Command,
    Library,
    /// The library, with results that no crash loses.
    Lasting,
    /// The command, when there is nothing left to do.
    Again,
    /// The command with fewer files.
    Few,
}

impl Who {
    const ALL: [Self; 5] = [Self::Command, Self::Library, Self::Lasting, Self::Again, Self::Few];

    /// The folder that it reads.
    pub(super) const fn inputs(self) -> &'static str {
        match self {
            Self::Command | Self::Library | Self::Lasting | Self::Again => "many",
            Self::Few => "few",
        }
    }

    /// How the folder begins that it writes into.
    pub(super) const fn results(self) -> &'static str {
        match self {
            Self::Command | Self::Again => "command",
            Self::Library => "library",
            Self::Lasting => "lasting",
            Self::Few => "fewer",
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Command => "command",
            Self::Library => "library",
            Self::Lasting => "lasting",
            Self::Again => "again",
            Self::Few => "few",
        }
    }
}

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Command => "`stt transcribe -O`",
            Self::Library => "the client library alone",
            Self::Lasting => "the client library, with results that last",
            Self::Again => "`stt transcribe -O` again",
            Self::Few => "`stt transcribe -O`, fewer files",
        })
    }
}

/// One run of a program.
pub(super) struct Turn {
    pub(super) round: usize,
    pub(super) who: Who,
    pub(super) files: u32,
    pub(super) cost: Cost,
    /// What the emulator was asked meanwhile.
    pub(super) requests: u64,
    /// The load of others meanwhile, in per cent of one CPU.
    pub(super) foreign: f64,
}

impl Turn {
    /// A line of the file with all measurements.
    pub(super) fn json(&self) -> Value {
        let Self { round, who, files, cost: Cost { cpu, rss, wall }, requests, foreign } = self;
        json!({
            "round": round, "who": who.name(), "files": files, "cpu": cpu, "rss": rss, "seconds": wall,
            "requests": requests, "foreign": foreign, "contended": is_contended(*foreign),
        })
    }

    /// CPU time for each file, in microseconds.
    fn cpu(&self) -> f64 {
        self.cost.cpu * 1e6 / f64::from(self.files)
    }
}

/// Everything that was measured.
#[derive(Default)]
pub(super) struct Figures {
    pub(super) turns: Vec<Turn>,
}

impl Figures {
    /// What each program costs.
    pub(super) fn costs(&self) -> String {
        let mut table = String::from(
            "| What runs | files | s | CPU µs for each file | of the library's | peak MiB | requests | load of others % |\n\
             | --- | --- | --- | --- | --- | --- | --- | --- |\n",
        );
        for who in Who::ALL {
            let turns: Vec<&Turn> = self.turns_of(who).collect();
            let of = |figure: fn(&Turn) -> f64| spread(turns.iter().map(|turn| figure(turn)).collect());
            let contended = turns.iter().filter(|turn| is_contended(turn.foreign)).count();
            let mark = if contended == 0 { String::new() } else { format!(", contended {contended}/{}", turns.len()) };
            line(
                &mut table,
                &[
                    who.to_string(),
                    turns.first().map(|turn| turn.files.to_string()).unwrap_or_default(),
                    text(of(|turn| turn.cost.wall), 2),
                    text(of(Turn::cpu), 0),
                    text(self.ratio(who, Who::Library), 2),
                    text(of(|turn| turn.cost.rss), 1),
                    text(of(|turn| turn.requests as f64), 0),
                    text(of(|turn| turn.foreign), 0) + &mark,
                ],
            );
        }
        table
    }

    /// What should be reached beside what is.
    pub(super) fn goals(&self) -> String {
        let mut table = String::from("| Goal | | measured | reached |\n| --- | --- | --- | --- |\n");
        let mut goal =
            |what: &str, limit: &str, measured: Option<Spread>, digits: usize, reached: fn(Spread) -> bool| {
                let verdict = if measured.is_some_and(reached) { "yes" } else { "no" };
                line(&mut table, &[what.to_owned(), limit.to_owned(), text(measured, digits), verdict.to_owned()]);
            };
        let of = |who, figure: fn(&Turn) -> f64| spread(self.turns_of(who).map(figure).collect());
        let cpu = self.ratio(Who::Command, Who::Library);
        goal("CPU time of the command, of the library's", "< 1.1", cpu, 2, |cpu| cpu.median < 1.1);
        let lasting = self.ratio(Who::Command, Who::Lasting);
        goal("the same, where results last", "< 1.1", lasting, 2, |cpu| cpu.median < 1.1);
        goal("KiB more for 1,000 files more", "≤ 1024", self.growth(), 0, |growth| growth.median <= 1024.0);
        let spare = of(Who::Command, |turn| turn.requests as f64 - f64::from(turn.files));
        goal("requests beyond one for each file", "0", spare, 0, |spare| spare.most == 0.0);
        let again = of(Who::Again, |turn| turn.requests as f64);
        goal("requests of a second run", "0", again, 0, |again| again.most == 0.0);
        goal("s that a second run takes", "≤ 2", of(Who::Again, |turn| turn.cost.wall), 2, |wall| wall.median <= 2.0);
        table
    }

    /// How much more memory is held at most for 1,000 files more, in KiB.
    fn growth(&self) -> Option<Spread> {
        let growth = |many: &Turn, few: &Turn| {
            (many.cost.rss - few.cost.rss) * 1024.0 / (f64::from(many.files - few.files) / 1000.0)
        };
        self.compare(Who::Command, Who::Few, growth)
    }

    /// The CPU time for each file over that of another program.
    fn ratio(&self, who: Who, other: Who) -> Option<Spread> {
        self.compare(who, other, |turn, other| turn.cpu() / other.cpu())
    }

    /// What two programs did in the same round.
    fn compare(&self, who: Who, other: Who, value: impl Fn(&Turn, &Turn) -> f64) -> Option<Spread> {
        let in_round = |turn: &Turn| self.turns_of(other).find(|other| other.round == turn.round);
        spread(self.turns_of(who).filter_map(|turn| Some(value(turn, in_round(turn)?))).collect())
    }

    fn turns_of(&self, who: Who) -> impl Iterator<Item = &Turn> {
        self.turns.iter().filter(move |turn| turn.who == who)
    }
}

fn text(spread: Option<Spread>, digits: usize) -> String {
    spread.map_or_else(|| "-".to_owned(), |spread| format!("{spread:.digits$}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turn(round: usize, who: Who, files: u32, cpu: f64, rss: f64) -> Turn {
        let foreign = if round == 0 { 1.0 } else { 9.0 };
        Turn { round, who, files, cost: Cost { cpu, rss, wall: 1.5 }, requests: u64::from(files), foreign }
    }

    fn figures() -> Figures {
        let turns = vec![
            turn(0, Who::Command, 10_000, 4.0, 20.0),
            turn(0, Who::Library, 10_000, 2.0, 9.0),
            turn(0, Who::Few, 1_000, 0.4, 11.0),
            turn(1, Who::Command, 10_000, 3.0, 20.0),
            turn(1, Who::Library, 10_000, 3.0, 9.0),
            turn(1, Who::Few, 1_000, 0.4, 11.0),
            Turn { requests: 0, ..turn(0, Who::Again, 10_000, 0.1, 9.0) },
        ];
        Figures { turns }
    }

    #[test]
    fn the_command_is_compared_with_the_library_within_a_round() {
        let costs = figures().costs();
        let row = costs.lines().find(|row| row.starts_with("| `stt transcribe -O` |")).unwrap();
        assert_eq!(
            row,
            "| `stt transcribe -O` | 10000 | 1.50 (1.50-1.50) | 350 (300-400) | 1.50 (1.00-2.00) | 20.0 (20.0-20.0) \
             | 10000 (10000-10000) | 5 (1-9), contended 1/2 |"
        );
        let goals = figures().goals();
        assert!(goals.contains("| CPU time of the command, of the library's | < 1.1 | 1.50 (1.00-2.00) | no |"));
    }

    #[test]
    fn memory_grows_by_what_many_files_take_more_than_few() {
        // 9 MiB for 9,000 files.
        let goals = figures().goals();
        assert!(goals.contains("| KiB more for 1,000 files more | ≤ 1024 | 1024 (1024-1024) | yes |"), "{goals}");
    }

    #[test]
    fn a_second_run_that_asks_once_has_missed_its_goal() {
        let mut figures = figures();
        assert!(figures.goals().contains("| requests of a second run | 0 | 0 (0-0) | yes |"));
        figures.turns.push(Turn { requests: 1, ..turn(1, Who::Again, 10_000, 0.1, 9.0) });
        assert!(figures.goals().contains("| requests of a second run | 0 | 0 (0-1) | no |"), "{}", figures.goals());
    }
}
