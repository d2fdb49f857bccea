//! Asks one question after the other, and judges the answers.

use std::convert::Infallible;
use std::future::poll_fn;
use std::task::Poll;
use std::time::Duration;

use http::Request;
use serde_json::{Value, json};
use thiserror::Error;
use tokio::sync::oneshot;
use tokio::time::sleep;

use crate::conformance::client::{Client, ClientError, Outcome, Sending};
use crate::conformance::expectation::{Words, plain};
use crate::conformance::manner::{Manner, Unaskable};
use crate::conformance::question::{Asking, Audio, Credential, Question, Questions, Says, Upload};
use crate::conformance::report::{Asked, Finding, Report};
use crate::conformance::target::Target;
use crate::limits::Tier;
use crate::scenario::Called;
use crate::wire::SILENCE;

/// Why the questions could not be asked.
#[derive(Debug, Error)]
pub(crate) enum InterviewError {
    #[error("nothing can be sent")]
    Client(#[from] ClientError),
    #[error("{target} refuses the key with {status}")]
    Refused { target: String, status: u16 },
    #[error("{target} cannot be reached: {why}")]
    Unreachable { target: String, why: String },
}

/// What was sent, as the report shows it, and what came of it.
type Exchanged = (String, Outcome);

/// A target, and what is known of it so far.
pub(crate) struct Interview {
    target: Target,
    manner: Manner,
    client: Client,
    /// Whether it is one of these emulators, whose clock can be moved.
    has_clock: bool,
    /// Whether it hears the words that are coded into clips, and those of the recording.
    hears: [Option<Hearing>; 2],
}

/// What a target makes of words.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Hearing {
    /// It gave a result, and other words or none.
    Deaf,
    Hears,
    /// It gave no result at all, so that there is something wrong with it whatever it hears.
    Wrong,
}

impl Interview {
    pub(crate) fn new(target: Target, manner: Manner) -> Result<Self, InterviewError> {
        let client = Client::new(target.as_str())?;
        Ok(Self { target, manner, client, has_clock: false, hears: [None; 2] })
    }

    /// Asks all questions whose rules are wanted.
    pub(crate) async fn hold(mut self, questions: &Questions) -> Result<Report, InterviewError> {
        self.greet().await?;
        let wanted = |id: &String| self.manner.only.is_empty() || self.manner.only.contains(id);
        let asked = questions.asked.iter().filter(|question| question.rules.iter().any(wanted));
        let asked = asked.collect::<Vec<_>>();
        let unasked = questions.unasked.iter().filter(|unasked| wanted(&unasked.rule)).cloned().collect::<Vec<_>>();
        let mut answers = Vec::new();
        for question in asked {
            let finding = self.ask(question).await;
            answers.push(Asked::of(question, finding, &self.manner.key));
        }
        let only = &self.manner.only;
        Ok(Report::of(self.target.as_str(), self.manner.profile, answers, &unasked, only))
    }

    /// Makes sure that there is somebody to ask, and that the key is good.
    async fn greet(&mut self) -> Result<(), InterviewError> {
        let target = self.target.as_str().to_owned();
        match self.send(&Asking::default(), None).await {
            Ok((_, Outcome::Unreachable(why))) => return Err(InterviewError::Unreachable { target, why }),
            Ok((_, Outcome::Answered(answer))) if matches!(answer.status, 401 | 403) => {
                return Err(InterviewError::Refused { target, status: answer.status });
            }
            _ => {}
        }
        if self.target.is_local {
            let url = self.target.url(Called::Recognize, Some("/__emulator/clock"), "");
            let request =
                Request::get(url).body(Sending::default()).expect("the URL of the greeting with another path");
            self.has_clock = match self.client.send(request, self.manner.limit).await {
                Outcome::Answered(answer) => {
                    let clock = serde_json::from_slice::<Value>(&answer.body).unwrap_or_default();
                    answer.status == 200 && clock.get("advanced").is_some_and(Value::is_number)
                }
                _ => false,
            };
        }
        Ok(())
    }

