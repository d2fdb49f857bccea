//! What is done to audio before it is sent.

use std::time::Duration;

use stt_audio::{Cure, Limits, RawFormat, Reason};
use stt_long::{Plan, Upload};

use crate::{
    args::{AudioArgs, Choice, SplitArgs, UploadForm},
    problem::Problem,
};

/// What is done to audio before it is sent, the same for all inputs of a run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shaping {
    /// What may go out in one request.
    pub(crate) limits: Limits,
    /// How pieces are made.
    pub(crate) plan: Plan,
    /// What the samples of headerless inputs are.
    pub(crate) raw: Option<RawFormat>,
    pub(crate) upload: UploadForm,
    converts: bool,
    splits: bool,
}

impl Shaping {
    /// Of audio that may be cut.
    pub(crate) fn of(audio: AudioArgs, split: SplitArgs, for_captions: bool) -> Result<Self, Problem> {
        let whole = Self::whole(audio, Limits::RECOGNITION);
        if split.split == Choice::Never {
            return Ok(whole);
        }
        let Some(longest) = split.longest(for_captions) else {
            return Ok(Self { plan: formed(Plan::default(), audio), splits: true, ..whole });
        };
        let plan = Plan::default().pieces(Duration::from_secs(longest.into()));
        let plan = plan.map_err(|error| Problem::usage(error.to_string()))?;
        Ok(Self { limits: Limits::seconds(longest), plan: formed(plan, audio), splits: true, ..whole })
    }

    /// Of audio that goes out in one request or not at all.
    pub(crate) fn whole(audio: AudioArgs, limits: Limits) -> Self {
        Self {
            limits,
            plan: formed(Plan::uncut(limits), audio),
            raw: audio.source.raw,
            upload: audio.upload,
            converts: audio.convert == Choice::Auto,
            splits: false,
        }
    }

    /// Whether audio is converted.
    pub(crate) const fn converts(&self) -> bool {
        self.converts
    }

    /// Whether what is too long is cut.
    pub(crate) const fn splits(&self) -> bool {
        self.splits
    }

    /// Whether audio can be made one that the service takes, in a way that was not forbidden; if not, why not.
    pub(crate) fn can_cure(
        &self,
        reasons: &[Reason],
        subject: &str,
        fix: impl Fn(&Reason) -> Option<String>,
    ) -> Result<(), Problem> {
        let stands = |reason: &&Reason| match reason.cure() {
            Cure::Convert => !self.converts,
            Cure::Split => !self.splits(),
            _ => true,
        };
        let Some(first) = reasons.iter().find(stands) else { return Ok(()) };
        let others: Vec<String> = reasons.iter().filter(|reason| *reason != first).map(ToString::to_string).collect();
        let others = (!others.is_empty()).then(|| format!("also: {}", others.join("; ")));
        let hint = match first.cure() {
            Cure::Convert => Some("without --convert never it becomes 16 kHz mono".to_owned()),
            Cure::Split if self.limits == Limits::ASSESSMENT => fix(first),
            Cure::Split => Some("without --split never it is cut in its pauses".to_owned()),
            _ => fix(first),
        };
        Err(Problem::input(subject, first.to_string()).why(others).hint(hint))
    }
}

fn formed(plan: Plan, audio: AudioArgs) -> Plan {
    let upload = match audio.upload {
        UploadForm::Opus => Upload::Opus,
        UploadForm::Wav => Upload::Wav,
    };
    plan.channel(audio.source.channel).upload(upload)
}
