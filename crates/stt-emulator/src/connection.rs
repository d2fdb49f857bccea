//! One connection: heads are judged before their bodies are asked for.

use std::error::Error as _;
use std::future::poll_fn;
use std::io::{self, Write};
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::header::{CONNECTION, EXPECT};
use http::request::Parts;
use http::{Request, Response, Version};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use thiserror::Error;
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use crate::answer::Answer;
use crate::ask::Finished;
use crate::crowd::Member;
use crate::fault::Intake;
use crate::listening;
use crate::shared::Shared;
use crate::stage::{Admitted, Checked};
use crate::tls::{Accepted, PLAIN, Tls};
use crate::wire::{Duplex, Letter, Line, Lost, SILENCE, Taking, Then, Wait};

/// Why hyper gets no answer to a request.
#[derive(Debug, Error)]
enum Dropped {
    #[error(transparent)]
    Abandoned(#[from] Lost),
    #[error("a recognition failed to run")]
    Failed,
    #[error("the answer went past hyper")]
    Past(Then),
}

/// Serves the requests of one connection until it ends or `stop` changes.
pub(crate) async fn serve(stream: TcpStream, member: Member, shared: Arc<Shared>, mut stop: watch::Receiver<()>) {
    // Answers are small and whole: waiting to fill a packet would only delay them.
    let _ = stream.set_nodelay(true);
    let stream: Box<dyn Duplex> = match &shared.tls {
        None => Box::new(stream),
        Some(tls) => match shake_hands(tls, stream, &member, &shared, &mut stop).await {
            Some(Accepted::Secure(stream)) => stream,
            Some(Accepted::Plain(stream)) => {
                let line = Line::new(Box::new(stream));
                let _ = line.send(PLAIN).await;
                return linger(line, stop).await;
            }
            None => return,
        },
    };
    let line = Line::new(stream);
    let member = Arc::new(member);
    loop {
        match converse(&line, &member, &shared, &mut stop).await {
            Some(Then::Keep) => member.waits(),
            Some(Then::Close) => return linger(line, stop).await,
            Some(Then::Reset) => {
                // Where the system does not know of it, the connection ends as any other.
                let _ = line.reset();
                return;
            }
            Some(Then::Stay) | None => {
                // TLS has an end of its own, without which a client must suspect that something was cut off.
                let _ = timeout(PARTING, line.shut()).await;
                return;
            }
        }
    }
}

/// The beginning of a connection with TLS, if the client is in time and has a hand to shake.
async fn shake_hands(
    tls: &Tls,
    stream: TcpStream,
    member: &Member,
    shared: &Shared,
    stop: &mut watch::Receiver<()>,
) -> Option<Accepted> {
    tokio::select! {
        accepted = timeout(shared.emulator.config().head_timeout, tls.accept(stream)) => accepted.ok()?.ok(),
        () = member.asked_to_leave() => None,
        _ = stop.changed() => None,
    }
}

/// Lets hyper serve requests until the connection ends or an answer went past it; then the line is as good as new if
/// it is to be kept.
async fn converse(
    line: &Line,
    member: &Arc<Member>,
    shared: &Arc<Shared>,
    stop: &mut watch::Receiver<()>,
) -> Option<Then> {
    let service = service_fn(|request| {
        let (line, member, shared) = (line.clone(), Arc::clone(member), Arc::clone(shared));
        let exchange: Pin<Box<dyn Future<Output = _> + Send>> = Box::pin(async move {
            member.has_a_request();
            let answered = exchange(request, &line, shared).await;
            if answered.is_ok() {
                member.waits();
            }
            answered
        });
        exchange
    });
    let mut connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(shared.emulator.config().head_timeout)
        .serve_connection(TokioIo::new(line.clone()), service);
    let mut stopping = false;
    let ended = tokio::select! {
        ended = poll_fn(|cx| connection.poll_without_shutdown(cx)) => ended,
        () = member.asked_to_leave() => {
            Pin::new(&mut connection).graceful_shutdown();
            // An answer may be on its way still; one that has sent half a head for long has nothing to wait for.
            let _ = timeout(PARTING, poll_fn(|cx| connection.poll_without_shutdown(cx))).await;
            return None;
        }
        _ = stop.changed() => {
            stopping = true;
            Pin::new(&mut connection).graceful_shutdown();
            poll_fn(|cx| connection.poll_without_shutdown(cx)).await
        }
    };
    let Err(error) = ended else {
        return Some(Then::Close);
    };
    match error.source().and_then(|source| source.downcast_ref()) {
        Some(Dropped::Past(Then::Keep)) if stopping => Some(Then::Close),
        Some(Dropped::Past(then)) => {
            line.resume(connection.into_parts().read_buf);
            Some(*then)
        }
        Some(Dropped::Abandoned(_) | Dropped::Failed) | None => None,
    }
}

/// One request: its head, then its body if it is wanted, then the answer.
async fn exchange(
    request: Request<Incoming>,
    line: &Line,
    shared: Arc<Shared>,
) -> Result<Response<Full<Bytes>>, Dropped> {
    let (head, body) = request.into_parts();
    let checked = shared.emulator.check(&head, shared.now());
    shared.emulator.take_warnings().iter().for_each(|warning| warn(warning));
    let (intake, tenant) = match &checked {
        Checked::Admitted(admitted) => (admitted.intake(), admitted.tenant()),
        Checked::Answered(answer) => (Intake::default(), answer.since.tenant),
    };
    let wait = Wait::since(shared.emulator.since(tenant, shared.now()), &shared);
    let taking = Taking::begin(intake, line, wait.clone()).await;
    let answer = match checked {
        Checked::Answered(answer) => answer,
        Checked::Admitted(admitted) => finish(admitted, body, &taking, expects(&head), &shared).await?,
    };
    let answered = Wait::since(answer.since, &shared);
    answered.until(answer.delivery.wait).await;
    if intake.is_usual() && answer.delivery.transport.is_none() {
        return Ok(answer.response.map(Full::new));
    }
    line.mute();
    let letter = Letter::of(&answer.response, answer.delivery.transport, keeps(&head), SystemTime::now());
    let wait = wait.again();
    let then = timeout(SILENCE, letter.send(line, &wait)).await.map_err(|_| Lost)?.map_err(|_| Lost)?;
    if then == Then::Stay {
        tokio::select! {
            () = answered.until(answer.delivery.wait.saturating_add(SILENCE)) => {}
            () = taking.go_on() => {}
        }
    }
    Err(Dropped::Past(then))
}

/// The answer to an admitted request, once its body is there.
async fn finish(
    admitted: Admitted,
    body: Incoming,
    taking: &Taking<'_>,
    expects: bool,
    shared: &Arc<Shared>,
) -> Result<Answer, Dropped> {
    let Ok(Ok(upload)) = timeout(SILENCE, taking.upload(body, expects, shared)).await else {
        shared.emulator.abandoned(admitted);
        return Err(Lost.into());
    };
    // Listening to a minute of audio takes long enough to hold up every other connection.
    let own = Arc::clone(shared);
    let finish = move || own.emulator.finish_or_ask(admitted, upload, own.now());
    Ok(match spawn_blocking(finish).await.map_err(|_| Dropped::Failed)? {
        Finished::Answered(answer) => answer,
        Finished::Asks(ask) => listening::hear(*ask, shared).await,
    })
}

/// Whether the client waits for `100 Continue`.
fn expects(head: &Parts) -> bool {
    let expected = head.headers.get(EXPECT);
    head.version == Version::HTTP_11
        && expected.is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"100-continue"))
}

