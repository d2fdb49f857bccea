//! The emulator itself: a request and the time in, an answer out.

mod control;
mod expecting;
mod meeting;
mod operate;

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::header::EXPECT;
use http::request::Parts;
use http::{HeaderValue, Method, Request};
use sha2::{Digest, Sha256};
use tokio::sync::watch;

use crate::access::{self, KEY_HEADER, Refusal};
use crate::admin::Command;
use crate::answer::{Answer, Since, declared_length};
use crate::ask::{Ask, Finished};
use crate::asked::Asked;
use crate::config::{Config, KEY_1, KEY_2};
use crate::cors;
use crate::emulator::meeting::Asking;
use crate::expect::Expect;
use crate::fingerprint::Fingerprint;
use crate::ids::is_session;
use crate::journal::{Entry, Journal, Operation, credential};
use crate::lenient;
use crate::query::Query;
use crate::recognize::{Recognized, recognize};
use crate::remembered::Remembered;
use crate::route::Route;
use crate::rule::Rule;
use crate::rules;
use crate::script::{Act, Script, Sound, Strike};
use crate::secret::{Hidden, masked};
use crate::stage::{Admitted, Checked, Exchange, Purpose, Service, Task};
use crate::tenant::{Caller, Tenants};
use crate::token;
use crate::upload::Upload;
use crate::verdict::{Heard, Verdict};

/// A stand-in for the short-audio Speech to text service, without sockets, clock or randomness.
///
/// The same requests at the same times give the same answers. Times are spans since the Unix epoch on the emulator's
/// own clock; a test may begin at any time it likes, zero included.
///
/// ```
/// use std::time::Duration;
/// use bytes::Bytes;
/// use stt_emulator::{Emulator, KEY_1, SynthOptions, synth};
///
/// let emulator = Emulator::builder().build();
/// let request = http::Request::post("/speech/recognition/conversation/cognitiveservices/v1?language=en-US")
///     .header("ocp-apim-subscription-key", KEY_1)
///     .header("content-type", "audio/wav")
///     .body(Bytes::from(synth("Good morning.", &SynthOptions::default())?))?;
/// let answer = emulator.answer(request, Duration::ZERO);
/// assert_eq!(answer.response.status(), 200);
/// assert_eq!(emulator.journal()[0].text.as_deref(), Some("Good morning."));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Emulator {
    config: Config,
    state: Mutex<State>,
    remembered: Remembered,
    /// Told whenever a clock is moved.
    moved: watch::Sender<()>,
    /// Whether an admin request asked for the end.
    stopping: watch::Sender<bool>,
}

#[derive(Debug)]
struct State {
    tenants: Tenants,
    journal: Journal,
    /// Counts requests, and so makes ids and tokens differ.
    serial: u64,
    /// What is to hold at the end.
    expected: Vec<Expect>,
    /// The keys that were warned about.
    warned: BTreeSet<Fingerprint>,
    /// Warnings that nobody has read yet.
    warnings: Vec<String>,
}

impl Emulator {
    pub(crate) fn new(config: Config) -> Self {
        let journal = Journal::new(config.journal_limit, config.audio_limit);
        let script = Script::new(&config.scenario, config.seed);
        let tenants = Tenants::new([KEY_1, KEY_2], script);
        let state =
            State { tenants, journal, serial: 0, expected: Vec::new(), warned: BTreeSet::new(), warnings: Vec::new() };
        let (moved, stopping) = (watch::Sender::new(()), watch::Sender::new(false));
        Self { config, state: Mutex::new(state), remembered: Remembered::default(), moved, stopping }
    }

    /// The answer to a whole request at the time `now`.
    pub fn answer(&self, request: Request<Bytes>, now: Duration) -> Answer {
        let (head, body) = request.into_parts();
        match self.check(&head, now) {
            Checked::Admitted(admitted) => self.finish(admitted, Upload::Whole(body), now),
            Checked::Answered(answer) => answer,
        }
    }

