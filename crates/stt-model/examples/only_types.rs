//! Reads an answer of the service that came some other way.

use stt_model::Recognition;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let json = r#"{"RecognitionStatus":"Success","DisplayText":"Conversation.","Offset":4500000,"Duration":10600000}"#;
    let heard: Recognition = serde_json::from_str(json)?;
    println!("{}", heard.text().unwrap_or_default());
    Ok(())
}
