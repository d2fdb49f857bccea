//! One measurement.

use crate::{cell::Cell, meter::Measured, outcome::Outcome, peers::Peer};

/// One client in one cell of one round.
#[derive(Debug)]
pub(crate) struct Sample {
    pub(crate) round: usize,
    pub(crate) cell: Cell,
    pub(crate) peer: Peer,
    pub(crate) measured: Measured,
    /// The load of others meanwhile, in per cent of one CPU.
    pub(crate) foreign: f64,
}

impl Sample {
    pub(crate) const fn is_contended(&self) -> bool {
        is_contended(self.foreign)
    }

    /// In microseconds.
    pub(crate) fn p50(&self) -> f64 {
        self.measured.p50 as f64 / 1000.0
    }

    /// In microseconds per request.
    pub(crate) fn cpu(&self) -> f64 {
        self.measured.cpu / 1000.0
    }

    /// A line of the file with all measurements.
    pub(crate) fn json(&self, pinned: bool) -> Outcome<String> {
        let mut line = serde_json::to_value(&self.measured)?;
        line["round"] = self.round.into();
        line["cell"] = self.cell.name().into();
        line["client"] = self.peer.name().into();
        line["foreign"] = self.foreign.into();
        line["contended"] = self.is_contended().into();
        line["pinned"] = pinned.into();
        Ok(line.to_string())
    }
}

/// Whether a figure is to be marked, because others took so much of a CPU meanwhile.
pub(crate) const fn is_contended(foreign: f64) -> bool {
    CONTENDED < foreign
}

/// The load of others above which a figure is marked, in per cent of one CPU.
const CONTENDED: f64 = 5.0;

/// Samples with these medians in microseconds, which cost no CPU time.
#[cfg(test)]
pub(crate) fn samples(rows: &[(usize, Cell, Peer, u64)]) -> Vec<Sample> {
    let sample = |&(round, cell, peer, p50): &(usize, Cell, Peer, u64)| {
        let measured = Measured { requests: 1, p50: p50 * 1000, cpu: 0.0, rss: None, writes: None, written: None };
        Sample { round, cell, peer, measured, foreign: if round == 0 { 0.0 } else { 50.0 } }
    };
    rows.iter().map(sample).collect()
}
