//! Text from elsewhere, made harmless for a terminal.

use std::{borrow::Cow, fmt::Write as _};

/// The text with everything visible that a terminal would obey: `\u{1b}` for ESC, `\n` for the end of a line.
///
/// These are the control characters (C0, DEL and C1, where U+009B alone begins a command), the separators of lines and
/// paragraphs, and the marks that turn the reading direction and so can make a text read as another.
///
/// ```
/// use stt_transcript::escape_for_terminal;
///
/// assert_eq!(escape_for_terminal("Grüße!"), "Grüße!");
/// assert_eq!(escape_for_terminal("\u{1b}[2Jgone"), r"\u{1b}[2Jgone");
/// ```
#[must_use]
pub fn escape_for_terminal(text: &str) -> Cow<'_, str> {
    replaced(text, |visible, c| visible.extend(c.escape_default()))
}

/// JSON of the same value in which none of the characters that [`escape_for_terminal`] replaces stands as itself.
///
/// ```
/// use stt_transcript::escape_in_json;
///
/// assert_eq!(escape_in_json("\"\u{9b}31m\""), r#""\u009b31m""#);
/// ```
#[must_use]
pub fn escape_in_json(json: &str) -> Cow<'_, str> {
    // All of them have at most four hex digits, and outside of strings JSON from a serializer has none of them.
    replaced(json, |visible, c| {
        let _ = write!(visible, "\\u{:04x}", u32::from(c));
    })
}

fn replaced(text: &str, escape: impl Fn(&mut String, char)) -> Cow<'_, str> {
    if !text.contains(is_obeyed) {
        return Cow::Borrowed(text);
    }
    let mut visible = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if is_obeyed(c) {
            escape(&mut visible, c);
        } else {
            visible.push(c);
        }
    }
    Cow::Owned(visible)
}

fn is_obeyed(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_a_terminal_obeys_becomes_visible() {
        assert_eq!(escape_for_terminal("a\u{7}b\u{1b}]0;c\u{7f}"), r"a\u{7}b\u{1b}]0;c\u{7f}");
        assert_eq!(escape_for_terminal("a\u{9b}31m\u{202e}b\n"), r"a\u{9b}31m\u{202e}b\n");
        assert_eq!(escape_for_terminal("\u{2066}\u{200f}\u{2028}"), r"\u{2066}\u{200f}\u{2028}");
    }

    #[test]
    fn everything_else_stays_and_costs_nothing() {
        let text = "Grüße, 你好, привет, שלום 👋 e\u{301} \\u{1b}";

        assert!(matches!(escape_for_terminal(text), Cow::Borrowed(same) if same == text));
    }

    proptest! {
        #[test]
        fn nothing_that_is_obeyed_is_left(text in any::<String>()) {
            prop_assert!(!escape_for_terminal(&text).contains(is_obeyed));
        }

        #[test]
        fn json_keeps_its_value(text in "[a\u{1b}\u{9b}\u{202e}\u{7f}\"\\\\ü\n]*") {
            let json = serde_json::to_string(&text).unwrap();
            let escaped = escape_in_json(&json);

            prop_assert!(!escaped.contains(is_obeyed));
            prop_assert_eq!(serde_json::from_str::<String>(&escaped).unwrap(), text);
        }
    }
}
