//! What holds for every transcript, read back by small readers that know only the formats.

use proptest::{collection::vec, option, prelude::*, sample::select};
use stt_model::{Alternative, Language, Recognition, Status, Ticks, Word};
use stt_transcript::{Captions, Failure, Format, Segment, Transcript};
use unicode_width::UnicodeWidthStr;

/// What stands between two line breaks, two marks or two fields somewhere.
const HOSTILE: &[&str] = &[
    "\n\n",
    "\r\n",
    "\r",
    "\t",
    " ",
    "\u{3000}",
    "\u{2028}",
    "\u{85}",
    "\u{0}",
    "\u{1b}[2J",
    "\u{202e}",
    "\u{200f}",
    "\u{200b}",
    "-->",
    "00:00:01.000 --> 00:00:02.000",
    "<b>",
    "&lt;",
    "&",
    "WEBVTT",
    "NOTE",
    "\"",
    "\"\"",
    ",",
    "'",
    "\\",
    "=1+1",
    "- ",
    "1",
    "((( ",
    "\u{301}",
    "👩\u{200d}👩\u{200d}👧",
    "🇩🇪",
    "你好\u{ff0c}世界\u{3002}",
    "ภาษาไทย",
    "שלום",
    "안녕",
    "e-mail",
    "$25",
    ".",
    "! ",
];

fn text() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        4 => "[a-zA-Zß]{1,9}[,.?]? ",
        2 => select(HOSTILE).prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
    ];
    vec(part, 0..24).prop_map(|parts| parts.concat())
}

/// Ticks of the first 20 seconds, or anything.
fn ticks() -> impl Strategy<Value = Option<Ticks>> {
    option::weighted(0.9, prop_oneof![9 => 0..200_000_000u64, 1 => any::<u64>()].prop_map(Ticks))
}

fn word() -> impl Strategy<Value = Word> {
    (prop_oneof!["[a-z]{1,9}", select(HOSTILE).prop_map(str::to_owned)], ticks(), ticks()).prop_map(
        |(text, offset, duration)| {
            let mut word = Word::default();
            (word.word, word.offset, word.duration) = (text, offset, duration);
            word
        },
    )
}

fn recognition() -> impl Strategy<Value = Recognition> {
    let confidence = option::of(prop_oneof![Just(f64::NAN), Just(f64::INFINITY), any::<f64>()]);
    (text(), vec(word(), 0..24), ticks(), ticks(), confidence, any::<bool>()).prop_map(
        |(text, mut words, offset, duration, confidence, is_spoken)| {
            let mut best = Alternative::default();
            if is_spoken {
                // The words of the text, at the times that were drawn.
                for (word, spoken) in words.iter_mut().zip(text.split_whitespace()) {
                    word.word = spoken.to_lowercase();
                }
            }
            (best.display, best.words, best.confidence) = (Some(text), words, confidence);
            let mut recognition = Recognition::new(Status::Success);
            (recognition.offset, recognition.duration, recognition.nbest) = (offset, duration, vec![best]);
            recognition
        },
    )
}

fn segment() -> impl Strategy<Value = Segment> {
    let failure =
        text().prop_map(|message| Failure { kind: "service".to_owned(), message, status: None, retryable: true });
    let outcome = prop_oneof![8 => recognition().prop_map(Ok), 1 => failure.prop_map(Err)];
    (outcome, any::<bool>(), 0..9u32)
        .prop_map(|(outcome, forced, attempts)| Segment::new(outcome).forced_cut(forced).attempts(attempts))
}

/// Pieces, one after the other, the last of them perhaps of unknown length.
fn transcript() -> impl Strategy<Value = Transcript> {
    let language = select(&["en-US", "zh-CN", "ja-JP", "ko-KR", "th-TH", "ar-EG"][..]);
    (language, vec((segment(), 0..200_000_000u64, 1..30_000_000u64), 0..6), any::<bool>()).prop_map(
        |(language, pieces, open)| {
            let last = pieces.len().saturating_sub(1);
            let mut now = 0;
            let place = |(index, (segment, length, gap)): (usize, (Segment, u64, u64))| {
                let start = now + gap;
                now = start + length;
                segment.piece(Ticks(start), Some(Ticks(now)).filter(|_| !open || index < last))
            };
            let language: Language = language.parse().expect("a tag");
            Transcript::new("a.wav", language, pieces.into_iter().enumerate().map(place).collect())
        },
    )
}

fn captions() -> impl Strategy<Value = Captions> {
    (option::of(0..60usize), 0..4usize, option::of(0..5usize)).prop_map(|(width, lines, words)| {
        let captions = Captions::new().max_line_count(lines);
        let captions = width.map_or(captions, |width| captions.max_line_width(width));
        words.map_or(captions, |words| captions.max_words_per_line(words))
    })
}

#[derive(Debug, PartialEq)]
struct Shown {
    start: u64,
    end: u64,
    text: String,
}

