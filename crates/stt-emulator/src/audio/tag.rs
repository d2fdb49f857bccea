//! Writes a transcript into the metadata of a file.

use std::borrow::Cow;
use std::io::Cursor;

use ogg::{PacketReader, PacketWriteEndInfo, PacketWriter};

use super::ogg::{Comments, LANGUAGE, TRANSCRIPT, comments};
use super::transcript;
use super::wav::{self, Chunk, chunks, fields_of, is_wav};
use crate::locales;

/// Why a transcript cannot be written into a file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TagError {
    /// The pages of the Ogg file cannot be read to the end.
    #[error("the ogg file is damaged")]
    Ogg(#[from] ogg::OggReadError),
    /// The file holds something else than WAV or Ogg Opus.
    #[error("only WAV and Ogg Opus files hold a transcript")]
    Format,
    /// The language is none that the service recognizes, so that no request could ask for it.
    #[error("the language {0:?} is not in Microsoft's table, which has names such as en-US")]
    Language(String),
    /// The file has no samples, so that nothing would be heard.
    #[error("there are no samples in it")]
    NoSamples,
    /// The brackets behind a word hold a number that is no score.
    #[error("the score in {0:?} is no whole number from 0 to 100")]
    Score(String),
    /// The Ogg file holds more than one stream, so that there is no one place for a transcript.
    #[error("the ogg file holds more than one stream")]
    Streams,
    /// The text or the language holds a zero byte, where a text in a WAV file ends.
    #[error("a text with a zero character cannot be written")]
    Text,
    /// The file would exceed the four GiB that a WAV file can be long.
    #[error("the file would be too long for its format")]
    TooLong,
}

/// The file with a transcript and, if told, its language in its metadata, in place of those that were there.
///
/// Everything else stays: the samples or packets byte for byte, and other metadata. A WAV file gets `ICMT` and `ILNG`
/// in a `LIST/INFO` chunk before its samples, and true sizes; Ogg Opus gets the comments `TRANSCRIPT` and `LANGUAGE`.
/// The text may hold scores of pronunciation as in [`synth`](crate::synth).
///
/// # Errors
///
/// [`TagError`] if the file is neither, is damaged, has no samples or would become too long, or if the text or the
/// language is one that nobody could ask for.
pub fn tag(file: &[u8], text: &str, language: Option<&str>) -> Result<Vec<u8>, TagError> {
    if text.contains('\0') || language.is_some_and(|language| language.contains('\0')) {
        return Err(TagError::Text);
    }
    if let Some(language) = language.filter(|language| !locales::is_supported(language)) {
        return Err(TagError::Language(language.to_owned()));
    }
    if let Some(word) = transcript::without_score(text) {
        return Err(TagError::Score(word.to_owned()));
    }
    if is_wav(file) {
        if wav::read(file).empty {
            return Err(TagError::NoSamples);
        }
        tag_wav(file, text, language)
    } else if file.starts_with(b"OggS") {
        tag_ogg(file, text, language)
    } else {
        Err(TagError::Format)
    }
}

fn tag_wav(file: &[u8], text: &str, language: Option<&str>) -> Result<Vec<u8>, TagError> {
    let mut info = b"INFO".to_vec();
    let lists = chunks(file).filter(|chunk| chunk.id == b"LIST").filter_map(|chunk| chunk.body.strip_prefix(b"INFO"));
    for field in lists.flat_map(fields_of).filter(|field| !matches!(field.id, b"ICMT" | b"ILNG")) {
        push(&mut info, &field)?;
    }
    let zero_ended = |text: &str| [text.as_bytes(), &[0]].concat();
    push(&mut info, &Chunk { id: b"ICMT", body: &zero_ended(text) })?;
    if let Some(language) = language {
        push(&mut info, &Chunk { id: b"ILNG", body: &zero_ended(language) })?;
    }
    let mut info = Some(Chunk { id: b"LIST", body: &info });
    let mut tagged = b"RIFF\0\0\0\0WAVE".to_vec();
    for chunk in chunks(file) {
        if chunk.id == b"LIST" && chunk.body.starts_with(b"INFO") {
            continue;
        }
        if chunk.id == b"data"
            && let Some(info) = info.take()
        {
            push(&mut tagged, &info)?;
        }
        push(&mut tagged, &chunk)?;
    }
    if let Some(info) = info {
        push(&mut tagged, &info)?;
    }
    let size = u32::try_from(tagged.len() - 8).map_err(|_| TagError::TooLong)?;
    tagged[4..8].copy_from_slice(&size.to_le_bytes());
    Ok(tagged)
}

/// Appends a chunk with its true size and the byte that makes it even.
fn push(file: &mut Vec<u8>, chunk: &Chunk<'_>) -> Result<(), TagError> {
    let size = u32::try_from(chunk.body.len()).map_err(|_| TagError::TooLong)?;
    file.extend(chunk.id);
    file.extend(size.to_le_bytes());
    file.extend(chunk.body);
    if size % 2 == 1 {
        file.push(0);
    }
    Ok(())
}

fn tag_ogg(file: &[u8], text: &str, language: Option<&str>) -> Result<Vec<u8>, TagError> {
    let mut reader = PacketReader::new(Cursor::new(file));
    let mut writer = PacketWriter::new(Vec::with_capacity(file.len()));
    let mut serial = None;
    let mut number = 0;
    while let Some(packet) = reader.read_packet()? {
        if *serial.get_or_insert(packet.stream_serial()) != packet.stream_serial() {
            return Err(TagError::Streams);
        }
        if number == 0 && !packet.data.starts_with(b"OpusHead") {
            return Err(TagError::Format);
        }
        let end = if packet.last_in_stream() {
            PacketWriteEndInfo::EndStream
        } else if packet.last_in_page() {
            PacketWriteEndInfo::EndPage
        } else {
            PacketWriteEndInfo::NormalPacket
        };
        let position = packet.absgp_page();
        let data: Cow<'_, [u8]> = if number == 1 {
            tagged(&comments(&packet.data).ok_or(TagError::Format)?, text, language)?.into()
        } else {
            packet.data.into()
        };
        writer.write_packet(data, serial.unwrap_or_default(), end, position).map_err(ogg::OggReadError::ReadError)?;
        number += 1;
    }
    if number < 2 {
        return Err(TagError::Format);
    }
    Ok(writer.into_inner())
}

/// An `OpusTags` packet with the same vendor and comments, but for the transcript and its language.
fn tagged(old: &Comments<'_>, text: &str, language: Option<&str>) -> Result<Vec<u8>, TagError> {
    let ours = |field: &[u8]| {
        [TRANSCRIPT, LANGUAGE].iter().any(|name| {
            field
                .split_at_checked(name.len())
                .is_some_and(|(head, rest)| head.eq_ignore_ascii_case(name.as_bytes()) && rest.starts_with(b"="))
        })
    };
    let mut fields: Vec<Cow<'_, [u8]>> = old.fields.iter().filter(|field| !ours(field)).map(|f| (*f).into()).collect();
    fields.push(format!("{TRANSCRIPT}={text}").into_bytes().into());
    if let Some(language) = language {
        fields.push(format!("{LANGUAGE}={language}").into_bytes().into());
    }
    let size = |length: usize| u32::try_from(length).map(u32::to_le_bytes).map_err(|_| TagError::TooLong);
    let mut packet = b"OpusTags".to_vec();
    packet.extend(size(old.vendor.len())?);
    packet.extend(old.vendor);
    packet.extend(size(fields.len())?);
    for field in fields {
        packet.extend(size(field.len())?);
        packet.extend(&*field);
    }
    Ok(packet)
}
