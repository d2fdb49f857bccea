//! Transcribes a file.

use stt_hyper::{Audio, Client, Language};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let client = Client::from_env()?;
    let audio = Audio::open("tests/audio/pencils.wav").await?;
    let reply = client.recognize(audio, Language::EN_US).await?;
    match reply.recognition.text() {
        Some(text) => println!("{text}"),
        None => println!("nothing recognized: {}", reply.recognition.status),
    }
    Ok(())
}
