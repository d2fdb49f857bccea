//! A region of the service, by its identifier.

use std::{fmt, str::FromStr};

use crate::{
    Cloud,
    given::{did_you_mean, resembles_key, shown},
};

/// The identifier of a region, such as `westeurope`.
///
/// Any name of 1 to 32 lower-case letters, digits and hyphens is a region, because Microsoft opens new ones; those known
/// to this crate serve as hints. What is refused would make another host out of the name, or is plainly something else.
///
/// ```
/// use stt_auth::{Cloud, Region};
///
/// let region: Region = "westeurope".parse()?;
/// assert_eq!(region.name(), Some("West Europe"));
/// assert_eq!(region.cloud(), Cloud::Public);
///
/// let error = "West Europe".parse::<Region>().unwrap_err();
/// assert_eq!(error.suggestion(), Some("westeurope"));
/// # Ok::<(), stt_auth::RegionError>(())
/// ```
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Region(String);

impl Region {
    /// The identifier.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The cloud of the region: `china…` is 21Vianet's, `usgov…` the government's.
    ///
    /// This is the rule by which Microsoft's Speech SDK for JavaScript chooses host names.
    #[must_use]
    pub fn cloud(&self) -> Cloud {
        if self.0.starts_with("china") {
            Cloud::China
        } else if self.0.starts_with("usgov") {
            Cloud::UsGovernment
        } else {
            Cloud::Public
        }
    }

    /// The name that the portal shows, for a region that this crate knows.
    #[must_use]
    pub fn name(&self) -> Option<&'static str> {
        KNOWN.iter().find(|(id, _)| *id == self.0).map(|(_, name)| *name)
    }

    /// Whether Microsoft's page of regions listed this one for real-time speech to text when this crate was written.
    #[must_use]
    pub fn is_known(&self) -> bool {
        self.name().is_some()
    }

    /// The regions of Microsoft's page of regions (November 2025) and of its page on sovereign clouds.
    pub fn known() -> impl Iterator<Item = Self> {
        KNOWN.iter().map(|(id, _)| Self((*id).to_owned()))
    }
}

impl FromStr for Region {
    type Err = RegionError;

    fn from_str(given: &str) -> Result<Self, RegionError> {
        if resembles_key(given) {
            return Err(RegionError::Key);
        }
        let legal = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if given.is_empty() || MAX_LENGTH < given.len() || !given.bytes().all(legal) {
            let suggestion = suggestion(given);
            return Err(RegionError::Illegal { given: shown(given), suggestion });
        }
        if resembles_language(given) {
            return Err(RegionError::Language { given: given.to_owned() });
        }
        if given.starts_with('-') || given.ends_with('-') {
            return Err(RegionError::Illegal { given: given.to_owned(), suggestion: suggestion(given) });
        }
        Ok(Self(given.to_owned()))
    }
}

impl AsRef<str> for Region {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a text is not a region.
#[non_exhaustive]
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum RegionError {
    /// It has characters that no region has, or is empty or too long.
    #[error("\"{given}\" is not a region name (letters, digits, hyphen){}", did_you_mean(*.suggestion))]
    Illegal {
        /// What was given, shortened, its control characters escaped.
        given: String,
        /// The known region that was probably meant.
        suggestion: Option<&'static str>,
    },
    /// It looks like a key, which would end up in the name of a host; it is not repeated here.
    #[error("the region looks like a key")]
    Key,
    /// It is a language tag.
    #[error("\"{given}\" is a language, not a region name")]
    Language {
        /// What was given.
        given: String,
    },
}

impl RegionError {
    /// The known region that was probably meant: `East US` and `EASTUS` mean `eastus`.
    #[must_use]
    pub const fn suggestion(&self) -> Option<&'static str> {
        match self {
            Self::Illegal { suggestion, .. } => *suggestion,
            Self::Key | Self::Language { .. } => None,
        }
    }
}

/// The known region whose identifier or name this is, but for case, spaces and hyphens.
pub(crate) fn suggestion(given: &str) -> Option<&'static str> {
    let plain: String = given.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    KNOWN.iter().map(|(id, _)| *id).find(|id| *id == plain)
}