    async fn ask(&mut self, question: &Question) -> Finding {
        if !question.is_for(self.manner.profile) {
            return Finding::unknown("it is a rule of the other --profile".to_owned());
        }
        let waits = if self.has_clock { Duration::ZERO } else { question.ask.age };
        let silent = self.has_clock && question.expect.is_silence();
        let takes = waits + if silent { Duration::ZERO } else { question.takes };
        if self.manner.patience < takes {
            let takes = takes.as_secs();
            return Finding::unknown(format!("it takes {takes} s: --patience {takes}s has the time"));
        }
        if let Some(why) = self.cannot_hear(question.ask.audio.says()).await {
            return Finding::unknown(why);
        }
        if question.ask.crowded && self.manner.tier.is_none() {
            let why = "how many may run at once is not known: --tier f0 or --tier s0";
            return Finding::unknown(why.to_owned());
        }
        let mut asked = match self.put(question).await {
            Ok(asked) => asked,
            Err(why) => return Finding::unknown(why.to_string()),
        };
        for attempt in 1..=AGAIN {
            let Outcome::Answered(answer) = &asked.1 else { break };
            if answer.status != 429 || question.expect.status.contains(&429) {
                break;
            }
            let told = answer.header("retry-after").and_then(|seconds| seconds.parse().ok());
            let wait = told.map_or(self.manner.delay * 2 * attempt, Duration::from_secs);
            sleep(wait.min(LONGEST_PAUSE)).await;
            match self.put(question).await {
                Ok(again) => asked = again,
                Err(why) => return Finding::unknown(why.to_string()),
            }
        }
        let words = self.words(question.ask.audio.says());
        let found = question.expect.disagreements(&asked.1, &words);
        Finding::of(found, asked, &question.expect)
    }

    /// Why an answer to words would decide nothing, if it would not.
    async fn cannot_hear(&mut self, says: Option<&Says>) -> Option<String> {
        let says = says?;
        let recorded = self.manner.recording.is_some() && !says.exactly;
        if self.hears[usize::from(recorded)].is_none() {
            let hearing = self.hearing(recorded).await;
            self.hears[usize::from(recorded)] = Some(hearing);
        }
        let recording = self.manner.recording.as_ref().filter(|_| recorded);
        match (self.hears[usize::from(recorded)], recording) {
            (Some(Hearing::Deaf), Some(recording)) => {
                Some(format!("it did not hear {:?} in the recording", recording.text))
            }
            (Some(Hearing::Deaf), None) if says.exactly => Some(format!(
                "it does not hear coded words, and nothing else says {:?} as it must be",
                says.texts.join(" ")
            )),
            (Some(Hearing::Deaf), None) => {
                Some("it does not hear coded words: --clip FILE --text WORDS gives it real ones".to_owned())
            }
            _ => None,
        }
    }

    /// What the target makes of the simplest words.
    async fn hearing(&self, recorded: bool) -> Hearing {
        let says = Says { texts: vec!["Good morning.".to_owned()], exactly: !recorded, ..Says::default() };
        let words = self.words(Some(&says));
        let asking = Asking { audio: Audio::Says(says), ..Asking::default() };
        let Ok((_, Outcome::Answered(answer))) = self.send(&asking, None).await else { return Hearing::Wrong };
        let result = serde_json::from_slice::<Value>(&answer.body).unwrap_or_default();
        match (result["RecognitionStatus"].as_str(), result["DisplayText"].as_str()) {
            (Some("Success"), Some(text)) if plain(text) == plain(&words.said) => Hearing::Hears,
            (Some(_), _) if answer.status == 200 => Hearing::Deaf,
            _ => Hearing::Wrong,
        }
    }

    fn words(&self, says: Option<&Says>) -> Words {
        let recording = self.manner.recording.as_ref();
        says.map_or_else(Words::default, |says| {
            let (first, said) = says.words(recording.filter(|_| !says.exactly));
            Words { first, said }
        })
    }

