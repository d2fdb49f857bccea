//! The answers about one input, made what was heard in it.

use std::{
    fs::File,
    io::Read,
    path::{Path, PathBuf},
    time::Duration,
};

use http::Response;
use stt_audio::Cut;
use stt_core::{ErrorKind, Reply};
use stt_model::{Language, Ticks};
use stt_transcript::Transcript;
use tokio::io::AsyncReadExt;

use crate::{
    args::Auth,
    failure::{Asker, Reach},
    heard::{Answer, Clock, Failed, Heard},
    inputs::{Input, STANDARD_INPUT},
    output::io_reason,
    problem::Problem,
    saved::{Piece, Talk, Why},
};

/// One input whose answers are made results again.
pub(super) struct Replay {
    pub(super) input: Input,
    /// The path of its results, where they go into a folder.
    pub(super) place: PathBuf,
    /// The language that was asked for, where that is known.
    pub(super) language: Option<Language>,
    pub(super) length: Option<Duration>,
    pub(super) not_sent: Option<String>,
    /// In the order of their time.
    parts: Vec<Part>,
}

/// One piece of it.
pub(super) struct Part {
    start: Ticks,
    end: Option<Ticks>,
    forced_cut: bool,
    body: Body,
    /// The HTTP status of the answer.
    status: u16,
    attempts: u32,
    connection_id: Option<String>,
    request_id: Option<String>,
    failed: Option<Why>,
}

/// Where an answer is.
enum Body {
    File(PathBuf),
    Memory(Vec<u8>),
    Nowhere,
}

impl Replay {
    /// What an index tells.
    pub(super) fn of_talk(root: &Path, talk: &Talk) -> Self {
        let owner = &talk.owner;
        let mut parts: Vec<Part> = talk.pieces.iter().map(|piece| Part::of_piece(root, piece)).collect();
        parts.sort_by_key(|part| part.start);
        let input = if owner.path.is_some() { Input::File(PathBuf::from(&owner.input)) } else { Input::Stdin };
        let whole = talk.pieces.iter().find(|piece| piece.is_whole());
        if talk.ended.is_none() && whole.is_none() {
            let problem = Problem::input(input.subject(), "the run that saved it was stopped, and the rest is missing");
            let start = parts.last().and_then(|part| part.end).unwrap_or_default();
            parts.push(Part { start, ..Part::refused(problem) });
        }
        let ended = talk.ended.as_ref();
        let length = ended.map_or_else(|| whole.and_then(|piece| piece.end), |ended| ended.audio);
        Self {
            input,
            place: PathBuf::from(format!("{}.json", owner.stem)),
            language: owner.language.parse().ok(),
            length: length.map(|length| Ticks(length).into()),
            not_sent: ended.and_then(|ended| ended.not_sent.clone()),
            parts,
        }
    }

    /// An answer that comes while it is read.
    pub(super) async fn of_stdin() -> Self {
        let mut bytes = Vec::new();
        let read = tokio::io::stdin().take(LONGEST + 1).read_to_end(&mut bytes).await;
        let part = match read.map_err(|error| io_reason(&error)).and_then(|_| within_limit(bytes)) {
            Ok(bytes) => Part::bare(Body::Memory(bytes)),
            Err(why) => Part::refused(Problem::input(STANDARD_INPUT, why)),
        };
        Self { input: Input::Stdin, ..Self::of_parts(Path::new("-"), Path::new("stdin.json"), vec![part]) }
    }

    /// An answer of which nothing more is known.
    pub(super) fn bare(path: &Path, place: &Path) -> Self {
        Self::of_parts(path, place, vec![Part::bare(Body::File(path.to_owned()))])
    }

    pub(super) fn refused(path: &Path, problem: Problem) -> Self {
        Self::of_parts(path, path, vec![Part::refused(problem)])
    }

    /// Pieces of which no more is known than their places.
    pub(super) fn of_parts(path: &Path, place: &Path, parts: Vec<Part>) -> Self {
        let (input, place) = (Input::File(path.to_owned()), place.to_owned());
        Self { input, place, language: None, length: None, not_sent: None, parts }
    }

    pub(super) fn add(&mut self, part: Part) {
        self.parts.push(part);
        self.parts.sort_by_key(|part| part.start);
    }

    /// Whether there is nothing in it that could be read.
    pub(super) fn is_refused(&self) -> bool {
        self.parts.iter().all(|part| matches!(part.body, Body::Nowhere))
    }

    /// What was heard in each piece, in the order of their time.
    pub(super) fn heard(&self) -> Vec<Heard> {
        let mut all = Vec::with_capacity(self.parts.len());
        for part in &self.parts {
            let heard = part.heard(&self.input.subject());
            let is_last = heard.is_skipped();
            all.push(heard);
            if is_last {
                break;
            }
        }
        all
    }

