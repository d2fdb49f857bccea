//! The names that may stand in a profile.

use clap::{Arg, Command};

use crate::environment;

/// A name, and the flag of the same name (with hyphens) for which it stands.
pub(super) struct Name {
    pub(super) name: &'static str,
    pub(super) form: Form,
    /// The commands that have the flag; it means the same for all of them.
    pub(super) commands: &'static [&'static str],
}

/// What stands behind a name.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Form {
    Number,
    Text,
    /// A text or a list of texts.
    Texts,
    Whole,
    /// A whole number, or a word that stands for one.
    WholeOrWord,
}

impl Name {
    pub(super) fn find(name: &str) -> Option<&'static Self> {
        NAMES.iter().find(|known| known.name == name)
    }

    /// Whether it says where the service is or who asks, which only counts together.
    pub(super) fn is_service(&self) -> bool {
        SERVICE.contains(&self.name)
    }

    /// Whether it decides who is between the program and the service, which no project may.
    pub(super) fn is_for_users(&self) -> bool {
        ["ca_file", "proxy"].contains(&self.name)
    }

    /// Whether it is the path of a file.
    pub(super) fn is_file(&self) -> bool {
        self.name.ends_with("_file")
    }

    pub(super) fn flag(&self) -> String {
        format!("--{}", self.name.replace('_', "-"))
    }

    /// The flag itself, in the first of its commands.
    pub(super) fn argument<'a>(&self, command: &'a Command) -> &'a Arg {
        let owner = command.find_subcommand(self.commands[0]);
        let found = owner.and_then(|owner| owner.get_arguments().find(|argument| argument.get_id() == self.name));
        found.expect("a test finds every name among the flags of all its commands")
    }

    /// The environment variables that win over files, the strongest first.
    pub(super) fn variables(&self) -> &'static [&'static str] {
        match self.name {
            "auth" => &[environment::AUTH],
            "ca_file" => &[environment::CA_FILE],
            "endpoint" => &[environment::ENDPOINT],
            "key_file" => &[environment::KEY_FILE],
            "language" => &[environment::LANGUAGE],
            "proxy" => &environment::PROXIES,
            "region" => &[environment::REGION],
            _ => &[],
        }
    }
}

/// Where the service is.
pub(super) const WHERE: [&str; 2] = ["endpoint", "region"];

const SERVICE: [&str; 7] = ["auth", "endpoint", "endpoint_id", "key_file", "region", "resource_id", "token_file"];

const ALL: &[&str] = &["transcribe", "assess", "token", "doctor"];
const CREDENTIAL: &[&str] = &["transcribe", "assess", "doctor"];
const TIMED: &[&str] = &["transcribe", "assess", "token"];
const BOTH: &[&str] = &["transcribe", "assess"];
const TRANSCRIBE: &[&str] = &["transcribe"];
const ASSESS: &[&str] = &["assess"];

/// In the order in which they are shown.
pub(super) const NAMES: &[Name] = &[
    Name { name: "region", form: Form::Text, commands: ALL },
    Name { name: "endpoint", form: Form::Text, commands: ALL },
    Name { name: "key_file", form: Form::Text, commands: ALL },
    Name { name: "auth", form: Form::Text, commands: CREDENTIAL },
    Name { name: "token_file", form: Form::Text, commands: CREDENTIAL },
    Name { name: "resource_id", form: Form::Text, commands: CREDENTIAL },
    Name { name: "endpoint_id", form: Form::Text, commands: BOTH },
    Name { name: "language", form: Form::Text, commands: BOTH },
    Name { name: "mode", form: Form::Text, commands: BOTH },
    Name { name: "profanity", form: Form::Text, commands: BOTH },
    Name { name: "query", form: Form::Texts, commands: BOTH },
    Name { name: "format", form: Form::Text, commands: TRANSCRIBE },
    Name { name: "output_format", form: Form::Texts, commands: TRANSCRIBE },
    Name { name: "jobs", form: Form::WholeOrWord, commands: TRANSCRIBE },
    Name { name: "tier", form: Form::Text, commands: TRANSCRIBE },
    Name { name: "max_audio_seconds", form: Form::Number, commands: TRANSCRIBE },
    Name { name: "convert", form: Form::Text, commands: BOTH },
    Name { name: "channel", form: Form::Text, commands: BOTH },
    Name { name: "upload", form: Form::Text, commands: BOTH },
    Name { name: "split", form: Form::Text, commands: TRANSCRIBE },
    Name { name: "max_seconds", form: Form::Whole, commands: TRANSCRIBE },
    Name { name: "max_line_width", form: Form::Whole, commands: TRANSCRIBE },
    Name { name: "max_line_count", form: Form::Whole, commands: TRANSCRIBE },
    Name { name: "max_words_per_line", form: Form::Whole, commands: TRANSCRIBE },
    Name { name: "chunk", form: Form::Whole, commands: BOTH },
    Name { name: "expect_continue", form: Form::Text, commands: BOTH },
    Name { name: "proxy", form: Form::Text, commands: ALL },
    Name { name: "ca_file", form: Form::Text, commands: ALL },
    Name { name: "timeout", form: Form::Number, commands: TIMED },
    Name { name: "retries", form: Form::Whole, commands: BOTH },
    Name { name: "granularity", form: Form::Text, commands: ASSESS },
    Name { name: "grading", form: Form::Text, commands: ASSESS },
    Name { name: "dimension", form: Form::Text, commands: ASSESS },
    Name { name: "phoneme_alphabet", form: Form::Text, commands: ASSESS },
    Name { name: "nbest_phonemes", form: Form::Whole, commands: ASSESS },
    Name { name: "scenario_id", form: Form::Text, commands: ASSESS },
    Name { name: "min_score", form: Form::Number, commands: ASSESS },
];
