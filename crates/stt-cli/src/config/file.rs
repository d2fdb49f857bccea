//! One configuration file, read and checked.

use std::{
    borrow::Cow,
    collections::BTreeMap,
    fs::{self, File as Handle},
    io::{self, Read},
    ops::Range,
    path::{Path, PathBuf},
};

use clap::Command;
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{
    check::{KEY_HINT, Unfit, check},
    names::{Form, NAMES, Name, WHERE},
};
use crate::{output::io_reason, problem::Problem};

/// A configuration file.
#[derive(Debug)]
pub(super) struct File {
    pub(super) path: PathBuf,
    pub(super) scope: Scope,
    profiles: BTreeMap<String, Profile>,
}

/// Whose file it is, which decides what it may do.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Scope {
    /// It may have come with a repository of somebody else.
    Project,
    User,
}

pub(super) type Profile = BTreeMap<&'static str, Entry>;

/// What stands behind a name, as text.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Entry {
    pub(super) values: Vec<String>,
    pub(super) line: usize,
}

impl File {
    /// Reads a file, if there is one; `command` knows the values that flags take.
    pub(super) fn read(path: &Path, scope: Scope, command: &Command) -> Result<Option<Self>, Problem> {
        let refused = |why: String| Problem::usage("cannot be read").of(path.display().to_string()).why(why);
        let text = match text(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(refused(io_reason(&error))),
        };
        let profiles = Reading { command, path, scope, text: &text }.profiles()?;
        Ok(Some(Self { path: path.to_owned(), scope, profiles }))
    }

    pub(super) fn profile(&self, name: &str) -> Option<&Profile> {
        self.profiles.get(name)
    }

    pub(super) fn profiles(&self) -> impl Iterator<Item = &str> {
        self.profiles.keys().map(String::as_str)
    }

    /// The folder at which relative paths in it start.
    pub(super) fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new(""))
    }

    pub(super) fn place(&self, entry: &Entry) -> String {
        format!("{}:{}", self.path.display(), entry.line)
    }
}

/// Reads an ordinary file of a bearable length.
fn text(path: &Path) -> io::Result<String> {
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::other("it is not an ordinary file"));
    }
    let mut bytes = Vec::new();
    Handle::open(path)?.take(LONGEST + 1).read_to_end(&mut bytes)?;
    if LONGEST < bytes.len() as u64 {
        return Err(io::Error::other(format!("it is longer than {} KiB", LONGEST / 1024)));
    }
    String::from_utf8(bytes).map_err(|_| io::Error::other("it is not UTF-8"))
}

/// A text that is being read. No error repeats a value that could be a key.
struct Reading<'a> {
    command: &'a Command,
    path: &'a Path,
    scope: Scope,
    text: &'a str,
}

