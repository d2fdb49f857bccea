//! How the parts of this program end.

use std::error::Error;

/// What a part of this program gives, or why it cannot go on.
pub(crate) type Outcome<T> = Result<T, Box<dyn Error>>;
