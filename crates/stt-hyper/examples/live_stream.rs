//! Sends audio while it arrives: `arecord -t wav -f S16_LE -r 16000 -c 1 | live_stream`.

use stt_hyper::{Audio, AudioFormat, Client, Language, Recognize};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let client = Client::from_env()?;
    let audio = Audio::reader(AudioFormat::WavPcm16k, tokio::io::stdin());
    let reply = client.recognize(audio, Recognize::new(Language::EN_US).detailed()).await?;
    for alternative in &reply.recognition.nbest {
        println!("{}", alternative.display.as_deref().unwrap_or_default());
    }
    Ok(())
}