    /// Everything that can be found wrong without the body: path, method, credential, query, header fields.
    pub fn check(&self, head: &Parts, now: Duration) -> Checked {
        let route = Route::of(head.uri.path());
        if let Route::Admin(path) = route {
            return match Command::of(path, head, self.config.tls.is_some()) {
                Ok(command) => Checked::Admitted(Admitted(Purpose::Admin(command))),
                Err(denied) => Checked::Answered(Answer::now(denied.response()).before_the_body_of(head)),
            };
        }
        let query = Query::read(head.uri.query().unwrap_or_default());
        let entry = self.arrival(route, head, &query, now);
        let credential = Hidden(credential(head).to_owned());
        let mut exchange = Exchange { entry, cors: cors::fields(head), slot: None, credential, audio: None };
        match self.judge(route, head, &query, &mut exchange, now) {
            Ok(task) => self.meet(task, exchange, Asking { head, query: &query }, now),
            Err(refusal) => {
                if head.headers.contains_key(EXPECT) {
                    exchange.entry.rules.push(rules::REFUSED_EARLY.id);
                }
                let answer = self.conclude(exchange, refusal.into(), now);
                Checked::Answered(answer.before_the_body_of(head))
            }
        }
    }

    /// The answer to a request whose head was found good, at the time `now`.
    ///
    /// No [recognizer](crate::Builder::recognizer) is asked: that is what
    /// [`finish_or_ask`](Self::finish_or_ask) is for.
    pub fn finish(&self, admitted: Admitted, upload: Upload, now: Duration) -> Answer {
        match self.finish_or_ask(admitted, upload, now) {
            Finished::Answered(answer) => answer,
            Finished::Asks(ask) => self.unheard(*ask, now),
        }
    }

    /// The answer to a request whose head was found good, at the time `now`, or the question to a recognizer.
    ///
    /// Only an emulator with a [recognizer](crate::Builder::recognizer) asks, and only about audio that holds no words
    /// itself and has none beside it.
    pub fn finish_or_ask(&self, admitted: Admitted, upload: Upload, now: Duration) -> Finished {
        let Service { task, mut exchange, facts, strike } = match admitted.0 {
            Purpose::Admin(command) => {
                let answer = Answer::now(self.execute(command, &upload, now));
                let whole = matches!(upload, Upload::Whole(_));
                return Finished::Answered(if whole { answer } else { answer.closing() });
            }
            Purpose::Service(service) => *service,
        };
        let whole = !matches!(upload, Upload::Part(_));
        let body = match upload {
            Upload::Part(body) => body,
            Upload::Whole(body) if body.len() <= self.config.max_body => body,
            Upload::Whole(_) | Upload::TooLarge => {
                return Finished::Answered(self.conclude(exchange, self.too_large().into(), now).closing());
            }
            Upload::Stalled => {
                let stalled = Verdict::of(rules::BODY_STALLED, "the body stopped arriving");
                return Finished::Answered(self.conclude(exchange, stalled, now).closing());
            }
        };
        let entry = &mut exchange.entry;
        entry.body_bytes = Some(body.len() as u64);
        let hash: [u8; 32] = Sha256::digest(&body).into();
        entry.body_sha256 = Some(hash.iter().map(|byte| format!("{byte:02x}")).collect());
        if matches!(task, Task::Recognize(_)) {
            exchange.audio = Some((hash, body.clone()));
        }
        let tenant = exchange.entry.tenant;
        let time = self.state().tenants.now(tenant, now);
        let curiosity = self.script(tenant, |script| Some(script.curiosity())).unwrap_or_default();
        let sound = Sound::of(&body, curiosity);
        let strike = strike.or_else(|| self.script(tenant, |script| script.strike_sound(&facts, &sound, time)));
        if let Some(verdict) = strike.as_ref().and_then(|strike| strike.instead(time)) {
            let answer = self.conclude(exchange, verdict, now);
            return Finished::Answered(if whole { answer } else { answer.closing() });
        }
        Finished::Answered(match task {
            Task::Recognize(asked) => {
                let canned = self.script(tenant, |script| script.answer(&facts, &sound));
                let recognized = match canned {
                    Some(canned) => Recognized::Answered(canned.verdict(&asked, &body)),
                    None => recognize(&asked, &body, &self.config, || self.remembered.listen(&body, hash)),
                };
                match recognized {
                    Recognized::Answered(verdict) => self.recognized(asked, exchange, strike, verdict, now),
                    Recognized::Asks(audio_ticks) => {
                        return Finished::Asks(Box::new(Ask { asked, exchange, strike, body, audio_ticks }));
                    }
                }
            }
            Task::Token(caller) => {
                let expired = strike.as_ref().is_some_and(|strike| matches!(strike.act, Act::ExpiredToken));
                // Tokens end at a whole second, which may be the next one.
                let (ttl, issued) = match expired {
                    true => (Duration::ZERO, time.saturating_sub(Duration::from_secs(1))),
                    false => (self.config.token_ttl, time),
                };
                let token = token::issue(&self.config.region, caller, ttl, exchange.entry.id, issued);
                self.deliver(exchange, strike, Verdict::token(token).rule(rules::TOKEN_ISSUED), now)
            }
        })
    }

