//! Sentences spoken by espeak-ng, where it is installed.

use std::process::{Command, Stdio};

use super::speech::RATE;
use crate::outcome::Outcome;

/// The program.
pub(super) struct Espeak;

impl Espeak {
    /// `None` where it cannot be started.
    pub(super) fn find() -> Option<Self> {
        let status = Command::new(PROGRAM).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
        status.is_ok_and(|status| status.success()).then_some(Self)
    }

    /// Every sentence in every voice of its language, as loud as each other and without silence around it.
    pub(super) fn sentences(&self) -> Outcome<Vec<Vec<f32>>> {
        let mut sentences = Vec::new();
        for (voices, texts) in SPOKEN {
            for voice in voices {
                for (text, speed) in texts.iter().zip(SPEEDS.iter().cycle()) {
                    sentences.push(self.speak(voice, speed, text)?);
                }
            }
        }
        Ok(sentences)
    }

    fn speak(&self, voice: &str, speed: &str, text: &str) -> Outcome<Vec<f32>> {
        let output = Command::new(PROGRAM).args(["-v", voice, "-s", speed, "--stdout", "--", text]).output()?;
        // The header has 44 bytes, and sizes that are not true because it goes to a pipe.
        let data = output.stdout.get(44..).filter(|_| output.status.success());
        let data = data.ok_or_else(|| format!("espeak-ng cannot speak with the voice {voice}"))?;
        let samples: Vec<f32> =
            data.chunks_exact(2).map(|two| f32::from(i16::from_le_bytes([two[0], two[1]])) / 32_768.0).collect();
        Ok(level(trim(&resample(&samples))))
    }
}

/// From espeak's rate to 16 kHz, with a window of 32 samples to either side.
fn resample(samples: &[f32]) -> Vec<f32> {
    let step = ESPEAK_RATE / RATE as f64;
    let count = (samples.len() as f64 / step) as usize;
    let cut = 0.95 / step;
    let output = |n: usize| {
        let at = n as f64 * step;
        let around = (at as usize).saturating_sub(REACH)..(at as usize + REACH).min(samples.len());
        let weight = |n: usize| {
            let distance = n as f64 - at;
            let x = std::f64::consts::PI * distance * cut;
            let sinc = if x.abs() < 1e-9 { 1.0 } else { x.sin() / x };
            let window = 0.5 + 0.5 * (std::f64::consts::PI * distance / (REACH + 1) as f64).cos();
            cut * sinc * window
        };
        around.map(|n| f64::from(samples[n]) * weight(n)).sum::<f64>() as f32
    };
    (0..count).map(output).collect()
}

fn trim(samples: &[f32]) -> &[f32] {
    let loud = |sample: &f32| 0.002 < sample.abs();
    let first = samples.iter().position(loud).unwrap_or(0);
    let last = samples.iter().rposition(loud).map_or(0, |last| last + 1);
    &samples[first..last.max(first)]
}

/// At a mean of -23 dB of full scale, as broadcasters do.
fn level(samples: &[f32]) -> Vec<f32> {
    let power = samples.iter().map(|sample| sample * sample).sum::<f32>() / samples.len().max(1) as f32;
    let gain = 0.07 / power.sqrt().max(1e-6);
    samples.iter().map(|sample| (sample * gain).clamp(-1.0, 1.0)).collect()
}

const PROGRAM: &str = "espeak-ng";

/// Samples a second of what espeak-ng writes.
const ESPEAK_RATE: f64 = 22_050.0;

const REACH: usize = 32;

/// Words a minute.
const SPEEDS: [&str; 3] = ["140", "160", "185"];

/// Voices, and what is said in their language.
const SPOKEN: [(&[&str], &[&str]); 5] = [
    (
        &["en-us", "en-gb+f3", "en-us+m3"],
        &[
            "Good morning, and thank you for calling.",
            "The meeting has been moved to Thursday at half past three.",
            "She sells sea shells by the sea shore, if the weather is fine.",
            "No.",
            "Please send the invoice to the address on file, and let me know once it has been paid.",
            "What time does the last train to Newcastle leave?",
            "Six thick thistle sticks stood stiff in the frost.",
            "I am not sure that we can finish all of this before the end of the month, but we will try.",
        ],
    ),
    (
        &["de", "de+f2"],
        &[
            "Guten Morgen, mein Name ist Schmidt.",
            "Können Sie mir bitte sagen, wann der nächste Zug nach Köln fährt?",
            "Das Wetter wird morgen sonnig, aber kalt.",
            "Ja, gerne.",
            "Wir haben Ihre Bestellung erhalten und schicken sie in den nächsten Tagen an Ihre Adresse.",
        ],
    ),
    (
        &["es", "es+f4"],
        &[
            "Buenos días, ¿en qué puedo ayudarle?",
            "El tren sale a las ocho y cuarto de la mañana.",
            "Muchas gracias por su paciencia, enseguida le atendemos.",
            "Sí, claro.",
        ],
    ),
    (
        &["fr"],
        &[
            "Bonjour, je voudrais réserver une table pour deux personnes.",
            "Il fait beau aujourd'hui, mais il va pleuvoir ce soir.",
            "Merci beaucoup.",
            "Le musée est fermé le mardi, sauf pendant les vacances scolaires.",
        ],
    ),
    (
        &["it"],
        &[
            "Buongiorno, come posso aiutarla?",
            "La riunione comincia alle nove e finisce verso mezzogiorno.",
            "Va bene, a domani.",
        ],
    ),
];
