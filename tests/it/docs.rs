//! The documentation: every command in it is run, and every program in it is one of the examples.
//!
//! A block of commands is run line by line in a folder of its own that has the project's `tests` in it. A `console` block shows what they print; a line of
//! three dots in it stands for any lines. A block that cannot be run says why after `no-run:`.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
};

use stt_emulator::Emulator;

use crate::support::{program, root, run_in};

#[test]
fn every_command_of_the_documentation_does_what_it_says() {
    let emulator = Emulator::builder().start_blocking().unwrap();
    let mut commands = 0;
    for file in documents() {
        for block in blocks(&file).filter(|block| matches!(block.language(), "sh" | "console")) {
            if let Some((_, reason)) = block.info.split_once("no-run:") {
                assert!(!reason.trim().is_empty(), "{file}: a block that is not run says why");
                continue;
            }
            let folder = tempfile::tempdir().unwrap();
            std::os::unix::fs::symlink(root().join("tests"), folder.path().join("tests")).unwrap();
            for (command, expected) in block.commands() {
                commands += 1;
                check(&file, &command, expected.as_deref(), &emulator, folder.path());
            }
        }
    }
    assert!(5 <= commands, "only {commands} commands found");
}

#[test]
fn every_program_of_the_documentation_is_an_example() {
    let mut programs = 0;
    for file in documents() {
        for block in blocks(&file).filter(|block| block.language() == "rust") {
            let Some((_, name)) = block.info.split_once("example: ") else {
                assert!(is_doctest(&file), "{file}: a program in the documentation is an example or a doctest");
                continue;
            };
            let source = ["stt-hyper", "stt-long", "stt-core", "stt-model", "stt-emulator"]
                .iter()
                .map(|owner| root().join("crates").join(owner).join("examples").join(format!("{name}.rs")))
                .find(|path| path.exists())
                .unwrap_or_else(|| panic!("{file}: there is no example {name}"));
            let text = fs::read_to_string(source).unwrap();
            let program = text.split_once("\n\n").unwrap().1;
            assert_eq!(block.text, program, "{file}: the program {name} and the example differ");
            programs += 1;
        }
    }
    assert!(4 <= programs, "only {programs} programs found");
}

#[test]
fn every_link_of_the_documentation_leads_somewhere() {
    let mut links = 0;
    for file in documents() {
        let text = prose(&file);
        let targets = text.split("](").skip(1).filter_map(|rest| Some(rest.split_once(')')?.0));
        for target in targets.filter(|target| !target.starts_with("https://")) {
            let (path, anchor) = target.split_once('#').unwrap_or((target, ""));
            let there = match path {
                "" => file.clone(),
                _ => Path::new(&file).parent().unwrap().join(path).to_str().unwrap().to_owned(),
            };
            assert!(root().join(&there).exists(), "{file}: nothing is at {target}");
            let found = anchor.is_empty() || anchors(&there).iter().any(|it| it == anchor);
            assert!(found, "{file}: nothing is called {target}");
            links += 1;
        }
    }
    assert!(20 <= links, "only {links} links found");
}

#[test]
fn every_dependency_in_the_documentation_leads_to_a_crate() {
    let paths: Vec<String> = documents()
        .iter()
        .flat_map(|file| blocks(file))
        .filter(|block| block.language() == "toml")
        .flat_map(|block| block.text.lines().map(str::to_owned).collect::<Vec<_>>())
        .filter_map(|line| Some(line.split_once("path = \"../stt/")?.1.split_once('"')?.0.to_owned()))
        .collect();
    assert!(!paths.is_empty());
    for path in paths {
        assert!(root().join(&path).join("Cargo.toml").exists(), "{path}");
    }
}

#[test]
fn the_test_command_of_the_readme_is_the_one_that_the_gate_runs() {
    let gate = fs::read_to_string(root().join(".ci/run")).unwrap();
    assert!(gate.lines().any(|line| line.ends_with(TESTS)));
    assert!(fs::read_to_string(root().join("README.md")).unwrap().lines().any(|line| line == TESTS));
}