    /// Asks a question as it wants to be asked; what was sent and what came.
    async fn put(&self, question: &Question) -> Result<Exchanged, Unaskable> {
        let token = match question.ask.credential {
            Credential::Token => Some(self.token().await?),
            Credential::Key | Credential::None => None,
        };
        if !question.ask.age.is_zero() {
            self.pass(question.ask.age).await;
        }
        if question.ask.crowded {
            return self.in_a_crowd(&question.ask).await;
        }
        let asked = self.send(&question.ask, token.as_deref());
        if !(self.has_clock && question.expect.is_silence()) {
            return asked.await;
        }
        tokio::select! {
            asked = asked => asked,
            never = self.hasten() => match never {},
        }
    }

    /// Moves the clock of the target again and again, because it decides how long the target stays silent once it has
    /// read what was sent.
    async fn hasten(&self) -> Infallible {
        loop {
            sleep(TICK).await;
            self.advance(SILENCE).await;
        }
    }

    /// Asks while as many others run as may run at once.
    async fn in_a_crowd(&self, asking: &Asking) -> Result<Exchanged, Unaskable> {
        let mut releases = Vec::new();
        let mut others = Vec::new();
        let mut begun = Vec::new();
        for _ in 0..self.manner.tier.map_or(0, Tier::concurrent) {
            let (release, released) = oneshot::channel();
            let other = Asking { upload: Upload::Expecting, crowded: false, ..asking.clone() };
            let (_, mut request) = self.manner.request(&other, &self.target, None)?;
            let (body, taken) = Sending::held(self.manner.body(&other)?, released);
            *request.body_mut() = body;
            releases.push(release);
            begun.push(taken);
            others.push(self.client.send(request, self.manner.limit));
        }
        let others = join_all(others);
        let asked = async {
            for taken in begun {
                // One that could not begin is no reason not to ask.
                let _ = taken.await;
            }
            let asked = self.send(asking, None).await;
            drop(releases);
            asked
        };
        tokio::join!(asked, others).0
    }

    /// A token for the key.
    async fn token(&self) -> Result<String, Unaskable> {
        let audio = Audio::Nothing {};
        let asking = Asking { operation: Called::Token, query: String::new(), audio, ..Asking::default() };
        match self.send(&asking, None).await?.1 {
            Outcome::Answered(answer) if answer.status == 200 => {
                let text = String::from_utf8_lossy(&answer.body).trim().to_owned();
                let is_fit = !text.is_empty() && !text.starts_with('{') && text.bytes().all(|it| it.is_ascii_graphic());
                if is_fit { Ok(text) } else { Err(Unaskable::Token("what it answered is none".to_owned())) }
            }
            Outcome::Answered(answer) => Err(Unaskable::Token(format!("it answered {}", answer.status))),
            Outcome::Unanswered(why) | Outcome::Unreachable(why) => Err(Unaskable::Token(why)),
        }
    }

    /// Lets time go by, on the clock of the target where that can be moved.
    async fn pass(&self, time: Duration) {
        match self.has_clock {
            true => self.advance(time).await,
            false => sleep(time).await,
        }
    }

    async fn advance(&self, time: Duration) {
        let url = self.target.url(Called::Recognize, Some("/__emulator/clock/advance"), "");
        let body = json!({"seconds": time.as_secs_f64()}).to_string().into_bytes();
        let request = Request::post(url).header("x-emulator-key", &self.manner.key);
        let request = request.body(Sending::whole(body)).expect("the URL and the key were good before");
        // If it did not work the answer will tell.
        let _ = self.client.send(request, self.manner.limit).await;
    }

    async fn send(&self, asking: &Asking, token: Option<&str>) -> Result<Exchanged, Unaskable> {
        sleep(self.manner.delay).await;
        let (told, request) = self.manner.request(asking, &self.target, token)?;
        Ok((told, self.client.send(request, self.manner.limit).await))
    }
}

async fn join_all(all: Vec<impl Future<Output = Outcome>>) {
    let mut all = all.into_iter().map(Box::pin).collect::<Vec<_>>();
    poll_fn(|cx| {
        all.retain_mut(|one| one.as_mut().poll(cx).is_pending());
        if all.is_empty() { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
}

/// How often a question that was throttled is asked again.
const AGAIN: u32 = 2;

/// However long the target wants to rest.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// How often the clock of a silent target is moved.
const TICK: Duration = Duration::from_millis(50);
