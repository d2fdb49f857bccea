//! Uploads a file in chunks of 8 KiB, and says what the exchange looked like.

use stt_hyper::{Audio, Client, Language, Recognize};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // Chunks and `Expect: 100-continue` are the default: nothing is uploaded to a service that would refuse it.
    let client = Client::builder_from_env()?.chunk_size(8 * 1024).build()?;
    let audio = Audio::open("tests/audio/pencils.wav").await?;
    let reply = client.recognize(audio, Recognize::new(Language::EN_US).detailed()).await?;
    println!("{}", reply.recognition.text().unwrap_or_default());
    println!("{} bytes of audio in {} attempt", reply.audio_sent, reply.attempts);
    Ok(())
}
