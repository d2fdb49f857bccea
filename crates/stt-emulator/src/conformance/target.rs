//! Where the questions go.

use http::Uri;
use thiserror::Error;

use crate::scenario::Called;

/// An endpoint, and where it issues tokens.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Target {
    /// Without a slash at its end.
    base: String,
    token: String,
    /// Whether nobody but programs of this machine is meant.
    pub(crate) is_local: bool,
}

/// Why there is nobody to ask.
#[derive(Debug, Error)]
pub(crate) enum TargetError {
    #[error("refusing to send a key to {0} without TLS")]
    Bare(String),
    #[error(
        "{0:?} is no URL of an endpoint; expected such as http://127.0.0.1:10788 or https://westus.stt.speech.microsoft.com"
    )]
    Malformed(String),
}

impl Target {
    /// The endpoint at a URL; tokens come from where such an endpoint has them, unless told otherwise.
    pub(crate) fn read(url: &str, token_url: Option<&str>) -> Result<Self, TargetError> {
        let (uri, host) = parsed(url)?;
        let base = url.trim_end_matches('/');
        let path = uri.path().trim_end_matches('/');
        let origin = base.strip_suffix(path).unwrap_or(base);
        let is_custom = CUSTOM.iter().any(|suffix| host.ends_with(suffix));
        let base = if is_custom && path.is_empty() { format!("{base}/stt") } else { base.to_owned() };
        let token = match token_url {
            Some(url) => parsed(url).map(|_| url.to_owned())?,
            None => match REGIONAL.iter().find_map(|(from, to)| Some((host.strip_suffix(from)?, to))) {
                Some((region, suffix)) => format!("https://{region}{suffix}{ISSUE}"),
                None => format!("{origin}{ISSUE}"),
            },
        };
        Ok(Self { base, token, is_local: is_local(&host) })
    }

    /// The regional endpoint of Azure's public cloud, or of the sovereign one whose region this is.
    pub(crate) fn of_region(region: &str, token_url: Option<&str>) -> Result<Self, TargetError> {
        let cloud = match region {
            _ if region.starts_with("china") => 2,
            _ if region.starts_with("usgov") => 1,
            _ => 0,
        };
        Self::read(&format!("https://{region}{}", REGIONAL[cloud].0), token_url)
    }

    /// The URL of an operation, or of another path of the endpoint.
    pub(crate) fn url(&self, operation: Called, path: Option<&str>, query: &str) -> String {
        let url = match (path, operation) {
            (Some(path), _) => format!("{}{path}", self.base),
            (None, Called::Recognize) => format!("{}{RECOGNIZE}", self.base),
            (None, Called::Token) => return self.token.clone(),
        };
        if query.is_empty() { url } else { format!("{url}?{query}") }
    }

    /// The URL itself.
    pub(crate) fn as_str(&self) -> &str {
        &self.base
    }
}

/// A URL and its host in lower case, if a key may be sent there.
fn parsed(url: &str) -> Result<(Uri, String), TargetError> {
    let malformed = || TargetError::Malformed(url.to_owned());
    let uri: Uri = url.parse().map_err(|_| malformed())?;
    let host = uri.host().filter(|host| !host.is_empty()).ok_or_else(malformed)?.to_ascii_lowercase();
    let is_plain = uri.query().is_none() && uri.authority().is_some_and(|authority| !authority.as_str().contains('@'));
    match uri.scheme_str() {
        Some("https") if is_plain => Ok((uri, host)),
        Some("http") if is_plain && is_local(&host) => Ok((uri, host)),
        Some("http") if is_plain => Err(TargetError::Bare(host)),
        _ => Err(malformed()),
    }
}

fn is_local(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<std::net::IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

/// The end of a regional host, and that of the host which issues its tokens; by Microsoft's pages on authentication
/// and on sovereign clouds.
const REGIONAL: [(&str, &str); 3] = [
    (".stt.speech.microsoft.com", ".api.cognitive.microsoft.com"),
    (".stt.speech.azure.us", ".api.cognitive.microsoft.us"),
    (".stt.speech.azure.cn", ".api.cognitive.azure.cn"),
];

/// The ends of custom subdomains, which have this API below `/stt`.
const CUSTOM: [&str; 3] =
    [".cognitiveservices.azure.com", ".cognitiveservices.azure.us", ".cognitiveservices.azure.cn"];

const ISSUE: &str = "/sts/v1.0/issueToken";

const RECOGNIZE: &str = "/speech/recognition/conversation/cognitiveservices/v1";

#[cfg(test)]
mod tests {
    use super::Target;
    use crate::scenario::Called;

    fn urls(url: &str) -> (String, String) {
        let target = Target::read(url, None).expect("a target");
        (target.url(Called::Recognize, Some("/x"), "a=b"), target.url(Called::Token, None, ""))
    }

    #[test]
    fn each_form_of_an_endpoint_has_its_own_place_for_tokens() {
        for (url, recognize, token) in [
            ("http://127.0.0.1:1/", "http://127.0.0.1:1/x?a=b", "http://127.0.0.1:1/sts/v1.0/issueToken"),
            ("http://[::1]:1/speech", "http://[::1]:1/speech/x?a=b", "http://[::1]:1/sts/v1.0/issueToken"),
            (
                "https://westus.stt.speech.microsoft.com",
                "https://westus.stt.speech.microsoft.com/x?a=b",
                "https://westus.api.cognitive.microsoft.com/sts/v1.0/issueToken",
            ),
            (
                "https://mine.cognitiveservices.azure.com",
                "https://mine.cognitiveservices.azure.com/stt/x?a=b",
                "https://mine.cognitiveservices.azure.com/sts/v1.0/issueToken",
            ),
            (
                "https://mine.cognitiveservices.azure.com/stt/",
                "https://mine.cognitiveservices.azure.com/stt/x?a=b",
                "https://mine.cognitiveservices.azure.com/sts/v1.0/issueToken",
            ),
        ] {
            assert_eq!(urls(url), (recognize.to_owned(), token.to_owned()), "{url}");
        }
        let gov = Target::of_region("usgovvirginia", None).expect("a target");
        assert_eq!(gov.as_str(), "https://usgovvirginia.stt.speech.azure.us");
        let elsewhere = Target::read("http://127.0.0.1:1", Some("https://a.example/t")).expect("a target");
        assert_eq!(elsewhere.url(Called::Token, None, ""), "https://a.example/t");
    }

    #[test]
    fn no_key_goes_where_others_can_read_it() {
        let refused = Target::read("http://speech.example", None).expect_err("no TLS");
        assert_eq!(refused.to_string(), "refusing to send a key to speech.example without TLS");
        for url in ["speech.example", "https://", "ftp://speech.example", "https://k@speech.example", "/x", ""] {
            assert!(Target::read(url, None).is_err(), "{url}");
        }
        assert!(Target::read("http://127.0.0.1:1", Some("http://speech.example/t")).is_err());
    }
}
