//! The machine of the client and the emulator, joined in memory on one clock that is a variable.

use std::{fs, time::Duration};

use bytes::Bytes;
use http::{Request, Response};
use stt_auth::{Authorization, Endpoint, Key, Now, Resource};
use stt_core::{Call, Error, Payload, Recognize, Reply, Retry, Step, TransportFailure, Upload};
use stt_emulator::{Emulator, KEY_1};
use stt_model::{AudioFormat, Language, Profanity, PronunciationAssessment, Status};

use crate::support::root;

#[test]
fn the_words_in_the_samples_come_back_with_their_times() {
    let reply = Pair::with_key().recognize("pencils.wav", Language::EN_US).unwrap();
    assert_eq!(reply.recognition.text(), Some("Remind me to buy five pencils."));
    let (offset, duration) = (reply.recognition.offset.unwrap(), reply.recognition.duration.unwrap());
    let bytes = root().join("tests/audio/pencils.wav").metadata().unwrap().len();
    // 32,000 bytes of 16 kHz mono 16-bit PCM are a second, or 10,000,000 ticks.
    assert!(0 < offset.0 && offset.0 + duration.0 <= (bytes - 44) * 10_000_000 / 32_000);
}

#[test]
fn the_detailed_result_has_four_forms() {
    let reply = Pair::with_key().recognize("pencils.wav", Recognize::new(Language::EN_US).detailed()).unwrap();
    let best = reply.recognition.best().unwrap();
    assert_eq!(best.display.as_deref(), Some("Remind me to buy five pencils."));
    assert_eq!(best.lexical.as_deref(), Some("remind me to buy five pencils"));
}

#[test]
fn another_language_than_the_one_spoken_is_no_match() {
    let pair = Pair::with_key();
    let german: Language = "de-DE".parse().unwrap();
    assert_eq!(pair.recognize("pencils.wav", german.clone()).unwrap().recognition.status, Status::NoMatch);
    let heard = pair.recognize("guten-morgen.wav", german).unwrap();
    assert!(heard.recognition.text().unwrap().starts_with("Guten Morgen"));
}

#[test]
fn silence_and_noise_are_results() {
    let pair = Pair::with_key();
    for (file, status) in [("silence.wav", Status::InitialSilenceTimeout), ("noise.wav", Status::BabbleTimeout)] {
        let reply = pair.recognize(file, Language::EN_US).unwrap();
        assert_eq!(reply.recognition.status, status);
        assert_eq!(reply.recognition.text(), None);
    }
}

#[test]
fn ogg_opus_is_heard_by_its_transcript() {
    let mut pair = Pair::with_key();
    pair.upload = Upload::replayable(AudioFormat::OggOpus);
    let reply = pair.recognize("weather.ogg", Language::EN_US).unwrap();
    assert!(reply.recognition.text().unwrap().contains("weather"), "{:?}", reply.recognition);
}

#[test]
fn profanity_is_treated_as_asked() {
    let pair = Pair::with_key();
    for (profanity, text) in
        [(Profanity::Masked, "**** it."), (Profanity::Removed, "it."), (Profanity::Raw, "Damn it.")]
    {
        let request = Recognize::new(Language::EN_US).profanity(profanity);
        assert_eq!(pair.recognize("profanity.wav", request).unwrap().recognition.text(), Some(text));
    }
}

#[test]
fn pronunciation_is_scored_by_the_published_formula() {
    let assessment = PronunciationAssessment::new("Good morning.").comprehensive();
    let request =
        Recognize::new(Language::EN_US).assess(assessment.grading_system(stt_model::GradingSystem::HundredMark));
    let reply = Pair::with_key().recognize("good-morning.wav", request).unwrap();
    let scores = reply.recognition.best().unwrap().scores;
    let mut parts = [scores.accuracy.unwrap(), scores.fluency.unwrap(), scores.completeness.unwrap()];
    parts.sort_by(f64::total_cmp);
    let total = 0.6 * parts[0] + 0.2 * parts[1] + 0.2 * parts[2];
    assert!((scores.pron.unwrap() - total).abs() <= 0.05 + 1e-9, "{scores:?}");
}

#[test]
fn a_wrong_key_is_refused_by_both_paths() {
    for authorization in [Authorization::Key(wrong_key()), Authorization::Token(wrong_key())] {
        let error = Pair::of(authorization).recognize("pencils.wav", Language::EN_US).unwrap_err();
        assert!(error.to_string().contains("(401)"), "{error}");
        assert!(!error.is_retryable());
    }
}

