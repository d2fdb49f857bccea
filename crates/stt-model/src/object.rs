//! Reading and writing of the service's JSON objects from one table of wire names per type.
//!
//! What a derived reader does not do: an array in the place of an object is refused, `null` counts
//! as absent, numbers may stand as text, and the scores of pronunciation assessment are found both
//! where the REST API puts them (beside the other fields) and where the Speech SDK's JSON puts them
//! (in a `PronunciationAssessment` object).

use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Serialize};

use crate::lenient::Lenient;

/// A type that is one JSON object on the wire; implemented by [`object!`].
pub(crate) trait Object: Sized {
    /// The name without which the object is refused.
    const REQUIRED: Option<&'static str>;
    /// The names of all fields; those from `ASSESSED` on may also stand in the nested object.
    const NAMES: &'static [&'static str];
    /// The index of the first name that may also stand in the nested object.
    const ASSESSED: usize;

    /// The value before anything is read.
    fn blank() -> Self;

    /// Reads the value of the field `NAMES[index]`.
    fn read_field<'de, A: MapAccess<'de>>(&mut self, index: usize, map: &mut A) -> Result<(), A::Error>;

    /// Takes from the nested object the assessed fields that `self` has not.
    fn adopt(&mut self, _nested: Self) {}
}

/// One field of an [`Object`].
pub(crate) trait Field: Serialize + Sized {
    /// Reads the value that comes next.
    fn read<'de, A: MapAccess<'de>>(map: &mut A) -> Result<Self, A::Error>;

    /// Whether the field is left out when the object is written.
    fn is_absent(&self) -> bool {
        false
    }
}

impl<T> Field for Option<T>
where
    T: Serialize,
    Lenient<T>: for<'de> Deserialize<'de>,
{
    fn read<'de, A: MapAccess<'de>>(map: &mut A) -> Result<Self, A::Error> {
        let value: Option<Lenient<T>> = map.next_value()?;
        Ok(value.map(|value| value.0))
    }

    fn is_absent(&self) -> bool {
        self.is_none()
    }
}

impl<T> Field for Vec<T>
where
    T: Serialize,
    Lenient<T>: for<'de> Deserialize<'de>,
{
    fn read<'de, A: MapAccess<'de>>(map: &mut A) -> Result<Self, A::Error> {
        let values: Option<Vec<Lenient<T>>> = map.next_value()?;
        Ok(values.unwrap_or_default().into_iter().map(|value| value.0).collect())
    }

    fn is_absent(&self) -> bool {
        self.is_empty()
    }
}

impl Field for String {
    fn read<'de, A: MapAccess<'de>>(map: &mut A) -> Result<Self, A::Error> {
        Ok(Option::read(map)?.unwrap_or_default())
    }
}

/// Reads an object whose assessed fields may stand in it or one level deeper.
pub(crate) fn read<'de, T: Object, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    deserializer.deserialize_map(Fields::<T> { names: T::NAMES, nested: false, object: PhantomData })
}

/// The fields of one object, or of the nested object inside it.
struct Fields<T> {
    names: &'static [&'static str],
    nested: bool,
    object: PhantomData<T>,
}

impl<'de, T: Object> Visitor<'de> for Fields<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match T::REQUIRED {
            Some(name) => write!(f, "an object with {name}"),
            None => f.write_str("an object"),
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<T, A::Error> {
        let mut object = T::blank();
        let mut nested = None;
        let mut seen = 0u32;
        let deeper = !self.nested && T::ASSESSED < T::NAMES.len();
        while let Some(name) = map.next_key_seed(Name { names: self.names, deeper })? {
            let Some(index) = name else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            let bit = 1 << index;
            if seen & bit != 0 {
                return Err(A::Error::duplicate_field(self.names.get(index).unwrap_or(&NESTED)));
            }
            seen |= bit;
            if index == self.names.len() {
                nested = map.next_value::<Option<Nested<T>>>()?;
            } else {
                let shift = if self.nested { T::ASSESSED } else { 0 };
                object.read_field(shift + index, &mut map)?;
            }
        }
        if let Some(Nested(nested)) = nested {
            object.adopt(nested);
        }
        if let Some(required) = T::REQUIRED
            && self.names.iter().position(|name| *name == required).is_none_or(|index| seen & (1 << index) == 0)
        {
            return Err(A::Error::missing_field(required));
        }
        Ok(object)
    }
}

