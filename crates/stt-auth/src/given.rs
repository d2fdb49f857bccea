//! What a user gave, and how a message may repeat it.

/// Classic keys are 32 hexadecimal digits and newer ones longer (observed); no region and no resource is called so.
pub(crate) fn resembles_key(given: &str) -> bool {
    let given = given.trim();
    let old = given.len() == 32 && given.bytes().all(|byte| byte.is_ascii_hexdigit());
    old || 64 <= given.len() && given.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// Text from outside, fit for one line of a message.
pub(crate) fn shown(given: &str) -> String {
    let mut shown: String = given.chars().take(SHOWN).flat_map(char::escape_debug).collect();
    if SHOWN < given.chars().count() {
        shown.push('…');
    }
    shown
}

pub(crate) fn did_you_mean(suggestion: Option<&str>) -> String {
    suggestion.map(|suggestion| format!("; did you mean {suggestion}?")).unwrap_or_default()
}

const SHOWN: usize = 64;
