//! In which order a result gets to the disk, as `strace` sees it.

use std::{
    fs,
    process::{Command, Stdio},
};

use stt_emulator::{SynthOptions, synth};

use super::Desk;
use crate::outcome::Outcome;

/// Runs the program for one file, and tells the order of what it did; nothing where there is no `strace`.
///
/// A power loss after any of these steps leaves either no result and no promise of one, or both.
pub(super) fn check(desk: &Desk<'_>) -> Outcome<Option<String>> {
    let tried = Command::new("strace").arg("-V").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if !tried.is_ok_and(|status| status.success()) {
        return Ok(None);
    }
    fs::write(desk.folder.join("one.wav"), synth("This is one.", &SynthOptions::default())?)?;
    let trace = desk.folder.join("trace");
    let mut strace = Command::new("strace");
    strace.args(["-f", "-y", "-s", "200", "-e", "trace=write,fsync,fdatasync,rename,renameat,renameat2", "-o"]);
    strace.arg(&trace).arg(&desk.program).args(["transcribe", "one.wav"]);
    let status = desk.complete(strace, &desk.folder.join("one")).status()?;
    if !status.success() {
        return Err(format!("the run under strace ended with {status}").into());
    }
    in_order(&fs::read_to_string(&trace)?).map_err(|wrong| format!("{wrong}, as {} tells", trace.display()))?;
    Ok(Some(STEPS.iter().map(|step| step.name).collect::<Vec<_>>().join(", then ")))
}

/// Whether every step was done, each behind the one before it.
fn in_order(trace: &str) -> Result<(), String> {
    let mut lines = trace.lines();
    match STEPS.iter().find(|step| !lines.any(|line| step.is(line))) {
        None => Ok(()),
        Some(step) => Err(format!("there is no {} in its place", step.name)),
    }
}

/// A call of the kernel that is part of the way of a result.
struct Step {
    name: &'static str,
    calls: &'static [&'static str],
    /// What stands in its line.
    about: &'static str,
}

impl Step {
    /// Whether a line of a trace tells of it. Calls of other threads may stand between its begin and its end.
    fn is(&self, line: &str) -> bool {
        let call = line.split_whitespace().nth(1).unwrap_or_default();
        self.calls.iter().any(|name| call.starts_with(&format!("{name}("))) && line.contains(self.about)
    }
}

/// In this order.
const STEPS: [Step; 5] = [
    Step { name: "sync of the file", calls: &["fsync", "fdatasync"], about: ".part>" },
    Step { name: "its name", calls: &["rename", "renameat", "renameat2"], about: ".part\"" },
    Step { name: "sync of the folder", calls: &["fsync"], about: "/one>" },
    Step { name: "`done` in the journal", calls: &["write"], about: "\\\"event\\\":\\\"done\\\"" },
    Step { name: "sync of the journal", calls: &["fsync", "fdatasync"], about: "/.stt-journal.ndjson>" },
];

#[cfg(test)]
mod tests {
    use super::*;

    const TRACE: [&str; 5] = [
        "7 fsync(9</t/one/.one.txt.0123456789abcdef.part>) = 0",
        "7 rename(\"/t/one/.one.txt.0123456789abcdef.part\", \"/t/one/one.txt\") = 0",
        "7 fsync(9</t/one> <unfinished ...>",
        "8 write(8</t/one/.stt-journal.ndjson>, \"{\\\"event\\\":\\\"done\\\",\\\"place\\\"\"..., 590) = 590",
        "8 fdatasync(8</t/one/.stt-journal.ndjson>) = 0",
    ];

    #[test]
    fn every_step_has_to_come_and_in_its_place() {
        assert_eq!(in_order(&TRACE.join("\n")), Ok(()));
        for missing in 0..TRACE.len() {
            let mut trace = TRACE.to_vec();
            let line = trace.remove(missing);
            assert!(in_order(&trace.join("\n")).is_err(), "{line}");
            if 0 < missing {
                trace.insert(missing - 1, line);
                assert!(in_order(&trace.join("\n")).is_err(), "{line}");
            }
        }
    }
}
