//! The name of a resource within Azure.

use std::{fmt, str::FromStr};

/// The id of a resource in Azure Resource Manager, which the portal shows under *Properties*.
///
/// A token of Microsoft Entra ID does not say which resource it is for, so this goes before it. It is no secret.
///
/// ```
/// use stt_auth::ResourceId;
///
/// let id = "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/speech/providers/\
///           Microsoft.CognitiveServices/accounts/my-resource";
/// assert!(id.parse::<ResourceId>().is_ok());
/// assert!("my-resource".parse::<ResourceId>().is_err());
/// ```
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct ResourceId(String);

impl ResourceId {
    /// The id as it was given.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ResourceId {
    type Err = ResourceIdError;

    fn from_str(given: &str) -> Result<Self, ResourceIdError> {
        let given = given.trim();
        let (start, rest) = given.split_at_checked(START.len()).unwrap_or_default();
        if !start.eq_ignore_ascii_case(START) || rest.is_empty() {
            return Err(ResourceIdError::NotAbsolute);
        }
        // The header that it goes into takes ASCII alone, and `#` ends the id there.
        let legal = |character: &char| character.is_ascii_graphic() && *character != '#';
        match given.chars().position(|character| !legal(&character)) {
            Some(index) => Err(ResourceIdError::Illegal { position: index + 1 }),
            None if MAX_LENGTH < given.len() => Err(ResourceIdError::TooLong),
            None => Ok(Self(given.to_owned())),
        }
    }
}

impl fmt::Display for ResourceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a text is not the id of a resource.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ResourceIdError {
    /// It has a character that cannot go into the header.
    #[error("the resource id has an illegal character at position {position}")]
    Illegal {
        /// Which character it is; the first is 1.
        position: usize,
    },
    /// It does not begin with `/subscriptions/`.
    #[error("the resource id does not begin with /subscriptions/")]
    NotAbsolute,
    /// It is longer than 2,048 characters.
    #[error("the resource id is too long")]
    TooLong,
}

const MAX_LENGTH: usize = 2048;
const START: &str = "/subscriptions/";

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(given: &str) -> ResourceIdError {
        given.parse::<ResourceId>().unwrap_err()
    }

    #[test]
    fn an_id_begins_with_its_subscription() {
        assert_eq!("/Subscriptions/1 ".parse::<ResourceId>().unwrap().as_str(), "/Subscriptions/1");
        for given in ["", "my-resource", "subscriptions/1", "/subscriptions/", "/subscriptionsé"] {
            assert_eq!(refused(given), ResourceIdError::NotAbsolute, "{given:?}");
        }
    }

    #[test]
    fn an_id_fits_into_the_header() {
        assert_eq!(refused("/subscriptions/1#2"), ResourceIdError::Illegal { position: 17 });
        assert_eq!(refused("/subscriptions/1\r\nX: y"), ResourceIdError::Illegal { position: 17 });
        assert_eq!(refused("/subscriptions/é"), ResourceIdError::Illegal { position: 16 });
        assert_eq!(refused(&format!("/subscriptions/{}", "1".repeat(2048))), ResourceIdError::TooLong);
    }
}
