//! Assesses how somebody reads a sentence.

use stt_hyper::{Audio, Client, Language, PronunciationAssessment, Recognize};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let client = Client::from_env()?;
    let audio = Audio::open("tests/audio/good-morning.wav").await?;
    let assessment = PronunciationAssessment::new("Good morning.").comprehensive().miscue().prosody();
    let reply = client.recognize(audio, Recognize::new(Language::EN_US).assess(assessment)).await?;
    let best = reply.recognition.best().ok_or("nothing recognized")?;
    for word in &best.words {
        println!("{}: {}", word.word, word.accuracy_score.unwrap_or_default());
    }
    Ok(())
}
