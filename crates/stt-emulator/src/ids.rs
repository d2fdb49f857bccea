//! The ids that a request may carry.

/// 32 hex digits, with the usual dashes or without.
pub(crate) fn is_guid(text: &str) -> bool {
    let bare = text.replace('-', "");
    is_session(&bare) && (text.len() == 32 || text.len() == 36)
}

/// Whether an `X-ConnectionId` has the shape that makes it a session id.
pub(crate) fn is_session(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}