/// Milliseconds of `HH:MM:SS` and three digits after `point`.
fn millis(time: &str, point: char) -> u64 {
    let (seconds, millis) = time.split_once(point).expect("a point");
    let [hours, minutes, seconds] = seconds.split(':').collect::<Vec<_>>()[..] else { panic!("{time}") };
    assert!(2 <= hours.len() && minutes.len() == 2 && seconds.len() == 2 && millis.len() == 3, "{time}");
    let [hours, minutes, seconds, millis] =
        [hours, minutes, seconds, millis].map(|digits| digits.parse::<u64>().expect("digits"));
    assert!(minutes < 60 && seconds < 60);
    ((hours * 60 + minutes) * 60 + seconds) * 1_000 + millis
}

fn shown(block: &str, point: char) -> Shown {
    let (times, text) = block.split_once('\n').expect("times and text");
    let (start, end) = times.split_once(" --> ").expect("an arrow");
    let text = text.strip_suffix('\n').unwrap_or(text);
    assert!(text.lines().all(|line| !line.is_empty()) && !text.is_empty(), "{block:?}");
    Shown { start: millis(start, point), end: millis(end, point), text: text.to_owned() }
}

fn read_srt(srt: &str) -> Vec<Shown> {
    let blocks = srt.split("\n\n").filter(|block| !block.is_empty()).enumerate();
    blocks
        .map(|(index, block)| {
            let (number, rest) = block.split_once('\n').expect("a number");
            assert_eq!(number, (index + 1).to_string());
            shown(rest, ',')
        })
        .collect()
}

fn read_vtt(vtt: &str) -> Vec<Shown> {
    let mut blocks = vtt.split("\n\n");
    assert_eq!(blocks.next().map(str::trim_end), Some("WEBVTT"));
    blocks
        .filter(|block| !block.starts_with("NOTE "))
        .map(|block| {
            assert_eq!(block.matches("-->").count(), 1, "{block:?}");
            let mut shown = shown(block, '.');
            assert!(!shown.text.contains('<'), "{block:?}");
            shown.text = shown.text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
            shown
        })
        .collect()
}

/// The rows of a table as RFC 4180 has it.
fn read_csv(csv: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut field, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut chars = csv.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => field.extend(chars.next()),
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut field)),
            '\n' if !quoted => {
                row.push(std::mem::take(&mut field));
                rows.push(std::mem::take(&mut row));
            }
            other => field.push(other),
        }
    }
    assert!(!quoted && row.is_empty() && field.is_empty(), "{csv:?}");
    rows
}

/// The text of all segments without anything that captions leave out.
fn letters(transcript: &Transcript) -> String {
    let text = |segment: &Segment| {
        if segment.failure().is_some() { "[not recognized]".to_owned() } else { segment.text().to_owned() }
    };
    dense(&transcript.segments().iter().map(text).collect::<String>())
}

fn dense(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect()
}

