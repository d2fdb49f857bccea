//! The figures as tables in Markdown.

use std::fmt::Write;

use crate::{
    cell::Cell,
    goals::Goal,
    peers::Peer,
    sample::Sample,
    spread::{Spread, spread},
};

/// What each client costs in each cell.
pub(crate) fn costs(samples: &[Sample]) -> String {
    let mut table = String::from(
        "| Cell | Client | p50 µs | of floor | CPU µs | of floor | peak MiB | writes | bytes | load of others % |\n\
         | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n",
    );
    for cell in Cell::ALL {
        for peer in Peer::ALL {
            let rows: Vec<&Sample> =
                samples.iter().filter(|sample| (sample.cell, sample.peer) == (cell, peer)).collect();
            let of =
                |figure: &dyn Fn(&Sample) -> Option<f64>| spread(rows.iter().filter_map(|row| figure(row)).collect());
            let Some(foreign) = of(&|row| Some(row.foreign)) else { continue };
            let over_floor = |figure: fn(&Sample) -> f64| {
                let floor = |row: &Sample| samples.iter().find(|other| is_floor_of(other, row)).map(figure);
                of(&|row| floor(row).map(|floor| figure(row) / floor))
            };
            let contended = rows.iter().filter(|row| row.is_contended()).count();
            let mark = if contended == 0 { String::new() } else { format!(", contended {contended}/{}", rows.len()) };
            let columns = [
                cell.name().to_owned(),
                peer.name().to_owned(),
                text(of(&|row| Some(row.p50())), 1),
                text(over_floor(Sample::p50), 2),
                text(of(&|row| Some(row.cpu())), 1),
                text(over_floor(Sample::cpu), 2),
                middle(of(&|row| row.measured.rss.map(|kibibytes| kibibytes as f64 / 1024.0)), 1),
                middle(of(&|row| row.measured.writes), 2),
                middle(of(&|row| row.measured.written), 0),
                text(Some(foreign), 0) + &mark,
            ];
            line(&mut table, &columns);
        }
    }
    table
}

/// What the client should reach beside what it reaches.
pub(crate) fn goals(goals: &[Goal]) -> String {
    let mut table =
        String::from("| Goal | at most | measured | reached | contended rounds |\n| --- | --- | --- | --- | --- |\n");
    for Goal { what, most, reached, contended } in goals {
        let verdict = reached.map_or("not measured", |reached| if reached.median <= *most { "yes" } else { "no" });
        line(
            &mut table,
            &[(*what).to_owned(), most.to_string(), text(*reached, 2), verdict.to_owned(), contended.to_string()],
        );
    }
    table
}

fn is_floor_of(other: &Sample, row: &Sample) -> bool {
    (other.round, other.cell, other.peer) == (row.round, row.cell, Peer::Floor)
}

fn text(spread: Option<Spread>, digits: usize) -> String {
    spread.map_or_else(|| NOTHING.to_owned(), |spread| format!("{spread:.digits$}"))
}

fn middle(spread: Option<Spread>, digits: usize) -> String {
    spread.map_or_else(|| NOTHING.to_owned(), |Spread { median, .. }| format!("{median:.digits$}"))
}

/// Adds a row.
pub(crate) fn line(table: &mut String, columns: &[String]) {
    // Writing to a string cannot fail.
    let _ = writeln!(table, "| {} |", columns.join(" | "));
}

/// What stands where nothing was measured.
const NOTHING: &str = "-";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::samples;

    #[test]
    fn ratios_are_formed_with_the_floor_of_the_same_round() {
        let samples = samples(&[
            (0, Cell::Length, Peer::Floor, 10),
            (0, Cell::Length, Peer::Ureq, 20),
            (1, Cell::Length, Peer::Floor, 30),
            (1, Cell::Length, Peer::Ureq, 30),
        ]);
        let table = costs(&samples);
        let row = table.lines().find(|line| line.starts_with("| length | ureq |")).unwrap();
        assert!(row.starts_with("| length | ureq | 25.0 (20.0-30.0) | 1.50 (1.00-2.00) |"), "{row}");
        assert!(row.ends_with("| 25 (0-50), contended 1/2 |"), "{row}");
    }
}
