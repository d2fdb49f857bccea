//! The figures as tables in Markdown, and the goals.

use serde_json::{Value, json};

use super::{material::Format, program::Program, quality::Quality};
use crate::{
    cost::Cost,
    spread::{Spread, spread},
    table::line,
};

/// Everything that was measured.
#[derive(Default)]
pub(super) struct Figures {
    pub(super) costs: Vec<Turn>,
    pub(super) growths: Vec<Growth>,
    pub(super) qualities: Vec<(Program, u32, Quality)>,
}

/// What one conversion cost.
pub(super) struct Turn {
    pub(super) format: Format,
    pub(super) program: Program,
    pub(super) round: usize,
    pub(super) cost: Cost,
}

/// What a long file costs.
pub(super) struct Growth {
    pub(super) format: Format,
    /// Peak memory while a minute is converted, and while the long file is, in MiB.
    pub(super) short: f64,
    pub(super) long: f64,
    /// How long it takes to look what the long file is, in milliseconds.
    pub(super) look: Spread,
}

impl Turn {
    /// A line of the file with all measurements.
    pub(super) fn json(&self, seconds: u32) -> Value {
        let Self { format, program, round, cost: Cost { cpu, rss, .. } } = self;
        let (format, program) = (format.name(), program.name());
        json!({"format": format, "program": program, "round": round, "seconds": seconds, "cpu": cpu, "rss": rss})
    }
}

impl Figures {
    /// What each program costs.
    pub(super) fn costs(&self) -> String {
        let mut table =
            String::from("| Format | Program | CPU s | of ffmpeg | peak MiB |\n| --- | --- | --- | --- | --- |\n");
        for format in Format::ALL {
            for program in Program::ALL {
                let of = |figure: fn(&Cost) -> f64| {
                    let turns = self.costs.iter().filter(|turn| (turn.format, turn.program) == (format, program));
                    spread(turns.map(|turn| figure(&turn.cost)).collect())
                };
                let (Some(cpu), Some(rss)) = (of(|cost| cost.cpu), of(|cost| cost.rss)) else { continue };
                let ratio = self.ratio(format, program).map_or_else(|| "-".to_owned(), |ratio| ratio.to_string());
                line(
                    &mut table,
                    &[format.to_string(), program.to_string(), cpu.to_string(), ratio, digits(rss.median)],
                );
            }
        }
        table
    }

    /// What the long file costs.
    pub(super) fn growths(&self, minutes: u32) -> String {
        let mut table = format!(
            "| Format | peak MiB, 1 min | peak MiB, {minutes} min | looking at {minutes} min, ms |\n\
             | --- | --- | --- | --- |\n"
        );
        for Growth { format, short, long, look } in &self.growths {
            line(&mut table, &[format.to_string(), digits(*short), digits(*long), format!("{look:.3}")]);
        }
        table
    }

    /// How true each program is.
    pub(super) fn qualities(&self) -> String {
        let mut table = String::from(
            "| Program | from Hz | sweep dB | 7 kHz dB | 7.5 kHz dB | alias 8.1 kHz dB | alias ≥ 8.4 kHz dB | late | excess |\n\
             | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n",
        );
        for (program, rate, quality) in &self.qualities {
            let Quality { sweep, levels, aliases, delay, excess } = quality;
            let mut columns = vec![program.to_string(), rate.to_string(), digits(*sweep)];
            columns.extend(levels.map(|level| rounded(level, 2)));
            columns.extend(aliases.map(digits));
            columns.extend([rounded(*delay, 4), excess.to_string()]);
            line(&mut table, &columns);
        }
        table
    }

