//! What a request to recognize asks for, read from its head.

use http::request::Parts;

use crate::access::Refusal;
use crate::config::{Config, Profile};
use crate::ids::is_guid;
use crate::locales;
use crate::media::{self, Container};
use crate::profanity::Profanity;
use crate::query::Query;
use crate::rules;
use crate::scoring::Parameters;

/// Everything that shapes the answer beside the audio.
#[derive(Debug)]
pub(crate) struct Asked {
    /// Unknown where a custom model was asked for instead.
    pub(crate) language: Option<String>,
    pub(crate) detailed: bool,
    pub(crate) profanity: Profanity,
    pub(crate) word_times: bool,
    pub(crate) container: Container,
    pub(crate) assessment: Option<Parameters>,
    pub(crate) profile: Profile,
    /// What was asked for and left aside.
    pub(crate) remarks: Vec<String>,
}

impl Asked {
    /// Reads the head, or says what the service would not take in it.
    pub(crate) fn read(head: &Parts, query: &Query, config: &Config) -> Result<Self, Refusal> {
        let language = language(query)?;
        if !media::accepts_json(&head.headers) {
            return Err(Refusal::new(rules::ACCEPT_NOT_JSON, "Accept has no application/json"));
        }
        let container = media::container(&head.headers).map_err(|(rule, reason)| Refusal::new(rule, reason))?;
        let mut remarks = Vec::new();
        let format = query.get("format").unwrap_or("simple");
        let detailed = format.eq_ignore_ascii_case("detailed");
        if !detailed && !format.eq_ignore_ascii_case("simple") {
            remarks.push(format!("format={format} is unknown and was taken for simple"));
        }
        let profanity = query.get("profanity").unwrap_or("masked");
        let profanity = Profanity::named(profanity).unwrap_or_else(|| {
            remarks.push(format!("profanity={profanity} is unknown and was taken for masked"));
            Profanity::Masked
        });
        Ok(Self {
            language,
            detailed,
            profanity,
            word_times: query.get("wordLevelTimestamps").is_some_and(|value| value.eq_ignore_ascii_case("true")),
            container,
            assessment: assessment(head, config)?,
            profile: config.profile,
            remarks,
        })
    }
}

/// The language, or none where `cid` names a custom model.
fn language(query: &Query) -> Result<Option<String>, Refusal> {
    let cid = query.get("cid").filter(|cid| !cid.is_empty());
    if let Some(cid) = cid.filter(|cid| !is_guid(cid)) {
        return Err(Refusal::new(rules::CID_INVALID, format!("the cid {cid} is no GUID")));
    }
    match query.get("language").filter(|language| !language.is_empty()) {
        Some(language) if locales::is_supported(language) => Ok(Some(language.to_owned())),
        Some(language) => {
            let why = format!("the language {language} is not in Microsoft's table");
            Err(Refusal::new(rules::LANGUAGE_UNSUPPORTED, why))
        }
        None if cid.is_some() => Ok(None),
        None => Err(Refusal::new(rules::LANGUAGE_MISSING, "the query has neither language nor cid")),
    }
}

fn assessment(head: &Parts, config: &Config) -> Result<Option<Parameters>, Refusal> {
    let Some(header) = head.headers.get("pronunciation-assessment") else {
        return Ok(None);
    };
    if config.profile == Profile::Observed && ASSESSMENT_LIMIT < header.len() {
        let why = format!("the Pronunciation-Assessment header has {} bytes", header.len());
        return Err(Refusal::new(rules::ASSESSMENT_TOO_LONG, why));
    }
    let read = Parameters::read(header.as_bytes());
    read.map(Some).map_err(|why| Refusal::new(rules::ASSESSMENT_MALFORMED, why))
}

/// About 17 KB were seen to be too much; 16 KiB is the usual limit of a web server.
const ASSESSMENT_LIMIT: usize = 16 * 1024;
