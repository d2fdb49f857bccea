//! The languages of the emulator are those of Microsoft's table, and no others.

mod common;

use common::{Ask, NOW};
use stt_emulator::{Checked, Emulator};

const TABLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/data/locales.tsv");

fn is_accepted(language: &str) -> bool {
    let (head, _) = Ask::new("").query(&format!("language={language}")).request().into_parts();
    matches!(Emulator::builder().build().check(&head, NOW), Checked::Admitted(_))
}

#[test]
fn every_language_of_the_table_is_accepted_in_any_case() {
    let text = std::fs::read_to_string(TABLE).expect("the table");
    let rows = text.lines().filter(|line| !line.starts_with('#')).skip(1);
    let locales = rows.map(|row| row.split('\t').next().expect("a locale")).collect::<Vec<_>>();
    // The number of rows of Microsoft's page of April 2026.
    assert_eq!(locales.len(), 145);
    for locale in locales {
        for language in [locale.to_owned(), locale.to_lowercase(), locale.to_uppercase()] {
            assert!(is_accepted(&language), "{language}");
        }
    }
}

#[test]
fn near_misses_are_refused() {
    for language in ["en", "en_US", "english", "en-USA", "xx-XX", "zh-CN-beijing", "%20en-US"] {
        assert!(!is_accepted(language), "{language}");
    }
}
