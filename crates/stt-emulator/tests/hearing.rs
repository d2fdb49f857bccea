//! Who says what is in the audio: the clip itself, a file beside it, a recognizer, or nobody.

mod common;

use std::fs;
use std::path::Path;
use std::time::Duration;

use bytes::Bytes;
use common::{Ask as Request, NOW, humming, json, last};
use serde_json::{Value, json};
use stt_emulator::{
    AudioDir, Builder, Checked, Emulator, Finished, SynthOptions, Told, Upload, noise, silence, synth, tag,
};
use tempfile::TempDir;

fn hiss() -> Vec<u8> {
    noise(Duration::from_secs(2), 16_000, 1).expect("a clip")
}

/// A folder with these files.
fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, content) in files {
        fs::write(folder.path().join(name), content).expect("a file");
    }
    folder
}

fn beside(files: &[(&str, &[u8])]) -> AudioDir {
    AudioDir::read(folder(files).path()).expect("a good folder")
}

/// An emulator that knows a hiss.
fn knowing(answer: &str) -> Emulator {
    let clips = beside(&[("hiss.wav", &hiss()), ("hiss.json", answer.as_bytes())]);
    Emulator::builder().audio_dir(clips).build()
}

/// What is wrong with a folder, a line for each mistake, without the path of the folder.
fn wrong(files: &[(&str, &[u8])]) -> Vec<String> {
    let folder = folder(files);
    let said = AudioDir::read(folder.path()).expect_err("mistakes").to_string();
    let path = format!("{}/", folder.path().display());
    said.lines().map(|line| line.replace(&path, "")).collect()
}

/// Asks as a program behind a socket does, and lets `told` be the recognizer.
fn asked(emulator: &Emulator, request: Request, told: impl FnOnce(&stt_emulator::Ask) -> Told) -> Value {
    let (head, body) = request.request().into_parts();
    let Checked::Admitted(admitted) = emulator.check(&head, NOW) else { panic!("the head is good") };
    let answer = match emulator.finish_or_ask(admitted, Upload::Whole(body), NOW) {
        Finished::Answered(answer) => answer,
        Finished::Asks(ask) => {
            let told = told(&ask);
            emulator.heard(*ask, told, NOW)
        }
    };
    json(&answer.response)
}

fn with_recognizer() -> Builder {
    Emulator::builder().recognizer("true".parse().expect("a command"))
}

#[test]
fn the_first_step_that_knows_something_answers_and_the_journal_names_it() {
    let coded = synth("Coded.", &SynthOptions::default()).expect("a clip");
    let clips = || beside(&[("a.wav", &coded), ("a.txt", b"Beside."), ("b.wav", &hiss()), ("b.txt", b"Beside.")]);
    let told = |_: &_| Told::text("Recognized.");
    let stereo = {
        let mut clip = hiss();
        clip[22] = 2;
        clip
    };
    // Each body, whether there are a folder and a recognizer, who answers, and what the text is.
    let cases = [
        (b"{}".to_vec(), true, true, "refused", None),
        (stereo, true, true, "header", None),
        (tag(&coded, "Told.", None).expect("a clip"), true, true, "coded", Some("Coded.")),
        (tag(&hiss(), "Told.", None).expect("a clip"), true, true, "metadata", Some("Told.")),
        (hiss(), true, true, "sidecar", Some("Beside.")),
        (hiss(), false, true, "recognizer", Some("Recognized.")),
        (humming(), true, true, "recognizer", Some("Recognized.")),
        (hiss(), false, false, "samples", None),
        (silence(Duration::from_secs(2), 16_000).expect("a clip"), true, false, "samples", None),
        (humming(), true, false, "no-match", None),
    ];
    for (n, (body, folder, recognizer, by, text)) in cases.into_iter().enumerate() {
        let builder = if recognizer { with_recognizer() } else { Emulator::builder() };
        let emulator = if folder { builder.audio_dir(clips()) } else { builder }.build();
        let _ = asked(&emulator, Request::new(body), told);
        let entry = last(&emulator);
        assert_eq!((entry.heard_by, entry.text.as_deref()), (Some(by), text), "{n}: {}", entry.reason);
        assert!(!entry.reason.is_empty(), "{n}");
    }
}

