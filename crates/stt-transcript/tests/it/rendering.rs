use stt_model::{Language, Recognition, Status, Ticks};
use stt_transcript::{Captions, Error, Failure, Format, Rendering, Segment, Transcript};

use crate::{said, spoken, unavailable};

fn at(start: u64, end: u64, segment: Segment) -> Segment {
    segment.piece(Ticks::from_millis(start), Some(Ticks::from_millis(end)))
}

/// A hundred hours in: words, a failure, silence, and words that need care.
fn transcript() -> Transcript {
    const HOURS: u64 = 360_000_000;
    let mut greeting = spoken("Good morning, \"Bob\".", 1_500, &[("good", 530, 760), ("morning", 810, 1_240)]);
    if let Some(recognition) = greeting.recognition() {
        let mut recognition = recognition.clone();
        recognition.nbest[0].confidence = Some(0.96);
        greeting = Segment::new(Ok(recognition));
    }
    Transcript::new(
        "talk.wav",
        Language::EN_US,
        vec![
            at(HOURS, HOURS + 1_500, greeting),
            at(HOURS + 1_500, HOURS + 2_000, Segment::new(Err(unavailable()))),
            at(HOURS + 2_000, HOURS + 3_000, Segment::new(Ok(Recognition::new(Status::NoMatch)))),
            at(HOURS + 3_000, HOURS + 4_000, said("=1 <b>&amp;\n\n--> 2\t\"x\"", 1_000)),
        ],
    )
}

fn render(format: Format) -> String {
    transcript().render(format, Captions::new())
}

#[test]
fn srt_counts_its_cues_and_writes_commas() {
    let expected = "\
1
100:00:00,530 --> 100:00:01,500
Good morning, \"Bob\".

2
100:00:01,500 --> 100:00:02,000
[not recognized]

3
100:00:03,000 --> 100:00:04,000
=1 <b>&amp; --> 2 \"x\"
";
    assert_eq!(render(Format::Srt), expected);
}

#[test]
fn vtt_escapes_its_signs_and_says_why_there_is_no_text() {
    let expected = "\
WEBVTT

100:00:00.530 --> 100:00:01.500
Good morning, \"Bob\".

NOTE not recognized: the service is not available (503)

100:00:01.500 --> 100:00:02.000
[not recognized]

100:00:03.000 --> 100:00:04.000
=1 &lt;b&gt;&amp;amp; --&gt; 2 \"x\"
";
    assert_eq!(render(Format::Vtt), expected);
}

#[test]
fn vtt_says_once_that_times_are_estimated() {
    let segments = vec![
        at(0, 1_000, said("a", 1_000)),
        at(1_000, 3_000, said("b c", 2_000)),
        at(3_000, 5_000, said("d e", 2_000)),
    ];
    let vtt = Transcript::new("a", Language::EN_US, segments)
        .render(Format::Vtt, Captions::new().max_line_width(1).max_line_count(1));

    let expected = "\
WEBVTT

00:00:00.000 --> 00:00:01.000
a

NOTE Times inside a piece of audio are estimated by the length of the text; the service gave none.

00:00:01.000 --> 00:00:02.000
b

00:00:02.000 --> 00:00:03.000
c

00:00:03.000 --> 00:00:04.000
d

00:00:04.000 --> 00:00:05.000
e
";
    assert_eq!(vtt, expected);
}

#[test]
fn a_note_is_one_line_in_which_no_cue_can_begin() {
    let message = "a --> b\n\n00:00:01.000 --> 00:00:02.000\nforged".to_owned();
    let failure = Failure { kind: "service".to_owned(), message, status: None, retryable: false };
    let vtt = Transcript::new("a", Language::EN_US, vec![at(0, 1_000, Segment::new(Err(failure)))]);

    let note = "\n\nNOTE not recognized: a --&gt; b 00:00:01.000 --&gt; 00:00:02.000 forged\n\n";
    assert!(vtt.render(Format::Vtt, Captions::new()).contains(note), "{}", vtt.render(Format::Vtt, Captions::new()));
}

