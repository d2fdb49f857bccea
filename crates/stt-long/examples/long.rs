//! Writes captions of audio of any format and any length.

use std::{num::NonZeroUsize, pin::pin};

use futures_util::StreamExt;
use stt_hyper::{Client, Language, Recognize};
use stt_long::{Pieces, Plan, Source, recognize};
use stt_transcript::{Captions, Format, Transcript};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let client = Client::from_env()?;
    let pieces = Pieces::of(Source::file("tests/audio/pencils.wav")?, Plan::default())?;
    let request = Recognize::new(Language::EN_US).detailed();
    let mut heard = pin!(recognize(&client, pieces, request, NonZeroUsize::MIN.saturating_add(3)));
    let mut transcript = Transcript::new("pencils.wav", Language::EN_US, Vec::new());
    while let Some(heard) = heard.next().await {
        transcript.push(heard.segment());
    }
    print!("{}", transcript.render(Format::Srt, Captions::default()));
    Ok(())
}