#[test]
fn a_token_is_fetched_once_for_many_calls_and_again_when_it_gets_old() {
    let pair = Pair::of(Authorization::Token(KEY_1.parse().unwrap()));
    for minute in 0..30 {
        pair.emulator.advance(Duration::ZERO);
        let reply = pair.at(Duration::from_secs(60 * minute)).recognize("pencils.wav", Language::EN_US).unwrap();
        assert_eq!(reply.attempts, 1);
    }
    let tokens = pair.emulator.journal().iter().filter(|entry| entry.path.ends_with("issueToken")).count();
    assert!((4..=5).contains(&tokens), "{tokens} tokens in 30 minutes, each used for eight to nine");
    assert!(pair.emulator.journal().iter().all(|entry| entry.status == Some(200)));
}

#[test]
fn a_token_that_the_service_revoked_early_is_replaced_within_the_call() {
    let pair = Pair::of(Authorization::Token(KEY_1.parse().unwrap()));
    pair.recognize("pencils.wav", Language::EN_US).unwrap();
    // The service's clock runs ahead of the client's: the token is over there and good here.
    pair.emulator.advance(Duration::from_secs(601));
    let reply = pair.at(Duration::from_secs(10)).recognize("pencils.wav", Language::EN_US).unwrap();
    assert_eq!((reply.attempts, reply.recognition.status), (1, Status::Success));
    let statuses: Vec<_> = pair.emulator.journal().iter().map(|entry| entry.status.unwrap()).collect();
    assert_eq!(statuses, [200, 200, 401, 200, 200]);
}

#[test]
fn the_connection_id_of_the_reply_is_the_one_that_the_service_saw() {
    let pair = Pair::with_key();
    let reply = pair.recognize("pencils.wav", Language::EN_US).unwrap();
    assert_eq!(pair.emulator.journal()[0].session, Some(reply.connection_id.to_string()));
}

/// Both sides of the wire, without the wire.
struct Pair {
    emulator: std::rc::Rc<Emulator>,
    resource: Resource,
    upload: Upload,
    start: Duration,
}

impl Pair {
    fn with_key() -> Self {
        Self::of(Authorization::Key(KEY_1.parse().unwrap()))
    }

    fn of(authorization: Authorization) -> Self {
        let endpoint: Endpoint = "http://127.0.0.1:1".parse().unwrap();
        Self {
            emulator: std::rc::Rc::new(Emulator::builder().build()),
            resource: Resource::of(endpoint, authorization).unwrap(),
            upload: Upload::replayable(AudioFormat::WavPcm16k),
            start: Duration::ZERO,
        }
    }

    /// The same pair at a later time.
    fn at(&self, start: Duration) -> Self {
        Self { emulator: self.emulator.clone(), resource: self.resource.clone(), upload: self.upload, start }
    }

    fn recognize(&self, file: &str, request: impl Into<Recognize>) -> Result<Reply, Error> {
        let audio = Bytes::from(fs::read(root().join("tests/audio").join(file)).unwrap());
        let mut clock = self.start;
        let mut call: Call = request.into().call(&self.resource, self.upload, 7).retry(&Retry::default());
        for _ in 0..100 {
            call = match call.next(now(clock)) {
                Step::Done(result) => return result,
                Step::Obtain(..) => unreachable!("no application's own source"),
                Step::Refresh(request, errand, call) => {
                    errand.finished(self.send(request, &audio, clock), now(clock));
                    call
                }
                Step::Send(request, pending) => pending.finished(self.send(request, &audio, clock), now(clock)),
                Step::Wait(wait, call) => {
                    clock += wait.at_most();
                    call
                }
            };
        }
        panic!("the call does not end");
    }

    fn send(
        &self,
        request: Request<Payload>,
        audio: &Bytes,
        clock: Duration,
    ) -> Result<Response<Bytes>, TransportFailure> {
        let request = request.map(|payload| match payload {
            Payload::Audio => audio.clone(),
            Payload::Empty => Bytes::new(),
        });
        Ok(self.emulator.answer(request, WALL + clock).response)
    }
}

fn now(clock: Duration) -> Now {
    Now::new(clock, WALL + clock)
}

fn wrong_key() -> Key {
    "00000000000000000000000000000000".parse().unwrap()
}

/// Some day in 2026.
const WALL: Duration = Duration::from_secs(1_790_000_000);
