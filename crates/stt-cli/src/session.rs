//! One run against one resource: what is asked, and what becomes of each input.

use std::{error::Error as _, sync::Arc, time::Duration};

use stt_audio::Limits;
use stt_core::{Error, Recognize, Reply};
use stt_hyper::{Audio, Client};
use stt_model::{AudioFormat, Ticks};
use stt_transcript::{Failure, Segment};
use tokio::io::AsyncRead;

use crate::{
    audio::{Prepared, Source},
    exit::Exit,
    failure::{Asker, Reach, kind, reach},
    inputs::Input,
    live::{self, Arrived},
    problem::Problem,
};

/// What all inputs of a run have in common.
pub(crate) struct Session {
    pub(crate) asker: Asker,
    pub(crate) client: Client,
    pub(crate) limits: Limits,
    pub(crate) recognize: Recognize,
}

/// What became of one input.
pub(crate) struct Outcome {
    pub(crate) input: Input,
    pub(crate) length: Option<Duration>,
    pub(crate) result: Result<Reply, Failed>,
    /// What is odd about the input.
    pub(crate) warnings: Vec<String>,
    /// What of a live stream was not sent.
    pub(crate) not_sent: Option<String>,
}

/// Why an input has no result.
pub(crate) struct Failed {
    pub(crate) problem: Problem,
    pub(crate) reach: Reach,
    segment: Segment,
}

impl Session {
    /// Recognizes one input.
    pub(crate) async fn run(self: Arc<Self>, input: Input) -> Outcome {
        match &input {
            Input::Refused(_, problem) => {
                let problem = problem.clone();
                Outcome::refused(input, problem)
            }
            Input::File(path) => match Prepared::of_file(path, self.limits) {
                Ok(prepared) => self.send(input, prepared).await,
                Err(problem) => Outcome::refused(input, problem),
            },
            Input::Stdin => self.run_live(input, tokio::io::stdin()).await,
        }
    }

    async fn run_live(&self, input: Input, stream: impl AsyncRead + Send + Unpin + 'static) -> Outcome {
        match live::arrive(stream, self.limits).await {
            Err(problem) => Outcome::refused(input, problem),
            Ok(Arrived::Whole(prepared)) => self.send(input, prepared).await,
            Ok(Arrived::Stream { reader, progress, warnings }) => {
                let audio = Audio::reader(AudioFormat::WavPcm16k, reader);
                let result = self.call(&input, audio, None).await;
                // A failure says for itself that nothing was recognized.
                let not_sent = result.is_ok().then(|| progress.not_sent()).flatten();
                Outcome { input, length: Some(progress.heard()), result, warnings, not_sent }
            }
        }
    }

    async fn send(&self, input: Input, prepared: Prepared) -> Outcome {
        let Prepared { format, length, source, warnings } = prepared;
        let bytes = source.bytes();
        let audio = match source {
            Source::File(path, _) => Audio::open(path).await,
            Source::Memory(bytes) => Ok(Audio::bytes(format, bytes)),
        };
        match audio {
            Ok(audio) => {
                let result = self.call(&input, audio, Some(bytes)).await;
                Outcome { input, length, result, warnings, not_sent: None }
            }
            Err(error) => {
                let why = error.source().map(ToString::to_string);
                let problem = Problem::input(input.subject(), error.to_string()).why(why);
                Outcome::refused(input, problem)
            }
        }
    }

    async fn call(&self, input: &Input, audio: Audio, bytes: Option<u64>) -> Result<Reply, Failed> {
        self.client
            .recognize(audio, &self.recognize)
            .await
            .map_err(|error| Failed::call(&error, self.asker.problem(&error, &input.subject(), bytes)))
    }
}

impl Outcome {
    /// Something that was refused before anything was sent.
    pub(crate) fn refused(input: Input, problem: Problem) -> Self {
        Self { input, length: None, result: Err(Failed::local("input", problem)), warnings: Vec::new(), not_sent: None }
    }

    /// A mistake of this program, in the work on one input.
    pub(crate) fn internal(input: Input) -> Self {
        let problem = Problem::new(Exit::Service, "internal error").of(input.subject());
        let result = Err(Failed::local("internal", problem));
        Self { input, length: None, result, warnings: Vec::new(), not_sent: None }
    }

    /// How far its failure reaches, if it is one.
    pub(crate) fn reach(&self) -> Option<Reach> {
        self.result.as_ref().err().map(|failed| failed.reach)
    }

    /// What stands in the transcript.
    pub(crate) fn segment(&self) -> Segment {
        match &self.result {
            Ok(reply) => {
                let segment = Segment::new(Ok(reply.recognition.clone()))
                    .piece(Ticks(0), self.length.map(Ticks::from))
                    .connection_id(reply.connection_id.to_string())
                    .attempts(reply.attempts);
                match reply.request_id() {
                    Some(id) => segment.request_id(id),
                    None => segment,
                }
            }
            Err(failed) => failed.segment.clone().piece(Ticks(0), self.length.map(Ticks::from)),
        }
    }

    /// How it went, for those who want to know more.
    pub(crate) fn detail(&self) -> String {
        let mut parts = Vec::new();
        parts.extend(self.length.map(|length| format!("{:.1} s of audio", length.as_secs_f64())));
        match &self.result {
            Ok(reply) => {
                let noun = if reply.attempts == 1 { "attempt" } else { "attempts" };
                parts.push(format!("{} {noun}", reply.attempts));
                parts.push(format!("connection id {}", reply.connection_id));
                parts.extend(reply.request_id().map(|id| format!("request id {id}")));
            }
            Err(_) => parts.push("failed".to_owned()),
        }
        format!("{}: {}", self.input.subject(), parts.join(", "))
    }
}

impl Failed {
    fn call(error: &Error, problem: Problem) -> Self {
        let failure = Failure {
            kind: kind(error.kind()).to_owned(),
            message: problem.what().to_owned(),
            status: error.status().map(|status| status.as_u16()),
            retryable: error.is_retryable(),
        };
        let mut segment = Segment::new(Err(failure)).attempts(error.attempts());
        if let Some(id) = error.connection_id() {
            segment = segment.connection_id(id.to_string());
        }
        if let Some(id) = error.request_id() {
            segment = segment.request_id(id);
        }
        Self { problem, reach: reach(error), segment }
    }

    fn local(kind: &str, problem: Problem) -> Self {
        let message = problem.what().to_owned();
        let failure = Failure { kind: kind.to_owned(), message, status: None, retryable: false };
        Self { problem, reach: Reach::Input, segment: Segment::new(Err(failure)) }
    }
}