#[test]
fn a_text_beside_a_clip_is_heard_whatever_the_header_of_the_clip_looks_like() {
    let clips = beside(&[("hiss.wav", &hiss()), ("hiss.txt", "\u{feff}Grüße aus\nKöln.\n".as_bytes())]);
    let emulator = Emulator::builder().audio_dir(clips).build();
    let mut streamed = hiss();
    streamed[4..8].fill(0xff);
    streamed[40..44].fill(0xff);
    assert_eq!(json(&Request::new(streamed).ask(&emulator))["DisplayText"], "Grüße aus Köln.");
    assert_eq!(last(&emulator).reason, "hiss.txt is written beside a clip with these samples");
    let other = noise(Duration::from_secs(2), 16_000, 2).expect("a clip");
    assert_eq!(json(&Request::new(other).ask(&emulator))["RecognitionStatus"], "BabbleTimeout");
}

#[test]
fn opus_beside_a_text_is_known_by_its_packets() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/audio/told.ogg");
    let told = fs::read(path).expect("a clip");
    // Without words its comments tell nothing.
    let untold = tag(&told, "", None).expect("a clip");
    let emulator = Emulator::builder().audio_dir(beside(&[("a.opus", &untold), ("a.txt", b"Beside.")])).build();
    let ask = Request::new(untold).header("content-type", "audio/ogg; codecs=opus");
    assert_eq!(json(&ask.ask(&emulator))["DisplayText"], "Beside.");
}

#[test]
fn an_answer_in_json_says_what_the_result_has() {
    let emulator = knowing(
        r#"{"display": "It's 5 past damn noon.", "lexical": "it's five past damn noon", "itn": "it's 5 past damn noon",
            "confidence": 0.75, "language": "en-GB", "words": [
            {"word": "it's", "offset_ms": 100, "duration_ms": 200}, {"word": "five", "offset_ms": 300, "duration_ms": 400}]}"#,
    );
    let query = "language=en-US&format=detailed&wordLevelTimestamps=true";
    let best = &json(&Request::new(hiss()).query(query).ask(&emulator));
    assert_eq!((&best["Offset"], &best["Duration"]), (&json!(1_000_000), &json!(6_000_000)));
    let best = &best["NBest"][0];
    assert_eq!(best["Display"], "It's 5 past **** noon.");
    assert_eq!(best["Lexical"], "it's five past damn noon");
    assert_eq!(best["ITN"], "it's 5 past damn noon");
    assert_eq!(best["MaskedITN"], "it's 5 past **** noon");
    assert_eq!(best["Confidence"], 0.75);
    assert_eq!(best["Words"][1], json!({"Word": "five", "Offset": 3_000_000, "Duration": 4_000_000}));
    let german = Request::new(hiss()).query("language=de-DE").ask(&emulator);
    assert_eq!(json(&german)["RecognitionStatus"], "NoMatch");
    assert_eq!(last(&emulator).reason, "en-GB was spoken where de-DE was asked for");
}

