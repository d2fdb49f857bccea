use stt_model::{Language, Ticks};
use stt_transcript::{Captions, Cue, Segment, Transcript};

use crate::{said, spoken, unavailable};

const NARROW: Captions = Captions::new().max_line_count(1);

/// The cues of one segment, as `start-end line/line`.
fn cues(language: &str, captions: Captions, segment: Segment) -> Vec<String> {
    let language: Language = language.parse().expect("a tag");
    captions.cues(&Transcript::new("a.wav", language, vec![segment])).iter().map(shown).collect()
}

fn shown(cue: &Cue) -> String {
    format!("{}-{} {}", cue.start_ms, cue.end_ms, cue.lines.join("/"))
}

#[test]
fn cues_follow_the_words_and_show_the_text_for_people() {
    let words = [
        ("remind", 100, 400),
        ("me", 400, 500),
        ("to", 500, 600),
        ("buy", 650, 900),
        ("five", 1_000, 1_300),
        ("pencils", 1_400, 2_000),
    ];
    let pencils = || spoken("Remind me to buy five pencils.", 3_000, &words);

    assert_eq!(
        cues("en-US", NARROW.max_line_width(12), pencils()),
        ["100-600 Remind me to", "650-1300 buy five", "1400-2000 pencils."]
    );
    assert_eq!(cues("en-US", Captions::new(), pencils()), ["100-2000 Remind me to buy five pencils."]);
    assert_eq!(
        cues("en-US", Captions::new().max_line_width(12), pencils()),
        ["100-1300 Remind me to/buy five", "1400-2000 pencils."]
    );
    assert_eq!(
        cues("en-US", NARROW.max_words_per_line(2), pencils()),
        ["100-500 Remind me", "500-900 to buy", "1000-2000 five pencils."]
    );
}

#[test]
fn what_is_written_otherwise_than_spoken_takes_the_time_between() {
    let words = [
        ("i", 0, 100),
        ("paid", 100, 400),
        ("twenty", 500, 800),
        ("five", 800, 1_100),
        ("dollars", 1_100, 1_500),
        ("on", 1_600, 1_700),
        ("june", 1_700, 2_000),
        ("third", 2_000, 2_400),
    ];

    assert_eq!(
        cues("en-US", NARROW.max_line_width(6), spoken("I paid $25 on June 3rd.", 3_000, &words)),
        ["0-400 I paid", "500-1700 $25 on", "1700-2000 June", "2000-2400 3rd."]
    );
}

#[test]
fn words_may_be_fewer_or_more_than_what_is_shown() {
    // The text has a word that was not spoken, one that is masked, two in one, and lacks the last.
    let words = [
        ("ice", 0, 200),
        ("cream", 200, 500),
        ("damn", 600, 900),
        ("e", 1_000, 1_100),
        ("mail", 1_100, 1_500),
        ("um", 1_600, 1_700),
    ];

    assert_eq!(
        cues("en-US", NARROW.max_words_per_line(1), spoken("Icecream **** oh e-mail.", 2_000, &words)),
        // The masked word and the one that was not spoken share the time of the one that was: 4 columns of 6, and 2.
        ["0-500 Icecream", "600-800 ****", "800-900 oh", "1000-1500 e-mail."]
    );
}

#[test]
fn nothing_in_common_is_a_share_of_the_time_of_all_words() {
    let words = [("eins", 500, 700), ("zwei", 800, 1_100)];

    assert_eq!(
        cues("en-US", NARROW.max_words_per_line(1), spoken("one two", 2_000, &words)),
        ["500-800 one", "800-1100 two"]
    );
}

#[test]
fn without_times_of_words_a_cue_has_its_share_of_the_whole() {
    let text = "one two three four";
    // 3 + 3 + 5 + 4 columns in 15 seconds.
    let captions = NARROW.max_line_width(7);

    assert_eq!(cues("en-US", captions, said(text, 15_000)), ["0-6000 one two", "6000-11000 three", "11000-15000 four"]);
}

