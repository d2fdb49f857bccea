//! Parameters of pronunciation assessment, against the sample of Microsoft's REST page.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use stt_model::{Dimension, Error, GradingSystem, Granularity, PhonemeAlphabet, PronunciationAssessment};

#[test]
fn the_sample_of_the_rest_page_byte_by_byte() {
    let json = PronunciationAssessment::new("Good morning.")
        .grading_system(GradingSystem::HundredMark)
        .granularity(Granularity::FullText)
        .dimension(Dimension::Comprehensive)
        .to_json()
        .unwrap();

    // The string that the page's C# code builds.
    let sample = "{\"ReferenceText\":\"Good morning.\",\"GradingSystem\":\"HundredMark\",\"Granularity\":\"FullText\",\"Dimension\":\"Comprehensive\"}";
    assert_eq!(json, sample);
    // The start of the header in the page's sample request.
    assert!(STANDARD.encode(json).starts_with("eyJSZWZlcm"));
}

#[test]
fn the_newer_sample_of_the_rest_page_byte_by_byte() {
    let json = PronunciationAssessment::new("Good morning.")
        .grading_system(GradingSystem::HundredMark)
        .granularity(Granularity::Word)
        .comprehensive()
        .prosody()
        .to_json()
        .unwrap();

    let sample = "{\"ReferenceText\":\"Good morning.\",\"GradingSystem\":\"HundredMark\",\"Granularity\":\"Word\",\"Dimension\":\"Comprehensive\",\"EnableProsodyAssessment\":\"True\"}";
    assert_eq!(json, sample);
}

#[test]
fn all_parameters_stand_in_their_order_whatever_the_order_of_the_calls() {
    let json = PronunciationAssessment::new("a \"b\" \\ ü 你好")
        .scenario_id("00000000-0000-0000-0000-000000000001")
        .nbest_phoneme_count(5)
        .phoneme_alphabet(PhonemeAlphabet::Ipa)
        .prosody()
        .miscue()
        .comprehensive()
        .granularity(Granularity::Phoneme)
        .grading_system(GradingSystem::FivePoint)
        .to_json()
        .unwrap();

    assert_eq!(
        json,
        concat!(
            r#"{"ReferenceText":"a \"b\" \\ ü 你好","GradingSystem":"FivePoint","Granularity":"Phoneme","#,
            r#""Dimension":"Comprehensive","EnableMiscue":"True","EnableProsodyAssessment":"True","#,
            r#""PhonemeAlphabet":"IPA","NBestPhonemeCount":5,"ScenarioId":"00000000-0000-0000-0000-000000000001"}"#
        )
    );
}

#[test]
fn unscripted_assessment_has_no_reference_text() {
    assert_eq!(PronunciationAssessment::unscripted().to_json().as_deref(), Ok("{}"));
    assert_eq!(
        PronunciationAssessment::unscripted().prosody().to_json().as_deref(),
        Ok(r#"{"EnableProsodyAssessment":"True"}"#)
    );
    assert_eq!(
        PronunciationAssessment::unscripted().two_pass_unscripted().to_json().as_deref(),
        Ok(r#"{"EnableTwoPassUnscriptedAssessment":"True"}"#)
    );
}

#[test]
fn a_blank_reference_text_is_refused() {
    for blank in ["", " ", "\t\r\n", "\u{a0}\u{3000}", "\u{feff}", "\u{200b} ", "\0", "...", "¿?"] {
        let error = PronunciationAssessment::new(blank).comprehensive().to_json().unwrap_err();
        assert_eq!(error, Error::BlankReferenceText, "{blank:?}");
        assert_eq!(error.to_string(), "the reference text is blank");
    }
    assert_eq!(PronunciationAssessment::new(" a ").to_json().as_deref(), Ok(r#"{"ReferenceText":" a "}"#));
}
