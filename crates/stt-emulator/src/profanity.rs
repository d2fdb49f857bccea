//! What is done about profane words, by a short list of mild ones.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The values of the query parameter `profanity`.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Profanity {
    #[default]
    Masked,
    Raw,
    Removed,
}

impl Profanity {
    /// The value called `name`, if there is one.
    pub(crate) fn named(name: &str) -> Option<Self> {
        match name.to_ascii_lowercase().as_str() {
            "masked" => Some(Self::Masked),
            "raw" => Some(Self::Raw),
            "removed" => Some(Self::Removed),
            _ => None,
        }
    }
}

/// The words that the emulator takes for profane, in lower case.
///
/// The service has long lists of its own in many languages; these are enough to see masking and removal at work.
pub const PROFANE_WORDS: &[&str] = &["damn", "damned", "dammit", "crap"];

/// `text` with its profane words masked by as many asterisks, removed, or left.
pub(crate) fn treat(text: &str, profanity: Profanity) -> String {
    if profanity == Profanity::Raw {
        return text.to_owned();
    }
    let mut words: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let core = word.trim_matches(|c: char| !c.is_alphanumeric());
        if !PROFANE_WORDS.contains(&core.to_lowercase().as_str()) {
            words.push(word.to_owned());
        } else if profanity == Profanity::Masked {
            words.push(word.replace(core, &"*".repeat(core.chars().count())));
        } else if let Some(last) = words.last_mut()
            && let Some((_, end)) = word.split_once(core)
            && last.ends_with(char::is_alphanumeric)
        {
            // The end of a sentence stays when its last word goes.
            last.push_str(end);
        }
    }
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::{Profanity, treat};

    #[test]
    fn masked_words_become_asterisks() {
        assert_eq!(treat("What a damn mess, dammit!", Profanity::Masked), "What a **** mess, ******!");
    }

    #[test]
    fn removed_words_leave_the_punctuation_of_the_sentence() {
        assert_eq!(treat("What a damn mess, dammit!", Profanity::Removed), "What a mess,");
        assert_eq!(treat("Oh damn.", Profanity::Removed), "Oh.");
        assert_eq!(treat("Damn, no.", Profanity::Removed), "no.");
        assert_eq!(treat("Damn! Crap!", Profanity::Removed), "");
    }

    #[test]
    fn raw_text_is_left_as_it_is() {
        assert_eq!(treat("Damn  it", Profanity::Raw), "Damn  it");
    }

    #[test]
    fn words_that_only_contain_one_are_no_profanity() {
        assert_eq!(treat("Scrap metal from Damnoen", Profanity::Masked), "Scrap metal from Damnoen");
    }
}