/// Whether the client may send its next request over the same connection.
fn keeps(head: &Parts) -> bool {
    let closing = |value: &str| value.split(',').any(|option| option.trim().eq_ignore_ascii_case("close"));
    let mut options = head.headers.get_all(CONNECTION).iter().filter_map(|value| value.to_str().ok());
    head.version == Version::HTTP_11 && !options.any(closing)
}

/// Standard error may be closed, which is no reason to stop.
fn warn(warning: &str) {
    let _ = writeln!(io::stderr(), "{warning}");
}

/// Says that nothing more will be said, and lets the client finish its own sentence.
///
/// Closing a connection with unread bytes resets it, and a reset may overtake the answer: a client that is still
/// sending its audio would read a connection error in place of a 401.
async fn linger(mut line: Line, mut stop: watch::Receiver<()>) {
    if line.shut().await.is_err() {
        return;
    }
    let mut scrap = vec![0; SCRAP];
    let rest = async { while matches!(line.read(&mut scrap).await, Ok(1..)) {} };
    tokio::select! {
        _ = timeout(LINGER, rest) => {}
        _ = stop.changed() => {}
    }
}

/// How long a connection that makes room for another one may take to end.
const PARTING: Duration = Duration::from_millis(10);

/// How long a client may go on sending to nobody.
const LINGER: Duration = Duration::from_secs(5);

const SCRAP: usize = 16 * 1024;