    /// Notes that the sender of an admitted request went away before its body ended.
    pub fn abandoned(&self, admitted: Admitted) {
        if let Purpose::Service(service) = admitted.0 {
            let Service { mut exchange, strike, .. } = *service;
            let lost = "the connection was lost before the body ended";
            let why = strike.as_ref().map_or_else(|| lost.to_owned(), |strike| format!("{}; {lost}", strike.why));
            exchange.entry.heard_by = strike.map(|strike| strike.by);
            self.lost(exchange, &why);
        }
    }

    pub(crate) fn lost(&self, exchange: Exchange, why: &str) {
        let mut entry = exchange.entry;
        entry.reason = why.to_owned();
        self.state().journal.add(entry);
    }

    /// Every rule that emulators follow, with its evidence.
    #[must_use]
    pub fn fidelity() -> &'static [Rule] {
        rules::ALL
    }

    /// The name of the region that tokens carry.
    #[must_use]
    pub fn region(&self) -> &str {
        &self.config.region
    }

    /// The largest body that is taken, in bytes.
    #[must_use]
    pub fn max_body(&self) -> usize {
        self.config.max_body
    }

    pub(crate) fn config(&self) -> &Config {
        &self.config
    }

    fn judge(
        &self,
        route: Route<'_>,
        head: &Parts,
        query: &Query,
        exchange: &mut Exchange,
        now: Duration,
    ) -> Result<Task, Refusal> {
        if route == Route::Unknown {
            return Err(Refusal::new(rules::PATH_UNKNOWN, "the path is none of the API"));
        }
        if cors::is_preflight(head) {
            return Err(Refusal::new(rules::PREFLIGHT, ""));
        }
        if head.method != Method::POST {
            let why = format!("the method is {}, not POST", head.method);
            return Err(Refusal::new(rules::METHOD_NOT_POST, why));
        }
        let task = if route == Route::Token {
            let caller = access::key(&head.headers, &self.config, &self.state().tenants)?;
            self.enter(caller, &mut exchange.entry, now);
            self.enchant(caller, head);
            Task::Token(caller)
        } else {
            let caller = access::recognition(&head.headers, &self.config, &self.state().tenants, now)?;
            self.enter(caller, &mut exchange.entry, now);
            self.enchant(caller, head);
            let slot = self.admit(caller, now)?;
            let asked = Asked::read(head, query, &self.config)?;
            exchange.entry.rules.extend(lenient::applied(head, query).iter().map(|rule| rule.id));
            exchange.slot = slot;
            Task::Recognize(asked)
        };
        match declared_length(head) {
            Some(length) if (self.config.max_body as u64) < length => Err(self.too_large()),
            _ => Ok(task),
        }
    }

    /// The journal's entry of a request that arrives.
    fn arrival(&self, route: Route<'_>, head: &Parts, query: &Query, now: Duration) -> Entry {
        let operation = match route {
            Route::Unknown | Route::Admin(_) => Operation::Other,
            Route::Recognize | Route::Token if cors::is_preflight(head) => Operation::Preflight,
            Route::Recognize => Operation::Recognize,
            Route::Token => Operation::Token,
        };
        let mut state = self.state();
        state.serial += 1;
        let key = head.headers.get(KEY_HEADER).map(HeaderValue::as_bytes);
        key.into_iter().for_each(|key| state.meet(key));
        // Whatever becomes of it, it is one of those that its tenant looks at.
        let tenant = key.and_then(|key| access::owner(key, &self.config, &state.tenants));
        let at_ms = milliseconds(state.tenants.now(tenant, now));
        let mut entry = Entry { tenant, ..Entry::begin(state.serial, at_ms, operation, head, query) };
        match query.get("X-ConnectionId") {
            Some(id) if is_session(id) => entry.session = Some(id.to_owned()).filter(|id| id != credential(head)),
            Some(_) => entry.rules.push(rules::CONNECTION_ID_IGNORED.id),
            None => {}
        }
        entry
    }

    /// Makes the request `entry` one of the caller's tenant.
    fn enter(&self, caller: Caller, entry: &mut Entry, now: Duration) {
        let mut state = self.state();
        state.tenants.enter(caller.tenant, entry.id);
        entry.at_ms = milliseconds(state.tenants.now(Some(caller.tenant), now));
        entry.key = Some(caller.key);
        entry.tenant = Some(caller.tenant);
    }

    /// How long it takes to hear what led to `verdict`.
    pub(crate) fn latency(&self, entry: &Entry, verdict: &Verdict) -> Duration {
        let audio = verdict.recognition.as_ref().and_then(|heard| heard.audio_ms).unwrap_or_default();
        let number = entry.tenant.map_or(0, |id| self.state().tenants.enter(id, entry.id).hold());
        self.config.latency.delay(Duration::from_millis(audio), self.config.seed, number)
    }

    /// The right answer, with what goes wrong about it.
    pub(crate) fn deliver(
        &self,
        exchange: Exchange,
        strike: Option<Strike>,
        verdict: Verdict,
        now: Duration,
    ) -> Answer {
        let verdict = match strike {
            Some(strike) => strike.spoil(verdict),
            None => verdict,
        };
        self.conclude(exchange, verdict, now)
    }

    /// Writes the verdict down and makes an answer of it.
    fn conclude(&self, exchange: Exchange, verdict: Verdict, now: Duration) -> Answer {
        let Exchange { mut entry, cors, slot, credential, audio } = exchange;
        let verdict = Verdict { reason: masked(&verdict.reason, &credential.0).into_owned(), ..verdict };
        let mut answer = Answer::of(&verdict, entry.id, cors);
        let is_silent = verdict.is_silent();
        entry.rules.extend(verdict.rules.iter().map(|rule| rule.id));
        entry.reason = verdict.reason;
        if let Some(Heard { by, status, text, words, audio_ms }) = verdict.recognition {
            entry.heard_by = Some(by);
            entry.recognition_status = status;
            entry.text = text;
            entry.words = words;
            entry.audio_ms = audio_ms;
        }
        let mut state = self.state();
        if !is_silent {
            let due = state.tenants.now(entry.tenant, now).saturating_add(verdict.wait);
            entry.answered(&answer.response, milliseconds(due));
        }
        if let Some((hash, audio)) = audio {
            state.journal.keep(entry.id, hash, audio);
        }
        if let (Some(tenant), Some(slot)) = (entry.tenant, slot) {
            state.tenants.end(tenant, slot, verdict.wait, now);
        }
        answer.since = Since { tenant: entry.tenant, now, ahead: state.tenants.ahead(entry.tenant) };
        state.journal.add(entry);
        answer
    }

    fn too_large(&self) -> Refusal {
        let why = format!("the body is larger than {} bytes", self.config.max_body);
        Refusal::new(rules::BODY_TOO_LARGE, why)
    }

    /// Nothing under the lock can be left half done, so that a panic elsewhere need not spread.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
