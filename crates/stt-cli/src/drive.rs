//! The work of a run, from its beginning to its end or to the moment when somebody wants it.

use tokio::runtime::Builder;

use crate::{
    batch::Ended,
    exit::Exit,
    interrupts::Interrupts,
    output::{Output, io_reason},
    problem::Problem,
};

/// Does the work until it is done or interrupted, and says what is still to be said.
///
/// What hangs then is left behind: nobody can break off a lookup of a name that the system does, or a read.
pub(crate) fn drive(
    listen: impl FnOnce() -> Interrupts,
    mut output: Output,
    work: impl AsyncFnOnce(Interrupts, &mut Output) -> Result<Ended, Problem>,
) -> Exit {
    let runtime = match Builder::new_multi_thread().worker_threads(WORKERS).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            output.problem(&Problem::usage("cannot start").why(io_reason(&error)));
            return output.finish();
        }
    };
    let done = runtime.block_on(async {
        let mut interrupts = listen();
        let own = interrupts.clone();
        tokio::select! {
            biased;
            done = work(own, &mut output) => done,
            () = interrupts.end() => Ok(Ended { begun: 0, interrupted: true }),
        }
    });
    let exit = match done {
        Ok(Ended { interrupted: true, .. }) => output.interrupted(),
        Ok(_) => output.finish(),
        Err(problem) => {
            output.problem(&problem);
            output.finish()
        }
    };
    runtime.shutdown_background();
    exit
}

/// The work is waiting; one thread for the client, one for the emulator beside it.
const WORKERS: usize = 2;