/// The nested object: the assessed fields of `T` and nothing else.
struct Nested<T>(T);

impl<'de, T: Object> Deserialize<'de> for Nested<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let fields = Fields { names: &T::NAMES[T::ASSESSED..], nested: true, object: PhantomData };
        deserializer.deserialize_map(fields).map(Self)
    }
}

/// Finds a field's name without copying it: its index, the number of names for the nested object,
/// `None` if unknown.
struct Name {
    names: &'static [&'static str],
    deeper: bool,
}

impl<'de> DeserializeSeed<'de> for Name {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<usize>, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for Name {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a field name")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Option<usize>, E> {
        let own = self.names.iter().position(|known| *known == name);
        Ok(own.or_else(|| (self.deeper && name == NESTED).then_some(self.names.len())))
    }
}

/// Where the Speech SDK's JSON keeps the assessment of a phrase, word, syllable or phoneme.
const NESTED: &str = "PronunciationAssessment";

/// Makes a struct one JSON object: `"Name" => field` for each field, in the order in which they are
/// written.
///
/// Fields in `assessed { … }` are read flat or from the nested object (the flat one wins) and
/// written flat.
macro_rules! object {
    ($type:ident { $($fields:tt)* }) => {
        $crate::object::object!($type, $type::default(), None, { $($fields)* });
    };
    ($type:ident, $blank:expr, $required:expr, {
        $($name:literal => $($field:ident).+,)*
        $(assessed { $($inner:literal => $($assessed:ident).+,)* })?
    }) => {
        impl $crate::object::Object for $type {
            const REQUIRED: Option<&'static str> = $required;
            const NAMES: &'static [&'static str] = &[$($name,)* $($($inner,)*)?];
            const ASSESSED: usize = { const OWN: &[&str] = &[$($name),*]; OWN.len() };

            fn blank() -> Self {
                $blank
            }

            fn read_field<'de, A: serde::de::MapAccess<'de>>(
                &mut self,
                index: usize,
                map: &mut A,
            ) -> Result<(), A::Error> {
                let readers: &[fn(&mut Self, &mut A) -> Result<(), A::Error>] = &[
                    $(|this, map| { this.$($field).+ = $crate::object::Field::read(map)?; Ok(()) },)*
                    $($(|this, map| { this.$($assessed).+ = $crate::object::Field::read(map)?; Ok(()) },)*)?
                ];
                readers[index](self, map)
            }

            $(fn adopt(&mut self, nested: Self) {
                $(
                    if $crate::object::Field::is_absent(&self.$($assessed).+) {
                        self.$($assessed).+ = nested.$($assessed).+;
                    }
                )*
            })?
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::object::read(deserializer)
            }
        }

        impl<'de> serde::Deserialize<'de> for $crate::lenient::Lenient<$type> {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::object::read(deserializer).map(Self)
            }
        }

        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                use serde::ser::SerializeMap;
                let mut map = serializer.serialize_map(None)?;
                $(
                    if !$crate::object::Field::is_absent(&self.$($field).+) {
                        map.serialize_entry($name, &self.$($field).+)?;
                    }
                )*
                $($(
                    if !$crate::object::Field::is_absent(&self.$($assessed).+) {
                        map.serialize_entry($inner, &self.$($assessed).+)?;
                    }
                )*)?
                map.end()
            }
        }
    };
}
pub(crate) use object;
