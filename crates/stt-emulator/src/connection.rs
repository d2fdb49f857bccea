//! One connection: heads are judged before their bodies are asked for.

use std::future::poll_fn;
use std::io::{self, Write};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use thiserror::Error;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::task::spawn_blocking;
use tokio::time::{Instant, sleep, timeout, timeout_at};

use crate::answer::Answer;
use crate::ask::Finished;
use crate::crowd::Member;
use crate::listening;
use crate::shared::Shared;
use crate::stage::Checked;
use crate::upload::Upload;

/// Why a connection ends without an answer.
#[derive(Debug, Error)]
enum Dropped {
    #[error("the client went away before the body ended")]
    Abandoned,
    #[error("a recognition failed to run")]
    Failed,
    #[error("the request is one that is never answered")]
    Unanswered,
}

/// Serves the requests of one connection until it ends or `stop` changes.
pub(crate) async fn serve(stream: TcpStream, member: Member, shared: Arc<Shared>, mut stop: watch::Receiver<()>) {
    // Answers are small and whole: waiting to fill a packet would only delay them.
    let _ = stream.set_nodelay(true);
    let head_timeout = shared.emulator.config().head_timeout;
    let member = Arc::new(member);
    let busy = Arc::clone(&member);
    let service = service_fn(move |request| {
        let (member, shared) = (Arc::clone(&busy), Arc::clone(&shared));
        let exchange: Pin<Box<dyn Future<Output = _> + Send>> = Box::pin(async move {
            member.has_a_request();
            let answered = exchange(request, shared).await;
            member.waits();
            answered
        });
        exchange
    });
    let mut connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(head_timeout)
        .serve_connection(TokioIo::new(stream), service);
    let ended = tokio::select! {
        ended = poll_fn(|cx| connection.poll_without_shutdown(cx)) => ended,
        () = member.asked_to_leave() => {
            Pin::new(&mut connection).graceful_shutdown();
            // An answer may be on its way still; one that has sent half a head for long has nothing to wait for.
            let _ = timeout(PARTING, poll_fn(|cx| connection.poll_without_shutdown(cx))).await;
            return;
        }
        _ = stop.changed() => {
            Pin::new(&mut connection).graceful_shutdown();
            poll_fn(|cx| connection.poll_without_shutdown(cx)).await
        }
    };
    if ended.is_ok() {
        linger(connection.into_parts().io.into_inner(), stop).await;
    }
}

/// One request: its head, then its body if it is wanted, then the answer.
async fn exchange(request: Request<Incoming>, shared: Arc<Shared>) -> Result<Response<Full<Bytes>>, Dropped> {
    let (head, body) = request.into_parts();
    let checked = shared.emulator.check(&head, shared.now());
    shared.emulator.take_warnings().iter().for_each(|warning| warn(warning));
    let answer = match checked {
        Checked::Answered(answer) => answer,
        Checked::Admitted(admitted) => {
            // hyper sends `100 Continue`, if the client waits for it, when the body is first asked for.
            let Ok(upload) = read(body, &shared).await else {
                shared.emulator.abandoned(admitted);
                return Err(Dropped::Abandoned);
            };
            // Listening to a minute of audio takes long enough to hold up every other connection.
            let own = Arc::clone(&shared);
            let finish = move || own.emulator.finish_or_ask(admitted, upload, own.now());
            match spawn_blocking(finish).await.map_err(|_| Dropped::Failed)? {
                Finished::Answered(answer) => answer,
                Finished::Asks(ask) => listening::hear(*ask, &shared).await,
            }
        }
    };
    if answer.delivery.is_never() {
        sleep(SILENCE).await;
        return Err(Dropped::Unanswered);
    }
    hold(&answer, &shared).await;
    Ok(answer.response.map(Full::new))
}

/// Standard error may be closed, which is no reason to stop.
fn warn(warning: &str) {
    let _ = writeln!(io::stderr(), "{warning}");
}

/// Waits as long as the answer is to be held back; a clock that is moved meanwhile makes that shorter.
async fn hold(answer: &Answer, shared: &Shared) {
    let mut moved = shared.emulator.moved();
    loop {
        let remaining = shared.emulator.remaining(answer, shared.now());
        if remaining.is_zero() {
            return;
        }
        // The emulator is the one who tells, and is there as long as this connection.
        let _ = timeout(remaining, moved.changed()).await;
    }
}

/// The body, as far as it comes.
async fn read(mut body: Incoming, shared: &Shared) -> Result<Upload, hyper::Error> {
    let limit = shared.emulator.max_body();
    let pause = shared.emulator.config().body_timeout;
    let last = Instant::now() + LONGEST_UPLOAD;
    let mut collected = Vec::new();
    loop {
        let by = last.min(Instant::now() + pause);
        match timeout_at(by, body.frame()).await {
            Err(_) => return Ok(Upload::Stalled),
            Ok(None) => {
                // The journal may keep it for long.
                collected.shrink_to_fit();
                return Ok(Upload::Whole(collected.into()));
            }
            Ok(Some(frame)) => {
                let Ok(data) = frame?.into_data() else {
                    continue;
                };
                if limit - collected.len() < data.len() {
                    return Ok(Upload::TooLarge);
                }
                collected.extend_from_slice(&data);
            }
        }
    }
}

/// Says that nothing more will be said, and lets the client finish its own sentence.
///
/// Closing a connection with unread bytes resets it, and a reset may overtake the answer: a client that is still
/// sending its audio would read a connection error in place of a 401.
async fn linger(mut stream: TcpStream, mut stop: watch::Receiver<()>) {
    if stream.shutdown().await.is_err() {
        return;
    }
    let mut scrap = vec![0; SCRAP];
    let rest = async { while matches!(stream.read(&mut scrap).await, Ok(1..)) {} };
    tokio::select! {
        _ = timeout(LINGER, rest) => {}
        _ = stop.changed() => {}
    }
}

/// How long a connection that makes room for another one may take to end.
const PARTING: Duration = Duration::from_millis(10);

/// Five times the longest audio, for an upload at the pace of speech.
const LONGEST_UPLOAD: Duration = Duration::from_secs(300);

/// How long a connection is kept for a request that is never answered: longer than any client waits.
const SILENCE: Duration = Duration::from_secs(600);

/// How long a client may go on sending to nobody.
const LINGER: Duration = Duration::from_secs(5);

const SCRAP: usize = 16 * 1024;
