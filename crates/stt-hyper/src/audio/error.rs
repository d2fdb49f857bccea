//! Why something is no audio that could be sent.

use std::io;

/// Why something is no audio that could be sent.
#[non_exhaustive]
#[derive(Debug, thiserror::Error)]
pub enum AudioError {
    /// There is not one byte in it.
    #[error("file is empty")]
    Empty,
    /// It is a folder or a device. Audio from a pipe goes through [`Audio::reader`](crate::Audio::reader).
    #[error("not a file")]
    NotAFile,
    /// It begins neither like a WAV file nor like Ogg Opus, which is what the service takes.
    #[error("neither WAV nor Ogg Opus")]
    UnknownFormat,
    /// It cannot be opened or read.
    #[error("cannot be read")]
    Unreadable(#[from] io::Error),
}
