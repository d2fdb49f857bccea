//! One run against one resource: what is asked, and what becomes of each input.

use std::{error::Error as _, pin::pin, sync::Arc, time::Duration};

use futures_util::{StreamExt, stream};
use stt_core::Recognize;
use stt_hyper::{Audio, Client};
use stt_long::{LongPiece, PieceError, Pieces};
use stt_model::{AudioFormat, Ticks};
use tokio::{io::AsyncRead, sync::Semaphore};

use crate::{
    audio::{Prepared, Source, Way},
    failure::Asker,
    gate::Gate,
    heard::{Answer, Clock, Failed, Heard},
    inputs::Input,
    live::{self, Arrived},
    problem::Problem,
    saved::Saving,
    shaping::Shaping,
    tries::Tries,
};

/// What all inputs of a run have in common.
pub(crate) struct Session {
    pub(crate) asker: Asker,
    pub(crate) client: Client,
    /// What every request waits at.
    pub(crate) gate: Arc<Gate>,
    pub(crate) recognize: Recognize,
    pub(crate) shaping: Shaping,
    /// Where answers are kept.
    pub(crate) saving: Option<Arc<Saving>>,
    jobs: usize,
    /// One for each piece of audio that may be at hand, whatever input it is of.
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
    /// An answer that cannot be kept.
    Unsaved(Problem),
}

/// What became of one input, beside what was heard in it.
pub(crate) struct Outcome {
    pub(crate) input: Input,
    pub(crate) length: Option<Duration>,
    /// What of a live stream was not sent.
    pub(crate) not_sent: Option<String>,
    /// Whether anything of it was asked, or could not be. If not, nothing else is told of it.
    pub(crate) is_tried: bool,
}

impl Outcome {
    /// Nothing is known but the input.
    pub(crate) const fn of(input: Input) -> Self {
        Self { input, length: None, not_sent: None, is_tried: true }
    }

    /// The run was stopped before anything of the input was asked.
    fn not_tried(input: Input) -> Self {
        Self { is_tried: false, ..Self::of(input) }
    }
}

