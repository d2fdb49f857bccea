//! The locales of Microsoft's page "Language and voice support for the Speech service"
//! (2026-04-02).

use crate::Language;

/// A language that the service is documented to recognize.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Locale {
    /// The tag.
    pub language: Language,
    /// The English name, with the region in brackets.
    pub name: &'static str,
    /// Whether pronunciation assessment is documented for it.
    pub assessment: bool,
}

/// The language of a name such as `english` or `English (United States)`.
///
/// Of several regions the one that has a constant wins, then the first of the list.
pub(crate) fn named(name: &str) -> Option<Language> {
    let found = all().find(|locale| locale.name.eq_ignore_ascii_case(name)).or_else(|| {
        all().find(|locale| locale.name.split_once(" (").is_some_and(|(bare, _)| bare.eq_ignore_ascii_case(name)))
    });
    found.map(|locale| locale.language.clone())
}

/// The locale of a language such as `de`, chosen in the same way.
pub(crate) fn of_language(language: &str) -> Option<Language> {
    let of_it = |locale: &&Locale| locale.language.as_str().split('-').next() == Some(language);
    all().find(of_it).map(|locale| locale.language.clone())
}

/// The locales, those first that people mean who tell no region.
fn all() -> impl Iterator<Item = &'static Locale> {
    COMMON.iter().filter_map(Language::locale).chain(LOCALES)
}

/// What people mean by the name of a language alone.
const COMMON: &[Language] = &[
    Language::DE_DE,
    Language::EN_US,
    Language::ES_ES,
    Language::FR_FR,
    Language::IT_IT,
    Language::NL_NL,
    Language::PT_BR,
    Language::ZH_CN,
];

const fn heard(tag: &'static str, name: &'static str) -> Locale {
    Locale { language: Language::of(tag), name, assessment: false }
}

const fn assessed(tag: &'static str, name: &'static str) -> Locale {
    Locale { language: Language::of(tag), name, assessment: true }
}

/// The date that the page bears.
pub(crate) const AS_OF: &str = "2026-04-02";

