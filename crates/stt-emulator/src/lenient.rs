//! What is let through although it might be refused, which is as much a rule as what is refused.

use http::header::{AUTHORIZATION, CONTENT_TYPE, EXPECT, TRANSFER_ENCODING};
use http::request::Parts;

use crate::access::KEY_HEADER;
use crate::profanity::Profanity;
use crate::query::Query;
use crate::rule::Rule;
use crate::rules;

/// The rules by which the head of a recognition was found good.
pub(crate) fn applied(head: &Parts, query: &Query) -> Vec<Rule> {
    let path = head.uri.path();
    let value = |name| head.headers.get(name).and_then(|value: &http::HeaderValue| value.to_str().ok());
    let has_key = head.headers.contains_key(KEY_HEADER);
    let bearer = value(AUTHORIZATION).unwrap_or_default();
    let (expects, chunked) = (head.headers.contains_key(EXPECT), head.headers.contains_key(TRANSFER_ENCODING));
    let language = query.get("language").filter(|language| !language.is_empty());
    let is_named = |name: &str| KNOWN.iter().any(|known| known.eq_ignore_ascii_case(name));
    let names = query.pairs().iter().map(|(name, _)| name.to_ascii_lowercase()).collect::<Vec<_>>();
    let is_repeated = (1..names.len()).any(|at| is_named(&names[at]) && names[..at].contains(&names[at]));
    let format = query.get("format").is_some_and(|format| !FORMATS.iter().any(|it| it.eq_ignore_ascii_case(format)));
    let profanity = query.get("profanity").is_some_and(|name| Profanity::named(name).is_none());
    let said = value(CONTENT_TYPE).unwrap_or_default().to_ascii_lowercase().replace(' ', "");
    let said = said.strip_prefix("audio/wav").is_some_and(|parameters| !USUAL.contains(&parameters));
    let applied = [
        (rules::PATH_PREFIX, path.starts_with("/stt/")),
        (rules::PATH_MODE, !path.contains("/conversation/")),
        (rules::KEY_BEFORE_TOKEN, has_key && !bearer.is_empty()),
        (rules::ENTRA_TOKEN_TAKEN, !has_key && bearer.contains(" aad#")),
        (rules::TOKEN_TAKEN, !has_key && !bearer.contains(" aad#")),
        (rules::CID_ALONE, language.is_none()),
        (rules::PARAMETER_REPEATED, is_repeated),
        (rules::PARAMETER_IGNORED, names.iter().any(|name| !is_named(name))),
        (rules::FORMAT_UNKNOWN, format),
        (rules::PROFANITY_UNKNOWN, profanity),
        (rules::WAV_PARAMETERS_IGNORED, said),
        (rules::EXPECT_CONTINUE, expects),
        (rules::EXPECT_OPTIONAL, chunked && !expects),
    ];
    applied.into_iter().filter_map(|(rule, applies)| applies.then_some(rule)).collect()
}

/// The query parameters that mean something here.
const KNOWN: [&str; 6] = ["cid", "format", "language", "profanity", "wordLevelTimestamps", "X-ConnectionId"];

const FORMATS: [&str; 2] = ["detailed", "simple"];

/// What stands behind `audio/wav` in Microsoft's table of audio formats, and nothing.
const USUAL: [&str; 2] = ["", ";codecs=audio/pcm;samplerate=16000"];
