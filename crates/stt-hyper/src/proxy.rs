//! A proxy, and what goes through it.

use std::{fmt, net::IpAddr};

use base64::{Engine, prelude::BASE64_STANDARD};
use http::{HeaderValue, Uri};
use percent_encoding::percent_decode_str;

use crate::build_error::BuildError;

/// An HTTP proxy that opens connections to the service, by the method `CONNECT`.
///
/// It carries TLS and cannot read it: it learns the name of the host and no key, no audio and no answer. The user and
/// password of its URL go to it alone.
///
/// Resources that are reached over `http` are on this machine, so they, and all hosts that are named `localhost` or by
/// a loopback address, are never asked through a proxy.
///
/// ```
/// use stt_hyper::{Client, Proxy, Resource};
///
/// let proxy = Proxy::new("http://proxy.example:3128")?.bypass(".internal.example, 10.0.0.0/8");
/// assert!(proxy.covers("westeurope.stt.speech.microsoft.com", 443));
/// assert!(!proxy.covers("speech.internal.example", 443));
///
/// let resource = Resource::new("westeurope", "0123456789abcdef")?;
/// let client = Client::builder(resource).proxy(proxy).build()?;
/// # let _ = client;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
#[derive(Clone)]
pub struct Proxy {
    /// As in a URL: an IPv6 address in brackets.
    host: String,
    port: u16,
    authorization: Option<HeaderValue>,
    bypass: Vec<Bypass>,
}

/// Why a text is not the URL of a proxy. What the text was is not told, because it may hold a password.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ProxyError {
    /// There is more than a host, a port, and a user with password.
    #[error("the URL of a proxy ends after the host and the port")]
    Path,
    /// The proxy is to be spoken to in another way, such as SOCKS or inside TLS.
    #[error("a proxy has to be of the kind http://host:port")]
    Scheme,
    /// It is not a URL, or has no host.
    #[error("this is not the URL of a proxy, which is like http://host:port")]
    Url,
}

impl Proxy {
    /// A proxy by its URL, such as `http://user:password@proxy.example:3128`; user, password and scheme may be missing.
    ///
    /// Without a port it is 80. User and password are decoded, so that they may hold any character as `%` and two digits.
    ///
    /// # Errors
    ///
    /// [`ProxyError`].
    pub fn new(url: &str) -> Result<Self, ProxyError> {
        let url: Uri = url.trim().parse().map_err(|_| ProxyError::Url)?;
        if url.scheme_str().is_some_and(|scheme| scheme != "http") {
            return Err(ProxyError::Scheme);
        }
        let authority = url.authority().ok_or(ProxyError::Url)?;
        if url.path_and_query().is_some_and(|rest| !matches!(rest.as_str(), "" | "/")) {
            return Err(ProxyError::Path);
        }
        let (user, place) = match authority.as_str().rsplit_once('@') {
            Some((user, place)) => (Some(user), place),
            None => (None, authority.as_str()),
        };
        // A port that is no number between 0 and 65,535 leaves no port, but a colon.
        let port = match place.strip_prefix(authority.host()) {
            Some("") => 80,
            Some(_) => authority.port_u16().ok_or(ProxyError::Url)?,
            None => return Err(ProxyError::Url),
        };
        if authority.host().is_empty() {
            return Err(ProxyError::Url);
        }
        Ok(Self {
            host: authority.host().to_owned(),
            port,
            authorization: user.map(basic).transpose()?,
            bypass: Vec::new(),
        })
    }

    /// Leaves out the hosts in this list, as the variable `NO_PROXY` has it: separated by commas or blanks.
    ///
    /// `example.com`, with or without a dot or `*.` before it, is that host and all below it, and `example.com:8443` the
    /// same on one port. `10.1.2.3` is one address, `10.0.0.0/8` a network, and `*` is everything.
    pub fn bypass(mut self, hosts: &str) -> Self {
        let entries = hosts.split([',', ' ', '\t', '\n']).filter(|entry| !entry.is_empty());
        self.bypass.extend(entries.map(Bypass::new));
        self
    }

