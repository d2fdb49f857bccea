//! What tests write down beforehand: answers, faults, and the requests that they are for.

mod clip;
mod document;
mod fault;
mod inspect;
mod mistake;
mod model;
mod pattern;
mod place;
mod raw;
mod reply;
mod respond;
mod retry_after;
mod when;
mod word;

pub use document::Notation;
pub(crate) use document::read;
pub use fault::Fault;
pub(crate) use inspect::{Inspect, Inspection};
pub use mistake::{Mistake, ScenarioError};
pub use model::{ReadError, Scenario};
pub(crate) use pattern::{Pattern, like};
pub(crate) use raw::{Raw, bytes};
pub use reply::Reply;
pub(crate) use reply::{LONGEST_MS, Other, Status};
pub(crate) use respond::Respond;
pub(crate) use when::{Called, Format};
pub use when::{Mode, When};
pub use word::Word;
