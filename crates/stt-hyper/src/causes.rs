//! What lies below an error.

use std::{error::Error as StdError, io};

/// An error, what caused it, what caused that, and so on.
///
/// An `io::Error` that was made of another error leaves that one out of its `source`; here it is in.
pub(crate) fn causes<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |error| below(*error))
}

fn below<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a (dyn StdError + 'static)> {
    match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(inner) => Some(inner),
        None => error.source(),
    }
}

/// The first of the causes that is of this type.
pub(crate) fn cause<'a, E: StdError + 'static>(error: &'a (dyn StdError + 'static)) -> Option<&'a E> {
    causes(error).find_map(|error| error.downcast_ref())
}

/// What happened on the socket, as far down as the causes tell.
pub(crate) fn io_kind(error: &(dyn StdError + 'static)) -> Option<io::ErrorKind> {
    causes(error).filter_map(|error| error.downcast_ref::<io::Error>()).last().map(io::Error::kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_inside_io_errors_is_found() {
        let nested = io::Error::other(io::Error::new(io::ErrorKind::InvalidData, rustls::Error::DecryptError));
        assert_eq!(cause::<rustls::Error>(&nested), Some(&rustls::Error::DecryptError));
        assert_eq!(io_kind(&nested), Some(io::ErrorKind::InvalidData));
        assert_eq!(io_kind(&rustls::Error::DecryptError), None);
    }
}
