//! One recognition: everything a caller may ask for, and the request that asks it.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::{HeaderName, HeaderValue, Method, Request, Uri, header};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use stt_auth::Endpoint;
use stt_model::{Language, Mode, Profanity, PronunciationAssessment, ResultFormat};

use crate::{ConnectionId, Payload, Unsendable, Upload, payload::Framing};

/// What to ask of the service about one piece of audio.
///
/// Only the language is required. A value is not bound to a transport or to one recording: make it once for many.
///
/// ```
/// use stt_core::Recognize;
/// use stt_model::{Language, Profanity};
///
/// let request = Recognize::new(Language::EN_US).detailed().profanity(Profanity::Raw);
/// # let _ = request;
/// ```
#[must_use]
#[derive(Clone, Debug)]
pub struct Recognize {
    language: Language,
    mode: Mode,
    format: Option<ResultFormat>,
    profanity: Option<Profanity>,
    cid: Option<String>,
    connection_id: Option<ConnectionId>,
    assessment: Option<PronunciationAssessment>,
    query: Vec<(String, String)>,
    headers: Vec<(HeaderName, HeaderValue)>,
    refused: Option<Unsendable>,
}

impl Recognize {
    /// Recognizes speech in this language, with the service's own defaults for everything else.
    pub fn new(language: Language) -> Self {
        Self {
            language,
            mode: Mode::Conversation,
            format: None,
            profanity: None,
            cid: None,
            connection_id: None,
            assessment: None,
            query: Vec::new(),
            headers: Vec::new(),
            refused: None,
        }
    }

    /// Asks for this result format; the service's default is [`ResultFormat::Simple`].
    pub fn format(mut self, format: ResultFormat) -> Self {
        self.format = Some(format);
        self
    }

    /// Asks for the detailed result, with several alternatives and four forms of each.
    pub fn detailed(self) -> Self {
        self.format(ResultFormat::Detailed)
    }

    /// Treats profane words like this; the service's default is [`Profanity::Masked`].
    pub fn profanity(mut self, profanity: Profanity) -> Self {
        self.profanity = Some(profanity);
        self
    }

    /// Uses the custom model deployed under this endpoint id, the query parameter `cid`.
    ///
    /// Microsoft's REST page documented the parameter until 2024 and has left it out since November 2025.
    pub fn cid(mut self, endpoint_id: impl Into<String>) -> Self {
        self.cid = Some(endpoint_id.into());
        self
    }

    /// Recognizes in this mode, a segment of the path; [`Mode::Conversation`] is the one that is documented.
    pub fn mode(mut self, mode: Mode) -> Self {
        self.mode = mode;
        self
    }

    /// Uses this connection id for every attempt, instead of a new one for each.
    pub fn connection_id(mut self, id: ConnectionId) -> Self {
        self.connection_id = Some(id);
        self
    }

    /// Assesses the pronunciation; implies [`detailed`](Self::detailed) unless a format is asked for.
    pub fn assess(mut self, assessment: PronunciationAssessment) -> Self {
        self.assessment = Some(assessment);
        self
    }

    /// Adds a query parameter that has no setter here, such as `storeAudio`; name and value are encoded by this crate.
    ///
    /// A name that this type sets itself makes the request [`Unsendable`].
    pub fn query(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        let name = name.into();
        if name.is_empty() || RESERVED_QUERY.iter().any(|reserved| name.eq_ignore_ascii_case(reserved)) {
            self.refused.get_or_insert(Unsendable::ReservedQuery(name));
            return self;
        }
        self.query.push((name, value.into()));
        self
    }