proptest! {
    #[test]
    fn captions_are_in_order_and_hold_the_whole_text_once(transcript in transcript(), captions in captions()) {
        let srt = read_srt(&transcript.render(Format::Srt, captions));
        let vtt = read_vtt(&transcript.render(Format::Vtt, captions));

        prop_assert_eq!(&srt, &vtt);
        let mut now = 0;
        for cue in &srt {
            prop_assert!(now <= cue.start && cue.start < cue.end, "{:?} after {}", cue, now);
            now = cue.end;
        }
        let text: String = srt.iter().map(|cue| cue.text.as_str()).collect();
        prop_assert_eq!(dense(&text), letters(&transcript));
    }

    #[test]
    fn lines_are_as_wide_and_as_many_as_was_asked(
        transcript in transcript(), width in 2..60usize, lines in 1..4usize, words in 1..5usize
    ) {
        let captions = Captions::new().max_line_width(width).max_line_count(lines).max_words_per_line(words);

        for cue in captions.cues(&transcript) {
            prop_assert!(cue.lines.len() <= lines);
            for line in &cue.lines {
                prop_assert!(line.width() <= width, "{line:?}");
                prop_assert_eq!(line.trim_matches(' '), line.as_str());
            }
        }
    }

    #[test]
    fn words_that_fit_stay_whole(words in vec("[a-zß]{1,9}", 1..40), width in 9..60usize, most in 1..5usize, end in 1..60_000u64) {
        let transcript = Transcript::new("a", Language::EN_US, vec![crate::said(&words.join(" "), end)]);
        let cues = Captions::new().max_line_width(width).max_words_per_line(most).cues(&transcript);

        let lines: Vec<&String> = cues.iter().flat_map(|cue| &cue.lines).collect();
        let found: Vec<&str> = lines.iter().flat_map(|line| line.split(' ')).collect();
        prop_assert_eq!(found, words);
        prop_assert!(lines.iter().all(|line| line.split(' ').count() <= most));
    }

    #[test]
    fn cues_stay_within_the_times_of_their_words(gaps in vec((10..900u64, 10..900u64), 1..40), width in 9..60usize) {
        let mut now = 0;
        let words: Vec<(String, u64, u64)> = gaps.iter().enumerate().map(|(index, (gap, length))| {
            let start = now + gap;
            now = start + length;
            (format!("w{index}"), start, now)
        }).collect();
        let borrowed: Vec<_> = words.iter().map(|(word, start, end)| (word.as_str(), *start, *end)).collect();
        let text: Vec<_> = borrowed.iter().map(|word| word.0.to_uppercase()).collect();
        let transcript = Transcript::new("a", Language::EN_US, vec![crate::spoken(&(text.join(", ") + "."), now, &borrowed)]);

        let mut words = borrowed.iter();
        for cue in Captions::new().max_line_width(width).cues(&transcript) {
            let own: Vec<_> = words.by_ref().take(cue.lines.join(" ").split(' ').count()).collect();
            prop_assert_eq!((cue.start_ms, cue.end_ms), (own[0].1, own[own.len() - 1].2), "{:?}", cue);
        }
        prop_assert!(words.next().is_none());
    }

    #[test]
    fn tables_hold_every_segment(transcript in transcript()) {
        let rows = read_csv(&transcript.render(Format::Csv, Captions::new()));
        let tsv = transcript.render(Format::Tsv, Captions::new());
        let lines: Vec<Vec<&str>> = tsv.split_terminator('\n').map(|line| line.split('\t').collect()).collect();

        prop_assert_eq!(rows.len(), transcript.segments().len() + 1);
        prop_assert_eq!(lines.len(), rows.len());
        prop_assert!(!tsv.contains('\r'));
        for ((row, line), segment) in rows.iter().zip(&lines).skip(1).zip(transcript.segments()) {
            prop_assert_eq!((row.len(), line.len()), (6, 6));
            prop_assert_eq!(row[2].as_str(), segment.text().trim());
            prop_assert_eq!(row[5].as_str(), segment.failure().map_or("", |failure| &failure.message));
            prop_assert_eq!(dense(line[2]), dense(&row[2]));
            prop_assert_eq!((&row[0], &row[1], &row[3]), (&line[0].to_owned(), &line[1].to_owned(), &line[3].to_owned()));
        }
    }

    #[test]
    fn json_comes_back_as_it_was_and_shows_the_same(transcript in transcript(), captions in captions()) {
        let json = transcript.to_json();
        let read = Transcript::from_json(&json).unwrap();

        prop_assert_eq!(read.to_json(), json);
        prop_assert_eq!(read.render(Format::Tsv, captions), transcript.render(Format::Tsv, captions));
        prop_assert_eq!(read.render(Format::Text, captions), transcript.render(Format::Text, captions));
    }

    #[test]
    fn segments_may_come_in_any_order(transcript in transcript(), seed in any::<prop::sample::Index>()) {
        let mut segments = transcript.segments().to_vec();
        if !segments.is_empty() {
            let middle = seed.index(segments.len());
            segments.rotate_left(middle);
        }
        let mut pushed = Transcript::new("a.wav", transcript.language().clone(), Vec::new());
        for segment in segments.clone() {
            pushed.push(segment);
        }

        let sorted = Transcript::new("a.wav", transcript.language().clone(), segments);
        prop_assert_eq!(pushed.to_json(), transcript.to_json());
        prop_assert_eq!(sorted.to_json(), transcript.to_json());
    }
}

#[test]
fn a_day_in_pieces_is_written_in_every_format() {
    let words: Vec<(String, u64, u64)> = (0..5).map(|at| (format!("w{at}"), at * 1_500, at * 1_500 + 1_200)).collect();
    let words: Vec<_> = words.iter().map(|(word, start, end)| (word.as_str(), *start, *end)).collect();
    let text: Vec<_> = words.iter().map(|word| word.0).collect();
    let one = crate::spoken(&text.join(" "), 8_000, &words);
    let at = |index: u64| {
        one.clone().piece(Ticks::from_millis(index * 8_640), Some(Ticks::from_millis(index * 8_640 + 8_000)))
    };
    let transcript = Transcript::new("day.wav", Language::EN_US, (0..10_000).map(at).collect());

    let srt = read_srt(&transcript.render(Format::Srt, Captions::new()));
    // The last word ends after 7.2 seconds, too late for the first cue.
    assert_eq!(srt.len(), 20_000);
    assert_eq!((srt[19_998].start, srt[19_999].end), (9_999 * 8_640, 9_999 * 8_640 + 7_200));
    assert_eq!(srt[19_999].text, "w4");
    let json = transcript.to_json();
    assert_eq!(Transcript::from_json(&json).expect("a transcript").to_json(), json);
}
