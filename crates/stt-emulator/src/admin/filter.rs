//! Which requests of the journal are wanted, and whose.

use http::request::Parts;

use super::Denied;
use crate::journal::{Entry, Operation};
use crate::query::Query;
use crate::secret::Hidden;

/// The key of the tenant that an admin request is about: the parameter `key` or the header `x-emulator-key`.
///
/// With neither all tenants are meant.
pub(super) fn scope(head: &Parts, query: &Query) -> Result<Option<Hidden>, Denied> {
    let header = head.headers.get("x-emulator-key").map(|value| value.to_str()).transpose();
    let header = header.map_err(|_| Denied::bad("x-emulator-key is no text"))?;
    match (query.get("key"), header) {
        (Some(one), Some(other)) if one != other => {
            Err(Denied::bad("the parameter key and the header x-emulator-key differ"))
        }
        (key, header) => Ok(key.or(header).map(|key| Hidden(key.to_owned()))),
    }
}

/// Which requests of the journal are wanted.
#[derive(Debug, Default)]
pub(crate) struct Filter {
    operation: Option<Operation>,
    since: u64,
    limit: Option<usize>,
}

impl Filter {
    /// The parameters `operation`, `since` and `limit`.
    pub(super) fn read(query: &Query) -> Result<Self, Denied> {
        let operation = query.get("operation").map(|name| {
            let named = Operation::named(name);
            named.ok_or_else(|| Denied::bad("operation is one of recognize, token, preflight and other"))
        });
        let number = |name: &str| {
            let number = query.get(name).map(str::parse::<u64>).transpose();
            number.map_err(|_| Denied::bad(format!("{name} is a whole number")))
        };
        Ok(Self {
            operation: operation.transpose()?,
            since: number("since")?.unwrap_or_default(),
            limit: number("limit")?.map(|limit| usize::try_from(limit).unwrap_or(usize::MAX)),
        })
    }

    /// How many of `entries` are wanted where there is no limit.
    pub(crate) fn count<'a>(&self, entries: impl DoubleEndedIterator<Item = &'a Entry>) -> usize {
        self.fitting(entries).count()
    }

    /// Those of `entries` that are wanted, oldest first.
    pub(crate) fn pick<'a>(&self, entries: impl DoubleEndedIterator<Item = &'a Entry>) -> Vec<&'a Entry> {
        let mut wanted = self.fitting(entries).take(self.limit.unwrap_or(usize::MAX)).collect::<Vec<_>>();
        wanted.reverse();
        wanted
    }

    /// Newest first.
    fn fitting<'a>(&self, entries: impl DoubleEndedIterator<Item = &'a Entry>) -> impl Iterator<Item = &'a Entry> {
        let later = entries.rev().take_while(|entry| self.since < entry.id);
        later.filter(|entry| self.operation.is_none_or(|operation| entry.operation == operation))
    }
}