#[test]
fn only_shares_are_estimated() {
    let estimated = |segment: Segment, captions: Captions| {
        captions.cues(&Transcript::new("a", Language::EN_US, vec![segment])).iter().all(|cue| cue.is_estimated)
    };
    let words = [("one", 0, 100), ("two", 100, 200)];

    assert!(estimated(said("one two", 1_000), NARROW.max_line_width(3)));
    assert!(!estimated(said("one two", 1_000), NARROW));
    assert!(!estimated(spoken("one two", 1_000, &words), NARROW.max_line_width(3)));
    assert!(!estimated(Segment::new(Err(unavailable())), NARROW));
    // How long the words take is not known either.
    assert!(estimated(said("one two", 0).piece(Ticks(0), None), NARROW));
}

#[test]
fn a_text_of_unknown_length_takes_as_long_as_people_take() {
    // 30 columns at 15 a second.
    let text = "123456789 123456789 123456789.";
    let open = said(text, 0).piece(Ticks::from_millis(5_000), None);
    let short = said(text, 0).piece(Ticks::from_millis(5_000), Some(Ticks::from_millis(6_000)));

    assert_eq!(cues("en-US", Captions::new(), open), [format!("5000-6866 {text}")]);
    assert_eq!(cues("en-US", Captions::new(), short), [format!("5000-6000 {text}")]);
}

#[test]
fn a_cue_ends_before_a_pause_and_after_seven_seconds() {
    let pause = |start| spoken("one two", 9_000, &[("one", 0, 500), ("two", start, start + 100)]);
    let long = |end| spoken("one two", 9_000, &[("one", 0, 4_000), ("two", 4_000, end)]);

    assert_eq!(cues("en-US", NARROW, pause(3_499)), ["0-3599 one two"]);
    assert_eq!(cues("en-US", NARROW, pause(3_500)), ["0-500 one", "3500-3600 two"]);
    assert_eq!(cues("en-US", NARROW, long(7_000)), ["0-7000 one two"]);
    assert_eq!(cues("en-US", NARROW, long(7_001)), ["0-4000 one", "4000-7001 two"]);
    // Where times are only shares, a cue is not divided for their sake.
    assert_eq!(cues("en-US", NARROW, said("one two", 55_000)), ["0-55000 one two"]);
    let lost = Segment::new(Err(unavailable())).piece(Ticks(0), Some(Ticks::from_millis(55_000)));
    assert_eq!(cues("en-US", NARROW, lost), ["0-55000 [not recognized]"]);
}

#[test]
fn a_sentence_that_does_not_fit_begins_a_cue_unless_the_one_before_could_not_be_read() {
    let captions = NARROW.max_line_width(20);
    // 8 of 20 columns in 2.5 seconds are a second, in 2 seconds 0.8.
    let text = "It is ten. We go home now.";

    assert_eq!(cues("en-US", captions, said(text, 2_500)), ["0-1000 It is ten.", "1000-2500 We go home now."]);
    assert_eq!(cues("en-US", captions, said(text, 2_000)), ["0-1200 It is ten. We go", "1200-2000 home now."]);
    assert_eq!(cues("en-US", captions, said("It is ten. Go home.", 1_700)), ["0-1700 It is ten. Go home."]);
}

#[test]
fn chinese_and_japanese_take_two_columns_and_break_between_characters() {
    let words = [
        ("今天", 0, 400),
        ("天气", 400, 800),
        ("怎么样", 800, 1_400),
        ("我们", 1_600, 1_900),
        ("去", 1_900, 2_100),
        ("公园", 2_100, 2_500),
        ("吧", 2_500, 2_700),
    ];
    let text = "今天天气怎么样\u{ff1f}我们去公园吧\u{3002}";

    assert_eq!(
        cues("zh-CN", NARROW.max_line_width(16), spoken(text, 3_000, &words)),
        ["0-1400 今天天气怎么样\u{ff1f}", "1600-2700 我们去公园吧\u{3002}"]
    );
    // A line does not begin with a full stop, and half of a word has half of its time.
    assert_eq!(
        cues("zh-CN", NARROW.max_line_width(6), spoken("我们去公园吧\u{3002}", 3_000, &words[3..])),
        ["1600-2100 我们去", "2100-2500 公园", "2500-2700 吧\u{3002}"]
    );
    assert_eq!(
        cues("ja-JP", Captions::new(), said("これは二十六桁より長い日本語の文章です。", 1_000)),
        ["0-1000 これは二十六桁より長い日本/語の文章です。"]
    );
}