/// In the order of the tags.
pub(crate) const LOCALES: &[Locale] = &[
    heard("af-ZA", "Afrikaans (South Africa)"),
    heard("am-ET", "Amharic (Ethiopia)"),
    heard("ar-AE", "Arabic (United Arab Emirates)"),
    heard("ar-BH", "Arabic (Bahrain)"),
    heard("ar-DZ", "Arabic (Algeria)"),
    assessed("ar-EG", "Arabic (Egypt)"),
    heard("ar-IL", "Arabic (Israel)"),
    heard("ar-IQ", "Arabic (Iraq)"),
    heard("ar-JO", "Arabic (Jordan)"),
    heard("ar-KW", "Arabic (Kuwait)"),
    heard("ar-LB", "Arabic (Lebanon)"),
    heard("ar-LY", "Arabic (Libya)"),
    heard("ar-MA", "Arabic (Morocco)"),
    heard("ar-OM", "Arabic (Oman)"),
    heard("ar-PS", "Arabic (Palestinian Authority)"),
    heard("ar-QA", "Arabic (Qatar)"),
    assessed("ar-SA", "Arabic (Saudi Arabia)"),
    heard("ar-SY", "Arabic (Syria)"),
    heard("ar-TN", "Arabic (Tunisia)"),
    heard("ar-YE", "Arabic (Yemen)"),
    heard("as-IN", "Assamese (India)"),
    heard("az-AZ", "Azerbaijani (Latin, Azerbaijan)"),
    heard("bg-BG", "Bulgarian (Bulgaria)"),
    heard("bn-IN", "Bengali (India)"),
    heard("bs-BA", "Bosnian (Bosnia and Herzegovina)"),
    assessed("ca-ES", "Catalan"),
    heard("cs-CZ", "Czech (Czechia)"),
    heard("cy-GB", "Welsh (United Kingdom)"),
    assessed("da-DK", "Danish (Denmark)"),
    heard("de-AT", "German (Austria)"),
    heard("de-CH", "German (Switzerland)"),
    assessed("de-DE", "German (Germany)"),
    heard("el-GR", "Greek (Greece)"),
    assessed("en-AU", "English (Australia)"),
    assessed("en-CA", "English (Canada)"),
    assessed("en-GB", "English (United Kingdom)"),
    heard("en-GH", "English (Ghana)"),
    heard("en-HK", "English (Hong Kong SAR)"),
    heard("en-IE", "English (Ireland)"),
    assessed("en-IN", "English (India)"),
    heard("en-KE", "English (Kenya)"),
    heard("en-NG", "English (Nigeria)"),
    heard("en-NZ", "English (New Zealand)"),
    heard("en-PH", "English (Philippines)"),
    heard("en-SG", "English (Singapore)"),
    heard("en-TZ", "English (Tanzania)"),
    assessed("en-US", "English (United States)"),
    heard("en-ZA", "English (South Africa)"),
    heard("es-AR", "Spanish (Argentina)"),
    heard("es-BO", "Spanish (Bolivia)"),
    heard("es-CL", "Spanish (Chile)"),
    heard("es-CO", "Spanish (Colombia)"),
    heard("es-CR", "Spanish (Costa Rica)"),
    heard("es-CU", "Spanish (Cuba)"),
    heard("es-DO", "Spanish (Dominican Republic)"),
    heard("es-EC", "Spanish (Ecuador)"),
    assessed("es-ES", "Spanish (Spain)"),
    heard("es-GQ", "Spanish (Equatorial Guinea)"),
    heard("es-GT", "Spanish (Guatemala)"),
    heard("es-HN", "Spanish (Honduras)"),
    assessed("es-MX", "Spanish (Mexico)"),
    heard("es-NI", "Spanish (Nicaragua)"),
    heard("es-PA", "Spanish (Panama)"),
    heard("es-PE", "Spanish (Peru)"),
    heard("es-PR", "Spanish (Puerto Rico)"),
    heard("es-PY", "Spanish (Paraguay)"),
    heard("es-SV", "Spanish (El Salvador)"),
    heard("es-US", "Spanish (United States)"),
    heard("es-UY", "Spanish (Uruguay)"),
    heard("es-VE", "Spanish (Venezuela)"),
    heard("et-EE", "Estonian (Estonia)"),
    heard("eu-ES", "Basque"),
    heard("fa-IR", "Persian (Iran)"),
    assessed("fi-FI", "Finnish (Finland)"),
    heard("fil-PH", "Filipino (Philippines)"),
    heard("fr-BE", "French (Belgium)"),
    assessed("fr-CA", "French (Canada)"),
    heard("fr-CH", "French (Switzerland)"),
    assessed("fr-FR", "French (France)"),
    heard("ga-IE", "Irish (Ireland)"),
    heard("gl-ES", "Galician"),
    heard("gu-IN", "Gujarati (India)"),
    heard("he-IL", "Hebrew (Israel)"),
    assessed("hi-IN", "Hindi (India)"),
    heard("hr-HR", "Croatian (Croatia)"),
    heard("hu-HU", "Hungarian (Hungary)"),
    heard("hy-AM", "Armenian (Armenia)"),
    heard("id-ID", "Indonesian (Indonesia)"),
    heard("is-IS", "Icelandic (Iceland)"),
    heard("it-CH", "Italian (Switzerland)"),
    assessed("it-IT", "Italian (Italy)"),
    assessed("ja-JP", "Japanese (Japan)"),
    heard("jv-ID", "Javanese (Latin, Indonesia)"),
    heard("ka-GE", "Georgian (Georgia)"),
    heard("kk-KZ", "Kazakh (Kazakhstan)"),
    heard("km-KH", "Khmer (Cambodia)"),
    heard("kn-IN", "Kannada (India)"),
    assessed("ko-KR", "Korean (Korea)"),
    heard("lo-LA", "Lao (Laos)"),
    heard("lt-LT", "Lithuanian (Lithuania)"),
    heard("lv-LV", "Latvian (Latvia)"),
    heard("mk-MK", "Macedonian (North Macedonia)"),
    heard("ml-IN", "Malayalam (India)"),
    heard("mn-MN", "Mongolian (Mongolia)"),
    heard("mr-IN", "Marathi (India)"),
    assessed("ms-MY", "Malay (Malaysia)"),
    heard("mt-MT", "Maltese (Malta)"),
    heard("my-MM", "Burmese (Myanmar)"),
    assessed("nb-NO", "Norwegian Bokmål (Norway)"),
    heard("ne-NP", "Nepali (Nepal)"),
    heard("nl-BE", "Dutch (Belgium)"),
    assessed("nl-NL", "Dutch (Netherlands)"),
    heard("or-IN", "Odia (India)"),
    heard("pa-IN", "Punjabi (India)"),
    assessed("pl-PL", "Polish (Poland)"),
    heard("ps-AF", "Pashto (Afghanistan)"),
    assessed("pt-BR", "Portuguese (Brazil)"),
    assessed("pt-PT", "Portuguese (Portugal)"),
    heard("ro-RO", "Romanian (Romania)"),
    assessed("ru-RU", "Russian (Russia)"),
    heard("si-LK", "Sinhala (Sri Lanka)"),
    heard("sk-SK", "Slovak (Slovakia)"),
    heard("sl-SI", "Slovenian (Slovenia)"),
    heard("so-SO", "Somali (Somalia)"),
    heard("sq-AL", "Albanian (Albania)"),
    heard("sr-RS", "Serbian (Cyrillic, Serbia)"),
    assessed("sv-SE", "Swedish (Sweden)"),
    heard("sw-KE", "Kiswahili (Kenya)"),
    heard("sw-TZ", "Kiswahili (Tanzania)"),
    assessed("ta-IN", "Tamil (India)"),
    heard("te-IN", "Telugu (India)"),
    assessed("th-TH", "Thai (Thailand)"),
    heard("tr-TR", "Turkish (Türkiye)"),
    heard("uk-UA", "Ukrainian (Ukraine)"),
    heard("ur-IN", "Urdu (India)"),
    heard("uz-UZ", "Uzbek (Latin, Uzbekistan)"),
    assessed("vi-VN", "Vietnamese (Vietnam)"),
    heard("wuu-CN", "Chinese (Wu, Simplified)"),
    heard("yue-CN", "Chinese (Cantonese, Simplified)"),
    assessed("zh-CN", "Chinese (Mandarin, Simplified)"),
    heard("zh-CN-shandong", "Chinese (Jilu Mandarin, Simplified)"),
    heard("zh-CN-sichuan", "Chinese (Southwestern Mandarin, Simplified)"),
    assessed("zh-HK", "Chinese (Cantonese, Traditional)"),
    assessed("zh-TW", "Chinese (Taiwanese Mandarin, Traditional)"),
    heard("zu-ZA", "Zulu (South Africa)"),
];
