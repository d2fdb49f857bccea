//! The clouds that run the service, each under host names of its own.

use std::fmt;

/// A cloud: a group of regions with host names, keys and tokens of its own.
///
/// The host names are documented on Microsoft's pages about Speech in sovereign clouds, apart from the custom subdomains
/// of the two sovereign ones, which are a guess from their other names.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Cloud {
    /// Azure in China, operated by 21Vianet.
    China,
    /// Azure as most people know it.
    Public,
    /// Azure Government of the United States.
    UsGovernment,
}

impl Cloud {
    pub(crate) const ALL: [Self; 3] = [Self::China, Self::Public, Self::UsGovernment];

    /// A short name for tables and messages: `china`, `public` or `usgov`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::China => "china",
            Self::Public => "public",
            Self::UsGovernment => "usgov",
        }
    }

    /// The end of a regional speech host, after `{region}.stt.`.
    pub(crate) const fn speech_suffix(self) -> &'static str {
        match self {
            Self::China => "speech.azure.cn",
            Self::Public => "speech.microsoft.com",
            Self::UsGovernment => "speech.azure.us",
        }
    }

    /// The end of a regional token host, after `{region}.`.
    pub(crate) const fn token_suffix(self) -> &'static str {
        match self {
            Self::China => "api.cognitive.azure.cn",
            Self::Public => "api.cognitive.microsoft.com",
            Self::UsGovernment => "api.cognitive.microsoft.us",
        }
    }

    /// The end of a custom subdomain, after `{name}.`.
    pub(crate) const fn subdomain_suffix(self) -> &'static str {
        match self {
            Self::China => "cognitiveservices.azure.cn",
            Self::Public => "cognitiveservices.azure.com",
            Self::UsGovernment => "cognitiveservices.azure.us",
        }
    }
}

impl fmt::Display for Cloud {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
