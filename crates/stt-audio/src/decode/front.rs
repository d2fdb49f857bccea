//! What may stand in front of audio: tags, zeros, the rest of a frame.

use std::io::{self, Cursor, Read, Seek};

use crate::{
    container::Container,
    formats::mpeg::{first_frame, id3_length},
    limits::PREFIX,
    pcm::DecodeError,
    source::{Input, fill},
};

/// The input from where the audio begins, and what it is. The position of `input` is behind `prefix`.
pub(crate) fn skip(
    mut input: Input,
    mut prefix: Vec<u8>,
    mut container: Container,
) -> Result<(Input, Container), DecodeError> {
    if !matches!(container, Container::Mp3 | Container::Unknown) {
        // What can be sought in must stay so.
        return match input {
            Input::File(mut file) => file.rewind().map(|()| (Input::File(file), container)).map_err(DecodeError::Io),
            pipe @ Input::Pipe(_) => Ok((pipe.after(prefix), container)),
        };
    }
    for _ in 0..MOST_TAGS {
        let Some(length) = id3_length(&prefix) else { break };
        input = input.after(prefix);
        io::copy(&mut input.by_ref().take(length), &mut io::sink()).map_err(DecodeError::Io)?;
        prefix = vec![0; PREFIX];
        let count = fill(&mut input, &mut prefix).map_err(DecodeError::Io)?;
        prefix.truncate(count);
    }
    if prefix.is_empty() {
        return Err(DecodeError::NoAudio);
    }
    prefix.drain(..prefix.iter().take_while(|byte| **byte == 0).count());
    container = Container::sniff(&prefix);
    if matches!(container, Container::Mp3 | Container::Unknown) {
        match first_frame(&prefix, FRAMES) {
            Some((at, _)) => drop(prefix.drain(..at)),
            None if container == Container::Unknown => return Err(DecodeError::NotAudio(container)),
            None => {}
        }
        container = Container::Mp3;
    }
    Ok((input.after(prefix), container))
}

/// Keeps in memory what comes through a pipe and has to be read back and forth.
pub(crate) fn kept(input: Input, container: Container, limit: u64) -> Result<Input, DecodeError> {
    let Input::Pipe(pipe) = input else { return Ok(input) };
    let mut all = Vec::new();
    pipe.take(limit + 1).read_to_end(&mut all).map_err(DecodeError::Io)?;
    if limit < all.len() as u64 {
        return Err(DecodeError::Unseekable { container, limit });
    }
    Ok(Input::File(Box::new(Cursor::new(all))))
}

/// Frames in a row that make sure that it is MPEG audio, cut out of a broadcast perhaps.
const FRAMES: usize = 4;

/// Some programs put a new tag in front of the old one instead of replacing it.
const MOST_TAGS: u32 = 64;
