//! What `serve` and `exec` are told about words that clips do not say themselves.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use crate::builder::Builder;
use crate::cli::failure::Failure;
use crate::cli::say;
use crate::hearing::AudioDir;
use crate::recognizer::Recognizer;
use crate::span::span;

#[derive(Args, Debug)]
pub(super) struct Hearing {
    /// A folder of clips, each with its words beside it: x.wav, x.ogg or x.opus with x.txt or x.json
    #[arg(long, value_name = "DIR")]
    audio_dir: Option<PathBuf>,
    /// A program that hears what no clip says itself: it prints the text of the file {wav}, or of its standard input
    #[arg(long, value_name = "CMD")]
    recognizer: Option<Recognizer>,
    /// How long the recognizer may take for one request
    #[arg(long, value_name = "SPAN", value_parser = span, default_value = "30s", requires = "recognizer")]
    recognizer_timeout: Duration,
}

impl Hearing {
    /// Reads the folder and says what is strange in it.
    pub(super) fn told(&self, builder: Builder) -> Result<Builder, Failure> {
        let builder = match &self.recognizer {
            Some(recognizer) => builder.recognizer(recognizer.clone().timeout(self.recognizer_timeout)),
            None => builder,
        };
        let Some(folder) = &self.audio_dir else { return Ok(builder) };
        let clips = AudioDir::read(folder)?;
        for warning in clips.warnings() {
            say(&format!("warning: {}", folder.join(warning).display()));
        }
        if clips.is_empty() {
            say(&format!("warning: {}: no clip has its words beside it", folder.display()));
        }
        Ok(builder.audio_dir(clips))
    }
}
