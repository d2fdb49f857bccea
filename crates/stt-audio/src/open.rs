//! Opens audio of any format, by its first bytes.

use std::io::{self, Read, Seek, SeekFrom};

use crate::{
    codec::Codec,
    container::Container,
    limits::PREFIX,
    ogg::Ogg,
    pcm::{DecodeError, PcmSource},
    read::WavReader,
    source::{Input, fill},
};

/// Opens a file, and gives its samples as they are: of any rate, any number of channels.
///
/// What it is, its first bytes tell, never its name. Of a video the audio is taken: the default track, or the first
/// that can be decoded. Encoders add silence in front and behind; it is left out where the file says how much.
///
/// Whoever reads must be ready for a file made to keep a decoder busy: memory stays below 256 MiB, and errors come
/// instead of panics, but a deadline is the caller's to set.
///
/// ```
/// use std::io::Cursor;
///
/// use stt_audio::{DecodeError, open};
///
/// let page = "<!DOCTYPE html><title>404 Not Found</title>";
/// let Err(error) = open(Cursor::new(page)) else { unreachable!() };
///
/// assert!(matches!(error, DecodeError::NotAudio(_)));
/// assert_eq!(error.to_string(), "HTML, not audio");
/// ```
///
/// # Errors
///
/// Those of the file, and everything that is known before the first sample: not audio, a codec that cannot be decoded,
/// headers that make no sense.
pub fn open(mut file: impl Read + Seek + Send + 'static) -> Result<Box<dyn PcmSource>, DecodeError> {
    file.rewind().map_err(DecodeError::Io)?;
    open_input(Input::File(Box::new(file)))
}

/// Opens what can only be read on, such as a pipe; otherwise the same as [`open`].
///
/// MP4 and CAF may have at their end what is needed first, so they are kept in memory, up to [`PIPE`] bytes of them.
///
/// # Errors
///
/// Those of [`open`], and [`DecodeError::Unseekable`].
pub fn open_stream(input: impl Read + Send + 'static) -> Result<Box<dyn PcmSource>, DecodeError> {
    open_input(Input::Pipe(Box::new(input)))
}

/// What of a pipe is kept when it has to be read back and forth, in bytes: an hour and more of M4A.
pub const PIPE: u64 = 64 << 20;

fn open_input(mut input: Input) -> Result<Box<dyn PcmSource>, DecodeError> {
    let prefix = beginning(&mut input).map_err(DecodeError::Io)?;
    if prefix.is_empty() {
        return Err(DecodeError::NoAudio);
    }
    match Container::sniff(&prefix) {
        Container::Wav => wav(input, prefix),
        Container::Ogg => ogg(input, prefix),
        container if container == Container::Unknown || container.is_read() => other(input, prefix, container),
        container if container.is_audio() => Err(DecodeError::Container(container)),
        container => Err(DecodeError::NotAudio(container)),
    }
}

/// The first bytes, as many as are needed to know what it is: live audio is not to be late for want of the others.
fn beginning(input: &mut Input) -> io::Result<Vec<u8>> {
    let mut prefix = vec![0; PREFIX];
    let mut count = fill(input, &mut prefix[..ENOUGH])?;
    let sure = |container: Container| container.is_audio() && container != Container::Mp3;
    if !sure(Container::sniff(&prefix[..count])) {
        count += fill(input, &mut prefix[count..])?;
    }
    prefix.truncate(count);
    Ok(prefix)
}

fn wav(mut input: Input, prefix: Vec<u8>) -> Result<Box<dyn PcmSource>, DecodeError> {
    let total = match &mut input {
        Input::File(file) => Some(file.seek(SeekFrom::End(0)).map_err(DecodeError::Io)?),
        Input::Pipe(_) => None,
    };
    if total.is_some() {
        input.seek(SeekFrom::Start(prefix.len() as u64)).map_err(DecodeError::Io)?;
    }
    Ok(Box::new(WavReader::new(input.after(prefix), total)?))
}

fn ogg(input: Input, prefix: Vec<u8>) -> Result<Box<dyn PcmSource>, DecodeError> {
    match Ogg::head(&prefix).codec {
        Codec::Opus => opus(input.after(prefix)),
        Codec::Speex => Err(DecodeError::Codec { codec: Codec::Speex, container: Container::Ogg }),
        _ => other(input, prefix, Container::Ogg),
    }
}

#[cfg(feature = "opus")]
fn opus(input: Input) -> Result<Box<dyn PcmSource>, DecodeError> {
    Ok(Box::new(crate::opus::OggOpusReader::new(io::BufReader::new(input))))
}

#[cfg(not(feature = "opus"))]
fn opus(_: Input) -> Result<Box<dyn PcmSource>, DecodeError> {
    Err(DecodeError::Feature { container: Container::Ogg, feature: "opus" })
}

#[cfg(feature = "decode")]
fn other(input: Input, prefix: Vec<u8>, container: Container) -> Result<Box<dyn PcmSource>, DecodeError> {
    use crate::decode::{Decoder, front};

    let kept = |input| front::kept(input, container, PIPE);
    let (input, container) = front::skip(input, prefix, container)?;
    let decoder = match container {
        Container::Adts | Container::Mp3 => Decoder::mpeg(input, container)?,
        Container::Aiff => Decoder::aiff(input)?,
        Container::Caf => Decoder::caf(kept(input)?)?,
        Container::Flac => Decoder::flac(input)?,
        Container::Matroska | Container::WebM => Decoder::matroska(input, container)?,
        Container::Mp4 => Decoder::mp4(kept(input)?)?,
        Container::Ogg => Decoder::ogg(input)?,
        // Behind a tag, or behind zeros.
        other if other.is_audio() => return Err(DecodeError::Container(other)),
        other => return Err(DecodeError::NotAudio(other)),
    };
    Ok(Box::new(decoder))
}

#[cfg(not(feature = "decode"))]
fn other(_: Input, _: Vec<u8>, container: Container) -> Result<Box<dyn PcmSource>, DecodeError> {
    match container {
        Container::Unknown => Err(DecodeError::NotAudio(container)),
        _ => Err(DecodeError::Feature { container, feature: "decode" }),
    }
}

/// The first page of an Ogg file with its codec's name, and more than the magic numbers of all others, in bytes.
///
/// MP3 has none, and is known by frame after frame.
const ENOUGH: usize = 512;
