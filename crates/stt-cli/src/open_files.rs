//! How many files this process may have open, and what that is enough for.

use crate::{args::JobsArgs, output::Output};

/// Raises the limit as far as this process may, and lets no more requests be under way than it is enough for.
pub(crate) fn enough_for(jobs: JobsArgs, output: &mut Output) -> JobsArgs {
    let Some(files) = raised() else { return jobs };
    let most = requests(files);
    if most < jobs.most() {
        output.note(&format!("at most {most} at a time, because this process may have only {files} files open"));
    }
    jobs.at_most(most)
}

/// How many files may be open after all that could be done; `None` where there is no limit or it is not known.
#[cfg(unix)]
fn raised() -> Option<u64> {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    let raised = rustix::process::Rlimit { current: limit.maximum, ..limit };
    // Some systems have a limit for all processes that the one of this process cannot go beyond.
    let _ = setrlimit(Resource::Nofile, raised);
    getrlimit(Resource::Nofile).current
}

#[cfg(not(unix))]
fn raised() -> Option<u64> {
    None
}

fn requests(files: u64) -> u16 {
    let requests = files.saturating_sub(APART) / EACH;
    u16::try_from(requests).unwrap_or(u16::MAX).max(1)
}

/// Open files of a request at most: the audio, its socket and the other end of it with `--emulator`, the lookup of the
/// name, a result that is being written and its folder; two are to spare.
const EACH: u64 = 8;

/// Open files of everything else: the three standard ones, those of the runtime and the emulator, the journal.
const APART: u64 = 32;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_requests_go_out_as_files_can_be_open_and_one_at_least() {
        // 256 is what macOS gives to a process, 1,024 most distributions of Linux.
        for (files, expected) in [(0, 1), (64, 4), (256, 28), (1_024, 124), (u64::MAX, u16::MAX)] {
            assert_eq!(requests(files), expected, "{files}");
        }
    }
}