impl Reading<'_> {
    fn profiles(&self) -> Result<BTreeMap<String, Profile>, Problem> {
        // The error's own text would show the line, which may hold anything.
        let document = DeTable::parse(self.text)
            .map_err(|error| self.refused(error.span().unwrap_or_default(), format!("no TOML: {}", error.message())))?;
        let mut profiles = BTreeMap::new();
        for (name, value) in document.get_ref() {
            if name.get_ref() != "profile" {
                return Err(self.stray(name.get_ref(), name.span()));
            }
            let DeValue::Table(tables) = value.get_ref() else {
                return Err(self
                    .refused(name.span(), "profile is a table of tables".to_owned())
                    .hint(EXAMPLE.to_owned()));
            };
            for (name, value) in tables {
                let DeValue::Table(table) = value.get_ref() else {
                    return Err(self.stray(name.get_ref(), name.span()));
                };
                profiles.insert(name.get_ref().to_string(), self.profile(table)?);
            }
        }
        Ok(profiles)
    }

    /// What stands where only profiles may.
    fn stray(&self, name: &str, at: Range<usize>) -> Problem {
        if is_secret(name) {
            return self.secret(name, at);
        }
        let what = if Name::find(name).is_some() {
            format!("{name} does not stand in a profile")
        } else {
            format!("{} is not known; there is nothing but profiles", told(name))
        };
        self.refused(at, what).hint(EXAMPLE.to_owned())
    }

    fn profile(&self, table: &DeTable<'_>) -> Result<Profile, Problem> {
        let mut profile = Profile::new();
        for (written, value) in table {
            let name = self.name(written)?;
            if self.scope == Scope::Project && name.is_for_users() {
                let what = format!("{} does not stand in a project's file, which may be somebody else's", name.name);
                return Err(self.refused(written.span(), what).hint(USER_HINT.to_owned()));
            }
            let (values, value_at) = (self.values(name, value)?, value.span());
            for value in &values {
                check(name, value, self.command).map_err(|Unfit { what, hint }| {
                    self.refused(value_at.clone(), what).hint(hint.map(str::to_owned))
                })?;
            }
            let (line, _) = self.position(written.span().start);
            profile.insert(name.name, Entry { values, line });
        }
        self.whole(table, &profile)?;
        Ok(profile)
    }

    fn name(&self, written: &Spanned<Cow<'_, str>>) -> Result<&'static Name, Problem> {
        let given = written.get_ref().as_ref();
        if let Some(name) = Name::find(given) {
            return Ok(name);
        }
        if is_secret(given) {
            return Err(self.secret(given, written.span()));
        }
        let what = format!("{} is not a name that a profile has", told(given));
        let near = given.to_lowercase().replace('-', "_");
        let hint = match Name::find(&near) {
            Some(name) => format!("did you mean {}?", name.name),
            None => format!("there are {}", NAMES.iter().map(|name| name.name).collect::<Vec<_>>().join(", ")),
        };
        Err(self.refused(written.span(), what).hint(hint))
    }

    /// What is written, as it would be typed behind the flag.
    fn values(&self, name: &Name, value: &Spanned<DeValue<'_>>) -> Result<Vec<String>, Problem> {
        match (name.form, value.get_ref()) {
            (Form::Text | Form::Texts | Form::WholeOrWord, DeValue::String(text)) => Ok(vec![text.to_string()]),
            (Form::Texts, DeValue::Array(list)) if list.is_empty() => {
                let what = format!("{} is empty", name.name);
                Err(self.refused(value.span(), what).hint("leave it out instead".to_owned()))
            }
            (Form::Texts, DeValue::Array(list)) => {
                let texts = list.iter().map(|value| match value.get_ref() {
                    DeValue::String(text) => Ok(text.to_string()),
                    other => Err(self.wrong(name, other, value.span())),
                });
                texts.collect()
            }
            (Form::Whole | Form::WholeOrWord | Form::Number, DeValue::Integer(number)) => {
                let number = i64::from_str_radix(number.as_str(), number.radix());
                let number = number.map_err(|_| self.wrong(name, value.get_ref(), value.span()))?;
                Ok(vec![number.to_string()])
            }
            (Form::Number, DeValue::Float(number)) => Ok(vec![number.as_str().to_owned()]),
            (_, other) => Err(self.wrong(name, other, value.span())),
        }
    }

    fn wrong(&self, name: &Name, value: &DeValue<'_>, at: Range<usize>) -> Problem {
        let expected = match name.form {
            Form::Number => "a number",
            Form::Text => "text in quotes",
            Form::Texts => "text in quotes, or a list of such",
            Form::Whole => "a whole number",
            Form::WholeOrWord => "a whole number, or text in quotes",
        };
        let given = match value {
            DeValue::Array(_) => "a list",
            DeValue::Boolean(_) => "true or false",
            DeValue::Datetime(_) => "a date",
            DeValue::Float(_) => "a fraction",
            DeValue::Integer(_) => "a number",
            DeValue::String(_) => "text",
            DeValue::Table(_) => "a table",
        };
        self.refused(at, format!("{} is {expected}, and not {given}", name.name))
    }

    /// Refuses what counts only together and is not there together.
    fn whole(&self, table: &DeTable<'_>, profile: &Profile) -> Result<(), Problem> {
        let at = |name: &str| table.iter().find(|(key, _)| key.get_ref() == name).map(|(key, _)| key.span());
        let is_entra = profile.get("auth").is_some_and(|auth| auth.values == ["entra"]);
        for name in profile.keys().filter_map(|name| Name::find(name)).filter(|name| name.is_service()) {
            let at = at(name.name).unwrap_or_default();
            if !WHERE.iter().any(|place| profile.contains_key(place)) {
                let what = format!("{} without a region or an endpoint beside it", name.name);
                return Err(self.refused(at, what).hint(WHOLE_HINT.to_owned()));
            }
            if ["token_file", "resource_id"].contains(&name.name) && !is_entra {
                return Err(self.refused(at, format!("{} goes with auth = \"entra\"", name.name)));
            }
        }
        Ok(())
    }

    fn secret(&self, name: &str, at: Range<usize>) -> Problem {
        let what =
            format!("{name} does not stand in a configuration file, which others may read and repositories keep");
        self.refused(at, what).hint(KEY_HINT.to_owned())
    }

    fn refused(&self, at: Range<usize>, what: String) -> Problem {
        let (line, column) = self.position(at.start);
        Problem::usage(what).of(format!("{}:{line}:{column}", self.path.display()))
    }

    /// Line and column of a byte, both from 1.
    fn position(&self, at: usize) -> (usize, usize) {
        let before = self.text.get(..at).unwrap_or(self.text);
        let line = before.rsplit('\n').next().unwrap_or_default();
        (before.matches('\n').count() + 1, line.chars().count() + 1)
    }
}

/// A name that is not known; a long one may be a key that was pasted.
fn told(name: &str) -> String {
    if LONGEST_NAME < name.len() { "this".to_owned() } else { format!("{name:?}") }
}

/// Whether somebody who writes this name wants to set a key or a token.
fn is_secret(name: &str) -> bool {
    let name = name.to_lowercase();
    SECRETS
        .iter()
        .any(|secret| name == *secret || name.strip_suffix(secret).is_some_and(|rest| rest.ends_with(['_', '-'])))
}

const SECRETS: [&str; 6] = ["key", "key1", "key2", "password", "secret", "token"];
const WHOLE_HINT: &str = "where the service is and who asks stand in one profile, so that a key goes nowhere else";
const USER_HINT: &str = "`stt config path --user` tells where it may stand";
const EXAMPLE: &str = "[profile.default] and then region = \"westeurope\", for example";

/// More than any name has, and less than any key.
const LONGEST_NAME: usize = 24;

/// Many times what a person writes.
const LONGEST: u64 = 64 * 1024;
