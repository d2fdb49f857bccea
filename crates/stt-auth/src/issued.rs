//! A token that was issued, and its age.

use std::time::Duration;

use crate::{Credential, Now, Token, lifetime::Lifetime, spread::spread};

/// A token that was issued.
#[derive(Debug)]
pub(crate) struct Issued {
    pub(crate) arrived: Now,
    pub(crate) credential: Credential,
    /// The number of the lease that brought it.
    pub(crate) generation: u64,
    lifetime: Lifetime,
    /// When its request was sent, and so before it was issued.
    sent: Now,
}

impl Issued {
    /// A token that arrives now, and expires so long after `sent`, when its request was sent.
    ///
    /// `None` if it is over already.
    pub(crate) fn new(token: Token, generation: u64, expires_in: Duration, sent: Now, now: Now) -> Option<Self> {
        let lifetime = Lifetime::new(expires_in, spread(generation, now));
        let issued =
            Self { arrived: now, credential: Credential::cached(token, generation), generation, lifetime, sent };
        (!issued.is_over(now)).then_some(issued)
    }

    pub(crate) fn is_over(&self, now: Now) -> bool {
        self.lifetime.end <= now.since(self.sent)
    }

    pub(crate) fn wants_renewal(&self, now: Now) -> bool {
        self.lifetime.renewal <= now.since(self.sent)
    }
}
