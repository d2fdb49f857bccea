//! The results of an input, written as soon as they can be.

use std::{mem, time::Duration};

use stt_model::Language;
use stt_transcript::{Captions, Format, Rendering, Segment, Transcript};

use crate::{
    inputs::Input,
    output::{Closed, Output},
};

/// The results of an input, written as soon as they can be, and of the next one after it.
pub(crate) struct Writing {
    format: Format,
    captions: Captions,
    language: Language,
    /// Whether results need the names of their inputs.
    several: bool,
    segments: Vec<Segment>,
    rendering: Option<Rendering>,
    /// What is not written before there are words: marks alone, of pieces that failed, are no result.
    held: String,
}

impl Writing {
    pub(crate) fn new(format: Format, captions: Captions, language: &Language, several: bool) -> Self {
        let language = language.clone();
        Self { format, captions, language, several, segments: Vec::new(), rendering: None, held: String::new() }
    }

    /// How many pieces of the input there are so far.
    pub(crate) fn pieces(&self) -> usize {
        self.segments.len()
    }

    /// Takes the next piece.
    pub(crate) fn heard(&mut self, input: &Input, segment: Segment, output: &mut Output) -> Result<(), Closed> {
        let mut written = Ok(());
        if !self.several
            && let Some(mut rendering) = self.rendering()
        {
            self.held.push_str(&rendering.push(&segment));
            // What is read as it comes has a line for each piece: nothing else can be said in the middle of one.
            if self.format == Format::Text && (*input == Input::Stdin || output.is_terminal()) {
                self.held.push_str(&rendering.finish());
            } else {
                self.rendering = Some(rendering);
            }
            if segment.has_words() || self.has_words() {
                written = output.text(&mem::take(&mut self.held));
            }
        }
        self.segments.push(segment);
        written
    }

    /// Writes what is left of the input, and returns all of it.
    pub(crate) fn done(
        &mut self,
        input: &Input,
        length: Option<Duration>,
        output: &mut Output,
    ) -> (Transcript, Result<(), Closed>) {
        let has_failed = self.segments.iter().any(|segment| segment.failure().is_some());
        let held = mem::take(&mut self.held);
        let rendering = self.rendering();
        let mut transcript = Transcript::new(input.name(), self.language.clone(), mem::take(&mut self.segments));
        if let Some(length) = length {
            transcript = transcript.audio(length);
        }
        let written = match rendering {
            None => output.lines(&transcript.to_json()),
            Some(_) if self.several && !transcript.has_words() => Ok(()),
            Some(_) if self.several => {
                let text = transcript.text().replace(['\r', '\n'], " ");
                output.text_line(&format!("{}: {text}", input.name()))
            }
            // Nothing but failures is no result.
            Some(_) if has_failed && !transcript.has_words() => Ok(()),
            Some(rendering) => {
                if rendering.is_estimated() {
                    output.note(&format!("{}: {ESTIMATED}", input.subject()));
                }
                output.text(&(held + &rendering.finish()))
            }
        };
        (transcript, written)
    }

    /// What renders the input, from its beginning on or from where it is; `None` of a format that is written as a whole.
    fn rendering(&mut self) -> Option<Rendering> {
        self.rendering.take().or_else(|| Rendering::new(self.format, &self.language, self.captions))
    }

    fn has_words(&self) -> bool {
        self.segments.iter().any(Segment::has_words)
    }
}

const ESTIMATED: &str = "the service told no times of words; those within a piece are estimated";
