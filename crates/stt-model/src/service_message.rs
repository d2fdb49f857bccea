//! What the service says when it refuses.

use serde_json::{Map, Value};

/// The code and the message in the body of an error answer, for people to read.
///
/// It reads `{"Message":…}`, `{"message":…}`, `{"statusCode":…,"message":…}`, `{"code":…,"message":…}`,
/// `{"error":{"code":…,"message":…}}`, an HTML page and an empty body, all of them observed from the service or the
/// gateways before it, a plain sentence (documented for the service of 2017) and `{"error":"…"}` (a guess).
///
/// ```
/// use stt_model::ServiceMessage;
///
/// let said = ServiceMessage::read(br#"{"error":{"code":"404","message":"Resource not found"}}"#);
/// assert_eq!(said.code.as_deref(), Some("404"));
/// assert_eq!(said.message.as_deref(), Some("Resource not found"));
/// ```
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct ServiceMessage {
    /// The code, if the body has one; a number is given as its digits.
    pub code: Option<String>,
    /// The message, the title of an HTML page or the plain text; absent if there is none.
    ///
    /// At most 300 characters. Control characters and those that turn the direction of writing are
    /// escaped, so that it can be shown on a terminal.
    pub message: Option<String>,
}

impl ServiceMessage {
    /// Reads a body of whatever kind; bytes that are not UTF-8 are replaced.
    #[must_use]
    pub fn read(body: &[u8]) -> Self {
        let text = String::from_utf8_lossy(body);
        let text = text.trim_start_matches('\u{FEFF}').trim();
        match serde_json::from_str(text) {
            Ok(Value::Object(object)) if object.is_empty() => Self::default(),
            Ok(Value::Object(object)) => Self::of(&object).unwrap_or_else(|| Self::plain(text)),
            Ok(Value::String(message)) => Self::plain(&message),
            _ if text.starts_with('<') => Self::plain(title(text).unwrap_or(text)),
            _ => Self::plain(text),
        }
    }

    /// A message without a code.
    fn plain(text: &str) -> Self {
        Self { code: None, message: shown(text) }
    }

    /// What an object says in one of the known forms.
    fn of(object: &Map<String, Value>) -> Option<Self> {
        match field(object, &["error"]) {
            Some(Value::Object(error)) => Self::of(error),
            Some(Value::String(error)) => Some(Self { message: shown(error), ..Self::beside(object) }),
            _ => Some(Self::beside(object)).filter(|said| *said != Self::default()),
        }
    }

    /// Code and message, side by side in one object.
    fn beside(object: &Map<String, Value>) -> Self {
        let code = field(object, &["code", "statuscode"]).and_then(word);
        let message = field(object, &["message"]).and_then(word);
        Self { code: code.as_deref().and_then(shown), message: message.as_deref().and_then(shown) }
    }
}

/// The first field with one of these names, in any case: the service writes `Message`, the gateway
/// `message`.
fn field<'a>(object: &'a Map<String, Value>, names: &[&str]) -> Option<&'a Value> {
    let is = |name: &str, key: &str| name.eq_ignore_ascii_case(key);
    names.iter().find_map(|name| object.iter().find(|(key, _)| is(name, key)).map(|(_, value)| value))
}

/// A text or a number as text.
fn word(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// The title of an HTML page.
fn title(page: &str) -> Option<&str> {
    // ASCII lower case keeps every position, so that what was found in it can be cut out of the
    // page.
    let lower = page.to_ascii_lowercase();
    let tag = lower.find("<title")?;
    let start = tag + lower[tag..].find('>')? + 1;
    let end = start + lower[start..].find("</title")?;
    Some(page[start..end].trim()).filter(|title| !title.is_empty())
}

/// A text fit to be shown: nothing that a terminal obeys, and not longer than a paragraph.
fn shown(text: &str) -> Option<String> {
    let mut shown = String::new();
    // A character more than fits is enough to know that there is more.
    for c in text.trim().chars().take(LONGEST + 1) {
        if is_unseen(c) {
            shown.extend(c.escape_default());
        } else {
            shown.push(c);
        }
    }
    if let Some((end, _)) = shown.char_indices().nth(LONGEST - 1)
        && LONGEST < shown.chars().count()
    {
        shown.truncate(end);
        shown.push('…');
    }
    Some(shown).filter(|shown| !shown.is_empty())
}

/// Whether a character acts on what shows it: a control character, or one that turns the direction
/// of writing.
fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61C}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

/// In characters.
const LONGEST: usize = 300;
