//! The Content-Type and Accept headers, as the service takes them.

use http::HeaderMap;
use http::header::{ACCEPT, CONTENT_TYPE};

use crate::rule::Rule;
use crate::rules;

/// What the Content-Type header lets the body be.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Container {
    Ogg,
    /// Accepted, and then heard as silence by this rule.
    Silent(Rule),
    Wav,
}

/// The container that the headers declare.
///
/// Parameters of WAV do not matter: the service was observed to take the format from the file's own header.
pub(crate) fn container(headers: &HeaderMap) -> Result<Container, (Rule, String)> {
    let Some(value) = headers.get(CONTENT_TYPE) else {
        return Err((rules::CONTENT_TYPE_MISSING, "there is no Content-Type header".to_owned()));
    };
    let text = String::from_utf8_lossy(value.as_bytes()).to_ascii_lowercase();
    let (essence, parameters) = text.split_once(';').unwrap_or((&text, ""));
    let parameter = |name: &str| {
        let mut pairs = parameters.split(';').filter_map(|pair| pair.split_once('='));
        pairs.find(|(key, _)| key.trim() == name).map(|(_, value)| value.trim().to_owned())
    };
    match essence.trim() {
        "audio/wav" => Ok(Container::Wav),
        "audio/raw" => Ok(Container::Silent(rules::CONTENT_TYPE_RAW)),
        "audio/ogg" => {
            if parameter("codecs").is_some_and(|codecs| codecs.starts_with('"')) {
                let why = "the value of codecs stands in quotes".to_owned();
                Err((rules::OGG_CODECS_QUOTED, why))
            } else if parameter("codec").is_some() {
                Ok(Container::Silent(rules::OGG_CODEC_SINGULAR))
            } else {
                Ok(Container::Ogg)
            }
        }
        other => Err((
            rules::CONTENT_TYPE_UNSUPPORTED,
            format!("the Content-Type {other} is neither audio/wav nor audio/ogg"),
        )),
    }
}

/// Whether the headers let the answer be JSON.
pub(crate) fn accepts_json(headers: &HeaderMap) -> bool {
    let mut ranges = headers.get_all(ACCEPT).into_iter().peekable();
    if ranges.peek().is_none() {
        return true;
    }
    ranges.any(|value| {
        let text = String::from_utf8_lossy(value.as_bytes()).to_ascii_lowercase();
        text.split(',').any(|range| {
            // Microsoft's own samples send `application/json;text/xml`, which is no list.
            let essence = range.split(';').next().unwrap_or_default().trim();
            matches!(essence, "application/json" | "application/*" | "*/*")
        })
    })
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue, header};

    use super::{Container, accepts_json, container};
    use crate::rules;

    fn declared(value: &'static str) -> Result<Container, &'static str> {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(value));
        container(&headers).map_err(|(rule, _)| rule.id)
    }

    #[test]
    fn every_published_wav_type_is_wav() {
        let types = [
            "audio/wav; codecs=audio/pcm; samplerate=16000",
            "audio/wav",
            "audio/wav; codec=audio/pcm; samplerate=16000",
            "audio/wav; codec=\"audio/pcm\"; samplerate=8000; trustsourcerate=false",
            "audio/wav; codecs=audio/pcm; samplerate=44100",
            "Audio/WAV;codecs=audio/pcm",
        ];
        for value in types {
            assert_eq!(declared(value), Ok(Container::Wav), "{value}");
        }
    }

    #[test]
    fn ogg_is_taken_in_the_documented_form_only() {
        assert_eq!(declared("audio/ogg; codecs=opus"), Ok(Container::Ogg));
        assert_eq!(declared("audio/ogg; codecs=\"opus\""), Err("ogg-codecs-quoted"));
        let silent = Ok(Container::Silent(rules::OGG_CODEC_SINGULAR));
        assert_eq!(declared("audio/ogg; codec=audio/opus; samplerate=16000"), silent);
    }

    #[test]
    fn anything_else_is_not_audio() {
        let types = ["audio/webm; codecs=opus", "audio/mpeg", "application/json", "audio/x-wav"];
        for value in types {
            assert_eq!(declared(value), Err("content-type-unsupported"), "{value}");
        }
        assert_eq!(container(&HeaderMap::new()).map_err(|e| e.0.id), Err("content-type-missing"));
    }

    #[test]
    fn accept_must_leave_room_for_json() {
        let accepts = |value| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT, HeaderValue::from_static(value));
            accepts_json(&headers)
        };
        assert!(accepts_json(&HeaderMap::new()));
        assert!(accepts("application/json"));
        assert!(accepts("application/json;text/xml"));
        assert!(accepts("application/json, text/plain, */*"));
        assert!(accepts("*/*"));
        assert!(!accepts("text/xml"));
        assert!(!accepts("text/html, application/xml"));
    }
}
