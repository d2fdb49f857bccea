//! What each crate may be built from: a dependency that is not in the table is a decision nobody took.

use std::collections::BTreeSet;

use super::Report;
use super::metadata::Package;
use super::project::Project;

/// A crate and its dependencies, each with what it is for.
type Row = (&'static str, &'static [(&'static str, &'static str)]);

/// The dependencies of every crate from outside the project; `docs/dependencies.md` says why these and not others.
const ALLOWED: &[Row] = &[
    (
        "stt-model",
        &[
            ("serde", "the types are read from and written to JSON"),
            ("serde_json", "numbers as text, bodies of unknown shape, the assessment header"),
            ("thiserror", "errors of parsing"),
        ],
    ),
    (
        "stt-auth",
        &[
            ("base64", "the claims of a token, for when it expires"),
            ("bytes", "header values made without copying"),
            ("http", "the request for a token and its reply"),
            ("httpdate", "Retry-After as a date"),
            ("secrecy", "keys and tokens that do not print themselves"),
            ("serde_json", "the claims of a token"),
            ("thiserror", "errors"),
        ],
    ),
    (
        "stt-core",
        &[
            ("base64", "the pronunciation assessment header"),
            ("bytes", "the body of a reply"),
            ("http", "requests and replies as values"),
            ("httpdate", "the reply's own Date"),
            ("percent-encoding", "query parameters"),
            ("serde_json", "the body of a reply"),
            ("thiserror", "errors"),
        ],
    ),
    (
        "stt-hyper",
        &[
            ("base64", "user and password for a proxy"),
            ("bytes", "pieces of audio"),
            ("futures-core", "the Stream trait in a public signature"),
            ("getrandom", "the seed of a call"),
            ("http", "requests and replies as values"),
            ("http-body", "the body that waits for 100 Continue"),
            ("http-body-util", "bodies of replies, bounded"),
            ("hyper", "HTTP/1.1"),
            ("hyper-rustls", "TLS below hyper"),
            ("hyper-util", "the connection pool"),
            ("percent-encoding", "user and password in the URL of a proxy"),
            ("rustls", "TLS"),
            ("rustls-platform-verifier", "the certificates that the system trusts"),
            ("thiserror", "errors"),
            ("tokio", "sockets, files, timers"),
            ("tower-service", "the trait a connector implements"),
            ("tracing", "spans of calls and requests"),
            ("webpki-roots", "the certificates that Mozilla trusts"),
        ],
    ),
    (
        "stt-audio",
        &[
            ("opus-pure", "Opus, read and written"),
            ("rubato", "audio of any rate at 16 kHz"),
            ("symphonia", "MP3, AAC, FLAC and the like, decoded"),
            ("thiserror", "errors"),
        ],
    ),
    (
        "stt-transcript",
        &[
            ("csv", "quoting in tables"),
            ("icu_segmenter", "where lines of captions may end"),
            ("serde", "a transcript as JSON"),
            ("serde_json", "a transcript as JSON"),
            ("thiserror", "errors"),
            ("unicode-width", "the columns of a line of captions"),
        ],
    ),
    (
        "stt-long",
        &[
            ("bytes", "the file of a piece, shared by its attempts"),
            ("futures-core", "the Stream trait in a public signature"),
            ("futures-util", "several pieces at once, in their order"),
            ("thiserror", "errors"),
            ("tokio", "the channel between the thread that cuts and the client"),
        ],
    ),
    (
        "stt-emulator",
        &[
            ("base64", "the pronunciation assessment header"),
            ("bytes", "pieces of bodies"),
            ("clap", "the arguments of its program"),
            ("crc32fast", "the check sum of words coded into samples"),
            ("http", "requests and answers as values"),
            ("http-body-util", "bodies"),
            ("httpdate", "Retry-After as a date"),
            ("humantime", "dates in HTTP archives"),
            ("hyper", "the server"),
            ("hyper-rustls", "questions about endpoints behind TLS"),
            ("hyper-util", "hyper on tokio"),
            ("microfft", "the tones of words coded into samples"),
            ("ogg", "the packets of an Opus file"),
            ("opus-pure", "the samples of an Opus file"),
            ("percent-encoding", "query parameters"),
            ("rcgen", "certificates for TLS"),
            ("rubato", "audio at the rate of recognizers"),
            ("rustix", "the end of a recognizer and what it started"),
            ("rustls", "questions about endpoints behind TLS"),
            ("schemars", "the JSON Schema of scenarios"),
            ("serde", "answers as JSON"),
            ("serde_json", "answers as JSON"),
            ("serde_path_to_error", "where in a scenario a mistake is"),
            ("sha2", "the hash of samples"),
            ("shlex", "the command of a recognizer"),
            ("tempfile", "the audio for a recognizer"),
            ("thiserror", "errors"),
            ("tokio", "sockets and timers"),
            ("tokio-rustls", "TLS below hyper"),
            ("toml", "scenarios"),
        ],
    ),
    (
        "stt-cli",
        &[
            ("clap", "arguments and help"),
            ("clap_complete", "completions for shells"),
            ("clap_mangen", "manual pages"),
            ("crc32fast", "the check sum of each line of a journal"),
            ("fs4", "the lock on a folder of results"),
            ("futures-util", "several pieces at once, in their order"),
            ("getrandom", "the seed of a call"),
            ("glob", "patterns of file names"),
            ("http", "saved answers, read again, and the answer that tells the service's time"),
            ("httpdate", "the time in that answer"),
            ("humantime", "times in the log"),
            ("indicatif", "the line that tells how far a run is"),
            ("rustix", "how many files may be open, and the way of files to the disk"),
            ("serde", "what a check finds as JSON"),
            ("serde_json", "what a check finds as JSON"),
            ("sha2", "the hash of answers that are kept"),
            ("shlex", "the command that goes on"),
            ("strsim", "the region that a misspelt one was meant to be"),
            ("thiserror", "errors"),
            ("tokio", "the runtime of the client"),
            ("tokio-util", "standard input for a thread that decodes it"),
            ("toml", "configuration files"),
            ("tracing", "what is said, for the log"),
            ("tracing-subscriber", "the log"),
            ("twox-hash", "whether an input is still the same"),
            ("x509-parser", "who issued a certificate, and until when"),
        ],
    ),
];

