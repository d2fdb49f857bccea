//! Microsoft's own hosts: whose they are, and which belong together.

use crate::{Cloud, EndpointError, Region, given::resembles_key};

/// What one of Microsoft's hosts says of a resource.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Azure {
    pub(crate) cloud: Cloud,
    pub(crate) place: Place,
}

#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Place {
    Region(Region),
    /// The name of a custom subdomain.
    Subdomain(String),
}

/// The hosts of a resource, and what its speech URL has before the operation.
pub(crate) struct Hosts {
    pub(crate) prefix: &'static str,
    pub(crate) speech: String,
    pub(crate) token: String,
}

impl Azure {
    /// One word: a region that is known, or the name of a resource.
    pub(crate) fn named(word: &str) -> Result<Self, EndpointError> {
        match word.parse::<Region>() {
            Ok(region) if region.is_known() => Ok(Self { cloud: region.cloud(), place: Place::Region(region) }),
            _ if is_name(word) => Ok(Self { cloud: Cloud::Public, place: Place::Subdomain(word.to_owned()) }),
            _ => Err(EndpointError::Host { given: word.to_owned(), suggestion: None }),
        }
    }

    /// Whose host this is, by its end; nobody's in Azure for most.
    pub(crate) fn of_host(host: &str) -> Result<Option<Self>, EndpointError> {
        for cloud in Cloud::ALL {
            let place = if let Some(labels) = labels_before(host, cloud.speech_suffix()) {
                regional(labels)
            } else if let Some(labels) = labels_before(host, cloud.token_suffix()) {
                labels.parse().ok().map(Place::Region)
            } else if let Some(labels) = labels_before(host, cloud.subdomain_suffix()) {
                // The private zone of a private endpoint has this label; the certificate is for the name without it.
                let name = labels.strip_suffix(".privatelink").unwrap_or(labels);
                is_name(name).then(|| Place::Subdomain(name.to_owned()))
            } else {
                continue;
            };
            return match place {
                Some(place) => Ok(Some(Self { cloud, place })),
                None if host.split('.').any(resembles_key) => Err(EndpointError::Key),
                None => Err(EndpointError::NoRegion { host: host.to_owned() }),
            };
        }
        Ok(None)
    }

    pub(crate) fn hosts(&self) -> Hosts {
        match &self.place {
            Place::Region(region) => Hosts {
                prefix: "",
                speech: format!("{region}.stt.{}", self.cloud.speech_suffix()),
                token: format!("{region}.{}", self.cloud.token_suffix()),
            },
            Place::Subdomain(name) => {
                let host = format!("{name}.{}", self.cloud.subdomain_suffix());
                Hosts { prefix: STT, speech: host.clone(), token: host }
            }
        }
    }
}

/// `{region}.stt`, or one of the other services that take the same tokens on hosts of their own.
fn regional(labels: &str) -> Option<Place> {
    let (region, "stt" | "s2s" | "tts" | "voice") = labels.split_once('.')? else { return None };
    region.parse().ok().map(Place::Region)
}

/// What stands before `suffix`, if the host ends in it: nothing, or labels without the dot at their end.
fn labels_before<'a>(host: &'a str, suffix: &str) -> Option<&'a str> {
    let labels = host.strip_suffix(suffix)?;
    if labels.is_empty() { Some(labels) } else { labels.strip_suffix('.') }
}

/// The name of a custom subdomain: letters, digits and hyphens, no hyphen at either end.
fn is_name(name: &str) -> bool {
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    let hyphen_at_end = name.starts_with('-') || name.ends_with('-');
    !name.is_empty() && name.bytes().all(legal) && !hyphen_at_end && !resembles_key(name)
}

/// What stands for the label `stt` of a regional host where all services share one host.
pub(crate) const STT: &str = "/stt";
