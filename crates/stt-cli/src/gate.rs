//! Whether another request may go out, and what ends a run before its end.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use stt_hyper::{Limiter, LimiterState};
use tokio::{
    sync::Notify,
    time::{Instant, sleep_until},
};

use crate::{exit::Exit, failure::Reach, inputs::Input, output::Output, problem::Problem};

/// Where every request of a run waits until it may go out.
///
/// The first one goes alone: a key that is refused, or a host that nobody can reach, is asked once. After that there are
/// as many as the limiter allows. When the service has failed again and again, one request tries it after a while, and
/// when it has failed for that one too, after a longer while; in the end the run is stopped.
#[derive(Debug)]
pub(crate) struct Gate {
    limiter: Limiter,
    /// Seconds of audio that may be sent.
    most: Option<Duration>,
    state: Mutex<State>,
    /// Whoever has it is the next. Tokio's mutex lets them in by the order in which they came.
    queue: tokio::sync::Mutex<()>,
    /// Tells the next one to look again.
    changed: Notify,
}

#[derive(Debug, Default)]
struct State {
    under_way: usize,
    /// Whether the service has answered anything.
    answered: bool,
    /// Requests that failed after all their repeats, one after another.
    failures_in_a_row: u32,
    pause: Option<Pause>,
    /// Audio of all requests that went out, once for each attempt that is known of.
    sent: Duration,
    stopped: Option<Stopped>,
    interrupted: bool,
}

/// Nothing goes out before a time, and then one request at a time.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Pause {
    /// How long this one is.
    pub(crate) length: Duration,
    /// How often the service has failed in a row.
    pub(crate) failures: u32,
    until: Instant,
    /// How many pauses came before it.
    place: usize,
}

/// Why nothing more goes out.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Stopped {
    /// So much audio was sent as may be sent.
    Audio(Duration),
    /// The service has failed so often in a row.
    Down(u32),
    /// Every other request would fail in the same way.
    Refused,
}

/// The request was not made, because nothing more goes out.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct NotTried;

/// Leave for one request.
#[derive(Debug)]
pub(crate) struct Pass<'a> {
    gate: &'a Gate,
    length: Duration,
    /// Whether it is to find out if the service is well again.
    is_trial: bool,
}

/// Whether a request may go out now.
enum Turn {
    Now,
    Never,
    /// When another one has ended, or at this time.
    Later(Option<Instant>),
}

impl Gate {
    /// Lets as many requests be under way as the limiter does, and no more audio be sent than `most`.
    pub(crate) fn new(limiter: Limiter, most: Option<Duration>) -> Self {
        let queue = tokio::sync::Mutex::default();
        Self { limiter, most, state: Mutex::default(), queue, changed: Notify::new() }
    }

    /// Waits until a request may go out that has so much audio.
    ///
    /// What `is_live` goes out even if somebody interrupted the run: nobody can ask for it later.
    pub(crate) async fn enter(&self, length: Option<Duration>, is_live: bool) -> Result<Pass<'_>, NotTried> {
        let length = length.unwrap_or_default();
        let _first = self.queue.lock().await;
        loop {
            let changed = self.changed.notified();
            let allowed = self.limiter.state().allowed as usize;
            let opens = {
                let mut state = self.state();
                match state.turn(allowed, is_live) {
                    Turn::Now => return state.begin(length, self.most).map(|is_trial| self.pass(length, is_trial)),
                    Turn::Never => return Err(NotTried),
                    Turn::Later(opens) => opens,
                }
            };
            match opens {
                None => changed.await,
                Some(moment) => tokio::select! {
                    () = changed => {}
                    () = sleep_until(moment) => {}
                },
            }
        }
    }

    /// Lets nothing more go out, because somebody wants the end.
    pub(crate) fn interrupt(&self) {
        self.state().interrupted = true;
        self.changed.notify_one();
    }

    /// How many of so many inputs may be begun: one until the service has answered, then a few more than may be under
    /// way, so that they are ready, and none when nothing more goes out.
    pub(crate) fn room(&self, jobs: usize) -> usize {
        let allowed = self.limiter.state().allowed as usize;
        let state = self.state();
        match (state.interrupted || state.stopped.is_some(), state.answered) {
            (true, _) => 0,
            (false, true) => jobs.min(allowed + AHEAD),
            (false, false) => 1,
        }
    }

    /// How many requests are under way.
    pub(crate) fn under_way(&self) -> usize {
        self.state().under_way
    }

    /// What the limiter does at this moment.
    pub(crate) fn limiter(&self) -> LimiterState {
        self.limiter.state()
    }

    /// The pause that has begun, if the service has failed.
    pub(crate) fn pause(&self) -> Option<Pause> {
        self.state().pause
    }

    /// Why nothing more goes out, if that is so.
    pub(crate) fn stopped(&self) -> Option<Stopped> {
        self.state().stopped
    }

    /// Says why the run was stopped, and what was not tried, which the same command does later if it `goes_on`.
    pub(crate) fn tell(&self, not_tried: &[Input], goes_on: bool, output: &mut Output) {
        if output.is_unread() {
            return;
        }
        match self.stopped() {
            Some(stopped @ Stopped::Audio(_)) => {
                output.problem(&Problem::new(Exit::Service, stopped.sentence(not_tried.len(), goes_on)));
            }
            Some(stopped) if !not_tried.is_empty() => output.notice(&stopped.sentence(not_tried.len(), goes_on)),
            _ => {}
        }
        name("not tried", not_tried, output);
    }

    const fn pass(&self, length: Duration, is_trial: bool) -> Pass<'_> {
        Pass { gate: self, length, is_trial }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Counts are whole after every statement, so a panic elsewhere leaves them usable.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Names inputs of which there is no result.
