//! Masks, removes or keeps profane words.

use stt_hyper::{Audio, Client, Language, Profanity, Recognize};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let client = Client::from_env()?;
    let request = Recognize::new(Language::EN_US);
    for profanity in [Profanity::Masked, Profanity::Removed, Profanity::Raw] {
        let audio = Audio::open("tests/audio/profanity.wav").await?;
        let reply = client.recognize(audio, request.clone().profanity(profanity)).await?;
        println!("{profanity}: {}", reply.recognition.text().unwrap_or_default());
    }
    Ok(())
}
