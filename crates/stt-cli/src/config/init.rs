//! `stt config init`: a configuration file in which everything is explained.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

use super::{
    path::homeless,
    places::{PROJECT, Places},
};
use crate::{
    args::InitArgs,
    exit::Exit,
    output::{Output, io_reason},
    problem::Problem,
};

/// Writes the file, and prints its path; one that is there stays as it is.
pub(super) fn run(args: &InitArgs, places: &Places, output: &mut Output) -> Result<(), Problem> {
    let path = if args.project { PathBuf::from(PROJECT) } else { places.user.clone().ok_or_else(homeless)? };
    let name = path.display().to_string();
    write(&path, args.project).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => Problem::usage("is there already, and stays as it is").of(&name),
        _ => Problem::new(Exit::Input, "cannot be written").of(&name).why(io_reason(&error)),
    })?;
    // Nobody may be left to read it.
    let _ = output.text_line(&name);
    Ok(())
}

fn write(path: &Path, for_everybody: bool) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, if for_everybody { 0o666 } else { 0o600 });
    let mut file = options.open(path)?;
    let written = file.write_all(text(for_everybody).as_bytes());
    // Half a file would stay as it is the next time.
    written.inspect_err(|_| {
        let _ = fs::remove_file(path);
    })
}

fn text(for_everybody: bool) -> String {
    let parts = if for_everybody { [PROJECT_TEXT, TEXT, "", LAST] } else { [USER_TEXT, TEXT, NETWORK, LAST] };
    parts.concat()
}

const PROJECT_TEXT: &str = "\
# What stt does in this folder and those below it. Flags and the environment win over it.
#
# Whoever has the repository reads this file: no key stands in it.
";

const USER_TEXT: &str = "\
# What stt does for you, in all folders. Flags, the environment and a project's stt.toml win over it.
#
# A key does not stand in it, but in a file of its own that key_file names.
";

const TEXT: &str = r#"
[profile.default]

# Where the service is and who asks. This counts together, or not at all.

#region = "westeurope"
# A URL as the portal shows it, a container, or an emulator; wins over the region.
#endpoint = "https://my-resource.cognitiveservices.azure.com"
# The file with the key; a relative path starts at this file.
#key_file = "~/.secrets/speech"
# "key", "token" (exchanged for the key), "entra" (with the next two), or "none".
#auth = "key"
#token_file = "entra-token"
#resource_id = "/subscriptions/.../resourceGroups/.../providers/Microsoft.CognitiveServices/accounts/..."
# A custom model of the resource.
#endpoint_id = "00000000-0000-0000-0000-000000000000"

# What is asked for. Each of these counts by itself.

#language = "en-US"
# "conversation", "interactive" or "dictation"
#mode = "conversation"
# "masked", "removed" or "raw"
#profanity = "masked"
#query = ["wordLevelTimestamps=true"]

# For stt transcribe.

# "simple" or "detailed"
#format = "detailed"
# One of those of -f, or a list of them for -O.
#output_format = "text"
# The most requests at once, or "auto".
#jobs = "auto"
# "f0" (free) or "s0" (standard)
#tier = "s0"
# Audio that a run may send, in seconds.
#max_audio_seconds = 3600
# "auto" or "never"
#split = "auto"
#max_seconds = 55
#max_line_width = 42
#max_line_count = 2
#max_words_per_line = 7

# Audio.

# "auto" or "never"
#convert = "auto"
# "left", "mix" or "right"
#channel = "mix"
# "wav" or "opus"
#upload = "wav"

# Sending.

#chunk = 32768
# "auto" or "off"
#expect_continue = "auto"
# Seconds, with all repeats.
#timeout = 120
#retries = 2

# For stt assess.

# "phoneme", "word" or "fulltext"
#granularity = "phoneme"
# "hundredmark" or "fivepoint"
#grading = "hundredmark"
# "basic" or "comprehensive"
#dimension = "comprehensive"
# "ipa" or "sapi"
#phoneme_alphabet = "ipa"
#nbest_phonemes = 5
#scenario_id = "00000000-0000-0000-0000-000000000000"
#min_score = 60
"#;

/// What no project may say.
const NETWORK: &str = r#"
# The way to the service; a project's file may not say it.

#proxy = "http://proxy:3128"
# Certificate authorities in PEM form to trust too.
#ca_file = "company.pem"
"#;

const LAST: &str = r#"
# Another profile, for `stt --profile local` commands; what it does not say, the one above says.

#[profile.local]
#endpoint = "http://localhost:5000"
#auth = "none"
"#;

#[cfg(test)]
mod tests {
    use super::{
        super::{
            command,
            file::{File, Scope},
            names::NAMES,
        },
        *,
    };

    fn read(text: &str, scope: Scope) -> Result<Option<File>, Problem> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        fs::write(&path, text).unwrap();
        File::read(&path, scope, &command())
    }

    /// The text with all its values set, but those that need `auth = "entra"`.
    fn uncommented(text: &str) -> String {
        let value = |line: &str| {
            let line =
                line.strip_prefix('#').filter(|rest| rest.starts_with(|c: char| c == '[' || c.is_ascii_lowercase()));
            line.filter(|line| !line.starts_with("token_file") && !line.starts_with("resource_id")).map(str::to_owned)
        };
        text.lines().map(|line| value(line).unwrap_or_else(|| line.to_owned()) + "\n").collect()
    }

    #[test]
    fn it_sets_nothing_and_every_value_in_it_can_stand_there() {
        for (for_everybody, scope) in [(false, Scope::User), (true, Scope::Project)] {
            let text = text(for_everybody);
            let file = read(&text, scope).unwrap().unwrap();
            assert!(file.profile("default").unwrap().is_empty());
            let file = read(&uncommented(&text), scope).unwrap().unwrap();
            assert_eq!(file.profiles().collect::<Vec<_>>(), ["default", "local"]);
        }
    }

    #[test]
    fn every_name_is_explained() {
        for name in NAMES {
            assert!(text(false).contains(&format!("\n#{} = ", name.name)), "{}", name.name);
        }
    }
}