    /// What should be reached beside what is.
    pub(super) fn goals(&self) -> String {
        let mut table = String::from("| Goal | | measured | reached |\n| --- | --- | --- | --- |\n");
        let mut goal =
            |what: String, limit: String, measured: Option<f64>, reached: fn(f64, f64) -> bool, bound: f64| {
                let verdict = measured.map_or("not measured", |value| if reached(value, bound) { "yes" } else { "no" });
                let measured = match measured {
                    None => "-".to_owned(),
                    Some(f64::NEG_INFINITY) => "none".to_owned(),
                    Some(value) => format!("{value:.2}"),
                };
                line(&mut table, &[what, limit, measured, verdict.to_owned()]);
            };
        let at_most: fn(f64, f64) -> bool = |value, bound| value <= bound;
        let at_least: fn(f64, f64) -> bool = |value, bound| bound <= value;
        for format in Format::ALL {
            let bound = if matches!(format, Format::Mp3 | Format::M4a | Format::Opus) { 1.1 } else { 0.9 };
            let ratio = self.ratio(format, Program::Own).map(|ratio| ratio.median);
            goal(format!("CPU for {format}, of ffmpeg's"), format!("≤ {bound}"), ratio, at_most, bound);
        }
        let growth = self.growths.iter().map(|growth| growth.long - growth.short).reduce(f64::max);
        goal("MiB more for the long file".to_owned(), "≤ 10".to_owned(), growth, at_most, 10.0);
        let slowest = self.growths.iter().map(|growth| growth.look.median).reduce(f64::max);
        goal("ms to look at the long file".to_owned(), "≤ 5".to_owned(), slowest, at_most, 5.0);
        let own = || self.qualities.iter().filter(|row| row.0 == Program::Own).map(|row| row.2);
        let sweep = own().map(|quality| quality.sweep).reduce(f64::min);
        goal("sweep, rounded to 16 bits, dB".to_owned(), "≥ 91.5".to_owned(), sweep, at_least, 91.5);
        let alias = own().map(|quality| quality.aliases[1]).reduce(f64::max);
        goal("aliases from 8.4 kHz on, dB".to_owned(), "≤ -100".to_owned(), alias, at_most, -100.0);
        let late = own().map(|quality| quality.delay.abs()).reduce(f64::max);
        goal("samples late".to_owned(), "≤ 0.001".to_owned(), late, at_most, 0.001);
        let excess = own().map(|quality| quality.excess.unsigned_abs() as f64).reduce(f64::max);
        goal("samples too many or too few".to_owned(), "≤ 0".to_owned(), excess, at_most, 0.0);
        table
    }

    /// The CPU time of a program over that of ffmpeg in the same round.
    fn ratio(&self, format: Format, program: Program) -> Option<Spread> {
        let find = |program: Program, round: usize| {
            let is_it = |turn: &&Turn| (turn.format, turn.program, turn.round) == (format, program, round);
            self.costs.iter().find(is_it).map(|turn| turn.cost.cpu)
        };
        let rounds = self.costs.iter().map(|turn| turn.round + 1).max().unwrap_or(0);
        spread((0..rounds).filter_map(|round| Some(find(program, round)? / find(Program::Ffmpeg, round)?)).collect())
    }
}

/// With one digit. What is less than half of the last bit of 16 leaves nothing at all.
fn digits(value: f64) -> String {
    if value == f64::NEG_INFINITY { "none".to_owned() } else { format!("{value:.1}") }
}

/// With so many digits, and without the sign of a zero.
fn rounded(value: f64, digits: usize) -> String {
    let text = format!("{value:.digits$}");
    text.strip_prefix('-').filter(|text| text.bytes().all(|byte| b"0.".contains(&byte))).unwrap_or(&text).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_has_no_sign() {
        assert_eq!([-0.001, 0.001, -0.39].map(|value| rounded(value, 2)), ["0.00", "0.00", "-0.39"]);
        assert_eq!([-22.2, f64::NEG_INFINITY].map(digits), ["-22.2", "none"]);
    }

    #[test]
    fn ratios_are_formed_within_a_round_and_what_is_missing_is_no_goal_reached() {
        let row = |program, round, cpu| Turn {
            format: Format::Flac,
            program,
            round,
            cost: Cost { cpu, rss: 5.0, wall: 0.0 },
        };
        let costs = vec![
            row(Program::Own, 0, 1.0),
            row(Program::Ffmpeg, 0, 2.0),
            row(Program::Own, 1, 2.0),
            row(Program::Ffmpeg, 1, 2.0),
            row(Program::Own, 2, 9.0),
        ];
        let figures = Figures { costs, ..Figures::default() };
        assert!(figures.costs().contains("| flac | stt-audio | 2.00 (1.00-9.00) | 0.75 (0.50-1.00) | 5.0 |"));
        assert!(figures.goals().contains("| CPU for flac, of ffmpeg's | ≤ 0.9 | 0.75 | yes |"));
        assert!(figures.goals().contains("| CPU for mp3, of ffmpeg's | ≤ 1.1 | - | not measured |"));
    }
}
