//! A transcript as it is typed: words, some of them with a score of their pronunciation.

/// One typed word.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Typed {
    /// The word with its punctuation, without the score.
    pub(super) text: String,
    /// How well the word is pronounced (0 to 100), where the typist said so.
    pub(super) accuracy: Option<u8>,
}

/// Splits at white space and reads the scores: `morning[62]`, `morning.[62]` and `morning[62].` are all the word with
/// a score of 62.
///
/// Brackets that hold anything but a number up to 100 are part of the word, and so are those that hold all of it.
pub(super) fn words(text: &str) -> Vec<Typed> {
    text.split_whitespace().map(word).collect()
}

fn word(typed: &str) -> Typed {
    scored(typed).unwrap_or_else(|| Typed { text: typed.to_owned(), accuracy: None })
}

fn scored(typed: &str) -> Option<Typed> {
    let (text, rest) = typed.rsplit_once('[')?;
    let (score, after) = rest.split_once(']')?;
    let digits = !score.is_empty() && score.bytes().all(|byte| byte.is_ascii_digit());
    let accuracy = score.parse().ok().filter(|score| digits && *score <= 100)?;
    if text.is_empty() || after.contains(char::is_alphanumeric) {
        return None;
    }
    Some(Typed { text: format!("{text}{after}"), accuracy: Some(accuracy) })
}

/// The first word whose brackets hold a number that is no score, as somebody types by mistake.
pub(super) fn without_score(text: &str) -> Option<&str> {
    text.split_whitespace().find(|typed| scored(typed).is_none() && looks_scored(typed))
}

fn looks_scored(typed: &str) -> bool {
    let inside = typed.rsplit_once('[').and_then(|(text, rest)| Some((text, rest.split_once(']')?)));
    inside.is_some_and(|(text, (score, after))| {
        !text.is_empty() && score.parse::<f64>().is_ok() && !after.contains(char::is_alphanumeric)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[(&str, Option<u8>)]) {
        let heard: Vec<_> = words(text).into_iter().map(|word| (word.text, word.accuracy)).collect();
        let expected: Vec<_> = expected.iter().map(|(text, score)| ((*text).to_owned(), *score)).collect();
        assert_eq!(heard, expected);
    }

    #[test]
    fn a_score_stands_in_brackets_before_or_after_the_punctuation() {
        check("Good morning[62].", &[("Good", None), ("morning.", Some(62))]);
        check("Good[100] morning.[0]", &[("Good", Some(100)), ("morning.", Some(0))]);
    }

    #[test]
    fn a_number_in_brackets_that_is_no_score_is_found() {
        for word in ["a[101]", "a[+5]", "a[-1]", "a[62.5].", "a.[1e9]"] {
            assert_eq!(without_score(&format!("one {word} three")), Some(word));
        }
        assert_eq!(without_score("a[62] [101] a[5]b a[x] a[]"), None);
    }

    #[test]
    fn other_brackets_are_part_of_the_word() {
        for word in ["[62]", "a[101]", "a[+5]", "a[]", "a[x]", "a[5", "a]5[", "a[5]b"] {
            check(word, &[(word, None)]);
        }
    }
}
