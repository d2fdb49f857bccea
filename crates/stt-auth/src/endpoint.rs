//! Where a resource is: one text in, the URL of speech and that of tokens out.

use std::{fmt, str::FromStr};

use http::Uri;

use crate::{
    Cloud, EndpointError, Error, Region,
    address::Address,
    azure::{Azure, Hosts, Place, STT},
};

/// Where a resource is.
///
/// It is read from whatever a user has at hand, and both URLs follow from it:
///
/// | Text | What it is |
/// | --- | --- |
/// | `westeurope` | a region that this crate knows |
/// | `my-resource` | a custom subdomain |
/// | `https://my-resource.cognitiveservices.azure.com/` | a custom subdomain, also that of a private endpoint |
/// | `https://westeurope.api.cognitive.microsoft.com/` | the token host of a region, which the portal shows |
/// | `westeurope.stt.speech.microsoft.com` | the speech host of a region, and likewise in the sovereign clouds |
/// | `http://localhost:5000` | a container or an emulator |
/// | `https://speech.example/azure` | anything else that stands before the service |
///
/// A whole URL of recognition or of `issueToken` may be given too; on Microsoft's own hosts the path is without meaning.
/// `ws` and `wss` are taken for `http` and `https`. A host alone is reached by TLS unless it is this machine.
///
/// The forms of the URLs are documented on Microsoft's pages of the REST API for short audio and of its authentication
/// (2024 to 2026); that another host has the token endpoint at `/sts/v1.0/issueToken` is a guess.
///
/// ```
/// use stt_auth::Endpoint;
///
/// let endpoint: Endpoint = "https://westeurope.api.cognitive.microsoft.com/".parse()?;
/// assert_eq!(endpoint.speech(), "https://westeurope.stt.speech.microsoft.com");
/// assert_eq!(endpoint.token(), "https://westeurope.api.cognitive.microsoft.com/sts/v1.0/issueToken");
/// # Ok::<(), stt_auth::EndpointError>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Endpoint {
    /// Whose host it is, where it is one of Microsoft's.
    azure: Option<Azure>,
    host: String,
    loopback: bool,
    secure: bool,
    speech: String,
    token: Uri,
}

impl Endpoint {
    /// The endpoint of a region in its cloud.
    #[must_use]
    pub fn of_region(region: &Region) -> Self {
        Self::on_azure(Azure { cloud: region.cloud(), place: Place::Region(region.clone()) }, true)
    }

    /// What comes before `/speech/recognition/{mode}/cognitiveservices/v1`: scheme and host, and `/stt` or another
    /// prefix where there is one, without a slash at its end.
    #[must_use]
    pub fn speech(&self) -> &str {
        &self.speech
    }

    /// The URL that gives tokens for a key.
    #[must_use]
    pub const fn token(&self) -> &Uri {
        &self.token
    }

    /// The host of the speech URL, without port; an IPv6 address is in brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The region, where the host tells it; the name of a custom subdomain does not.
    #[must_use]
    pub fn region(&self) -> Option<&Region> {
        match &self.azure.as_ref()?.place {
            Place::Region(region) => Some(region),
            Place::Subdomain(_) => None,
        }
    }

    /// The cloud, where the host is one of Microsoft's.
    #[must_use]
    pub fn cloud(&self) -> Option<Cloud> {
        self.azure.as_ref().map(|azure| azure.cloud)
    }

    /// Whether both URLs are `https`.
    #[must_use]
    pub const fn is_secure(&self) -> bool {
        self.secure
    }

    /// Whether the host is an address of this machine (127.0.0.0/8 or `::1`), or the name `localhost`.
    ///
    /// Nothing is looked up here: whoever connects has to see that `localhost` leads to such an address.
    #[must_use]
    pub const fn is_loopback(&self) -> bool {
        self.loopback
    }

    /// Refuses what would send a key or token unencrypted to another machine; `what` names it.
    pub(crate) fn may_carry(&self, what: &'static str) -> Result<(), Error> {
        if self.secure || self.loopback {
            return Ok(());
        }
        Err(Error::InsecureEndpoint { what, host: self.host.clone() })
    }

    /// An endpoint on one of Microsoft's hosts.
    fn on_azure(azure: Azure, secure: bool) -> Self {
        let Hosts { prefix, speech, token } = azure.hosts();
        let scheme = if secure { "https" } else { "http" };
        let token = format!("{scheme}://{token}{ISSUE_TOKEN}");
        Self {
            azure: Some(azure),
            loopback: false,
            secure,
            speech: format!("{scheme}://{speech}{prefix}"),
            token: token.parse().expect("a region and a name are letters, digits and hyphens, which make a host"),
            host: speech,
        }
    }

    /// An endpoint on a host that this crate knows nothing of: what was given is the base of both URLs.
    fn elsewhere(address: Address) -> Result<Self, EndpointError> {
        let origin = address.origin();
        let base = without_operation(&address.path);
        let token = format!("{origin}{}{ISSUE_TOKEN}", strip_suffix(base, STT).unwrap_or(base));
        Ok(Self {
            azure: None,
            loopback: address.loopback,
            secure: address.secure,
            speech: format!("{origin}{base}"),
            token: token.parse().map_err(|_| EndpointError::Path)?,
            host: address.host,
        })
    }
}

impl FromStr for Endpoint {
    type Err = EndpointError;

    fn from_str(given: &str) -> Result<Self, EndpointError> {
        let address = Address::parse(given)?;
        if address.bare {
            return Ok(Self::on_azure(Azure::named(&address.host)?, true));
        }
        match Azure::of_host(&address.host)? {
            // A port of its own means that something else answers there, under whatever name.
            Some(azure) if address.port.is_none() => Ok(Self::on_azure(azure, address.secure)),
            _ => Self::elsewhere(address),
        }
    }
}

/// The beginning of the speech URL, from which the same endpoint can be read again.
impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.speech)
    }
}

/// A path without the operation at its end, if it is one of the service's.
fn without_operation(path: &str) -> &str {
    let recognition = MODES.iter().map(|mode| format!("/speech/recognition/{mode}/cognitiveservices/v1"));
    let others = [ISSUE_TOKEN, "/sts/v1.0", "/speech/universal/v2"].map(str::to_owned);
    recognition.chain(others).find_map(|operation| strip_suffix(path, &operation)).unwrap_or(path)
}

/// `strip_suffix` regardless of case.
fn strip_suffix<'a>(text: &'a str, suffix: &str) -> Option<&'a str> {
    let (rest, end) = text.split_at_checked(text.len().checked_sub(suffix.len())?)?;
    end.eq_ignore_ascii_case(suffix).then_some(rest)
}

const ISSUE_TOKEN: &str = "/sts/v1.0/issueToken";
const MODES: [&str; 3] = ["conversation", "dictation", "interactive"];
