//! Reads answers of the service from standard input, one in a line, and prints their texts.

use std::{
    error::Error,
    io::{self, BufRead as _},
};

use stt_model::Recognition;

fn main() -> Result<(), Box<dyn Error>> {
    for line in io::stdin().lock().lines() {
        let heard: Recognition = serde_json::from_str(&line?)?;
        println!("{}\t{}", heard.status, heard.text().unwrap_or_default());
    }
    Ok(())
}
