//! What the spans of calls and requests say, and what they do not.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex},
    time::Duration,
};

use stt_hyper::{Audio, Authorization, Client, Language, PronunciationAssessment, Recognize, Resource, Retry};
use tracing::{
    Event, Metadata, Subscriber,
    field::{Field, Visit},
    span::{Attributes, Id, Record},
};

use crate::server::{CONTINUE, KEY, Peer, Server, answer, audio, success};

/// A span with everything that was recorded of it.
#[derive(Clone, Debug, Default)]
struct Span {
    name: &'static str,
    parent: Option<u64>,
    fields: BTreeMap<&'static str, String>,
    closed: bool,
}

/// Keeps all spans of this crate, and the text of everything else that anybody tells at whatever level.
#[derive(Clone, Default)]
struct Collector(Arc<Mutex<Collected>>);

#[derive(Default)]
struct Collected {
    spans: Vec<Span>,
    entered: Vec<u64>,
    text: String,
}

struct Fields<'a>(&'a mut BTreeMap<&'static str, String>);

impl Visit for Fields<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name(), value.to_owned());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0.insert(field.name(), format!("{value:?}"));
    }
}

impl Subscriber for Collector {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        let mut collected = self.0.lock().unwrap();
        let contextual = attributes.is_contextual().then(|| collected.entered.last().copied()).flatten();
        let parent = attributes.parent().map(Id::into_u64).or(contextual);
        let mut span = Span { name: attributes.metadata().name(), parent, ..Span::default() };
        attributes.record(&mut Fields(&mut span.fields));
        collected.spans.push(span);
        Id::from_u64(collected.spans.len() as u64)
    }

    fn record(&self, id: &Id, values: &Record<'_>) {
        let mut collected = self.0.lock().unwrap();
        values.record(&mut Fields(&mut collected.spans[id.into_u64() as usize - 1].fields));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut fields = BTreeMap::new();
        event.record(&mut Fields(&mut fields));
        self.0.lock().unwrap().text += &format!("{} {fields:?}\n", event.metadata().target());
    }

    fn enter(&self, id: &Id) {
        self.0.lock().unwrap().entered.push(id.into_u64());
    }

    fn exit(&self, id: &Id) {
        let mut collected = self.0.lock().unwrap();
        let at = collected.entered.iter().rposition(|entered| *entered == id.into_u64()).unwrap();
        collected.entered.remove(at);
    }

    fn try_close(&self, id: Id) -> bool {
        self.0.lock().unwrap().spans[id.into_u64() as usize - 1].closed = true;
        true
    }
}

impl Collector {
    fn spans(&self, name: &str) -> Vec<Span> {
        self.0.lock().unwrap().spans.iter().filter(|span| span.name == name).cloned().collect()
    }

    /// Everything that was told, to look for what must not be in it.
    fn everything(&self) -> String {
        let collected = self.0.lock().unwrap();
        format!("{:?}\n{}", collected.spans, collected.text)
    }
}

/// A service that gives a token, refuses the first recognition and hears a secret in the second.
async fn service() -> Server {
    Server::start(|mut peer: Peer| async move {
        let mut recognitions = 0;
        while let Some(head) = peer.head().await {
            if head.starts_with("POST /sts/v1.0/issueToken ") {
                peer.say(&answer("200 OK", TOKEN)).await;
                continue;
            }
            peer.say(CONTINUE).await;
            peer.body().await.unwrap();
            recognitions += 1;
            match recognitions {
                1 => peer.say(&answer("503 Service Unavailable", &format!("{{\"message\":\"{TRANSCRIPT}\"}}"))).await,
                _ => peer.say(&success(TRANSCRIPT)).await,
            }
        }
    })
    .await
}

