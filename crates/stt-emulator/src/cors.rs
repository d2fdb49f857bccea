//! What a browser wants to hear before a page may post to the service.

use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_HEADERS,
    ACCESS_CONTROL_REQUEST_METHOD, ORIGIN,
};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method};

/// Whether the request asks on behalf of a page whether it may send another one.
pub(crate) fn is_preflight(head: &Parts) -> bool {
    head.method == Method::OPTIONS
        && head.headers.contains_key(ORIGIN)
        && head.headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD)
}

/// The fields for the answer to a page; a program that is no browser gets none.
pub(crate) fn fields(head: &Parts) -> HeaderMap {
    let mut fields = HeaderMap::new();
    if !head.headers.contains_key(ORIGIN) {
        return fields;
    }
    fields.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    if is_preflight(head) {
        fields.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("POST"));
        if let Some(wanted) = head.headers.get(ACCESS_CONTROL_REQUEST_HEADERS) {
            fields.insert(ACCESS_CONTROL_ALLOW_HEADERS, wanted.clone());
        }
        fields.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
    } else {
        let shown = HeaderValue::from_static("x-requestid, x-emulator-reason");
        fields.insert(ACCESS_CONTROL_EXPOSE_HEADERS, shown);
    }
    fields
}
