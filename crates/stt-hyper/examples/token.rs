//! Exchanges the key for an access token, which many calls then share.

use stt_hyper::{Audio, Authorization, Client, Endpoint, Key, Language, Resource};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let endpoint: Endpoint = std::env::var("AZURE_SPEECH_ENDPOINT")?.parse()?;
    let key: Key = std::env::var("AZURE_SPEECH_KEY")?.parse()?;
    let client = Client::new(Resource::of(endpoint, Authorization::Token(key))?)?;
    for file in ["tests/audio/pencils.wav", "tests/audio/good-morning.wav"] {
        let reply = client.recognize(Audio::open(file).await?, Language::EN_US).await?;
        println!("{}", reply.recognition.text().unwrap_or_default());
    }
    Ok(())
}
