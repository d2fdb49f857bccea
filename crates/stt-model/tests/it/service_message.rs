//! Error bodies in every form, and in forms that nobody has seen yet.

use stt_model::ServiceMessage;

fn check(body: impl AsRef<[u8]>, code: Option<&str>, message: Option<&str>) {
    let said = ServiceMessage::read(body.as_ref());
    let body = String::from_utf8_lossy(body.as_ref());
    assert_eq!((said.code.as_deref(), said.message.as_deref()), (code, message), "{body}");
}

#[test]
fn every_known_form_is_read() {
    check(r#"{"Message":"a"}"#, None, Some("a"));
    check(r#"{"message":"a"}"#, None, Some("a"));
    check(r#"{"statusCode":401,"message":"a"}"#, Some("401"), Some("a"));
    check(r#"{"StatusCode":"401","Message":"a"}"#, Some("401"), Some("a"));
    check(r#"{"code":"TooManyRequests","message":"a"}"#, Some("TooManyRequests"), Some("a"));
    check(r#"{"error":{"code":"404","message":"a","innererror":{"code":"x"}}}"#, Some("404"), Some("a"));
    check(r#"{"Error":{"Code":404,"Message":"a"}}"#, Some("404"), Some("a"));
    check(r#"{"error":"a"}"#, None, Some("a"));
    check(r#"{"code":"7","error":"a"}"#, Some("7"), Some("a"));
    check(r#""a""#, None, Some("a"));
    check("a sentence", None, Some("a sentence"));
    check("<html><head><TITLE lang=en> Bing\n</TITLE></head></html>", None, Some("Bing"));
    check("", None, None);
    check(" \r\n ", None, None);
    check("{}", None, None);
}

#[test]
fn a_byte_order_mark_is_no_part_of_the_message() {
    check("\u{feff}{\"Message\":\"a\"}", None, Some("a"));
    check("\u{feff}a", None, Some("a"));
    check("\u{feff}", None, None);
}

#[test]
fn an_unknown_form_is_shown_as_it_is() {
    check(r#"{"detail":"a"}"#, None, Some(r#"{"detail":"a"}"#));
    check(r#"{"error":{"detail":"a"}}"#, None, Some(r#"{"error":{"detail":"a"}}"#));
    check(r#"{"error":null,"message":"a"}"#, None, Some("a"));
    check(r#"{"message":["a"]}"#, None, Some(r#"{"message":["a"]}"#));
    check("[1]", None, Some("[1]"));
    check("<p>a</p>", None, Some("<p>a</p>"));
    check("<title></title>", None, Some("<title></title>"));
    check(r#"{"message":"a"#, None, Some(r#"{"message":"a"#));
    check(b"a\xFFb", None, Some("a\u{fffd}b"));
}

#[test]
fn nothing_that_a_terminal_obeys_gets_through() {
    check("\x1b[31mred\x07\r\nb\tc\x7f", None, Some(r"\u{1b}[31mred\u{7}\r\nb\tc\u{7f}"));
    check("a\u{202e}b\u{2066}c\u{9b}2J", None, Some(r"a\u{202e}b\u{2066}c\u{9b}2J"));
    check(r#"{"code":"\u001b]0;x\u0007","message":"\u001bc"}"#, Some(r"\u{1b}]0;x\u{7}"), Some(r"\u{1b}c"));
    check("Zugriff verweigert: Schlüssel 键", None, Some("Zugriff verweigert: Schlüssel 键"));
}

#[test]
fn a_long_message_ends_after_three_hundred_characters() {
    check("ü".repeat(300), None, Some("ü".repeat(300).as_str()));
    check("ü".repeat(301), None, Some(format!("{}…", "ü".repeat(299)).as_str()));
    check("\x1b".repeat(1000), None, Some(format!("{}…", &r"\u{1b}".repeat(50)[..299]).as_str()));
}
