//! How a step ended that did not fail.

#[derive(Debug)]
pub(crate) enum Verdict {
    Passed,
    /// The machine lacks something; the reason is printed, and the run does not fail for it.
    NotChecked(String),
}