    /// The proxy that variables name, which are looked up by name, such as those of the environment.
    ///
    /// `https_proxy`, `HTTPS_PROXY`, `all_proxy` and `ALL_PROXY` are asked in this order, and `no_proxy` or else
    /// `NO_PROXY` for the hosts that it leaves out. A variable that is empty counts as missing. `http_proxy` is not
    /// asked, because what it is meant for is never sent through a proxy.
    ///
    /// ```
    /// use stt_hyper::Proxy;
    ///
    /// let proxy = Proxy::from_vars(|name| (name == "HTTPS_PROXY").then(|| "http://proxy.example:3128".to_owned()))?;
    /// assert_eq!(proxy.unwrap().to_string(), "proxy.example:3128");
    /// # Ok::<(), stt_hyper::BuildError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`BuildError::Variable`] for one that cannot be used.
    pub fn from_vars(find: impl Fn(&str) -> Option<String>) -> Result<Option<Self>, BuildError> {
        let first = |names: &[&'static str]| {
            let mut found = names.iter().filter_map(|name| Some((*name, find(name)?)));
            found.find(|(_, value)| !value.trim().is_empty())
        };
        let Some((name, url)) = first(&["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]) else {
            return Ok(None);
        };
        let proxy = Self::new(&url).map_err(|error| BuildError::Variable { name, source: error.into() })?;
        let bypass = first(&["no_proxy", "NO_PROXY"]).map(|(_, hosts)| hosts).unwrap_or_default();
        Ok(Some(proxy.bypass(&bypass)))
    }

    /// Whether connections by TLS to this host and port go through it.
    #[must_use]
    pub fn covers(&self, host: &str, port: u16) -> bool {
        let host = host.trim_start_matches('[').trim_end_matches(']').trim_end_matches('.').to_ascii_lowercase();
        let address: Option<IpAddr> = host.parse().ok();
        let at_home = host == "localhost" || address.is_some_and(|address| address.is_loopback());
        !at_home && !self.bypass.iter().any(|bypass| bypass.matches(&host, address, port))
    }

    /// The host without the brackets of an IPv6 address.
    pub(crate) fn host(&self) -> &str {
        self.host.trim_start_matches('[').trim_end_matches(']')
    }

    pub(crate) const fn port(&self) -> u16 {
        self.port
    }

    /// What the proxy is told about who asks.
    pub(crate) const fn authorization(&self) -> Option<&HeaderValue> {
        self.authorization.as_ref()
    }
}

impl fmt::Display for Proxy {
    /// The host and the port.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Proxy").field(&format_args!("{self}")).finish()
    }
}

/// A rule for hosts that are asked directly.
#[derive(Clone, Debug, Eq, PartialEq)]
enum Bypass {
    All,
    /// A host and all below it, on one port or on all.
    Host(String, Option<u16>),
    Network(IpAddr, u32),
}

impl Bypass {
    fn new(entry: &str) -> Self {
        if entry == "*" {
            return Self::All;
        }
        if let Some((address, bits)) = entry.split_once('/')
            && let (Ok(address), Ok(bits)) = (address.parse(), bits.parse())
        {
            return Self::Network(address, bits);
        }
        let entry = entry.to_ascii_lowercase();
        // The colons of an IPv6 address without brackets do not lead to a port.
        let (host, port) = match entry.rsplit_once(':') {
            Some((host, port)) if !host.contains(':') || host.ends_with(']') => (host, port.parse().ok()),
            _ => (entry.as_str(), None),
        };
        let host = host.trim_start_matches('[').trim_end_matches(']').trim_start_matches("*.");
        Self::Host(host.trim_matches('.').to_owned(), port)
    }

    fn matches(&self, host: &str, address: Option<IpAddr>, port: u16) -> bool {
        match self {
            Self::All => true,
            Self::Host(_, Some(only)) if *only != port => false,
            Self::Host(name, _) => match address {
                Some(address) => name.parse() == Ok(address),
                None => host.strip_suffix(name.as_str()).is_some_and(|rest| rest.is_empty() || rest.ends_with('.')),
            },
            Self::Network(network, bits) => address.is_some_and(|address| within(*network, *bits, address)),
        }
    }
}

/// Whether the first bits of both are the same.
fn within(network: IpAddr, bits: u32, address: IpAddr) -> bool {
    match (network, address) {
        (IpAddr::V4(network), IpAddr::V4(address)) if bits <= 32 => {
            (network.to_bits() ^ address.to_bits()).checked_shr(32 - bits).unwrap_or(0) == 0
        }
        (IpAddr::V6(network), IpAddr::V6(address)) if bits <= 128 => {
            (network.to_bits() ^ address.to_bits()).checked_shr(128 - bits).unwrap_or(0) == 0
        }
        _ => false,
    }
}

