//! Language tags, and Microsoft's list of them.

use stt_model::{Error, Language};

use crate::data;

#[test]
fn the_known_locales_are_those_of_the_table() {
    let known: Vec<_> = Language::known()
        .iter()
        .map(|locale| {
            let assessment = if locale.assessment { "yes" } else { "no" };
            [locale.language.to_string(), locale.name.to_owned(), assessment.to_owned()]
        })
        .collect();
    assert_eq!(known, data::table::<3>("locales.tsv"));
    assert_eq!(known.len(), 145);
    assert_eq!(known.iter().filter(|[.., assessment]| assessment == "yes").count(), 33);
}

#[test]
fn every_known_locale_reads_as_itself() {
    for locale in Language::known() {
        assert_eq!(locale.language.as_str().parse(), Ok(locale.language.clone()));
        assert_eq!(locale.language.locale(), Some(locale));
    }
}

#[test]
fn the_constants_are_known_locales() {
    let constants = [
        (Language::DE_DE, "German (Germany)"),
        (Language::EN_GB, "English (United Kingdom)"),
        (Language::EN_US, "English (United States)"),
        (Language::ES_ES, "Spanish (Spain)"),
        (Language::ES_MX, "Spanish (Mexico)"),
        (Language::FR_FR, "French (France)"),
        (Language::IT_IT, "Italian (Italy)"),
        (Language::JA_JP, "Japanese (Japan)"),
        (Language::KO_KR, "Korean (Korea)"),
        (Language::NL_NL, "Dutch (Netherlands)"),
        (Language::PT_BR, "Portuguese (Brazil)"),
        (Language::ZH_CN, "Chinese (Mandarin, Simplified)"),
    ];
    for (language, name) in constants {
        assert_eq!(language.locale().map(|locale| locale.name), Some(name));
    }
}

#[test]
fn tags_get_their_usual_case() {
    let cases = [
        ("en-US", "en-US"),
        ("EN-us", "en-US"),
        ("fil-ph", "fil-PH"),
        ("ZH-CN-SICHUAN", "zh-CN-sichuan"),
        ("sr-latn-rs", "sr-Latn-RS"),
        ("es-419", "es-419"),
        ("de", "de"),
        ("en-us-X-TWAIN-ab", "en-US-x-twain-ab"),
    ];
    for (given, expected) in cases {
        assert_eq!(given.parse::<Language>().unwrap().as_str(), expected);
    }
}

#[test]
fn what_is_no_tag_is_refused_with_what_was_probably_meant() {
    let cases = [
        ("en_US", Some("en-US")),
        ("EN_us", Some("en-US")),
        ("en US", Some("en-US")),
        (" en-US", Some("en-US")),
        ("en-US\n", Some("en-US")),
        ("de_DE.UTF-8", Some("de-DE")),
        ("zh_CN_sichuan", Some("zh-CN-sichuan")),
        ("english", Some("en-US")),
        ("German", Some("de-DE")),
        ("Spanish", Some("es-ES")),
        ("french", Some("fr-FR")),
        ("Italian", Some("it-IT")),
        ("Dutch", Some("nl-NL")),
        ("Portuguese", Some("pt-BR")),
        ("Chinese", Some("zh-CN")),
        ("Welsh", Some("cy-GB")),
        ("Catalan", Some("ca-ES")),
        ("English (Ireland)", Some("en-IE")),
        ("xx_YY", None),
        ("klingon", None),
        ("", None),
        ("-", None),
        ("e", None),
        ("en-", None),
        ("-US", None),
        ("en--US", None),
        ("e1-US", None),
        ("en-US&cid=1", None),
        ("en-\u{fc}s", None),
        ("en-abcdefghi", None),
        ("en-abcdefgh-abcdefgh-abcdefgh-abcdefgh", None),
    ];
    for (given, expected) in cases {
        let Err(Error::BadLanguage { given: told, suggestion }) = given.parse::<Language>() else {
            panic!("{given:?} was taken");
        };
        assert_eq!(told, given);
        assert_eq!(suggestion.as_deref(), expected, "{given:?}");
    }
}

#[test]
fn a_language_alone_has_a_usual_region() {
    let usual = |given: &str| given.parse::<Language>().unwrap().with_usual_region();
    for (given, expected) in [
        ("de", "de-DE"),
        ("EN", "en-US"),
        ("es", "es-ES"),
        ("pt", "pt-BR"),
        ("zh", "zh-CN"),
        ("fil", "fil-PH"),
        ("cy", "cy-GB"),
    ] {
        assert_eq!(usual(given), Some(expected.parse().unwrap()), "{given}");
    }
    for given in ["xx", "tlh", "de-DE", "de-XX"] {
        assert_eq!(usual(given), None, "{given}");
    }
}

#[test]
fn the_error_is_a_sentence() {
    let told = |given: &str| given.parse::<Language>().unwrap_err().to_string();
    assert_eq!(told("en_US"), r#"language "en_US" is not a tag; did you mean en-US?"#);
    assert_eq!(told("english"), r#"language "english" is not a tag; did you mean en-US?"#);
    assert_eq!(told(""), r#"language "" is not a tag such as en-US"#);
    assert_eq!(told("\u{1b}[2J"), r#"language "\u{1b}[2J" is not a tag such as en-US"#);
}

#[test]
fn a_language_is_text_in_json() {
    assert_eq!(serde_json::to_string(&Language::EN_US).unwrap(), r#""en-US""#);
    assert_eq!(serde_json::from_str::<Language>(r#""en-us""#).unwrap(), Language::EN_US);
    let error = serde_json::from_str::<Language>(r#""en_US""#).unwrap_err();
    assert!(error.to_string().starts_with(r#"language "en_US" is not a tag"#), "{error}");
}
