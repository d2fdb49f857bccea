//! The language that is spoken, as a tag such as `en-US`.

mod locales;

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use serde::de::{Deserialize, Deserializer};
use serde::ser::{Serialize, Serializer};

use crate::Error;

use self::locales::LOCALES;
pub use self::locales::Locale;

/// A language tag (BCP 47): a language of two or three letters, then region and more, joined by
/// hyphens.
///
/// Any tag of that shape is taken, known to this crate or not: new ones appear. Letters get their
/// usual case, so `EN-us` is [`Language::EN_US`] (the service does not mind the case: Microsoft's
/// samples send `en-us`).
///
/// ```
/// use stt_model::Language;
///
/// assert_eq!("EN-us".parse(), Ok(Language::EN_US));
/// assert_eq!("zh-cn-Sichuan".parse::<Language>()?.as_str(), "zh-CN-sichuan");
///
/// let error = "en_US".parse::<Language>().unwrap_err();
/// assert_eq!(error.to_string(), r#"language "en_US" is not a tag; did you mean en-US?"#);
/// # Ok::<(), stt_model::Error>(())
/// ```
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Language(Cow<'static, str>);

impl Language {
    /// German (Germany).
    pub const DE_DE: Self = Self::of("de-DE");
    /// English (United Kingdom).
    pub const EN_GB: Self = Self::of("en-GB");
    /// English (United States).
    pub const EN_US: Self = Self::of("en-US");
    /// Spanish (Spain).
    pub const ES_ES: Self = Self::of("es-ES");
    /// Spanish (Mexico).
    pub const ES_MX: Self = Self::of("es-MX");
    /// French (France).
    pub const FR_FR: Self = Self::of("fr-FR");
    /// Italian (Italy).
    pub const IT_IT: Self = Self::of("it-IT");
    /// Japanese (Japan).
    pub const JA_JP: Self = Self::of("ja-JP");
    /// Korean (Korea).
    pub const KO_KR: Self = Self::of("ko-KR");
    /// Dutch (Netherlands).
    pub const NL_NL: Self = Self::of("nl-NL");
    /// Portuguese (Brazil).
    pub const PT_BR: Self = Self::of("pt-BR");
    /// Chinese (Mandarin, Simplified).
    pub const ZH_CN: Self = Self::of("zh-CN");

    /// The tag.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The date of Microsoft's page from which [`known`](Self::known) is.
    pub const KNOWN_AS_OF: &str = locales::AS_OF;

    /// The locales of Microsoft's list for speech to text.
    ///
    /// A hint and no limit: the list is for all ways of speech to text, one for short audio alone
    /// does not exist.
    #[must_use]
    pub const fn known() -> &'static [Locale] {
        LOCALES
    }

    /// What is known of this language, if it is in Microsoft's list.
    #[must_use]
    pub fn locale(&self) -> Option<&'static Locale> {
        LOCALES.iter().find(|locale| locale.language == *self)
    }

    /// What is probably meant by a language alone, such as `de-DE` by `de`; nothing for one that has a region, or that
    /// Microsoft's list does not have.
    ///
    /// All of that list have a region.
    ///
    /// ```
    /// use stt_model::Language;
    ///
    /// assert_eq!("de".parse::<Language>()?.with_usual_region(), Some(Language::DE_DE));
    /// assert_eq!(Language::DE_DE.with_usual_region(), None);
    /// # Ok::<(), stt_model::Error>(())
    /// ```
    #[must_use]
    pub fn with_usual_region(&self) -> Option<Self> {
        if self.0.contains('-') { None } else { locales::of_language(self.as_str()) }
    }

    /// A tag that is already valid and in its usual case.
    pub(crate) const fn of(tag: &'static str) -> Self {
        Self(Cow::Borrowed(tag))
    }
}

impl FromStr for Language {
    type Err = Error;

    fn from_str(given: &str) -> Result<Self, Error> {
        tag(given).ok_or_else(|| Error::BadLanguage {
            given: given.to_owned(),
            suggestion: suggestion(given).map(|language| language.to_string()),
        })
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl Serialize for Language {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Language {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let given = String::deserialize(deserializer)?;
        given.parse().map_err(serde::de::Error::custom)
    }
}

/// The tag in its usual case (RFC 5646, section 2.1.1), or nothing if the text has not the shape of
/// one.
fn tag(given: &str) -> Option<Language> {
    if given.len() > LONGEST {
        return None;
    }
    let mut parts = given.split('-');
    let language = parts.next()?;
    if !(2..=3).contains(&language.len()) || !language.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        return None;
    }
    let mut tag = language.to_ascii_lowercase();
    let mut after_singleton = false;
    for part in parts {
        if !(1..=8).contains(&part.len()) || !part.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return None;
        }
        let mut part = part.to_ascii_lowercase();
        if !after_singleton && part.len() == 2 {
            part.make_ascii_uppercase();
        } else if !after_singleton && part.len() == 4 {
            part[..1].make_ascii_uppercase();
        }
        after_singleton |= part.len() == 1;
        tag.push('-');
        tag.push_str(&part);
    }
    Some(Language(Cow::Owned(tag)))
}

/// What was probably meant by a text that is no tag: `en_US`, `en US`, `en_US.UTF-8`, `english`.
fn suggestion(given: &str) -> Option<Language> {
    let given = given.trim();
    if let Some(language) = locales::named(given) {
        return Some(language);
    }
    // A locale of POSIX carries its encoding after a dot.
    let (given, _) = given.split_once('.').unwrap_or((given, ""));
    tag(&given.replace(|c: char| c == '_' || c.is_whitespace(), "-")).filter(|language| language.locale().is_some())
}

/// The longest tag that RFC 5646 (section 4.4.1) expects anybody to take.
const LONGEST: usize = 35;