impl Session {
    pub(crate) fn new(
        asker: Asker,
        client: Client,
        gate: Gate,
        recognize: Recognize,
        shaping: Shaping,
        jobs: u16,
    ) -> Self {
        let (gate, jobs) = (Arc::new(gate), usize::from(jobs));
        let (saving, permits) = (None, Arc::new(Semaphore::new(jobs)));
        Self { asker, client, gate, recognize, shaping, saving, jobs, permits }
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
                let result = self.call(&input, audio, None, None).await;
                // A failure says for itself that nothing was recognized.
                let not_sent = result.is_ok().then(|| progress.not_sent()).flatten();
                let outcome = Outcome { length: Some(progress.heard()), not_sent, ..Outcome::of(input) };
                self.whole(outcome, result, tell).await
            }
            Ok(Arrived::Way(way)) => self.go(input, Ok(way), tell).await,
            Err(problem) => self.go(input, Err(problem), tell).await,
        }
    }

    /// Recognizes an input that was looked at.
    pub(crate) async fn go(self: &Arc<Self>, input: Input, way: Result<Way, Problem>, tell: Tell<'_>) -> Outcome {
        match way {
            Err(problem) => self.whole(Outcome::of(input), Err(Failed::local("input", problem)), tell).await,
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
            Ok(audio) => self.call(&input, audio, length, Some(bytes)).await,
            Err(error) => {
                let why = error.source().map(ToString::to_string);
                Err(Failed::local("input", Problem::input(input.subject(), error.to_string()).why(why)))
            }
        };
        self.whole(Outcome { length, ..Outcome::of(input) }, result, tell).await
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
        let of = input.clone();
        let asked = begun.map(move |(permit, piece, last)| {
            let (session, input) = (Arc::clone(&session), of.clone());
            async move {
                let heard = session.piece(&input.subject(), piece, last, is_live).await;
                drop(permit);
                // Of those that are not tried, one is told.
                if heard.is_skipped() { (heard, None) } else { session.saved(&input, heard).await }
            }
        });
        let mut heard = pin!(asked.buffered(self.jobs));
        let mut is_first = true;
        while let Some((mut heard, mut unsaved)) = heard.next().await {
            let is_last = heard.is_skipped();
            if is_first && is_last {
                return Outcome::not_tried(input);
            }
            is_first = false;
            if is_last {
                (heard, unsaved) = self.saved(&input, heard).await;
            }
            unsaved.into_iter().for_each(|problem| tell(Event::Unsaved(problem)));
            tell(Event::Heard(Box::new(heard)));
            if is_last {
                break;
            }
        }
        note(tell, progress.notes());
        note(tell, progress.losses());
        self.over(Outcome { length: Some(progress.read()), ..Outcome::of(input) }, tell).await
    }

    async fn piece(&self, subject: &str, piece: Result<LongPiece, PieceError>, last: Ticks, is_live: bool) -> Heard {
        let piece = match piece {
            Ok(piece) => piece,
            Err(error) => return Heard::broken(subject, last, &error),
        };
        let whole = piece.start == Ticks(0) && piece.cut == stt_audio::Cut::End;
        let named = if whole { subject.to_owned() } else { named(subject, &piece) };
        let length = Duration::from(Ticks(piece.end.0.saturating_sub(piece.start.0)));
        let asked =
            Asked { subject: &named, file: None, length: Some(length), bytes: Some(piece.audio.len() as u64), is_live };
        match self.ask(asked, piece.audio()).await {
            Err(failed) if failed.is_skipped() => Heard::skipped(subject, piece.start),
            result => Heard::piece(&piece, result),
        }
    }

    /// Asks for the whole of an input.
    async fn call(
        &self,
        input: &Input,
        audio: Audio,
        length: Option<Duration>,
        bytes: Option<u64>,
    ) -> Result<Answer, Failed> {
        let subject = input.subject();
        // Permits are never withdrawn.
        let _permit = self.permits.acquire().await;
        let is_live = *input == Input::Stdin;
        self.ask(Asked { subject: &subject, file: Some(&subject), length, bytes, is_live }, audio).await
    }

    /// Asks for audio when its turn has come.
    async fn ask(&self, asked: Asked<'_>, audio: Audio) -> Result<Answer, Failed> {
        let Asked { subject, file, length, bytes, is_live } = asked;
        let Ok(pass) = self.gate.enter(length, is_live).await else { return Err(Failed::skipped(subject)) };
        let tries = self.saving.as_ref().map(|_| Tries::default());
        let reply = match &tries {
            Some(tries) => tries.watch(&self.client).recognize(audio, &self.recognize).await,
            None => self.client.recognize(audio, &self.recognize).await,
        };
        let raw = tries.map(|tries| tries.with(reply.as_ref().ok())).unwrap_or_default();
        match reply {
            Ok(reply) => {
                pass.ended(reply.attempts, None);
                Ok(Answer::of(reply, raw))
            }
            Err(error) => {
                let failed = Failed::call(&error, self.asker.problem(&error, subject, file, bytes), raw);
                pass.ended(error.attempts(), Some(failed.reach));
                Err(failed)
            }
        }
    }

    /// Tells what was heard in the whole of an input.
    async fn whole(&self, outcome: Outcome, result: Result<Answer, Failed>, tell: Tell<'_>) -> Outcome {
        if result.as_ref().is_err_and(Failed::is_skipped) {
            return Outcome::not_tried(outcome.input);
        }
        let (heard, unsaved) = self.saved(&outcome.input, Heard::whole(outcome.length, result)).await;
        unsaved.into_iter().for_each(|problem| tell(Event::Unsaved(problem)));
        tell(Event::Heard(Box::new(heard)));
        self.over(outcome, tell).await
    }

    /// Keeps what was answered, if that is wanted, and tells why it cannot be kept.
    async fn saved(&self, input: &Input, heard: Heard) -> (Heard, Option<Problem>) {
        match &self.saving {
            Some(saving) => saving.save(input, heard).await,
            None => (heard, None),
        }
    }

    /// Notes that nothing more comes of an input.
    async fn over(&self, outcome: Outcome, tell: Tell<'_>) -> Outcome {
        if let Some(saving) = &self.saving
            && let Err(problem) = saving.end(&outcome.input, outcome.length, outcome.not_sent.clone()).await
        {
            tell(Event::Unsaved(problem));
        }
        outcome
    }
}

/// Audio that is asked for.
struct Asked<'a> {
    /// What it is called in messages.
    subject: &'a str,
    /// The file that it is as it is, or was made of.
    file: Option<&'a str>,
    length: Option<Duration>,
    bytes: Option<u64>,
    /// Whether nobody can ask for it later.
    is_live: bool,
}

fn note(tell: Tell<'_>, notes: impl IntoIterator<Item: ToString>) {
    notes.into_iter().for_each(|note| tell(Event::Note(note.to_string())));
}

/// A piece of an input, as it is called in messages.
fn named(subject: &str, piece: &LongPiece) -> String {
    format!("{subject} from {} to {}", Clock(piece.start), Clock(piece.end))
}