pub(crate) fn name(what: &str, inputs: &[Input], output: &mut Output) {
    for input in inputs.iter().take(NAMED) {
        output.notice(&format!("{what}: {}", input.subject()));
    }
    if NAMED < inputs.len() {
        output.notice(&format!("{what}: {} more", inputs.len() - NAMED));
    }
}

impl Pass<'_> {
    /// The request has ended after so many attempts, and its failure reaches so far, if it is one.
    pub(crate) fn ended(self, attempts: u32, failure: Option<Reach>) {
        let mut state = self.gate.state();
        state.sent += self.length * attempts.saturating_sub(1);
        state.see(failure, self.is_trial);
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        self.gate.state().under_way -= 1;
        self.gate.changed.notify_one();
    }
}

impl State {
    fn turn(&self, allowed: usize, is_live: bool) -> Turn {
        if self.stopped.is_some() || (self.interrupted && !is_live) {
            return Turn::Never;
        }
        match self.pause {
            Some(pause) if Instant::now() < pause.until => Turn::Later(Some(pause.until)),
            // It was to last until then, and one request is to show whether it is over.
            Some(_) if 0 < self.under_way => Turn::Later(None),
            None if !self.answered && 0 < self.under_way => Turn::Later(None),
            None if allowed <= self.under_way => Turn::Later(None),
            _ => Turn::Now,
        }
    }

    /// A request goes out, unless its audio is too much; tells whether it is a trial.
    fn begin(&mut self, length: Duration, most: Option<Duration>) -> Result<bool, NotTried> {
        match most {
            Some(most) if most < self.sent + length => {
                self.stopped = Some(Stopped::Audio(most));
                Err(NotTried)
            }
            _ => {
                self.sent += length;
                self.under_way += 1;
                Ok(self.pause.is_some())
            }
        }
    }

    /// Sees how far the failure of a request reaches, if it is one.
    fn see(&mut self, failure: Option<Reach>, is_trial: bool) {
        match failure {
            None => {
                self.failures_in_a_row = 0;
                self.pause = None;
            }
            Some(Reach::Everything) => self.stopped = Some(Stopped::Refused),
            Some(Reach::Network) if !self.answered => self.stopped = Some(Stopped::Refused),
            // It says nothing about the service.
            Some(Reach::Input) => {}
            Some(reach @ (Reach::Network | Reach::Service)) => {
                self.failures_in_a_row += 1;
                match self.pause {
                    None if reach == Reach::Network || MOST_FAILURES <= self.failures_in_a_row => self.wait(0),
                    Some(pause) if is_trial => self.wait(pause.place + 1),
                    // What was under way when the pause began tells nothing new.
                    _ => {}
                }
            }
        }
        self.answered = true;
    }

    fn wait(&mut self, place: usize) {
        let failures = self.failures_in_a_row;
        match PAUSES.get(place) {
            Some(&length) => self.pause = Some(Pause { length, failures, until: Instant::now() + length, place }),
            None => self.stopped = Some(Stopped::Down(failures)),
        }
    }
}

impl Stopped {
    /// As programs read it.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Audio(_) => "audio_limit",
            Self::Down(_) => "service_down",
            Self::Refused => "refused",
        }
    }

    fn sentence(self, left: usize, goes_on: bool) -> String {
        let noun = if left == 1 { "file" } else { "files" };
        let later = if goes_on { ", run again to continue" } else { "" };
        let left = if left == 0 { String::new() } else { format!(" ({left} {noun} left{later})") };
        match self {
            Self::Audio(most) => format!("--max-audio-seconds {} is reached; stopping{left}", most.as_secs_f64()),
            Self::Down(failures) => format!("the service has failed {failures} times in a row; stopping{left}"),
            Self::Refused => "stopping: every other input would fail in the same way".to_owned(),
        }
    }
}

/// Requests that fail after all their repeats, one after another, before the service counts as down.
const MOST_FAILURES: u32 = 10;

/// How long nothing is asked of a service that is down, before one request tries it: a minute in all, in which most
/// restarts and changes of a network are over.
const PAUSES: [Duration; 3] = [Duration::from_secs(5), Duration::from_secs(15), Duration::from_secs(45)];

/// Inputs that are named one by one; of more, their number says enough.
const NAMED: usize = 20;

/// Inputs that are looked at and converted while others are under way, one for each of the program's threads.
const AHEAD: usize = 2;

#[cfg(test)]
mod tests;
