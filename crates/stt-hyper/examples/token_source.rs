//! Takes access tokens from the application: here from a file that some other program keeps fresh.
//!
//! A credential of the crate `azure_identity` takes the file's place for Microsoft Entra ID and managed identities.

use std::{
    env, io,
    time::{Duration, SystemTime},
};

use stt_hyper::{Audio, Authorization, Client, Endpoint, Language, Resource};

async fn token() -> io::Result<(String, SystemTime)> {
    let file = env::var("AZURE_SPEECH_TOKEN_FILE").map_err(io::Error::other)?;
    let token = tokio::fs::read_to_string(file).await?;
    Ok((token, SystemTime::now() + Duration::from_secs(300)))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let endpoint: Endpoint = env::var("AZURE_SPEECH_ENDPOINT")?.parse()?;
    let resource = Resource::of(endpoint, Authorization::Source { resource_id: None })?;
    let client = Client::builder(resource).token_source(token).build()?;
    let reply = client.recognize(Audio::open("tests/audio/pencils.wav").await?, Language::EN_US).await?;
    println!("{}", reply.recognition.text().unwrap_or_default());
    Ok(())
}
