//! The figures as tables in Markdown, and the goals.

use std::fmt::Write;

use super::{cost::Cost, material::Format, program::Program, quality::Quality};
use crate::spread::{Spread, spread};

/// Everything that was measured.
#[derive(Default)]
pub(super) struct Figures {
    /// Of each program in each round.
    pub(super) costs: Vec<(Format, Program, usize, Cost)>,
    /// Peak memory with a minute of audio and with the long file, in MiB.
    pub(super) memory: Vec<(Format, f64, f64)>,
    /// How long it takes to look what the long file is, in milliseconds.
    pub(super) looks: Vec<(Format, Spread)>,
    pub(super) qualities: Vec<(Program, u32, Quality)>,
}

impl Figures {
    /// What each program costs.
    pub(super) fn costs(&self) -> String {
        let mut table =
            String::from("| Format | Program | CPU s | of ffmpeg | peak MiB |\n| --- | --- | --- | --- | --- |\n");
        for format in Format::ALL {
            for program in Program::ALL {
                let of = |figure: fn(&Cost) -> f64| {
                    let rows = self.costs.iter().filter(|row| (row.0, row.1) == (format, program));
                    spread(rows.map(|row| figure(&row.3)).collect())
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

    /// What looking at the long file costs, and what its conversion holds in memory.
    pub(super) fn inspections(&self, minutes: u32) -> String {
        let mut table = format!(
            "| Format | peak MiB, 1 min | peak MiB, {minutes} min | looking at {minutes} min, ms |\n| --- | --- | --- | --- |\n",
        );
        for (format, look) in &self.looks {
            let memory = self.memory.iter().find(|row| row.0 == *format);
            let [short, long] = memory.map_or(["-", "-"].map(str::to_owned), |row| [row.1, row.2].map(digits));
            line(&mut table, &[format.to_string(), short, long, format!("{look:.3}")]);
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
            columns.extend(levels.map(|level| format!("{level:.2}")));
            columns.extend(aliases.map(digits));
            columns.extend([format!("{delay:.4}"), excess.to_string()]);
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
                let measured = measured.map_or_else(|| "-".to_owned(), |value| format!("{value:.2}"));
                line(&mut table, &[what, limit, measured, verdict.to_owned()]);
            };
        let at_most: fn(f64, f64) -> bool = |value, bound| value <= bound;
        let at_least: fn(f64, f64) -> bool = |value, bound| bound <= value;
        for format in Format::ALL {
            let bound = if matches!(format, Format::Mp3 | Format::M4a | Format::Opus) { 1.1 } else { 0.9 };
            let ratio = self.ratio(format, Program::Own).map(|ratio| ratio.median);
            goal(format!("CPU for {format}, of ffmpeg's"), format!("≤ {bound}"), ratio, at_most, bound);
        }
        let growth = self.memory.iter().map(|row| row.2 - row.1).reduce(f64::max);
        goal("MiB more for the long file".to_owned(), "≤ 10".to_owned(), growth, at_most, 10.0);
        let slowest = self.looks.iter().map(|row| row.1.median).reduce(f64::max);
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
            self.costs.iter().find(|row| (row.0, row.1, row.2) == (format, program, round)).map(|row| row.3.cpu)
        };
        let rounds = self.costs.iter().map(|row| row.2 + 1).max().unwrap_or(0);
        spread((0..rounds).filter_map(|round| Some(find(program, round)? / find(Program::Ffmpeg, round)?)).collect())
    }
}

fn digits(value: f64) -> String {
    format!("{value:.1}")
}

fn line(table: &mut String, columns: &[String]) {
    // Writing to a string cannot fail.
    let _ = writeln!(table, "| {} |", columns.join(" | "));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_are_formed_within_a_round_and_what_is_missing_is_no_goal_reached() {
        let row = |program, round, cpu| (Format::Flac, program, round, Cost { cpu, rss: 5.0 });
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
