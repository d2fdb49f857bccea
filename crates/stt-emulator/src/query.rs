//! The query string, read once.

use percent_encoding::percent_decode_str;

/// Decoded pairs in the order in which they came.
#[derive(Clone, Debug, Default)]
pub(crate) struct Query(Vec<(String, String)>);

impl Query {
    pub(crate) fn read(raw: &str) -> Self {
        let pairs = raw.split('&').filter(|pair| !pair.is_empty());
        Self(
            pairs
                .map(|pair| {
                    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                    (decode(name), decode(value))
                })
                .collect(),
        )
    }

    /// The first value of `name`, whose case does not matter.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let first = self.0.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        first.map(|(_, value)| value.as_str())
    }

    pub(crate) fn pairs(&self) -> &[(String, String)] {
        &self.0
    }
}

fn decode(text: &str) -> String {
    let spaced = text.replace('+', " ");
    percent_decode_str(&spaced).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::Query;

    #[test]
    fn values_are_decoded_and_the_first_one_counts() {
        let query = Query::read("language=de-DE&a=1+2%263&LANGUAGE=en-US&flag");
        assert_eq!(query.get("Language"), Some("de-DE"));
        assert_eq!(query.get("a"), Some("1 2&3"));
        assert_eq!(query.get("flag"), Some(""));
        assert_eq!(query.get("b"), None);
    }
}
