//! When a batch stops before its end.

use crate::{batch::Flow, failure::Reach, inputs::Input, output::Output};

/// Watches the outcomes of requests in the order in which they arrive.
#[derive(Debug, Default)]
pub(crate) struct Brake {
    failures_in_a_row: u32,
    hopeless: bool,
    /// Somebody interrupted the run.
    interrupted: bool,
}

impl Brake {
    /// Why the batch was stopped, if it was.
    fn sentence(&self) -> Option<String> {
        if self.hopeless {
            return Some("stopping: every other input would fail in the same way".to_owned());
        }
        (MOST_FAILURES <= self.failures_in_a_row)
            .then(|| format!("the service has failed {} times in a row; stopping", self.failures_in_a_row))
    }

    /// Says why the batch was stopped, and what was not tried.
    pub(crate) fn tell(&self, not_tried: &[Input], output: &mut Output) {
        if not_tried.is_empty() || output.is_unread() {
            return;
        }
        if let Some(why) = self.sentence() {
            output.notice(&why);
        }
        for input in not_tried.iter().take(NAMED) {
            output.notice(&format!("not tried: {}", input.subject()));
        }
        if NAMED < not_tried.len() {
            output.notice(&format!("not tried: {} more", not_tried.len() - NAMED));
        }
    }

    /// Nothing more is to be begun, because somebody wants the end.
    pub(crate) const fn interrupt(&mut self) {
        self.interrupted = true;
    }

    /// Sees how far the failure of a request reaches, if it is one.
    pub(crate) fn see(&mut self, failure: Option<Reach>) {
        match failure {
            None => self.failures_in_a_row = 0,
            Some(Reach::Everything) => self.hopeless = true,
            // It says nothing about the service.
            Some(Reach::Input) => {}
            Some(Reach::Service) => self.failures_in_a_row += 1,
        }
    }

    /// Whether nothing more can be had from the service.
    pub(crate) const fn is_down(&self) -> bool {
        self.hopeless || MOST_FAILURES <= self.failures_in_a_row
    }

    /// Whether anything more should be begun.
    pub(crate) const fn flow(&self) -> Flow {
        if self.interrupted || self.is_down() { Flow::BeginNoMore } else { Flow::Next }
    }
}

/// Requests that fail after all their repeats, one after another, before the service counts as down.
const MOST_FAILURES: u32 = 10;

/// Inputs that are named one by one; of more, their number says enough.
const NAMED: usize = 20;

#[cfg(test)]
mod tests {
    use super::*;

    fn see(brake: &mut Brake, failure: Option<Reach>) -> Flow {
        brake.see(failure);
        brake.flow()
    }

    #[test]
    fn a_refused_key_stops_at_once() {
        let mut brake = Brake::default();
        assert_eq!(see(&mut brake, Some(Reach::Everything)), Flow::BeginNoMore);
        assert!(brake.sentence().is_some());
    }

    #[test]
    fn ten_failures_in_a_row_stop_and_a_success_starts_the_count_anew() {
        let mut brake = Brake::default();
        for _ in 0..9 {
            assert_eq!(see(&mut brake, Some(Reach::Service)), Flow::Next);
        }
        assert_eq!(see(&mut brake, None), Flow::Next);
        for _ in 0..9 {
            assert_eq!(see(&mut brake, Some(Reach::Service)), Flow::Next);
            assert_eq!(see(&mut brake, Some(Reach::Input)), Flow::Next);
        }
        assert_eq!(brake.sentence(), None);
        assert_eq!(see(&mut brake, Some(Reach::Service)), Flow::BeginNoMore);
        assert_eq!(brake.sentence().as_deref(), Some("the service has failed 10 times in a row; stopping"));
    }
}
