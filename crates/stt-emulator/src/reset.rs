//! Which parts of the run-time state go back to how they were at the start.

use serde::Deserialize;

/// Parts of the run-time state; what was configured at the start stays in any case.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Reset {
    /// How far the clock was moved.
    pub(crate) clock: bool,
    /// The faults that were armed one by one, and how far faults, rules and magic keys have come; the scenario stays.
    pub(crate) faults: bool,
    /// The requests and their audio.
    pub(crate) journal: bool,
    /// Which keys are accepted; tokens that were revoked stay so.
    pub(crate) keys: bool,
    /// What was used of the limits.
    pub(crate) limits: bool,
    /// The answers that are queued.
    pub(crate) queue: bool,
}

impl Reset {
    pub(crate) const ALL: Self =
        Self { clock: true, faults: true, journal: true, keys: true, limits: true, queue: true };
}