pub(super) fn check(project: &Project) -> Report {
    let mut findings = Vec::new();
    let mut count = 0;
    for package in project.crates() {
        let outside = outside(project, package);
        count += outside.len();
        findings.extend(compare(&package.name, &outside, ALLOWED));
    }
    Report { note: format!("{count} direct dependencies from outside"), findings }
}

/// The dependencies of a package that are no part of the project and that its users build.
fn outside<'a>(project: &Project, package: &'a Package) -> BTreeSet<&'a str> {
    let built = package.dependencies.iter().filter(|dependency| dependency.kind.as_deref() != Some("dev"));
    let own = |name: &str| project.members.iter().any(|member| member.name == name);
    built.map(|dependency| dependency.name.as_str()).filter(|name| !own(name)).collect()
}

fn compare(package: &str, found: &BTreeSet<&str>, table: &[Row]) -> Vec<String> {
    let Some((_, allowed)) = table.iter().find(|(name, _)| *name == package) else {
        return vec![format!("{package} has no row in the table of dependencies")];
    };
    let allowed: BTreeSet<&str> = allowed.iter().map(|(name, _)| *name).collect();
    let new =
        found.difference(&allowed).map(|name| format!("{package} depends on {name}, which its row does not allow"));
    let gone =
        allowed.difference(found).map(|name| format!("{package} does not depend on {name}, which its row names"));
    new.chain(gone).collect()
}

#[cfg(test)]
mod tests {
    use super::super::metadata::Dependency;
    use super::*;

    fn check_crate(name: &str, dependencies: &[(&str, Option<&str>)]) -> Vec<String> {
        let dependency = |(name, kind): &(&str, Option<&str>)| Dependency {
            name: (*name).to_owned(),
            kind: kind.map(str::to_owned),
        };
        let package = |name: &str, dependencies| Package {
            name: name.to_owned(),
            manifest_path: format!("crates/{name}/Cargo.toml"),
            dependencies,
            ..Package::default()
        };
        let members = vec![package(name, dependencies.iter().map(dependency).collect())];
        check(&Project { members, ..Project::default() }).findings
    }

    #[test]
    fn a_dependency_that_its_row_does_not_allow_is_found_unless_only_tests_use_it() {
        let own = [("serde", None), ("serde_json", None), ("thiserror", None)];
        assert!(check_crate("stt-model", &[&own[..], &[("proptest", Some("dev"))]].concat()).is_empty());
        let found = check_crate("stt-model", &[&own[..], &[("rand", None), ("cc", Some("build"))]].concat());
        let expected = ["cc", "rand"].map(|name| format!("stt-model depends on {name}, which its row does not allow"));
        assert_eq!(expected, found.as_slice());
    }

    #[test]
    fn a_row_that_names_what_is_not_used_and_a_crate_without_a_row_are_found() {
        assert_eq!(
            ["stt-model does not depend on thiserror, which its row names"],
            check_crate("stt-model", &[("serde", None), ("serde_json", None)]).as_slice()
        );
        assert_eq!(["stt-extra has no row in the table of dependencies"], check_crate("stt-extra", &[]).as_slice());
    }
}
