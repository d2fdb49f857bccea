//! The configuration: what files say, where flags and the environment say nothing.
//!
//! A value that a file gives becomes the default of its flag, so that everything behind the arguments knows flags only.

mod check;
mod file;
mod init;
mod names;
mod path;
mod places;
mod service;
mod show;

use std::{collections::BTreeMap, env, ffi::OsString, path::Path};

use clap::{ArgMatches, Command, CommandFactory, FromArgMatches, Id, parser::ValueSource};

pub(crate) use self::check::is_like_a_key;
use self::{
    file::{Entry, File, Profile, Scope},
    names::{NAMES, Name},
    places::Places,
};
use crate::{
    args::{Cli, ConfigArgs, ConfigCommand, KeyServiceArgs},
    environment::{self, Environment},
    output::Output,
    problem::Problem,
};

/// A command line that the configuration has a part in.
pub(crate) struct Configured {
    pub(crate) cli: Cli,
    pub(crate) config: Config,
    /// What has to be said about the configuration before anything is done.
    pub(crate) notes: Vec<String>,
}

/// What the configuration says about one command line.
pub(crate) struct Config {
    places: Places,
    typed: ArgMatches,
    found: Found,
    /// Why no file counts, for the command that goes on without them in order to tell it.
    pub(crate) problem: Option<Problem>,
}

/// The values of files that count, by name.
type Found = BTreeMap<&'static str, Value>;

/// A value of a file, and the place it is from.
struct Value {
    entry: Entry,
    place: String,
}

/// Why nothing can be begun.
pub(crate) enum Refusal {
    /// Help that was asked for is one too.
    CommandLine(clap::Error),
    Problem(Problem),
}

impl Configured {
    /// Reads what was typed, and the files if the command is one that they concern.
    ///
    /// A variable that must not count is gone from the environment afterwards.
    pub(crate) fn read(arguments: &[OsString], environment: &mut Environment) -> Result<Self, Refusal> {
        let command = command();
        let matches = command.clone().try_get_matches_from(arguments)?;
        let folder = env::current_dir().unwrap_or_default();
        let places = Places::find(environment, &folder);
        let typed = innermost(&matches).clone();
        if typed.try_contains_id(NO_CONFIG).is_err() {
            let config = Config { places, typed, found: Found::new(), problem: None };
            return Ok(Self { cli: Cli::from_arg_matches(&matches)?, config, notes: Vec::new() });
        }
        let asked = KeyServiceArgs::from_arg_matches(&typed)?.config;
        let mut notes = foreign(&places, &asked);
        let (found, problem) = match find(&places, &command, &asked, &typed, environment, &mut notes) {
            Ok(found) => (found, None),
            Err(problem) if matches.subcommand_name() == Some(DOCTOR) => (Found::new(), Some(problem)),
            Err(problem) => return Err(problem.into()),
        };
        let matches = with_defaults(command, &found).try_get_matches_from(arguments)?;
        let cli = Cli::from_arg_matches(&matches)?;
        Ok(Self { cli, config: Config { places, typed, found, problem }, notes })
    }
}

/// The values of the files that count.
fn find(
    places: &Places,
    command: &Command,
    asked: &ConfigArgs,
    typed: &ArgMatches,
    environment: &mut Environment,
    notes: &mut Vec<String>,
) -> Result<Found, Problem> {
    let files = if asked.no_config { Vec::new() } else { read(places, command)? };
    let levels = levels(&files, asked, environment)?;
    let mut found = single(&levels, typed, environment);
    service::add(&mut found, &levels, typed, environment, notes)?;
    Ok(found)
}

impl Config {
    /// Who gives the value behind a name that counts: a flag, a variable, or a file and its line.
    pub(crate) fn place(&self, name: &str, environment: &Environment) -> Option<String> {
        show::place(Name::find(name)?, self, environment)
    }

    /// The files that values are from, or could be.
    pub(crate) fn files(&self) -> impl Iterator<Item = &Path> {
        [&self.places.project, &self.places.user].into_iter().filter_map(|place| place.as_deref())
    }

    /// `stt config`.
    pub(crate) fn run(
        &self,
        command: &ConfigCommand,
        environment: &Environment,
        output: &mut Output,
    ) -> Result<(), Problem> {
        match command {
            ConfigCommand::Init(args) => init::run(args, &self.places, output),
            ConfigCommand::Path(args) => path::run(args, &self.places, output),
            ConfigCommand::Show(args) => {
                show::run(args, self, environment, output);
                Ok(())
            }
        }
    }
}

/// The whole command line.
///
/// `stt config show` takes the flags for which names stand in configuration files, to show what would count with them.
pub(crate) fn command() -> Command {
    let command = Cli::command();
    let flags: Vec<_> = ["transcribe", "assess"]
        .iter()
        .filter_map(|owner| command.find_subcommand(owner))
        .flat_map(|owner| owner.get_arguments().filter(|argument| is_name(argument.get_id())).cloned())
        .collect();
    command.mut_subcommand("config", |config| {
        config.mut_subcommand("show", |mut show| {
            for flag in flags {
                let is_new =
                    show.get_arguments().all(|own| own.get_id() != flag.get_id() && own.get_long() != flag.get_long());
                // `-f` and `--format` are about the table here.
                if is_new && flag.get_id() != "format" {
                    show = show.arg(flag);
                }
            }
            show
        })
    })
}

