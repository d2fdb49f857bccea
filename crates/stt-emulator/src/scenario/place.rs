//! Where in a text each value of a document stands.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use toml::de::{DeTable, DeValue};

/// One step from a value to a value inside it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Step {
    Index(usize),
    Key(String),
}

/// A value's place as byte offsets, with the places of the values inside it.
#[derive(Debug)]
pub(super) struct Place {
    /// Where the key begins, or the value if it has none.
    key: usize,
    value: usize,
    inside: Inside,
}

#[derive(Debug)]
enum Inside {
    List(Vec<Place>),
    Nothing,
    Table(BTreeMap<String, Place>),
}

/// The keys that an object has twice, each with its offset.
pub(super) type Doubles = Vec<(String, usize)>;

impl Place {
    /// The places in a TOML document.
    pub(super) fn of_toml(table: &DeTable<'_>) -> Self {
        Self { key: 0, value: 0, inside: inside_toml(table) }
    }

    /// The places in a JSON document that was found good, and the keys that are there twice.
    pub(super) fn of_json(text: &str) -> (Self, Doubles) {
        let mut doubles = Doubles::new();
        let place = match serde_json::from_str::<&RawValue>(text) {
            Ok(raw) => of_raw(raw, text, &mut doubles),
            Err(_) => Self { key: 0, value: 0, inside: Inside::Nothing },
        };
        (place, doubles)
    }

    /// The offset of what `path` leads to, or of the last value on the way that is there.
    ///
    /// A key is pointed at by its own place, an element of a list by that of its value.
    pub(super) fn find(&self, path: &[Step]) -> usize {
        let mut place = self;
        for step in path {
            let next = match (&place.inside, step) {
                (Inside::List(list), Step::Index(at)) => list.get(*at),
                (Inside::Table(table), Step::Key(key)) => table.get(key),
                _ => None,
            };
            let Some(next) = next else { break };
            place = next;
        }
        match path.last() {
            Some(Step::Key(_)) => place.key,
            _ => place.value,
        }
    }
}

fn inside_toml(table: &DeTable<'_>) -> Inside {
    let places = table.iter().map(|(key, value)| {
        let place = of_toml(value.get_ref(), key.span().start, value.span().start);
        (key.get_ref().clone().into_owned(), place)
    });
    Inside::Table(places.collect())
}

fn of_toml(value: &DeValue<'_>, key: usize, at: usize) -> Place {
    let inside = match value {
        DeValue::Array(list) => {
            let places = list.iter().map(|value| of_toml(value.get_ref(), value.span().start, value.span().start));
            Inside::List(places.collect())
        }
        DeValue::Table(table) => inside_toml(table),
        _ => Inside::Nothing,
    };
    Place { key, value: at, inside }
}

/// A raw value is a part of `text`, so that its address tells where.
fn of_raw(raw: &RawValue, text: &str, doubles: &mut Doubles) -> Place {
    let value = offset(raw.get(), text);
    let inside = match raw.get().as_bytes().first() {
        Some(b'{') => {
            let Fields(fields) = serde_json::from_str(raw.get()).unwrap_or_default();
            let mut places = BTreeMap::new();
            for (key, raw) in fields {
                let mut place = of_raw(raw, text, doubles);
                if let Cow::Borrowed(key) = &key {
                    // The quotation mark before it belongs to it.
                    place.key = offset(key, text).saturating_sub(1);
                }
                let at = place.key;
                if places.insert(key.clone().into_owned(), place).is_some() {
                    doubles.push((key.into_owned(), at));
                }
            }
            Inside::Table(places)
        }
        Some(b'[') => {
            let list: Vec<&RawValue> = serde_json::from_str(raw.get()).unwrap_or_default();
            Inside::List(list.into_iter().map(|raw| of_raw(raw, text, doubles)).collect())
        }
        _ => Inside::Nothing,
    };
    Place { key: value, value, inside }
}

fn offset(part: &str, text: &str) -> usize {
    (part.as_ptr() as usize).saturating_sub(text.as_ptr() as usize).min(text.len())
}

/// The fields of an object in their order, those of the same name too.
#[derive(Default)]
struct Fields<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Fields<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pairs;

        impl<'de> Visitor<'de> for Pairs {
            type Value = Fields<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields<'de>, A::Error> {
                let mut fields = Vec::new();
                while let Some((Key(key), value)) = map.next_entry()? {
                    fields.push((key, value));
                }
                Ok(Fields(fields))
            }
        }

        deserializer.deserialize_map(Pairs)
    }
}

#[derive(Deserialize)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

#[cfg(test)]
mod tests {
    use toml::de::DeTable;

    use super::{Place, Step};

    fn path(text: &str) -> Vec<Step> {
        let steps = text.split('.').filter(|step| !step.is_empty());
        steps.map(|step| step.parse().map_or_else(|_| Step::Key(step.to_owned()), Step::Index)).collect()
    }

    #[test]
    fn every_value_of_a_json_text_has_its_place() {
        let text = r#"{"a": 1, "b": [{"c": "x"}, {"\u0064": 2}], "a": 3}"#;
        let (place, doubles) = Place::of_json(text);
        let at = |wanted: &str| text.find(wanted).expect("it is there");
        assert_eq!(place.find(&path("b.0.c")), at("\"c\""));
        assert_eq!(place.find(&path("b.1")), at(r#"{"\u"#));
        assert_eq!(place.find(&path("b.1.d")), at("2}"), "a key with an escape is found by its value");
        assert_eq!(place.find(&path("b.7.c")), at("\"b\""), "the last that is there");
        assert_eq!(doubles, [("a".to_owned(), text.rfind("\"a\"").expect("twice"))]);
    }

    #[test]
    fn every_value_of_a_toml_text_has_its_place() {
        let text = "x = 1\n[[rule]]\nname = \"a\"\n[[rule.answer]]\ndisplay = \"b\"\nwords = [{ word = \"c\" }]\n";
        let place = Place::of_toml(DeTable::parse(text).expect("TOML").get_ref());
        let at = |wanted: &str| text.find(wanted).expect("it is there");
        assert_eq!(place.find(&path("rule.0.name")), at("name"));
        assert_eq!(place.find(&path("rule.0.answer.0.words.0.word")), at("word ="));
        assert_eq!(place.find(&path("rule.0.nothing")), at("[[rule]]"));
    }
}
