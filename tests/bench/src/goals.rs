//! What the client should reach, as ratios within one round, which a busy machine moves less than the figures.

use crate::{
    cell::Cell,
    peers::Peer,
    sample::Sample,
    spread::{Spread, spread},
};

/// One goal, and how near the client came.
pub(crate) struct Goal {
    pub(crate) what: &'static str,
    pub(crate) most: f64,
    /// Missing where nothing was measured, because the kernel does not tell.
    pub(crate) reached: Option<Spread>,
    /// Rounds in which others disturbed one of the two sides.
    pub(crate) contended: usize,
}

/// Where the value of a goal comes from.
enum Value {
    /// A figure of one client in one cell over that of another.
    Ratio(Figure, (Peer, Cell), (Peer, Cell)),
    /// What waiting for `100 Continue` adds to the client's p50, over what it adds to the floor's.
    Wait,
    /// The calls that write one request.
    Writes(Cell),
}

type Figure = fn(&Sample) -> f64;

/// The goals, in the order of the cells.
pub(crate) fn all(samples: &[Sample]) -> Vec<Goal> {
    use Cell::{Length, Pieces};
    use Peer::{Floor, Reqwest, SttHyper};
    let rows = [
        (
            "CPU per request with `Content-Length`, of the floor's",
            1.5,
            Value::Ratio(Sample::cpu, (SttHyper, Length), (Floor, Length)),
        ),
        (
            "CPU per request with `Content-Length`, of reqwest's",
            0.75,
            Value::Ratio(Sample::cpu, (SttHyper, Length), (Reqwest, Length)),
        ),
        (
            "p50 with `Content-Length`, of the floor's",
            1.35,
            Value::Ratio(Sample::p50, (SttHyper, Length), (Floor, Length)),
        ),
        ("p50 in pieces, of the floor's", 1.1, Value::Ratio(Sample::p50, (SttHyper, Pieces), (Floor, Pieces))),
        ("write calls per request in pieces", 2.0, Value::Writes(Pieces)),
        ("p50 that `Expect` adds, of what it adds to the floor's", 1.5, Value::Wait),
    ];
    rows.into_iter().map(|(what, most, value)| goal(what, most, &value, samples)).collect()
}

fn goal(what: &'static str, most: f64, value: &Value, samples: &[Sample]) -> Goal {
    let rounds = samples.iter().map(|sample| sample.round + 1).max().unwrap_or(0);
    let mut values = Vec::new();
    let mut contended = 0;
    for round in 0..rounds {
        let find = |(peer, cell): (Peer, Cell)| {
            samples.iter().find(|sample| sample.round == round && sample.peer == peer && sample.cell == cell)
        };
        let sides = value.sides();
        let sides: Vec<&Sample> = sides.into_iter().filter_map(find).collect();
        if let Some(value) = value.of(&sides) {
            values.push(value);
            contended += usize::from(sides.iter().any(|sample| sample.is_contended()));
        }
    }
    Goal { what, most, reached: spread(values), contended }
}

impl Value {
    fn sides(&self) -> Vec<(Peer, Cell)> {
        use Peer::{Floor, SttHyper};
        match self {
            Self::Ratio(_, ours, theirs) => vec![*ours, *theirs],
            Self::Wait => {
                [SttHyper, Floor].into_iter().flat_map(|peer| [(peer, Cell::Expect), (peer, Cell::Pieces)]).collect()
            }
            Self::Writes(cell) => vec![(SttHyper, *cell)],
        }
    }

    /// The value in one round, from its sides in the order in which they were named.
    fn of(&self, sides: &[&Sample]) -> Option<f64> {
        match (self, sides) {
            (Self::Ratio(figure, ..), [ours, theirs]) => Some(figure(ours) / figure(theirs)),
            (Self::Wait, [expect, pieces, floor_expect, floor_pieces]) => {
                Some((expect.p50() - pieces.p50()) / (floor_expect.p50() - floor_pieces.p50()))
            }
            (Self::Writes(_), [ours]) => ours.measured.writes,
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::samples;

    #[test]
    fn the_wait_is_compared_by_what_it_adds() {
        let samples = samples(&[
            (0, Cell::Pieces, Peer::Floor, 20),
            (0, Cell::Expect, Peer::Floor, 26),
            (0, Cell::Pieces, Peer::SttHyper, 30),
            (0, Cell::Expect, Peer::SttHyper, 42),
        ]);
        let goal = goal("wait", 1.5, &Value::Wait, &samples);
        assert_eq!(goal.reached.unwrap().median, 12.0 / 6.0);
    }

    #[test]
    fn a_round_that_lacks_a_side_gives_no_ratio() {
        let samples = samples(&[
            (0, Cell::Length, Peer::Floor, 10),
            (1, Cell::Length, Peer::Floor, 10),
            (1, Cell::Length, Peer::SttHyper, 13),
        ]);
        let ratio = Value::Ratio(Sample::p50, (Peer::SttHyper, Cell::Length), (Peer::Floor, Cell::Length));
        let reached = goal("p50", 1.35, &ratio, &samples).reached.unwrap();
        assert_eq!((reached.least, reached.median, reached.most), (1.3, 1.3, 1.3));
        assert!(goal("p50", 1.35, &ratio, &samples[..1]).reached.is_none());
    }
}
