//! Answers that were written down beforehand, and for which requests they are given.

mod common;

use std::time::Duration;

use common::{Ask, NOW, PATH, humming, json, last};
use http::StatusCode;
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Value, json};
use stt_emulator::{
    Emulator, KEY_2, Mode, Notation, Profile, Reply, Scenario, SynthOptions, When, Word, silence, synth, tag,
};

fn playing(scenario: Scenario) -> Emulator {
    Emulator::builder().scenario(scenario).build()
}

/// The emulator of a scenario in TOML, whose first line is left out here.
fn written(toml: &str) -> Emulator {
    let text = format!("schema = \"stt-emulator/1\"\n{toml}");
    playing(Scenario::parse(&text, Notation::Toml).unwrap_or_else(|error| panic!("{error}")))
}

fn text(emulator: &Emulator, ask: Ask) -> String {
    let result = json(&ask.ask(emulator));
    let shown = result["DisplayText"].as_str().map(str::to_owned);
    shown.unwrap_or_else(|| result["RecognitionStatus"].as_str().unwrap_or("nothing").to_owned())
}

/// A clip in which nothing is heard, so that an answer with words can only be a written one.
fn quiet() -> Ask {
    Ask::new(silence(Duration::from_secs(1), 16_000).expect("a clip"))
}