#[test]
fn thai_breaks_between_words_and_korean_at_blanks() {
    assert_eq!(
        cues(
            "th-TH",
            Captions::new().max_line_width(10).max_line_count(4),
            said("ภาษาไทยเป็นภาษาที่มีระดับเสียงของคำแน่นอน", 1_000)
        ),
        ["0-1000 ภาษาไทยเป็น/ภาษาที่มีระดับ/เสียงของคำ/แน่นอน"]
    );
    assert_eq!(
        cues("ko-KR", Captions::new().max_line_width(13), said("안녕하세요 세계", 1_000)),
        ["0-1000 안녕하세요/세계"]
    );
}

#[test]
fn what_is_wider_than_a_line_is_cut_between_characters() {
    let family = "👩\u{200d}👩\u{200d}👧";
    let captions = Captions::new().max_line_width(4).max_line_count(9);

    assert_eq!(cues("en-US", captions, said("abcdefghij k", 1_000)), ["0-1000 abcd/efgh/ij k"]);
    assert_eq!(
        cues("en-US", captions, said(&format!("{family}\u{2060}{family}\u{2060}{family}\u{2060}e\u{301}"), 1_000)),
        [format!("0-1000 {family}\u{2060}{family}\u{2060}/{family}\u{2060}e\u{301}")]
    );
    assert_eq!(cues("en-US", captions, said("你好吗", 1_000)), ["0-1000 你好/吗"]);
    assert_eq!(cues("en-US", captions.max_line_width(0), said("你e", 1_000)), ["0-1000 你/e"]);
}

#[test]
fn white_space_and_control_characters_are_one_blank() {
    let text = "\u{feff}a\r\n\r\nb\t\u{1b}[2J\u{2028}c\u{3000}d\u{a0}!\n";

    assert_eq!(cues("en-US", Captions::new(), said(text, 1_000)), ["0-1000 \u{feff}a b [2J c d\u{a0}!"]);
    assert_eq!(cues("he-IL", Captions::new(), said("\u{200f}שלום, (עולם)!", 1_000)), ["0-1000 \u{200f}שלום, (עולם)!"]);
}

#[test]
fn cues_neither_overlap_nor_are_they_empty() {
    // All at once, backwards, beyond the end of the piece, and one that reaches over the next.
    let at_once = spoken("a b c", 5_000, &[("a", 1_000, 1_000), ("b", 1_000, 1_000), ("c", 1_000, 1_000)]);
    let backwards = spoken("a b c", 5_000, &[("a", 1_000, 1_100), ("b", 500, 900), ("c", 2_000, 2_100)]);
    let beyond = spoken("a b", 5_000, &[("a", 1_000, 1_100), ("b", 6_000, 7_000)]);
    let over = spoken("a b", 5_000, &[("a", 1_000, 1_900), ("b", 1_500, 9_000)]);
    let captions = NARROW.max_words_per_line(1);

    assert_eq!(cues("en-US", captions, at_once), ["1000-1001 a", "1001-1002 b", "1002-1003 c"]);
    // What is not known to have been spoken then stands in the time between its neighbours.
    assert_eq!(cues("en-US", captions, backwards), ["1000-1100 a", "1100-2000 b", "2000-2100 c"]);
    assert_eq!(cues("en-US", captions, beyond), ["1000-1100 a", "1100-5000 b"]);
    assert_eq!(cues("en-US", captions, over), ["1000-1500 a", "1500-5000 b"]);
}

#[test]
fn pieces_stand_on_one_time_line_and_a_failed_one_is_shown() {
    let at = |start: u64, segment: Segment| {
        segment.piece(Ticks::from_millis(start), Some(Ticks::from_millis(start + 1_000)))
    };
    let last = at(2_000, spoken("Bye.", 1_000, &[("bye", 250, 500)]));
    let lost = at(1_000, Segment::new(Err(unavailable())));
    let mut transcript = Transcript::new("a", Language::EN_US, vec![last, at(0, said("Hello.", 700))]);
    transcript.push(lost);

    let cues: Vec<_> = Captions::new().cues(&transcript).iter().map(shown).collect();
    assert_eq!(cues, ["0-700 Hello.", "1000-2000 [not recognized]", "2250-2500 Bye."]);
}

#[test]
fn a_piece_without_words_has_no_cue() {
    assert!(cues("en-US", Captions::new(), said(" \n ", 1_000)).is_empty());
    assert!(Captions::new().cues(&Transcript::new("a", Language::EN_US, Vec::new())).is_empty());
}
