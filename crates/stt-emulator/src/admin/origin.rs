//! Who may use the admin paths.

use std::net::IpAddr;

use http::HeaderValue;
use http::header::{HOST, ORIGIN};
use http::request::Parts;
use http::uri::Authority;

/// Whether a request, which came over TLS or not, comes from this machine and from no other site's page.
///
/// A page whose name was made to point at this machine still sends that name as Host; any other page sends its Origin,
/// or a browser says so in `Sec-Fetch-Site`.
pub(super) fn is_local(head: &Parts, tls: bool) -> Result<(), &'static str> {
    let host = head.headers.get(HOST).map(HeaderValue::as_bytes);
    let host = host.or_else(|| head.uri.authority().map(|authority| authority.as_str().as_bytes()));
    let host: Option<Authority> = host.and_then(|host| Authority::try_from(host).ok());
    let Some(host) = host.filter(|authority| is_loopback(authority.host())) else {
        return Err("admin paths answer only where Host is this machine");
    };
    if let Some(origin) = head.headers.get(ORIGIN) {
        let scheme = if tls { "https://" } else { "http://" };
        let own = origin.to_str().ok().and_then(|origin| origin.strip_prefix(scheme));
        if own.is_none_or(|own| !own.eq_ignore_ascii_case(host.as_str())) {
            return Err("admin paths answer no page of another origin");
        }
    }
    match head.headers.get("sec-fetch-site").map(HeaderValue::as_bytes) {
        None | Some(b"same-origin" | b"none") => Ok(()),
        Some(_) => Err("admin paths answer no page of another site"),
    }
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    bare.eq_ignore_ascii_case("localhost") || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::is_local;

    fn is_answered(headers: &[(&str, &str)]) -> bool {
        is_answered_over(false, headers)
    }

    fn is_answered_over(tls: bool, headers: &[(&str, &str)]) -> bool {
        let request = headers
            .iter()
            .fold(Request::get("/__emulator/health"), |request, (name, value)| request.header(*name, *value));
        let (head, ()) = request.body(()).expect("a request").into_parts();
        is_local(&head, tls).is_ok()
    }

    #[test]
    fn this_machine_is_answered_under_each_of_its_names() {
        for host in ["127.0.0.1:10788", "localhost:10788", "localhost", "LOCALHOST", "[::1]:10788", "127.8.9.1"] {
            assert!(is_answered(&[("host", host)]), "{host}");
        }
    }

    #[test]
    fn other_hosts_and_pages_are_not_answered() {
        let local = ("host", "127.0.0.1:10788");
        for headers in [
            vec![],
            vec![("host", "emulator.example:10788")],
            vec![("host", "localhost.example")],
            vec![("host", "192.168.0.1")],
            vec![("host", "user@")],
            vec![local, ("origin", "http://example.com")],
            vec![local, ("origin", "null")],
            vec![local, ("origin", "https://127.0.0.1:10788")],
            vec![local, ("origin", "http://127.0.0.1:80")],
            vec![local, ("sec-fetch-site", "cross-site")],
        ] {
            assert!(!is_answered(&headers), "{headers:?}");
        }
    }

    #[test]
    fn the_emulators_own_page_is_answered() {
        let own =
            [("host", "localhost:10788"), ("origin", "http://localhost:10788"), ("sec-fetch-site", "same-origin")];
        assert!(is_answered(&own));
        assert!(!is_answered_over(true, &own));
        assert!(is_answered_over(true, &[("host", "localhost:10788"), ("origin", "https://localhost:10788")]));
    }
}
