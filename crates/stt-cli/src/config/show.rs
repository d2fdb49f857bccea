//! `stt config show`: every value that counts, and where it is from.

use clap::Command;
use serde::Serialize;

use super::{
    Config,
    check::check,
    command, is_typed,
    names::{NAMES, Name, WHERE},
};
use crate::{
    args::{ReportFormat, ShowArgs},
    environment::{self, Environment},
    output::Output,
};

/// Prints the values; that nobody reads them any more is no failure.
pub(super) fn run(args: &ShowArgs, config: &Config, environment: &Environment, output: &mut Output) {
    let command = command();
    let rows: Vec<Row> = NAMES.iter().map(|name| Row::of(name, config, environment, &command)).collect();
    if args.report_format == ReportFormat::Json {
        let shown = Shown { schema: "stt.config/1", values: &rows };
        let _ = output.lines(&serde_json::to_string(&shown).expect("text and lists of text"));
        return;
    }
    for row in &rows {
        let Row { name, source, place, .. } = row;
        let from = place.as_deref().unwrap_or(source.word());
        if output.text_line(&format!("{name:18}  {:24}  {from}", row.text())).is_err() {
            return;
        }
    }
}

/// Who gives the value behind a name.
pub(super) fn place(name: &Name, config: &Config, environment: &Environment) -> Option<String> {
    Row::of(name, config, environment, &command()).place
}

#[derive(Serialize)]
struct Shown<'a> {
    schema: &'static str,
    values: &'a [Row],
}

#[derive(Serialize)]
struct Row {
    name: &'static str,
    /// Nothing where nothing is set and the program has no value of its own, and where the value cannot be used.
    value: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
    source: Source,
    /// The flag, the variable, or the file and its line.
    place: Option<String>,
}

#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "snake_case")]
enum Source {
    Default,
    Environment,
    File,
    Flag,
}

impl Source {
    const fn word(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Environment => "environment",
            Self::File => "file",
            Self::Flag => "flag",
        }
    }
}

impl Row {
    fn of(name: &Name, config: &Config, environment: &Environment, command: &Command) -> Self {
        let shown = |values: Vec<String>, source, place| {
            // What cannot be used may be a secret in the wrong place, and is not shown.
            let unfit = values.iter().filter(|value| *value != "-").find_map(|value| check(name, value, command).err());
            let value = unfit.is_none().then_some(values);
            Self { name: name.name, value, problem: unfit.map(|unfit| unfit.what), source, place: Some(place) }
        };
        if is_typed(&config.typed, name.name) {
            let typed = config.typed.get_raw(name.name).into_iter().flatten();
            return shown(typed.map(|word| word.to_string_lossy().into_owned()).collect(), Source::Flag, name.flag());
        }
        if let Some(value) = config.found.get(name.name) {
            return shown(value.entry.values.clone(), Source::File, value.place.clone());
        }
        if let Some((value, variable)) = of_environment(name, config, environment) {
            return shown(vec![value], Source::Environment, variable.to_owned());
        }
        let defaults = name.argument(command).get_default_values().iter();
        let defaults: Vec<_> = defaults.map(|word| word.to_string_lossy().into_owned()).collect();
        let value = (!defaults.is_empty()).then_some(defaults);
        Self { name: name.name, value, problem: None, source: Source::Default, place: None }
    }

    fn text(&self) -> String {
        match (&self.problem, &self.value) {
            (Some(problem), _) => format!("not usable: {problem}"),
            (None, Some(value)) if self.name.ends_with("_file") => format!("set, from {}", value.join(", ")),
            (None, Some(value)) => value.join(", "),
            (None, None) => "-".to_owned(),
        }
    }
}

/// What the environment says, if it counts, and in which variable.
fn of_environment(name: &Name, config: &Config, environment: &Environment) -> Option<(String, &'static str)> {
    let elsewhere = |name: &&str| is_typed(&config.typed, name) || config.found.contains_key(*name);
    if WHERE.contains(&name.name) && WHERE.iter().any(elsewhere) {
        return None;
    }
    match name.variables().iter().find_map(|variable| Some((environment.get(variable)?.to_owned(), *variable))) {
        // A password may stand before the host.
        Some((url, variable)) if name.name == "proxy" => {
            Some((url.rsplit('@').next().unwrap_or_default().to_owned(), variable))
        }
        Some(set) => Some(set),
        // The key itself stays where it is.
        None if name.name == "key_file" => {
            environment.get(environment::KEY).map(|_| (environment::KEY.to_owned(), environment::KEY))
        }
        None => None,
    }
}
