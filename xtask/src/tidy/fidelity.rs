//! `docs/fidelity.md` lists the rules of the emulator as its source has them.

use std::fs;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use super::Report;
use super::project::Project;
use crate::command::root;

pub(super) fn check(project: &Project) -> Report {
    let source = project.texts.get(SOURCE).map_or("", String::as_str);
    let rules = match rules(source) {
        Ok(rules) => rules,
        Err(why) => return Report { findings: vec![format!("{SOURCE} {why}")], ..Report::default() },
    };
    let stale = project.texts.get(PAGE).is_none_or(|page| *page != written(&rules));
    let findings = stale.then(|| format!("{PAGE} is not what the rules say: cargo xtask fidelity writes it"));
    Report { note: format!("{} rules in {PAGE}", rules.len()), findings: findings.into_iter().collect() }
}

/// Writes the page anew.
pub(crate) fn write() -> Result<(), String> {
    let source = fs::read_to_string(root().join(SOURCE)).map_err(|error| format!("{SOURCE}: {error}"))?;
    let rules = rules(&source).map_err(|why| format!("{SOURCE} {why}"))?;
    fs::write(root().join(PAGE), written(&rules)).map_err(|error| format!("{PAGE}: {error}"))?;
    println!("{PAGE}: {} rules", rules.len());
    Ok(())
}

/// One entry of `rules!`.
#[derive(Debug, Default, Eq, PartialEq)]
struct Rule {
    id: String,
    status: String,
    evidence: String,
    source: String,
    profile: Option<String>,
    about: String,
}

/// The entries of the macro `rules!`, which end in semicolons.
fn rules(source: &str) -> Result<Vec<Rule>, String> {
    let stream: TokenStream = source.parse().map_err(|error| format!("is not Rust: {error}"))?;
    let tokens: Vec<TokenTree> = stream.into_iter().collect();
    let body = tokens.windows(3).find_map(|three| match three {
        [TokenTree::Ident(name), TokenTree::Punct(_), TokenTree::Group(group)]
            if name == "rules" && group.delimiter() == Delimiter::Brace =>
        {
            Some(group.stream())
        }
        _ => None,
    });
    let body: Vec<TokenTree> = body.ok_or("has no rules")?.into_iter().collect();
    let entries = body.split(|token| is(token, ';')).filter(|entry| !entry.is_empty());
    entries.map(|entry| rule(entry).ok_or_else(|| format!("has a rule of another form: {}", text(entry)))).collect()
}

/// `NAME "id" 400 BODY, Evidence "source", Profile: "about"`, of which the profile may be missing.
fn rule(entry: &[TokenTree]) -> Option<Rule> {
    let [_, id, status, rest @ ..] = entry else { return None };
    let (_, rest) = rest.split_at(rest.iter().position(|token| is(token, ','))?);
    let [_, evidence, source, _, rest @ ..] = rest else { return None };
    let (profile, about) = match rest {
        [about] => (None, about),
        [profile, _, about] => (Some(profile.to_string()), about),
        _ => return None,
    };
    Some(Rule {
        id: literal(id)?,
        status: status.to_string(),
        evidence: evidence.to_string().to_lowercase(),
        source: literal(source)?,
        profile: profile.map(|profile| profile.to_lowercase()),
        about: literal(about)?,
    })
}

/// What a plain string says; its escapes are those of JSON.
fn literal(token: &TokenTree) -> Option<String> {
    serde_json::from_str(&token.to_string()).ok()
}

fn is(token: &TokenTree, wanted: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == wanted)
}

fn text(tokens: &[TokenTree]) -> String {
    tokens.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

fn written(rules: &[Rule]) -> String {
    let count = |evidence: &str| rules.iter().filter(|rule| rule.evidence == evidence).count();
    let mut page = format!(
        "{HEAD}\n| Evidence | Rules | Meaning |\n| --- | --- | --- |\n\
         | documented | {} | Microsoft's documentation, samples or engineers say so |\n\
         | observed | {} | somebody published an answer of the live service that shows it |\n\
         | guess | {} | inferred, or relied upon by others without proof |\n\n\
         | Rule | What the emulator does | Status | Evidence | Where from | Profile |\n\
         | --- | --- | --- | --- | --- | --- |\n",
        count("documented"),
        count("observed"),
        count("guess"),
    );
    for Rule { id, status, evidence, source, profile, about } in rules {
        let cell = |text: &str| text.replace('|', "\\|");
        let status = if status == "0" { "none" } else { status };
        let profile = profile.as_deref().unwrap_or("both");
        page.push_str(&format!(
            "| `{id}` | {} | {status} | {evidence} | {} | {profile} |\n",
            cell(about),
            cell(source)
        ));
    }
    page
}

const SOURCE: &str = "crates/stt-emulator/src/rules.rs";

const PAGE: &str = "docs/fidelity.md";

const HEAD: &str = "\
<!-- Written by `cargo xtask fidelity` from crates/stt-emulator/src/rules.rs. -->

# What the emulator does, and how sure that is

Nothing in this project was measured against the live service.
Each rule that the emulator follows says where it is from; a running emulator lists them as JSON at `/__emulator/fidelity`, and its journal names those that shaped each answer.
The profile is whose side a rule takes where Microsoft's pages and published observations differ: `--profile observed`, which is the default, or `--profile documented`.
`stt-emulator conformance` asks any endpoint the same, so that somebody with a key can turn guesses into observations.
";

#[cfg(test)]
mod tests {
    use super::*;

    const TWO: &str = r##"
        const BODY: &str = r#"{"a;b": 1}"#;
        rules! {
            ONE "one" 400 BODY,
                Guess "a \"page\", and a | sign",
                "what is done";
            TWO "two" 0 r#"{"x, y": ";"}"#,
                Observed "somebody; 2026", Documented: "nothing";
        }
    "##;

    fn check_page(source: &str, page: &str) -> Vec<String> {
        let texts = [(SOURCE.to_owned(), source.to_owned()), (PAGE.to_owned(), page.to_owned())].into();
        check(&Project { texts, ..Project::default() }).findings
    }

    #[test]
    fn the_rules_are_read_as_they_stand_in_the_source() {
        let found = rules(TWO).unwrap();
        let [one, two] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!((one.id.as_str(), one.status.as_str(), one.evidence.as_str()), ("one", "400", "guess"));
        assert_eq!((one.source.as_str(), one.profile.as_deref()), ("a \"page\", and a | sign", None));
        assert_eq!((two.about.as_str(), two.profile.as_deref()), ("nothing", Some("documented")));
    }

    #[test]
    fn a_page_that_says_something_else_is_found() {
        let page = written(&rules(TWO).unwrap());
        assert!(
            page.contains("| `one` | what is done | 400 | guess | a \"page\", and a \\| sign | both |\n"),
            "{page}"
        );
        assert!(page.contains("| `two` | nothing | none | observed | somebody; 2026 | documented |\n"), "{page}");
        assert!(check_page(TWO, &page).is_empty());
        let stale = ["docs/fidelity.md is not what the rules say: cargo xtask fidelity writes it"];
        assert_eq!(stale, check_page(TWO, "").as_slice());
        assert_eq!(stale, check_page(&TWO.replace("Guess", "Observed"), &page).as_slice());
    }

    #[test]
    fn rules_that_cannot_be_read_are_found() {
        assert_eq!(["crates/stt-emulator/src/rules.rs has no rules"], check_page("", "").as_slice());
        let other = check_page("rules! { ONE \"one\" 400; }", "");
        assert!(other[0].contains("has a rule of another form: ONE \"one\" 400"), "{other:?}");
    }
}