#[test]
fn an_answer_may_be_any_status() {
    for (status, offset) in [("NoMatch", 0), ("InitialSilenceTimeout", 20_000_000), ("BabbleTimeout", 20_000_000)] {
        let emulator = knowing(&format!(r#"{{"status": "{status}"}}"#));
        let result = json(&Request::new(hiss()).ask(&emulator));
        assert_eq!((&result["RecognitionStatus"], &result["Offset"]), (&json!(status), &json!(offset)));
        assert_eq!(last(&emulator).heard_by, Some("sidecar"));
    }
    let result = json(&Request::new(hiss()).ask(&knowing(r#"{"status": "Error"}"#)));
    assert_eq!(result, json!({"RecognitionStatus": "Error", "Offset": 0, "Duration": 0}));
}

#[test]
fn words_beside_a_clip_are_scored_like_coded_ones() {
    let emulator = knowing(r#"{"words": [{"word": "Good"}, {"word": "morning.", "accuracy": 42}]}"#);
    let assess = r#"{"ReferenceText": "Good morning.", "GradingSystem": "HundredMark", "Granularity": "Word"}"#;
    let result = json(&Request::new(hiss()).assess(assess).ask(&emulator));
    assert_eq!(result["NBest"][0]["Words"][1]["AccuracyScore"], 42.0);
}

#[test]
fn what_is_beyond_a_minute_is_not_heard_and_its_wording_neither() {
    let emulator = knowing(
        r#"{"display": "Heard lost", "lexical": "all of it", "words": [
            {"word": "Heard", "offset_ms": 0, "duration_ms": 500}, {"word": "lost", "offset_ms": 60000, "duration_ms": 1}]}"#,
    );
    let best = &json(&Request::new(hiss()).query("language=en-US&format=detailed").ask(&emulator))["NBest"][0];
    assert_eq!((&best["Display"], &best["Lexical"]), (&json!("Heard"), &json!("heard")));
}

#[test]
fn every_mistake_of_a_folder_is_told_by_the_name_of_its_file() {
    let said = wrong(&[
        ("a.wav", &hiss()),
        ("a.json", b"{\"display\": }"),
        ("b.wav", b"no audio at all"),
        ("b.txt", b"Text."),
        ("c.wav", &hiss()),
        ("c.txt", b" \n"),
        ("d.wav", &hiss()),
        ("d.txt", b"One."),
        ("e.wav", &tag(&hiss(), " ", None).expect("a clip")),
        ("e.txt", b"Another."),
        ("f.wav", &hiss()),
        ("f.txt", b"One."),
        ("f.json", b"{}"),
        ("g.wav", &hiss()),
        ("g.txt", b"One \xff"),
    ]);
    let expected = [
        "a.json: expected value at line 1 column 13",
        "b.wav: the body is text, not audio; expected audio that can be heard",
        "c.txt: no text; expected one, or {\"status\": \"NoMatch\"} in a .json file",
        "e.txt: d.txt says something else of the same samples",
        "f.json: f.txt is beside the same clip; expected one of them",
        "g.txt: byte 4 is no UTF-8; expected the text of the clip",
    ];
    assert_eq!(said, expected);
    assert!(AudioDir::read("/nowhere").expect_err("no folder").to_string().starts_with("/nowhere: cannot be read"));
}

#[test]
fn what_is_strange_in_a_folder_and_does_no_harm_is_a_warning() {
    let coded = synth("Coded.", &SynthOptions::default()).expect("a clip");
    let clips = beside(&[
        ("alone.txt", b"Text."),
        ("coded.WAV", &coded),
        ("coded.txt", b"Beside."),
        ("same.wav", &hiss()),
        ("same.txt", b"One."),
        ("twice.wav", &hiss()),
        ("twice.txt", b"One.\n"),
        ("untold.wav", &hiss()),
        ("README.md", b"Other files do not matter."),
    ]);
    let expected = [
        "alone.txt: no clip beside it; expected alone.wav, .ogg or .opus",
        "coded.WAV: it says \"Coded.\" itself, which comes before coded.txt",
    ];
    assert_eq!(clips.warnings(), expected);
    assert_eq!(clips.len(), 2);
}

#[test]
fn a_recognizer_is_told_what_was_asked() {
    let emulator = with_recognizer().build();
    let told = |request: Request| {
        let mut variables = Vec::new();
        let _ = asked(&emulator, request, |ask| {
            variables = ask.variables().into_iter().map(|(name, value)| format!("{name}={value}")).collect();
            Told::text("")
        });
        variables.sort();
        variables
    };
    let plain = told(Request::new(hiss()));
    assert_eq!(plain, ["STT_FORMAT=simple", "STT_LANGUAGE=en-US", "STT_PROFANITY=masked"]);
    let all = Request::new(hiss()).query("language=de-DE&format=detailed&profanity=raw");
    let all = told(all.assess(r#"{"ReferenceText": "Guten\u0000Morgen!"}"#));
    let expected =
        ["STT_FORMAT=detailed", "STT_LANGUAGE=de-DE", "STT_PROFANITY=raw", "STT_REFERENCE_TEXT=Guten Morgen!"];
    assert_eq!(all, expected);
    let custom = told(Request::new(hiss()).query("cid=01234567-89ab-cdef-0123-456789abcdef&profanity=removed"));
    assert_eq!(custom, ["STT_FORMAT=simple", "STT_PROFANITY=removed"]);
}

/// What a recognizer is given to listen to.
fn given(request: Request) -> Vec<u8> {
    let mut wav = Vec::new();
    let _ = asked(&with_recognizer().build(), request, |ask| {
        wav = ask.wav();
        Told::text("")
    });
    wav
}

#[test]
fn a_recognizer_gets_the_samples_as_they_are_if_they_are_in_its_form() {
    assert_eq!(given(Request::new(hiss())), hiss());
}

#[test]
fn a_recognizer_gets_other_audio_in_its_form() {
    // Two seconds of 1 kHz at 44.1 kHz that come and go, as 32-bit floats.
    let tone = |n: u32, rate: f64| (std::f64::consts::TAU * 1_000.0 * f64::from(n) / rate).sin();
    let swell = |n: u32, rate: f64| (std::f64::consts::TAU * 2.0 * f64::from(n) / rate).sin().powi(2) * 0.5;
    let mut clip = silence(Duration::from_secs(4), 44_100).expect("a clip");
    clip.truncate(44);
    clip.extend((0..88_200).flat_map(|n| ((tone(n, 44_100.0) * swell(n, 44_100.0)) as f32).to_le_bytes()));
    clip[20] = 3;
    clip[28..32].copy_from_slice(&(44_100_u32 * 4).to_le_bytes());
    clip[32] = 4;
    clip[34] = 32;
    let wav = given(Request::new(clip));
    assert_eq!(wav[..44], silence(Duration::from_secs(2), 16_000).expect("a clip")[..44]);
    let samples = wav[44..].as_chunks::<2>().0.iter().map(|two| f64::from(i16::from_le_bytes(*two)) / 32_768.0);
    let wrong = (0..).zip(samples).map(|(n, sample)| (sample - tone(n, 16_000.0) * swell(n, 16_000.0)).abs());
    // The last bit of 16 is 0.00003.
    assert!(wrong.fold(0.0, f64::max) < 0.001);
}

#[test]
fn a_recognizer_gets_no_more_than_the_service_hears() {
    let long = silence(Duration::from_secs(70), 16_000).expect("a clip");
    assert_eq!(given(Request::new(long.clone())).len(), 44 + 60 * 32_000);
    assert_eq!(given(Request::new(long.clone()).assess("{}")).len(), 44 + 30 * 32_000);
    let emulator = with_recognizer().build();
    let result = asked(&emulator, Request::new(long), |_| Told::text("one two"));
    // The words share what was listened to.
    assert_eq!((&result["Offset"], &result["Duration"]), (&json!(0), &json!(600_000_000)));
    assert_eq!(last(&emulator).audio_ms, Some(70_000));
}

#[test]
fn where_nobody_can_listen_the_samples_decide() {
    let emulator = with_recognizer().build();
    assert_eq!(json(&Request::new(hiss()).ask(&emulator))["RecognitionStatus"], "BabbleTimeout");
    assert_eq!(last(&emulator).heard_by, Some("samples"));
}

#[test]
fn what_goes_wrong_with_a_recognizer_is_an_error_with_its_reason() {
    let emulator = with_recognizer().build();
    let result = asked(&emulator, Request::new(hiss()), |_| Told::by_program(Some(9), b"", b"no model\n"));
    assert_eq!(result["RecognitionStatus"], "Error");
    let entry = last(&emulator);
    assert_eq!(entry.reason, "the recognizer failed with the exit code 9");
    assert_eq!(entry.recognizer_said.as_deref(), Some("no model"));
    assert_eq!((entry.status, entry.body_bytes), (Some(200), Some(hiss().len() as u64)));
}

#[test]
fn an_empty_body_and_a_silent_type_are_answered_before_anybody_is_asked() {
    let emulator = with_recognizer().build();
    let raw = Request::new(hiss()).header("content-type", "audio/raw");
    let nobody = |_: &_| panic!("nobody is to be asked");
    assert_eq!(asked(&emulator, raw, nobody)["RecognitionStatus"], "InitialSilenceTimeout");
    assert_eq!(last(&emulator).heard_by, Some("content-type"));
    assert_eq!(asked(&emulator, Request::new(Bytes::new()), nobody)["Message"], "No audio data received");
}
