//! What is done below the results: each request, call and wait, for `-vv` and for a file.
//!
//! What may be said is a list: fields that are not on it, and whatever other crates tell, go nowhere.

use std::{
    collections::BTreeMap,
    fmt::{self, Write as _},
    fs::{File, OpenOptions},
    io::{self, BufRead as _, BufReader, Read as _, Write},
    path::Path,
    sync::{Mutex, PoisonError},
    time::{Instant, SystemTime},
};

use indicatif::ProgressBar;
use serde_json::{Map, Value, json};
use stt_transcript::escape_for_terminal as escaped;
use tracing::{
    Event, Level, Metadata, Subscriber,
    field::{Field, Visit},
    span::{Attributes, Id, Record},
};
use tracing_subscriber::{Layer, layer::Context, layer::SubscriberExt as _, registry::LookupSpan};

use super::{cannot_write, io_reason};
use crate::{args::TalkArgs, problem::Problem};

/// Tells from now on what is done, as far as it was asked for.
pub(super) fn begin(args: &TalkArgs, progress: &ProgressBar) -> Result<(), Problem> {
    let file = args.log_file.as_deref().map(open).transpose()?;
    if file.is_none() && args.verbose < REQUESTS {
        return Ok(());
    }
    let log = Log { file: file.map(Mutex::new), verbose: args.verbose, progress: progress.clone() };
    // There is one for a process, and this is called once.
    let _ = tracing::subscriber::set_global_default(tracing_subscriber::registry().with(log));
    tracing::debug!(version = env!("CARGO_PKG_VERSION"), os = std::env::consts::OS, "begun");
    Ok(())
}

fn open(path: &Path) -> Result<File, Problem> {
    let name = path.display().to_string();
    // A pipe or a terminal is no file that could be lost.
    if path.is_file() && !is_log(path).map_err(|error| cannot_write(&name, &error))? {
        return Err(Problem::usage(format!("{name} exists and is no log of stt")));
    }
    let opened = OpenOptions::new().create(true).append(true).open(path);
    opened.map_err(|error| cannot_write(&name, &error))
}

/// Whether a file is empty, or begins as a log does.
fn is_log(path: &Path) -> io::Result<bool> {
    let mut line = String::new();
    let read = BufReader::new(File::open(path)?).take(LONGEST_LINE).read_line(&mut line);
    let has = |object: &Value| ["level", "target", "time"].iter().all(|name| object[name].is_string());
    match read {
        Ok(_) => Ok(line.is_empty() || serde_json::from_str(&line).is_ok_and(|object| has(&object))),
        Err(error) if error.kind() == io::ErrorKind::InvalidData => Ok(false),
        Err(error) => Err(error),
    }
}

/// Where it is told.
struct Log {
    /// Gets everything. It is gone when it cannot be written.
    file: Option<Mutex<File>>,
    verbose: u8,
    /// Makes way for what is told on standard error.
    progress: ProgressBar,
}

/// A span that has not ended.
struct Open {
    began: Instant,
    fields: Fields,
}

/// What is on the list of what may be said.
#[derive(Default)]
struct Fields(BTreeMap<&'static str, Value>);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.keep(field, format!("{value:?}").into());
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.keep(field, value.into());
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.keep(field, value.into());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.keep(field, value.into());
    }
}

impl Fields {
    fn keep(&mut self, field: &Field, value: Value) {
        if SHOWN.contains(&field.name()) {
            self.0.insert(field.name(), value);
        }
    }