/// User and password of a URL as the proxy wants them.
fn basic(user: &str) -> Result<HeaderValue, ProxyError> {
    let (user, password) = user.split_once(':').unwrap_or((user, ""));
    let mut plain: Vec<u8> = percent_decode_str(user).collect();
    plain.push(b':');
    plain.extend(percent_decode_str(password));
    let mut value =
        HeaderValue::try_from(format!("Basic {}", BASE64_STANDARD.encode(plain))).map_err(|_| ProxyError::Url)?;
    value.set_sensitive(true);
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOST: &str = "westeurope.stt.speech.microsoft.com";

    fn from(variables: &[(&str, &str)]) -> Result<Option<Proxy>, BuildError> {
        Proxy::from_vars(|name| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn a_url_is_taken_apart() {
        for (url, shown, authorization) in [
            ("http://proxy.example:3128", "proxy.example:3128", None),
            ("proxy.example:3128", "proxy.example:3128", None),
            ("HTTP://proxy.example/", "proxy.example:80", None),
            (" proxy ", "proxy:80", None),
            ("http://[::1]:8080", "[::1]:8080", None),
            // The example of RFC 7617, and one with the characters that a URL cannot hold.
            ("http://Aladdin:open%20sesame@proxy:1", "proxy:1", Some("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==")),
            ("u%40h:p%3Aw@proxy:1", "proxy:1", Some("Basic dUBoOnA6dw==")),
            ("http://user@proxy:1", "proxy:1", Some("Basic dXNlcjo=")),
        ] {
            let proxy = Proxy::new(url).unwrap();
            assert_eq!(proxy.to_string(), shown, "{url}");
            assert_eq!(proxy.authorization().map(|value| value.to_str().unwrap()), authorization, "{url}");
        }
    }

    #[test]
    fn what_is_no_proxy_is_refused_without_its_password() {
        for (url, error) in [
            ("", ProxyError::Url),
            ("http://", ProxyError::Url),
            ("http://proxy:99999", ProxyError::Url),
            ("http://proxy:", ProxyError::Url),
            ("http://proxy:x", ProxyError::Url),
            ("http://user:canary@", ProxyError::Url),
            ("http://user:can ary@proxy", ProxyError::Url),
            ("/path", ProxyError::Url),
            ("https://user:canary@proxy:3128", ProxyError::Scheme),
            ("socks5://proxy:1080", ProxyError::Scheme),
            ("http://proxy:3128/path", ProxyError::Path),
            ("http://proxy:3128?query", ProxyError::Path),
        ] {
            assert_eq!(Proxy::new(url).unwrap_err(), error, "{url}");
        }
        let shown = format!("{:?}", Proxy::new("http://user:canary@proxy:3128").unwrap());
        assert_eq!(shown, "Proxy(proxy:3128)");
        let error = from(&[("HTTPS_PROXY", "https://user:canary@proxy")]).unwrap_err();
        assert_eq!(error.to_string(), "HTTPS_PROXY cannot be used");
        assert!(!format!("{error:?}").contains("canary"));
    }

    #[test]
    fn variables_are_asked_in_their_order() {
        let all = [("ALL_PROXY", "d"), ("all_proxy", "c"), ("HTTPS_PROXY", "b"), ("https_proxy", "a")];
        for (count, expected) in [(1, "d:80"), (2, "c:80"), (3, "b:80"), (4, "a:80")] {
            assert_eq!(from(&all[..count]).unwrap().unwrap().to_string(), expected);
        }
        let none = [("https_proxy", " "), ("http_proxy", "a"), ("HTTP_PROXY", "a"), ("NO_PROXY", "b")];
        assert!(from(&none).unwrap().is_none());
        let some = from(&[("https_proxy", ""), ("HTTPS_PROXY", "b"), ("NO_PROXY", "x.example"), ("no_proxy", "")]);
        let proxy = some.unwrap().unwrap();
        assert!(proxy.covers(HOST, 443) && !proxy.covers("x.example", 443));
    }

    #[test]
    fn hosts_that_are_left_out() {
        for (list, host, port, covered) in [
            ("", HOST, 443, true),
            ("*", HOST, 443, false),
            ("microsoft.com", HOST, 443, false),
            ("a, .Microsoft.com ,b", HOST, 443, false),
            ("*.microsoft.com", HOST, 443, false),
            ("soft.com", HOST, 443, true),
            ("microsoft.com:443", HOST, 443, false),
            ("microsoft.com:8443", HOST, 443, true),
            (HOST, "WestEurope.STT.speech.microsoft.com.", 443, false),
            ("10.0.0.0/8", "10.200.3.4", 443, false),
            ("10.0.0.0/8", "11.200.3.4", 443, true),
            ("0.0.0.0/0", "11.200.3.4", 443, false),
            ("10.0.0.0/33", "10.0.0.0", 443, true),
            ("10.0.0.1", "10.0.0.1", 443, false),
            ("0.0.1", "10.0.0.1", 443, true),
            ("fd00::/8", "[fd12::1]", 443, false),
            ("fd00::/8", "[fe12::1]", 443, true),
            ("10.0.0.0/8", "[fd12::1]", 443, true),
            ("fd12::1", "[fd12:0::1]", 443, false),
            ("[fd12::1]:8443", "[fd12::1]", 443, true),
            ("[fd12::1]:443", "[fd12::1]", 443, false),
            // This machine is never asked through another one.
            ("", "localhost", 443, false),
            ("", "127.9.9.9", 443, false),
            ("", "[::1]", 443, false),
            ("", "localhost.example", 443, true),
        ] {
            assert_eq!(Proxy::new("proxy:1").unwrap().bypass(list).covers(host, port), covered, "{list} {host}:{port}");
        }
    }
}
