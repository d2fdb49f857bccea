//! Every sample reply, read into the values that a person reads out of it.

use std::collections::BTreeSet;

use stt_model::{
    Alternative, Break, BreakConfidence, DisplayWord, Error, ErrorType, Feedback, Intonation, Monotone, NBestPhoneme,
    Phoneme, PrimaryLanguage, Prosody, Recognition, Scores, ServiceMessage, Status, Syllable, Ticks, Word,
};

use crate::data;

fn read(name: &str) -> Recognition {
    Recognition::from_slice(&data::reply(name)).unwrap_or_else(|error| panic!("{name}: {error:?}"))
}

/// Makes a value by setting fields of an empty one; the types can grow, so nobody outside can write
/// them in full.
macro_rules! set {
    ($start:expr, $($($field:ident).+ = $value:expr),* $(,)?) => {{
        let mut value = $start;
        $(value.$($field).+ = $value;)*
        value
    }};
}

fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn word(word: &str, offset: u64, duration: u64) -> Word {
    set!(Word::default(), word = word.into(), offset = Some(Ticks(offset)), duration = Some(Ticks(duration)))
}

fn phoneme(phoneme: &str, (offset, duration): (u64, u64), accuracy: f64, heard: &[(&str, f64)]) -> Phoneme {
    set!(
        Phoneme::default(),
        phoneme = text(phoneme),
        offset = Some(Ticks(offset)),
        duration = Some(Ticks(duration)),
        accuracy_score = Some(accuracy),
        nbest_phonemes = heard
            .iter()
            .map(|(phoneme, score)| {
                set!(NBestPhoneme::default(), phoneme = (*phoneme).to_owned(), score = Some(*score))
            })
            .collect(),
    )
}

fn syllable(syllable: &str, (offset, duration): (u64, u64), accuracy: f64) -> Syllable {
    set!(
        Syllable::default(),
        syllable = syllable.into(),
        offset = Some(Ticks(offset)),
        duration = Some(Ticks(duration)),
        accuracy_score = Some(accuracy),
    )
}

fn good_morning() -> Alternative {
    set!(
        Alternative::default(),
        confidence = Some(0.87),
        lexical = text("good morning"),
        itn = text("good morning"),
        masked_itn = text("good morning"),
        display = text("Good morning."),
        scores.pron = Some(84.4),
        scores.accuracy = Some(100.0),
        scores.fluency = Some(74.0),
        scores.completeness = Some(100.0),
    )
}

#[test]
fn the_simple_sample_of_the_rest_page() {
    let expected = set!(
        Recognition::new(Status::Success),
        display_text = text("Remind me to buy 5 pencils."),
        offset = Some(Ticks(1_236_645_672_289)),
        duration = Some(Ticks(1_236_645_672_289)),
    );
    assert_eq!(read("simple.json"), expected);
}

#[test]
fn the_detailed_sample_of_the_rest_page() {
    let alternative = |confidence, display, others: &str| {
        set!(
            Alternative::default(),
            confidence = Some(confidence),
            display = text(display),
            itn = text(others),
            lexical = text(others),
            masked_itn = text(others),
        )
    };
    let expected = set!(
        Recognition::new(Status::Success),
        offset = Some(Ticks(1_236_645_672_289)),
        duration = Some(Ticks(1_236_645_672_289)),
        nbest = vec![
            alternative(0.905_288_5, "What's the weather like?", "what's the weather like"),
            alternative(0.924_598_63, "what is the weather like", "what is the weather like"),
        ],
    );
    let heard = read("detailed.json");
    assert_eq!(heard, expected);
    assert_eq!(heard.text(), Some("What's the weather like?"), "the first is the result, not the most confident");
}