#[test]
fn a_written_answer_is_given_whatever_is_heard_and_the_journal_says_where_it_stands() {
    let emulator = written(
        r#"
        [[rule]]
        name = "happy path"
        answer = [{ display = "What's the weather like?" }]
        "#,
    );
    let expected = json!({
        "RecognitionStatus": "Success",
        "DisplayText": "What's the weather like?",
        "Offset": 0,
        // Four words of 400 ms.
        "Duration": 16_000_000,
    });
    assert_eq!(json(&quiet().ask(&emulator)), expected);
    let entry = last(&emulator);
    assert_eq!(entry.heard_by, Some("scenario"));
    assert_eq!(entry.reason, r#"rule 1 "happy path", answer 1 of 1"#);
    assert_eq!(entry.text.as_deref(), Some("What's the weather like?"));
    assert_eq!(entry.recognition_status, Some("Success"));
    assert_eq!(text(&emulator, Ask::new(*b"no audio at all")), "What's the weather like?");
}

#[test]
fn answers_follow_each_other_and_the_last_is_given_again() {
    let emulator =
        written("[[rule]]\nanswer = [{ display = \"One.\" }, { status = \"NoMatch\" }, { display = \"Three.\" }]");
    let given = (0..5).map(|_| text(&emulator, quiet())).collect::<Vec<_>>();
    assert_eq!(given, ["One.", "NoMatch", "Three.", "Three.", "Three."]);
    assert_eq!(last(&emulator).reason, "rule 1, answer 3 of 3");
    let emulator = playing(Scenario::new().cycle(When::recognize(), [Reply::text("One."), Reply::text("Two.")]));
    let given = (0..5).map(|_| text(&emulator, quiet())).collect::<Vec<_>>();
    assert_eq!(given, ["One.", "Two.", "One.", "Two.", "One."]);
}

#[test]
fn the_first_rule_that_fits_counts_and_without_one_the_audio_is_heard() {
    let scenario = Scenario::new()
        .answer(When::recognize().language("de-DE"), [Reply::text("Deutsch.")])
        .answer(When::recognize().language("en-us"), [Reply::text("English.")])
        .answer(When::recognize().language("en-US"), [Reply::text("Never.")]);
    let emulator = playing(scenario);
    assert_eq!(text(&emulator, quiet()), "English.");
    assert_eq!(text(&emulator, quiet().query("language=de-DE")), "Deutsch.");
    assert_eq!(text(&emulator, Ask::saying("Bonjour.").query("language=fr-FR")), "Bonjour.");
    assert_eq!(last(&emulator).heard_by, Some("coded"));
}

/// What is asked, changed by one step, fits a condition; unchanged it does not.
#[test]
fn each_condition_holds_for_what_it_names_and_for_nothing_else() {
    let session = "0123456789abcdef0123456789abcdef";
    let cid = "01234567-89ab-cdef-0123-456789abcdef";
    type Change = Box<dyn Fn(Ask) -> Ask>;
    let query = |query: String| -> Change { Box::new(move |ask| ask.query(&query)) };
    let header = |name: &'static str, value: &'static str| -> Change { Box::new(move |ask| ask.header(name, value)) };
    let rows: Vec<(String, Change)> = vec![
        ("mode = \"dictation\"".into(), Box::new(|ask| ask.path(&PATH.replace("conversation", "dictation")))),
        ("language = \"en-GB\"".into(), query("language=EN-gb".into())),
        ("format = \"detailed\"".into(), query("language=en-US&format=Detailed".into())),
        ("profanity = \"raw\"".into(), query("language=en-US&profanity=raw".into())),
        (format!("cid = \"{cid}\""), query(format!("cid={cid}"))),
        (format!("key = \"{KEY_2}\""), Box::new(|ask| ask.header("ocp-apim-subscription-key", KEY_2))),
        (format!("session = \"{session}\""), query(format!("language=en-US&X-ConnectionId={session}"))),
        ("header.user-agent = \"curl/*\"".into(), header("user-agent", "curl/8.5.0")),
        ("header.x-anything = true".into(), header("x-anything", "")),
        ("query.storeAudio = \"true\"".into(), query("language=en-US&storeAudio=true".into())),
        ("chunked = true".into(), header("transfer-encoding", "chunked")),
        ("pronunciation = true".into(), Box::new(|ask| ask.assess("{}"))),
        ("min_seconds = 1.5".into(), Box::new(|_| Ask::new(humming()))),
    ];
    for (condition, change) in rows {
        let emulator = written(&format!("[[rule]]\nmatch.{condition}\nanswer = [{{ display = \"Yes.\" }}]"));
        assert_eq!(text(&emulator, quiet()), "InitialSilenceTimeout", "{condition}");
        assert_eq!(text(&emulator, change(quiet())), "Yes.", "{condition}");
    }
}

#[test]
fn conditions_of_what_is_not_there_hold_for_the_others() {
    for condition in [
        "chunked = false",
        "pronunciation = false",
        "header.x-anything = false",
        "format = \"simple\"",
        "profanity = \"masked\"",
        "mode = \"conversation\"",
        "max_seconds = 1",
        "key = \"any\"",
        "operation = \"recognize\"",
    ] {
        let emulator = written(&format!("[[rule]]\nmatch.{condition}\nanswer = [{{ display = \"Yes.\" }}]"));
        assert_eq!(text(&emulator, quiet()), "Yes.", "{condition}");
    }
}

#[test]
fn a_clip_is_known_by_its_samples_whatever_its_header_and_metadata() {
    let clip = synth("Good morning.", &SynthOptions::default()).expect("a clip");
    let emulator = playing(Scenario::new().answer(When::recognize().audio(&clip), [Reply::text("That one.")]));
    let tagged = tag(&clip, "Something else.", None).expect("a tagged clip");
    assert_eq!(text(&emulator, Ask::new(tagged)), "That one.");
    assert_eq!(text(&emulator, Ask::saying("Good evening.")), "Good evening.");
}

#[test]
fn a_token_stands_for_its_key_in_conditions() {
    let emulator = playing(Scenario::new().answer(When::recognize().key(KEY_2), [Reply::text("The second key.")]));
    let token = Ask::new("").path("/sts/v1.0/issueToken").header("ocp-apim-subscription-key", KEY_2);
    let token = String::from_utf8(token.ask(&emulator).body().to_vec()).expect("a token");
    let ask = quiet().without("ocp-apim-subscription-key").header("authorization", format!("Bearer {token}"));
    assert_eq!(text(&emulator, ask), "The second key.");
    assert_eq!(text(&emulator, quiet()), "InitialSilenceTimeout");
}

#[test]
fn a_number_counts_only_what_fits_all_the_rest() {
    let when = When::recognize().mode(Mode::Dictation).nth(2);
    let emulator = playing(Scenario::new().answer(when, [Reply::text("Second dictation.")]));
    let dictated = || quiet().path(&PATH.replace("conversation", "dictation"));
    let given = [dictated(), quiet(), quiet(), dictated(), dictated()].map(|ask| text(&emulator, ask));
    let nothing = "InitialSilenceTimeout";
    assert_eq!(given, [nothing, nothing, nothing, "Second dictation.", nothing]);
}

#[test]
fn the_form_is_the_one_that_was_asked_for() {
    let toml = r#"
        [[rule]]
        [[rule.answer]]
        display = "Damn, it's 5."
        itn = "damn it's 5"
        lexical = "damn it's five"
        confidence = 0.92
        offset_ms = 180
        duration_ms = 1340
        alternatives = [{ display = "Dam it's 5.", confidence = 0.4 }]
        "#;
    let emulator = written(toml);
    let detailed = json(&quiet().query("language=en-US&format=detailed").ask(&emulator));
    let expected = json!({
        "RecognitionStatus": "Success", "DisplayText": "****, it's 5.", "Offset": 1_800_000, "Duration": 13_400_000,
        "NBest": [
            {"Confidence": 0.92, "Lexical": "damn it's five", "ITN": "damn it's 5", "MaskedITN": "**** it's 5",
             "Display": "****, it's 5."},
            {"Confidence": 0.4, "Lexical": "dam it's 5", "ITN": "dam it's 5", "MaskedITN": "dam it's 5",
             "Display": "Dam it's 5."},
        ],
    });
    assert_eq!(detailed, expected);
    let simple = json(&quiet().query("language=en-US&profanity=raw").ask(&emulator));
    let expected = json!({"RecognitionStatus": "Success", "DisplayText": "Damn, it's 5.", "Offset": 1_800_000,
        "Duration": 13_400_000});
    assert_eq!(simple, expected);
    let text = format!("schema = \"stt-emulator/1\"\n{toml}");
    let scenario = Scenario::parse(&text, Notation::Toml).expect("a scenario");
    let documented = Emulator::builder().profile(Profile::Documented).scenario(scenario).build();
    let detailed = json(&quiet().query("language=en-US&format=detailed").ask(&documented));
    assert_eq!(detailed.get("DisplayText"), None);
}

#[test]
fn results_without_words_have_times_alone() {
    let rows = [
        (Reply::no_match(), json!({"RecognitionStatus": "NoMatch", "Offset": 0, "Duration": 0})),
        (Reply::silence(), json!({"RecognitionStatus": "InitialSilenceTimeout", "Offset": 50_000_000, "Duration": 0})),
        (
            Reply::babble().times(2_000, 0),
            json!({"RecognitionStatus": "BabbleTimeout", "Offset": 20_000_000, "Duration": 0}),
        ),
        (Reply::error(), json!({"RecognitionStatus": "Error", "Offset": 0, "Duration": 0})),
    ];
    for (reply, expected) in rows {
        let emulator = playing(Scenario::new().answer(When::recognize(), [reply]));
        assert_eq!(json(&Ask::saying("Words.").ask(&emulator)), expected);
    }
}

#[test]
fn words_have_the_times_that_are_written_or_share_the_whole() {
    let query = "language=en-US&format=detailed&wordLevelTimestamps=true";
    let timed = Reply::words([Word::new("Good").at(100, 200), Word::new("morning.").at(350, 400)]);
    let shared = Reply::text("Good morning.").times(1_000, 600);
    let emulator = playing(Scenario::new().answer(When::recognize(), [timed, shared]));
    let result = json(&quiet().query(query).ask(&emulator));
    assert_eq!(result["DisplayText"], "Good morning.");
    assert_eq!((&result["Offset"], &result["Duration"]), (&json!(1_000_000), &json!(6_500_000)));
    let expected = json!([
        {"Word": "good", "Offset": 1_000_000, "Duration": 2_000_000},
        {"Word": "morning", "Offset": 3_500_000, "Duration": 4_000_000},
    ]);
    assert_eq!(result["NBest"][0]["Words"], expected);
    let result = json(&quiet().query(query).ask(&emulator));
    let expected = json!([
        {"Word": "good", "Offset": 10_000_000, "Duration": 3_000_000},
        {"Word": "morning", "Offset": 13_000_000, "Duration": 3_000_000},
    ]);
    assert_eq!(result["NBest"][0]["Words"], expected);
}

fn assessed(emulator: &Emulator, parameters: &Value) -> Value {
    json(&quiet().assess(&parameters.to_string()).ask(emulator))["NBest"][0].clone()
}

#[test]
fn scores_and_errors_of_words_are_those_that_are_written() {
    let emulator = written(
        r#"
        [[rule]]
        match = { pronunciation = true }
        [[rule.answer]]
        display = "What's the weather like?"
        words = [
          { word = "what's", accuracy = 98 },
          { word = "the", accuracy = 55 },
          { word = "weather", accuracy = 91, phonemes = [{ p = "w", accuracy = 40 }, { p = "eh" }] },
          { word = "like", error = "Omission" },
        ]
        fluency = 74
        "#,
    );
    let asked = json!({"ReferenceText": "What's the weather like?", "GradingSystem": "HundredMark",
        "Dimension": "Comprehensive", "EnableMiscue": true});
    let best = assessed(&emulator, &asked);
    let words = best["Words"].as_array().expect("words").iter();
    let errors =
        words.map(|word| (word["Word"].as_str().expect("a word"), word["ErrorType"].as_str().expect("a type")));
    let expected = [("what's", "None"), ("the", "Mispronunciation"), ("weather", "None"), ("like", "Omission")];
    assert_eq!(errors.collect::<Vec<_>>(), expected);
    // (98 + 55 + 91) / 3 = 81.3, and two good words of four.
    assert_eq!(best["AccuracyScore"], 81.0);
    assert_eq!(best["CompletenessScore"], 50.0);
    assert_eq!(best["FluencyScore"], 74.0);
    // 0.6 * 50 + 0.2 * 74 + 0.2 * 81.
    assert_eq!(best["PronScore"], 61.0);
    let phonemes = best["Words"][2]["Phonemes"].as_array().expect("phonemes").iter();
    let phonemes = phonemes.map(|it| (it["Phoneme"].as_str().expect("a name"), it["AccuracyScore"].as_f64()));
    assert_eq!(phonemes.collect::<Vec<_>>(), [("w", Some(40.0)), ("eh", Some(91.0))]);
}

#[test]
fn an_omission_that_is_written_shows_without_miscue_and_without_reference_and_once() {
    let reply = Reply::words([Word::new("good"), Word::omitted("morning"), Word::new("you")]);
    for asked in [
        json!({"Dimension": "Comprehensive"}),
        json!({"Dimension": "Comprehensive", "ReferenceText": "good morning you"}),
        json!({"Dimension": "Comprehensive", "ReferenceText": "good morning you", "EnableMiscue": "True"}),
        json!({"Dimension": "Comprehensive", "ReferenceText": "good you", "EnableMiscue": "True"}),
    ] {
        let emulator = playing(Scenario::new().answer(When::recognize(), [reply.clone()]));
        let best = assessed(&emulator, &asked);
        let words = best["Words"].as_array().expect("words").iter();
        let listed = words.map(|word| (word["Word"].clone(), word["ErrorType"].clone())).collect::<Vec<_>>();
        let expected = [("good", "None"), ("morning", "Omission"), ("you", "None")];
        assert_eq!(listed, expected.map(|(word, error)| (json!(word), json!(error))), "{asked}");
        assert_eq!(best["Display"], "good you");
    }
}

#[test]
fn every_score_can_be_written() {
    let emulator = written(
        r#"
        [[rule]]
        [[rule.answer]]
        display = "Good morning."
        snr = 12.5
        accuracy = 90
        fluency = 80
        prosody = 70
        completeness = 60
        [[rule.answer]]
        display = "Good morning."
        pron_score = 12.3
        [[rule.answer]]
        words = [{ word = "Good", error = "Insertion" }, { word = "morning.", accuracy = 10, error = "None" }]
        "#,
    );
    let asked = json!({"ReferenceText": "Good morning.", "GradingSystem": "HundredMark", "Granularity": "Word",
        "Dimension": "Comprehensive", "EnableProsodyAssessment": "True"});
    let answer = json(&quiet().assess(&asked.to_string()).ask(&emulator));
    assert_eq!(answer["SNR"], 12.5);
    let best = &answer["NBest"][0];
    let scores = ["AccuracyScore", "FluencyScore", "ProsodyScore", "CompletenessScore"].map(|name| best[name].as_f64());
    assert_eq!(scores, [Some(90.0), Some(80.0), Some(70.0), Some(60.0)]);
    // 0.4 * 60 + 0.2 * (70 + 80 + 90).
    assert_eq!(best["PronScore"], 72.0);
    assert_eq!(assessed(&emulator, &asked)["PronScore"], 12.3);
    let words = &assessed(&emulator, &asked)["Words"];
    assert_eq!(words[0]["ErrorType"], "Insertion");
    assert_eq!((&words[1]["ErrorType"], &words[1]["AccuracyScore"]), (&json!("None"), &json!(10.0)));
}

#[test]
fn a_raw_answer_is_sent_as_it_stands() {
    let emulator = written(
        r#"
        [[rule]]
        [[rule.answer]]
        raw = { status = 418, headers = { content-type = "text/plain", x-own = "1" }, body = "a teapot" }
        [[rule.answer]]
        raw = { body = { Anything = [1, 2] } }
        [[rule.answer]]
        raw = { status = 200, body_base64 = "/wA=" }
        wait = "1500ms"
        "#,
    );
    let first = quiet().ask(&emulator);
    assert_eq!((first.status(), first.body().as_ref()), (StatusCode::IM_A_TEAPOT, b"a teapot".as_slice()));
    assert_eq!(first.headers()["content-type"], "text/plain");
    assert_eq!(first.headers()["x-own"], "1");
    let second = quiet().ask(&emulator);
    assert_eq!(json(&second), json!({"Anything": [1, 2]}));
    assert_eq!(second.headers()["content-type"], "application/json; charset=utf-8");
    let third = emulator.answer(quiet().request(), NOW);
    assert_eq!(third.response.body().as_ref(), [0xff, 0]);
    assert_eq!(third.delivery.wait, Duration::from_millis(1_500));
}

#[test]
fn defaults_are_for_what_says_nothing_itself() {
    let emulator = written(
        r#"
        [defaults]
        language = "de-DE"
        confidence = 0.5
        snr = 3
        [[rule]]
        answer = [{ display = "Deutsch." }, { display = "Sicher.", confidence = 1 }]
        [[rule]]
        match.language = "en-US"
        answer = [{ display = "English." }]
        "#,
    );
    let detailed =
        |language: &str| json(&quiet().query(&format!("language={language}&format=detailed")).ask(&emulator));
    assert_eq!(detailed("en-US")["DisplayText"], "English.");
    assert_eq!(detailed("de-DE")["NBest"][0]["Confidence"], 0.5);
    assert_eq!(detailed("de-DE")["NBest"][0]["Confidence"], 1.0);
    assert_eq!(json(&quiet().query("language=de-DE").assess("{}").ask(&emulator))["SNR"], 3.0);
}

#[test]
fn several_scenarios_follow_each_other_and_each_has_its_own_names_and_defaults() {
    let clip = |text: &str| synth(text, &SynthOptions::default()).expect("a clip");
    let scenario = |said: &str, language: &str| {
        let hash = stt_emulator::sample_hash(&clip(said));
        let text = format!(
            "schema = \"stt-emulator/1\"\n[defaults]\nlanguage = \"{language}\"\n[[audio]]\nid = \"clip\"\nsha256 = \"{hash}\"\n\
             [[rule]]\nmatch.audio = \"clip\"\nanswer = [{{ display = \"{language}\" }}]"
        );
        Scenario::parse(&text, Notation::Toml).expect("a scenario")
    };
    let emulator = Emulator::builder().scenario(scenario("one", "en-US")).scenario(scenario("two", "de-DE")).build();
    assert_eq!(text(&emulator, Ask::new(clip("one"))), "en-US");
    assert_eq!(text(&emulator, Ask::new(clip("two")).query("language=de-DE")), "de-DE");
    assert_eq!(text(&emulator, Ask::new(clip("two"))), "two");
}

#[test]
fn the_queue_comes_before_the_rules_and_each_answer_in_it_is_given_once() {
    let emulator = playing(Scenario::new().answer(When::recognize(), [Reply::text("The rule.")]));
    emulator.queue(&Reply::no_match());
    emulator.queue(&Reply::text("Queued."));
    let given = (0..3).map(|_| text(&emulator, quiet())).collect::<Vec<_>>();
    assert_eq!(given, ["NoMatch", "Queued.", "The rule."]);
    let by = emulator.journal().into_iter().map(|entry| (entry.heard_by, entry.reason)).collect::<Vec<_>>();
    assert_eq!(by[0], (Some("queue"), "the queue, in which 1 more wait".to_owned()));
    assert_eq!(by[2].0, Some("scenario"));
}

/// Of every size, also where ticks of 100 ns hardly fit into 64 bits.
fn milliseconds() -> impl Strategy<Value = u64> {
    prop_oneof![0..10_000_u64, (u64::MAX / 30_000)..(u64::MAX / 10_000), any::<u64>()]
}

proptest! {
    #[test]
    fn a_sequence_gives_each_answer_in_its_turn(count in 1_usize..6, asked in 1_usize..20, cycle: bool) {
        let replies = (0..count).map(|at| Reply::text(format!("Answer {at}.")));
        let scenario = match cycle {
            true => Scenario::new().cycle(When::recognize(), replies),
            false => Scenario::new().answer(When::recognize(), replies),
        };
        let emulator = playing(scenario);
        for at in 0..asked {
            let expected = if cycle { at % count } else { at.min(count - 1) };
            prop_assert_eq!(text(&emulator, Ask::new(*b"x")), format!("Answer {expected}."));
        }
    }

    #[test]
    fn whatever_is_written_is_answered_and_read_back(
        display in "[a-z ]{0,20}",
        offset in milliseconds(),
        duration in milliseconds(),
        words in vec(("[a-zA-Z.,' ]{0,8}", milliseconds(), milliseconds()), 0..4),
    ) {
        let words = words.into_iter().map(|(word, offset, duration)| Word::new(word).at(offset, duration));
        for reply in [Reply::text(display).times(offset, duration), Reply::words(words)] {
            let emulator = playing(Scenario::new().answer(When::recognize(), [reply]));
            let asked = r#"{"ReferenceText":"a b","Dimension":"Comprehensive","EnableProsodyAssessment":true}"#;
            prop_assert_eq!(Ask::new(*b"x").assess(asked).ask(&emulator).status(), 200);
        }
    }
}
