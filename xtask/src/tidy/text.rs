//! What no file of the project holds: names of one machine, silenced lints, unfinished code, too many lines.

use super::Report;
use super::project::Project;

/// Text that is nowhere, with the reason. Each is written in two halves, or this file would break its own rule.
const NOWHERE: [(&str, &str); 7] = [
    (concat!("crates", ".io"), "the host of a registry"),
    (concat!("pypi", ".org"), "the host of a registry"),
    (concat!("python", "hosted.org"), "the host of a registry"),
    (concat!("/wo", "rk/"), "a path of one machine"),
    (concat!("/ro", "ot/"), "a path of one machine"),
    (concat!("/ho", "me/"), "a path of one machine"),
    (concat!("/tm", "p/"), "a path of one machine"),
];

/// Text that is in no Rust file.
const NOT_IN_RUST: [(&str, &str); 4] = [
    (concat!("#[", "allow("), "an exception without a reason: write #[expect(lint, reason = \"…\")]"),
    (concat!("#![", "allow("), "an exception without a reason: write #![expect(lint, reason = \"…\")]"),
    (concat!("todo", "!("), "unfinished code"),
    (concat!("unimplemented", "!("), "unfinished code"),
];

/// Beyond this a file holds a second idea.
const LINES: usize = 400;

pub(super) fn check(project: &Project) -> Report {
    let ruled = project.texts.iter().filter(|(file, _)| !file.ends_with(".tsv"));
    let findings = ruled.clone().flat_map(|(file, text)| finds(file, text)).collect();
    Report { note: format!("{} files", ruled.count()), findings }
}

fn finds(file: &str, text: &str) -> Vec<String> {
    let mut findings = Vec::new();
    let is_rust = file.ends_with(".rs");
    let only_rust = if is_rust { NOT_IN_RUST.as_slice() } else { &[] };
    for (place, line) in text.lines().enumerate() {
        let place = place + 1;
        let held = NOWHERE.iter().chain(only_rust).filter(|(needle, _)| line.contains(needle));
        findings.extend(held.map(|(needle, reason)| format!("{file}:{place}: holds {needle}: {reason}")));
        if line.ends_with([' ', '\t']) {
            findings.push(format!("{file}:{place}: ends with white space"));
        }
    }
    if is_rust && file.starts_with("crates/") && file.contains("/src/") && !is_test(file) {
        let lines = text.lines().take_while(|line| line.trim() != "#[cfg(test)]").count();
        if LINES < lines {
            findings.push(format!("{file}: {lines} lines without its tests, more than {LINES}"));
        }
    }
    findings
}

fn is_test(file: &str) -> bool {
    file.ends_with("/tests.rs") || file.contains("/tests/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_file(file: &str, text: &str) -> Vec<String> {
        let texts = [(file.to_owned(), text.to_owned())].into();
        check(&Project { texts, ..Project::default() }).findings
    }

    #[test]
    fn each_text_that_must_not_be_is_found_with_its_line() {
        for (needle, reason) in NOWHERE {
            let found = check_file("README.md", &format!("fine\nsee {needle}x"));
            assert_eq!([format!("README.md:2: holds {needle}: {reason}")], found.as_slice());
        }
        for (needle, reason) in NOT_IN_RUST {
            let found = check_file("crates/a/src/lib.rs", &format!("\n\n    {needle}x)]"));
            assert_eq!([format!("crates/a/src/lib.rs:3: holds {needle}: {reason}")], found.as_slice());
            assert!(check_file("docs/lints.md", needle).is_empty());
        }
    }

    #[test]
    fn white_space_at_the_end_of_a_line_is_found() {
        assert_eq!(
            ["Cargo.toml:1: ends with white space"],
            check_file("Cargo.toml", "[package] \nname = \"a\"\n").as_slice()
        );
        assert_eq!(["a.md:2: ends with white space"], check_file("a.md", "a\nb\t\n").as_slice());
    }

    #[test]
    fn a_long_file_is_found_unless_its_tests_make_it_long() {
        let long = "//\n".repeat(LINES + 1);
        let found = check_file("crates/a/src/lib.rs", &long);
        assert_eq!(["crates/a/src/lib.rs: 401 lines without its tests, more than 400"], found.as_slice());
        let tested = format!("{}#[cfg(test)]\n{long}", "//\n".repeat(LINES));
        assert!(check_file("crates/a/src/lib.rs", &tested).is_empty());
        assert!(check_file("crates/a/src/call/tests.rs", &long).is_empty());
    }
}
