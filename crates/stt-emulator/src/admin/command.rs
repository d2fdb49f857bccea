//! What an admin path is for.

use http::Method;

use super::orders::Order;
use crate::tenant::Which;

/// What an admin request wants done.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Action {
    Advance,
    Assert,
    /// The authority that clients have to trust.
    Authority,
    /// The audio with this hash.
    Audio([u8; 32]),
    ClearRequests,
    Clock,
    Fidelity,
    Har,
    Health,
    Index,
    Lines,
    /// The page for people.
    Page,
    /// Where the page is.
    Redirect,
    Regenerate(Which),
    Request(u64),
    RequestAudio(u64),
    Requests,
    Reset,
    Revoke,
    Script(Order),
    Shutdown,
    Unmatched,
    Version,
    /// The shape of what a request uploaded.
    Waveform(u64),
}

/// The paths behind `/__emulator/`, as the index lists them.
pub(crate) const PATHS: &[&str] = &[
    "health",
    "version",
    "ca.pem",
    "fidelity",
    "requests",
    "requests/{id}",
    "requests/{id}/audio",
    "requests/{id}/waveform",
    "requests/assert",
    "requests/unmatched",
    "requests.ndjson",
    "requests.har",
    "audio/{sha256}",
    "clock",
    "clock/advance",
    "keys/{1|2}/regenerate",
    "tokens/revoke",
    "reset",
    "scenarios",
    "queue",
    "faults",
    "faults/{id}",
    "shutdown",
];

/// What can be done at a path, by method; nothing where there is no such path.
pub(super) fn at(path: &str) -> Vec<(Method, Action)> {
    let get = |action| vec![(Method::GET, action)];
    let post = |action| vec![(Method::POST, action)];
    if path.is_empty() {
        return get(Action::Redirect);
    }
    let path = path.trim_start_matches('/').split('/').collect::<Vec<_>>();
    match path.as_slice() {
        [""] => get(Action::Index),
        ["health"] => get(Action::Health),
        ["ca.pem"] => get(Action::Authority),
        ["version"] => get(Action::Version),
        ["fidelity"] => get(Action::Fidelity),
        ["requests"] => vec![(Method::GET, Action::Requests), (Method::DELETE, Action::ClearRequests)],
        ["requests", "assert"] => post(Action::Assert),
        ["requests", "unmatched"] => get(Action::Unmatched),
        ["requests", id] => id.parse().map(|id| get(Action::Request(id))).unwrap_or_default(),
        ["requests", id, "audio"] => id.parse().map(|id| get(Action::RequestAudio(id))).unwrap_or_default(),
        ["requests", id, "waveform"] => id.parse().map(|id| get(Action::Waveform(id))).unwrap_or_default(),
        ["requests.ndjson"] => get(Action::Lines),
        ["requests.har"] => get(Action::Har),
        ["audio", hash] => sha256(hash).map(|hash| get(Action::Audio(hash))).unwrap_or_default(),
        ["clock"] => get(Action::Clock),
        ["clock", "advance"] => post(Action::Advance),
        ["keys", "1", "regenerate"] => post(Action::Regenerate(Which::First)),
        ["keys", "2", "regenerate"] => post(Action::Regenerate(Which::Second)),
        ["tokens", "revoke"] => post(Action::Revoke),
        ["reset"] => post(Action::Reset),
        ["shutdown"] => post(Action::Shutdown),
        other => Order::at(other).into_iter().map(|(method, order)| (method, Action::Script(order))).collect(),
    }
}

/// 64 hex digits.
fn sha256(text: &str) -> Option<[u8; 32]> {
    if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let mut hash = [0; 32];
    for (byte, digits) in hash.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        let digits = str::from_utf8(digits).ok()?;
        *byte = u8::from_str_radix(digits, 16).ok()?;
    }
    Some(hash)
}
