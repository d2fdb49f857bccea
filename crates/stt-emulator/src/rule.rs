//! What one rule of the service is, and how sure anybody is of it.

use serde::Serialize;

use crate::config::Profile;

/// How sure it is that the service behaves as a rule says.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Evidence {
    /// Microsoft's documentation, samples or engineers say so.
    Documented,
    /// Somebody published an answer of the live service that shows it.
    Observed,
    /// Inferred, or relied upon by others without proof.
    Guess,
}

impl Evidence {
    /// Its name in lists.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Documented => "documented",
            Self::Observed => "observed",
            Self::Guess => "guess",
        }
    }
}

/// One thing that the emulator does because the service does it, or is thought to.
///
/// All of them are listed by [`Emulator::fidelity`](crate::Emulator::fidelity) and at `/__emulator/fidelity`.
/// The journal names the rules that shaped each answer.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
pub struct Rule {
    /// A stable name, such as `language-missing`.
    pub id: &'static str,
    /// What the emulator does.
    pub about: &'static str,
    /// The HTTP status of the answer; 0 where there is no answer at all.
    pub status: u16,
    /// How sure this is.
    pub evidence: Evidence,
    /// Where it was read or seen, in words that can be followed.
    pub source: &'static str,
    /// Whose side it takes where Microsoft's pages and published observations differ.
    pub profile: Option<Profile>,
    /// The body of the answer where it is always the same.
    #[serde(skip)]
    pub(crate) body: &'static str,
}

macro_rules! rules {
    ($($name:ident $id:literal $status:literal $body:expr, $evidence:ident $source:literal, $($profile:ident:)? $about:literal;)*) => {
        $(pub(crate) const $name: $crate::rule::Rule = $crate::rule::Rule {
            id: $id,
            about: $about,
            status: $status,
            evidence: $crate::rule::Evidence::$evidence,
            source: $source,
            profile: $crate::rule::profile!($($profile)?),
            body: $body,
        };)*

        /// Every rule, in the order in which a request meets them.
        pub(crate) const ALL: &[$crate::rule::Rule] = &[$($name),*];
    };
}

macro_rules! profile {
    () => {
        None
    };
    ($profile:ident) => {
        Some($crate::config::Profile::$profile)
    };
}

pub(crate) use {profile, rules};
