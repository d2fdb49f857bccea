//! `stt languages`: which languages the service recognizes, and which it can score.

use serde::Serialize;
use stt_model::{Language, Locale};

use crate::{
    args::{LanguagesArgs, ReportFormat},
    output::Output,
    problem::Problem,
};

/// Prints the locales that fit; that nobody reads them any more is no failure.
pub(crate) fn run(args: &LanguagesArgs, output: &mut Output) -> Result<(), Problem> {
    let found: Vec<&Locale> = Language::known().iter().filter(|locale| fits(args, locale)).collect();
    if found.is_empty() {
        let what = "no language that Microsoft lists fits";
        return Err(Problem::usage(what).hint("stt languages prints them all".to_owned()));
    }
    if args.report_format == ReportFormat::Json {
        let languages = found.iter().map(|locale| Listed::of(locale)).collect();
        let list = List { schema: "stt.languages/1", as_of: Language::KNOWN_AS_OF, languages };
        let _ = output.lines(&serde_json::to_string(&list).expect("text and truth values"));
        return Ok(());
    }
    for Locale { language, name, assessment, .. } in found {
        let mark = if *assessment { "  pronunciation assessment" } else { "" };
        if output.text_line(format!("{language:14}  {name:42}{mark}").trim_end()).is_err() {
            break;
        }
    }
    Ok(())
}

#[derive(Serialize)]
struct List {
    schema: &'static str,
    as_of: &'static str,
    languages: Vec<Listed>,
}

#[derive(Serialize)]
struct Listed {
    language: &'static Language,
    name: &'static str,
    assessment: bool,
}

impl Listed {
    fn of(locale: &'static Locale) -> Self {
        Self { language: &locale.language, name: locale.name, assessment: locale.assessment }
    }
}

fn fits(args: &LanguagesArgs, locale: &Locale) -> bool {
    let wanted = args.filter.as_deref().unwrap_or_default().to_lowercase();
    let described = format!("{} {}", locale.language, locale.name).to_lowercase();
    // A tag as a system writes it is meant too.
    let is_named = described.contains(&wanted) || described.contains(&wanted.replace('_', "-"));
    is_named && (locale.assessment || !args.assess)
}