#[tokio::test]
async fn spans_follow_the_conventions_and_hold_no_secret() {
    let collector = Collector::default();
    let _guard = tracing::subscriber::set_default(collector.clone());
    let server = service().await;
    let authorization = Authorization::Token(KEY.parse().unwrap());
    let resource = Resource::of(format!("http://{}", server.address).parse().unwrap(), authorization).unwrap();
    let client = Client::builder(resource).retry(Retry::default()).build().unwrap();
    let request = Recognize::new(Language::EN_US)
        .query("hidden", QUERY)
        .header("x-custom".parse().unwrap(), HEADER.parse().unwrap())
        .assess(PronunciationAssessment::new(REFERENCE));
    let reply = client.recognize(Audio::from_bytes(audio(100)).unwrap(), request).await.unwrap();
    assert_eq!(reply.recognition.text(), Some(TRANSCRIPT));

    let calls = collector.spans("recognize");
    assert_eq!(calls.len(), 1);
    assert!(calls[0].closed && calls[0].fields.is_empty(), "{calls:?}");
    let requests = collector.spans("POST");
    let (port, id) = (server.address.port().to_string(), reply.connection_id.to_string());
    let expected = |path: &str, own: &[(&'static str, &str)]| {
        let url = format!("http://127.0.0.1:{port}{path}");
        let common = [
            ("otel.kind", "client"),
            ("http.request.method", "POST"),
            ("url.full", &url),
            ("server.address", "127.0.0.1"),
            ("server.port", &port),
            ("network.protocol.version", "1.1"),
        ];
        common.iter().chain(own).map(|(name, value)| (*name, (*value).to_owned())).collect::<BTreeMap<_, _>>()
    };
    let [token, first, second] = &requests[..] else { panic!("{requests:?}") };
    assert_eq!(token.fields, expected("/sts/v1.0/issueToken", &[("http.response.status_code", "200")]));
    assert_eq!(token.parent, None, "it is fetched for all calls");
    let path = "/speech/recognition/conversation/cognitiveservices/v1?language=en-US&format=detailed&hidden=REDACTED\
        &X-ConnectionId=";
    let first_id = first.fields["az.connection_id"].clone();
    assert_ne!(first_id, id);
    let failed = [
        ("http.response.status_code", "503"),
        ("error.type", "503"),
        ("otel.status_code", "ERROR"),
        ("az.connection_id", &first_id),
    ];
    assert_eq!(first.fields, expected(&format!("{path}{first_id}"), &failed));
    let succeeded =
        [("http.response.status_code", "200"), ("http.request.resend_count", "1"), ("az.connection_id", &id)];
    assert_eq!(second.fields, expected(&format!("{path}{id}"), &succeeded));
    assert!(requests.iter().all(|span| span.closed));
    let parent = collector.0.lock().unwrap().spans.iter().position(|span| span.name == "recognize").unwrap() + 1;
    assert_eq!((first.parent, second.parent), (Some(parent as u64), Some(parent as u64)));

    let everything = collector.everything();
    let pause = r#"stt_hyper::trace {"az.pause_ms": "#;
    assert!(
        everything.contains(pause) && everything.contains(r#""error.type": "503", "message": "pausing"#),
        "{everything}"
    );
    for secret in [KEY, TOKEN, QUERY, HEADER, REFERENCE, TRANSCRIPT] {
        assert!(!everything.contains(secret), "{secret} is in {everything}");
    }
}

#[tokio::test]
async fn a_failure_without_an_answer_has_its_kind_on_request_and_call() {
    let collector = Collector::default();
    let _guard = tracing::subscriber::set_default(collector.clone());
    let server = Server::start(|mut peer: Peer| async move {
        peer.head().await;
        tokio::time::sleep(Duration::from_secs(10)).await;
    })
    .await;
    let client = server.builder().retry(Retry::none().timeout(Duration::from_millis(50))).build().unwrap();
    client.recognize(Audio::from_bytes(audio(100)).unwrap(), Language::EN_US).await.unwrap_err();
    for name in ["recognize", "POST"] {
        assert_eq!(collector.spans(name)[0].fields["error.type"], "timed_out");
    }
}

const HEADER: &str = "canary-of-a-header";
const QUERY: &str = "canary-of-the-query";
const REFERENCE: &str = "canary of the reference text";
const TOKEN: &str = "eyJ0eXAi.e30.canary";
const TRANSCRIPT: &str = "canary of the transcript";
