//! Recognizing inputs whose results go into a folder.

use std::{
    mem,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

use stt_model::{Language, Ticks};
use stt_transcript::{Segment, Transcript};
use tokio::{sync::Semaphore, task::spawn_blocking};

use crate::{
    audio::Way,
    batch::Teller,
    folder::{Began, Folder, Standing},
    heard::{Failed, Heard},
    inputs::Input,
    problem::Problem,
    session::{Event, Outcome, Session},
};

/// Recognizes inputs and puts what was heard into a folder, each input as soon as it is done.
pub(crate) struct Filing {
    folder: Folder,
    language: Language,
    session: Arc<Session>,
    /// One for each input that may be read into memory at the same time.
    turns: Semaphore,
}

/// What became of one input.
pub(crate) struct Filed {
    pub(crate) outcome: Outcome,
    /// Why the results are not where they belong.
    pub(crate) problem: Option<Problem>,
    pub(crate) transcript: Transcript,
}

impl Filing {
    pub(crate) fn new(folder: Folder, language: Language, session: Arc<Session>) -> Self {
        Self { folder, language, session, turns: Semaphore::new(AT_ONCE) }
    }

    /// Does what is to be done about one input.
    pub(crate) async fn run(
        self: Arc<Self>,
        index: usize,
        input: Input,
        standing: Standing,
        teller: Teller<Event>,
    ) -> Filed {
        let path = match (&input, standing) {
            (_, Standing::Kept(kept)) => {
                let (transcript, began) = *kept;
                return self.file(index, Outcome::of(input), transcript, began).await;
            }
            (_, Standing::Refused(problem)) => return self.refused(input, problem, &teller),
            (Input::File(path), _) => path.clone(),
            // Whatever else there is refuses itself.
            _ => return self.whole(input, None, &teller).await,
        };
        for is_last in [false, true] {
            let mut began = match self.begin(index, path.clone()).await {
                Ok(began) => began,
                Err(problem) => return self.refused(input, problem, &teller),
            };
            let Filed { outcome, transcript, .. } = self.whole(input.clone(), began.contents(), &teller).await;
            if self.folder.is_unchanged(&path, &began) {
                return self.file(index, outcome, transcript, began).await;
            }
            if !is_last {
                teller.tell(Event::Note("changed while it was read; trying again".to_owned()));
            }
        }
        let subject = input.subject();
        self.refused(input, Problem::input(subject, "changed while it was read, twice"), &teller)
    }

    /// Recognizes an input, and collects what was heard in it. What is in a file need not be read again if it is at hand.
    async fn whole(&self, input: Input, contents: Option<Vec<u8>>, teller: &Teller<Event>) -> Filed {
        let segments: Mutex<Vec<Segment>> = Mutex::default();
        let tell = |event: Event| {
            if let Event::Heard(heard) = &event {
                // A segment is pushed whole, so a panic elsewhere leaves the list usable.
                segments.lock().unwrap_or_else(PoisonError::into_inner).push(heard.segment());
            }
            teller.tell(event);
        };
        let outcome = match &input {
            Input::File(path) => {
                let shaping = &self.session.shaping;
                let way = match contents {
                    Some(bytes) => Way::of_contents(path, bytes, shaping),
                    None => Way::of_file(path, shaping),
                };
                self.session.go(input, way, &tell).await
            }
            _ => Arc::clone(&self.session).run(input, tell).await,
        };
        let mut segments = mem::take(&mut *segments.lock().unwrap_or_else(PoisonError::into_inner));
        if !outcome.is_tried {
            // So the folder notes that it is not done.
            segments.push(Heard::skipped(&outcome.input.subject(), Ticks(0)).segment());
        }
        let transcript = Transcript::new(outcome.input.name(), self.language.clone(), segments);
        let transcript = match outcome.length {
            Some(length) => transcript.audio(length),
            None => transcript,
        };
        Filed { outcome, problem: None, transcript }
    }

    fn refused(&self, input: Input, problem: Problem, teller: &Teller<Event>) -> Filed {
        let heard = Heard::whole(None, Err(Failed::local("input", problem)));
        let transcript = Transcript::new(input.name(), self.language.clone(), vec![heard.segment()]);
        teller.tell(Event::Heard(Box::new(heard)));
        Filed { outcome: Outcome::of(input), problem: None, transcript }
    }

    async fn begin(self: &Arc<Self>, index: usize, path: PathBuf) -> Result<Began, Problem> {
        let filing = Arc::clone(self);
        let name = path.display().to_string();
        // Turns are never withdrawn.
        let _turn = self.turns.acquire().await;
        let begun = spawn_blocking(move || filing.folder.begin(index, &path)).await;
        begun.unwrap_or_else(|error| Err(Problem::input(name, format!("internal error: {error}"))))
    }

    /// Puts what was heard into its files.
    async fn file(&self, index: usize, outcome: Outcome, transcript: Transcript, began: Began) -> Filed {
        let problem = self.folder.store(index, &transcript, began).await.err();
        Filed { outcome, problem, transcript }
    }
}

/// A few threads read as fast as many, and each of them costs memory and time to wake.
const AT_ONCE: usize = 4;
