//! One run against one resource: what is asked, and what becomes of each input.

use std::{
    error::Error as _,
    pin::pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use futures_util::{StreamExt, stream};
use stt_core::{Recognize, Reply};
use stt_hyper::{Audio, Client, Limiter};
use stt_long::{LongPiece, PieceError, Pieces};
use stt_model::{AudioFormat, Ticks};
use tokio::{io::AsyncRead, sync::Semaphore};

use crate::{
    audio::{Prepared, Source, Way},
    batch::Flow,
    brake::Brake,
    exit::Exit,
    failure::Asker,
    heard::{Clock, Failed, Heard},
    inputs::Input,
    live::{self, Arrived},
    problem::Problem,
    shaping::Shaping,
};

/// What all inputs of a run have in common.
pub(crate) struct Session {
    pub(crate) asker: Asker,
    pub(crate) client: Client,
    /// How many requests the client has under way.
    pub(crate) limiter: Limiter,
    pub(crate) recognize: Recognize,
    pub(crate) shaping: Shaping,
    brake: Mutex<Brake>,
    jobs: usize,
    /// One for each request that may be under way, whatever input it is of.
    permits: Arc<Semaphore>,
}

/// How what happens to an input is told before its outcome.
type Tell<'a> = &'a (dyn Fn(Event) + Send + Sync);

/// What is told of an input before its outcome.
pub(crate) enum Event {
    /// One piece of it, most often the only one.
    Heard(Box<Heard>),
    /// Something odd about it.
    Note(String),
}

impl Outcome {
    /// Nothing is known but the input.
    pub(crate) const fn of(input: Input) -> Self {
        Self { input, length: None, not_sent: None }
    }
}

/// What became of one input, beside what was heard in it.
pub(crate) struct Outcome {
    pub(crate) input: Input,
    pub(crate) length: Option<Duration>,
    /// What of a live stream was not sent.
    pub(crate) not_sent: Option<String>,
}

impl Session {
    pub(crate) fn new(
        asker: Asker,
        client: Client,
        limiter: Limiter,
        recognize: Recognize,
        shaping: Shaping,
        jobs: u16,
    ) -> Self {
        let jobs = usize::from(jobs);
        Self {
            asker,
            client,
            limiter,
            recognize,
            shaping,
            brake: Mutex::default(),
            jobs,
            permits: Arc::new(Semaphore::new(jobs)),
        }
    }

    /// Recognizes one input.
    pub(crate) async fn run(self: Arc<Self>, input: Input, tell: impl Fn(Event) + Send + Sync) -> Outcome {
        let way = match &input {
            Input::Refused(_, problem) => Err(problem.clone()),
            Input::File(path) => Way::of_file(path, &self.shaping),
            Input::Stdin => return self.run_live(input, tokio::io::stdin(), &tell).await,
        };
        self.go(input, way, &tell).await
    }

    async fn run_live(
        self: &Arc<Self>,
        input: Input,
        stream: impl AsyncRead + Send + Unpin + 'static,
        tell: Tell<'_>,
    ) -> Outcome {
        match live::arrive(stream, &self.shaping).await {
            Ok(Arrived::Stream { reader, progress, warnings }) => {
                note(tell, warnings);
                let audio = Audio::reader(AudioFormat::WavPcm16k, reader);
                let result = self.call(&input.subject(), audio, None).await;
                // A failure says for itself that nothing was recognized.
                let not_sent = result.is_ok().then(|| progress.not_sent()).flatten();
                self.whole(input, Some(progress.heard()), not_sent, result, tell)
            }
            Ok(Arrived::Way(way)) => self.go(input, Ok(way), tell).await,
            Err(problem) => self.go(input, Err(problem), tell).await,
        }
    }

    async fn go(self: &Arc<Self>, input: Input, way: Result<Way, Problem>, tell: Tell<'_>) -> Outcome {
        match way {
            Err(problem) => self.whole(input, None, None, Err(Failed::local("input", problem)), tell),
            Ok(Way::Pieces(pieces)) => self.pieces(input, pieces, tell).await,
            Ok(Way::Whole(prepared)) => self.send(input, prepared, tell).await,
        }
    }

    async fn send(&self, input: Input, prepared: Prepared, tell: Tell<'_>) -> Outcome {
        let Prepared { format, length, source, warnings } = prepared;
        note(tell, warnings);
        let bytes = source.bytes();
        let audio = match source {
            Source::File(path, _) => Audio::open(path).await,
            Source::Memory(bytes) => Ok(Audio::bytes(format, bytes)),
        };
        let result = match audio {
            Ok(audio) => self.call(&input.subject(), audio, Some(bytes)).await,
            Err(error) => {
                let why = error.source().map(ToString::to_string);
                Err(Failed::local("input", Problem::input(input.subject(), error.to_string()).why(why)))
            }
        };
        self.whole(input, length, None, result, tell)
    }

    /// Recognizes the pieces of one input, several at once where that is allowed, and tells of them in their order.
    async fn pieces(self: &Arc<Self>, input: Input, pieces: Pieces, tell: Tell<'_>) -> Outcome {
        let progress = pieces.progress();
        // A permit comes before its piece, so that inputs that wait for one hold no pieces.
        let (session, permits) = (Arc::clone(self), Arc::clone(&self.permits));
        let begun = stream::unfold((permits, pieces, Ticks(0)), |(permits, mut pieces, last)| async move {
            let permit = Arc::clone(&permits).acquire_owned().await.ok()?;
            let piece = pieces.next().await?;
            let end = piece.as_ref().map_or(last, |piece| piece.end);
            Some(((permit, piece, last), (permits, pieces, end)))
        });
        // Of live audio nothing can be asked for later.
        let is_live = input == Input::Stdin;
        let subject = input.subject();
        let asked = begun.map(move |(permit, piece, last)| {
            let (session, subject) = (Arc::clone(&session), subject.clone());
            async move {
                let heard = session.piece(&subject, piece, last, is_live).await;
                drop(permit);
                heard
            }
        });
        let mut heard = pin!(asked.buffered(self.jobs));
        while let Some(heard) = heard.next().await {
            let is_last = heard.is_skipped();
            tell(Event::Heard(Box::new(heard)));
            if is_last {
                break;
            }
        }
        note(tell, progress.notes());
        note(tell, progress.losses());
        Outcome { input, length: Some(progress.read()), not_sent: None }
    }

    async fn piece(&self, subject: &str, piece: Result<LongPiece, PieceError>, last: Ticks, is_live: bool) -> Heard {
        let piece = match piece {
            Ok(piece) if self.flow() == Flow::Next || (is_live && !self.brake().is_down()) => piece,
            Ok(piece) => return Heard::skipped(subject, piece.start),
            Err(error) => return Heard::broken(subject, last, &error),
        };
        let whole = piece.start == Ticks(0) && piece.cut == stt_audio::Cut::End;
        let named = if whole { subject.to_owned() } else { named(subject, &piece) };
        let bytes = piece.audio.len() as u64;
        let result = self.ask(&named, None, piece.audio(), Some(bytes)).await;
        Heard::piece(&piece, result)
    }

    /// Asks for the whole of an input.
    async fn call(&self, subject: &str, audio: Audio, bytes: Option<u64>) -> Result<Reply, Failed> {
        match self.permits.acquire().await {
            Ok(_permit) => self.ask(subject, Some(subject), audio, bytes).await,
            Err(error) => Err(Failed::local("internal", Problem::new(Exit::Service, error.to_string()).of(subject))),
        }
    }

    /// Asks for audio that is a file as it is, or made of one.
    async fn ask(&self, subject: &str, file: Option<&str>, audio: Audio, bytes: Option<u64>) -> Result<Reply, Failed> {
        let answer = self.client.recognize(audio, &self.recognize).await;
        let result = answer.map_err(|error| Failed::call(&error, self.asker.problem(&error, subject, file, bytes)));
        self.brake().see(result.as_ref().err().map(|failed| failed.reach));
        result
    }

    fn whole(
        &self,
        input: Input,
        length: Option<Duration>,
        not_sent: Option<String>,
        result: Result<Reply, Failed>,
        tell: Tell<'_>,
    ) -> Outcome {
        tell(Event::Heard(Box::new(Heard::whole(length, result))));
        Outcome { input, length, not_sent }
    }

    /// Whether anything more should be begun.
    pub(crate) fn flow(&self) -> Flow {
        self.brake().flow()
    }

    pub(crate) fn brake(&self) -> MutexGuard<'_, Brake> {
        // A count is whole after every statement, so a panic elsewhere leaves it usable.
        self.brake.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn note(tell: Tell<'_>, notes: impl IntoIterator<Item: ToString>) {
    notes.into_iter().for_each(|note| tell(Event::Note(note.to_string())));
}

/// A piece of an input, as it is called in messages.
fn named(subject: &str, piece: &LongPiece) -> String {
    format!("{subject} from {} to {}", Clock(piece.start), Clock(piece.end))
}