    pub(super) fn paths(&self) -> impl Iterator<Item = &Path> {
        self.parts.iter().filter_map(|part| match &part.body {
            Body::File(path) => Some(path.as_path()),
            Body::Memory(_) | Body::Nowhere => None,
        })
    }
}

impl Part {
    fn of_piece(root: &Path, piece: &Piece) -> Self {
        let answer = piece.answer.as_ref();
        Self {
            start: Ticks(piece.start),
            end: piece.end.map(Ticks),
            forced_cut: piece.forced_cut,
            body: answer.map_or(Body::Nowhere, |saved| Body::File(root.join(&saved.file))),
            status: answer.map_or(SUCCESS, |saved| saved.status),
            attempts: piece.attempts,
            connection_id: piece.connection_id.clone(),
            request_id: piece.request_id.clone(),
            failed: piece.failed.clone(),
        }
    }

    /// A piece of which no more is known than its place.
    pub(super) fn of_file(path: &Path, start: Ticks, end: Option<Ticks>) -> Self {
        Self { start, end, ..Self::bare(Body::File(path.to_owned())) }
    }

    /// An answer takes at least one request; all else is not known.
    fn bare(body: Body) -> Self {
        let (start, end, status, attempts) = (Ticks(0), None, SUCCESS, 1);
        let (connection_id, request_id, failed) = (None, None, None);
        Self { start, end, forced_cut: false, body, status, attempts, connection_id, request_id, failed }
    }

    fn refused(problem: Problem) -> Self {
        let failure = Failed::local("input", problem.clone()).failure;
        Self { attempts: 0, failed: Some(Why { failure, problem }), ..Self::bare(Body::Nowhere) }
    }

    fn heard(&self, subject: &str) -> Heard {
        let named = match self.end {
            Some(end) if self.start != Ticks(0) => format!("{subject} from {} to {}", Clock(self.start), Clock(end)),
            _ => subject.to_owned(),
        };
        let cut = if self.forced_cut { Cut::Forced } else { Cut::End };
        Heard { result: self.result(&named).map_err(|failed| *failed), cut, end: self.end, start: self.start }
    }

    /// An answer that was not understood is read again: what the index tells of it counts where that is no better.
    fn result(&self, named: &str) -> Result<Answer, Box<Failed>> {
        let failed = self.failed.as_ref().map(|why| self.failed(why));
        let body = match (&self.body, failed) {
            (Body::Nowhere, None) => return Err(local(Problem::input(named, "its answer was not saved"))),
            (Body::Nowhere, Some(failed)) => return Err(failed),
            (_, Some(failed)) if self.status != SUCCESS => return Err(failed),
            (Body::Memory(bytes), _) => bytes.clone(),
            (Body::File(path), _) => {
                read(path).map_err(|why| local(Problem::input(path.display().to_string(), why)))?
            }
        };
        let is_result = str::from_utf8(&body).is_ok_and(|text| Transcript::from_json(text).is_ok());
        match (Reply::read(Response::new(body.into())), &self.failed) {
            (Ok(recognition), _) => Ok(Answer {
                recognition,
                attempts: self.attempts,
                connection_id: self.connection_id.clone(),
                request_id: self.request_id.clone(),
                raw: Vec::new(),
            }),
            (Err(_), Some(why)) => Err(self.failed(why)),
            (Err(error), None) if matches!(error.kind(), ErrorKind::Malformed(_)) => {
                let hint =
                    is_result.then(|| "it is a result of stt; answers are what --save-response keeps".to_owned());
                let what = "no answer of the service, or no whole one";
                Err(local(Problem::input(named, what).why(error.to_string()).hint(hint)))
            }
            (Err(error), None) => {
                let problem = Asker(Auth::Key).problem(&error, named, None, None);
                Err(Box::new(Failed::call(&error, problem, Vec::new())))
            }
        }
    }

    fn failed(&self, Why { failure, problem }: &Why) -> Box<Failed> {
        Box::new(Failed {
            problem: problem.clone(),
            reach: Reach::Input,
            failure: failure.clone(),
            attempts: self.attempts,
            connection_id: self.connection_id.clone(),
            request_id: self.request_id.clone(),
            raw: Vec::new(),
        })
    }
}

fn local(problem: Problem) -> Box<Failed> {
    Box::new(Failed::local("input", problem))
}

/// What is in a file, or why it cannot be read.
fn read(path: &Path) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(LONGEST + 1).read_to_end(&mut bytes));
    read.map_err(|error| io_reason(&error)).and_then(|_| within_limit(bytes))
}

fn within_limit(bytes: Vec<u8>) -> Result<Vec<u8>, String> {
    if LONGEST < bytes.len() as u64 { Err("larger than any answer of the service".to_owned()) } else { Ok(bytes) }
}

/// The HTTP status of a recognition, and of an answer of which none is known.
const SUCCESS: u16 = 200;

/// The client takes no answer of more than a mebibyte; other programs may write theirs with more white space.
const LONGEST: u64 = 8 * 1024 * 1024;