    /// Adds a request header that has no setter here.
    ///
    /// A name that this crate or the transport sets makes the request [`Unsendable`].
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        if RESERVED_HEADERS.iter().any(|reserved| name.as_str().eq_ignore_ascii_case(reserved)) {
            self.refused.get_or_insert(Unsendable::ReservedHeader(name));
            return self;
        }
        self.headers.push((name, value));
        self
    }

    /// The whole head of the request but the credential and `Host`, with a place for the audio as its body.
    ///
    /// # Errors
    ///
    /// [`Unsendable`] where the request asks for something that is certain to fail.
    pub fn request(&self, to: &Endpoint, upload: Upload, id: ConnectionId) -> Result<Request<Payload>, Unsendable> {
        if let Some(refused) = &self.refused {
            return Err(refused.clone());
        }
        let mut request = Request::new(Payload::Audio);
        *request.method_mut() = Method::POST;
        *request.uri_mut() = self.uri(to, id)?;
        let headers = request.headers_mut();
        headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(upload.format.content_type()));
        if let Some(assessment) = &self.assessment {
            headers.insert(PRONUNCIATION_ASSESSMENT, assessment_header(assessment)?);
        }
        match upload.framing {
            Framing::Chunked { expect } => {
                headers.insert(header::TRANSFER_ENCODING, HeaderValue::from_static("chunked"));
                if expect {
                    headers.insert(header::EXPECT, HeaderValue::from_static("100-continue"));
                }
            }
            Framing::Length(bytes) => {
                headers.insert(header::CONTENT_LENGTH, HeaderValue::from(bytes));
            }
        }
        for (name, value) in &self.headers {
            headers.append(name, value.clone());
        }
        Ok(request)
    }

    /// The connection id that the caller chose, if he did.
    pub(crate) fn chosen_id(&self) -> Option<ConnectionId> {
        self.connection_id
    }

    fn uri(&self, to: &Endpoint, id: ConnectionId) -> Result<Uri, Unsendable> {
        let mut uri = format!("{}/speech/recognition/{}/cognitiveservices/v1", to.speech(), self.mode.as_str());
        let mut separator = '?';
        let mut push = |name: &str, value: &str| {
            uri.push(separator);
            uri.extend(utf8_percent_encode(name, QUERY));
            uri.push('=');
            uri.extend(utf8_percent_encode(value, QUERY));
            separator = '&';
        };
        push("language", self.language.as_str());
        if let Some(format) = self.format.or(self.assessment.as_ref().map(|_| ResultFormat::Detailed)) {
            push("format", format.as_str());
        }
        if let Some(profanity) = self.profanity {
            push("profanity", profanity.as_str());
        }
        if let Some(cid) = &self.cid {
            push("cid", cid);
        }
        for (name, value) in &self.query {
            push(name, value);
        }
        push("X-ConnectionId", &id.to_string());
        let length = uri.len();
        Uri::try_from(uri).map_err(|_| Unsendable::UriTooLong { bytes: length })
    }
}

impl From<Language> for Recognize {
    fn from(language: Language) -> Self {
        Self::new(language)
    }
}

impl From<&Recognize> for Recognize {
    fn from(request: &Recognize) -> Self {
        request.clone()
    }
}

fn assessment_header(assessment: &PronunciationAssessment) -> Result<HeaderValue, Unsendable> {
    let encoded = STANDARD.encode(assessment.to_json().map_err(|_| Unsendable::BlankReferenceText)?);
    if HEADER_LIMIT < encoded.len() {
        return Err(Unsendable::ReferenceTextTooLong { bytes: encoded.len() });
    }
    let mut value = HeaderValue::from_str(&encoded).expect("base64 is visible ASCII");
    // The text that somebody is asked to read may be private: it stays out of logs as the credential does.
    value.set_sensitive(true);
    Ok(value)
}

const PRONUNCIATION_ASSESSMENT: HeaderName = HeaderName::from_static("pronunciation-assessment");

/// Longest value of the `Pronunciation-Assessment` header, in bytes.
///
/// Observed by one third party: a reference text that makes a header of about 17 KiB hangs the request until the client
/// gives up. Common servers limit a header to 8 KiB, so that is the guess for what still works.
pub(crate) const HEADER_LIMIT: usize = 8 * 1024;

/// Query parameters with a setter of their own.
const RESERVED_QUERY: [&str; 5] = ["language", "format", "profanity", "cid", "X-ConnectionId"];

/// Headers that this crate sets, and those that frame the message and belong to the transport.
const RESERVED_HEADERS: [&str; 16] = [
    "accept",
    "authorization",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "expect",
    "host",
    "keep-alive",
    "ocp-apim-subscription-key",
    "pronunciation-assessment",
    "proxy-authorization",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// Everything but the unreserved characters of RFC 3986 is encoded in a query.
const QUERY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
