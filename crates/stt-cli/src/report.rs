//! What is said about the inputs of a run, one by one and in the end.

mod progress;
mod tally;

use std::{
    collections::BTreeSet,
    sync::Arc,
    time::{Duration, Instant},
};

use stt_auth::Resource;
use stt_hyper::Limiter;
use stt_transcript::Transcript;

pub(crate) use self::tally::GoesOn;
use self::{progress::Progress, tally::Tally};
use crate::{
    exit::Exit,
    failure::Reach,
    gate::{self, Gate, Pause, Stopped},
    heard::Heard,
    inputs::Input,
    output::Output,
    problem::Problem,
    session::Outcome,
    silence,
};

/// Tells what became of each input, and in the end of all.
pub(crate) struct Report<'a> {
    pub(crate) output: &'a mut Output,
    allow_empty: bool,
    /// Who is asked, if anybody is.
    resource: Option<Resource>,
    gate: Arc<Gate>,
    /// How many requests at once were allowed when that was last looked at.
    allowed: u32,
    several: bool,
    tally: Tally,
    /// Inputs whose end is awaited, by their places in the run.
    waiting: BTreeSet<usize>,
    /// Those of which nothing was asked because the run was stopped.
    not_tried: BTreeSet<usize>,
    /// The pause that was told last.
    pause: Option<Pause>,
    began: Instant,
    /// When a program was last told how far the run is.
    told: Option<Instant>,
    /// Whether it was said that there are other ways for long audio.
    is_long_said: bool,
    /// Whether new tokens could not be had when that was last said.
    troubled: bool,
}

impl<'a> Report<'a> {
    pub(crate) fn new(
        output: &'a mut Output,
        resource: impl Into<Option<Resource>>,
        gate: Arc<Gate>,
        allow_empty: bool,
        several: bool,
    ) -> Self {
        Self {
            output,
            allow_empty,
            resource: resource.into(),
            allowed: gate.limiter().allowed,
            gate,
            several,
            tally: Tally::default(),
            waiting: BTreeSet::new(),
            not_tried: BTreeSet::new(),
            pause: None,
            began: Instant::now(),
            told: None,
            is_long_said: false,
            troubled: false,
        }
    }

    /// Of results for which nobody is asked.
    pub(crate) fn of_saved(output: &'a mut Output, allow_empty: bool, several: bool) -> Self {
        let gate = Arc::new(Gate::new(Limiter::fixed(1), None));
        Self { is_long_said: true, ..Self::new(output, None, gate, allow_empty, several) }
    }

    /// So many inputs are begun now, one after the other.
    pub(crate) fn begin(&mut self, inputs: usize) {
        self.waiting = (0..inputs).collect();
        self.began = Instant::now();
    }

    /// A piece of an input, the last of so many.
    pub(crate) fn heard(&mut self, input: &Input, heard: &Heard, pieces: usize) {
        let attempts = heard.attempts();
        if 0 < attempts {
            let length = heard.length().unwrap_or_default().as_secs_f64();
            self.tally.audio_seconds += length;
            self.tally.repeated_seconds += length * f64::from(attempts - 1);
        }
        if let Err(failed) = &heard.result {
            self.output.problem(&failed.problem);
            self.tally.fail(failed.problem.alike(), &input.name());
            self.tally.may_pass |= failed.reach != Reach::Input;
        }
        self.output.detail(&format!("{}: {}", input.subject(), heard.detail()));
        if 1 < pieces {
            self.output.progress(&format!("{}: {pieces} pieces done, to {}", input.subject(), heard.until()));
        }
        if !heard.is_first() && !self.is_long_said {
            self.is_long_said = true;
            self.output.note(LONG);
        }
        self.trouble();
        self.level();
        self.pause();
    }

    /// The run was stopped before anything was asked of the input at this place.
    pub(crate) fn not_tried(&mut self, place: usize) {
        self.not_tried.insert(place);
    }

    /// The input at this place has come to an end, of which more is told next.
    pub(crate) fn over(&mut self, place: usize) {
        self.waiting.remove(&place);
    }

    /// All of an input.
    pub(crate) fn ended(&mut self, outcome: &Outcome, transcript: &Transcript) {
        if transcript.segments().iter().any(|segment| segment.failure().is_some()) {
            self.tally.failed += 1;
        } else if transcript.has_words() {
            self.tally.with_words += 1;
        } else {
            self.tally.without_words += 1;
            let subject = outcome.input.subject();
            let first = transcript.segments().first().and_then(|segment| segment.recognition());
            let problem = match first {
                Some(recognition) => silence::problem(recognition, &subject, transcript.language()),
                None => Problem::new(Exit::NoWords, "nothing but silence, so nothing was sent").of(subject),
            };
            if self.allow_empty { self.output.allowed(&problem) } else { self.output.problem(&problem) }
        }
        if let Some(not_sent) = &outcome.not_sent {
            self.output.notice(not_sent);
        }
        self.show();
    }

    /// The work on an input broke down, by a mistake of this program.
    pub(crate) fn broke_down(&mut self, input: &Input, heard: &Heard) {
        self.heard(input, heard, 1);
        self.tally.failed += 1;
        self.show();
    }

    /// All of an input whose results are not where they belong.
    pub(crate) fn not_stored(&mut self, input: &Input, problem: &Problem) {
        self.output.problem(problem);
        self.tally.failed += 1;
        self.tally.fail(problem.alike(), &input.name());
        self.show();
    }

