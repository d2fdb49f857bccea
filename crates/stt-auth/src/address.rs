//! The syntax of an endpoint: scheme, host, port and path, and nothing else.

use std::net::{Ipv4Addr, Ipv6Addr};

use crate::{
    EndpointError,
    given::{resembles_key, shown},
    region::suggestion,
};

/// What an endpoint says before anybody asks whose host it is.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct Address {
    /// Whether the text was one word without scheme, port and path.
    pub(crate) bare: bool,
    /// In lower case; an IPv6 address in its brackets.
    pub(crate) host: String,
    /// What the host is, where it is not a name.
    pub(crate) loopback: bool,
    /// Without a slash at its end: empty, or `/…`.
    pub(crate) path: String,
    /// Only where it is not the scheme's own.
    pub(crate) port: Option<u16>,
    pub(crate) secure: bool,
}

impl Address {
    pub(crate) fn parse(given: &str) -> Result<Self, EndpointError> {
        let given = given.trim();
        // Whoever pasted a password must not read it again in a message: these come before all that repeats text.
        if given.contains('@') {
            return Err(EndpointError::User);
        }
        if given.contains('#') {
            return Err(EndpointError::Fragment);
        }
        if given.contains('?') {
            return Err(EndpointError::Query);
        }
        if given.is_empty() {
            return Err(EndpointError::Empty);
        }
        let (scheme, rest) = match given.split_once("://") {
            Some((scheme, rest)) => (Some(scheme.to_ascii_lowercase()), rest),
            None => (None, given),
        };
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let (host, port) = split(authority)?;
        let loopback = loopback(&host);
        let secure = match scheme.as_deref() {
            Some("https" | "wss") => true,
            Some("http" | "ws") => false,
            Some(other) => return Err(EndpointError::Scheme { given: shown(other) }),
            // A container on this machine speaks plain HTTP, and every other host TLS.
            None => !loopback,
        };
        let own_port = if secure { 443 } else { 80 };
        Ok(Self {
            bare: scheme.is_none() && port.is_none() && path.is_empty() && !host.contains(['.', '[']) && !loopback,
            loopback,
            path: checked(path)?,
            port: port.filter(|port| *port != own_port),
            secure,
            host,
        })
    }

    /// `scheme://host[:port]`.
    pub(crate) fn origin(&self) -> String {
        let scheme = if self.secure { "https" } else { "http" };
        let port = self.port.map(|port| format!(":{port}")).unwrap_or_default();
        format!("{scheme}://{}{port}", self.host)
    }
}

fn split(authority: &str) -> Result<(String, Option<u16>), EndpointError> {
    let refused = || match authority.split(['.', ':']).any(resembles_key) {
        true => EndpointError::Key,
        false => EndpointError::Host { given: shown(authority), suggestion: suggestion(authority) },
    };
    let (host, port) = match authority.find(']') {
        Some(end) => match authority[end + 1..].strip_prefix(':') {
            Some(port) => (&authority[..=end], Some(port)),
            None => (authority, None),
        },
        None => match authority.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (authority, None),
        },
    };
    if resembles_key(host) || !is_host(host) {
        return Err(refused());
    }
    let digits = |port: &&str| port.bytes().all(|byte| byte.is_ascii_digit());
    let port = match port {
        Some(port) => match Some(port).filter(digits).and_then(|port| port.parse().ok()) {
            None | Some(0) => return Err(EndpointError::Port),
            port => port,
        },
        None => None,
    };
    Ok((host.to_ascii_lowercase(), port))
}

fn is_host(host: &str) -> bool {
    if let Some(address) = in_brackets(host) {
        return address.parse::<Ipv6Addr>().is_ok();
    }
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    let label = |label: &str| !label.is_empty() && label.len() <= 63 && label.bytes().all(legal);
    if 253 < host.len() || !host.split('.').all(label) {
        return false;
    }
    // Systems read 127.1 and 2130706433 as addresses: a host that ends in a number has to be one as everybody writes it.
    let last = host.rsplit('.').next().unwrap_or_default();
    let numeric = last.bytes().all(|byte| byte.is_ascii_digit()) || last.to_ascii_lowercase().starts_with("0x");
    !numeric || host.parse::<Ipv4Addr>().is_ok()
}

fn in_brackets(host: &str) -> Option<&str> {
    host.strip_prefix('[')?.strip_suffix(']')
}

/// 127.0.0.0/8, `::1`, and the name `localhost`; whoever connects checks what the name resolves to.
fn loopback(host: &str) -> bool {
    match in_brackets(host) {
        Some(address) => address.parse() == Ok(Ipv6Addr::LOCALHOST),
        None => host == "localhost" || host.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback()),
    }
}

fn checked(path: &str) -> Result<String, EndpointError> {
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~!$&'()*+,;=:%".contains(&byte);
    let path = path.trim_end_matches('/');
    let odd = path.split('/').skip(1).any(|segment| matches!(segment, "" | "." | ".."));
    if odd || !path.bytes().all(legal) {
        return Err(EndpointError::Path);
    }
    Ok(path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(given: &str) -> Option<String> {
        Address::parse(given).ok().map(|address| address.host)
    }

    #[test]
    fn a_host_is_a_name_or_an_address_as_everybody_writes_it() {
        for good in ["a.example", "my_box", "10.0.0.1", "[::1]", "[2001:db8::7]", "0xcafe.example", "1a.example"] {
            assert_eq!(host(good).as_deref(), Some(good));
        }
        let long = format!("{}.example", "a".repeat(64));
        for bad in [
            "a..b",
            ".",
            "a b",
            "é.example",
            "127.1",
            "2130706433",
            "0x7f000001",
            "256.0.0.1",
            "::1",
            "[::1",
            "[a]",
            "a%2e",
            &long,
        ] {
            assert_eq!(host(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn only_this_machine_is_loopback() {
        for (given, expected) in [
            ("http://localhost", true),
            ("http://LOCALHOST:5000", true),
            ("http://127.0.0.1", true),
            ("http://127.255.0.9:1", true),
            ("http://[::1]:5000", true),
            ("http://localhost.example", false),
            ("http://127.0.0.1.example", false),
            ("http://0.0.0.0", false),
            ("http://128.0.0.1", false),
            ("http://[::2]", false),
            ("http://[::ffff:127.0.0.1]", false),
        ] {
            assert_eq!(Address::parse(given).unwrap().loopback, expected, "{given}");
        }
    }

    #[test]
    fn a_port_is_a_number_from_1_to_65535() {
        assert_eq!(Address::parse("http://a:65535").unwrap().port, Some(65535));
        assert_eq!(Address::parse("https://a:443").unwrap().port, None);
        for port in ["", "0", "65536", "+80", "8o", "80:80"] {
            assert_eq!(Address::parse(&format!("http://a:{port}")), Err(EndpointError::Port), "{port:?}");
        }
    }
}