    /// A value as a person reads it.
    fn text(&self, name: &str) -> Option<String> {
        self.0.get(name).map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned))
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Log {
    fn enabled(&self, metadata: &Metadata<'_>, _: Context<'_, S>) -> bool {
        OURS.iter().any(|ours| metadata.target().split("::").next() == Some(ours))
    }

    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        if let Some(span) = context.span(id) {
            span.extensions_mut().insert(Open { began: Instant::now(), fields });
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        if let Some(span) = context.span(id)
            && let Some(open) = span.extensions_mut().get_mut::<Open>()
        {
            values.record(&mut open.fields);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let call = context.event_span(event).map(|span| span.id().into_u64());
        self.tell(event.metadata(), fields, None, call);
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        let Some(span) = context.span(&id) else { return };
        let Some(Open { began, fields }) = span.extensions_mut().remove() else { return };
        let call = span.parent().map_or(id, |parent| parent.id()).into_u64();
        let milliseconds = began.elapsed().as_secs_f64() * 1000.0;
        self.tell(span.metadata(), fields, Some(milliseconds), Some(call));
    }
}

impl Log {
    /// Tells of a span that took so long, or of an event; those of one call have its number.
    fn tell(&self, metadata: &Metadata<'_>, fields: Fields, milliseconds: Option<f64>, call: Option<u64>) {
        // What the program says itself is on standard error already.
        if metadata.target().starts_with("stt_hyper") && least(metadata, milliseconds) <= self.verbose {
            let line = escaped(&line(metadata, &fields, milliseconds)).into_owned();
            let _ = self.progress.suspend(|| writeln!(io::stderr(), "{line}"));
        }
        let Some(file) = &self.file else { return };
        let mut object = Map::new();
        object.insert("time".to_owned(), humantime::format_rfc3339_millis(SystemTime::now()).to_string().into());
        object.insert("level".to_owned(), level(*metadata.level()).into());
        object.insert("target".to_owned(), metadata.target().split("::").next().unwrap_or_default().into());
        if let Some(milliseconds) = milliseconds {
            object.insert("span".to_owned(), metadata.name().into());
            object.insert("ms".to_owned(), json!((milliseconds * 1000.0).round() / 1000.0));
        }
        object.extend(call.map(|call| ("call".to_owned(), call.into())));
        object.extend(fields.0.into_iter().map(|(name, value)| (name.to_owned(), value)));
        let line = Value::Object(object).to_string() + "\n";
        // A line is written whole, so a panic elsewhere leaves the file usable.
        let written = file.lock().unwrap_or_else(PoisonError::into_inner).write_all(line.as_bytes());
        if let Err(error) = written {
            static SAID: std::sync::Once = std::sync::Once::new();
            SAID.call_once(|| {
                let _ = self
                    .progress
                    .suspend(|| writeln!(io::stderr(), "warning: the log cannot be written: {}", io_reason(&error)));
            });
        }
    }
}

/// How often `-v` has to be there for it to be told.
fn least(metadata: &Metadata<'_>, milliseconds: Option<f64>) -> u8 {
    if milliseconds.is_some() && metadata.name() == "POST" { REQUESTS } else { WAITS }
}

/// What a person reads.
fn line(metadata: &Metadata<'_>, fields: &Fields, milliseconds: Option<f64>) -> String {
    let mut line = match milliseconds {
        Some(_) => metadata.name().to_owned(),
        None => fields.text("message").unwrap_or_default(),
    };
    line.extend(fields.text("url.full").map(|url| format!(" {url}")));
    let outcome = fields.text("http.response.status_code").or_else(|| fields.text("error.type"));
    line.extend(outcome.map(|outcome| format!(": {outcome}")));
    if let Some(milliseconds) = milliseconds {
        let _ = write!(line, " in {milliseconds:.0} ms");
    }
    line.extend(fields.text("az.pause_ms").map(|pause| format!(" for at most {pause} ms")));
    line.extend(fields.text("http.request.resend_count").map(|count| format!(", repeat {count}")));
    line
}

const fn level(level: Level) -> &'static str {
    match level {
        Level::ERROR => "error",
        Level::WARN => "warn",
        Level::INFO => "info",
        Level::DEBUG => "debug",
        Level::TRACE => "trace",
    }
}

/// More than the first line of a log has.
const LONGEST_LINE: u64 = 4_096;

/// How often `-v` has to be there for requests to be told, and for calls and waits.
const REQUESTS: u8 = 2;
const WAITS: u8 = 3;

/// The crates that say what is known to hold no secret.
const OURS: [&str; 2] = ["stt", "stt_hyper"];

/// Everything that may be said. `message` is what the program says on standard error.
const SHOWN: [&str; 14] = [
    "az.connection_id",
    "az.pause_ms",
    "error.type",
    "http.request.method",
    "http.request.resend_count",
    "http.response.status_code",
    "message",
    "network.protocol.version",
    "os",
    "otel.status_code",
    "server.address",
    "server.port",
    "url.full",
    "version",
];

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// What stands in the file after these spans and events.
    fn written(tell: impl FnOnce()) -> Vec<Value> {
        let mut file = tempfile::tempfile().unwrap();
        let log =
            Log { file: Some(Mutex::new(file.try_clone().unwrap())), verbose: 0, progress: ProgressBar::hidden() };
        tracing::subscriber::with_default(tracing_subscriber::registry().with(log), tell);
        io::Seek::rewind(&mut file).unwrap();
        let mut text = String::new();
        file.read_to_string(&mut text).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    #[test]
    fn a_request_is_one_line_when_it_has_ended() {
        let lines = written(|| {
            let call = tracing::info_span!(target: "stt_hyper::trace", "recognize").entered();
            let status = tracing::field::Empty;
            let request = tracing::info_span!(target: "stt_hyper::trace", "POST", "http.response.status_code" = status, "server.port" = 443);
            request.record("http.response.status_code", 200);
            std::thread::sleep(Duration::from_millis(2));
            drop(request);
            tracing::debug!(target: "stt_hyper::trace", { "az.pause_ms" = 250 }, "pausing");
            drop(call);
        });
        let [request, event, call] = &lines[..] else { panic!("{lines:?}") };
        assert_eq!(
            (&request["span"], &request["target"], &request["level"]),
            (&"POST".into(), &"stt_hyper".into(), &"info".into())
        );
        assert_eq!((&request["http.response.status_code"], &request["server.port"]), (&200.into(), &443.into()));
        assert!(2.0 <= request["ms"].as_f64().unwrap(), "{request}");
        assert_eq!((&event["message"], &event["az.pause_ms"], event.get("ms")), (&"pausing".into(), &250.into(), None));
        assert_eq!((&call["span"], &call["call"]), (&"recognize".into(), &request["call"]));
        assert_eq!(call["call"], event["call"]);
        // As RFC 3339 has it, with thousandths of a second.
        let time = request["time"].as_str().unwrap();
        assert!(time.len() == "2026-01-02T03:04:05.678Z".len() && time.ends_with('Z'), "{time}");
    }

    #[test]
    fn what_is_not_on_the_list_goes_nowhere() {
        let lines = written(|| {
            tracing::info!(target: "stt", key = "canary", "said");
            tracing::info!(target: "hyper", "canary");
            tracing::info!(target: "stt_hyper_of_somebody_else", "canary");
            let _span = tracing::info_span!(target: "hyper", "POST", "url.full" = "canary").entered();
        });
        assert_eq!(lines.len(), 1, "{lines:?}");
        assert_eq!(lines[0]["message"], "said");
        assert_eq!(lines[0].get("key"), None);
    }
}
