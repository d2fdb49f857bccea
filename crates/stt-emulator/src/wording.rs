//! The forms of a text: lexical, inverse text normalized, masked, display.

use crate::profanity::{self, Profanity};

/// The forms that a detailed result has of one text.
///
/// The display form is the transcript as it was coded. The emulator neither spells numbers out nor back: the other
/// forms are the same words in lower case without punctuation.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Wording {
    pub(crate) lexical: String,
    pub(crate) itn: String,
    pub(crate) masked_itn: String,
    pub(crate) display: String,
}

impl Wording {
    /// The forms of `text`; profanity shows in the lexical and the ITN form whatever was asked.
    pub(crate) fn of(text: &str, profanity: Profanity) -> Self {
        let lexical = lexical(text);
        Self {
            itn: lexical.clone(),
            masked_itn: profanity::treat(&lexical, profanity),
            display: profanity::treat(text, profanity),
            lexical,
        }
    }
}

/// The words of `text` in lower case, separated by blanks, without punctuation but for apostrophes inside words.
pub(crate) fn lexical(text: &str) -> String {
    let words = text.split(|c: char| c.is_whitespace() || matches!(c, '-' | '–' | '—'));
    let words = words.map(|word| {
        let word = word.trim_matches(is_punctuation).chars();
        let kept = word.filter(|&c| !is_punctuation(c) || JOINERS.contains(&c));
        kept.flat_map(char::to_lowercase).collect::<String>()
    });
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Listed, because what is no letter is not always punctuation: Hindi and Thai words contain marks that are neither.
fn is_punctuation(c: char) -> bool {
    c.is_ascii_punctuation()
        || matches!(c, '¡' | '§' | '«' | '¶' | '·' | '»' | '¿' | '،' | '؛' | '؟' | '।' | '॥')
        || matches!(c, '\u{2010}'..='\u{205e}' | '\u{3001}'..='\u{3003}' | '\u{3008}'..='\u{3011}')
        || matches!(c, '\u{ff01}'..='\u{ff0f}' | '\u{ff1a}'..='\u{ff20}')
}

/// What holds the two halves of a word together: both apostrophes.
const JOINERS: [char; 2] = ['\'', '\u{2019}'];

#[cfg(test)]
mod tests {
    use super::{Wording, lexical};
    use crate::profanity::Profanity;

    #[test]
    fn the_vendors_sample_has_its_lexical_form() {
        assert_eq!(lexical("What's the weather like?"), "what's the weather like");
        assert_eq!(lexical("Good morning."), "good morning");
    }

    #[test]
    fn punctuation_goes_and_letters_of_every_script_stay() {
        assert_eq!(lexical("  Well-known,  \"Zoë\" — (yes)! "), "well known zoë yes");
        assert_eq!(lexical("¿Qué? «Да»"), "qué да");
        assert_eq!(lexical("你好，世界。"), "你好世界");
        assert_eq!(lexical("नमस्ते दुनिया।"), "नमस्ते दुनिया");
        assert_eq!(lexical("... !"), "");
    }

    #[test]
    fn masking_leaves_lexical_and_itn_alone() {
        let wording = Wording::of("Damn, it rains.", Profanity::Masked);
        assert_eq!(wording.display, "****, it rains.");
        assert_eq!(wording.masked_itn, "**** it rains");
        assert_eq!(wording.itn, "damn it rains");
        assert_eq!(wording.lexical, "damn it rains");
    }
}