/// A profile of a file, and what it may do.
#[derive(Clone, Copy)]
struct Level<'a> {
    file: &'a File,
    profile: &'a Profile,
}

impl Level<'_> {
    /// What it says behind a name; a path begins at the file.
    fn value(&self, name: &Name, environment: &Environment) -> Option<Value> {
        let mut entry = self.profile.get(name.name)?.clone();
        if name.is_file() {
            for written in &mut entry.values {
                let path = places::resolve(written, self.file.folder(), environment);
                *written = path.to_string_lossy().into_owned();
            }
        }
        Some(Value { place: self.file.place(&entry), entry })
    }
}

impl From<clap::Error> for Refusal {
    fn from(error: clap::Error) -> Self {
        Self::CommandLine(error)
    }
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

/// Whether a flag with this id may be set by a file.
fn is_name(id: &Id) -> bool {
    NAMES.iter().any(|name| id == name.name)
}

/// What was typed behind the last of the subcommands.
fn innermost(matches: &ArgMatches) -> &ArgMatches {
    match matches.subcommand() {
        Some((_, inner)) => innermost(inner),
        None => matches,
    }
}

/// Whether a flag was typed, which one that the command does not have was not.
fn is_typed(typed: &ArgMatches, name: &str) -> bool {
    typed.try_contains_id(name).is_ok() && typed.value_source(name) == Some(ValueSource::CommandLine)
}

fn read(places: &Places, command: &Command) -> Result<Vec<File>, Problem> {
    let both = [(&places.project, Scope::Project), (&places.user, Scope::User)];
    let given = both.into_iter().filter_map(|(path, scope)| Some((path.as_deref()?, scope)));
    given.filter_map(|(path, scope)| File::read(path, scope, command).transpose()).collect()
}

/// The profiles that count, the strongest first.
fn levels<'a>(files: &'a [File], asked: &ConfigArgs, environment: &Environment) -> Result<Vec<Level<'a>>, Problem> {
    let level = |name: &str, file: &'a File| Some(Level { file, profile: file.profile(name)? });
    let all = |name: &str| files.iter().filter_map(|file| level(name, file)).collect::<Vec<_>>();
    let asked = match &asked.profile {
        Some(typed) => Some((typed.as_str(), "--profile")),
        None if asked.no_config => None,
        None => environment.get(environment::PROFILE).map(|name| (name, environment::PROFILE)),
    };
    let Some((name, asked_by)) = asked else { return Ok(all(DEFAULT)) };
    let mut levels = all(name);
    if levels.is_empty() {
        let mut there: Vec<_> = files.iter().flat_map(File::profiles).collect();
        there.sort_unstable();
        there.dedup();
        let hint = match there[..] {
            [] => "`stt config init` writes a file, and `stt config path` tells where files are".to_owned(),
            _ => format!("there are: {}", there.join(", ")),
        };
        return Err(Problem::usage(format!("no configuration file has the profile of {asked_by}, {name:?}")).hint(hint));
    }
    if name != DEFAULT {
        levels.extend(all(DEFAULT));
    }
    Ok(levels)
}

/// The values that win one by one.
fn single(levels: &[Level<'_>], typed: &ArgMatches, environment: &Environment) -> Found {
    let free = NAMES.iter().filter(|name| !name.is_service() && !is_typed(typed, name.name));
    let free = free.filter(|name| name.variables().iter().all(|variable| environment.get(variable).is_none()));
    free.filter_map(|name| Some((name.name, levels.iter().find_map(|level| level.value(name, environment))?))).collect()
}

fn foreign(places: &Places, asked: &ConfigArgs) -> Vec<String> {
    let foreign = places.foreign.iter().filter(|_| !asked.no_config);
    foreign
        .map(|path| format!("{} belongs to another user than this folder, and is not read", path.display()))
        .collect()
}

fn with_defaults(mut command: Command, found: &Found) -> Command {
    for name in NAMES {
        let Some(value) = found.get(name.name) else { continue };
        for owner in name.commands {
            let values = &value.entry.values;
            command = command
                .mut_subcommand(owner, |owner| owner.mut_arg(name.name, |argument| argument.default_values(values)));
        }
    }
    command
}

const DEFAULT: &str = "default";
/// The command that tells what is wrong with files instead of ending for it.
const DOCTOR: &str = "doctor";
const NO_CONFIG: &str = "no_config";
const PROFILE: &str = "profile";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_a_flag_of_all_its_commands() {
        let command = command();
        for name in NAMES {
            for owner in name.commands {
                let owner = command.find_subcommand(owner).unwrap();
                let flag = owner.get_arguments().find(|argument| argument.get_id() == name.name);
                let long = flag.and_then(|flag| flag.get_long()).unwrap_or_default();
                assert_eq!(format!("--{long}"), name.flag(), "{}", owner.get_name());
            }
        }
    }
}