#[test]
fn tables_have_a_row_for_each_piece() {
    let expected = "\
start,end,text,confidence,status,error
360000000,360001500,\"Good morning, \"\"Bob\"\".\",0.96,Success,
360001500,360002000,,,Failed,the service is not available (503)
360002000,360003000,,,NoMatch,
360003000,360004000,\"=1 <b>&amp;

--> 2\t\"\"x\"\"\",,Success,
";
    assert_eq!(render(Format::Csv), expected);

    let expected = "\
start\tend\ttext\tconfidence\tstatus\terror
360000000\t360001500\tGood morning, \"Bob\".\t0.96\tSuccess\t
360001500\t360002000\t\t\tFailed\tthe service is not available (503)
360002000\t360003000\t\t\tNoMatch\t
360003000\t360004000\t=1 <b>&amp;  --> 2 \"x\"\t\tSuccess\t
";
    assert_eq!(render(Format::Tsv), expected);
}

#[test]
fn text_marks_the_place_of_what_failed() {
    let mark = "[not recognized: 100:00:01.500 - 100:00:02.000]";

    assert_eq!(render(Format::Text), format!("Good morning, \"Bob\". {mark} =1 <b>&amp;\n\n--> 2\t\"x\"\n"));
    let open = Transcript::new("a", Language::EN_US, vec![Segment::new(Err(unavailable()))]);
    assert_eq!(open.render(Format::Text, Captions::new()), "[not recognized: from 00:00:00.000]\n");
}

#[test]
fn json_is_one_line() {
    assert_eq!(render(Format::Json), transcript().to_json() + "\n");
    assert_eq!(render(Format::Ndjson), transcript().to_json() + "\n");
}

#[test]
fn nothing_recognized_is_what_a_reader_of_the_format_expects() {
    let silence = Transcript::new("a", Language::EN_US, Vec::new());
    let of = |format| silence.render(format, Captions::new());

    assert_eq!((of(Format::Text).as_str(), of(Format::Srt).as_str(), of(Format::Vtt).as_str()), ("", "", "WEBVTT\n"));
    assert_eq!(of(Format::Csv), "start,end,text,confidence,status,error\n");
}

#[test]
fn a_growing_transcript_is_written_as_far_as_it_is_known() {
    let mut text = Rendering::new(Format::Text, &Language::JA_JP, Captions::new()).expect("it is streamed");
    assert_eq!(text.push(&said("一。", 1_000)), "一。");
    assert_eq!(text.push(&said("", 1_000)), "");
    assert_eq!(text.push(&said("二。", 1_000)), "二。");
    assert_eq!(text.finish(), "\n");

    let captions = Captions::new().max_line_width(1).max_line_count(1);
    let mut srt = Rendering::new(Format::Srt, &Language::EN_US, captions).expect("it is streamed");
    assert_eq!(srt.push(&said("a", 1_000)), "1\n00:00:00,000 --> 00:00:01,000\na\n");
    assert!(!srt.is_estimated());
    let next = at(1_000, 2_000, said("b c", 1_000));
    assert_eq!(srt.push(&next), "\n2\n00:00:01,000 --> 00:00:01,500\nb\n\n3\n00:00:01,500 --> 00:00:02,000\nc\n");
    assert!(srt.is_estimated());
    assert_eq!(srt.finish(), "");

    for format in Format::ALL {
        assert_eq!(Rendering::new(*format, &Language::EN_US, captions).is_some(), format.is_streamed(), "{format}");
    }
}

#[test]
fn a_format_is_found_by_its_word_and_by_its_extension() {
    for format in Format::ALL {
        assert_eq!(format.as_str().parse::<Format>().ok(), Some(*format));
        assert_eq!(format.extension().to_uppercase().parse::<Format>().ok(), Some(*format));
    }
    let error = "lrc".parse::<Format>().expect_err("it is unknown");
    assert!(matches!(error, Error::UnknownFormat { .. }));
    let words: Vec<_> = Format::ALL.iter().map(|format| format.as_str()).collect();
    assert_eq!(error.to_string(), format!("format \"lrc\" is none of: {}", words.join(", ")));
}