/// Runs one command of the documentation; this workspace's programs in their built form.
fn check(file: &str, command: &str, expected: Option<&str>, emulator: &stt_emulator::Running, folder: &Path) {
    if command == TESTS {
        return;
    }
    let mut shell = Command::new("timeout");
    let setup = format!(
        "set -e -o pipefail\nstt() {{ {:?} \"$@\"; }}\nstt-emulator() {{ {:?} \"$@\"; }}\n",
        program("stt"),
        program("stt-emulator")
    );
    let own = command
        .replace("cargo run --quiet -p stt-cli --", "stt")
        .replace("cargo run --quiet -p stt-emulator --", "stt-emulator");
    let (endpoint, key) = (emulator.endpoint(), emulator.key());
    let home = folder.to_str().unwrap();
    shell.args(["20", "bash", "-c", &format!("{setup}{own}")]).stdin(Stdio::null());
    let environment =
        [("AZURE_SPEECH_ENDPOINT", endpoint.as_str()), ("AZURE_SPEECH_KEY", key), ("HOME", home), ("TMPDIR", home)];
    let output = run_in(folder, &mut shell, &environment);
    let printed = String::from_utf8(output.stdout).unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() || expected.is_some(), "{file}: `{command}` fails: {}\n{said}", output.status);
    if let Some(expected) = expected {
        assert!(matches(expected, &printed), "{file}: `{command}` prints\n{printed}\nand not\n{expected}\n{said}");
    }
}

/// Whether the examples of a document are tests of a crate that includes it.
fn is_doctest(file: &str) -> bool {
    let crates = fs::read_dir(root().join("crates")).unwrap();
    crates
        .map(|entry| fs::read_to_string(entry.unwrap().path().join("src/lib.rs")).unwrap_or_default())
        .any(|source| source.contains(&format!("include_str!(\"../../../{file}\")")))
}

/// Whether the text is what is expected, where a line of three dots stands for any lines.
fn matches(expected: &str, text: &str) -> bool {
    let mut rest = text;
    let mut parts = expected.split("...\n").peekable();
    let Some(first) = parts.next() else { return true };
    let Some(after) = rest.strip_prefix(first) else { return false };
    rest = after;
    let mut open = false;
    for part in parts {
        open = part.is_empty();
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    open || rest.is_empty()
}

/// A block of a page, with what stands behind its three backquotes.
pub(crate) struct Block {
    pub(crate) info: String,
    pub(crate) text: String,
}

impl Block {
    fn language(&self) -> &str {
        self.info.split([' ', ',']).next().unwrap_or_default()
    }

    /// The commands, each with what it prints where the block shows that.
    fn commands(&self) -> Vec<(String, Option<String>)> {
        if self.language() == "sh" {
            let joined = self.text.replace("\\\n", " ");
            let lines = joined.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
            return lines.map(|line| (line.to_owned(), None)).collect();
        }
        let mut commands: Vec<(String, Option<String>)> = Vec::new();
        for line in self.text.lines() {
            match (line.strip_prefix("$ "), commands.last_mut()) {
                (Some(command), _) => commands.push((command.to_owned(), Some(String::new()))),
                (None, Some((_, Some(expected)))) => expected.push_str(&format!("{line}\n")),
                (None, _) => panic!("a console block begins with a command: {line}"),
            }
        }
        commands
    }
}

/// The blocks of a page.
pub(crate) fn blocks(file: &str) -> impl Iterator<Item = Block> {
    let text = fs::read_to_string(root().join(file)).unwrap();
    let mut found = Vec::new();
    let mut open: Option<Block> = None;
    for line in text.lines() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(info)) => open = Some(Block { info: info.to_owned(), text: String::new() }),
            (Some(_), Some(_)) => found.extend(open.take()),
            (Some(block), None) => {
                block.text.push_str(line);
                block.text.push('\n');
            }
            (None, None) => {}
        }
    }
    found.into_iter()
}

/// The README and all pages below `docs`.
pub(crate) fn documents() -> Vec<String> {
    let mut files = vec!["README.md".to_owned()];
    let mut folders = vec!["docs".to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(root().join(&folder)).unwrap().map(Result::unwrap) {
            let path = format!("{folder}/{}", entry.file_name().to_str().unwrap());
            match entry.file_type().unwrap().is_dir() {
                true => folders.push(path),
                false if path.ends_with(".md") => files.push(path),
                false => {}
            }
        }
    }
    files.sort();
    files
}

/// What stands outside of the blocks.
fn prose(file: &str) -> String {
    let text = fs::read_to_string(root().join(file)).unwrap();
    text.split("```").step_by(2).collect()
}

/// The anchors of a page's headings, in the form that code hosts give them.
fn anchors(file: &str) -> Vec<String> {
    let text = prose(file);
    let headings = text.lines().filter_map(|line| line.strip_prefix('#')?.trim_start_matches('#').strip_prefix(' '));
    let anchor = |heading: &str| {
        let kept = heading.chars().filter(|char| char.is_alphanumeric() || matches!(char, ' ' | '-' | '_'));
        kept.collect::<String>().to_lowercase().replace(' ', "-")
    };
    headings.map(anchor).collect()
}

/// The README's second command, which runs this very test.
const TESTS: &str = "cargo test --workspace";
