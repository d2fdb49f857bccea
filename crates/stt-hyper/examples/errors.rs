//! Tells what went wrong, and what to do about it.

use stt_hyper::{Audio, Client, ErrorKind, Language, Status};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let client = Client::from_env()?;
    for file in ["tests/audio/pencils.wav", "tests/audio/silence.wav", "tests/audio/README.md"] {
        let audio = match Audio::open(file).await {
            Ok(audio) => audio,
            Err(error) => {
                println!("{file}: {error}");
                continue;
            }
        };
        match client.recognize(audio, Language::EN_US).await {
            Ok(reply) => match (reply.recognition.text(), &reply.recognition.status) {
                (Some(text), _) => println!("{file}: {text}"),
                (None, Status::InitialSilenceTimeout) => println!("{file}: only silence"),
                (None, Status::BabbleTimeout) => println!("{file}: only noise"),
                (None, status) => println!("{file}: {status}"),
            },
            Err(error) => match error.kind() {
                ErrorKind::Refused(refusal) => println!("{file}: {error}: {refusal}"),
                _ if error.is_retryable() => println!("{file}: {error}; try again later"),
                _ => println!("{file}: {error}"),
            },
        }
    }
    Ok(())
}