/// Two or three letters, a hyphen, two letters: `en-us` would pass for a region and never be found.
fn resembles_language(given: &str) -> bool {
    let letters = |part: &str| part.bytes().all(|byte| byte.is_ascii_alphabetic());
    given.split_once('-').is_some_and(|(language, country)| {
        matches!(language.len(), 2 | 3) && country.len() == 2 && letters(language) && letters(country)
    })
}

const MAX_LENGTH: usize = 32;

/// Identifier and name of every region that does real-time speech to text.
const KNOWN: [(&str, &str); 38] = [
    ("australiaeast", "Australia East"),
    ("brazilsouth", "Brazil South"),
    ("canadacentral", "Canada Central"),
    ("canadaeast", "Canada East"),
    ("centralindia", "Central India"),
    ("centralus", "Central US"),
    ("chinaeast2", "China East 2"),
    ("chinanorth2", "China North 2"),
    ("chinanorth3", "China North 3"),
    ("eastasia", "East Asia"),
    ("eastus", "East US"),
    ("eastus2", "East US 2"),
    ("francecentral", "France Central"),
    ("germanywestcentral", "Germany West Central"),
    ("italynorth", "Italy North"),
    ("japaneast", "Japan East"),
    ("japanwest", "Japan West"),
    ("koreacentral", "Korea Central"),
    ("northcentralus", "North Central US"),
    ("northeurope", "North Europe"),
    ("norwayeast", "Norway East"),
    ("qatarcentral", "Qatar Central"),
    ("southafricanorth", "South Africa North"),
    ("southcentralus", "South Central US"),
    ("southeastasia", "Southeast Asia"),
    ("swedencentral", "Sweden Central"),
    ("switzerlandnorth", "Switzerland North"),
    ("switzerlandwest", "Switzerland West"),
    ("uaenorth", "UAE North"),
    ("uksouth", "UK South"),
    ("ukwest", "UK West"),
    ("usgovarizona", "US Gov Arizona"),
    ("usgovvirginia", "US Gov Virginia"),
    ("westcentralus", "West Central US"),
    ("westeurope", "West Europe"),
    ("westus", "West US"),
    ("westus2", "West US 2"),
    ("westus3", "West US 3"),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(given: &str) -> String {
        given.parse::<Region>().unwrap_err().to_string()
    }

    #[test]
    fn what_would_lead_to_another_host_is_no_region() {
        assert_eq!(refused("eastus@evil.com"), "\"eastus@evil.com\" is not a region name (letters, digits, hyphen)");
        for given in ["eastus.evil.com#", "", "a/b", "a?b", "a:b", "a\\b", "a%2eb", "é", "-eastus", "eastus-"] {
            assert!(given.parse::<Region>().is_err(), "{given:?}");
        }
        assert!("z".repeat(32).parse::<Region>().is_ok());
        assert!("z".repeat(33).parse::<Region>().is_err());
    }

    #[test]
    fn a_region_in_other_clothes_gets_a_suggestion() {
        for (given, meant) in [("EASTUS ", "eastus"), ("East US 2", "eastus2"), ("us-gov-Virginia", "usgovvirginia")] {
            assert_eq!(given.parse::<Region>().unwrap_err().suggestion(), Some(meant), "{given:?}");
        }
        assert_eq!(
            refused("West Europe"),
            "\"West Europe\" is not a region name (letters, digits, hyphen); did you mean westeurope?"
        );
    }

    #[test]
    fn a_language_is_not_a_region() {
        assert_eq!(refused("en-us"), "\"en-us\" is a language, not a region name");
        assert!("us-east-3".parse::<Region>().is_ok());
    }

    #[test]
    fn a_key_given_as_a_region_is_not_repeated() {
        let old = "0123456789abcdef0123456789ABCDEF";
        let new = "3xAmpl3".repeat(12);
        for key in [old.to_owned(), format!("{old}\n"), new] {
            assert_eq!(key.parse::<Region>().unwrap_err(), RegionError::Key);
        }
    }

    #[test]
    fn control_characters_are_escaped_and_long_text_is_cut() {
        assert_eq!(refused("\u{1b}[2J"), "\"\\u{1b}[2J\" is not a region name (letters, digits, hyphen)");
        assert!(refused(&"é".repeat(5000)).len() < 200);
    }

    #[test]
    fn a_region_that_opens_tomorrow_is_a_region() {
        let region: Region = "atlantis4".parse().unwrap();
        assert_eq!((region.is_known(), region.cloud()), (false, Cloud::Public));
    }
}