    /// An input that an earlier run had done.
    pub(crate) fn done_before(&mut self, words: bool) {
        self.tally.done_before += 1;
        if words {
            self.tally.with_words += 1;
        } else {
            self.tally.without_words += 1;
            if !self.allow_empty {
                self.output.count(Exit::NoWords);
            }
        }
    }

    /// At most so many inputs are waited for, because somebody interrupted the run.
    pub(crate) fn finishing(&mut self, inputs: usize) {
        // Those that wait for their turn end at once; one that waits for live audio is under way for nobody but its user.
        let inputs = inputs.min(self.gate.under_way()).max(1);
        let (noun, them) = if inputs == 1 { ("input", "it") } else { ("inputs", "them") };
        self.output.notice(&format!("finishing {inputs} {noun} (Ctrl-C again to drop {them})"));
    }

    /// Says that fewer requests go out at once, because the service could not bear as many.
    fn level(&mut self) {
        let allowed = self.gate.limiter().allowed;
        if allowed < self.allowed {
            self.output.note(&format!("reduced to {allowed} at a time"));
        }
        self.allowed = allowed;
    }

    /// Says that nothing is asked for a while, because the service has failed.
    fn pause(&mut self) {
        let pause = self.gate.pause();
        if self.pause != pause
            && let Some(Pause { failures, length, .. }) = pause
        {
            let times = if failures == 1 { "failed".to_owned() } else { format!("failed {failures} times in a row") };
            self.output.note(&format!("the service has {times}; trying it again in {} s", length.as_secs()));
        }
        self.pause = pause;
    }

    /// Tells how far the run is.
    fn show(&mut self) {
        if !self.several {
            return;
        }
        let now = Instant::now();
        let left = self.waiting.len() + self.not_tried.len();
        let progress = Progress::of(&self.tally, left, now - self.began, self.gate.limiter());
        if !self.output.is_watched() {
            self.output.progress(&progress.to_string());
        } else if left == 0 || self.told.is_none_or(|told| EVERY <= now - told) {
            self.told = Some(now);
            self.output.notice(&serde_json::to_string(&progress).expect("names and numbers"));
        }
    }

    /// Says once that the token at hand cannot be replaced, and once that this is over.
    fn trouble(&mut self) {
        let said = match (self.resource.as_ref().and_then(Resource::trouble), self.troubled) {
            (Some(error), false) => format!("warning: {error}; the old token is used while it lives"),
            (None, true) => "there is a new access token".to_owned(),
            (Some(_), true) | (None, false) => return,
        };
        self.output.note(&said);
        self.troubled = !self.troubled;
    }

    /// What became of all inputs of the run, of which so many were begun.
    pub(crate) fn summary(
        &mut self,
        inputs: &[&Input],
        begun: usize,
        goes_on: Option<&GoesOn<'_>>,
        for_programs: bool,
    ) {
        let not_begun = self.waiting.split_off(&begun);
        self.not_tried.extend(not_begun);
        let at = |places: &BTreeSet<usize>| places.iter().map(|place| inputs[*place].clone()).collect::<Vec<_>>();
        let (dropped, not_tried) = (at(&self.waiting), at(&self.not_tried));
        if !self.output.is_unread() {
            gate::name("dropped", &dropped, self.output);
        }
        self.gate.tell(&not_tried, goes_on.is_some(), self.output);
        let tally = &mut self.tally;
        (tally.dropped, tally.not_tried) = (dropped.len(), not_tried.len());
        tally.stopped = self.gate.stopped().map(Stopped::word);
        tally.inputs = tally.with_words + tally.without_words + tally.failed + tally.dropped + tally.not_tried;
        if for_programs {
            let json = serde_json::to_string(tally).expect("names and numbers");
            self.output.notice(&json);
            return;
        }
        if !self.several || self.output.is_unread() {
            return;
        }
        for line in tally.lines(goes_on) {
            self.output.note(&line);
        }
    }
}

/// How often a program is told how far the run is.
const EVERY: Duration = Duration::from_secs(1);

/// Both take hours of audio and say who spoke when, which this API does not.
const LONG: &str =
    "hint: for long audio the service also has fast transcription and batch transcription, which take it whole";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::Said;
    use http::Response;
    use stt_auth::{Access, Authorization, Lease, Now};

    #[test]
    fn a_token_that_cannot_be_replaced_is_one_warning_until_it_can() {
        let key = "0123456789abcdef0123456789abcdef".parse().unwrap();
        let resource = Resource::of("westus".parse().unwrap(), Authorization::Token(key)).unwrap();
        let at = |seconds| Now::new(Duration::from_secs(seconds), Duration::from_secs(1_790_000_000 + seconds));
        let lease = |seconds| -> Lease {
            let Access::Refresh(lease) = resource.access(at(seconds)) else { panic!("a token is due") };
            lease
        };
        lease(0).answered(Response::new("header.payload.signature"), at(0));
        let said = Said::default();
        let mut output = Output::talking_to(said.clone());
        let mut report =
            Report::new(&mut output, resource.clone(), Arc::new(Gate::new(Limiter::fixed(1), None)), false, true);
        report.trouble();
        lease(541).answered(Response::builder().status(503).body("").unwrap(), at(541));
        report.trouble();
        report.trouble();
        lease(580).answered(Response::new("header.payload.signature2"), at(580));
        report.trouble();
        report.trouble();
        let said = said.text();
        let lines: Vec<&str> = said.lines().collect();
        assert_eq!(lines.len(), 2, "{said}");
        assert!(
            lines[0].starts_with("warning: ") && lines[0].ends_with("; the old token is used while it lives"),
            "{said}"
        );
        assert_eq!(lines[1], "there is a new access token");
    }
}