#[test]
fn the_pronunciation_sample_of_the_rest_page_has_numbers_as_text() {
    let assessed = |word: Word| set!(word, accuracy_score = Some(100.0), error_type = Some(ErrorType::None));
    let expected = set!(
        Recognition::new(Status::Success),
        offset = Some(Ticks(400_000)),
        duration = Some(Ticks(11_000_000)),
        nbest = vec![set!(
            good_morning(),
            words = vec![assessed(word("Good", 500_000, 2_700_000)), assessed(word("morning", 5_300_000, 900_000))],
        )],
    );
    assert_eq!(read("pronunciation.json"), expected);
}

#[test]
fn the_newer_pronunciation_sample_has_feedback_on_prosody() {
    let intonation = set!(
        Intonation::default(),
        monotone = Some(set!(
            Monotone::default(),
            confidence = Some(0.0),
            word_pitch_slope_confidence = Some(0.0),
            syllable_pitch_delta_confidence = Some(0.913_859_07),
        )),
    );
    let feedback = |pause: Break| {
        let prosody = set!(Prosody::default(), r#break = Some(pause), intonation = Some(intonation.clone()));
        set!(Feedback::default(), prosody = Some(prosody))
    };
    let assessed = |word: Word, pause: Break| {
        set!(
            word,
            confidence = Some(0.0),
            accuracy_score = Some(100.0),
            error_type = Some(ErrorType::None),
            feedback = Some(feedback(pause)),
        )
    };
    let sure = |confidence| Some(set!(BreakConfidence::default(), confidence = Some(confidence)));
    let first = set!(Break::default(), error_types = vec![ErrorType::None], break_length = Some(0.0));
    let second = set!(first.clone(), unexpected_break = sure(3.529_411_8e-8), missing_break = sure(1.0));
    let expected = set!(
        Recognition::new(Status::Success),
        offset = Some(Ticks(700_000)),
        duration = Some(Ticks(8_400_000)),
        display_text = text("Good morning."),
        snr = Some(38.76819),
        nbest = vec![set!(
            good_morning(),
            confidence = Some(0.985_035_06),
            scores.fluency = Some(100.0),
            scores.prosody = Some(87.8),
            scores.pron = Some(95.1),
            words = vec![
                assessed(word("good", 700_000, 2_600_000), first),
                assessed(word("morning", 3_400_000, 5_700_000), second),
            ],
        )],
    );
    assert_eq!(read("pronunciation-prosody.json"), expected);
}

#[test]
fn the_nested_sample_of_the_pronunciation_page_reads_into_the_same_types() {
    let phonemes = vec![
        phoneme(
            "h",
            (7_500_000, 3_500_000),
            98.0,
            &[("h", 100.0), ("oʊ", 52.0), ("ə", 35.0), ("k", 23.0), ("æ", 20.0)],
        ),
        phoneme("ɛ", (11_100_000, 500_000), 47.0, &[("ə", 100.0), ("l", 52.0), ("ɛ", 47.0), ("h", 17.0), ("æ", 2.0)]),
        phoneme("l", (11_700_000, 1_100_000), 100.0, &[("l", 100.0), ("oʊ", 46.0), ("ə", 5.0), ("ɛ", 3.0), ("u", 1.0)]),
        phoneme(
            "oʊ",
            (12_900_000, 8_400_000),
            100.0,
            &[("oʊ", 100.0), ("d", 29.0), ("t", 24.0), ("n", 22.0), ("l", 18.0)],
        ),
    ];
    let hello = set!(
        word("hello", 7_500_000, 13_800_000),
        accuracy_score = Some(99.0),
        error_type = Some(ErrorType::None),
        syllables =
            vec![syllable("hɛ", (7_500_000, 4_100_000), 91.0), syllable("loʊ", (11_700_000, 9_600_000), 100.0),],
        phonemes = phonemes,
    );
    let expected = set!(
        Recognition::new(Status::Success),
        id = text("bbb42ea51bdb46d19a1d685e635fe173"),
        offset = Some(Ticks(7_500_000)),
        duration = Some(Ticks(13_800_000)),
        display_text = text("Hello."),
        nbest = vec![set!(
            Alternative::default(),
            confidence = Some(0.975_003),
            lexical = text("hello"),
            itn = text("hello"),
            masked_itn = text("hello"),
            display = text("Hello."),
            scores.accuracy = Some(100.0),
            scores.fluency = Some(100.0),
            scores.completeness = Some(100.0),
            scores.pron = Some(100.0),
            words = vec![hello],
        )],
    );
    assert_eq!(read("nested-hello.json"), expected);
}

#[test]
fn the_nested_sample_of_the_sdk_repository_reads_into_the_same_types() {
    let good = set!(
        word("good", 500_000, 2_700_000),
        accuracy_score = Some(100.0),
        error_type = Some(ErrorType::None),
        syllables = vec![syllable("ɡʊd", (500_000, 2_700_000), 100.0)],
        phonemes = vec![phoneme("ɡ", (500_000, 1_200_000), 100.0, &[("ɡ", 100.0), ("k", 5.0)])],
    );
    let expected = set!(
        Recognition::new(Status::Success),
        format = text("Detailed"),
        display_text = text("Good morning."),
        offset = Some(Ticks(400_000)),
        duration = Some(Ticks(11_000_000)),
        snr = Some(37.3953),
        nbest = vec![set!(good_morning(), words = vec![good])],
    );
    assert_eq!(read("nested-good-morning.json"), expected);
}

#[test]
fn simple_answers_of_the_live_service() {
    let simple = |display, offset, duration| {
        set!(
            Recognition::new(Status::Success),
            display_text = text(display),
            offset = Some(Ticks(offset)),
            duration = Some(Ticks(duration)),
        )
    };
    assert_eq!(read("passport.json"), simple("My voice is my passport, verify me.", 6_600_000, 32_100_000));
    assert_eq!(read("conversation.json"), simple("Conversation.", 4_500_000, 10_600_000));
    assert_eq!(read("profanity-removed.json"), simple("", 600_000, 8_000_000));
}

#[test]
fn answers_without_words() {
    let nothing =
        |status, offset| set!(Recognition::new(status), offset = Some(Ticks(offset)), duration = Some(Ticks(0)));
    assert_eq!(read("silence-2s.json"), nothing(Status::InitialSilenceTimeout, 20_000_000));
    assert_eq!(read("silence-5s.json"), nothing(Status::InitialSilenceTimeout, 50_000_000));
    assert_eq!(read("babble.json"), nothing(Status::BabbleTimeout, 50_000_000));
    assert_eq!(read("error-status.json"), nothing(Status::Error, 0));
    assert_eq!(read("no-match.json"), set!(nothing(Status::NoMatch, 0), display_text = text("")));
}

#[test]
fn flat_phonemes_keep_missing_names_and_unbounded_confidences() {
    let heard = read("pronunciation-phonemes.json");

    let [good, morning] = heard.nbest[0].words.as_slice() else { panic!("two words") };
    assert_eq!(good.error_type, Some(ErrorType::Mispronunciation));
    assert_eq!(good.syllables, [set!(syllable("gʊd", (700_000, 2_600_000), 48.0), grapheme = text("good"))]);
    assert_eq!(
        good.phonemes,
        [
            phoneme("g", (700_000, 1_200_000), 61.0, &[("k", 100.0), ("g", 61.0)]),
            phoneme("", (2_000_000, 500_000), 35.0, &[]),
            set!(phoneme("", (2_600_000, 700_000), 44.0, &[]), phoneme = None),
        ]
    );
    let prosody = good.feedback.clone().and_then(|feedback| feedback.prosody).unwrap();
    let sure = |confidence| Some(set!(BreakConfidence::default(), confidence = Some(confidence)));
    let pause = set!(
        Break::default(),
        error_types = vec![ErrorType::None],
        unexpected_break = sure(3.099_099_2),
        missing_break = sure(-0.25),
        break_length = Some(1_500_000.0),
    );
    assert_eq!(prosody.r#break, Some(pause));
    let intonation = set!(
        Intonation::default(),
        error_types = vec![ErrorType::Monotone],
        monotone = Some(set!(Monotone::default(), syllable_pitch_delta_confidence = Some(0.41))),
    );
    assert_eq!(prosody.intonation, Some(intonation));
    assert_eq!(*morning, set!(Word::default(), word = "morning".into(), error_type = Some(ErrorType::Omission)));
    let scores = set!(
        Scores::default(),
        accuracy = Some(72.0),
        fluency = Some(96.0),
        prosody = Some(71.3),
        completeness = Some(50.0),
        pron = Some(67.9),
    );
    assert_eq!(heard.nbest[0].scores, scores);
}

#[test]
fn fields_that_only_the_sdk_was_seen_with() {
    let displayed = |value: DisplayWord| set!(value, offset = Some(Ticks(100_000)), duration = Some(Ticks(4_200_000)));
    let expected = set!(
        Recognition::new(Status::Success),
        id = text("0123456789abcdef0123456789abcdef"),
        offset = Some(Ticks(100_000)),
        duration = Some(Ticks(4_200_000)),
        channel = Some(0),
        r#type = text("ConversationTranscription"),
        speaker_id = text("Guest-1"),
        primary_language = Some(set!(PrimaryLanguage::default(), language = "en-US".into(), confidence = text("High"))),
        display_text = text("Hello."),
        nbest = vec![set!(
            Alternative::default(),
            confidence = Some(0.9),
            lexical = text("hello"),
            itn = text("hello"),
            masked_itn = text("hello"),
            display_text = text("Hello."),
            words = vec![word("hello", 100_000, 4_200_000)],
            display_words = vec![
                displayed(set!(DisplayWord::default(), display_text = text("Hello."))),
                displayed(set!(DisplayWord::default(), word = text("Hello."))),
            ],
        )],
    );
    let heard = read("sdk-fields.json");
    assert_eq!(heard, expected);
    assert_eq!(heard.nbest[0].text(), Some("Hello."));
}

#[test]
fn every_reply_reads_as_the_index_says() {
    let mut statuses = BTreeSet::new();
    for [file, status, _, _, _, reads_as, code, text] in data::table::<8>("replies/index.tsv") {
        let body = data::reply(&file);
        let told = |cell: &str| (cell != "-").then(|| cell.to_owned());
        match (status.as_str(), reads_as.as_str()) {
            ("200", "NoStatus") => {
                assert!(matches!(Recognition::from_slice(&body), Err(Error::NoStatus(_))), "{file}");
                assert_eq!(ServiceMessage::read(&body).message, told(&text), "{file}");
            }
            ("200", _) => {
                let heard = read(&file);
                assert_eq!(heard.status.as_str(), reads_as, "{file}");
                assert_eq!(heard.text().map(str::to_owned), told(&text), "{file}");
            }
            (_, "error") => {
                let said = ServiceMessage::read(&body);
                assert_eq!((said.code, said.message), (told(&code), told(&text)), "{file}");
                statuses.insert(status);
            }
            other => panic!("{file}: {other:?}"),
        }
    }
    let expected = ["400", "401", "403", "404", "415", "429", "503"].map(str::to_owned);
    assert_eq!(statuses, BTreeSet::from(expected));
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the crate reads no directory, its tests do")]
fn the_index_lists_every_reply_and_its_evidence() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/data/replies");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let files: BTreeSet<_> = files.filter(|file| file != "index.tsv").collect();
    let rows = data::table::<8>("replies/index.tsv");
    assert_eq!(rows.iter().map(|row| row[0].clone()).collect::<BTreeSet<_>>(), files);
    for row in rows {
        assert!(["documented", "observed", "guess"].contains(&row[3].as_str()), "{row:?}");
    }
}
