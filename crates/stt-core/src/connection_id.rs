//! The id under which the service's support finds one connection.

use std::{fmt, str::FromStr};

/// The value of the query parameter `X-ConnectionId`: 128 bits, written as 32 hexadecimal digits without dashes.
///
/// Microsoft's page on session ids documents the form; a value of any other shape is ignored by the service.
///
/// ```
/// use stt_core::ConnectionId;
///
/// let id: ConnectionId = "0123456789abcdef0123456789abcdef".parse()?;
/// assert_eq!(id, ConnectionId(0x0123_4567_89ab_cdef_0123_4567_89ab_cdef));
/// # Ok::<(), stt_core::InvalidConnectionId>(())
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct ConnectionId(pub u128);

impl fmt::Display for ConnectionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl FromStr for ConnectionId {
    type Err = InvalidConnectionId;

    /// Reads 32 hexadecimal digits; dashes, as a GUID has them, are left out.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits: String = text.chars().filter(|c| *c != '-').collect();
        if digits.len() != DIGITS || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(InvalidConnectionId);
        }
        u128::from_str_radix(&digits, 16).map(Self).map_err(|_| InvalidConnectionId)
    }
}

/// The text is not 32 hexadecimal digits.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a connection id is 32 hexadecimal digits")]
pub struct InvalidConnectionId;

const DIGITS: usize = 32;
